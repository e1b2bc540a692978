"""The child process that runs CWL workflows with cwltool: ``python -P -m fairport.engines.cwl_worker``.

It reads one JSON request a line on its standard input and answers with one JSON event a line on its
standard output. It serves several workflows one after the other, so that the half second that cwltool
takes to build its schemas is paid once. When its input ends, because the parent asks it to stop or is
gone in whatever way, it kills what it started and ends.

Requests: ``{"op": "load", ...}`` (answers ``loaded`` or ``invalid``), then ``{"op": "run"}`` (answers
``step-started``, ``step-ended`` ... ``finished``). The first event is ``ready``.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import Any, Final, TextIO, cast
from urllib.parse import unquote, urlsplit

from cwltool import process as cwl_process
from cwltool.errors import WorkflowException
from cwltool.loghandler import _logger, defaultStreamHandler
from cwltool.process import Process
from cwltool.utils import processes_to_kill, visit_files_directories
from schema_salad.exceptions import ValidationException

from fairport.engines.cwl_loading import check_inputs, load_process, readable, runtime_context
from fairport.engines.cwl_steps import StepExecutor

_GRACE_SECONDS: Final = 3.0
_SCRATCH: Final[list[str]] = []
"""Folders of the current workflow that nobody needs after it."""
_STOPPING: Final = threading.Event()


class Worker:
    """Serves requests one after the other.

    Args:
        events: where events go.
    """

    def __init__(self, events: TextIO) -> None:
        self._events = events
        self._lock = threading.Lock()
        self._loaded: tuple[Process, dict[str, Any], dict[str, Any]] | None = None

    def emit(self, event: dict[str, Any]) -> None:
        """Write one event."""
        line = json.dumps(event, ensure_ascii=False)
        with self._lock:
            self._events.write(line + "\n")
            self._events.flush()

    def serve(self, requests: Iterator[dict[str, Any]]) -> None:
        """Answer requests until they end."""
        cwl_process.get_schema("v1.2")
        self.emit({"event": "ready", "version": f"cwltool {version('cwltool')}"})
        for request in requests:
            if request["op"] == "load":
                self._load(request)
            elif request["op"] == "run":
                self._run()

    def _load(self, request: dict[str, Any]) -> None:
        subject = "workflow"
        try:
            with logged(Path(request["logs"]) / "cwltool.log"):
                process = load_process(request)
                subject = "inputs"
                job = check_inputs(process, request)
        except (ValidationException, WorkflowException, RuntimeError, ValueError) as error:
            message = readable(str(error), request["root"])
            self.emit({"event": "invalid", "subject": subject, "message": message})
            return
        self._loaded = process, job, request
        self.emit({"event": "loaded"})

    def _run(self) -> None:
        if self._loaded is None:
            raise ValueError("nothing is loaded")
        process, job, request = self._loaded
        self._loaded = None
        _SCRATCH[:] = [request["work"], request["temporary"]]
        root = Path(request["root"])
        executor = StepExecutor(self.emit, Path(request["logs"]), root, request["parallel"])
        context = runtime_context(request)
        context.select_resources = executor.select_resources
        message = None
        outputs: Any = None
        status = "permanentFail"
        with logged(Path(request["logs"]) / "cwltool.log"), variables(request), executor.listening():
            try:
                outputs, status = executor(process, cast(Any, job), context, logger=_logger)
            except (ValidationException, WorkflowException, OSError) as error:
                message = readable(str(error), request["root"])
            finally:
                processes_to_kill.clear()
                remove_scratch()
        finished = status == "success" and message is None
        self.emit(
            {
                "event": "finished",
                "status": "finished" if finished else "failed",
                "message": message,
                "outputs": list(final_files(outputs, Path(request["outputs"]))) if finished else [],
            }
        )


def final_files(outputs: Any, folder: Path) -> Iterator[dict[str, str]]:
    """Yield port and path (relative to ``folder``) of each final output, folders included."""
    for port, value in outputs.items() if isinstance(outputs, dict) else ():
        found: list[Any] = []
        visit_files_directories(value, found.append)
        for item in found:
            path = Path(unquote(urlsplit(str(item.get("location", ""))).path))
            if path.is_relative_to(folder):
                yield {"name": str(port), "path": path.relative_to(folder).as_posix()}


@contextmanager
def logged(path: Path) -> Iterator[None]:
    """Send cwltool's own log to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(path, encoding="utf-8", errors="backslashreplace")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    salad = logging.getLogger("salad")
    for logger in (_logger, salad):
        logger.removeHandler(defaultStreamHandler)
        logger.addHandler(handler)
    try:
        yield
    finally:
        for logger in (_logger, salad):
            logger.removeHandler(handler)
        handler.close()


@contextmanager
def variables(request: dict[str, Any]) -> Iterator[None]:
    """Set what steps inherit from this process while a workflow runs."""
    before = dict(os.environ)
    os.environ.update(request["variables"], PATH=request["path"])
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def read_requests(stream: TextIO, requests: queue.SimpleQueue[dict[str, Any]]) -> None:
    """Pass requests on; when they end, end this process with everything that it started."""
    for line in stream:
        request = json.loads(line)
        if request["op"] == "stop":
            break
        requests.put(request)
    stop_everything()


def stop_everything() -> None:
    """Kill containers and processes that were started here, politely first, then end this process.

    This process leads its own group, to which the steps belong unless they leave it on purpose.
    """
    if _STOPPING.is_set():
        return
    _STOPPING.set()
    children = list(processes_to_kill)
    for child in children:
        _kill_container(child.args)
    os.killpg(0, signal.SIGTERM)
    deadline = monotonic() + _GRACE_SECONDS
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(0.0, deadline - monotonic()))
    remove_scratch()
    os.killpg(0, signal.SIGKILL)


def remove_scratch() -> None:
    """Remove the intermediate files of the current workflow."""
    for folder in _SCRATCH:
        shutil.rmtree(folder, ignore_errors=True)


def _kill_container(command: Any) -> None:
    words = [str(word) for word in command] if isinstance(command, (list, tuple)) else []
    for word in words:
        if word.startswith("--cidfile="):
            identifier = Path(word.partition("=")[2])
            if identifier.exists():
                kill = [words[0], "kill", identifier.read_text("utf-8")]
                with suppress(OSError, subprocess.SubprocessError):
                    subprocess.run(kill, timeout=10, check=False)


def main() -> None:
    """Serve the parent process."""
    # Whatever prints to standard output (cwltool, a container engine) must not end up among the events.
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    _logger.setLevel(logging.INFO)
    # A handler, not SIG_IGN, which the steps would inherit.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=stop_everything).start())
    requests: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=read_requests, args=(sys.stdin, requests), daemon=True).start()
    Worker(events).serve(iter(requests.get, None))


if __name__ == "__main__":
    main()
