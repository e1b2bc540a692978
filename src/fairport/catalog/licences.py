"""What a licence lets a catalogue do with numbers: pass them on, or only link to them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from fairport.catalog.prose import clean
from fairport.results.licences import strictest

NONE: Final = "LicenseRef-none"


@lru_cache(maxsize=1024)
def may_redistribute(licence: str) -> bool:
    """Tell whether numbers under an SPDX expression may be offered for download by others.

    No licence, and licences that forbid commercial use or derivatives, do not allow it: such results are
    drawn, cited and linked, not copied.
    """
    return strictest([licence]).redistributable


def licence_url(licence: str) -> str | None:
    """Return the page of a single SPDX licence, ``None`` for expressions and references of one's own."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.+-]{0,60}", licence) or licence.startswith("LicenseRef-"):
        return None
    return f"https://spdx.org/licenses/{licence}.html"


def licence_words(licence: str) -> str:
    """Return a licence for people."""
    return "none stated by the source" if licence == NONE else clean(licence)


def mixture(licences: Iterable[str]) -> str:
    """Return a sentence on the licences of the numbers in a figure."""
    distinct = sorted(set(licences))
    open_ones = [licence for licence in distinct if may_redistribute(licence)]
    closed = [licence for licence in distinct if not may_redistribute(licence)]
    parts = []
    if open_ones:
        parts.append("Numbers under " + ", ".join(open_ones) + ".")
    if closed:
        words = ", ".join("no stated licence" if licence == NONE else clean(licence) for licence in closed)
        parts.append(f"Curves under {words} are drawn and linked, not offered for download.")
    return " ".join(parts)
