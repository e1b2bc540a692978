"""DATA001 to DATA005: manifest and lock are well formed, and agree with each other and with the disk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from fairport.check.documents import Documents, manifest_paths
from fairport.check.issue import Issue, from_error, quoted
from fairport.check.parsed import LockFile, ManifestFile, Parsed
from fairport.check.problems import contract_problems, schema_issues
from fairport.check.repository import Repository
from fairport.check.rule import rule
from fairport.contract.loading import Pointer

_MANIFEST: Final = "data/manifest.yaml"
_LOCK: Final = "data/manifest.lock.json"
_HASHED_BYTES: Final = 100_000_000
"""Larger local copies are compared by size only; `fairport data verify` reads them whole."""


@rule(
    "DATA001",
    "error",
    "correctness",
    "The data manifest and its lock can be read and meet their schemas",
    fair=("I1",),
    rda=("I1-01D",),
    fix="safe",
    good={_MANIFEST: "datasets: []\n"},
    bad={
        _MANIFEST: "datasets:\n  - id: events\n    did: toy:events\n    role: ▸inputs\n"
        "    licence: CC0-1.0\n    access: open access\n"
    },
)
def manifest_schema(documents: Documents) -> Iterator[Issue]:
    """The manifest says which data the analysis needs, where they are and how to know them again. The lock
    is what a data lake answered: sizes and checksums of every file. Both are read by programs that fetch
    data."""
    for path, error in documents.failures(ManifestFile, LockFile):
        yield from_error(error, path)
    for manifest in documents.all(ManifestFile):
        yield from schema_issues("manifest", manifest)
    for lock in documents.all(LockFile):
        yield from schema_issues("lock", lock)


_SCOPE: Final = re.compile(r"[a-zA-Z_\-.0-9]{1,25}")
_NAME: Final = re.compile(r"[/A-Za-z0-9][/A-Za-z0-9._-]{0,249}")


@rule(
    "DATA002",
    "error",
    "correctness",
    "Data identifiers are scope:name as Rucio allows them",
    fair=("F1",),
    rda=("F1-02D",),
    fuji=("FsF-F1-01MD",),
    good={
        _MANIFEST: "datasets:\n  - {id: events, did: 'toy:run7.events', role: input, licence: CC0-1.0, "
        "access: open access}\n"
    },
    bad={
        _MANIFEST: "datasets:\n  - id: events\n    did: ▸toy:run 7 events\n    role: input\n"
        "    licence: CC0-1.0\n    access: open access\n"
    },
)
def identifiers(documents: Documents) -> Iterator[Issue]:
    """A data identifier is a scope and a name joined by a colon. Rucio refuses scopes of more than 25 and
    names of more than 250 characters, and letters beyond a small set; a virtual organisation may be
    stricter still."""
    for file in (*documents.all(ManifestFile), *documents.all(LockFile)):
        for pointer, text in file.texts("datasets/*/did", "injection/*/did", "datasets/*/files/*/did"):
            problem = did_problem(text)
            if problem is not None:
                yield file.issue(
                    pointer, problem, found=quoted(text), expected="scope:name, for example toy:run7.events"
                )


def did_problem(text: str) -> str | None:
    """Return what is wrong with a data identifier, or ``None``."""
    scope, colon, name = text.partition(":")
    if not colon:
        return f"{quoted(text, 60)} has no scope"
    if not _SCOPE.fullmatch(scope):
        return (
            f"the scope has {len(scope)} characters, at most 25 are allowed"
            if len(scope) > 25
            else _stray(text, scope, 0, "scope")
        )
    if not _NAME.fullmatch(name):
        if len(name) > 250:
            return f"the name has {len(name)} characters, at most 250 are allowed"
        return _stray(text, name, len(scope) + 1, "name")
    return None


def _stray(text: str, part: str, offset: int, what: str) -> str:
    if not part:
        return f"the {what} is empty"
    allowed = r"[a-zA-Z_\-.0-9]" if what == "scope" else r"[/A-Za-z0-9._-]"
    for index, letter in enumerate(part):
        if not re.fullmatch(allowed, letter):
            name = "a blank" if letter.isspace() else quoted(letter)
            return f"the {what} of the data identifier has {name} at character {offset + index + 1}"
    return f'the {what} starts with "{part[0]}"'


@rule(
    "DATA003",
    "error",
    "correctness",
    "No data set stands twice, and types fit",
    fair=("F1",),
    rda=("F1-02D",),
    fuji=("FsF-F1-01MD",),
    good={
        _MANIFEST: "datasets:\n  - {id: a, did: 'toy:a', role: input, licence: CC0-1.0, access: open "
        "access}\n"
    },
    bad={
        _MANIFEST: "datasets:\n  - {id: a, did: 'toy:a', role: input, licence: CC0-1.0, access: open "
        "access}\n"
        "  - {id: b, did: ▸'toy:a', role: input, licence: CC0-1.0, access: open access}\n"
    },
)
def unique(manifest: ManifestFile) -> Iterator[Issue]:
    """Two entries for the same data drift apart: one is updated, the other is used. A file holds no other
    files, so a filter on it has no meaning; and two data sets cannot be put into the same place."""
    for key in ("id", "did", "destination"):
        first: dict[str, Pointer] = {}
        for pointer, text in manifest.texts(f"datasets/*/{key}"):
            value = text.rstrip("/") if key == "destination" else text
            if value in first and not (key == "destination" and _is_folder(manifest, pointer)):
                where = manifest.document.locate(first[value])
                yield manifest.issue(
                    pointer,
                    f"{key} {quoted(text, 60)} stands twice (first at line {where.line})",
                    help="keep one entry" if key != "destination" else "choose another place for one of them",
                )
            first.setdefault(value, pointer)
    for pointer, entry in manifest.select("datasets/*"):
        if isinstance(entry, dict) and entry.get("type", "file") == "file" and "filter" in entry:
            yield manifest.issue(
                (*pointer, "filter"),
                "a file has nothing to filter",
                at_key=True,
                help="write `type: dataset`, or remove `filter`",
            )


def _is_folder(manifest: ManifestFile, pointer: Pointer) -> bool:
    entry: Any = next((value for at, value in manifest.select("datasets/*") if at == pointer[:-1]), {})
    return isinstance(entry, dict) and entry.get("type") in ("dataset", "container")


@rule(
    "DATA004",
    "error",
    "completeness",
    "Every file of the data has its size and a checksum",
    fair=("R1",),
    rda=("R1-01M",),
    fuji=("FsF-R1-01M",),
    after=("DATA001",),
    good={},
    bad={
        _LOCK: '{"schema_version": "1.0", "manifest_digest": "sha256:'
        + "0" * 64
        + '", "resolved_at": "2026-01-20T10:00:00Z",\n'
        ' "datasets": [{"id": "calibration", "length": 1, "bytes": 1, "digest": "sha256:' + "0" * 64 + '",\n'
        '  "files": [▸{"did": "toy:run7.calibration.root", "path": "data/raw/calibration.root",\n'
        '    "bytes": 1}]}]}\n'
    },
)
def checksums(manifest: ManifestFile, documents: Documents) -> Iterator[Issue]:
    """A checksum is how anybody knows, years later, that the bytes are the ones that were analysed. A data
    lake knows size and adler32 or md5 of each file; `fairport data lock` writes them down."""
    locked = set()
    for lock in documents.all(LockFile):
        locked |= {text for _, text in lock.texts("datasets/*/id")}
        for pointer, entry in lock.select("datasets/*/files/*"):
            if isinstance(entry, dict) and not {"adler32", "md5", "sha256"} & entry.keys():
                name = entry.get("path") or entry.get("did")
                yield lock.issue(pointer, f"{name} has no checksum", expected="adler32, md5 or sha256")
    if any(True for _ in documents.failures(LockFile)):
        return
    for pointer, entry in manifest.select("datasets/*"):
        if (
            isinstance(entry, dict)
            and "did" in entry
            and entry.get("role") != "output"
            and isinstance(entry.get("id"), str)
            and entry["id"] not in locked
        ):
            yield manifest.issue(
                pointer,
                f"the files of {quoted(entry.get('id'), 60)} are not locked",
                help="run `fairport data lock`",
                cause=("DATA001", manifest_paths(documents)[1]),
            )


@rule(
    "DATA005",
    "error",
    "correctness",
    "Local copies of data have the size and checksum of the lock",
    fair=("R1",),
    rda=("A1-03D",),
    after=("DATA001",),
    good={"data/raw/events.csv": "energy,time\n1.0,2.0\n", _LOCK: None},
    bad={"data/raw/events.csv": "energy,time\n1.0,3.0\n"},
)
def local_copies(lock: LockFile, repository: Repository) -> Iterator[Issue]:
    """A file that was changed after it was fetched, or fetched in part, gives a result that nobody can
    reproduce."""
    for pointer, entry in lock.select("datasets/*/files/*"):
        path = entry.get("path") if isinstance(entry, dict) else None
        if not isinstance(path, str) or not repository.exists_on_disk(path):
            continue
        yield from _compare(lock, pointer, entry, path, repository)


def _compare(
    lock: Parsed, pointer: Pointer, entry: dict[str, Any], path: str, repository: Repository
) -> Iterator[Issue]:
    size = repository.size_on_disk(path)
    if size is None:
        return
    if isinstance(entry.get("bytes"), int) and entry["bytes"] != size:
        yield lock.issue(
            (*pointer, "bytes"),
            f"{path} has {size:,} bytes, the lock says {entry['bytes']:,}",
            found=f"{size} bytes",
            expected=f"{entry['bytes']} bytes",
            help="fetch it again with `fairport data pull`",
        )
        return
    if size > _HASHED_BYTES:
        return
    sums = repository.checksums(path) or {}
    for name, value in sums.items():
        if isinstance(entry.get(name), str) and entry[name].lower() != value:
            yield lock.issue(
                (*pointer, name),
                f"{name} of {path} is {value[:12]}..., the lock says {entry[name][:12]}...",
                found=value,
                expected=entry[name],
                help="fetch it again with `fairport data pull`",
            )
            return


@rule(
    "DATA012",
    "warning",
    "correctness",
    "The lock was made from the manifest as it is now",
    fair=("I3",),
    rda=("I3-02D",),
    after=("DATA001",),
    good={},
    bad={
        _LOCK: '{\n  "schema_version": "1.0",\n  "manifest_digest": ▸"sha256:'
        + "3" * 64
        + '",\n  "resolved_at": "2026-01-20T10:00:00Z",\n  "datasets": []\n}\n'
    },
)
def current_lock(documents: Documents) -> Iterator[Issue]:
    """The lock records the digest of the manifest that it answers. After a change of the manifest it names
    other data than the analysis asks for, and `fairport data pull` refuses it."""
    from fairport.contract.documents import Manifest, manifest_digest

    for lock in documents.all(LockFile):
        recorded = lock.text("manifest_digest")
        for manifest in documents.all(ManifestFile):
            if recorded is None or contract_problems("manifest", manifest):
                continue
            wanted = manifest_digest(Manifest.from_data(manifest.mapping))
            if recorded != wanted:
                yield lock.issue(
                    ("manifest_digest",),
                    f"{manifest.path} changed after the lock was made",
                    found=recorded,
                    expected=wanted,
                    help="run `fairport data lock`",
                )
