"""Writing beside what exists: never over it, all or nothing, and undone on request.

Everything is prepared in a stage inside ``.fairport`` with a journal, then each file comes into being by a
hard link, which fails where something stands. A receipt ends the work. A stage without a receipt is what a
killed call left: the next call removes exactly the files of its journal that still have its bytes.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fairport.contract.constants import STATE_DIR
from fairport.contract.errors import DocumentError, RefusedError, UsageError
from fairport.contract.files import read_bytes, sha256_bytes, write_atomic
from fairport.contract.saving import dump_json

RECEIPT: Final = f"{STATE_DIR}/adopted.json"
"""What was written, so that it can be undone."""

_STAGE: Final = f"{STATE_DIR}/adopt-stage"
_MAX: Final = 50_000_000


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of the files that adoption had written: removed, or kept because somebody changed them."""

    removed: tuple[str, ...]
    kept: tuple[str, ...]


def write(root: Path, texts: dict[str, str]) -> None:
    """Write new files, all or none.

    Args:
        root: folder of the repository.
        texts: text of each file by its path; none may exist.

    Raises:
        RefusedError: something stands where a file must go, or a folder on the way is a link or a file.
        UsageError: another call is at work here.
    """
    _check_state(root)
    for name in (*texts, RECEIPT):
        _check_target(root, name)
    folders = _new_folders(root, [*texts, RECEIPT])
    stage = root / _STAGE
    journal = {
        "files": {name: sha256_bytes(text.encode("utf-8")) for name, text in texts.items()},
        "folders": folders,
    }
    try:
        _prepare(stage, texts, journal)
        for name in texts:
            _place(stage, root, name)
        write_atomic(root / RECEIPT, dump_json({"adopted": 1, **journal}))
    except FileExistsError as error:
        _roll_back(root, journal)
        raise RefusedError(
            "something stands where a file must go", where=error.filename2 or error.filename
        ) from None
    except OSError as error:
        _roll_back(root, journal)
        why = error.strerror or str(error)
        raise RefusedError("the files cannot be written; nothing was changed", where=root, why=why) from None
    except BaseException:
        _roll_back(root, journal)
        raise
    shutil.rmtree(stage, ignore_errors=True)


def recover(root: Path) -> bool:
    """Undo what a killed call left half-done.

    Returns:
        Whether there was something to undo.

    Raises:
        UsageError: that call is still at work.
    """
    _check_state(root)
    stage = root / _STAGE
    if not os.path.lexists(stage):
        return False
    if _is_alive(stage / "pid"):
        raise UsageError("another fairport adopt is at work here", where=root, mend="wait for its end")
    journal = _load(stage / "journal.json")
    if not os.path.lexists(root / RECEIPT):
        _roll_back(root, journal or {"files": {}, "folders": [STATE_DIR]})
    else:
        shutil.rmtree(stage, ignore_errors=True)
    return True


def undo(root: Path) -> Undone:
    """Remove the files that adoption wrote, and the folders that it made if they are empty.

    Raises:
        UsageError: nothing was adopted here.
    """
    recover(root)
    receipt = _load(root / RECEIPT)
    if receipt is None:
        raise UsageError("there is no adoption to undo", where=root, why=f"there is no {RECEIPT}")
    removed, kept = [], []
    for name, digest in receipt["files"].items():
        target = root / name
        if not os.path.lexists(target):
            continue
        if _is_own(root, name, digest):
            target.unlink()
            removed.append(name)
        else:
            kept.append(name)
    (root / RECEIPT).unlink()
    _remove_folders(root, receipt["folders"])
    return Undone(tuple(removed), tuple(kept))


def _prepare(stage: Path, texts: dict[str, str], journal: dict[str, Any]) -> None:
    stage.mkdir(parents=True)
    (stage / "pid").write_text(str(os.getpid()), encoding="utf-8")
    for number, text in enumerate(texts.values()):
        write_atomic(stage / f"{number}", text)
    (stage / "names.json").write_text(json.dumps(list(texts)), encoding="utf-8")
    write_atomic(stage / "journal.json", dump_json(journal))


def _place(stage: Path, root: Path, name: str) -> None:
    order = json.loads((stage / "names.json").read_text(encoding="utf-8"))
    source, target = stage / str(order.index(name)), root / name
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:  # no hard links here: still never over something, though a reader may see a part
        with target.open("xb") as handle:
            handle.write(source.read_bytes())


def _roll_back(root: Path, journal: dict[str, Any]) -> None:
    stage = root / _STAGE
    for number, (name, digest) in enumerate(journal["files"].items()):
        if _is_own(root, name, digest) or _is_part(root / name, stage / f"{number}"):
            (root / name).unlink(missing_ok=True)
    shutil.rmtree(stage, ignore_errors=True)
    _remove_folders(root, journal["folders"])


def _is_own(root: Path, name: str, digest: str) -> bool:
    target = root / name
    try:
        if target.parent.resolve() != root.resolve() / Path(name).parent or not stat.S_ISREG(
            target.lstat().st_mode
        ):
            return False
        return sha256_bytes(read_bytes(target, limit=_MAX)) == digest
    except (OSError, DocumentError):
        return False


def _is_part(target: Path, source: Path) -> bool:
    """Tell whether a file is the beginning of a staged one: a copy that was cut off."""
    try:
        if not stat.S_ISREG(target.lstat().st_mode) or not source.is_file():
            return False
        return source.stat().st_size > target.stat().st_size and source.read_bytes().startswith(
            target.read_bytes()
        )
    except OSError:
        return False


def _check_state(root: Path) -> None:
    for name in (STATE_DIR, _STAGE):
        path = root / name
        if os.path.lexists(path) and (path.is_symlink() or not path.is_dir()):
            raise RefusedError("this must be a plain folder", where=path, mend="move it away first")


def _check_target(root: Path, name: str) -> None:
    if os.path.lexists(root / name):
        raise RefusedError(
            "something stands where a file must go", where=root / name, mend="move it away first"
        )
    for parent in list(Path(name).parents)[:-1]:
        path = root / parent
        if os.path.lexists(path) and (path.is_symlink() or not path.is_dir()):
            raise RefusedError(
                "a link or file stands where a folder must be", where=path, mend="move it away first"
            )


def _new_folders(root: Path, files: list[str]) -> list[str]:
    parents = {str(parent) for name in files for parent in list(Path(name).parents)[:-1]}
    return sorted(name for name in parents if not (root / name).exists())


def _remove_folders(root: Path, folders: list[str]) -> None:
    for name in reversed(folders):
        try:
            (root / name).rmdir()
        except OSError:
            continue  # it holds something of somebody else


def _load(path: Path) -> dict[str, Any] | None:
    """Return a journal or receipt whose paths stay inside the repository, or ``None``."""
    try:
        data = json.loads(read_bytes(path))
        paths = [*data["files"], *data["folders"]]
        digests = list(data["files"].values())
    except (OSError, DocumentError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if not all(isinstance(item, str) and item for item in (*paths, *digests)):
        return None
    return data if not any(Path(item).is_absolute() or ".." in Path(item).parts for item in paths) else None


def _is_alive(owner: Path) -> bool:
    try:
        number = int(read_bytes(owner, limit=40))
        if number == os.getpid() or number <= 0:
            return False
        os.kill(number, 0)
    except PermissionError:
        return True
    except (OSError, DocumentError, ValueError, OverflowError):
        return False
    return True
