"""What the last harvest found: why a repository is missing, in the words of the harvest."""

from __future__ import annotations

from fairport.catalog.pages.frame import Frame
from fairport.catalog.pages.shared import failure_cards
from fairport.catalog.parts import Badge, Cell, Row, TableView, columns
from fairport.catalog.prose import plain
from fairport.catalog.rendering import day
from fairport.catalog.state import EntryState

_TONES = {"ok": "good", "stale": "warn", "failed": "bad", "withdrawn": "warn"}


def add_status(frame: Frame) -> None:
    """Make the page of the last harvest."""
    model = frame.model
    good = sum(state.state == "ok" for state in model.states)
    page = frame.page(
        "status/index.html",
        "Status of the last harvest",
        f"On {day(model.time)} at {model.time[11:16]} UTC, {good} of {len(model.states)} repositories "
        "were read.",
    )
    rows = tuple(_row(frame, state, page.root) for state in model.states)
    partial = tuple(
        Row(
            (
                Cell(state.id),
                Cell(result.path),
                Cell("older version shown" if result.state == "kept" else "not shown"),
                Cell(plain(result.reason or "")),
            )
        )
        for state in model.states
        for result in state.results
        if result.state in {"failed", "kept"}
    )
    partial += tuple(
        Row(
            (
                Cell(entry),
                Cell(problem.partition(": ")[0]),
                Cell("not shown"),
                Cell(problem.partition(": ")[2]),
            )
        )
        for entry, problems in sorted(model.problems.items())
        for problem in problems
    )
    frame.add(
        "status.html.jinja",
        page,
        failures=failure_cards(model),
        partial=TableView(columns("Entry", "Record", "State", "Why"), partial) if partial else None,
        content=TableView(
            columns("Entry", "State", "Results", "Errors / warnings / notes", "Harvested", numbers=(2,)), rows
        ),
    )


def add_missing(frame: Frame) -> None:
    """Make the page that a web server shows for an address without a page."""
    base = (frame.model.config.url or "").rstrip("/") + "/"
    page = frame.page("404.html", "Not here", "There is no page at this address.", base=base)
    frame.add("missing.html.jinja", page)


def _row(frame: Frame, state: EntryState, root: str) -> Row:
    analysis = frame.model.by_id.get(state.id)
    check = state.check
    return Row(
        (
            Cell(
                plain(analysis.record.title) if analysis else state.id,
                href=root + analysis.url if analysis else None,
                small=state.id if analysis else "",
            ),
            Cell("", badge=Badge(state.state, _TONES[state.state], plain(state.reason or ""))),
            Cell(str(len(analysis.results)) if analysis else "–"),
            Cell(f"{check.error} / {check.warning} / {check.note}" if check else "–"),
            Cell(day(state.harvested) or "never"),
        )
    )
