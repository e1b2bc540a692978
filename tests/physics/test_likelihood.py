"""Roots, profiles and mass interpolation of likelihood tables."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairport.physics import likelihood as lk
from fairport.physics.arrays import CurveProblem

U = np.arange(-28.0, -21.99, 0.05)


def gaussian(width: float, best: float = 0.0) -> np.ndarray:
    t = ((10.0**U - best) / width) ** 2
    return (t - t.min())[None, :]


def test_thresholds() -> None:
    assert lk.threshold_of(0.95) == pytest.approx(2.7055, abs=1e-4)
    assert lk.threshold_of(0.90) == pytest.approx(1.6424, abs=1e-4)
    assert lk.threshold_of(0.95, "two") == pytest.approx(3.8415, abs=1e-4)


@given(st.floats(-26.0, -23.5), st.floats(0.0, 3.0))
def test_limit_of_a_gaussian_is_analytic(log_width: float, sigmas: float) -> None:
    width = 10.0**log_width
    best = sigmas * width
    limit = 10.0 ** lk.upper_limits(U, gaussian(width, best), 2.71)[0]
    assert limit == pytest.approx(best + np.sqrt(2.71) * width, rel=2e-3)


@given(st.floats(-3.0, 3.0))
def test_units_move_the_limit_and_nothing_else(shift: float) -> None:
    t = gaussian(3e-25, 2e-25)
    assert lk.upper_limits(U + shift, t, 2.71)[0] == pytest.approx(
        lk.upper_limits(U, t, 2.71)[0] + shift, abs=1e-9
    )


def test_largest_root_counts_and_open_tables_have_none() -> None:
    hump = (np.where(U < -25.0, 0.0, 5.0) * np.where(U > -24.0, 0.2, 1.0) + np.where(U > -23.0, 9.0, 0.0))[
        None, :
    ]
    assert lk.upper_limits(U, hump, 2.71)[0] == pytest.approx(-23.0, abs=0.06)
    falling = np.where(U > -23.0, 0.0, 9.0)[None, :]
    assert np.isnan(lk.upper_limits(U, falling, 2.71)[0])
    assert np.isnan(lk.upper_limits(U, np.zeros((1, U.size)), 2.71)[0])


def test_profile_of_a_flat_likelihood_is_flat_and_widens_others() -> None:
    flat = lk.profile_scale(U, np.zeros((1, U.size)), 0.3)
    np.testing.assert_allclose(flat.t, 0.0, atol=1e-12)
    t = gaussian(3e-25, 1e-24)
    narrow, wide = (lk.profile_scale(U, t, sigma) for sigma in (0.05, 0.3))
    assert np.all(narrow.t <= t + 1e-9)
    assert np.all(wide.t <= narrow.t + 1e-3)
    assert np.nanmin(wide.t) == pytest.approx(0.0, abs=1e-3)


def test_profile_agrees_with_direct_minimisation() -> None:
    from scipy import optimize

    sigma, width, best = 0.25, 3e-25, 1e-24
    grid = np.arange(-28.0, -21.995, 0.01)
    t = ((10.0**grid - best) / width) ** 2
    profiled = lk.profile_scale(grid, t[None, :], sigma)
    for u in (-24.5, -24.0, -23.6):
        direct = optimize.minimize_scalar(
            lambda shift, u=u: ((10.0 ** (u + shift) - best) / width) ** 2 + (shift / sigma) ** 2,
            bounds=(-1.2, 1.2),
            method="bounded",
        )
        index = round((u + 28.0) / 0.01)
        assert profiled.t[0, index] == pytest.approx(direct.fun, rel=2e-3, abs=2e-3)
        assert profiled.shift[0, index] == pytest.approx(direct.x, abs=5e-3)


def test_between_masses_the_limit_is_log_log() -> None:
    masses = np.array([10.0, 1000.0])
    t = np.vstack([gaussian(1e-25), gaussian(1e-23)])
    between = lk.at_masses(masses, U, t, np.array([10.0, 100.0, 1000.0, 5.0, 2000.0]), 2.71)
    limits = 10.0 ** lk.upper_limits(U, between[:3], 2.71)
    np.testing.assert_allclose(limits, np.sqrt(2.71) * np.array([1e-25, 1e-24, 1e-23]), rtol=1e-3)
    assert np.all(np.isnan(between[3:]))


def test_tables_that_stop_before_zero_are_continued() -> None:
    u = np.arange(-25.0, -21.99, 0.05)
    t = (2.0 * 10.0**u * 3e24)[None, :]  # nothing seen: T = 2 s e, T(0) = 0
    longer, values = lk.extended_below(u, t)
    assert longer[0] < -26.9
    assert values[0, 0] == pytest.approx(0.0, abs=0.01)
    assert 10.0 ** lk.upper_limits(longer, values, 2.71)[0] == pytest.approx(1.355 / 3e24, rel=1e-2)


def test_coarse_or_unordered_grids_are_refused() -> None:
    with pytest.raises(CurveProblem, match="step"):
        lk.check_steps(np.array([-26.0, -25.9, -25.7, -25.6]))
    with pytest.raises(CurveProblem, match="rise"):
        lk.check_steps(np.array([-26.0, -25.9, -25.95, -25.8]))
    lk.check_steps(np.log10([1.0, 1.259, 1.585, 1.995]))
