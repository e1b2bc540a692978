"""What a lock is made from: the files of all data sets, gathered on disk so that memory stays flat."""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from fairport.contract.errors import RefusedError
from fairport.contract.manifest import LockedFile
from fairport.lake.lockfile import LockReader

_COLUMNS: Final = "path, bytes, did, url, adler32, md5, sha256, guid"
_TABLE: Final = (
    "(dataset TEXT, path TEXT, bytes INTEGER, did TEXT, url TEXT, adler32 TEXT, md5 TEXT, sha256 TEXT, "
    "guid TEXT)"
)


class Resolution:
    """Files by data set, new and old, in a temporary database that vanishes with the object."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = tempfile.TemporaryDirectory(dir=folder, prefix="resolve-")
        path = Path(self._folder.name) / "files.sqlite"
        self._base = sqlite3.connect(path, check_same_thread=False)
        self._base.execute("PRAGMA journal_mode=OFF")
        self._base.execute("PRAGMA synchronous=OFF")
        self._base.execute("PRAGMA cache_size=-4000")
        self._base.execute(
            "CREATE TABLE located (dataset TEXT, did TEXT, PRIMARY KEY (dataset, did)) WITHOUT ROWID"
        )
        for name in ("new", "old"):
            self._base.execute(f"CREATE TABLE {name} {_TABLE}")

    def __enter__(self) -> Resolution:
        return self

    def __exit__(self, *_: object) -> None:
        self._base.close()
        self._folder.cleanup()

    def add(self, dataset: str, files: Iterable[LockedFile], *, table: str = "new") -> int:
        """Add files of a data set; returns how many."""
        before = self._base.total_changes
        self._base.executemany(
            f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - own table names
            ((dataset, f.path, f.bytes, f.did, f.url, f.adler32, f.md5, f.sha256, f.guid) for f in files),
        )
        return self._base.total_changes - before

    def forget(self, dataset: str) -> None:
        """Drop the new files of a data set, to begin it again."""
        self._base.execute("DELETE FROM new WHERE dataset = ?", (dataset,))

    def load_old(self, reader: LockReader) -> None:
        """Take the files of the previous lock, to compare with and to learn sha256 from."""
        for dataset, file in reader.files():
            self.add(dataset, [file], table="old")
        self._base.execute("CREATE INDEX old_key ON old (dataset, did, url)")

    def keep_old(self, dataset: str) -> None:
        """Take over the files of a data set that is not resolved this time."""
        self._base.execute("INSERT INTO new SELECT * FROM old WHERE dataset = ?", (dataset,))

    def dids(self, dataset: str) -> Iterator[list[str]]:
        """Yield the DIDs of a data set, at most 1,000 at a time."""
        cursor = self._base.execute("SELECT did FROM new WHERE dataset = ? AND did IS NOT NULL", (dataset,))
        while rows := cursor.fetchmany(1000):
            yield [row[0] for row in rows]

    def locate(self, dataset: str, did: str) -> bool:
        """Note that the place of a file is known; tells whether that is news of a file of this data set."""
        known = self._base.execute("SELECT 1 FROM new WHERE dataset = ? AND did = ?", (dataset, did))
        if known.fetchone() is None:
            return False
        done = self._base.execute("INSERT OR IGNORE INTO located VALUES (?, ?)", (dataset, did))
        return done.rowcount > 0

    def unlocated(self, dataset: str) -> Iterator[list[str]]:
        """Yield the DIDs whose place is not known, at most 1,000 at a time."""
        cursor = self._base.execute(
            "SELECT did FROM new WHERE dataset = ? AND did IS NOT NULL AND NOT EXISTS "
            "(SELECT 1 FROM located l WHERE l.dataset = new.dataset AND l.did = new.did)",
            (dataset,),
        )
        while rows := cursor.fetchmany(1000):
            yield [row[0] for row in rows]

    def index(self) -> None:
        """Prepare for :meth:`complete`; call once after all files were added."""
        self._base.execute("CREATE INDEX IF NOT EXISTS new_key ON new (dataset, did)")
        self._base.execute("CREATE INDEX IF NOT EXISTS new_path ON new (path)")

    def complete(self, dataset: str, items: Iterable[dict[str, Any]]) -> None:
        """Add md5, guid and, where missing, adler32 and bytes to files by their DID."""
        self._base.executemany(
            "UPDATE new SET md5 = ?, guid = coalesce(?, guid), adler32 = coalesce(adler32, ?), "
            "bytes = coalesce(bytes, ?) WHERE dataset = ? AND did = ?",
            (
                (i["md5"], _guid(i["guid"]), i["adler32"], i["bytes"], dataset, f"{i['scope']}:{i['name']}")
                for i in items
            ),
        )

    def learn(self) -> None:
        """Take over a sha256 that the previous lock knows of the very same file (DID, size, checksums)."""
        self._base.execute(
            "UPDATE new SET sha256 = (SELECT o.sha256 FROM old o WHERE o.dataset = new.dataset "
            "AND o.did = new.did AND o.bytes = new.bytes AND o.adler32 IS new.adler32 AND o.md5 IS new.md5) "
            "WHERE sha256 IS NULL AND did IS NOT NULL"
        )

    def check_paths(self) -> None:
        """See to it that no two files want the same place.

        Raises:
            RefusedError: two do, or one wants to be a folder that another lies in.
        """
        row = self._base.execute(
            "SELECT path, min(coalesce(did, url)), max(coalesce(did, url)) FROM new GROUP BY path "
            "HAVING count(*) > 1 LIMIT 1"
        ).fetchone()
        if row is None:
            above = self._base.execute("SELECT path, did FROM new ORDER BY path || '/'")
            previous = None
            for path, did in above:
                if previous is not None and path.startswith(previous[0] + "/"):
                    row = (previous[0], previous[1], did)
                    break
                previous = (path, did)
        if row is not None:
            raise RefusedError(
                f"two files want to lie at {row[0]}",
                why=f"{row[1]} and {row[2]}",
                mend="give their data sets different destinations in data/manifest.yaml, or use a filter",
            )

    def totals(self, dataset: str) -> tuple[int, int]:
        """Return the number of files of a data set and the sum of their bytes."""
        row = self._base.execute(
            "SELECT count(*), coalesce(sum(bytes), 0) FROM new WHERE dataset = ?", (dataset,)
        ).fetchone()
        return int(row[0]), int(row[1])

    def digest(self, dataset: str) -> str:
        """Return ``sha256:`` over the sorted lines "did bytes adler32 md5" (for an address: its sha256)."""
        total = hashlib.sha256()
        for file in self._select(dataset):
            sums = (file.adler32 or "-", file.md5 or "-") if file.did else (file.sha256 or "-",)
            total.update(f"{file.did or file.url} {file.bytes} {' '.join(sums)}\n".encode())
        return f"sha256:{total.hexdigest()}"

    def files(self, datasets: Iterable[str]) -> Iterator[tuple[str, LockedFile]]:
        """Yield (data set, file), sorted by DID or address within each data set."""
        for dataset in datasets:
            for file in self._select(dataset):
                yield dataset, file

    def changes(self, limit: int = 20) -> dict[str, dict[str, Any]]:
        """Return for each data set what differs from the previous lock: counts, and the first few of each."""
        found: dict[str, dict[str, Any]] = {}
        key = "a.dataset = b.dataset AND coalesce(a.did, a.url) = coalesce(b.did, b.url)"
        differ = (
            "a.bytes IS NOT b.bytes OR a.adler32 IS NOT b.adler32 OR a.md5 IS NOT b.md5 "
            "OR (a.did IS NULL AND a.sha256 IS NOT b.sha256)"
        )
        self._base.execute("CREATE INDEX IF NOT EXISTS new_id ON new (dataset, coalesce(did, url))")
        self._base.execute("CREATE INDEX IF NOT EXISTS old_id ON old (dataset, coalesce(did, url))")
        queries = {
            "added": f"FROM new a WHERE NOT EXISTS (SELECT 1 FROM old b WHERE {key})",  # noqa: S608
            "removed": f"FROM old a WHERE NOT EXISTS (SELECT 1 FROM new b WHERE {key})",  # noqa: S608
            "changed": f"FROM new a JOIN old b ON {key} WHERE {differ}",
            "moved": f"FROM new a JOIN old b ON {key} WHERE a.path <> b.path",
        }
        for kind, query in queries.items():
            for dataset, count in self._base.execute(
                f"SELECT a.dataset, count(*) {query} GROUP BY a.dataset"
            ):
                entry = found.setdefault(dataset, {})
                entry[kind] = count
        for kind, query in queries.items():
            for dataset, name in self._base.execute(
                f"SELECT a.dataset, coalesce(a.did, a.url) {query} ORDER BY 1, 2 LIMIT {int(limit)}"
            ):
                found[dataset].setdefault("first", []).append(f"{kind} {name}")
        return found

    def _select(self, dataset: str) -> Iterator[LockedFile]:
        query = f"SELECT {_COLUMNS} FROM new WHERE dataset = ? ORDER BY coalesce(did, url), path"  # noqa: S608
        names = _COLUMNS.split(", ")
        for row in self._base.execute(query, (dataset,)):
            yield LockedFile(**dict(zip(names, row, strict=True)))


def _guid(value: str | None) -> str | None:
    return value.lower() if value else None
