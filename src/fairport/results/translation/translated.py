"""The records that translations write: limits as functions, contours as regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from fairport.contract.documents import Plane
from fairport.physics.arrays import FloatArray
from fairport.results.deriving import (
    Derived,
    base_record,
    citations,
    derivation,
    label_of_inputs,
    table_axes,
    terms_of,
)
from fairport.results.loaded import LoadedResult

Ring = tuple[FloatArray, FloatArray]
"""Corners of a polygon on both axes, shape (n,) each."""


def level_words(result: LoadedResult) -> str:
    """Return the confidence level and method as words: ``95 % CL (CLs)``."""
    statistics = result.record.statistics
    level = statistics.level if statistics else None
    if level is None:
        return "confidence level not stated"
    method = statistics.method if statistics else "not-stated"
    return f"{100.0 * level:g} % CL ({method})"


def region_record(
    result: LoadedResult,
    plane: Plane,
    rings: Sequence[Ring],
    *,
    transform: str,
    parameters: Mapping[str, Any],
    model: Mapping[str, Any],
    assumptions: Sequence[str],
    cite: Sequence[str],
) -> Derived:
    """Return an excluded region in ``plane`` made from ``result``.

    Args:
        result: the input.
        plane: target plane with two axes.
        rings: polygons in canonical units.
        transform: name of the translation.
        parameters: all that was assumed, as plain data.
        model: ``model`` of the new record.
        assumptions: sentences.
        cite: sources of the formulas.
    """
    sentence = "; ".join(assumptions)
    record = _record(result, plane, "region", transform, parameters, model, assumptions, cite)
    record["axes"] = table_axes(plane, f"{level_words(result)}; {sentence}")
    record["geometry"] = {"shape": "polygon", "excluded": "inside", "closed": True, "rings": "ring"}
    first, second = plane.axes
    columns = {
        first.name: np.concatenate([x for x, _ in rings]),
        second.name: np.concatenate([y for _, y in rings]),
        "ring": np.concatenate([np.full(x.size, float(n + 1)) for n, (x, _) in enumerate(rings)]),
    }
    terms = terms_of([result])
    return Derived(
        record, columns, plane, terms, "region.csv", notes=tuple(assumptions), label=result.experiment
    )


def limit_record(
    result: LoadedResult,
    plane: Plane,
    x: FloatArray,
    y: FloatArray,
    *,
    transform: str,
    parameters: Mapping[str, Any],
    model: Mapping[str, Any],
    assumptions: Sequence[str],
    cite: Sequence[str],
    excluded: str,
    bands: Mapping[str, FloatArray] | None = None,
) -> Derived:
    """Return a limit in ``plane`` made from ``result``; arguments as for :func:`region_record`.

    Args:
        result: the input.
        plane: target plane.
        x: shape (n,), canonical unit.
        y: shape (n,), canonical unit.
        transform: name of the translation.
        parameters: all that was assumed.
        model: ``model`` of the new record.
        assumptions: sentences.
        cite: sources of the formulas.
        excluded: ``above`` or ``below``.
        bands: companions (p50, unconstrained, ...) in the same unit.
    """
    kind = result.record.kind if result.record.kind in {"limit", "projection"} else "limit"
    record = _record(result, plane, kind, transform, parameters, model, assumptions, cite)
    record["axes"] = table_axes(plane, f"{level_words(result)}; {'; '.join(assumptions)}")
    record["geometry"] = {"shape": "function", "excluded": excluded}
    record["interpolation"] = {"x": "log", "y": "log", "method": "linear", "outside": "nan"}
    first, second = plane.axes
    columns = {first.name: x, second.name: y, **(bands or {})}
    if bands:
        record["bands"] = {name: name for name in bands}
    return Derived(
        record, columns, plane, terms_of([result]), notes=tuple(assumptions), label=result.experiment
    )


def _record(
    result: LoadedResult,
    plane: Plane,
    kind: str,
    transform: str,
    parameters: Mapping[str, Any],
    model: Mapping[str, Any],
    assumptions: Sequence[str],
    cite: Sequence[str],
) -> dict[str, Any]:
    sentence = "; ".join(assumptions)
    label = label_of_inputs([result])
    title = f"{result.record.title} in {plane.id}{_tag(parameters)}{label}"
    record = base_record(
        [result],
        name=f"{result.record.id}-{plane.id.replace('.', '-')}",
        title=title,
        kind=kind,
        plane=plane.id,
        description=f"From {result.id} at {level_words(result)}. {sentence[:1].upper()}{sentence[1:]}.",
    )
    sources = sorted({*citations(result), *cite})
    if sources:
        record["provenance"]["cite"] = sources
    keep = {"role", "cl", "sided", "method", "power_constraint", "prior", "curated"}
    stated = result.data.get("statistics", {})
    record["statistics"] = {key: value for key, value in stated.items() if key in keep}
    record["model"] = dict(model)
    record["validity"] = {"notes": [*assumptions, f"licence: {terms_of([result]).reason}"]}
    all_parameters = {"cl": result.record.statistics.level if result.record.statistics else None} | dict(
        parameters
    )
    record["derived_from"] = [derivation(result, transform, all_parameters)]
    record["data_overlap"] = _overlap(result)
    return record


def _tag(parameters: Mapping[str, Any]) -> str:
    """Return mediator and couplings in brackets for titles, nothing outside a model."""
    if "mediator" not in parameters:
        return ""
    shown = [f"{name} = {parameters[name]:g}" for name in ("gq", "gdm", "gl") if parameters.get(name)]
    return f" ({', '.join([str(parameters['mediator']), *shown])})"


def _overlap(result: LoadedResult) -> dict[str, Any]:
    """Return what the translated result contains: the input, and its data."""
    from fairport.results.deriving import reference

    own = result.data.get("data_overlap", {})
    found = dict(own) if isinstance(own, dict) else {}
    found["results"] = sorted({*found.get("results", []), reference(result)})
    return found
