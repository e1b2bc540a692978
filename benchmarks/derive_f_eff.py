"""Make the table of ``fairport.physics.cmb_table`` from the spectra of arXiv:1012.4515.

Usage: python benchmarks/derive_f_eff.py AtProduction_positrons.dat AtProduction_gammas.dat
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from fairport.physics import cmb

COLUMNS = {"mumu": 7, "tautau": 10, "qq": 11, "cc": 12, "bb": 13, "tt": 14, "WW": 17, "ZZ": 20, "hh": 23}
"""Channel to column: mass, log10 of kinetic energy over mass, then dN/dlog10x of each channel."""


def weighted(spectra: np.ndarray, column: int, mass: float, efficiency: str, copies: int) -> float:
    """Return the part of f_eff that one kind of particle makes; ``copies`` 2 for electrons with positrons."""
    rows = spectra[spectra[:, 0] == mass]
    energy = mass * 10.0 ** rows[:, 1]
    share = cmb.efficiency(efficiency, np.clip(energy, 0.000512, 5800.0))
    return float(copies * np.trapezoid(rows[:, column] * share * energy, rows[:, 1]) / (2.0 * mass))


def main(positrons: Path, gammas: Path) -> None:
    """Print mass and f_eff of every channel."""
    tables = [(np.loadtxt(positrons, skiprows=1), "ee", 2), (np.loadtxt(gammas, skiprows=1), "gammagamma", 1)]
    for channel, column in COLUMNS.items():
        line = [channel]
        for mass in np.unique(tables[0][0][:, 0]):
            value = sum(weighted(t, column, mass, name, n) for t, name, n in tables)
            line += [f"{mass:g} {value:.3f}"] if value > 1e-6 else []
        print(*line)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
