"""The git boundary: a few read-only questions to git that the repository cannot turn into code execution.

Only commands that consult no configured program are used, through :mod:`fairport.interop.safegit`, and
without any settings of the user, so that two people get the same findings.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import subprocess
from functools import cached_property
from pathlib import Path
from typing import Final

from fairport.interop import safegit

TIMEOUT = 10.0
"""Seconds that git gets for an answer; after one delay it is not asked again."""

_STATE_FILES: Final = ("HEAD", "packed-refs", "config", "shallow")
_MOST_REFERENCES: Final = 5_000
_LARGEST_STATE: Final = 10_000_000

_VERSION: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,100}")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class GitView:
    """What git knows about a folder that lies in a work tree.

    Attributes:
        commits: what was answered about commits.
    """

    def __init__(self, program: str, top: Path, folder: Path) -> None:
        self._program, self._top, self._folder = program, top, folder
        self._hangs = False
        self.commits: dict[str, bool | None] = {}

    @classmethod
    def of(cls, folder: Path) -> GitView | None:
        """Return the view of ``folder``, or ``None`` without git or outside a work tree."""
        program = shutil.which("git")
        if program is None:
            return None
        for top in (folder, *folder.parents):
            if (top / ".git").exists():
                return cls(program, top, folder)
        return None

    @property
    def own(self) -> bool:
        """Whether the folder is the top of its work tree."""
        return self._top == self._folder

    @cached_property
    def _listing(self) -> tuple[tuple[str, ...], frozenset[str]] | None:
        """Files that are not ignored, and those of them that git tracks; ``None`` on failure."""
        output = self._ask("ls-files", "-z", "-t", "--cached", "--others", "--exclude-standard")
        if output is None:
            return None
        entries = [(item[:1], os.fsdecode(item[2:])) for item in output.split(b"\0") if len(item) > 2]
        names = tuple(dict.fromkeys(name for _, name in entries))
        return names, frozenset(name for tag, name in entries if tag != b"?")

    def files(self) -> list[str] | None:
        """Return tracked and untracked files that are not ignored, relative to the folder; ``None`` on
        failure.
        """
        return None if self._listing is None else list(self._listing[0])

    def tracked(self) -> frozenset[str] | None:
        """Return the tracked files, relative to the folder; ``None`` on failure."""
        return None if self._listing is None else self._listing[1]

    def state(self) -> str:
        """Return a digest of what the answers about commit, tags and remote depend on.

        It is taken from git's own small files where they are plain, and from git's answers elsewhere (a
        linked work tree, references in another store, settings in further files).
        """
        folder = self._top / ".git"
        digest = hashlib.sha256()
        if not _plain_store(folder):
            answers = (self.head() or "", self.origin() or "", *self.head_tags())
            return hashlib.sha256("\0".join(answers).encode("utf-8", "surrogatepass")).hexdigest()
        for path in (*(folder / name for name in _STATE_FILES), *_references(folder / "refs")):
            digest.update(os.fsencode(path.relative_to(folder)) + b"\0")
            digest.update(hashlib.sha256(_small(path) or b"missing").digest())
        return digest.hexdigest()

    def head(self) -> str | None:
        """Return the commit that is checked out."""
        output = self._ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        text = (output or b"").decode("ascii", "replace").strip()
        return text if _COMMIT.fullmatch(text) else None

    def head_tags(self) -> list[str]:
        """Return the tags of the commit that is checked out."""
        output = self._ask("tag", "--points-at", "HEAD") or b""
        return output.decode("utf-8", "replace").split()

    def version_tag(self, version: str) -> str | None:
        """Return the full name of the tag of a version (``v1.2`` or ``1.2``), if there is one."""
        if not _VERSION.fullmatch(version):
            return None
        names = (f"refs/tags/v{version}", f"refs/tags/{version}")
        return next((name for name in names if self.named(name) is not None), None)

    def named(self, name: str) -> str | None:
        """Return the object that a full name such as ``refs/tags/v1^{tree}`` stands for."""
        output = self._ask("rev-parse", "--verify", "--quiet", "--end-of-options", name)
        text = (output or b"").decode("ascii", "replace").strip()
        return text if _COMMIT.fullmatch(text) else None

    def origin(self) -> str | None:
        """Return the address of the remote ``origin``."""
        output = self._ask("config", "--get", "remote.origin.url")
        return (output or b"").decode("utf-8", "replace").strip() or None

    def has_commit(self, commit: str) -> bool | None:
        """Tell whether ``commit`` exists; ``None`` when it cannot be known (shallow clone, failure)."""
        if commit not in self.commits:
            self.commits[commit] = self._search(commit)
        return self.commits[commit]

    def _search(self, commit: str) -> bool | None:
        if not _COMMIT.fullmatch(commit):
            return False
        if self._ask("cat-file", "-e", f"{commit}^{{commit}}") is not None:
            return True
        shallow = self._ask("rev-parse", "--is-shallow-repository")
        return False if shallow is not None and shallow.strip() == b"false" else None

    def _ask(self, *arguments: str) -> bytes | None:
        """Run git; ``None`` when it fails, takes too long or says too much."""
        if self._hangs:
            return None
        place = (f"--git-dir={self._top / '.git'}", f"--work-tree={self._top}")
        settings = (*safegit.OFFLINE, *safegit.ANY_OWNER)
        line = safegit.command(*place, *arguments, settings=settings, program=self._program)
        try:
            return safegit.ask(
                self._folder, line, environment=safegit.isolated_environment(), seconds=TIMEOUT
            )
        except subprocess.TimeoutExpired:
            self._hangs = True
            return None


def _plain_store(folder: Path) -> bool:
    """Tell whether a ``.git`` keeps its references and settings in the usual files."""
    if not folder.is_dir() or (folder / "reftable").exists() or (folder / "config.worktree").exists():
        return False
    config = _small(folder / "config")
    return config is not None and b"[include" not in config.lower()


def _references(folder: Path) -> list[Path]:
    found: list[Path] = []
    for place, _, names in os.walk(folder):
        found += [Path(place) / name for name in names]
        if len(found) > _MOST_REFERENCES:
            break
    return sorted(found)


def _small(path: Path) -> bytes | None:
    """Return the content of a regular file of bounded size, else ``None``."""
    try:
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return None
    with os.fdopen(fd, "rb") as handle:
        info = os.fstat(fd)
        if not stat.S_ISREG(info.st_mode) or info.st_size > _LARGEST_STATE:
            return None
        return handle.read(_LARGEST_STATE)
