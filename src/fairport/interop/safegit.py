"""Calls of git that nothing in a repository can turn into the execution of a program.

A repository's own configuration can name programs: hooks, a file-system monitor, pagers, external diffs.
Every call overrides these settings, bounds time and output, and never asks a person for anything.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

SETTINGS: Final = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.untrackedCache=false",
    "core.pager=cat",
    "core.askPass=",
    "diff.external=",
    "submodule.recurse=false",
    "advice.detachedHead=false",
)
"""Settings that every call overrides."""

OFFLINE: Final = ("protocol.allow=never",)
"""Further settings of calls that only look at what lies on the disk."""

ANY_OWNER: Final = ("safe.directory=*",)
"""Further settings of calls that may read a repository of another user, since they run nothing of it."""

_ALWAYS: Final = {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
_PERSONAL: Final = frozenset(
    {"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CEILING_DIRECTORIES"}
)


def isolated_environment() -> dict[str, str]:
    """Return an environment without any settings of the user or the system."""
    return {
        **_ALWAYS,
        "HOME": "/nonexistent",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "PATH": os.environ.get("PATH", os.defpath),
    }


def personal_environment(keep: Iterable[str] = ()) -> dict[str, str]:
    """Return the user's environment without what would point git to another repository (as inside a hook).

    Args:
        keep: names of further ``GIT_`` variables that stay.
    """
    kept = _PERSONAL | frozenset(keep)
    own = {key: value for key, value in os.environ.items() if not key.startswith("GIT_") or key in kept}
    return {**own, **_ALWAYS}


def command(*arguments: str, settings: Iterable[str] = (), program: str = "git") -> list[str]:
    """Return the command line of a call with the overridden settings and ``settings`` besides."""
    options = [part for setting in (*SETTINGS, *settings) for part in ("-c", setting)]
    return [program, "--no-pager", *options, *arguments]


def ask(
    folder: Path, line: list[str], *, environment: dict[str, str], seconds: float, limit: int = 64_000_000
) -> bytes | None:
    """Run a command line of :func:`command` in ``folder`` and return what it wrote.

    Returns:
        The output, or ``None`` when git is missing, fails, or says more than ``limit`` bytes.

    Raises:
        subprocess.TimeoutExpired: it did not end within ``seconds``.
    """
    try:
        done = subprocess.run(
            line,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except (OSError, ValueError):
        return None
    return done.stdout if done.returncode == 0 and len(done.stdout) <= limit else None
