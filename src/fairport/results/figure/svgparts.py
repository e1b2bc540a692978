"""Building blocks of SVG text: escaping, identifiers, links, typeset text, the style sheet."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from html import escape as html_escape
from typing import Final

from fairport.contract.characters import isolated
from fairport.results.figure.clipping import Frame, Line
from fairport.results.figure.richtext import SMALL, plain, runs
from fairport.results.figure.scene import Scene
from fairport.results.style import NEUTRAL, PALETTE, Swatch, clip

_FORBIDDEN: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKUP: Final = re.compile("[&<>\"']")
_SAFE_LINK: Final = re.compile(r"(?:https?://|[./#?]|[A-Za-z0-9_-]+(?:[/.#?]|$))", re.ASCII)
_SANS: Final = "system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Liberation Sans',Arial,sans-serif"

_CAMEL: Final = frozenset({"viewBox"})

INK: Final = "var(--fp-ink,light-dark(#16191d,#e9ebee))"
MUTED: Final = "var(--fp-muted,light-dark(#57606b,#a4adb9))"
PAPER: Final = "var(--fp-paper,light-dark(#ffffff,#121519))"


@dataclass(frozen=True, slots=True)
class Sizes:
    """Type sizes and stroke scale of a variant, in user units (CSS pixels at full width)."""

    text: float
    label: float
    small: float
    stroke: float


WIDE: Final = Sizes(text=14.0, label=13.0, small=12.5, stroke=1.0)
COMPACT: Final = Sizes(text=12.0, label=12.0, small=12.0, stroke=0.9)


@dataclass(slots=True)
class Writer:
    """Writes elements of one figure; ids begin with ``prefix`` and are unique."""

    prefix: str
    links: Mapping[str, str]
    _used: set[str] = field(default_factory=set)

    def identifier(self, *parts: str) -> str:
        """Return a new id made of letters, digits and hyphens."""
        base = re.sub(r"[^A-Za-z0-9]+", "-", "-".join((self.prefix, *parts))).strip("-") or "fp"
        name, number = base, 2
        while name in self._used:
            name, number = f"{base}-{number}", number + 1
        self._used.add(name)
        return name

    def group(self, result: str, classes: str, title: str, content: Iterable[str]) -> str:
        """Return the parts of a result as one link to its page, or as a plain group when it has none."""
        inner = f"<title>{escape(title)}</title>{''.join(content)}"
        shared = f'class="{escape(classes)}" data-result="{escape(result)}"'
        link = self.links.get(result)
        if link is None or not _SAFE_LINK.match(link):
            return f"<g {shared}>{inner}</g>"
        return f'<a {shared} href="{escape(link)}">{inner}</a>'

    def shadow(self, result: str, classes: str, content: str) -> str:
        """Return further parts of a result that link to its page for the pointer only."""
        shared = f'class="{escape(classes)}" data-result="{escape(result)}" aria-hidden="true"'
        link = self.links.get(result)
        if link is None or not _SAFE_LINK.match(link):
            return f"<g {shared}>{content}</g>"
        return f'<a {shared} tabindex="-1" href="{escape(link)}">{content}</a>'

    def document(
        self,
        width: float,
        height: float,
        title: str,
        description: str,
        body: Sequence[str],
        *,
        standalone: bool,
        size: float,
        rights: str | None = None,
    ) -> str:
        """Return the whole element. With links it is a group, since nothing inside an image may be
        focused. ``rights`` says under which licence a file of its own is.
        """
        title_id, description_id = self.identifier("title"), self.identifier("desc")
        role = "group" if any("<a " in part for part in body) else "img"
        scheme = ".fp-plot{color-scheme:light dark}" if standalone else ""
        inner = (
            f'<title id="{title_id}">{escape(plain(title))}</title>'
            f'<desc id="{description_id}">{escape(description)}</desc>{_rights(title, rights)}'
            f"<style>{scheme}{stylesheet()}</style>{''.join(body)}"
        )
        return tag(
            "svg",
            inner,
            xmlns="http://www.w3.org/2000/svg",
            class_="fp-plot",
            viewBox=f"0 0 {number(width)} {number(height)}",
            role=role,
            aria_labelledby=f"{title_id} {description_id}",
            font_size=size,
        )


def _rights(title: str, rights: str | None) -> str:
    """Return title and licence in the terms of Dublin Core, where programs look for them in an SVG file."""
    if not rights:
        return ""
    work = f"<dc:title>{escape(plain(title))}</dc:title><dc:rights>{escape(rights)}</dc:rights>"
    spaces = (
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    about = f'<rdf:Description rdf:about="">{work}</rdf:Description>'
    return f"<metadata><rdf:RDF {spaces}>{about}</rdf:RDF></metadata>"


@cache
def stylesheet() -> str:
    """Return the CSS that every figure carries; all of it is confined to ``.fp-plot``."""
    slots = [_slot_rule(f"k{n}", f"c{n}", f"t{n}", swatch) for n, swatch in enumerate(PALETTE)]
    slots.append(_slot_rule("kn", "grey", "muted", NEUTRAL))
    return "".join(slots) + (
        f".fp-plot{{font-family:var(--fp-sans,{_SANS});font-variant-numeric:tabular-nums;overflow:visible}}"
        f".fp-plot text{{fill:{INK}}}.fp-plot .fp-muted{{fill:{MUTED}}}.fp-plot .fp-sym{{font-style:italic}}"
        f".fp-plot .fp-axis{{stroke:{INK};fill:none}}"
        ".fp-plot .fp-line,.fp-plot .fp-mark{stroke:var(--c);fill:none}"
        ".fp-plot .fp-dot{fill:var(--c);stroke:none}"
        f".fp-plot .fp-mark{{fill:{PAPER}}}.fp-plot .fp-fill{{fill:var(--c)}}"
        f".fp-plot .fp-union{{fill:{INK}}}.fp-plot .fp-band{{fill:var(--c);stroke:none}}"
        f".fp-plot .fp-label{{fill:var(--t);stroke:{PAPER};stroke-width:3.4px;stroke-linejoin:round;"
        "paint-order:stroke}"
        f".fp-plot .fp-badge{{fill:var(--t)}}.fp-plot .fp-number{{fill:{PAPER};font-weight:650}}"
        f".fp-plot .fp-known{{stroke:{INK};fill:none}}"
        ".fp-plot .fp-hit{opacity:0;pointer-events:stroke;fill:none}"
        ".fp-plot a{cursor:pointer;text-decoration:none}"
        ".fp-plot a:hover .fp-strokes,.fp-plot a:focus-visible .fp-strokes{stroke-width:3.4px}"
        ".fp-plot a:hover .fp-name,.fp-plot a:focus-visible .fp-name{text-decoration:underline}"
        ".fp-plot a:focus{outline:none}.fp-plot a:focus-visible .fp-hit{opacity:.25;stroke-width:12px}"
    )


def _slot_rule(name: str, line: str, text: str, swatch: Swatch) -> str:
    return (
        f".fp-plot .fp-{name}{{--c:var(--fp-{line},light-dark({swatch.line},{swatch.dark}));"
        f"--t:var(--fp-{text},light-dark({swatch.text},{swatch.dark}))}}"
    )


def escape(text: str) -> str:
    """Escape text for element content and attributes; characters that XML forbids become a replacement
    character.
    """
    if text.isascii() and text.isprintable():
        return html_escape(text, quote=True) if _MARKUP.search(text) else text
    return html_escape(_FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text), quote=True)


def number(value: float, digits: int = 1) -> str:
    """Return a coordinate with at most ``digits`` decimals and nothing needless."""
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def tag(name: str, content: str | None = None, /, **attributes: str | float | None) -> str:
    """Return an element; underscores in names become hyphens, numbers get two decimals, ``None`` is left out.

    Args:
        name: of the element.
        content: escaped content; an empty element without it.
        attributes: values are escaped here. ``class_`` is the class.
    """
    parts = [name]
    for key, value in attributes.items():
        if value is not None:
            text = value if isinstance(value, str) else number(value, 2)
            label = key if key in _CAMEL else key.rstrip("_").replace("_", "-")
            parts.append(f'{label}="{escape(text)}"')
    start = " ".join(parts)
    return f"<{start}/>" if content is None else f"<{start}>{content}</{name}>"


def path(line: Line, *, closed: bool = False) -> str:
    """Return path data of a line: absolute start, then relative steps, to a tenth of a unit without
    accumulating errors.
    """
    xs, ys = ([round(value) for value in (10.0 * values).tolist()] for values in line)
    steps = [f"M{_tenths(xs[0])} {_tenths(ys[0])}"]
    before = (xs[0], ys[0])
    for x, y in zip(xs[1:], ys[1:], strict=True):
        if (x, y) != before:
            steps.append(f"l{_tenths(x - before[0])} {_tenths(y - before[1])}")
            before = (x, y)
    return "".join(steps) + ("z" if closed else "")


@lru_cache(maxsize=1 << 15)
def _tenths(value: int) -> str:
    whole, part = divmod(abs(value), 10)
    text = f"{whole}.{part}" if part else str(whole)
    return f"-{text}" if value < 0 else text


def typeset(text: str, size: float, *, symbol: str | None = None) -> str:
    """Return ``<tspan>`` runs for text with raised and lowered parts.

    Args:
        text: escaped here; see :mod:`fairport.results.figure.richtext` for its notation.
        size: font size, which the shifts follow.
        symbol: part of the text that is mathematics; its letters on the base line are set in italics.
    """
    text = isolated(text)
    if symbol and symbol in text:
        before, _, after = text.partition(symbol)
        return typeset(before, size) + _runs(symbol, size, italic=True) + typeset(after, size)
    return _runs(text, size, italic=False)


def _runs(text: str, size: float, *, italic: bool) -> str:
    parts = []
    pending = 0.0
    for run in runs(text):
        shift = {"base": 0.0, "sup": -0.36 * size, "sub": 0.22 * size}[run.level]
        dy = f' dy="{number(shift - pending, 2)}"' if shift != pending else ""
        pending = shift
        if run.level == "base":
            parts.append(_base_run(run.text, dy, italic=italic))
        else:
            parts.append(f'<tspan{dy} font-size="{number(SMALL * size, 2)}">{escape(run.text)}</tspan>')
    if pending:
        parts.append(f'<tspan dy="{number(-pending, 2)}">\N{ZERO WIDTH SPACE}</tspan>')
    return "".join(parts)


def _base_run(text: str, dy: str, *, italic: bool) -> str:
    if italic and any(character.isalpha() for character in text):
        return f'<tspan class="fp-sym"{dy}>{escape(text)}</tspan>'
    return f"<tspan{dy}>{escape(text)}</tspan>" if dy else escape(text)


def text_at(
    x: float,
    y: float,
    content: str,
    size: float,
    *,
    anchor: str = "start",
    classes: str = "",
    angle: float = 0.0,
) -> str:
    """Return a ``<text>`` element around content that is already escaped; ``angle`` turns it clockwise
    around its place.
    """
    return tag(
        "text",
        content,
        class_=classes or None,
        x=x,
        y=y,
        font_size=size,
        text_anchor=None if anchor == "start" else anchor,
        transform=f"rotate({number(angle)} {number(x)} {number(y)})" if angle else None,
    )


def triangle(x: float, y: float, radius: float) -> str:
    """Return path data of a triangle around a place."""
    half = radius * math.cos(math.pi / 6)
    return f"M{number(x)} {number(y - radius)}l{number(half)} {number(1.5 * radius)}h{number(-2 * half)}z"


def marker_shape(kind: str, x: float, y: float, radius: float) -> str:
    """Return one marker of a line: ``dot``, ``ring`` or ``triangle``."""
    if kind == "triangle":
        return f'<path class="fp-mark" d="{triangle(x, y, 1.25 * radius)}"/>'
    name, size = ("fp-dot", 0.85 * radius) if kind == "dot" else ("fp-mark", radius)
    return f'<circle class="{name}" cx="{number(x, 2)}" cy="{number(y, 2)}" r="{number(size, 2)}"/>'


def box(frame: Frame) -> str:
    """Return path data of the frame."""
    left, right = number(frame.left), number(frame.right)
    return f"M{left} {number(frame.top)}H{right}V{number(frame.bottom)}H{left}z"


def tick_strokes(x: float, frame: Frame, length: float) -> str:
    """Return path data of a tick at ``x`` that points inwards from the lower and the upper side of the
    frame.
    """
    place, up = number(x), number(length)
    return f"M{place} {number(frame.bottom)}v-{up}M{place} {number(frame.top)}v{up}"


def tick_strokes_left(y: float, frame: Frame, length: float) -> str:
    """Return path data of a tick at ``y`` that points inwards from the left and the right side of the
    frame.
    """
    place, across = number(y), number(length)
    return f"M{number(frame.left)} {place}h{across}M{number(frame.right)} {place}h-{across}"


def describe(scene: Scene) -> str:
    """Return what the figure shows in a sentence or two, for readers who do not see it."""
    axes = [scene.plane.axes[0].labels.plain] + [axis.labels.plain for axis in scene.plane.axes[1:2]]
    what = f"{axes[1].capitalize()} against {axes[0]}" if len(axes) == 2 else axes[0].capitalize()
    names = [clip(item.style.text, 80) for item in scene.items]
    listed = "; ".join(names[:12]) + (f"; and {len(names) - 12} more" if len(names) > 12 else "")
    shown = (
        f"{len(names)} result{'s' if len(names) != 1 else ''}: {listed}." if names else "No result is drawn."
    )
    side = {
        "above": " Each limit excludes what lies above it.",
        "below": " Each limit excludes what lies below it.",
        "inside": " What lies inside a contour is excluded.",
    }.get(scene.plane.orientation, "")
    return plain(f"{what}. {shown}{side if names else ''}")
