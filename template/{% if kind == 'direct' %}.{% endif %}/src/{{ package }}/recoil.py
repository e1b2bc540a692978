"""Elastic WIMP-nucleus scattering: standard halo model, form factors, event counts.

Pure functions over NumPy arrays; no files, no printing. Units throughout: masses in GeV/c^2, recoil
energies in keV, speeds in km/s, cross-sections in cm^2, exposures in kg d, rates in events/(kg d keV).

Sources of the formulae:

* LS96: J. D. Lewin and P. F. Smith, Astropart. Phys. 6 (1996) 87, doi:10.1016/S0927-6505(96)00047-3
* E92: J. Engel, S. Pittel and P. Vogel, Int. J. Mod. Phys. E 1 (1992) 1, doi:10.1142/S0218301392000023
* SFG06: C. Savage, K. Freese and P. Gondolo, Phys. Rev. D 74 (2006) 043531, arXiv:astro-ph/0607121
* CODATA 2018: E. Tiesinga et al., Rev. Mod. Phys. 93 (2021) 025010
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

SPEED_OF_LIGHT = 299792.458  # km/s, exact (SI)
HBAR_C = 0.1973269804  # GeV fm, CODATA 2018
ATOMIC_MASS_UNIT = 0.93149410242  # GeV/c^2, CODATA 2018
NUCLEON_MASS = 0.93891875  # GeV/c^2, mean of proton and neutron, CODATA 2018
GEV_IN_KG = 1.78266192e-27  # 1 GeV/c^2 in kg, CODATA 2018
SECONDS_PER_DAY = 86400.0
CM_PER_KM = 1.0e5
KEV_PER_GEV = 1.0e6

_erf = np.vectorize(math.erf, otypes=[float])


@dataclass(frozen=True)
class Halo:
    """The standard halo model: a truncated, boosted Maxwellian.

    ``rho0`` local density in GeV/cm^3; ``v0`` most probable speed, ``vesc`` escape speed and ``v_earth``
    speed of the Earth in the Galactic frame, all in km/s.
    """

    rho0: float
    v0: float
    vesc: float
    v_earth: float


@dataclass(frozen=True)
class Isotope:
    """One isotope of the target: mass number and atom fraction (they need not sum to exactly 1).

    ``spin`` is that of the nucleus; ``proton_spin`` and ``neutron_spin`` are the expectation values of the
    spin of its protons and neutrons, which spin-dependent scattering needs.
    """

    mass_number: int
    fraction: float
    spin: float = 0.0
    proton_spin: float = 0.0
    neutron_spin: float = 0.0

    @property
    def mass(self) -> float:
        """Nuclear mass in GeV/c^2, as A atomic mass units (within 0.1 % for argon and xenon)."""
        return self.mass_number * ATOMIC_MASS_UNIT


def mean_inverse_speed(v_min: npt.ArrayLike, halo: Halo) -> Array:
    """Mean of 1/v over WIMPs faster than ``v_min``: eta(v_min) in s/km, shape of ``v_min`` (km/s).

    The closed form of SFG06 (appendix) and LS96 (section 2) for a Maxwellian cut off sharply at ``vesc``.
    Raises ValueError unless 0 < v_earth < vesc and v0 > 0, the case for which the form holds.
    """
    if not (halo.v0 > 0 and 0 < halo.v_earth < halo.vesc):
        raise ValueError("the halo needs v0 > 0 and 0 < v_earth < vesc")
    x = np.asarray(v_min, dtype=float) / halo.v0
    y = halo.v_earth / halo.v0
    z = halo.vesc / halo.v0
    edge = math.exp(-z * z)
    norm = math.erf(z) - 2.0 * z * edge / math.sqrt(math.pi)
    slow = _erf(x + y) - _erf(x - y) - 4.0 * y * edge / math.sqrt(math.pi)
    fast = math.erf(z) - _erf(x - y) - 2.0 * (y + z - x) * edge / math.sqrt(math.pi)
    eta = np.where(x < z - y, slow, np.where(x < z + y, fast, 0.0))
    result: Array = np.maximum(eta, 0.0) / (2.0 * y * norm * halo.v0)
    return result


def helm_form_factor(momentum: npt.ArrayLike, mass_number: int) -> Array:
    """Helm form factor F(q), normalised to F(0) = 1, shape of ``momentum`` (GeV/c).

    LS96 equations 4.7 and 4.11: s = 0.9 fm, a = 0.52 fm, c = 1.23 A^(1/3) - 0.60 fm,
    r_n^2 = c^2 + 7/3 pi^2 a^2 - 5 s^2.
    """
    skin, diffuseness = 0.9, 0.52
    half_density = 1.23 * mass_number ** (1.0 / 3.0) - 0.60
    radius = math.sqrt(half_density**2 + 7.0 / 3.0 * (math.pi * diffuseness) ** 2 - 5.0 * skin**2)
    q = np.asarray(momentum, dtype=float) / HBAR_C
    x = q * radius
    small = x < 1e-3
    safe = np.where(small, 1.0, x)
    bessel = np.where(small, 1.0 - x**2 / 10.0, 3.0 * (np.sin(safe) - safe * np.cos(safe)) / safe**3)
    result: Array = bessel * np.exp(-0.5 * (q * skin) ** 2)
    return result


def spin_form_factor_squared(momentum: npt.ArrayLike, mass_number: int) -> Array:
    """Square of the form factor of the spin in the thin-shell approximation, shape of ``momentum`` (GeV/c).

    LS96 section 4: (sin(x)/x)^2 with x = q r and r = 1.0 A^(1/3) fm, and 0.047 from x = 2.55 to
    4.5, where the zero of the Bessel function is filled.
    """
    x = np.asarray(momentum, dtype=float) / HBAR_C * mass_number ** (1.0 / 3.0)
    shell = np.sinc(x / math.pi) ** 2
    result: Array = np.where((x >= 2.55) & (x <= 4.5), 0.047, shell)
    return result


def response(momentum: Array, isotope: Isotope, interaction: str) -> Array:
    """Cross-section of a nucleus over that of a nucleon at equal reduced mass, shape of ``momentum`` (GeV/c).

    ``si``: A^2 F^2 for equal couplings to protons and neutrons, with the Helm form factor (LS96 section 4).
    ``sdp``, ``sdn``: 4/3 (J + 1)/J <S>^2 F^2 for coupling to the spin of protons or of neutrons only (E92;
    LS96 section 5). Raises ValueError for any other interaction.
    """
    if interaction == "si":
        form = helm_form_factor(momentum, isotope.mass_number)
        coherent: Array = isotope.mass_number**2 * form**2
        return coherent
    if interaction not in ("sdp", "sdn"):
        raise ValueError(f"unknown interaction {interaction!r}: use 'si', 'sdp' or 'sdn'")
    if isotope.spin == 0.0:
        return np.zeros_like(momentum)
    carried = isotope.proton_spin if interaction == "sdp" else isotope.neutron_spin
    strength = 4.0 / 3.0 * (isotope.spin + 1.0) / isotope.spin * carried**2
    result: Array = strength * spin_form_factor_squared(momentum, isotope.mass_number)
    return result


def reduced_mass(first: float, second: float) -> float:
    """Reduced mass of two bodies, in the unit of the arguments."""
    return first * second / (first + second)


def minimum_speed(energy: npt.ArrayLike, mass: float, nucleus: float) -> Array:
    """Slowest WIMP (km/s) that gives a recoil of ``energy`` (keV): sqrt(m_N E / 2) / mu (LS96 section 2)."""
    recoil = np.asarray(energy, dtype=float) / KEV_PER_GEV
    speed: Array = np.sqrt(nucleus * recoil / 2.0) / reduced_mass(mass, nucleus) * SPEED_OF_LIGHT
    return speed


def differential_rate(
    energy: Array,
    mass: float,
    cross_section: float,
    isotopes: Sequence[Isotope],
    halo: Halo,
    interaction: str = "si",
) -> Array:
    """dR/dE in events/(kg d keV), shape of ``energy`` (keV).

    dR/dE = rho0 sigma / (2 m mu_n^2) response(q) eta(v_min), summed over isotopes by mass fraction (LS96
    section 3). ``cross_section`` is the WIMP-nucleon one, in cm^2: on either nucleon (``si``), on the proton
    (``sdp``) or on the neutron (``sdn``).
    """
    target_mass = math.fsum(isotope.mass * isotope.fraction for isotope in isotopes)
    prefactor = halo.rho0 * cross_section / (2.0 * mass * reduced_mass(mass, NUCLEON_MASS) ** 2)
    light = SPEED_OF_LIGHT * CM_PER_KM
    unit = light**2 / CM_PER_KM / GEV_IN_KG / KEV_PER_GEV * SECONDS_PER_DAY
    total = np.zeros_like(energy)
    for isotope in isotopes:
        share = isotope.mass * isotope.fraction / target_mass
        momentum = np.sqrt(2.0 * isotope.mass * energy / KEV_PER_GEV)
        eta = mean_inverse_speed(minimum_speed(energy, mass, isotope.mass), halo)
        total += share * response(momentum, isotope, interaction) * eta
    rate: Array = prefactor * unit * total
    return rate


def interpolate(x: npt.ArrayLike, knots: Sequence[Sequence[float]]) -> Array:
    """Straight lines between knots [[x, y], ...] with rising x; zero outside the first and last knot."""
    table = np.asarray(knots, dtype=float)
    result: Array = np.interp(np.asarray(x, dtype=float), table[:, 0], table[:, 1], left=0.0, right=0.0)
    return result


def poisson_acceptance(mean: Array, knots: Sequence[Sequence[float]]) -> Array:
    """Probability that a signal of ``mean`` photoelectrons passes an acceptance given in photoelectrons.

    sum_n acceptance(n) Poisson(n; mean), over the whole counts n between the first and last knot; shape of
    ``mean``.
    """
    counts = np.arange(math.ceil(knots[0][0]), math.floor(knots[-1][0]) + 1)
    log_factorial = np.array([math.lgamma(n + 1.0) for n in counts])
    log_mean = np.log(np.maximum(mean, 1e-300))[:, None]
    probability = np.exp(counts * log_mean - mean[:, None] - log_factorial)
    result: Array = probability @ interpolate(counts, knots)
    return result


def detection_probability(energy: Array, acceptance: dict[str, Any]) -> Array:
    """Probability that a nuclear recoil of ``energy`` (keV) is counted: acceptance curve times ``fraction``.

    ``acceptance["observable"]`` says what the knots are a function of: ``recoil energy`` (keV) or
    ``photoelectrons``. The latter needs ``light_yield`` (PE/keV) and ``quenching`` knots [[keV, ratio],
    ...] and is smeared by Poisson statistics.
    Raises ValueError for any other observable.
    """
    fraction = float(acceptance.get("fraction", {"value": 1.0})["value"])
    knots = acceptance["knots"]
    if acceptance["observable"] == "recoil energy":
        return fraction * interpolate(energy, knots)
    if acceptance["observable"] == "photoelectrons":
        table = np.asarray(acceptance["quenching"]["knots"], dtype=float)
        quenching = np.interp(energy, table[:, 0], table[:, 1])
        mean = energy * quenching * float(acceptance["light_yield"]["value"])
        return fraction * poisson_acceptance(mean, knots)
    raise ValueError(
        f"unknown observable {acceptance['observable']!r}: use 'recoil energy' or 'photoelectrons'"
    )


def energy_grid(
    isotopes: Sequence[Isotope], halo: Halo, acceptance: dict[str, Any], points: int = 1000
) -> Array:
    """Recoil energies (keV), evenly spaced over the range that this halo can give and the detector counts.

    No recoil exceeds 2 m_N (vesc + v_earth)^2 for the heaviest isotope, the case of an infinitely heavy WIMP.
    Returns an empty array if the detector counts none of them.
    """
    heaviest = max(isotope.mass for isotope in isotopes)
    ratio = (halo.vesc + halo.v_earth) / SPEED_OF_LIGHT
    coarse = np.linspace(0.0, 2.0 * heaviest * ratio**2 * KEV_PER_GEV, 4001)[1:]
    counted = coarse[detection_probability(coarse, acceptance) > 1e-9]
    if counted.size == 0:
        return counted
    step = coarse[0]
    grid: Array = np.linspace(max(counted[0] - step, 0.5 * step), counted[-1] + step, points)
    return grid


def expected_events(
    masses: Sequence[float],
    cross_section: float,
    exposure: float,
    isotopes: Sequence[Isotope],
    halo: Halo,
    acceptance: dict[str, Any],
    interaction: str = "si",
) -> list[float]:
    """Signal events for each WIMP mass (GeV/c^2) at ``cross_section`` (cm^2) in ``exposure`` (kg d)."""
    energy = energy_grid(isotopes, halo, acceptance)
    efficiency = detection_probability(energy, acceptance)
    widths = np.diff(energy)
    events = []
    for mass in masses:
        density = efficiency * differential_rate(energy, mass, cross_section, isotopes, halo, interaction)
        integral = math.fsum(0.5 * (density[1:] + density[:-1]) * widths)
        events.append(exposure * integral)
    return events


def mass_grid(first: float, last: float, per_decade: int) -> list[float]:
    """WIMP masses (GeV/c^2), even in log10, with every power of ten and both ends exact.

    Raises ValueError unless 0 < first < last and per_decade >= 1.
    """
    if not (0 < first < last and per_decade >= 1):
        raise ValueError("the mass grid needs 0 < first < last and at least one point per decade")
    start = math.ceil(math.log10(first) * per_decade - 1e-9)
    stop = math.floor(math.log10(last) * per_decade + 1e-9)
    inner = [float(f"{10 ** (k / per_decade):.6g}") for k in range(start, stop + 1)]
    return sorted({float(first), float(last), *inner})
