"""The line of a file at which something was found, as it may be shown in a terminal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from fairport.check.cleaning import clean
from fairport.contract.errors import DocumentError
from fairport.contract.files import inside, read_bytes
from fairport.contract.finding import Finding

_LARGEST: Final = 5_000_000
_WIDEST_LINE: Final = 20_000
_TAB: Final = "    "
_SECRET: Final = re.compile(
    r"(?i)(?:pass(?:word|wd|phrase)|secret|token|api[_-]?key|private[_ -]?key|credential|authorization)"
    r"|://[^/\s@]*:[^/\s@]*@|BEGIN [A-Z ]*PRIVATE|[A-Za-z0-9+/_-]{60,}"
)
_HARMLESS: Final = re.compile(r"[0-9a-f]{64}|[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One line of a file.

    Attributes:
        number: its number, from 1.
        text: what is shown of it.
        offset: columns of the terminal before the caret.
        width: columns that are marked.
    """

    number: int
    text: str
    offset: int
    width: int


def excerpt(folder: Path, finding: Finding, columns: int) -> Excerpt | None:
    """Return the line of a finding, cut to ``columns`` around the place; ``None`` when there is none to show.

    Lines that may hold a credential are never shown.
    """
    if finding.line is None or not finding.path or finding.rule == "REPO007":
        return None
    lines = _lines(folder, finding.path)
    if lines is None or finding.line > len(lines):
        return None
    line = lines[finding.line - 1]
    if len(line) > _WIDEST_LINE or _SECRET.search(_HARMLESS.sub("", line)):
        return None
    start = min((finding.column or 1) - 1, len(line))
    end = _end(finding, line, start)
    before, marked, after = (_shown(part) for part in (line[:start], line[start:end], line[end:]))
    return _cut(finding.line, before, marked, after, max(columns, 20))


def holding_secrets(findings: Iterable[Finding]) -> frozenset[str]:
    """Return the files in which a credential was found: nothing of them is shown."""
    return frozenset(item.path for item in findings if item.rule == "REPO007")


@lru_cache(maxsize=8)
def _lines(folder: Path, path: str) -> list[str] | None:
    target = inside(folder, path)
    if target is None:
        return None
    try:
        text = read_bytes(target, limit=_LARGEST).decode("utf-8-sig", "replace")
    except DocumentError:
        return None
    return re.split(r"\r\n|\r|\n", text)


def _end(finding: Finding, line: str, start: int) -> int:
    """Return where the marked part ends: at least one character, at most the line."""
    if finding.column is None:
        return start
    if finding.end_line == finding.line and finding.end_column is not None:
        return max(start + 1, min(finding.end_column - 1, len(line)))
    if finding.end_line is not None and finding.end_line > (finding.line or 0):
        return max(start + 1, len(line.rstrip()))
    return start + 1


def _shown(text: str) -> str:
    return clean(text.replace("\t", _TAB))


def _cut(number: int, before: str, marked: str, after: str, columns: int) -> Excerpt:
    """Keep what fits: the mark, and what stands around it."""
    while len(before) > columns // 2 and _width(before + marked) > columns:
        before = "..." + before[-(columns // 3) :]
    room = max(1, columns - _width(before))
    if _width(marked) > room:
        marked, after = marked[: max(1, room - 3)], "..."
    room -= _width(marked)
    if _width(after) > room:
        after = after[: max(0, room - 3)] + ("..." if room >= 3 else "")
    return Excerpt(number, (before + marked + after).rstrip(), _width(before), max(1, _width(marked)))


def _width(text: str) -> int:
    """Return the columns of a terminal that a text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )
