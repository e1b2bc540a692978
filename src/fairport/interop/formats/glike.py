"""Likelihood tables of gLike and LklCom: text, one row a cross-section, one column a mass.

The first line holds log10 of the J factor (GeV2 cm-5), then the masses in GeV; every further line holds a
cross-section in cm3 s-1, in falling order, and -2 ln of the likelihood ratio for each mass. Units are a
convention of the format, they stand nowhere in the file.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from fairport.contract.errors import DocumentError, Location, RefusedError
from fairport.interop.formats.neutral import Column, ImportedTable

FORMAT: Final = "glike"


def read(text: str, name: str, *, target: str | None = None) -> ImportedTable:
    """Read a likelihood table as rows of mass, cross-section and -2 ln L.

    Args:
        text: the content.
        name: file shown in messages.
        target: what was looked at; without it the J factor belongs to nothing and stays out of the record.

    Raises:
        DocumentError: not such a table, with line and column.
    """
    numbered = [(i, line.split("#", 1)[0].split()) for i, line in enumerate(text.splitlines(), 1)]
    rows = [(i, cells) for i, cells in numbered if cells]
    if len(rows) < 2 or len(rows[0][1]) < 2:
        raise DocumentError("the table needs a line of masses and lines of cross-sections", where=name)
    line, head = rows[0]
    log_j, *masses = (_number(cell, line, name) for cell in head)
    if any(not mass > 0 for mass in masses) or len(set(masses)) != len(masses):
        raise DocumentError("masses must be positive and different", where=Location(name, line, 1))
    found: list[tuple[float, float, float, int]] = []
    for line, cells in rows[1:]:
        if len(cells) != len(head):
            raise DocumentError(
                f"this row has {len(cells)} cells, the line of masses has {len(head)}",
                where=Location(name, line, 1),
            )
        coupling, *values = (_number(cell, line, name) for cell in cells)
        found += [(mass, coupling, value, line) for mass, value in zip(masses, values, strict=True)]
    found.sort(key=lambda row: row[:2])
    mass, sigmav, ts, lines = zip(*found, strict=True)
    stated: dict[str, Any] = {
        "kind": "profile",
        "profile": {"quantity": "-2lnL", "reference": "own-minimum"},
    }
    notices: tuple[str, ...] = ()
    if target is not None:
        stated["astro.jfactor"] = [{"target": target, "log10": log_j, "unit": "GeV2 cm-5"}]
    else:
        notices = (f"log10 J = {log_j:g} is left out, since no --target is named",)
    return ImportedTable(
        FORMAT,
        name,
        (
            Column("mass", mass, "GeV", "x"),
            Column("sigmav", sigmav, "cm3 s-1", "y"),
            Column("ts", ts, "", "z"),
        ),
        lines,
        named=True,
        stated=stated,
        assumptions=(
            "mass is in GeV, the cross-section in cm3 s-1 and the values are -2 ln L above the own minimum, "
            "as the format has it",
        ),
        notices=notices,
    )


def write(log_j: float, mass: npt.ArrayLike, sigmav: npt.ArrayLike, ts: npt.ArrayLike) -> str:
    """Return the text of a likelihood table.

    Args:
        log_j: log10 of the J factor in GeV2 cm-5.
        mass: shape (rows,), GeV.
        sigmav: shape (rows,), cm3 s-1.
        ts: shape (rows,), -2 ln L.

    Raises:
        RefusedError: the rows are no full grid of masses and cross-sections.
    """
    masses, couplings = np.unique(np.asarray(mass)), np.unique(np.asarray(sigmav))
    grid = {
        (float(m), float(s)): float(value)
        for m, s, value in zip(np.asarray(mass), np.asarray(sigmav), np.asarray(ts), strict=True)
    }
    if len(grid) != masses.size * couplings.size or any(math.isnan(value) for value in grid.values()):
        raise RefusedError(
            "the table is no full grid of masses and cross-sections", why="the format has no empty cells"
        )
    lines = [" ".join([repr(float(log_j)), *(repr(float(m)) for m in masses)])]
    for coupling in couplings[::-1]:
        cells = (repr(grid[float(m), float(coupling)]) for m in masses)
        lines.append(" ".join([repr(float(coupling)), *cells]))
    return "\n".join(lines) + "\n"


def _number(cell: str, line: int, name: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise DocumentError(f'"{cell[:40]}" is not a number', where=Location(name, line, 1))
    return value
