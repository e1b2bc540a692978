"""Energy injected into the cosmic microwave background by annihilation.

p_ann = f_eff <sigma v> / m. Planck 2018 (arXiv:1807.06209, section 7.5): p_ann < 3.2e-28 cm3 s-1 GeV-1 at
95 %, for <sigma v> that does not depend on the speed (s-wave). f_eff is the efficiency with which the
energy of an annihilation ends up in the gas, weighted over redshift as the spectra feel it: for e+e- and
photons as functions of their energy read off figure 3 of T. R. Slatyer, Phys. Rev. D 93 (2016) 023527
(arXiv:1506.03811), good to about 5 %. Muons follow from electrons by the energy spectrum of muon decay at
high boost, dN/dx = 5/3 - 3 x^2 + 4/3 x^3 with x = E_e/E_mu (neutrinos are lost; photons from the decay, 1
% of the energy, too). Quarks, tau leptons, W, Z and Higgs bosons stand in
:mod:`fairport.physics.cmb_table`, weighted with public spectra. For other channels a value must be given.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from fairport.contract.errors import RefusedError
from fairport.physics.arrays import FloatArray
from fairport.physics.cmb_table import CITATION as SPECTRA_CITATION
from fairport.physics.cmb_table import TABLE

PLANCK_2018: Final = 3.2e-28
"""cm3 s-1 GeV-1, 95 %, of arXiv:1807.06209."""

EFFICIENCY_CITATION: Final = "arXiv:1506.03811"
MUON_MASS: Final = 0.105658

_LOG10_EV: Final = np.array([
    3.70, 4.16, 4.63, 5.09, 5.33, 5.56, 5.79, 6.02, 6.26, 6.49, 6.72, 6.95, 7.19, 7.65, 8.12, 8.58, 8.81,
    9.05, 9.28, 9.51, 9.74, 9.98, 10.21, 10.44, 10.67, 10.91, 11.14, 11.60, 12.07, 12.77,
])  # fmt: skip
_ELECTRONS: Final = np.array([
    0.308, 0.304, 0.294, 0.259, 0.228, 0.190, 0.153, 0.177, 0.368, 0.617, 0.823, 0.930, 0.976, 0.989, 0.826,
    0.559, 0.430, 0.395, 0.466, 0.571, 0.639, 0.624, 0.559, 0.487, 0.450, 0.436, 0.408, 0.405, 0.407, 0.406,
])  # fmt: skip
_PHOTONS: Final = np.array([
    0.877, 0.702, 0.696, 0.585, 0.459, 0.326, 0.216, 0.145, 0.163, 0.292, 0.468, 0.596, 0.678, 0.726, 0.686,
    0.546, 0.447, 0.359, 0.318, 0.338, 0.391, 0.423, 0.421, 0.390, 0.331, 0.390, 0.433, 0.403, 0.407, 0.406,
])  # fmt: skip

CHANNELS: Final = ("ee", "gammagamma", "mumu", *TABLE)
"""Channels whose efficiency is known here."""


def sources(channel: str) -> tuple[str, ...]:
    """Return the citations on which the efficiency of a channel rests."""
    return (EFFICIENCY_CITATION, SPECTRA_CITATION) if channel in TABLE else (EFFICIENCY_CITATION,)


def efficiency(channel: str, mass: npt.ArrayLike) -> FloatArray:
    """Return f_eff of a channel at masses in GeV (any shape); NaN where it is not known: for electrons,
    photons and muons outside 5 keV to 5.9 TeV, for the others outside 5 GeV (or the mass of the products) to
    100 TeV.

    Raises:
        RefusedError: the channel is not known here; say what to do.
    """
    m = np.asarray(mass, dtype=np.float64)
    if channel == "ee":
        return np.where(m > 0.000511, _read(_ELECTRONS, m), np.nan)
    if channel == "gammagamma":
        return _read(_PHOTONS, m)
    if channel == "mumu":
        x = np.linspace(0.0005, 0.9995, 1000)
        weight = x * (5.0 / 3.0 - 3.0 * x**2 + 4.0 / 3.0 * x**3) * (x[1] - x[0])
        energies = np.clip(m[..., None] * x, 5.1e-6, None)
        value = np.sum(weight * _read(_ELECTRONS, energies), axis=-1)
        return np.where(m > 5.0 * MUON_MASS, value, np.nan)
    if channel in TABLE:
        masses, values = np.array(TABLE[channel]).T
        inside = (m >= masses[0]) & (m <= masses[-1])
        return np.where(inside, np.interp(np.log(np.maximum(m, 1e-30)), np.log(masses), values), np.nan)
    raise RefusedError(
        f'the efficiency f_eff of the channel "{channel}" is not known here',
        why=f"known are {', '.join(CHANNELS)}; the others need their spectra",
        mend="state it: --set f_eff=0.2 --set f_eff_source=... (0.1 to 0.4 with hadrons, 0 for neutrinos)",
    )


def injected(sigma_v: npt.ArrayLike, mass: npt.ArrayLike, f_eff: npt.ArrayLike) -> FloatArray:
    """Return p_ann in cm3 s-1 GeV-1 from <sigma v> in cm3 s-1, mass in GeV and f_eff, any equal shapes."""
    return np.asarray(np.asarray(f_eff) * np.asarray(sigma_v) / np.asarray(mass), dtype=np.float64)


def cross_section(p_ann: npt.ArrayLike, mass: npt.ArrayLike, f_eff: npt.ArrayLike) -> FloatArray:
    """Return <sigma v> in cm3 s-1 from p_ann in cm3 s-1 GeV-1; the inverse of :func:`injected`."""
    return np.asarray(np.asarray(p_ann) * np.asarray(mass) / np.asarray(f_eff), dtype=np.float64)


def _read(table: FloatArray, energy: FloatArray) -> FloatArray:
    log = np.log10(np.maximum(energy, 1e-30)) + 9.0
    values = np.interp(log, _LOG10_EV, table)
    return np.where((log >= _LOG10_EV[0]) & (log <= _LOG10_EV[-1]), values, np.nan)
