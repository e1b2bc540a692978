"""What git knows of the files that an update would change."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fairport.contract.errors import ConfigurationError, ToolError
from fairport.interop import safegit

_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class GitState:
    """Paths below the repository's folder, as git sees them.

    Attributes:
        tracked: paths that git knows.
        changed: tracked paths that differ from the last commit, staged or not.
    """

    tracked: frozenset[str]
    changed: frozenset[str]

    def uncommitted(self, paths: Collection[str]) -> list[str]:
        """Return those of the given paths whose present content is in no commit."""
        return sorted(set(paths) & self.changed)


def read_state(folder: Path) -> GitState:
    """Ask git about a folder.

    Raises:
        ConfigurationError: it is in no git repository, or nothing is committed yet.
        ToolError: git is missing or failed.
    """
    if shutil.which("git") is None:
        raise ToolError("git is not installed", mend="install git: an update merges with it")
    if _git(folder, "rev-parse", "--is-inside-work-tree") is None:
        raise ConfigurationError(
            "an update needs git, so that you can look at it and take it back",
            where=folder,
            why="the folder is in no git repository",
            mend='run there: git init && git add --all && git commit -m "Before the update"',
        )
    if _git(folder, "rev-parse", "--verify", "--quiet", "HEAD") is None:
        raise ConfigurationError(
            "nothing of this repository is committed yet",
            where=folder,
            mend='git add --all && git commit -m "Before the update"',
        )
    tracked = _paths(_must(folder, "ls-files", "-z", "--", "."))
    # Against HEAD: what is staged only counts as not committed, too.
    arguments = ("--no-ext-diff", "--no-textconv", "--relative", "--no-renames", "--name-only", "-z", "HEAD")
    changed = _paths(_must(folder, "diff", *arguments, "--", "."))
    return GitState(tracked, changed)


def _paths(output: bytes) -> frozenset[str]:
    return frozenset(os.fsdecode(name) for name in output.split(b"\0") if name)


def _must(folder: Path, *arguments: str) -> bytes:
    found = _git(folder, *arguments)
    if found is None:
        raise ToolError(
            f"git {arguments[0]} failed", where=str(folder), mend="see what git status says there"
        )
    return found


def _git(folder: Path, *arguments: str) -> bytes | None:
    line = safegit.command(*arguments, settings=(*safegit.OFFLINE, *safegit.ANY_OWNER))
    try:
        return safegit.ask(folder, line, environment=safegit.personal_environment(), seconds=_SECONDS)
    except subprocess.TimeoutExpired:
        raise ToolError(
            f"git {arguments[0]} did not end within {_SECONDS:.0f} s", where=str(folder)
        ) from None
