"""The same plane under other assumptions: density, fraction, kind of particle, J factor. All exact."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from fairport.contract.documents import Plane
from fairport.contract.errors import RefusedError, UsageError
from fairport.physics import halo
from fairport.physics.curves import FunctionCurve
from fairport.physics.units import conversion_factor
from fairport.results.deriving import Derived, derivation, provenance_of, slug, terms_of
from fairport.results.fields import field_value
from fairport.results.loaded import LoadedResult
from fairport.results.settings import Settings
from fairport.results.translation.translated import limit_record

DENSITY: Final = "GeV cm-3"


def translate(result: LoadedResult, plane: Plane, settings: Settings) -> Derived:
    """Rescale a limit to another local density, fraction of the dark matter, kind of particle or J factor.

    Raises:
        RefusedError: another speed distribution was asked for, or the record does not state the old value.
        UsageError: nothing was asked for.
    """
    for name in halo.SPEEDS:
        if name in settings:
            raise halo.refuse_speeds(name)
    curve = result.curve
    if result.record.kind == "profile" and "log10_j" in settings:
        return _likelihood_at_other_j(result, plane, settings)
    if not isinstance(curve, FunctionCurve):
        raise RefusedError(f'"{result.id}" is no limit as a function of {result.x_axis.name}')
    change = _Change.of(result)
    factor = _density(result, settings, change)
    factor *= _fraction(result, plane, settings, change)
    factor *= _conjugation(result, plane, settings, change)
    factor *= _j_factor(result, settings, change)
    if not change.notes:
        raise UsageError(
            "nothing to change: the result is in this plane already",
            mend="--set rho0=0.4 or local_fraction, self_conjugate, log10_j; or another plane",
        )
    bands = {name: band.y * factor for name, band in result.bands.items()}
    same = {name: values for name, values in bands.items() if values.size == curve.x.size}
    derived = limit_record(
        result,
        plane,
        curve.x,
        curve.y * factor,
        transform="rescaled",
        parameters=change.parameters | {"factor": factor},
        model=change.model,
        assumptions=change.notes,
        cite=(),
        excluded=curve.excluded,
        bands=same,
    )
    if change.astro:
        derived.record["astro"] = change.astro
    return derived


@dataclass(slots=True)
class _Change:
    """What the new record says otherwise than the old one.

    Attributes:
        model: group of that name.
        astro: group of that name.
        parameters: old and new values.
        notes: the same in sentences.
    """

    model: dict[str, Any]
    astro: dict[str, Any]
    parameters: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, result: LoadedResult) -> _Change:
        """Return a change of ``result`` that changes nothing yet."""
        return cls(dict(result.data.get("model", {})), dict(result.data.get("astro", {})))


def _density(result: LoadedResult, settings: Settings, change: _Change) -> float:
    new = settings.number("rho0", DENSITY)
    if new is None:
        return 1.0
    stated = field_value(result.record, "astro.halo.rho0")
    if not hasattr(stated, "value"):
        raise RefusedError(
            f'"{result.id}" does not state its local density',
            mend="add astro.halo.rho0 to the record, with a citation under `curated`",
        )
    if result.plane.search != "direct":
        raise RefusedError("only direct-detection limits scale with the local density alone")
    old = stated.value * conversion_factor(stated.unit, DENSITY)
    held = dict(change.astro.get("halo") or {}) if isinstance(change.astro.get("halo"), dict) else {}
    change.astro["halo"] = held | {"rho0": {"value": new, "unit": DENSITY}}
    change.parameters |= {"rho0_old": old, "rho0_new": new}
    change.notes.append(f"local density {new:g} instead of {old:g} {DENSITY}, an exact rescaling")
    return halo.density_factor(old, new)


def _fraction(result: LoadedResult, plane: Plane, settings: Settings, change: _Change) -> float:
    new = settings.number("local_fraction")
    if new is None:
        return 1.0
    if plane.search not in {"direct", "indirect"}:
        raise RefusedError(
            f"results of the plane {plane.id} do not scale with the fraction of dark matter alone"
        )
    old = field_value(result.record, "model.dm.local_fraction")
    before = float(old) if isinstance(old, (int, float)) else 1.0
    change.model["dm"] = dict(change.model.get("dm", {})) | {"local_fraction": new}
    change.parameters |= {"fraction_old": before, "fraction_new": new}
    change.notes.append(f"the particle makes up {new:g} of the dark matter instead of {before:g}")
    if plane.id.startswith("id.dec"):
        return 1.0 / halo.fraction_factor(before, new)
    return halo.fraction_factor(before, new, 2 if plane.id.startswith("id.ann") else 1)


def _conjugation(result: LoadedResult, plane: Plane, settings: Settings, change: _Change) -> float:
    new = settings.flag("self_conjugate")
    if new is None:
        return 1.0
    if not plane.id.startswith("id.ann"):
        raise RefusedError(
            "only annihilation depends on whether the particle is its own antiparticle",
            why=f"the plane {plane.id} holds no annihilation cross-section",
        )
    old = field_value(result.record, "model.dm.self_conjugate")
    if not isinstance(old, bool):
        raise RefusedError(
            f'"{result.id}" does not state whether its particle is its own antiparticle',
            why="the difference is a factor 2",
            mend="add model.dm.self_conjugate to the record",
        )
    change.model["dm"] = dict(change.model.get("dm", {})) | {"self_conjugate": new}
    change.parameters |= {"self_conjugate_old": old, "self_conjugate_new": new}
    change.notes.append(
        f"{'Majorana' if new else 'Dirac'} dark matter instead of {'Majorana' if old else 'Dirac'}"
    )
    return halo.conjugation_factor(old, new)


def _j_factor(result: LoadedResult, settings: Settings, change: _Change) -> float:
    new = settings.number("log10_j")
    if new is None:
        return 1.0
    factors = result.record.astro.jfactor
    if not isinstance(factors, tuple) or len(factors) != 1 or not isinstance(factors[0].log10, float):
        raise RefusedError(
            "a limit scales with the J factor of one stated target only", mend="give a result of one target"
        )
    if factors[0].profiled:
        raise RefusedError("the J factor is profiled in this limit, so it no longer scales with it exactly")
    old = factors[0].log10
    entry = dict(result.data["astro"]["jfactor"][0]) | {"log10": new}
    change.astro["jfactor"] = [entry]
    change.parameters |= {"log10_j_old": old, "log10_j_new": new}
    change.notes.append(f"log10 J of {factors[0].target} {new:g} instead of {old:g}")
    return float(np.power(10.0, old - new))


def _likelihood_at_other_j(result: LoadedResult, plane: Plane, settings: Settings) -> Derived:
    """Move the parameter axis of a likelihood: the signal counts s J, so s becomes s 10^(old - new)."""
    change = _Change.of(result)
    factor = _j_factor(result, settings, change)
    axis = result.coordinates[1]
    record = {key: value for key, value in result.data.items() if key != "data"} | {
        "id": slug(f"{result.record.id}-other-j"),
        "astro": change.astro,
        "derived_from": [derivation(result, "rescaled", change.parameters | {"factor": factor})],
        "provenance": provenance_of([result]),
    }
    own = result.data.get("profile", {})
    if own.get("domain"):
        record["profile"] = dict(own) | {"domain": [bound * factor for bound in own["domain"]]}
    columns = dict(result.columns) | {axis.column: result.columns[axis.column] * factor}
    return Derived(
        record, columns, plane, terms_of([result]), table="likelihood.csv", notes=tuple(change.notes)
    )
