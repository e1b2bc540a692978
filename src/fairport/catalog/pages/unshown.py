"""Records of an analysis that are not shown as they stand: each reason once, with its records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fairport.catalog.harvest.complaints import without_place
from fairport.catalog.site.rendering import day
from fairport.catalog.state import EntryState, ResultState


@dataclass(frozen=True, slots=True)
class Unshown:
    """A reason for which records are not shown as they stand.

    Attributes:
        paths: the records, in the order of the repository.
        reason: what is wrong.
        mend: what to do, empty where nobody knows.
        instead: what is shown in their place.
    """

    paths: tuple[str, ...]
    reason: str
    mend: str = ""
    instead: str = ""


def unshown_records(state: EntryState, problems: Sequence[str]) -> list[Unshown]:
    """Return why records of an analysis are not shown as they stand, the most frequent reason first.

    Args:
        state: the analysis as it was harvested.
        problems: what went wrong while its pages were made, as ``path: reason``.
    """
    found: dict[Unshown, list[str]] = {}
    for path, why in _whys(state, problems):
        found.setdefault(why, []).append(path)
    told = [Unshown(tuple(paths), why.reason, why.mend, why.instead) for why, paths in found.items()]
    return sorted(told, key=lambda item: -len(item.paths))


def _whys(state: EntryState, problems: Sequence[str]) -> Iterator[tuple[str, Unshown]]:
    for result in state.results:
        if result.state in {"failed", "kept"}:
            reason = without_place(result.path, result.reason or "")
            yield result.path, Unshown((), reason, result.mend or "", _instead(result))
    for problem in problems:
        path, _, reason = problem.partition(": ")
        yield path, Unshown((), reason)


def _instead(result: ResultState) -> str:
    return f"The version of {day(result.harvested)} is shown." if result.state == "kept" else ""


__all__ = ["Unshown", "unshown_records"]
