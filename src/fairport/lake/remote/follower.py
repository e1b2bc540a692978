"""Checksums of a file while it is still being written, so that a large download is not read again."""

from __future__ import annotations

import hashlib
import os
import threading
import zlib
from pathlib import Path
from typing import BinaryIO, Final

from fairport.lake.hashing import Sums

_BLOCK: Final = 1 << 20
_PAUSE: Final = 0.002


class Follower:
    """A thread that reads a growing file to its known end.

    What it gives is only believed when the finished file is the very one that was read (same inode, same
    size) and its adler32 is the expected one: a client that writes out of order gives another one.

    Args:
        path: where the file grows; it may appear later, and anew after a failed attempt.
        size: bytes that it will have.
    """

    def __init__(self, path: Path, size: int) -> None:
        self._path, self._size = path, size
        self._stop = threading.Event()
        self._found: tuple[int, Sums] | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def sums(self, finished: Path, adler32: str) -> Sums | None:
        """Return size, adler32 and sha256 of ``finished``, or ``None`` when it has to be read after all."""
        self.stop()
        if self._found is None:
            return None
        inode, sums = self._found
        info = finished.stat()
        same = (info.st_ino, info.st_size) == (inode, self._size)
        return sums if same and sums.adler32 == adler32 else None

    def stop(self) -> None:
        """End the thread; nothing is asked of it."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while self._found is None:
            last = self._stop.is_set()
            try:
                with self._path.open("rb", buffering=0) as stream:
                    self._follow(stream)
            except OSError:
                pass
            if last:
                return
            self._stop.wait(_PAUSE)

    def _follow(self, stream: BinaryIO) -> None:
        inode = os.fstat(stream.fileno()).st_ino
        adler, sha256, count = 1, hashlib.sha256(), 0
        while count < self._size:
            last = self._stop.is_set()
            block = stream.read(_BLOCK)
            if block:
                adler = zlib.adler32(block, adler)
                sha256.update(block)
                count += len(block)
            elif last or self._path.stat().st_ino != inode:
                return
            else:
                self._stop.wait(_PAUSE)
        if count == self._size:
            sums = Sums(count, adler32=f"{adler & 0xFFFFFFFF:08x}", sha256=sha256.hexdigest())
            self._found = (inode, sums)
