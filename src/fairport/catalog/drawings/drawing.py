"""Figures of pages: every figure twice, wide and compact, each linked to the pages of its results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from markupsafe import Markup

from fairport.catalog.model import DAMAGED, KINDS, ShownPlane, ShownResult, SiteModel
from fairport.contract.documents import Plane
from fairport.results.captions import caption
from fairport.results.figure.scene import Scene, build_scene
from fairport.results.figure.svg import draw_scene, scene_of, scene_svg
from fairport.results.loaded import LoadedResult
from fairport.results.style import styles_of

COLUMN_WIDTH = 760
"""Width of a figure that stands beside other content, in CSS pixels."""

_ROOT = "fairport-way-to-the-root/"
_PREFIX = "fairport-id-of-the-figure"

T = TypeVar("T")
MAX_PRINTED = 120
"""Curves in a figure for print."""
THUMBNAIL_HEIGHT = 230
MAX_DRAWN = 400
"""Curves in one static figure; nobody can tell more of them apart."""
MAX_COMPACT = 120
"""Curves in one compact figure: on a phone nobody can tell more of them apart."""
MAX_THUMBNAIL_CURVES = 12


@dataclass(frozen=True, slots=True)
class Hidden:
    """A kind of curves that is off by default: its name, meaning and number."""

    name: str
    meaning: str
    count: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure of a page.

    Attributes:
        wide: SVG for wide screens and print.
        compact: SVG for narrow screens.
        hidden: kinds that are not drawn.
    """

    wide: Markup
    compact: Markup
    hidden: tuple[Hidden, ...] = ()


def draw(
    model: SiteModel, shown: ShownPlane, *, everything: bool = False, most: int = MAX_DRAWN
) -> Drawing | None:
    """Draw a plane with the results that are on by default, or with all of them, for any page: see
    :func:`placed`.

    Args:
        model: the catalogue, for its colours.
        shown: the plane.
        everything: whether results that are off by default are drawn too.
        most: curves that the figure shows at most.
    """
    members = [result for result in shown.results if everything or result.shown]
    hidden = () if everything else shown.hidden
    return draw_results(model, shown.plane, members, root=_ROOT, prefix=_PREFIX, hidden=hidden, most=most)


def placed(drawing: Drawing, *, root: str, prefix: str) -> Drawing:
    """Return a figure of :func:`draw` for one page.

    Args:
        drawing: the figure.
        root: relative way from the page to the root of the site.
        prefix: start of element ids, different for each figure of a page.
    """

    def put(figure: Markup) -> Markup:
        # Escaped by its writer; what takes the place of the marks is our own.
        return Markup(str(figure).replace(_ROOT, root).replace(_PREFIX, prefix))  # noqa: S704

    return replace(drawing, wide=put(drawing.wide), compact=put(drawing.compact))


def draw_results(
    model: SiteModel,
    plane: Plane,
    members: Sequence[ShownResult],
    *,
    root: str,
    prefix: str,
    details: bool | None = None,
    width: int | None = None,
    hidden: Sequence[ShownResult] = (),
    most: int = MAX_DRAWN,
) -> Drawing | None:
    """Draw some results of a plane; ``None`` when nothing of them can be drawn.

    A result that makes the drawing fail is left out: it never takes the others with it.

    Args:
        model: the catalogue, for its colours.
        plane: the plane.
        members: what is drawn.
        root: relative way to the root of the site.
        prefix: start of element ids, different for each figure of a page.
        details: bands, companions and published numbers; by default for a single result.
        width: width of the wide figure in CSS pixels, so that its text is as large as that of the page.
        hidden: results that the reader is told about.
        most: curves that the figure shows at most.
    """
    beyond, members = len(members[most:]), members[:most]

    def both(results: Sequence[LoadedResult]) -> Drawing:
        few = results[:MAX_COMPACT]
        scene = _scene(model, plane, results, details)
        smaller = scene if len(few) == len(results) else _scene(model, plane, few, details)
        targets = {result.id: f"{root}{result.url}" for result in members}
        wide = scene_svg(scene, width=width, prefix=f"{prefix}-w", links=targets)
        compact = scene_svg(smaller, compact=True, prefix=f"{prefix}-c", links=targets)
        # The SVG writer escapes every text that comes from a record.
        return Drawing(Markup(wide), Markup(compact), _hidden(hidden, beyond, most))  # noqa: S704

    return _sturdy(model, members, both)


def draw_one(model: SiteModel, result: ShownResult, *, prefix: str) -> tuple[Drawing, str] | None:
    """Draw one result with its details, for its page and as a file of its own; ``None`` when it cannot be.

    Args:
        model: the catalogue, for its colours.
        result: the result.
        prefix: start of element ids.
    """
    plane = result.loaded.plane

    def every(results: Sequence[LoadedResult]) -> tuple[Drawing, str]:
        scene = build_scene(plane, results, colours=model.colours, details=True)
        wide = draw_scene(scene, width=COLUMN_WIDTH, prefix=f"{prefix}-w")
        compact = draw_scene(scene, compact=True, prefix=f"{prefix}-c")
        # The SVG writer escapes every text that comes from a record.
        shown = Drawing(Markup(wide.document()), Markup(compact.document()))  # noqa: S704
        return shown, wide.document(standalone=True, rights=result.loaded.record.licence)

    return _sturdy(model, [result], every)


def draw_loaded(
    model: SiteModel, owner: ShownResult, results: Sequence[LoadedResult], *, prefix: str, width: int
) -> Drawing | None:
    """Draw curves that have no page of their own; ``None`` when they cannot be drawn, which is noted as a
    problem of the result that they belong to.

    Args:
        model: the catalogue, for its colours.
        owner: the result on whose page they stand, and whose plane they are in.
        results: the curves.
        prefix: start of element ids, different for each figure of a page.
        width: width of the wide figure in CSS pixels.
    """
    try:
        scene = build_scene(owner.loaded.plane, results, colours=model.colours, details=False)
        wide = draw_scene(scene, width=width, prefix=f"{prefix}-w").document()
        compact = draw_scene(scene, compact=True, prefix=f"{prefix}-c").document()
    except Exception as error:  # noqa: BLE001 - the numbers stand in the table beside it
        _note(model, owner, error)
        return None
    return Drawing(Markup(wide), Markup(compact))  # noqa: S704 - escaped by its writer


def thumbnail(model: SiteModel, shown: ShownPlane) -> Markup | None:
    """Return a small picture of a plane without links, ``None`` when nothing of it is drawn by default."""

    def small(results: Sequence[LoadedResult]) -> Markup:
        scene = _scene(model, shown.plane, results)
        text = scene_svg(scene, compact=True, height=THUMBNAIL_HEIGHT, prefix=f"t-{shown.plane.id}")
        return Markup(text)  # noqa: S704 - escaped by its writer

    return _sturdy(model, shown.drawn[:MAX_THUMBNAIL_CURVES], small)


def plane_caption(shown: ShownPlane) -> tuple[str, ...]:
    """Return what the drawn results of a plane share, and which differ."""
    loaded = [result.loaded for result in shown.drawn[:MAX_DRAWN]]
    return caption(shown.plane, loaded, [style.label for style in styles_of(loaded)]).lines


def _scene(
    model: SiteModel, plane: Plane, results: Sequence[LoadedResult], details: bool | None = None
) -> Scene:
    return scene_of(plane, results, colours=model.colours, details=details)


def _sturdy(
    model: SiteModel, members: Sequence[ShownResult], draw_all: Callable[[Sequence[LoadedResult]], T]
) -> T | None:
    """Draw results; when that fails, draw those that can be drawn alone and note the others as problems."""
    if not members:
        return None
    try:
        return draw_all([result.loaded for result in members])
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one record, the others are drawn
        if len(members) == 1:
            _note(model, members[0], error)
            return None
    good = [result for result in members if _sturdy(model, [result], draw_all) is not None]
    return _sturdy(model, good, draw_all) if len(good) < len(members) else None


def _note(model: SiteModel, result: ShownResult, error: Exception) -> None:
    if result.is_readable:
        model.note(result, f"it cannot be drawn ({type(error).__name__}: {str(error)[:200]})")
    else:
        model.note(result, DAMAGED)


def _hidden(results: Sequence[ShownResult], beyond: int, most: int) -> tuple[Hidden, ...]:
    counts = Counter(result.kind for result in results)
    found = [Hidden(kind, KINDS[kind], counts[kind]) for kind in KINDS if counts[kind]]
    if beyond:
        found.append(Hidden("more", f"this figure shows at most {most} curves", beyond))
    return tuple(found)
