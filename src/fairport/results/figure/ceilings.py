"""Ceilings: the cross-section above which the rock over a laboratory stops the particles, so that a limit
excludes a band between two curves.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fairport.physics.arrays import FloatArray
from fairport.physics.curves import FunctionCurve
from fairport.results.loaded import LoadedResult


def ceiling_of(result: LoadedResult, results: Sequence[LoadedResult]) -> LoadedResult | None:
    """Return the result among ``results`` that is the ceiling of ``result``, if there is one."""
    geometry = result.record.geometry
    if geometry is None or not geometry.ceiling:
        return None
    wanted = geometry.ceiling.partition("@")[0]
    for full in (True, False):
        for other in results:
            name = other.id.partition("@")[0]
            if name == wanted if full else name.rpartition("/")[2] == wanted.rpartition("/")[2]:
                return None if other is result else other
    return None


def excluded_band(
    result: LoadedResult, ceiling: LoadedResult
) -> tuple[tuple[FloatArray, FloatArray, FloatArray], ...]:
    """Return the stretches (x, limit, ceiling) in which the ceiling lies on the excluded side of the limit.

    Arrays have shape (k,) with k >= 2, in canonical units. Beyond the range of either curve nothing is
    excluded, since nothing is known there.
    """
    low, high = result.curve, ceiling.curve
    if not isinstance(low, FunctionCurve) or not isinstance(high, FunctionCurve):
        return ()
    x = np.union1d(low.x, high.x)
    start = max(low.domain[0], high.domain[0], result.valid_range[0])
    end = min(low.domain[1], high.domain[1], result.valid_range[1])
    x = np.union1d(x[(x > start) & (x < end)], [start, end]) if start < end else np.empty(0)
    if x.size < 2:
        return ()
    below, above = low.at(x), high.at(x)
    good = np.isfinite(below) & np.isfinite(above) & (above > below)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], good.astype(np.int8), [0]))))
    return tuple(
        (x[a:b], below[a:b], above[a:b]) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 1
    )
