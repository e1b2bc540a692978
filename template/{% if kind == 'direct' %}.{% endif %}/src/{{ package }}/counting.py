"""Upper limits on the signal of a counting experiment. Standard library only.

Method: CLs (A. L. Read, J. Phys. G 28 (2002) 2693, doi:10.1088/0954-3899/28/10/313; T. Junk, Nucl. Instrum.
Meth. A 434 (1999) 435, arXiv:hep-ex/9902006) with the number of events as the test statistic and a known
background. For this case it is the classical upper limit of G. Zech, Nucl. Instrum. Meth. A 277 (1989) 608,
and the Bayesian one for a flat prior. With no event observed it gives -ln(1 - CL) events whatever the
background is, 2.303 at 90 %. The profile-likelihood rule -2 ln(likelihood ratio) = 2.71 would give 1.35
events there: it does not hold for so few events.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from statistics import NormalDist


def poisson_cumulative(count: int, mean: float) -> float:
    """Probability of at most ``count`` events for a Poisson ``mean``; 0 for a negative count."""
    if count < 0:
        return 0.0
    if mean <= 0.0:
        return 1.0
    log_mean = math.log(mean)
    return math.fsum(math.exp(n * log_mean - mean - math.lgamma(n + 1.0)) for n in range(count + 1))


def upper_limit(observed: int, background: float, level: float) -> float:
    """CLs upper limit on the mean number of signal events at confidence ``level`` (0 to 1).

    Solves P(n <= observed | s + b) / P(n <= observed | b) = 1 - level for s, by bisection.
    Raises ValueError for a negative count or background, or a level outside (0, 1).
    """
    if observed < 0 or background < 0 or not 0.0 < level < 1.0:
        raise ValueError("observed and background must not be negative, and the level lies between 0 and 1")
    goal = (1.0 - level) * poisson_cumulative(observed, background)
    low, high = 0.0, 10.0 + 2.0 * observed
    while poisson_cumulative(observed, high + background) > goal:
        high *= 2.0
    while high - low > 1e-13 * high:
        middle = 0.5 * (low + high)
        if poisson_cumulative(observed, middle + background) > goal:
            low = middle
        else:
            high = middle
        if middle in (low, high) and math.nextafter(low, high) >= high:
            break
    return 0.5 * (low + high)


def background_quantile(background: float, quantile: float) -> int:
    """Smallest count whose cumulative Poisson probability under ``background`` alone reaches ``quantile``."""
    count = 0
    while poisson_cumulative(count, background) < quantile:
        count += 1
    return count


def expected_upper_limits(background: float, level: float, quantiles: Sequence[float]) -> list[float]:
    """Quantiles of the upper limit over repeated background-only experiments, exactly and without toys.

    The limit rises with the count, so that its quantile is the limit at the quantile of the count. Counts
    are whole numbers: for a small background several quantiles coincide.
    """
    return [upper_limit(background_quantile(background, q), background, level) for q in quantiles]


def simulated_counts(background: float, uncertainty: float, toys: int, seed: int) -> list[int]:
    """Sorted counts of ``toys`` simulated experiments without signal, each with a background of its own.

    The background follows a normal distribution cut at zero, the count a Poisson distribution. Both are
    drawn by inverting their cumulative distributions, so that a seed gives the same counts everywhere.
    """
    generator = random.Random(seed)
    counts = []
    for _ in range(toys):
        mean = background
        if uncertainty > 0.0:
            normal = NormalDist(background, uncertainty)
            lowest = normal.cdf(0.0)
            mean = normal.inv_cdf(min(lowest + (1.0 - lowest) * max(generator.random(), 1e-12), 1.0 - 1e-15))
        goal, count, term = generator.random(), 0, math.exp(-mean)
        total = term
        while total < goal and term > 0.0:
            count += 1
            term *= mean / count
            total += term
        counts.append(count)
    return sorted(counts)


def simulated_upper_limits(
    background: float, uncertainty: float, level: float, quantiles: Sequence[float], toys: int, seed: int
) -> list[float]:
    """Quantiles of the upper limit over ``toys`` simulated experiments without signal.

    Unlike :func:`expected_upper_limits` they include the uncertainty of the background; each limit is set
    with the nominal background, as for the observed count.
    """
    counts = simulated_counts(background, uncertainty, toys, seed)
    chosen = [counts[max(math.ceil(quantile * toys) - 1, 0)] for quantile in quantiles]
    return [upper_limit(count, background, level) for count in chosen]
