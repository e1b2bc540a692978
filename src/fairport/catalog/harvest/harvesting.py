"""Look at every entry of a catalogue and freeze what it publishes; one repository never harms another."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from random import SystemRandom
from typing import Any

from fairport.catalog.harvest.bundles import archive_name
from fairport.catalog.harvest.digests import folder_stamp, is_remembered, remember
from fairport.catalog.harvest.examination import Checker, check_repository
from fairport.catalog.harvest.freeze import is_intact, keep_versions, without_damaged
from fairport.catalog.harvest.git import RemoteRef, defect_words, error_words
from fairport.catalog.harvest.history import (
    ALL,
    History,
    earlier_releases,
    left_behind,
    same_releases,
    with_history,
)
from fairport.catalog.harvest.intake import (
    Context,
    Job,
    Refusal,
    Task,
    Unreadable,
    freeze,
    key_of,
    prepare,
    work,
)
from fairport.catalog.harvest.mapping import pinned
from fairport.catalog.harvest.ownreports import believed, disputed
from fairport.catalog.harvest.remotes import Remotes
from fairport.catalog.harvest.sources import Snapshot, choose_ref, local_snapshot, remote_snapshot
from fairport.catalog.harvest.tombstones import TOMBSTONES_DIR, record_gone, record_unreleased
from fairport.catalog.harvest.upkeep import forget_versions, lock, sweep
from fairport.catalog.registry import PLANES_DIR, BrokenEntry, Catalogue, load_catalogue
from fairport.catalog.state import PAST_DIR, EntryState, read_state, write_harvest_time, write_state
from fairport.catalog.workers import Crew
from fairport.contract.documents import RegistryEntry
from fairport.contract.errors import FairportError
from fairport.contract.machine import MachineError, machine_error
from fairport.contract.progress import Progress, SilentProgress
from fairport.results.planes import Planes

DEFAULT_JOBS = 8

MANY = 8
"""Entries from which processes of their own are worth their start."""


_DAMAGED = "damaged"
"""Key in the place of the true one where frozen files are no longer as they were: they are frozen anew."""


@dataclass(frozen=True, slots=True)
class HarvestReport:
    """What a harvest found.

    Attributes:
        time: when it began (RFC 3339, UTC).
        states: one state for each entry, sorted by id.
        unchanged: ids whose commit was known, so that nothing was fetched.
    """

    time: str
    states: tuple[EntryState, ...]
    unchanged: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[EntryState, ...]:
        """Entries that could not be harvested, whether or not an older version is shown."""
        return tuple(state for state in self.states if state.state in {"failed", "stale"})


@dataclass(frozen=True, slots=True)
class _Context(Context):
    """A harvest: besides, how servers are asked, who freezes whole entries, and by which numbers from 0 to 1
    bundles are drawn that are checked whatever they report.
    """

    remotes: Remotes = field(default_factory=Remotes)
    crew: Crew[Task, Any] | None = None
    draw: Callable[[], float] = SystemRandom().random


def harvest(
    root: Path,
    *,
    jobs: int = DEFAULT_JOBS,
    progress: Progress | None = None,
    now: datetime | None = None,
    checker: Checker | None = None,
    draw: Callable[[], float] | None = None,
) -> HarvestReport:
    """Harvest every entry of the catalogue in ``root``.

    Remotes are looked at with ``git ls-remote`` first; only what changed is fetched, without history. A
    failure of any kind ends in the state of its entry, never in an exception of this function, unless the
    machine itself fails: what was harvested until then stays, and the next harvest goes on.

    Args:
        root: catalogue folder.
        jobs: how many entries are looked at side by side.
        progress: receiver of progress.
        now: the time to record and to measure embargoes by (UTC); by default the clock.
        checker: replaces :func:`fairport.catalog.harvest.examination.check_repository`.
        draw: numbers from 0 to 1 by which the bundles are drawn whose reports are checked; by default nobody
            can know them before.

    Raises:
        ConfigurationError: no catalogue, or another harvest of it is running.
        MachineError: the disk is full, or another failure that no repository is to blame for.
        DocumentError: ``catalog.yaml`` is not valid.
    """
    catalogue = load_catalogue(root)
    progress = progress or SilentProgress()
    context = _Context(catalogue, (now or datetime.now(UTC)).astimezone(UTC), checker or check_repository)
    context = replace(context, draw=draw) if draw is not None else context
    with lock(catalogue):
        sweep(catalogue, context.time)
        number = len(catalogue.entries)
        progress.step(f"Harvesting {number} entr{'y' if number == 1 else 'ies'}")
        outcomes = _harvest_all(context, jobs, progress)
        outcomes |= {entry.id: (_broken_state(context, entry), False) for entry in catalogue.broken}
        write_harvest_time(catalogue.harvest_root, context.time)
    ordered = sorted(outcomes)
    states = tuple(outcomes[key][0] for key in ordered)
    return HarvestReport(context.time, states, tuple(key for key in ordered if outcomes[key][1]))


def _harvest_all(context: _Context, jobs: int, progress: Progress) -> dict[str, tuple[EntryState, bool]]:
    """Look at every entry, in threads. The work of the processor goes to processes: where there are many
    entries each as a whole, else the parts of those with many results.
    """
    outcomes: dict[str, tuple[EntryState, bool]] = {}
    processes = min(jobs, len(os.sched_getaffinity(0)))
    with ExitStack() as stack:
        if context.checker is check_repository and processes > 1:
            bare = replace(context.catalogue, entries=(), broken=())
            crew: Crew[Task, Any] = Crew(processes, prepare, (bare, context.now), work)
            stack.callback(crew.dismiss)
            many = len(context.catalogue.entries) >= MANY
            context = replace(context, crew=crew) if many else replace(context, helpers=crew)
        pool = stack.enter_context(ThreadPoolExecutor(max_workers=max(1, jobs)))
        futures: dict[Future[tuple[EntryState, bool]], str] = {
            pool.submit(_harvest_entry, context, entry): entry.id for entry in context.catalogue.entries
        }
        try:
            for future in as_completed(futures):
                state, unchanged = outcomes[futures[future]] = future.result()
                progress.note(describe(state, unchanged=unchanged))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)  # nobody begins any more
            raise
    return outcomes


def describe(state: EntryState, *, unchanged: bool = False) -> str:
    """Return one line on the state of an entry."""
    good = sum(result.state in {"ok", "kept", "withheld"} for result in state.results)
    bad = len(state.results) - good
    if state.state == "ok":
        parts = [f"{good} result{'' if good == 1 else 's'}"]
        parts += [f"{bad} broken"] if bad else []
        parts += [state.withheld] if state.withheld else []
        own = disputed(state)
        parts += [f"its own report does not hold ({own.reason})"] if own is not None else []
        parts += ["unchanged"] if unchanged else []
        return f"{state.id}: ok, {', '.join(parts)}"
    return f"{state.id}: {state.state}, {state.reason}"


def _harvest_entry(context: _Context, entry: RegistryEntry) -> tuple[EntryState, bool]:
    """Harvest one entry; returns its state and whether nothing had to be fetched."""
    folder = context.catalogue.harvest_root / entry.id
    previous = read_state(folder)
    if previous is not None and previous.version and not _is_whole(context, entry, folder / previous.version):
        previous = replace(previous, key=_DAMAGED)
    try:
        state, unchanged = _look(context, entry, folder, previous)
    except Unreadable as error:
        refusal = error.refusal
        state, unchanged = _failure(context, entry, previous, refusal.reason, refusal.mend), False
        state = replace(state, failure_check=refusal.check)
    except Exception as error:  # a defect met in one repository must not end the harvest
        if (told := _fails_for_all(context.catalogue, error)) is not None:
            raise told from error
        state, unchanged = _failure(context, entry, previous, *_words(error)), False
    state = replace(state, former_ids=tuple(entry.former_ids))
    folder.mkdir(parents=True, exist_ok=True)
    _keep_history(context, entry, folder, previous, state)
    write_state(folder, state)
    forget_versions(folder, state)
    return state, unchanged


def _is_whole(context: _Context, entry: RegistryEntry, version: Path) -> bool:
    """Tell whether a frozen version is as it was frozen; it is read where somebody may have touched it."""
    memory = context.catalogue.cache_root / "intact" / f"{entry.id}.json"
    stamp = folder_stamp(version)
    if is_remembered(memory, stamp, version.name):
        return True
    whole = is_intact(version)
    if whole and stamp is not None:
        remember(memory, stamp, version.name)
    return whole


def _words(error: Exception) -> tuple[str, str | None]:
    """Return reason and mend of what went wrong with one entry."""
    if (told := machine_error(error)) is not None:
        return defect_words(error), told.mend
    if isinstance(error, FairportError):
        return error_words(error)
    return defect_words(error), "report it to the developers"


def _fails_for_all(catalogue: Catalogue, error: Exception) -> MachineError | None:
    """Return what ends the harvest: the machine fails, and not for what one repository holds only."""
    told = machine_error(error)
    if told is None:
        return None
    if told.everywhere:
        told.where = told.where or catalogue.root
        return told
    own = (catalogue.harvest_root, catalogue.cache_root, catalogue.root / TOMBSTONES_DIR)
    place = Path(str(told.where or ""))
    return told if any(place.is_relative_to(folder) for folder in own) else None


def _keep_history(
    context: _Context, entry: RegistryEntry, folder: Path, previous: EntryState | None, state: EntryState
) -> None:
    """Keep what is no longer shown: earlier contents of results, and a tombstone for each that is gone."""
    if state.state in {"ok", "withdrawn"}:
        record_gone(context.catalogue.root, previous, state, context.time, entry)
    if state.releases:
        record_unreleased(context.catalogue.root, state, left_behind(state))
    if state.state == "ok" and state.withheld is None and previous is not None and previous.version:
        before = {item.digest: item for item in previous.results if item.digest}
        keep_versions(state.results, before, folder / previous.version, folder / PAST_DIR)


def _look(
    context: _Context, entry: RegistryEntry, folder: Path, previous: EntryState | None
) -> tuple[EntryState, bool]:
    if entry.status == "withdrawn":
        reason = entry.reason or "withdrawn without a reason"
        return EntryState(entry.id, "withdrawn", context.time, key_of(context, entry), reason=reason), False
    if entry.type == "bundle":
        return _look_bundle(context, entry, folder, previous)
    if entry.type == "collection":
        return _look_collection(context, entry, folder, previous)
    if entry.repository.path is not None:
        return _look_local(context, entry, folder, previous)
    address = entry.repository.url or ""
    refs = context.remotes.refs(address)
    chosen = choose_ref(entry, refs)
    earlier = earlier_releases(entry, refs, chosen)
    if (
        previous is not None
        and _unchanged(context, previous, chosen.commit, key_of(context, entry))
        and (previous.withheld is not None or same_releases(previous.releases, earlier))
    ):
        return replace(previous, checked=context.time, ref=chosen.name), True
    with remote_snapshot(context.catalogue, entry, chosen, context.remotes) as snapshot:
        state = _freeze(context, entry, snapshot, folder, previous)
    return _with_releases(context, entry, state, address, earlier, folder, previous), False


def _look_local(
    context: _Context, entry: RegistryEntry, folder: Path, previous: EntryState | None
) -> tuple[EntryState, bool]:
    """Harvest a folder of this machine, unless nobody touched it since."""
    snapshot = local_snapshot(context.catalogue, entry)
    place = context.catalogue.local_path(entry)
    stamp = folder_stamp(place) if place is not None else None
    memory = context.catalogue.cache_root / "digests" / f"{entry.id}.json"
    if (
        previous is not None
        and is_remembered(memory, stamp, previous.version)
        and _unchanged(context, previous, snapshot.commit, key_of(context, entry))
    ):
        return replace(previous, checked=context.time), True
    state = _freeze(context, entry, snapshot, folder, previous)
    remember(memory, stamp, state.version)
    if entry.type == "collection" or entry.history != ALL or place is None or state.commit is None:
        return state, False
    address = place.resolve().as_uri()
    here = RemoteRef("", "", "")  # a folder may differ from the commit that is checked out
    earlier = earlier_releases(entry, context.remotes.refs(address), here)
    return _with_releases(context, entry, state, address, earlier, folder, previous), False


def _with_releases(
    context: _Context,
    entry: RegistryEntry,
    state: EntryState,
    address: str,
    earlier: list[RemoteRef],
    folder: Path,
    previous: EntryState | None,
) -> EntryState:
    """Add the earlier releases to the versions of the results, unless the numbers are withheld."""
    if state.withheld is not None:
        return state
    planes = Planes(context.catalogue.root / PLANES_DIR)
    history = History(
        context.catalogue, entry, address, folder, planes, context.now.date(), context.time, context.remotes
    )
    known = previous.releases if previous is not None and previous.key == state.key else ()
    return with_history(state, history.read(earlier, known), folder)


def _look_bundle(
    context: _Context, entry: RegistryEntry, folder: Path, previous: EntryState | None
) -> tuple[EntryState, bool]:
    name = archive_name(context.catalogue, entry)
    drawn = context.draw() < context.catalogue.config.bundles.sample
    if (
        previous is not None
        and name is not None
        and name == previous.ref
        and not (drawn and believed(previous))
        and _unchanged(context, previous, previous.commit, key_of(context, entry))
    ):
        return replace(previous, checked=context.time), True
    recheck = drawn or disputed(previous) is not None
    return _freeze(context, entry, None, folder, previous, recheck=recheck), False


def _look_collection(
    context: _Context, entry: RegistryEntry, folder: Path, previous: EntryState | None
) -> tuple[EntryState, bool]:
    if entry.repository.path is not None:
        return _look_local(context, entry, folder, previous)
    commit = pinned(entry)
    if previous is not None and _unchanged(context, previous, commit, key_of(context, entry)):
        return replace(previous, checked=context.time), True
    chosen = RemoteRef(commit, commit, f"commit {commit[:10]}")
    with remote_snapshot(context.catalogue, entry, chosen, context.remotes) as snapshot:
        return _freeze(context, entry, snapshot, folder, previous), False


def _unchanged(context: _Context, previous: EntryState, commit: str | None, key: str) -> bool:
    embargo_over = previous.until is not None and previous.until <= context.now.date().isoformat()
    same = previous.commit == commit and previous.key == key
    checked = previous.check is not None or previous.type == "collection"
    return previous.state == "ok" and checked and same and not embargo_over


def _freeze(
    context: _Context,
    entry: RegistryEntry,
    snapshot: Snapshot | None,
    folder: Path,
    previous: EntryState | None,
    *,
    recheck: bool = False,
) -> EntryState:
    """Freeze what an entry publishes, in a process of its own where there are some; ``None``: its bundle."""
    job = Job(entry, snapshot, folder, previous, recheck)
    outcome = context.crew.do(job) if context.crew is not None else freeze(context, job)
    if isinstance(outcome, Refusal):
        raise Unreadable(outcome)
    return outcome


def _failure(
    context: _Context,
    entry: RegistryEntry | BrokenEntry,
    previous: EntryState | None,
    reason: str,
    mend: str | None,
) -> EntryState:
    key = key_of(context, entry) if isinstance(entry, RegistryEntry) else "broken"
    mend = mend or "correct it there; `fairport check` says more, `fairport catalog preview` shows the page"
    if previous is not None and previous.version is not None:
        if previous.key == _DAMAGED:
            reason += "; besides, files of its last good version are damaged in the store of the catalogue"
            mend += f"; until then `harvest/{entry.id}` of a backup of the catalogue can be put back"
            folder = context.catalogue.harvest_root / entry.id / previous.version
            planes = Planes(context.catalogue.root / PLANES_DIR)
            previous = replace(previous, results=without_damaged(folder, previous.results, planes))
        return replace(
            previous,
            state="stale",
            checked=context.time,
            key=key,
            reason=reason,
            mend=mend,
            failure_check=None,
        )
    kind = entry.type if isinstance(entry, RegistryEntry) else "analysis"
    return EntryState(entry.id, "failed", context.time, key, reason=reason, mend=mend, type=kind)


def _broken_state(context: _Context, entry: BrokenEntry) -> EntryState:
    """Give an entry file that cannot be read the state of a failed entry."""
    folder = context.catalogue.harvest_root / entry.id
    state = _failure(context, entry, read_state(folder), entry.reason, f"correct {entry.path}")
    folder.mkdir(parents=True, exist_ok=True)
    write_state(folder, state)
    return state


__all__ = ["HarvestReport", "describe", "harvest"]
