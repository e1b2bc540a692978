"""The report as Markdown, for job summaries and comments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fairport.check.report import SEVERITIES, Report, Target
from fairport.contract.errors import Location
from fairport.contract.finding import Finding


def render(report: Report) -> str:
    """Return a heading, the counts and one table a repository."""
    counts = report.counts
    total = ", ".join(
        f"{counts[name]} {name}{'s' if counts[name] != 1 else ''}" for name in SEVERITIES if counts[name]
    )
    state = "failed" if report.exit_code() else "passed"
    lines = [
        f"## fairport check: {state}",
        "",
        f"{total or 'No problems found'} · profile {report.profile}",
        "",
    ]
    for target in report.targets:
        lines += _target(target, len(report.targets) > 1)
    return "\n".join(lines) + "\n"


def _target(target: Target, many: bool) -> Iterator[str]:
    failed = sorted(target.failed(), key=lambda item: SEVERITIES.index(item.severity))
    if many:
        yield f"### {cell(target.path)}"
        yield ""
    if target.left_out:
        yield f"Newer than the pinned rule set, not run: {', '.join(target.left_out)}."
        yield ""
    if not failed:
        yield "Everything is as it should be."
        yield ""
        return
    yield "| | rule | where | what | help |"
    yield "| --- | --- | --- | --- | --- |"
    for finding in failed:
        yield _row(finding)
    yield ""
    skipped = {item.reason for item in target.findings if item.status == "skipped" and item.reason}
    for reason in sorted(skipped):
        yield f"Some rules were skipped: {cell(reason)}."
        yield ""


def _row(finding: Finding) -> str:
    where = cell(str(Location(finding.path or ".", finding.line, finding.column)))
    fix = " (fixable)" if finding.fix else ""
    cells = (
        finding.severity,
        f"[{finding.rule}]({finding.docs_url})",
        where,
        cell(finding.message) + fix,
        cell(finding.help or finding.expected or ""),
    )
    return f"| {' | '.join(cells)} |"


def cell(text: str) -> str:
    """Write text so that nothing of it is Markdown or HTML."""
    flat = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]()#+!|~@])", r"\\\1", flat)
