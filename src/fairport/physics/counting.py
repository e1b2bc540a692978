"""Limits on the mean of a Poisson signal: classical, CLs, likelihood ratio, and several counts together.

The known-good numbers for nothing seen and no background: 2.303 events at 90 %, 2.996 at 95 % (classical
and CLs alike), against 0.821 and 1.355 by the rules 1.64 and 2.71 on -2 ln(L/Lmax), too strong by 2.80 and
2.21. Signals are in events unless said otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from fairport.physics.arrays import FloatArray
from fairport.physics.likelihood import upper_limits

LOW_BACKGROUND: Final = 10.0
"""Expected background below which the threshold rule is not to be trusted."""

_LARGEST: Final = 1.0e9


@dataclass(frozen=True, eq=False)
class Counts:
    """Several counting experiments on one parameter s.

    Attributes:
        efficiency: shape (K,), signal events per unit of s, > 0.
        background: shape (K,), expected background events, >= 0.
        observed: shape (K,), observed events.
    """

    efficiency: FloatArray
    background: FloatArray
    observed: FloatArray


def classical_limit(n: float, background: float, cl: float) -> float:
    """Return the classical (Neyman) upper limit s: P(N <= n | s + b) = 1 - cl.

    Source: J. Neyman, Phil. Trans. R. Soc. A 236 (1937) 333; by the chi-square quantile (F. Garwood,
    Biometrika 28 (1936) 437). Zero when the background alone makes n improbably small.
    """
    from scipy import stats

    total = 0.5 * float(stats.chi2.ppf(cl, 2.0 * (n + 1.0)))
    return max(total - background, 0.0)


def cls_limit(n: float, background: float, cl: float) -> float:
    """Return the CLs upper limit s: P(N <= n | s + b) / P(N <= n | b) = 1 - cl.

    Source: A. L. Read, J. Phys. G 28 (2002) 2693; for a single count with known background it is the
    Bayesian limit with a flat prior.
    """
    from scipy import stats

    floor = float(stats.poisson.cdf(n, background))
    return _rising_root(lambda s: 1.0 - cl - float(stats.poisson.cdf(n, s + background)) / floor)


def threshold_limit(n: float, background: float, threshold: float) -> float:
    """Return the s > s_hat at which -2 ln[L(s)/L(s_hat)] = threshold, for a count with known background
    and s >= 0.
    """
    return _rising_root(lambda s: statistic(s, n, background) - threshold, start=max(n - background, 0.0))


def statistic(s: float, n: float, background: float) -> float:
    """Return -2 ln[L(s)/L(s_hat)] of a Poisson count n with mean s + background and s_hat = max(n - b,
    0).
    """
    best = max(n - background, 0.0)
    return 2.0 * (_deviance(s + background, n) - _deviance(best + background, n))


def is_low(background: float | None) -> bool:
    """Tell whether an expected background is so low that the threshold rule misleads."""
    return background is not None and background < LOW_BACKGROUND


def shortfall(n: float, background: float, cl: float, threshold: float) -> float:
    """Return by which factor the CLs limit lies above that of the threshold rule (2.21 for n = b = 0 at
    95 %).
    """
    return cls_limit(n, background, cl) / threshold_limit(n, background, threshold)


def efficiency_of_table(
    s: FloatArray, t: FloatArray, n: float, background: float, threshold: float = 2.71
) -> tuple[float, float]:
    """Find the signal efficiency for which a table of T(s) is that of a single count.

    Args:
        s: shape (S,), the parameter, rising.
        t: shape (S,), -2 ln(L/Lmax), measured from its minimum.
        n: observed events.
        background: expected events.
        threshold: where the table is matched.

    Returns:
        Events per unit of s, and the largest |T - T_count| over the points with T < 10: near zero if the
        table is such a likelihood. (nan, inf) when the table does not reach the threshold.
    """
    root = float(upper_limits(np.log10(s), (t - np.min(t))[None, :], threshold)[0])
    if not math.isfinite(root):
        return math.nan, math.inf
    efficiency = threshold_limit(n, background, threshold) / 10.0**root
    near = t < 10.0
    model = np.array([statistic(efficiency * float(value), n, background) for value in s[near]])
    return efficiency, float(np.max(np.abs(model - t[near])))


def joint_cls_limit(counts: Counts, cl: float, *, toys: int = 10_000, seed: int = 1) -> float:
    """Return the CLs upper limit on s of several counts together.

    The test statistic is the likelihood ratio Q = L(s + b) / L(b), hence sum_k n_k ln(1 + e_k s / b_k) (A.
    L. Read, 2002). One count is solved exactly; several by pseudo-experiments.

    Args:
        counts: the experiments.
        cl: for example 0.95.
        toys: pseudo-experiments of each hypothesis.
        seed: of the generator; the same seed gives the same limit.
    """
    scale = float(np.sum(counts.efficiency))
    if counts.efficiency.size == 1:
        n, b = float(counts.observed[0]), float(counts.background[0])
        return cls_limit(n, b, cl) / float(counts.efficiency[0])

    def deficit(total: float) -> float:
        s = total / scale
        weight = np.log1p(counts.efficiency * s / np.maximum(counts.background, 1e-9))
        seen = float(counts.observed @ weight)
        rng = np.random.default_rng(seed)
        with_signal = rng.poisson(counts.background + counts.efficiency * s, (toys, weight.size)) @ weight
        without = rng.poisson(counts.background, (toys, weight.size)) @ weight
        edge = seen * (1.0 + 1e-12) + 1e-12
        floor = float(np.mean(without <= edge))
        return 1.0 - cl - float(np.mean(with_signal <= edge)) / max(floor, 1.0 / toys)

    return _rising_root(deficit, tolerance=1e-4) / scale


def joint_toy_limit(counts: Counts, cl: float, *, toys: int = 10_000, seed: int = 1) -> float:
    """Return the upper limit on s by pseudo-experiments of the profile likelihood ratio.

    q(s) = -2 ln[L(s)/L(s_hat)] for s_hat <= s, else 0 (G. Cowan et al., Eur. Phys. J. C 71 (2011) 1554, eq.
    14, with s_hat >= 0); the limit is the s at which P(q >= q_observed | s) = 1 - cl. For nothing seen and
    no background it is the classical one.
    """
    scale = float(np.sum(counts.efficiency))

    def deficit(total: float) -> float:
        s = total / scale
        rng = np.random.default_rng(seed)
        shape = (toys, counts.efficiency.size)
        samples = rng.poisson(counts.background + counts.efficiency * s, shape).astype(np.float64)
        q = _q(counts, s, samples)
        seen = float(_q(counts, s, counts.observed[None, :])[0])
        return 1.0 - cl - float(np.mean(q >= seen - 1e-9))

    return _rising_root(deficit, tolerance=1e-4) / scale


def _q(counts: Counts, s: float, samples: FloatArray) -> FloatArray:
    """Return q(s) for samples of shape (N, K), shape (N,)."""
    best = _best(counts, samples)
    t = 2.0 * (_nll(counts, np.full(best.shape, s), samples) - _nll(counts, best, samples))
    return np.where(best <= s, np.maximum(t, 0.0), 0.0)


def _best(counts: Counts, samples: FloatArray) -> FloatArray:
    """Return s_hat >= 0 of each sample by bisection of the derivative, which rises in s, shape (N,)."""
    low = np.zeros(samples.shape[0])
    high = np.full(samples.shape[0], 1.0) * (np.sum(samples, axis=1) + 1.0) / float(np.sum(counts.efficiency))
    high = np.maximum(high, np.max((samples + 1.0) / counts.efficiency, axis=1))
    for _ in range(32):
        middle = 0.5 * (low + high)
        mean = np.maximum(counts.background + counts.efficiency * middle[:, None], 1e-300)
        rises = np.sum(counts.efficiency * (1.0 - samples / mean), axis=1) > 0.0
        high = np.where(rises, middle, high)
        low = np.where(rises, low, middle)
    return np.where(low == 0.0, 0.0, 0.5 * (low + high))


def _nll(counts: Counts, s: FloatArray, samples: FloatArray) -> FloatArray:
    mean = counts.background + counts.efficiency * s[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.where(samples > 0.0, samples * np.log(np.maximum(mean, 1e-300)), 0.0)
    return np.asarray(np.sum(mean - log, axis=1), dtype=np.float64)


def _deviance(mean: float, n: float) -> float:
    if n == 0.0:
        return mean
    return mean - n * math.log(mean) if mean > 0.0 else math.inf


def _rising_root(f: Callable[[float], float], *, start: float = 0.0, tolerance: float = 1e-10) -> float:
    """Return the root above ``start`` of a function that is negative there and rises."""
    from scipy import optimize

    low, high = start, max(2.0 * start, 1.0)
    while f(high) < 0.0:
        low, high = high, 2.0 * high
        if high > _LARGEST:
            return math.inf
    if f(low) >= 0.0:
        return low
    return float(optimize.brentq(f, low, high, xtol=tolerance))
