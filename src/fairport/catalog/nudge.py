"""One ready issue for each repository: what its catalogue found, in words that its authors can act on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from fairport.catalog.addresses import web_address
from fairport.catalog.prose import plain
from fairport.catalog.registry import Catalogue
from fairport.catalog.state import CheckSummary, EntryState, FindingNote, read_state
from fairport.contract.constants import rule_url

MAX_FINDINGS: Final = 30
_MARKS: Final = re.compile(r"([\\`*_{}\[\]<>#|@!~])")


@dataclass(frozen=True, slots=True)
class Nudge:
    """An issue that is ready to be filed.

    Attributes:
        entry: id of the registry entry.
        title: title of the issue.
        body: its text as Markdown; nothing in it is taken for markup or for a mention of anybody.
        repository: web address of the repository, if it has a public one.
    """

    entry: str
    title: str
    body: str
    repository: str | None = None


def nudges(catalogue: Catalogue) -> list[Nudge]:
    """Return one issue for each repository with something to mend, sorted by entry.

    Repositories that are fine, withdrawn, or not harvested yet get none.
    """
    found = []
    for entry in catalogue.entries:
        state = read_state(catalogue.harvest_root / entry.id)
        if state is None or state.state == "withdrawn":
            continue
        sections = [text for text in _sections(state) if text]
        if sections:
            body = "\n\n".join([_opening(catalogue, entry.id), *sections, _closing(state)])
            found.append(Nudge(entry.id, _title(state), body + "\n", web_address(entry.repository.url)))
    return found


def _title(state: EntryState) -> str:
    if state.state in {"failed", "stale"}:
        return "The analysis cannot be read by the catalogue"
    broken = sum(item.state in {"failed", "kept"} for item in state.results)
    if broken:
        return f"{broken} result record{'' if broken == 1 else 's'} cannot be shown in the catalogue"
    return "Findings of fairport check"


def _opening(catalogue: Catalogue, entry: str) -> str:
    url = catalogue.config.url
    page = f" ({url.rstrip('/')}/a/{entry}/)" if url else ""
    return f"This repository is listed in {_text(catalogue.config.title)}{page}. The last harvest found:"


def _sections(state: EntryState) -> Iterable[str]:
    if state.state in {"failed", "stale"}:
        yield _failure(state)
        return
    yield _broken(state)
    if state.check is not None:
        yield _findings(state.check)


def _failure(state: EntryState) -> str:
    lines = [f"**It could not be read** on {state.checked[:10]}: {_text(state.reason or '')}"]
    if state.mend:
        lines.append(f"Mend: {_text(state.mend)}")
    if state.state == "stale":
        lines.append(f"The version harvested on {(state.harvested or '')[:10]} is still shown.")
    return "\n\n".join(lines)


def _broken(state: EntryState) -> str:
    lines = []
    for item in state.results:
        if item.state in {"failed", "kept"}:
            mend = f" Mend: {_text(item.mend)}" if item.mend else ""
            lines.append(f"- [ ] {_code(item.path)}: {_text(item.reason or '')}.{mend}")
    return "\n".join(["### Records that are not shown as they stand", "", *lines]) if lines else ""


def _findings(check: CheckSummary) -> str:
    serious = [finding for finding in check.findings if finding.severity in {"error", "warning"}]
    if not check.error and not check.warning:
        return ""
    found = f"{_count(check.error, 'error')} and {_count(check.warning, 'warning')}"
    head = f"### {found} (profile {check.profile})"
    if not serious:  # the numbers are withheld, so that messages stay with the repository
        return f"{head}\n\nRun `fairport check` to see them."
    lines = [_finding(finding) for finding in serious[:MAX_FINDINGS]]
    left = check.error + check.warning - len(lines)
    lines += [f"- and {left} more: run `fairport check`"] if left > 0 else []
    return "\n".join([head, "", *lines])


def _finding(finding: FindingNote) -> str:
    place = f"{finding.path}:{finding.line}" if finding.line else finding.path
    rule = f"[{finding.rule}]({rule_url(finding.rule)})" if finding.rule.isalnum() else _text(finding.rule)
    return f"- [ ] {rule} {finding.severity}, {_code(place)}: {_text(finding.message)}"


def _closing(state: EntryState) -> str:
    at = f" at commit {state.commit[:10]}" if state.commit else ""
    return (
        f"Looked at{at}. `fairport check` shows the same on your machine, `fairport check --fix` mends what "
        "can be mended safely, and `fairport catalog preview .` shows the pages as the catalogue would."
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _text(text: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    return _MARKS.sub(r"\\\1", " ".join(plain(text).split())).replace("://", ":&#8203;//")


def _code(text: str) -> str:
    return "`" + " ".join(plain(text).split()).replace("`", "'") + "`"


__all__ = ["Nudge", "nudges"]
