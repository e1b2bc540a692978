"""The list of experiments; examples stand apart, never under the name of an experiment."""

from __future__ import annotations

from fairport.catalog.model import ShownAnalysis
from fairport.catalog.pages.frame import Frame
from fairport.catalog.pages.shared import results_table
from fairport.catalog.prose import plain

_MAX_ROWS = 50
"""Results of one experiment that the page lists; the others are on the pages of its analyses."""


def add_experiments(frame: Frame) -> None:
    """Make the page that lists results by experiment."""
    page = frame.page(
        "x/index.html",
        "Experiments",
        "Analyses and results by the experiment whose data they use.",
        section="analyses",
    )
    own: dict[str, list[ShownAnalysis]] = {}
    examples: list[ShownAnalysis] = []
    for analysis in frame.model.analyses:
        if analysis.example:
            examples.append(analysis)
        else:
            own.setdefault(plain(analysis.record.experiment.name), []).append(analysis)
    sections = [_section(name, own[name], page.root) for name in sorted(own, key=str.lower)]
    if examples:
        text = "Made from the inputs that a starter of Fairport brings along; not results of any experiment."
        sections.append(_section("Examples", examples, page.root) | {"text": text})
    frame.add("experiments.html.jinja", page, sections=sections)


def _section(title: str, analyses: list[ShownAnalysis], root: str) -> dict[str, object]:
    results = [
        result
        for analysis in analyses
        for result in analysis.results
        if title == "Examples" or result.kind != "example"
    ]
    count = len(results)
    links = [{"href": root + analysis.url, "title": plain(analysis.record.title)} for analysis in analyses]
    return {
        "title": title,
        "text": "",
        "analyses": links,
        "content": results_table(results[:_MAX_ROWS], root),
        "more": max(0, count - _MAX_ROWS),
    }
