"""Records of an analysis that are not shown as they stand: each reason once, with its records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fairport.catalog.harvest.complaints import without_place
from fairport.catalog.model import ShownAnalysis
from fairport.catalog.site.rendering import day
from fairport.catalog.state import ResultState


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


def unshown_records(analysis: ShownAnalysis, problems: list[str]) -> list[Unshown]:
    """Return why records of an analysis are not shown as they stand, the most frequent reason first.

    Args:
        analysis: the analysis.
        problems: what went wrong while its pages were made, as ``path: reason``.
    """
    found: dict[Unshown, list[str]] = {}
    for path, why in _whys(analysis, problems):
        found.setdefault(why, []).append(path)
    told = [Unshown(tuple(paths), why.reason, why.mend, why.instead) for why, paths in found.items()]
    return sorted(told, key=lambda item: -len(item.paths))


def _whys(analysis: ShownAnalysis, problems: list[str]) -> Iterator[tuple[str, Unshown]]:
    for state in analysis.state.results:
        if state.state in {"failed", "kept"}:
            reason = without_place(state.path, state.reason or "")
            yield state.path, Unshown((), reason, state.mend or "", _instead(state))
    for problem in problems:
        path, _, reason = problem.partition(": ")
        yield path, Unshown((), reason)


def _instead(state: ResultState) -> str:
    return f"The version of {day(state.harvested)} is shown." if state.state == "kept" else ""


__all__ = ["Unshown", "unshown_records"]
