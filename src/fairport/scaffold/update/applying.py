"""The changes of an update put into place together or not at all.

Everything new is written and flushed beside the repository's files first, in ``.fairport-update/`` with the
old files and a journal; then the files move, one rename each. An error moves them back. So does the next call
after a crash: until the journal is gone the update has not happened.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fairport.contract.errors import RefusedError, UsageError
from fairport.scaffold.update.merging import read_content
from fairport.scaffold.update.model import Content, FileChange

STAGE: Final = ".fairport-update"
"""Folder at the top of the repository while an update is at work; git ignores it."""

_NEW: Final = "new"
_OLD: Final = "old"
_JOURNAL: Final = "journal.json"
_LOCK: Final = "lock"


@dataclass(frozen=True, slots=True)
class Recovery:
    """What an interrupted update left behind.

    Attributes:
        undone: whether files were moved back.
        kept: files that somebody changed after the interruption; they were left alone, and their content from
            before the update lies beside them as ``<name>.before-update``.
    """

    undone: bool
    kept: tuple[str, ...] = ()


@contextmanager
def locked(folder: Path) -> Iterator[Recovery]:
    """Keep other updates away from a repository, after an interrupted one was undone.

    Raises:
        UsageError: another update is at work here.
    """
    stage = folder / STAGE
    if stage.is_symlink() or (stage.exists() and not stage.is_dir()):
        raise RefusedError(
            "something else has the name of our working folder", where=stage, mend="move it away"
        )
    stage.mkdir(exist_ok=True)
    with (stage / _LOCK).open("w", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UsageError(
                "another update is at work here", where=folder, mend="wait until it has ended"
            ) from None
        try:
            recovery = recover(folder)
            (stage / ".gitignore").write_text("*\n", encoding="utf-8")
            yield recovery
        finally:
            if not (stage / _JOURNAL).exists():
                shutil.rmtree(stage, ignore_errors=True)


def is_interrupted(folder: Path) -> bool:
    """Tell whether an update of this repository was interrupted while files moved."""
    return (folder / STAGE / _JOURNAL).is_file()


def apply(folder: Path, changes: Sequence[FileChange]) -> None:
    """Carry out the changes that are to be written; call it inside :func:`locked`.

    Raises:
        OSError: the disk refused; nothing was changed.
        RefusedError: a file changed while the update was planned.
    """
    operations = _operations(changes)
    if not operations:
        return
    stage = folder / STAGE
    _prepare(folder, stage, operations)
    journal = {
        "operations": [
            {"path": path, "old": _digest(old), "new": _digest(new)} for path, old, new in operations
        ],
        "folders": _new_folders(folder, [path for path, _, new in operations if new is not None]),
    }
    _write_journal(stage, journal)
    try:
        for path, _, new in operations:
            _move(folder, stage, path, new)
        _sync_folders(folder, [path for path, _, _ in operations])
    except BaseException:
        _undo(folder, stage, journal)
        (stage / _JOURNAL).unlink()
        raise
    (stage / _JOURNAL).unlink()
    _remove_empty(folder, [path for path, _, new in operations if new is None])


def recover(folder: Path) -> Recovery:
    """Undo what an interrupted update left half-done."""
    stage = folder / STAGE
    journal = stage / _JOURNAL
    if not journal.is_file():
        _clear(stage)
        return Recovery(False)
    kept = _undo(folder, stage, json.loads(journal.read_text(encoding="utf-8")))
    journal.unlink()
    _clear(stage)
    return Recovery(True, kept)


def _operations(changes: Sequence[FileChange]) -> list[tuple[str, Content | None, Content | None]]:
    found: list[tuple[str, Content | None, Content | None]] = []
    for change in changes:
        if not change.written:
            continue
        if change.moved_from is not None:
            found.append((change.moved_from, change.before, None))
            found.append((change.path, None, change.after))
        else:
            found.append((change.path, change.before, change.after))
    return found


def _prepare(folder: Path, stage: Path, operations: list[tuple[str, Content | None, Content | None]]) -> None:
    """Write every new file and keep every old one, before anything moves."""
    for path, old, new in operations:
        target = folder / path
        if read_content(target) != old or (old is None and os.path.lexists(target)):
            raise RefusedError(
                "this file changed while the update was prepared", where=target, mend="call it once more"
            )
        if new is not None:
            place = stage / _NEW / path
            place.parent.mkdir(parents=True, exist_ok=True)
            _write(place, new, target if old is not None and not old.link else None)
        if old is not None:
            _keep(target, stage / _OLD / path)


def _write(place: Path, content: Content, like: Path | None) -> None:
    if content.link:
        place.symlink_to(os.fsdecode(content.data))
        return
    with place.open("wb") as handle:
        handle.write(content.data)
        handle.flush()
        os.fsync(handle.fileno())
    if like is not None:
        mode = like.stat().st_mode & 0o666
    else:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    place.chmod(mode | (mode >> 2 & 0o111 if content.executable else 0))


def _keep(target: Path, old: Path) -> None:
    old.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(target, old, follow_symlinks=False)
    except OSError:
        shutil.copy2(target, old, follow_symlinks=False)


def _write_journal(stage: Path, journal: dict[str, Any]) -> None:
    temporary = stage / f"{_JOURNAL}.part"
    with temporary.open("w", encoding="utf-8", errors="surrogateescape") as handle:
        json.dump(journal, handle)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(temporary, stage / _JOURNAL)
    _sync(stage)


def _move(folder: Path, stage: Path, path: str, new: Content | None) -> None:
    target = folder / path
    if new is None:
        target.unlink()
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(stage / _NEW / path, target)


def _undo(folder: Path, stage: Path, journal: dict[str, Any]) -> tuple[str, ...]:
    """Put every file back; one that is neither the old nor the new one now belongs to somebody."""
    kept = []
    for operation in reversed(journal["operations"]):
        path, target, old = operation["path"], folder / operation["path"], stage / _OLD / operation["path"]
        now = _digest(read_content(target))
        if now == operation["old"]:
            continue
        if now not in (operation["new"], None) or (now is None and os.path.lexists(target)):
            kept.append(path)
            if os.path.lexists(old):
                os.replace(old, target.with_name(f"{target.name}.before-update"))
        elif operation["old"] is None:
            target.unlink()
        elif os.path.lexists(old):
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(old, target)
    for name in reversed(journal["folders"]):
        place = folder / name
        if place.is_dir() and not any(place.iterdir()):
            place.rmdir()
    return tuple(kept)


def _digest(content: Content | None) -> str | None:
    if content is None:
        return None
    kind = b"l" if content.link else b"x" if content.executable else b"f"
    return hashlib.sha256(kind + content.data).hexdigest()


def _new_folders(folder: Path, paths: list[str]) -> list[str]:
    parents = {parent.as_posix() for path in paths for parent in Path(path).parents}
    return sorted(name for name in parents if not (folder / name).exists())


def _remove_empty(folder: Path, paths: list[str]) -> None:
    for path in paths:
        for parent in Path(path).parents:
            place = folder / parent
            if place == folder or not place.is_dir() or any(place.iterdir()):
                break
            place.rmdir()


def _sync_folders(folder: Path, paths: list[str]) -> None:
    for place in {(folder / path).parent for path in paths}:
        if place.is_dir():
            _sync(place)


def _sync(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _clear(stage: Path) -> None:
    for name in (_NEW, _OLD):
        shutil.rmtree(stage / name, ignore_errors=True)
