"""Does a result agree with what its paper states? One verdict for each published number of the record.

This is the verdict *agrees with the paper*; whether a rerun gives the same bytes is another question with
another answer, and neither ever stands for the other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from fairport.contract.result import Expectation
from fairport.physics.curves import FunctionCurve
from fairport.results.loaded import LoadedResult

Verdict = Literal["agrees", "differs", "not-covered"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """One published number beside the number of the result, both in the units of the record.

    Attributes:
        at: axis name to value.
        unit: unit of ``value`` and ``published``.
        value: what the result says there; ``None`` where it says nothing.
        published: what the paper states.
        tolerance: largest relative difference that counts as agreement.
        citation: where it is published.
        note: where in the publication.
        verdict: ``not-covered`` when the result says nothing there.
    """

    at: dict[str, float]
    unit: str
    value: float | None
    published: float
    tolerance: float
    citation: str
    note: str | None
    verdict: Verdict

    @property
    def ratio(self) -> float | None:
        """Value over published value."""
        return None if self.value is None or self.published == 0 else self.value / self.published


def agreements(result: LoadedResult) -> tuple[Agreement, ...]:
    """Return the verdict on each expectation of the record; empty when it states none."""
    return tuple(_agreement(result, expected) for expected in result.record.expectation)


def overall(verdicts: tuple[Agreement, ...]) -> Literal["agrees", "differs", "not-stated"]:
    """Return one verdict for all numbers: ``not-stated`` without any that the result covers."""
    covered = [item for item in verdicts if item.verdict != "not-covered"]
    if not covered:
        return "not-stated"
    return "agrees" if all(item.verdict == "agrees" for item in covered) else "differs"


def _agreement(result: LoadedResult, expected: Expectation) -> Agreement:
    axis = result.record.dependent
    value = _value(result, expected)
    if value is None:
        verdict: Verdict = "not-covered"
    else:
        close = abs(value - expected.value) <= expected.tolerance * abs(expected.value)
        verdict = "agrees" if close else "differs"
    return Agreement(
        at=expected.at,
        unit=axis.unit if axis else "",
        value=value,
        published=expected.value,
        tolerance=expected.tolerance,
        citation=expected.citation,
        note=expected.note,
        verdict=verdict,
    )


def _value(result: LoadedResult, expected: Expectation) -> float | None:
    """Read the column at the place of the expectation, in the unit of the record."""
    axes = result.record.axes
    if len(axes) != 2 or set(expected.at) != {axes[0].name}:
        return None
    band = next((name for name, column in result.record.bands.items() if column == expected.column), None)
    curve = result.bands.get(band) if band else result.curve
    if not isinstance(curve, FunctionCurve):
        return None
    x = float(result.canonical(axes[0], values=np.array([expected.at[axes[0].name]]))[0])
    low, high = result.valid_range
    if not low <= x <= high:
        return None
    unit = float(result.canonical(axes[1], values=np.array([1.0]))[0])
    value = float(curve.at(np.array([x]))[0]) / unit
    return value if math.isfinite(value) else None
