"""What the last harvest found: why a repository is missing, in the words of the harvest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fairport.catalog.pages.frame import Frame
from fairport.catalog.pages.paging import leaves, page_title, page_url, pager
from fairport.catalog.pages.shared import failure_cards
from fairport.catalog.pages.unshown import unshown_records
from fairport.catalog.parts import Badge, Cell, Row, TableView, columns
from fairport.catalog.prose import plain
from fairport.catalog.site.rendering import day
from fairport.catalog.state import EntryState
from fairport.contract.registry import RegistryEntry

ENTRIES: Final = 500
"""Entries on one page of the status; those that need somebody stand first."""

CARDS: Final = 24
"""Failures that the first page shows in full; all of them are in the list with a page of their own."""

MAX_RECORDS: Final = 500

_TONES: Final = {"ok": "good", "stale": "warn", "failed": "bad", "withdrawn": "warn", "not harvested": "warn"}
_ORDER: Final = ("failed", "stale", "not harvested", "ok", "withdrawn")


def add_status(frame: Frame) -> None:
    """Make the pages of the last harvest: troubles first, then everything, :data:`ENTRIES` on a page."""
    rows = _entries(frame)
    parts = list(leaves(rows, ENTRIES))
    for at, part in enumerate(parts):
        _add_page(frame, part, at, len(parts), len(rows), first=at == 0)


def _add_page(
    frame: Frame,
    rows: Sequence[tuple[str, EntryState | RegistryEntry]],
    at: int,
    pages: int,
    total: int,
    *,
    first: bool,
) -> None:
    model = frame.model
    good = sum(state.state == "ok" for state in model.states)
    page = frame.page(
        page_url("status", at),
        page_title("Status of the last harvest", at),
        f"On {day(model.time)} at {model.time[11:16]} UTC, {good:,} of {total:,} entries were read.",
    )
    failures = failure_cards(model, page.root, CARDS) if first else ()
    frame.add(
        "status.html.jinja",
        page,
        failures=failures,
        more_failures=max(0, len(model.failures) - len(failures)) if first else 0,
        partial=_partial(frame, page.root) if first else None,
        content=TableView(
            columns("Entry", "State", "Results", "Errors / warnings / notes", "Harvested", numbers=(2,)),
            tuple(
                _row(frame, item, page.root) if isinstance(item, EntryState) else _new_row(item, page.root)
                for _, item in rows
            ),
        ),
        pager=pager(page.root, "status", at, pages),
    )


def _entries(frame: Frame) -> list[tuple[str, EntryState | RegistryEntry]]:
    """Return every entry with its state, those that need somebody first."""
    known = {state.id for state in frame.model.states}
    found: list[tuple[str, EntryState | RegistryEntry]] = [
        (state.state, state) for state in frame.model.states
    ]
    found += [("not harvested", entry) for entry in frame.model.catalogue.entries if entry.id not in known]
    return sorted(found, key=lambda item: (_ORDER.index(item[0]), item[1].id))


def _partial(frame: Frame, root: str) -> TableView | None:
    """Return the records that are not shown as they stand, each reason of an entry once, and the reports of
    bundles that do not hold.
    """
    rows = [
        (state.id, _records(told.paths), told.instead or "not shown", _why(told.reason, told.mend))
        for state in frame.model.states
        for told in unshown_records(state, frame.model.problems.get(state.id, ()))
    ]
    rows += [
        (state.id, result.path, "shown without contributions", result.contributions_problem)
        for state in frame.model.states
        for result in state.results
        if result.contributions_problem
    ]
    rows += [
        (state.id, "report of its own check", "checked here", own.reason or "")
        for state in frame.model.states
        if (own := state.check.own if state.check else None) is not None and own.verdict == "disputed"
    ]
    if not rows:
        return None
    there = frame.model.by_id
    cells = (
        Row((Cell(entry, href=f"{root}a/{entry}/index.html" if entry in there else None), *map(Cell, rest)))
        for entry, *rest in rows[:MAX_RECORDS]
    )
    beyond = f"The first {MAX_RECORDS} of {len(rows):,}" if len(rows) > MAX_RECORDS else ""
    return TableView(columns("Entry", "Record", "State", "Why"), tuple(cells), beyond)


def _records(paths: Sequence[str]) -> str:
    """Name the first records of which a reason is true; the page of the entry names all."""
    first = ", ".join(plain(path) for path in paths[:3])
    return first if len(paths) <= 3 else f"{first} and {len(paths) - 3} more"


def _why(reason: str | None, mend: str | None) -> str:
    return plain(f"{reason or ''}. Mend: {mend}" if mend else reason or "")


def _row(frame: Frame, state: EntryState, root: str) -> Row:
    analysis = frame.model.by_id.get(state.id)
    check = state.check
    title = plain(analysis.record.title) if analysis else state.id
    return Row(
        (
            Cell(title, href=f"{root}a/{state.id}/index.html", small=state.id if analysis else ""),
            Cell("", badge=Badge(state.state, _TONES[state.state]), small=plain(state.reason or "")[:300]),
            Cell(str(len(analysis.results)) if analysis else "–"),
            Cell(f"{check.error} / {check.warning} / {check.note}" if check else "–"),
            Cell(day(state.harvested) or "never"),
        ),
        f"{title} {state.id} {state.state}",
    )


def _new_row(entry: RegistryEntry, root: str) -> Row:
    badge = Badge("not harvested", _TONES["not harvested"])
    link = f"{root}a/{entry.id}/index.html"
    return Row((Cell(entry.id, href=link), Cell(badge=badge), Cell("–"), Cell("–"), Cell("never")), entry.id)


def add_missing(frame: Frame) -> None:
    """Make the page that a web server shows for an address without a page."""
    base = (frame.model.config.url or "").rstrip("/") + "/"
    page = frame.page("404.html", "Not here", "There is no page at this address.", base=base)
    frame.add("missing.html.jinja", page)
