"""What became of a result: since the releases that hold it, and since it was first harvested."""

from __future__ import annotations

from fairport.catalog.model import ShownResult
from fairport.catalog.parts import Badge, Cell, Link, Notice, Row, TableView, columns
from fairport.catalog.prose import plain
from fairport.catalog.relations import Kinship
from fairport.catalog.site.rendering import day


def changed_since(result: ShownResult, kinship: Kinship, root: str) -> list[Notice]:
    """Tell whoever cites the newest release that the numbers are others by now."""
    if not kinship.frozen or kinship.frozen[0].digest == result.digest:
        return []
    last = kinship.frozen[0]
    return [
        Notice(
            f"**Changed since release {plain(last.release)}**, which holds version {plain(last.version)} of "
            f"{day(last.time)}.",
            "warn",
            Link(root + last.url, "See it as it was"),
        )
    ]


def frozen_table(result: ShownResult, kinship: Kinship, root: str) -> TableView | None:
    """Return the releases that hold the result, ``None`` while none does."""
    if not kinship.frozen:
        return None
    rows = tuple(
        Row(
            (
                Cell(f"Release {plain(item.release)}", href=root + item.url),
                Cell(plain(item.version)),
                Cell(day(item.time)),
                Cell(
                    badge=Badge("the same", "good")
                    if item.digest == result.digest
                    else Badge("changed since", "warn")
                ),
            )
        )
        for item in kinship.frozen
    )
    return TableView(columns("Frozen in", "Version then", "On", "Record and numbers"), rows)


def corrections(result: ShownResult) -> str:
    """Return how often the numbers changed since they were first harvested, in a sentence."""
    count = len(result.state.versions)
    first = day(result.state.versions[-1].harvested if count else result.state.harvested)
    if not count:
        return f"No corrections: the record and its numbers are as they were first harvested on {first}."
    times = "once" if count == 1 else "twice" if count == 2 else f"{count} times"
    return f"Changed {times} since the first harvest on {first}."


__all__ = ["changed_since", "corrections", "frozen_table"]
