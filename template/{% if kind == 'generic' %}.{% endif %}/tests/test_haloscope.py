"""Signal, noise and limits against published numbers, scalings and closed forms."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from statistics import NormalDist

import haloscope
import pytest

RESONATOR = haloscope.Resonator(
    field=6.8, volume=0.136, form_factor=0.4, quality=5e4, coupled=1.0, temperature=1.0, time=100.0
)
KSVZ = 3.91e-10  # GeV^-1 per eV


def power(
    resonator: haloscope.Resonator = RESONATOR, coupling: float = 1e-15, density: float = 0.45
) -> float:
    """Signal power at 650 MHz."""
    value: float = haloscope.signal_power(resonator, 650e6, coupling, density)
    return value


def test_mass_of_one_gigahertz() -> None:
    assert haloscope.mass_of(1e9) == pytest.approx(4.136e-6, rel=1e-3)


def test_power_is_that_of_a_published_haloscope() -> None:
    """N. Du et al., Phys. Rev. Lett. 120 (2018) 151301, eq. 1: 1.9e-22 W for a KSVZ axion at 650 MHz."""
    coupling = KSVZ * haloscope.mass_of(650e6)
    assert power(coupling=coupling) == pytest.approx(1.9e-22, rel=0.2)


def test_power_scales_as_it_should() -> None:
    assert power(coupling=2e-15) == pytest.approx(4.0 * power())
    assert power(density=0.9) == pytest.approx(2.0 * power())
    assert power(replace(RESONATOR, field=13.6)) == pytest.approx(4.0 * power())
    assert power(replace(RESONATOR, volume=0.272)) == pytest.approx(2.0 * power())
    assert power(replace(RESONATOR, coupled=0.5)) == pytest.approx(0.5 * power())


def test_noise_falls_with_the_root_of_time() -> None:
    noise = haloscope.noise_power(RESONATOR, 650e6)
    assert noise == pytest.approx(1.380649e-23 * math.sqrt(650.0 / 100.0))
    assert haloscope.noise_power(replace(RESONATOR, time=400.0), 650e6) == pytest.approx(noise / 2.0)


def test_limit_without_excess_is_the_two_sided_quantile() -> None:
    """CLs for x = 0: half of the tail, so that 90 % gives 1.645."""
    assert haloscope.upper_limit(0.0, 0.9) == pytest.approx(1.6449, rel=1e-4)


def test_limit_solves_its_equation() -> None:
    normal = NormalDist()
    for excess in (-3.0, 0.5, 4.0):
        limit = haloscope.upper_limit(excess, 0.95)
        assert normal.cdf(excess - limit) / normal.cdf(excess) == pytest.approx(0.05, rel=1e-6)


def test_limit_rises_with_the_excess_and_stays_positive() -> None:
    limits = [haloscope.upper_limit(x / 2.0, 0.9) for x in range(-8, 9)]
    assert all(a < b for a, b in pairwise(limits))
    assert limits[0] > 0.0


@pytest.mark.parametrize("level", [0.0, 1.0, 90.0])
def test_an_impossible_level_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="level"):
        haloscope.upper_limit(0.0, level)


def test_a_signal_at_the_limit_gives_the_power_of_the_limit() -> None:
    coupling = haloscope.coupling_limit(RESONATOR, 650e6, 1.0, 0.9, 0.45)
    ratio = power(coupling=coupling) / haloscope.noise_power(RESONATOR, 650e6)
    assert ratio == pytest.approx(haloscope.upper_limit(1.0, 0.9))


def test_simulated_noise_is_normal_and_repeats() -> None:
    noise = haloscope.simulate(5, 4000)
    assert noise == haloscope.simulate(5, 4000) != haloscope.simulate(6, 4000)
    assert sum(noise) / 4000 == pytest.approx(0.0, abs=0.06)
    assert sum(x * x for x in noise) / 4000 == pytest.approx(1.0, abs=0.1)


def test_frequencies_have_both_ends() -> None:
    assert haloscope.frequencies(1.0, 3.0, 3) == [1.0, 2.0, 3.0]
    with pytest.raises(ValueError, match="scan"):
        haloscope.frequencies(3.0, 1.0, 3)
