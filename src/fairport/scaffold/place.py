"""Putting a finished tree where it belongs, so that a crash leaves the old state.

A folder that does not exist yet comes into being by one rename. Where a folder is kept (it is the current
one, it holds a repository, or files are replaced on request) the files move one by one, but only after
everything was rendered and a journal of the moves was written: an error, or the next call after a crash,
moves them back.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from fairport.contract.errors import RefusedError, UsageError

STAGE: Final = ".fairport-new"
"""Folder inside a kept destination where the tree is prepared."""

_TREE: Final = "tree"
_OLD: Final = "old"
_JOURNAL: Final = "journal.json"
_OWNER: Final = "pid"


def check_destination(destination: Path, *, overwrite: bool) -> None:
    """Refuse a destination that would lose something; put back what an interrupted call had moved.

    Args:
        destination: folder of the new repository.
        overwrite: whether files there may be replaced.

    Raises:
        UsageError: it is a file, or a folder with content and ``overwrite`` is false.
    """
    if not os.path.lexists(destination):
        return
    if not destination.is_dir():
        raise UsageError("the destination is not a folder", where=destination, mend="choose another name")
    recover(destination)
    found = sorted(entry.name for entry in destination.iterdir() if entry.name != ".git")
    if found and not overwrite:
        raise UsageError(
            "the destination is not empty",
            where=destination,
            why=f"it holds {', '.join(found[:3])}{' and more' if len(found) > 3 else ''}",
            mend="choose another name, or add --overwrite to replace files of the same names (others stay)",
        )


def is_kept(destination: Path) -> bool:
    """Tell whether the folder must stay the same one: it has content, or it is the current folder."""
    if not destination.is_dir():
        return False
    return any(destination.iterdir()) or _is_current(destination)


@contextmanager
def staged(destination: Path, *, name: str | None = None) -> Iterator[Path]:
    """Give an empty folder on the disk of the destination, which is removed in the end.

    Args:
        destination: folder of the new repository; without ``name``, the folder in which it will be made.
        name: last part of the destination, if it is known already.

    Raises:
        UsageError: another call is at work in this folder.
    """
    kept = name is not None and is_kept(destination)
    stage = (
        destination / STAGE if kept else _beside(destination if name is None else destination.parent, name)
    )
    stage.mkdir(parents=True)
    (stage / _OWNER).write_text(str(os.getpid()), encoding="utf-8")
    try:
        yield stage / _TREE
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def put(tree: Path, destination: Path) -> None:
    """Move a finished tree to its destination.

    Args:
        tree: folder that :func:`staged` gave.
        destination: folder of the new repository.

    Raises:
        RefusedError: a file would land outside the destination by a symbolic link, or in place of a folder.
    """
    if is_kept(destination):
        _merge(tree, destination)
        return
    mask = os.umask(0)
    os.umask(mask)
    os.chmod(tree, 0o777 & ~mask)
    os.replace(tree, destination)


def recover(destination: Path) -> bool:
    """Undo what an interrupted call left half-done in a kept folder.

    Returns:
        Whether there was something to undo.

    Raises:
        UsageError: that call is still at work.
    """
    stage = destination / STAGE
    if not stage.is_dir():
        return False
    if _is_alive(stage / _OWNER):
        raise UsageError(
            "another call of this program is at work here", where=destination, mend="wait for its end"
        )
    if (stage / _JOURNAL).is_file():
        _undo(stage, destination)
    shutil.rmtree(stage, ignore_errors=True)
    return True


def _merge(tree: Path, destination: Path) -> None:
    stage = tree.parent
    files = sorted(
        str(path.relative_to(tree)) for path in tree.rglob("*") if path.is_symlink() or not path.is_dir()
    )
    for name in files:
        _check_target(destination, name)
    journal = stage / _JOURNAL
    with journal.open("w", encoding="utf-8") as handle:
        json.dump(_plan(files, destination), handle)
        handle.flush()
        os.fsync(handle.fileno())
    try:
        for name in files:
            _exchange(stage, destination, name)
    except BaseException:
        _undo(stage, destination)
        raise
    journal.unlink()


def _exchange(stage: Path, destination: Path, name: str) -> None:
    target, old = destination / name, stage / _OLD / name
    if os.path.lexists(target):
        old.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(target, old, follow_symlinks=False)
        except OSError:
            shutil.copy2(target, old, follow_symlinks=False)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(stage / _TREE / name, target)


def _undo(stage: Path, destination: Path) -> None:
    journal = json.loads((stage / _JOURNAL).read_text(encoding="utf-8"))
    replaced = set(journal["replaced"])
    for name in reversed(journal["files"]):
        target, old = destination / name, stage / _OLD / name
        if os.path.lexists(stage / _TREE / name):
            continue  # this file had not been moved
        if name not in replaced:
            target.unlink(missing_ok=True)
        elif os.path.lexists(old):
            os.replace(old, target)
    for name in reversed(journal["folders"]):
        folder = destination / name
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _plan(files: list[str], destination: Path) -> dict[str, list[str]]:
    """Say what will be moved, what is replaced by it and which folders are new, outer ones first."""
    parents = {str(parent) for name in files for parent in Path(name).parents}
    return {
        "files": files,
        "replaced": [name for name in files if os.path.lexists(destination / name)],
        "folders": sorted(name for name in parents if not (destination / name).exists()),
    }


def _check_target(destination: Path, name: str) -> None:
    target = destination / name
    if target.is_dir() and not target.is_symlink():
        raise RefusedError("a folder stands where a file must go", where=target, mend="move it away first")
    parent = target.parent
    while not os.path.lexists(parent):
        parent = parent.parent
    root = destination.resolve()
    resolved = parent.resolve()
    if not parent.is_dir() or (resolved != root and root not in resolved.parents):
        raise RefusedError(
            "this path leads outside the destination or through a file",
            where=parent,
            mend="move it away first",
        )


def _beside(parent: Path, name: str | None) -> Path:
    """Return a free hidden name in ``parent``."""
    return parent / f".{name or 'fairport'}.new-{os.getpid()}-{os.urandom(4).hex()}"


def _is_alive(owner: Path) -> bool:
    """Tell whether the process whose number stands in the file runs and is not this one."""
    try:
        number = int(owner.read_text(encoding="utf-8"))
        if number == os.getpid():
            return False
        os.kill(number, 0)
    except PermissionError:
        return True
    except (OSError, ValueError, OverflowError):
        return False
    return True


def _is_current(folder: Path) -> bool:
    try:
        return folder.samefile(Path.cwd())
    except OSError:
        return False
