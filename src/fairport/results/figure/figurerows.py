"""The matplotlib figure of a plane with one axis: each result is a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fairport.results.figure.figureparts import LABEL, SMALL, WIDTH, set_ticks
from fairport.results.figure.items import Item
from fairport.results.figure.mpltext import axis_title, mathtext, plain
from fairport.results.figure.richtext import width
from fairport.results.figure.scene import Scene
from fairport.results.figure.svgframe import note_lines, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW = 20.0
"""Height of a row in points."""


def draw_rows(scene: Scene, title: str | None, footer: str | None) -> Figure:
    """Draw one row for each result with its value, interval or limit."""
    from matplotlib.figure import Figure

    names = [plain(item.text) for item in scene.items]
    left = min(max([width(name, LABEL) for name in names] + [60.0]) + 18.0, 0.45 * WIDTH)
    top, plot = (22.0 if title else 8.0), ROW * max(len(names), 1) + 12.0
    lines = [line for text in note_lines(scene, None) for line in wrap(text, WIDTH - 20.0, SMALL)]
    lines += [footer] if footer else []
    height = top + plot + 44.0 + 10.6 * len(lines)
    figure = Figure(figsize=(WIDTH / 72.0, height / 72.0))
    axes = figure.add_axes(
        (left / WIDTH, 1.0 - (top + plot) / height, (WIDTH - left - 16.0) / WIDTH, plot / height)
    )
    axes.set_xscale("log" if scene.x.log else "linear")
    axes.set_xlim(scene.x.low, scene.x.high)
    axes.set_ylim(len(names) - 0.4, -0.6)
    set_ticks(axes.xaxis, scene.x, 7)
    axes.set_yticks(range(len(names)), names, fontsize=LABEL, parse_math=False)
    for label, item in zip(axes.get_yticklabels(), scene.items, strict=True):
        label.set_color(item.style.swatch.text)
    axes.tick_params(axis="y", length=0.0)
    axes.tick_params(axis="x", which="both", direction="in", top=True)
    axes.set_xlabel(axis_title(scene.x.axis), fontsize=9.5)
    for row, item in enumerate(scene.items):
        _draw_value(axes, item, row, scene.x.low if item.excluded == "below" else scene.x.high)
    if title:
        figure.text(left / WIDTH, 1.0 - 12.0 / height, title, fontsize=10.0, parse_math=False)
    for count, line in enumerate(lines):
        place = top + plot + 42.0 + 10.6 * count
        figure.text(10.0 / WIDTH, 1.0 - place / height, mathtext(line), fontsize=SMALL, color="#57606b")
    return figure


def _draw_value(axes: Axes, item: Item, row: int, edge: float) -> None:
    point, colour = item.point, item.style.swatch.line
    if point is None:
        return
    if item.excluded in {"above", "below"}:
        axes.fill_betweenx([row - 0.3, row + 0.3], point.x, edge, color=colour, alpha=0.12, linewidth=0)
        axes.plot([point.x, point.x], [row - 0.34, row + 0.34], color=colour, linewidth=1.7)
        return
    errors = [[point.minus or 0.0], [point.plus or 0.0]]
    axes.errorbar(
        [point.x], [row], xerr=errors, marker="o", markersize=4.5, color=colour, capsize=2.5, linewidth=1.3
    )
