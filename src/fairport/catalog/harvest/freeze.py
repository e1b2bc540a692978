"""Take from a repository what a catalogue shows, validate it, and freeze it in the harvest store.

The store holds copies, so that a build never looks at a repository: ``fairport.yaml`` and, unless numbers
are withheld, the result records with their tables. What is validated is the copy.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from fairport.catalog.contributions import freeze_contributions
from fairport.catalog.copies import COPY_FILE, Copy, adopt_copy, keep_copy, load_frozen
from fairport.catalog.harvest.git import SourceError, error_words
from fairport.catalog.harvest.manifests import freeze_manifest
from fairport.catalog.harvest.reproductions import reproduction_of
from fairport.catalog.harvest.runcrates import freeze_crate
from fairport.catalog.harvest.shares import freeze_share
from fairport.catalog.state import ParentNote, ResultState, VersionNote
from fairport.catalog.workers import Crew
from fairport.contract.constants import (
    ANALYSIS_FILE,
    MAX_DOCUMENT_BYTES,
    MAX_TABLE_BYTES,
    RESULT_FILE,
    RESULTS_DIR,
)
from fairport.contract.digests import canonical_digest, files_digest
from fairport.contract.documents import Analysis, Document, Result, load_analysis, load_valid
from fairport.contract.errors import DocumentError, FairportError
from fairport.contract.examples import is_example
from fairport.contract.files import inside, read_bytes, sha256_bytes, sha256_file
from fairport.results.loaded import LoadedResult
from fairport.results.planes import Planes
from fairport.results.store import load_result as load_loaded

MAX_RESULTS: Final = 10_000
MAX_VERSIONS: Final = 100
MAX_PARENTS: Final = 200
_LFS: Final = b"version https://git-lfs.github.com/spec/"
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


def freeze_analysis(tree: Path, destination: Path) -> Analysis:
    """Copy ``fairport.yaml`` and return it validated; the data manifest that it names is copied too.

    Raises:
        SourceError: there is none.
        DocumentError: it is not valid; the place is told.
    """
    if not (tree / ANALYSIS_FILE).is_file():
        raise SourceError(
            f"the repository has no {ANALYSIS_FILE}",
            mend="bring it in with `fairport adopt`, or start one with `fairport new`",
        )
    content = _read(tree.resolve(), ANALYSIS_FILE)
    if content.startswith(_LFS):
        raise DocumentError(
            f"{ANALYSIS_FILE} is a Git LFS pointer", where=ANALYSIS_FILE, mend="keep records in git itself"
        )
    (destination / ANALYSIS_FILE).write_bytes(content)
    analysis = load_analysis(destination / ANALYSIS_FILE, name=ANALYSIS_FILE)
    freeze_manifest(tree, analysis.data, destination)
    return analysis


@dataclass(frozen=True, slots=True)
class Records:
    """Result records of a repository that wait to be frozen (:class:`fairport.catalog.harvest.shares.Share`).

    Attributes:
        tree: the repository, with links followed.
        paths: the records, relative to it.
        destination: folder that gets ``results/<id>/``.
        planes: where planes are looked up; without them numbers are withheld.
        earlier: where the version shown so far has them, by path.
    """

    tree: Path
    paths: Sequence[str]
    destination: Path
    planes: Planes | None
    earlier: Mapping[str, Path]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.paths)

    def part(self, start: int, stop: int, destination: Path) -> Records:
        """Return some of them, by their places in the order, for another folder."""
        paths = self.paths[start:stop]
        earlier = {path: self.earlier[path] for path in paths if path in self.earlier}
        return replace(self, paths=paths, destination=destination, earlier=earlier)

    def freeze(self) -> list[ResultState]:
        """Freeze them and return a state for each, in their order."""
        return [
            _freeze_result(self.tree, path, self.destination, self.planes, self.earlier.get(path))
            for path in self.paths
        ]


def freeze_results(
    tree: Path,
    paths: Sequence[str],
    destination: Path,
    *,
    planes: Planes,
    numbers: bool,
    commit: str | None,
    now: str,
    previous: dict[str, ResultState],
    previous_folder: Path | None,
    helpers: Crew[Any, Any] | None = None,
) -> tuple[ResultState, ...]:
    """Freeze results of a repository into ``destination/results/<id>/``.

    Args:
        tree: the repository.
        paths: its records (:func:`find_records`).
        destination: folder of the new version.
        planes: the planes of the catalogue and of the package.
        numbers: whether numbers may be kept; without them only what is needed to list the result.
        commit: commit of the tree.
        now: time of the harvest.
        previous: states of the version shown so far, by result id.
        previous_folder: folder of that version.
        helpers: processes that help where there are many.

    Returns:
        One state for each record, good or not. A record that is broken now but was good before is kept as it
        was.
    """
    shown = iter_results(previous_folder, previous.values()) if previous_folder is not None else ()
    earlier = {state.path: folder for state, folder in shown}
    records = Records(tree.resolve(), paths, destination, planes if numbers else None, earlier)
    found = freeze_share(records, helpers)
    owners = _owners(found)
    states: list[ResultState] = []
    for state in found:
        if state.id is not None and (owner := owners[state.id]) != state.path:
            reason = f'the id "{state.id}" stands in two records, also in {owner[:200]}'
            state = ResultState(state.path, "failed", reason=reason, mend="give one of them another id")
        if state.state == "ok":
            state = dated(state, previous.get(state.id or ""), now, commit)
        elif state.state == "withheld" and (before := previous.get(state.id or "")) is not None:
            state = replace(state, versions=before.versions)
        states.append(state)
    if numbers and previous_folder is not None:
        states = keep_good(states, destination, previous, previous_folder, set(owners), planes)
    return tuple(states)


def _owners(states: Iterable[ResultState]) -> dict[str, str]:
    """Return the record to which each id belongs: the first that is good, else the first."""
    owners: dict[str, str] = {}
    for state in sorted(states, key=lambda state: state.state == "failed" and state.reason is not None):
        if state.id is not None:
            owners.setdefault(state.id, state.path)
    return owners


def find_records(tree: Path, pattern: str) -> list[str]:
    """Return the result records of a repository as sorted relative paths; links out of it are left out.

    Raises:
        SourceError: the pattern leads out of the repository, or matches too many files.
    """
    if os.path.isabs(pattern) or ".." in Path(pattern).parts or pattern.count("**") > 1:
        raise SourceError(
            "`results` of the record leads out of the repository",
            where=ANALYSIS_FILE,
            mend="state a glob such as results/*/result.yaml",
        )
    tree, found = tree.resolve(), []
    try:
        for path in tree.glob(pattern):
            relative = path.relative_to(tree).as_posix()
            if path.is_file() and inside(tree, relative, resolved=True) is not None:
                found.append(relative)
            if len(found) > MAX_RESULTS:
                raise SourceError(f"the repository holds more than {MAX_RESULTS:,} results")
    except (ValueError, NotImplementedError, OSError) as error:
        raise SourceError(
            "`results` of the record is no pattern", where=ANALYSIS_FILE, why=str(error)
        ) from None
    return sorted(found)


def record_digest(record: Path, table: Path | None) -> str:
    """Return the canonical digest of a result: its record and the sha256 of its table."""
    return canonical_digest(
        {"record": sha256_file(record), "table": sha256_file(table) if table is not None else None}
    )


def folder_digest(folder: Path) -> str:
    """Return a digest over all files of a frozen version but copies of them."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != COPY_FILE)
    return files_digest((path.relative_to(folder).as_posix(), sha256_file(path)) for path in files)


def version_name(folder: Path) -> str:
    """Return the name of a frozen version, by its content."""
    return f"v-{folder_digest(folder).removeprefix('sha256:')[:16]}"


def is_intact(folder: Path) -> bool:
    """Tell whether all files of a frozen version are as they were frozen."""
    try:
        return version_name(folder) == folder.name
    except OSError:
        return False


def without_damaged(folder: Path, states: tuple[ResultState, ...], planes: Planes) -> tuple[ResultState, ...]:
    """Return the states of a damaged version; a result that cannot be read any more is shown no longer."""
    found = []
    for state in states:
        if state.id is not None and state.state in {"ok", "kept"}:
            try:
                verify_frozen(folder / RESULTS_DIR / state.id, state.path, planes)
            except (FairportError, OSError):
                reason = "its files in the store of the catalogue are damaged"
                mend = "the next harvest that can read the repository writes them anew"
                state = replace(state, state="failed", reason=reason, mend=mend)
        found.append(state)
    return tuple(found)


def _freeze_result(
    tree: Path, path: str, destination: Path, planes: Planes | None, earlier: Path | None
) -> ResultState:
    """Freeze one record; without planes its numbers are withheld.

    Where its bytes are those of the ``earlier`` one, they are not parsed again.
    """
    scratch = destination / ".result"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    state = ResultState(path, "failed")
    try:
        (scratch / RESULT_FILE).write_bytes(_read(tree, path))
        known: Document | Copy
        copy = adopt_copy(earlier, scratch) if earlier is not None and planes is not None else None
        if copy is not None:
            known, record = copy, copy.record
        else:
            known = load_valid("result", scratch / RESULT_FILE, name=path)
            record = Result.from_data(known.data)
        state = _described(path, record)
        if planes is None:
            return replace(state, state="withheld")
        table = _freeze_table(tree, path, record, scratch)
        loaded = verify_frozen(scratch, path, planes, known)
        target = destination / RESULTS_DIR / record.id
        if target.exists():
            return state
        digest = record_digest(scratch / RESULT_FILE, table)
        rerun, problem = reproduction_of(tree, path, record)
        crate = freeze_crate(tree, path, record, scratch)
        added, unfit = freeze_contributions(tree, path, loaded, scratch)
        target.parent.mkdir(exist_ok=True)
        scratch.rename(target)
        state = replace(state, reproduction=rerun, reproduction_problem=problem, crate=crate)
        return replace(state, state="ok", digest=digest, contributions=added, contributions_problem=unfit)
    except FairportError as error:
        reason, mend = error_words(error)
        return replace(state, state="failed", reason=reason, mend=mend)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _described(path: str, record: Result) -> ResultState:
    return ResultState(
        path,
        "failed",
        id=record.id,
        title=record.title,
        kind=record.kind,
        plane=record.plane,
        status=record.status,
        example=is_example(record),
        version=record.version,
        status_reason=record.status_reason,
        former_ids=record.former_ids,
        parents=tuple(
            ParentNote(entry.result, entry.transform) for entry in record.derived_from[:MAX_PARENTS]
        ),
    )


def _freeze_table(tree: Path, path: str, record: Result, folder: Path) -> Path | None:
    """Copy the table (or workspace) of a record beside it, with its digest verified."""
    if record.workspace is not None:
        return _copy(tree, path, record.workspace.path, record.workspace.sha256, folder)
    if record.data is None:
        return None
    return _copy(tree, path, record.data.path, record.data.sha256, folder)


def verify_frozen(
    folder: Path, path: str, planes: Planes, known: Document | Copy | None = None
) -> LoadedResult:
    """Load a frozen result as a build will, so that what cannot be shown is found now; what was read is kept
    beside it.

    Args:
        folder: the frozen record and its table.
        path: the record, relative to the repository.
        planes: where planes are looked up.
        known: the record where it was read already, or the copy beside it.

    Raises:
        FairportError: the plane is unknown, the table has other rows or columns, or the points make no
            curve; the place is told relative to the repository.
    """
    try:
        if isinstance(known, Copy):
            return _shown(load_frozen(folder, planes=planes, analysis="any", experiment="any", copy=known))
        loaded = load_loaded(
            folder, planes=planes, analysis="any", experiment="any", name=path, document=known
        )
        keep_copy(folder, _shown(loaded))
        return loaded
    except FairportError as error:
        where = str(error.where).replace(str(folder), Path(path).parent.as_posix()) if error.where else path
        raise DocumentError(error.what, where=where, why=error.why, mend=error.mend) from None


def _shown(loaded: LoadedResult) -> LoadedResult:
    """Return a result whose points were read as its figure will read them."""
    if loaded.curve is not None:
        loaded.bands  # noqa: B018 - reading the property is the test
    return loaded


def _copy(tree: Path, path: str, relative: str, sha256: str | None, folder: Path) -> Path:
    shown = f"{Path(path).parent.as_posix()}/{relative}"
    target = inside(folder, relative)
    if target is None or _CONTROL.search(relative) or target.name == RESULT_FILE:
        raise DocumentError("the path of the table leads out of its folder", where=path)
    if inside(tree / Path(path).parent, relative) is None:
        raise DocumentError("the table lies outside the folder of its record", where=shown)
    content = _read(tree, shown, limit=MAX_TABLE_BYTES)
    if content.startswith(_LFS):
        raise DocumentError(
            "the table is a Git LFS pointer", where=shown, mend="keep result tables in git itself"
        )
    if sha256 is not None and sha256_bytes(content) != sha256:
        raise DocumentError(
            "the table differs from the digest in its record",
            where=shown,
            mend="rerun the analysis (`fairport run`), so that record and table belong together",
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return target


def dated(state: ResultState, before: ResultState | None, now: str, commit: str | None) -> ResultState:
    """Keep date and commit of the first harvest of the same content; note the content that it replaces."""
    if before is None or before.digest is None or before.harvested is None:
        return replace(state, harvested=now, commit=commit, versions=before.versions if before else ())
    if before.digest == state.digest:
        return replace(state, harvested=before.harvested, commit=before.commit, versions=before.versions)
    note = VersionNote(
        before.version or "",
        before.digest,
        before.harvested,
        now,
        before.commit,
        before.status,
        state.status_reason,
        plane=before.plane if before.plane != state.plane else None,
    )
    return replace(state, harvested=now, commit=commit, versions=(note, *before.versions)[:MAX_VERSIONS])


def keep_versions(
    states: Iterable[ResultState], before: Mapping[str, ResultState], shown: Path, past: Path
) -> None:
    """Copy the content of results that was just replaced from the version shown so far to ``past``.

    Args:
        states: the new states.
        before: the states so far, by digest.
        shown: folder of the version shown so far.
        past: folder of earlier contents, ``<result>/<digest>/`` each.
    """
    for state in states:
        replaced = next((note for note in state.versions if note.digest in before), None)
        if state.id is None or replaced is None:
            continue
        source = shown / RESULTS_DIR / (before[replaced.digest].id or state.id)
        target = past_folder(past, state.id, replaced)
        if target.exists() or not source.is_dir():
            continue
        scratch = target.with_name(f".new-{target.name}")
        shutil.rmtree(scratch, ignore_errors=True)
        shutil.copytree(source, scratch)
        scratch.rename(target)


def past_folder(past: Path, identifier: str, note: VersionNote) -> Path:
    """Return where an earlier content of a result is kept."""
    return past / identifier / note.digest.removeprefix("sha256:")[:16]


def keep_good(
    states: list[ResultState],
    destination: Path,
    previous: dict[str, ResultState],
    folder: Path,
    taken: set[str],
    planes: Planes,
) -> list[ResultState]:
    """Show the last good version of every record that is broken now, as far as that can still be read.

    Args:
        states: of the records found.
        destination: folder of the new version.
        previous: states of the version shown so far, by result id.
        folder: folder of that version.
        taken: ids of the records found.
        planes: where planes are looked up.
    """
    return [_kept(state, destination, previous, folder, taken, planes) for state in states]


def _kept(
    state: ResultState,
    destination: Path,
    previous: dict[str, ResultState],
    folder: Path,
    taken: set[str],
    planes: Planes,
) -> ResultState:
    """Show the last good version of a record that is broken now; one that is damaged is not good."""
    before = previous.get(state.id or "") or _by_path(previous, state.path)
    if state.state != "failed" or before is None or before.id is None or before.state not in {"ok", "kept"}:
        return state
    source, target = folder / RESULTS_DIR / before.id, destination / RESULTS_DIR / before.id
    if target.exists() or not source.is_dir() or (before.id in taken and state.id != before.id):
        return state
    shutil.copytree(source, target)
    try:
        verify_frozen(target, before.path, planes)
    except (FairportError, OSError):
        shutil.rmtree(target, ignore_errors=True)
        return state
    return replace(before, state="kept", reason=state.reason, mend=state.mend)


def _by_path(previous: dict[str, ResultState], path: str) -> ResultState | None:
    return next((state for state in previous.values() if state.path == path), None)


def _read(tree: Path, relative: str, *, limit: int = MAX_DOCUMENT_BYTES) -> bytes:
    """Read a file of the repository; errors name it relative to the repository."""
    path = inside(tree, relative, resolved=True)
    if path is None:
        raise DocumentError("the file is a link out of the repository", where=relative)
    try:
        return read_bytes(path, limit=limit)
    except DocumentError as error:
        raise DocumentError(error.what, where=relative, why=error.why, mend=error.mend) from None


def iter_results(folder: Path, states: Iterable[ResultState]) -> Iterator[tuple[ResultState, Path]]:
    """Yield the states whose record is shown, with its folder."""
    for state in states:
        if state.id is not None and state.state in {"ok", "kept"}:
            yield state, folder / RESULTS_DIR / state.id
