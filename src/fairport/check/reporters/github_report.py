"""The report as annotations of GitHub Actions (workflow commands)."""

from __future__ import annotations

from fairport.check.report import Report, Target
from fairport.check.reporters.places import from_here
from fairport.contract.finding import Finding

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def render(report: Report) -> str:
    """Return one workflow command a finding, the severest first (GitHub shows only the first of a kind)."""
    pairs = [(finding, target) for target in report.targets for finding in target.failed()]
    pairs.sort(key=lambda pair: list(_COMMANDS).index(pair[0].severity))
    told = [_command(finding, target) for finding, target in pairs]
    for target in report.targets:
        if target.left_out:
            names = ", ".join(target.left_out)
            text = f"{target.path}: {names} not run, newer than the rule set that the record pins"
            told.append(f"::notice title=rules::{_data(text)}")
    return "".join(line + "\n" for line in told)


def _command(finding: Finding, target: Target) -> str:
    properties = {
        "file": from_here(target, finding.path) if finding.path else None,
        "line": finding.line,
        "col": finding.column,
        "endLine": finding.end_line,
        "endColumn": finding.end_column,
        "title": finding.rule,
    }
    told = ",".join(
        f"{key}={_property(str(value))}" for key, value in properties.items() if value is not None
    )
    text = "\n".join(part for part in (finding.message, finding.help, finding.docs_url) if part)
    return f"::{_COMMANDS[finding.severity]} {told}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
