"""The report for people: by file, a line for each finding, the place in its source, what to do, a summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fairport.check.report import SEVERITIES, Report, Target
from fairport.check.reporters.excerpt import excerpt, holding_secrets
from fairport.contract.errors import Location
from fairport.contract.finding import Finding

Style = Callable[..., str]
"""``style(text, fg=..., bold=..., dim=...)`` gives text for a terminal."""

_COLOURS: Final = {"error": "red", "warning": "yellow", "note": "cyan"}
_WIDEST_PLACE: Final = 40
_MARGIN: Final = 7
_LONGEST_LIST: Final = 40
"""From so many notes on they are counted by rule unless the report is verbose."""


_WIDTH: Final = 100
"""Columns of excerpts where no terminal tells its width."""

_MOST_EXCERPTS: Final = 200


def plain(text: str, **styles: object) -> str:
    """Return text without styles."""
    return text


@dataclass(frozen=True, slots=True)
class _Page:
    """How a report is written."""

    style: Style
    verbose: bool
    width: int


def render(report: Report, style: Style = plain, *, verbose: bool = False, width: int = _WIDTH) -> str:
    """Return the report as lines.

    Args:
        report: what was found.
        style: paints text where the stream takes colours.
        verbose: tell also what stands behind notes, and what was skipped.
        width: columns of the terminal, for excerpts of the source.
    """
    page = _Page(style, verbose, width)
    lines: list[str] = []
    for target in report.targets:
        if len(report.targets) > 1:
            lines += [*([""] if lines else []), style(f"{target.path}  ({target.profile})", bold=True)]
        lines += _target(target, page)
    if lines:
        lines.append("")
    lines.append(_summary(report, style))
    return "\n".join(lines) + "\n"


def _target(target: Target, page: _Page) -> Iterator[str]:
    failed = list(target.failed())
    serious = [item for item in failed if item.severity != "note"]
    notes = [item for item in failed if item.severity == "note"]
    width = min(max((len(_place(item)) for item in failed), default=0), _WIDEST_PLACE)
    secret = holding_secrets(failed)
    path = None
    for number, finding in enumerate(serious):
        if path is not None and finding.path != path:
            yield ""
        path = finding.path
        yield _head(finding, width, page)
        source: list[str] = []
        if number < _MOST_EXCERPTS and finding.path not in secret:
            source = list(_source(target, finding, page))
            yield from source
        yield from _details(finding, target, page, shown="".join(source))
    if notes and serious:
        yield ""
    yield from _notes(notes, width, target, page)
    yield from _skipped(target, page.style, page.verbose)
    if target.left_out:
        text = f"{len(target.left_out)} newer rules left out: the record pins its rule set (--rules latest)"
        yield page.style(text.replace("1 newer rules", "1 newer rule"), dim=True)


def _notes(notes: list[Finding], width: int, target: Target, page: _Page) -> Iterator[str]:
    if len(notes) > _LONGEST_LIST and not page.verbose:
        for rule, count in sorted(Counter(item.rule for item in notes).items()):
            yield f"{page.style('note', fg=_COLOURS['note'])} {rule}  {count} times (-v shows them)"
        return
    for finding in notes:
        yield _head(finding, width, page)
        if page.verbose:
            yield from _details(finding, target, page)


def _head(finding: Finding, width: int, page: _Page) -> str:
    style = page.style
    place = _place(finding).ljust(width)
    severity = style(
        finding.severity.ljust(7), fg=_COLOURS[finding.severity], bold=finding.severity == "error"
    )
    fix = "   " + style(f"[fix: {finding.fix.safety}]", fg="green") if finding.fix else ""
    return f"{place}  {severity} {style(finding.rule.ljust(7), bold=True)}  {finding.message}{fix}"


def _source(target: Target, finding: Finding, page: _Page) -> Iterator[str]:
    """Yield the line of the file with a caret below the place."""
    found = excerpt(Path(target.path), finding, page.width - _MARGIN - 3)
    if found is None or not found.text.strip():
        return
    bar = page.style("|", fg="blue")
    yield f"{page.style(str(found.number).rjust(_MARGIN - 1), fg='blue')} {bar} {found.text}"
    if finding.column is not None:
        caret = page.style("^" * found.width, fg=_COLOURS[finding.severity], bold=True)
        yield f"{'':{_MARGIN}}{bar} {'':{found.offset}}{caret}"


def _details(finding: Finding, target: Target, page: _Page, shown: str = "") -> Iterator[str]:
    """Yield what is more to say than the message and the ``shown`` source."""
    told = finding.message + shown
    for label, text in (("found", finding.found), ("help", finding.help), ("expected", finding.expected)):
        if text and text.strip('"') not in told:
            told += f" {text}"
            yield f"{'':{_MARGIN}}{page.style(f'{label:<8}', dim=True)} {text}"
    if finding.caused_by:
        root = next((item for item in target.findings if item.fingerprint == finding.caused_by), None)
        if root is not None:
            text = f"{root.rule} at {_place(root)}: mend that first"
            yield f"{'':{_MARGIN}}{page.style('follows ', dim=True)} {text}"


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
        safe = any(item.fix is not None and item.fix.safety == "safe" for item in failed(report))
        parts.append(f"{counts['fixable']} fixable ({'--fix' if safe else '--unsafe-fixes'})")
    if counts["waived"]:
        parts.append(f"{counts['waived']} waived")
    if len(report.targets) > 1:
        parts.append(f"{len(report.targets)} repositories")
    parts += [f"profile {report.profile}", f"{report.seconds:.1f} s"]
    text = " · ".join(parts)
    following = _next(report)
    return f"{text}          next: {following}" if following else text


def failed(report: Report) -> Iterator[Finding]:
    """Yield the findings of all repositories that count."""
    return (item for target in report.targets for item in target.failed())


def _next(report: Report) -> str | None:
    """Return the command that helps most now."""
    for severity in SEVERITIES:
        for finding in report.findings:
            if finding.status == "fail" and finding.severity == severity and not finding.caused_by:
                return f"fairport explain {finding.rule}"
    return None
