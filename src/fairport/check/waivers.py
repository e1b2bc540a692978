"""Waivers: findings that the analysis record accepts, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from fairport.check.documents import Documents, Supply, provides
from fairport.check.globs import Glob
from fairport.check.inline import InlineWaiver
from fairport.check.parsed import AnalysisFile
from fairport.contract.loading import Pointer


@dataclass(slots=True)
class WaiverEntry:
    """One well-formed waiver of the record.

    Attributes:
        rule: rule identifier.
        reason: why the finding is accepted.
        path: glob of files, or None for all.
        expires: last day on which it holds, or None.
        pointer: where it stands in the record.
        used: how many findings it covers.
    """

    rule: str
    reason: str
    path: str | None
    expires: date | None
    pointer: Pointer
    used: int = 0

    def expired(self, today: date) -> bool:
        """Tell whether the waiver is void."""
        return self.expires is not None and self.expires < today

    def covers(self, rule: str, path: str, today: date) -> bool:
        """Tell whether a finding of ``rule`` in ``path`` is accepted."""
        if self.rule != rule or self.expired(today):
            return False
        return self.path is None or Glob(self.path, anywhere=True).matches(path)


@dataclass(frozen=True, slots=True)
class Waivers:
    """The waivers of a record and in comments, and which rules ran (an unused waiver of a rule that did not
    run is no finding).
    """

    file: AnalysisFile | None
    entries: tuple[WaiverEntry, ...]
    ran: frozenset[str]
    inline: tuple[InlineWaiver, ...] = ()


def read_waivers(record: AnalysisFile | None) -> tuple[WaiverEntry, ...]:
    """Return the waivers that are well formed; the others are problems of the schema."""
    if record is None:
        return ()
    return tuple(
        entry
        for pointer, value in record.select("waivers/*")
        if (entry := _entry(pointer, value)) is not None
    )


def _entry(pointer: Pointer, value: Any) -> WaiverEntry | None:
    if not isinstance(value, dict) or not isinstance(value.get("rule"), str):
        return None
    reason, path, expires = value.get("reason"), value.get("path"), value.get("expires")
    if not isinstance(reason, str) or len(reason) < 10 or not (path is None or isinstance(path, str)):
        return None
    until = None
    if expires is not None:
        try:
            until = date.fromisoformat(str(expires))
        except ValueError:
            until = date.min  # malformed: void, and told by REPO010
    return WaiverEntry(value["rule"], reason, path, until, pointer)


@provides(Waivers)
def _supply_waivers(documents: Documents) -> Supply:
    """Without a record there are no waivers; with one, the engine hands them out itself."""
    return Supply((), documents.supply(AnalysisFile).skips)
