"""Start and end the processes of a lab, and never one that is not its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path


def free_port() -> int:
    """Return a TCP port of loopback that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Tell whether something accepts connections on a port of loopback."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2):
        return True
    return False


def spawn(
    command: Sequence[str], *, log: Path, pid_file: Path, environment: Mapping[str, str], folder: Path
) -> int:
    """Start a process that outlives this one, its output in ``log``, its number in ``pid_file``."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,
        )
    pid_file.write_text(f"{process.pid}\n", encoding="ascii")
    return process.pid


def alive(pid_file: Path, marker: str) -> int | None:
    """Return the process that ``pid_file`` names if it lives and its command line holds ``marker``."""
    try:
        pid = int(pid_file.read_text(encoding="ascii").split()[0])
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except (OSError, ValueError, IndexError):
        return None
    return pid if marker.encode() in line and state != "Z" else None


def end(pid_file: Path, marker: str, *, how: int = signal.SIGTERM, patience: float = 10.0) -> bool:
    """End the process of ``pid_file`` (only if it is ours) and wait for it; kill it when it lingers.

    Returns:
        Whether there was one.
    """
    pid = alive(pid_file, marker)
    if pid is None:
        pid_file.unlink(missing_ok=True)
        return False
    limit = time.monotonic() + patience
    with suppress(ProcessLookupError):
        if how == signal.SIGKILL:  # its children would live on and keep the port
            os.killpg(pid, how)
        else:
            os.kill(pid, how)
        while alive(pid_file, marker) is not None:
            if time.monotonic() > limit:
                os.killpg(pid, signal.SIGKILL)
                limit = time.monotonic() + patience
            _reap(pid)
            time.sleep(0.05)
    pid_file.unlink(missing_ok=True)
    return True


def _reap(pid: int) -> None:
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
