"""Putting finished folders in place so that a reader sees the old one or the new one, never a mixture.

On Linux two folders are exchanged in one system call; elsewhere the old one steps aside for an instant.
Files in the target that nobody declared as ours are kept.
"""

from __future__ import annotations

import ctypes
import errno
import os
import secrets
import shutil
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final

_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2


def put_in_place(new: Path, target: Path, owned: Iterable[str]) -> None:
    """Replace the folder ``target`` by the folder ``new``, which is gone afterwards.

    Args:
        new: finished folder on the same file system.
        target: folder to replace; it need not exist. Where it cannot be replaced as a whole (a mount
            point, a link to another disk) its files are replaced one by one.
        owned: paths relative to ``target`` that earlier runs wrote and that go when ``new`` lacks them.

    Raises:
        OSError: the disk is full or forbids it; ``target`` is then as it was, unless it is replaced one
            file at a time.
    """
    ours = {name for name in owned if ".." not in Path(name).parts and not Path(name).is_absolute()}
    if target.is_symlink() or os.path.ismount(target):
        _replace_files(new, target, ours)
        return
    if not target.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        new.rename(target)
        return
    try:
        _keep_foreign(target, new, ours)
        _exchange(new, target)
    except OSError as error:
        if error.errno not in {errno.EXDEV, errno.EBUSY}:
            raise
        _replace_files(new, target, ours)
        return
    shutil.rmtree(new, ignore_errors=True)


def files_below(folder: Path) -> list[str]:
    """Return all files of a folder, sorted, relative to it, with forward slashes."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() or path.is_symlink()
    )


def _keep_foreign(old: Path, new: Path, ours: set[str]) -> None:
    """Link the files of ``old`` that are not ours into ``new``."""
    for name in files_below(old):
        copy = new / name
        if name in ours or copy.exists() or any(part.is_file() for part in copy.parents):
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(old / name, copy, follow_symlinks=False)
        except OSError:
            shutil.copy2(old / name, copy, follow_symlinks=False)


def _replace_files(new: Path, target: Path, ours: set[str]) -> None:
    fresh = files_below(new)
    for name in fresh:
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        partial = place.with_name(f".{secrets.token_hex(4)}.tmp")
        try:
            shutil.copy2(new / name, partial)
            os.replace(partial, place)
        finally:
            partial.unlink(missing_ok=True)
    for name in ours.difference(fresh):
        (target / name).unlink(missing_ok=True)
    shutil.rmtree(new, ignore_errors=True)


def _exchange(first: Path, second: Path) -> None:
    """Exchange two folders of one file system."""
    call = _renameat2()
    if call is not None:
        names = os.fsencode(first), os.fsencode(second)
        if call(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0:
            return
        code = ctypes.get_errno()
        if code not in {errno.EINVAL, errno.ENOSYS}:
            raise OSError(code, os.strerror(code), str(second))
    aside = second.with_name(f".{secrets.token_hex(4)}.old")
    second.rename(aside)
    try:
        first.rename(second)
    except OSError:
        aside.rename(second)
        raise
    aside.rename(first)


@cache
def _renameat2() -> Any:
    """Return the C library's ``renameat2``, or None where there is none."""
    try:
        function = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return None
    function.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
    return function
