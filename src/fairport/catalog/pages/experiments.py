"""The list of experiments and a page for each; examples stand apart, never under an experiment's name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from fairport.catalog.experimentlist import ShownExperiment, examples_of, experiments_of
from fairport.catalog.machines.feeds import FEED_FILE
from fairport.catalog.machines.records import describe_experiment
from fairport.catalog.model import SiteModel
from fairport.catalog.pages.frame import Alternate, Frame
from fairport.catalog.pages.lots import Lot
from fairport.catalog.pages.shared import results_table
from fairport.catalog.parts import Cell, Fact, Link, Row, TableView, columns, fact, facts, link
from fairport.catalog.prose import plain

_MAX_ROWS = 500
"""Results that one page lists; the others are on the pages of the analyses and found by the search."""


def add_experiments(frame: Frame) -> None:
    """Make the list of experiments."""
    found = experiments_of(frame.model)
    page = frame.page(
        "x/index.html",
        "Experiments",
        "Analyses and results by the experiment whose data they use.",
        section="analyses",
    )
    rows = tuple(
        Row(
            (
                Cell(plain(item.name), href=page.root + item.url, small=plain(item.collaboration or "")),
                Cell(str(len(item.results))),
                Cell(str(len(item.analyses))),
                Cell(", ".join(sorted({plain(result.card.plane_title) for result in item.results})[:4])),
            ),
            f"{item.name} {item.collaboration or ''}",
        )
        for item in found
    )
    heads = columns("Experiment", "Results", "Analyses", "Planes", numbers=(1, 2))
    examples = examples_of(frame.model)
    sections = []
    if examples:
        text = "Made from the inputs that a starter of Fairport brings along; not results of any experiment."
        content = results_table(examples[:_MAX_ROWS], page.root)
        sections.append({"title": "Examples", "text": text, "content": content})
    frame.add("list.html.jinja", page, content=TableView(heads, rows), links=(), sections=sections)


def experiment_lots(model: SiteModel) -> Iterator[Lot]:
    """Yield the page of each experiment."""
    for item in experiments_of(model):
        undated = any(result.state.harvested is None for result in item.results)
        yield Lot(
            f"x/{item.slug}",
            partial(_add_page, item),
            item.results,
            item.analyses,
            [item.name, item.slug, item.collaboration, model.time if undated else None],
        )


def _add_page(item: ShownExperiment, frame: Frame) -> None:
    name = plain(item.name)
    count = len(item.results)
    page = frame.page(
        item.url,
        name,
        f"{count} result{'' if count == 1 else 's'} of {name} in this catalogue, with the analyses that "
        "they come from.",
        section="analyses",
        alternates=(Alternate(FEED_FILE, "application/atom+xml", f"Newest results of {name}"),)
        if frame.model.config.url
        else (),
        **describe_experiment(frame, item),
    )
    analyses = TableView(
        columns("Analysis", "Status"),
        tuple(
            Row(
                (
                    Cell(plain(analysis.record.title), href=page.root + analysis.url),
                    Cell("collection" if analysis.collection else _standing(analysis.official)),
                )
            )
            for analysis in item.analyses
        ),
    )
    frame.add(
        "experiment.html.jinja",
        page,
        trail=[
            Link(f"{page.root}index.html", frame.model.config.title),
            Link(f"{page.root}x/index.html", "Experiments"),
        ],
        results=results_table(item.results[:_MAX_ROWS], page.root),
        left=max(0, count - _MAX_ROWS),
        analyses=analyses,
        who=_facts(item),
        planes=_planes(item, page.root),
    )


def _standing(official: bool) -> str:
    return "official" if official else "community"


def _facts(item: ShownExperiment) -> tuple[Fact, ...]:
    about = item.about
    return facts(
        fact("Collaboration", plain(item.collaboration or "")),
        fact("Instrument", plain(about.instrument or "") if about else None),
        fact("Site", plain(about.site or "") if about else None),
        fact("Web page", link(about.url) if about and about.url else None),
        fact("Results", str(len(item.results))),
    )


def _planes(item: ShownExperiment, root: str) -> list[Link]:
    titles = {result.card.plane: plain(result.card.plane_title) for result in item.results}
    return [Link(f"{root}p/{plane}/index.html", titles[plane]) for plane in sorted(titles)]
