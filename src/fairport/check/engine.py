"""Runs rules over repositories: supplies documents, isolates failures, ranks and accepts findings."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from fairport.check.causes import Draft, attribute_causes
from fairport.check.cleaning import clean
from fairport.check.documents import Documents, Profile, Skip
from fairport.check.fingerprint import Fingerprints, stable_pointer
from fairport.check.inline import InlineWaiver, read_inline
from fairport.check.issue import Issue, json_pointer
from fairport.check.options import Options
from fairport.check.parsed import Parsed
from fairport.check.registry import all_rules
from fairport.check.report import Outcome, Target
from fairport.check.repository import Repository
from fairport.check.rule import Rule
from fairport.check.selection import choose, effective_severity, keeps_path, pinned
from fairport.check.waivers import WaiverEntry, Waivers, read_waivers
from fairport.contract.constants import PROFILES
from fairport.contract.finding import Finding

_MAX_ISSUES: Final = 1000
"""Most problems of one rule that are told for one repository."""


def check_folder(folder: Path, shown: str, options: Options, documents: Documents | None = None) -> Target:
    """Check one repository.

    Args:
        folder: the repository.
        shown: its name in the report.
        options: how to check.
        documents: those of ``folder``, when some were read already; what a rule says of them is kept there.
    """
    started = time.perf_counter()
    today = options.today or datetime.now(UTC).date()
    if documents is None:
        documents = Documents(Repository(folder), today=today)
    documents.online = options.online
    record = documents.record
    documents.profile = options.profile or _maturity(record)
    chosen = choose(all_rules(), options.select, options.ignore)
    rules, newer = pinned(chosen, options.rules or (record.text("rules") if record is not None else None))
    run = _Run(documents, read_waivers(record), options.baseline, read_inline(documents.repository))
    if options.select or options.ignore:
        run.keeps, run.told = keeps_path(options.select, options.ignore), {}
    for rule in rules:
        if not rule.last:
            run.apply(rule)
    if record is not None or run.inline:
        documents.extras[Waivers] = Waivers(record, run.waivers, frozenset(run.outcomes), run.inline)
    for rule in rules:
        if rule.last:
            run.apply(rule)
    run.add_owners()
    identifier = record.text("id") if record is not None else None
    return Target(
        path=clean(shown),
        profile=documents.profile,
        findings=tuple(run.findings()),
        outcomes=run.outcomes,
        id=clean(identifier) if identifier else None,
        seconds=time.perf_counter() - started,
        internal=tuple(run.internal),
        left_out=tuple(rule.id for rule in newer),
    )


def _maturity(record: Parsed | None) -> str:
    maturity = record.text("maturity") if record is not None else None
    return maturity if maturity in PROFILES else "draft"


@dataclass(slots=True)
class _Told:
    """What a rule says of a repository.

    Attributes:
        issues: its problems.
        skips: what it did not see.
        ran: whether there was something to look at.
        defect: error of the rule itself.
    """

    issues: list[Issue] = field(default_factory=list)
    skips: list[Skip] = field(default_factory=list)
    ran: bool = False
    defect: str | None = None


class _Run:
    """One repository while its rules run."""

    def __init__(
        self,
        documents: Documents,
        waivers: tuple[WaiverEntry, ...],
        baseline: frozenset[str],
        inline: tuple[InlineWaiver, ...] = (),
    ) -> None:
        self.documents, self.waivers, self.baseline, self.inline = documents, waivers, baseline, inline
        self.keeps: Callable[[str], bool] = lambda path: True
        self.told: dict[str, _Told] = documents.told
        self.outcomes: dict[str, Outcome] = {}
        self.internal: list[tuple[str, str]] = []
        self._drafts: list[Draft] = []
        self._skips: list[tuple[Rule, Skip]] = []
        self._prints = Fingerprints()

    def apply(self, rule: Rule) -> None:
        """Run one rule over every document that it wants, unless it was run before."""
        told = self.told.get(rule.id)
        if told is None:
            told = self._tell(rule)
            if not rule.last and Profile not in rule.wants.values():
                self.told[rule.id] = told
        drafts, skips, ran = [self._draft(rule, issue) for issue in told.issues], told.skips, told.ran
        if told.defect is not None:
            self.internal.append((rule.id, told.defect))
            drafts.append(self._draft(rule, _internal_issue(rule, told.defect)))
        if len(drafts) >= _MAX_ISSUES:
            drafts.append(self._draft(rule, Issue(f"more than {_MAX_ISSUES} problems; the rest is left out")))
        self._drafts += drafts
        self._skips += [(rule, skip) for skip in skips if skip.status == "skipped"]
        self.outcomes[rule.id] = _outcome(drafts, skips, ran)

    def _tell(self, rule: Rule) -> _Told:
        """Return what a rule says of every document that it wants."""
        told = _Told()
        try:
            for arguments in self._arguments(rule, told.skips):
                told.ran = True
                issues = islice(rule.function(**arguments), _MAX_ISSUES - len(told.issues))
                told.issues += [issue for issue in issues if self.keeps(issue.path)]
        except Exception as error:
            if os.environ.get("FAIRPORT_DEBUG") == "1":
                raise
            told.defect = f"{type(error).__name__}: {clean(str(error))[:300]}"
        return told

    def _arguments(self, rule: Rule, skips: list[Skip]) -> Iterator[dict[str, Any]]:
        """Yield the arguments of each call; at most one parameter may stand for several documents."""
        supplies = {name: self.documents.supply(kind) for name, kind in rule.wants.items()}
        for supply in supplies.values():
            skips.extend(supply.skips)
        many = [name for name, supply in supplies.items() if len(supply.values) != 1]
        if any(not supplies[name].values for name in many):
            return
        if len(many) > 1:
            raise TypeError(f"{rule.id} wants several documents of several types: {', '.join(many)}")
        single = {name: supply.values[0] for name, supply in supplies.items() if name not in many}
        if not many:
            yield single
            return
        for value in supplies[many[0]].values:
            yield {**single, many[0]: value}

    def add_owners(self) -> None:
        """Run the rules that explain why others were skipped, when they were not selected themselves."""
        wanted = {skip.owner for _, skip in self._skips if skip.owner} - set(self.outcomes)
        for rule in all_rules():
            if rule.id in wanted:
                self.apply(rule)

    def _draft(self, rule: Rule, issue: Issue) -> Draft:
        severity = effective_severity(
            issue.severity or rule.severity, issue.category or rule.category, self.documents.profile
        )
        where = issue.place()
        pointer = stable = None
        if issue.pointer is not None:
            pointer = clean(json_pointer(issue.pointer))
            stable = stable_pointer(issue.document.data if issue.document else None, issue.pointer)
        finding = Finding(
            rule=rule.id,
            severity=severity,
            status="fail",
            path=clean(issue.path),
            message=clean(issue.message) or rule.title,
            docs_url=rule.docs_url,
            fingerprint=self._prints.make(rule.id, issue.path, stable, issue.subject),
            line=where.line,
            column=where.column,
            end_line=where.end_line,
            end_column=where.end_column,
            pointer=pointer,
            found=_clean(issue.found),
            expected=_clean(issue.expected),
            help=_clean(issue.help),
            fix=issue.fix,
            fair=rule.fair,
            rda=rule.rda,
            fuji=rule.fuji,
        )
        return Draft(rule, issue, self._accepted(finding, issue.path))

    def _accepted(self, finding: Finding, path: str) -> Finding:
        for comment in self.inline:
            if comment.covers(finding.rule, path, finding.line, self.documents.today):
                comment.used += 1
                return replace(finding, status="waived", reason=clean(comment.reason))
        for waiver in self.waivers:
            if waiver.covers(finding.rule, finding.path, self.documents.today):
                waiver.used += 1
                return replace(finding, status="waived", reason=clean(waiver.reason))
        if finding.fingerprint in self.baseline:
            return replace(finding, status="waived", reason="in the baseline")
        return finding

    def findings(self) -> list[Finding]:
        """Return the findings with their causes, sorted by path and place."""
        found = attribute_causes(self._drafts)
        roots = {(finding.rule, finding.path): finding.fingerprint for finding in reversed(found)}
        skipped = [self._skipped(rule, skip, roots) for rule, skip in self._skips]
        return sorted([*found, *skipped], key=_order)

    def _skipped(self, rule: Rule, skip: Skip, roots: dict[tuple[str, str], str]) -> Finding:
        return Finding(
            rule=rule.id,
            severity="note",
            status="skipped",
            path=clean(skip.path),
            message=rule.title,
            docs_url=rule.docs_url,
            fingerprint=self._prints.make(rule.id, skip.path, None, "skipped"),
            fair=rule.fair,
            rda=rule.rda,
            fuji=rule.fuji,
            caused_by=roots.get((skip.owner, clean(skip.path))),
            reason=clean(skip.reason),
        )


def _clean(text: str | None) -> str | None:
    return None if text is None else clean(text)


def _order(finding: Finding) -> tuple[Any, ...]:
    return (
        finding.path,
        finding.line or 0,
        finding.column or 0,
        finding.rule,
        finding.message,
        finding.fingerprint,
    )


def _outcome(drafts: Iterable[Draft], skips: Sequence[Skip], ran: bool) -> Outcome:
    statuses = {draft.finding.status for draft in drafts}
    if "fail" in statuses:
        return Outcome("fail")
    if "waived" in statuses:
        return Outcome("waived")
    broken = next((skip for skip in skips if skip.status == "skipped"), None)
    if broken is not None:
        return Outcome("skipped", broken.reason)
    if not ran:
        return Outcome("not-applicable", skips[0].reason if skips else None)
    return Outcome("pass")


def _internal_issue(rule: Rule, message: str) -> Issue:
    return Issue(
        f"Fairport failed inside this rule: {message}",
        severity="error",
        category="correctness",
        help="this is a defect of Fairport, not of your repository; please report it with the file that "
        "triggers it",
        subject="internal",
    )
