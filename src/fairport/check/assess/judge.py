"""Judges the criteria of a repository: runs the rules, looks for facts, weighs both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from fairport.check.assess.facts import find
from fairport.check.assess.fuji import METRICS
from fairport.check.assess.model import (
    AREAS,
    Assessment,
    BadgeState,
    Criterion,
    Evidence,
    Judgement,
    Level,
    Metric,
    level_of,
)
from fairport.check.assess.rda import INDICATORS
from fairport.check.assess.software import PRINCIPLES
from fairport.check.assess.starter import untouched
from fairport.check.assess.view import Missing, View
from fairport.check.cleaning import clean
from fairport.check.inspection import Inspection, require_profile
from fairport.check.registry import all_rules
from fairport.check.rule import Rule
from fairport.contract.constants import PROFILES
from fairport.contract.finding import Finding

_STRICT: Final = "release"
"""Profile under which rules speak for or against a criterion, whatever the maturity of the record."""

_MOST: Final = 8
"""Most pieces of evidence that are told for one criterion."""


def assess_inspected(inspection: Inspection, profile: str | None = None) -> Assessment:
    """Assess one repository that may have been checked already; see :func:`fairport.check.assess.assess`.

    Raises:
        UsageError: there is no such profile.
    """
    if profile is not None:
        require_profile(profile)
    target = inspection.check(_STRICT)
    documents = inspection.documents.under(_STRICT)
    view = View(documents, target)
    maturity = documents.record.text("maturity") if documents.record is not None else None
    used = profile or (maturity if maturity in PROFILES else "draft")
    judge = Judge(view)
    rda = tuple(judge.judge(item) for item in INDICATORS)
    return Assessment(
        path=clean(inspection.path),
        id=target.id,
        profile=used,
        rda=rda,
        levels=tuple(level_judged(area, rda) for area in AREAS),
        fuji=tuple(
            Metric(spec.id, spec.title, spec.aliases, tuple(judge.judge(test) for test in spec.tests))
            for spec in METRICS
        ),
        fair4rs=tuple(judge.judge(item) for item in PRINCIPLES),
        badge=_badge(view, used, inspection),
    )


def level_judged(area: str, rda: Sequence[Judgement]) -> Level:
    """Return the maturity of an area by what was judged of its indicators."""
    members = [item for item in rda if item.criterion.area == area]
    counts = Counter(item.status for item in members)
    return Level(area, level_of(members, "pass"), level_of(members, "pass", "not-assessed"), counts)


class Judge:
    """Judges criteria of one repository."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._findings: dict[str, list[Finding]] = {}
        for finding in view.target.findings:
            self._findings.setdefault(finding.rule, []).append(finding)

    def judge(self, criterion: Criterion) -> Judgement:
        """Return what becomes of a criterion: errors speak first, then what was skipped, then the facts."""
        if criterion.elsewhere is not None:
            declared = self._told(criterion.declared)
            return Judgement(criterion, "not-assessed", declared, reason=criterion.elsewhere)
        rules = [rule for rule in all_rules() if _serves(rule, criterion)]
        findings = [finding for rule in rules for finding in self._findings.get(rule.id, ())]
        wrong = [item for item in findings if item.severity == "error" and item.status in {"fail", "waived"}]
        remarks = sum(item.severity != "error" and item.status == "fail" for item in findings)
        if wrong:
            return Judgement(criterion, "fail", _against(wrong), reason=_said_against(wrong), remarks=remarks)
        skipped = next((item for item in findings if item.status == "skipped"), None)
        if skipped is not None:
            reason = f"{skipped.rule} was skipped: {skipped.reason}"
            return Judgement(criterion, "not-assessed", reason=reason, remarks=remarks)
        return self._by_facts(criterion, rules, remarks)

    def _by_facts(self, criterion: Criterion, rules: Iterable[Rule], remarks: int) -> Judgement:
        evidence: list[Evidence] = []
        missing: list[Missing] = []
        for name in criterion.facts:
            found = find(self._view, name)
            if isinstance(found, Missing):
                missing.append(found)
            else:
                evidence += found
        if missing:
            decisive = next((item for item in missing if item.assessed), missing[0])
            return Judgement(
                criterion,
                "fail" if decisive.assessed else "not-assessed",
                reason=decisive.reason,
                remarks=remarks,
            )
        outcomes = self._view.target.outcomes
        passed = tuple(
            rule.id for rule in rules if rule.id in outcomes and outcomes[rule.id].status == "pass"
        )
        unique = tuple(dict.fromkeys(evidence))[:_MOST]
        return Judgement(criterion, "pass", unique, passed, remarks=remarks)

    def _told(self, names: Iterable[str]) -> tuple[Evidence, ...]:
        told: list[Evidence] = []
        for name in names:
            found = find(self._view, name)
            if not isinstance(found, Missing):
                told += found
        return tuple(dict.fromkeys(told))[:_MOST]


def _serves(rule: Rule, criterion: Criterion) -> bool:
    """Tell whether a rule serves a criterion by its own mapping."""
    named = (*rule.rda, *rule.fuji)
    wanted = criterion.serves or (criterion.id,)
    return any(name == item or name.startswith(f"{item}-") for name in named for item in wanted)


def _against(findings: Iterable[Finding]) -> tuple[Evidence, ...]:
    return tuple(Evidence(item.message, item.path, item.line, item.column, item.rule) for item in findings)[
        :_MOST
    ]


def _said_against(findings: Sequence[Finding]) -> str:
    waived = [item for item in findings if item.status == "waived"]
    if len(waived) == len(findings):
        return f"{waived[0].rule} is waived; a waiver accepts a finding, it does not undo it"
    return next(item.message for item in findings if item.status == "fail")


def _badge(view: View, profile: str, inspection: Inspection) -> BadgeState:
    """Return whether a badge may be given: from release on, without errors, for own results only."""
    record = view.record
    if isinstance(record, Missing):
        return BadgeState(False, record.reason)
    if profile == "draft":
        return BadgeState(False, "the analysis is a draft; badges begin with the release profile")
    kept = untouched(record)
    if kept is not None:
        return BadgeState(False, kept)
    if isinstance(view.own_results, Missing):
        return BadgeState(False, view.own_results.reason)
    target = inspection.check(profile)
    if target.internal:
        return BadgeState(False, f"{target.internal[0][0]} failed itself")
    errors = [item for item in target.failed() if item.severity == "error"]
    if errors:
        count = f"{len(errors)} error{'s' if len(errors) != 1 else ''}"
        return BadgeState(False, f"the check finds {count} under the {profile} profile ({errors[0].rule})")
    return BadgeState(True)
