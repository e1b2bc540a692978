"""``fairport data verify`` and ``status``, and the sha256 that a verified file gives its lock."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

from fairport.contract.documents import manifest_digest
from fairport.contract.errors import UsageError
from fairport.contract.manifest import LockedFile
from fairport.contract.progress import Progress
from fairport.lake.failures import disk_told
from fairport.lake.hashing import ALL, Sums, sums_of
from fairport.lake.lockfile import LockedSet, LockReader, open_lock, write_lock
from fairport.lake.meter import Meter
from fairport.lake.store import agrees
from fairport.lake.workspace import Ledger, Workspace, exclusive

_BATCH: Final = 256
_SHOWN: Final = 100
STATES: Final = ("present", "unread", "changed", "missing")


@dataclass(slots=True)
class VerifyReport:
    """What a verification found: numbers of files, bytes read, and what is wrong with which file."""

    files: int = 0
    good: int = 0
    bytes: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)
    bad: int = 0


@dataclass(slots=True)
class SetStatus:
    """The files of one data set by state, from one stat each.

    ``present`` were read and agree, ``unread`` have the right size but were not read since they changed,
    ``changed`` differ, ``missing`` are not there.
    """

    locked: LockedSet
    present: int = 0
    unread: int = 0
    changed: int = 0
    missing: int = 0
    bytes: int = 0
    without_sha256: int = 0


def chosen_sets(lock: LockReader, only: Sequence[str]) -> set[str]:
    """Return the ids of the locked data sets with these ids or DIDs; all for none.

    Raises:
        UsageError: one is not in the lock.
    """
    if not only:
        return {item.id for item in lock.head.datasets}
    found = set()
    for name in only:
        matching = {item.id for item in lock.head.datasets if name in (item.id, item.did)}
        if not matching:
            raise UsageError(f'the lock has no data set "{name}"', mend="run: fairport data lock")
        found |= matching
    return found


@disk_told()
def verify(
    workspace: Workspace, progress: Progress, *, only: Sequence[str] = (), jobs: int = 2
) -> VerifyReport:
    """Read every file of the lock once and hold it against every checksum that the lock knows.

    Needs nothing but the lock and the files.

    Args:
        workspace: the repository.
        progress: told files, bytes and rate.
        only: ids or DIDs of data sets; all of them for none.
        jobs: files read side by side.
    """
    report = VerifyReport()
    with open_lock(workspace.lock) as lock, Ledger(workspace) as ledger:
        chosen = chosen_sets(lock, only)
        sets = [item for item in lock.head.datasets if item.id in chosen]
        count, size = sum(item.length for item in sets), sum(item.bytes for item in sets)
        files = (file for dataset, file in lock.files() if dataset in chosen)
        with Meter(progress, "verified", count, size) as meter:
            for file, info, sums, why in _read_all(workspace, files, jobs):
                report.files += 1
                if why is None and info is not None and sums is not None:
                    report.good += 1
                    ledger.record(file.path, info, sums)
                else:
                    report.bad += 1
                    if len(report.problems) < _SHOWN:
                        report.problems.append((file.path, why or "unknown"))
                report.bytes += sums.bytes if sums else 0
                meter.add(sums.bytes if sums else 0)
        ledger.commit()
    if not report.bad:
        with Ledger(workspace) as ledger:
            stamp_lock(workspace, ledger, progress)
    return report


@disk_told()
def status(workspace: Workspace) -> tuple[list[SetStatus], bool]:
    """Return the state of each locked data set from one stat a file, and whether the lock is up to date."""
    manifest = workspace.load_manifest()
    with open_lock(workspace.lock) as lock, Ledger(workspace) as ledger:
        found = {item.id: SetStatus(item) for item in lock.head.datasets}
        seen: dict[str, Path] = {}
        for dataset, file in lock.files():
            entry = found[dataset]
            state = _state(workspace, ledger, file, seen)
            setattr(entry, state, getattr(entry, state) + 1)
            entry.bytes += file.bytes if state == "present" else 0
            entry.without_sha256 += file.sha256 is None
        return list(found.values()), lock.head.manifest_digest == manifest_digest(manifest)


def stamp_lock(workspace: Workspace, ledger: Ledger, progress: Progress) -> bool:
    """Write into the lock, as it is now, the sha256 of files that were verified; tells whether it changed."""
    with exclusive(workspace, "lock", progress), open_lock(workspace.lock) as lock:
        return _stamp(workspace, lock, ledger)


def _stamp(workspace: Workspace, lock: LockReader, ledger: Ledger) -> bool:
    fresh = False
    for _, file in lock.files():
        if file.sha256 is None and _verified(ledger, file) is not None:
            fresh = True
            break
    if not fresh:
        return False

    def stamped() -> Iterator[tuple[str, LockedFile]]:
        for dataset, file in lock.files():
            sums = _verified(ledger, file) if file.sha256 is None else None
            yield dataset, replace(file, sha256=sums.sha256) if sums else file

    return write_lock(workspace.lock, lock.head, stamped())


def _verified(ledger: Ledger, file: LockedFile) -> Sums | None:
    sums = ledger.known(file.path)
    return sums if sums is not None and sums.sha256 and agrees(sums, file) else None


def _state(workspace: Workspace, ledger: Ledger, file: LockedFile, seen: dict[str, Path]) -> str:
    place = workspace.place(file.path, seen)
    try:
        info = place.lstat()
    except OSError:
        return "missing"
    if not place.is_file() or place.is_symlink() or info.st_size != file.bytes:
        return "changed"
    sums = ledger.look(file.path, info)
    if sums is None:
        return "unread"
    return "present" if agrees(sums, file) else "changed"


Checked = tuple[LockedFile, os.stat_result | None, Sums | None, str | None]


def _read_all(workspace: Workspace, files: Iterable[LockedFile], jobs: int) -> Iterator[Checked]:
    source = iter(files)
    seen: dict[str, Path] = {}
    check: Callable[[LockedFile], Checked] = lambda file: _check(workspace, file, seen)  # noqa: E731
    with ThreadPoolExecutor(jobs) as pool:
        while batch := list(islice(source, _BATCH)):
            yield from pool.map(check, batch)


def _check(workspace: Workspace, file: LockedFile, seen: dict[str, Path]) -> Checked:
    place = workspace.place(file.path, seen)
    try:
        info = place.lstat()
        if place.is_symlink() or not place.is_file():
            return file, None, None, "not a plain file"
        if info.st_size != file.bytes:
            return file, info, None, f"has {info.st_size:,} bytes, the lock says {file.bytes:,}"
        sums = sums_of(place, ALL)
    except FileNotFoundError:
        return file, None, None, "missing"
    except OSError as error:
        return file, None, None, f"cannot be read: {error.strerror}"
    if sums.bytes != file.bytes:
        return file, info, sums, "changed while it was read"
    for kind in ALL:
        expected: Any = getattr(file, kind)
        if expected and getattr(sums, kind) != expected:
            return file, info, sums, f"{kind} is {getattr(sums, kind)}, the lock says {expected}"
    if not any(getattr(file, kind) for kind in ALL):
        return file, info, sums, "the lock has no checksum for it"
    return file, info, sums, None
