"""The disk boundary of the lake room: the repository's state folder, its ledger, and who may work in it."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fairport.contract.constants import STATE_DIR
from fairport.contract.documents import load_manifest
from fairport.contract.errors import ConfigurationError, RefusedError, UsageError
from fairport.contract.files import inside
from fairport.contract.manifest import Manifest
from fairport.contract.progress import Progress
from fairport.lake.hashing import Sums
from fairport.lake.lockfile import LOCK_FILE, METALINK_FILE

MANIFEST_FILE: Final = "data/manifest.yaml"
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS file (
    path TEXT PRIMARY KEY, size INTEGER, mtime INTEGER, inode INTEGER, adler32 TEXT, md5 TEXT, sha256 TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS injected (
    job TEXT, name TEXT, size INTEGER, mtime INTEGER, adler32 TEXT, md5 TEXT, PRIMARY KEY (job, name)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Workspace:
    """An analysis repository as the lake room sees it."""

    root: Path

    @property
    def manifest(self) -> Path:
        """Path of the manifest."""
        return self.root / MANIFEST_FILE

    @property
    def lock(self) -> Path:
        """Path of the lock."""
        return self.root / LOCK_FILE

    @property
    def metalink(self) -> Path:
        """Path of the metalink, a cache beside the lock."""
        return self.root / METALINK_FILE

    @property
    def state(self) -> Path:
        """Folder of local state, which git ignores."""
        return self.root / STATE_DIR / "data"

    def load_manifest(self) -> Manifest:
        """Read the manifest.

        Raises:
            DocumentError: it is missing or not valid.
            UsageError: two data sets have the same id.
        """
        manifest = load_manifest(self.manifest, name=MANIFEST_FILE)
        seen: set[str] = set()
        for dataset in manifest.datasets:
            if dataset.id in seen:
                raise UsageError(
                    f'two data sets have the id "{dataset.id}"', where=MANIFEST_FILE, mend="rename one"
                )
            seen.add(dataset.id)
        return manifest

    def place(self, relative: str, seen: dict[str, Path] | None = None) -> Path:
        """Return the absolute place of a file of the lock.

        Args:
            relative: path of the lock.
            seen: folders that were looked at in the same survey, so that each is resolved once.

        Raises:
            RefusedError: it would lie outside the repository (a symbolic link on the way counts), or be a
                file of git or Fairport.
        """
        from fairport.lake.names import safe_name

        safe = safe_name(relative, did=relative)
        parent, _, name = safe.rpartition("/")
        folder = seen.get(parent) if seen is not None else None
        if folder is None:
            folder = inside(self.root, parent) if parent else self.root.resolve()
            if seen is not None and folder is not None:
                seen[parent] = folder
        if folder is None or relative.startswith("/"):
            raise RefusedError(
                f"{relative[:200]} leads out of the repository",
                why="a folder on its path is a symbolic link to somewhere else, or the path is absolute",
                mend="remove the link, or change the destination in data/manifest.yaml and lock again",
            )
        return folder / name


def find_workspace(path: Path) -> Workspace:
    """Return the repository at ``path`` or above it: the nearest folder with a manifest.

    Raises:
        UsageError: there is none.
    """
    start = path.absolute()
    for folder in (start, *start.parents):
        if (folder / MANIFEST_FILE).is_file():
            return Workspace(folder)
    raise UsageError(
        f"there is no {MANIFEST_FILE} here",
        where=str(path),
        mend="run this in an analysis repository, or make one: fairport new",
    )


@contextmanager
def exclusive(workspace: Workspace, name: str, progress: Progress) -> Iterator[None]:
    """Hold a lock of the repository; another process that holds it is waited for.

    The kernel frees the lock when its process ends, however it ends.
    """
    try:
        workspace.state.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            "the state folder cannot be made", where=workspace.state, why=error.strerror
        ) from None
    with held(workspace.state / f"{name}.lock", progress):
        yield


@contextmanager
def held(path: Path, progress: Progress) -> Iterator[None]:
    """Hold an exclusive lock on ``path``, with a remark when another process has to be waited for."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.note("another fairport is at work here; waiting for it")
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def free(path: Path) -> bool:
    """Tell whether nobody holds a lock on the existing file ``path``."""
    with path.open("r", encoding="ascii") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


class Ledger:
    """What is known of the files on disk, so that unchanged ones need no reading (one stat each).

    A file counts as unchanged while size, modification time (ns) and inode are those of its last reading.
    """

    def __init__(self, workspace: Workspace) -> None:
        workspace.state.mkdir(parents=True, exist_ok=True)
        path = workspace.state / "ledger.sqlite"
        self._connection = self._open(path)

    @staticmethod
    def _open(path: Path) -> sqlite3.Connection:
        for attempt in (1, 2):
            connection = sqlite3.connect(path, timeout=60, check_same_thread=False)
            try:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=NORMAL")
                connection.executescript(_SCHEMA)
            except sqlite3.DatabaseError:  # a damaged ledger is only a slower next run
                connection.close()
                if attempt == 2:
                    raise
                path.replace(path.with_suffix(f".damaged-{time.time_ns()}"))
            else:
                return connection
        raise RuntimeError("unreachable")

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.commit()
        self._connection.close()

    def look(self, relative: str, info: os.stat_result) -> Sums | None:
        """Return the checksums of a file that is unchanged since it was read, else ``None``."""
        row = self._connection.execute(
            "SELECT size, mtime, inode, adler32, md5, sha256 FROM file WHERE path = ?", (relative,)
        ).fetchone()
        if row is None or row[:3] != (info.st_size, info.st_mtime_ns, info.st_ino):
            return None
        return Sums(row[0], *row[3:])

    def record(self, relative: str, info: os.stat_result, sums: Sums) -> None:
        """Note the checksums of a file; call :meth:`commit` now and then."""
        self._connection.execute(
            "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?)",
            (relative, info.st_size, info.st_mtime_ns, info.st_ino, sums.adler32, sums.md5, sums.sha256),
        )

    def known(self, relative: str) -> Sums | None:
        """Return what was noted for a path, whatever became of the file."""
        row = self._connection.execute(
            "SELECT size, adler32, md5, sha256 FROM file WHERE path = ?", (relative,)
        ).fetchone()
        return Sums(*row) if row else None

    def injected(self, job: str, name: str, info: os.stat_result) -> tuple[str, str] | None:
        """Return adler32 and md5 of a source file whose content has been read before, if unchanged."""
        row = self._connection.execute(
            "SELECT adler32, md5 FROM injected WHERE job = ? AND name = ? AND size = ? AND mtime = ?",
            (job, name, info.st_size, info.st_mtime_ns),
        ).fetchone()
        return (row[0], row[1]) if row else None

    def record_injected(self, job: str, name: str, info: os.stat_result, sums: Sums) -> None:
        """Note the checksums of a source file of an injection."""
        self._connection.execute(
            "INSERT OR REPLACE INTO injected VALUES (?, ?, ?, ?, ?, ?)",
            (job, name, info.st_size, info.st_mtime_ns, sums.adler32, sums.md5),
        )

    def commit(self) -> None:
        """Make everything noted so far last."""
        self._connection.commit()
