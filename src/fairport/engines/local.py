"""The engine ``local``: cwltool in a child process on this machine."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import tempfile
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from fairport.contract.errors import (
    ConfigurationError,
    DocumentError,
    Location,
    UsageError,
)
from fairport.contract.files import sha256_file
from fairport.contract.run import RunError, RunFile, RunRecord, Step
from fairport.engines.containers import docker_shim
from fairport.engines.interrupts import ended_in_order
from fairport.engines.protocol import Run, RunContext, StepFailedError, WorkflowFailedError
from fairport.engines.recorded import RecordedRun, log_tail
from fairport.engines.records import RunFolder, now
from fairport.engines.registry import check_options
from fairport.engines.step_progress import StepProgress
from fairport.engines.worker_process import WorkerProcess
from fairport.interop.cache import cache_root

if TYPE_CHECKING:
    from fairport.contract.progress import Progress

_START_SECONDS: Final = 120.0
_POLL_SECONDS: Final = 1.0
_SAVE_SECONDS: Final = 0.5
_SAVE_SHARE: Final = 0.05
"""Part of the time that may go into saving the record, which a scan makes long."""


class LocalEngine:
    """Runs workflows here, one after the other, in one warm worker process.

    Args:
        parallel: steps at a time; 0 takes the number of cores.

    Attributes:
        busy: whether a workflow runs in the worker.
    """

    name = "local"
    remote = False
    resumable = False

    def __init__(self, parallel: int = 0) -> None:
        self._parallel = parallel
        self._worker: WorkerProcess | None = None
        self._version: str | None = None
        self.busy = False

    @classmethod
    def from_options(cls, options: dict[str, str]) -> LocalEngine:
        """Return the engine with the options of the command line.

        Raises:
            UsageError: an option is unknown or no number.
        """
        check_options(options, {"parallel": "steps at a time"}, "local")
        text = options.get("parallel", "0")
        if not text.isdecimal():
            raise UsageError(f"parallel={text[:20]} is not a number", mend="for example parallel=4")
        return cls(int(text))

    def __enter__(self) -> LocalEngine:
        return self

    def __exit__(self, *details: object) -> None:
        self.close()

    def start(self) -> None:
        """Start the worker; it imports cwltool while we do something else."""
        if self._worker is not None and not self._worker.alive:
            self.close()
        if self._worker is None:
            self._worker = WorkerProcess()
            self._version = None

    def close(self) -> None:
        """Stop the worker and what runs in it."""
        if self._worker is not None:
            self._worker.stop(gently=self.busy)
        self._worker = None
        self.busy = False

    def submit(self, context: RunContext) -> Run:
        """Validate workflow and inputs with cwltool, then start the run.

        Raises:
            DocumentError: workflow or inputs are invalid; nothing has run.
            ToolError: cwltool cannot be started.
        """
        worker = self.validate(context)
        record = replace(context.record, status="running", started=now(), engine_version=self._version)
        context.folder.save(record)
        self.busy = True
        worker.send({"op": "run"})
        return LocalRun(self, worker, context, record)

    def validate(self, context: RunContext) -> WorkerProcess:
        """Let cwltool look at workflow and inputs; nothing runs.

        Returns:
            The worker, which has them loaded.

        Raises:
            DocumentError, ToolError: as :meth:`submit`.
        """
        worker = self._ready()
        temporary = tempfile.mkdtemp(prefix="fairport-")
        try:
            worker.send(_request(context, temporary, self._parallel))
            answer = _await(worker, _START_SECONDS)
            if answer["event"] != "loaded":
                raise invalid(answer["subject"], answer["message"], context)
        except BaseException as error:
            shutil.rmtree(temporary, ignore_errors=True)
            if not isinstance(error, DocumentError):
                self.close()  # whatever it still answers would be taken for the answer to the next run
            raise
        return worker

    def attach(self, folder: RunFolder, progress: Progress | None = None) -> Run:
        """Find a run again from its record."""
        return RecordedRun(folder)

    def _ready(self) -> WorkerProcess:
        self.start()
        worker = self._worker
        assert worker is not None  # noqa: S101 - start made it
        if self._version is None:
            self._version = str(_await(worker, _START_SECONDS)["version"])
        return worker


class LocalRun(RecordedRun):
    """A run in the worker of this process."""

    def __init__(
        self, engine: LocalEngine, worker: WorkerProcess, context: RunContext, record: RunRecord
    ) -> None:
        super().__init__(context.folder)
        self._engine, self._worker, self._context = engine, worker, context
        self._record = record
        self._steps: dict[str, Step] = {step.id: step for step in record.steps}
        self._reasons: dict[str, str] = {}
        self._saved = monotonic()
        self._pause = _SAVE_SECONDS
        self._watch = StepProgress(context.progress)

    def wait(self) -> RunRecord:
        """Follow the run to its end; see :class:`fairport.engines.protocol.Run`."""
        with ended_in_order(partial(self._end, "failed"), self.cancel):
            return self._finish(self._finished())

    def _finished(self) -> dict[str, Any]:
        """Follow the steps and return the last event of the worker."""
        while True:
            event = self._worker.next_event(_POLL_SECONDS)
            if event is None:
                self._watch.tick()
            elif event["event"] == "finished":
                self._engine.busy = False
                return event
            else:
                self._step(event)

    def cancel(self) -> None:
        """Stop the worker with all steps; the record says ``cancelled``."""
        self._engine.close()
        self._end("cancelled", RunError("cancelled"))

    def _step(self, event: dict[str, Any]) -> None:
        name = event["id"]
        if event["event"] == "step-started":
            self._steps[name] = Step(
                id=name,
                status="running",
                started=event["time"],
                command=tuple(event["command"]),
                log=event["log"],
            )
            self._watch.started(name)
        else:
            self._steps[name] = replace(
                self._steps[name],
                status=event["status"],
                ended=event["time"],
                exit_code=event.get("exit_code"),
                outputs=tuple(RunFile(**item) for item in event["outputs"]),
                log=None if event.get("silent") else self._steps[name].log,
            )
            if "reason" in event:
                self._reasons[name] = event["reason"]
            self._watch.ended(name, event["status"] == "finished")
        if monotonic() - self._saved > self._pause:
            self._save()

    def _save(self, **changes: Any) -> None:
        began = monotonic()
        self._record = replace(self._record, steps=tuple(self._steps.values()), **changes)
        self.folder.save(self._record)
        self._saved = monotonic()
        self._pause = max(_SAVE_SECONDS, (self._saved - began) / _SAVE_SHARE)

    def _finish(self, event: dict[str, Any]) -> RunRecord:
        if event["status"] == "finished":
            self._save(ended=now(), outputs=measured(self.folder.outputs, event["outputs"]))
            return self._record
        failed = next((step for step in self._steps.values() if step.status == "failed"), None)
        if failed is None:
            message = event["message"] or "the workflow could not go on"
            self._fail(RunError(message.splitlines()[0][:300]))
            raise WorkflowFailedError(
                "the workflow failed",
                where=self.folder.shown(self.folder.logs / "cwltool.log"),
                why=message,
                mend="outputs/ and results/ are as they were before",
            )
        reason = self._reasons.get(failed.id, "")
        tail = log_tail(self.folder.path / failed.log) if failed.log else ()
        error = StepFailedError(
            failed.id,
            reason,
            log=self.folder.shown(self.folder.path / (failed.log or "")),
            command=shlex.join(failed.command),
            tail=tail,
        )
        self._fail(RunError(error.what, failed.id, tail))
        raise error

    def _fail(self, error: RunError) -> None:
        self._end("failed", error)

    def _end(self, status: str, error: RunError) -> None:
        for name, step in self._steps.items():
            if step.status == "running":
                self._steps[name] = replace(step, status="failed")
        self.folder.clear_work()  # first: the disk may be full
        with suppress(OSError):  # then the record stays as it is, and without the lock counts as interrupted
            self._save(status=status, ended=now(), error=error)
        self.folder.release()


def measured(folder: Path, named: list[dict[str, str]]) -> tuple[RunFile, ...]:
    """Return all files below ``folder`` with size, sha256 and the port that each belongs to."""
    ports = {item["path"]: item["name"] for item in named}

    def port(path: Path) -> str | None:
        names = [path, *path.parents]
        return next((ports[name.as_posix()] for name in names if name.as_posix() in ports), None)

    files = sorted(item for item in folder.rglob("*") if item.is_file()) if folder.is_dir() else []
    return tuple(
        RunFile(
            (relative := file.relative_to(folder)).as_posix(),
            sha256_file(file),
            file.stat().st_size,
            name=port(relative),
        )
        for file in files
    )


def invalid(subject: str, message: str, context: RunContext) -> DocumentError:
    """Word what cwltool says about a workflow or inputs that it does not accept.

    Args:
        subject: ``workflow`` or ``inputs``.
        message: cwltool's text; the first ``file:line:column`` in it is taken for the place.
        context: the run.
    """
    where: Location | str = context.workflow.file if subject == "workflow" else context.job.name or "inputs"
    place = re.search(r"^\s*([^\s:][^:\n]*):(\d+):(\d+):", message, re.MULTILINE)
    if place and subject == "workflow":
        where = Location(place[1], int(place[2]), int(place[3]))
    return DocumentError(
        f"cwltool does not accept the {subject}",
        where=where,
        why=message,
        mend="fairport check looks at the whole repository" if subject == "workflow" else None,
    )


def _request(context: RunContext, temporary: str, parallel: int) -> dict[str, Any]:
    shims = context.folder.work / "bin"
    path = context.environment.search_path(shims)
    container = context.container
    if docker_shim(container, shims):
        container, path = "docker", os.pathsep.join([str(shims), path])
    return {
        "op": "load",
        "root": str(context.root),
        "workflow": str(context.root / context.workflow.file),
        "inputs": context.job.values,
        "base": str(context.job.base),
        "logs": str(context.folder.logs),
        "outputs": str(context.folder.outputs),
        "work": str(context.folder.work),
        "temporary": temporary,
        "images": str(cache_root() / "singularity"),
        "container": container,
        "path": path,
        "variables": context.environment.variables,
        "parallel": parallel,
    }


def _await(worker: WorkerProcess, seconds: float) -> dict[str, Any]:
    event = worker.next_event(seconds)
    if event is None:
        worker.stop()
        raise ConfigurationError(
            f"the workflow engine has not answered within {seconds:.0f} s",
            mend="see whether the machine is overloaded, then run again",
        )
    return event
