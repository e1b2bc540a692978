"""A result in memory: its record, its numbers in the canonical units of its plane, and what can be read
off them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from fairport.contract.digests import canonical_digest
from fairport.contract.documents import Axis, Plane, PlaneAxis, Result
from fairport.contract.errors import DocumentError, FairportError
from fairport.contract.loading import load_document
from fairport.physics.arrays import CurveProblem, FloatArray, OutsideRange, masked
from fairport.physics.curves import FunctionCurve, Polyline, Scalar
from fairport.physics.grids import Grid
from fairport.physics.polygons import Region
from fairport.physics.units import UnitProblem, conversion_factor
from fairport.results.planes import strongest

Curve = FunctionCurve | Polyline | Region | Grid | Scalar
"""Every shape that a result's numbers may have."""

DIMENSIONLESS_BANDS: Final = frozenset({"p_value"})
"""Companion columns that are not in the unit of the last axis."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a result says at one value of x, in the canonical units of its plane.

    Attributes:
        x: where.
        value: value of a function there, ``None`` outside its range of validity or in a gap.
        bands: companions of the value (``p50``, ``unconstrained``, ...), those without a number left out.
        crossings: for contours the values of y at which the edge is crossed.
    """

    x: float
    value: float | None
    bands: dict[str, float] = field(default_factory=dict)
    crossings: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class LoadedResult:
    """A result record with its table and plane.

    Attributes:
        record: the typed record.
        data: the record as plain data.
        plane: the plane in which it lives.
        columns: raw columns of the table, shape (rows,) each, in the units of the record; empty without a
            table.
        path: the record file, ``None`` when it was not read from disk.
        analysis: identifier of the analysis it belongs to, when known.
        experiment: name of the experiment, when known.
        collaboration: name of the collaboration, when known.
    """

    record: Result
    data: Mapping[str, Any]
    plane: Plane
    columns: Mapping[str, FloatArray]
    path: Path | None = None
    analysis: str | None = None
    experiment: str | None = None
    collaboration: str | None = None

    @property
    def id(self) -> str:
        """Global identifier ``<analysis>/<result>``; the bare identifier of the result when the analysis
        is not known.
        """
        return f"{self.analysis}/{self.record.id}" if self.analysis else self.record.id

    @cached_property
    def digest(self) -> str:
        """``sha256:<hex>`` over the record and, through its digest in the record, the table."""
        return canonical_digest(dict(self.data))

    @property
    def x_axis(self) -> PlaneAxis:
        """First axis of the plane."""
        return self.plane.axes[0]

    @property
    def y_axis(self) -> PlaneAxis | None:
        """Second axis of the plane; ``None`` where the plane has one axis."""
        return self.plane.axes[1] if len(self.plane.axes) > 1 else None

    @cached_property
    def coordinates(self) -> tuple[Axis, ...]:
        """Axes of the record that correspond to the axes of the plane, in the order of the plane; replicas
        are left out.

        Raises:
            DocumentError: an axis of the plane has no counterpart.
        """
        return (
            tuple(self._counterpart(i, axis) for i, axis in enumerate(self.plane.axes))
            if self.record.axes
            else ()
        )

    @cached_property
    def curve(self) -> Curve | None:
        """The numbers as a curve in canonical units; ``None`` for points and workspaces, and for
        likelihoods that are no plain grid.

        Raises:
            DocumentError: the table is not what the record declares.
        """
        geometry = self.record.geometry
        if geometry is None or not self.record.axes:
            return None
        try:
            return self._build(geometry.shape)
        except CurveProblem as problem:
            table = self.record.data.path if self.record.data else ""
            raise DocumentError(
                problem.what, where=self._beside(table), why=problem.why, mend=problem.mend
            ) from None

    @cached_property
    def bands(self) -> dict[str, FunctionCurve]:
        """Companions of a function as curves in canonical units, by their names (``p50``,
        ``unconstrained``, ...); empty columns are left out.

        ``p_value`` is no companion in this sense, since it has another unit.
        """
        if not isinstance(self.curve, FunctionCurve):
            return {}
        found = {}
        for name, column in self.record.bands.items():
            values = masked(self._column(column), self._sentinel)
            if name not in DIMENSIONLESS_BANDS and np.any(np.isfinite(values)):
                found[name] = self._function(values * self._factor(self.coordinates[-1]))
        return found

    @cached_property
    def valid_range(self) -> tuple[float, float]:
        """Range of x in which the numbers hold, in the canonical unit: the points, narrowed by the
        declared validity.
        """
        curve = self.curve
        if curve is None or isinstance(curve, Scalar):
            return -math.inf, math.inf
        low, high = curve.domain
        axis = self.coordinates[0]
        for declared in self.record.validity.ranges:
            if declared.axis == axis.name:
                factor = self._factor(axis)
                low, high = max(low, declared.low * factor), min(high, declared.high * factor)
        return low, high

    @cached_property
    def strongest(self) -> tuple[float, float] | None:
        """The strongest point (x, y) of a limit inside its validity, in canonical units; ``None`` for what
        has no order.
        """
        curve = self.curve
        if not isinstance(curve, FunctionCurve) or curve.excluded not in {"above", "below"}:
            return None
        low, high = self.valid_range
        inside = (curve.x >= low) & (curve.x <= high)
        x, y = curve.x[inside], curve.y[inside]
        index = strongest(self.plane, y.tolist())
        return None if index is None else (float(x[index]), float(y[index]))

    def at(self, x: npt.ArrayLike) -> FloatArray:
        """Interpolate a function at values of x in the canonical unit, any shape; NaN where it says nothing.

        Raises:
            DocumentError: the result is not a function.
            OutsideRange: a value lies outside the range of validity, and the record forbids that.
        """
        curve = self.curve
        if not isinstance(curve, FunctionCurve):
            raise DocumentError(f'"{self.id}" is not a function of {self.x_axis.name}', where=self._where())
        query = np.asarray(x, dtype=np.float64)
        low, high = self.valid_range
        valid = (query >= low) & (query <= high)
        if curve.outside == "forbid" and not np.all(valid):
            wrong = float(query[~valid].ravel()[0]) if query.shape else float(query)
            unit = self.x_axis.unit
            raise OutsideRange(
                f'"{self.id}" says nothing at {wrong:g} {unit}',
                why=f"it holds from {low:g} to {high:g} {unit}",
            )
        return np.where(valid, curve.at(np.clip(query, low, high)), np.nan)

    def reading(self, x: float) -> Reading:
        """Return everything the result says at one x in the canonical unit; outside its range that is
        nothing, without an error.
        """
        return self.readings((x,))[0]

    def readings(self, xs: Sequence[float]) -> list[Reading]:
        """Return what :meth:`reading` does, for several places at once."""
        curve = self.curve
        low, high = self.valid_range
        if isinstance(curve, (Polyline, Region)):
            return [
                Reading(x, None, crossings=tuple(curve.crossings(x).tolist()) if low <= x <= high else ())
                for x in xs
            ]
        covered = [x for x in xs if low <= x <= high]
        if not isinstance(curve, FunctionCurve) or not covered:
            return [Reading(x, None) for x in xs]
        names = list(self.bands)
        columns = [band.where_known(covered).tolist() for band in (curve, *self.bands.values())]
        found = {
            x: Reading(
                x,
                None if math.isnan(value) else value,
                {name: number for name, number in zip(names, bands, strict=True) if not math.isnan(number)},
            )
            for x, value, *bands in zip(covered, *columns, strict=True)
        }
        return [found.get(x) or Reading(x, None) for x in xs]

    def canonical(self, axis: Axis, *, values: FloatArray | None = None) -> FloatArray:
        """Return a column of one of :attr:`coordinates` in the canonical unit of the plane, shape (rows,)."""
        return (self._column(axis.column) if values is None else values) * self._factor(axis)

    @property
    def bound(self) -> str | None:
        """Side that a single number excludes: ``above`` or ``below`` for a limit, ``None`` for a measured
        value.

        A point is a limit when its statistics are one-sided and its plane has an orientation.
        """
        statistics, side = self.record.statistics, self.plane.orientation
        if isinstance(self.curve, Scalar):
            excluded = self.record.geometry.excluded if self.record.geometry else "none"
            return excluded if excluded in {"above", "below"} else None
        one_sided = statistics is not None and statistics.sided == "one"
        return side if self.record.values and one_sided and side in {"above", "below"} else None

    @property
    def _sentinel(self) -> float | None:
        return self.record.geometry.sentinel if self.record.geometry else None

    def _build(self, shape: str) -> Curve | None:
        axes = self.coordinates
        scales: dict[str, Any] = {"x_scale": self._scale(0)}
        if len(axes) > 1:
            scales["y_scale"] = self._scale(1)
        if shape == "function" and len(axes) == 2:
            values = masked(self._column(axes[1].column), self._sentinel)
            return self._function(self.canonical(axes[1], values=values))
        if shape == "scalar" or (shape == "function" and len(axes) == 1):
            return self._scalar()
        if len(axes) < 2 or (shape == "grid" and self._replicated):
            return None
        x, y = (self.canonical(axis) for axis in axes)
        if shape == "grid":
            dependent = self.record.axes[-1]
            return Grid.from_columns(x, y, masked(self._column(dependent.column), self._sentinel), **scales)
        excluded = self.record.geometry.excluded if self.record.geometry else "none"
        if shape == "polygon":
            rings = self.record.geometry.rings if self.record.geometry else None
            ring = self._column(rings) if rings else None
            return Region.from_points(x, y, ring=ring, excluded=excluded, **scales)
        return Polyline.from_points(x, y, excluded=excluded, **scales)

    def _function(self, y: FloatArray) -> FunctionCurve:
        """Build a function through the x of the table and ``y`` (canonical unit, NaN where missing)."""
        rule, geometry = self.record.interpolation, self.record.geometry
        options: dict[str, Any] = {"excluded": geometry.excluded if geometry else "none"}
        if rule is not None:
            options |= {"x_scale": rule.x, "y_scale": rule.y, "method": rule.method, "outside": rule.outside}
        return FunctionCurve.from_points(self.canonical(self.coordinates[0]), y, **options)

    def _scalar(self) -> Scalar:
        axis = self.coordinates[0]
        values = self.canonical(axis)
        if values.size != 1:
            raise CurveProblem(f"a scalar has one row, this table has {values.size}")
        return Scalar(float(values[0]))

    @property
    def _replicated(self) -> bool:
        return any(axis.role == "replica" for axis in self.record.axes)

    def _scale(self, index: int) -> str:
        rule = self.record.interpolation
        if rule is not None and self.record.kind != "profile":
            return rule.x if index == 0 else rule.y
        return self.coordinates[index].scale

    def _column(self, name: str) -> FloatArray:
        if name not in self.columns:
            table = self.record.data.path if self.record.data else "the table"
            known = ", ".join(self.columns) or "none"
            raise DocumentError(
                f'{table} has no column "{name[:60]}"', where=self._where(), why=f"its columns are {known}"
            )
        return self.columns[name]

    def _counterpart(self, index: int, wanted: PlaneAxis) -> Axis:
        axes = [axis for axis in self.record.axes if axis.role != "replica"]
        same = [axis for axis in axes if axis.quantity == wanted.quantity]
        if len(same) == 1:
            return same[0]
        if index < len(axes):
            return axes[index]
        raise DocumentError(
            f'no axis holds {wanted.quantity}, which the plane "{self.plane.id}" wants',
            where=self._where("axes"),
            mend=f'give an axis the quantity "{wanted.quantity}"',
        )

    def _factor(self, axis: Axis) -> float:
        target = self.plane.axes[self.coordinates.index(axis)]
        try:
            return conversion_factor(axis.unit, target.unit)
        except UnitProblem as problem:
            position = self.record.axes.index(axis)
            raise DocumentError(
                f'axis "{axis.name}" has the unit "{axis.unit[:60]}"',
                where=self._where("axes", position, "unit"),
                why=problem.reason,
                mend=f'write "{problem.suggestion}"'
                if problem.suggestion
                else f"use one of: {', '.join(target.allowed_units)}",
            ) from None

    def _beside(self, name: str) -> str:
        return str(self.path.parent / name) if self.path else name

    def _where(self, *pointer: str | int) -> Any:
        if self.path is None:
            return None
        try:
            return load_document(self.path).locate(pointer) if pointer else str(self.path)
        except FairportError:
            return str(self.path)
