"""Bringing local files into a dataset of the lake: what push and inject share.

Every step may be cut off and repeated; the lake itself is what decides what is still to do.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from fairport.contract.errors import FairportError, RefusedError
from fairport.contract.progress import Progress
from fairport.interop.cache import cache_root
from fairport.lake.failures import RemoteError, explain
from fairport.lake.hashing import Sums
from fairport.lake.link import LakeLink
from fairport.lake.meter import Meter
from fairport.lake.names import Did
from fairport.lake.workspace import held

_BATCH: Final = 50
_SLOWEST: Final = 500_000
_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Upload:
    """A local file on its way into the lake."""

    path: Path
    did: Did
    sums: Sums

    def message(self) -> dict[str, Any]:
        """Return what the isolated client needs."""
        return {
            "path": str(self.path.absolute()),
            "scope": self.did.scope,
            "name": self.did.name,
            "bytes": self.sums.bytes,
            "adler32": self.sums.adler32,
            "md5": self.sums.md5,
        }


@dataclass(slots=True)
class UploadReport:
    """What became of the files: numbers, bytes, and the first failures with their reasons."""

    files: int = 0
    stored: int = 0
    present: int = 0
    bytes: int = 0
    failed: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)

    def to_data(self) -> dict[str, Any]:
        """Return plain data."""
        failures = [{"did": did, "reason": reason} for did, reason in self.failures]
        return {**asdict(self), "failures": failures}

    def fail(self, did: str, reason: str) -> None:
        """Note a failure."""
        self.failed += 1
        if len(self.failures) < _SHOWN:
            self.failures.append((did, reason))


def dataset_lock(link: LakeLink, dataset: Did, progress: Progress) -> AbstractContextManager[None]:
    """Hold the right to write to a dataset among all processes of this user on this machine."""
    key = hashlib.sha256(f"{link.access.rucio_host}\0{link.access.vo}\0{dataset}".encode()).hexdigest()[:32]
    return held(cache_root() / "lake" / "writing" / f"{key}.lock", progress)


def open_dataset(link: LakeLink, dataset: Did) -> tuple[bool, dict[str, tuple[int, str | None]]]:
    """Create a dataset unless it is there.

    Returns:
        Whether it is open, and its files: name with scope -> (bytes, adler32).

    Raises:
        RefusedError: the DID is a file or a container.
        FairportError: the lake refuses.
    """
    found = link.call("ensure_dataset", subject=str(dataset), scope=dataset.scope, name=dataset.name)
    if found["type"] != "DATASET":
        raise RefusedError(
            f"{dataset} is a {str(found['type']).lower()}, not a dataset", mend="choose another DID"
        )
    for attempt in (1, 2, 3):
        try:
            with link.stream("members", scope=dataset.scope, name=dataset.name) as items:
                files = {f"{i['scope']}:{i['name']}": (i["bytes"], i["adler32"]) for i in items}
        except RemoteError as error:
            if not error.transient or attempt == 3:
                raise explain(error, subject=str(dataset)) from error
        else:
            return bool(found["open"]), files
    raise RuntimeError("unreachable")


def upload(
    link: LakeLink,
    dataset: Did,
    rse: str,
    files: Sequence[Upload],
    progress: Progress,
    report: UploadReport,
    attached: Callable[[Sequence[Upload]], None] = lambda files: None,
) -> None:
    """Store files and attach them to the dataset, in groups, several at a time.

    Args:
        link: to the lake.
        dataset: an open dataset.
        rse: name of the storage element.
        files: what to bring.
        progress: told files, bytes and rate.
        report: is filled in.
        attached: called after each group with the files that the dataset now has.

    Raises:
        FairportError: the lake is away for longer than the patience of the link, or refuses altogether.
    """
    groups = list(_groups(files))
    total = sum(item.sums.bytes for item in files)
    with Meter(progress, "uploaded", len(files), total) as meter, ThreadPoolExecutor(link.jobs) as pool:
        for group, result in zip(
            groups, pool.map(lambda group: _store(link, rse, group), groups), strict=True
        ):
            if isinstance(result, FairportError):
                raise result
            good = _sort(group, result, report)
            if good:
                pairs = [[item.did.scope, item.did.name] for item in good]
                link.call("attach", subject=str(dataset), scope=dataset.scope, name=dataset.name, files=pairs)
                attached(good)
            meter.add(sum(item.sums.bytes for item in good), len(good))


def _store(link: LakeLink, rse: str, group: Sequence[Upload]) -> list[dict[str, Any]] | FairportError:
    largest = max(item.sums.bytes for item in group)
    try:
        answer = link.call(
            "store", files=[item.message() for item in group], rse=rse, timeout=int(largest / _SLOWEST) + 120
        )
    except FairportError as error:
        return error
    return list(answer)


def _sort(group: Sequence[Upload], result: Sequence[dict[str, Any]], report: UploadReport) -> list[Upload]:
    good = []
    for item, answer in zip(group, result, strict=True):
        if answer["state"] in ("stored", "present"):
            good.append(item)
            report.bytes += item.sums.bytes if answer["state"] == "stored" else 0
            report.stored += answer["state"] == "stored"
            report.present += answer["state"] == "present"
        elif answer["state"] == "conflict":
            report.fail(str(item.did), "the lake has this DID with other content")
        else:
            report.fail(str(item.did), answer["reason"])
    return good


def _groups(files: Sequence[Upload]) -> Iterator[list[Upload]]:
    for start in range(0, len(files), _BATCH):
        yield list(files[start : start + _BATCH])


def regular_files(base: Path) -> Iterator[tuple[str, Path, os.stat_result]]:
    """Yield (relative name, path, stat) of plain files below a folder, sorted; no links, no dot files."""
    pending = [base]
    found: list[tuple[str, Path, os.stat_result]] = []
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.name.startswith(".") or entry.is_symlink():
                    continue
                if entry.is_dir(follow_symlinks=False):
                    pending.append(Path(entry.path))
                elif entry.is_file(follow_symlinks=False):
                    path = Path(entry.path)
                    found.append((path.relative_to(base).as_posix(), path, entry.stat(follow_symlinks=False)))
    yield from sorted(found)
