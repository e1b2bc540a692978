"""What every engine offers, so that flows and the command line need not know which one they drive.

A run is prepared by the flow (:class:`RunContext`), handed to an engine, and lives on as a record in the
run's folder; anything that another process may want to know stands in that record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from fairport.contract.errors import RunFailedError

if TYPE_CHECKING:
    from pathlib import Path

    from fairport.contract.progress import Progress
    from fairport.contract.run import RunFile, RunRecord
    from fairport.engines.environment import PinnedEnvironment
    from fairport.engines.job_order import JobOrder
    from fairport.engines.records import RunFolder
    from fairport.engines.workflow_files import WorkflowFiles


@dataclass(frozen=True, slots=True)
class RunContext:
    """Everything that an engine needs to run one workflow.

    Attributes:
        root: the analysis repository, an absolute path.
        workflow: the workflow with all files that it consists of.
        job: its inputs, files as absolute ``file:`` addresses.
        environment: interpreter and variables for the steps.
        container: ``none``, ``docker``, ``podman`` or ``singularity``; already found usable.
        folder: where the run's record, logs and outputs go.
        record: the record so far (status ``created``).
        progress: who is told what happens.
    """

    root: Path
    workflow: WorkflowFiles
    job: JobOrder
    environment: PinnedEnvironment
    container: str
    folder: RunFolder
    record: RunRecord
    progress: Progress


class Run(Protocol):
    """One run, live or found again from its record."""

    def status(self) -> str:
        """Return the state: one of the run record's, or ``interrupted`` when whoever drove it is gone."""

    def logs(self, step: str | None = None) -> str:
        """Return the logs of one step, or of all, as text."""

    def outputs(self) -> tuple[RunFile, ...]:
        """Return the final outputs; empty before the run has finished."""

    def cancel(self) -> None:
        """Stop the run and whatever it started; the record then says ``cancelled``."""

    def wait(self) -> RunRecord:
        """Follow the run to its end and return its record with the outputs.

        The files lie in the run folder's ``outputs`` afterwards; whoever puts them in place marks the
        record ``finished``.

        Raises:
            StepFailedError: a step failed.
            WorkflowFailedError: the run failed elsewhere.
        """


class Engine(Protocol):
    """A place where workflows run.

    Attributes:
        name: ``local``, ``reana`` or ``slurm``.
        remote: whether steps run on machines whose interpreter and containers are not ours to choose.
        resumable: whether a run whose driver is gone can be taken up again by :meth:`attach`.
    """

    name: str
    remote: bool
    resumable: bool

    def start(self) -> None:
        """Begin what takes long to begin (a process, a connection) without waiting for it."""

    def submit(self, context: RunContext) -> Run:
        """Check the workflow and its inputs, then set it running.

        Raises:
            DocumentError: workflow or inputs are invalid; nothing has run.
            ToolError: the engine itself does not work.
        """

    def attach(self, folder: RunFolder, progress: Progress | None = None) -> Run:
        """Find a run again from its folder, in this or another process."""

    def close(self) -> None:
        """Let go of processes and connections; runs that the engine holds itself are cancelled."""


class WorkflowFailedError(RunFailedError):
    """A workflow was run and failed.

    Attributes:
        record: the record of the run, once it is written.
    """

    record: RunRecord | None = None


class StepFailedError(WorkflowFailedError):
    """A step of the workflow failed.

    Args:
        step: its name.
        reason: how it failed (``exit code 1``, ``its output x is missing``).
        log: its log file as people see it.
        command: its command line.
        tail: the last lines of its log.
    """

    def __init__(self, step: str, reason: str, *, log: str, command: str, tail: tuple[str, ...]) -> None:
        lines = [f"its command was: {command}"] if command else []
        if tail:
            lines += ["its log ends with:", *(f"    {line}" for line in tail)]
        super().__init__(
            f'the step "{step}" failed: {reason}',
            where=log,
            why="\n".join(lines) or None,
            mend="mend the step and run again; outputs/ and results/ are as they were before",
        )
        self.step = step
        self.reason = reason
        self.tail = tail
