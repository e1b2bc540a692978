"""What git knows of an analysis repository, read without running anything that the repository configures.

Hooks, the file-system monitor, external diff programs and optional locks are off. A repository that git
cannot read counts as none.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from fairport.contract.constants import OUTPUTS_DIR, RESULTS_DIR, STATE_DIR
from fairport.interop import safegit

_TIMEOUT: Final = 120.0
_IGNORED: Final = (RESULTS_DIR, OUTPUTS_DIR, STATE_DIR)
_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class GitState:
    """State of the repository of an analysis.

    Attributes:
        inside: whether the analysis lies in a git work tree.
        commit: 40 or 64 hexadecimal digits; None outside git and before the first commit.
        clean: whether nothing differs from the commit, new files included, besides ``results/``,
            ``outputs/`` and ``.fairport/``.
        changed: the first files that differ, relative to the analysis.
        remote: address of the remote ``origin`` without user and password, if it is http(s).
        user: name and e-mail address that git commits under.
    """

    inside: bool = False
    commit: str | None = None
    clean: bool = False
    changed: tuple[str, ...] = ()
    remote: str | None = None
    user: tuple[str | None, str | None] = (None, None)


def read_state(root: Path) -> GitState:
    """Return what git knows of the analysis at ``root``."""
    settings = _settings(root)
    user = (settings.get("user.name"), settings.get("user.email"))
    exclude = [f":(exclude){name}" for name in _IGNORED]
    status = _git(
        root, "status", "--porcelain=v2", "--branch", "-z", "--untracked-files=normal", "--", ".", *exclude
    )
    if status is None:
        return GitState(user=user)
    commit, changed = _parse_status(status.split("\0"), _prefix(root))
    return GitState(
        inside=True,
        commit=commit,
        clean=commit is not None and not changed,
        changed=tuple(changed[:_SHOWN]),
        remote=_public_url(settings.get("remote.origin.url")),
        user=user,
    )


def tracked(root: Path, paths: Iterable[str]) -> frozenset[str]:
    """Return those of ``paths`` (relative to ``root``) that git tracks; none outside git."""
    wanted = list(paths)
    if not wanted:
        return frozenset()
    listed = _git(root, "--literal-pathspecs", "ls-files", "-z", "--", *wanted)
    return frozenset(listed.split("\0")) & frozenset(wanted) if listed else frozenset()


def _parse_status(entries: Sequence[str], prefix: str) -> tuple[str | None, list[str]]:
    """Read ``git status --porcelain=v2 -z``: headers, then one entry a file (a rename is followed by its
    source).
    """
    commit: str | None = None
    changed: list[str] = []
    rest = iter(entries)
    for entry in rest:
        kind = entry[:1]
        if entry.startswith("# branch.oid "):
            found = entry.removeprefix("# branch.oid ")
            commit = found if re.fullmatch(r"[0-9a-f]{40}([0-9a-f]{24})?", found) else None
        elif kind == "1":
            changed.append(entry.split(" ", 8)[8])
        elif kind == "2":
            changed.append(entry.split(" ", 9)[9])
            next(rest, None)
        elif kind == "u":
            changed.append(entry.split(" ", 10)[10])
        elif kind == "?":
            changed.append(entry[2:])
    return commit, [path.removeprefix(prefix) for path in changed]


def _prefix(root: Path) -> str:
    """Return the path of ``root`` inside its work tree with a final slash; empty at the top."""
    return (_git(root, "rev-parse", "--show-prefix") or "").rstrip("\n")


def _settings(root: Path) -> dict[str, str]:
    pattern = r"^(user\.(name|email)|remote\.origin\.url)$"
    text = _git(root, "config", "-z", "--get-regexp", pattern) or ""
    return {key: value for key, _, value in (item.partition("\n") for item in text.split("\0")) if key}


def _public_url(url: str | None) -> str | None:
    """Return an http(s) address without user and password; nothing else is recorded."""
    parts = urlsplit(url or "")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _git(root: Path, *arguments: str) -> str | None:
    """Run git in ``root`` and return what it wrote, or None when it is missing, fails or takes too long."""
    environment = safegit.personal_environment()
    try:
        output = safegit.ask(root, safegit.command(*arguments), environment=environment, seconds=_TIMEOUT)
    except subprocess.TimeoutExpired:
        return None
    return None if output is None else os.fsdecode(output)


def clone_at(root: Path, commit: str, target: Path) -> Path:
    """Check out a commit of the repository of ``root`` into a new folder, with nothing else in it.

    Args:
        root: an analysis in a git work tree.
        commit: 40 or 64 hexadecimal digits.
        target: folder to make.

    Returns:
        The analysis in the new folder.

    Raises:
        GitError: the commit is not there, or git cannot check it out.
    """
    top = (_git(root, "rev-parse", "--show-toplevel") or "").rstrip("\n")
    if not top:
        raise GitError("git cannot read the repository")
    if _git(root, "cat-file", "-e", f"{commit}^{{commit}}") is None:
        raise GitError(f"the commit {commit[:12]} is not in this repository (git fetch)")
    if _git(Path(top), "clone", "--quiet", "--no-checkout", "--shared", "--", top, str(target)) is None:
        raise GitError("git cannot clone the repository")
    if _git(target, "checkout", "--quiet", "--detach", commit) is None:
        raise GitError(f"git cannot check out the commit {commit[:12]}")
    return target / _prefix(root)


def own_files(root: Path) -> list[str]:
    """Return the files of the analysis that git tracks or would take, relative to it; none outside git."""
    listed = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ".")
    return [name for name in (listed or "").split("\0") if name]


class GitError(Exception):
    """Git cannot do what was asked; the text says why."""
