"""The graph of a result's history as SVG: columns from left to right, and rows from top to bottom for phones.

Boxes are laid out by the longest way from a source; there is no search for few crossings, since these graphs
are small. Every text is escaped here, and cut where its box ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Final

from markupsafe import Markup

from fairport.catalog.drawings.lineage import Lineage, Node
from fairport.contract.characters import isolated

WIDTH: Final = 960.0
NARROW: Final = 340.0
_HEIGHT, _GAP, _LEAP = 46.0, 12.0, 34.0
_LETTER, _CODE_LETTER = 6.9, 7.6
_LABEL: Final = "Where the result comes from; the list after the figure says the same"


@dataclass(frozen=True, slots=True)
class _Box:
    """Left and top edge and width of a node."""

    x: float
    y: float
    width: float


def draw_lineage(graph: Lineage, *, prefix: str = "lineage") -> tuple[Markup, Markup] | None:
    """Return the graph for wide and for narrow screens; ``None`` where there is nothing to tell.

    Args:
        graph: nodes and edges.
        prefix: start of the class names of the two figures.
    """
    if len(graph.nodes) < 3:
        return None
    columns = _columns(graph)
    wide = _wide(columns)
    narrow, height = _narrow(columns)
    most = max(len(column) for column in columns)
    tall = most * _HEIGHT + (most - 1) * _GAP
    return (
        _document(graph, wide, (WIDTH, tall + 2), f"{prefix}-wide", across=True),
        _document(graph, narrow, (NARROW, height + 2), f"{prefix}-narrow", across=False),
    )


def _columns(graph: Lineage) -> list[list[Node]]:
    """Return the nodes by the longest way from a source; nodes that nothing leads to stand first."""
    before: dict[str, list[str]] = {}
    for start, end in (*graph.edges, *graph.loose):
        before.setdefault(end, []).append(start)
    depth: dict[str, int] = {}

    def measure(key: str, seen: frozenset[str]) -> int:
        if key not in depth:
            parents = [parent for parent in before.get(key, ()) if parent not in seen]
            depth[key] = max((measure(parent, seen | {key}) + 1 for parent in parents), default=0)
        return depth[key]

    for node in graph.nodes:
        measure(node.key, frozenset({node.key}))
    count = max(depth.values()) + 1
    columns: list[list[Node]] = [[] for _ in range(count)]
    for node in graph.nodes:
        columns[depth[node.key]].append(node)
    return [column for column in columns if column]


def _wide(columns: Sequence[Sequence[Node]]) -> dict[str, _Box]:
    count = len(columns)
    leap = _LEAP if count < 6 else 22.0
    width = min(230.0, (WIDTH - 2 - leap * (count - 1)) / count)
    step = (WIDTH - 2 - width) / max(1, count - 1)
    most = max(len(column) for column in columns)
    tall = most * _HEIGHT + (most - 1) * _GAP
    boxes = {}
    for number, column in enumerate(columns):
        own = len(column) * _HEIGHT + (len(column) - 1) * _GAP
        top = 1 + (tall - own) / 2
        for row, node in enumerate(column):
            boxes[node.key] = _Box(1 + number * step, top + row * (_HEIGHT + _GAP), width)
    return boxes


def _narrow(columns: Sequence[Sequence[Node]]) -> tuple[dict[str, _Box], float]:
    boxes, y = {}, 1.0
    for number, column in enumerate(columns):
        y += _LEAP - 4 if number else 0.0
        for row, node in enumerate(column):
            y += 6.0 if row else 0.0
            boxes[node.key] = _Box(1.0, y, NARROW - 2)
            y += _HEIGHT
    return boxes, y


def _document(
    graph: Lineage, boxes: Mapping[str, _Box], size: tuple[float, float], name: str, *, across: bool
) -> Markup:
    parts = [
        f'<svg class="fp-lineage {name}" viewBox="0 0 {size[0]:.0f} {size[1]:.0f}" role="group" '
        f'aria-label="{_LABEL}">'
    ]
    if across:
        parts += [_edge(boxes[a], boxes[b], "fp-loose") for a, b in graph.loose]
        parts += [_edge(boxes[a], boxes[b], "fp-edge") for a, b in graph.edges]
        targets = dict.fromkeys(end for _, end in (*graph.edges, *graph.loose))
        parts += [_head(boxes[key].x, boxes[key].y + _HEIGHT / 2, across=True) for key in targets]
    else:
        parts += _arrows(boxes)
    parts += [_node(node, boxes[node.key]) for node in graph.nodes]
    return Markup("".join([*parts, "</svg>"]))  # noqa: S704 - every text is escaped below


def _edge(start: _Box, end: _Box, name: str) -> str:
    x0, y0 = start.x + start.width, start.y + _HEIGHT / 2
    x1, y1 = end.x - 6, end.y + _HEIGHT / 2
    bend = max(12.0, min((x1 - x0) / 2, 60.0))
    return (
        f'<path class="{name}" d="M{x0:.0f} {y0:.0f}C{x0 + bend:.0f} {y0:.0f} '
        f'{x1 - bend:.0f} {y1:.0f} {x1:.0f} {y1:.0f}"/>'
    )


def _arrows(boxes: Mapping[str, _Box]) -> list[str]:
    """Return one arrow between two groups of rows: on a phone the list tells the single edges."""
    tops = sorted(box.y for box in boxes.values())
    found = []
    for above, below in pairwise(tops):
        if below - above > _HEIGHT + 10:
            x = NARROW / 2
            start, end = above + _HEIGHT, below
            found.append(f'<path class="fp-edge" d="M{x:.0f} {start + 3:.0f}V{end - 7:.0f}"/>')
            found.append(_head(x, end - 1, across=False))
    return found


def _head(x: float, y: float, *, across: bool) -> str:
    shape = "l-7-4v8z" if across else "l-4-7h8z"
    return f'<path class="fp-head" d="M{x:.0f} {y:.0f}{shape}"/>'


def _node(node: Node, box: _Box) -> str:
    letters = int((box.width - 22) / (_CODE_LETTER if node.code else _LETTER))
    style = f"fp-box fp-box--{node.stage}"
    text = "fp-name fp-name--code" if node.code else "fp-name"
    hint = f"{node.kind}: {node.text}" + (f" ({node.detail})" if node.detail else "")
    inner = (
        f"<title>{_safe(hint)}</title>"
        f'<rect class="{style}" x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" '
        f'height="{_HEIGHT:.0f}" rx="6"/>'
        f'<text class="fp-kind" x="{box.x + 11:.1f}" y="{box.y + 18:.1f}">{_safe(node.kind)}</text>'
        f'<text class="{text}" x="{box.x + 11:.1f}" y="{box.y + 35:.1f}">{_safe(_cut(node, letters))}</text>'
    )
    return f'<a href="{_safe(node.href)}">{inner}</a>' if node.href else f"<g>{inner}</g>"


def _cut(node: Node, letters: int) -> str:
    """Shorten a name to its box: of a path the end is kept, of words the beginning."""
    if len(node.text) <= letters:
        return node.text
    if node.code and "/" in node.text:
        last = node.text.rsplit("/", 1)[1]
        return f"…/{last}" if 0 < len(last) <= letters - 2 else "…" + node.text[1 - letters :]
    return node.text[: letters - 1].rstrip() + "…"


def _safe(text: str) -> str:
    return escape(isolated(text), quote=True)


__all__ = ["draw_lineage"]
