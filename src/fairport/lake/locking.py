"""``fairport data lock``: from what the manifest asks for to exactly these files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from itertools import groupby, islice
from pathlib import Path
from typing import Any, Final

from fairport.contract.documents import manifest_digest
from fairport.contract.errors import (
    ConfigurationError,
    DocumentError,
    FairportError,
    RefusedError,
    UsageError,
)
from fairport.contract.manifest import Dataset, LockedFile, Manifest, Source
from fairport.contract.progress import Progress
from fairport.lake import names
from fairport.lake.failures import RemoteError, disk_told, explain
from fairport.lake.link import LakeLink
from fairport.lake.lockfile import LockedSet, LockHead, LockReader, open_lock, write_lock
from fairport.lake.metalink import write_metalink
from fairport.lake.plainfetch import FetchError, fetch_unknown, remote_size, source_name
from fairport.lake.resolution import Resolution
from fairport.lake.store import Store
from fairport.lake.whereabouts import WORTH_IT, dataset_replicas
from fairport.lake.workspace import Workspace, exclusive

_CHUNK: Final = 500
"""Files in one request for replicas: small enough to share the work between clients."""


@dataclass(slots=True)
class LockReport:
    """What a lock did.

    Attributes:
        datasets: the data sets of the new lock (sizes in bytes).
        changes: what differs from the previous lock, by data set; empty when nothing does.
        warnings: remarks for people.
        written: whether the lock file changed.
        sources: files that the metalink has an address for.
    """

    datasets: list[LockedSet]
    changes: dict[str, dict[str, Any]]
    warnings: list[str] = field(default_factory=list)
    written: bool = False
    sources: int = 0


@disk_told()
def make_lock(
    workspace: Workspace,
    link: LakeLink | None,
    progress: Progress,
    *,
    only: Sequence[str] = (),
    metalink: bool = True,
) -> LockReport:
    """Resolve the data sets of the manifest and write the lock, and the metalink beside it.

    Args:
        workspace: the repository.
        link: to the lake; not needed when every data set has sources only.
        progress: told about each stage.
        only: ids or DIDs of the data sets to resolve; the others stay as they are locked.
        metalink: whether to ask where the files can be read.

    Raises:
        FairportError: a DID is unknown, a name is hostile, a ceiling is passed, the lake is away, ...
    """
    manifest = workspace.load_manifest()
    chosen = select(manifest, only)
    report = LockReport([], {})
    with (
        exclusive(workspace, "lock", progress),
        Resolution(workspace.state) as table,
        _previous(workspace) as old,
    ):
        if old is not None:
            table.load_old(old)
        for dataset in manifest.datasets:
            _add_dataset(dataset, dataset in chosen, old, link, table, report, progress, workspace)
        table.index()
        _complete(table, [item.id for item in report.datasets if item.did], chosen, link, progress)
        table.learn()
        table.check_paths()
        _measure(table, manifest, report, old)
        report.changes = table.changes() if old is not None else {}
        head = LockHead(
            manifest_digest(manifest), _now(), report.datasets, _lake(manifest), _version(link, old)
        )
        _keep_time(head, old, report)
        if metalink and link is not None:
            _write_metalink(workspace, manifest, table, report, link, progress)
        ids = [item.id for item in report.datasets]
        report.written = write_lock(workspace.lock, head, table.files(ids))
    return report


def select(manifest: Manifest, only: Sequence[str]) -> list[Dataset]:
    """Return the data sets with these ids or DIDs; all of them for none.

    Raises:
        UsageError: one is not in the manifest.
    """
    if not only:
        return list(manifest.datasets)
    found = []
    for name in only:
        matching = [item for item in manifest.datasets if name in (item.id, item.did)]
        if not matching:
            known = ", ".join(item.id for item in manifest.datasets)
            raise UsageError(f'the manifest has no data set "{name}"', mend=f"it has: {known or 'none'}")
        found += matching
    return found


@contextmanager
def _previous(workspace: Workspace) -> Iterator[LockReader | None]:
    if not workspace.lock.exists():
        yield None
        return
    try:
        manager = open_lock(workspace.lock)
        reader = manager.__enter__()
    except DocumentError:  # a damaged lock is replaced; there is nothing to compare with
        yield None
        return
    try:
        yield reader
    finally:
        manager.__exit__(None, None, None)


def _add_dataset(
    dataset: Dataset,
    wanted: bool,
    old: LockReader | None,
    link: LakeLink | None,
    table: Resolution,
    report: LockReport,
    progress: Progress,
    workspace: Workspace,
) -> None:
    before = old.head.dataset(dataset.id) if old is not None else None
    if not wanted:
        if before is not None:
            table.keep_old(dataset.id)
            report.datasets.append(before)
        return
    if dataset.did is None:
        progress.step(f"Looking at the sources of {dataset.id}")
        table.add(dataset.id, _source_files(dataset, progress))
        report.datasets.append(LockedSet(dataset.id, 0, 0, ""))
        return
    if link is None:
        raise ConfigurationError(
            f"{dataset.id} has a DID, but the manifest names no lake",
            where="data/manifest.yaml",
            mend="add lake: {rucio_host: ..., auth_host: ...}",
        )
    progress.step(f"Resolving {dataset.did}")
    found = _resolve(dataset, link, table, report)
    if found is not None:
        report.datasets.append(found)


def _resolve(dataset: Dataset, link: LakeLink, table: Resolution, report: LockReport) -> LockedSet | None:
    did = names.parse_did(dataset.did or "")
    try:
        what = link.raw_call("describe", scope=did.scope, name=did.name)
    except RemoteError as error:
        if dataset.role == "output" and error.is_a("DataIdentifierNotFound"):
            report.warnings.append(f"{did} is not in the lake yet; `fairport data push` brings it there")
            return None
        raise explain(error, subject=str(did)) from error
    kind = str(what["type"]).lower()
    if kind != dataset.type:
        report.warnings.append(f"{did} is a {kind}, the manifest says {dataset.type}")
    if what["open"] and kind != "file":
        report.warnings.append(
            f"{did} is open: files may still be added; ask its owner to close it before you publish"
        )
    for attempt in (1, 2, 3):
        try:
            with link.stream("members", scope=did.scope, name=did.name) as members:
                table.add(dataset.id, _member_files(dataset, did, kind, members))
        except RemoteError as error:
            if not error.transient or attempt == 3:
                raise explain(error, subject=str(did)) from error
            table.forget(dataset.id)
        else:
            break
    return LockedSet(dataset.id, 0, 0, "", str(did), kind, bool(what["open"]) if kind != "file" else None)


def _member_files(
    dataset: Dataset, parent: names.Did, kind: str, members: Iterable[dict[str, Any]]
) -> Iterator[LockedFile]:
    failure: FairportError | None = None
    for item in members:  # all of them have to be taken, or the link would be out of step
        did, name = f"{item['scope']}:{item['name']}", item["name"]
        if failure is not None or (dataset.filter and not _passes(name, dataset.filter)):
            continue
        below = names.name_below(name, parent.name)
        source = _fallback(dataset, name)
        try:
            path = (
                names.single_path(dataset.destination, name, dataset.id, did=did)
                if kind == "file"
                else names.member_path(dataset.destination, below, dataset.id, did=did)
            )
        except RefusedError as error:
            failure = error
            continue
        guid = (item.get("guid") or "").lower() or None
        sha256 = source.sha256 if source and kind == "file" else None
        url = source.url if source else None
        yield LockedFile(path, item["bytes"] or 0, did, url, item["adler32"], None, sha256, guid)
    if failure is not None:
        raise failure


def _passes(name: str, pattern: str) -> bool:
    return fnmatchcase(name, pattern) or fnmatchcase(name.rpartition("/")[2], pattern)


def _fallback(dataset: Dataset, name: str) -> Source | None:
    """Return the source outside the lake for a file: the one of the same name, or the only one of a file."""
    base = name.rpartition("/")[2]
    named = next((source for source in dataset.sources if source_name(source.url) == base), None)
    if named is None and dataset.type == "file" and len({source.sha256 for source in dataset.sources}) == 1:
        return dataset.sources[0]
    return named


def _source_files(dataset: Dataset, progress: Progress) -> Iterator[LockedFile]:
    """Yield one file for each different sha256; further addresses with the same one are mirrors."""
    by_content = sorted(dataset.sources, key=lambda source: source.sha256)
    for sha256, group in groupby(by_content, key=lambda source: source.sha256):
        mirrors = [source.url for source in group]
        base = source_name(mirrors[0])
        path = names.single_path(dataset.destination, base, dataset.id, did=mirrors[0])
        size = next((size for url in mirrors if (size := remote_size(url)) is not None), None)
        if size is None:
            progress.note(f"{mirrors[0]} does not tell its size; reading it")
            size = _size_by_reading(sha256, mirrors, dataset)
        yield LockedFile(path, size, url=mirrors[0], sha256=sha256)


def _size_by_reading(sha256: str, mirrors: Sequence[str], dataset: Dataset) -> int:
    ceiling = dataset.max_bytes if dataset.max_bytes is not None else 1 << 40
    store = Store()
    reasons = []
    with store.staging() as folder:
        target = folder / "source"
        for url in mirrors:
            try:
                sums = fetch_unknown(url, target, ceiling)
            except FetchError as error:
                reasons.append(f"{url}: {error}")
                continue
            if sums.sha256 == sha256:
                store.insert(target, sums)
                return sums.bytes
            reasons.append(f"{url}: sha256 is {sums.sha256}")
    raise RefusedError(
        f"the sources of {dataset.id} do not give what the manifest says",
        why="; ".join(reasons)[:500],
        mend="correct url or sha256",
    )


def _complete(
    table: Resolution,
    ids: Sequence[str],
    chosen: Sequence[Dataset],
    link: LakeLink | None,
    progress: Progress,
) -> None:
    """Add the md5 of every file, in requests of at most 1,000, several at a time."""
    wanted = {item.id for item in chosen}
    todo = [identifier for identifier in ids if identifier in wanted]
    if not todo or link is None:
        return
    progress.step("Reading checksums")
    requests = ((identifier, dids) for identifier in todo for dids in list(table.dids(identifier)))
    for identifier, items in _side_by_side(link, "metadata", requests):
        table.complete(identifier, items)


def _side_by_side(
    link: LakeLink, operation: str, requests: Iterable[tuple[str, list[str]]]
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield (data set, answer) in order, with a few requests under way at any time."""
    with ThreadPoolExecutor(link.jobs) as pool:
        waiting: list[tuple[str, Future[Any]]] = []
        source = iter(requests)
        for identifier, dids in islice(source, link.jobs * 2):
            waiting.append((identifier, pool.submit(_ask, link, operation, dids)))
        while waiting:
            identifier, future = waiting.pop(0)
            answer = future.result()
            for following, dids in islice(source, 1):
                waiting.append((following, pool.submit(_ask, link, operation, dids)))
            yield identifier, answer


def _ask(link: LakeLink, operation: str, dids: Sequence[str]) -> Any:
    return link.call(operation, dids=[list(did.partition(":")[::2]) for did in dids])


def _measure(table: Resolution, manifest: Manifest, report: LockReport, old: LockReader | None) -> None:
    ceilings = {item.id: item.max_bytes for item in manifest.datasets}
    for item in report.datasets:
        item.length, item.bytes = table.totals(item.id)
        item.digest = table.digest(item.id)
        ceiling = ceilings[item.id]
        if ceiling is not None and item.bytes > ceiling:
            raise RefusedError(
                f"{item.id} has {item.bytes:,} bytes in {item.length:,} files, its ceiling is {ceiling:,}",
                where="data/manifest.yaml",
                mend="raise max_bytes, or choose fewer files with a filter",
            )
        if item.length == 0:
            report.warnings.append(
                f"{item.id} has no file" + (" that passes its filter" if _filter(manifest, item.id) else "")
            )


def _filter(manifest: Manifest, identifier: str) -> str | None:
    return next((item.filter for item in manifest.datasets if item.id == identifier), None)


def _keep_time(head: LockHead, old: LockReader | None, report: LockReport) -> None:
    """Keep the instant of the previous lock when nothing changed, so that locking again is no difference."""
    if old is None or report.changes:
        return
    same = [item.head() for item in head.datasets] == [item.head() for item in old.head.datasets]
    if same and (head.manifest_digest, head.lake) == (old.head.manifest_digest, old.head.lake):
        head.resolved_at, head.server_version = old.head.resolved_at, old.head.server_version


def _write_metalink(
    workspace: Workspace,
    manifest: Manifest,
    table: Resolution,
    report: LockReport,
    link: LakeLink,
    progress: Progress,
) -> None:
    progress.step("Reading where the files are")
    sets = [item for item in report.datasets if item.did]

    def by_name() -> Iterator[tuple[str, list[str]]]:
        for item in sets:
            for dids in list(table.unlocated(item.id)):
                yield from ((item.id, dids[start : start + _CHUNK]) for start in range(0, len(dids), _CHUNK))

    def answers(folder: Path) -> Iterator[dict[str, Any]]:
        for item in sets:
            if item.did and item.length >= WORTH_IT and _filter(manifest, item.id) is None:
                told = dataset_replicas(link, item.did, folder)
                yield from (file for file in told if table.locate(item.id, file["did"]))
        for _, files in _side_by_side(link, "replicas", by_name()):
            yield from files

    with tempfile.TemporaryDirectory(dir=workspace.state) as folder:
        report.sources = write_metalink(workspace.metalink, answers(Path(folder)))
    total = sum(item.length for item in report.datasets if item.did)
    if report.sources < total:
        missing = total - report.sources
        report.warnings.append(
            f"{missing:,} of {total:,} files have no replica that can be read at the moment"
        )


def _lake(manifest: Manifest) -> dict[str, str] | None:
    if manifest.lake is None:
        return None
    named = {"name": manifest.lake.name, "rucio_host": manifest.lake.rucio_host, "vo": manifest.lake.vo}
    return {key: value for key, value in named.items() if value}


def _version(link: LakeLink | None, old: LockReader | None) -> str | None:
    if link is not None:
        return str(link.call("ping")["version"])
    return old.head.server_version if old is not None else None


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
