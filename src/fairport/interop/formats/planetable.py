"""The long tables of a catalogue: the results of a plane, or a selection of them, in one CSV file.

One row is one point in canonical units; ``piece`` numbers the unbroken stretches or rings of a result. Planes
with one axis have one row a result instead. The last columns are the licence and, in a selection, the
sources.
"""

from __future__ import annotations

import csv
import io
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from fairport.contract.errors import DocumentError, Location
from fairport.interop.formats.extras import pick
from fairport.interop.formats.neutral import Column, ImportedTable

FORMAT: Final = "plane-table"

_HEAD: Final = ("result", "experiment", "kind", "cl")
_ORIGINS: Final = frozenset({"collaboration", "digitised", "recast", "projection", "simulation"})


@dataclass(slots=True)
class _Result:
    """The rows of one result: cells by name of the column, and the line of each."""

    rows: list[dict[str, str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


def is_plane_table(content: bytes) -> bool:
    """Tell whether a file begins as such a table does."""
    return content.removeprefix(b"\xef\xbb\xbf").startswith(b"result,experiment,kind,cl,")


def results_of(text: str, name: str) -> list[str]:
    """Return the identifiers of the results of a table, in its order.

    Args:
        text: the content.
        name: file shown in messages.

    Raises:
        DocumentError: no table of this kind, with the line.
    """
    return list(_parsed(text, name)[1])


def read(text: str, name: str, *, result: str | None = None) -> ImportedTable:
    """Read one result of a table.

    Args:
        text: the content.
        name: file shown in messages.
        result: its identifier, needed where there are several.

    Returns:
        Columns of the axes, and ``ring`` where there are several rings; between two stretches stands a row
        without y.

    Raises:
        DocumentError: no table of this kind, or a cell that is no number, with the line.
        UsageError: several results, and none is named; or there is none of that name.
    """
    axes, found = _parsed(text, name)
    key = pick(name, result, {one: f"{len(item.rows)} rows" for one, item in found.items()}, "results")
    item = found[key]
    lines = list(item.lines)
    points = [
        tuple(_number(row[axis], axis, name, line) for axis in axes)
        for row, line in zip(item.rows, lines, strict=True)
    ]
    columns: list[Column] = []
    if len(axes) == 2:
        pieces = [row["piece"] for row in item.rows]
        rings = _rings(pieces, points)
        if rings is not None:
            columns.append(Column("ring", rings, "", "ring"))
        else:
            points, lines = _joined(pieces, points, lines)
    named = zip(axes, "xy", zip(*points, strict=True), strict=False)
    columns += [Column(_label(axis), tuple(values), _unit(axis), role) for axis, role, values in named]
    return ImportedTable(
        FORMAT,
        name,
        tuple(columns),
        tuple(lines),
        named=True,
        stated=_stated(key, item.rows[0], name, item.lines[0]),
        notices=("a table of a catalogue: what else the record of this result states is on its page there",),
    )


@lru_cache(maxsize=1)  # a table is read once for each of its results
def _parsed(text: str, name: str) -> tuple[list[str], dict[str, _Result]]:
    """Return the names of the columns of numbers, and the results by identifier."""
    rows = _rows(text, name)
    header = next(rows, (0, []))[1]
    first = len(_HEAD) + 1 if "piece" in header else len(_HEAD)
    axes = header[first : first + 2] if "piece" in header else header[first : first + 1]
    if tuple(header[: len(_HEAD)]) != _HEAD or "licence" not in header or not axes or "licence" in axes:
        raise DocumentError(
            "this is no table of a plane",
            where=Location(name, 1),
            why="its columns are not result, experiment, kind, cl, ..., licence",
            mend="take the file of a catalogue as it was downloaded",
        )
    found: dict[str, _Result] = {}
    for line, cells in rows:
        if len(cells) != len(header):
            raise DocumentError(
                f"this row has {len(cells)} cells, the header has {len(header)}",
                where=Location(name, line),
                mend="take the file of a catalogue as it was downloaded",
            )
        item = found.setdefault(cells[0], _Result())
        item.rows.append(dict(zip(header, cells, strict=True)))
        item.lines.append(line)
    return axes, found


def _rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise DocumentError(f"this is no CSV: {error}", where=Location(name, reader.line_num)) from None
        if cells is None:
            return
        if cells:
            yield reader.line_num, cells


def _number(cell: str, column: str, name: str, line: int) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if math.isfinite(value):
        return value
    raise DocumentError(
        f'"{cell[:40]}" in the column "{column[:40]}" is not a number', where=Location(name, line)
    )


def _label(header: str) -> str:
    return header.partition(" [")[0]


def _unit(header: str) -> str:
    return header.partition(" [")[2].removesuffix("]")


def _groups(pieces: Sequence[str]) -> list[range]:
    """Return the rows of each piece."""
    edges = [0, *(i for i in range(1, len(pieces)) if pieces[i] != pieces[i - 1]), len(pieces)]
    return [range(start, end) for start, end in itertools.pairwise(edges)]


def _rings(pieces: Sequence[str], points: Sequence[tuple[float, ...]]) -> tuple[float, ...] | None:
    """Return the number of the ring of each row, from 1, if there are several pieces and all are closed."""
    groups = _groups(pieces)
    if len(groups) < 2 or any(len(rows) < 4 or points[rows[0]] != points[rows[-1]] for rows in groups):
        return None
    return tuple(float(number) for number, rows in enumerate(groups, 1) for _ in rows)


def _joined(
    pieces: Sequence[str], points: Sequence[tuple[float, ...]], lines: Sequence[int]
) -> tuple[list[tuple[float, ...]], list[int]]:
    """Return the rows with one that has no y between two pieces, so that they stay apart."""
    joined: list[tuple[float, ...]] = []
    places: list[int] = []
    for rows in _groups(pieces):
        if joined:
            joined.append((_between(joined[-1][0], points[rows[0]][0]), math.nan))
            places.append(lines[rows[0]])
        joined += [points[row] for row in rows]
        places += [lines[row] for row in rows]
    return joined, places


def _between(one: float, other: float) -> float:
    return math.sqrt(one * other) if one > 0 and other > 0 else (one + other) / 2


def _stated(key: str, row: dict[str, str], name: str, line: int) -> dict[str, Any]:
    """Return the fields of the record that the table states."""
    stated: dict[str, Any] = {"id": key, "title": key, "licence": row["licence"]}
    if row["kind"] in _ORIGINS:
        stated["provenance.origin"] = row["kind"]
        if row["kind"] == "projection":
            stated["kind"] = "projection"
    if row["cl"]:
        stated["statistics.cl"] = _number(row["cl"], "cl", name, line)
    cite = [word.replace("https://arxiv.org/abs/", "arXiv:") for word in row.get("cite", "").split()]
    if cite:
        stated["provenance.cite"] = cite
    for word in reversed(cite):
        for field_, start in (("arxiv", "arXiv:"), ("doi", "https://doi.org/")):
            if word.startswith(start):
                stated[f"provenance.source.{field_}"] = word.removeprefix("arXiv:")
    if row.get("excluded"):
        stated["geometry.excluded"] = row["excluded"]
    return stated
