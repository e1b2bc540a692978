"""Numbers that a publication states, beside those of a result, on its page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from fairport.catalog.parts import Badge, Cell, Column, Fact, Row, TableView, Value, fact, facts, link
from fairport.catalog.prose import clean, plain
from fairport.catalog.site.rendering import number
from fairport.physics.notation import number_text, quantity_text, unit_text
from fairport.results.agreement import Agreement, agreements, overall
from fairport.results.loaded import LoadedResult

_VERDICTS: Final = {"agrees": "Yes", "differs": "No", "not-stated": "Cannot be told"}
_BADGES: Final = {
    "agrees": Badge("yes", "good"),
    "differs": Badge("no", "bad"),
    "not-covered": Badge("not covered"),
}
_RESOLVER: Final = re.compile(r"^https?://(?:dx\.)?doi\.org/|^https?://arxiv\.org/abs/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AgreementView:
    """The verdict in a word, the numbers, and the source where all of them share one."""

    verdict: str
    table: TableView
    source: Value | None


def agreement_view(result: LoadedResult) -> AgreementView | None:
    """Return the published numbers beside those of a result, ``None`` when its record quotes none."""
    items = agreements(result)
    if not items:
        return None
    shared = len({item.citation for item in items}) == 1
    heads = (
        Column("Where"),
        Column("Published", number=True),
        Column("Here", number=True),
        Column("Ratio", number=True),
        Column("Tolerance", number=True),
        Column("Agrees"),
        *(() if shared else (Column("Source"),)),
    )
    units = {axis.name: unit_text(axis.unit) for axis in result.record.axes}
    table = TableView(heads, tuple(_row(item, units, shared=shared) for item in items))
    return AgreementView(_VERDICTS[overall(items)], table, _source(items[0].citation) if shared else None)


def quotes_none(result: LoadedResult) -> tuple[Fact, ...]:
    """Say that a record quotes no published number; nothing where it does, which the page tells by itself."""
    if agreements(result):
        return ()
    return facts(fact("Agrees with the paper", "cannot be told: the record quotes no published number"))


def _row(item: Agreement, units: dict[str, str], *, shared: bool) -> Row:
    where = ", ".join(
        f"{plain(name)} {quantity_text(value, units.get(name, ''))}" for name, value in item.at.items()
    )
    unit = unit_text(item.unit)
    source = _source(item.citation) or Value()
    return Row(
        (
            Cell(where, small=plain(item.note or "")),
            Cell(html=number(item.published, unit)),
            Cell(html=number(item.value, unit)),
            Cell("–" if item.ratio is None else f"{item.ratio:.3f}"),
            Cell(f"{number_text(100 * item.tolerance)}\N{NO-BREAK SPACE}%"),
            Cell(badge=_BADGES[item.verdict]),
            *(() if shared else (Cell(source.text, href=source.href),)),
        )
    )


def _source(citation: str) -> Value | None:
    """Return a citation as people write it, with its link: ``arXiv:2401.00001``, a bare DOI."""
    text = clean(citation)
    match = _RESOLVER.match(text)
    if match is None:
        return link(citation)
    return link(("arXiv:" if "arxiv" in match[0].lower() else "") + text[match.end() :], citation)
