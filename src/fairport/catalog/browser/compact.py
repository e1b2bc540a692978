"""Curves as short text for a browser: whole numbers of a small step, differences, variable length.

A curve goes to the front end as points on a grid of ``step`` (in decades on a logarithmic axis, in units of
the axis on a linear one). Only differences from the point before are written, each as a base-64
variable-length quantity: five bits a character, least significant first, the sixth bit says that more
follow, the lowest bit of the whole is the sign. That is good for drawing; numbers to calculate with are in
files of full precision beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from fairport.contract.documents import PlaneAxis
from fairport.physics.arrays import FloatArray
from fairport.physics.simplify import simplify

DECADE: Final = 2000
"""Steps in a decade of a logarithmic axis: positions are good to 0.06 %."""

SHARE: Final = 16000
"""Steps in the default range of a linear axis."""

_DIGITS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def step_of(axis: PlaneAxis) -> float:
    """Return the step of an axis: in decades on a logarithmic one, else in its unit."""
    if axis.scale == "log":
        return 1.0 / DECADE
    return float(f"{(axis.range[1] - axis.range[0]) / SHARE:.3g}")


def encode_curve(x: FloatArray, y: FloatArray, axes: tuple[PlaneAxis, ...]) -> str:
    """Return an unbroken stretch of a curve as text.

    Args:
        x: shape (n,), canonical unit.
        y: shape (n,), canonical unit.
        axes: the two axes of the plane.

    Returns:
        Differences of x and y in turn, the first from zero; points without a place on a logarithmic axis,
        and points that a straight line replaces to within a step, are left out. May be empty.
    """
    good = np.isfinite(x) & np.isfinite(y)
    for axis, values in zip(axes, (x, y), strict=True):
        if axis.scale == "log":
            good &= values > 0.0
    if not np.any(good):
        return ""
    u, v = (_steps(axis, values[good]) for axis, values in zip(axes, (x, y), strict=True))
    u, v = simplify(u, v, 1.0)
    pairs = np.column_stack((np.diff(np.rint(u), prepend=0.0), np.diff(np.rint(v), prepend=0.0)))
    return encode_integers(int(value) for value in pairs.ravel())


def encode_integers(values: Iterable[int]) -> str:
    """Return whole numbers as base-64 variable-length quantities."""
    out = []
    for value in values:
        rest = (-value << 1) | 1 if value < 0 else value << 1
        while True:
            rest, digit = rest >> 5, rest & 31
            out.append(_DIGITS[digit | (32 if rest else 0)])
            if not rest:
                break
    return "".join(out)


def _steps(axis: PlaneAxis, values: FloatArray) -> FloatArray:
    scaled = np.log10(values) if axis.scale == "log" else values
    return np.asarray(scaled / step_of(axis), dtype=np.float64)
