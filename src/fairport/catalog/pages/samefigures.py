"""Curves that stand in a plane more than once: the same figure, read off or imported twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fairport.catalog.model import ShownResult
from fairport.catalog.parts import Cell, Row, TableView, columns
from fairport.catalog.prose import plain
from fairport.results.twins import Twin, nearest_pairs

MAX_COMPARED: Final = 1000
"""Results of a plane up to which its page looks for the same figures; beyond, `catalog status
--same-figures` does.
"""

CLOSE: Final = 40
"""Pairs of curves that are compared closely."""


def same_figures(results: Sequence[ShownResult], root: str) -> TableView | None:
    """Return the pairs of results that hold the same figure, ``None`` where there are none.

    Args:
        results: results of one plane.
        root: relative way to the root of the site.
    """
    if len(results) > MAX_COMPARED:
        return None
    shown = {result.id: result for result in results}
    try:
        found = nearest_pairs([result.loaded for result in shown.values()], CLOSE)
    except Exception:  # noqa: BLE001 - a curve that cannot be compared must not cost the page
        return None
    rows = tuple(
        _row(shown[one.id], shown[twin.other.id], twin, root)
        for one, twin in found
        if one.id in shown and twin.other.id in shown
    )
    return TableView(columns("Result", "Is there too as", "How near"), rows) if rows else None


def _row(one: ShownResult, other: ShownResult, twin: Twin, root: str) -> Row:
    return Row((_cell(one, root), _cell(other, root), Cell(plain(twin.nearness))))


def _cell(result: ShownResult, root: str) -> Cell:
    return Cell(plain(result.card.title), href=root + result.url, small=f"{result.id}, {result.kind}")


__all__ = ["same_figures"]
