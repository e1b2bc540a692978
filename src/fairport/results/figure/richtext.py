"""Text with raised and lowered parts: ``10⁻⁴⁵ cm²``, ``m_χ``, ``σ_{SD,p}``, ``ρ₀``.

Text is split into runs that each drawing library sets in its own way; a measure of its width needs no font
file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

Level = Literal["base", "sup", "sub"]

_SUPERSCRIPTS: Final = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789−+", strict=True))
_SUBSCRIPTS: Final = dict(zip("₀₁₂₃₄₅₆₇₈₉ₑ", "0123456789e", strict=True))
# A subscript belongs to a single letter (m_χ, σ_{SD,p}); the underscore of my_name is an underscore.
_UNDERSCORE: Final = re.compile(r"(?<!\w)([^\W\d_]\u0304?)_(?:\{([^{}]{1,20})\}|([^\W_]{1,12}′?))")

SMALL: Final = 0.72
"""Size of raised and lowered runs, relative to the text around them."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text on one level."""

    text: str
    level: Level = "base"


@lru_cache(maxsize=4096)
def runs(text: str) -> tuple[Run, ...]:
    """Split text into runs: ``_x`` and ``_{...}`` after a single letter lower what follows, Unicode super-
    and subscripts are resolved.
    """
    found: list[Run] = []
    position = 0
    for match in _UNDERSCORE.finditer(text):
        found += _by_character(text[position : match.end(1)])
        found.append(Run(match.group(2) or match.group(3), "sub"))
        position = match.end()
    return tuple(_merged(found + _by_character(text[position:])))


def plain(text: str) -> str:
    """Return text for places without typesetting, such as tooltips: subscripts stand after an
    underscore-free symbol.
    """
    return "".join(run.text if run.level != "sup" else _raised(run.text) for run in runs(text))


def width(text: str, size: float) -> float:
    """Estimate the width of text in a sans-serif face such as Helvetica, in the unit of ``size`` (its font
    size).
    """
    return sum(size * share for share in _shares(text))


@lru_cache(maxsize=4096)
def _shares(text: str) -> tuple[float, ...]:
    """Return the width of each run in units of the font size."""
    return tuple(
        (1.0 if run.level == "base" else SMALL) * sum(_em(character) for character in run.text)
        for run in runs(text)
    )


def _by_character(text: str) -> list[Run]:
    found = []
    for character in text:
        if character in _SUPERSCRIPTS:
            found.append(Run(_SUPERSCRIPTS[character], "sup"))
        elif character in _SUBSCRIPTS:
            found.append(Run(_SUBSCRIPTS[character], "sub"))
        else:
            found.append(Run(character))
    return found


def _merged(found: list[Run]) -> list[Run]:
    merged: list[Run] = []
    for run in found:
        if merged and merged[-1].level == run.level:
            merged[-1] = Run(merged[-1].text + run.text, run.level)
        else:
            merged.append(run)
    return merged


def _raised(text: str) -> str:
    back = {value: key for key, value in _SUPERSCRIPTS.items()}
    return "".join(back.get(character, character) for character in text)


_NARROW: Final = frozenset("iljtfrI.,:;'|()[]!·* \N{NO-BREAK SPACE}")
_WIDE: Final = frozenset("mwMW@%—")


def _em(character: str) -> float:
    if character in _NARROW:
        return 0.34
    if character in _WIDE:
        return 0.9
    if ord(character) > 0x2E80:  # ideographs and their like
        return 1.0
    if character.isdigit() or character in "×+−=":
        return 0.63
    return 0.69 if character.isupper() else 0.59
