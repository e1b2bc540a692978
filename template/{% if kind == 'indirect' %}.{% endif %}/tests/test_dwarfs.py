"""The joint likelihood against closed forms, limits and scalings."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import dwarfs
import numpy as np
import pytest

GRID = np.array(dwarfs.log_grid(1e-28, 1e-20, 10))


def target(sigma: float = 0.0, counts: float = 100.0, name: str = "one") -> dwarfs.Target:
    """A target with one bin, 100 expected background counts and one signal count per 1e-26 cm3/s."""
    return dwarfs.Target(name, np.array([[1e26]]), np.array([counts]), np.array([100.0]), sigma)


def limit(*targets: dwarfs.Target, threshold: float = 2.71) -> float:
    """Limit on <sigma v> of some targets."""
    return float(dwarfs.upper_limit(targets, GRID, threshold)[0])


def test_signal_scales_with_the_flux() -> None:
    args = (np.array([100.0]), np.array([[10.0]]), 19.0, [3e11])
    counts = dwarfs.signal_response(*args, self_conjugate=True)
    assert counts[0, 0] == pytest.approx(1e19 * 10.0 / (8 * math.pi * 100.0**2) * 3e11)
    assert dwarfs.signal_response(*args, self_conjugate=False) == pytest.approx(counts / 2.0)


def test_deviance_is_zero_for_a_perfect_fit_and_twice_the_expectation_for_no_count() -> None:
    counts = np.array([3.0, 0.0])
    assert dwarfs.poisson_deviance(np.array([3.0, 1e-12]), counts) == pytest.approx(0.0, abs=1e-9)
    assert dwarfs.poisson_deviance(np.array([3.0, 2.5]), counts) == pytest.approx(5.0)


def test_limit_of_one_bin_solves_its_equation() -> None:
    """With n = b the best fit is zero signal: 2 (s - n ln(1 + s / n)) = 2.71 at the limit."""
    signal = limit(target()) / 1e-26
    assert 2.0 * (signal - 100.0 * math.log1p(signal / 100.0)) == pytest.approx(2.71, rel=1e-6)


def test_limit_of_an_excess_counts_from_the_best_fit() -> None:
    signal = limit(target(counts=130.0)) / 1e-26
    deviance = 2.0 * (100.0 + signal - 130.0 - 130.0 * math.log((100.0 + signal) / 130.0))
    assert signal > 30.0
    assert deviance == pytest.approx(2.71, rel=1e-6)


def test_limit_falls_with_the_threshold() -> None:
    assert limit(target(), threshold=1.64) < limit(target(), threshold=2.71) < limit(target(), threshold=3.84)


def test_two_equal_targets_with_known_j_are_one_of_twice_the_size() -> None:
    double = dwarfs.Target("both", np.array([[2e26]]), np.array([200.0]), np.array([200.0]), 0.0)
    assert limit(target(), target()) == pytest.approx(limit(double), rel=1e-6)


def test_uncertain_j_weakens_the_limit_and_a_narrow_one_changes_nothing() -> None:
    assert limit(target(sigma=0.3)) > 1.05 * limit(target())
    assert limit(target(sigma=1e-4)) == pytest.approx(limit(target()), rel=1e-4)


def test_profiling_over_j_is_the_smallest_value_of_a_fine_scan() -> None:
    one = target(sigma=0.25, counts=121.0)
    sigmav = np.array([[3e-26, 1e-25, 1e-24]])
    pulls = np.linspace(-6.0, 6.0, 24_001)
    expected = 100.0 + sigmav[..., None] * 1e26 * 10.0 ** (pulls * 0.25)
    brute = dwarfs.poisson_deviance(expected[..., None], one.counts) + pulls**2
    assert dwarfs.deviance(one, sigmav, profiled=True)[0] == pytest.approx(brute.min(axis=-1)[0], abs=1e-6)


def test_scan_is_measured_from_the_minimum_on_the_physical_side() -> None:
    for counts in (70.0, 100.0, 130.0):
        values, _ = dwarfs.scan([target(counts=counts)], GRID, profiled=False)
        assert values.min() >= 0.0
        assert values[0, 0] == pytest.approx(0.0, abs=0.01) or counts > 100.0
    excess, _ = dwarfs.scan([target(counts=130.0)], GRID, profiled=False)
    null = 2.0 * (100.0 - 130.0 - 130.0 * math.log(100.0 / 130.0))
    assert excess[0, 0] == pytest.approx(null, rel=1e-2)


def test_a_grid_that_ends_below_the_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="widen"):
        dwarfs.upper_limit([target()], GRID[:10], 2.71)


def test_expected_limit_ignores_the_counts() -> None:
    expected = limit(dwarfs.asimov(target(counts=180.0)))
    assert expected == pytest.approx(limit(dwarfs.asimov(replace(target(), counts=np.array([3.0])))))


def test_inputs_are_read_with_their_units(experiment: dict[str, Any]) -> None:
    bins = len(experiment["energy_edges"]["values"]) - 1
    photons = np.ones((1, bins))
    targets = dwarfs.read_targets(experiment, np.array([100.0]), photons)
    assert [one.name for one in targets] == [entry["name"] for entry in experiment["targets"]]
    with pytest.raises(ValueError, match="each energy bin"):
        dwarfs.read_targets(experiment, np.array([100.0]), photons[:, :-1])
    first = experiment["targets"][0]
    wrong = {**experiment, "targets": [{**first, "jfactor": {**first["jfactor"], "unit": "Msun2 kpc-5"}}]}
    with pytest.raises(ValueError, match="GeV2 cm-5"):
        dwarfs.read_targets(wrong, np.array([100.0]), photons)


@pytest.mark.parametrize("arguments", [(0.0, 10.0, 5), (10.0, 10.0, 5), (1.0, 10.0, 0)])
def test_impossible_grids_are_refused(arguments: tuple[float, float, int]) -> None:
    with pytest.raises(ValueError, match="grid"):
        dwarfs.log_grid(*arguments)
