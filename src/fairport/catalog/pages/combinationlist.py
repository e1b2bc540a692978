"""The list of combinations: what was put together, and what cannot be, with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fairport.catalog.model import ShownPlane, ShownResult
from fairport.catalog.pages.frame import Frame
from fairport.catalog.parts import Cell, Link, Row, TableView, columns
from fairport.catalog.prose import plain
from fairport.catalog.relations import combination_of, resolve

URL: Final = "c/index.html"
MAX_ROWS: Final = 500


def add_combinations(frame: Frame) -> None:
    """Make the list of combinations."""
    model = frame.model
    page = frame.page(
        URL,
        "Combinations",
        "Results that were made from several others, with what each adds, and the likelihoods that may still "
        "enter one.",
        section="results",
    )
    there = {result.id for result in model.results}
    made = [result for result in model.results if combination_of(result)]
    members = {
        name
        for result in made
        for note in result.state.parents
        if (name := resolve(note.result, result.id, there)) is not None
    }
    sections = []
    rows = [row for shown in model.planes for row in _likelihoods(shown, members, page.root)][:MAX_ROWS]
    if rows:
        sections.append(
            {
                "title": "Likelihoods, and whether they may enter a combination",
                "text": "Only likelihoods (kind: profile) can be multiplied. A limit is one number for each "
                "mass and does not tell the likelihood it came from; limits are drawn together, or put into "
                "an envelope, which is no combination. Results that share data are never combined.",
                "content": TableView(columns("Likelihood", "Plane", "May it enter?"), tuple(rows)),
            }
        )
    heads = columns("Combination", "Plane", "Method", "Members", numbers=(3,))
    content = TableView(heads, tuple(_row(result, page.root) for result in made[:MAX_ROWS]))
    links = [Link(f"{page.root}r/index.html", "All results")]
    if frame.docs:
        links.append(Link(f"{page.root}docs/explanation/combination.html", "How likelihoods are combined"))
    frame.add("list.html.jinja", page, content=content, links=tuple(links), sections=sections)


def _row(result: ShownResult, root: str) -> Row:
    card = result.card
    return Row(
        (
            Cell(plain(card.title), href=root + result.url, small=result.id),
            Cell(plain(card.plane_title), href=f"{root}p/{card.plane}/index.html"),
            Cell(combination_of(result) or ""),
            Cell(str(len(result.state.parents))),
        ),
        f"{card.title} {result.id} {card.plane_title}",
    )


def _likelihoods(shown: ShownPlane, members: set[str], root: str) -> list[Row]:
    found: Sequence[ShownResult] = [result for result in shown.results if result.card.form == "profile"]
    return [
        Row(
            (
                Cell(plain(result.card.title), href=root + result.url, small=result.id),
                Cell(plain(shown.plane.title), href=root + shown.url),
                Cell(_may_enter(result, len(found), entered=result.id in members)),
            )
        )
        for result in found
    ]


def _may_enter(result: ShownResult, count: int, *, entered: bool) -> str:
    """Return whether a likelihood may enter a combination, as far as lists know it."""
    if result.kind == "example":
        return "no: an example of a starter is no result"
    if result.card.status == "withdrawn":
        return "no: it was withdrawn"
    if result.card.status == "superseded":
        return "no: a newer result contains it"
    if entered:
        return "yes: it is part of a combination above"
    if count == 1:
        return "yes, but it is the only likelihood of its plane"
    return "yes, with others that agree in model and share no data"


__all__ = ["add_combinations"]
