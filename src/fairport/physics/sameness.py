"""Are two curves the same figure, read off twice? Distances between lines on the scales of their plane.

Two people who digitise one figure choose other points and are off by a per cent or two, also sideways on a
steep stretch. So lines are compared, not points: from points set densely along either line to the other
line, on the scales of the plane, in both directions. Thinning and units drop out by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from fairport.physics.arrays import FloatArray

TOLERANCE: Final = 0.02
"""Distance in decades (4.7 %) that nine tenths of a line must keep from the other to be the same."""

PART: Final = 0.006
"""The same (1.4 %) where only a stretch is shared: limits of one experiment often run together."""

COVERED: Final = 0.8
"""Share of either line that must lie beside the other."""

COLUMN: Final = 0.1
NEAR: Final = 0.15
ON: Final = 0.04
"""Distance in decades (10 %) within which two silhouettes run on each other in a column."""

SAMPLES: Final = 400
LINEAR_SPAN: Final = 2.0
"""Decades that the span of both lines along a linear axis counts as."""

Lines = Sequence[tuple[FloatArray, FloatArray]]


@dataclass(frozen=True, slots=True)
class Sameness:
    """How near two sets of lines run.

    Attributes:
        deviation: distance in decades that nine tenths of the shared stretch keep, the worse direction.
        first: share of the first line that lies beside the second.
        second: share of the second line that lies beside the first.
    """

    deviation: float
    first: float
    second: float

    @property
    def same(self) -> bool:
        """Whether this is one figure."""
        return self.deviation <= TOLERANCE and min(self.first, self.second) >= COVERED

    @property
    def part(self) -> bool:
        """Whether one of them is a stretch of the other."""
        return not self.same and self.deviation <= PART and max(self.first, self.second) >= COVERED

    @property
    def percent(self) -> float:
        """The deviation in per cent of a value."""
        return float(100.0 * (10.0**self.deviation - 1.0))


def sameness(first: Lines, second: Lines, *, x_scale: str = "log", y_scale: str = "log") -> Sameness | None:
    """Compare two sets of lines.

    Args:
        first: (x, y) of shape (k,) each for every unbroken piece, canonical units.
        second: the same.
        x_scale: ``log`` or ``lin``.
        y_scale: the same for y.

    Returns:
        ``None`` where they are nowhere near each other, or one has fewer than two points.
    """
    import shapely

    on_scale = [_scaled(lines, x_scale, y_scale) for lines in (first, second)]
    if any(sum(len(piece) for piece in pieces) < 2 for pieces in on_scale):
        return None
    boxes = [
        np.array([*np.vstack(pieces).min(axis=0), *np.vstack(pieces).max(axis=0)]) for pieces in on_scale
    ]
    if np.any(boxes[0][2:] < boxes[1][:2] - TOLERANCE) or np.any(boxes[1][2:] < boxes[0][:2] - TOLERANCE):
        return None
    for axis, scale in enumerate((x_scale, y_scale)):
        if scale == "lin":
            low, high = min(box[axis] for box in boxes), max(box[axis + 2] for box in boxes)
            stretch = LINEAR_SPAN / (high - low) if high > low else 1.0
            on_scale = [[piece * _along(axis, stretch) for piece in pieces] for pieces in on_scale]
    shapes: list[Any] = [
        shapely.union_all([shapely.LineString(p) if len(p) > 1 else shapely.Point(p[0]) for p in pieces])
        for pieces in on_scale
    ]
    shares, deviations = [], []
    for own, other in ((0, 1), (1, 0)):
        points = _samples(on_scale[own])
        distances = shapely.distance(shapely.points(points), shapes[other])
        near = distances <= 5.0 * TOLERANCE
        shares.append(float(np.mean(near)))
        if not np.any(near):
            return None
        deviations.append(float(np.quantile(distances[near], 0.9)))
    return Sameness(max(deviations), shares[0], shares[1])


def silhouette(
    lines: Lines, *, x_scale: str = "log", y_scale: str = "log", spans: tuple[float, float] = (1.0, 1.0)
) -> dict[int, float]:
    """Return the lowest place of lines in each column of a plane, to tell quickly which can be the same.

    Args:
        lines: (x, y) of shape (k,) each.
        x_scale: ``log`` or ``lin``.
        y_scale: the same for y.
        spans: what a linear axis spans, as a width to compare with.

    Returns:
        Number of a column, :data:`COLUMN` decades wide, to y in decades.
    """
    pieces = _scaled(lines, x_scale, y_scale)
    if not pieces:
        return {}
    points = _samples(pieces, 10 * SAMPLES)  # walls drawn to the edge of a figure take most of a length
    for axis, scale in enumerate((x_scale, y_scale)):
        if scale == "lin":
            points = points * _along(axis, LINEAR_SPAN / spans[axis])
    columns, inverse = np.unique(np.floor(points[:, 0] / COLUMN).astype(np.int64), return_inverse=True)
    lowest = np.full(columns.size, np.inf)
    np.minimum.at(lowest, inverse, points[:, 1])
    return dict(zip(columns.tolist(), lowest.tolist(), strict=True))


def likely(silhouettes: Sequence[dict[int, float]]) -> list[tuple[int, int]]:
    """Return the pairs (later, earlier) of silhouettes that run near each other over most of the shorter."""
    columns = sorted({column for one in silhouettes for column in one})
    place = {column: number for number, column in enumerate(columns)}
    table = np.full((len(silhouettes), len(columns)), np.nan, dtype=np.float32)
    for row, one in enumerate(silhouettes):
        table[row, [place[column] for column in one]] = list(one.values())
    sizes = np.isfinite(table).sum(axis=1)
    found = []
    for row in range(1, len(silhouettes)):
        known = np.flatnonzero(np.isfinite(table[row]))
        apart = np.abs(table[:row, known] - table[row, known])
        with np.errstate(invalid="ignore"):
            near = (apart < NEAR).sum(axis=1)
        short = np.minimum(sizes[:row], sizes[row])
        found += [(row, int(other)) for other in np.flatnonzero((near > 0) & (near >= 0.6 * short))]
    return found


def nearest(silhouettes: Sequence[dict[int, float]], count: int) -> list[tuple[int, int]]:
    """Return the pairs (later, earlier) of silhouettes that run on each other over most of both.

    Args:
        silhouettes: see :func:`silhouette`.
        count: at most so many pairs, nearest first.
    """
    if not any(silhouettes):
        return []
    columns = sorted({column for one in silhouettes for column in one})
    place = {column: number for number, column in enumerate(columns)}
    table = np.full((len(silhouettes), len(columns)), np.nan, dtype=np.float32)
    for row, one in enumerate(silhouettes):
        table[row, [place[column] for column in one]] = list(one.values())
    sizes = np.isfinite(table).sum(axis=1)
    found: list[tuple[float, int, int]] = []
    for row in range(1, len(silhouettes)):
        apart = np.abs(table[:row] - table[row])
        known = np.isfinite(apart)
        with np.errstate(invalid="ignore"):
            on = (apart < ON).sum(axis=1)
        others = np.flatnonzero((on > 0) & (on >= COVERED * np.maximum(sizes[:row], sizes[row])))
        means = np.where(known[others], apart[others], 0.0).sum(axis=1) / known[others].sum(axis=1)
        best = np.argsort(means, kind="stable")[:count].tolist()
        found += [(round(float(means[k]), 6), row, int(others[k])) for k in best]
    return [(row, other) for _, row, other in sorted(found)[:count]]


def _scaled(lines: Lines, x_scale: str, y_scale: str) -> list[FloatArray]:
    """Return pieces of shape (k, 2) on the scales; points without a place on a scale are left out."""
    found = []
    for x, y in lines:
        with np.errstate(divide="ignore", invalid="ignore"):
            u = np.log10(x) if x_scale == "log" else np.asarray(x, dtype=np.float64)
            v = np.log10(y) if y_scale == "log" else np.asarray(y, dtype=np.float64)
        good = np.isfinite(u) & np.isfinite(v)
        if np.any(good):
            found.append(np.column_stack([u[good], v[good]]))
    return found


def _along(axis: int, stretch: float) -> FloatArray:
    return np.array([stretch, 1.0]) if axis == 0 else np.array([1.0, stretch])


def _samples(pieces: list[FloatArray], count: int = SAMPLES) -> FloatArray:
    """Return points at even distances along all pieces, shape (about ``count``, 2)."""
    lengths = [np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(p, axis=0).T)))) for p in pieces]
    total = sum(float(length[-1]) for length in lengths)
    found = []
    for piece, length in zip(pieces, lengths, strict=True):
        if len(piece) == 1 or length[-1] == 0.0 or total == 0.0:
            found.append(piece[:1])
            continue
        at = np.linspace(0.0, length[-1], max(2, round(count * float(length[-1]) / total)))
        found.append(np.column_stack([np.interp(at, length, piece[:, k]) for k in (0, 1)]))
    return np.vstack(found)
