"""Text tables that do not stand in columns: one variable a line, or a matrix with its axes at the edges."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from fairport.contract.errors import DocumentError, Location, UsageError
from fairport.interop.formats.neutral import Column, ImportedTable

LAYOUTS: Final = ("columns", "rows", "matrix")
"""How a table lies: variables in columns; one variable a line; values on a grid of first line and column."""


def laid_out(table: ImportedTable, layout: str) -> ImportedTable:
    """Turn a table that was read as columns into the columns that it means.

    Args:
        table: the table, one column a cell of its lines.
        layout: one of :data:`LAYOUTS`. A matrix holds x along its first line (after a cell that means
            nothing), y down its first column and z in between.

    Raises:
        UsageError: there is no such layout.
        DocumentError: too small for its layout.
    """
    if layout == "columns":
        return table
    if layout not in LAYOUTS:
        raise UsageError(f'there is no layout "{layout}"', mend=f"use one of {', '.join(LAYOUTS)}")
    lines = [list(row) for row in zip(*(column.values for column in table.columns), strict=True)]
    if len(lines) < 2 or len(lines[0]) < 2:
        raise DocumentError(
            f"{len(lines)} lines of {len(lines[0])} cells are too few for the layout {layout}",
            where=Location(table.name, table.lines[0]),
        )
    if layout == "rows":
        names = [f"line {number}" for number in table.lines]
        columns = tuple(Column(name, tuple(row)) for name, row in zip(names, lines, strict=True))
        count = tuple(range(1, len(lines[0]) + 1))
        return replace(table, columns=columns, lines=count, named=True, part="column")
    x = lines[0][1:]
    cells = [
        (across, row[0], value, line)
        for row, line in zip(lines[1:], table.lines[1:], strict=True)
        for across, value in zip(x, row[1:], strict=True)
    ]
    first, second, third, places = zip(*cells, strict=True)
    return replace(
        table,
        columns=(
            Column("x", first, None, "x"),
            Column("y", second, None, "y"),
            Column("z", third, None, "z"),
        ),
        lines=places,
        named=True,
        assumptions=(
            *table.assumptions,
            "x runs along the first line, y down the first column, as the call says",
        ),
    )
