"""A spin-1 mediator between quarks, leptons and Dirac dark matter: widths and annihilation.

Standard library only. Masses, widths and energies are in GeV. Model and formulae: LHC Dark Matter Working
Group, G. Busoni et al., Phys. Dark Univ. 27 (2020) 100365, arXiv:1603.04156, and A. Albert et al., Phys. Dark
Univ. 26 (2019) 100377, arXiv:1703.05703. Masses of the fermions: Particle Data Group, Prog. Theor. Exp. Phys.
2022, 083C01.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

QUARKS = {"u": 0.0022, "d": 0.0047, "s": 0.093, "c": 1.27, "b": 4.18, "t": 172.7}
LEPTONS = {"e": 0.000511, "mu": 0.10566, "tau": 1.77686}
COLOURS = 3
NEUTRINOS = 3
TYPES = ("vector", "axial-vector")
CM3_PER_S = 1.1673e-17  # 1 GeV^-2 times the speed of light


@dataclass(frozen=True)
class Model:
    """Type of the mediator (vector or axial-vector) and its couplings to quarks, leptons and dark matter."""

    type: str
    gq: float
    gl: float
    gdm: float

    def __post_init__(self) -> None:
        if self.type not in TYPES:
            raise ValueError(f"the mediator is one of {', '.join(TYPES)}, not {self.type!r}")
        if min(self.gq, self.gl, self.gdm) < 0.0:
            raise ValueError("couplings must not be negative")


def pair_width(model: Model, mediator: float, mass: float, coupling: float) -> float:
    """Width of the decay into a pair of Dirac fermions of one colour; zero when they are too heavy.

    g^2 M / (12 pi) times (1 + 2 r) sqrt(1 - 4 r) for a vector and (1 - 4 r)^1.5 for an axial vector,
    with r = m^2/M^2.
    """
    ratio = (mass / mediator) ** 2
    if ratio >= 0.25:
        return 0.0
    speed = math.sqrt(1.0 - 4.0 * ratio)
    shape = (1.0 + 2.0 * ratio) * speed if model.type == "vector" else speed**3
    return coupling**2 * mediator / (12.0 * math.pi) * shape


def widths(model: Model, mediator: float, mass: float) -> dict[str, float]:
    """Partial widths by what comes out: each quark, lepton, ``neutrinos`` (left-handed) and ``dm``."""
    found = {name: COLOURS * pair_width(model, mediator, m, model.gq) for name, m in QUARKS.items()}
    found |= {name: pair_width(model, mediator, m, model.gl) for name, m in LEPTONS.items()}
    found["neutrinos"] = NEUTRINOS * model.gl**2 * mediator / (24.0 * math.pi)
    found["dm"] = pair_width(model, mediator, mass, model.gdm)
    return found


def total_width(model: Model, mediator: float, mass: float) -> float:
    """Minimal width: the sum of the decays that the couplings give."""
    return math.fsum(widths(model, mediator, mass).values())


def branching(model: Model, mediator: float, mass: float, products: tuple[str, ...]) -> float:
    """Share of the decays into ``products``; zero when nothing is open."""
    found = widths(model, mediator, mass)
    total = math.fsum(found.values())
    return math.fsum(found[name] for name in products) / total if total > 0.0 else 0.0


def annihilation(model: Model, mediator: float, mass: float, speed_squared: float) -> float:
    """Cross-section times relative speed in cm^3/s for two dark-matter particles into quarks and leptons.

    ``speed_squared`` is the square of the relative speed (speed of light 1) in the centre of mass. The full
    s-channel cross-section with the minimal width; for slow particles it tends to
    N g^2 gdm^2 (2 m^2 + mf^2) sqrt(1 - mf^2/m^2) / (2 pi D) for a vector and
    N g^2 gdm^2 mf^2 sqrt(1 - mf^2/m^2) (1 - 4 m^2/M^2)^2 / (2 pi D) for an axial vector, with
    D = (M^2 - 4 m^2)^2 + M^2 G^2.
    """
    s = 4.0 * mass**2 / (1.0 - speed_squared / 4.0)
    width = total_width(model, mediator, mass)
    pole = (s - mediator**2) ** 2 + (mediator * width) ** 2
    flavours = [(m, COLOURS * model.gq**2) for m in QUARKS.values()]
    flavours += [(m, model.gl**2) for m in LEPTONS.values()]
    flavours.append((0.0, NEUTRINOS * model.gl**2 / 2.0))
    total = 0.0
    for fermion, strength in flavours:
        if s <= 4.0 * fermion**2:
            continue
        if model.type == "vector":
            shape = (s + 2.0 * mass**2) * (s + 2.0 * fermion**2)
        else:
            shape = (s - 4.0 * mass**2) * (s - 4.0 * fermion**2)
            shape += 12.0 * (mass * fermion * (1.0 - s / mediator**2)) ** 2
        total += strength * math.sqrt(1.0 - 4.0 * fermion**2 / s) * shape
    # sigma v = 2 beta sigma, and 1/beta from the flux cancels beta = sqrt(1 - 4 m^2/s).
    return model.gdm**2 * total / (6.0 * math.pi * s * pole) * CM3_PER_S
