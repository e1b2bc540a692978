"""What a pull still has to fetch, kept on disk so that memory stays flat."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fairport.contract.manifest import LockedFile

_FIELDS: Final = "path, bytes, did, url, adler32, md5, sha256"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to fetch.

    Attributes:
        number: its key in the plan.
        file: from the lock.
        sources: where the metalink says it can be read (``rse``, ``domain``, ``pfn``).
    """

    number: int
    file: LockedFile
    sources: list[dict[str, str]]


class Plan:
    """The files to fetch, in a temporary database that vanishes with the object; used by one thread."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = tempfile.TemporaryDirectory(dir=folder, prefix="plan-")
        self._base = sqlite3.connect(Path(self._folder.name) / "plan.sqlite")
        self._base.execute("PRAGMA journal_mode=OFF")
        self._base.execute("PRAGMA synchronous=OFF")
        self._base.execute(
            "CREATE TABLE todo (number INTEGER PRIMARY KEY, path TEXT, bytes INTEGER, did TEXT, url TEXT, "
            "adler32 TEXT, md5 TEXT, sha256 TEXT, dataset TEXT, sources TEXT DEFAULT '[]', reason TEXT, "
            "done INTEGER DEFAULT 0)"
        )

    def __enter__(self) -> Plan:
        return self

    def __exit__(self, *_: object) -> None:
        self._base.close()
        with suppress(OSError):
            self._folder.cleanup()

    def add(self, file: LockedFile, dataset: str = "") -> None:
        """Put a file of a data set on the plan."""
        values = (file.path, file.bytes, file.did, file.url, file.adler32, file.md5, file.sha256, dataset)
        marks = ", ".join("?" * len(values))
        self._base.execute(f"INSERT INTO todo ({_FIELDS}, dataset) VALUES ({marks})", values)  # noqa: S608

    def index(self) -> None:
        """Call once after the last :meth:`add`."""
        self._base.execute("CREATE INDEX todo_did ON todo (did)")

    def locate(self, did: str, sources: list[dict[str, str]]) -> None:
        """Note where a DID can be read."""
        self._base.execute("UPDATE todo SET sources = ? WHERE did = ?", (json.dumps(sources), did))

    def waiting(self, did: str) -> list[Wanted]:
        """Return the files with a DID that are not in place yet."""
        return self._rows("done = 0 AND did = ?", (did,))

    def unlocated(self) -> dict[str, int]:
        """Return for each data set how many of its files with a DID have no known source."""
        query = (
            "SELECT dataset, count(*) FROM todo WHERE done = 0 AND did IS NOT NULL AND sources = '[]' "
            "GROUP BY dataset"
        )
        return dict(self._base.execute(query))

    def done(self, number: int) -> None:
        """Note that a file is in place."""
        self._base.execute("UPDATE todo SET done = 1 WHERE number = ?", (number,))

    def failed(self, number: int, reason: str) -> None:
        """Note why a file did not come."""
        self._base.execute("UPDATE todo SET reason = ? WHERE number = ?", (reason, number))

    def left(self) -> tuple[int, int]:
        """Return the number of files that are not in place yet, and their bytes."""
        row = self._base.execute(
            "SELECT count(*), coalesce(sum(bytes), 0) FROM todo WHERE done = 0"
        ).fetchone()
        return int(row[0]), int(row[1])

    def chunks(self, count: int, size: int, *, located: bool | None = None) -> Iterator[list[Wanted]]:
        """Yield what is left in groups of at most ``count`` files and about ``size`` bytes.

        Args:
            count: most files of a group.
            size: bytes after which a group is full; a larger file is a group of its own.
            located: only files with (``True``) or without (``False``) a known source in the lake.
        """
        clause = {True: "AND sources <> '[]'", False: "AND sources = '[]'", None: ""}[located]
        last, group, total = -1, list[Wanted](), 0
        while rows := self._rows(f"done = 0 {clause} AND number > ?", (last,)):
            for item in rows:
                last = item.number
                if group and (len(group) == count or total + item.file.bytes > size):
                    yield group
                    group, total = [], 0
                group.append(item)
                total += item.file.bytes
        if group:
            yield group

    def failures(self, limit: int) -> list[tuple[LockedFile, str]]:
        """Return the first files that are not in place, each with the reason."""
        query = f"SELECT {_FIELDS}, reason FROM todo WHERE done = 0 ORDER BY number LIMIT ?"  # noqa: S608
        return [(_file(row[:7]), row[7] or "not tried") for row in self._base.execute(query, (limit,))]

    def _rows(self, where: str, values: Sequence[Any]) -> list[Wanted]:
        query = f"SELECT number, {_FIELDS}, sources FROM todo WHERE {where} ORDER BY number LIMIT 500"  # noqa: S608
        rows = self._base.execute(query, values).fetchall()
        return [Wanted(row[0], _file(row[1:8]), json.loads(row[8])) for row in rows]


def _file(row: Sequence[Any]) -> LockedFile:
    return LockedFile(**dict(zip(_FIELDS.split(", "), row, strict=True)))
