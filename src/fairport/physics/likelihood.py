"""Joint likelihoods on tables of -2 ln L over mass and coupling.

Every table is T(m, u) = -2 ln [L(m, s) / L(m, best)] with u = log10 s of the parameter of interest s (a
cross-section). Formulas: sum of independent experiments, T(u) = sum_k T_k(u); profile of a scale nuisance
shared by all tables of one target, T(u) = min_l [sum_k T_k(u + l) + (l / sigma)^2], where l shifts log10 of
the scale (log10 J); an upper limit is the largest root of T(u) - min T = threshold. The minimum is taken on
the allowed domain s >= 0, whose lower end the lowest points of the table stand for.

Roots are found in u, never in s: numbers such as 1e-45 are below the absolute tolerance of common solvers.
Validity: the threshold rule is asymptotic; with fewer than about ten expected background events it gives
limits that are too strong by up to 2.2 (see :mod:`fairport.physics.counting`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from fairport.physics.arrays import CurveProblem, FloatArray

MAX_STEP: Final = 0.1
"""Widest step of a table in log10 s: cubic interpolation is good to 3e-5 up to twice this (measured)."""

WORK_STEP: Final = 0.01
"""Step of the grid on which nuisances are profiled."""

FLAT: Final = 0.01
"""A change of T per 0.1 dex below which the lower end of a table stands for s = 0."""

WINDOW: Final = 5.0
"""How many standard deviations a nuisance may move."""


@dataclass(frozen=True, eq=False)
class Profiled:
    """A table after a nuisance was profiled.

    Attributes:
        t: shape (M, S), minimum over the nuisance.
        shift: shape (M, S), the l (in log10) at which it is reached.
        sigma: standard deviation of the nuisance in log10.
    """

    t: FloatArray
    shift: FloatArray
    sigma: float


def threshold_of(cl: float, sided: str = "one") -> float:
    """Return the threshold on -2 ln(L/Lmax) for a confidence level by Wilks' theorem (Ann. Math. Stat. 9
    (1938) 60).

    One-sided: the square of the normal quantile, 2.71 at 95 % and 1.64 at 90 %; two-sided: the quantile of
    chi-square with one degree of freedom, 3.84 at 95 %.
    """
    from scipy import stats

    if sided == "two":
        return float(stats.chi2.ppf(cl, 1))
    return float(stats.norm.ppf(cl)) ** 2


def check_steps(u: FloatArray) -> None:
    """Make sure that log10 s rises in steps of at most :data:`MAX_STEP` dex (0.002 more for rounded tables).

    Args:
        u: shape (S,).

    Raises:
        CurveProblem: fewer than four points, not rising, or a step is too wide.
    """
    if u.size < 4:
        raise CurveProblem(f"a likelihood needs at least four values of its parameter, this one has {u.size}")
    steps = np.diff(u)
    if np.any(steps <= 0.0):
        raise CurveProblem("the values of the parameter do not rise")
    widest = float(steps.max())
    if widest > MAX_STEP + 2e-3:
        at = 10.0 ** float(u[int(np.argmax(steps))])
        raise CurveProblem(
            f"the likelihood has a step of {widest:.2f} dex at {at:.3g}",
            why=f"at most {MAX_STEP} dex are accepted: the limit is read between the points by a cubic",
            mend="give a finer table",
        )


def minimum(t: FloatArray) -> FloatArray:
    """Return the minimum of each row, refined by a parabola through the lowest point and its neighbours.

    Args:
        t: shape (M, S) on equal steps; NaN is ignored.

    Returns:
        Shape (M,); at an end of the range the value of the end. NaN for a row without a number.
    """
    low = np.where(np.isnan(t), np.inf, t)
    index = np.argmin(low, axis=1)
    rows = np.arange(t.shape[0])
    best = low[rows, index]
    inner = (index > 0) & (index < t.shape[1] - 1)
    i = np.clip(index, 1, max(t.shape[1] - 2, 1))
    if t.shape[1] >= 3:
        a, b, c = low[rows, i - 1], low[rows, i], low[rows, i + 1]
        usable = inner & np.isfinite(a) & np.isfinite(c)
        with np.errstate(invalid="ignore", divide="ignore"):
            curvature = a - 2.0 * b + c
            drop = np.where(usable & (curvature > 0.0), (a - c) ** 2 / (8.0 * curvature), 0.0)
        best = best - np.where(np.isfinite(drop), drop, 0.0)
    return np.where(np.isfinite(best), best, np.nan)


def resample(u: FloatArray, t: FloatArray, grid: FloatArray) -> FloatArray:
    """Interpolate each row by a natural-boundary-free (not-a-knot) cubic spline in log10 s.

    Below the table a row keeps the value of its lowest point, if it is flat there (s -> 0); elsewhere
    outside the table there is nothing.

    Args:
        u: shape (S,), rising.
        t: shape (M, S); a row with NaN is interpolated over its longest unbroken stretch.
        grid: shape (G,).

    Returns:
        Shape (M, G), NaN where the table says nothing.
    """
    if grid.shape == u.shape and np.allclose(grid, u, rtol=0.0, atol=1e-9):
        return t
    whole = np.all(np.isfinite(t), axis=1)
    out = np.full((t.shape[0], grid.size), np.nan)
    if np.any(whole):
        out[whole] = _spline_rows(u, t[whole], grid)
    for row in np.flatnonzero(~whole):
        a, b = _longest_stretch(np.isfinite(t[row]))
        if b - a >= 4:
            out[row] = _spline_rows(u[a:b], t[row : row + 1, a:b], grid)[0]
    return out


def is_flat_below(u: FloatArray, t: FloatArray) -> npt.NDArray[np.bool_]:
    """Tell which rows of shape (M, S) have reached their value at s = 0 at the lower end, shape (M,)."""
    slope = np.abs(t[:, 1] - t[:, 0]) / (u[1] - u[0]) * 0.1
    return np.asarray(slope < FLAT)


def extended_below(u: FloatArray, t: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Continue tables that stop before s = 0 down by two decades, where their lower ends are not flat.

    T is analytic in s at s = 0, so that the parabola in s through the three lowest points tells T below
    them. Rows that would change by more than 1 in T are kept as they are: that far nothing is known.

    Args:
        u: shape (S,), rising log10 s.
        t: shape (M, S).

    Returns:
        The longer log10 s and T; both unchanged when all rows are flat.
    """
    flat = is_flat_below(u, t) | ~np.all(np.isfinite(t[:, :3]), axis=1)
    if np.all(flat):
        return u, t
    step = float(u[1] - u[0])
    lower = u[0] - step * np.arange(int(np.ceil(2.0 / step)), 0, -1)
    x, at = 10.0 ** (u[:3] - u[0]), 10.0 ** (lower - u[0])
    below = np.zeros((t.shape[0], lower.size))
    for i in range(3):
        others = [x[j] for j in range(3) if j != i]
        weight = (at - others[0]) * (at - others[1]) / ((x[i] - others[0]) * (x[i] - others[1]))
        below += t[:, i : i + 1] * weight
    known = ~flat & (np.abs(below[:, 0] - t[:, 0]) < 1.0)
    below = np.where(known[:, None], below, t[:, :1])
    return np.concatenate((lower, u)), np.concatenate((below, t), axis=1)


def shared_grid(tables: list[FloatArray], step: float | None = None) -> FloatArray:
    """Return the grid of log10 s on which several tables are added.

    Tables on one grid keep it (unless ``step`` is finer). Others get equal steps over the union of the
    ranges: where a table ends above, it says nothing.

    Args:
        tables: log10 s of each table, shape (S_k,).
        step: widest step wanted; by default the finest of the tables, at most :data:`MAX_STEP`.
    """
    first = tables[0]
    same = all(t.shape == first.shape and np.allclose(t, first, rtol=0.0, atol=1e-9) for t in tables)
    finest = min(float(np.min(np.diff(t))) for t in tables)
    uniform = bool(np.ptp(np.diff(first)) < 1e-3 * finest)
    if same and uniform and (step is None or finest <= step * 1.2):
        return first
    wanted = max(min(step or MAX_STEP, finest), 1e-3)
    low, high = min(float(t[0]) for t in tables), max(float(t[-1]) for t in tables)
    return np.linspace(low, high, int(np.ceil((high - low) / wanted)) + 1)


def profile_scale(u: FloatArray, t: FloatArray, sigma: float) -> Profiled:
    """Profile a Gaussian nuisance that multiplies the signal: min over l of T(u + l) + (l / sigma)^2.

    The signal counts s J, so that a J factor higher by l (in log10) makes s do the work of s 10^l. l is
    searched within five standard deviations on the grid and refined by a parabola.

    Args:
        u: shape (S,), equal steps.
        t: shape (M, S); NaN is never chosen; below the table a row keeps its value.
        sigma: standard deviation of log10 of the scale, > 0.

    Returns:
        The profile with the l that was chosen.
    """
    step = float(u[1] - u[0])
    reach = max(int(np.ceil(WINDOW * sigma / step)), 2)
    size = t.shape[1]
    low = np.where(np.isnan(t), np.inf, t)
    padded = np.concatenate(
        (np.repeat(low[:, :1], reach, axis=1), low, np.full((t.shape[0], reach), np.inf)), axis=1
    )
    best = np.full(t.shape, np.inf)
    where = np.zeros(t.shape, dtype=np.int64)
    for k in range(-reach, reach + 1):
        cost = padded[:, reach + k : reach + k + size] + (k * step / sigma) ** 2
        better = cost < best
        best = np.where(better, cost, best)
        where[better] = k
    refined, shift = _refined_shift(padded, best, where, reach, step, sigma)
    refined = np.where(np.isfinite(best), refined, np.nan)
    return Profiled(refined, np.where(np.isfinite(best), shift, np.nan), sigma)


def _refined_shift(
    padded: FloatArray, best: FloatArray, where: npt.NDArray[np.int64], reach: int, step: float, sigma: float
) -> tuple[FloatArray, FloatArray]:
    """Refine minimum and place by the parabola through the three costs around the best shift."""
    columns = np.arange(best.shape[1])[None, :] + reach
    inner = np.abs(where) < reach
    k = np.where(inner, where, 0)
    rows = np.arange(best.shape[0])[:, None]
    left = padded[rows, columns + k - 1] + ((k - 1) * step / sigma) ** 2
    right = padded[rows, columns + k + 1] + ((k + 1) * step / sigma) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        curvature = left - 2.0 * best + right
        usable = inner & np.isfinite(left) & np.isfinite(right) & (curvature > 0.0)
        offset = np.where(usable, 0.5 * (left - right) / curvature, 0.0)
        drop = np.where(usable, (left - right) ** 2 / (8.0 * curvature), 0.0)
    return best - drop, np.asarray((where + offset) * step, dtype=np.float64)


def upper_limits(u: FloatArray, t: FloatArray, threshold: float) -> FloatArray:
    """Return log10 of the upper limit of each row: the largest root of T - min T = threshold.

    Args:
        u: shape (S,), rising.
        t: shape (M, S).
        threshold: for example 2.71 (one-sided, 95 %).

    Returns:
        Shape (M,); NaN where T does not rise above the threshold (no sensitivity, or the table ends too
        early).
    """
    f = t - minimum(t)[:, None] - threshold
    with np.errstate(invalid="ignore"):
        crossing = (f[:, :-1] < 0.0) & (f[:, 1:] >= 0.0)
        last_below = f.shape[1] - 1 - np.argmax((f < 0.0)[:, ::-1], axis=1)
    found = np.any(crossing, axis=1)
    last = crossing.shape[1] - 1 - np.argmax(crossing[:, ::-1], axis=1)
    found &= last_below == last  # else T falls below the threshold again and the table ends there
    out = np.full(t.shape[0], np.nan)
    rows = np.flatnonzero(found)
    if rows.size:
        out[rows] = _roots(u, f, rows, last[rows])
    return out


def best_fit(u: FloatArray, t: FloatArray) -> FloatArray:
    """Return log10 s of the lowest point of each row of (M, S), shape (M,)."""
    low = np.where(np.isnan(t), np.inf, t)
    return np.asarray(u[np.argmin(low, axis=1)], dtype=np.float64)


def read_rows(u: FloatArray, t: FloatArray, at: FloatArray) -> FloatArray:
    """Read row i of (M, S) at log10 s = at[i] by linear interpolation; ends are kept, shape (M,)."""
    return np.array([np.interp(at[i], u, t[i]) if np.isfinite(at[i]) else np.nan for i in range(t.shape[0])])


def at_masses(
    masses: FloatArray, u: FloatArray, t: FloatArray, query: FloatArray, threshold: float
) -> FloatArray:
    """Interpolate a likelihood between masses, inside their range only.

    Between two masses the limit moves by orders of magnitude while the shape of T around it hardly
    changes. Both rows are therefore slid in log10 s so that their roots of T - min T = threshold coincide
    with the root interpolated in log-log, then averaged with weights linear in log10 m. A single experiment
    thus gives between its masses the limit that log-log interpolation of its limits gives.

    Args:
        masses: shape (M,), rising.
        u: shape (S,), rising.
        t: shape (M, S).
        query: shape (Q,).
        threshold: of the limit that is to come out smooth.

    Returns:
        Shape (Q, S); NaN outside the masses.
    """
    out = np.full((query.size, u.size), np.nan)
    roots = upper_limits(u, t, threshold)
    place = np.searchsorted(masses, query)
    for q, mass in enumerate(query):
        near = np.flatnonzero(np.isclose(masses, mass, rtol=1e-9, atol=0.0))
        if near.size:
            out[q] = t[near[0]]
            continue
        i = int(place[q])
        if i == 0 or i == masses.size:
            continue
        w = float(np.log(mass / masses[i - 1]) / np.log(masses[i] / masses[i - 1]))
        root = (1.0 - w) * roots[i - 1] + w * roots[i]
        lower = _slid(u, t[i - 1], roots[i - 1] - root)
        upper = _slid(u, t[i], roots[i] - root)
        out[q] = (1.0 - w) * lower + w * upper
    return out


def _slid(u: FloatArray, row: FloatArray, by: float) -> FloatArray:
    """Return T at u + by; rows without a root are not moved."""
    if not np.isfinite(by):
        return row
    return np.asarray(resample(u, row[None, :], u + by)[0], dtype=np.float64)


def _spline_rows(u: FloatArray, t: FloatArray, grid: FloatArray) -> FloatArray:
    from scipy import interpolate

    out = np.full((t.shape[0], grid.size), np.nan)
    inside = (grid >= u[0] - 1e-9) & (grid <= u[-1] + 1e-9)
    out[:, inside] = interpolate.CubicSpline(u, t, axis=1)(grid[inside])
    below = grid < u[0] - 1e-9
    flat = is_flat_below(u, t)
    out[np.ix_(flat, below)] = t[flat][:, :1]
    return out


def _longest_stretch(good: npt.NDArray[np.bool_]) -> tuple[int, int]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], good.astype(np.int8), [0]))))
    if not edges.size:
        return 0, 0
    starts, ends = edges[::2], edges[1::2]
    longest = int(np.argmax(ends - starts))
    return int(starts[longest]), int(ends[longest])


def _roots(u: FloatArray, f: FloatArray, rows: npt.NDArray[np.intp], i: npt.NDArray[np.intp]) -> FloatArray:
    """Return the root of each row between points i and i + 1, by the cubic through the four points around
    it (a straight line where one of them is missing), found by bisection.
    """
    first = np.clip(i - 1, 0, u.size - 4)
    knots = first[:, None] + np.arange(4)
    x, y = u[knots], f[rows[:, None], knots]
    weights = 1.0 / np.prod(np.where(np.eye(4, dtype=np.bool_), 1.0, x[:, :, None] - x[:, None, :]), axis=2)
    curved = np.all(np.isfinite(y), axis=1)
    low, high = u[i].copy(), u[i + 1].copy()
    f_low, f_high = f[rows, i], f[rows, i + 1]
    for _ in range(40):
        middle = 0.5 * (low + high)
        gaps = middle[:, None] - x
        others = np.stack([np.prod(np.delete(gaps, k, axis=1), axis=1) for k in range(4)], axis=1)
        value = np.sum(np.where(curved[:, None], y, 0.0) * weights * others, axis=1)
        below = value < 0.0
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    straight = u[i] - f_low * (u[i + 1] - u[i]) / (f_high - f_low)
    return np.where(curved, 0.5 * (low + high), straight)
