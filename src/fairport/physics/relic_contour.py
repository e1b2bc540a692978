"""Masses at which a simplified model makes the dark matter that is there.

What is left after freeze-out follows from <sigma v> over the whole time from m/T = x_f on: Omega goes as
1/J with J = int_{x_f}^inf <sigma v>(x) / x^2 dx (P. Gondolo and G. Gelmini, Nucl. Phys. B 360 (1991) 145).
So x_f J takes the place of a constant <sigma v>: it is that of an s-wave, half of that of a p-wave, and
counts a resonance as long as it lasts. x_f = 25.

Validity: annihilation through the mediator alone, hence mediators heavier than dark matter (pairs of
mediators take over below); unbroken thermal contact until freeze-out.

Known-good: the published contours V1, V2, A1 and A2 of the LHC working group (arXiv:1703.05703) lie within
4 % in the mediator mass from 5 GeV to 2 TeV, on both sides of the resonance. On V1, V2 and the light branch
of A1 x_f J is 4.43e-26 cm3 s-1 to 3 % above 50 GeV, which is 2 x 2.2e-26, the Dirac value of arXiv:1204.3622.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from fairport.physics import relic
from fairport.physics.arrays import FloatArray
from fairport.physics.simplified_models import GEV2_TO_CM3_S, Mediator, cross_section_of_s, width

X_FREEZE_OUT: Final = 25.0
NODES: Final = 8
"""Temperatures at which <sigma v> is averaged."""

HEAVIEST: Final = 200.0
"""Greatest ratio of mediator to dark-matter mass that is searched."""

Branch = tuple[FloatArray, FloatArray]
"""Mediator and dark-matter masses in GeV, shape (k,) each."""


def effective_cross_section(model: Mediator, mediator_mass: float, mass: float) -> float:
    """Return x_f int_{x_f}^inf <sigma v>(x) / x^2 dx in cm3 s-1.

    Args:
        model: mediator and couplings.
        mediator_mass: GeV.
        mass: GeV.
    """
    from scipy import special

    u, weights = np.polynomial.legendre.leggauss(NODES)
    x = X_FREEZE_OUT / (0.5 * (u + 1.0))
    y = _energies(model, mediator_mass, mass)  # (sqrt(s) - 2 m) / m
    root_s = mass * (2.0 + y)
    s = root_s**2
    flux = cross_section_of_s(model, s, mediator_mass, mass) * (s - 4.0 * mass**2) * s
    t = mass / x[:, None]
    bessel = special.k1e(root_s / t) * np.exp(-y * x[:, None])
    averages = np.trapezoid(flux * bessel, y, axis=1) * 2.0 * mass
    averages = averages / (8.0 * mass**4 * (mass / x) * special.kve(2, x) ** 2)
    return float(np.sum(0.5 * weights * averages)) * GEV2_TO_CM3_S


def contour(model: Mediator, masses: FloatArray) -> tuple[Branch, ...]:
    """Return where the model gives the relic density of Dirac dark matter: the mediator masses below and
    above the resonance M = 2 m, for each mass of ``masses`` (GeV, shape (n,), rising) that has one.

    Branches with fewer than two points are left out.
    """
    target = _target(tuple(float(mass) for mass in masses))
    found = []
    for low, high in ((1.001, 1.995), (2.005, HEAVIEST)):
        pairs = [
            (mediator, mass)
            for mass, wanted in zip(masses, target, strict=True)
            if (mediator := _root(model, float(mass), wanted, low, high)) is not None
        ]
        if len(pairs) > 1:
            heavy, light = np.array(pairs).T
            found.append((heavy, light))
    return tuple(found)


def _root(model: Mediator, mass: float, wanted: float, low: float, high: float) -> float | None:
    """Return the mediator mass between ``low`` and ``high`` times ``mass`` at which the effective
    cross-section is ``wanted``; it rises towards the resonance and falls behind it, apart from thresholds of
    fermions.
    """
    from scipy.optimize import brentq

    def excess(log: float) -> float:
        value = effective_cross_section(model, mass * float(np.exp(log)), mass)
        return float(np.log(max(value, 1e-60) / wanted))

    scan = np.linspace(np.log(low), np.log(high), 9 if high < 2.0 else 14)
    if high > 2.0:  # the resonance is narrow: begin where thermal energies reach it
        scan = np.log(np.concatenate((np.linspace(low, 2.6, 5), np.geomspace(3.0, high, 9))))
    values = [excess(float(log)) for log in scan]
    crossings = [i for i in range(len(scan) - 1) if values[i] * values[i + 1] < 0.0]
    if not crossings:
        return None
    i = crossings[0] if high < 2.0 else crossings[-1]
    return mass * float(np.exp(brentq(excess, float(scan[i]), float(scan[i + 1]), xtol=1e-3)))


@lru_cache(maxsize=64)
def _target(masses: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(relic.thermal_cross_section(np.array(masses), self_conjugate=False).tolist())


def _energies(model: Mediator, mediator_mass: float, mass: float) -> FloatArray:
    """Return kinetic energies over m, rising, with refined points around the resonance."""
    coarse = np.geomspace(1e-7, 2.0, 500)
    pole = mediator_mass / mass - 2.0
    if not 0.0 < pole < 2.0:
        return coarse
    narrow = max(float(width(model, mediator_mass, mass)) / mass, 1e-9)
    near = pole + np.sinh(np.linspace(-7.5, 7.5, 401)) * narrow
    return np.unique(np.concatenate((coarse, near[(near > 1e-7) & (near < 2.0)])))
