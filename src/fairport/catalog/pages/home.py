"""The front page: the combined plot first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup

from fairport.catalog.browser.planedata import has_plot
from fairport.catalog.drawings.drawing import Drawing, placed
from fairport.catalog.experimentlist import experiments_of
from fairport.catalog.machines.dcat import page_path
from fairport.catalog.machines.dossier import CRATE_FILE, FileEntry
from fairport.catalog.machines.feeds import FEED_FILE
from fairport.catalog.machines.records import describe_catalogue
from fairport.catalog.model import MAX_NAME, ShownAnalysis, ShownPlane, ShownResult, SiteModel
from fairport.catalog.pages.frame import Alternate, Frame
from fairport.catalog.pages.planes import plane_downloads
from fairport.catalog.pages.shared import analysis_badges, authors_words, experiment_words, failure_cards
from fairport.catalog.parts import Link
from fairport.catalog.prose import plain, shortened
from fairport.catalog.relations import combination_of
from fairport.catalog.site.release import Release

HEADLINE = "What is excluded, by whom, under which assumptions"
DESCRIPTION = (
    "Limits, allowed regions and projections of dark-matter searches, with their assumptions, provenance "
    "and licences."
)
FAMILIES: Final = {
    "dd": "Direct detection",
    "id": "Annihilation and decay",
    "collider": "Colliders",
    "alp": "Axions",
    "dp": "Dark photons",
    "cosmo": "Early Universe",
    "astro": "Astrophysics",
}
"""What the first part of the identifier of a plane stands for, in the order of the front page."""

_MAX_ANALYSES = 12
_MAX_FAILURES = 6


def add_home(
    frame: Frame,
    files: Sequence[FileEntry] = (),
    found: Sequence[Release] = (),
    drawing: Drawing | None = None,
    thumbnails: Mapping[str, Markup] | None = None,
) -> None:
    """Make ``index.html``.

    Args:
        frame: the build.
        files: files that hold the catalogue as a whole.
        found: its releases.
        drawing: the figure of the plane of the front page.
        thumbnails: small pictures of the other planes, by their identifiers.
    """
    model, small = frame.model, thumbnails or {}
    front = model.front
    page = frame.page(
        "index.html",
        model.config.title,
        model.config.description or DESCRIPTION,
        alternates=_alternates(frame),
        **describe_catalogue(frame, files),
    )
    frame.add(
        "home.html.jinja",
        page,
        headline=HEADLINE,
        drawing=placed(drawing, root="", prefix="front") if drawing else None,
        front=_undrawn(front) if front else None,
        downloads=_downloads(front, interactive=frame.interactive and has_plot(front)) if front else (),
        release=_release(found),
        families=_families(model),
        stats=_stats(model),
        doors=_doors(frame),
        docs=frame.docs,
        whole=_whole(frame, files),
        no_parquet=not any(file.name.endswith(".parquet") for file in files),
        planes=[_plane_card(plane, small.get(plane.plane.id)) for plane in model.planes[1:]],
        analyses=[_analysis_card(analysis) for analysis in model.analyses[:_MAX_ANALYSES]],
        failures=failure_cards(model, "", _MAX_FAILURES),
        more_failures=max(0, len(model.failures) - _MAX_FAILURES),
    )


def _release(found: Sequence[Release]) -> dict[str, str] | None:
    """Return the newest release, which is what a paper cites; ``None`` before the first."""
    if not found:
        return None
    return {"version": found[0].version, "href": f"v/{found[0].version}/index.html"}


def _whole(frame: Frame, files: Sequence[FileEntry]) -> tuple[Link, ...]:
    """Return what holds the whole catalogue for programs."""
    links = [Link(file.name, _whole_name(file.name), download=True) for file in files]
    links.append(Link(CRATE_FILE, "RO-Crate", download=True))
    if frame.model.config.url:
        links += [Link(page_path(1), "DCAT", download=True), Link(FEED_FILE, "Newest results (Atom)")]
    return tuple(links)


def _whole_name(path: str) -> str:
    stem, _, suffix = path.rpartition("/")[2].rpartition(".")
    words = {"json": "Schema of the tables" if stem == "datapackage" else "JSON", "sqlite": "SQLite"}
    return words.get(suffix) or f"{stem} ({suffix.capitalize()})"


def _families(model: SiteModel) -> list[dict[str, object]]:
    """Return the kinds of searches with the number of their results; each leads to its best filled plane."""
    found: dict[str, dict[str, object]] = {}
    for shown in sorted(model.planes, key=lambda shown: -len(shown.results)):
        family = shown.plane.id.split(".")[0]
        title = FAMILIES.get(family, shortened(plain(shown.plane.title), MAX_NAME))
        entry = found.setdefault(title, {"title": title, "href": shown.url, "count": 0, "planes": 0})
        entry["count"] = int(str(entry["count"])) + len(shown.results)
        entry["planes"] = int(str(entry["planes"])) + 1
    order = list(FAMILIES.values())
    for entry in found.values():
        if entry["planes"] != 1:
            entry["href"] = "p/index.html"
    return sorted(
        found.values(),
        key=lambda entry: order.index(str(entry["title"])) if entry["title"] in order else len(order),
    )


def _alternates(frame: Frame) -> tuple[Alternate, ...]:
    whole = Alternate("catalog.json", "application/json", "The whole catalogue for machines")
    feed = Alternate(FEED_FILE, "application/atom+xml", "Newest results")
    return (whole, feed) if frame.model.config.url else (whole,)


def _undrawn(front: ShownPlane) -> dict[str, str]:
    """Say why the front page has no figure although there are results."""
    count = len(front.results)
    kinds = " and ".join(sorted({result.kind for result in front.results}))
    return {
        "href": front.url,
        "title": plain(front.plane.title),
        "count": "one result" if count == 1 else f"{count} results",
        "kinds": f"{'is' if count == 1 else 'are'} of the kind {kinds}",
    }


def _downloads(front: ShownPlane, *, interactive: bool) -> tuple[Link, ...]:
    folder = f"p/{front.plane.id}/"
    tools = (
        Link(folder + "index.html#panel=at", "At my mass"),
        Link(folder + "index.html#panel=own", "Judge my points"),
    )
    return (
        Link(folder + "index.html", "Values and assumptions", first=True),
        *(tools if interactive else ()),
        *plane_downloads(front, folder),
    )


def _stats(model: SiteModel) -> list[dict[str, object]]:
    own = [result for result in model.results if result.kind != "example"]
    examples = len(model.results) - len(own)
    shown = (
        [(len(own), "result" if len(own) == 1 else "results", "r/index.html")] if own or not examples else []
    )
    if examples:
        shown.append((examples, "example" if examples == 1 else "examples", "r/index.html"))
    analyses = len(model.analyses)
    shown.append((analyses, "analysis" if analyses == 1 else "analyses", "a/index.html"))
    shown.append((len(model.planes), "plane" if len(model.planes) == 1 else "planes", "p/index.html"))
    experiments = len(experiments_of(model))
    if experiments:
        words = "experiment" if experiments == 1 else "experiments"
        shown.append((experiments, words, "x/index.html"))
    rerun = sum(_reran(result) for result in own)
    if rerun:
        shown.append((rerun, "rerun with the same numbers", "r/index.html"))
    combined = sum(combination_of(result) is not None for result in model.results)
    if combined:
        shown.append((combined, "combination" if combined == 1 else "combinations", "c/index.html"))
    failed = len(model.failures)
    if failed:
        shown.append(
            (failed, "repository not read" if failed == 1 else "repositories not read", "status/index.html")
        )
    return [{"count": count, "text": text, "href": href} for count, text, href in shown]


def _reran(result: ShownResult) -> bool:
    note = result.state.reproduction
    return note is not None and note.reruns in {"same-bytes", "within-tolerance"}


def _doors(frame: Frame) -> list[dict[str, str]]:
    doors = [
        {
            "href": "r/index.html",
            "title": "I want to use a result",
            "text": "Every number as CSV and JSON, with what it assumes and how to cite it.",
        }
    ]
    if frame.docs:
        doors += [
            {
                "href": "new/index.html" if frame.interactive else "docs/how-to/new-analysis.html",
                "title": "I have numbers or an idea",
                "text": "Start a repository that runs, checks and publishes, in a few minutes.",
            },
            {
                "href": "docs/how-to/publish.html",
                "title": "I have a repository",
                "text": "See what this catalogue would show of it, and what holds it back.",
            },
        ]
    return doors


def _plane_card(shown: ShownPlane, thumbnail: Markup | None) -> dict[str, object]:
    count = len(shown.results)
    hidden = len(shown.hidden)
    words = f"{count} result{'' if count == 1 else 's'}" + (
        f", {hidden} not drawn by default" if hidden else ""
    )
    return {
        "href": shown.url,
        "title": plain(shown.plane.title),
        "count": words,
        "thumbnail": thumbnail,
    }


def _analysis_card(analysis: ShownAnalysis) -> dict[str, object]:
    record = analysis.record
    return {
        "href": analysis.url,
        "title": plain(record.title),
        "by": " · ".join((experiment_words(record, example=analysis.example), authors_words(record))),
        "description": record.description,
        "badges": analysis_badges(analysis),
    }
