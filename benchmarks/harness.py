"""How Fairport is timed: the cases of a module take turns; the least and the median time of each are kept.

Taking turns pairs the cases, so that a slow moment of the machine hits all of them alike; the least time is
the one to compare, since noise only adds.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """Something to time.

    Attributes:
        name: what the table calls it.
        call: the work; its result is dropped.
        repeats: how often it runs.
        budget: seconds that the least time may take; the benchmark fails beyond it.
    """

    name: str
    call: Callable[[], object]
    repeats: int = 10
    budget: float | None = None


@dataclass(frozen=True)
class Timing:
    """Seconds that a case took."""

    case: Case
    seconds: tuple[float, ...]

    @property
    def least(self) -> float:
        return min(self.seconds)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def over_budget(self) -> bool:
        return self.case.budget is not None and self.least > self.case.budget


def measure(cases: Sequence[Case], clock: Callable[[], float] = time.perf_counter) -> list[Timing]:
    """Run the cases in turns, after one round that is not counted."""
    for case in cases:
        case.call()
    seconds: dict[str, list[float]] = {case.name: [] for case in cases}
    for turn in range(max((case.repeats for case in cases), default=0)):
        for case in cases:
            if turn < case.repeats:
                start = clock()
                case.call()
                seconds[case.name].append(clock() - start)
    return [Timing(case, tuple(seconds[case.name])) for case in cases]


def table(timings: Sequence[Timing]) -> str:
    """Return a Markdown table of the timings, in milliseconds."""
    lines = [
        "| case | least (ms) | median (ms) | runs | budget (ms) |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for timing in timings:
        budget = "" if timing.case.budget is None else f"{timing.case.budget * 1e3:.0f}"
        mark = " **over**" if timing.over_budget else ""
        lines.append(
            f"| {timing.case.name} | {timing.least * 1e3:.1f}{mark} | {timing.median * 1e3:.1f} "
            f"| {len(timing.seconds)} | {budget} |"
        )
    return "\n".join(lines)
