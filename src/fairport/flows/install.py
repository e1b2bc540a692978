"""Completing result records and installing them under ``results/``.

A workflow writes ``<id>.result.json`` and its table; it knows neither git nor the run. Here the record gets
what only the outside knows: digest and rows of the table, commit, workflow digest, environment, inputs,
parameters, run. Records are checked before anything is written, and a result folder is replaced as a whole.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from fairport.contract.constants import RESULT_FILE, RESULTS_DIR, schema_id
from fairport.contract.documents import problem_error
from fairport.contract.errors import DocumentError, FairportError, Location
from fairport.contract.files import inside, sha256_file
from fairport.contract.loading import Document, load_json, load_yaml, parse_yaml
from fairport.contract.run import InstalledResult, RunCode, RunRecord
from fairport.contract.saving import dump_yaml
from fairport.contract.schemas import is_valid, validate
from fairport.contract.structure import unstructure
from fairport.contract.tables import TableData, read_table
from fairport.engines.outputs import put_in_place
from fairport.engines.records import RunFolder

DRAFT_SUFFIX: Final = ".result.json"

CRATE_FILE: Final = "run-crate.json"
"""The crate of the run, beside the record that it vouches for."""

_VERDICT_FILE: Final = "reproduction.json"
"""What ``fairport reproduce --record`` wrote about the record; it does not outlive it."""

_CIRCUMSTANCES: Final = ("code", "environment", "image", "run")
"""Provenance that may differ between two runs that give the same result from the same inputs."""


@dataclass(frozen=True, slots=True)
class Completed:
    """A result ready to be installed.

    Attributes:
        id: its identifier.
        data: the full record.
        files: the files beside the record: name to where it lies now.
    """

    id: str
    data: dict[str, Any]
    files: dict[str, Path]


def install_results(
    root: Path,
    outputs: Path,
    record: RunRecord,
    folder: RunFolder,
    *,
    renew: bool = False,
    crate: str | None = None,
) -> tuple[InstalledResult, ...]:
    """Complete, check and install every result that a run wrote.

    Args:
        root: the analysis repository.
        outputs: folder with the outputs of the run.
        record: the run; only its own outputs are looked at.
        folder: the run's folder, where new result folders are made before they are put in place.
        renew: write records anew even when only the circumstances of the run differ.
        crate: text of the run crate, which is put beside each record that is written.

    Returns:
        What was installed; ``changed`` is false where the existing record was left untouched.

    Raises:
        DocumentError: a draft or its table is malformed; nothing is installed then.
    """
    written = {item.path: outputs / item.path for item in record.outputs}
    drafts = sorted(name for name in written if name.endswith(DRAFT_SUFFIX) and "/" not in name)
    completed = [complete_result(written, name, record, outputs.name) for name in drafts]
    for result in completed:
        _refuse_links(root, result.id)
    return tuple(_install(root, result, folder, renew, crate) for result in completed)


def renewable(root: Path, record: RunRecord) -> list[str]:
    """Return the results that were left untouched although this run could vouch for them better.

    Their records say that they were made from uncommitted changes or outside git; this run is clean.
    """
    if not record.code.clean:
        return []
    found = []
    for result in record.results:
        if not result.changed:
            code = load_yaml(root / result.path).data["provenance"]["code"]
            if not code["clean"] or code["commit"] is None:
                found.append(result.path)
    return found


def complete_result(
    written: dict[str, Path], draft: str, record: RunRecord, shown: str = "outputs"
) -> Completed:
    """Read a draft, add what the run knows and check the whole.

    Args:
        written: files of the run: path relative to the outputs, to where they lie.
        draft: path of the draft among them.
        record: the run.
        shown: folder of the outputs as people see it.

    Raises:
        DocumentError: the draft is malformed, misses its table, or does not fit it.
    """
    document = load_json(written[draft], name=f"{shown}/{draft}")
    identifier = draft.removesuffix(DRAFT_SUFFIX)
    data = document.data
    if not isinstance(data, dict):
        raise DocumentError("the result record is not a mapping", where=Location(document.name, 1, 1))
    if data.get("id") != identifier:
        raise DocumentError(
            f'the result record says id "{data.get("id")}", its file says "{identifier}"',
            where=document.locate(("id",)),
            mend=f"write it as {data.get('id')}{DRAFT_SUFFIX}, or correct the id",
        )
    files = _files(document, written, shown)
    table = data.get("data")
    rows: TableData | None = None
    if isinstance(table, dict) and isinstance(table.get("path"), str):
        path = files[table["path"]]
        rows = read_table(path, name=f"{shown}/{table['path']}")
        data = {**data, "data": {**table, "sha256": sha256_file(path), "rows": rows.rows}}
    workspace = data.get("workspace")
    if isinstance(workspace, dict) and isinstance(workspace.get("path"), str):
        data = {**data, "workspace": {**workspace, "sha256": sha256_file(files[workspace["path"]])}}
    data = {**data, "provenance": _provenance(data.get("provenance"), record)}
    problems = [problem for problem in validate("result", data) if problem.severity == "error"]
    if problems:
        raise problem_error(document, problems)
    if rows is not None:
        _check_columns(document, data, rows, f"{shown}/{data['data']['path']}")
    return Completed(identifier, data, files)


def same_result(first: dict[str, Any], second: dict[str, Any]) -> bool:
    """Tell whether two full records differ in nothing but the circumstances of their runs."""
    return _essence(first) == _essence(second)


def _essence(data: dict[str, Any]) -> dict[str, Any]:
    provenance = {key: value for key, value in data["provenance"].items() if key not in _CIRCUMSTANCES}
    return {**data, "provenance": provenance}


def _files(document: Document, written: dict[str, Path], shown: str) -> dict[str, Path]:
    """Return the files that a draft names; each must be an output of the run beside the draft."""
    files = {}
    for key in ("data", "workspace"):
        block = document.data.get(key)
        name = block.get("path") if isinstance(block, dict) else None
        if not isinstance(name, str):
            continue
        if PurePosixPath(name).name != name or name == RESULT_FILE:
            raise DocumentError(
                f'"{name[:80]}" is not a plain file name',
                where=document.locate((key, "path")),
                mend="write the file beside the record",
            )
        if name not in written:
            raise DocumentError(
                f"the workflow wrote no {shown}/{name[:80]}",
                where=document.locate((key, "path")),
                mend="make the file an output of the workflow",
            )
        files[name] = written[name]
    return files


def _provenance(draft: Any, record: RunRecord) -> Any:
    """Add to the provenance of a draft what the run knows; what a step says about it does not count."""
    if not isinstance(draft, dict):
        return draft
    container = record.environment.container not in {None, "none"}
    environment = {
        "interpreter": None if container else record.environment.interpreter,
        "platform": record.environment.platform,
        "lock_digest": record.environment.lock_digest,
        "packages": record.environment.packages,
    }
    known = {
        "workflow": {
            "file": record.workflow.file,
            "type": record.workflow.type,
            "digest": record.workflow.digest,
        },
        "image": unstructure(record.image) if record.image else None,
        "environment": {key: value for key, value in environment.items() if value},
        "inputs": [
            {"path": item.path, "did": item.did, "sha256": item.sha256, "bytes": item.bytes}
            for item in record.inputs
        ],
        "parameters": record.parameters,
        "run": {
            "id": record.id,
            "engine": record.engine,
            "engine_version": record.engine_version,
            "started": record.started or record.created,
            "ended": record.ended or record.created,
            "agent": unstructure(record.agent) if record.agent else None,
        },
    }
    kept = {key: value for key, value in draft.items() if key not in known and key != "code"}
    stated = {key: _stated(value) for key, value in known.items()}
    return {
        **kept,
        "code": _code(record.code),
        **{key: value for key, value in stated.items() if value},
    }


def _code(code: RunCode) -> dict[str, Any]:
    """Return the code block; a commit that is null is a statement: outside git."""
    named = {"repository": code.repository} if code.repository else {}
    return {**named, "commit": code.commit, "clean": code.clean}


def _stated(value: Any) -> Any:
    """Leave out what is not known."""
    if isinstance(value, dict):
        return {key: _stated(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_stated(item) for item in value]
    return value


def _check_columns(document: Document, data: dict[str, Any], table: TableData, shown: str) -> None:
    """Check that the table has every column that the record names."""
    for pointer, column in _named_columns(data):
        if column not in table.columns:
            raise DocumentError(
                f'the table {shown} has no column "{column[:60]}"',
                where=document.locate(pointer),
                why=f"its columns are {', '.join(table.columns)}",
                mend="correct the record or the header of the table",
            )


def _named_columns(data: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for index, axis in enumerate(data.get("axes", ())):
        yield ("axes", index, "column"), axis["column"]
    for name, column in data.get("bands", {}).items():
        yield ("bands", name), column
    rings = data.get("geometry", {}).get("rings")
    if rings is not None:
        yield ("geometry", "rings"), rings


def _refuse_links(root: Path, identifier: str) -> None:
    """Refuse to write through links: what is under results/ belongs to the repository."""
    for name in (RESULTS_DIR, f"{RESULTS_DIR}/{identifier}"):
        path = root / name
        if path.is_symlink() or (path.exists() and not path.is_dir()):
            raise DocumentError(f"{name} is not a folder", where=name, mend="replace it by a plain folder")


def _install(
    root: Path, result: Completed, folder: RunFolder, renew: bool, crate: str | None
) -> InstalledResult:
    target = root / RESULTS_DIR / result.id
    if crate is not None:
        result.data["provenance"]["run"]["crate"] = CRATE_FILE
    shown = f"{RESULTS_DIR}/{result.id}/{RESULT_FILE}"
    text = dump_yaml(result.data, header=f"yaml-language-server: $schema={schema_id('result')}")
    if not renew and _unchanged(target, parse_yaml(text, shown).data, result):
        return InstalledResult(result.id, shown, changed=False)
    staged = folder.work / "results" / result.id
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    (staged / RESULT_FILE).write_text(text, encoding="utf-8")
    for name, source in result.files.items():
        shutil.copyfile(source, staged / name)
    if crate is not None:
        (staged / CRATE_FILE).write_text(crate, encoding="utf-8")
    for path in staged.iterdir():
        _flush(path)
    put_in_place(staged, target, [RESULT_FILE, CRATE_FILE, _VERDICT_FILE, *_former_files(target)])
    return InstalledResult(result.id, shown, changed=True)


def _unchanged(target: Path, data: Any, result: Completed) -> bool:
    """Tell whether the installed record says the same and its files still have their bytes."""
    try:
        old = load_yaml(target / RESULT_FILE).data
    except FairportError:
        return False
    if not is_valid("result", old) or not same_result(old, data):
        return False
    return all(
        (target / name).is_file() and sha256_file(target / name) == sha256_file(source)
        for name, source in result.files.items()
    )


def _former_files(target: Path) -> Sequence[str]:
    """Return the files that the installed record names, which go when the new one does not name them."""
    try:
        old = load_yaml(target / RESULT_FILE).data
    except FairportError:
        return []
    blocks = [old.get(key) for key in ("data", "workspace")] if isinstance(old, dict) else []
    names = [block.get("path") for block in blocks if isinstance(block, dict)]
    return [name for name in names if isinstance(name, str) and inside(target, name)]


def _flush(path: Path) -> None:
    """Bring a file to the disk before its folder is put in place."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
