"""The lock on disk, read and written as a stream: one line a file, so that memory stays flat and diffs short.

The layout is JSON with sorted keys; each file of a data set stands on a line of its own. A lock in another
layout (edited by a formatter, say) is brought into this one first.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO, Final

from fairport.contract.constants import CONTRACT_VERSION
from fairport.contract.errors import DocumentError, Location
from fairport.contract.manifest import LockedFile
from fairport.contract.migrations import migrate
from fairport.contract.schemas import is_valid, validate

LOCK_FILE: Final = "data/manifest.lock.json"
METALINK_FILE: Final = "data/manifest.lock.meta4"
MAX_FOREIGN_BYTES: Final = 256_000_000
_CHUNK: Final = 1000
_FILE_START: Final = b'   {"'
_DATASET_START: Final = b'  {"'


@dataclass(slots=True)
class LockedSet:
    """One data set of a lock without its files (sizes in bytes)."""

    id: str
    length: int
    bytes: int
    digest: str
    did: str | None = None
    type: str | None = None
    open: bool | None = None

    def head(self) -> dict[str, Any]:
        """Return plain data without ``files``."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(slots=True)
class LockHead:
    """A lock without its files."""

    manifest_digest: str
    resolved_at: str
    datasets: list[LockedSet] = field(default_factory=list)
    lake: dict[str, str] | None = None
    server_version: str | None = None

    def dataset(self, identifier: str) -> LockedSet | None:
        """Return the data set with this id."""
        return next((item for item in self.datasets if item.id == identifier), None)


def file_data(file: LockedFile) -> dict[str, Any]:
    """Return plain data of one file, without what is not known."""
    names = ("adler32", "bytes", "did", "guid", "md5", "path", "sha256", "url")
    return {name: value for name in names if (value := getattr(file, name)) is not None}


class LockReader:
    """An open lock: its head, and its files as often as they are wanted."""

    def __init__(self, stream: BinaryIO, shown: Path, head: LockHead) -> None:
        self._stream = stream  # stays the same file when the lock is replaced meanwhile
        self.path = shown
        self.head = head

    def files(self) -> Iterator[tuple[str, LockedFile]]:
        """Yield (id of the data set, file) in the order of the lock.

        Raises:
            DocumentError: a file does not meet the schema.
        """
        for identifier, data in self._checked():
            yield identifier, LockedFile(**data)

    def _checked(self) -> Iterator[tuple[str, dict[str, Any]]]:
        known = LockedFile.__slots__
        chunk: list[tuple[str, dict[str, Any]]] = []
        for item in self._raw():
            chunk.append(item)
            if len(chunk) == _CHUNK:
                self._check([data for _, data in chunk])
                yield from ((i, {k: v for k, v in d.items() if k in known}) for i, d in chunk)
                chunk = []
        self._check([data for _, data in chunk])
        yield from ((i, {k: v for k, v in d.items() if k in known}) for i, d in chunk)

    def _raw(self) -> Iterator[tuple[str, dict[str, Any]]]:
        names = iter(item.id for item in self.head.datasets)
        name = ""
        self._stream.seek(0)
        for number, line in enumerate(self._stream, start=1):
            if line.startswith(_FILE_START):
                try:
                    yield name, json.loads(line.rstrip(b"\r\n, "))
                except ValueError:
                    raise DocumentError(
                        "this line is no JSON",
                        where=Location(str(self.path), number),
                        mend="make the lock anew: fairport data lock",
                    ) from None
            elif line.startswith(_DATASET_START):
                name = next(names)

    def _check(self, files: list[dict[str, Any]]) -> None:
        _validate(self.head, files, self.path)


@contextmanager
def open_lock(path: Path) -> Iterator[LockReader]:
    """Open a lock for reading.

    Raises:
        DocumentError: it is missing, is no JSON, or does not meet its schema.
    """
    try:
        stream = path.open("rb")
    except OSError as error:
        raise DocumentError(
            "there is no lock",
            where=str(path),
            why=error.strerror,
            mend="make it with: fairport data lock",
        ) from None
    with stream:
        try:
            head = _read_head(stream, path)
        except _OtherLayoutError:
            with tempfile.TemporaryDirectory() as folder:
                copy = Path(folder) / "lock.json"
                _normalise(path, copy)
                with copy.open("rb") as normal:
                    yield LockReader(normal, path, _read_head(normal, path))
            return
        yield LockReader(stream, path, head)


def write_lock(path: Path, head: LockHead, files: Iterable[tuple[str, LockedFile]]) -> bool:
    """Write a lock so that readers see the old or the new one, never a part.

    Args:
        path: where.
        head: everything but the files, data sets in the order to be written.
        files: (id of the data set, file), grouped in the order of ``head.datasets``.

    Returns:
        Whether the content changed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            _write(out, head, iter(files))
            out.flush()
            os.fsync(out.fileno())
        if _same(temporary, path):
            temporary.unlink()
            return False
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return True


class _OtherLayoutError(Exception):
    pass


def _dumps(data: Any) -> str:
    return json.dumps(data, sort_keys=True, ensure_ascii=False, allow_nan=False)


def _write(out: IO[str], head: LockHead, files: Iterator[tuple[str, LockedFile]]) -> None:
    out.write('{\n "datasets": [')
    current = next(files, None)
    for number, dataset in enumerate(head.datasets):
        known = dataset.head()
        before = _dumps({key: value for key, value in known.items() if key < "files"})
        after = _dumps({key: value for key, value in known.items() if key > "files"})
        out.write(f'{"," if number else ""}\n  {before[:-1]}, "files": [')
        separator = ""
        while current is not None and current[0] == dataset.id:
            out.write(f"{separator}\n   {_dumps(file_data(current[1]))}")
            separator = ","
            current = next(files, None)
        out.write(f"\n  ], {after[1:]}")
    if current is not None:
        raise ValueError(f"file of the data set {current[0]} out of order")
    out.write("\n ],\n")
    rest: dict[str, Any] = {"manifest_digest": head.manifest_digest, "resolved_at": head.resolved_at}
    rest |= {"schema_version": CONTRACT_VERSION}
    rest |= {"lake": head.lake} if head.lake else {}
    rest |= {"server_version": head.server_version} if head.server_version else {}
    out.write(",\n".join(f' "{key}": {_dumps(value)}' for key, value in sorted(rest.items())))
    out.write("\n}\n")


def _read_head(stream: BinaryIO, path: Path) -> LockHead:
    """Read everything but the files.

    Raises:
        _OtherLayoutError: the file is not in our layout (or no lock at all).
    """
    stream.seek(0)
    kept = [line for line in stream if not line.startswith(_FILE_START)]
    try:
        data = json.loads(b"".join(kept))
        datasets = data["datasets"]
        ours = all(isinstance(item, dict) and not item.get("files") for item in datasets)
    except (ValueError, KeyError, TypeError):
        raise _OtherLayoutError from None
    written = sum(1 for line in kept if line.startswith(_DATASET_START))
    if not ours or not isinstance(datasets, list) or written != len(datasets):
        raise _OtherLayoutError
    return _head(data, path)


def _head(data: dict[str, Any], path: Path) -> LockHead:
    data = migrate("lock", data, str(path))
    problems = [problem for problem in validate("lock", data) if problem.severity == "error"]
    if problems:
        raise DocumentError(problems[0].message, where=str(path), mend="make it anew: fairport data lock")
    known = LockedSet.__slots__
    datasets = [
        LockedSet(**{key: value for key, value in item.items() if key in known}) for item in data["datasets"]
    ]
    return LockHead(
        data["manifest_digest"], data["resolved_at"], datasets, data.get("lake"), data.get("server_version")
    )


def _normalise(path: Path, copy: Path) -> None:
    from fairport.contract.files import read_text
    from fairport.contract.loading import parse_json

    data = parse_json(read_text(path, limit=MAX_FOREIGN_BYTES), str(path)).data
    problems = [problem for problem in validate("lock", data) if problem.severity == "error"]
    if problems:
        raise DocumentError(problems[0].message, where=str(path), mend="make it anew: fairport data lock")
    known = LockedFile.__slots__
    head = _head({**data, "datasets": [{**item, "files": []} for item in data["datasets"]]}, path)
    write_lock(
        copy,
        head,
        (
            (item["id"], LockedFile(**{key: value for key, value in file.items() if key in known}))
            for item in data["datasets"]
            for file in item["files"]
        ),
    )


def _validate(head: LockHead, files: list[dict[str, Any]], path: Path) -> None:
    dataset = {"id": "x", "length": 0, "bytes": 0, "digest": "sha256:" + "0" * 64, "files": files}
    document = {
        "schema_version": CONTRACT_VERSION,
        "manifest_digest": head.manifest_digest,
        "resolved_at": head.resolved_at,
        "datasets": [dataset],
    }
    if not is_valid("lock", document):
        problems = validate("lock", document)
        raise DocumentError(
            problems[0].message if problems else "a file of the lock is not valid",
            where=str(path),
            mend="make it anew: fairport data lock",
        )


def _same(one: Path, other: Path) -> bool:
    import filecmp

    try:
        return not other.is_symlink() and filecmp.cmp(one, other, shallow=False)
    except OSError:
        return False
