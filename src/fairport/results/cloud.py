"""Points in a picture in the order of x, so that what lies near a place is found without looking at
everything.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import numpy as np

from fairport.physics.arrays import FloatArray


class Cloud:
    """Points that labels should avoid."""

    def __init__(self) -> None:
        """Start without points."""
        self._points: FloatArray = np.empty((4, 0))
        self._xs: list[float] = []
        self._fresh: list[FloatArray] = []

    def add(self, x: FloatArray, y: FloatArray, owner: int, weight: float) -> None:
        """Add points, shape (k,) each, of one owner and weight."""
        self._fresh.append(np.stack((x, y, np.full(x.shape, float(owner)), np.full(x.shape, weight))))

    def near(self, x: float, y: float, across: float, up: float) -> FloatArray:
        """Return the points within a rectangle around (x, y), of half width ``across`` and half height
        ``up``.

        Returns:
            Rows of x, y, owner and weight, shape (4, k), in no particular order.
        """
        if self._fresh:
            self._order()
        strip = self._points[:, bisect_left(self._xs, x - across) : bisect_right(self._xs, x + across)]
        return strip.compress(np.abs(strip[1] - y) < up, axis=1)

    def _order(self) -> None:
        points = np.concatenate((self._points, *self._fresh), axis=1)
        self._points = points[:, points[0].argsort(kind="stable")]
        self._xs = self._points[0].tolist()
        self._fresh = []
