"""What the last harvest found: one state file for each entry, and one for the harvest as a whole."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fairport.contract.characters import shown_data, whole
from fairport.contract.files import write_atomic
from fairport.contract.saving import dump_json
from fairport.contract.structure import structure, unstructure

STATE_FILE: Final = "state.json"
HARVEST_FILE: Final = "harvest.json"
STATE_VERSION: Final = 1
_CHECKED: Final = re.compile(rb'^ *"checked": "[^"\\]*",?$', re.MULTILINE)
PAST_DIR: Final = "past"
"""Folder of an entry that holds earlier contents of its results."""


@dataclass(frozen=True, slots=True)
class VersionNote:
    """An earlier content of a result that was shown before.

    Attributes:
        version: version that the record gave.
        digest: canonical digest of record and table.
        harvested: when it was first harvested.
        ended: when another content took its place.
        commit: commit of this content.
        status: status that the record gave.
        reason: why the content that followed it took its place, where its record says so.
        release: tag of the release that held it; its date then stands in ``harvested``.
        folder: where it is kept among the earlier contents, when that was under another name.
        plane: its plane, where it has another than the content that followed it.
    """

    version: str
    digest: str
    harvested: str
    ended: str
    commit: str | None = None
    status: str | None = None
    reason: str | None = None
    release: str | None = None
    folder: str | None = None
    plane: str | None = None


@dataclass(frozen=True, slots=True)
class ReleasedContent:
    """A result as an earlier release of its repository held it."""

    id: str
    version: str
    digest: str
    status: str | None = None
    reason: str | None = None
    former_ids: tuple[str, ...] = ()
    title: str | None = None
    kind: str | None = None
    plane: str | None = None

    @property
    def folder(self) -> str:
        """Where it is kept, relative to the earlier contents of its entry."""
        return f"{self.id}/{self.digest.removeprefix('sha256:')[:16]}"


@dataclass(frozen=True, slots=True)
class ReleaseNote:
    """An earlier release of a repository.

    Attributes:
        tag: its tag.
        commit: commit that the tag pointed to when it was read; empty when it could not be fetched.
        time: time of that commit.
        contents: its results.
        problem: what of it cannot be read.
    """

    tag: str
    commit: str
    time: str
    contents: tuple[ReleasedContent, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class ReproductionNote:
    """What a rerun of a result gave: two verdicts, neither of which stands for the other.

    Attributes:
        reruns: ``same-bytes``, ``within-tolerance``, ``differs`` or ``could-not-run``.
        agrees: whether the numbers agree with the paper: ``agrees``, ``differs`` or ``not-stated``.
        of: which numbers were compared with the paper, ``record`` or ``rerun``.
        at: when it was rerun.
        engine: where.
        commit: which commit; ``None`` for the code as it stood.
        tolerance: largest relative difference that counts as the same.
        reason: why it could not run or differs.
        changed: circumstances that did not hold in the rerun.
    """

    reruns: str
    agrees: str
    of: str
    at: str
    engine: str
    commit: str | None = None
    tolerance: float | None = None
    reason: str | None = None
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParentNote:
    """A result that another one was made from: its reference in the record, and how."""

    result: str
    transform: str


@dataclass(frozen=True, slots=True)
class ResultState:
    """One result record of an entry.

    Attributes:
        path: record relative to the repository.
        state: ``ok``; ``kept`` (broken now, the last good version is shown); ``failed``; ``withheld``
            (metadata only, by embargo or access).
        id: identifier within the analysis, when it could be read.
        reason: why it is not ``ok``.
        mend: what its authors can do.
        example: whether it is a starter's example, by its own word or by its unchanged inputs.
        digest: canonical digest of record and table.
        harvested: when this content was first harvested.
        commit: commit of this content.
        experiment: experiment of a curve of a collection; that of the analysis when ``None``.
        collaboration: its collaboration.
        version: version that the record gives.
        status_reason: why it was corrected, superseded or withdrawn.
        former_ids: earlier global identifiers.
        versions: earlier contents, newest first.
        reproduction: what a rerun of these very numbers gave.
        reproduction_problem: why a reproduction that is there does not count.
        crate: what the crate of the run tells, when it is there.
        parents: results that this one was made from.
        contributions: sha256 of the table of what each member added to a combination, when it is there.
        contributions_problem: why such a table that is there is left out.
    """

    path: str
    state: str
    id: str | None = None
    title: str | None = None
    kind: str | None = None
    plane: str | None = None
    status: str | None = None
    reason: str | None = None
    mend: str | None = None
    example: bool = False
    digest: str | None = None
    harvested: str | None = None
    commit: str | None = None
    experiment: str | None = None
    collaboration: str | None = None
    version: str | None = None
    status_reason: str | None = None
    former_ids: tuple[str, ...] = ()
    versions: tuple[VersionNote, ...] = ()
    reproduction: ReproductionNote | None = None
    reproduction_problem: str | None = None
    crate: str | None = None
    parents: tuple[ParentNote, ...] = ()
    contributions: str | None = None
    contributions_problem: str | None = None


@dataclass(frozen=True, slots=True)
class FindingNote:
    """A failed rule, as the page of an analysis shows it."""

    rule: str
    severity: str
    path: str
    message: str
    line: int | None = None
    mend: str | None = None


@dataclass(frozen=True, slots=True)
class FairLevel:
    """Maturity of one area (F, A, I, R), 0 to 5: proven, and possible if all that is open were fulfilled."""

    area: str
    proven: int
    possible: int


@dataclass(frozen=True, slots=True)
class FairSummary:
    """What ``fairport fair`` found, in counts.

    Attributes:
        rda: indicators of the RDA model that pass, fail, and were not assessed.
        levels: maturity of each area.
        fuji: points of F-UJI earned, open, and in all.
        software: principles of FAIR4RS that pass, fail, and were not assessed.
        badge: whether the repository may carry a badge.
        badge_reason: why not.
    """

    rda: tuple[int, ...]
    levels: tuple[FairLevel, ...]
    fuji: tuple[float, ...]
    software: tuple[int, ...]
    badge: bool
    badge_reason: str | None = None


@dataclass(frozen=True, slots=True)
class OwnReport:
    """What became of the report that a bundle carried.

    Attributes:
        verdict: ``taken`` over; ``confirmed`` (taken over, and the catalogue found the same); ``refused`` (it
            does not fit); ``disputed`` (the catalogue found something else).
        version: version of Fairport that made it, unless it was refused.
        at: day of its check, unless it was refused.
        reason: why it was refused or is disputed.
    """

    verdict: str
    version: str | None = None
    at: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class CheckSummary:
    """What ``fairport check`` said: counts by severity, the first findings, and the FAIR assessment.

    Attributes:
        own: what became of the report that a bundle carried; ``None`` where there was none.
    """

    profile: str
    error: int = 0
    warning: int = 0
    note: int = 0
    waived: int = 0
    findings: tuple[FindingNote, ...] = ()
    fair: FairSummary | None = None
    own: OwnReport | None = None


@dataclass(frozen=True, slots=True)
class EntryState:
    """State of one registry entry after a harvest.

    Attributes:
        state: ``ok``, ``failed`` (nothing to show), ``stale`` (failed now, the last good version is
            shown) or ``withdrawn``.
        key: digest of what decides whether an unchanged commit can be skipped.
        checked: when the source was last looked at.
        harvested: when the shown version was first harvested.
        version: folder of the shown version inside that of the entry.
        withheld: why numbers are not shown, or ``None``.
        until: first day (UTC) on which they may be shown.
        check_problem: why there is no ``check``.
        type: ``analysis``, ``collection`` or ``bundle``.
        failure_check: what the check says of the version that could not be read: findings in its record.
        releases: earlier releases, oldest first, where the entry asks for them.
        former_ids: earlier ids of the entry, which nobody else knows once it left the registry.
    """

    id: str
    state: str
    checked: str
    key: str
    reason: str | None = None
    mend: str | None = None
    harvested: str | None = None
    commit: str | None = None
    ref: str | None = None
    version: str | None = None
    withheld: str | None = None
    until: str | None = None
    results: tuple[ResultState, ...] = ()
    check: CheckSummary | None = None
    check_problem: str | None = None
    type: str = "analysis"
    failure_check: CheckSummary | None = None
    releases: tuple[ReleaseNote, ...] = ()
    former_ids: tuple[str, ...] = ()


def read_state(folder: Path) -> EntryState | None:
    """Read the state of an entry; ``None`` when there is none or it cannot be used."""
    try:
        text = (folder / STATE_FILE).read_text("utf-8")
        data = shown_data(json.loads(text), text)
        if data.pop("state_version") != STATE_VERSION:
            return None
        state: EntryState = structure(EntryState, data)
    except (OSError, ValueError, RecursionError, TypeError, KeyError, AttributeError):
        return None
    if state.version is not None and not (folder / state.version).is_dir():
        return None
    return state


def state_digest(folder: Path, *, checked: bool = False) -> str:
    """Return the digest of the state of an entry as it stands in its file.

    Args:
        folder: folder of the entry in the harvest store.
        checked: whether it counts when the source was last looked at.

    Raises:
        OSError: there is no state.
    """
    content = (folder / STATE_FILE).read_bytes()
    if not checked:
        content = _CHECKED.sub(b"", content)
    return hashlib.sha256(content).hexdigest()


def write_state(folder: Path, state: EntryState) -> None:
    """Write the state of an entry atomically; from then on it is the one that counts."""
    data: dict[str, Any] = {"state_version": STATE_VERSION, **unstructure(state)}
    write_atomic(folder / STATE_FILE, whole(dump_json(data)))


def read_harvest_time(root: Path) -> str | None:
    """Return when the last complete harvest began, ``None`` when there was none."""
    try:
        time = json.loads((root / HARVEST_FILE).read_text("utf-8"))["time"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return time if isinstance(time, str) else None


def write_harvest_time(root: Path, time: str) -> None:
    """Record that a harvest is complete."""
    write_atomic(root / HARVEST_FILE, dump_json({"state_version": STATE_VERSION, "time": time}))
