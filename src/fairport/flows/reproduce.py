"""Reproducing results: rerun the recorded commit with the recorded inputs and compare, column by column."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fairport.contract.constants import ANALYSIS_FILE, RESULT_FILE, RESULTS_DIR, STATE_DIR
from fairport.contract.documents import load_analysis, load_valid
from fairport.contract.errors import FairportError, UsageError
from fairport.contract.files import sha256_file, write_atomic
from fairport.contract.progress import SilentProgress
from fairport.contract.result import Result
from fairport.contract.run import RunRecord
from fairport.contract.saving import dump_json
from fairport.contract.tables import TableData, read_table
from fairport.engines.job_order import read_job_order
from fairport.engines.records import now
from fairport.engines.workflow_files import read_workflow
from fairport.flows.clean_copy import CannotRunError, as_it_stands, at_commit, bring_inputs, bring_missing
from fairport.flows.column_compare import ColumnDifference, compare_tables, own_tolerances
from fairport.flows.reproduction import Reproduction, Reruns, changed_assumptions, changed_fields
from fairport.flows.run import find_root, run_analysis
from fairport.flows.run_facts import own_inputs, some

if TYPE_CHECKING:
    from fairport.contract.progress import Progress
    from fairport.engines.protocol import Engine
    from fairport.results.agreement import Agreement

VERDICT_FILE: Final = "reproduction.json"
DEFAULT_TOLERANCE: Final = 1e-6
"""Largest relative difference of a column that states no tolerance: far below what a limit is quoted to, far
above what another version of a numerical library does to a sum."""

_RERUN_INPUTS: Final = ".fairport-rerun.json"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A result as it is installed.

    Attributes:
        id: its identifier.
        path: its folder.
        data: its record as plain data.
        record: its record.
    """

    id: str
    path: Path
    data: dict[str, Any]
    record: Result


@dataclass(frozen=True, slots=True)
class Settings:
    """How results are rerun.

    Attributes:
        engine: name of an engine, or a warm one.
        container: as for ``fairport run``.
        tolerance: relative tolerance of columns that state none.
        current: rerun the code as it stands instead of the recorded commit.
        options: options of the engine.
    """

    engine: str | Engine = "local"
    container: str = "auto"
    tolerance: float = DEFAULT_TOLERANCE
    current: bool = False
    options: Mapping[str, str] | None = None


def reproduce(
    path: Path,
    results: Sequence[str] = (),
    *,
    settings: Settings | None = None,
    record: bool = False,
    progress: Progress | None = None,
) -> tuple[Reproduction, ...]:
    """Rerun the results of an analysis in a clean copy and judge each.

    Nothing of the analysis is touched; verdicts are kept in ``.fairport/reproductions/<result>.json``.

    Args:
        path: the analysis repository.
        results: identifiers; all results without any.
        settings: how they are rerun.
        record: write ``results/<result>/reproduction.json`` too, for a catalogue to show.
        progress: who is told what happens.

    Returns:
        One verdict for each result, in their order.

    Raises:
        UsageError: there is no such result.
        DocumentError: a record is invalid.
    """
    root = find_root(path)
    chosen = settings or Settings()
    listener = progress or SilentProgress()
    groups: dict[tuple[str | None, str | None], list[Recorded]] = {}
    found = _recorded(root, results)
    for item in found:
        groups.setdefault(_group(item, chosen.current), []).append(item)
    verdicts: dict[str, Reproduction] = {}
    for members in groups.values():
        verdicts |= _rerun(root, members, chosen, listener)
    for item in found:
        text = dump_json(verdicts[item.id].to_data())
        kept = root / STATE_DIR / "reproductions"
        kept.mkdir(parents=True, exist_ok=True)
        write_atomic(kept / f"{item.id}.json", text)
        if record:
            write_atomic(item.path / VERDICT_FILE, text)
    return tuple(verdicts[item.id] for item in found)


def _recorded(root: Path, results: Sequence[str]) -> list[Recorded]:
    folder = root / RESULTS_DIR
    known = sorted(item.parent.name for item in folder.glob(f"*/{RESULT_FILE}"))
    for name in results:
        if name not in known:
            raise UsageError(
                f'there is no result "{name[:60]}"',
                where=folder,
                mend=f"its results are {', '.join(known) or 'none: fairport run makes them'}",
            )
    if not known:
        raise UsageError("there is no result to reproduce", where=folder, mend="fairport run")
    found = []
    for name in dict.fromkeys(results or known):
        path = folder / name
        document = load_valid("result", path / RESULT_FILE, name=f"{RESULTS_DIR}/{name}/{RESULT_FILE}")
        found.append(Recorded(name, path, document.data, Result.from_data(document.data)))
    return found


def _group(item: Recorded, current: bool) -> tuple[str | None, str | None]:
    """Return what tells apart the runs that are needed: results of one run need one rerun."""
    provenance = item.record.provenance
    run = provenance.run.id if provenance.run else item.id
    return (None if current or provenance.code is None else provenance.code.commit), run


def _rerun(
    root: Path, members: Sequence[Recorded], settings: Settings, progress: Progress
) -> dict[str, Reproduction]:
    """Rerun what made these results, and judge each; also with the code as it stands where that is other."""
    found, changed = _rerun_once(root, members, settings, progress)
    if not changed:
        return found
    progress.step(f"the code here is no longer the recorded one ({some(changed)}): running it as it stands")
    here, _ = _rerun_once(root, members, replace(settings, current=True), progress)
    note = f"the code here is no longer the recorded one ({some(changed)})"
    return {
        name: replace(verdict, current=here[name], notes=(*verdict.notes, note))
        for name, verdict in found.items()
    }


def _rerun_once(
    root: Path, members: Sequence[Recorded], settings: Settings, progress: Progress
) -> tuple[dict[str, Reproduction], list[str]]:
    """Rerun in a copy, and judge each result; say what of the recorded code is other here."""
    state = root / STATE_DIR
    state.mkdir(exist_ok=True)
    # The nodes of a cluster share the disk of the analysis, not the temporary folder.
    shared = state if _name(settings) == "slurm" else None
    scratch = Path(tempfile.mkdtemp(prefix="fairport-reproduce-", dir=shared))
    changed = [] if settings.current else _changed_code(root, members[0])
    try:
        try:
            copy, inputs, notes = _clean_copy(root, scratch / "copy", members[0], settings.current)
            if not settings.current and inputs is None:
                changed += _changed_inputs(root, copy)
            outcome = run_analysis(
                copy,
                engine=settings.engine,
                inputs=inputs,
                container=settings.container,
                progress=progress,
                options=settings.options,
            )
        except (CannotRunError, FairportError) as error:
            reason = error.what if isinstance(error, FairportError) else str(error)
            return {item.id: _cannot(item, settings, reason) for item in members}, changed
        verdicts = {item.id: _judge(item, copy, outcome.record, settings, notes) for item in members}
        return verdicts, changed
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _changed_code(root: Path, item: Recorded) -> list[str]:
    """Return what the recorded run read and what is other here: inputs with other bytes, the workflow."""
    provenance = item.record.provenance
    changed = [
        entry.path
        for entry in provenance.inputs
        if (root / entry.path).is_file() and sha256_file(root / entry.path) != entry.sha256
    ]
    workflow = provenance.workflow
    if workflow and _digest(root, workflow.file) not in {workflow.digest, None}:
        changed.append(workflow.file)
    return changed


def _changed_inputs(root: Path, copy: Path) -> list[str]:
    """Return the file of inputs when the recorded commit has another one than stands here."""
    analysis = load_analysis(copy / ANALYSIS_FILE, name=ANALYSIS_FILE)
    name = analysis.workflow.inputs
    if name is None or not (root / name).is_file() or not (copy / name).is_file():
        return []
    return [name] if sha256_file(root / name) != sha256_file(copy / name) else []


def _clean_copy(
    root: Path, target: Path, item: Recorded, current: bool
) -> tuple[Path, Path | None, tuple[str, ...]]:
    """Return the copy to rerun, its file of inputs, and notes.

    Raises:
        CannotRunError: it cannot be made.
        FairportError: the analysis at that commit is not valid.
    """
    provenance = item.record.provenance
    if current:
        copy = as_it_stands(root, target)
        bring_missing(root, copy, [entry.path for entry in provenance.inputs])
        return copy, None, ("the code as it stands was rerun, not the recorded commit",)
    if provenance.run is None or provenance.code is None:
        raise CannotRunError(f"no run made it ({provenance.origin}): there is nothing to rerun")
    if provenance.code.commit is None:
        raise CannotRunError("the record names no commit (--current reruns the code as it stands)")
    copy = at_commit(root, provenance.code.commit, target)
    bring_inputs(root, copy, provenance.inputs)
    notes = []
    if not provenance.code.clean:
        notes.append("recorded as made from uncommitted changes, which nobody can rerun; the commit was")
    return copy, _recorded_inputs(copy, item), tuple(notes)


def _digest(root: Path, file: str) -> str | None:
    try:
        return read_workflow(root, file).digest
    except FairportError:
        return None


def _recorded_inputs(copy: Path, item: Recorded) -> Path | None:
    """Return a file of inputs that gives the recorded parameters; None when the committed one does.

    Raises:
        CannotRunError: the committed inputs name other files than the record.
    """
    analysis = load_analysis(copy / ANALYSIS_FILE, name=ANALYSIS_FILE)
    if analysis.workflow.type != "cwl":
        return None
    own = own_inputs(copy, analysis)
    job = read_job_order(copy, read_workflow(copy, analysis.workflow.file), own)
    provenance = item.record.provenance
    recorded = {entry.path for entry in provenance.inputs}
    other = sorted(recorded.symmetric_difference(entry.path for entry in job.files))
    if other:
        raise CannotRunError(f"the committed inputs name other files than the record: {some(other)}")
    wrong = {
        name: value for name, value in provenance.parameters.items() if job.parameters.get(name) != value
    }
    if not wrong:
        return None
    place = job.base / _RERUN_INPUTS
    place.write_text(json.dumps({**job.values, **wrong}), "utf-8")
    return place


def _cannot(item: Recorded, settings: Settings, reason: str) -> Reproduction:
    verdict, numbers = _agreement(item.path, item.record)
    return Reproduction(
        result=item.id,
        recorded_sha256=item.record.data.sha256 if item.record.data else None,
        commit=_commit(item, settings),
        engine=_name(settings),
        at=now(),
        reruns="could-not-run",
        tolerance=settings.tolerance,
        reason=reason,
        agrees=verdict,
        agreement=numbers,
    )


def _judge(
    item: Recorded, copy: Path, run: RunRecord, settings: Settings, notes: tuple[str, ...]
) -> Reproduction:
    """Compare the installed result with that of the rerun."""
    folder = copy / RESULTS_DIR / item.id
    if item.id not in {result.id for result in run.results}:
        return replace(_cannot(item, settings, "the rerun wrote no such result"), run=run.id, notes=notes)
    document = load_valid("result", folder / RESULT_FILE, name=f"{RESULTS_DIR}/{item.id}/{RESULT_FILE}")
    rerun = Recorded(item.id, folder, document.data, Result.from_data(document.data))
    verdict, reason, columns = _compare(item, rerun, settings.tolerance)
    agrees, numbers = _agreement(folder, item.record)
    return Reproduction(
        result=item.id,
        recorded_sha256=item.record.data.sha256 if item.record.data else None,
        commit=_commit(item, settings),
        engine=run.engine,
        at=now(),
        reruns=verdict,
        tolerance=settings.tolerance,
        reason=reason,
        columns=columns,
        changed=changed_assumptions(item.record.provenance, run),
        fields=changed_fields(item.data, rerun.data),
        agrees=agrees,
        agreement_of="rerun",
        agreement=numbers,
        run=run.id,
        notes=notes,
    )


def _name(settings: Settings) -> str:
    return settings.engine if isinstance(settings.engine, str) else settings.engine.name


def _commit(item: Recorded, settings: Settings) -> str | None:
    code = item.record.provenance.code
    return code.commit if code and not settings.current else None


def _compare(
    old: Recorded, new: Recorded, tolerance: float
) -> tuple[Reruns, str | None, tuple[ColumnDifference, ...]]:
    """Return the first verdict with its reason and the columns that it rests on.

    Raises:
        DocumentError: the recorded table cannot be read.
    """
    workspaces = [_bytes_of(item, "workspace") for item in (old, new)]
    if workspaces[0] != workspaces[1]:
        return "differs", "the workspace has other bytes", ()
    if old.record.data is not None and _bytes_of(old, "data") != old.record.data.sha256:
        return "differs", "the installed table is not the one that its record names", ()
    tables = [_numbers(item) for item in (old, new)]
    try:
        columns = compare_tables(tables[0], tables[1], own_tolerances(old.data), tolerance)
    except ValueError as error:
        return "differs", str(error), ()
    if all(item.worst == 0 for item in columns) and _bytes_of(old, "data") == _bytes_of(new, "data"):
        return "same-bytes", None, columns
    return ("within-tolerance" if all(item.within for item in columns) else "differs"), None, columns


def _bytes_of(item: Recorded, block: str) -> str | None:
    """Return the digest of the file that the record names as table or workspace, as it lies there."""
    entry = item.data.get(block)
    if not isinstance(entry, dict):
        return None
    path = item.path / entry["path"]
    return sha256_file(path) if path.is_file() else "missing"


def _numbers(item: Recorded) -> TableData:
    """Return the numbers of a result; those of a point are rows of value, minus and plus."""
    table = item.record.data
    if table is not None:
        return read_table(item.path / table.path, name=f"{RESULTS_DIR}/{item.id}/{table.path}")
    values = item.data.get("values") or []
    columns = {
        name: [float(value.get(name, "nan")) for value in values] for name in ("value", "minus", "plus")
    }
    return TableData(columns, len(values))


def _agreement(folder: Path, record: Result) -> tuple[str, tuple[Agreement, ...]]:
    """Return the second verdict: the numbers in ``folder`` against what the installed record expects."""
    from fairport.results.agreement import agreements, overall
    from fairport.results.store import load_result

    try:
        loaded = load_result(folder)
        expecting = replace(loaded, record=replace(loaded.record, expectation=record.expectation))
        numbers = agreements(expecting)
    except FairportError:
        return "not-stated", ()
    return overall(numbers), numbers
