"""The list of all analyses, on pages of a size that opens fast."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from fairport.catalog.model import ShownAnalysis, SiteModel
from fairport.catalog.pages.collections import experiment_links
from fairport.catalog.pages.frame import Frame
from fairport.catalog.pages.lots import Lot
from fairport.catalog.pages.paging import leaves, page_title, page_url, pager
from fairport.catalog.pages.shared import authors_words, experiment_words
from fairport.catalog.parts import Cell, Link, Row, TableView, columns
from fairport.catalog.prose import plain

LIST_ROWS: Final = 500
"""Analyses on one page."""

_FOLDER: Final = "a"


def analysis_lots(model: SiteModel) -> Iterator[Lot]:
    """Yield the pages of the list of analyses, at most :data:`LIST_ROWS` on a page."""
    parts = list(leaves(model.analyses, LIST_ROWS))
    for at, part in enumerate(parts):
        # What a row tells of results: the rest is what the analysis says of itself.
        facts = [[len(analysis.results), _whose(analysis), analysis.example] for analysis in part]
        yield Lot(
            f"{_FOLDER}/{at}",
            partial(_add_list, part, at, len(parts)),
            analyses=tuple(part),
            facts=[len(parts), facts],
        )


def _add_list(part: Sequence[ShownAnalysis], at: int, pages: int, frame: Frame) -> None:
    page = frame.page(
        page_url(_FOLDER, at),
        page_title("Analyses", at),
        "Every analysis with a page of its own: what it is, who made it, how to run it again.",
        section="analyses",
    )
    heads = columns("Analysis", "Experiment", "Search", "Results", "Status", numbers=(3,))
    links = (
        Link(f"{page.root}x/index.html", "By experiment"),
        Link(f"{page.root}status/index.html", "State of each repository"),
    )
    frame.add(
        "list.html.jinja",
        page,
        content=TableView(heads, tuple(_row(analysis, page.root) for analysis in part)),
        links=links,
        sections=(),
        pager=pager(page.root, _FOLDER, at, pages),
    )


def _row(analysis: ShownAnalysis, root: str) -> Row:
    record = analysis.record
    return Row(
        (
            Cell(plain(record.title), href=root + analysis.url, small=authors_words(record)),
            Cell(plain(_whose(analysis))),
            Cell(record.search),
            Cell(str(len(analysis.results)), badge=None),
            Cell("official" if analysis.official else ("example" if analysis.example else "community")),
        ),
        " ".join((record.title, analysis.id, record.experiment.name, *record.keywords)),
    )


def _whose(analysis: ShownAnalysis) -> str:
    if analysis.collection:
        count = len(experiment_links(analysis, ""))
        return f"{count} experiment{'' if count == 1 else 's'}"
    return experiment_words(analysis.record, example=analysis.example)


__all__ = ["analysis_lots"]
