"""Between the energy injected into the microwave background and <sigma v> of one channel; s-wave only."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from fairport.contract.documents import Plane
from fairport.contract.errors import RefusedError
from fairport.physics import cmb
from fairport.physics import simplified_models as sm
from fairport.physics.arrays import FloatArray
from fairport.physics.curves import FunctionCurve, Scalar
from fairport.physics.halo import conjugation_factor
from fairport.physics.units import conversion_factor
from fairport.results.deriving import Derived, base_record, citations, derivation, label_of_inputs, terms_of
from fairport.results.fields import field_value
from fairport.results.loaded import LoadedResult
from fairport.results.settings import Settings
from fairport.results.translation.translated import level_words, limit_record

TRANSFORM: Final = "energy-injection"
POINTS_PER_DECADE: Final = 40
_RANGES: Final = {"ee": (0.001, 5000.0), "gammagamma": (1e-4, 5000.0), "mumu": (0.53, 5000.0)}
_PRODUCTS: Final = {"WW": 80.377, "ZZ": 91.188, "hh": 125.25, "tautau": sm.LEPTONS["tau"]}
"""Masses of products that :mod:`fairport.physics.simplified_models` does not list under the channel."""


def to_annihilation(result: LoadedResult, plane: Plane, settings: Settings) -> Derived:
    """Turn an upper limit on p_ann into one on <sigma v>(m) = p_ann m / f_eff.

    Settings: ``f_eff`` with ``f_eff_source`` for channels without a table, ``m_min`` and ``m_max`` (GeV),
    ``self_conjugate`` (false doubles the limit).
    """
    bound = _upper_limit(result)
    channel = plane.id.rpartition(".")[2]
    masses = _masses(channel, settings)
    f_eff, source = _efficiency(channel, masses, settings)
    masses, f_eff = masses[np.isfinite(f_eff)], f_eff[np.isfinite(f_eff)]
    if masses.size < 2:
        raise RefusedError(f"f_eff of {channel} is not known in this range of masses")
    wanted = settings.flag("self_conjugate")
    own = field_value(result.record, "model.dm.self_conjugate")
    before = own if isinstance(own, bool) else True
    conjugate = before if wanted is None else wanted
    factor = conjugation_factor(before, conjugate)
    derived = limit_record(
        result,
        plane,
        masses,
        cmb.cross_section(bound, masses, f_eff) * factor,
        transform=TRANSFORM,
        parameters={"p_ann": bound, "channel": channel, "f_eff_source": source, "self_conjugate": conjugate}
        | ({"f_eff": float(f_eff[0])} if np.ptp(f_eff) == 0.0 else {}),
        model={
            "dm": {"self_conjugate": conjugate},
            "channel": channel,
            "spectra": source,
            "interaction": "annihilation independent of the speed (s-wave)",
        },
        assumptions=[
            "from the cosmic microwave background: s-wave annihilation only, since <sigma v> is taken to be "
            "the same at recombination and today",
            f"f_eff from {source}",
            f"{'self-conjugate (Majorana)' if conjugate else 'Dirac'} particle, all of the dark matter",
            level_words(result),
        ],
        cite=() if "f_eff" in settings else cmb.sources(channel),
        excluded="above",
    )
    derived.record["astro"] = {"jfactor": []}
    derived.extras["f_eff.csv"] = {"mass": masses, "f_eff": f_eff}
    return derived


def from_annihilation(result: LoadedResult, plane: Plane, settings: Settings) -> Derived:
    """Turn a limit on <sigma v> at one mass into one on p_ann = f_eff <sigma v> / m.

    Settings: ``mass`` (GeV), since p_ann has no mass axis; ``f_eff`` as in :func:`to_annihilation`.
    """
    mass = settings.number("mass", "GeV")
    if mass is None:
        raise RefusedError(
            "a limit over masses is not one number of the plane cosmo.p_ann",
            why="p_ann = f_eff <sigma v> / m has no mass axis",
            mend="choose a mass: --set mass=100GeV",
        )
    if not isinstance(result.curve, FunctionCurve):
        raise RefusedError(f'"{result.id}" is no upper limit as a function of mass')
    limit = result.reading(mass).value
    if limit is None:
        low, high = result.valid_range
        raise RefusedError(
            f'"{result.id}" says nothing at {mass:g} GeV', why=f"it reaches from {low:g} to {high:g}"
        )
    channel = result.plane.id.rpartition(".")[2]
    f_eff, source = _efficiency(channel, np.array([mass]), settings)
    if not np.isfinite(f_eff[0]):
        raise RefusedError(
            f"f_eff of {channel} is not known at {mass:g} GeV", mend="state it: --set f_eff=..."
        )
    axis = plane.axes[0]
    notes = [
        f"at a mass of {mass:g} GeV in the channel {channel}, f_eff from {source}",
        "holds if <sigma v> does not depend on the speed (s-wave)",
        level_words(result),
    ]
    record: dict[str, Any] = base_record(
        [result],
        name=f"{result.record.id}-p-ann",
        title=f"{result.record.title}, as energy injection at {mass:g} GeV{label_of_inputs([result])}",
        kind="point",
        plane=plane.id,
        description=f"Upper limit derived from {result.id}: {'; '.join(notes)}.",
    )
    keep = {"role", "cl", "sided", "method", "curated"}
    record["values"] = [
        {
            "name": axis.name,
            "quantity": axis.quantity,
            "unit": axis.unit,
            "value": float(cmb.injected(limit, mass, f_eff[0])),
        }
    ]
    record["statistics"] = {k: v for k, v in result.data.get("statistics", {}).items() if k in keep} | {
        "sided": "one"
    }
    record["model"] = dict(result.data.get("model", {}))
    record["validity"] = {"notes": [*notes, f"licence: {terms_of([result]).reason}"]}
    cite = sorted({*citations(result), *(() if "f_eff" in settings else cmb.sources(channel))})
    if cite:
        record["provenance"]["cite"] = cite
    parameters = {"mass_GeV": mass, "f_eff": float(f_eff[0]), "f_eff_source": source, "channel": channel}
    record["derived_from"] = [derivation(result, TRANSFORM, parameters)]
    return Derived(record, {}, plane, terms_of([result]), notes=tuple(notes))


def _upper_limit(result: LoadedResult) -> float:
    """Return the upper limit on p_ann in the canonical unit."""
    curve = result.curve
    if isinstance(curve, Scalar):
        return curve.value
    statistics = result.record.statistics
    if result.record.values and statistics is not None:
        if statistics.sided not in {"one", "credible"} or result.record.values[0].minus:
            raise RefusedError(f'"{result.id}" is a measurement, not an upper limit')
        value = result.record.values[0]
        return value.value * conversion_factor(value.unit, result.plane.axes[0].unit)
    raise RefusedError(f'"{result.id}" holds no upper limit on p_ann', mend="give a point with sided: one")


def _masses(channel: str, settings: Settings) -> FloatArray:
    low, high = _RANGES.get(channel, (5.0, 1e5))
    names = sm.CHANNELS.get(channel, ())
    lightest = max([sm.QUARKS.get(n, sm.LEPTONS.get(n, 0.0)) for n in names] or [0.0])
    low = max(low, lightest, _PRODUCTS.get(channel, 0.0))
    low = settings.number("m_min", "GeV") or low
    high = settings.number("m_max", "GeV") or high
    if not 0.0 < low < high:
        raise RefusedError(f"the range of masses from {low:g} to {high:g} GeV is empty")
    return np.geomspace(low, high, max(int(np.log10(high / low) * POINTS_PER_DECADE), 2))


def _efficiency(channel: str, masses: FloatArray, settings: Settings) -> tuple[FloatArray, str]:
    stated = settings.number("f_eff")
    source = settings.text("f_eff_source")
    if stated is None:
        return cmb.efficiency(channel, masses), " and ".join(cmb.sources(channel))
    if not 0.0 < stated <= 1.0:
        raise RefusedError(f"an efficiency lies between 0 and 1, not {stated:g}")
    return np.full(masses.shape, stated), source or f"the caller (f_eff = {stated:g}, no source named)"
