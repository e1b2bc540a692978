"""Simplified models of the LHC dark-matter working group: one mediator, Dirac dark matter.

Sources: A. Boveia et al., arXiv:1603.04156, section 4 (scattering and annihilation); D. Abercrombie et al.,
arXiv:1507.00966, and A. Albert et al., arXiv:1703.05703 (widths, leptons). Couplings: gq to all quarks
alike (scalar and pseudoscalar: times the Yukawa coupling), gdm to dark matter, gl to charged leptons and,
for vector and axial-vector, neutrinos.

Scattering with mu = m_n m / (m_n + m), a contact interaction, valid for M far above the momentum transfer
(0.1 GeV): sigma = f^2 gdm^2 mu^2 / (pi M^4), times 3 for spin dependence.

- vector, spin-independent: f = 3 gq; 6.97e-41 cm2 at gq gdm = 0.25, M = 1 TeV, mu = 1 GeV;
- scalar, spin-independent: f = 1.16e-3 gq with v = 246 GeV, f_Tu = 0.019, f_Td = 0.045, f_Ts = 0.043;
  6.9e-43 cm2 at gq gdm = 1, M = 125 GeV;
- axial-vector, spin-dependent: f = 0.32 gq with Delta u = 0.84, Delta d = -0.43, Delta s = -0.09, alike for
  protons and neutrons since the quarks couple alike; 2.38e-42 cm2. The sum of the Deltas is uncertain: 0.36
  would give 27 % more.
- pseudoscalar: suppressed by the speed; there is no limit to translate.

All masses in GeV, cross-sections in cm2, annihilation in cm3 s-1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from fairport.contract.errors import RefusedError
from fairport.physics.arrays import FloatArray

HBARC2_CM2: Final = 3.893793721e-28
"""(hbar c)^2 in GeV2 cm2."""

GEV2_TO_CM3_S: Final = HBARC2_CM2 * 2.99792458e10
"""1 GeV^-2 times c in cm3 s-1 (1.1673e-17)."""

NUCLEON_MASS: Final = 0.939
HIGGS_VEV: Final = 246.0
STRONG_COUPLING: Final = 0.118
"""alpha_s for decays to gluons, at the scale of the Z."""

QUARKS: Final[dict[str, float]] = {
    "u": 0.00216,
    "d": 0.00467,
    "s": 0.0934,
    "c": 1.27,
    "b": 4.18,
    "t": 172.69,
}
"""Masses in GeV (Particle Data Group 2022)."""

LEPTONS: Final[dict[str, float]] = {"e": 0.000511, "mu": 0.105658, "tau": 1.77686}

CHANNELS: Final[dict[str, tuple[str, ...]]] = {
    "bb": ("b",),
    "cc": ("c",),
    "tt": ("t",),
    "qq": ("u", "d", "s"),
    "ee": ("e",),
    "mumu": ("mu",),
    "tautau": ("tau",),
}
"""Fermions of each annihilation channel; ``qq`` is the sum over the light quarks."""

_SI: Final = frozenset({"vector", "scalar"})


@dataclass(frozen=True, slots=True)
class Mediator:
    """A benchmark model.

    Attributes:
        type: ``vector``, ``axial-vector``, ``scalar`` or ``pseudoscalar``.
        gq: coupling to quarks.
        gdm: coupling to dark matter.
        gl: coupling to leptons.
    """

    type: str
    gq: float
    gdm: float
    gl: float = 0.0


def reduced_mass(mass: npt.ArrayLike) -> FloatArray:
    """Return mu of dark matter and nucleon in GeV, in the shape of ``mass`` (GeV)."""
    m = np.asarray(mass, dtype=np.float64)
    return NUCLEON_MASS * m / (NUCLEON_MASS + m)


def interaction_of(mediator: str) -> str:
    """Return ``si`` or ``sd``.

    Raises:
        RefusedError: the mediator gives no usable scattering.
    """
    if mediator in _SI:
        return "si"
    if mediator == "axial-vector":
        return "sd"
    if mediator == "pseudoscalar":
        raise RefusedError(
            "a pseudoscalar mediator has no limit in a direct-detection plane",
            why="its scattering is suppressed by the fourth power of the speed, about 1e-12",
        )
    raise RefusedError(f'no formula is known for a mediator of type "{mediator}"')


def scattering(model: Mediator, mediator_mass: npt.ArrayLike, mass: npt.ArrayLike) -> FloatArray:
    """Return the cross-section per nucleon in cm2.

    Args:
        model: mediator and couplings.
        mediator_mass: GeV, any shape.
        mass: dark-matter mass in GeV, same shape.

    Raises:
        RefusedError: pseudoscalar or unknown mediator.
    """
    m = np.asarray(mediator_mass, dtype=np.float64)
    return np.asarray(_strength(model) * reduced_mass(mass) ** 2 / m**4, dtype=np.float64)


def mediator_mass_of(model: Mediator, cross_section: npt.ArrayLike, mass: npt.ArrayLike) -> FloatArray:
    """Return the mediator mass in GeV that gives a cross-section per nucleon in cm2; the inverse of
    :func:`scattering`.
    """
    sigma = np.asarray(cross_section, dtype=np.float64)
    return np.asarray((_strength(model) * reduced_mass(mass) ** 2 / sigma) ** 0.25, dtype=np.float64)


def width(model: Mediator, mediator_mass: npt.ArrayLike, mass: npt.ArrayLike) -> FloatArray:
    """Return the minimal width of the mediator in GeV: quarks, dark matter, leptons (and neutrinos of the
    vector kinds), gluons through the top loop for scalar and pseudoscalar.

    Args:
        model: mediator and couplings.
        mediator_mass: GeV, any shape.
        mass: dark-matter mass in GeV, same shape.
    """
    m = np.asarray(mediator_mass, dtype=np.float64)
    dm = np.asarray(mass, dtype=np.float64)
    total = _decay(model.type, model.gdm, m, dm, 1.0)
    for q in QUARKS.values():
        total = total + _decay(model.type, model.gq * _yukawa(model, q), m, np.asarray(q), 3.0)
    for lepton in LEPTONS.values():
        total = total + _decay(model.type, model.gl * _yukawa(model, lepton), m, np.asarray(lepton), 1.0)
    if model.type in {"vector", "axial-vector"}:
        return total + 3.0 * model.gl**2 * m / (24.0 * np.pi)
    return total + _gluons(model, m)


def annihilation(
    model: Mediator, mediator_mass: npt.ArrayLike, mass: npt.ArrayLike, fermions: tuple[str, ...]
) -> FloatArray:
    """Return the s-wave <sigma v> into fermions at rest in cm3 s-1, for Dirac dark matter.

    With D = (M^2 - 4 m^2)^2 + M^2 Gamma^2, N colours and beta = sqrt(1 - mf^2/m^2):

    - vector: N gf^2 gdm^2 (2 m^2 + mf^2) beta / (2 pi D);
    - axial-vector: N gf^2 gdm^2 mf^2 (1 - 4 m^2/M^2)^2 beta / (2 pi D);
    - pseudoscalar: N (gf mf/v)^2 gdm^2 m^2 beta / (2 pi D);
    - scalar: none, its annihilation is p-wave and all but absent today.

    Args:
        model: mediator and couplings.
        mediator_mass: GeV, any shape.
        mass: dark-matter mass in GeV, same shape.
        fermions: keys of :data:`QUARKS` and :data:`LEPTONS`, summed.

    Raises:
        RefusedError: scalar or unknown mediator.
    """
    m, big = np.broadcast_arrays(np.asarray(mass, dtype=np.float64), np.asarray(mediator_mass, dtype=float))
    denominator = 2.0 * np.pi * ((big**2 - 4.0 * m**2) ** 2 + (big * width(model, big, m)) ** 2)
    total = np.zeros(m.shape)
    for name in fermions:
        colours, mf, coupling = _fermion(model, name)
        open_channel = m > mf
        beta = np.sqrt(np.where(open_channel, 1.0 - (mf / m) ** 2, 0.0))
        numerator = colours * (coupling * model.gdm) ** 2 * beta * _amplitude(model.type, m, big, mf)
        total = total + numerator / denominator
    return total * GEV2_TO_CM3_S


def cross_section_of_s(model: Mediator, s: FloatArray, mediator_mass: float, mass: float) -> FloatArray:
    """Return sigma(s) of annihilation into all open quarks and leptons (and gluons, through the top loop of a
    scalar or pseudoscalar) in GeV^-2; averaged over spins, Dirac.

    With P = (s - M^2)^2 + M^2 Gamma^2 and the phase space ratio R = sqrt[(s - 4 mf^2)/(s - 4 m^2)]:

    - vector: sum N gf^2 gdm^2 (s + 2 mf^2)(s + 2 m^2) R / (12 pi s P);
    - axial-vector: the same with (s - 4 mf^2)(s - 4 m^2) + 12 mf^2 m^2 (1 - s/M^2)^2;
    - scalar: sum N (gf mf/v)^2 gdm^2 (s - 4 mf^2)(s - 4 m^2) R / (16 pi s P);
    - pseudoscalar: sum N (gf mf/v)^2 gdm^2 s R / (16 pi P).

    At rest they give the formulas of :func:`annihilation`. Gluons follow from the width at the mass sqrt(s):
    gdm^2 sqrt(s - 4 m^2) Gamma_gg / (2 P) and gdm^2 s Gamma_gg / (2 sqrt(s - 4 m^2) P).

    Args:
        model: mediator and couplings.
        s: squared energy in GeV2, shape (n,), above 4 m^2.
        mediator_mass: GeV.
        mass: GeV.
    """
    interaction = model.type if model.type in {"vector", "axial-vector", "scalar", "pseudoscalar"} else None
    if interaction is None:
        raise RefusedError(f'no formula is known for a mediator of type "{model.type}"')
    gamma = float(width(model, mediator_mass, mass))
    pole = (s - mediator_mass**2) ** 2 + (mediator_mass * gamma) ** 2
    speed = s - 4.0 * mass**2
    total = np.zeros(s.shape)
    for name in (*QUARKS, *LEPTONS):
        colours, mf, coupling = _fermion(model, name)
        phase = np.sqrt(np.maximum(s - 4.0 * mf**2, 0.0) / speed)
        if interaction == "vector":
            x = (s + 2.0 * mf**2) * (s + 2.0 * mass**2) / 12.0
        elif interaction == "axial-vector":
            x = (s - 4.0 * mf**2) * speed + 12.0 * (mf * mass) ** 2 * (1.0 - s / mediator_mass**2) ** 2
            x = x / 12.0
        else:
            x = ((s - 4.0 * mf**2) * speed if interaction == "scalar" else s**2) / 16.0
        total = total + colours * (coupling * model.gdm) ** 2 / (np.pi * s) * phase * x / pole
    if interaction in {"scalar", "pseudoscalar"}:
        gluons = _gluons(model, np.sqrt(s)) * model.gdm**2 / (2.0 * pole)
        total = total + gluons * (np.sqrt(speed) if interaction == "scalar" else s / np.sqrt(speed))
    return total


def _strength(model: Mediator) -> float:
    """Return sigma M^4 / mu^2 in cm2 GeV2."""
    kind = interaction_of(model.type)
    if model.type == "vector":
        f = 3.0 * model.gq
    elif model.type == "scalar":
        f_t = (0.019, 0.045, 0.043)
        f = NUCLEON_MASS / HIGGS_VEV * (sum(f_t) + 3.0 * 2.0 / 27.0 * (1.0 - sum(f_t))) * model.gq
    else:
        f = (0.84 - 0.43 - 0.09) * model.gq
    spin = 3.0 if kind == "sd" else 1.0
    return spin * (f * model.gdm) ** 2 / np.pi * HBARC2_CM2


def _yukawa(model: Mediator, mass: float) -> float:
    return mass / HIGGS_VEV if model.type in {"scalar", "pseudoscalar"} else 1.0


def _fermion(model: Mediator, name: str) -> tuple[float, float, float]:
    if name in QUARKS:
        mass = QUARKS[name]
        return 3.0, mass, model.gq * _yukawa(model, mass)
    mass = LEPTONS[name]
    return 1.0, mass, model.gl * _yukawa(model, mass)


def _amplitude(kind: str, m: FloatArray, big: FloatArray, mf: float) -> FloatArray:
    if kind == "vector":
        return 2.0 * m**2 + mf**2
    if kind == "axial-vector":
        return mf**2 * (1.0 - 4.0 * m**2 / big**2) ** 2
    if kind == "pseudoscalar":
        return m**2
    raise RefusedError(
        f'annihilation through a mediator of type "{kind}" has no part that survives at low speed',
        why="it is p-wave, suppressed by the square of the speed (1e-6 in galaxies today)",
    )


def _decay(kind: str, g: float, m: FloatArray, product: FloatArray, colours: float) -> FloatArray:
    """Return the width into a pair of fermions: N g^2 M / (12 pi) (1 + 2 r) sqrt(1 - 4 r) for a vector, N
    g^2 M/(12 pi) (1 - 4 r)^1.5 for an axial-vector, N g^2 M/(8 pi) (1 - 4 r)^1.5 for a scalar and ^0.5 for
    a pseudoscalar, r = m^2/M^2.
    """
    r = (product / m) ** 2
    beta = np.sqrt(np.maximum(1.0 - 4.0 * r, 0.0))
    if kind == "vector":
        shape = (1.0 + 2.0 * r) * beta / 12.0
    elif kind == "axial-vector":
        shape = beta**3 / 12.0
    else:
        shape = (beta**3 if kind == "scalar" else beta) / 8.0
    return np.asarray(colours * g**2 * m / np.pi * shape, dtype=np.float64)


def _gluons(model: Mediator, m: FloatArray) -> FloatArray:
    """Return the width into gluons through the top loop (arXiv:1507.00966, eq. A.5): alpha_s^2 gq^2 M^3 /
    (32 pi^3 v^2) |f(4 mt^2/M^2)|^2.
    """
    tau = 4.0 * QUARKS["t"] ** 2 / m**2 + 0.0j
    root = np.sqrt(tau - 1.0 + 0.0j)
    loop = np.arctan(1.0 / np.where(root == 0.0, 1e-12, root)) ** 2
    f = tau * (1.0 + (1.0 - tau) * loop) if model.type == "scalar" else tau * loop
    rate = STRONG_COUPLING**2 * model.gq**2 * m**3 / (32.0 * np.pi**3 * HIGGS_VEV**2)
    return np.asarray(rate * np.abs(f) ** 2, dtype=np.float64)
