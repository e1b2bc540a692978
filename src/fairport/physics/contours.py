"""Contours of a quantity given on points of a plane, and scans brought to a common grid."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fairport.physics.arrays import CurveProblem, FloatArray, as_floats, from_scale, to_scale

Ring = tuple[FloatArray, FloatArray]


def below(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    z: npt.ArrayLike,
    level: float,
    *,
    x_scale: str = "log",
    y_scale: str = "log",
) -> tuple[list[Ring], dict[str, bool]]:
    """Return the edges of the regions in which z lies below a level.

    z is interpolated linearly, in its logarithm where all values are positive, on the scales of the axes; on
    a full grid between its points, else over the triangles of Delaunay between scattered points.

    Args:
        x: shape (n,).
        y: shape (n,).
        z: shape (n,); NaN is left out.
        level: value of z on the edge.
        x_scale: scale of x, ``log`` or ``lin``.
        y_scale: the same for y.

    Returns:
        Closed rings, each as (x, y) of equal shape (k,), last point as the first; and what was done:
        ``logarithm``, ``scattered``, ``edge`` (a region reaches the end of the points), ``holes`` (allowed
        islands within, which are lost).

    Raises:
        CurveProblem: z does not cross the level, or there are too few points.
    """
    good = np.isfinite(as_floats(x)) & np.isfinite(as_floats(y)) & np.isfinite(as_floats(z))
    xs, ys, zs = as_floats(x)[good], as_floats(y)[good], as_floats(z)[good]
    if xs.size < 4:
        raise CurveProblem(f"a contour needs at least four points, there are {xs.size}")
    us, vs = to_scale(xs, x_scale), to_scale(ys, y_scale)
    logarithm = bool(np.all(zs > 0) and level > 0)
    heights = np.log(zs / level) if logarithm else zs - level
    if not heights.min() < 0.0:
        raise CurveProblem(f"no value lies below {level:g}: the smallest is {zs.min():g}")
    scattered = not is_full_grid(us, vs)
    found, edge, holes = (_over_triangles if scattered else _over_grid)(us, vs, heights)
    rings = [(from_scale(ring[:, 0], x_scale), from_scale(ring[:, 1], y_scale)) for ring in found]
    return rings, {"logarithm": logarithm, "scattered": scattered, "edge": edge, "holes": holes}


def _over_grid(us: FloatArray, vs: FloatArray, heights: FloatArray) -> tuple[list[FloatArray], bool, bool]:
    """Return the rings around negative heights on a full grid, whether one meets its edge, and whether there
    are holes.
    """
    import contourpy

    across, i = np.unique(us, return_inverse=True)
    along, j = np.unique(vs, return_inverse=True)
    if across.size < 2 or along.size < 2:
        raise CurveProblem("all points stand on one line, which has no contour")
    table = np.full((across.size, along.size), np.nan)
    table[i, j] = heights
    generator = contourpy.contour_generator(
        across,
        along,
        np.ma.masked_invalid(table.T),
        fill_type=contourpy.FillType.OuterOffset,
        line_type=contourpy.LineType.Separate,
    )
    crossed = {tuple(p) for line in generator.lines(0.0) for p in np.asarray(line).round(12).tolist()}
    filled: Any = generator.filled(-np.inf, 0.0)
    rings: list[FloatArray] = []
    edge = holes = False
    for points, starts in zip(*filled, strict=True):
        outer = np.asarray(points)[: int(starts[1])]
        holes |= len(starts) > 2
        edge |= any(tuple(point) not in crossed for point in outer.round(12).tolist())
        rings.append(outer)
    return rings, edge, holes


def _over_triangles(
    us: FloatArray, vs: FloatArray, heights: FloatArray
) -> tuple[list[FloatArray], bool, bool]:
    """Do the same over Delaunay triangles between scattered points, in each of which the height is linear."""
    import shapely
    from scipy.spatial import Delaunay, QhullError

    points = np.column_stack([us, vs])
    size = np.ptp(points, axis=0)
    if np.any(size == 0.0):
        raise CurveProblem("all points stand on one line, which has no contour")
    try:
        corners = Delaunay(points / size).simplices
    except QhullError as error:
        raise CurveProblem("the points span no area", why=str(error).splitlines()[0][:120]) from None
    pieces = [_below(points, heights, corner) for corner in corners.tolist()]
    union = shapely.union_all([shapely.Polygon(piece) for piece in pieces if len(piece) > 2])
    polygons = [part for part in shapely.get_parts(union) if part.geom_type == "Polygon" and part.area > 0.0]
    rings = [np.asarray(polygon.exterior.coords) for polygon in polygons]
    low = {tuple(point) for point in points[heights < 0.0].tolist()}
    edge = any(tuple(point) in low for ring in rings for point in ring.tolist())
    return rings, edge, any(len(polygon.interiors) > 0 for polygon in polygons)


def _below(points: FloatArray, heights: FloatArray, corners: list[int]) -> list[FloatArray]:
    """Return the part of a triangle in which the height is negative, as corners in order."""
    found = []
    for here, there in zip(corners, [*corners[1:], corners[0]], strict=True):
        if heights[here] < 0.0:
            found.append(points[here])
        if (heights[here] < 0.0) != (heights[there] < 0.0):
            a, b = sorted((here, there))  # the same point for both triangles of an edge, to the last bit
            share = heights[a] / (heights[a] - heights[b])
            found.append(points[a] + share * (points[b] - points[a]))
    return found


def common_grid(
    x: npt.ArrayLike, y: npt.ArrayLike, z: npt.ArrayLike, *, y_scale: str = "log", step: float = 0.02
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Bring scans of z along y, each at its own values of y, to one grid.

    Between the points of a scan z is interpolated by monotone cubics on the scale of y; outside it is NaN.

    Args:
        x: shape (n,), same value for the rows of one scan.
        y: shape (n,), positive where ``y_scale`` is ``log``.
        z: shape (n,).
        y_scale: ``log`` or ``lin``.
        step: distance of the grid, in decades for ``log``; 200 steps in all for ``lin``.

    Returns:
        x, y and z of shape (k,), one row a cell.

    Raises:
        CurveProblem: a scan has fewer than three points.
    """
    from scipy.interpolate import PchipInterpolator

    xs, ys, zs = as_floats(x), as_floats(y), as_floats(z)
    vs = to_scale(ys, y_scale)
    count = int(np.ceil((vs.max() - vs.min()) / step)) + 1 if y_scale == "log" else 200
    grid = np.linspace(vs.min(), vs.max(), max(count, 3))
    found = []
    for value in np.unique(xs):
        order = np.flatnonzero(xs == value)
        places, first = np.unique(vs[order], return_index=True)
        if places.size < 3:
            raise CurveProblem(f"the scan at {value:g} has {places.size} points", mend="give at least three")
        found.append(PchipInterpolator(places, zs[order][first], extrapolate=False)(grid))
    lines = np.unique(xs)
    return (
        np.repeat(lines, grid.size),
        np.tile(from_scale(grid, y_scale), lines.size),
        np.concatenate(found),
    )


def is_full_grid(x: npt.ArrayLike, y: npt.ArrayLike) -> bool:
    """Tell whether points of shape (n,) each are every combination of some x and some y, once."""
    xs, ys = as_floats(x), as_floats(y)
    pairs = np.unique(np.column_stack([xs, ys]), axis=0)
    return bool(len(pairs) == xs.size == np.unique(xs).size * np.unique(ys).size)
