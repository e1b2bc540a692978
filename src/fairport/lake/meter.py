"""Progress of transfers in files, bytes and rate, also while one large file is under way."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from types import TracebackType

from fairport.contract.progress import Progress


def human(size: float) -> str:
    """Return a size in bytes for people: ``1.5 GB`` (powers of 1000)."""
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if abs(size) < 1000 or unit == "TB":
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    raise AssertionError


class Meter:
    """Tells files, bytes and rate every few seconds while it is open.

    Args:
        progress: told.
        verb: what is done, such as ``fetched``.
        files: how many there are.
        size: bytes in all.
        folder: where transfers are under way; what lies there counts until it is reported done.
        every: seconds between two remarks.
    """

    def __init__(
        self,
        progress: Progress,
        verb: str,
        files: int,
        size: int,
        folder: Path | None = None,
        every: float = 5.0,
    ) -> None:
        self._progress, self._verb, self._files, self._size = progress, verb, files, size
        self._folder, self._every = folder, every
        self._done_files, self._done_bytes = 0, 0
        self._started = time.monotonic()
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._tell_often, daemon=True)

    def __enter__(self) -> Meter:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()
        if self._done_files and kind is None:
            self._progress.note(self.text())

    def add(self, size: int, files: int = 1) -> None:
        """Count finished files."""
        with self._lock:
            self._done_files += files
            self._done_bytes += size

    def text(self) -> str:
        """Return the state in one line."""
        under_way = _size_of(self._folder) if self._folder else 0
        with self._lock:
            total = min(self._done_bytes + under_way, self._size)
            files = self._done_files
        seconds = max(time.monotonic() - self._started, 1e-3)
        rate = f"{human(total / seconds)}/s"
        return (
            f"{self._verb} {files:,} of {self._files:,} files, {human(total)} of {human(self._size)}, {rate}"
        )

    def _tell_often(self) -> None:
        while not self._stop.wait(self._every):
            self._progress.note(self.text())


def _size_of(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            if path.is_file() and path.suffix != ".meta4":
                total += path.stat().st_size
        except OSError:
            continue
    return total
