"""Which results may be put together, and why not: overlaps, statistics, assumptions.

Nothing is ever converted to make results fit. Every refusal names the results and the reason.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Final

from fairport.contract.constants import NOT_STATED
from fairport.contract.errors import RefusedError
from fairport.results.deriving import reference
from fairport.results.fields import comparable, field_value, required_fields, unstated_fields
from fairport.results.loaded import LoadedResult

CLASSES: Final[dict[str, str]] = {
    "CLs": "CLs",
    "CLs-asymptotic": "CLs",
    "profile-likelihood": "frequentist",
    "unified": "frequentist",
    "classical-poisson": "frequentist",
    "yellin": "frequentist",
    "recast": "recast",
    "bayesian": "Bayesian",
}
"""Statistical methods whose limits mean the same kind of thing."""

UNKNOWN: Final = "not stated"

HARD: Final = ("model.channel", "model.dm.self_conjugate", "model.mediator", "model.couplings")
"""Assumptions (by prefix) under which different values make numbers of different models."""


def refuse_duplicates(inputs: Sequence[LoadedResult]) -> None:
    """Refuse a result that stands twice: same identifier, same record or same table.

    Raises:
        RefusedError: with the pair.
    """
    for one, other in itertools.combinations(inputs, 2):
        same_table = one.record.data and other.record.data and _table(one) == _table(other)
        if one.digest == other.digest or same_table or _name(one) == _name(other):
            raise RefusedError(
                f'"{one.id}" and "{other.id}" are the same numbers',
                why="counting data twice makes a limit look stronger than it is",
                mend="leave one of them out",
            )


def refuse_overlaps(inputs: Sequence[LoadedResult]) -> None:
    """Refuse results that share data, by what their records say of data sets, live time and descent.

    Raises:
        RefusedError: with the pair and what they share.
    """
    refuse_duplicates(inputs)
    for one, other in itertools.combinations(inputs, 2):
        shared = _shared(one, other)
        if shared:
            raise RefusedError(
                f'"{one.id}" and "{other.id}" overlap: {shared}',
                why="their likelihoods are not independent, so they must not be multiplied",
                mend="keep the one that contains the other",
            )


def refuse_unstated(
    inputs: Sequence[LoadedResult], what: str, *, besides: frozenset[str] = frozenset()
) -> None:
    """Refuse results that do not state what the plane demands of statistics and astrophysical inputs; what
    they do not state of the model is said (:func:`soft_disagreements`).

    Args:
        inputs: the results.
        what: what is refused, for the message.
        besides: dotted fields that do not matter here.

    Raises:
        RefusedError: with the fields.
    """
    for result in inputs:
        unstated = unstated_fields(result.record, result.plane)
        fields = [p for p in unstated if p not in besides and not p.startswith("model.")]
        fields += [
            path
            for path in required_fields(result.plane)
            if path.startswith("statistics.")
            and path not in besides
            and path not in fields
            and field_value(result.record, path) is None
        ]
        if fields:
            raise RefusedError(
                f'"{result.id}" does not state {", ".join(fields)}',
                why=f"{what} would have to guess",
                mend="add the value to the record under `curated`, with who, when and a citation",
            )


def refuse_mixed_statistics(inputs: Sequence[LoadedResult], *, same_cl: bool = True) -> None:
    """Refuse different confidence levels, different kinds of statistics, and expectation beside data.

    Args:
        inputs: the results.
        same_cl: False when the level is chosen by the caller, which only likelihoods allow; a method that
            is not stated then agrees with every other.

    Raises:
        RefusedError: with the values.
    """
    methods = [statistics_class(result) for result in inputs]
    if same_cl or len({method for method in methods if method != UNKNOWN}) > 1:
        _refuse_different(inputs, "statistical methods", methods)
    roles = ["expected" if _role(result) == "expected" else "data" for result in inputs]
    _refuse_different(inputs, "roles (observed, expected)", roles)
    if same_cl:
        levels = [result.record.statistics.level if result.record.statistics else None for result in inputs]
        _refuse_different(inputs, "confidence levels", levels)


def refuse_different_models(inputs: Sequence[LoadedResult]) -> None:
    """Refuse different planes, and within one plane different channels, couplings or kinds of particle.

    Raises:
        RefusedError: with the field and the values.
    """
    _refuse_different(inputs, "planes", [result.plane.id for result in inputs])
    for path in inputs[0].plane.agree:
        if path.startswith(HARD):
            values = [comparable(field_value(result.record, path)) for result in inputs]
            known = [value for value in values if value not in (None, "any", NOT_STATED)]
            if len({repr(value) for value in known}) > 1:
                _refuse_different(inputs, f"values of {path}", values)


def soft_disagreements(inputs: Sequence[LoadedResult]) -> tuple[str, ...]:
    """Return sentences on assumptions (halo, spectra, ...) in which the results differ; they are said, not
    refused.
    """
    found = []
    for path in inputs[0].plane.agree:
        if path.startswith((*HARD, "statistics.")):
            continue
        values = [comparable(field_value(result.record, path)) for result in inputs]
        if len({repr(value) for value in values if value is not None}) > 1:
            told = ", ".join(
                f"{result.id} {_show(value)}" for result, value in zip(inputs, values, strict=True)
            )
            found.append(f"{path} differs: {told}")
    for result in inputs:
        missing = [p for p in unstated_fields(result.record, result.plane) if p.startswith("model.")]
        if missing:
            found.append(f"{result.id} does not state {', '.join(missing)}")
    return tuple(found)


def statistics_class(result: LoadedResult) -> str:
    """Return the class of :data:`CLASSES` of a result's method, ``not stated`` when unknown."""
    method = field_value(result.record, "statistics.method")
    return CLASSES.get(str(method), UNKNOWN)


def _refuse_different(inputs: Sequence[LoadedResult], what: str, values: Sequence[Any]) -> None:
    if len({repr(value) for value in values}) > 1:
        told = ", ".join(f"{result.id}: {_show(value)}" for result, value in zip(inputs, values, strict=True))
        raise RefusedError(
            f"the results have different {what}",
            why=told,
            mend="put together only results that agree; limits are never converted into each other",
        )


def _show(value: Any) -> str:
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], str):
        return f"{value[0]:g} {value[1]}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _role(result: LoadedResult) -> str:
    return result.record.statistics.role if result.record.statistics else "observed"


def _table(result: LoadedResult) -> str:
    return result.record.data.sha256 if result.record.data else ""


def _name(result: LoadedResult) -> str:
    own = result.path if result.path is not None else id(result)
    return f"{result.analysis}/{result.record.id}" if result.analysis else f"?{own}"


def _plain_reference(text: str) -> str:
    return text.partition("@")[0]


def _shared(one: LoadedResult, other: LoadedResult) -> str | None:
    a, b = one.record.data_overlap, other.record.data_overlap
    sets = sorted(set(a.datasets) & set(b.datasets))
    if sets:
        return f"both contain {', '.join(sets)}"
    for whole, part, overlap in ((one, other, a), (other, one, b)):
        descent = [*overlap.results, *(entry.result for entry in whole.record.derived_from)]
        if _plain_reference(reference(part)) in {_plain_reference(name) for name in descent}:
            return f"{whole.id} contains {part.id}"
        if part.digest in {entry.digest for entry in whole.record.derived_from}:
            return f"{whole.id} was derived from {part.id}"
    ancestors = [
        {_plain_reference(name) for name in (*r.record.data_overlap.results,)}
        | {_plain_reference(entry.result) for entry in r.record.derived_from}
        for r in (one, other)
    ]
    common = sorted(ancestors[0] & ancestors[1])
    if common:
        return f"both contain {', '.join(common)}"
    return _live_time(one, other)


def _live_time(one: LoadedResult, other: LoadedResult) -> str | None:
    a, b = one.record.data_overlap.live_time, other.record.data_overlap.live_time
    same = one.experiment is not None and one.experiment == other.experiment
    if not same or a is None or b is None or _targets(one).isdisjoint(_targets(other)):
        return None
    start, end = max(a.start, b.start), min(a.end, b.end)
    return f"both hold data of {one.experiment} from {start} to {end}" if start <= end else None


def _targets(result: LoadedResult) -> set[str]:
    """Names of the targets looked at; one nameless target where the record has none."""
    factors = result.record.astro.jfactor
    names = {factor.target for factor in factors} if isinstance(factors, tuple) else set()
    return names or {""}
