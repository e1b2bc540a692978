"""The search page: a form that the front end fills, and where to look without it."""

from __future__ import annotations

from fairport.catalog.pages.frame import Frame
from fairport.catalog.parts import Link


def add_search(frame: Frame) -> None:
    """Make ``s/index.html``, if the front end was built."""
    if not frame.interactive:
        return
    page = frame.page(
        "s/index.html",
        "Search",
        "Results, analyses, experiments, planes and documentation of this catalogue in one search.",
        section="search",
        styles=("explore.css",),
        scripts=("fp-search.js",),
    )
    links = [
        Link(f"{page.root}r/index.html", "All results"),
        Link(f"{page.root}a/index.html", "All analyses"),
        Link(f"{page.root}p/index.html", "All planes"),
        Link(f"{page.root}x/index.html", "All experiments"),
    ]
    frame.add("search.html.jinja", page, links=links)
