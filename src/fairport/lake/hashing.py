"""Every checksum of a file in one read."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_BLOCK: Final = 1 << 20
_PARALLEL_FROM: Final = 16 << 20
ALL: Final = ("adler32", "md5", "sha256")


@dataclass(frozen=True, slots=True)
class Sums:
    """Size in bytes and checksums (hexadecimal) of a file; one that was not asked for is ``None``."""

    bytes: int
    adler32: str | None = None
    md5: str | None = None
    sha256: str | None = None


class _Adler:
    def __init__(self) -> None:
        self.value = 1

    def update(self, data: bytes) -> None:
        self.value = zlib.adler32(data, self.value)

    def hexdigest(self) -> str:
        return f"{self.value & 0xFFFFFFFF:08x}"


def sums_of(path: Path, kinds: Iterable[str] = ALL) -> Sums:
    """Read a file once and return its size and the checksums that are asked for.

    Large files are hashed with one thread a checksum; memory stays at two blocks of 1 MiB.

    Args:
        path: the file.
        kinds: any of ``adler32``, ``md5``, ``sha256``.

    Raises:
        OSError: it cannot be read.
    """
    hashers = {kind: _hasher(kind) for kind in kinds}
    with path.open("rb", buffering=0) as handle:
        large = path.stat().st_size >= _PARALLEL_FROM and len(hashers) > 1
        if large:
            with ThreadPoolExecutor(len(hashers)) as pool:
                size = _feed(handle, hashers, pool)
        else:
            size = _feed(handle, hashers, None)
    return Sums(size, **{kind: hasher.hexdigest() for kind, hasher in hashers.items()})


def _hasher(kind: str) -> _Adler | hashlib._Hash:
    if kind == "adler32":
        return _Adler()
    return hashlib.new(kind, usedforsecurity=False)


def _feed(handle: object, hashers: dict[str, _Adler | hashlib._Hash], pool: ThreadPoolExecutor | None) -> int:
    size, read = 0, handle.read  # type: ignore[attr-defined]
    block = read(_BLOCK)
    while block:
        size += len(block)
        if pool is None:
            for hasher in hashers.values():
                hasher.update(block)
            block = read(_BLOCK)
        else:
            waiting = [pool.submit(hasher.update, block) for hasher in hashers.values()]
            block = read(_BLOCK)
            for future in waiting:
                future.result()
    return size
