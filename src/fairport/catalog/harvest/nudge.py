"""One ready issue for each repository: what its catalogue found, in words that its authors can act on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from fairport.catalog.addresses import web_address
from fairport.catalog.harvest.complaints import complaints
from fairport.catalog.harvest.gitwords import COMES_BACK
from fairport.catalog.prose import plain
from fairport.catalog.registry import Catalogue
from fairport.catalog.state import CheckSummary, EntryState, FindingNote, read_state
from fairport.contract.constants import rule_url
from fairport.contract.documents import RegistryEntry

MAX_FINDINGS: Final = 30
MAX_PATHS: Final = 5
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

    Repositories that are fine, withdrawn, not harvested yet, or out of reach for the moment get none. How the
    curves of a collection are read is for the catalogue to mend, so that its issue speaks to its keeper.
    """
    found = []
    for entry in catalogue.entries:
        state = read_state(catalogue.harvest_root / entry.id)
        if state is None or state.state == "withdrawn" or state.mend == COMES_BACK:
            continue
        sections = [text for text in _sections(state) if text]
        if sections:
            ends = _for_keeper(entry, state) if state.type == "collection" else _for_authors(catalogue, state)
            body = "\n\n".join([ends[0], *sections, ends[1]])
            repository = web_address(entry.repository.url) if state.type != "collection" else None
            found.append(Nudge(entry.id, _title(state), body + "\n", repository))
    return found


def _title(state: EntryState) -> str:
    collection = state.type == "collection"
    if state.state in {"failed", "stale"}:
        return f"The {'collection' if collection else 'analysis'} cannot be read by the catalogue"
    broken = sum(item.state in {"failed", "kept"} for item in state.results)
    if broken and collection:
        return f"Rules for {_count(broken, 'file')} of the collection {state.id}"
    if broken:
        return f"{_count(broken, 'result record')} cannot be shown in the catalogue"
    found = _count(state.check.error, "error") if state.check is not None and state.check.error else ""
    return f"Findings of fairport check{f': {found}' if found else ''}"


def _for_authors(catalogue: Catalogue, state: EntryState) -> tuple[str, str]:
    """Return the beginning and the end of an issue for the authors of an analysis."""
    url = catalogue.config.url
    page = f" ({url.rstrip('/')}/a/{state.id}/)" if url else ""
    commit = f" at commit {state.commit[:10]}" if state.commit else ""
    failed = state.state in {"failed", "stale"}
    opening = (
        f"The catalogue *{_text(catalogue.config.title)}* lists this repository{page}. "
        f"It {'tried to read' if failed else 'read'} it on {state.checked[:10]}{'' if failed else commit}"
        f"{' and could not.' if failed else ' and found what follows.'}"
    )
    closing = (
        "`fairport check` shows the same on your machine, `fairport check --fix` mends what can be mended "
        "safely, and `fairport catalog preview .` shows the pages as the catalogue would. The next harvest "
        "takes up what you change; nothing needs to be reported."
    )
    return opening, closing


def _for_keeper(entry: RegistryEntry, state: EntryState) -> tuple[str, str]:
    """Return the beginning and the end of a note for the keeper of the catalogue."""
    shown = sum(item.state in {"ok", "kept"} for item in state.results)
    place = entry.mapping.file if entry.mapping is not None and entry.mapping.file else None
    rules = _code(place or f"experiments/{entry.id}.yaml")
    opening = (
        f"The collection {_code(entry.id)} gives {_count(shown, 'curve')}. Its other files need a rule, or a "
        "correction in the collection itself."
    )
    closing = (
        f"The rules are in {rules}; `exclude_files: true` leaves out what is no curve. Then call "
        "`fairport catalog harvest` again."
    )
    return opening, closing


def _sections(state: EntryState) -> Iterable[str]:
    if state.state in {"failed", "stale"}:
        yield _failure(state)
        return
    yield _broken(state)
    if state.check is not None:
        yield _findings(state.check)


def _failure(state: EntryState) -> str:
    lines = [f"**Why:** {_text(state.reason or '')}"]
    if state.mend:
        lines.append(f"**Mend:** {_text(state.mend)}")
    if state.state == "stale":
        lines.append(f"The version harvested on {(state.harvested or '')[:10]} is still shown.")
    return "\n\n".join(lines)


def _broken(state: EntryState) -> str:
    lines = []
    for item in complaints(state.results):
        where = ", ".join(map(_code, item.paths[:MAX_PATHS]))
        left = len(item.paths) - MAX_PATHS
        more = f" and {left} more" if left > 0 else ""
        mend = f"\n      Mend: {_text(item.mend)}" if item.mend else ""
        lines.append(f"- [ ] {where}{more}: {_text(item.reason)}{mend}")
    noun = (
        "Files that are not shown"
        if state.type == "collection"
        else "Records that are not shown as they stand"
    )
    return "\n".join([f"### {noun}", "", *lines]) if lines else ""


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


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _text(text: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    return _MARKS.sub(r"\\\1", " ".join(plain(text).split())).replace("://", ":&#8203;//")


def _code(text: str) -> str:
    return "`" + " ".join(plain(text).split()).replace("`", "'") + "`"


__all__ = ["Nudge", "nudges"]
