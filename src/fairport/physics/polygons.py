"""Closed regions in a plane: signal regions, collider contours, islands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from fairport.physics.arrays import CurveProblem, FloatArray, Scale, Side, as_floats, to_scale
from fairport.physics.curves import vertical_crossings


@dataclass(frozen=True, eq=False)
class Region:
    """The union of one or several polygons, straight on the scales of the plane.

    Attributes:
        rings: (x, y) pairs of shape (k,) each, k >= 4, first point repeated at the end.
        x_scale: scale on which corners are joined.
        y_scale: the same for y.
        excluded: ``inside``, ``outside`` or ``none``.
    """

    rings: tuple[tuple[FloatArray, FloatArray], ...]
    x_scale: Scale = "log"
    y_scale: Scale = "log"
    excluded: Side = "inside"

    @classmethod
    def from_points(
        cls, x: npt.ArrayLike, y: npt.ArrayLike, *, ring: npt.ArrayLike | None = None, **options: Any
    ) -> Region:
        """Build a region from corners of shape (n,) each.

        Args:
            x: corners in order around each ring.
            y: the same.
            ring: shape (n,), number of the ring of each corner; one ring when absent.
            options: the remaining attributes of the class.

        Raises:
            CurveProblem: lengths differ, a corner is missing, a ring has fewer than three corners, or a
                value has no place on its scale.
        """
        xs, ys = as_floats(x), as_floats(y)
        numbers = np.zeros(xs.size) if ring is None else as_floats(ring)
        if not xs.size == ys.size == numbers.size:
            raise CurveProblem(f"the columns have {xs.size}, {ys.size} and {numbers.size} values")
        if not np.all(np.isfinite(xs) & np.isfinite(ys) & np.isfinite(numbers)):
            raise CurveProblem("a corner of the region is missing", mend="remove the row or fill the cell")
        _, first = np.unique(numbers, return_index=True)
        rings = tuple(_closed(xs[numbers == n], ys[numbers == n]) for n in numbers[np.sort(first)])
        region = cls(rings, **options)
        to_scale(xs, region.x_scale)
        to_scale(ys, region.y_scale)
        return region

    @property
    def domain(self) -> tuple[float, float]:
        """Lowest and highest x of the corners."""
        xs = np.concatenate([piece for piece, _ in self.rings])
        return float(xs.min()), float(xs.max())

    @cached_property
    def geometry(self) -> Any:
        """The union as a prepared shapely geometry in scaled coordinates (log10 on log scales); rings that
        cross themselves are repaired.
        """
        import shapely

        polygons = [
            shapely.Polygon(np.column_stack((to_scale(x, self.x_scale), to_scale(y, self.y_scale))))
            for x, y in self.rings
        ]
        union = shapely.union_all([shapely.make_valid(polygon) for polygon in polygons])
        shapely.prepare(union)
        return union

    def contains(self, x: npt.ArrayLike, y: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Tell which points lie in the region, its edge included.

        Args:
            x: any shape, unit of the corners.
            y: the same shape.

        Returns:
            Booleans in that shape; a point without a place on a log scale is outside.
        """
        import shapely

        px, py = np.broadcast_arrays(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
        on_scale = np.isfinite(px) & np.isfinite(py)
        on_scale &= (px > 0.0) | (self.x_scale == "lin")
        on_scale &= (py > 0.0) | (self.y_scale == "lin")
        result = np.zeros(px.shape, dtype=np.bool_)
        u, v = to_scale(px[on_scale], self.x_scale), to_scale(py[on_scale], self.y_scale)
        result[on_scale] = shapely.intersects_xy(self.geometry, u, v)
        return result

    def crossings(self, x: float) -> FloatArray:
        """Return the rising values of y, shape (k,), at which the edge crosses the vertical at ``x``."""
        return vertical_crossings(self.rings, x, self.x_scale, self.y_scale)


def _closed(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    if x[0] != x[-1] or y[0] != y[-1]:
        x, y = np.append(x, x[0]), np.append(y, y[0])
    if np.unique(np.column_stack((x, y)), axis=0).shape[0] < 3:
        raise CurveProblem("a ring needs at least three different corners")
    return x, y
