"""Array type and scales shared by the curve modules."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from fairport.contract.errors import DocumentError, RefusedError

FloatArray = npt.NDArray[np.float64]
"""Array of doubles; the shape is told by each function."""

Scale = Literal["log", "lin"]
"""Scale on which a coordinate is interpolated, drawn or compared."""

Side = Literal["above", "below", "inside", "outside", "none"]
"""Side of a curve that it excludes."""


class CurveProblem(DocumentError):
    """Points that do not make the curve that they are declared to be."""


class OutsideRange(RefusedError):
    """A value was asked for where the curve says nothing and its record forbids to guess."""


def as_floats(values: npt.ArrayLike) -> FloatArray:
    """Return a one-dimensional array of doubles."""
    return np.atleast_1d(np.asarray(values, dtype=np.float64))


def to_scale(values: FloatArray, scale: str) -> FloatArray:
    """Return log10 of the values on a log scale, the values themselves on a linear one; NaN stays NaN.

    Raises:
        CurveProblem: a value on a log scale is zero or negative.
    """
    if scale == "lin":
        return values
    if np.logical_or.reduce(values <= 0.0, axis=None):
        first = int(np.flatnonzero(values <= 0.0)[0])
        raise CurveProblem(
            f"value {first + 1} is {float(values[first]):g}, which has no place on a log scale",
            mend="remove the point, declare a sentinel, or use a linear scale",
        )
    return np.log10(values)


def from_scale(values: FloatArray, scale: str) -> FloatArray:
    """Undo :func:`to_scale`."""
    if scale == "lin":
        return values
    return np.asarray(np.power(10.0, values), dtype=np.float64)


def masked(values: FloatArray, sentinel: float | None) -> FloatArray:
    """Return a copy with every value equal to the sentinel (to 1e-9 relative) and every infinity set to
    NaN.
    """
    cleaned = np.where(np.isfinite(values), values, np.nan)
    if sentinel is not None:
        cleaned = np.where(np.isclose(cleaned, sentinel, rtol=1e-9, atol=0.0), np.nan, cleaned)
    return cleaned
