"""Simulated observations of a source and the likelihood of its hadronic fraction. Standard library only.

In each bin of each telescope f H + (1 - f) L + B counts are expected: H if all gamma rays come from nuclei, L
if all come from electrons, B from the background. The method follows T. Unbehaun et al., Eur. Phys. J. C 84
(2024) 112, arXiv:2309.03007, with the spectra taken as known.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

Bins = Sequence[Sequence[float]]  # hadronic, leptonic and background counts of each bin


def expected(bins: Bins, fraction: float) -> list[float]:
    """Counts expected in each bin for a hadronic fraction.

    Raises ValueError for a fraction outside 0 to 1 or a bin that expects nothing for some fraction.
    """
    if not 0.0 <= fraction <= 1.0:
        raise ValueError("the fraction lies between 0 and 1")
    counts = [fraction * h + (1.0 - fraction) * e + b for h, e, b in bins]
    if min(counts) <= 0.0:
        raise ValueError("every bin must expect something, if only background")
    return counts


def poisson(generator: random.Random, mean: float) -> int:
    """A Poisson number by inversion: the same for the same seed in every release of Python and NumPy.

    Raises ValueError for a mean above 500, where exp(-mean) loses its accuracy.
    """
    if mean > 500.0:
        raise ValueError("more than 500 counts are expected in a bin: split it")
    level, count, term = generator.random(), 0, math.exp(-mean)
    total = term
    while total < level and term > 0.0:
        count += 1
        term *= mean / count
        total += term
    return count


def simulate(telescopes: Sequence[Bins], fraction: float, seed: int, replicas: int) -> list[list[list[int]]]:
    """Counts of ``replicas`` simulated observations: replica, telescope, bin."""
    generator = random.Random(seed)
    means = [expected(bins, fraction) for bins in telescopes]
    return [[[poisson(generator, mean) for mean in one] for one in means] for _ in range(replicas)]


def statistic(bins: Bins, counts: Sequence[int], fractions: Sequence[float]) -> list[float]:
    """-2 ln(L / L_max) of the counts for each fraction, measured from the smallest value of the scan."""
    values = []
    for fraction in fractions:
        pairs = zip(expected(bins, fraction), counts, strict=True)
        values.append(2.0 * math.fsum(mean - count * math.log(mean) for mean, count in pairs))
    lowest = min(values)
    return [value - lowest for value in values]
