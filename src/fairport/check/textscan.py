"""Reading many small text files of a repository within bounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fairport.check.repository import Repository
from fairport.contract.errors import DocumentError

_MAX_FILE: Final = 1_000_000
_MAX_TOTAL: Final = 60_000_000


def small_files(repository: Repository) -> Iterator[tuple[str, bytes]]:
    """Yield (path, content) of the files of at most 1 MB that hold no NUL, up to 60 MB in all, in order of
    name."""
    total = 0
    for path in sorted(repository.sizes):
        size = repository.sizes[path]
        if size > _MAX_FILE or not size:
            continue
        total += size
        if total > _MAX_TOTAL:
            return
        try:
            content = repository.content(path, limit=_MAX_FILE)
        except DocumentError:
            continue
        if b"\0" not in content[:8192]:
            yield path, content


def place(content: bytes, offset: int) -> tuple[int, int]:
    """Return line and column, from 1, of a byte offset."""
    start = content.rfind(b"\n", 0, offset) + 1
    return content.count(b"\n", 0, offset) + 1, len(content[start:offset].decode("utf-8", "replace")) + 1
