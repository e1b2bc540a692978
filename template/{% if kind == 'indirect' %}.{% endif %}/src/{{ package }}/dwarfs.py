"""Joint likelihood of gamma-ray counts from several dwarf galaxies. Pure functions over NumPy arrays.

Units: masses in GeV, annihilation cross-sections <sigma v> in cm^3/s, J factors in GeV^2 cm^-5, exposures in
cm^2 s. The first axis of every array is the mass, the last one (where there is one) the energy bin.

* Flux: J <sigma v> N_gamma / (8 pi m^2) for a self-conjugate particle, half of it for one that is not
  (G. Bertone, D. Hooper, J. Silk, Phys. Rep. 405 (2005) 279, arXiv:hep-ph/0404175).
* Likelihood: Poisson in each energy bin, with the Gaussian uncertainty of log10 J profiled target by target
  (M. Ackermann et al. (Fermi-LAT), Phys. Rev. D 89 (2014) 042001, arXiv:1310.0828).
* Limit: the largest <sigma v> where -2 ln(L / L_max) on the domain <sigma v> >= 0 equals the threshold
  (W. A. Rolke, A. M. Lopez, J. Conrad, Nucl. Instrum. Meth. A 551 (2005) 493): 2.71 for one-sided 95 %.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
WIDTHS = 6.0  # J factors are searched within so many standard deviations


@dataclass(frozen=True)
class Target:
    """One galaxy: counts and expected background in each bin, and its J factor.

    ``response`` is the number of signal counts per cm^3/s of <sigma v> at the central J factor, shape
    (masses, bins); ``sigma`` the standard deviation of log10 J (0: J is exactly known).
    """

    name: str
    response: Array
    counts: Array
    background: Array
    sigma: float


def signal_response(
    masses: Array, photons: Array, log10_j: float, exposure: Sequence[float], *, self_conjugate: bool
) -> Array:
    """Counts per unit of <sigma v>: shape (masses, bins) from the photons per annihilation of that shape."""
    symmetry = 8.0 if self_conjugate else 16.0
    flux = 10.0**log10_j / (symmetry * math.pi * masses**2)
    result: Array = flux[:, None] * photons * np.asarray(exposure, dtype=float)
    return result


def read_targets(document: dict[str, Any], masses: Array, photons: Array) -> list[Target]:
    """The targets of the input file. ``photons`` per annihilation has the shape (masses, bins).

    Raises ValueError for a unit that is not GeV2 cm-5 or cm2 s, for lists that do not match the energy bins,
    negative counts or an expected background that is not positive (put a small number, not zero).
    """
    found = []
    for entry in document["targets"]:
        name, jfactor, exposure = entry["name"], entry["jfactor"], entry["exposure"]
        if (jfactor["unit"], exposure["unit"]) != ("GeV2 cm-5", "cm2 s"):
            raise ValueError(f"{name}: J factors are read in GeV2 cm-5 and exposures in cm2 s")
        lists = [exposure["values"], entry["counts"], entry["background"]]
        if any(len(values) != photons.shape[1] for values in lists):
            raise ValueError(f"{name}: exposure, counts and background need one number for each energy bin")
        if min(entry["counts"]) < 0 or min(entry["background"]) <= 0:
            raise ValueError(f"{name}: counts must not be negative and backgrounds must be positive")
        response = signal_response(
            masses,
            photons,
            jfactor["log10"],
            exposure["values"],
            self_conjugate=document["dark_matter"]["self_conjugate"],
        )
        counts, background = (np.asarray(entry[key], dtype=float) for key in ("counts", "background"))
        found.append(Target(name, response, counts, background, float(jfactor["sigma"])))
    return found


def jfactor(entry: dict[str, Any], *, profiled: bool) -> dict[str, Any]:
    """The J factor of a target of the input file as a result record states it."""
    stated = {key: value for key, value in entry["jfactor"].items() if key not in ("note", "citation")}
    return {"target": entry["name"], **stated, "profiled": profiled}


def nuisance(entry: dict[str, Any], *, profiled: bool) -> dict[str, Any]:
    """The J factor as a nuisance parameter, with a key that all observations of the target share."""
    return {
        "id": f"j-{entry['id']}",
        "kind": "jfactor",
        "shared_key": f"jfactor/{entry['id']}",
        "profiled": profiled,
        "sigma": entry["jfactor"]["sigma"],
    }


def asimov(target: Target) -> Target:
    """The target with the expected background in place of the counts (G. Cowan et al., arXiv:1007.1727)."""
    return replace(target, counts=target.background)


def poisson_deviance(expected: Array, counts: Array) -> Array:
    """-2 ln of the Poisson likelihood over that of a perfect fit, summed over the last axis."""
    safe = np.where(counts > 0, counts, 1.0)
    terms = expected - counts + np.where(counts > 0, counts * np.log(safe / expected), 0.0)
    result: Array = 2.0 * terms.sum(axis=-1)
    return result


def minimise(function: Callable[[Array], Array], low: Array, high: Array, steps: int = 24) -> Array:
    """Smallest value of a function between ``low`` and ``high``, by golden sections, element by element."""
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_left, at_right = function(left), function(right)
    for _ in range(steps):
        lower = at_left < at_right
        low, high = np.where(lower, low, left), np.where(lower, right, high)
        left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        at_left, at_right = function(left), function(right)
    result: Array = np.minimum(at_left, at_right)
    return result


def deviance(target: Target, sigmav: Array, *, profiled: bool) -> Array:
    """-2 ln L of one target for <sigma v>, shape (masses, points), up to a constant.

    With ``profiled`` the J factor is free within its Gaussian constraint, J = 10^(log10 J + pull sigma), and
    pull^2 is added: the smallest value over the pull, from a grid and then by Newton's method.
    """
    signal = target.response[:, None, :] * sigmav[..., None]
    if not profiled or target.sigma == 0.0:
        return poisson_deviance(signal + target.background, target.counts)
    slope = target.sigma * math.log(10.0)

    def penalised(pull: Array) -> Array:
        expected = signal * np.exp(slope * pull)[..., None] + target.background
        return poisson_deviance(expected, target.counts) + pull**2

    pulls = np.linspace(-WIDTHS, WIDTHS, 13)
    values = np.stack([penalised(np.full(sigmav.shape, pull)) for pull in pulls])
    start = pulls[values.argmin(axis=0)]
    pull = start
    for _ in range(6):
        shifted = signal * np.exp(slope * pull)[..., None]
        expected = shifted + target.background
        missing = shifted * (1.0 - target.counts / expected)
        first = 2.0 * slope * missing.sum(axis=-1) + 2.0 * pull
        bend = missing + target.counts * (shifted / expected) ** 2
        second = 2.0 * slope**2 * bend.sum(axis=-1) + 2.0
        pull = np.clip(pull - first / np.maximum(second, 1.0), start - 1.0, start + 1.0)
    result: Array = np.minimum(penalised(pull), values.min(axis=0))
    return result


def joint_deviance(targets: Sequence[Target], sigmav: Array, *, profiled: bool = True) -> Array:
    """Sum of the targets' -2 ln L, shape (masses, points)."""
    return np.sum([deviance(target, sigmav, profiled=profiled) for target in targets], axis=0)


def scan(targets: Sequence[Target], grid: Array, *, profiled: bool) -> tuple[Array, Array]:
    """-2 ln(L / L_max) on a rising ``grid`` of <sigma v>, shape (masses, points), and its reference.

    The reference, shape (masses,), is the minimum of -2 ln L over <sigma v> >= 0, zero included.
    """
    masses = targets[0].response.shape[0]
    points = np.broadcast_to(grid, (masses, grid.size))
    values = joint_deviance(targets, points, profiled=profiled)
    nothing = joint_deviance(targets, np.zeros((masses, 1)), profiled=profiled)[:, 0]
    best = np.clip(values.argmin(axis=1), 1, grid.size - 2)

    def refined(log_sigmav: Array) -> Array:
        return joint_deviance(targets, 10.0 ** log_sigmav[:, None], profiled=profiled)[:, 0]

    log_grid = np.log10(grid)
    lowest = minimise(refined, log_grid[best - 1], log_grid[best + 1])
    lowest = np.minimum(np.minimum(lowest, values.min(axis=1)), nothing)
    return values - lowest[:, None], lowest


def upper_limit(targets: Sequence[Target], grid: Array, threshold: float) -> Array:
    """Limit on <sigma v> for each mass: the largest root of -2 ln(L / L_max) = ``threshold``, J profiled.

    Raises ValueError when the grid does not bracket the root.
    """
    values, lowest = scan(targets, grid, profiled=True)
    below = values <= threshold
    last = np.where(below.any(axis=1), grid.size - 1 - below[:, ::-1].argmax(axis=1), -1)
    if (last < 0).any() or (last == grid.size - 1).any():
        raise ValueError("the grid of <sigma v> does not contain the limit: widen it")
    log_grid = np.log10(grid)
    low, high = log_grid[last], log_grid[last + 1]
    for _ in range(30):
        middle = 0.5 * (low + high)
        value = joint_deviance(targets, 10.0 ** middle[:, None])[:, 0] - lowest
        low, high = np.where(value <= threshold, middle, low), np.where(value <= threshold, high, middle)
    result: Array = 10.0 ** (0.5 * (low + high))
    return result


def log_grid(first: float, last: float, per_decade: int) -> list[float]:
    """Numbers even in log10, six digits each, with every power of ten and both ends exact.

    Raises ValueError unless 0 < first < last and per_decade >= 1.
    """
    if not (0 < first < last and per_decade >= 1):
        raise ValueError("the grid needs 0 < first < last and at least one point per decade")
    start = math.ceil(math.log10(first) * per_decade - 1e-9)
    stop = math.floor(math.log10(last) * per_decade + 1e-9)
    inner = [float(f"{10 ** (k / per_decade):.6g}") for k in range(start, stop + 1)]
    return sorted({float(first), float(last), *inner})
