"""One result in words: what is excluded, at which level, under which assumptions, and what nobody stated.

The sentences say what stands in the record and nothing else; a limit is never worded as a measurement.
"""

from __future__ import annotations

import math
from typing import Final

from fairport.contract.constants import NOT_STATED
from fairport.contract.documents import PlaneAxis, Result
from fairport.physics.curves import FunctionCurve, Polyline, Scalar
from fairport.physics.notation import number_text, quantity_text, unit_text
from fairport.physics.polygons import Region
from fairport.results.captions import field_name, field_text
from fairport.results.fields import field_value, unstated_fields
from fairport.results.loaded import LoadedResult
from fairport.results.style import clip

METHODS: Final = {
    "CLs": "the CLs method",
    "CLs-asymptotic": "the CLs method in its asymptotic approximation",
    "profile-likelihood": "a profile likelihood",
    "unified": "the unified (Feldman-Cousins) method",
    "classical-poisson": "classical Poisson counting",
    "yellin": "the optimum-interval (Yellin) method",
    "bayesian": "a Bayesian posterior",
}
"""Statistical methods as they stand in a sentence."""

SIDES: Final = {"one": "one-sided", "two": "two-sided", "credible": "credible interval"}


def describe(result: LoadedResult) -> list[str]:
    """Return sentences that explain a result to a reader outside its collaboration, the most important
    first.
    """
    sentences = [
        *_standing(result.record),
        _meaning(result),
        *_reach(result),
        *_assumptions(result),
        *_statistics(result.record),
        *_origin(result.record),
        *_not_stated(result),
        *_curated(result.record),
    ]
    return [sentence for sentence in sentences if sentence]


def tooltip(result: LoadedResult, label: str) -> str:
    """Return one line for hovering: label, level, and the strongest value with its place."""
    parts = [level_text(result.record)]
    best = best_point(result)
    if best is not None and result.y_axis is not None:
        parts.append(f"strongest {amount(best[1], result.y_axis)} at {amount(best[0], result.x_axis)}")
    known = [part for part in parts if part]
    return label + (f": {', '.join(known)}" if known else "")


def level_text(record: Result) -> str:
    """Return the level such as ``90 % CL``, ``level not stated``, or nothing for lines."""
    if record.statistics is None:
        return ""
    level = record.statistics.level
    if level is None:
        return "level not stated"
    word = "credible level" if record.statistics.sided == "credible" else "CL"
    return f"{number_text(100.0 * level)}\N{NO-BREAK SPACE}% {word}"


def best_point(result: LoadedResult) -> tuple[float, float] | None:
    """Return (x, y) of the strongest point of a function inside its validity, in canonical units."""
    return result.strongest


def amount(value: float, axis: PlaneAxis, digits: int = 3) -> str:
    """Return a value on an axis with its unit."""
    return quantity_text(value, axis.unit_label or unit_text(axis.unit), digits)


def _standing(record: Result) -> list[str]:
    sentences = []
    if record.provenance.example:
        sentences.append("This is an example that came with a starter; it is not a result of the experiment.")
    reason = f": {clip(record.status_reason, 300)}" if record.status_reason else ""
    if record.status in {"withdrawn", "corrected"}:
        sentences.append(f"This result was {record.status}{reason.rstrip('.')}.")
    elif record.status == "superseded":
        sentences.append(f"This result is superseded by a newer one{reason.rstrip('.')}.")
    elif record.status == "draft":
        sentences.append("This is a draft; its numbers may still change.")
    return sentences


def _meaning(result: LoadedResult) -> str:
    record, plane = result.record, result.plane
    level = level_text(record)
    at = (
        f" at {level}"
        if level and "not stated" not in level
        else " (the confidence level is not stated)"
        if level
        else ""
    )
    last = plane.axes[-1]
    quantity = last.labels.plain
    if record.kind == "line":
        return f"A reference line in the plane “{plane.title}”; it excludes nothing by itself."
    if record.kind == "profile":
        names = " and ".join(axis.labels.plain for axis in plane.axes)
        return f"A likelihood over {names}, from which limits can be set."
    if record.kind == "workspace":
        return "A full likelihood in a file, from which limits can be set."
    if record.kind == "point":
        return _point_meaning(result)
    excluded = record.geometry.excluded if record.geometry else "none"
    verb = "would be excluded" if _is_expected(record) else "are excluded"
    if excluded in {"inside", "outside"}:
        return f"Points {excluded} the contour {verb}{at}."
    if excluded == "none":
        return f"A region preferred{at}; it excludes nothing."
    condition = _condition(result)
    if isinstance(result.curve, Scalar):
        return f"Values of {quantity} {excluded} {amount(result.curve.value, last)} {verb}{at}{condition}."
    return f"Values of {quantity} {excluded} the curve {verb}{at}{condition}."


def _point_meaning(result: LoadedResult) -> str:
    axis = result.plane.axes[0]
    single = [value for value in result.record.values if value.quantity == axis.quantity]
    if result.bound and len(result.plane.axes) == 1 and single:
        amounts = quantity_text(single[0].value, unit_text(single[0].unit))
        at = f" at {level_text(result.record)}" if level_text(result.record) else ""
        return f"Values of {axis.labels.plain} {result.bound} {amounts} are excluded{at}."
    parts = []
    for value in result.record.values:
        text = quantity_text(value.value, unit_text(value.unit))
        if value.minus is not None and value.plus is not None:
            same = math.isclose(value.minus, value.plus)
            apart = f"+{number_text(value.plus)} −{number_text(value.minus)}"
            errors = f"± {number_text(value.plus)}" if same else apart
            text = f"{number_text(value.value)} {errors} {unit_text(value.unit)}".strip()
        names = {axis.quantity: axis.labels.plain for axis in result.plane.axes}
        parts.append(f"{names.get(value.quantity) or clip(value.name.replace('_', ' '), 40)} = {text}")
    return f"A measured point: {'; '.join(parts)}."


def _condition(result: LoadedResult) -> str:
    """Return the assumption on how much of the dark matter the particle makes up, where the plane asks for
    it.
    """
    fraction = field_value(result.record, "model.dm.local_fraction")
    if isinstance(fraction, (int, float)):
        if math.isclose(float(fraction), 1.0):
            local = "" if result.plane.search == "indirect" else "local "
            return f", if all {local}dark matter is this particle"
        share = f"{number_text(100.0 * float(fraction))}\N{NO-BREAK SPACE}%"
        return f", if this particle makes up {share} of the local dark matter"
    if result.plane.search in {"direct", "indirect"}:
        return ", if all dark matter is this particle (the record does not say so)"
    return ""


def _reach(result: LoadedResult) -> list[str]:
    curve = result.curve
    if not isinstance(curve, (FunctionCurve, Polyline, Region)):
        return []
    low, high = result.valid_range
    x_axis = result.x_axis
    unit = x_axis.unit_label or unit_text(x_axis.unit)
    name = "curve" if isinstance(curve, FunctionCurve) else "contour"
    sentence = f"The {name} covers {number_text(low)} to {quantity_text(high, unit)} in {x_axis.labels.plain}"
    best = best_point(result)
    if best is None or result.y_axis is None:
        return [sentence + "."]
    return [
        f"{sentence}; its strongest point is {amount(best[1], result.y_axis)} at {amount(best[0], x_axis)}."
    ]


def _assumptions(result: LoadedResult) -> list[str]:
    record = result.record
    sentences = []
    values = [(path, field_value(record, path)) for path in _HALO_FIELDS]
    stated = [field_text(path, value) for path, value in values if value is not None and value != NOT_STATED]
    if stated:
        scaling = "; the limit is inversely proportional to ρ₀" if result.plane.search == "direct" else ""
        sentences.append(f"Assumed halo: {', '.join(stated)}{scaling}.")
    targets = record.astro.jfactor
    if isinstance(targets, tuple) and targets:
        names = ", ".join(clip(target.target, 40) for target in targets[:4])
        more = f" and {len(targets) - 4} more" if len(targets) > 4 else ""
        sentences.append(
            f"Dark-matter content along the line of sight (J or D factor) taken for {names}{more}."
        )
    model = [text for text in (_model_part(record, path) for path in _MODEL_FIELDS) if text]
    if model:
        sentences.append(f"Assumed model: {', '.join(model)}.")
    return sentences


_HALO_FIELDS: Final = ("astro.halo.rho0", "astro.halo.v0", "astro.halo.vesc")
_MODEL_FIELDS: Final = (
    "model.interaction",
    "model.target",
    "model.channel",
    "model.form_factors",
    "model.spectra",
    "model.mediator.type",
    "model.couplings.gq",
    "model.couplings.gl",
    "model.couplings.gdm",
    "model.dm.self_conjugate",
)


def _model_part(record: Result, path: str) -> str:
    value = field_value(record, path)
    if value is None or value in {NOT_STATED, "any"}:
        return ""
    return clip(str(value), 80) if path == "model.interaction" else field_text(path, value)


def _statistics(record: Result) -> list[str]:
    statistics = record.statistics
    if statistics is None:
        return []
    sentences = []
    method = METHODS.get(statistics.method)
    side = SIDES.get(statistics.sided or "")
    if method:
        sentences.append(f"Set with {method}{f' ({side})' if side else ''}.")
    if statistics.n_obs is not None:
        seen = f"{number_text(statistics.n_obs)} event{'' if statistics.n_obs == 1 else 's'} observed"
        background = statistics.background
        if background is not None:
            error = f" ± {number_text(background.uncertainty)}" if background.uncertainty is not None else ""
            seen += f", {number_text(background.value)}{error} expected from background"
        sentences.append(f"{seen[:1].upper()}{seen[1:]}.")
    return sentences


def _origin(record: Result) -> list[str]:
    source = record.provenance.source
    cited = clip(source.arxiv or source.doi or source.url or "", 90) if source else ""
    of = f" ({cited})" if cited else ""
    if record.kind == "line":
        return [f"Computed from a published formula or table{of}."] if cited else []
    return [
        {
            "collaboration": f"The numbers are those of the collaboration{of}.",
            "digitised": f"The numbers were read off a published figure{of}.",
            "recast": f"The numbers are a recast by others from published inputs{of}, "
            "not a result of the collaboration.",
            "projection": f"The numbers are a projection{of}; nothing has been measured.",
            "simulation": f"The numbers come from simulated data{of}.",
        }[record.provenance.origin]
    ]


def _not_stated(result: LoadedResult) -> list[str]:
    missing = [field_name(path) for path in unstated_fields(result.record, result.plane)]
    if not missing:
        return []
    names = ", ".join(dict.fromkeys(missing))
    return [
        f"The source does not state: {names}. Until somebody confirms it with a citation, the result is left "
        "out of comparisons."
    ]


def _curated(record: Result) -> list[str]:
    """Return who added what the source does not state."""
    groups = (record.statistics.curated if record.statistics else {}, record.astro.curated)
    added = [
        f"{name.replace('_', ' ')} (by {clip(entry.by, 60)}, from {clip(entry.citation, 120)})"
        for group in groups
        for name, entry in group.items()
    ]
    return [f"Added later with a citation: {'; '.join(added)}."] if added else []


def _is_expected(record: Result) -> bool:
    role = record.statistics.role if record.statistics else "observed"
    return record.kind == "projection" or role != "observed"


__all__ = ["METHODS", "amount", "best_point", "describe", "level_text", "tooltip"]
