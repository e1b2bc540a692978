"""Frame, ticks, axis titles, the row of line kinds, the numbered key and the notes of an SVG figure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from fairport.contract.documents import PlaneAxis
from fairport.results.figure.clipping import Frame
from fairport.results.figure.items import Item
from fairport.results.figure.kinds import Kind, kinds_of
from fairport.results.figure.layout import BADGE, Layout
from fairport.results.figure.richtext import plain, width
from fairport.results.figure.scene import Scene
from fairport.results.figure.svgcurves import all_hidden, badge, sample, slot
from fairport.results.figure.svgparts import (
    Sizes,
    box,
    escape,
    tag,
    text_at,
    tick_strokes,
    tick_strokes_left,
    typeset,
)
from fairport.results.figure.views import Tick, View


@dataclass(frozen=True, slots=True)
class Margins:
    """Room around the frame."""

    left: float
    top: float
    right: float
    bottom: float


def margins_of(scene: Scene, sizes: Sizes) -> Margins:
    """Return the room that ticks and axis titles need."""
    ticks = scene.y.ticks() if scene.y else []
    widest = max((width(tick.text, sizes.text) for tick in ticks), default=0.0)
    last = [tick.text for tick in scene.x.ticks() if tick.major][-1:]
    right = max([width(text, sizes.text) / 2 for text in last] + [4.0]) + 2.0
    return Margins(
        left=math.ceil(widest + 2.5 * sizes.text),
        top=math.ceil(0.7 * sizes.text),
        right=math.ceil(right),
        bottom=math.ceil(3.5 * sizes.text),
    )


def axes(scene: Scene, frame: Frame, sizes: Sizes) -> list[str]:
    """Return frame, ticks on all four sides, tick texts and axis titles."""
    return [] if scene.y is None else list(_axes(scene.x, scene.y, frame, sizes))


@lru_cache(maxsize=256)
def _axes(x_view: View, y_view: View, frame: Frame, sizes: Sizes) -> tuple[str, ...]:
    """Return what :func:`axes` does; many figures of a catalogue show the same part of a plane."""
    across, up = frame.right - frame.left, frame.bottom - frame.top
    x_ticks = _thinned(x_view, across, sizes)
    y_ticks = y_view.ticks(max(3, int(up / (2.0 * sizes.text))))
    strokes = [box(frame)]
    texts = []
    for tick, share in zip(x_ticks, _shares(x_view, x_ticks), strict=True):
        x = frame.left + share * across
        length = 6.0 if tick.major else 3.4
        strokes.append(tick_strokes(x, frame, length))
        if tick.major:
            content = typeset(tick.text, sizes.text)
            texts.append(text_at(x, frame.bottom + 1.3 * sizes.text, content, sizes.text, anchor="middle"))
    for tick, share in zip(y_ticks, _shares(y_view, y_ticks), strict=True):
        y = frame.bottom - share * up
        length = 6.0 if tick.major else 3.4
        strokes.append(tick_strokes_left(y, frame, length))
        if tick.major:
            content = typeset(tick.text, sizes.text)
            texts.append(
                text_at(
                    frame.left - 0.5 * sizes.text, y + 0.34 * sizes.text, content, sizes.text, anchor="end"
                )
            )
    return (
        f'<path class="fp-axis" stroke-width="1" d="{"".join(strokes)}"/>',
        *texts,
        *_titles(x_view, y_view, frame, sizes),
    )


def title_text(axis: PlaneAxis, room: float, size: float) -> tuple[str, str]:
    """Return the title of an axis that fits into ``room``, and the part of it that is mathematics."""
    name, symbol = axis.labels.plain, axis.labels.unicode
    unit = f" [{axis.unit_label}]" if axis.unit_label else ""
    full = f"{name[:1].upper()}{name[1:]} {symbol}{unit}"
    return (full if width(full, size) <= room else f"{symbol}{unit}"), symbol


def kinds_row(
    items: Sequence[Item], left: float, top: float, room: float, sizes: Sizes
) -> tuple[Sequence[str], float]:
    """Return samples of the kinds of lines that are present, and the height that they take."""
    kinds = kinds_of(items)
    return _kinds_row(tuple(kinds), left, top, room, sizes) if kinds else ((), 0.0)


@lru_cache(maxsize=256)
def _kinds_row(
    kinds: tuple[Kind, ...], left: float, top: float, room: float, sizes: Sizes
) -> tuple[Sequence[str], float]:
    """Return what :func:`kinds_row` does; most figures of a catalogue hold the same few kinds."""
    parts: list[str] = []
    x, y, length, line = left, top + 0.9 * sizes.small, 2.6 * sizes.small, 1.6 * sizes.small
    for kind in kinds:
        needed = length + 0.5 * sizes.small + width(kind.text, sizes.small)
        if x + needed > left + room and x > left:
            x, y = left, y + line
        parts.append(_kind_sample(kind, x, y, length, sizes))
        x += needed + 1.6 * sizes.small
    return (f'<g class="fp-kinds fp-kn">{"".join(parts)}</g>',), y - top + 0.9 * sizes.small


def _kind_sample(kind: Kind, x: float, y: float, length: float, sizes: Sizes) -> str:
    text = text_at(x + length + 0.5 * sizes.small, y, escape(kind.text), sizes.small, classes="fp-muted")
    level = y - 0.34 * sizes.small
    if kind.shape == "published":
        radius = 4.6 * sizes.stroke
        return (
            tag("circle", class_="fp-known", stroke_width=1.5, cx=x + length / 2, cy=level, r=radius) + text
        )
    if kind.shape == "band":
        wide = tag("rect", class_="fp-band", opacity=0.2, x=x, y=level - 6, width=length, height=12.0)
        return (
            wide
            + tag("rect", class_="fp-band", opacity=0.3, x=x, y=level - 3, width=length, height=6.0)
            + text
        )
    return sample(kind.style, x, level, length, sizes) + text


def key_entries(
    layout: Layout, left: float, top: float, room: float, sizes: Sizes
) -> tuple[dict[int, str], float]:
    """Return, for each numbered result, its entry in the key below the figure, and the height of the key."""
    if not layout.badges:
        return {}, 0.0
    lead = 2.0 * BADGE * sizes.small + 5.0
    texts = {
        index: shorten(plain(layout.drawn[index].item.text), room - lead, sizes.small)
        for index, _ in layout.badges
    }
    column = max(width(text, sizes.small) for text in texts.values()) + lead + 1.4 * sizes.small
    columns = max(1, min(len(texts), int(room / column)))
    rows, line = math.ceil(len(texts) / columns), 1.7 * sizes.small
    entries = {}
    for count, (index, text) in enumerate(texts.items()):
        x = left + (count // rows) * (room / columns)
        y = top + (count % rows + 0.5) * line
        name = text_at(
            x + lead, y + 0.34 * sizes.small, typeset(text, sizes.small), sizes.small, classes="fp-name"
        )
        entries[index] = badge(x + BADGE * sizes.small, y, count + 1, sizes.small) + name
    return entries, rows * line + 0.6 * sizes.small


def notes(
    scene: Scene, layout: Layout | None, left: float, top: float, room: float, sizes: Sizes
) -> tuple[Sequence[str], float]:
    """Return the lines below the figure, wrapped, and their height."""
    return _notes(tuple(note_lines(scene, layout)), left, top, room, sizes)


@lru_cache(maxsize=256)
def _notes(
    texts: tuple[str, ...], left: float, top: float, room: float, sizes: Sizes
) -> tuple[Sequence[str], float]:
    """Return what :func:`notes` does; many results of a catalogue assume the same."""
    lines = [wrapped for text in texts for wrapped in wrap(text, room, sizes.small)]
    step = 1.5 * sizes.small
    parts = tuple(
        text_at(left, top + (count + 0.8) * step, typeset(line, sizes.small), sizes.small, classes="fp-muted")
        for count, line in enumerate(lines)
    )
    return parts, len(lines) * step + (0.4 * sizes.small if lines else 0.0)


def wrap(text: str, room: float, size: float) -> list[str]:
    """Break text into lines that fit; a single long word may stick out."""
    lines: list[str] = []
    current = ""
    for word in text.split(" "):
        longer = f"{current} {word}" if current else word
        if current and width(longer, size) > room:
            lines.append(current)
            longer = word
        current = longer
    return [*lines, current] if current else lines


def shorten(text: str, room: float, size: float) -> str:
    """Return text that fits, with an ellipsis where it was cut."""
    while text and width(text, size) > room:
        text = text.rstrip("…")[:-1].rstrip(" (…") + "…"
        if text == "…":
            break
    return text


def empty_text(frame: Frame, sizes: Sizes) -> str:
    """Return the text of a figure without results."""
    x, y = (frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2
    return text_at(x, y, "No result in this plane yet", sizes.text, anchor="middle", classes="fp-muted")


def swatch_group(item: Item, content: str) -> str:
    """Wrap content so that it has the colours of an item."""
    return f'<g class="{slot(item.style)}">{content}</g>'


def note_lines(scene: Scene, layout: Layout | None) -> list[str]:
    """Return what is printed below a figure: shared assumptions, differences, and what is not to be seen."""
    lines = list(scene.notes)
    hidden = [entry.item.style.label for entry in all_hidden(layout.drawn)] if layout else []
    if hidden:
        lines.append(f"Outside the range shown: {_listed(hidden)}.")
    if layout is not None and layout.unnamed:
        lines.append(f"{layout.unnamed} more curves are drawn without a name.")
    if scene.undrawn:
        lines.append(f"Not drawn: {_listed([f'{name} ({reason})' for name, reason in scene.undrawn])}.")
    return lines


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _titles(x_view: View, y_view: View, frame: Frame, sizes: Sizes) -> list[str]:
    x_text, x_symbol = title_text(x_view.axis, frame.right - frame.left, sizes.text)
    y_text, y_symbol = title_text(y_view.axis, frame.bottom - frame.top, sizes.text)
    x, y = (frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2
    return [
        text_at(
            x,
            frame.bottom + 2.85 * sizes.text,
            typeset(x_text, sizes.text, symbol=x_symbol),
            sizes.text,
            anchor="middle",
        ),
        text_at(
            sizes.text,
            y,
            typeset(y_text, sizes.text, symbol=y_symbol),
            sizes.text,
            anchor="middle",
            angle=-90.0,
        ),
    ]


def _thinned(view: View, room: float, sizes: Sizes) -> list[Tick]:
    """Return ticks whose texts do not touch."""
    for wanted in (11, 9, 7, 6, 5, 4, 3, 2):
        ticks = view.ticks(wanted)
        texts = [width(tick.text, sizes.text) for tick in ticks if tick.major]
        if sum(texts) + 1.2 * sizes.text * len(texts) <= room:
            return ticks
    return view.ticks(2)


def _shares(view: View, ticks: Sequence[Tick]) -> list[float]:
    import numpy as np

    return [float(share) for share in view.share(np.array([tick.value for tick in ticks]))]


__all__ = [
    "Margins",
    "axes",
    "empty_text",
    "key_entries",
    "kinds_row",
    "margins_of",
    "notes",
    "swatch_group",
    "title_text",
    "wrap",
]
