"""The figure of a plane by matplotlib, for papers and slides: PNG, PDF and SVG, the same bytes every time.

Conventions of the field: ticks inside on all four sides, labels on the curves, the excluded side faintly
filled, observed solid, expected dashed, projections dash-dotted, level and halo printed below. The data
stay in canonical units in the axes, so that a figure can be worked on further.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from fairport.contract.documents import Plane
from fairport.contract.errors import UsageError
from fairport.contract.files import write_atomic
from fairport.results.figurerows import draw_rows
from fairport.results.kinds import COMPANION_LINES, Kind, kinds_of
from fairport.results.labels import Frame
from fairport.results.layout import Drawn, Layout, lay_out
from fairport.results.loaded import LoadedResult
from fairport.results.mpltext import axis_title, mathtext, plain
from fairport.results.richtext import width
from fairport.results.scene import Item, Piece, Scene, build_scene
from fairport.results.style import DASHES, NEUTRAL, Style
from fairport.results.svgframe import note_lines, wrap
from fairport.results.views import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes
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

WIDTH: Final = 504.0
"""Width of a figure in points (7 inches: two columns)."""

PLOT_HEIGHT: Final = 318.0
LABEL: Final = 8.0
SMALL: Final = 7.2
LEFT, RIGHT, BOTTOM = 58.0, 12.0, 40.0
SCALE: Final = 0.72
"""Widths of lines and markers relative to those of the web figure."""


def draw_plane(
    plane: Plane,
    results: Sequence[LoadedResult],
    *,
    title: str | None = None,
    colours: Mapping[str, int] | None = None,
    details: bool | None = None,
    footer: str | None = None,
) -> Figure:
    """Draw a plane with results.

    Args:
        plane: the plane.
        results: results in this plane.
        title: printed above the figure; nothing by default, as captions do that in papers.
        colours: slots from :func:`fairport.results.style.colour_slots` over the whole catalogue.
        details: bands, companions and published numbers; by default for a single result.
        footer: last line below the figure, for example catalogue version and date.

    Returns:
        A figure of its own that no interactive session knows about.
    """
    scene = build_scene(plane, results, colours=colours, details=details)
    with _settings():
        return _figure(scene, title, footer)


def save(figure: Figure, path: Path) -> None:
    """Write a figure; the suffix decides the format. The same figure gives the same bytes in every process.

    Raises:
        UsageError: the suffix is none of ``.png``, ``.pdf``, ``.svg``.
    """
    options = FORMATS.get(path.suffix.lower())
    if options is None:
        raise UsageError(
            f'figures cannot be written as "{path.suffix or path.name}"',
            mend=f"use one of {', '.join(FORMATS)}",
        )
    buffer = io.BytesIO()
    with _settings():
        figure.savefig(buffer, format=path.suffix.lower()[1:], **options)
    write_atomic(path, buffer.getvalue())


@contextmanager
def _settings() -> Iterator[None]:
    """Work under the settings of this module alone and give the user's back afterwards."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(RC)
        yield


def _figure(scene: Scene, title: str | None, footer: str | None) -> Figure:
    from matplotlib.figure import Figure

    if scene.y is None:
        return draw_rows(scene, title, footer)
    kinds = kinds_of(scene.items)
    top = (18.0 if title else 6.0) + (14.0 if kinds else 0.0)
    frame = Frame(LEFT, top, WIDTH - RIGHT, top + PLOT_HEIGHT)
    layout = lay_out(scene, frame, LABEL, marker_step=58.0)
    lines = [line for text in note_lines(scene, layout) for line in wrap(text, WIDTH - LEFT - RIGHT, SMALL)]
    lines += [footer] if footer else []
    keys = _key_lines(layout)
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
    _prepare(axes, scene)
    _draw_fills(axes, layout)
    for entry in layout.drawn:
        _draw_item(axes, entry, layout)
    _draw_labels(axes, layout)
    if kinds:
        _draw_kinds(axes, kinds)
    if title:
        figure.text(LEFT / WIDTH, 1.0 - 12.0 / height, title, fontsize=10.0, parse_math=False)
    _draw_below(figure, keys, lines, frame.bottom + BOTTOM, height)
    return figure


def _prepare(axes: Axes, scene: Scene) -> None:
    axes.set_xscale("log" if scene.x.log else "linear")
    axes.set_xlim(scene.x.low, scene.x.high)
    if scene.y is not None:
        axes.set_yscale("log" if scene.y.log else "linear")
        axes.set_ylim(scene.y.low, scene.y.high)
        set_ticks(axes.yaxis, scene.y, 11)
        tall = width(f"{scene.y.axis.labels.plain} {scene.y.axis.labels.unicode}", 9.5) > PLOT_HEIGHT - 30.0
        axes.set_ylabel(axis_title(scene.y.axis, short=tall), fontsize=9.5)
    set_ticks(axes.xaxis, scene.x, 9)
    axes.set_xlabel(axis_title(scene.x.axis), fontsize=9.5)
    axes.tick_params(
        which="major", direction="in", top=True, right=True, length=5.0, width=0.8, labelsize=9.0
    )
    axes.tick_params(which="minor", direction="in", top=True, right=True, length=2.6, width=0.6)


def set_ticks(axis: Any, view: View, room: int) -> None:
    """Put ticks of a view on an axis of matplotlib."""
    from matplotlib.ticker import FixedFormatter, FixedLocator, NullFormatter

    ticks = view.ticks(room)
    axis.set_major_locator(FixedLocator([tick.value for tick in ticks if tick.major]))
    axis.set_major_formatter(FixedFormatter([mathtext(tick.text) for tick in ticks if tick.major]))
    axis.set_minor_locator(FixedLocator([tick.value for tick in ticks if not tick.major]))
    axis.set_minor_formatter(NullFormatter())


def _draw_fills(axes: Axes, layout: Layout) -> None:
    """Fill excluded sides; from five on they share one flat neutral area."""
    filled = [entry for entry in layout.drawn if entry.fills and not entry.item.closed]
    if len(filled) >= 5:
        _patch(axes, layout, [line for entry in filled for line in entry.fills], "#16191d", 0.07)
        return
    for entry in filled:
        _patch(axes, layout, entry.fills, entry.item.style.swatch.line, 0.10)


def _draw_item(axes: Axes, entry: Drawn, layout: Layout) -> None:
    item, style = entry.item, entry.item.style
    colour = style.swatch.line
    for band in item.bands:
        axes.fill_between(
            band.x,
            band.low,
            band.high,
            color=colour,
            alpha=0.16 if band.level > 90 else 0.24,
            linewidth=0,
            zorder=1.5,
        )
    if item.closed and entry.fills:
        _patch(axes, layout, entry.fills, colour, 0.13 if item.excluded in {"inside", "outside"} else 0.26)
    for piece in item.faded:
        _plot(axes, piece, colour, 0.7 * style.width, "dotted", alpha=0.5)
    for piece in item.pieces:
        _plot(axes, piece, colour, style.width, style.line, alpha=style.opacity)
    for name, pieces in item.companions.items():
        for piece in pieces:
            _plot(axes, piece, colour, 1.2, COMPANION_LINES.get(name, "dashdot"))
    _draw_marks(axes, entry, layout)


def _plot(axes: Axes, piece: Piece, colour: str, line_width: float, line: str, alpha: float = 1.0) -> None:
    size = SCALE * line_width
    dash = DASHES[line]
    pattern: Any = (0.0, tuple(SCALE * part / size for part in dash)) if dash else "solid"
    axes.plot(
        piece[0],
        piece[1],
        color=colour,
        linewidth=size,
        linestyle=pattern,
        alpha=alpha,
        solid_joinstyle="round",
        dash_joinstyle="round",
        zorder=3.0,
    )


def _draw_marks(axes: Axes, entry: Drawn, layout: Layout) -> None:
    style = entry.item.style
    if style.marker and entry.markers[0].size:
        x, y = _fraction(layout, *entry.markers)
        _scatter(axes, x, y, style, axes.transAxes)
    for marker in entry.item.expectations:
        axes.plot(
            [marker.x],
            [marker.y],
            marker="o",
            markersize=5.6,
            markerfacecolor="none",
            markeredgecolor="#16191d",
            markeredgewidth=1.0,
            linestyle="none",
            zorder=5.0,
            clip_on=False,
        )
    point = entry.item.point
    if point is not None:
        errors = [[point.minus or 0.0], [point.plus or 0.0]]
        axes.errorbar(
            [point.x],
            [point.y],
            yerr=errors,
            marker="o",
            markersize=4.5,
            color=style.swatch.line,
            capsize=2.5,
            zorder=4.0,
        )


def _scatter(axes: Axes, x: Any, y: Any, style: Style, transform: Any) -> None:
    marker = "^" if style.marker == "triangle" else "o"
    size = {"dot": 2.8, "ring": 3.6, "triangle": 4.0}[style.marker or "dot"]
    axes.plot(
        x,
        y,
        marker=marker,
        markersize=size,
        markerfacecolor=style.swatch.line if style.marker == "dot" else "white",
        markeredgecolor=style.swatch.line,
        markeredgewidth=0.9,
        linestyle="none",
        transform=transform,
        zorder=3.4,
    )


def _draw_labels(axes: Axes, layout: Layout) -> None:
    from matplotlib.patheffects import withStroke

    halo = [withStroke(linewidth=2.2, foreground="white")]
    for index, place in layout.labels:
        item = layout.drawn[index].item
        x, y = _fraction(layout, place.x, place.y)
        _text(axes, x, y, plain(item.text), item.style, rotation=-place.angle, path_effects=halo)
    for count, (index, place) in enumerate(layout.badges, 1):
        x, y = _fraction(layout, place.x, place.y)
        _badge(axes, x, y, count, layout.drawn[index].item, axes.transAxes)


def _text(axes: Axes, x: float, y: float, text: str, style: Style, **options: Any) -> None:
    axes.text(
        x,
        y,
        text,
        transform=axes.transAxes,
        color=style.swatch.text,
        fontsize=LABEL,
        ha="center",
        va="center_baseline",
        rotation_mode="anchor",
        parse_math=False,
        zorder=6.0,
        **options,
    )


def _badge(axes: Any, x: float, y: float, count: int, item: Item, transform: Any) -> None:
    axes.plot(
        [x],
        [y],
        marker="o",
        markersize=10.5,
        color=item.style.swatch.text,
        markeredgewidth=0,
        transform=transform,
        zorder=7.0,
        clip_on=False,
    )
    axes.text(
        x,
        y,
        str(count),
        transform=transform,
        color="white",
        fontsize=6.4,
        ha="center",
        va="center_baseline",
        fontweight="bold",
        zorder=8.0,
    )


def _draw_kinds(axes: Axes, kinds: Sequence[Kind]) -> None:
    """Put samples of the kinds of lines above the frame."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = []
    for kind in kinds:
        if kind.shape == "band":
            handles.append(Patch(facecolor=NEUTRAL.line, alpha=0.35, linewidth=0, label=kind.text))
            continue
        dash = DASHES[kind.style.line]
        size = SCALE * kind.style.width
        ring = kind.shape == "published"
        handles.append(
            Line2D(
                [],
                [],
                color="none" if ring else NEUTRAL.line,
                linewidth=size,
                linestyle=(0.0, tuple(SCALE * part / size for part in dash)) if dash else "solid",
                marker="o"
                if ring
                else {"dot": "o", "ring": "o", "triangle": "^", None: ""}[kind.style.marker],
                markersize=5.0 if ring else 3.4,
                markerfacecolor=NEUTRAL.line if kind.style.marker == "dot" else "white",
                markeredgecolor="#16191d" if ring else NEUTRAL.line,
                markeredgewidth=0.9,
                label=kind.text,
            )
        )
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(-0.008, 0.992),
        ncols=len(handles),
        frameon=False,
        fontsize=SMALL,
        handlelength=2.6,
        columnspacing=1.6,
        handletextpad=0.5,
        labelcolor="#57606b",
    )


def _key_lines(layout: Layout) -> list[list[tuple[int, Item]]]:
    """Return the rows of the numbered key, with as many columns as fit."""
    entries = [(count, layout.drawn[index].item) for count, (index, _) in enumerate(layout.badges, 1)]
    if not entries:
        return []
    room = WIDTH - LEFT - RIGHT
    column = max(width(plain(item.text), SMALL) for _, item in entries) + 26.0
    columns = max(1, int(room / column))
    rows = -(-len(entries) // columns)
    return [entries[row::rows] for row in range(rows)]


def _draw_below(
    figure: Figure,
    keys: Sequence[Sequence[tuple[int, Item]]],
    lines: Sequence[str],
    top: float,
    height: float,
) -> None:
    place = top
    columns = max((len(row) for row in keys), default=1)
    for row in keys:
        for column, (count, item) in enumerate(row):
            x = LEFT + 6.0 + column * (WIDTH - LEFT - RIGHT) / columns
            y = 1.0 - place / height
            marker = _FigureMarks(figure)
            _badge(marker, x / WIDTH, y, count, item, figure.transFigure)
            figure.text(
                (x + 10.0) / WIDTH,
                y,
                plain(item.text),
                fontsize=SMALL,
                va="center_baseline",
                parse_math=False,
            )
        place += 12.0
    for line in lines:
        figure.text(
            LEFT / WIDTH,
            1.0 - (place + 2.0) / height,
            mathtext(line),
            fontsize=SMALL,
            color="#57606b",
            va="center_baseline",
        )
        place += 10.6


class _FigureMarks:
    """Lets marks be drawn on a figure in the way they are drawn on axes."""

    def __init__(self, figure: Figure) -> None:
        self._figure = figure

    def plot(self, x: Sequence[float], y: Sequence[float], **options: Any) -> None:
        """Add a line with markers."""
        from matplotlib.lines import Line2D

        self._figure.add_artist(Line2D(x, y, **options))

    def text(self, x: float, y: float, text: str, **options: Any) -> None:
        """Add text."""
        self._figure.text(x, y, text, **options)


def _patch(
    axes: Axes, layout: Layout, polygons: Sequence[tuple[Any, Any]], colour: str, alpha: float
) -> None:
    """Fill polygons, given in picture positions, as one shape."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Outline

    outlines = []
    for x, y in polygons:
        u, v = _fraction(layout, x, y)
        corners = np.column_stack((u, v))
        outlines.append(Outline(np.vstack((corners, corners[:1])), closed=True))
    if outlines:
        shape = Outline.make_compound_path(*outlines)
        axes.add_patch(
            PathPatch(shape, facecolor=colour, alpha=alpha, linewidth=0, transform=axes.transAxes, zorder=1.0)
        )


def _fraction(layout: Layout, x: Any, y: Any) -> tuple[Any, Any]:
    """Return picture positions as fractions of the frame, y pointing up."""
    frame = layout.frame
    return (x - frame.left) / (frame.right - frame.left), (frame.bottom - y) / (frame.bottom - frame.top)
