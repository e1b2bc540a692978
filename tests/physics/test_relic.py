"""Thermal relics against Steigman et al. and the contours of the LHC working group."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from fairport.physics import relic
from fairport.physics import simplified_models as sm


def test_steigman() -> None:
    """Numbers of arXiv:1204.3622, made for Omega h2 = 0.11."""
    plateau = relic.thermal_cross_section([20.0, 100.0, 1000.0], omega_h2=0.11)
    np.testing.assert_allclose(plateau, relic.STEIGMAN_PLATEAU, rtol=0.1)
    light = relic.thermal_cross_section([0.2, 0.3, 0.5, 1.0], omega_h2=0.11)
    assert light.max() == pytest.approx(5.2e-26, rel=0.1)


def test_dirac_needs_twice_as_much() -> None:
    one, two = (relic.thermal_cross_section([100.0], self_conjugate=flag) for flag in (True, False))
    assert two[0] == pytest.approx(2.0 * one[0], rel=1e-12)


def test_abundance_falls_with_the_cross_section() -> None:
    found = relic.relic_abundance([100.0, 100.0], [2e-26, 4e-26])
    assert found[0] / found[1] == pytest.approx(2.0, rel=0.05)


def test_degrees_of_freedom() -> None:
    g, h = relic.degrees_of_freedom(np.array([1e-5, 1000.0]))
    np.testing.assert_allclose(g, [3.36, 106.75], rtol=0.01)
    np.testing.assert_allclose(h, [3.91, 106.75], rtol=0.01)


def test_thermal_average_of_cold_matter_is_the_s_wave() -> None:
    model = sm.Mediator("vector", 0.25, 1.0)
    cold = relic.thermal_average(model, 1000.0, 100.0, x=3000.0)
    assert cold == pytest.approx(float(sm.annihilation(model, 1000.0, 100.0, tuple(sm.QUARKS))), rel=1e-3)


def test_contour_of_the_working_group(reference_data: Path) -> None:
    """On the V1 contour <sigma v> at m/T = 25 is what a Dirac relic needs: 4.8e-26 to 10 %."""
    model = sm.Mediator("vector", 0.25, 1.0)
    with (reference_data / "relic_density" / "relic_V1.csv").open() as handle:
        rows = [(float(r["mediator_mass_GeV"]), float(r["dm_mass_GeV"])) for r in csv.DictReader(handle)]
    chosen = [(M, m) for M, m in rows[::4] if not 1.75 < M / m < 2.4 and m < M and m > 100.0]
    values = np.array([relic.thermal_average(model, M, m) for M, m in chosen])
    assert np.median(values) == pytest.approx(4.8e-26, rel=0.1)
    needed = relic.thermal_cross_section([m for _, m in chosen], self_conjugate=False)
    assert np.median(values / needed) == pytest.approx(1.0, abs=0.1)
