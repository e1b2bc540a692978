"""Why is my repository missing? A page for every entry that has nothing to show, with the very findings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from shlex import quote
from typing import Final

from fairport.catalog.addresses import refusal, web_address
from fairport.catalog.model import SiteModel
from fairport.catalog.pages.findings import findings_table
from fairport.catalog.pages.frame import Frame
from fairport.catalog.parts import Fact, Link, TableView, code, fact, facts, link
from fairport.catalog.prose import plain
from fairport.catalog.site.rendering import day
from fairport.catalog.state import CheckSummary
from fairport.contract.registry import RegistryEntry

_NEW: Final = "It is registered, and was not looked at yet: the next harvest will."


@dataclass(frozen=True, slots=True)
class Missing:
    """An entry without a page of its own.

    Attributes:
        id: identifier of the entry.
        reason: why nothing is shown.
        mend: what its authors can do.
        checked: when it was last looked at.
        check: what the check says of what is there.
        entry: the registry entry, if it can be read.
    """

    id: str
    reason: str
    mend: str | None = None
    checked: str | None = None
    check: CheckSummary | None = None
    entry: RegistryEntry | None = None

    @property
    def url(self) -> str:
        """Page relative to the root of the site: where the analysis will stand once it can be read."""
        return f"a/{self.id}/index.html"


def missing_entries(model: SiteModel) -> Iterator[Missing]:
    """Yield every entry of which nothing is shown, withdrawn ones left out."""
    entries = {entry.id: entry for entry in model.catalogue.entries}
    for state in model.states:
        if state.id in model.by_id or state.state == "withdrawn":
            continue
        problems = model.problems.get(state.id, [])
        reason = state.reason or (problems[0] if problems else "")
        yield Missing(
            state.id,
            reason,
            state.mend,
            state.checked,
            state.failure_check or state.check,
            entries.get(state.id),
        )
    known = {state.id for state in model.states}
    for entry in model.catalogue.entries:
        if entry.id not in known and entry.status != "withdrawn":
            yield Missing(entry.id, _NEW, "run `fairport catalog harvest`", entry=entry)


def add_failures(frame: Frame) -> None:
    """Make the page of every entry of which nothing is shown."""
    for item in missing_entries(frame.model):
        _add(frame, item)
        frame.unlisted.add(item.url)


def _add(frame: Frame, item: Missing) -> None:
    entry = item.entry
    title = plain(entry.title if entry is not None and entry.title else item.id)
    page = frame.page(
        item.url,
        title,
        f"Nothing of {title} is shown in this catalogue: {plain(item.reason)}",
        section="analyses",
    )
    frame.add(
        "failure.html.jinja",
        page,
        trail=[
            Link(f"{page.root}index.html", frame.model.config.title),
            Link(f"{page.root}a/index.html", "Analyses"),
            Link(f"{page.root}status/index.html", "Last harvest"),
        ],
        reason=item.reason,
        mend=item.mend or "",
        counts=_counts(item.check),
        findings=_findings(frame, item, page.root),
        commands=_commands(entry),
        what=_facts(item),
    )


def _findings(frame: Frame, item: Missing, root: str) -> TableView | None:
    if item.check is None or not item.check.findings:
        return None
    return findings_table(frame, item.check.findings, root)


def _counts(check: CheckSummary | None) -> str:
    if check is None:
        return ""
    numbers = ((check.error, "error"), (check.warning, "warning"), (check.note, "note"))
    return ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for count, name in numbers)


def _commands(entry: RegistryEntry | None) -> str:
    """Return how an author sees the same on their own machine."""
    address = entry.repository.url if entry is not None else None
    lines = ["fairport check", "fairport catalog preview ."]
    if entry is not None and address and refusal(address) is None and not address.startswith("file:"):
        lines.insert(0, f"git clone {quote(plain(address))} {entry.id}\ncd {entry.id}")
    return "\n".join(lines)


def _facts(item: Missing) -> tuple[Fact, ...]:
    entry = item.entry
    address = web_address(entry.repository.url) if entry is not None else None
    return facts(
        fact("Identifier", code(item.id)),
        fact("Repository", link(address, address or "")),
        fact("Contact", plain(entry.contact) if entry is not None and entry.contact else None),
        fact("Registered since", day(entry.since) if entry is not None else None),
        fact("Last looked at", day(item.checked)),
    )


__all__ = ["Missing", "add_failures", "missing_entries"]
