"""Order in the harvest store: one harvest at a time, and nothing left of what is no longer shown."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import IO

from fairport.catalog.harvest.sources import forget_old_packs
from fairport.catalog.harvest.tombstones import TOMBSTONES_DIR, record_left
from fairport.catalog.registry import ENTRIES_DIR, Catalogue
from fairport.catalog.state import PAST_DIR, EntryState, read_state, write_state
from fairport.contract.errors import ConfigurationError
from fairport.contract.files import remove_half_written


@contextmanager
def lock(catalogue: Catalogue, work: str = "harvest") -> Iterator[None]:
    """Hold the catalogue for one harvest, or one release.

    Raises:
        ConfigurationError: another one is running, or a build that reads what was harvested.
    """
    others = f"another {work}, or a build," if work == "harvest" else f"another {work}"
    with _held(catalogue, work, fcntl.LOCK_EX, others) as handle:
        try:
            yield
        finally:
            with suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_UN)


def reading(catalogue: Catalogue) -> IO[str]:
    """Keep harvests from changing what a build reads, until what is returned is closed.

    Raises:
        ConfigurationError: a harvest is running.
    """
    return _held(catalogue, "harvest", fcntl.LOCK_SH, "a harvest")


def _held(catalogue: Catalogue, work: str, kind: int, others: str) -> IO[str]:
    """Return the open file of a lock, which is held; ``others`` is who may have it."""
    catalogue.cache_root.mkdir(parents=True, exist_ok=True)
    catalogue.harvest_root.mkdir(parents=True, exist_ok=True)
    handle = (catalogue.cache_root / f"{work}.lock").open("w")
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        raise ConfigurationError(
            f"{others} of this catalogue is running",
            where=catalogue.root,
            mend="wait until it has ended",
        ) from None
    return handle


def sweep(catalogue: Catalogue, now: str) -> None:
    """Put the store in order before a harvest.

    What is kept of a renamed entry goes on under its new id; the records of entries that left the registry
    and what a killed harvest left behind are removed.
    """
    shutil.rmtree(catalogue.cache_root / "work", ignore_errors=True)
    forget_old_packs(catalogue)
    known = {entry.id for entry in catalogue.entries} | {entry.id for entry in catalogue.broken}
    renamed = {former: entry.id for entry in catalogue.entries for former in entry.former_ids}
    cache = catalogue.cache_root
    for folder in (
        catalogue.harvest_root,
        catalogue.root / TOMBSTONES_DIR,
        cache / "digests",
        cache / "intact",
        cache / "bundles",
    ):
        remove_half_written(folder)
    remove_half_written(catalogue.root / ENTRIES_DIR, age=60.0)  # somebody may be adding one
    for path in sorted(catalogue.harvest_root.iterdir()):
        if not path.is_dir() or path.name in known:
            remove_half_written(path)
            continue
        state = read_state(path)
        if state is not None and path.name in renamed:
            _rename(path, state, catalogue.harvest_root / renamed[path.name])
        elif state is not None:
            record_left(catalogue.root, state, now)
        shutil.rmtree(path, ignore_errors=True)


def _rename(path: Path, state: EntryState, target: Path) -> None:
    """Move the folder of an entry to its new id, unless there is something already."""
    if not target.exists():
        path.rename(target)
        write_state(target, replace(state, id=target.name))


def forget_versions(folder: Path, state: EntryState) -> None:
    """Remove versions that are not shown; while numbers are withheld, those of earlier contents too."""
    keep = {state.version} if state.withheld else {state.version, PAST_DIR}
    for path in folder.iterdir():
        if path.is_dir() and path.name not in keep:
            shutil.rmtree(path, ignore_errors=True)


__all__ = ["forget_versions", "lock", "reading", "sweep"]
