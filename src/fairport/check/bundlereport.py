"""The report that a bundle carries: what check and assessment said of its very files, and of nothing else.

The continuous integration of an experiment makes it (:func:`make_report`), a catalogue reads it
(:func:`read_report`). It is a statement of those who made the bundle, not a proof: whoever reads it decides
for what it is enough. What can be reckoned anew, counts and levels, is reckoned and never taken over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from fairport.check.assess.fuji import METRICS
from fairport.check.assess.judge import assess_inspected, level_judged
from fairport.check.assess.model import (
    AREAS,
    Assessment,
    BadgeState,
    Criterion,
    Judgement,
    Metric,
)
from fairport.check.assess.rda import INDICATORS
from fairport.check.assess.software import PRINCIPLES
from fairport.check.inspection import Inspection
from fairport.check.registry import all_rules
from fairport.check.report import RULE_SET, SEVERITIES, Report, tool_version
from fairport.contract.characters import shown_data
from fairport.contract.constants import ANALYSIS_FILE, CONTRACT_VERSION, MAX_DOCUMENT_BYTES, PROFILES
from fairport.contract.digests import canonical_json, files_digest
from fairport.contract.errors import FairportError
from fairport.contract.loading import parse_json
from fairport.contract.schemas import is_valid

REPORT_FILE: Final = "fairport-report.json"
"""Name of the report at the top of a bundle."""

_ASK_TOOLS: Final = "submission.yaml"
"""Files whose check depends on the tools of a machine end like this."""


class Unfit(Exception):
    """A report cannot be taken over; the message says why."""


@dataclass(frozen=True, slots=True)
class BundleReport:
    """A report that fits the files beside it.

    Attributes:
        version: version of Fairport that made it.
        at: day (UTC) of the check.
        profile: profile of the check.
        counts: findings that failed by severity, and ``waived``, reckoned anew.
        failed: the findings that failed, as in ``schemas/finding.schema.json``.
        assessment: what was judged; counts and levels are reckoned anew.
    """

    version: str
    at: date
    profile: str
    counts: Counter[str]
    failed: tuple[dict[str, Any], ...]
    assessment: Assessment


def make_report(tree: Path, files: Mapping[str, str], today: date) -> bytes | None:
    """Check and assess the files of a bundle, and return the report.

    Args:
        tree: a folder that holds these files and no others.
        files: sha256 of each file by its path.
        today: day of the check (UTC).

    Returns:
        JSON; the same files, day and version of Fairport give the same bytes. ``None`` where a catalogue
        could not take the report over: a rule failed itself, the outcome depends on the tools of this
        machine, there is no record, or the report is too large.
    """
    try:
        stated = _stated(files)
    except Unfit:
        return None
    if ANALYSIS_FILE not in files or _depends_on_tools(files):
        return None
    inspection = Inspection(tree, today, git=False)
    record = inspection.documents.record
    maturity = record.text("maturity") if record is not None else None
    target = inspection.check(maturity if maturity in PROFILES else "draft")
    if target.internal:
        return None
    report = Report((target,)).to_data()
    report["targets"][0] |= {"path": ".", "seconds": 0.0}
    data = {
        "schema_version": CONTRACT_VERSION,
        "tool": report["tool"],
        "at": today.isoformat(),
        "files": stated,
        "report": report,
        "assessment": assess_inspected(inspection).to_data() | {"path": "."},
    }
    content = canonical_json(data) + b"\n"
    return content if len(content) <= MAX_DOCUMENT_BYTES else None


def read_report(text: str, files: Mapping[str, str], *, profile: str, today: date) -> BundleReport:
    """Return the report of a bundle, if it is about exactly these files and was made as it would be here.

    Args:
        text: the report.
        files: sha256 of every file of the bundle beside the report, by path.
        profile: profile under which these files would be checked here.
        today: the day (UTC).

    Raises:
        Unfit: it is not, or contradicts itself.
    """
    try:
        document = parse_json(text, REPORT_FILE)
    except FairportError as error:
        raise Unfit(error.what) from None
    if not is_valid("bundle-report", document.data):
        raise Unfit("it does not meet its schema")
    data = shown_data(document.data, text)
    report, target, assessment = data["report"], data["report"]["targets"][0], data["assessment"]
    tool = {"name": "fairport", "version": tool_version(), "rules": RULE_SET}
    if any(part["tool"] != tool for part in (data, report, assessment)):
        version = str(data["tool"]["version"])[:40]
        raise Unfit(f"it was made by Fairport {version}, this is {tool['version']}, or by other rules")
    if data["files"] != _stated(files) or _depends_on_tools(files):
        raise Unfit("it is about other files")
    if {report["profile"], target["profile"], assessment["profile"]} != {profile}:
        raise Unfit(f"it is not about the profile {profile}")
    at = _day(data["at"])
    if at > today + timedelta(days=1):  # clocks differ
        raise Unfit("it was made in the future")
    failed = tuple(item for item in target["findings"] if item["status"] == "fail")
    return BundleReport(
        data["tool"]["version"],
        at,
        profile,
        _counted(target["findings"], report["summary"]),
        failed,
        _judged(assessment, profile, failed),
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unfit("its date is none") from None


def _depends_on_tools(files: Mapping[str, str]) -> bool:
    return any(path.endswith(_ASK_TOOLS) for path in files)


def _stated(files: Mapping[str, str]) -> dict[str, Any]:
    """Return what binds a report to its files."""
    try:
        return {"count": len(files), "digest": files_digest(files.items())}
    except UnicodeEncodeError:
        raise Unfit("the name of a file is not UTF-8") from None


def _counted(findings: Sequence[Mapping[str, Any]], summary: Mapping[str, int]) -> Counter[str]:
    """Return the counts of findings, which must be those of the summary and of rules that exist."""
    if not {item["rule"] for item in findings} <= {rule.id for rule in all_rules()}:
        raise Unfit("it names a rule that does not exist")
    counts = Counter(item["severity"] for item in findings if item["status"] == "fail")
    counts["waived"] = sum(item["status"] == "waived" for item in findings)
    counts["fixable"] = sum(item["status"] == "fail" and "fix" in item for item in findings)
    if any(counts[name] != summary[name] for name in (*SEVERITIES, "waived", "fixable")):
        raise Unfit("its counts are not those of its findings")
    return counts


def _judged(data: Mapping[str, Any], profile: str, failed: Sequence[Mapping[str, Any]]) -> Assessment:
    """Return the assessment with counts and levels reckoned from what is said of each criterion."""
    rda = _judgements(data["rda"]["indicators"], INDICATORS)
    tests = [item for metric in data["fuji"]["metrics"] for item in metric["tests"]]
    fuji = iter(_judgements(tests, [test for metric in METRICS for test in metric.tests]))
    assessment = Assessment(
        path=".",
        id=data.get("id"),
        profile=profile,
        rda=rda,
        levels=tuple(level_judged(area, rda) for area in AREAS),
        fuji=tuple(
            Metric(spec.id, spec.title, spec.aliases, tuple(next(fuji) for _ in spec.tests))
            for spec in METRICS
        ),
        fair4rs=_judgements(data["fair4rs"]["principles"], PRINCIPLES),
        badge=BadgeState(data["badge"]["allowed"], data["badge"].get("reason")),
    )
    if _reckoned(assessment.to_data()) != _reckoned(data):
        raise Unfit("the counts of its assessment do not add up")
    if assessment.badge.allowed and (profile == "draft" or any(i["severity"] == "error" for i in failed)):
        raise Unfit("it allows a badge that its findings forbid")
    return assessment


def _judgements(stated: Sequence[Mapping[str, Any]], criteria: Sequence[Criterion]) -> tuple[Judgement, ...]:
    """Return what is said of each criterion, in their order."""
    if [item["id"] for item in stated] != [criterion.id for criterion in criteria]:
        raise Unfit("its assessment is about other criteria")
    for item, criterion in zip(stated, criteria, strict=True):
        if criterion.elsewhere is not None and item["status"] != "not-assessed":
            raise Unfit(f"it judges {criterion.id}, which no repository can prove alone")
    return tuple(
        Judgement(criterion, item["status"], reason=item.get("reason"))
        for item, criterion in zip(stated, criteria, strict=True)
    )


def _reckoned(data: Mapping[str, Any]) -> list[Any]:
    """Return what of an assessment follows from its judgements."""
    rda, fuji, fair4rs = data["rda"], data["fuji"], data["fair4rs"]
    points = [fuji[name] for name in ("version", "points", "earned", "open")]
    return [rda["summary"], rda["levels"], points, fair4rs["summary"]]


__all__ = ["REPORT_FILE", "BundleReport", "Unfit", "make_report", "read_report"]
