"""The disk boundary of the contract: bounded reads, digests and atomic writes.

Everything here treats the file system as hostile: only regular files are read, sizes are bounded, and a
path taken from a document never leaves the folder that it belongs to.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from fairport.contract.constants import MAX_DOCUMENT_BYTES
from fairport.contract.errors import DocumentError, Location

_LONGEST_NAME: Final = 255
"""Bytes of the name of a file."""

_WORD: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
"""Names that stand for an entry of the folder itself, on every system."""


def read_bytes(path: Path, *, limit: int = MAX_DOCUMENT_BYTES) -> bytes:
    """Read a regular file of at most ``limit`` bytes.

    Raises:
        DocumentError: missing, unreadable, not a regular file, or too large.
    """
    try:
        # O_NONBLOCK: opening a FIFO must not hang.
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except FileNotFoundError:
        raise DocumentError("the file does not exist", where=str(path)) from None
    except (OSError, ValueError) as error:
        raise DocumentError("the file cannot be opened", where=str(path), why=_reason(error)) from None
    info = os.fstat(fd)
    if not stat.S_ISREG(info.st_mode):
        os.close(fd)
        raise DocumentError("this is not a regular file", where=str(path), mend="replace it by a plain file")
    with os.fdopen(fd, "rb") as handle:
        if info.st_size > limit:
            raise _too_large(path, info.st_size, limit)
        try:
            data = handle.read(min(info.st_size, limit) + 1)
            if len(data) > info.st_size:  # it grows, or does not tell its size
                data += handle.read(limit + 1 - len(data))
        except OSError as error:
            raise DocumentError("the file cannot be read", where=str(path), why=_reason(error)) from None
    if len(data) > limit:
        raise _too_large(path, len(data), limit)
    return data


def read_text(path: Path, *, limit: int = MAX_DOCUMENT_BYTES) -> str:
    """Read a UTF-8 text file (a byte order mark is dropped).

    Raises:
        DocumentError: as :func:`read_bytes`, or the file is not UTF-8; the line and column of the first
            bad byte are given.
    """
    return decode_text(read_bytes(path, limit=limit), str(path))


def decode_text(data: bytes, name: str) -> str:
    """Decode UTF-8; ``name`` is used in the error.

    Raises:
        DocumentError: the bytes are not UTF-8 or contain NUL.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _byte_position(data, error.start)
        raise DocumentError(
            f"byte 0x{data[error.start]:02x} is not UTF-8",
            where=Location(name, line, column),
            mend="save the file in UTF-8",
        ) from None
    nul = text.find("\0")
    if nul >= 0:
        line, column = text.count("\n", 0, nul) + 1, nul - text.rfind("\n", 0, nul)
        raise DocumentError(
            "the text contains a NUL character",
            where=Location(name, line, column),
            mend="remove the character",
        )
    return text


def sha256_bytes(data: bytes) -> str:
    """Return the sha256 of ``data`` as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def sha256_file(path: Path) -> str:
    """Return the sha256 of a file, read in blocks (constant memory)."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def possible(path: str) -> bool:
    """Tell whether a file could have this path: no name in it is too long for one."""
    return all(len(part.encode("utf-8", "surrogateescape")) <= _LONGEST_NAME for part in path.split("/"))


def inside(root: Path, relative: str, *, resolved: bool = False) -> Path | None:
    """Resolve ``relative`` against ``root``.

    Args:
        root: a folder.
        relative: a path below it.
        resolved: whether ``root`` is known to lie behind no link, which is costly to find out.

    Returns:
        The path with symbolic links followed, or ``None`` when it is absolute, leaves ``root``, or holds a
        name that no file can have.
    """
    if not relative or "\0" in relative or os.path.isabs(relative):
        return None
    if not possible(relative):
        return None
    base = root if resolved else root.resolve()
    try:
        if _straight(str(base), relative):
            return base / relative  # right there, as nearly always
        target = (base / relative).resolve()
    except (OSError, RuntimeError):
        return None
    return target if target == base or base in target.parents else None


def _straight(base: str, relative: str) -> bool:
    """Tell whether no part of ``relative`` is a link or anything but a name."""
    for part in relative.split("/"):
        base = f"{base}/{part}"
        if _WORD.fullmatch(part) is None or os.path.islink(base):  # noqa: PTH114 - asked very often
            return False
    return True


def write_atomic(path: Path, data: bytes | str, *, mode: int = 0o644, durable: bool = True) -> bool:
    """Write a file so that readers see the old or the new content, never a part; unchanged content is not
    written. A device or stream (``/dev/null``, ``/dev/stdout``) is written to, and never replaced by a file.

    Args:
        path: the file.
        data: its content; text is written as UTF-8.
        mode: its permissions.
        durable: whether it has reached the disk before it gets its name; who writes very many files leaves
            that to one ``os.sync()`` before the file that names them.

    Returns:
        Whether the file changed.
    """
    content = data.encode("utf-8") if isinstance(data, str) else data
    if _is_stream(path):
        with path.open("wb") as handle:
            handle.write(content)
        return True
    try:
        if path.is_file() and not path.is_symlink() and path.read_bytes() == content:
            return False
    except OSError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    fd, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".tmp")
    try:
        with os.fdopen(fd, "wb") as handle:
            handle.write(content)
            if durable:
                handle.flush()
                os.fsync(handle.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return True


_HALF_WRITTEN: Final = re.compile(r"\..{1,40}\.[a-z0-9_]{8}\.tmp")


def remove_half_written(folder: Path, age: float = 0.0) -> None:
    """Remove what :func:`write_atomic` was writing directly into ``folder`` when it was killed.

    Args:
        folder: the folder; it need not exist.
        age: seconds since which nothing was written to a file that goes; 0 where nobody else may be writing.
    """
    with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as items:
        for item in items:
            if not _HALF_WRITTEN.fullmatch(item.name) or not item.is_file(follow_symlinks=False):
                continue
            if not age or item.stat(follow_symlinks=False).st_mtime < time.time() - age:
                Path(item.path).unlink(missing_ok=True)


def _is_stream(path: Path) -> bool:
    """Tell whether a path names a device, or a stream of this process (``/dev/fd/63``, ``/dev/stdout``)."""
    if str(path.absolute().parent) in {"/dev", "/dev/fd"} or path.absolute().is_relative_to("/proc"):
        return True
    try:
        kind = path.lstat().st_mode
    except OSError:
        return False
    return stat.S_ISCHR(kind) or stat.S_ISBLK(kind)


def _too_large(path: Path, size: int, limit: int) -> DocumentError:
    return DocumentError(
        f"the file has {size:,} bytes; at most {limit:,} are read",
        where=str(path),
        mend="keep data in tables or in the data lake, not in documents",
    )


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


def _byte_position(data: bytes, offset: int) -> tuple[int, int]:
    start = data.rfind(b"\n", 0, offset) + 1
    return data.count(b"\n", 0, offset) + 1, len(data[start:offset].decode("utf-8", "replace")) + 1
