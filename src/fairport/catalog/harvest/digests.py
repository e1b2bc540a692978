"""What tells that nobody touched a file or a folder since it was read: then it is not read again."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from fairport.contract.files import sha256_file, write_atomic

_SETTLED: Final = 2.0
"""Seconds since its last change after which a file is taken to be as it was read: a second change within the
resolution of the clock of a file system would not be seen.
"""

_MOST_ENTRIES: Final = 200_000
_GIT_FILES: Final = ("HEAD", "config", "index", "packed-refs", "shallow")


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


def folder_stamp(folder: Path) -> str | None:
    """Return what changes when anybody changes, adds or removes a file below a folder, or moves git on.

    No file is read. Of ``.git`` only what decides about commits, branches, tags and tracked files counts.

    Returns:
        A digest; ``None`` where it cannot be told: a work tree whose git lies elsewhere, a file that changed
        within the last seconds, too many files, or a link, behind which anything may change.
    """
    git = folder / ".git"
    if git.is_file() or git.is_symlink():
        return None
    digest, newest = hashlib.sha256(), 0
    try:
        for number, path in enumerate(_entries(str(folder))):
            info = os.lstat(path)
            if stat.S_ISLNK(info.st_mode) or number >= _MOST_ENTRIES:
                return None
            newest = max(newest, info.st_mtime_ns, info.st_ctime_ns)
            facts = (info.st_mode, info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino)
            digest.update(repr((path, facts)).encode("utf-8", "surrogatepass"))
    except OSError:
        return None
    return digest.hexdigest() if time.time() - newest / 1e9 > _SETTLED else None


def remember(memory: Path, stamp: str | None, version: str | None) -> None:
    """Keep the stamp that a folder had before its ``version`` was frozen."""
    with suppress(OSError):
        write_atomic(memory, json.dumps({"stamp": stamp, "version": version}))


def is_remembered(memory: Path, stamp: str | None, version: str | None) -> bool:
    """Tell whether ``version`` was frozen from a folder with this stamp."""
    with suppress(OSError, ValueError):
        return stamp is not None and json.loads(memory.read_text("utf-8")) == {
            "stamp": stamp,
            "version": version,
        }
    return False


def _entries(folder: str) -> Iterator[str]:
    """Yield every folder and file below ``folder``, of ``.git`` a few, always in the same order."""
    for place, folders, files in os.walk(folder):
        folders.sort()
        if place == folder and ".git" in folders:
            folders.remove(".git")
            yield from (f"{folder}/.git/{name}" for name in _GIT_FILES if Path(folder, ".git", name).exists())
            for inner, below, names in os.walk(f"{folder}/.git/refs"):
                below.sort()
                yield from (f"{inner}/{name}" for name in sorted(names))
        yield place
        yield from (f"{place}/{name}" for name in sorted((*files, *filter(_linked(place), folders))))


def _linked(place: str) -> Callable[[str], bool]:
    return lambda name: Path(place, name).is_symlink()


def _seen(path: Path) -> list[int]:
    """Return what changes when somebody writes to a file or puts another in its place."""
    info = path.stat()
    return [info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino, info.st_dev]


__all__ = ["folder_stamp", "is_remembered", "known_digest", "remember"]
