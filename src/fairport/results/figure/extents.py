"""Which part of a plane a figure shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from fairport.contract.documents import Plane
from fairport.physics.arrays import FloatArray
from fairport.results.figure.items import Item, Piece
from fairport.results.figure.views import View, fit_view

REACH: Final = 300.0
"""Factor beyond the results up to which a reference curve widens a figure."""


def views_of(plane: Plane, items: Sequence[Item], guides: Sequence[Item] = ()) -> tuple[View, View | None]:
    """Return the shown parts of the axes: what the results need, and reference curves that are near."""
    x_extents = [extent for item in items for extent in _extents(item, 0)]
    if len(plane.axes) == 1:
        return fit_view(plane.axes[0], x_extents, (0.15, 0.15)), None
    x = fit_view(plane.axes[0], x_extents)
    heights = [_height(item, x, plane.orientation) for item in items]
    log = plane.axes[1].scale == "log"
    if log:
        heights += _near([h for h in heights if h], [_height(item, x, plane.orientation) for item in guides])
    pad = (0.25, 0.25) if log else (0.0, 0.12)
    return x, fit_view(plane.axes[1], [h for h in heights if h], pad, decades=1.0)


def _near(
    heights: Sequence[tuple[float, float]], guides: Sequence[tuple[float, float] | None]
) -> list[tuple[float, float]]:
    """Return the extents of reference curves that are close enough to the results to be worth the room."""
    positive = [height for height in heights if height[0] > 0.0]
    if not positive:
        return []
    low, high = min(h[0] for h in positive) / REACH, max(h[1] for h in positive) * REACH
    return [
        (max(guide[0], low), min(guide[1], high))
        for guide in guides
        if guide is not None and guide[0] > 0.0 and guide[1] > low and guide[0] < high
    ]


def _extents(item: Item, axis: int) -> list[tuple[float, float]]:
    found = [(float(np.min(piece[axis])), float(np.max(piece[axis]))) for piece in item.pieces]
    if item.point is not None:
        value = item.point.x if axis == 0 else item.point.y
        found.append((value - (item.point.minus or 0.0), value + (item.point.plus or 0.0)))
    return found


def _height(item: Item, x: View, orientation: str) -> tuple[float, float] | None:
    """Return the part of y that is worth showing: everything on the strong side, but not the walls on the
    weak side.
    """
    parts = [_visible_y(piece, x) for piece in item.pieces]
    parts += [band for item_band in item.bands for band in (item_band.low, item_band.high)]
    values = np.concatenate(parts) if parts else np.empty(0)
    values = values[np.isfinite(values)]
    if values.size == 0:
        extents = _extents(item, 1) if item.point is not None else []
        return extents[0] if extents else None
    low, high = float(values.min()), float(values.max())
    if item.closed:
        return low, high
    if orientation == "above":
        high = _quantile(values, 0.93)
    elif orientation == "below":
        low = _quantile(values, 0.07)
    return low, high


def _quantile(values: FloatArray, share: float) -> float:
    """Return a quantile as ``numpy.quantile`` does, without its many options."""
    ordered = np.sort(values)
    place = share * (ordered.size - 1)
    low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
    return float(low + (high - low) * (place - math.floor(place)))


def _visible_y(piece: Piece, view: View) -> FloatArray:
    """Sample the piece evenly along the shown x, so that crowded points do not count more."""
    x, y = piece
    if x.size < 2 or np.any(np.diff(x) < 0):
        return y
    share = view.share(x)
    if not np.all(np.isfinite(share)):
        return y
    at = np.linspace(max(float(share[0]), 0.0), min(float(share[-1]), 1.0), 120)
    if at[-1] < at[0]:
        return np.empty(0)
    if np.all(y > 0):
        return np.asarray(10.0 ** np.interp(at, share, np.log10(y)), dtype=np.float64)
    return np.asarray(np.interp(at, share, y), dtype=np.float64)
