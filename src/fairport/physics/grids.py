"""Values on a rectangular grid of two parameters, such as a likelihood over mass and coupling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fairport.physics.arrays import CurveProblem, FloatArray, Scale, as_floats, to_scale


@dataclass(frozen=True, eq=False)
class Grid:
    """z on the grid of x and y.

    Attributes:
        x: shape (n,), strictly rising.
        y: shape (m,), strictly rising.
        z: shape (n, m); NaN is a missing cell.
        x_scale: scale on which x is interpolated.
        y_scale: the same for y; z is interpolated linearly.
    """

    x: FloatArray
    y: FloatArray
    z: FloatArray
    x_scale: Scale = "log"
    y_scale: Scale = "log"

    @classmethod
    def from_columns(cls, x: npt.ArrayLike, y: npt.ArrayLike, z: npt.ArrayLike, **options: Any) -> Grid:
        """Build a grid from a long table, one row a cell in any order.

        Args:
            x: shape (n * m,).
            y: shape (n * m,).
            z: shape (n * m,).
            options: scales.

        Raises:
            CurveProblem: lengths differ, a cell stands twice or is absent, or a coordinate has no place on
                its scale.
        """
        xs, ys, zs = as_floats(x), as_floats(y), as_floats(z)
        if not xs.size == ys.size == zs.size:
            raise CurveProblem(f"the columns have {xs.size}, {ys.size} and {zs.size} values")
        across, i = np.unique(xs, return_inverse=True)
        along, j = np.unique(ys, return_inverse=True)
        if not (np.all(np.isfinite(across)) and np.all(np.isfinite(along))):
            raise CurveProblem("a coordinate of the grid is missing")
        filled = np.zeros((across.size, along.size), dtype=np.int64)
        np.add.at(filled, (i, j), 1)
        if np.any(filled != 1):
            a, b = (int(part[0]) for part in np.nonzero(filled != 1))
            problem = "is absent" if filled[a, b] == 0 else f"stands {filled[a, b]} times"
            raise CurveProblem(
                f"the cell at ({across[a]:g}, {along[b]:g}) {problem}, so the rows are not a grid",
                mend="give every combination of the two axes exactly once; leave unknown values empty",
            )
        table = np.full(filled.shape, np.nan)
        table[i, j] = zs
        grid = cls(across, along, table, **options)
        to_scale(across, grid.x_scale)
        to_scale(along, grid.y_scale)
        return grid

    @property
    def domain(self) -> tuple[float, float]:
        """Lowest and highest x."""
        return float(self.x[0]), float(self.x[-1])

    def at(self, x: npt.ArrayLike, y: npt.ArrayLike) -> FloatArray:
        """Interpolate bilinearly on the scales of the axes.

        Args:
            x: any shape, unit of the grid.
            y: the same shape.

        Returns:
            Values in that shape; NaN outside the grid and where a neighbouring cell that counts is missing.
        """
        px, py = np.broadcast_arrays(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
        i, s, in_x = _cell(self.x, px, self.x_scale)
        j, t, in_y = _cell(self.y, py, self.y_scale)
        result = np.zeros(px.shape)
        for di, a in ((0, 1.0 - s), (1, s)):
            for dj, b in ((0, 1.0 - t), (1, t)):
                weight = a * b
                corner = self.z[np.minimum(i + di, self.x.size - 1), np.minimum(j + dj, self.y.size - 1)]
                result += np.where(weight > 0.0, weight * corner, 0.0)
        return np.where(in_x & in_y, result, np.nan)


def _cell(
    knots: FloatArray, query: FloatArray, scale: Scale
) -> tuple[npt.NDArray[np.intp], FloatArray, npt.NDArray[np.bool_]]:
    """Return the index of the knot below each query, the share of the way to the next one, and whether it
    is inside.
    """
    inside = (query >= knots[0]) & (query <= knots[-1])
    safe = np.where(inside, query, knots[0])
    index = np.clip(np.searchsorted(knots, safe, side="right") - 1, 0, max(knots.size - 2, 0))
    u = to_scale(knots, scale)
    width = u[np.minimum(index + 1, knots.size - 1)] - u[index]
    share = np.where(width > 0.0, (to_scale(safe, scale) - u[index]) / np.where(width > 0.0, width, 1.0), 0.0)
    return index, np.clip(share, 0.0, 1.0), inside
