"""The figure of a plane as SVG for the web: small, linked, readable without scripts, light and dark.

Colours are CSS variables with fallbacks (``--fp-c0`` ... for lines, ``--fp-t0`` ... for text,
``--fp-ink``, ``--fp-muted``, ``--fp-paper``, ``--fp-grey``), so that a page may set them; the fallbacks
follow the colour scheme of the page. Every text that comes from a record is escaped, and only relative,
``http`` and ``https`` links are written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fairport.contract.documents import Plane
from fairport.results.figure.clipping import Frame
from fairport.results.figure.layout import lay_out
from fairport.results.figure.references import Reference, references_of
from fairport.results.figure.scene import Scene, build_scene
from fairport.results.figure.svgcurves import draw_fills, draw_items, draw_labels
from fairport.results.figure.svgframe import axes, empty_text, key_entries, kinds_row, margins_of, notes
from fairport.results.figure.svgparts import COMPACT, WIDE, Sizes, Writer, describe, stylesheet
from fairport.results.figure.svgrows import draw_rows
from fairport.results.loaded import LoadedResult

NARROW = 600
"""Below this width, what stands under the figure uses the whole width."""

__all__ = ["Picture", "draw_scene", "scene_of", "scene_svg", "stylesheet"]


def scene_of(
    plane: Plane,
    results: Sequence[LoadedResult],
    *,
    colours: Mapping[str, int] | None = None,
    details: bool | None = None,
    references: Sequence[Reference] | None = None,
) -> Scene:
    """Build the scene of a plane with results, which :func:`scene_svg` draws in any size.

    Args:
        plane: the plane.
        results: results in this plane, in the order in which they are drawn.
        colours: slots from :func:`fairport.results.style.colour_slots` over the whole catalogue.
        details: bands, companions and published numbers; by default for a single result.
        references: reference curves; by default the computed ones of the plane, none for an empty sequence.
    """
    guides = references_of(plane, results).curves if references is None else references
    return build_scene(plane, results, colours=colours, details=details, references=guides)


def scene_svg(
    scene: Scene,
    *,
    width: int | None = None,
    height: int | None = None,
    links: Mapping[str, str] | None = None,
    compact: bool = False,
    standalone: bool = False,
    title: str | None = None,
    prefix: str | None = None,
) -> str:
    """Draw a scene.

    Args:
        scene: what is shown.
        width: width of the view box; by default 960, or 360 for the compact variant.
        height: height of the plot without what stands around it; by default in proportion.
        links: result id to the address of its page.
        compact: type sizes for a screen 360 pixels wide.
        standalone: for a file of its own, which then follows the colour scheme of the reader; inline, the
            page decides.
        title: title for assistive technology; by default that of the plane.
        prefix: start of all ids, so that several figures fit on a page.

    Returns:
        One ``<svg>`` element without XML declaration; the same arguments always give the same text.
    """
    picture = draw_scene(scene, width=width, height=height, links=links, compact=compact, prefix=prefix)
    return picture.document(standalone=standalone, title=title)


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn scene that can be written more than once, inline and as a file."""

    writer: Writer
    scene: Scene
    size: tuple[float, float]
    sizes: Sizes
    body: list[str]

    def document(
        self, *, standalone: bool = False, title: str | None = None, rights: str | None = None
    ) -> str:
        """Return the whole element; arguments as for :func:`scene_svg`, ``rights`` is its licence."""
        return self.writer.document(
            *self.size,
            title or self.scene.plane.title,
            describe(self.scene),
            self.body,
            standalone=standalone,
            size=self.sizes.text,
            rights=rights,
        )


def draw_scene(
    scene: Scene,
    *,
    width: int | None = None,
    height: int | None = None,
    links: Mapping[str, str] | None = None,
    compact: bool = False,
    prefix: str | None = None,
) -> Picture:
    """Draw a scene for more than one document; arguments as for :func:`scene_svg`."""
    sizes = COMPACT if compact else WIDE
    full = float(width or (360 if compact else 960))
    writer = Writer(prefix or f"fp-{scene.plane.id}{'-compact' if compact else ''}", links or {})
    if scene.y is None:
        body, total = draw_rows(writer, scene, full, sizes)
    else:
        tall = float(height or round(full * (1.0 if compact else 0.56)))
        body, total = _draw_plane(writer, scene, full, tall, sizes)
    return Picture(writer, scene, (full, total), sizes, body)


def _draw_plane(
    writer: Writer, scene: Scene, full: float, height: float, sizes: Sizes
) -> tuple[list[str], float]:
    margins = margins_of(scene, sizes)
    room = full - margins.left - margins.right
    kinds, used = kinds_row(scene.items, margins.left, 0.0, room, sizes)
    top = margins.top + used
    frame = Frame(margins.left, top, full - margins.right, top + height)
    layout = lay_out(scene, frame, sizes.label)
    below = frame.bottom + margins.bottom
    left = margins.left if full >= NARROW else 4.0
    keys, key_height = key_entries(layout, left, below, full - left - 4.0, sizes)
    lines, notes_height = notes(scene, layout, left, below + key_height, full - left - 4.0, sizes)
    body = [
        *kinds,
        *draw_fills(layout),
        *axes(scene, frame, sizes),
        *draw_items(writer, layout, sizes),
        *draw_labels(writer, layout, sizes, keys),
        *([] if scene.items else [empty_text(frame, sizes)]),
        *lines,
    ]
    return body, below + key_height + notes_height
