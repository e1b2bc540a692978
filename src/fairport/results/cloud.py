"""Points in a picture in the order of x, so that what lies near a place is found without looking at
everything.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import numpy as np
import numpy.typing as npt

from fairport.physics.arrays import FloatArray

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
