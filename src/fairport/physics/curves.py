"""Curves that are functions of x, open polylines and single numbers.

A limit is a function only when its record says so: of some 400 public limit files one in eight is not.
Points are therefore never sorted silently; a curve that turns back in x is refused as a function and fits
a polyline or a polygon (:mod:`fairport.physics.polygons`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from fairport.physics.arrays import (
    CurveProblem,
    FloatArray,
    OutsideRange,
    Scale,
    Side,
    as_floats,
    from_scale,
    masked,
    to_scale,
)

Method = Literal["linear", "pchip", "cubic"]
Outside = Literal["forbid", "nan"]


@dataclass(frozen=True, slots=True, eq=False)
class _Stretch:
    """Points (x, y) whose x rises strictly, and the function that joins them on the scales of the curve."""

    x: FloatArray
    y: FloatArray
    join: Callable[[FloatArray], Any]


@dataclass(frozen=True, eq=False)
class FunctionCurve:
    """A single-valued curve y(x) with an interpolation rule.

    Attributes:
        x: shape (n,), never falling; two equal values are a vertical step.
        y: shape (n,), in the unit of the caller; NaN breaks the curve, nothing is interpolated across it.
        x_scale: scale on which x is interpolated.
        y_scale: scale on which y is interpolated.
        method: interpolation on these scales (``linear`` on log-log joins points by power laws).
        outside: what a query outside the points gives: an error or NaN.
        excluded: the side that the curve excludes.
    """

    x: FloatArray
    y: FloatArray
    x_scale: Scale = "log"
    y_scale: Scale = "log"
    method: Method = "linear"
    outside: Outside = "nan"
    excluded: Side = "above"

    @classmethod
    def from_points(
        cls,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        sentinel: float | None = None,
        sort: bool = False,
        **options: Any,
    ) -> FunctionCurve:
        """Build a curve from points as they stand in a table.

        Args:
            x: shape (n,); rising, falling (then reversed) or, with ``sort``, in any order.
            y: shape (n,).
            sentinel: value of y that means "nothing here".
            sort: whether the points may be put in order (stable); never guessed.
            options: the remaining attributes of the class.

        Raises:
            CurveProblem: lengths differ, no point is left, x is not finite or turns back, a value has no
                place on its scale.
        """
        xs, ys = as_floats(x), masked(as_floats(y), sentinel)
        if xs.shape != ys.shape:
            raise CurveProblem(f"x has {xs.size} values, y has {ys.size}")
        if not np.all(np.isfinite(xs)):
            row = int(np.flatnonzero(~np.isfinite(xs))[0]) + 1
            raise CurveProblem(f"x is missing in row {row}", mend="remove the row or fill the cell")
        xs, ys = _ordered(xs, ys, sort)
        if not np.any(np.isfinite(ys)):
            raise CurveProblem("no point of the curve has a value")
        curve = cls(xs, ys, **options)
        to_scale(xs, curve.x_scale)
        to_scale(ys, curve.y_scale)
        return curve

    @cached_property
    def domain(self) -> tuple[float, float]:
        """Lowest and highest x with a value."""
        valid = self.x[np.isfinite(self.y)]
        return float(valid[0]), float(valid[-1])

    @cached_property
    def segments(self) -> tuple[tuple[FloatArray, FloatArray], ...]:
        """Unbroken pieces between missing values, each as (x, y) of equal shape (k,), k >= 1."""
        good = np.isfinite(self.y)
        edges = np.flatnonzero(np.diff(np.concatenate(([0], good.astype(np.int8), [0]))))
        return tuple((self.x[a:b], self.y[a:b]) for a, b in zip(edges[::2], edges[1::2], strict=True))

    def at(self, x: npt.ArrayLike) -> FloatArray:
        """Interpolate.

        At a point the value of the point is returned exactly. At a vertical step the weaker limit counts:
        the highest y of a curve that excludes above, the lowest of one that excludes below.

        Args:
            x: any shape, unit of the curve.

        Returns:
            Values of y in the shape of ``x``; NaN outside the curve and in its gaps.

        Raises:
            OutsideRange: a value lies outside, and ``outside`` is ``forbid``.
        """
        result = self.where_known(x)
        if self.outside == "forbid" and np.any(np.isnan(result)):
            missing = float(np.atleast_1d(x)[np.isnan(np.atleast_1d(result))][0])
            low, high = self.domain
            raise OutsideRange(
                f"the curve says nothing at {missing:g}", why=f"its points reach from {low:g} to {high:g}"
            )
        return result

    def where_known(self, x: npt.ArrayLike) -> FloatArray:
        """Interpolate as :meth:`at`; NaN for what the curve says nothing about, whatever ``outside`` is."""
        query = np.asarray(x, dtype=np.float64)
        flat = np.atleast_1d(query).ravel()
        result = np.full(flat.shape, np.nan)
        for stretch in self._stretches:
            inside = (flat >= stretch.x[0]) & (flat <= stretch.x[-1])
            if np.any(inside):
                result[inside] = self._weaker(result[inside], self._interpolate(stretch, flat[inside]))
        return result.reshape(query.shape)

    @cached_property
    def _stretches(self) -> tuple[_Stretch, ...]:
        """The segments cut at vertical steps, ready to be interpolated."""
        found = []
        for xs, ys in self.segments:
            for x, y in _split_at_steps(xs, ys, self.x_scale):
                u, v = to_scale(x, self.x_scale), to_scale(y, self.y_scale)
                found.append(_Stretch(x, y, _interpolator(u, v, self.method)))
        return tuple(found)

    def _weaker(self, one: FloatArray, other: FloatArray) -> FloatArray:
        weaker = np.fmin if self.excluded == "below" else np.fmax
        return np.asarray(weaker(one, other), dtype=np.float64)

    def _interpolate(self, stretch: _Stretch, query: FloatArray) -> FloatArray:
        xs, ys = stretch.x, stretch.y
        if xs.size == 1:
            return np.full(query.shape, ys[0])
        values = from_scale(stretch.join(to_scale(query, self.x_scale)), self.y_scale)
        position = np.clip(np.searchsorted(xs, query), 0, xs.size - 1)
        return np.where(xs[position] == query, ys[position], values)


@dataclass(frozen=True, eq=False)
class Polyline:
    """An open curve through points in their order; x may turn back.

    Attributes:
        x: shape (n,); NaN in x or y breaks the line.
        y: shape (n,).
        x_scale: scale on which x is joined and drawn.
        y_scale: the same for y.
        excluded: the side that the curve excludes, as far as that makes sense.
    """

    x: FloatArray
    y: FloatArray
    x_scale: Scale = "log"
    y_scale: Scale = "log"
    excluded: Side = "none"

    @classmethod
    def from_points(
        cls, x: npt.ArrayLike, y: npt.ArrayLike, *, sentinel: float | None = None, **options: Any
    ) -> Polyline:
        """Build a polyline from points of shape (n,) each; a sentinel in y breaks the line.

        Raises:
            CurveProblem: lengths differ, no point is left, or a value has no place on its scale.
        """
        xs, ys = masked(as_floats(x), None), masked(as_floats(y), sentinel)
        if xs.shape != ys.shape:
            raise CurveProblem(f"x has {xs.size} values, y has {ys.size}")
        line = cls(xs, ys, **options)
        if not line.segments:
            raise CurveProblem("no point of the curve has a value")
        to_scale(xs, line.x_scale)
        to_scale(ys, line.y_scale)
        return line

    @cached_property
    def segments(self) -> tuple[tuple[FloatArray, FloatArray], ...]:
        """Unbroken pieces, each as (x, y) of equal shape (k,)."""
        good = np.isfinite(self.x) & np.isfinite(self.y)
        edges = np.flatnonzero(np.diff(np.concatenate(([0], good.astype(np.int8), [0]))))
        return tuple((self.x[a:b], self.y[a:b]) for a, b in zip(edges[::2], edges[1::2], strict=True))

    @property
    def domain(self) -> tuple[float, float]:
        """Lowest and highest x."""
        xs = np.concatenate([piece for piece, _ in self.segments])
        return float(xs.min()), float(xs.max())

    def crossings(self, x: float) -> FloatArray:
        """Return the rising values of y, shape (k,), at which the line crosses the vertical at ``x``."""
        return vertical_crossings(self.segments, x, self.x_scale, self.y_scale)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number with asymmetric uncertainties (absolute, one standard deviation, in the same unit)."""

    value: float
    minus: float | None = None
    plus: float | None = None


def vertical_crossings(
    pieces: tuple[tuple[FloatArray, FloatArray], ...], x: float, x_scale: str, y_scale: str
) -> FloatArray:
    """Return the sorted, distinct y at which joined points cross the vertical at ``x``.

    Args:
        pieces: (x, y) pairs of equal shape (k,); a closed ring repeats its first point at the end.
        x: where, in the unit of the points.
        x_scale: scale on which the points are joined.
        y_scale: the same for y.

    Returns:
        Shape (m,); empty when the vertical misses the curve. A stretch along the vertical contributes its
        two ends.
    """
    found: list[FloatArray] = []
    for xs, ys in pieces:
        u, v = to_scale(xs, x_scale), to_scale(ys, y_scale)
        at = float(to_scale(as_floats(x), x_scale)[0])
        found.append(v[u == at])
        left, right = u[:-1], u[1:]
        cut = ((left < at) & (right > at)) | ((left > at) & (right < at))
        share = (at - left[cut]) / (right[cut] - left[cut])
        found.append(v[:-1][cut] + share * (v[1:][cut] - v[:-1][cut]))
    return from_scale(np.unique(np.concatenate(found)), y_scale) if found else np.empty(0)


def interpolation_pieces(curve: FunctionCurve) -> list[FloatArray | None]:
    """Return the polynomials that a smooth curve is made of, one array for each stretch between gaps and
    steps, in order.

    Returns:
        Shape (k, n - 1): the coefficients of each interval on the scales of the curve, highest power of the
        distance from its left end first; ``None`` for a stretch that is joined by straight lines.
    """
    found: list[FloatArray | None] = []
    for xs, ys in curve.segments:
        for piece_x, piece_y in _split_at_steps(xs, ys, curve.x_scale):
            u, v = to_scale(piece_x, curve.x_scale), to_scale(piece_y, curve.y_scale)
            made = _interpolator(u, v, curve.method)
            found.append(np.asarray(made.c, dtype=np.float64) if hasattr(made, "c") else None)
    return found


def _ordered(x: FloatArray, y: FloatArray, sort: bool) -> tuple[FloatArray, FloatArray]:
    steps = np.diff(x)
    if np.all(steps >= 0.0):
        return x, y
    if np.all(steps <= 0.0):
        return x[::-1], y[::-1]
    if sort:
        order = np.argsort(x, kind="stable")
        return x[order], y[order]
    direction = 1.0 if float(np.sum(steps > 0.0)) >= steps.size / 2 else -1.0
    row = int(np.flatnonzero(steps * direction < 0.0)[0])
    verb = "falls" if direction > 0 else "rises"
    raise CurveProblem(
        f"x {verb} from {x[row]:g} to {x[row + 1]:g} at row {row + 2}, so this is not a function of x",
        mend="declare the shape polyline or polygon, or put the rows in order",
    )


def _split_at_steps(x: FloatArray, y: FloatArray, scale: Scale) -> list[tuple[FloatArray, FloatArray]]:
    """Cut a segment at vertical steps, so that x rises strictly in every piece, on its scale too; the points
    of a step belong to both sides.
    """
    cuts = np.flatnonzero(np.diff(to_scale(x, scale)) == 0.0) + 1
    return list(zip(np.split(x, cuts), np.split(y, cuts), strict=True))


def _straight(u: FloatArray, v: FloatArray, at: FloatArray) -> FloatArray:
    return np.interp(at, u, v)


def _interpolator(u: FloatArray, v: FloatArray, method: str) -> Callable[[FloatArray], Any]:
    if method == "linear" or u.size < 3:
        return partial(_straight, u, v)
    from scipy import interpolate

    smooth: Callable[[FloatArray], Any] = (
        interpolate.PchipInterpolator(u, v) if method == "pchip" else interpolate.CubicSpline(u, v)
    )
    return smooth
