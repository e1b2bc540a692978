"""Which curve the points of a foreign table make, seen from the points or said by the call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fairport.contract.documents import Plane
from fairport.contract.errors import DocumentError, UsageError
from fairport.interop.formats.neutral import ImportedTable
from fairport.physics.arrays import FloatArray, masked
from fairport.physics.units import conversion_factor
from fairport.results.importing.columns import Chosen
from fairport.results.importing.options import ImportOptions


@dataclass(frozen=True, eq=False)
class Shape:
    """The geometry of an import.

    Attributes:
        geometry: the group of that name of the record.
        order: order in which the rows are taken, shape (rows,).
        assumptions: what was taken for granted.
    """

    geometry: dict[str, Any]
    order: np.ndarray[Any, np.dtype[np.intp]]
    assumptions: tuple[str, ...] = ()


def shape_of(table: ImportedTable, chosen: Chosen, plane: Plane, options: ImportOptions) -> Shape:
    """Tell functions, open lines and closed contours apart.

    A file of two columns is a function of x only if x never turns back; a contour whose last point is its
    first is a polygon. A side that the source does not state is excluded only where the orientation of the
    plane says so.

    Raises:
        DocumentError: the points are not the function that they are said to be, with the line.
        UsageError: side and shape do not fit.
    """
    if len(plane.axes) == 1:
        return _scalar(table, plane, chosen, options)
    x, y = chosen.values["x"], chosen.values["y"]
    order = np.arange(x.size)
    assumptions: list[str] = []
    if options.sort:
        order = np.argsort(x, kind="stable")
        if np.any(np.diff(order) < 0):
            assumptions.append("the points were put in the order of x")
    turn = _turn(x[order])
    closed = bool(x.size > 3 and x[0] == x[-1] and y[0] == y[-1])
    shape = options.shape
    if shape == "function" and turn is not None:
        raise DocumentError(
            "x turns back here, so the points are no function of x",
            where=table.place(int(order[turn])),
            mend="--sort if their order means nothing, else --shape polyline or polygon",
        )
    if shape is None:
        shape = "function" if turn is None else "polygon" if closed or "ring" in chosen.values else "polyline"
        if turn is not None:
            spot = table.spot(int(order[turn]))
            what = "a closed contour" if shape == "polygon" else "an open line"
            assumptions.append(f"x turns back at {spot}: the points are {what} in the order of the file")
    elif shape == "polygon" and not closed and "ring" not in chosen.values:
        assumptions.append("the last point is joined to the first")
    excluded = _side(shape, plane, options, assumptions)
    geometry: dict[str, Any] = {"shape": shape, "excluded": excluded}
    if shape == "polygon":
        geometry["closed"] = True
        if "ring" in chosen.values:
            geometry["rings"] = "ring"
    if options.sentinel is not None:
        geometry["sentinel"] = options.sentinel
    return Shape(geometry, order, tuple(assumptions))


def _scalar(table: ImportedTable, plane: Plane, chosen: Chosen, options: ImportOptions) -> Shape:
    """Return the geometry of a plane with one axis: a single number."""
    size = chosen.values["x"].size
    if size != 1:
        raise DocumentError(
            f'the plane "{plane.id}" has one axis, so that a limit is one number; this table has {size} rows',
            where=table.place(1) if size > 1 else table.name,
            mend="give a table of one row, or a scan of the likelihood (--column z=NUMBER --kind profile)",
        )
    assumptions: list[str] = []
    side = options.excluded
    if side is None:
        side = plane.orientation if plane.orientation in {"above", "below"} else "none"
    if side in {"inside", "outside"}:
        raise UsageError(f"a number has no {side}", mend="--excluded above, below or none")
    if side == "none":
        assumptions.append("no side is excluded, since the source states none (--excluded says otherwise)")
    return Shape({"shape": "scalar", "excluded": side}, np.arange(1), tuple(assumptions))


def refuse_implausible(
    table: ImportedTable, chosen: Chosen, plane: Plane, options: ImportOptions
) -> tuple[str, ...]:
    """Refuse values that have no place on a scale, and those that speak of another unit or of a sentinel.

    Returns:
        Notices on implausible values at the edges, and on those that the call accepts.

    Raises:
        DocumentError: the first such row, with the ways out.
    """
    notices = []
    last = "xy"[len(plane.axes) - 1]
    for role, axis in zip(("x", "y"), plane.axes, strict=False):
        numbers = masked(chosen.values[role], options.sentinel if role == last else None)
        if role == "x" and not np.all(np.isfinite(numbers)):
            row = int(np.flatnonzero(~np.isfinite(numbers))[0])
            raise DocumentError(f"{axis.name} is missing", where=table.place(row), mend="remove the row")
        values = numbers * conversion_factor(chosen.units[role], axis.unit)
        if axis.scale == "log":
            _refuse(table, axis.name, values, values <= 0.0, "has no place on the log scale of the plane")
        if axis.plausible is None:
            continue
        low, high = axis.plausible[0], axis.plausible[1]
        odd = (values < low) | (values > high)
        if not options.accept_implausible and _telling(values, odd, (low, high), role):
            reason = f"lies outside {low:g} to {high:g} {axis.unit}".rstrip()
            _refuse(
                table, axis.name, values, odd, f"{reason}, beyond anything known in this plane", axis.unit
            )
        if np.any(odd):
            count, spot = int(odd.sum()), table.spot(int(np.flatnonzero(odd)[0]))
            notices.append(
                f"{count} of {values.size} values of {axis.name} (first at {spot}) lie outside "
                f"{low:g} to {high:g} {axis.unit}".rstrip()
            )
    return tuple(notices)


def _telling(values: FloatArray, odd: Any, range_: tuple[float, float], role: str) -> bool:
    """Tell whether implausible values mean another unit or a sentinel, not just curves drawn to the edge.

    Another unit moves most of the rows. A sentinel of y stands in several rows with the very same value, or
    more than three decades away from anything plausible.
    """
    if 2 * int(np.sum(odd)) > int(np.sum(np.isfinite(values))):
        return True
    if role != "y" or not np.any(odd):
        return False
    wrong = values[odd]
    far = np.any(wrong > 1e3 * range_[1]) or bool(range_[0] > 0 and np.any(wrong < 1e-3 * range_[0]))
    return bool(far or np.max(np.unique(wrong, return_counts=True)[1]) >= 3)


def _refuse(
    table: ImportedTable, name: str, values: FloatArray, wrong: Any, reason: str, unit: str = ""
) -> None:
    rows = np.flatnonzero(wrong)
    if rows.size == 0:
        return
    value = float(values[rows[0]])
    raise DocumentError(
        f"{name} = {value:g} {unit}".rstrip() + f" {reason}",
        where=table.place(int(rows[0])),
        why=f"{rows.size} of {values.size} rows are like this",
        mend="give the true --column-unit, or declare the value that means no data with --sentinel"
        + (", or --accept-implausible" if unit or "beyond" in reason else f", or --drop {name}={value:g}"),
    )


def _turn(x: FloatArray) -> int | None:
    """Return the first row at which x changes its direction; ``None`` if it never does."""
    steps = np.diff(x)
    moving = np.flatnonzero(steps)
    if moving.size == 0:
        return None
    wrong = moving[np.sign(steps[moving]) != np.sign(steps[moving[0]])]
    return int(wrong[0]) + 1 if wrong.size else None


def _side(shape: str, plane: Plane, options: ImportOptions, assumptions: list[str]) -> str:
    side = options.excluded
    if side is None and shape == "function" and options.kind == "line":
        return "none"
    if side is None and shape == "function" and plane.orientation in {"above", "below"}:
        return plane.orientation
    if side is None:
        assumptions.append("no side is excluded, since the source states none (--excluded says otherwise)")
        return "none"
    if side in {"inside", "outside"} and shape != "polygon":
        raise UsageError(f"a {shape} has no {side}", mend="--shape polygon, or another --excluded")
    if side in {"above", "below"} and shape == "polygon":
        raise UsageError(f'nothing is "{side}" a polygon', mend="--excluded inside, outside or none")
    return side
