"""The crate of a run: copies of its workflow, and ``ro-crate-metadata.json`` beside its record."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Final

from fairport.contract.analysis import Analysis
from fairport.contract.errors import FairportError
from fairport.contract.files import write_atomic
from fairport.contract.run import RunRecord
from fairport.engines.records import RunFolder
from fairport.engines.workflow_files import WorkflowFiles, read_workflow
from fairport.interop import rocrate, runcrate

_STEPS_BESIDE_RESULTS: Final = 100


def keep_workflow(root: Path, workflow: WorkflowFiles, folder: RunFolder) -> None:
    """Copy the files of the workflow into the run's folder, as they are when the run begins."""
    for item in workflow.files:
        copy = folder.path / runcrate.CODE_FOLDER / item.path
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / item.path, copy)


def write_crate(analysis: Analysis, record: RunRecord, folder: RunFolder) -> str:
    """Write the crate of a run that has ended.

    Returns:
        Text for the copy that goes beside results. With more steps than a reader wants to see (100), it
        tells of the run as a whole.
    """
    tools = _tools(record, folder)
    text = runcrate.render(analysis, record, tools)
    write_atomic(folder.path / rocrate.FILE, text)
    if len(record.steps) > _STEPS_BESIDE_RESULTS:
        return runcrate.render(analysis, replace(record, steps=()), tools)
    return text


def _tools(record: RunRecord, folder: RunFolder) -> dict[str, str]:
    """Return which file each step runs, as the copies of the workflow say."""
    if record.workflow.type != "cwl":
        return {}
    try:
        return read_workflow(folder.path / runcrate.CODE_FOLDER, record.workflow.file).tools
    except FairportError:
        return {}
