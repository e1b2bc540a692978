"""The list of all results, on pages of a size that opens fast."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from fairport.catalog.model import ShownResult, SiteModel
from fairport.catalog.pages.frame import Frame
from fairport.catalog.pages.lots import Lot
from fairport.catalog.pages.paging import leaves, page_title, page_url, pager
from fairport.catalog.pages.shared import results_table
from fairport.catalog.parts import Link

LIST_ROWS: Final = 500
"""Results on one page."""


def result_lots(model: SiteModel) -> Iterator[Lot]:
    """Yield the pages of the list of results: the examples apart, at most :data:`LIST_ROWS` on a page."""
    own = [result for result in model.results if result.kind != "example"]
    examples = [result for result in model.results if result.kind == "example"]
    listed = [*own, *examples]
    parts = list(leaves(listed, LIST_ROWS))
    for at, part in enumerate(parts):
        yield Lot(f"r/{at}", partial(_add_list, part, at, len(parts)), tuple(part), facts=len(parts))


def _add_list(part: Sequence[ShownResult], at: int, pages: int, frame: Frame) -> None:
    page = frame.page(
        page_url("r", at),
        page_title("Results", at),
        "Every limit, region, projection and measured value, with what it assumes.",
        section="results",
    )
    own = [result for result in part if result.kind != "example"]
    examples = [result for result in part if result.kind == "example"]
    sections = []
    if examples and own:
        text = "Made from the inputs of Fairport's starters; not results of any experiment."
        sections.append({"title": "Examples", "text": text, "content": results_table(examples, page.root)})
    frame.add(
        "list.html.jinja",
        page,
        content=results_table(own or examples, page.root),
        links=(
            Link(f"{page.root}c/index.html", "Combinations"),
            Link(f"{page.root}x/index.html", "By experiment"),
            Link(f"{page.root}catalog.json", "All records as JSON"),
        ),
        sections=sections,
        pager=pager(page.root, "r", at, pages),
    )
