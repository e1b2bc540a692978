"""Running an analysis: gather what will be recorded, run the workflow, install what it made."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fairport.contract.analysis import Analysis
from fairport.contract.constants import ANALYSIS_FILE, CONTRACT_VERSION, OUTPUTS_DIR, STATE_DIR
from fairport.contract.documents import load_analysis
from fairport.contract.errors import ConfigurationError, FairportError, UsageError
from fairport.contract.progress import SilentProgress
from fairport.contract.run import AnalysisReference, RunError, RunRecord, RunWorkflow
from fairport.engines import git, records
from fairport.engines.containers import choose_container
from fairport.engines.environment import pin_environment
from fairport.engines.job_order import read_job_order, with_identifiers
from fairport.engines.outputs import put_in_place
from fairport.engines.protocol import RunContext, WorkflowFailedError
from fairport.engines.records import RunFolder
from fairport.engines.registry import make_engine
from fairport.engines.workflow_files import read_workflow
from fairport.flows.crates import keep_workflow, write_crate
from fairport.flows.install import install_results, renewable
from fairport.flows.run_facts import agent_of, code_of, locked_files, own_inputs, repeatability_notes, some

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fairport.contract.progress import Progress
    from fairport.engines.protocol import Engine, Run

_REMEMBERED_RUNS: Final = 20
"""How many runs back a file in ``outputs/`` still counts as one of ours."""


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What became of a run.

    Attributes:
        root: the analysis repository.
        record: the run record, with the results that were installed.
        notes: what the user should know besides, one sentence each.
    """

    root: Path
    record: RunRecord
    notes: tuple[str, ...] = ()


def find_root(path: Path) -> Path:
    """Return the analysis repository at ``path`` (a folder, or its ``fairport.yaml``).

    Raises:
        UsageError: there is no analysis.
    """
    folder = path.parent if path.name == ANALYSIS_FILE and not path.is_dir() else path
    if not (folder / ANALYSIS_FILE).is_file():
        raise UsageError(
            f"there is no analysis in {path}",
            why=f"it has no {ANALYSIS_FILE}",
            mend="name the folder of an analysis; fairport new makes one",
        )
    return folder.resolve()


def run_analysis(
    path: Path,
    *,
    engine: str | Engine = "local",
    inputs: Path | None = None,
    container: str = "auto",
    renew: bool = False,
    progress: Progress | None = None,
    options: Mapping[str, str] | None = None,
    submitted: Callable[[RunFolder], None] | None = None,
) -> RunOutcome:
    """Run the workflow of an analysis and install its results.

    Args:
        path: the analysis repository.
        engine: name of an engine, or an engine that is kept warm for several runs; that one is not closed.
        inputs: file of workflow inputs; by default the one that the analysis names.
        container: ``auto``, ``none``, ``docker``, ``podman`` or ``singularity``.
        renew: write result records anew even when only commit, environment or time of the run differ.
        progress: who is told what happens.
        options: settings of the engine (``--engine-option``), when it is given by name.
        submitted: called with the run's folder as soon as the engine has taken the run.

    Raises:
        DocumentError: analysis record, workflow or inputs are invalid; nothing has run.
        ConfigurationError, ToolError: the environment does not allow it; nothing has run.
        WorkflowFailedError: the run failed; ``outputs/`` and ``results/`` are as they were, unless it is a
            malformed result record: then ``outputs/`` holds it and ``results/`` is as it was.
    """
    root = find_root(path)
    analysis = load_analysis(root / ANALYSIS_FILE, name=ANALYSIS_FILE)
    driver = make_engine(engine, options) if isinstance(engine, str) else engine
    try:
        with disk_errors(root):
            driver.start()
            context, notes = prepare(
                root,
                analysis,
                driver,
                inputs or own_inputs(root, analysis),
                container,
                progress or SilentProgress(),
            )
            run = _submit(driver, context)
            if submitted is not None:
                submitted(context.folder)
            return follow(run, root, analysis, context.folder, renew=renew, notes=notes)
    finally:
        if isinstance(engine, str):
            driver.close()


def prepare(
    root: Path,
    analysis: Analysis,
    engine: Engine,
    inputs: Path | None,
    container: str,
    progress: Progress,
) -> tuple[RunContext, list[str]]:
    """Gather everything that a run needs and that will be recorded of it; its folder is made last.

    Returns:
        The run as an engine takes it, and what the user should know besides.

    Raises:
        DocumentError, ConfigurationError, ToolError: as :func:`run_analysis`.
    """
    if engine.remote:
        from fairport.engines.remote_facts import remote_facts

        workflow, job, chosen = remote_facts(root, analysis, inputs)
    else:
        workflow = read_workflow(root, analysis.workflow.file, analysis.workflow.type)
        job = read_job_order(root, workflow, inputs)
        chosen = choose_container(container, workflow.images, progress)
    environment = pin_environment(
        root,
        container=chosen.engine,
        lock=analysis.software.lock,
        scripts=[root / item.path for item in job.files if item.path.endswith(".py")],
    )
    locked = locked_files(root, analysis)
    files = with_identifiers(job.files, locked)
    state = git.read_state(root)
    notes = [*repeatability_notes(root, state, files, locked), *([chosen.notice] if chosen.notice else [])]
    folder = records.create(root)
    record = RunRecord(
        schema_version=CONTRACT_VERSION,
        id=folder.id,
        analysis=AnalysisReference(analysis.id, analysis.version, analysis.title),
        engine=engine.name,
        status="created",
        created=records.now(),
        workflow=RunWorkflow(workflow.file, workflow.type, workflow.digest, workflow.files),
        code=code_of(analysis, state),
        environment=environment.recorded,
        parameters=job.parameters,
        inputs=files,
        image=chosen.image,
        agent=agent_of(analysis, state),
    )
    return RunContext(root, workflow, job, environment, chosen.engine, folder, record, progress), notes


def _submit(engine: Engine, context: RunContext) -> Run:
    """Hand the run over; when the engine does not take it, nothing has happened and no record stays."""
    context.progress.step(_headline(context))
    try:
        context.folder.save(context.record)
        keep_workflow(context.root, context.workflow, context.folder)
        return engine.submit(context)
    except BaseException:
        context.folder.discard()
        raise


def follow(
    run: Run,
    root: Path,
    analysis: Analysis,
    folder: RunFolder,
    *,
    renew: bool = False,
    notes: Sequence[str] = (),
) -> RunOutcome:
    """Wait for the end of a run, put the outputs in place, write its crate, install the results.

    Raises:
        WorkflowFailedError: as :func:`run_analysis`.
    """
    try:
        record = run.wait()
    except WorkflowFailedError as error:
        error.record = folder.load()
        write_crate(analysis, error.record, folder)
        raise
    try:
        with _one_at_a_time(root):
            _place_outputs(root, folder, record)
            crate = write_crate(analysis, record, folder)
            results = install_results(root, root / OUTPUTS_DIR, record, folder, renew=renew, crate=crate)
        record = replace(record, status="finished", results=results)
        folder.save(record)
    except FairportError as error:
        failed = WorkflowFailedError(error.what, where=error.where, why=error.why, mend=error.mend)
        failed.record = replace(record, status="failed", error=RunError(str(error)))
        folder.save(failed.record)
        raise failed from None
    except OSError as error:
        folder.save(replace(record, status="failed", error=RunError(f"{error.strerror}: {error.filename}")))
        raise
    finally:
        folder.clear_work()
        folder.release()
    better = renewable(root, record)
    if better:
        still = f"still recorded as made from uncommitted changes: {some(better)}"
        notes = [*notes, f"{still}; fairport run --renew records this commit"]
    return RunOutcome(root, record, tuple(notes))


def _place_outputs(root: Path, folder: RunFolder, record: RunRecord) -> None:
    """Replace ``outputs/``; files there that no run of ours wrote stay."""
    folder.outputs.mkdir(exist_ok=True)
    owned = {item.path for item in record.outputs}
    for other in records.list_runs(root)[:_REMEMBERED_RUNS]:
        try:
            owned.update(item.path for item in other.load().outputs)
        except FairportError:
            continue
    put_in_place(folder.outputs, root / OUTPUTS_DIR, owned)


def _headline(context: RunContext) -> str:
    within = "on the server" if context.record.engine == "reana" else f"containers of {context.container}"
    if context.container == "none":
        within = context.environment.recorded.interpreter
    inputs = f" with {context.job.name}" if context.job.name else ""
    return f"running {context.workflow.file}{inputs} ({within})"


@contextmanager
def _one_at_a_time(root: Path) -> Iterator[None]:
    """Let one run after the other put its outputs and results in place."""
    handle = os.open(root / STATE_DIR / "install.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def disk_errors(root: Path) -> Iterator[None]:
    """Tell of full disks and missing permissions in the user's terms."""
    try:
        yield
    except OSError as error:
        free = shutil.disk_usage(root).free / 1e6
        raise ConfigurationError(
            f"the run could not be written: {error.strerror or error}",
            where=str(error.filename) if error.filename else root,
            why=f"{free:,.0f} MB are free there",
            mend="make room or mend the permissions, then run again",
        ) from None
