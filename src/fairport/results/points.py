"""Model points from a CSV: columns by the names of the axes, units in brackets, a fraction for each."""

from __future__ import annotations

import difflib
import math
import re
from pathlib import Path
from typing import Final

from fairport.contract.documents import Plane, PlaneAxis
from fairport.contract.errors import UsageError
from fairport.contract.tables import read_table
from fairport.physics.units import conversion_factor
from fairport.results.exclude import Point

_HEADER: Final = re.compile(r"\s*(?P<name>[^\[\]]+?)\s*(?:\[(?P<unit>[^\]]*)\])?\s*\Z")
FRACTION: Final = "fraction"


def read_points(path: Path, plane: Plane, fraction: float | None = None) -> list[Point]:
    """Read model points.

    Args:
        path: CSV with a header; columns by the names (or quantities) of the axes of the plane.
        plane: the plane.
        fraction: of the dark matter, for all points; a column ``fraction`` gives it for each instead.

    Raises:
        UsageError: a column is missing or unknown, or both ways of giving the fraction are used.
        UnitProblem: a unit in brackets does not fit.
        DocumentError: the file is no table of numbers.
    """
    table = read_table(path)
    columns: dict[str, list[float]] = {}
    known = {name: axis for axis in plane.axes for name in (axis.name, axis.quantity)}
    for header, values in table.columns.items():
        match = _HEADER.match(header)
        name = match["name"] if match else header
        unit = match["unit"] if match else None
        if name == FRACTION:
            columns[FRACTION] = values
        elif name in known:
            columns[known[name].name] = _converted(values, unit, known[name])
    missing = [axis.name for axis in plane.axes if axis.name not in columns]
    if missing:
        raise UsageError(_missing(missing, list(table.columns), plane, path))
    if FRACTION in columns and fraction is not None:
        raise UsageError("the fraction is given twice", mend="leave out --fraction or the column")
    shares = columns.get(FRACTION, [1.0 if fraction is None else fraction] * table.rows)
    ys = columns[plane.axes[-1].name]
    xs = columns[plane.axes[0].name] if len(plane.axes) > 1 else [0.0] * table.rows
    return [
        Point(x, y, share, row) for row, (x, y, share) in enumerate(zip(xs, ys, shares, strict=True), start=1)
    ]


def finite(value: float) -> float | None:
    """Return a number that JSON can hold, ``None`` for what is missing."""
    return value if math.isfinite(value) else None


def _converted(values: list[float], unit: str | None, axis: PlaneAxis) -> list[float]:
    if unit is None or not unit.strip():
        return values
    factor = conversion_factor(unit.strip(), axis.unit)
    return [value * factor for value in values]


def _missing(missing: list[str], present: list[str], plane: Plane, path: Path) -> str:
    near = [one for name in missing for one in difflib.get_close_matches(name, present, 1)]
    hint = f" (is it {near[0]}?)" if near else ""
    wanted = ", ".join(f"{axis.name} [{axis.unit}]" for axis in plane.axes)
    return f"{path} has no column {', '.join(missing)}{hint}; points of {plane.id} need {wanted}"
