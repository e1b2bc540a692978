"""The figure of a plane by matplotlib, for papers and slides: PNG, PDF and SVG, the same bytes every time.

Conventions of the field: ticks inside on all four sides, labels on the curves, the excluded side faintly
filled, observed solid, expected dashed, projections dash-dotted, level and halo printed below. The data
stay in canonical units in the axes, so that a figure can be worked on further.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fairport.contract.characters import visible
from fairport.contract.documents import Plane
from fairport.contract.errors import UsageError
from fairport.contract.files import write_atomic
from fairport.results.figure.clipping import Frame
from fairport.results.figure.figureparts import (
    BOTTOM,
    LABEL,
    LEFT,
    PLOT_HEIGHT,
    RIGHT,
    SMALL,
    WIDTH,
    draw_fills,
    draw_item,
    prepare,
)
from fairport.results.figure.figurerows import draw_rows
from fairport.results.figure.figuretext import (
    KIND_ROW,
    draw_below,
    draw_kinds,
    draw_labels,
    key_lines,
    kind_rows,
)
from fairport.results.figure.kinds import kinds_of
from fairport.results.figure.layout import lay_out
from fairport.results.figure.references import Reference, references_of
from fairport.results.figure.scene import Scene, build_scene
from fairport.results.figure.svgframe import note_lines, wrap
from fairport.results.loaded import LoadedResult

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RC: Final[Any] = {
    "font.family": "DejaVu Sans",
    "mathtext.fontset": "dejavusans",
    "font.size": 9.0,
    "axes.linewidth": 0.8,
    "svg.hashsalt": "fairport",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
    "path.simplify_threshold": 0.1,
    "text.usetex": False,
}
"""Settings under which figures are made and saved, whatever the user has set."""

FORMATS: Final[Mapping[str, Mapping[str, Any]]] = {
    ".png": {"dpi": 200, "metadata": {"Software": None}},
    ".pdf": {"metadata": {"CreationDate": None, "Producer": None, "Creator": None}},
    ".svg": {"metadata": {"Date": None, "Creator": None}},
}
"""What makes each format reproducible."""


def draw_plane(
    plane: Plane,
    results: Sequence[LoadedResult],
    *,
    title: str | None = None,
    colours: Mapping[str, int] | None = None,
    details: bool | None = None,
    footer: str | None = None,
    references: Sequence[Reference] | None = None,
) -> Figure:
    """Draw a plane with results.

    Args:
        plane: the plane.
        results: results in this plane.
        title: printed above the figure; nothing by default, as captions do that in papers.
        colours: slots from :func:`fairport.results.style.colour_slots` over the whole catalogue.
        details: bands, companions and published numbers; by default for a single result.
        footer: last line below the figure, for example catalogue version and date.
        references: reference curves; by default the computed ones of the plane, none for an empty sequence.

    Returns:
        A figure of its own that no interactive session knows about.
    """
    guides = references_of(plane, results).curves if references is None else references
    title = visible(title) if title else None
    scene = build_scene(plane, results, colours=colours, details=details, references=guides)
    with _settings():
        return _figure(scene, title, footer)


RIGHTS: Final = {".png": "Copyright", ".pdf": "Subject", ".svg": "Rights"}
"""Where each format says under which licence a figure is."""


def save(figure: Figure, path: Path, *, title: str | None = None, rights: str | None = None) -> None:
    """Write a figure; the suffix decides the format. The same figure gives the same bytes in every process.

    Args:
        figure: the figure.
        path: where to.
        title: what the file says it shows.
        rights: what the file says of its licence.

    Raises:
        UsageError: the suffix is none of ``.png``, ``.pdf``, ``.svg``.
    """
    options = FORMATS.get(path.suffix.lower())
    if options is None:
        raise UsageError(
            f'figures cannot be written as "{path.suffix or path.name}"',
            mend=f"use one of {', '.join(FORMATS)}",
        )
    said = {"Title": title, RIGHTS[path.suffix.lower()]: rights}
    metadata = {**options["metadata"], **{key: text for key, text in said.items() if text}}
    buffer = io.BytesIO()
    with _settings():
        figure.savefig(buffer, format=path.suffix.lower()[1:], **{**options, "metadata": metadata})
    write_atomic(path, buffer.getvalue())


@contextmanager
def _settings() -> Iterator[None]:
    """Work under the settings of this module alone and give the user's back afterwards."""
    import matplotlib as mpl

    with mpl.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)  # a box stands for it
        mpl.rcdefaults()
        mpl.rcParams.update(RC)
        yield


def _figure(scene: Scene, title: str | None, footer: str | None) -> Figure:
    from matplotlib.figure import Figure

    if scene.y is None:
        return draw_rows(scene, title, footer)
    kinds = kind_rows(kinds_of(scene.items))
    top = (18.0 if title else 6.0) + (2.0 + KIND_ROW * len(kinds) if kinds else 0.0)
    frame = Frame(LEFT, top, WIDTH - RIGHT, top + PLOT_HEIGHT)
    layout = lay_out(scene, frame, LABEL, marker_step=58.0)
    lines = [line for text in note_lines(scene, layout) for line in wrap(text, WIDTH - LEFT - RIGHT, SMALL)]
    lines += [footer] if footer else []
    keys = key_lines(layout)
    height = frame.bottom + BOTTOM + 12.0 * len(keys) + 10.6 * len(lines)
    figure = Figure(figsize=(WIDTH / 72.0, height / 72.0))
    axes = figure.add_axes(
        (
            frame.left / WIDTH,
            1.0 - frame.bottom / height,
            (frame.right - frame.left) / WIDTH,
            PLOT_HEIGHT / height,
        )
    )
    prepare(axes, scene)
    draw_fills(axes, layout)
    for entry in layout.drawn:
        draw_item(axes, entry, layout)
    draw_labels(axes, layout)
    if kinds:
        draw_kinds(axes, kinds)
    if title:
        figure.text(LEFT / WIDTH, 1.0 - 12.0 / height, title, fontsize=10.0, parse_math=False)
    draw_below(figure, keys, lines, frame.bottom + BOTTOM, height)
    return figure
