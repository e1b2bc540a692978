"""An assessment as Markdown, for job summaries and web pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fairport.check.assess.model import AREAS, Assessment, Evidence, Judgement
from fairport.check.assess.text_report import level_words, number
from fairport.check.reporters.markdown_report import cell

_WORDS = {"pass": "pass", "fail": "**fail**", "not-assessed": "not assessed"}


def render(assessment: Assessment) -> str:
    """Return headings, a table of levels and one table a catalogue."""
    return "\n".join(_lines(assessment)) + "\n"


def _lines(assessment: Assessment) -> Iterator[str]:
    yield f"## FAIR assessment{': ' + cell(assessment.id) if assessment.id else ''}"
    yield ""
    counts = assessment.counts
    told = f"{counts['pass']} pass, {counts['fail']} fail, {counts['not-assessed']} not assessed"
    points = number(assessment.points("pass"))
    yield f"RDA: {told} · F-UJI: {points} of 26 points proven · profile {assessment.profile}"
    yield ""
    yield "| area | level | pass | fail | not assessed |"
    yield "| --- | --- | --- | --- | --- |"
    for level in assessment.levels:
        numbers = " | ".join(str(level.counts[name]) for name in ("pass", "fail", "not-assessed"))
        yield f"| {AREAS[level.area]} | {level_words(level)} | {numbers} |"
    yield ""
    yield "### RDA FAIR Data Maturity Model"
    yield ""
    yield from _table(assessment.rda, "priority", [item.criterion.priority or "" for item in assessment.rda])
    yield "### F-UJI 0.8"
    yield ""
    tests = [test for metric in assessment.fuji for test in metric.tests]
    yield from _table(tests, "points", [number(test.criterion.points) for test in tests])
    yield "### FAIR4RS 1.0"
    yield ""
    measured = [", ".join(item.criterion.serves) for item in assessment.fair4rs]
    yield from _table(assessment.fair4rs, "metrics", measured)
    reason = assessment.badge.reason
    yield "Badge: allowed." if reason is None else f"Badge: none yet, {cell(reason)}."


def _table(judgements: Iterable[Judgement], extra: str, values: Iterable[str]) -> Iterator[str]:
    yield f"| id | {extra} | what is asked | outcome | evidence |"
    yield "| --- | --- | --- | --- | --- |"
    for item, value in zip(judgements, values, strict=True):
        said = [cell(item.reason)] if item.reason else []
        said += [_evidence(evidence) for evidence in item.evidence[:3]]
        if len(item.evidence) > 3:
            said.append(f"and {len(item.evidence) - 3} more")
        cells = (item.criterion.id, value, cell(item.criterion.title), _WORDS[item.status], "; ".join(said))
        yield f"| {' | '.join(cells)} |"
    yield ""


def _evidence(evidence: Evidence) -> str:
    parts = (evidence.rule, evidence.place, evidence.text)
    return " ".join(cell(part) for part in parts if part)
