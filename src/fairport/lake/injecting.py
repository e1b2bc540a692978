"""``fairport data inject``: bring what is new at a source into a dataset of the lake, again and again.

The dataset itself says what it has, so a run needs no state of its own: the ledger only spares reading files
that did not change. A run that is cut off at any point, or that runs twice at once, leaves nothing twice and
nothing half: bytes are renamed last, registered after that, and attached last.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urljoin, urlsplit

from fairport.contract.errors import RefusedError, UsageError
from fairport.contract.manifest import Injection
from fairport.contract.progress import Progress
from fairport.lake.failures import RemoteError, disk_told, explain
from fairport.lake.hashing import Sums, sums_of
from fairport.lake.link import LakeLink
from fairport.lake.names import Did, parse_did, upload_name
from fairport.lake.plainfetch import FetchError, fetch_unknown, read_text_listing, remote_size
from fairport.lake.store import Store
from fairport.lake.uploading import Upload, UploadReport, dataset_lock, open_dataset, regular_files, upload
from fairport.lake.workspace import MANIFEST_FILE, Ledger, Workspace

_DAY: Final = 86_400
_SHOWN: Final = 50
SETTLE: Final = 2.0
"""Seconds for which a file must have been left alone before it is taken."""


@dataclass(slots=True)
class InjectReport:
    """What became of one injection.

    ``new`` are the names that were (or, in a dry run, would be) brought in; ``changed`` have other content in
    the lake; ``refused`` have names that Rucio does not take; ``waiting`` are still being written.
    """

    id: str
    did: str
    rse: str
    found: int = 0
    known: int = 0
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    dry_run: bool = False
    rule: bool = False
    upload: UploadReport = field(default_factory=UploadReport)

    @property
    def fine(self) -> bool:
        """True when nothing needs a person."""
        return not (self.changed or self.refused or self.upload.failed)

    def to_data(self) -> dict[str, Any]:
        """Return plain data; long lists of names are cut, their lengths are told."""
        data = asdict(self)
        for key in ("new", "changed", "refused", "waiting"):
            names = data.pop(key)
            data[key] = {"count": len(names), "first": names[:_SHOWN]}
        return {**data, "upload": self.upload.to_data(), "fine": self.fine}


@dataclass(frozen=True, slots=True)
class Found:
    """Something at a source: its name below the dataset, and a path or an address."""

    name: str
    path: Path | None = None
    info: os.stat_result | None = None
    url: str | None = None


def injections(workspace: Workspace, only: Sequence[str]) -> list[Injection]:
    """Return the injections of the manifest, or those with these ids or DIDs.

    Raises:
        UsageError: there is none, or a named one is missing.
    """
    declared = workspace.load_manifest().injection
    chosen = [item for item in declared if not only or item.id in only or item.did in only]
    missing = [name for name in only if not any(name in (item.id, item.did) for item in chosen)]
    if missing or not chosen:
        raise UsageError(
            f'there is no injection "{missing[0]}"' if missing else "the manifest declares no injection",
            where=MANIFEST_FILE,
            mend="add one under `injection:` with id, source, did and rse",
        )
    return chosen


@disk_told()
def inject(
    workspace: Workspace,
    job: Injection,
    link: LakeLink,
    progress: Progress,
    *,
    dry_run: bool = False,
    settle: float = SETTLE,
) -> InjectReport:
    """Bring what is new at the source of ``job`` into its dataset.

    Args:
        workspace: the repository.
        job: from the manifest.
        link: to the lake.
        progress: told about each stage.
        dry_run: only find out what would be done.
        settle: seconds for which a file must have been left alone.

    Raises:
        RefusedError: the dataset is closed.
        UsageError: the source is missing.
    """
    did = parse_did(job.did)
    report = InjectReport(job.id, str(did), job.rse, dry_run=dry_run)
    with ExitStack() as stack:
        if not dry_run:
            stack.enter_context(dataset_lock(link, did, progress))
        ledger = stack.enter_context(Ledger(workspace))
        progress.step(f"Looking for new files of {job.id}")
        found = _discover(workspace, job, did, report, settle)
        there = _there(link, did, dry_run)
        new = _sort(found, there, did, job, ledger, report)
        if dry_run:
            return report
        rse = link.call("choose_storage", subject=job.rse, expression=job.rse, key=str(did))
        seconds = job.lifetime_days * _DAY if job.lifetime_days is not None else None
        place = {"scope": did.scope, "name": did.name}
        report.rule = bool(link.call("ensure_rule", subject=str(did), rse=job.rse, lifetime=seconds, **place))
        _bring(link, did, rse, new, job, ledger, report, progress)
    return report


def _there(link: LakeLink, did: Did, dry_run: bool) -> dict[str, tuple[int, str | None]]:
    if dry_run:
        try:
            link.raw_call("describe", scope=did.scope, name=did.name)
        except RemoteError as error:
            if error.is_a("DataIdentifierNotFound"):
                return {}
            raise explain(error, subject=str(did)) from error
    is_open, there = open_dataset(link, did)
    if not is_open:
        raise RefusedError(
            f"{did} is closed",
            why="a closed dataset never grows",
            mend="name a new dataset in data/manifest.yaml",
        )
    return there


def _discover(
    workspace: Workspace, job: Injection, did: Did, report: InjectReport, settle: float
) -> list[Found]:
    if job.source.listing is not None:
        found = _listed(job.source.listing, report)
    else:
        found = _in_folder(workspace, job.source.directory or "", report, settle)
    pattern = job.glob or "*"
    kept = [
        item for item in found if fnmatchcase(item.name, pattern) or fnmatchcase(_base(item.name), pattern)
    ]
    report.found = len(kept)
    good = []
    for item in kept:
        if upload_name(did.name, item.name) is None:
            report.refused.append(item.name)
        else:
            good.append(item)
    names = {item.name for item in kept}
    report.waiting = [
        name for name in report.waiting if fnmatchcase(_base(name), pattern) and name not in names
    ]
    return good


def _in_folder(workspace: Workspace, directory: str, report: InjectReport, settle: float) -> list[Found]:
    folder = workspace.root / directory
    if not folder.is_dir():
        raise UsageError(
            f"the source folder {directory} does not exist",
            where=MANIFEST_FILE,
            mend="correct `source.directory`",
        )
    first = {name: (path, info) for name, path, info in regular_files(folder)}
    newest = max((info.st_mtime for _, info in first.values()), default=0.0)
    pause = newest + settle - time.time()
    if first and 0 < pause <= settle:
        time.sleep(pause)
    found = []
    for name, (path, before) in first.items():
        try:
            info = path.lstat()
        except OSError:
            continue
        same = (info.st_size, info.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
        if same and info.st_mtime <= time.time() - min(settle, 0.01):
            found.append(Found(name, path, info))
        else:
            report.waiting.append(name)
    return found


def _listed(listing: str, report: InjectReport) -> list[Found]:
    try:
        text = read_text_listing(listing)
    except FetchError as error:
        raise UsageError(
            "the listing cannot be read", where=listing, why=str(error), mend="correct it"
        ) from None
    base = urljoin(listing, ".")
    found: dict[str, Found] = {}
    for line in text.splitlines():
        entry = line.strip()
        if not entry or entry.startswith("#"):
            continue
        url = urljoin(listing, entry)
        if urlsplit(url).scheme not in ("http", "https"):
            report.refused.append(entry[:200])
            continue
        relative = url.removeprefix(base) if url.startswith(base) else _base(urlsplit(url).path)
        name = unquote(relative.partition("?")[0]).lstrip("/")
        found[name] = Found(name, url=url)
    return list(found.values())


def _sort(
    found: Sequence[Found],
    there: dict[str, tuple[int, str | None]],
    did: Did,
    job: Injection,
    ledger: Ledger,
    report: InjectReport,
) -> list[tuple[Found, Sums | None]]:
    """Tell new files from known and changed ones; returns the new ones with what is known of them."""
    new: list[tuple[Found, Sums | None]] = []
    for item in found:
        known = there.get(f"{did.scope}:{upload_name(did.name, item.name)}")
        if item.path is None:
            size = remote_size(item.url or "") if known is not None else None
            changed = known is not None and size is not None and size != known[0]
            sums = None
        else:
            sums = _sums(item, job, ledger, read=known is None or known[0] == _size(item))
            changed = known is not None and (sums is None or (sums.bytes, sums.adler32) != known)
        if known is None:
            new.append((item, sums))
            report.new.append(item.name)
        elif changed:
            report.changed.append(item.name)
        else:
            report.known += 1
    ledger.commit()
    return new


def _sums(item: Found, job: Injection, ledger: Ledger, *, read: bool) -> Sums | None:
    """Return the checksums of a file, from the ledger while unchanged; ``None`` when it need not be read."""
    if item.path is None or item.info is None or not read:
        return None
    before = ledger.injected(job.id, item.name, item.info)
    if before is not None:
        return Sums(item.info.st_size, before[0], before[1])
    sums = sums_of(item.path, ("adler32", "md5"))
    ledger.record_injected(job.id, item.name, item.info, sums)
    return sums


def _bring(
    link: LakeLink,
    did: Did,
    rse: str,
    new: Sequence[tuple[Found, Sums | None]],
    job: Injection,
    ledger: Ledger,
    report: InjectReport,
    progress: Progress,
) -> None:
    report.upload.files = len(new)
    if not new:
        return
    progress.step(f"Uploading {len(new):,} new files to {rse}")
    local = [item for item in new if item[0].path is not None]
    ready = []
    for item, sums in local:
        path, info = item.path, item.info
        if path is None or info is None or sums is None:
            continue
        now = path.lstat()
        if (now.st_size, now.st_mtime_ns) != (info.st_size, info.st_mtime_ns):
            report.new.remove(item.name)
            report.waiting.append(item.name)
            continue
        ready.append(Upload(path, Did(did.scope, upload_name(did.name, item.name) or ""), sums))
    upload(link, did, rse, ready, progress, report.upload)
    remote = [item for item, _ in new if item.path is None]
    store = Store()
    for start in range(0, len(remote), 20):  # a few at a time, so that the disk holds only these
        with store.staging() as folder:
            batch = _download(remote[start : start + 20], did, folder, report)
            upload(link, did, rse, batch, progress, report.upload)


def _download(items: Sequence[Found], did: Did, folder: Path, report: InjectReport) -> list[Upload]:
    ready = []
    for number, item in enumerate(items):
        target = folder / f"{number}"
        url = item.url or ""
        size = remote_size(url)
        try:
            sums = _read(url, target, size)
        except FetchError as error:
            report.upload.fail(url, str(error))
            continue
        ready.append(Upload(target, Did(did.scope, upload_name(did.name, item.name) or ""), sums))
    return ready


def _read(url: str, target: Path, size: int | None) -> Sums:
    """Read an address of a listing; nothing is known of it but, perhaps, its size."""
    if size is not None:
        sums = fetch_unknown(url, target, size)
        if sums.bytes != size:
            raise FetchError(f"has {sums.bytes:,} bytes, the server announced {size:,}")
        return sums
    return fetch_unknown(url, target, 1 << 40)


def _base(name: str) -> str:
    return name.rpartition("/")[2]


def _size(item: Found) -> int:
    return item.info.st_size if item.info is not None else -1
