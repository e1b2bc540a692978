"""Splines, posteriors and intervals against closed forms."""

from __future__ import annotations

import intervals
import numpy as np
import pytest

GRID = np.linspace(0.0, 1.0, 2001)


def gaussian(mean: float, sigma: float, points: int = 41) -> tuple[list[float], list[float]]:
    """Scan of a Gaussian likelihood."""
    x = np.linspace(0.0, 1.0, points)
    return x.tolist(), (((x - mean) / sigma) ** 2).tolist()


def test_spline_is_exact_for_a_cubic() -> None:
    x = [0.0, 0.1, 0.35, 0.6, 1.0]
    exact = 1.0 - 2.0 * GRID + 3.0 * GRID**2 - 4.0 * GRID**3
    y = [1.0 - 2.0 * a + 3.0 * a**2 - 4.0 * a**3 for a in x]
    assert intervals.cubic_spline(x, y, GRID) == pytest.approx(exact, abs=1e-12)


def test_spline_goes_through_its_points() -> None:
    x, y = [0.0, 0.2, 0.3, 0.9, 1.0], [3.0, -1.0, 0.5, 7.0, 2.0]
    assert intervals.cubic_spline(x, y, np.array(x)) == pytest.approx(y, abs=1e-12)


@pytest.mark.parametrize("x", [[0.0, 0.5, 1.0], [0.0, 0.5, 0.5, 1.0], [0.0, 0.6, 0.5, 1.0]])
def test_a_spline_needs_four_rising_points(x: list[float]) -> None:
    with pytest.raises(ValueError, match="four points"):
        intervals.cubic_spline(x, x, GRID)


@pytest.mark.parametrize(("level", "width"), [(0.6827, 1.0), (0.9545, 2.0)])
def test_interval_of_a_gaussian(level: float, width: float) -> None:
    value, low, high = intervals.highest_density(*intervals.posterior(*gaussian(0.5, 0.1), 0.0, 1.0), level)
    assert value == pytest.approx(0.5, abs=1e-3)
    assert (low, high) == pytest.approx((0.5 - width * 0.1, 0.5 + width * 0.1), abs=1.5e-3)


def test_interval_at_an_edge_begins_there() -> None:
    """Half a Gaussian: 68.27 % lie within one standard deviation of the edge."""
    value, low, high = intervals.highest_density(*intervals.posterior(*gaussian(0.0, 0.1), 0.0, 1.0), 0.6827)
    assert (value, low) == (0.0, 0.0)
    assert high == pytest.approx(0.1, abs=1e-3)


def test_interval_of_a_flat_posterior_has_the_length_of_its_level() -> None:
    _, low, high = intervals.highest_density(GRID, np.ones_like(GRID), 0.9)
    assert high - low == pytest.approx(0.9, abs=1e-3)


def test_interval_of_two_peaks_is_connected_and_holds_the_higher_one() -> None:
    density = np.exp(-0.5 * ((GRID - 0.2) / 0.03) ** 2) + 0.8 * np.exp(-0.5 * ((GRID - 0.8) / 0.03) ** 2)
    value, low, high = intervals.highest_density(GRID, density, 0.4)
    assert value == pytest.approx(0.2, abs=1e-3)
    assert 0.1 < low < 0.2 < high < 0.3
    _, low, high = intervals.highest_density(GRID, density, 0.9)
    assert low < 0.2
    assert high > 0.8


def test_posterior_integrates_to_one_in_any_order_of_the_scan() -> None:
    x, ts = gaussian(0.3, 0.2)
    grid, density = intervals.posterior(x, ts, 0.0, 1.0)
    assert np.trapezoid(density, grid) == pytest.approx(1.0)
    _, shuffled = intervals.posterior([*x[::-1], x[5]], [*ts[::-1], ts[5]], 0.0, 1.0)
    assert shuffled == pytest.approx(density)


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_an_impossible_level_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="level"):
        intervals.highest_density(GRID, np.ones_like(GRID), level)
