"""Gamma rays from one annihilation: spectra and their integrals over energy bins. Needs NumPy.

Spectra are functions of x, the photon energy over the dark-matter mass, and come as data (data/spectra.json)
in one of two forms for each channel:

* ``terms`` [[c, p, r], ...]: dN/dx = sum of c x^p exp(-r x), for any mass;
* ``tables`` [{mass, log10_x, dn_dlog10x}, ...]: dN/dlog10(x) on a grid for each of several masses, as in the
  tables of PPPC 4 DM ID (M. Cirelli et al., JCAP 03 (2011) 051, arXiv:1012.4515).

``name`` says where a spectrum comes from, ``mass_min`` is the lowest mass that annihilates into the channel.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

POINTS = 200  # points of an integral over one energy bin, even in log x


def from_terms(x: npt.ArrayLike, terms: Sequence[Sequence[float]]) -> Array:
    """dN/dx of a sum of terms c x^p exp(-r x), not negative, zero for x > 1; shape of ``x``."""
    x = np.asarray(x, dtype=float)
    total = np.zeros_like(x)
    for factor, power, rate in terms:
        total += factor * x**power * np.exp(-rate * x)
    result: Array = np.where(x <= 1.0, np.maximum(total, 0.0), 0.0)
    return result


def from_tables(x: npt.ArrayLike, mass: float, tables: Sequence[dict[str, Any]]) -> Array:
    """dN/dx of tables of dN/dlog10(x), on straight lines in log10 x and in log mass; shape of ``x``.

    Zero outside a table's range of x. Raises ValueError for a mass (GeV) outside the range of the tables.
    """
    x = np.asarray(x, dtype=float)
    masses = [float(table["mass"]) for table in tables]
    if masses != sorted(set(masses)):
        raise ValueError("the spectra must be in the order of rising mass")
    if not masses[0] <= mass <= masses[-1]:
        raise ValueError(
            f"no spectrum for {mass:g} GeV: the tables run from {masses[0]:g} to {masses[-1]:g} GeV"
        )
    upper = next(i for i, value in enumerate(masses) if value >= mass)
    lower = upper if masses[upper] == mass else upper - 1
    part = 0.0 if lower == upper else math.log(mass / masses[lower]) / math.log(masses[upper] / masses[lower])
    log_x = np.log10(np.maximum(x, 1e-300))
    value = np.zeros_like(x)
    for index, weight in ((lower, 1.0 - part), (upper, part)):
        table = tables[index]
        value += weight * np.interp(log_x, table["log10_x"], table["dn_dlog10x"], left=0.0, right=0.0)
    result: Array = np.where(x <= 1.0, value / (x * math.log(10.0)), 0.0)
    return result


def photons(channel: dict[str, Any], mass: float, edges: Sequence[float]) -> list[float]:
    """Photons of one annihilation in each energy bin between ``edges`` (GeV), for a mass in GeV.

    Integral of dN/dx between the edges over the mass, cut off at x = 1 (no photon carries more than m).
    Raises ValueError if the channel has neither terms nor tables, or no table covers the mass.
    """
    counts = []
    for low, high in pairwise(edges):
        if low >= mass:
            counts.append(0.0)
            continue
        x = np.geomspace(low / mass, min(high / mass, 1.0), POINTS)
        if "terms" in channel:
            density = from_terms(x, channel["terms"]) * x
        elif "tables" in channel:
            density = from_tables(x, mass, channel["tables"]) * x
        else:
            raise ValueError("a channel needs 'terms' or 'tables'")
        step = math.log(x[-1] / x[0]) / (POINTS - 1)
        counts.append(step * math.fsum(0.5 * (density[1:] + density[:-1])))
    return counts
