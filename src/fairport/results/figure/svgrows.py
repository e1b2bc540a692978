"""Figures of planes with one axis: each result is a row with its value, interval or limit."""

from __future__ import annotations

import numpy as np

from fairport.results.figure.clipping import Frame
from fairport.results.figure.items import Item
from fairport.results.figure.richtext import plain, width
from fairport.results.figure.scene import Scene
from fairport.results.figure.svgcurves import slot
from fairport.results.figure.svgframe import notes, title_text
from fairport.results.figure.svgparts import Sizes, Writer, box, number, tag, text_at, tick_strokes, typeset
from fairport.results.figure.views import View
from fairport.results.words import tooltip


def draw_rows(writer: Writer, scene: Scene, full: float, sizes: Sizes) -> tuple[list[str], float]:
    """Return the elements of the figure and its height."""
    names = [plain(item.text) for item in scene.items]
    column = min(max([width(name, sizes.label) for name in names] + [60.0]) + 1.5 * sizes.label, 0.45 * full)
    step = 2.1 * sizes.label
    top = 0.6 * sizes.text
    frame = Frame(column, top, full - 1.6 * sizes.text, top + step * max(len(names), 1) + 0.6 * step)
    body = [*_axis(scene, frame, sizes)]
    for count, (item, name) in enumerate(zip(scene.items, names, strict=True)):
        y = frame.top + (count + 0.8) * step
        body.append(_row(writer, item, name, scene.x, frame, y, sizes))
    below = frame.bottom + 3.4 * sizes.text
    lines, height = notes(scene, None, 0.0, below, full, sizes)
    return [*body, *lines], below + height


def _row(writer: Writer, item: Item, name: str, view: View, frame: Frame, y: float, sizes: Sizes) -> str:
    label = text_at(
        frame.left - 0.8 * sizes.label,
        y + 0.34 * sizes.label,
        typeset(name, sizes.label),
        sizes.label,
        anchor="end",
        classes="fp-label fp-name",
    )
    style = item.style
    classes = " ".join(("fp-curve", slot(style), *(f"fp-{word}" for word in style.classes)))
    return writer.group(
        item.result.id,
        classes,
        tooltip(item.result, style.text),
        [label, _value(item, view, frame, y, sizes)],
    )


def _value(item: Item, view: View, frame: Frame, y: float, sizes: Sizes) -> str:
    point = item.point
    if point is None:
        return ""
    x = _place(point.x, view, frame)
    if item.excluded in {"above", "below"}:
        end = frame.right if item.excluded != "below" else frame.left
        area = f"M{number(x)} {number(y - 7)}H{number(end)}v14H{number(x)}z"
        edge = tag("path", class_="fp-line", stroke_width=2.2, d=f"M{number(x)} {number(y - 8)}v16")
        return tag("path", class_="fp-fill", opacity=0.12, d=area) + edge
    low, high = (
        _place(point.x - (point.minus or 0.0), view, frame),
        _place(point.x + (point.plus or 0.0), view, frame),
    )
    return (
        f'<path class="fp-line" stroke-width="1.8" d="M{number(low)} {number(y)}H{number(high)}'
        f'M{number(low)} {number(y - 4)}v8M{number(high)} {number(y - 4)}v8"/>'
        f'<circle class="fp-dot" cx="{number(x)}" cy="{number(y)}" r="{number(4.2 * sizes.stroke)}"/>'
    )


def _place(value: float, view: View, frame: Frame) -> float:
    share = float(view.share(np.array([value]))[0])
    share = 0.0 if np.isnan(share) else min(max(share, 0.0), 1.0)
    return frame.left + share * (frame.right - frame.left)


def _axis(scene: Scene, frame: Frame, sizes: Sizes) -> list[str]:
    strokes = [box(frame)]
    texts = []
    for tick in scene.x.ticks(6):
        x = _place(tick.value, scene.x, frame)
        length = 6.0 if tick.major else 3.4
        strokes.append(tick_strokes(x, frame, length))
        if tick.major:
            content = typeset(tick.text, sizes.text)
            texts.append(text_at(x, frame.bottom + 1.3 * sizes.text, content, sizes.text, anchor="middle"))
    title, symbol = title_text(scene.x.axis, frame.right - frame.left, sizes.text)
    middle = (frame.left + frame.right) / 2
    texts.append(
        text_at(
            middle,
            frame.bottom + 2.8 * sizes.text,
            typeset(title, sizes.text, symbol=symbol),
            sizes.text,
            anchor="middle",
        )
    )
    return [f'<path class="fp-axis" stroke-width="1" d="{"".join(strokes)}"/>', *texts]
