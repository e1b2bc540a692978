"""The report for people: one line a finding, what to do below it, and a summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from fairport.check.report import SEVERITIES, Report, Target
from fairport.contract.errors import Location
from fairport.contract.finding import Finding

Style = Callable[..., str]
"""``style(text, fg=..., bold=..., dim=...)`` gives text for a terminal."""

_COLOURS: Final = {"error": "red", "warning": "yellow", "note": "cyan"}
_WIDEST_PLACE: Final = 40
_LONGEST_LIST: Final = 40
"""From so many notes on they are counted by rule unless the report is verbose."""


def plain(text: str, **styles: object) -> str:
    """Return text without styles."""
    return text


def render(report: Report, style: Style = plain, *, verbose: bool = False) -> str:
    """Return the report as lines.

    Args:
        report: what was found.
        style: paints text where the stream takes colours.
        verbose: tell also what stands behind notes, and what was skipped.
    """
    lines: list[str] = []
    for target in report.targets:
        if len(report.targets) > 1:
            lines += [*([""] if lines else []), style(f"{target.path}  ({target.profile})", bold=True)]
        lines += _target(target, style, verbose)
    if lines:
        lines.append("")
    lines.append(_summary(report, style))
    return "\n".join(lines) + "\n"


def _target(target: Target, style: Style, verbose: bool) -> Iterator[str]:
    failed = list(target.failed())
    serious = [item for item in failed if item.severity != "note"]
    notes = [item for item in failed if item.severity == "note"]
    width = min(max((len(_place(item)) for item in failed), default=0), _WIDEST_PLACE)
    for finding in serious:
        yield from _lines(finding, width, style, target.findings, details=True)
    if notes and serious:
        yield ""
    if len(notes) > _LONGEST_LIST and not verbose:
        counts = Counter((item.rule, item.message if len(notes) == 1 else "") for item in notes)
        for (rule, _), count in sorted(counts.items()):
            yield f"{style('note', fg=_COLOURS['note'])} {rule}  {count} times (-v shows them)"
    else:
        for finding in notes:
            yield from _lines(finding, width, style, target.findings, details=verbose)
    yield from _skipped(target, style, verbose)


def _lines(
    finding: Finding, width: int, style: Style, others: tuple[Finding, ...], *, details: bool
) -> Iterator[str]:
    place = _place(finding).ljust(width)
    severity = style(
        finding.severity.ljust(7), fg=_COLOURS[finding.severity], bold=finding.severity == "error"
    )
    fix = "   " + style(f"[fix: {finding.fix.safety}]", fg="green") if finding.fix else ""
    yield f"{place}  {severity} {style(finding.rule.ljust(7), bold=True)}  {finding.message}{fix}"
    if not details:
        return
    told = finding.message
    for label, text in (("found", finding.found), ("help", finding.help), ("expected", finding.expected)):
        if text and text.strip('"') not in told:
            told += f" {text}"
            yield f"{'':<{min(width, 8)}}  {style(f'{label:<8}', dim=True)} {text}"
    if finding.caused_by:
        root = next((item for item in others if item.fingerprint == finding.caused_by), None)
        if root is not None:
            text = f"{root.rule} at {_place(root)}: mend that first"
            yield f"{'':<{min(width, 8)}}  {style('follows ', dim=True)} {text}"


def _skipped(target: Target, style: Style, verbose: bool) -> Iterator[str]:
    skipped = [item for item in target.findings if item.status == "skipped"]
    reasons: dict[str, list[str]] = {}
    for item in skipped:
        reasons.setdefault(item.reason or "", []).append(item.rule)
    for reason, rules in reasons.items():
        unique = list(dict.fromkeys(rules))
        many = f"{len(unique)} rules" if len(unique) > 1 else f"rule {unique[0]}"
        listed = f" ({', '.join(unique)})" if verbose and len(unique) > 1 else ""
        yield style(f"{many} skipped: {reason}{listed}", dim=True)
    if verbose:
        for item in target.findings:
            if item.status == "waived":
                yield style(f"{_place(item)}  waived  {item.rule}  {item.message} ({item.reason})", dim=True)


def _place(finding: Finding) -> str:
    return str(Location(finding.path or ".", finding.line, finding.column))


def _summary(report: Report, style: Style) -> str:
    counts = report.counts
    found = [
        style(
            f"{counts[name]} {name}{'s' if counts[name] != 1 else ''}",
            fg=_COLOURS[name],
            bold=name == "error",
        )
        for name in SEVERITIES
        if counts[name]
    ]
    parts = [", ".join(found) if found else style("no problems found", fg="green", bold=True)]
    if counts["fixable"]:
        parts.append(f"{counts['fixable']} fixable (--fix)")
    if counts["waived"]:
        parts.append(f"{counts['waived']} waived")
    if len(report.targets) > 1:
        parts.append(f"{len(report.targets)} repositories")
    parts += [f"profile {report.profile}", f"{report.seconds:.1f} s"]
    text = " · ".join(parts)
    following = _next(report)
    return f"{text}          next: {following}" if following else text


def _next(report: Report) -> str | None:
    """Return the command that helps most now."""
    for severity in SEVERITIES:
        for finding in report.findings:
            if finding.status == "fail" and finding.severity == severity and not finding.caused_by:
                return f"fairport explain {finding.rule}"
    return None
