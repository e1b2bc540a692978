"""Git around a new repository: start it and make the first commit. Nothing here ever fails because of git."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FALLBACK_NAME: Final = "fairport new"
FALLBACK_EMAIL: Final = "fairport@localhost"
"""Author of the first commit where git knows no name: said in the report, to be amended by the user."""

_SETTINGS: Final = (
    "init.defaultBranch=main",
    "core.hooksPath=/dev/null",
    "commit.gpgSign=false",
    "core.autocrlf=false",
)
_TIMEOUT: Final = 60.0


@dataclass(frozen=True, slots=True)
class GitOutcome:
    """What became of git: whether there is a first commit, and what the user should know."""

    committed: bool
    note: str | None = None


def start(folder: Path, place: Path, message: str) -> GitOutcome:
    """Make ``folder`` a git repository and commit everything in it.

    Args:
        folder: folder with the files.
        place: where the folder will finally lie; a repository around that place which does not ignore it
            keeps us from making another one inside.
        message: message of the commit.
    """
    if shutil.which("git") is None:
        return GitOutcome(False, "git is not installed, so there is no repository yet")
    around = _repository_around(place)
    if around is not None:
        return GitOutcome(False, f"the folder lies in the git repository {around}: nothing was committed")
    identity, note = _identity(folder)
    for arguments in (
        ["init", "--quiet", "--template="],
        ["add", "--all"],
        ["commit", "--quiet", "--no-verify", "--message", message],
    ):
        result = _git(folder, [*identity, *arguments])
        if result.returncode != 0:
            reason = (result.stderr.strip().splitlines() or ["no reason given"])[-1]
            return GitOutcome(False, f"git {arguments[0]} failed ({reason}): nothing was committed")
    return GitOutcome(True, note)


def git_identity() -> tuple[str, str] | None:
    """Return the name and e-mail address that git is configured with, if both are known."""
    if shutil.which("git") is None:
        return None
    result = _git(Path.home(), ["config", "--get-regexp", r"^user\.(name|email)$"])
    found = dict(line.partition(" ")[::2] for line in result.stdout.splitlines())
    name = os.environ.get("GIT_AUTHOR_NAME") or found.get("user.name", "")
    email = os.environ.get("GIT_AUTHOR_EMAIL") or found.get("user.email", "")
    return (name, email) if name and email else None


def _identity(folder: Path) -> tuple[list[str], str | None]:
    known = _git(folder, ["config", "--get-regexp", r"^user\.(name|email)$"]).stdout
    name = "user.name " in known or "GIT_AUTHOR_NAME" in os.environ
    email = "user.email " in known or "GIT_AUTHOR_EMAIL" in os.environ
    if name and email:
        return [], None
    return (
        ["-c", f"user.name={FALLBACK_NAME}", "-c", f"user.email={FALLBACK_EMAIL}"],
        f'git knows no name for you: the first commit is by "{FALLBACK_NAME}" '
        "(git config --global user.name and user.email, then git commit --amend --reset-author)",
    )


def _repository_around(place: Path) -> Path | None:
    """Return the work tree that holds ``place`` and does not ignore it."""
    parent = place.parent
    while not parent.is_dir():
        parent = parent.parent
    found = _git(parent, ["rev-parse", "--show-toplevel"])
    if found.returncode != 0:
        return None
    ignored = _git(parent, ["check-ignore", "--quiet", "--", str(place)])
    return None if ignored.returncode == 0 else Path(found.stdout.rstrip("\n"))


def _git(folder: Path, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR")
    }
    environment.update(LC_ALL="C.UTF-8", GIT_TERMINAL_PROMPT="0")
    settings = [part for setting in _SETTINGS for part in ("-c", setting)]
    try:
        return subprocess.run(
            ["git", *settings, *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(arguments, 1, "", str(error))
