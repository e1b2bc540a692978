"""Thermal relics: the annihilation cross-section that gives the dark matter that is there.

The freeze-out equation dY/dx = -(s <sigma v> / (H x)) (1 + T/(3 h) dh/dT) (Y^2 - Yeq^2), x = m/T (P.
Gondolo and G. Gelmini, Nucl. Phys. B 360 (1991) 145), is integrated for a constant <sigma v> and the
cross-section is found that gives Omega h^2 = 0.12 (Planck 2018, arXiv:1807.06209). The effective degrees of
freedom are those of a free gas of the particles of the standard model, quarks and gluons above and pions
below a smooth crossover at 170 MeV; neutrinos are coupled above 2 MeV.

Known-good: G. Steigman, B. Dasgupta, J. F. Beacom, Phys. Rev. D 86 (2012) 023506 (arXiv:1204.3622): 2.2e-26
cm3 s-1 above 10 GeV, at most 5.2e-26 near 0.3 GeV. They use Omega h^2 = 0.11, for which the numbers here
agree with theirs to 5 %; for 0.12 all numbers are 8 % lower. Dirac dark matter, which is not its own
antiparticle, needs twice as much.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from fairport.physics.arrays import FloatArray
from fairport.physics.simplified_models import GEV2_TO_CM3_S, Mediator, cross_section_of_s

OMEGA_H2: Final = 0.12
STEIGMAN_PLATEAU: Final = 2.2e-26
"""cm3 s-1 above 10 GeV, self-conjugate (arXiv:1204.3622)."""

PLANCK_MASS: Final = 1.220890e19
ENTROPY_TODAY: Final = 2891.2
"""cm-3."""

CRITICAL_DENSITY: Final = 1.05371e-5
"""h^2 GeV cm-3."""

CROSSOVER: Final = 0.17
"""Temperature in GeV at which hadrons give way to quarks."""

_GAS: Final[tuple[tuple[float, float, int], ...]] = (
    (80.377, 6.0, -1),
    (91.188, 3.0, -1),
    (125.25, 1.0, -1),
    (172.69, 12.0, 1),
    (1.77686, 4.0, 1),
    (0.105658, 4.0, 1),
    (0.000511, 4.0, 1),
)
"""Mass in GeV, states, and sign of the statistics (1 fermions, -1 bosons) of W, Z, H, t, tau, mu, e."""

_QUARKS: Final = ((0.00216, 12.0), (0.00467, 12.0), (0.0934, 12.0), (1.27, 12.0), (4.18, 12.0))
_PIONS: Final = ((0.13498, 1.0), (0.13957, 2.0), (0.4937, 4.0), (0.775, 9.0))


def degrees_of_freedom(temperature: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return effective degrees of freedom of energy (g) and entropy (h) at temperatures in GeV, any shape."""
    t = np.asarray(temperature, dtype=np.float64)
    g, h = np.full(t.shape, 2.0), np.full(t.shape, 2.0)
    for mass, states, sign in _GAS:
        g, h = _add(g, h, t, mass, states, sign, np.ones(t.shape))
    deconfined = 1.0 / (1.0 + np.exp(-(t - CROSSOVER) / (0.1 * CROSSOVER)))
    g, h = g + 16.0 * deconfined, h + 16.0 * deconfined
    for mass, states in _QUARKS:
        g, h = _add(g, h, t, mass, states, 1, deconfined)
    for mass, states in _PIONS:
        g, h = _add(g, h, t, mass, states, -1, 1.0 - deconfined)
    cold = (4.0 / 11.0) ** (1.0 / 3.0)
    ratio = np.where(t > 0.002, 1.0, cold)  # neutrinos keep the temperature that they had at 2 MeV
    return g + 5.25 * ratio**4, h + 5.25 * ratio**3


def relic_abundance(mass: npt.ArrayLike, sigma_v: npt.ArrayLike) -> FloatArray:
    """Return Omega h^2 of a self-conjugate particle with two states and a constant <sigma v>.

    The equation is stiff, so every step is implicit: Y + k Y^2 = Y_old + k Yeq^2 with k = step times rate,
    solved as a quadratic; 4,000 steps in ln x keep the error of the abundance below 0.1 %.

    Args:
        mass: GeV, shape (n,).
        sigma_v: cm3 s-1, same shape.

    Returns:
        Shape (n,).
    """
    masses = np.atleast_1d(np.asarray(mass, dtype=np.float64))
    x, y_eq, factor = _history(masses)
    strength = factor * (np.atleast_1d(np.asarray(sigma_v, dtype=np.float64)) / GEV2_TO_CM3_S)[:, None]
    y = y_eq[:, 0].copy()
    for i in range(1, x.size):
        k = (x[i] - x[i - 1]) * strength[:, i]
        source = y + k * y_eq[:, i] ** 2
        y = 2.0 * source / (1.0 + np.sqrt(1.0 + 4.0 * k * source))
    y = 1.0 / (1.0 / y + strength[:, -1] * x[-1])  # what is left to x = infinity
    return np.asarray(masses * y * ENTROPY_TODAY / CRITICAL_DENSITY, dtype=np.float64)


def thermal_cross_section(
    mass: npt.ArrayLike, *, omega_h2: float = OMEGA_H2, self_conjugate: bool = True
) -> FloatArray:
    """Return the constant <sigma v> in cm3 s-1 that gives ``omega_h2``.

    Args:
        mass: GeV, shape (n,), 0.1 GeV to 100 TeV.
        omega_h2: abundance wanted.
        self_conjugate: False doubles the result (Dirac).

    Returns:
        Shape (n,).
    """
    masses = np.atleast_1d(np.asarray(mass, dtype=np.float64))
    guess = np.full(masses.shape, STEIGMAN_PLATEAU)
    for _ in range(8):
        found = relic_abundance(masses, guess)
        guess = guess * found / omega_h2
        if np.max(np.abs(found / omega_h2 - 1.0)) < 1e-4:
            break
    return guess * (1.0 if self_conjugate else 2.0)


def thermal_average(model: Mediator, mediator_mass: float, mass: float, x: float = 25.0) -> float:
    """Return <sigma v> in cm3 s-1 at T = m/x through a vector or axial-vector mediator.

    <sigma v> = 1 / (8 m^4 T K2(x)^2) int sigma(s) (s - 4 m^2) sqrt(s) K1(sqrt(s)/T) ds (Gondolo and Gelmini
    1991), integrated in the kinetic energy with refined points around the resonance.

    Args:
        model: mediator and couplings.
        mediator_mass: GeV.
        mass: GeV.
        x: m/T.
    """
    from scipy import special

    from fairport.physics.simplified_models import width

    t = mass / x
    gamma = float(width(model, mediator_mass, mass))
    y = np.geomspace(1e-6, 40.0, 3000)  # (sqrt(s) - 2 m) / T
    pole = (mediator_mass - 2.0 * mass) / t
    if pole > 0.0:
        near = pole + np.sinh(np.linspace(-8.0, 8.0, 3001)) * max(gamma / t, 1e-9)
        y = np.unique(np.concatenate((y, near[(near > 1e-6) & (near < 40.0)])))
    root_s = 2.0 * mass + y * t
    s = root_s**2
    sigma = cross_section_of_s(model, s, mediator_mass, mass)
    bessel = special.k1e(root_s / t) * np.exp(-(root_s / t) + 2.0 * x)
    integrand = sigma * (s - 4.0 * mass**2) * root_s * bessel * 2.0 * root_s * t
    norm = 8.0 * mass**4 * t * special.kve(2, x) ** 2
    return float(np.trapezoid(integrand, y)) / float(norm) * GEV2_TO_CM3_S


def _add(
    g: FloatArray,
    h: FloatArray,
    t: FloatArray,
    mass: float,
    states: float,
    sign: int,
    share: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    energy, pressure = _gas_integrals(sign)(mass / t)
    return g + share * states * energy, h + share * states * (3.0 * energy + pressure) / 4.0


@cache
def _gas_integrals(sign: int) -> Callable[[FloatArray], tuple[FloatArray, FloatArray]]:
    """Return energy and (three times) pressure of one state over those of a massless boson, as functions of
    m/T, tabulated once.
    """
    ratio = np.concatenate(([0.0], np.geomspace(1e-3, 60.0, 400)))
    p = np.linspace(1e-4, 90.0, 6000)
    energy, pressure = np.empty(ratio.size), np.empty(ratio.size)
    for i, m in enumerate(ratio):
        e = np.sqrt(p**2 + m**2)
        f = 1.0 / (np.exp(np.minimum(e, 700.0)) + sign)
        energy[i] = np.trapezoid(p**2 * e * f, p)
        pressure[i] = np.trapezoid(p**4 / e * f, p)
    norm = np.pi**4 / 15.0

    def read(query: FloatArray) -> tuple[FloatArray, FloatArray]:
        inside = np.minimum(query, 60.0)
        gone = np.where(query < 60.0, 1.0, 0.0)
        return (
            gone * np.interp(inside, ratio, energy) / norm,
            gone * np.interp(inside, ratio, pressure) / norm,
        )

    return read


def _history(mass: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return x of shape (k,), Yeq and the factor of (Yeq^2 - Y^2) <sigma v> in dY/dx (GeV2), shape (n, k)."""
    from scipy import special

    x = np.geomspace(8.0, 2000.0, 4000)
    log_t = np.linspace(np.log(mass.min() / 2500.0), np.log(mass.max() / 5.0), 4000)
    g, h = degrees_of_freedom(np.exp(log_t))
    star = h / np.sqrt(g) * (1.0 + np.gradient(np.log(h), log_t) / 3.0)
    query = np.log(mass[:, None] / x)
    factor = np.sqrt(np.pi / 45.0) * PLANCK_MASS * mass[:, None] / x**2 * np.interp(query, log_t, star)
    states = 2.0 / np.interp(query, log_t, h)
    y_eq = 45.0 * x**2 / (4.0 * np.pi**4) * states * special.kve(2, x) * np.exp(-x)
    return x, y_eq, factor
