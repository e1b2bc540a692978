"""The git boundary: a few read-only questions to git that the repository cannot turn into code execution.

Only commands that consult no configured program are used, through :mod:`fairport.interop.safegit`, and
without any settings of the user, so that two people get the same findings.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

from fairport.interop import safegit

TIMEOUT = 10.0
"""Seconds that git gets for an answer; after one delay it is not asked again."""

_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class GitView:
    """What git knows about a folder that lies in a work tree."""

    def __init__(self, program: str, top: Path, folder: Path) -> None:
        self._program, self._top, self._folder = program, top, folder
        self._hangs = False

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

    def files(self) -> list[str] | None:
        """Return tracked and untracked files that are not ignored, relative to the folder; ``None`` on
        failure.
        """
        output = self._ask("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        if output is None:
            return None
        return list(dict.fromkeys(os.fsdecode(name) for name in output.split(b"\0") if name))

    def tracked(self) -> frozenset[str] | None:
        """Return the tracked files, relative to the folder; ``None`` on failure."""
        output = self._ask("ls-files", "-z", "--cached")
        if output is None:
            return None
        return frozenset(os.fsdecode(name) for name in output.split(b"\0") if name)

    def head(self) -> str | None:
        """Return the commit that is checked out."""
        output = self._ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        text = (output or b"").decode("ascii", "replace").strip()
        return text if _COMMIT.fullmatch(text) else None

    def head_tags(self) -> list[str]:
        """Return the tags of the commit that is checked out."""
        output = self._ask("tag", "--points-at", "HEAD") or b""
        return output.decode("utf-8", "replace").split()

    def origin(self) -> str | None:
        """Return the address of the remote ``origin``."""
        output = self._ask("config", "--get", "remote.origin.url")
        return (output or b"").decode("utf-8", "replace").strip() or None

    def has_commit(self, commit: str) -> bool | None:
        """Tell whether ``commit`` exists; ``None`` when it cannot be known (shallow clone, failure)."""
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
