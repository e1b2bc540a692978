"""Which kinds of lines, bands and marks a figure holds: the entries of its row of samples, in a fixed
order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from fairport.results.figure.items import Item
from fairport.results.style import Style

ORDER: Final = (
    "collaboration",
    "digitised",
    "recast",
    "simulation",
    "likelihood",
    "expected",
    "projection",
    "reference",
    "superseded",
    "withdrawn",
)

COMPANION_WORDS: Final = {
    "p50": "median expected",
    "unconstrained": "without power constraint",
    "discovery_3sigma": "3σ discovery",
}

COMPANION_LINES: Final = {"p50": "dashed", "unconstrained": "dotted", "discovery_3sigma": "dashdot"}


@dataclass(frozen=True, slots=True)
class Kind:
    """One entry of the row of samples.

    Attributes:
        text: what it is called.
        style: how its line looks, in neutral colour.
        shape: ``line``, ``band`` or ``published``.
    """

    text: str
    style: Style
    shape: str = "line"


def kind_of(item: Item) -> str:
    """Return the word of :data:`ORDER` under which an item stands."""
    record = item.result.record
    if record.status in {"superseded", "withdrawn"}:
        return record.status
    if record.kind == "line":
        return "reference"
    if record.kind == "profile":
        return "likelihood"
    if record.kind == "projection" or record.provenance.origin == "projection":
        return "projection"
    if item.style.line == "dashed":
        return "expected"
    return record.provenance.origin


def kinds_of(items: Sequence[Item]) -> list[Kind]:
    """Return the entries of the row; none when the figure holds plain curves of collaborations only."""
    styles: dict[str, Style] = {}
    for item in items:
        styles.setdefault(kind_of(item), item.style)
    found = [Kind(name, _neutral(styles[name])) for name in ORDER if name in styles]
    extra = _extra(items)
    return found + extra if extra or set(styles) - {"collaboration"} else []


def _extra(items: Sequence[Item]) -> list[Kind]:
    if not items:
        return []
    plain = replace(_neutral(items[0].style), marker=None, width=1.2)
    found = []
    for name, text in COMPANION_WORDS.items():
        if any(name in item.companions for item in items):
            found.append(Kind(text, replace(plain, line=COMPANION_LINES[name])))
    if any(item.bands for item in items):
        found.append(Kind("68 % and 95 % of expected limits", plain, "band"))
    if any(item.expectations for item in items):
        found.append(Kind("published numbers", plain, "published"))
    return found


def _neutral(style: Style) -> Style:
    return replace(style, slot=None, opacity=1.0, label="", suffix="", classes=())
