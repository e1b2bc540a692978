"""Fewer points for display: the Douglas-Peucker method (Cartographica 10 (1973) 112) in picture units."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from fairport.physics.arrays import FloatArray

FEW: Final = 48
"""Points up to which plain numbers are faster than arrays."""


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
    stay = [0, x.size - 1]
    xs, ys = x.tolist(), y.tolist()
    stack = [(0, x.size - 1)]
    while stack:
        first, last = stack.pop()
        if last - first < 2:
            continue
        if last - first <= FEW:
            far, distance = _farthest_of_few(xs, ys, first, last)
        else:
            far, distance = _farthest(x, y, first, last)
        if distance > tolerance * tolerance:
            stay.append(far)
            stack += [(first, far), (far, last)]
    keep[stay] = True
    return keep


def _farthest(x: FloatArray, y: FloatArray, first: int, last: int) -> tuple[int, float]:
    """Return the inner point farthest from the stretch between two points, with its squared distance."""
    dx, dy = x[last] - x[first], y[last] - y[first]
    px, py = x[first + 1 : last] - x[first], y[first + 1 : last] - y[first]
    length = float(dx * dx + dy * dy)
    if length > 0.0:
        share = np.minimum(np.maximum((px * dx + py * dy) / length, 0.0), 1.0)
        px, py = px - share * dx, py - share * dy
    distance = px * px + py * py
    far = int(np.argmax(distance))
    return first + 1 + far, float(distance[far])


def _farthest_of_few(xs: list[float], ys: list[float], first: int, last: int) -> tuple[int, float]:
    """Do the same as :func:`_farthest`, operation by operation."""
    x0, y0 = xs[first], ys[first]
    dx, dy = xs[last] - x0, ys[last] - y0
    length = dx * dx + dy * dy
    far, most = first + 1, -1.0
    for at in range(first + 1, last):
        px, py = xs[at] - x0, ys[at] - y0
        if length > 0.0:
            share = (px * dx + py * dy) / length
            share = 0.0 if share < 0.0 else 1.0 if share > 1.0 else share
            px, py = px - share * dx, py - share * dy
        distance = px * px + py * py
        if distance > most:
            far, most = at, distance
    return far, most
