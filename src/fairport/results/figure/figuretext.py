"""Text of a matplotlib figure: labels, samples of the kinds of lines, key and notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from fairport.results.figure.figureparts import LABEL, LEFT, PLOT_HEIGHT, RIGHT, SCALE, SMALL, WIDTH, fraction
from fairport.results.figure.items import Item
from fairport.results.figure.kinds import Kind
from fairport.results.figure.layout import Layout
from fairport.results.figure.mpltext import mathtext, plain
from fairport.results.figure.richtext import width
from fairport.results.style import DASHES, NEUTRAL, Style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


KIND_ROW: Final = 12.0
"""Height of a row of samples in points."""


def draw_labels(axes: Axes, layout: Layout) -> None:
    """Write the labels along the curves and the numbers of those without one."""
    from matplotlib.patheffects import withStroke

    halo = [withStroke(linewidth=2.2, foreground="white")]
    for index, place in layout.labels:
        item = layout.drawn[index].item
        x, y = fraction(layout, place.x, place.y)
        _text(axes, x, y, plain(item.texts[place.text]), item.style, rotation=-place.angle, path_effects=halo)
    for count, (index, place) in enumerate(layout.badges, 1):
        x, y = fraction(layout, place.x, place.y)
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


def kind_rows(kinds: Sequence[Kind]) -> list[list[Kind]]:
    """Return the samples of kinds in rows that fit above the frame."""
    room = WIDTH - LEFT - RIGHT
    rows: list[list[Kind]] = []
    used = 0.0
    for kind in kinds:
        wide = width(kind.text, SMALL) + 5.0 * SMALL
        if not rows or used + wide > room:
            rows.append([])
            used = 0.0
        rows[-1].append(kind)
        used += wide
    return rows


def draw_kinds(axes: Axes, rows: Sequence[Sequence[Kind]]) -> None:
    """Put samples of the kinds of lines above the frame, the first row on top."""
    for number, kinds in enumerate(reversed(rows)):
        axes.add_artist(_kinds_row(axes, kinds, 0.992 + number * KIND_ROW / PLOT_HEIGHT))


def _kinds_row(axes: Axes, kinds: Sequence[Kind], height: float) -> Any:
    from matplotlib.legend import Legend
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
    return Legend(
        axes,
        handles,
        [kind.text for kind in kinds],
        loc="lower left",
        bbox_to_anchor=(-0.008, height),
        ncols=len(handles),
        frameon=False,
        fontsize=SMALL,
        handlelength=2.6,
        columnspacing=1.6,
        handletextpad=0.5,
        labelcolor="#57606b",
    )


def key_lines(layout: Layout) -> list[list[tuple[int, Item]]]:
    """Return the rows of the numbered key, with as many columns as fit."""
    entries = [(count, layout.drawn[index].item) for count, (index, _) in enumerate(layout.badges, 1)]
    if not entries:
        return []
    room = WIDTH - LEFT - RIGHT
    column = max(width(plain(item.text), SMALL) for _, item in entries) + 26.0
    columns = max(1, int(room / column))
    rows = -(-len(entries) // columns)
    return [entries[row::rows] for row in range(rows)]


def draw_below(
    figure: Figure,
    keys: Sequence[Sequence[tuple[int, Item]]],
    lines: Sequence[str],
    top: float,
    height: float,
) -> None:
    """Write the numbered key and the notes, from ``top`` (points from above) downwards."""
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
