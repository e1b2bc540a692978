"""``reana.yaml`` of a CWL workflow, made from the analysis record and the workflow's inputs.

REANA reads the inputs from the root of the workspace, cwltool from beside the file of inputs; whoever repeats
them by hand soon has two analyses. Fairport owns what follows from the workflow and its inputs:
``inputs.files``, ``inputs.directories``, ``inputs.parameters``, ``workflow.type`` and ``workflow.file``.
Everything else in the file (resources, options, outputs, tests, workspace, comments) belongs to people and is
kept. A specification of another workflow language, or with the comment ``# fairport: hand-written``, belongs
to people as a whole.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from fairport.contract.analysis import Analysis
from fairport.contract.constants import OUTPUTS_DIR
from fairport.contract.files import inside, read_text
from fairport.contract.loading import Pointer, load_document, parse_yaml
from fairport.contract.saving import dump_yaml, edited_yaml

MARK: Final = "# fairport: hand-written"
"""Comment, on a line of its own, that keeps Fairport's hands off a specification."""

_MARK = re.compile(r"^#\s*fairport:\s*hand-?written\b", re.MULTILINE | re.IGNORECASE)
_FILE_CLASSES: Final = frozenset({"File", "Directory"})


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs of a CWL workflow.

    Attributes:
        values: content of the file of inputs.
        base: its folder, relative to the repository, without a final slash; empty for the root.
        workflow: main file of the workflow, relative to the repository.
        stated: whether the record names a file of inputs. Without one the specification is the only place
            where they are written, and nothing of them is Fairport's.
    """

    values: Mapping[str, Any]
    base: str
    workflow: str
    stated: bool = True


@dataclass(frozen=True, slots=True)
class Drift:
    """One value that is not what follows from workflow and inputs.

    Attributes:
        pointer: where it stands or would stand.
        found: what stands there; None when nothing does.
        expected: what follows; None where nothing should stand.
    """

    pointer: Pointer
    found: Any
    expected: Any


def hand_written(text: str) -> bool:
    """Tell whether a specification says that people keep it."""
    return bool(_MARK.search(text))


def managed(text: str, data: Any) -> bool:
    """Tell whether a specification is one that Fairport keeps in step: CWL, and not marked as hand-written.

    Args:
        text: the specification.
        data: its content.
    """
    workflow = data.get("workflow") if isinstance(data, dict) else None
    return isinstance(workflow, dict) and workflow.get("type") == "cwl" and not hand_written(text)


def owned(inputs: Inputs) -> dict[Pointer, Any]:
    """Return the values that follow from workflow and inputs, by where they stand; None for no value."""
    workflow: dict[Pointer, Any] = {("workflow", "type"): "cwl", ("workflow", "file"): inputs.workflow}
    if not inputs.stated:
        return workflow
    files: list[str] = []
    folders: list[str] = []
    stated = _parameters(inputs.values)
    parameters = {key: _from_root(value, inputs.base, files, folders) for key, value in stated.items()}
    return {
        ("inputs", "files"): list(dict.fromkeys(files)) or None,
        ("inputs", "directories"): list(dict.fromkeys(folders)) or None,
        ("inputs", "parameters"): parameters or None,
        **workflow,
    }


def drift(data: Mapping[str, Any], inputs: Inputs, job: Mapping[str, Any] | None = None) -> list[Drift]:
    """Return where a specification says something else than workflow and inputs.

    Order, spelling of paths, and ``path`` for ``location`` do not count.

    Args:
        data: the specification.
        inputs: what it is held against.
        job: content of the file that ``inputs.parameters.input`` names, when it names one that could be read:
            REANA puts that content in the place of the parameters.
    """
    found: list[Drift] = []
    for pointer, expected in owned(inputs).items():
        value = _at(data, pointer)
        if pointer == ("inputs", "parameters"):
            stated = job if job is not None else value
            found += _parameter_drift(value, stated or {}, expected or {}, pointer)
        elif _unordered(value) != _unordered(expected):
            found.append(Drift(pointer, value, expected))
    return found


def synced(text: str | None, inputs: Inputs, job: Mapping[str, Any] | None = None) -> str:
    """Return the specification brought in step; one that is in step is returned as it is.

    Args:
        text: the specification; None to make a new one.
        inputs: what it is made from.
        job: as for :func:`drift`.

    Raises:
        DocumentError: the text is no YAML.
    """
    if text is None:
        return _fresh(inputs)
    data = parse_yaml(text, "reana.yaml").data or {}
    differences = drift(data, inputs, job)
    if not differences:
        return text
    values = owned(inputs)
    whole = {item.pointer[:2] for item in differences if item.expected is None or len(item.pointer) == 2}
    if job is not None:
        whole |= {item.pointer[:2] for item in differences}
    edits: list[tuple[Pointer, Any]] = []
    for pointer, value in values.items():
        if pointer in whole:
            edits.append((pointer, value if value is not None else {} if pointer[1] == "parameters" else []))
    edits += [(item.pointer, item.expected) for item in differences if item.pointer[:2] not in whole]
    return edited_yaml(text, edits, "reana.yaml")


def render(root: Path, analysis: Analysis) -> tuple[str, str] | None:
    """Return name and text of the specification of an analysis as it should be.

    Returns:
        None when the analysis names no specification, or it is not Fairport's to keep.

    Raises:
        DocumentError: inputs or specification cannot be read.
    """
    name, workflow = analysis.workflow.reana, analysis.workflow
    place = inside(root, name) if name else None
    if name is None or place is None or workflow.type != "cwl":
        return None
    values: Any = {}
    if workflow.inputs is not None:
        source = inside(root, workflow.inputs)
        if source is None or not source.is_file():
            return None
        values = load_document(source, name=workflow.inputs).data
    inputs = Inputs(
        values if isinstance(values, dict) else {},
        posixpath.dirname(posixpath.normpath(workflow.inputs or "")),
        posixpath.normpath(workflow.file),
        stated=workflow.inputs is not None,
    )
    if not place.is_file():
        return name, synced(None, inputs)
    text = read_text(place)
    data = parse_yaml(text, name).data
    if not managed(text, data):
        return None
    return name, synced(text, inputs, _job(root, data))


def named_job(data: Mapping[str, Any]) -> str | None:
    """Return the file that REANA reads the parameters from, where a specification names one."""
    parameters = _at(data, ("inputs", "parameters"))
    name = parameters.get("input") if isinstance(parameters, dict) else None
    return posixpath.normpath(name) if isinstance(name, str) else None


def _job(root: Path, data: Mapping[str, Any]) -> dict[str, Any] | None:
    name = named_job(data)
    path = inside(root, name) if name else None
    if name is None or path is None or not path.is_file():
        return None
    found = load_document(path, name=name).data
    return found if isinstance(found, dict) else None


def _fresh(inputs: Inputs) -> str:
    data: dict[str, Any] = {"inputs": {}, "workflow": {}}
    for pointer, value in owned(inputs).items():
        if value is not None:
            data[str(pointer[0])][str(pointer[1])] = value
    if not data["inputs"]:
        del data["inputs"]
    data["outputs"] = {"directories": [OUTPUTS_DIR]}
    header = "The workflow on REANA. Inputs and workflow follow fairport.yaml: fairport sync."
    return dump_yaml(data, header=header)


def _parameter_drift(value: Any, stated: Any, expected: dict[str, Any], pointer: Pointer) -> Iterator[Drift]:
    if not isinstance(stated, dict):
        yield Drift(pointer, value, expected)
        return
    plain = {
        key: item for key, item in stated.items() if not str(key).startswith("$") and ":" not in str(key)
    }
    for name in [*expected, *(name for name in plain if name not in expected)]:
        here, there = plain.get(name), expected.get(name)
        if _comparable(here) != _comparable(there) or (name in plain) != (name in expected):
            yield Drift((*pointer, name), here, there)


def _parameters(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return inputs without directives (``$namespaces``) and extensions (``cwl:tool``)."""
    return {key: item for key, item in values.items() if not str(key).startswith("$") and ":" not in str(key)}


def _at(data: Any, pointer: Pointer) -> Any:
    for part in pointer:
        data = data.get(part) if isinstance(data, dict) else None
    return data


def _from_root(value: Any, base: str, files: list[str], folders: list[str]) -> Any:
    """Return an input with its files as paths from the root, and take note of them."""
    if isinstance(value, list):
        return [_from_root(item, base, files, folders) for item in value]
    if not isinstance(value, dict):
        return value
    plain = dict(value)
    if value.get("class") in _FILE_CLASSES:
        key = "location" if isinstance(value.get("location"), str) else "path"
        if isinstance(value.get(key), str):
            path = _path(value[key], base, is_address=key == "location")
            if path is not None:
                plain[key] = path
                (files if value["class"] == "File" else folders).append(path)
    return {
        key: item if key in {"location", "path"} else _from_root(item, base, files, folders)
        for key, item in plain.items()
    }


def _path(text: str, base: str, *, is_address: bool) -> str | None:
    """Return a path from the root; None for an address on the network or a path that leads out."""
    if is_address:
        if urlsplit(text).scheme:
            return None
        text = unquote(text)
    path = posixpath.normpath(posixpath.join(base, text))
    return None if path.startswith(("/", "../")) or path in {"..", "."} else path


def _unordered(value: Any) -> Any:
    """Return a list of paths so that order and spelling do not count."""
    if isinstance(value, list):
        return sorted(posixpath.normpath(str(item)) for item in value) or None
    return posixpath.normpath(value) if isinstance(value, str) else value


def _comparable(value: Any) -> Any:
    """Return a value so that two ways to write the same are equal."""
    if isinstance(value, list):
        return [_comparable(item) for item in value]
    if isinstance(value, dict):
        if value.get("class") in _FILE_CLASSES:
            key = "location" if "location" in value else "path"
            rest = {name: item for name, item in value.items() if name not in {"location", "path"}}
            return {**{name: _comparable(item) for name, item in rest.items()}, "at": _normal(value.get(key))}
        return {key: _comparable(item) for key, item in value.items()}
    return value


def _normal(path: Any) -> Any:
    return posixpath.normpath(unquote(path)) if isinstance(path, str) else path
