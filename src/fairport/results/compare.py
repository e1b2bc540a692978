"""Results side by side at one point, and who leads, if anybody does.

Observed limits fluctuate; a power constraint hides the luckiest fluctuations. So observed, unconstrained
and median expected limits stand beside each other, each with its factor to the strongest one, and a lead is
stated only when the observed limits and the medians agree on it and nothing that matters differs or is not
stated. Nothing here is a combination.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from fairport.contract.documents import Plane
from fairport.contract.errors import RefusedError
from fairport.physics.units import conversion_factor
from fairport.results.deriving import refuse_examples, said
from fairport.results.fields import comparable, field_value, unstated_fields
from fairport.results.loaded import LoadedResult
from fairport.results.planes import strongest

COLUMNS: Final = ("observed", "unconstrained", "median")
EXPECTED: Final = "expected"
CLOSE: Final = 1.05
"""Limits within five per cent are called equal: curves are read off to that precision."""


@dataclass(frozen=True, slots=True)
class Row:
    """One result at the point of comparison.

    Attributes:
        result: its identifier.
        label: experiment and title for people.
        values: observed, unconstrained, median; ``None`` where it has none. Canonical unit.
        factors: each value over the strongest of its column, >= 1; ``None`` without a value.
        cl: confidence level, ``None`` when not stated.
        origin: ``collaboration``, ``digitised``, ...
        power_constraint: as stated, or ``not-stated``.
        note: why there is no value, or what is special.
        crossings: where the vertical crosses the edge of a region.
    """

    result: str
    label: str
    values: dict[str, float | None]
    factors: dict[str, float | None]
    cl: float | None
    origin: str
    power_constraint: str
    note: str = ""
    crossings: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Results of one plane at one x.

    Attributes:
        plane: identifier of the plane.
        heading: what the numbers assume in common (couplings of a benchmark).
        x: where, canonical unit of the plane.
        rows: strongest observed first; regions and those that say nothing there last.
        reading: the sentence on who leads, or why nobody can be said to.
        withheld: reasons why a lead is withheld; empty when one is stated.
    """

    plane: str
    heading: str
    x: float
    rows: tuple[Row, ...]
    reading: str
    withheld: tuple[str, ...]


def compare(inputs: Sequence[LoadedResult], x: float) -> Comparison:
    """Compare results of one plane at one value of x (canonical unit).

    Raises:
        RefusedError: results of several planes (translate them into one first), or an unchanged example.
    """
    refuse_examples(inputs, "a comparison")
    plane = inputs[0].plane
    for other in inputs[1:]:
        if other.plane.id != plane.id:
            raise RefusedError(
                f'"{inputs[0].id}" lives in {plane.id}, "{other.id}" in {other.plane.id}',
                why="across planes results compare only inside a named model with its couplings",
                mend="translate one of them first: fairport translate RESULT --to "
                f"{plane.id} --set gq=0.25 --set gdm=1",
            )
    _refuse_two_models(inputs)
    values = [_values(result, x) for result in inputs]
    factors = _factors(plane, values)
    rows = [_row(result, x, own, factor) for result, own, factor in zip(inputs, values, factors, strict=True)]
    order = sorted(range(len(rows)), key=lambda i: (_rank(rows[i]), i))
    withheld = _withheld(inputs, rows)
    reading = _reading(plane, [rows[i] for i in order], withheld) + _levels(rows)
    return Comparison(plane.id, _heading(inputs), x, tuple(rows[i] for i in order), reading, withheld)


def agreement_fields(result: LoadedResult) -> list[tuple[str, str | None, str]]:
    """Return the fields that must agree in the plane of a result as (path, key, text).

    Two results agree in a field when their keys are equal; the key is ``None`` where the record does not
    state it.
    """
    found: list[tuple[str, str | None, str]] = []
    for path in result.plane.agree:
        value = comparable(field_value(result.record, path))
        found.append((path, repr(value) if said(value) else None, _show(value)))
    return found


def _values(result: LoadedResult, x: float) -> dict[str, float | None]:
    if result.record.values:
        return {"observed": _point(result), "unconstrained": None, "median": None}
    reading = result.reading(x)
    role = result.record.statistics.role if result.record.statistics else "observed"
    projected = role == EXPECTED or result.record.kind == "projection"
    bands = reading.bands
    median = bands.get("p50")
    return {
        "observed": None if projected else reading.value,
        "unconstrained": bands.get("unconstrained"),
        "median": median if median is not None else (reading.value if projected else None),
    }


def _point(result: LoadedResult) -> float:
    """Return the first number of a point in the canonical unit of the last axis of its plane."""
    first = result.record.values[0]
    return first.value * conversion_factor(first.unit, result.plane.axes[-1].unit)


def _factors(plane: Plane, values: Sequence[dict[str, float | None]]) -> list[dict[str, float | None]]:
    found: list[dict[str, float | None]] = [{} for _ in values]
    for column in COLUMNS:
        numbers = [value[column] for value in values]
        best = strongest(plane, [math.nan if number is None else number for number in numbers])
        for row, number in zip(found, numbers, strict=True):
            if number is None or best is None:
                row[column] = None
                continue
            first = numbers[best]
            ratio = number / first if first else math.nan
            row[column] = 1.0 / ratio if plane.orientation == "below" else ratio
    return found


def _row(
    result: LoadedResult, x: float, values: dict[str, float | None], factors: dict[str, float | None]
) -> Row:
    statistics = result.record.statistics
    constraint = field_value(result.record, "statistics.power_constraint")
    reading = result.reading(x)
    note = ""
    if result.record.values:
        first = result.record.values[0]
        ends = [
            f"{sign}{end:.3g}" for sign, end in (("-", first.minus), ("+", first.plus)) if end is not None
        ]
        note = f"a point, {' '.join(ends)} {first.unit}".rstrip(", ") if ends else "an upper limit"
    elif reading.crossings:
        note = "a region, not an upper limit"
    elif all(value is None for value in values.values()):
        low, high = result.valid_range
        unit = result.x_axis.unit
        note = f"says nothing here: it reaches from {low:g} to {high:g} {unit}"
    elif values["observed"] is None:
        note = "expected, nothing observed"
    return Row(
        result.id,
        f"{result.experiment}: {result.record.title}" if result.experiment else result.record.title,
        values,
        factors,
        statistics.level if statistics else None,
        result.record.provenance.origin,
        str(constraint) if constraint is not None else "not-stated",
        note,
        reading.crossings,
    )


def _rank(row: Row) -> float:
    factor = row.factors.get("observed") or row.factors.get("median")
    return factor if factor is not None else math.inf


def _withheld(inputs: Sequence[LoadedResult], rows: Sequence[Row]) -> tuple[str, ...]:
    """Return every reason why nobody can be said to lead."""
    pairs = [(i, row) for i, row in enumerate(rows) if row.values["observed"] is not None]
    if inputs[0].plane.orientation not in {"above", "below"}:
        return ("in this plane there is no stronger and weaker",)
    if len(pairs) < 2:
        return ("fewer than two observed limits say something here",)
    reasons = []
    some = [inputs[i] for i, _ in pairs]
    for result in some:
        missing = unstated_fields(result.record, result.plane)
        if missing:
            reasons.append(f"{result.id} does not state {', '.join(missing)}")
    for path in inputs[0].plane.agree:
        values = [comparable(field_value(result.record, path)) for result in some]
        stated = {repr(value) for value in values if said(value)}
        if len(stated) > 1:
            told = ", ".join(f"{r.id} {_show(v)}" for r, v in zip(some, values, strict=True))
            reasons.append(f"{path} differs ({told})")
    lacking = [row.result for _, row in pairs if row.values["median"] is None]
    if lacking:
        reasons.append(f"no median expected limit is given by {', '.join(lacking)}")
    else:
        best_observed = min(pairs, key=lambda pair: pair[1].factors["observed"] or math.inf)[1]
        best_median = min(pairs, key=lambda pair: pair[1].factors["median"] or math.inf)[1]
        if best_observed.result != best_median.result:
            reasons.append(
                f"observed limits and medians disagree: {best_observed.result} observed the lowest, "
                f"{best_median.result} expected it"
            )
    return tuple(reasons)


def _reading(plane: Plane, rows: Sequence[Row], withheld: Sequence[str]) -> str:
    observed = [row for row in rows if row.values["observed"] is not None]
    side = "lower" if plane.orientation != "below" else "higher"
    tail = "Not a combination."
    if withheld:
        return f"Nobody is said to lead: {'; '.join(withheld)}. {tail}"
    first, second = observed[0], observed[1]
    factor = second.factors["observed"] or 1.0
    median = second.factors["median"] or 1.0
    if factor < CLOSE:
        return f"{first.label} and {second.label} observe equal limits within 5 %. {tail}"
    sentence = (
        f"{first.label} leads: its observed limit is {side} than that of {second.label} by {factor:.2g}"
        f", its median by {median:.2g}."
    )
    if factor > 1.5 * median:
        sentence += (
            f" The observed factor {factor:.2g} is partly a downward fluctuation"
            f" (medians differ by {median:.2g})."
        )
    elif median > 1.5 * factor:
        sentence += " The medians differ by more: the second was lucky or the first unlucky."
    if said(first.power_constraint) and first.power_constraint not in {"none", "not-stated"}:
        sentence += f" The limit of {first.label} is power-constrained ({first.power_constraint})."
    return f"{sentence} {tail}"


def _levels(rows: Sequence[Row]) -> str:
    """Say that confidence levels differ, regions included."""
    levels = sorted({row.cl for row in rows if row.cl is not None})
    if len(levels) < 2:
        return ""
    told = " and ".join(f"{100.0 * level:g} %" for level in levels)
    return f" The confidence levels differ ({told}) and are not converted."


def _refuse_two_models(inputs: Sequence[LoadedResult]) -> None:
    """Refuse results brought here through different models: they compare inside one benchmark only."""
    through = [
        result
        for result in inputs
        if any(entry.transform == "simplified-model" for entry in result.record.derived_from)
    ]
    models = {_model_words(result): result.id for result in through}
    if len(models) > 1:
        told = "; ".join(f"{name}: {words}" for words, name in models.items())
        raise RefusedError(
            "the results were translated through different models",
            why=told,
            mend="compare inside one benchmark with the same couplings",
        )


def _model_words(result: LoadedResult) -> str:
    mediator = result.record.model.mediator
    if mediator is None or not mediator.type:
        return ""
    couplings = ", ".join(
        f"{k} = {v:g}" if isinstance(v, (int, float)) else f"{k} {v}"
        for k, v in sorted(result.record.model.couplings.items())
    )
    return f"{mediator.type} mediator, {couplings}" if couplings else f"{mediator.type} mediator"


def _heading(inputs: Sequence[LoadedResult]) -> str:
    """Name the benchmark when a result was translated into this plane or lives in a model."""
    unique = [words for words in dict.fromkeys(map(_model_words, inputs)) if words]
    return f"Inside the model: {' | '.join(unique)}" if unique else ""


def _show(value: Any) -> str:
    if not said(value):
        return "not stated"
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], str):
        return f"{value[0]:g} {value[1]}"
    return f"{value:g}" if isinstance(value, float) else str(value)
