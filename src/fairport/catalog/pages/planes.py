"""Pages of parameter planes, with the merged numbers of their results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

from fairport.catalog.browser.frontend import STYLES, explorable, explore_files
from fairport.catalog.drawings.drawing import Drawing, draw, placed, plane_caption
from fairport.catalog.harvest.differences import Change, counts
from fairport.catalog.licences import may_redistribute, mixture
from fairport.catalog.machines.records import describe_plane
from fairport.catalog.model import ShownPlane
from fairport.catalog.pages.frame import Alternate, Frame
from fairport.catalog.pages.releases import changes_table
from fairport.catalog.pages.samefigures import same_figures
from fairport.catalog.pages.shared import MAX_VALUES, orientation_words, values_table
from fairport.catalog.parts import Cell, Fact, Link, Row, TableView, Value, columns, fact, facts
from fairport.catalog.prose import plain
from fairport.catalog.site.exports import plane_csv, plane_json
from fairport.catalog.site.parcels import Parcels
from fairport.contract.documents import Plane
from fairport.physics.notation import quantity_text, unit_text
from fairport.results.bibtex import merged
from fairport.results.captions import field_name

_EVERYTHING = "all.html"
_MAX_CHANGES = 50
_FIRST_ROWS = 12
"""Results whose numbers are seen at once; the further ones unfold below them."""


def plane_downloads(shown: ShownPlane, folder: str = "") -> tuple[Link, ...]:
    """Return the links to figures and merged numbers of a plane."""
    name = shown.plane.id
    figures = [
        Link(f"{folder}{name}.{suffix}", suffix.upper(), download=True) for suffix in ("svg", "png", "pdf")
    ]
    numbers = [Link(f"{folder}{name}.{suffix}", suffix.upper(), download=True) for suffix in ("csv", "json")]
    cite = Link(f"{folder}{name}.bib", "BibTeX", download=True)
    return (*(figures if shown.drawn else ()), *(numbers if _open(shown) else ()), cite)


def _open(shown: ShownPlane) -> bool:
    return any(may_redistribute(result.card.licence) for result in shown.results)


@dataclass(frozen=True, slots=True)
class Since:
    """What changed in a plane since a release."""

    release: str
    changes: tuple[Change, ...]


def add_plane(
    frame: Frame,
    every: ShownPlane,
    numbers: Iterable[tuple[str, int, str]] = (),
    since: Since | None = None,
) -> Drawing | None:
    """Make the page of a plane; its merged numbers are :func:`merged_numbers`.

    Args:
        frame: the build.
        every: the plane with all its results.
        numbers: path, bytes and SHA-256 of the files with the merged numbers.
        since: what changed since the newest release, ``None`` before the first.

    Returns:
        Its figure, for other pages.
    """
    shown, plane = every.first(), every.plane
    explore = explorable(shown)
    page = frame.page(
        shown.url,
        plane.title,
        f"{len(every.results)} results in the plane {plane.id}: {plain(plane.description)}",
        section="planes",
        alternates=(Alternate(f"{plane.id}.json", "application/json", "Numbers of this plane"),)
        if _open(shown)
        else (),
        styles=STYLES if explore else (),
        scripts=("fp-load.js",) if explore else (),
        **describe_plane(frame, every, numbers),
    )
    drawing = draw(frame.model, shown) if shown.drawn else None
    values = values_table(shown, page.root)
    frame.add(
        "plane.html.jinja",
        page,
        trail=[
            Link(f"{page.root}index.html", frame.model.config.title),
            Link(f"{page.root}p/index.html", "Planes"),
        ],
        orientation=_lede(plane),
        drawing=placed(drawing, root=page.root, prefix="plane") if drawing else None,
        explore=explore,
        rows=len(plane.axes) == 1,
        everything=_add_everything(frame, shown),
        downloads=plane_downloads(shown),
        differences=[line.removeprefix("* ") for line in plane_caption(shown) if line.startswith("*")],
        values=replace(values, rows=values.rows[:_FIRST_ROWS]),
        further=replace(values, rows=values.rows[_FIRST_ROWS:]) if len(values.rows) > _FIRST_ROWS else None,
        values_note=_values_note(every),
        total=len(every.results),
        description=plane.description,
        plane_facts=_plane_facts(plane),
        same=same_figures(every.results, page.root) if len(plane.axes) == 2 else None,
        since=since,
        changed=counts(since.changes) if since else "",
        changes=changes_table(since.changes[:_MAX_CHANGES], page.root) if since else None,
    )
    if explore:
        frame.files.update(explore_files(frame.model, every))
    return drawing


def _lede(plane: Plane) -> str:
    """Return how the figure of a plane is read."""
    if len(plane.axes) > 1:
        return orientation_words(plane)
    sides = {"above": "right", "below": "left"}
    side = sides.get(plane.orientation)
    told = f" What lies to the {side} of a limit is excluded, at its confidence level." if side else ""
    return f"Each result is one row, with its uncertainty where it has one.{told}"


def merged_numbers(shown: ShownPlane, parcels: Parcels) -> Iterator[tuple[str, Iterable[str]]]:
    """Yield the files with the numbers and sources of every result of a plane, as (path, texts)."""
    names = [f"r/{result.id}" for result in shown.results]
    start = shown.url.removesuffix("index.html") + shown.plane.id
    if _open(shown):
        yield f"{start}.csv", plane_csv(shown.plane, parcels.texts("csv", names))
        yield f"{start}.json", plane_json(shown.plane, parcels.texts("json", names))
    yield f"{start}.bib", [merged(chain.from_iterable(parcels.bibliographies(names)))]


def _add_everything(frame: Frame, shown: ShownPlane) -> str:
    """Make the page with the curves that are off by default as well; returns where it is, if they are drawn.

    It is a page of its own: the drawing of hundreds of curves would be most of what a plane weighs.
    """
    if not shown.hidden:
        return ""
    page = frame.page(
        shown.url.removesuffix("index.html") + _EVERYTHING,
        f"{plain(shown.plane.title)}: all curves",
        "Every kind of curve in one figure, also those that are off by default. " + _lede(shown.plane),
        section="planes",
    )
    drawing = draw(frame.model, shown, everything=True)
    if drawing is None:
        return ""
    drawing = placed(drawing, root=page.root, prefix="all")
    trail = [Link(f"{page.root}p/index.html", "Planes"), Link("index.html", shown.plane.title)]
    frame.add("everything.html.jinja", page, drawing=drawing, trail=trail)
    return _EVERYTHING


def _values_note(shown: ShownPlane) -> str:
    licences = mixture(result.card.licence for result in shown.results)
    first = (
        f"The first {MAX_VALUES} of {len(shown.results):,} results; all stand in the list and, where "
        "their licence allows it, in the files. "
        if len(shown.results) > MAX_VALUES
        else ""
    )
    read = (
        "Values are interpolated between the published points, as each record declares; a dash means that "
        "the result says nothing there, a question mark that its source does not state it."
        if len(shown.plane.axes) > 1
        else "Values are as published, in the unit of each record; a question mark means that the source "
        "does not state it."
    )
    return f"{first}{read} {licences}"


def _plane_facts(plane: Plane) -> tuple[Fact, ...]:
    axes = [
        fact(
            "Horizontal" if index == 0 else "Vertical",
            axis.labels.plain,
            f"{axis.labels.unicode} in {axis.unit_label or unit_text(axis.unit) or 'no unit'}",
            _bounds(axis.bounds, axis.unit_label or unit_text(axis.unit)),
        )
        for index, axis in enumerate(plane.axes)
    ]
    agree = [field_name(path) for path in plane.agree]
    return facts(
        fact("Identifier", Value(plane.id, code=True)),
        *axes,
        fact("Must agree to be compared without a mark", ", ".join(agree)),
        fact("Translates to", *(f"{item.to} ({item.method})" for item in plane.translations)),
    )


def _bounds(bounds: tuple[float | None, ...] | None, unit: str) -> str | None:
    if not bounds or all(bound is None for bound in bounds):
        return None
    low, high = bounds[0], bounds[1]
    if low == 0 and high is None:
        return None
    if high is None and low is not None:
        return f"above {quantity_text(low, unit)}"
    if low is None and high is not None:
        return f"below {quantity_text(high, unit)}"
    return f"between {quantity_text(low or 0.0, unit)} and {quantity_text(high or 0.0, unit)}"


def add_planes(frame: Frame) -> None:
    """Make the list of planes."""
    page = frame.page(
        "p/index.html",
        "Parameter planes",
        "Results that can be drawn together share a plane: axes, units, and what each result must state.",
        section="planes",
    )
    rows = tuple(
        Row(
            (
                Cell(plain(shown.plane.title), href=page.root + shown.url, small=shown.plane.id),
                Cell(str(len(shown.results))),
                Cell(", ".join(sorted({result.kind for result in shown.results}))),
            ),
            f"{shown.plane.title} {shown.plane.id}",
        )
        for shown in frame.model.planes
    )
    table = TableView(columns("Plane", "Results", "Kinds", numbers=(1,)), rows)
    frame.add("list.html.jinja", page, content=table, links=(), sections=())
