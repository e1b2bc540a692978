"""From limits on a resonance to the excluded region of mediator mass M and dark-matter mass m.

Standard library only; masses in GeV. A point is excluded when the predicted rate exceeds the limit. The
prediction is the production rate of a narrow mediator times its branching fraction; the limit is taken at the
minimal width of the point.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise

Point = tuple[float, float]
STEPS = 50  # halvings of a bracket


def log_interpolate(x: float, knots: Sequence[Sequence[float]]) -> float:
    """ln y on straight lines of ln y against x between knots [[x, y], ...]; NaN outside of them."""
    if not knots[0][0] <= x <= knots[-1][0]:
        return math.nan
    index = min(bisect_right([knot[0] for knot in knots], x), len(knots) - 1)
    (x0, y0), (x1, y1) = knots[index - 1], knots[index]
    part = (x - x0) / (x1 - x0)
    return (1.0 - part) * math.log(y0) + part * math.log(y1)


class LimitTable:
    """Upper limits for some masses (rows) and relative widths (columns), interpolated in between.

    Raises ValueError unless masses and widths rise, there are at least two of each, and limits are positive.
    """

    def __init__(self, widths: Sequence[float], rows: Sequence[Sequence[float]]) -> None:
        self.widths = list(widths)
        self.masses = [row[0] for row in rows]
        self.logs = [[math.log(value) if value > 0.0 else math.nan for value in row[1:]] for row in rows]
        rising = all(a < b for axis in (self.widths, self.masses) for a, b in pairwise(axis))
        if not rising or min(len(self.widths), len(self.masses)) < 2:
            raise ValueError("masses and widths of the limits must rise, and there must be two of each")
        if any(len(line) != len(self.widths) or not all(map(math.isfinite, line)) for line in self.logs):
            raise ValueError("every mass needs one positive limit for each width")

    def log_limit(self, mediator: float, width: float) -> float:
        """ln of the limit at a mass (GeV) and a relative width; NaN outside the table, never extrapolated."""
        if not (self.masses[0] <= mediator <= self.masses[-1] and self.widths[0] <= width <= self.widths[-1]):
            return math.nan
        row = min(bisect_right(self.masses, mediator), len(self.masses) - 1)
        column = min(bisect_right(self.widths, width), len(self.widths) - 1)
        u = (mediator - self.masses[row - 1]) / (self.masses[row] - self.masses[row - 1])
        v = (width - self.widths[column - 1]) / (self.widths[column] - self.widths[column - 1])
        below, above = self.logs[row - 1], self.logs[row]
        low = (1.0 - v) * below[column - 1] + v * below[column]
        high = (1.0 - v) * above[column - 1] + v * above[column]
        return (1.0 - u) * low + u * high


def crossing(function: Callable[[float], bool], outside: float, inside: float) -> float:
    """Where a condition becomes true between ``outside`` (false) and ``inside`` (true), by halving."""
    for _ in range(STEPS):
        middle = 0.5 * (outside + inside)
        if function(middle):
            inside = middle
        else:
            outside = middle
    return inside


def lowest_mass(excluded: Callable[[float, float], bool], mediator: float) -> float | None:
    """Smallest excluded dark-matter mass at a mediator mass, None if there is none.

    With rising m the decay into dark matter closes, so that the visible rate rises until m = M/2 and stays.
    """
    closed = 0.5 * mediator
    if not excluded(mediator, closed):
        return None
    if excluded(mediator, 0.0):
        return 0.0
    return crossing(lambda mass: excluded(mediator, mass), 0.0, closed)


def rings(
    excluded: Callable[[float, float], bool], mediators: Sequence[float], mass_max: float
) -> list[list[Point]]:
    """Polygons (M, m) of the excluded region up to ``mass_max``, for rising mediator masses.

    Between neighbours of which only one has an excluded point, the end is found by halving. A polygon runs
    along its lower edge and closes along m = ``mass_max``.
    """
    if mass_max < 0.5 * mediators[-1]:
        raise ValueError("the highest dark-matter mass must be at least half the highest mediator mass")
    found: list[list[Point]] = []
    edge: list[Point] = []
    before: float | None = None

    def closed(mediator: float) -> bool:
        return excluded(mediator, 0.5 * mediator)

    for mediator in mediators:
        mass = lowest_mass(excluded, mediator)
        if mass is not None and not edge and before is not None:
            start = crossing(closed, before, mediator)
            edge.append((start, lowest_mass(excluded, start) or 0.0))
        if mass is not None:
            edge.append((mediator, mass))
        elif edge:
            end = crossing(closed, mediator, edge[-1][0])
            edge.append((end, lowest_mass(excluded, end) or 0.0))
            found.append(edge)
            edge = []
        before = mediator
    if edge:
        found.append(edge)
    return [[*lower, (lower[-1][0], mass_max), (lower[0][0], mass_max)] for lower in found if len(lower) > 1]


def under_contour(points: Sequence[Sequence[float]]) -> list[Point]:
    """Polygon of what lies under a contour (M, m): its points and their ends carried down to m = 0.

    Raises ValueError for fewer than three points.
    """
    if len(points) < 3:
        raise ValueError("a contour needs at least three points")
    line = [(float(x), float(y)) for x, y in points]
    return [*line, (line[-1][0], 0.0), (line[0][0], 0.0)]
