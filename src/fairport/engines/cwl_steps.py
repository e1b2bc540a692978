"""Watching the steps of a workflow from inside cwltool: start, end, command, exit code, log, outputs.

Runs in the worker process only (see :mod:`fairport.engines.cwl_worker`).
"""

from __future__ import annotations

import hashlib
import logging
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from cwltool.command_line_tool import CallbackJob, ExpressionJob
from cwltool.context import RuntimeContext
from cwltool.executors import MultithreadedJobExecutor
from cwltool.job import JobBase
from cwltool.loghandler import _logger
from cwltool.utils import visit_files
from cwltool.workflow_job import WorkflowJob

from fairport.engines.records import now

Emit = Callable[[dict[str, Any]], None]

_WAIT_SECONDS: Final = 0.1
_FULL_BYTES: Final = 1 << 20
"""With less than this left, a disk counts as full."""
_THREAD_VARIABLES: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class StepExecutor(MultithreadedJobExecutor):
    """Runs the jobs of a workflow side by side, as cores and memory allow, and tells what each one does.

    Args:
        emit: receiver of the events ``step-started`` and ``step-ended``.
        logs: folder for one log file a step.
        root: repository; paths inside it are shown relative to it.
        parallel: jobs at a time; 0 takes the number of cores.
    """

    def __init__(self, emit: Emit, logs: Path, root: Path, parallel: int = 0) -> None:
        super().__init__(max_parallel=parallel)
        self._emit, self._logs, self._root = emit, logs, root
        self._names: set[str] = set()
        self._messages = StepMessages()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take note of cwltool's complaints while a workflow runs, to explain a failure."""
        _logger.addHandler(self._messages)
        try:
            yield
        finally:
            _logger.removeHandler(self._messages)

    def select_resources(
        self, request: dict[str, int | float], runtime_context: RuntimeContext
    ) -> dict[str, int | float]:
        """Ask for no more than the machine has: a workflow written for a cluster still runs, only slower."""
        fitting = dict(request)
        for name, limit in (("cores", self.max_cores), ("ram", self.max_ram)):
            if request[f"{name}Min"] > limit:
                _logger.warning("%s asked for: %s, there: %s", name, request[f"{name}Min"], limit)
                fitting[f"{name}Min"] = limit
                fitting[f"{name}Max"] = max(limit, fitting[f"{name}Max"])
        return super().select_resources(fitting, runtime_context)

    def wait_for_next_completion(self, runtime_context: RuntimeContext) -> None:
        """Wait for a job to end; briefly, since cwltool tells of the last one before it counts it as done."""
        if runtime_context.workflow_eval_lock is not None:
            runtime_context.workflow_eval_lock.wait(timeout=_WAIT_SECONDS)
        if self.exceptions:
            raise self.exceptions[0]

    def _runner(
        self,
        job: JobBase | WorkflowJob | CallbackJob | ExpressionJob,
        runtime_context: RuntimeContext,
        TMPDIR_LOCK: threading.Lock,  # noqa: N803 - the name in the base class
    ) -> None:
        """Run one job in this thread, watched."""
        if not isinstance(job, JobBase):
            super()._runner(job, runtime_context, TMPDIR_LOCK)
            return
        log = self._logs / f"{self._file_name(job.name)}.log"
        step = _Step(job, self._root)
        threads = str(max(1, int(job.builder.resources.get("cores", 1))))
        for name in _THREAD_VARIABLES:
            job.environment.setdefault(name, threads)
        place = f"{log.parent.name}/{log.name}"
        self._emit(
            {"event": "step-started", "id": job.name, "time": now(), "log": place, "command": step.command()}
        )
        with log.open("wb") as stream, self._messages.of_this_thread() as messages:
            own = runtime_context.copy()
            own.default_stdout = own.default_stderr = stream
            super()._runner(job, own, TMPDIR_LOCK)
        event = step.ended(messages)
        if event["status"] == "finished" and not log.stat().st_size:  # a scan has thousands of them
            log.unlink()
            event["silent"] = True
        self._emit(event)

    def _file_name(self, step: str) -> str:
        """Return a file name for the log of a step, unique in this run."""
        plain = re.sub(r"[^\w.-]+", "_", step).strip(".")[:80] or "step"
        name, count = plain, 1
        while name.lower() in self._names:
            count += 1
            name = f"{plain}_{count}"
        self._names.add(name.lower())
        return name


class StepMessages(logging.Handler):
    """Keeps cwltool's warnings and errors apart by the thread, that is the job, that they come from."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._local = threading.local()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message for the job that runs in this thread."""
        messages: list[str] | None = getattr(self._local, "messages", None)
        if messages is not None:
            messages.append(record.getMessage())

    @contextmanager
    def of_this_thread(self) -> Iterator[list[str]]:
        """Collect what this thread says."""
        self._local.messages = []
        try:
            yield self._local.messages
        finally:
            self._local.messages = None


class _Step:
    """What becomes of one job; hooks into the two calls that know its exit code and its outputs."""

    def __init__(self, job: JobBase, root: Path) -> None:
        self._job, self._root = job, root
        self._status = "permanentFail"
        self._exit_code: int | None = None
        self._full = False
        self._ended: str | None = None
        self._outputs: list[dict[str, Any]] = []
        collect, report = job.collect_outputs, job.output_callback

        def collecting(outdir: str, code: int) -> Any:
            self._exit_code = code
            if code:  # now, since cwltool removes what the step wrote
                self._full = shutil.disk_usage(outdir).free < _FULL_BYTES
            return collect(outdir, code)

        def reporting(outputs: Any, status: str) -> None:
            self._status = status
            if status == "success":
                self._outputs = [*_measured(outputs)]
            self._ended = now()  # before the report, which lets the next steps begin
            if report is not None:
                report(outputs, status)

        job.collect_outputs = collecting
        job.output_callback = reporting

    def command(self) -> list[str]:
        """Return the command line with staged files as paths in the repository, else as plain names."""
        staged = {}
        for key in self._job.pathmapper.files():
            entry = self._job.pathmapper.mapper(key)
            source = Path(entry.resolved)
            inside = source.is_relative_to(self._root)
            hidden = not inside or ".fairport" in source.relative_to(self._root).parts
            shown = source.name if hidden else source.relative_to(self._root).as_posix()
            staged[entry.target] = shown
        words = []
        for word in map(str, self._job.command_line):
            for target, shown in staged.items():
                word = word.replace(target, shown)
            words.append(word)
        return words

    def ended(self, messages: list[str]) -> dict[str, Any]:
        """Return the event that ends the step."""
        succeeded = self._status == "success"
        event: dict[str, Any] = {
            "event": "step-ended",
            "id": self._job.name,
            "time": self._ended or now(),
            "status": "finished" if succeeded else "failed",
            "outputs": self._outputs,
        }
        if self._exit_code is not None:
            event["exit_code"] = self._exit_code
        if not succeeded:
            event["reason"] = self._reason(messages)
        return event

    def _reason(self, messages: list[str]) -> str:
        if self._exit_code is not None and self._exit_code < 0:
            return f"killed by signal {-self._exit_code}"
        if self._exit_code:
            return f"exit code {self._exit_code}" + (", and the disk is full" if self._full else "")
        for message in messages:
            text = re.sub(r"^\[job [^\]]*\] (Job error:\s*)?", "", message).strip()
            if text and not text.startswith("completed "):
                return _plain(text, self._root)
        return "its outputs could not be collected" if self._exit_code == 0 else "it could not be started"


def _plain(text: str, root: Path) -> str:
    """Shorten cwltool's message to one line without absolute paths."""
    line = " ".join(text.split())
    missing = re.search(r"parameter '([^']*)':.*glob pattern: \[([^\]]*)\]", line)
    if missing:
        return f"it wrote no file {missing[2]} for its output {missing[1]}"
    return line.replace(root.as_uri() + "/", "").replace(f"{root}/", "")[:300]


def _measured(outputs: Any) -> Iterator[dict[str, Any]]:
    """Yield name, size and sha256 of each output file of a job."""
    for port, value in outputs.items() if isinstance(outputs, dict) else ():
        found: list[Any] = []
        visit_files(value, found.append)
        for item in found:
            path = Path(unquote(urlsplit(str(item.get("location", ""))).path))
            try:
                with path.open("rb") as stream:
                    digest = hashlib.file_digest(stream, "sha256").hexdigest()
                size = path.stat().st_size
            except OSError:
                continue
            yield {"name": str(port), "path": path.name, "sha256": digest, "bytes": size}
