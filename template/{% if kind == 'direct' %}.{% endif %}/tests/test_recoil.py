"""The recoil spectrum against closed forms, limits and scalings."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import recoil

HALO = recoil.Halo(rho0=0.3, v0=220.0, vesc=544.0, v_earth=232.0)
ARGON = [recoil.Isotope(mass_number=40, fraction=1.0)]
BOX = {"observable": "recoil energy", "knots": [[10.0, 1.0], [200.0, 1.0]]}


def test_mean_inverse_speed_is_zero_beyond_the_fastest_wimp() -> None:
    eta = recoil.mean_inverse_speed([775.9, 776.0, 900.0], HALO)
    assert eta[0] > 0.0
    assert eta[1:].tolist() == [0.0, 0.0]


def test_mean_inverse_speed_is_the_integral_over_the_velocity_distribution() -> None:
    speed = np.linspace(1e-3, 776.0, 200_001)
    cosine_low = -1.0
    cosine_high = np.clip(
        (HALO.vesc**2 - speed**2 - HALO.v_earth**2) / (2 * speed * HALO.v_earth), cosine_low, 1.0
    )
    scale = 2 * speed * HALO.v_earth / HALO.v0**2
    angular = (np.exp(-scale * cosine_low) - np.exp(-scale * cosine_high)) / scale
    density = speed**2 * np.exp(-(speed**2 + HALO.v_earth**2) / HALO.v0**2) * angular
    density /= np.trapezoid(density, speed)
    for minimum in (0.0, 150.0, 310.0, 400.0, 650.0):
        beyond = speed >= minimum
        numeric = np.trapezoid((density / speed)[beyond], speed[beyond])
        assert recoil.mean_inverse_speed(minimum, HALO) == pytest.approx(numeric, rel=2e-3)


def test_mean_inverse_speed_without_cut_off() -> None:
    halo = replace(HALO, vesc=1e5)
    x, y = 300.0 / halo.v0, halo.v_earth / halo.v0
    expected = (math.erf(x + y) - math.erf(x - y)) / (2.0 * y * halo.v0)
    assert recoil.mean_inverse_speed(300.0, halo) == pytest.approx(expected, rel=1e-12)


def test_mean_inverse_speed_of_a_detector_at_rest() -> None:
    halo = replace(HALO, v_earth=1e-4)
    x, z = 300.0 / halo.v0, halo.vesc / halo.v0
    norm = math.erf(z) - 2.0 * z * math.exp(-z * z) / math.sqrt(math.pi)
    expected = 2.0 / (math.sqrt(math.pi) * norm * halo.v0) * (math.exp(-x * x) - math.exp(-z * z))
    assert recoil.mean_inverse_speed(300.0, halo) == pytest.approx(expected, rel=1e-5)


def test_halo_outside_the_closed_form_is_refused() -> None:
    with pytest.raises(ValueError, match="halo"):
        recoil.mean_inverse_speed(100.0, replace(HALO, vesc=100.0))


def test_form_factor_is_one_at_rest_and_continuous() -> None:
    assert recoil.helm_form_factor(0.0, 40) == 1.0
    below, above = recoil.helm_form_factor([4.0e-5, 7.0e-5], 40)
    assert below == pytest.approx(above, rel=1e-6)


def test_form_factor_vanishes_first_where_the_bessel_function_does() -> None:
    radius = math.sqrt((1.23 * 131 ** (1 / 3) - 0.60) ** 2 + 7 / 3 * math.pi**2 * 0.52**2 - 5 * 0.9**2)
    first_zero = 4.493409457909064 / radius * recoil.HBAR_C
    assert abs(recoil.helm_form_factor(first_zero, 131)) < 1e-12


def test_spin_form_factor_is_one_at_rest_and_fills_the_first_zero() -> None:
    assert recoil.spin_form_factor_squared(0.0, 19) == 1.0
    radius = 131 ** (1 / 3) / recoil.HBAR_C
    inside = recoil.spin_form_factor_squared([2.5 / radius, math.pi / radius, 4.6 / radius], 131)
    assert inside.tolist() == pytest.approx([(math.sin(2.5) / 2.5) ** 2, 0.047, (math.sin(4.6) / 4.6) ** 2])


def test_a_nucleus_of_one_free_proton_scatters_like_a_proton() -> None:
    """4/3 (J + 1)/J <S>^2 = 1 for J = S = 1/2."""
    proton = recoil.Isotope(mass_number=1, fraction=1.0, spin=0.5, proton_spin=0.5)
    at_rest = np.array([0.0])
    assert recoil.response(at_rest, proton, "sdp") == pytest.approx([1.0])
    assert recoil.response(at_rest, proton, "sdn") == pytest.approx([0.0])
    assert recoil.response(at_rest, proton, "si") == pytest.approx([1.0])


def test_only_nuclei_with_a_spin_take_part_in_spin_dependent_scattering() -> None:
    fluorine = recoil.Isotope(mass_number=19, fraction=0.5, spin=0.5, proton_spin=0.478, neutron_spin=-0.002)
    carbon = recoil.Isotope(mass_number=12, fraction=0.5)
    energy = np.array([5.0, 20.0])
    alone = recoil.differential_rate(energy, 50.0, 1e-40, [fluorine], HALO, "sdp")
    mixed = recoil.differential_rate(energy, 50.0, 1e-40, [fluorine, carbon], HALO, "sdp")
    assert mixed == pytest.approx(alone * 19.0 / 31.0)
    on_neutrons = recoil.differential_rate(energy, 50.0, 1e-40, [fluorine], HALO, "sdn")
    assert on_neutrons == pytest.approx(alone * (0.002 / 0.478) ** 2)


def test_unknown_interaction_is_refused() -> None:
    with pytest.raises(ValueError, match="'si', 'sdp' or 'sdn'"):
        recoil.response(np.array([0.1]), ARGON[0], "migdal")


def test_fastest_wimp_gives_the_largest_recoil() -> None:
    nucleus = ARGON[0].mass
    speed = 776.0 / recoil.SPEED_OF_LIGHT
    largest = 2.0 * recoil.reduced_mass(100.0, nucleus) ** 2 * speed**2 / nucleus * recoil.KEV_PER_GEV
    assert recoil.minimum_speed(largest, 100.0, nucleus) == pytest.approx(776.0, rel=1e-12)
    rate = recoil.differential_rate(np.array([0.99, 1.01]) * largest, 100.0, 1e-45, ARGON, HALO)
    assert rate[0] > 0.0
    assert rate[1] == 0.0


def test_total_rate_without_form_factor_is_flux_times_cross_section(monkeypatch: pytest.MonkeyPatch) -> None:
    """Integral of dR/dE = n_chi <v> sigma_A N_A, with <v> computed from the velocity distribution."""
    monkeypatch.setattr(recoil, "helm_form_factor", lambda q, a: np.ones_like(np.asarray(q)))
    mass, sigma, nucleus = 100.0, 1e-45, ARGON[0].mass
    energy = np.linspace(1e-3, 200.0, 40_001)
    total = np.trapezoid(recoil.differential_rate(energy, mass, sigma, ARGON, HALO), energy)
    speed = np.linspace(0.0, 776.0, 20_001)
    mean_speed = np.trapezoid(
        speed * -np.gradient(recoil.mean_inverse_speed(speed, HALO), speed) * speed, speed
    )
    ratio = recoil.reduced_mass(mass, nucleus) / recoil.reduced_mass(mass, recoil.NUCLEON_MASS)
    nuclei_per_kg = 1.0 / (nucleus * recoil.GEV_IN_KG)
    flux = HALO.rho0 / mass * mean_speed * recoil.CM_PER_KM * recoil.SECONDS_PER_DAY
    assert total == pytest.approx(flux * sigma * 40**2 * ratio**2 * nuclei_per_kg, rel=2e-3)


def events(**changes: Any) -> float:
    """Events of one standard case, with changed arguments."""
    case = {"masses": [100.0], "cross_section": 1e-45, "exposure": 1000.0, "isotopes": ARGON, "halo": HALO}
    value: float = recoil.expected_events(**{**case, "acceptance": BOX, **changes})[0]
    return value


def test_events_scale_with_exposure_density_and_cross_section() -> None:
    assert events(exposure=3000.0) == pytest.approx(3.0 * events(), rel=1e-12)
    assert events(halo=replace(HALO, rho0=0.6)) == pytest.approx(2.0 * events(), rel=1e-12)
    assert events(cross_section=5e-45) == pytest.approx(5.0 * events(), rel=1e-12)


def test_events_of_heavy_wimps_fall_as_one_over_mass() -> None:
    assert events(masses=[1e6]) == pytest.approx(10.0 * events(masses=[1e7]), rel=1e-3)


def test_events_of_a_mixture_lie_between_those_of_its_isotopes() -> None:
    xenon = [recoil.Isotope(128, 0.5), recoil.Isotope(136, 0.5)]
    light, heavy = events(isotopes=xenon[:1]), events(isotopes=xenon[1:])
    assert min(light, heavy) < events(isotopes=xenon) < max(light, heavy)


def test_a_window_above_every_recoil_counts_nothing() -> None:
    assert events(acceptance={"observable": "recoil energy", "knots": [[5000.0, 1.0], [6000.0, 1.0]]}) == 0.0


def test_poisson_acceptance_of_a_flat_window_is_the_probability_of_the_window() -> None:
    mean = np.array([3.0, 10.0])
    inside = recoil.poisson_acceptance(mean, [[4, 1.0], [12, 1.0]])
    expected = [
        math.fsum(math.exp(-m + n * math.log(m) - math.lgamma(n + 1)) for n in range(4, 13)) for m in mean
    ]
    assert inside.tolist() == pytest.approx(expected, rel=1e-12)


def test_unknown_observable_is_refused() -> None:
    with pytest.raises(ValueError, match="observable"):
        recoil.detection_probability(np.array([10.0]), {"observable": "heat", "knots": [[0, 1], [1, 1]]})


def test_mass_grid_has_its_ends_and_every_power_of_ten() -> None:
    grid = recoil.mass_grid(30.0, 10000.0, 20)
    assert grid[0] == 30.0
    assert grid[-1] == 10000.0
    assert {100.0, 1000.0, 10000.0} <= set(grid)
    assert len(set(grid)) == len(grid)
    assert max(b / a for a, b in pairwise(grid)) <= 10 ** (1 / 20) * (1 + 1e-5)


@pytest.mark.parametrize("arguments", [(0.0, 10.0, 5), (10.0, 10.0, 5), (1.0, 10.0, 0)])
def test_impossible_mass_grids_are_refused(arguments: tuple[float, float, int]) -> None:
    with pytest.raises(ValueError, match="grid"):
        recoil.mass_grid(*arguments)
