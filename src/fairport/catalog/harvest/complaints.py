"""What keeps records from being shown, told once for all records that it is true of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from fairport.catalog.state import ResultState

_LINE: Final = re.compile(r":(\d+)(?::\d+)?: ")


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that is to be mended.

    Attributes:
        reason: what is wrong, without the place.
        mend: what to do.
        paths: records of which it is true.
    """

    reason: str
    mend: str | None
    paths: tuple[str, ...]


def complaints(results: Iterable[ResultState]) -> list[Complaint]:
    """Return what is wrong with the records that are not shown as they stand, the most frequent first."""
    found: dict[tuple[str, str | None], list[str]] = {}
    for item in results:
        if item.state in {"failed", "kept"}:
            found.setdefault((without_place(item.path, item.reason or ""), item.mend), []).append(item.path)
    told = [Complaint(reason, mend, tuple(paths)) for (reason, mend), paths in found.items()]
    return sorted(told, key=lambda item: -len(item.paths))


def without_place(path: str, reason: str) -> str:
    """Return a reason without the record that it begins with; a line stays.

    ``a.csv:3:1: oh`` gives ``line 3: oh``, ``a.csv has 4 columns`` gives ``has 4 columns``. The record may be
    one column of a file, ``a.csv[limit]``.
    """
    path = path.partition("[")[0] if path.endswith("]") else path
    while reason.startswith(path):
        rest = reason[len(path) :]
        line = _LINE.match(rest)
        if line:
            return f"line {line[1]}: {rest[line.end() :]}"
        if not rest.startswith((": ", " ")):
            break
        reason = rest.lstrip(": ")
    return reason


__all__ = ["Complaint", "complaints", "without_place"]
