"""Compiled page templates, kept for this user: compiling them takes longer than rendering a page.

What is kept is code that Python runs. So the folder belongs to the user alone, never to a catalogue, which
may come from somebody else.
"""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from jinja2 import BytecodeCache, FileSystemBytecodeCache
from jinja2.bccache import Bucket

from fairport.interop.cache import cache_root


class _Quiet(FileSystemBytecodeCache):
    """Keeps compiled templates where it can."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take over a template that was kept, if it is whole."""
        try:
            super().load_bytecode(bucket)
        except Exception:  # noqa: BLE001 - whatever is wrong with it, it is compiled again
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template, unless the disk is full or read-only."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def bytecode_cache(compiler: Path) -> BytecodeCache | None:
    """Return where compiled templates are kept, ``None`` where nobody else can be kept from writing.

    Args:
        compiler: folder of the modules that decide how templates are compiled, besides Jinja itself.
    """
    digest = hashlib.sha256(version("jinja2").encode())
    for path in sorted(compiler.glob("*.py")):
        digest.update(path.read_bytes())
    folder = cache_root() / f"templates-{digest.hexdigest()[:16]}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=stat.S_IRWXU)
        state = folder.lstat()
    except OSError:
        return None
    private = stat.S_ISDIR(state.st_mode) and not state.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return _Quiet(str(folder)) if private and state.st_uid == os.getuid() else None
