"""The result record of a joint likelihood, with what each input contributed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from fairport.results.combination.joint import Combination, Options
from fairport.results.deriving import (
    Derived,
    base_record,
    derivation,
    label_of_inputs,
    reference,
    said,
    slug,
    table_axes,
    terms_of,
)
from fairport.results.loaded import LoadedResult
from fairport.results.store import make_result

TRANSFORM: Final = "joint-likelihood"


def derive(inputs: Sequence[LoadedResult], found: Combination, options: Options) -> Derived:
    """Return the combined limit as a result, with tables of contributions and pulls beside it."""
    first = inputs[0]
    axes = [dict(axis) for axis in table_axes(first.plane)]
    masses, limits = found.tables.masses, found.limits
    names = ", ".join(result.id for result in inputs)
    record = base_record(
        inputs,
        name=options.id or "combined",
        title=f"Joint limit of {len(inputs)} likelihoods{label_of_inputs(inputs)}",
        kind="limit",
        plane=first.plane.id,
        description=f"Joint likelihood ({options.statistic}, {found.cl:g} CL) of {names}.",
    )
    record |= {
        "axes": axes,
        "geometry": {"shape": "function", "excluded": "above"},
        "interpolation": {"x": "log", "y": "log", "method": "linear", "outside": "nan"},
        "statistics": _statistics(inputs, found, options),
        "model": dict(first.data.get("model", {})),
        "validity": {"notes": [*found.notes, f"licence: {terms_of(inputs).reason}"]},
        "derived_from": [
            derivation(result, TRANSFORM, _parameters(found, options, k)) for k, result in enumerate(inputs)
        ],
        "data_overlap": _overlap(inputs),
    }
    astro = _astro(inputs, found)
    if astro:
        record["astro"] = astro
    nuisances = _nuisances(inputs, found)
    if nuisances:
        record["nuisances"] = nuisances
    keys = [f"{k + 1}-{slug(result.id)}" for k, result in enumerate(inputs)]
    contributions = {"mass": masses} | {
        f"added-{key}": found.contributions[k] for k, key in enumerate(keys)
    } | {f"alone-{key}": found.singles[k] for k, key in enumerate(keys)}  # fmt: skip
    extras = {"contributions.csv": contributions}
    free = [(g, group) for g, group in enumerate(found.groups) if group.sigma > 0.0]
    if free:
        extras["pulls.csv"] = {"mass": masses} | {group.key: found.pulls[g] for g, group in free}
    columns = {axes[0]["column"]: masses, axes[1]["column"]: limits}
    terms, label = terms_of(inputs), f"Joint limit ({len(inputs)})"
    return Derived(record, columns, first.plane, terms, extras=extras, notes=found.notes, label=label)


def _statistics(inputs: Sequence[LoadedResult], found: Combination, options: Options) -> dict[str, Any]:
    roles = {result.record.statistics.role for result in inputs if result.record.statistics}
    role = "injected" if "injected" in roles else next(iter(roles), "observed")
    data: dict[str, Any] = {"role": role, "cl": found.cl, "sided": "one"}
    if options.statistic == "cls":
        return data | {"method": "CLs", "toys": options.toys if len(inputs) > 1 else 0}
    data |= {"method": "profile-likelihood", "power_constraint": "none"}
    if options.statistic == "toys":
        return data | {"toys": options.toys}
    return data | {"threshold": found.threshold}


def _parameters(found: Combination, options: Options, k: int) -> dict[str, Any]:
    own = next(group for group in found.groups if k in group.members)
    sigma = float(np.sqrt(sum(stage.sigma**2 for stage in own.stages if k in stage.members)))
    parameters: dict[str, Any] = {"statistic": options.statistic, "cl": found.cl, "order": k + 1}
    if options.statistic == "threshold":
        parameters["threshold"] = found.threshold
    if options.statistic != "threshold":
        parameters |= {"toys": options.toys, "seed": options.seed}
    if sigma > 0.0:
        parameters |= {"nuisance": own.key, "sigma_log10": sigma}
    return parameters


def _overlap(inputs: Sequence[LoadedResult]) -> dict[str, Any]:
    sets = sorted({name for result in inputs for name in result.record.data_overlap.datasets})
    results = {name for result in inputs for name in result.record.data_overlap.results}
    results |= {reference(result) for result in inputs}
    data: dict[str, Any] = {"results": sorted(results)}
    return data | {"datasets": sets} if sets else data


def _astro(inputs: Sequence[LoadedResult], found: Combination) -> dict[str, Any]:
    """Return the J factors of all inputs, marked as profiled where they were; a halo only if all agree."""
    factors: dict[str, dict[str, Any]] = {}
    for k, result in enumerate(inputs):
        own = next(group for group in found.groups if k in group.members)
        free = any(stage.sigma > 0.0 for stage in own.stages)
        stated = result.data.get("astro", {}).get("jfactor")
        for factor in stated if isinstance(stated, list) else []:
            entry = dict(factor) | {"profiled": bool(factor.get("profiled")) or free}
            key = f"{entry['target']}/{entry.get('aperture_deg')}/{entry['log10']}"
            if key not in factors or entry.get("sigma", 0) != factors[key].get("sigma", 0):
                factors[f"{key}/{entry.get('sigma')}"] = entry
    halos = [result.data.get("astro", {}).get("halo") for result in inputs]
    astro: dict[str, Any] = {"jfactor": list(factors.values())} if factors else {}
    if said(halos[0]) and all(halo == halos[0] for halo in halos):
        astro["halo"] = halos[0]
    return astro


def _nuisances(inputs: Sequence[LoadedResult], found: Combination) -> list[dict[str, Any]]:
    merged: dict[str, dict[str, Any]] = {}
    for group in found.groups:
        if group.sigma > 0.0:
            merged[group.key] = {
                "id": slug(group.key),
                "kind": group.kind,
                "shared_key": group.key,
                "profiled": True,
                "sigma": group.sigma,
            }
    for result in inputs:
        for nuisance in result.data.get("nuisances", []):
            if nuisance["kind"] != "jfactor":
                merged.setdefault(f"{result.id}/{nuisance['id']}", dict(nuisance))
    return list(merged.values())


def singles_as_results(inputs: Sequence[LoadedResult], found: Combination) -> list[LoadedResult]:
    """Return the limit of each input alone as a result in memory, for drawing beside the joint one; inputs
    without a limit anywhere are left out.
    """
    singles = []
    first, second = inputs[0].plane.axes
    for result, limits in zip(inputs, found.singles, strict=True):
        if not np.any(np.isfinite(limits)):
            continue
        data = {key: value for key, value in result.data.items() if key not in {"profile", "expectation"}} | {
            "kind": "limit",
            "title": f"{result.record.title} alone",
            "axes": table_axes(result.plane),
            "geometry": {"shape": "function", "excluded": "above"},
            "interpolation": {"x": "log", "y": "log", "method": "linear", "outside": "nan"},
        }
        columns = {first.name: found.tables.masses, second.name: limits}
        known = {"analysis": result.analysis, "experiment": result.experiment}
        singles.append(make_result(data, columns, result.plane, **known))
    return singles
