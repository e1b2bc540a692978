"""Curves, regions, labels and numbers of an SVG figure."""

from __future__ import annotations

from collections.abc import Sequence

from fairport.results.figure.kinds import COMPANION_LINES
from fairport.results.figure.labels import Placement
from fairport.results.figure.layout import BADGE, Drawn, Layout, Spot
from fairport.results.figure.richtext import plain
from fairport.results.figure.svgparts import Sizes, Writer, marker_shape, number, path, tag, text_at, typeset
from fairport.results.style import DASHES, SHADE, THEORY, Style
from fairport.results.words import tooltip

CROWD = 5
"""From this number of filled limits on, their excluded sides share one neutral fill."""


def draw_fills(layout: Layout) -> list[str]:
    """Return the faint fills of excluded sides, below all curves; many of them become one flat area."""
    shades = [
        f'<path class="fp-shade {slot(entry.item.style)}" fill="{entry.item.style.swatch.line}" '
        f'opacity="{SHADE}" d="{path(shade, closed=True)}"/>'
        for entry in layout.drawn
        for shade in entry.shades
    ]
    filled = [entry for entry in layout.drawn if entry.fills and not entry.item.closed]
    if len(filled) >= CROWD:
        shapes = "".join(path(line, closed=True) for entry in filled for line in entry.fills)
        if shapes:
            shades.append(f'<g class="fp-union" opacity=".075"><path fill-rule="nonzero" d="{shapes}"/></g>')
        return shades
    return shades + [
        f'<path class="fp-fill {slot(entry.item.style)}" opacity=".09" '
        f'd="{"".join(path(line, closed=True) for line in entry.fills)}"/>'
        for entry in filled
    ]


def draw_items(writer: Writer, layout: Layout, sizes: Sizes) -> list[str]:
    """Return one link or group for each result, with its lines and markers."""
    found = []
    for entry in layout.drawn:
        if not entry.visible:
            continue
        parts = [*_under(entry), *_strokes(writer, entry, sizes), *_marks(entry, sizes)]
        style = entry.item.style
        classes = " ".join(("fp-curve", slot(style), *(f"fp-{name}" for name in style.classes)))
        found.append(
            writer.group(entry.item.result.id, classes, tooltip(entry.item.result, style.text), parts)
        )
    return found


def draw_labels(writer: Writer, layout: Layout, sizes: Sizes, keys: dict[int, str]) -> list[str]:
    """Return the labels, above all curves; they link like their curves but are left out of the order of tabs.

    Args:
        writer: escapes and links.
        layout: positions.
        sizes: type sizes.
        keys: entry of a numbered result in the key below the figure, by its index.
    """
    parts = {index: _label(layout.drawn[index], place, sizes) for index, place in layout.labels}
    for count, (index, place) in enumerate(layout.badges, 1):
        parts[index] = badge(place.x, place.y, count, sizes.small) + keys.get(index, "")
    found = []
    for index, content in sorted(parts.items()):
        item = layout.drawn[index].item
        found.append(writer.shadow(item.result.id, f"fp-tag {slot(item.style)}", content))
    return found


def slot(style: Style) -> str:
    """Return the class that sets the colours of a style."""
    return "fp-kn" if style.slot is None else f"fp-k{style.slot}"


def badge(x: float, y: float, count: int, size: float) -> str:
    """Return a numbered disc."""
    radius = BADGE * size
    return tag("circle", class_="fp-badge", cx=x, cy=y, r=radius) + text_at(
        x, y + 0.3 * size, str(count), 0.84 * size, anchor="middle", classes="fp-number"
    )


def sample(style: Style, x: float, y: float, length: float, sizes: Sizes) -> str:
    """Return a short stretch of a line in a style, with its marker."""
    data = f"M{number(x)} {number(y)}h{number(length)}"
    strokes = tag("path", class_="fp-line", d=data, **_stroke(style, sizes))
    mark = marker_shape(style.marker, x + length / 2, y, 2.7 * sizes.stroke) if style.marker else ""
    return strokes + (f'<g stroke-width="1.2">{mark}</g>' if mark else "")


def _under(entry: Drawn) -> list[str]:
    """Bands, and the inside of regions."""
    parts = []
    for level, line in entry.bands:
        opacity = ".16" if level > 90 else ".24"
        parts.append(f'<path class="fp-band" opacity="{opacity}" d="{path(line, closed=True)}"/>')
    if entry.item.closed and entry.fills:
        opacity = ".13" if entry.item.excluded in {"inside", "outside"} else ".26"
        shapes = "".join(path(line, closed=True) for line in entry.fills)
        if entry.item.result.record.kind == "line":
            return [*parts, f'<path class="fp-theory" fill="{THEORY}" opacity=".45" d="{shapes}"/>']
        parts.append(f'<path class="fp-fill" opacity="{opacity}" d="{shapes}"/>')
    return parts


def _strokes(writer: Writer, entry: Drawn, sizes: Sizes) -> list[str]:
    style = entry.item.style
    parts = []
    if entry.faded:
        data = "".join(path(line) for line in entry.faded)
        parts.append(
            tag(
                "path",
                class_="fp-line fp-faded",
                opacity=0.5,
                stroke=style.swatch.line,
                stroke_width=0.75 * style.width * sizes.stroke,
                stroke_dasharray="1.5 3",
                d=data,
            )
        )
    if entry.lines:
        name = writer.identifier(entry.item.result.id)
        data = "".join(path(line) for line in entry.lines)
        line = tag("path", id=name, class_="fp-line", d=data)
        opacity = style.opacity if style.opacity < 1.0 else None
        parts.append(tag("g", line, class_="fp-strokes", opacity=opacity, **_stroke(style, sizes)))
        if entry.item.result.id in writer.links:
            parts.append(tag("use", class_="fp-hit", href=f"#{name}", stroke_width=14.0))
    for name, lines in entry.companions.items():
        dash = " ".join(number(part) for part in DASHES[COMPANION_LINES.get(name, "dashdot")])
        data = "".join(path(line) for line in lines)
        parts.append(
            tag(
                "path",
                class_=f"fp-line fp-{name}",
                stroke=style.swatch.line,
                fill="none",
                stroke_width=1.2,
                stroke_dasharray=dash,
                d=data,
            )
        )
    return parts


def _stroke(style: Style, sizes: Sizes) -> dict[str, str | float | None]:
    return {
        "stroke": style.swatch.line,
        "fill": "none",
        "stroke_width": style.width * sizes.stroke,
        "stroke_linejoin": "round",
        "stroke_dasharray": " ".join(number(part * sizes.stroke) for part in style.dash) or None,
    }


def _marks(entry: Drawn, sizes: Sizes) -> list[str]:
    parts = []
    kind = entry.item.style.marker
    if kind:
        shapes = "".join(
            marker_shape(kind, float(x), float(y), 2.7 * sizes.stroke)
            for x, y in zip(*entry.markers, strict=True)
        )
        parts.append(
            f'<g stroke="{entry.item.style.swatch.line}" stroke-width="1.2">{shapes}</g>' if shapes else ""
        )
    if entry.expectations:
        radius = 4.6 * sizes.stroke
        circles = "".join(tag("circle", cx=spot.x, cy=spot.y, r=radius) for spot in entry.expectations)
        parts.append(f'<g class="fp-known" stroke-width="1.5">{circles}</g>')
    if entry.spot is not None:
        parts.append(_spot(entry.spot, sizes))
    return parts


def _spot(spot: Spot, sizes: Sizes) -> str:
    bar = f"M{number(spot.x)} {number(spot.top)}V{number(spot.bottom)}"
    dot = tag("circle", class_="fp-dot", cx=spot.x, cy=spot.y, r=4.0 * sizes.stroke)
    return tag("path", class_="fp-line", stroke_width=1.6, d=bar) + dot


def _label(entry: Drawn, place: Placement, sizes: Sizes) -> str:
    content = typeset(plain(entry.item.texts[place.text]), sizes.label)
    # The middle of the letters stands 0.34 of the size above the base line.
    text = text_at(0.0, 0.34 * sizes.label, content, sizes.label, anchor="middle", classes="fp-label fp-name")
    turn = f" rotate({number(place.angle)})" if abs(place.angle) > 0.2 else ""
    return f'<g transform="translate({number(place.x)} {number(place.y)}){turn}">{text}</g>'


def all_hidden(drawn: Sequence[Drawn]) -> list[Drawn]:
    """Return what lies outside the shown range altogether."""
    return [entry for entry in drawn if not entry.visible]
