"""The parent's side of the worker process: start it, talk to it, end it and whatever it left behind."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from typing import IO, Any, Final

from fairport.contract.errors import ToolError

_STOP_SECONDS: Final = 10.0
_DROPPED: Final = ("PYTHONDONTWRITEBYTECODE", "CWLTOOL_OPTIONS", "CWLTOOL_FORCE_SHELL_POPEN", "PYTHONSTARTUP")


class WorkerProcess:
    """One child process that runs workflows.

    It leads its own process group: Ctrl-C reaches this process alone, which then ends the group in order.
    """

    def __init__(self) -> None:
        self._errors: IO[bytes] = tempfile.TemporaryFile(prefix="fairport-worker-")  # noqa: SIM115
        environment = {key: value for key, value in os.environ.items() if key not in _DROPPED}
        try:
            self._process = subprocess.Popen(
                # -P: the current directory, which may be anybody's, is no place for modules.
                [sys.executable, "-P", "-m", "fairport.engines.cwl_worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                env=environment,
                cwd=tempfile.gettempdir(),
                start_new_session=True,
            )
        except OSError as error:
            raise ToolError("the workflow engine cannot be started", why=error.strerror) from None
        self._events: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def send(self, request: dict[str, Any]) -> None:
        """Send a request.

        Raises:
            ToolError: the process is gone.
        """
        stream = self._process.stdin
        assert stream is not None  # noqa: S101 - it was opened as a pipe
        try:
            stream.write(json.dumps(request, ensure_ascii=False).encode("utf-8") + b"\n")
            stream.flush()
        except OSError:
            raise self.died() from None

    def next_event(self, timeout: float) -> dict[str, Any] | None:
        """Return the next event, or None when none came within ``timeout`` seconds.

        Raises:
            ToolError: the process is gone.
        """
        try:
            event = self._events.get(timeout=timeout)
        except queue.Empty:
            return None
        if event is None:
            raise self.died()
        return event

    def stop(self, *, gently: bool = True) -> None:
        """End the process and everything that it started.

        Args:
            gently: let it stop its steps and containers first, which takes some seconds at most; otherwise
                it has nothing to stop and is killed at once.
        """
        stream = self._process.stdin
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
        if gently:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_STOP_SECONDS)
        self._kill_group()
        self._process.wait()
        self._errors.close()

    def died(self) -> ToolError:
        """Return the error that tells how the process ended; what it left behind is killed."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_STOP_SECONDS)
        self._kill_group()
        code = self._process.poll()
        how = f"killed by signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        lines = self._complaints()
        return ToolError(
            f"the workflow engine died ({how})",
            why="\n".join(lines[-5:]) or None,
            mend="see whether memory or disk ran out, then run again",
        )

    def _complaints(self) -> list[str]:
        self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, self._errors.tell() - 4000))
        return self._errors.read().decode("utf-8", "replace").splitlines()

    def _kill_group(self) -> None:
        # The group outlives its leader as long as one of its processes does.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None  # noqa: S101 - it was opened as a pipe
        for line in stream:
            try:
                self._events.put(json.loads(line))
            except ValueError:
                continue
        self._events.put(None)
