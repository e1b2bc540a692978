"""Run folders: ``.fairport/runs/<id>/`` with ``run.json``, ``logs/`` and, while it runs, the outputs.

The process that drives a run holds a lock on its folder. The operating system drops that lock when the
process ends in whatever way, so a record that says ``running`` without a lock is an interrupted run.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from fairport.contract.constants import STATE_DIR
from fairport.contract.documents import load_run
from fairport.contract.errors import UsageError
from fairport.contract.files import write_atomic
from fairport.contract.run import RunError, RunRecord
from fairport.contract.saving import dump_json

ACTIVE: Final = frozenset({"created", "queued", "running"})
"""States of a run that has not ended."""

INTERRUPTED: Final = "interrupted"
"""What people see for a run whose driver is gone; its record still holds an active state."""

_ID = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}")
_RECORD: Final = "run.json"
_LOCK: Final = "lock"


def now() -> str:
    """Return the current instant, RFC 3339 in UTC with milliseconds and ``Z``."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class RunFolder:
    """The folder of one run.

    Attributes:
        root: the analysis repository.
        id: identifier of the run.
        path: ``<root>/.fairport/runs/<id>``.
    """

    def __init__(self, root: Path, run_id: str) -> None:
        self.root = root
        self.id = run_id
        self.path = runs_folder(root) / run_id
        self._lock: int | None = None

    @property
    def logs(self) -> Path:
        """Folder of the logs."""
        return self.path / "logs"

    @property
    def outputs(self) -> Path:
        """Folder that the engine fills with the final outputs."""
        return self.path / "outputs"

    @property
    def work(self) -> Path:
        """Folder of intermediate files; removed when the run ends."""
        return self.path / "work"

    def shown(self, path: Path) -> str:
        """Return ``path`` as people see it: relative to the repository."""
        return path.relative_to(self.root).as_posix()

    def save(self, record: RunRecord) -> None:
        """Write the record so that a reader sees the old or the new one."""
        write_atomic(self.path / _RECORD, dump_json(record.to_data()))

    def load(self) -> RunRecord:
        """Read the record.

        Raises:
            DocumentError: it is missing or damaged.
        """
        path = self.path / _RECORD
        return load_run(path, name=self.shown(path))

    def hold(self) -> None:
        """Take the lock that says: the process that drives this run lives."""
        handle = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            os.truncate(handle, 0)
            os.write(handle, f"{os.getpid()}\n".encode("ascii"))
        except OSError:
            os.close(handle)
            raise
        self._lock = handle

    def driver(self) -> int | None:
        """Return the process that drives this run, None when none does."""
        if not self.held():
            return None
        try:
            return int((self.path / _LOCK).read_text("ascii"))
        except (OSError, ValueError):
            return None

    def release(self) -> None:
        """Drop the lock."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def held_elsewhere(self) -> bool:
        """Tell whether another process drives this run."""
        return self._lock is None and self.held()

    def held(self) -> bool:
        """Tell whether some process drives this run."""
        if self._lock is not None:
            return True
        try:
            handle = os.open(self.path / _LOCK, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False

    def clear_work(self) -> None:
        """Remove intermediate files and outputs that nobody fetched."""
        for folder in (self.work, self.outputs):
            shutil.rmtree(folder, ignore_errors=True)

    def discard(self) -> None:
        """Remove the folder: nothing has run."""
        self.release()
        shutil.rmtree(self.path, ignore_errors=True)


def runs_folder(root: Path) -> Path:
    """Return ``<root>/.fairport/runs``."""
    return root / STATE_DIR / "runs"


def create(root: Path) -> RunFolder:
    """Make the folder of a new run and hold its lock; ``.fairport`` keeps itself out of git."""
    base = runs_folder(root)
    base.mkdir(parents=True, exist_ok=True)
    ignore = root / STATE_DIR / ".gitignore"
    if not ignore.exists():
        write_atomic(ignore, "*\n")
    while True:
        folder = RunFolder(root, f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}")
        try:
            folder.path.mkdir()
        except FileExistsError:
            continue
        try:
            folder.hold()
        except OSError:  # a full disk: leave nothing that looks like a run
            folder.discard()
            raise
        return folder


def list_runs(root: Path) -> list[RunFolder]:
    """Return the folders of all runs, the newest first; they may hold damaged records."""
    base = runs_folder(root)
    names = [entry.name for entry in base.iterdir() if _ID.fullmatch(entry.name)] if base.is_dir() else []
    return sorted((RunFolder(root, name) for name in names), key=_age, reverse=True)


def _age(folder: RunFolder) -> tuple[str, int]:
    """Order by the second in the identifier, then by when the lock file was made."""
    try:
        made = (folder.path / _LOCK).stat().st_mtime_ns
    except OSError:
        made = 0
    return folder.id.partition("-")[0], made


def find_run(root: Path, name: str | None = None) -> RunFolder:
    """Return the run whose identifier is or uniquely begins with ``name``; the newest without a name.

    Raises:
        UsageError: there is none, or several match.
    """
    folders = list_runs(root)
    if not folders:
        raise UsageError("there is no run yet", where=runs_folder(root), mend="fairport run")
    if name is None or name == "latest":
        return folders[0]
    found = [folder for folder in folders if folder.id == name] or [
        folder for folder in folders if folder.id.startswith(name) or folder.id.rpartition("-")[2] == name
    ]
    if len(found) != 1:
        what = f'{len(found)} runs match "{name[:40]}"' if found else f'there is no run "{name[:40]}"'
        raise UsageError(what, mend="fairport runs list shows the identifiers")
    return found[0]


def state(folder: RunFolder, record: RunRecord) -> str:
    """Return the state of a run: the recorded one, or ``interrupted`` when its driver is gone.

    A run on a cluster or a server may go on without its driver: ``fairport runs fetch`` takes it up again.
    """
    return INTERRUPTED if record.status in ACTIVE and not folder.held() else record.status


def settled(folder: RunFolder, record: RunRecord) -> RunRecord:
    """Return the record as it should be shown: an interrupted run is a failed one that says so."""
    if state(folder, record) != INTERRUPTED:
        return record
    steps = tuple(
        replace(step, status="failed") if step.status == "running" else step for step in record.steps
    )
    error = RunError("interrupted: the process that drove the run is gone")
    return replace(record, status="failed", steps=steps, error=error)
