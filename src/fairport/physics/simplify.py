"""Fewer points for display: the Douglas-Peucker method (Cartographica 10 (1973) 112) in picture units."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fairport.physics.arrays import FloatArray


def simplify(x: FloatArray, y: FloatArray, tolerance: float) -> tuple[FloatArray, FloatArray]:
    """Drop points that lie within ``tolerance`` of the line through the points that stay.

    Args:
        x: shape (n,), picture units such as pixels, finite.
        y: shape (n,).
        tolerance: greatest distance of a dropped point, same unit.

    Returns:
        The points that stay, ends included, shape (k,) each with k <= n.
    """
    keep = kept(x, y, tolerance)
    return x[keep], y[keep]


def kept(x: FloatArray, y: FloatArray, tolerance: float) -> npt.NDArray[np.bool_]:
    """Return which points :func:`simplify` keeps, shape (n,)."""
    keep = np.zeros(x.size, dtype=np.bool_)
    if x.size == 0:
        return keep
    keep[0] = keep[-1] = True
    stack = [(0, x.size - 1)]
    while stack:
        first, last = stack.pop()
        if last - first < 2:
            continue
        distance = _distance(x, y, first, last)
        far = int(np.argmax(distance))
        if distance[far] > tolerance:
            middle = first + 1 + far
            keep[middle] = True
            stack += [(first, middle), (middle, last)]
    return keep


def _distance(x: FloatArray, y: FloatArray, first: int, last: int) -> FloatArray:
    """Return the distance of each inner point from the stretch between two points, shape (last - first -
    1,).
    """
    dx, dy = x[last] - x[first], y[last] - y[first]
    px, py = x[first + 1 : last] - x[first], y[first + 1 : last] - y[first]
    length = float(dx * dx + dy * dy)
    share = np.clip((px * dx + py * dy) / length, 0.0, 1.0) if length > 0.0 else np.zeros(px.size)
    return np.asarray(np.hypot(px - share * dx, py - share * dy), dtype=np.float64)
