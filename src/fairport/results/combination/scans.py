"""Credible intervals of one parameter from likelihood scans, one experiment or several together.

One experiment with pseudo-experiments: the interval of each realisation, then the mean of the ends. Several
experiments: the realisations of each are averaged, the mean scans are added, and the interval is that of
the sum, since realisation i of one experiment has nothing to do with realisation i of another. For KM3NeT
and CTA the sum of averages agrees with the full joint fit to 0.006 in the fraction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from fairport.contract.errors import RefusedError, UsageError
from fairport.physics.arrays import FloatArray
from fairport.physics.intervals import POINTS, Averaged, averaged_interval, highest_density, mean_scan
from fairport.results import admission
from fairport.results.combination.nuisances import groups_of
from fairport.results.deriving import (
    Derived,
    base_record,
    derivation,
    label_of_inputs,
    refuse_examples,
    terms_of,
)
from fairport.results.loaded import LoadedResult
from fairport.results.store import make_result

TRANSFORM: Final = "credible-interval"

Scan = tuple[FloatArray, FloatArray]
"""Values of the parameter and -2 ln L there, shape (n,) each."""


@dataclass(frozen=True, slots=True)
class Credible:
    """A credible interval of one parameter in the canonical unit.

    Attributes:
        averaged: the interval; for several experiments that of the sum of mean scans.
        singles: the interval of each experiment alone, in order.
        cl: credible level.
        notes: what a person must know.
    """

    averaged: Averaged
    singles: tuple[Averaged, ...]
    cl: float
    notes: tuple[str, ...]


def combine_scans(
    inputs: Sequence[LoadedResult], *, cl: float | None = None, name: str | None = None
) -> tuple[Credible, Derived]:
    """Return the connected highest-density interval of one parameter.

    Args:
        inputs: results of kind ``profile`` over one parameter, with or without a replica axis.
        cl: credible level; ``None`` takes that of the records.
        name: identifier of the result.

    Raises:
        RefusedError: the results must not be put together; with the reason.
    """
    if not inputs:
        raise UsageError("there is nothing to combine")
    if cl is not None and not 0.0 < cl < 1.0:
        raise UsageError(f"a credible level lies between 0 and 1, not {cl:g}", mend="write 0.9")
    refuse_examples(inputs, "a combination")
    for result in inputs:
        if result.record.kind != "profile":
            raise RefusedError(f'"{result.id}" is a {result.record.kind}, not a likelihood scan')
    admission.refuse_different_models(inputs)
    chosen = {"statistics.cl", "statistics.sided", "statistics.method"} if cl is not None else set()
    admission.refuse_unstated(inputs, "an interval", besides=frozenset(chosen | {"statistics.prior"}))
    admission.refuse_mixed_statistics(inputs, same_cl=cl is None)
    admission.refuse_overlaps(inputs)
    groups_of(inputs, overrides={}, enabled=True)
    level = cl if cl is not None else _level(inputs)
    scans = [scans_of(result) for result in inputs]
    singles = tuple(averaged_interval(own, level) for own in scans)
    whole = singles[0] if len(inputs) == 1 else _joint(scans, level)
    found = Credible(whole, singles, level, tuple(_notes(inputs, singles, whole)))
    return found, _derive(inputs, found, name or "interval")


def scans_of(result: LoadedResult) -> list[Scan]:
    """Return the scan of each realisation of a result, in the canonical unit; one for a scan without
    replicas.

    Raises:
        RefusedError: the table is over more than one parameter.
    """
    record = result.record
    free = [axis for axis in record.axes[:-1] if axis.role == "independent"]
    if len(free) != 1 or len(result.plane.axes) != 1:
        raise RefusedError(
            f'"{result.id}" is a likelihood over {len(free)} parameters',
            why="a credible interval here is that of one parameter",
            mend="use --statistic threshold for limits over mass and cross-section",
        )
    axis = free[0]
    x = result.canonical(axis)
    z = result.columns[record.axes[-1].column]
    sentinel = record.geometry.sentinel if record.geometry else None
    if sentinel is not None:
        z = np.where(np.isclose(z, sentinel, rtol=1e-9, atol=0.0), np.nan, z)
    t = z if record.profile is None or record.profile.quantity == "-2lnL" else -2.0 * z
    inside = np.ones(x.size, dtype=np.bool_)
    if record.profile is not None and record.profile.domain is not None:
        factor = float(result.canonical(axis, values=np.ones(1))[0])
        low, high = (value * factor for value in record.profile.domain)
        inside = (x >= low - 1e-12) & (x <= high + 1e-12)
    replica = next((one.column for one in record.axes if one.role == "replica"), None)
    if replica is None:
        return [(x[inside], t[inside])]
    number = result.columns[replica]
    return [(x[inside & (number == n)], t[inside & (number == n)]) for n in np.unique(number)]


def _joint(scans: Sequence[list[Scan]], cl: float) -> Averaged:
    low = max(min(float(np.nanmin(f)) for f, _ in own) for own in scans)
    high = min(max(float(np.nanmax(f)) for f, _ in own) for own in scans)
    if not low < high:
        raise RefusedError("the scans have no range in common")
    grid = np.linspace(low, high, POINTS)
    total = np.sum([mean_scan(own, grid) for own in scans], axis=0)
    interval = highest_density(grid, total, cl)
    return Averaged(interval, 0.0, min(len(own) for own in scans), int(interval.other_modes))


def _level(inputs: Sequence[LoadedResult]) -> float:
    level = inputs[0].record.statistics.level if inputs[0].record.statistics else None
    if level is None:
        raise RefusedError("no credible level is stated", mend="give --cl 0.9")
    return level


def _notes(inputs: Sequence[LoadedResult], singles: Sequence[Averaged], whole: Averaged) -> list[str]:
    found = [*admission.soft_disagreements(inputs), "the prior is flat over the range of the scan"]
    for result, single in zip(inputs, singles, strict=True):
        if single.replicas > 1:
            found.append(f"{result.id}: mean of {single.replicas} realisations")
        if single.several_modes:
            found.append(
                f"{result.id}: {single.several_modes} of {single.replicas} scans have a second hump outside "
                "the interval, which is connected"
            )
    if len(inputs) > 1:
        found.append("realisations are averaged within each experiment before the scans are added")
    return found


def singles_as_results(inputs: Sequence[LoadedResult], found: Credible) -> list[LoadedResult]:
    """Return the interval of each experiment alone as a result in memory, for drawing beside the whole."""
    singles = []
    for result, single in zip(inputs, found.singles, strict=True):
        alone = Credible(single, (single,), found.cl, ())
        derived = _derive([result], alone, f"{result.record.id}-alone")
        known = {"analysis": result.analysis, "experiment": result.experiment or result.record.title}
        singles.append(make_result(derived.complete(), {}, result.plane, **known))
    return singles


def _derive(inputs: Sequence[LoadedResult], found: Credible, name: str) -> Derived:
    plane = inputs[0].plane
    axis = plane.axes[0]
    interval = found.averaged.interval
    role = "injected" if any(_is_injected(result) for result in inputs) else "observed"
    names = ", ".join(result.id for result in inputs)
    words = axis.labels.plain
    record: dict[str, Any] = base_record(
        inputs,
        name=name,
        title=f"{words[:1].upper()}{words[1:]}: credible interval{label_of_inputs(inputs)}",
        kind="point",
        plane=plane.id,
        description=f"Connected highest-density interval at {found.cl:g} from {names}.",
    )
    record |= {
        "values": [
            {
                "name": axis.name,
                "quantity": axis.quantity,
                "unit": axis.unit,
                "value": interval.mode,
                "minus": max(interval.mode - interval.low, 0.0),
                "plus": max(interval.high - interval.mode, 0.0),
            }
        ],
        "statistics": {
            "role": role,
            "cl": found.cl,
            "sided": "credible",
            "method": "bayesian",
            "prior": f"flat in {axis.labels.plain} over the scan",
        },
        "model": dict(inputs[0].data.get("model", {})),
        "validity": {"notes": [*found.notes, f"licence: {terms_of(inputs).reason}"]},
        "derived_from": [
            derivation(
                result,
                TRANSFORM,
                {
                    "cl": found.cl,
                    "order": k + 1,
                    "alone": {
                        "mode": single.interval.mode,
                        "low": single.interval.low,
                        "high": single.interval.high,
                    },
                    "realisations": single.replicas,
                },
            )
            for k, (result, single) in enumerate(zip(inputs, found.singles, strict=True))
        ],
    }
    label = f"Together ({len(inputs)})" if len(inputs) > 1 else inputs[0].experiment
    return Derived(record, {}, plane, terms_of(inputs), notes=found.notes, label=label)


def _is_injected(result: LoadedResult) -> bool:
    return result.record.statistics is not None and result.record.statistics.role == "injected"
