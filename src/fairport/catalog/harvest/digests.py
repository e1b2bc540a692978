"""Digests of files that are remembered: a file that nobody touched since is not read again."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from fairport.contract.files import sha256_file, write_atomic

_SETTLED: Final = 2.0
"""Seconds since its last change after which a file is taken to be as it was read: a second change within the
resolution of the clock of a file system would not be seen.
"""


def known_digest(path: Path, memory: Path) -> str:
    """Return the sha256 of a file in hexadecimal digits.

    Args:
        path: the file.
        memory: where its digest is kept, with what the file system said of the file before it was read.

    Raises:
        OSError: it cannot be read.
    """
    seen = _seen(path)
    with suppress(OSError, ValueError, KeyError, TypeError):
        known = json.loads(memory.read_text("utf-8"))
        if known["seen"] == seen and isinstance(known["sha256"], str):
            digest: str = known["sha256"]
            return digest
    now = time.time()
    digest = sha256_file(path).removeprefix("sha256:")
    if now - max(seen[1:3]) / 1e9 > _SETTLED:
        with suppress(OSError):
            write_atomic(memory, json.dumps({"seen": seen, "sha256": digest}))
    return digest


def _seen(path: Path) -> list[int]:
    """Return what changes when somebody writes to a file or puts another in its place."""
    info = path.stat()
    return [info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino, info.st_dev]


__all__ = ["known_digest"]
