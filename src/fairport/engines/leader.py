"""A program that outlives the process that started it: started in its own session, found again by its files.

The folder of a leader holds ``pid`` (process and its start time), ``output`` (what it wrote) and, once it has
ended by itself, ``exit``.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from fairport.contract.files import write_atomic

_SCRIPT: Final = (
    'trap : INT TERM; "$@"; code=$?; echo $code >"$EXIT_FILE.part"; mv "$EXIT_FILE.part" "$EXIT_FILE"'
)
_STOP_SECONDS: Final = 20.0
_POLL_SECONDS: Final = 0.1


class Leader:
    """One such program.

    Args:
        folder: where its files are.
        errors: file that its messages are added to; by default ``errors`` in that folder.
    """

    def __init__(self, folder: Path, errors: Path | None = None) -> None:
        self._folder = folder
        self._errors = errors or folder / "errors"
        self._child: subprocess.Popen[bytes] | None = None

    def start(self, command: list[str], environment: dict[str, str], cwd: Path) -> None:
        """Start it; what an earlier one left behind in the folder is replaced."""
        self._folder.mkdir(exist_ok=True)
        for name in ("exit", "output", "pid"):
            (self._folder / name).unlink(missing_ok=True)
        with (self._folder / "output").open("wb") as output, self._errors.open("ab") as errors:
            self._child = subprocess.Popen(
                ["/bin/sh", "-c", _SCRIPT, "sh", *command],
                env={**environment, "EXIT_FILE": str(self._folder / "exit")},
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,
            )
        write_atomic(self._folder / "pid", f"{self._child.pid} {_began(self._child.pid)}\n")

    def alive(self) -> bool:
        """Tell whether it runs; a process of the same number that began later is another one."""
        if self._child is not None:
            return self._child.poll() is None
        pid, began = self._identity()
        return pid is not None and _began(pid) == began

    def exit_code(self) -> int | None:
        """Return its exit code; None while it runs and when it was killed."""
        try:
            return int((self._folder / "exit").read_text("ascii"))
        except (OSError, ValueError):
            return None

    def output(self) -> str:
        """Return what it wrote on its standard output."""
        try:
            return (self._folder / "output").read_text("utf-8", "replace")
        except OSError:
            return ""

    def stop(self) -> None:
        """End it with its children: politely, then by force."""
        pid, _ = self._identity()
        if pid is None or not self.alive():
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, number)
            deadline = monotonic() + _STOP_SECONDS
            while self.alive() and monotonic() < deadline:
                sleep(_POLL_SECONDS)
            if not self.alive():
                return

    @staticmethod
    def call(command: list[str]) -> None:
        """Run a short command whose result does not matter."""
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(command, capture_output=True, timeout=60, check=False)

    def _identity(self) -> tuple[int | None, str]:
        try:
            pid, began = (self._folder / "pid").read_text("ascii").split()
            return int(pid), began
        except (OSError, ValueError):
            return None, ""


def _began(pid: int) -> str:
    """Return when a process began, in the system's own counting; empty when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]
