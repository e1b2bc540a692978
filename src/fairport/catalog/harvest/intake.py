"""From the files of an entry to its frozen records and its state; runs in processes of its own, too."""

from __future__ import annotations

import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fairport.catalog.access import Withheld, withheld
from fairport.catalog.harvest.bundles import bundle_snapshot
from fairport.catalog.harvest.collections import Curves, freeze_collection
from fairport.catalog.harvest.examination import Checker, check_repository
from fairport.catalog.harvest.freeze import (
    Records,
    find_records,
    freeze_analysis,
    freeze_results,
    is_intact,
    version_name,
)
from fairport.catalog.harvest.git import SourceError, error_words
from fairport.catalog.harvest.mapping import mapping_digest, rules_of
from fairport.catalog.harvest.ownreports import check_bundle, set_aside
from fairport.catalog.harvest.shares import WORTH
from fairport.catalog.harvest.sources import Snapshot
from fairport.catalog.registry import PLANES_DIR, Catalogue
from fairport.catalog.state import CheckSummary, EntryState, ResultState
from fairport.catalog.workers import Crew
from fairport.contract.constants import ANALYSIS_FILE
from fairport.contract.digests import canonical_digest
from fairport.contract.documents import Analysis, RegistryEntry
from fairport.contract.errors import FairportError
from fairport.contract.machine import MachineError
from fairport.contract.structure import unstructure
from fairport.results.planes import Planes


@dataclass(frozen=True, slots=True)
class Context:
    """What is the same for every entry of a harvest.

    Attributes:
        catalogue: the catalogue; without entries in a process of its own.
        now: when the harvest began (UTC).
        checker: by which repositories are checked.
        helpers: processes that do :data:`Task`, for entries with many results; ``None`` for no help.
    """

    catalogue: Catalogue
    now: datetime
    checker: Checker
    helpers: Crew[Task, Any] | None = None

    @property
    def time(self) -> str:
        """When the harvest began (RFC 3339, UTC)."""
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Job:
    """An entry whose files are at hand.

    Attributes:
        entry: the registry entry.
        snapshot: its files; ``None`` for a bundle, which is unpacked first.
        folder: folder of the entry in the harvest store.
        previous: its state so far.
        recheck: whether a bundle is checked here whatever it reports of itself.
    """

    entry: RegistryEntry
    snapshot: Snapshot | None
    folder: Path
    previous: EntryState | None
    recheck: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """A repository that waits to be checked against a profile."""

    tree: Path
    profile: str


Task = Job | Check | Records | Curves
"""What a process may be given: an entry as a whole, or a part of the work on a large one."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing of an entry can be frozen, with the findings of the check."""

    reason: str
    mend: str | None
    check: CheckSummary | None = None


class Unreadable(Exception):
    """Nothing of an entry can be frozen."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


def prepare(setting: tuple[Catalogue, datetime]) -> Context:
    """Return what a process needs for its jobs."""
    return Context(*setting, check_repository)


def work(context: Context, task: Task) -> Any:
    """Do a task in a process of its own."""
    if isinstance(task, Job):
        return freeze(context, task)
    if isinstance(task, Check):
        return context.checker(task.tree, task.profile)
    return task.freeze()


def freeze(context: Context, job: Job) -> EntryState | Refusal:
    """Freeze what an entry publishes; a bundle is unpacked first. What cannot be frozen is a refusal."""
    try:
        if job.snapshot is not None:
            return _frozen_state(context, job, job.snapshot)
        with bundle_snapshot(context.catalogue, job.entry) as unpacked:
            snapshot, report = set_aside(unpacked)
            return _frozen_state(context, job, snapshot, report)
    except Unreadable as error:
        return error.refusal
    except MachineError:
        raise
    except FairportError as error:
        return Refusal(*error_words(error))


def _frozen_state(context: Context, job: Job, snapshot: Snapshot, report: str | None = None) -> EntryState:
    entry, folder, previous = job.entry, job.folder, job.previous
    folder.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
    try:
        if entry.type == "collection":
            frozen = _frozen_collection(context, job, snapshot, new)
        else:
            frozen = _frozen_analysis(context, job, snapshot, new, report)
        name = version_name(new)
        if not is_intact(folder / name):
            if (folder / name).exists():  # damaged since
                (folder / name).rename(new / ".damaged")
            new.chmod(0o755)
            new.rename(folder / name)
            shutil.rmtree(folder / name / ".damaged", ignore_errors=True)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    same = previous is not None and previous.version == name and previous.harvested is not None
    return EntryState(
        entry.id,
        "ok",
        context.time,
        key_of(context, entry),
        harvested=previous.harvested if same and previous else context.time,
        commit=snapshot.commit,
        ref=snapshot.ref,
        version=name,
        withheld=frozen.closed.reason if frozen.closed else None,
        until=frozen.closed.until if frozen.closed else None,
        results=frozen.results,
        check=_without_values(frozen.check) if frozen.closed else frozen.check,
        check_problem=frozen.check_problem,
        type=entry.type,
    )


@dataclass(frozen=True, slots=True)
class _Frozen:
    """What was frozen of an entry."""

    results: tuple[ResultState, ...]
    closed: Withheld | None = None
    check: CheckSummary | None = None
    check_problem: str | None = None


def _frozen_analysis(
    context: Context, job: Job, snapshot: Snapshot, new: Path, report: str | None
) -> _Frozen:
    try:
        analysis = freeze_analysis(snapshot.tree, new)
        _same_id(job.entry, analysis)
    except FairportError as error:
        raise Unreadable(Refusal(*error_words(error), _check_of_record(context, snapshot.tree))) from None
    closed = withheld(analysis, context.now.date())
    paths = find_records(snapshot.tree, analysis.results)
    check = partial(
        _checked, snapshot=snapshot, profile=analysis.maturity, report=report, recheck=job.recheck
    )
    helpers = context.helpers if len(paths) >= WORTH else None
    with ThreadPoolExecutor(1) as pool:
        beside = pool.submit(check, _helped(context, helpers)) if helpers is not None else None
        results = freeze_results(
            snapshot.tree,
            paths,
            new,
            planes=Planes(context.catalogue.root / PLANES_DIR),
            numbers=closed is None,
            commit=snapshot.commit,
            now=context.time,
            helpers=helpers,
            **_before(job.folder, job.previous),
        )
        return _Frozen(results, closed, *(check(context) if beside is None else beside.result()))


def _helped(context: Context, helpers: Crew[Any, Any]) -> Context:
    """Return a context whose check is made by another process."""
    return replace(context, checker=lambda tree, profile: helpers.do(Check(tree, profile)))


def _checked(
    context: Context, snapshot: Snapshot, profile: str, report: str | None, *, recheck: bool
) -> tuple[CheckSummary | None, str | None]:
    """Return what check and assessment say of an analysis: here, or as its bundle reports of itself."""
    if report is None or context.catalogue.config.bundles.check == "always":
        return context.checker(snapshot.tree, profile)
    today = context.now.date()
    return check_bundle(snapshot, report, profile, today, context.checker, recheck=recheck)


def _check_of_record(context: Context, tree: Path) -> CheckSummary | None:
    """Return the findings in a record that cannot be read; others may quote numbers, so only counts stay."""
    if not (tree / ANALYSIS_FILE).is_file():
        return None
    check, _ = context.checker(tree, "draft")
    if check is None:
        return None
    return replace(check, findings=tuple(note for note in check.findings if note.path == ANALYSIS_FILE))


def _frozen_collection(context: Context, job: Job, snapshot: Snapshot, new: Path) -> _Frozen:
    _, results = freeze_collection(
        snapshot.tree,
        new,
        job.entry,
        rules_of(context.catalogue, job.entry),
        planes=Planes(context.catalogue.root / PLANES_DIR),
        commit=snapshot.commit,
        now=context.time,
        helpers=context.helpers,
        **_before(job.folder, job.previous),
    )
    return _Frozen(results)


def _before(folder: Path, previous: EntryState | None) -> dict[str, Any]:
    """Return what was shown so far, as arguments of the functions that freeze."""
    states = {result.id: result for result in previous.results if result.id} if previous else {}
    shown = folder / previous.version if previous and previous.version else None
    return {"previous": states, "previous_folder": shown}


def _same_id(entry: RegistryEntry, analysis: Analysis) -> None:
    if analysis.id != entry.id and analysis.id not in entry.former_ids:
        raise SourceError(
            f'the record calls itself "{analysis.id}", the entry "{entry.id}"',
            mend=f"give the entry the id of the record, with `former_ids: [{entry.id}]` if it was renamed",
        )


def _without_values(check: CheckSummary | None) -> CheckSummary | None:
    """Keep the counts only: a message may quote a number that is withheld."""
    return replace(check, findings=()) if check is not None else None


def key_of(context: Context, entry: RegistryEntry) -> str:
    """Return the digest of what, beside the commit, decides what is frozen."""
    facts = {"entry": unstructure(entry), "fairport": version("fairport")}
    if entry.type == "collection":
        facts["mapping"] = mapping_digest(context.catalogue, entry)
    if entry.type == "bundle" and context.catalogue.config.bundles.check == "always":
        facts["bundles"] = "always"
    return canonical_digest(facts)


__all__ = ["Check", "Context", "Job", "Refusal", "Task", "Unreadable", "freeze", "key_of", "prepare", "work"]
