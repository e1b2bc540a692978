"""Lines and polygons cut to the frame of a plot, in picture positions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairport.physics.arrays import FloatArray

Line = tuple[FloatArray, FloatArray]
"""Points (x, y) in picture units, shape (k,) each."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The area of the plot; y points down."""

    left: float
    top: float
    right: float
    bottom: float


def clip_to(line: Line, frame: Frame) -> list[Line]:
    """Return the stretches of a line inside a frame, cut at its edges (Liang and Barsky, ACM TOG 3 (1984)
    1).
    """
    x, y = line
    if x.size < 2:
        return []
    if _all_inside(x, y, frame):
        return [line]
    pieces: list[list[tuple[float, float]]] = []
    for x0, y0, x1, y1 in zip(x[:-1].tolist(), y[:-1].tolist(), x[1:].tolist(), y[1:].tolist(), strict=True):
        cut = _clip_segment(x0, y0, x1, y1, frame)
        if cut is None:
            continue
        start, end = cut
        if pieces and pieces[-1][-1] == start:
            pieces[-1].append(end)
        else:
            pieces.append([start, end])
    return [(np.array([p[0] for p in piece]), np.array([p[1] for p in piece])) for piece in pieces]


def _all_inside(x: FloatArray, y: FloatArray, frame: Frame) -> bool:
    low, high = np.minimum.reduce, np.maximum.reduce  # the methods of small arrays cost more than the search
    return bool(
        low(x) >= frame.left and high(x) <= frame.right and low(y) >= frame.top and high(y) <= frame.bottom
    )


def _clip_segment(
    x0: float, y0: float, x1: float, y1: float, frame: Frame
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    enter, leave = 0.0, 1.0
    dx, dy = x1 - x0, y1 - y0
    for slope, room in (
        (-dx, x0 - frame.left),
        (dx, frame.right - x0),
        (-dy, y0 - frame.top),
        (dy, frame.bottom - y0),
    ):
        if slope == 0.0:
            if room < 0.0:
                return None
            continue
        share = room / slope
        if slope < 0.0:
            enter = max(enter, share)
        else:
            leave = min(leave, share)
    if enter > leave:
        return None
    start = (x0, y0) if enter == 0.0 else (x0 + enter * dx, y0 + enter * dy)
    end = (x1, y1) if leave == 1.0 else (x0 + leave * dx, y0 + leave * dy)
    return start, end


def clip_polygon(polygon: Line, frame: Frame) -> Line:
    """Clip a polygon to a frame (Sutherland and Hodgman, CACM 17 (1974) 32); edges may run along the
    frame.
    """
    x, y = polygon
    for axis, bound, sign in (
        (0, frame.left, 1.0),
        (0, frame.right, -1.0),
        (1, frame.top, 1.0),
        (1, frame.bottom, -1.0),
    ):
        if x.size == 0:
            break
        along = x if axis == 0 else y
        x, y = _clip_half(x, y, sign * (along - bound))
    return x, y


def _clip_half(x: FloatArray, y: FloatArray, inside: FloatArray) -> Line:
    """Keep the part of a polygon where ``inside``, linear along its edges, is not negative."""
    if np.minimum.reduce(inside) >= 0.0:
        return x, y
    xs: list[float] = []
    ys: list[float] = []
    corners = list(zip(x.tolist(), y.tolist(), inside.tolist(), strict=True))
    x0, y0, a = corners[-1]
    for x1, y1, b in corners:
        if (a >= 0.0) != (b >= 0.0):
            share = a / (a - b)
            xs.append(x0 + share * (x1 - x0))
            ys.append(y0 + share * (y1 - y0))
        if b >= 0.0:
            xs.append(x1)
            ys.append(y1)
        x0, y0, a = x1, y1, b
    return np.array(xs), np.array(ys)
