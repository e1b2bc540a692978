"""How an isolated tool environment is made: uv where it is found, else the modules venv and pip.

This module is a boundary: it writes environments and starts processes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_DROPPED_VARIABLES: Final = ("PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV")
_AUTHORITIES: Final = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
)


def child_environment(programs: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the variables for a child process.

    It finds ``programs`` first on PATH, writes byte code, and is not bent by the Python settings of its
    parent; ``extra`` is added last.
    """
    environment = {key: value for key, value in os.environ.items() if key not in _DROPPED_VARIABLES}
    environment["PATH"] = f"{programs}{os.pathsep}{environment.get('PATH', os.defpath)}"
    environment.update(extra or {})
    return environment


def find_uv() -> str | None:
    """Return the program ``uv``: ``$FAIRPORT_UV``, else the one on PATH, else none."""
    return os.environ.get("FAIRPORT_UV") or shutil.which("uv")


def install_environment(path: Path, requirements: Path) -> subprocess.CompletedProcess[str]:
    """Make a virtual environment at ``path`` with the locked requirements and their byte code.

    Every file is held against the hashes of the lock. The result is that of the command that failed, or
    of the last one. The commands run beside the environment, so that no settings of the current
    repository reach them.
    """
    environment = child_environment(path / "bin", {"UV_PYTHON_DOWNLOADS": "never", **_certificates()})
    uv = find_uv()
    for command in _uv_commands(uv, path, requirements) if uv else _pip_commands(path, requirements):
        try:
            done = subprocess.run(
                command,
                cwd=path.parent,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
            )
        except OSError as error:
            return subprocess.CompletedProcess(command, 127, "", f"error: {command[0]}: {error.strerror}")
        if done.returncode:
            break
    return done


def failure_reason(done: subprocess.CompletedProcess[str]) -> str:
    """Return the line of an installer's output that tells most, at most 300 characters long."""
    lines = [line.strip() for line in f"{done.stdout}\n{done.stderr}".splitlines() if line.strip()]
    telling = [line for line in lines if re.match(r"(error|fatal|×)", line, re.IGNORECASE)]
    return (telling or lines or [f"exit code {done.returncode}"])[0][:300]


def _certificates() -> dict[str, str]:
    """Let uv trust the authorities that the system trusts, as pip and git do, where they are listed."""
    listed = any(Path(name).exists() for name in _AUTHORITIES)
    return {"UV_SYSTEM_CERTS": "1"} if listed and "UV_SYSTEM_CERTS" not in os.environ else {}


def _uv_commands(uv: str, path: Path, requirements: Path) -> list[list[str]]:
    venv = [uv, "venv", "--quiet", "--no-project", "--python", sys.executable, str(path)]
    install = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--require-hashes", "--no-deps"]
    return [venv, [*install, "--python", str(path / "bin" / "python"), "-r", str(requirements)]]


def _pip_commands(path: Path, requirements: Path) -> list[list[str]]:
    pip = [str(path / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    install = [*pip, "--no-input", "--require-hashes", "--no-deps", "-r", str(requirements)]
    return [[sys.executable, "-m", "venv", str(path)], install]
