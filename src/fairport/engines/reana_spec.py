"""What a REANA server is sent: the specification, and a folder with the files that it names.

A CWL workflow is sent with the inputs of the run: the ``reana.yaml`` of the repository gives resources,
workspace and options only. Any other workflow goes as its ``reana.yaml`` describes it. Files are copied into
a folder of their own with links followed, since the client silently leaves out links.
"""

from __future__ import annotations

import os
import posixpath
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from fairport.contract.analysis import Analysis
from fairport.contract.constants import OUTPUTS_DIR
from fairport.contract.digests import files_digest
from fairport.contract.errors import ConfigurationError, DocumentError, FairportError
from fairport.contract.files import inside, read_text, sha256_file
from fairport.contract.loading import Document, Pointer, load_yaml
from fairport.contract.run import RunFile
from fairport.contract.saving import dump_yaml
from fairport.engines.job_order import JobOrder
from fairport.engines.trees import BrokenLinkError, files_of
from fairport.engines.workflow_files import WorkflowFiles

SPECIFICATION: Final = "reana.yaml"
_TYPES: Final = ("cwl", "serial", "snakemake", "yadage")
_INCLUDES: Final = {
    "snakemake": re.compile(r"^\s*include\s*:\s*['\"]([^'\"\n]+)['\"]", re.MULTILINE),
    "yadage": re.compile(r"\$ref['\"]?\s*:\s*['\"]?([^'\"#\s{},]+)#"),
}
"""How the files of a workflow name each other, relative to the file that does."""


@dataclass(frozen=True, slots=True)
class Specification:
    """A ``reana.yaml`` that was read and checked against the repository.

    Attributes:
        root: the analysis repository.
        name: its path.
        data: its content.
        files: the files that it names or that lie in folders that it names, relative to the repository.
    """

    root: Path
    name: str
    data: dict[str, Any]
    files: tuple[str, ...]

    def foreign(self) -> tuple[WorkflowFiles, JobOrder]:
        """Return workflow and inputs of a workflow that is not CWL, as they are recorded."""
        workflow = self.data["workflow"]
        main = workflow.get("file") if isinstance(workflow.get("file"), str) else self.name
        parts = {self.name, *self.parts()}
        own = [_measured(self.root, path, None) for path in sorted(parts)]
        inputs = tuple(_measured(self.root, path, None) for path in self.files if path not in parts)
        parameters = (self.data.get("inputs") or {}).get("parameters") or {}
        images = [step.get("environment") for step in _steps(workflow)]
        files = WorkflowFiles(
            file=main,
            type=workflow["type"],
            digest=files_digest((item.path, item.sha256) for item in own),
            files=tuple(own),
            ports=(),
            images=tuple(dict.fromkeys(image for image in images if isinstance(image, str))),
        )
        return files, JobOrder({}, dict(parameters), inputs, self.root, self.name)

    def parts(self) -> list[str]:
        """Return the files of a workflow that is not CWL: its main file and what that includes."""
        main = self.data["workflow"].get("file")
        pattern = _INCLUDES.get(self.data["workflow"]["type"])
        if not isinstance(main, str):
            return []
        found = {posixpath.normpath(main): None}
        queue = list(found)
        while queue and pattern:
            name = queue.pop()
            try:
                text = read_text(self.root / name)
            except FairportError:
                continue  # the client says what is wrong with it
            for match in pattern.finditer(text):
                path = self._included(name, match[1])
                if path is not None and path not in found:
                    found[path] = None
                    queue.append(path)
        return list(found)

    def _included(self, name: str, text: str) -> str | None:
        """Return the file that another one names: from beside it, from the top level, or from the root."""
        options = (self.data.get("inputs") or {}).get("options") or {}
        for base in (posixpath.dirname(name), str(options.get("toplevel") or ""), ""):
            path = posixpath.normpath(posixpath.join(base, text))
            place = inside(self.root, path)
            if place is not None and place.is_file():
                return path
        return None

    def output_names(self) -> list[str]:
        """Return the files and folders that are brought back."""
        outputs = self.data.get("outputs") or {}
        return [str(item) for key in ("files", "directories") for item in outputs.get(key) or ()]


def read_specification(root: Path, name: str | None) -> Specification:
    """Read ``reana.yaml`` and check what the client does not: that the files exist and lie in the repository.

    Raises:
        ConfigurationError: the analysis names none.
        DocumentError: it is malformed, or names a file that is not there or is of the wrong sort.
    """
    if name is None:
        raise ConfigurationError(
            "the analysis has no specification for REANA",
            mend="write reana.yaml and name it as workflow.reana in fairport.yaml",
        )
    path = inside(root, name)
    if path is None:
        raise ConfigurationError(f"workflow.reana names {name[:200]}, outside the repository")
    document = load_yaml(path, name=name)
    data = document.data
    workflow = data.get("workflow") if isinstance(data, dict) else None
    if not isinstance(workflow, dict) or workflow.get("type") not in _TYPES:
        raise DocumentError(
            "this is no REANA specification", where=name, why=f"workflow.type is one of {', '.join(_TYPES)}"
        )
    files = list(_listed(root, document))
    if isinstance(workflow.get("file"), str):
        files.append(_existing(root, document, ("workflow", "file"), workflow["file"], folder=False))
    return Specification(root, name, data, tuple(dict.fromkeys(files)))


def stage_cwl(
    root: Path, analysis: Analysis, workflow: WorkflowFiles, job: JobOrder, stage: Path
) -> Specification:
    """Write the specification of a CWL workflow with the inputs of a run, and the files that it names.

    Raises:
        DocumentError: the ``reana.yaml`` of the repository is malformed.
    """
    own: dict[str, Any] = {}
    if analysis.workflow.reana is not None:
        own = read_specification(root, analysis.workflow.reana).data
    inputs = own.get("inputs") or {}
    data: dict[str, Any] = {
        "inputs": {
            "files": [item.path for item in job.files],
            "parameters": {
                key: _relative(value, root) for key, value in job.values.items() if not key.startswith("$")
            },
        },
        "workflow": {"type": "cwl", "file": workflow.file},
        "outputs": {"directories": [OUTPUTS_DIR]},
    }
    for block, source, key in (
        (data["inputs"], inputs, "options"),
        (data["workflow"], own.get("workflow") or {}, "resources"),
        (data, own, "workspace"),
    ):
        if key in source:
            block[key] = source[key]
    names = [item.path for item in (*workflow.files, *job.files)]
    _copy(root, names, stage)
    (stage / SPECIFICATION).write_text(dump_yaml(data), "utf-8")
    return Specification(stage, SPECIFICATION, data, tuple(names))


def name_workflow_files(specification: Specification, workflow: WorkflowFiles) -> None:
    """Name the files of a staged CWL workflow in its specification, as clients from 0.95 on want them."""
    others = [item.path for item in workflow.files if item.path != workflow.file]
    specification.data["workflow"]["files"] = others
    (specification.root / SPECIFICATION).write_text(dump_yaml(specification.data), "utf-8")


def stage_foreign(root: Path, analysis: Analysis, stage: Path) -> Specification:
    """Copy a specification as it is with the files that it names.

    Raises:
        DocumentError, ConfigurationError: as :func:`read_specification`.
    """
    specification = read_specification(root, analysis.workflow.reana)
    _copy(root, [*specification.files, *specification.parts()], stage)
    shutil.copyfile(root / specification.name, stage / SPECIFICATION)
    return Specification(stage, SPECIFICATION, specification.data, specification.files)


def _listed(root: Path, document: Document) -> Iterator[str]:
    inputs = document.data.get("inputs") or {}
    for key in ("files", "directories"):
        names = inputs.get(key) or []
        if not isinstance(names, list):
            raise DocumentError(f"inputs.{key} is not a list", where=document.locate(("inputs", key)))
        for index, name in enumerate(names):
            pointer = ("inputs", key, index)
            found = _existing(root, document, pointer, name, folder=key == "directories")
            if key == "files":
                yield found
                continue
            try:
                below = files_of(root / found)
            except BrokenLinkError as error:
                raise DocumentError(
                    f"the link {found}/{error} leads nowhere or in a circle",
                    where=document.locate(pointer),
                    why="the REANA client would leave it out without a word",
                    mend="fairport data pull fetches what it should lead to; otherwise remove it",
                ) from None
            yield from (path.relative_to(root).as_posix() for path in below)
    parameters = inputs.get("parameters") or {}
    job = parameters.get("input") if isinstance(parameters, dict) else None
    if isinstance(job, str) and document.data["workflow"]["type"] in {"cwl", "snakemake"}:
        yield _existing(root, document, ("inputs", "parameters", "input"), job, folder=False)


def _existing(root: Path, document: Document, pointer: Pointer, name: Any, *, folder: bool) -> str:
    where = document.locate(pointer)
    text = str(name)
    path = Path(os.path.normpath(root / text))
    if not isinstance(name, str) or not path.is_relative_to(root) or path == root:
        raise DocumentError(f"{text[:200]} is no path inside the repository", where=where)
    if folder and not path.is_dir() and not path.is_file():
        raise DocumentError(f"the folder {text[:200]} is missing", where=where)
    if folder and not path.is_dir():
        raise DocumentError(f"{text[:200]} is a file", where=where, mend="list it under inputs.files")
    if not folder and path.is_dir():
        raise DocumentError(f"{text[:200]} is a folder", where=where, mend="list it under inputs.directories")
    if not folder and not path.is_file():
        raise DocumentError(
            f"the file {text[:200]} is missing",
            where=where,
            mend="fairport data pull fetches what data/manifest.yaml names; otherwise correct the path",
        )
    return path.relative_to(root).as_posix()


def _copy(root: Path, names: Any, stage: Path) -> None:
    """Put files into the folder, links followed; on one disk they are linked, which costs nothing."""
    for name in names:
        source, place = (root / name).resolve(), stage / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():
            continue
        try:
            os.link(source, place)
        except OSError:
            shutil.copyfile(source, place)


def _measured(root: Path, path: str, port: str | None) -> RunFile:
    return RunFile(path, sha256_file(root / path), (root / path).stat().st_size, name=port)


def _relative(value: Any, root: Path) -> Any:
    """Return an input with its files as paths in the workspace."""
    if isinstance(value, list):
        return [_relative(item, root) for item in value]
    if not isinstance(value, dict):
        return value
    plain = {key: _relative(item, root) for key, item in value.items()}
    if value.get("class") in {"File", "Directory"} and isinstance(value.get("location"), str):
        plain["location"] = Path(unquote(urlsplit(value["location"]).path)).relative_to(root).as_posix()
    return plain


def _steps(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    specification = workflow.get("specification")
    steps = specification.get("steps") if isinstance(specification, dict) else None
    return [step for step in steps if isinstance(step, dict)] if isinstance(steps, list) else []
