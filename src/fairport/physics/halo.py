"""The local halo: what rescales exactly and what does not.

A direct-detection rate is R = rho0 sigma F(m, v0, vesc, detector), so that a limit scales exactly with
1/rho0 and with one over the fraction of the dark matter that scatters. The speeds sit inside F: for
DarkSide-50 at 100 GeV a change of v0 from 220 to 238 km/s lowers the limit by 23 % (measured), at other
masses and thresholds by other amounts. There is no formula, so this is refused.
"""

from __future__ import annotations

from fairport.contract.errors import RefusedError

SPEEDS = ("v0", "vesc", "v_earth")
"""Fields of the halo that change the shape of a limit."""


def density_factor(old: float, new: float) -> float:
    """Return by what a limit on a cross-section is multiplied when rho0 changes: old / new (same unit)."""
    if not (old > 0.0 and new > 0.0):
        raise RefusedError(f"a local density must be positive, not {min(old, new):g}")
    return old / new


def fraction_factor(old: float, new: float, power: int = 1) -> float:
    """Return by what a limit is multiplied when the fraction of dark matter changes: (old / new)^power.

    Args:
        old: fraction that the limit assumes, 0 < f <= 1.
        new: fraction wanted.
        power: 1 for scattering and decay, 2 for annihilation.
    """
    for value in (old, new):
        if not 0.0 < value <= 1.0:
            raise RefusedError(f"a fraction of the dark matter lies above 0 and at most at 1, not {value:g}")
    return (old / new) ** power


def conjugation_factor(old_self_conjugate: bool, new_self_conjugate: bool) -> float:
    """Return by what a limit on <sigma v> is multiplied between Majorana and Dirac dark matter.

    The flux is <sigma v> / (8 pi m^2) J for a particle that is its own antiparticle and half of that, 1 /
    (16 pi), for one that is not: a Dirac limit is twice the Majorana one.
    """
    if old_self_conjugate == new_self_conjugate:
        return 1.0
    return 2.0 if old_self_conjugate else 0.5


def refuse_speeds(name: str) -> RefusedError:
    """Return the refusal to rescale a limit to another speed distribution."""
    return RefusedError(
        f"a limit cannot be rescaled to another {name}",
        why="the speeds sit inside the recoil spectrum; the change depends on mass, target and threshold "
        "(23 % for DarkSide-50 at 100 GeV from 220 to 238 km/s)",
        mend="run the analysis again with the other halo; only the density (rho0) rescales exactly",
    )
