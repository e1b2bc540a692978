"""Credible intervals from scans of one parameter.

A scan gives T(f) = -2 ln L up to a constant. With a flat prior on the range of the scan the posterior is
exp(-T/2), normalised. The interval is the *connected* highest-density interval: it grows from the mode to
whichever side is denser until it holds the wanted probability. A posterior with two humps therefore gives
the piece around the higher one, never the span of all pieces.

Known-good: KM3NeT and CTA on RX J1713.7-3946 (arXiv:2309.03007), hadronic fraction with nothing hadronic
injected: 0.0212 to 0.6748 at 90 %, mean over 100 realisations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from fairport.physics.arrays import CurveProblem, FloatArray, as_floats

POINTS: Final = 2001
"""Points on which a scan is integrated."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A credible interval in the unit of the parameter.

    Attributes:
        mode: most probable value.
        low: lower end.
        high: upper end.
        other_modes: whether the posterior has another hump of at least half the height outside.
    """

    mode: float
    low: float
    high: float
    other_modes: bool = False


@dataclass(frozen=True, slots=True)
class Averaged:
    """Means over realisations of mode and ends, and the standard deviation of the mode.

    Attributes:
        interval: the means.
        spread: standard deviation of the mode over realisations (0 for one).
        replicas: number of realisations.
        several_modes: number of realisations with more than one hump.
    """

    interval: Interval
    spread: float
    replicas: int
    several_modes: int


def dense_scan(f: FloatArray, t: FloatArray, grid: FloatArray | None = None) -> tuple[FloatArray, FloatArray]:
    """Interpolate a scan by a cubic spline on equally spaced points between its ends.

    Args:
        f: shape (n,), values of the parameter in any order; equal ones (to 1e-12) count once.
        t: shape (n,), -2 ln L up to a constant.
        grid: points to use instead; outside the scan there is NaN.

    Returns:
        Points and T there, shape (2001,) each.

    Raises:
        CurveProblem: fewer than four different values.
    """
    from scipy import interpolate

    xs, ys = as_floats(f), as_floats(t)
    good = np.isfinite(xs) & np.isfinite(ys)
    order = np.argsort(xs[good], kind="stable")
    xs, ys = xs[good][order], ys[good][order]
    new = np.concatenate(([True], np.diff(xs) > 1e-12)) if xs.size else np.zeros(0, dtype=np.bool_)
    xs, ys = xs[new], ys[new]
    if xs.size < 4:
        raise CurveProblem(f"a scan needs at least four different values, this one has {xs.size}")
    points = np.linspace(xs[0], xs[-1], POINTS) if grid is None else grid
    values = np.asarray(interpolate.CubicSpline(xs, ys)(points), dtype=np.float64)
    return points, np.where((points >= xs[0] - 1e-12) & (points <= xs[-1] + 1e-12), values, np.nan)


def highest_density(x: FloatArray, t: FloatArray, cl: float) -> Interval:
    """Return the connected highest-density interval of the posterior exp(-T/2), flat in x.

    Args:
        x: shape (n,), equally spaced.
        t: shape (n,), -2 ln L up to a constant; NaN is outside the range of the prior.
        cl: probability inside, 0 < cl < 1.
    """
    density = np.where(np.isnan(t), 0.0, np.exp(-0.5 * (t - np.nanmin(t))))
    pieces = 0.5 * (density[1:] + density[:-1]) * np.diff(x)
    cumulative = np.concatenate(([0.0], np.cumsum(pieces)))
    cumulative /= cumulative[-1]
    mode = int(np.argmax(density))
    low = high = mode
    last = x.size - 1
    inside, heights = cumulative.tolist(), density.tolist()  # plain floats: ten times faster one by one
    while inside[high] - inside[low] < cl:
        left = heights[low - 1] if low > 0 else -1.0
        right = heights[high + 1] if high < last else -1.0
        if left >= right:
            low -= 1
        else:
            high += 1
    return Interval(float(x[mode]), float(x[low]), float(x[high]), _has_other_mode(density, low, high))


def averaged_interval(scans: list[tuple[FloatArray, FloatArray]], cl: float) -> Averaged:
    """Return the mean of the intervals of several realisations of one experiment.

    Args:
        scans: (f, t) of each realisation, shape (n_i,) each, t = -2 ln L up to a constant.
        cl: credible level.

    Raises:
        CurveProblem: no scan, or one is too short.
    """
    if not scans:
        raise CurveProblem("there is no scan")
    found = [highest_density(*dense_scan(f, t), cl) for f, t in scans]
    modes = np.array([interval.mode for interval in found])
    interval = Interval(
        float(modes.mean()),
        float(np.mean([one.low for one in found])),
        float(np.mean([one.high for one in found])),
        any(one.other_modes for one in found),
    )
    spread = float(modes.std(ddof=1)) if modes.size > 1 else 0.0
    return Averaged(interval, spread, len(found), sum(one.other_modes for one in found))


def mean_scan(scans: list[tuple[FloatArray, FloatArray]], grid: FloatArray) -> FloatArray:
    """Return the mean over realisations of T - min T on a grid of shape (n,), each by its own spline."""
    rows = []
    for f, t in scans:
        _, values = dense_scan(f, t, grid)
        rows.append(values - np.nanmin(values))
    return np.asarray(np.mean(rows, axis=0), dtype=np.float64)


def _has_other_mode(density: FloatArray, low: int, high: int) -> bool:
    top = float(density.max())
    inner = (density[1:-1] > density[:-2]) & (density[1:-1] >= density[2:]) & (density[1:-1] > 0.5 * top)
    places = np.flatnonzero(inner) + 1
    return bool(np.any((places < low) | (places > high)))
