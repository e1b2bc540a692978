"""Upper limits of a counting experiment against closed forms."""

from __future__ import annotations

import math

import counting
import pytest


@pytest.mark.parametrize("background", [0.0, 0.09, 3.0, 50.0])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_no_event_gives_the_same_limit_for_any_background(background: float, level: float) -> None:
    assert counting.upper_limit(0, background, level) == pytest.approx(-math.log(1.0 - level), rel=1e-10)


def test_limit_without_background_solves_the_poisson_equation() -> None:
    for observed in range(6):
        limit = counting.upper_limit(observed, 0.0, 0.9)
        terms = (math.exp(-limit) * limit**n / math.factorial(n) for n in range(observed + 1))
        assert math.fsum(terms) == pytest.approx(0.1, rel=1e-9)


def test_known_values_of_the_classical_limit() -> None:
    """Table 40.3 of the Review of Particle Physics 2022, lambda_hi at 90 % without background."""
    published = [2.30, 3.89, 5.32, 6.68, 7.99]
    found = [counting.upper_limit(n, 0.0, 0.9) for n in range(5)]
    assert found == pytest.approx(published, abs=0.005)


def test_limit_rises_with_the_count_and_falls_with_the_background() -> None:
    limits = [counting.upper_limit(n, 2.0, 0.9) for n in range(8)]
    assert limits == sorted(limits)
    assert (
        counting.upper_limit(3, 1.0, 0.9)
        > counting.upper_limit(3, 2.0, 0.9)
        > counting.upper_limit(0, 2.0, 0.9)
    )


def test_quantiles_of_the_count_cover_at_least_their_probability() -> None:
    for background in (0.09, 1.7, 25.0):
        for quantile in (0.025, 0.16, 0.5, 0.84, 0.975):
            count = counting.background_quantile(background, quantile)
            assert counting.poisson_cumulative(count, background) >= quantile
            assert counting.poisson_cumulative(count - 1, background) < quantile


def test_expected_limits_are_ordered_and_attained() -> None:
    bands = counting.expected_upper_limits(1.7, 0.9, [0.025, 0.16, 0.5, 0.84, 0.975])
    possible = [counting.upper_limit(n, 1.7, 0.9) for n in range(12)]
    assert bands == sorted(bands)
    assert set(bands) <= set(possible)


def test_simulated_limits_are_the_exact_ones_for_a_known_background() -> None:
    quantiles = [0.025, 0.16, 0.5, 0.84, 0.975]
    for background in (0.5, 1.7, 12.0):
        exact = counting.expected_upper_limits(background, 0.9, quantiles)
        assert counting.simulated_upper_limits(background, 0.0, 0.9, quantiles, 20_000, 7) == exact


def test_simulated_counts_have_mean_and_spread_of_both_distributions() -> None:
    counts = counting.simulated_counts(50.0, 10.0, 20_000, 1)
    mean = math.fsum(counts) / len(counts)
    variance = math.fsum((count - mean) ** 2 for count in counts) / len(counts)
    assert mean == pytest.approx(50.0, rel=0.01)
    assert variance == pytest.approx(50.0 + 10.0**2, rel=0.05)
    assert counts == counting.simulated_counts(50.0, 10.0, 20_000, 1)
    assert counts != counting.simulated_counts(50.0, 10.0, 20_000, 2)


def test_an_uncertain_background_widens_the_band() -> None:
    narrow, wide = (
        counting.simulated_upper_limits(20.0, uncertainty, 0.9, [0.025, 0.975], 20_000, 1)
        for uncertainty in (0.0, 6.0)
    )
    assert wide[0] < narrow[0]
    assert wide[1] > narrow[1]


@pytest.mark.parametrize("arguments", [(-1, 0.0, 0.9), (0, -0.1, 0.9), (0, 0.0, 0.0), (0, 0.0, 1.0)])
def test_impossible_experiments_are_refused(arguments: tuple[int, float, float]) -> None:
    with pytest.raises(ValueError, match="observed and background"):
        counting.upper_limit(*arguments)
