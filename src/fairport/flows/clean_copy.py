"""A clean copy of an analysis to rerun it in: a recorded commit, or the code as it stands."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from fairport.contract.constants import OUTPUTS_DIR, RESULTS_DIR, STATE_DIR
from fairport.contract.files import inside, sha256_file
from fairport.contract.result import InputFile
from fairport.engines import git

_LEFT_OUT: Final = frozenset({STATE_DIR, OUTPUTS_DIR, RESULTS_DIR, ".git", ".venv", "__pycache__"})
_SHOWN: Final = 3


class CannotRunError(Exception):
    """The result cannot be rerun; the text says why."""


def at_commit(root: Path, commit: str, target: Path) -> Path:
    """Check out a commit of the analysis into a new folder and give it the interpreter of the analysis.

    Raises:
        CannotRunError: the commit is not there.
    """
    try:
        copy = git.clone_at(root, commit, target)
    except git.GitError as error:
        raise CannotRunError(str(error)) from None
    if not copy.is_dir():
        raise CannotRunError(f"the commit {commit[:12]} does not hold this analysis")
    _share_interpreter(root, copy)
    return copy


def as_it_stands(root: Path, target: Path) -> Path:
    """Copy the analysis without results, outputs and local state; what git ignores stays away too."""
    names = git.own_files(root) or _files(root)
    for name in names:
        source = root / name
        if _LEFT_OUT.intersection(Path(name).parts) or not source.is_file():
            continue
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, place)
    _share_interpreter(root, target)
    return target


def bring_inputs(root: Path, copy: Path, inputs: Iterable[InputFile]) -> None:
    """Put the recorded inputs into the copy where it lacks them, after proving their digests.

    Raises:
        CannotRunError: an input is nowhere to be found with its recorded bytes.
    """
    lacking = []
    for item in inputs:
        place = inside(copy, item.path)
        if place is None:
            raise CannotRunError(f"the record names the input {item.path[:200]}, outside the repository")
        if place.is_file() and sha256_file(place) == item.sha256:
            continue
        own = root / item.path
        if not own.is_file() or sha256_file(own) != item.sha256:
            lacking.append(item.path)
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        shutil.copyfile(own, place)
    if lacking:
        raise CannotRunError(
            f"the inputs are not here with the recorded bytes: {_some(lacking)} (fairport data pull)"
        )


def bring_missing(root: Path, copy: Path, paths: Iterable[str]) -> None:
    """Copy files that git ignores (fetched data) from the analysis where the copy lacks them."""
    for name in paths:
        source, place = root / name, inside(copy, name)
        if place is not None and not place.exists() and source.is_file():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, place)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _share_interpreter(root: Path, copy: Path) -> None:
    own = root / ".venv"
    if own.is_dir() and not (copy / ".venv").exists():
        (copy / ".venv").symlink_to(own, target_is_directory=True)


def _files(root: Path) -> list[str]:
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in _LEFT_OUT]
        found += [(Path(folder) / name).relative_to(root).as_posix() for name in files]
    return sorted(found)
