"""The engine ``slurm``: Toil in its isolated environment submits each step to the cluster.

Toil's leader runs in a session of its own, so that it goes on when the terminal closes; whoever follows the
run reads its log. Its job store stays until the run has succeeded: a run that failed or lost its leader is
taken up where it stopped. HTCondor and Kubernetes go through the same door (``batch=htcondor``), untested.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Final

from fairport.contract.errors import ConfigurationError, FairportError, ToolError
from fairport.contract.files import sha256_file, write_atomic
from fairport.contract.run import RunError, RunRecord, Step
from fairport.engines.interrupts import ended_in_order
from fairport.engines.leader import Leader
from fairport.engines.local import LocalEngine, measured
from fairport.engines.protocol import Run, RunContext, StepFailedError, WorkflowFailedError
from fairport.engines.recorded import RecordedRun, log_tail
from fairport.engines.records import ACTIVE, RunFolder, now, state
from fairport.engines.registry import check_options
from fairport.engines.step_progress import StepProgress
from fairport.engines.toil_logs import LeaderLog, StepNames, final_files, pack_logs, steps_of
from fairport.engines.workflow_files import read_workflow
from fairport.interop import toolenvs
from fairport.interop.runcrate import CODE_FOLDER

if TYPE_CHECKING:
    from fairport.contract.progress import Progress

_OPTIONS: Final = {
    "partition": "partition that jobs go to",
    "time": "time limit of a job, as sbatch takes it",
    "qos": "quality of service",
    "args": "further options of sbatch",
    "memory": "off where the site does not schedule memory",
    "jobs": "jobs at a time",
    "retries": "how often a failing job is tried again, 0 unless given",
    "batch": "another batch system of Toil: htcondor, kubernetes, single_machine (untested)",
    "store": "folder on a file system that all nodes share, for intermediate files",
}
_FLAGS: Final = {
    "partition": "--slurmPartition",
    "time": "--slurmTime",
    "qos": "--slurmQOS",
    "args": "--slurmArgs",
    "jobs": "--maxJobs",
}
_SECRET: Final = re.compile(r"TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|_KEY$", re.IGNORECASE)
_POLL_SECONDS: Final = 0.5
_SAVE_SECONDS: Final = 2.0


class SlurmEngine:
    """Runs workflows on a cluster.

    Args:
        options: see :meth:`from_options`.
    """

    name = "slurm"
    remote = False
    resumable = True

    def __init__(self, options: dict[str, str]) -> None:
        self._options = options

    @classmethod
    def from_options(cls, options: dict[str, str]) -> SlurmEngine:
        """Return the engine with the options of the command line.

        Raises:
            UsageError: an option is unknown.
        """
        check_options(options, _OPTIONS, "slurm")
        return cls(options)

    def start(self) -> None:
        """Check that jobs can be submitted here.

        Raises:
            ToolError: sbatch is not on PATH.
        """
        if self._options.get("batch", "slurm") == "slurm" and not shutil.which("sbatch"):
            raise ToolError(
                "this machine cannot submit jobs to Slurm",
                why="sbatch is not on PATH",
                mend="log in to a machine of the cluster, or use --engine local",
            )

    def close(self) -> None:
        """Do nothing: a run goes on by itself, or was cancelled."""

    def submit(self, context: RunContext) -> Run:
        """Validate workflow and inputs with cwltool, then start Toil's leader.

        Raises:
            DocumentError: workflow or inputs are invalid; nothing has run.
            ToolError: Toil cannot be installed or started.
        """
        tool = toolenvs.ensure("toil", context.progress)
        with LocalEngine() as local:
            local.validate(context)
        folder = context.folder
        write_atomic(folder.path / "inputs.json", json.dumps(context.job.values))
        shims = folder.path / "bin"
        variables = {
            **context.environment.variables,
            "PATH": os.pathsep.join([context.environment.search_path(shims), str(tool.bin)]),
        }
        store = Path(self._options["store"]) / folder.id if "store" in self._options else None
        handle = {
            "store": str(store or folder.path / "jobstore"),
            "variables": variables,
            "arguments": self._arguments(context),
        }
        write_atomic(folder.path / "toil.json", json.dumps(handle))
        version = f"toil {toolenvs.known_tools()['toil'].version}"
        record = replace(context.record, status="running", started=now(), engine_version=version)
        folder.save(record)
        run = SlurmRun(folder, context.progress)
        run.launch(restart=False)
        return run

    def attach(self, folder: RunFolder, progress: Progress | None = None) -> Run:
        """Find a run again; to wait for one whose leader is gone takes it up where it stopped."""
        return SlurmRun(folder, progress)

    def _arguments(self, context: RunContext) -> list[str]:
        options = self._options
        words = [
            "--batchSystem", options.get("batch", "slurm"),
            "--publishWorkflowMetrics", "no",
            "--disableProgress",
            "--statePollingWait", "1",
            "--retryCount", options.get("retries", "0"),
            "--clean", "never",
            "--logColors", "False",
            "--logInfo",
            "--writeLogsFromAllJobs", "True",
        ]  # fmt: skip
        for name, flag in _FLAGS.items():
            if name in options:
                words.append(f"{flag}={options[name]}")
        if options.get("memory") == "off":
            words += ["--slurmAllocateMem", "False"]
        if context.environment.variables:
            words += ["--preserve-environment", *sorted(context.environment.variables)]
        words.append(
            {"none": "--no-container", "docker": "--logInfo"}.get(context.container, f"--{context.container}")
        )
        return words


class SlurmRun(RecordedRun):
    """A run that Toil's leader drives."""

    def __init__(self, folder: RunFolder, progress: Progress | None) -> None:
        super().__init__(folder)
        self._record = folder.load()
        self._leader = Leader(folder.path / "leader", folder.logs / "toil.log")
        self._names = StepNames(self._record.workflow.file, _tools(folder, self._record))
        self._log = LeaderLog(folder.logs / "toil.log", self._names)
        self._watch = StepProgress(progress) if progress else None

    def status(self) -> str:
        """Return ``running`` while the leader lives, else the recorded state."""
        record = self.folder.load()
        if record.status in ACTIVE and self._leader.alive():
            return "running"
        return state(self.folder, record)

    def launch(self, *, restart: bool) -> None:
        """Start the leader, anew or from its job store."""
        handle = json.loads((self.folder.path / "toil.json").read_text("utf-8"))
        tool = toolenvs.ensure("toil")
        raw = self.folder.logs / "toil"
        for place in (raw, self.folder.logs / "batch"):
            place.mkdir(parents=True, exist_ok=True)
        store = Path(handle["store"])
        store.parent.mkdir(parents=True, exist_ok=True)
        command = [
            str(tool.bin / "toil-cwl-runner"),
            *(["--restart"] if restart and store.is_dir() else []),
            "--jobStore", f"file:{store}",
            "--outdir", str(self.folder.outputs),
            "--writeLogs", str(raw),
            "--batchLogsDir", str(self.folder.logs / "batch"),
            *handle["arguments"],
            # Not the copy: the workflow's own files may be mended before it is taken up again.
            str(self.folder.root / self._record.workflow.file),
            str(self.folder.path / "inputs.json"),
        ]  # fmt: skip
        # Toil writes its variables to the job store and hands them to every job.
        environment = {
            name: value
            for name, value in tool.environment({**handle["variables"], "TOIL_HISTORY": "False"}).items()
            if not _SECRET.search(name)
        }
        self._leader.start(command, environment, self.folder.root)

    def wait(self) -> RunRecord:
        """Follow the leader to its end; see :class:`fairport.engines.protocol.Run`."""
        with ended_in_order(partial(self._end, "failed"), self.cancel):
            if not self._leader.alive() and self._leader.exit_code() != 0:
                self._take_up()
            saved = monotonic()
            while self._leader.alive():
                sleep(_POLL_SECONDS)
                self._tell()
                if monotonic() - saved > _SAVE_SECONDS:
                    self._save_progress()
                    saved = monotonic()
            self._tell()
            return self._finish()

    def cancel(self) -> None:
        """Stop the leader and every job that it submitted; the record says ``cancelled``."""
        self._leader.stop()
        self._tell()
        jobs = self._log.batch_jobs
        if jobs and shutil.which("scancel"):
            Leader.call(["scancel", "--quiet", *jobs])
        self._end("cancelled", RunError("cancelled"))
        self._remove_store()

    def _take_up(self) -> None:
        """Start the leader again, after looking at what has changed since the run began."""
        record = self._record
        known = steps_of(self.folder, record, self._names)
        finished = {Path(word).name for step in known if step.status == "finished" for word in step.command}
        inputs = []
        for item in record.inputs:
            path = self.folder.root / item.path
            if not path.is_file():
                raise ConfigurationError(f"the input {item.path} is gone", mend="restore it, or run anew")
            digest = sha256_file(path)
            if digest != item.sha256 and path.name in finished:
                raise ConfigurationError(
                    f"the input {item.path} has changed, and steps that succeeded have read it",
                    mend="fairport run starts anew",
                )
            inputs.append(replace(item, sha256=digest, bytes=path.stat().st_size))
        for item in record.workflow.files:
            path = self.folder.root / item.path
            if not path.is_file() or sha256_file(path) != item.sha256:
                raise ConfigurationError(
                    f"the workflow file {item.path} has changed", mend="fairport run starts anew"
                )
        changed = tuple(
            new.path for new, old in zip(inputs, record.inputs, strict=True) if new.sha256 != old.sha256
        )
        code = record.code
        if changed:  # mended since: the recorded commit is no longer the whole truth
            code = replace(code, clean=False, changed=tuple(dict.fromkeys([*code.changed, *changed])))
        self._record = replace(
            record, inputs=tuple(inputs), code=code, status="running", ended=None, error=None
        )
        self._save()
        self._log = LeaderLog(self.folder.logs / "toil.log", self._names)
        self.launch(restart=True)

    def _tell(self) -> None:
        for name, event in self._log.news():
            if self._watch is None:
                continue
            if event == "issued":
                self._watch.started(name)
            else:
                self._watch.ended(name, event == "complete")
        if self._watch:
            self._watch.tick()

    def _save_progress(self) -> None:
        """Record what the leader's log says; the logs of the workers are read once, at the end."""
        ended = [Step(id=name, status=status) for name, status in self._log.ended.items()]
        running = [
            Step(id=name, status="running", started=instant) for name, instant in self._log.running.items()
        ]
        self._record = replace(self._record, steps=(*ended, *running))
        self.folder.save(self._record)

    def _save(self, **changes: Any) -> None:
        """Record everything that is known of the steps, and what else has changed."""
        found = steps_of(self.folder, self._record, self._names)  # none when the logs are packed already
        self._record = replace(self._record, steps=found or self._record.steps, **changes)
        self.folder.save(self._record)

    def _finish(self) -> RunRecord:
        if self._leader.exit_code() == 0:
            self._unchanged_inputs()
            outputs = json.loads(self._leader.output() or "{}")
            self._save(
                ended=now(),
                outputs=measured(self.folder.outputs, list(final_files(outputs, self.folder.outputs))),
            )
            self._remove_store()
            pack_logs(self.folder.logs)
            return self._record
        steps = steps_of(self.folder, self._record, self._names)
        failed = next((step for step in steps if step.status == "failed"), None)
        if failed is None:
            place = self.folder.logs / "toil.log"
            complaint = self._log.complaint or "\n".join(log_tail(place)[-5:])
            self._end("failed", RunError("the workflow failed"))
            raise WorkflowFailedError(
                "the workflow failed",
                where=self.folder.shown(place),
                why=complaint or None,
                mend=f"fairport runs fetch {self.folder.id} goes on where it stopped",
            )
        tail = log_tail(self.folder.path / failed.log) if failed.log else ()
        reason = f"exit code {failed.exit_code}" if failed.exit_code else "its outputs are not as declared"
        error = StepFailedError(
            failed.id,
            reason,
            log=self.folder.shown(self.folder.path / (failed.log or "logs/toil.log")),
            command=shlex.join(failed.command),
            tail=tail,
        )
        error.mend = f"mend it, then fairport runs fetch {self.folder.id} runs what has not succeeded"
        self._end("failed", RunError(error.what, failed.id, tail))
        raise error

    def _unchanged_inputs(self) -> None:
        """Refuse outputs of inputs that were edited while jobs read them.

        Raises:
            ConfigurationError: an input has changed.
        """
        for item in self._record.inputs:
            path = self.folder.root / item.path
            if not path.is_file() or sha256_file(path) != item.sha256:
                raise ConfigurationError(
                    f"the input {item.path} has changed while the run went on", mend="run again"
                )

    def _end(self, status: str, error: RunError) -> None:
        self.folder.clear_work()  # first: the disk may be full
        with suppress(OSError):
            self._save(status=status, ended=now(), error=error)
        self.folder.release()

    def _remove_store(self) -> None:
        handle = json.loads((self.folder.path / "toil.json").read_text("utf-8"))
        for place in (Path(handle["store"]), self.folder.path / "bin"):
            shutil.rmtree(place, ignore_errors=True)


def _tools(folder: RunFolder, record: RunRecord) -> dict[str, str]:
    """Return which file each step runs, as the copy of the workflow in the run's folder says."""
    try:
        return read_workflow(folder.path / CODE_FOLDER, record.workflow.file).tools
    except FairportError:
        return {}
