"""Axions: photon coupling and mass from the decay constant, and the bands of the benchmark models.

g = alpha / (2 pi f_a) |E/N - 1.92| and m_a = 5.70 ueV (1e12 GeV / f_a), G. Grilli di Cortona, E. Hardy, J.
Pardo Vega, G. Villadoro, JHEP 01 (2016) 034 (arXiv:1511.02867). KSVZ: E/N = 0 (J. E. Kim 1979; M. A.
Shifman, A. I. Vainshtein, V. I. Zakharov 1980); DFSZ: E/N = 8/3 (M. Dine, W. Fischler, M. Srednicki 1981;
A. R. Zhitnitsky 1980). Band of preferred hadronic models: E/N from 5/3 to 44/3, L. Di Luzio, F. Mescia, E.
Nardi, Phys. Rev. Lett. 118 (2017) 031801.

Known-good at 1 ueV: KSVZ 3.91e-16, DFSZ 1.52e-16 GeV-1.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from fairport.contract.errors import RefusedError
from fairport.physics.arrays import FloatArray

FINE_STRUCTURE: Final = 7.2973525693e-3
QCD_SHIFT: Final = 1.92
"""Part of the coupling that comes from mixing with the neutral pion."""

MASS_EV_AT_1E12: Final = 5.70e-6
"""m_a in eV of the QCD axion with f_a = 1e12 GeV."""

MODELS: Final[dict[str, float]] = {"KSVZ": 0.0, "DFSZ": 8.0 / 3.0}
"""E/N of the benchmark models."""

BAND: Final = (5.0 / 3.0, 44.0 / 3.0)
"""E/N that bound the preferred hadronic models; between them the coupling passes through 0 at 1.92, so the
band is drawn between |1.92 - 5/3| and |44/3 - 1.92|.
"""


def photon_coupling(decay_constant: npt.ArrayLike, e_over_n: float) -> FloatArray:
    """Return |g| in GeV-1 from f_a in GeV (any shape) for a model with anomaly ratio E/N.

    Raises:
        RefusedError: E/N = 1.92, where the two parts cancel and the formula has no digits left.
    """
    charge = abs(e_over_n - QCD_SHIFT)
    if charge < 0.04:
        raise RefusedError(
            f"with E/N = {e_over_n:g} the photon coupling cancels",
            why="1.92 is known to 0.04 only, so nothing can be said about what remains",
        )
    f = np.asarray(decay_constant, dtype=np.float64)
    return np.asarray(FINE_STRUCTURE / (2.0 * np.pi * f) * charge, dtype=np.float64)


def decay_constant(coupling: npt.ArrayLike, e_over_n: float) -> FloatArray:
    """Return f_a in GeV from |g| in GeV-1; the inverse of :func:`photon_coupling`."""
    g = np.asarray(coupling, dtype=np.float64)
    return photon_coupling(g, e_over_n)  # f_a and g enter the formula alike


def qcd_decay_constant(mass: npt.ArrayLike) -> FloatArray:
    """Return f_a in GeV of the QCD axion from its mass in eV (any shape); mass and f_a enter alike."""
    return np.asarray(MASS_EV_AT_1E12 * 1.0e12 / np.asarray(mass, dtype=np.float64), dtype=np.float64)


def qcd_line(mass: npt.ArrayLike, e_over_n: float) -> FloatArray:
    """Return |g| in GeV-1 of the QCD axion at masses in eV (any shape); proportional to the mass."""
    return photon_coupling(qcd_decay_constant(mass), e_over_n)
