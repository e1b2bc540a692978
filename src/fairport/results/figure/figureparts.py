"""Parts of a matplotlib figure: axes, fills, lines and marks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from fairport.results.figure.items import Piece
from fairport.results.figure.kinds import COMPANION_LINES
from fairport.results.figure.layout import Drawn, Layout
from fairport.results.figure.mpltext import axis_title, mathtext
from fairport.results.figure.richtext import width
from fairport.results.figure.scene import Scene
from fairport.results.figure.views import View
from fairport.results.style import DASHES, SHADE, THEORY, Style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH: Final = 504.0
"""Width of a figure in points (7 inches: two columns)."""

PLOT_HEIGHT: Final = 318.0
LABEL: Final = 8.0
SMALL: Final = 7.2
LEFT, RIGHT, BOTTOM = 58.0, 12.0, 40.0
SCALE: Final = 0.72
"""Widths of lines and markers relative to those of the web figure."""


def prepare(axes: Axes, scene: Scene) -> None:
    """Set scales, ranges, ticks and titles of the axes."""
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


def draw_fills(axes: Axes, layout: Layout) -> None:
    """Fill excluded sides; from five on they share one flat neutral area."""
    for entry in layout.drawn:
        for shade in entry.shades:
            _patch(axes, layout, [shade], entry.item.style.swatch.line, SHADE)
    filled = [entry for entry in layout.drawn if entry.fills and not entry.item.closed]
    if len(filled) >= 5:
        _patch(axes, layout, [line for entry in filled for line in entry.fills], "#16191d", 0.07)
        return
    for entry in filled:
        _patch(axes, layout, entry.fills, entry.item.style.swatch.line, 0.10)


def draw_item(axes: Axes, entry: Drawn, layout: Layout) -> None:
    """Draw bands, lines and marks of one result."""
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
        theory = item.result.record.kind == "line"
        strength = 0.13 if item.excluded in {"inside", "outside"} else 0.26
        _patch(axes, layout, entry.fills, THEORY if theory else colour, 0.45 if theory else strength)
        if theory:
            return
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
        x, y = fraction(layout, *entry.markers)
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


def _patch(
    axes: Axes, layout: Layout, polygons: Sequence[tuple[Any, Any]], colour: str, alpha: float
) -> None:
    """Fill polygons, given in picture positions, as one shape."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Outline

    outlines = []
    for x, y in polygons:
        u, v = fraction(layout, x, y)
        corners = np.column_stack((u, v))
        outlines.append(Outline(np.vstack((corners, corners[:1])), closed=True))
    if outlines:
        shape = Outline.make_compound_path(*outlines)
        axes.add_patch(
            PathPatch(shape, facecolor=colour, alpha=alpha, linewidth=0, transform=axes.transAxes, zorder=1.0)
        )


def fraction(layout: Layout, x: Any, y: Any) -> tuple[Any, Any]:
    """Return picture positions as fractions of the frame, y pointing up."""
    frame = layout.frame
    return (x - frame.left) / (frame.right - frame.left), (frame.bottom - y) / (frame.bottom - frame.top)
