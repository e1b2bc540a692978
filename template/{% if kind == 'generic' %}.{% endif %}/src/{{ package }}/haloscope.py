"""Power of axions in a resonator, the noise it must stand out from, and limits. Standard library only.

Units: masses in eV, couplings in GeV^-1, densities in GeV/cm^3, powers in W, everything else in SI units.

* Signal: P. Sikivie, Phys. Rev. Lett. 51 (1983) 1415, doi:10.1103/PhysRevLett.51.1415.
* Noise: the radiometer equation, R. H. Dicke, Rev. Sci. Instrum. 17 (1946) 268, doi:10.1063/1.1770483.
* Limit: CLs (A. L. Read, J. Phys. G 28 (2002) 2693) for a power with Gaussian noise.
* Constants: CODATA 2018, E. Tiesinga et al., Rev. Mod. Phys. 93 (2021) 025010.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from statistics import NormalDist

BOLTZMANN = 1.380649e-23  # J/K, exact
PLANCK = 4.135667696e-15  # eV s, exact to the digits shown
HBAR = 6.582119569e-25  # GeV s
HBAR_C = 1.973269804e-14  # GeV cm
VACUUM_PERMEABILITY = 1.25663706212e-6  # N/A^2
LINE_WIDTH = 1e-6  # relative width of the axion line, from the speeds in the halo

NORMAL = NormalDist()


@dataclass(frozen=True)
class Resonator:
    """A resonator in a magnet: field (T), volume (m^3), form factor, loaded quality, share read out.

    And its receiver: system temperature (K) and time spent at each frequency (s).
    """

    field: float
    volume: float
    form_factor: float
    quality: float
    coupled: float
    temperature: float
    time: float


def mass_of(frequency: float) -> float:
    """Axion mass in eV that a resonator at ``frequency`` (Hz) looks for: h f."""
    return PLANCK * frequency


def signal_power(resonator: Resonator, frequency: float, coupling: float, density: float) -> float:
    """Power in W that axions of the resonator's frequency (Hz) deliver, for a coupling in GeV^-1.

    g^2 (rho / m) (B^2 V / mu0) C Q / hbar times the share read out, with rho = ``density`` in GeV/cm^3.
    """
    mass = mass_of(frequency) * 1e-9
    axions = density * HBAR_C**3 / mass
    magnet = resonator.field**2 / VACUUM_PERMEABILITY * resonator.volume
    resonance = resonator.form_factor * resonator.quality * resonator.coupled
    return coupling**2 * axions * magnet * resonance / HBAR


def noise_power(resonator: Resonator, frequency: float) -> float:
    """Standard deviation in W of the power in one axion line width: k T sqrt(width / time)."""
    return BOLTZMANN * resonator.temperature * math.sqrt(LINE_WIDTH * frequency / resonator.time)


def upper_limit(excess: float, level: float) -> float:
    """CLs upper limit on a signal in units of the noise, for an observed ``excess`` in the same units.

    excess + z(1 - (1 - level) Phi(excess)), z the quantile of the normal distribution and Phi its integral.
    Raises ValueError for a level outside (0, 1).
    """
    if not 0.0 < level < 1.0:
        raise ValueError("the level lies between 0 and 1")
    return excess - NORMAL.inv_cdf((1.0 - level) * NORMAL.cdf(excess))


def simulate(seed: int, count: int) -> list[float]:
    """Noise in units of its standard deviation at ``count`` frequencies, the same for the same seed."""
    generator = random.Random(seed)
    return [NORMAL.inv_cdf(max(generator.random(), 1e-300)) for _ in range(count)]


def coupling_limit(
    resonator: Resonator, frequency: float, excess: float, level: float, density: float
) -> float:
    """Limit on the coupling in GeV^-1 at a frequency (Hz): the power goes with its square."""
    power = upper_limit(excess, level) * noise_power(resonator, frequency)
    return math.sqrt(power / signal_power(resonator, frequency, 1.0, density))


def frequencies(first: float, last: float, count: int) -> list[float]:
    """``count`` evenly spaced frequencies with both ends. Raises ValueError unless 0 < first < last."""
    if not 0.0 < first < last or count < 2:
        raise ValueError("the scan needs 0 < first < last and at least two frequencies")
    return [first + (last - first) * k / (count - 1) for k in range(count)]
