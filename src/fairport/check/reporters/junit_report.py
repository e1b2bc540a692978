"""The report as JUnit XML: one test case a rule and repository."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from fairport.check.registry import all_rules
from fairport.check.report import SEVERITIES, Outcome, Report, Target
from fairport.contract.errors import Location
from fairport.contract.finding import Finding


def render(report: Report) -> str:
    """Return the XML; findings below the failing severity are told in ``system-out``."""
    suites = [_suite(target, report) for target in report.targets]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="fairport check">\n'
        + "".join(suites)
        + "</testsuites>\n"
    )


def _suite(target: Target, report: Report) -> str:
    counted = SEVERITIES[: SEVERITIES.index(report.fail_on) + 1]
    titles = {rule.id: rule.title for rule in all_rules()}
    by_rule: dict[str, list[Finding]] = {}
    for finding in target.findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    broken = {rule for rule, _ in target.internal}
    cases, failures, skipped = [], 0, 0
    for rule, outcome in target.outcomes.items():
        findings = by_rule.get(rule, [])
        serious = [item for item in findings if item.status == "fail" and item.severity in counted]
        failures += bool(serious) and rule not in broken
        skip = not serious and outcome.status in {"skipped", "not-applicable", "waived"}
        skipped += skip
        element = "error" if rule in broken else "failure"
        cases.append(_case(rule, titles.get(rule, ""), outcome if skip else None, serious, findings, element))
    for rule in target.left_out:
        newer = Outcome("skipped", "newer than the rule set that the record pins")
        cases.append(_case(rule, titles.get(rule, ""), newer, [], [], "failure"))
        skipped += 1
    head = (
        f'  <testsuite name={_attribute(target.path)} tests="{len(cases)}" failures="{failures}" '
        f'errors="{len(broken)}" skipped="{skipped}" time="{target.seconds:.3f}">\n'
    )
    return head + "".join(cases) + "  </testsuite>\n"


def _case(
    rule: str,
    title: str,
    skip: Outcome | None,
    serious: list[Finding],
    findings: Iterable[Finding],
    element: str,
) -> str:
    failed = [item for item in findings if item.status == "fail"]
    place = next((item.path for item in serious or failed), "") or "repository"
    name = f"{rule} {title}"
    lines = [f"    <testcase classname={_attribute(place)} name={_attribute(name)}>\n"]
    if serious:
        text = "\n".join(_line(item) for item in serious)
        lines.append(
            f"      <{element} message={_attribute(serious[0].message)} "
            f"type={_attribute(serious[0].severity)}>{_text(text)}</{element}>\n"
        )
    elif skip is not None:
        lines.append(f"      <skipped message={_attribute(skip.reason or skip.status)}/>\n")
    others = [item for item in failed if item not in serious]
    if others:
        lines.append(
            f"      <system-out>{_text(chr(10).join(_line(item) for item in others))}</system-out>\n"
        )
    return "".join([*lines, "    </testcase>\n"])


def _line(finding: Finding) -> str:
    where = Location(finding.path or ".", finding.line, finding.column)
    return f"{where}: {finding.severity}: {finding.message}" + (f" ({finding.help})" if finding.help else "")


def _text(text: str) -> str:
    return escape(_valid(text))


def _attribute(text: str) -> str:
    return quoteattr(_valid(text))


def _valid(text: str) -> str:
    """Leave out what XML 1.0 cannot hold."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "?", text)
