"""Points in a picture with an index of square cells, so that what lies near a place is found without
looking at everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from fairport.physics.arrays import FloatArray

CELL: Final = 24.0
"""Side of a cell in picture units."""

FRESH: Final = 16000
"""Points that may wait outside the index before it is made anew."""


class Points(NamedTuple):
    """Points with the key of what they belong to and a weight, shape (k,) each."""

    x: FloatArray
    y: FloatArray
    owner: FloatArray
    weight: FloatArray

    def only(self, which: npt.NDArray[np.bool_]) -> Points:
        """Return some of the points."""
        return Points(self.x[which], self.y[which], self.owner[which], self.weight[which])


class Cloud:
    """Points that labels should avoid."""

    def __init__(self) -> None:
        """Start without points."""
        self._fresh: list[Points] = []
        self._waiting = 0
        self._indexed = Points(*(np.empty(0) for _ in range(4)))
        self._cells: npt.NDArray[np.int64] = np.empty(0, dtype=np.int64)

    def add(self, x: FloatArray, y: FloatArray, owner: int, weight: float) -> None:
        """Add points, shape (k,) each, of one owner and weight."""
        self._fresh.append(Points(x, y, np.full(x.shape, float(owner)), np.full(x.shape, weight)))
        self._waiting += x.size

    def near(self, x: float, y: float, radius: float) -> Points:
        """Return the points within a square around (x, y), in no particular order."""
        if self._waiting > FRESH:
            self._index()
        if len(self._fresh) > 1:
            self._fresh = [_joined(self._fresh)]
        parts = [self._indexed_rows(x, y, radius)] if self._cells.size else []
        parts += self._fresh
        if not parts:
            return self._indexed
        joined = parts[0] if len(parts) == 1 else _joined(parts)
        return joined.only((np.abs(joined.x - x) < radius) & (np.abs(joined.y - y) < radius))

    def _indexed_rows(self, x: float, y: float, radius: float) -> Points:
        """Return the indexed points of all cells that the square touches: one stretch for each row of
        cells.
        """
        first, last = np.floor((x - radius) / CELL), np.floor((x + radius) / CELL)
        rows = np.arange(np.floor((y - radius) / CELL), np.floor((y + radius) / CELL) + 1)
        starts = np.searchsorted(self._cells, _cell(first, rows), side="left")
        ends = np.searchsorted(self._cells, _cell(last, rows), side="right")
        which = np.concatenate([np.arange(a, b) for a, b in zip(starts, ends, strict=True)])
        return Points(*(column[which] for column in self._indexed))

    def _index(self) -> None:
        joined = _joined([self._indexed, *self._fresh])
        cells = _cell(np.floor(joined.x / CELL), np.floor(joined.y / CELL))
        order = np.argsort(cells, kind="stable")
        self._indexed, self._cells = Points(*(column[order] for column in joined)), cells[order]
        self._fresh, self._waiting = [], 0


def _joined(parts: Sequence[Points]) -> Points:
    return Points(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _cell(column: npt.ArrayLike, row: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return the number of a cell; cells of a row follow each other."""
    return np.asarray(np.asarray(row) * 1_000_000 + np.asarray(column) + 500_000, dtype=np.int64)
