"""An assessment as plain text, with colours where the terminal takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from fairport.check.assess.model import AREAS, Assessment, Judgement, Level, Metric

Style = Callable[..., str]
"""Takes a text and click styles, returns it styled where colours are shown."""

_MARKS: Final = {"pass": ("pass", "green"), "fail": ("FAIL", "red"), "not-assessed": ("  ? ", "yellow")}
_PRIORITY: Final = {"essential": "E", "important": "I", "useful": "U"}


def render(assessment: Assessment, style: Style, *, verbose: bool = False) -> str:
    """Return the report; ``verbose`` tells all evidence, else the first piece of each criterion."""
    lines = [*_rda(assessment, style, verbose), "", *_fuji(assessment, style, verbose), ""]
    lines += [*_fair4rs(assessment, style, verbose), "", *_badge(assessment, style)]
    return "\n".join(lines) + "\n"


def number(value: float) -> str:
    """Return points without a needless fraction."""
    return f"{value:g}"


def level_words(level: Level) -> str:
    """Return the level of an area, and what it could be."""
    if level.proven == level.possible:
        return f"level {level.proven} of 5"
    return f"level {level.proven} of 5 proven, {level.possible} if what is not assessed holds"


def _rda(assessment: Assessment, style: Style, verbose: bool) -> Iterator[str]:
    counts = assessment.counts
    told = f"{counts['pass']} pass, {counts['fail']} fail, {counts['not-assessed']} not assessed"
    yield style("RDA FAIR Data Maturity Model", bold=True) + f"  41 indicators: {told}"
    for level in assessment.levels:
        yield ""
        yield style(f"{AREAS[level.area]}", bold=True) + f"  {level_words(level)}"
        for item in assessment.rda:
            if item.criterion.area == level.area:
                yield from _row(item, style, verbose, _PRIORITY[item.criterion.priority or "useful"])


def _fuji(assessment: Assessment, style: Style, verbose: bool) -> Iterator[str]:
    earned, left = number(assessment.points("pass")), number(assessment.points("not-assessed"))
    yield style("F-UJI 0.8", bold=True) + f"  {earned} of 26 points proven, {left} not assessed"
    for metric in assessment.fuji:
        yield f"  {_points(metric):<9} {metric.id:<15} {metric.title}"
        for test in metric.tests:
            if test.status != "pass" or verbose:
                yield from _row(test, style, verbose, number(test.criterion.points), indent="    ")


def _points(metric: Metric) -> str:
    return f"{number(metric.points('pass'))}/{number(metric.points())}"


def _fair4rs(assessment: Assessment, style: Style, verbose: bool) -> Iterator[str]:
    passed = sum(item.status == "pass" for item in assessment.fair4rs)
    yield style("FAIR4RS 1.0", bold=True) + f"  {passed} of 17 principles pass"
    for item in assessment.fair4rs:
        yield from _row(item, style, verbose, "")


def _row(item: Judgement, style: Style, verbose: bool, extra: str, indent: str = "  ") -> Iterator[str]:
    mark, colour = _MARKS[item.status]
    width = 10 if item.criterion.priority else 17 if item.criterion.points else 5
    head = (
        f"{indent}{style(mark, fg=colour)}  {item.criterion.id:<{width}}{extra:<4}{item.criterion.title:<53}"
    )
    first, *rest = _details(item) or [""]
    yield f"{head} {style(first, dim=True)}".rstrip()
    if verbose:
        rest += [f"rules: {', '.join(item.rules)}"] if item.rules else []
        yield from (f"{indent}        {style(line, dim=True)}" for line in rest)


def _details(item: Judgement) -> list[str]:
    """Return the reason and the evidence, one line each."""
    lines = [item.reason] if item.reason is not None else []
    for evidence in item.evidence:
        text = evidence.text if item.reason != evidence.text else ""
        where = " ".join(part for part in (evidence.place, evidence.rule, text) if part)
        if item.status == "fail" and lines == [item.reason] and text == "":
            lines = [f"{where}: {item.reason}"]
        else:
            lines.append(f"declared: {where}" if item.status == "not-assessed" else where)
    return lines


def _badge(assessment: Assessment, style: Style) -> Iterable[str]:
    if assessment.badge.allowed:
        return [f"Badge: allowed, {assessment.places} places of evidence (--badge FILE.svg)"]
    return [style("Badge: none yet", bold=True) + f": {style(assessment.badge.reason or '')}"]
