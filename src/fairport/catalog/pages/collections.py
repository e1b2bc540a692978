"""What the page of a collection shows of its curves: a list for each plane, and whose curves they are.

A collection has hundreds of curves, each with its own source; the lists are closed at first, open while a
reader filters, and leave out what is the same for all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fairport.catalog.addresses import safe_link
from fairport.catalog.cards import Card
from fairport.catalog.harvest.collections import UNKNOWN
from fairport.catalog.model import ShownAnalysis, ShownResult
from fairport.catalog.pages.shared import status_cell_badge
from fairport.catalog.parts import Cell, Link, Row, TableView, columns
from fairport.catalog.prose import plain
from fairport.catalog.registry import distinct_slug
from fairport.physics.notation import number_text

MAX_OPEN: Final = 40
"""Curves of a collection whose lists are open from the start."""

MAX_CURVES: Final = 1000
"""Curves that are listed on the page of a collection, of each plane its share; all of them have pages."""

LEAST: Final = 10
"""Curves of a plane that are listed however many others there are."""


@dataclass(frozen=True)
class CurveGroup:
    """The curves of a collection in one plane.

    Attributes:
        plane: the plane and its page.
        count: how many there are, in words.
        table: the curves.
        left: how many are not listed.
        open: whether the list is open from the start.
    """

    plane: Link
    count: str
    table: TableView
    left: int
    open: bool


def curve_groups(analysis: ShownAnalysis, root: str) -> tuple[CurveGroup, ...]:
    """Return the curves of a collection by plane, the plane with most curves first."""
    planes: dict[str, list[ShownResult]] = {}
    for result in analysis.results:
        planes.setdefault(result.card.plane, []).append(result)
    few = len(analysis.results) <= MAX_OPEN
    groups = sorted(planes.values(), key=lambda group: (-len(group), group[0].card.plane))
    share = min(1.0, MAX_CURVES / max(1, len(analysis.results)))
    return tuple(_group(group, root, max(LEAST, int(share * len(group))), opened=few) for group in groups)


def experiment_links(analysis: ShownAnalysis, root: str) -> tuple[Link, ...]:
    """Return the experiments whose curves a collection holds, each with their number in its ``name``."""
    counts = Counter(name for result in analysis.results if (name := _experiment(result)))
    names = sorted(counts, key=lambda name: (name.lower(), name))
    return tuple(Link(_page(name, root), plain(name), str(counts[name])) for name in names)


def _group(members: Sequence[ShownResult], root: str, most: int, *, opened: bool) -> CurveGroup:
    card = members[0].card
    kinds = Counter(result.kind for result in members)
    count = f"{len(members)} curve{'' if len(members) == 1 else 's'}"
    if len(kinds) > 1:
        count += f": {', '.join(_of_kind(kind, number) for kind, number in kinds.most_common())}"
    listed = members[:most]
    return CurveGroup(
        Link(f"{root}p/{card.plane}/index.html", plain(card.plane_title)),
        count,
        TableView(
            columns("Curve", "Experiment", "Kind", "Confidence level", "Source"),
            tuple(_row(result, root) for result in listed),
        ),
        len(members) - len(listed),
        opened,
    )


def _of_kind(kind: str, count: int) -> str:
    noun = kind in {"projection", "simulation", "example", "recast"} and count != 1
    return f"{count} {kind}{'s' if noun else ''}"


def _row(result: ShownResult, root: str) -> Row:
    card, name = result.card, _experiment(result)
    cite = plain(card.cite[0]) if card.cite else ""
    return Row(
        (
            Cell(plain(card.title), href=root + result.url, badge=status_cell_badge(card.status)),
            Cell(plain(name), href=_page(name, root)) if name else Cell(UNKNOWN),
            Cell(result.kind),
            Cell(_level(card)),
            Cell(
                cite.removeprefix("https://doi.org/") or "source not stated",
                href=safe_link(cite) if cite else None,
            ),
        ),
        f"{card.title} {result.id} {name} {result.kind} {card.plane_title} {card.plane} {cite}",
    )


def _level(card: Card) -> str:
    if card.role is None:
        return "–"
    return "CL not stated" if card.level is None else f"{number_text(100 * card.level)}\N{NO-BREAK SPACE}% CL"


def _experiment(result: ShownResult) -> str:
    """Return the experiment of a curve as the lists of experiments name it, empty where nobody states it."""
    name = result.state.experiment or ""
    return "" if name == UNKNOWN else name


def _page(name: str, root: str) -> str:
    return f"{root}x/{distinct_slug(name)}/index.html"


__all__ = ["CurveGroup", "curve_groups", "experiment_links"]
