"""How a result looks, the same in every figure: colour by experiment, line by meaning, marker by origin.

- Colour: the colours of Okabe and Ito (https://jfly.uni-koeln.de/color/), which colour-blind readers can tell
  apart, with a darker yellow, since the original is too faint for a line; one slot per experiment. Style
  sheets know slot n as ``--fp-cn`` (lines) and ``--fp-tn`` (text).
- Line: observed solid, expected dashed, projection dash-dotted, reference dotted, superseded grey.
- Origin: numbers of the collaboration as a strong line; digitised ones with dots on the line, recasts with
rings, simulations with
  triangles; an example of a starter is pale. The label says it in words as well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fairport.results.loaded import LoadedResult


@dataclass(frozen=True, slots=True)
class Swatch:
    """One colour: for lines and, darker where needed for contrast, for text; on light and on dark ground."""

    name: str
    line: str
    text: str
    dark: str


PALETTE: Final[tuple[Swatch, ...]] = (
    Swatch("blue", "#0072b2", "#0068a3", "#4db2ec"),
    Swatch("vermillion", "#d55e00", "#b34e00", "#ff8a3d"),
    Swatch("green", "#009e73", "#007a59", "#2fc89b"),
    Swatch("purple", "#b8588f", "#a1487b", "#e29ac1"),
    Swatch("orange", "#d99400", "#8a5f00", "#f2b63c"),
    Swatch("sky", "#2c93cf", "#1f76a8", "#86cdf5"),
    Swatch("olive", "#8a7a00", "#756800", "#e3d649"),
    Swatch("ink", "#33383f", "#33383f", "#d9dde3"),
)

PREFERRED: Final = 5
"""Slots that are given first; sky, which is near blue, olive and ink follow."""

NEUTRAL: Final = Swatch("neutral", "#868d97", "#646b75", "#9aa2ae")
"""Colour of reference lines and of superseded results."""

THEORY: Final = "#f0e442"
"""Fill of bands of theory: the yellow of Okabe and Ito."""

SHADE: Final = 0.13
"""Opacity of each tint below a shaded reference curve."""

DASHES: Final[Mapping[str, tuple[float, ...]]] = {
    "solid": (),
    "dashed": (6.0, 3.5),
    "dashdot": (9.0, 3.5, 2.0, 3.5),
    "dotted": (1.6, 3.0),
}

MARKERS: Final[Mapping[str, str]] = {"digitised": "dot", "recast": "ring", "simulation": "triangle"}

ORIGIN_WORDS: Final[Mapping[str, str]] = {
    "collaboration": "collaboration",
    "digitised": "digitised",
    "recast": "recast",
    "projection": "projection",
    "simulation": "simulation",
}


@dataclass(frozen=True, slots=True)
class Style:
    """Everything that decides how one result is drawn.

    Attributes:
        slot: index into :data:`PALETTE`, ``None`` for :data:`NEUTRAL`.
        line: key of :data:`DASHES`.
        width: width of the line in points of a 640-point wide figure.
        opacity: 1 for full colour.
        marker: ``dot``, ``ring``, ``triangle`` or ``None``.
        fill: whether the excluded side is filled (only what has been excluded by data).
        label: short text that names the result.
        suffix: words that tell its class, such as ``recast``; may be empty.
        classes: words for style sheets and scripts.
    """

    slot: int | None
    line: str
    width: float
    opacity: float
    marker: str | None
    fill: bool
    label: str
    suffix: str
    classes: tuple[str, ...]

    @property
    def swatch(self) -> Swatch:
        """The colours."""
        return NEUTRAL if self.slot is None else PALETTE[self.slot]

    @property
    def dash(self) -> tuple[float, ...]:
        """Lengths of strokes and gaps; empty is solid."""
        return DASHES[self.line]

    @property
    def text(self) -> str:
        """Label with its class."""
        return f"{self.label} ({self.suffix})" if self.suffix else self.label


def colour_slots(names: Iterable[str]) -> dict[str, int]:
    """Give each name a slot of the palette, the same whatever the order of the names.

    A name prefers the slot that its sha256 points to and moves on while that is taken, so that names
    differ as long as there are colours and a new name rarely changes the colour of others. Pass all
    experiments of a catalogue to have the same colours on all pages.
    """
    slots: dict[str, int] = {}
    used = [0] * len(PALETTE)
    for name in sorted(set(names)):
        first = hashlib.sha256(name.encode()).digest()[0] % PREFERRED
        order = [(first + step) % PREFERRED for step in range(PREFERRED)]
        order += range(PREFERRED, len(PALETTE))  # those that look like others only when the rest is taken
        slot = min(order, key=lambda candidate: used[candidate])
        used[slot] += 1
        slots[name] = slot
    return slots


def family_of(result: LoadedResult) -> str:
    """Return the name by which a result gets its colour: the experiment, else the analysis, else the
    title.
    """
    return result.experiment or result.analysis or result.record.title


def styles_of(results: Sequence[LoadedResult], colours: Mapping[str, int] | None = None) -> list[Style]:
    """Return the style of each result of one figure, in order; labels that would be equal are told apart.

    Args:
        results: what the figure shows.
        colours: slots by name from :func:`colour_slots` over the whole catalogue; by default over this
            figure alone.
    """
    slots = dict(colours or {})
    unknown = [family_of(result) for result in results if family_of(result) not in slots]
    slots |= {name: slot for name, slot in colour_slots(unknown).items() if name not in slots}
    labels = _labels(results)
    return [
        _style(result, slots[family_of(result)], label) for result, label in zip(results, labels, strict=True)
    ]


def year_of(result: LoadedResult) -> str | None:
    """Return the year of the source by its arXiv identifier (``1802.07198`` gives ``2018``), ``None`` when
    it has none.
    """
    source = result.record.provenance.source
    arxiv = (source.arxiv or "").removeprefix("arXiv:") if source else ""
    number = arxiv.rsplit("/", 1)[-1][:2]  # both 1802.07198 and hep-ex/0401032
    if not number.isdigit() or len(arxiv) < 7:
        return None
    return f"19{number}" if int(number) > 90 else f"20{number}"


def suffix_of(result: LoadedResult) -> str:
    """Return the words that tell readers what kind of numbers these are; empty for observed ones of a
    collaboration.
    """
    record = result.record
    words = []
    if record.provenance.example:
        words.append("example")
    if record.kind == "projection":
        words.append("projection")
    elif record.kind != "line":
        if record.statistics is not None and record.statistics.role == "expected":
            words.append("expected")
        if record.kind == "profile":
            words.append("likelihood")
        if record.provenance.origin != "collaboration":
            words.append(ORIGIN_WORDS[record.provenance.origin])
    if record.status in {"superseded", "withdrawn"}:
        words.append(record.status)
    return ", ".join(dict.fromkeys(words))


UNSTATED: Final = "experiment not stated"
"""What stands in the place of an experiment that nobody states: the title then says more."""


def _labels(results: Sequence[LoadedResult]) -> list[str]:
    labels = [_label(result) for result in results]
    suffixed = [f"{label} {suffix_of(result)}" for label, result in zip(labels, results, strict=True)]
    for index, result in enumerate(results):
        if suffixed.count(suffixed[index]) > 1:
            labels[index] = clip(f"{labels[index]} {result.record.id}", 44)
    return labels


def _label(result: LoadedResult) -> str:
    if result.record.kind == "line" or result.experiment in {None, UNSTATED}:
        # A translated result names plane and couplings in its title; the caption says them, too.
        return clip(result.record.title.partition(f" in {result.record.plane} (")[0], 36)
    name, year = clip(result.experiment, 34), year_of(result)
    return f"{name} {year}" if year and result.record.kind != "projection" and year not in name else name


def _style(result: LoadedResult, slot: int, label: str) -> Style:
    record = result.record
    origin = record.provenance.origin
    old = record.status in {"superseded", "withdrawn"}
    line = _line(result)
    observed = line == "solid"
    official = origin == "collaboration" and observed
    classes = [origin, record.kind, record.status]
    if record.provenance.example:
        classes.append("example")
    if record.statistics is not None:
        classes.append(record.statistics.role)
    return Style(
        slot=None if old or record.kind == "line" else slot,
        line=line,
        width=1.2 if old or record.kind in {"line", "profile"} else (2.3 if official else 1.7),
        opacity=0.72 if record.provenance.example else 1.0,
        marker=MARKERS.get(origin) if observed and record.kind in {"limit", "region"} else None,
        fill=record.kind == "limit" and observed and record.status != "withdrawn",
        label=label,
        suffix=suffix_of(result),
        classes=tuple(dict.fromkeys(classes)),
    )


def _line(result: LoadedResult) -> str:
    record = result.record
    if record.kind == "line":
        return "dotted"
    if record.kind == "projection" or record.provenance.origin == "projection":
        return "dashdot"
    if record.statistics is not None and record.statistics.role != "observed":
        return "dashed"
    return "solid"


def clip(text: str, limit: int) -> str:
    """Return text of at most ``limit`` characters on one line, without control characters."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    plain = " ".join(text.split())
    return plain if len(plain) <= limit else plain[: limit - 1].rstrip() + "…"
