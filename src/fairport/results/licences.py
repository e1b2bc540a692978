"""Which licence holds for numbers that were computed from others, and whether they may be handed on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_PUBLIC: Final = frozenset({"CC0-1.0", "PDDL-1.0", "Unlicense", "0BSD", "CC-PDDC"})
_SHARE_ALIKE: Final = re.compile(r"-SA-|^A?GPL|^LGPL|^ODbL|^MPL|^EUPL|^CECILL", re.IGNORECASE)
_KNOWN: Final = re.compile(
    r"^(MIT|BSD|Apache|ISC|CC-BY|CC0|ODC-By|ODbL|PDDL|A?GPL|LGPL|MPL|EUPL|CECILL|Zlib|BSL|AFL|Artistic|PSF|"
    r"Python|NCSA|Unlicense|0BSD|ECL|EPL|X11)",
    re.IGNORECASE,
)
_NONE: Final = frozenset({"", "NONE", "NOASSERTION", "not-stated", "LicenseRef-none"})


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a derived work.

    Attributes:
        licence: SPDX expression of the strictest terms.
        redistributable: whether the numbers may be copied into a catalogue; otherwise they are linked.
        reason: why not, or what the terms ask for.
    """

    licence: str
    redistributable: bool
    reason: str


def strictest(licences: Iterable[str]) -> Terms:
    """Return the terms of a work derived from inputs under these licences.

    Alternatives (``OR``) count by their freest member, sums (``AND``) by their strictest. No licence and
    no-derivatives forbid copying a derived table, non-commercial terms forbid handing it on in an open
    catalogue; such results are linked, not redistributed.

    Args:
        licences: SPDX expressions of the inputs.
    """
    simple = sorted({_freest(expression) for expression in set(licences)}, key=lambda one: (_rank(one), one))
    if not simple:
        return Terms("LicenseRef-none", False, "no licence is stated")
    worst = simple[-1]
    rank = _rank(worst)
    if rank >= _RANK_NONE:
        return Terms("LicenseRef-none", False, "an input states no licence that allows copies: link to it")
    if rank >= _RANK_NC:
        kind = "derived works" if "-ND" in worst.upper() else "commercial use"
        return Terms(worst, False, f"{worst} of an input forbids {kind}: link to it, do not hand it on")
    shared = [one for one in simple if _rank(one) == _RANK_SHARE_ALIKE]
    if len(shared) > 1:
        joined = " AND ".join(shared)
        return Terms(
            joined, False, f"{joined} ask for different terms of the derived table: link to the inputs"
        )
    return Terms(worst, True, f"under {worst}, naming every input" if rank else "no conditions")


_RANK_SHARE_ALIKE: Final = 3
_RANK_NC: Final = 4
_RANK_NONE: Final = 6


def _rank(licence: str) -> int:
    """Order of strictness: public domain 0, permissive 1, attribution 2, share-alike 3, non-commercial 4, no
    derivatives 5, none or unknown 6.
    """
    upper = licence.upper()
    if licence in _NONE or not _KNOWN.match(licence):
        return _RANK_NONE
    if licence in _PUBLIC:
        return 0
    if "-ND" in upper:
        return 5
    if "-NC" in upper:
        return _RANK_NC
    if _SHARE_ALIKE.search(licence):
        return _RANK_SHARE_ALIKE
    return 2 if upper.startswith(("CC-BY", "ODC-BY")) else 1


def _freest(expression: str) -> str:
    """Reduce an SPDX expression to one licence identifier."""
    text = re.sub(r"[()]", " ", expression).strip()
    best: list[str] = []
    for alternative in re.split(r"\s+OR\s+", text, flags=re.IGNORECASE):
        parts = [
            re.split(r"\s+WITH\s+", part.strip(), flags=re.IGNORECASE)[0]
            for part in re.split(r"\s+AND\s+", alternative, flags=re.IGNORECASE)
        ]
        best.append(max(parts, key=_rank))
    return min(best, key=_rank)
