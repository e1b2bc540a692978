"""Simulated observations and their likelihood."""

from __future__ import annotations

import math
import random

import pytest
import scans

BINS = [(40.0, 10.0, 20.0), (5.0, 0.0, 1.0)]


def test_expected_counts_mix_the_two_origins() -> None:
    assert scans.expected(BINS, 0.0) == [30.0, 1.0]
    assert scans.expected(BINS, 1.0) == [60.0, 6.0]
    assert scans.expected(BINS, 0.5) == [45.0, 3.5]


@pytest.mark.parametrize("fraction", [-0.1, 1.1])
def test_a_fraction_outside_its_range_is_refused(fraction: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        scans.expected(BINS, fraction)


def test_an_empty_bin_is_refused() -> None:
    with pytest.raises(ValueError, match="expect something"):
        scans.expected([(5.0, 0.0, 0.0)], 0.0)


def test_simulated_numbers_have_the_mean_and_variance_of_a_poisson_distribution() -> None:
    generator = random.Random(1)
    for mean in (0.3, 8.0, 300.0):
        drawn = [scans.poisson(generator, mean) for _ in range(3000)]
        average = sum(drawn) / len(drawn)
        variance = sum((n - average) ** 2 for n in drawn) / len(drawn)
        assert average == pytest.approx(mean, abs=4.0 * math.sqrt(mean / len(drawn)))
        assert variance == pytest.approx(mean, rel=0.15)


def test_too_large_a_mean_is_refused() -> None:
    with pytest.raises(ValueError, match="split"):
        scans.poisson(random.Random(1), 501.0)


def test_same_seed_same_counts_and_another_seed_others() -> None:
    first = scans.simulate([BINS, BINS], 0.3, 7, 5)
    assert first == scans.simulate([BINS, BINS], 0.3, 7, 5)
    assert first != scans.simulate([BINS, BINS], 0.3, 8, 5)
    assert [len(replica) for replica in first] == [2] * 5


def test_counts_as_expected_are_fitted_by_their_fraction() -> None:
    fractions = [k / 20 for k in range(21)]
    ts = scans.statistic(BINS, [45, 3.5], fractions)
    assert min(ts) == ts[10] == 0.0


def test_statistic_is_twice_the_log_ratio_of_poisson_probabilities() -> None:
    counts = [33, 2]

    def log_probability(fraction: float) -> float:
        pairs = zip(scans.expected(BINS, fraction), counts, strict=True)
        return sum(n * math.log(mean) - mean - math.lgamma(n + 1) for mean, n in pairs)

    low, high = scans.statistic(BINS, counts, [0.1, 0.9])
    assert high - low == pytest.approx(2.0 * (log_probability(0.1) - log_probability(0.9)))
