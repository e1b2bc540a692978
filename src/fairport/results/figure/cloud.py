"""Points in a picture in the order of x, so that what lies near a place is found without looking at
everything.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Final

import numpy as np
import numpy.typing as npt

from fairport.physics.arrays import FloatArray
from fairport.results.figure.clipping import Frame

CELL: Final = 2.0
"""Side of a cell in which :class:`Density` counts points."""

Points = npt.NDArray[np.complex128]
"""Points as x + i y: a turn of the picture is one multiplication."""


class Cloud:
    """Points that labels should avoid."""

    def __init__(self) -> None:
        """Start without points."""
        self._places: Points = np.empty(0, dtype=np.complex128)
        self._owners: FloatArray = np.empty(0)
        self._weights: FloatArray = np.empty(0)
        self._xs: list[float] = []
        self._fresh: list[tuple[FloatArray, FloatArray, int, float]] = []

    def add(self, x: FloatArray, y: FloatArray, owner: int, weight: float) -> None:
        """Add points, shape (k,) each, of one owner and weight."""
        self._fresh.append((x, y, owner, weight))

    def strip(self, x: float, across: float) -> slice:
        """Return where the points less than ``across`` left or right of ``x`` stand in :attr:`places`,
        :attr:`owners` and :attr:`weights`.
        """
        self._order()
        return slice(bisect_left(self._xs, x - across), bisect_right(self._xs, x + across))

    @property
    def places(self) -> Points:
        """All points in the order of x, shape (n,)."""
        self._order()
        return self._places

    @property
    def owners(self) -> FloatArray:
        """Their owners, shape (n,)."""
        self._order()
        return self._owners

    @property
    def weights(self) -> FloatArray:
        """Their weights, shape (n,)."""
        self._order()
        return self._weights

    def _order(self) -> None:
        if not self._fresh:
            return
        places = np.concatenate([self._places, *(x + 1j * y for x, y, _, _ in self._fresh)])
        owners = [np.full(x.shape, float(owner)) for x, _, owner, _ in self._fresh]
        weights = [np.full(x.shape, weight) for x, _, _, weight in self._fresh]
        order = places.real.argsort(kind="stable")
        self._places = places[order]
        self._owners = np.concatenate([self._owners, *owners])[order]
        self._weights = np.concatenate([self._weights, *weights])[order]
        self._xs = self._places.real.tolist()
        self._fresh = []


class Density:
    """Sums over squares of a picture (a summed-area table): they tell at once of many labels how much
    each covers at least.
    """

    def __init__(self, cloud: Cloud, frame: Frame) -> None:
        """Count the points of ``cloud``; points that come later are not seen."""
        self._left, self._top = frame.left, frame.top
        columns = int((frame.right - frame.left) / CELL) + 1
        rows = int((frame.bottom - frame.top) / CELL) + 1
        column = np.clip((cloud.places.real - frame.left) / CELL, 0, columns - 1).astype(np.intp)
        row = np.clip((cloud.places.imag - frame.top) / CELL, 0, rows - 1).astype(np.intp)
        cells = np.bincount(row * columns + column, cloud.weights, rows * columns).reshape(rows, columns)
        self._sums = np.zeros((rows + 1, columns + 1))
        np.cumsum(np.cumsum(cells, axis=0), axis=1, out=self._sums[1:, 1:])

    def least(
        self, x: FloatArray, y: FloatArray, angle: FloatArray, half: float, height: float
    ) -> FloatArray:
        """Return weights that labels cover at the least, shape (n,).

        Upright squares that lie in a row inside the turned rectangle do not overlap, so the sum over them
        is never more than that over the rectangle.

        Args:
            x: middles of the labels, shape (n,).
            y: the same.
            angle: by how many degrees each is turned.
            half: half of the length of a label.
            height: half of its height.
        """
        turn = np.radians(angle)
        cos, sin = np.cos(turn), np.sin(turn)
        wide, tall = np.abs(cos), np.abs(sin)
        side = 2.0 * height / (wide + tall)
        step = side / np.maximum(wide, tall)
        count = np.floor(2.0 * (half - height) / step) + 1.0
        place = np.arange(int(count.max(initial=1.0)))
        along = (place - 0.5 * (count[:, None] - 1.0)) * step[:, None]
        sums = self._within(x[:, None] + along * cos[:, None], y[:, None] + along * sin[:, None], side / 2)
        covered: FloatArray = np.where(place < count[:, None], sums, 0.0).sum(axis=1)
        return covered

    def _within(self, x: FloatArray, y: FloatArray, reach: FloatArray) -> FloatArray:
        """Return sums over the cells wholly inside squares around (x, y), shape (n, k), of half side
        ``reach``, shape (n,).
        """
        rows, columns = (length - 1 for length in self._sums.shape)
        left = np.clip(np.ceil((x - reach[:, None] - self._left) / CELL), 0, columns).astype(np.intp)
        right = np.clip(np.floor((x + reach[:, None] - self._left) / CELL), left, columns).astype(np.intp)
        top = np.clip(np.ceil((y - reach[:, None] - self._top) / CELL), 0, rows).astype(np.intp)
        bottom = np.clip(np.floor((y + reach[:, None] - self._top) / CELL), top, rows).astype(np.intp)
        sums = self._sums
        within: FloatArray = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
        return within
