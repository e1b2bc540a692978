"""What the CWL specification demands between parts of a document: classes, types, requirements, links of
steps."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from fairport.check.cwl.model import (
    PROCESS_CLASSES,
    SIMPLE_TYPES,
    Port,
    Process,
    Step,
    local_name,
    requirements,
    resolve,
    run_target,
)
from fairport.check.issue import Issue, quoted, shown
from fairport.check.parsed import CwlFile
from fairport.check.repository import Repository
from fairport.contract.loading import Pointer

REQUIREMENTS: Final = {
    "InlineJavascriptRequirement": {"expressionLib"},
    "SchemaDefRequirement": {"types"},
    "LoadListingRequirement": {"loadListing"},
    "DockerRequirement": {
        "dockerPull",
        "dockerLoad",
        "dockerFile",
        "dockerImport",
        "dockerImageId",
        "dockerOutputDirectory",
    },
    "SoftwareRequirement": {"packages"},
    "InitialWorkDirRequirement": {"listing"},
    "EnvVarRequirement": {"envDef"},
    "ShellCommandRequirement": set(),
    "ResourceRequirement": {
        f"{name}{bound}" for name in ("cores", "ram", "tmpdir", "outdir") for bound in ("Min", "Max")
    },
    "WorkReuse": {"enableReuse"},
    "NetworkAccess": {"networkAccess"},
    "InplaceUpdateRequirement": {"inplaceUpdate"},
    "ToolTimeLimit": {"timelimit"},
    "SubworkflowFeatureRequirement": set(),
    "ScatterFeatureRequirement": set(),
    "MultipleInputFeatureRequirement": set(),
    "StepInputExpressionRequirement": set(),
}
"""Requirements of CWL 1.2 with their fields."""


def process_issues(
    process: Process, files: Mapping[str, CwlFile], others: Repository | frozenset[str] = frozenset()
) -> Iterator[Issue]:
    """Yield what is wrong with a process apart from the form of its fields."""
    file = process.file
    if process.kind not in PROCESS_CLASSES:
        near = difflib.get_close_matches(process.kind, PROCESS_CLASSES, 1, 0.6)
        if process.kind:
            yield file.issue(
                (*process.pointer, "class"),
                f"unknown class {quoted(process.kind, 60)}"
                + (f' (did you mean "{near[0]}"?)' if near else ""),
                expected=near[0] if near else ", ".join(PROCESS_CLASSES),
            )
        return
    yield from _requirement_issues(file, process.value, process.pointer)
    custom = any(item.name == "SchemaDefRequirement" for item in process.requirements())
    for port in (*process.inputs(), *process.outputs()):
        yield from _type_issues(file, port.mapping.get("type"), port.type_pointer, custom)
    if process.kind == "Workflow":
        yield from _workflow_issues(process, files, others)


def _requirement_issues(file: CwlFile, value: Mapping[str, Any], pointer: Pointer) -> Iterator[Issue]:
    for item in requirements(value, pointer):
        fields = REQUIREMENTS.get(item.name)
        if fields is None:
            if not item.hint and ":" not in item.name:
                near = difflib.get_close_matches(item.name, REQUIREMENTS, 1, 0.6)
                yield file.issue(
                    item.pointer,
                    f"unknown requirement {quoted(item.name, 60)}"
                    + (f' (did you mean "{near[0]}"?)' if near else ""),
                    at_key=True,
                    expected=near[0] if near else "a requirement of CWL; others may be hints",
                )
            continue
        for key, content in item.value.items():
            if key != "class" and key not in fields and ":" not in key and not item.hint:
                near = difflib.get_close_matches(key, fields, 1, 0.6)
                yield file.issue(
                    (*item.pointer, key),
                    f"{item.name} has no field {quoted(key, 60)}"
                    + (f' (did you mean "{near[0]}"?)' if near else ""),
                    at_key=True,
                    expected=near[0] if near else ", ".join(sorted(fields)) or "no field",
                )
            elif key.startswith("docker") and not isinstance(content, (str, dict)):
                yield file.issue((*item.pointer, key), f'"{key}" must be text', found=shown(content))
            elif item.name != "ResourceRequirement" or key == "class" or ":" in key:
                continue  # a key with a colon is an extension
            elif not _is_resource(content):
                yield file.issue(
                    (*item.pointer, key), f'"{key}" must be a number or an expression', found=shown(content)
                )


def _is_resource(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, (int, float)) or (isinstance(value, str) and value.strip().startswith("$"))


def _type_issues(
    file: CwlFile, value: Any, pointer: Pointer, custom: bool, depth: int = 0
) -> Iterator[Issue]:
    if isinstance(value, list) and depth < 10:
        for index, item in enumerate(value):
            yield from _type_issues(file, item, (*pointer, index), custom, depth + 1)
    elif isinstance(value, dict) and depth < 10:
        for key in ("items", "type") if value.get("type") not in ("array", "record", "enum") else ("items",):
            if key in value:
                yield from _type_issues(file, value[key], (*pointer, key), custom, depth + 1)
    elif isinstance(value, str):
        name = re.sub(r"(?:\[\]|\?)+$", "", value)
        if (
            name not in SIMPLE_TYPES
            and not custom
            and "#" not in name
            and ":" not in name
            and "/" not in name
        ):
            near = difflib.get_close_matches(name, SIMPLE_TYPES, 1, 0.6)
            yield file.issue(
                pointer,
                f"unknown type {quoted(value, 60)}" + (f' (did you mean "{near[0]}"?)' if near else ""),
                expected=near[0] if near else ", ".join(sorted(SIMPLE_TYPES)),
            )


def _workflow_issues(
    workflow: Process, files: Mapping[str, CwlFile], others: Repository | frozenset[str]
) -> Iterator[Issue]:
    file = workflow.file
    sources: dict[str, frozenset[str] | None] = {port.name: port.types for port in workflow.inputs()}
    for step in workflow.steps():
        tool = resolve(step, files)
        scattered = bool(step.value.get("scatter")) or "when" in step.value
        made = {port.name: port.types for port in tool.outputs()} if tool is not None else {}
        for name, _ in step.outputs():
            sources[f"{step.name}/{name}"] = None if scattered else made.get(name)
    for step in workflow.steps():
        yield from _step_issues(step, resolve(step, files), sources, files, others)
    for port in workflow.outputs():
        source = port.mapping.get("outputSource")
        for pointer, text in _texts(source, (*port.pointer, "outputSource")):
            name = _source_name(text, workflow)
            if name not in sources:
                yield _no_source(file, pointer, text, sources)
            elif isinstance(source, str):
                yield from _mismatch(file, pointer, text, sources[name], port.types)


def _step_issues(
    step: Step,
    tool: Process | None,
    sources: Mapping[str, frozenset[str] | None],
    files: Mapping[str, CwlFile],
    others: Repository | frozenset[str],
) -> Iterator[Issue]:
    file = step.process.file
    yield from _run_issues(step, tool, files, others)
    given = {port.name: port for port in step.inputs()}
    wanted = {port.name: port for port in tool.inputs()} if tool is not None else {}
    for name, port in given.items():
        yield from _source_issues(step, port, wanted.get(name), sources)
    if tool is None:
        return
    for name, port in wanted.items():
        if name not in given and not port.optional:
            yield file.issue(
                (*step.pointer, "in", name),
                f"step {step.name} does not give {quoted(name, 60)}, which {tool.name} needs",
                help=f"add `{name}` to its `in`",
            )
    made = {port.name for port in tool.outputs()}
    for name, pointer in step.outputs():
        if name not in made:
            near = difflib.get_close_matches(name, made, 1, 0.6)
            yield file.issue(
                pointer,
                f"{tool.name} has no output {quoted(name, 60)}",
                expected=near[0] if near else ", ".join(sorted(made)) or "no output",
            )


def _run_issues(
    step: Step, tool: Process | None, files: Mapping[str, CwlFile], others: Repository | frozenset[str]
) -> Iterator[Issue]:
    file, run = step.process.file, step.value.get("run")
    pointer = (*step.pointer, "run")
    if not isinstance(run, str):
        return
    target = run_target(step)
    if target is None:
        yield file.issue(
            pointer,
            f"step {step.name} runs {quoted(run, 80)} from the network",
            help="put the tool into the repository",
        )
    elif target[0].startswith(("../", "/")) or target[0] == "..":
        yield file.issue(pointer, f"step {step.name} runs a file outside the repository", found=run)
    elif tool is None and target[0] not in others:
        near = difflib.get_close_matches(target[0], [path for path in files if path != file.path], 1, 0.6)
        yield file.issue(
            pointer,
            f"step {step.name} runs {quoted(run, 80)}, which does not exist",
            expected=near[0] if near else "a CWL file of the repository",
        )


def _source_issues(
    step: Step, port: Port, wanted: Port | None, sources: Mapping[str, frozenset[str] | None]
) -> Iterator[Issue]:
    file = step.process.file
    plain = not isinstance(port.value, dict)
    source = port.value if plain else port.value.get("source")
    pointer = port.pointer if plain else (*port.pointer, "source")
    for place, text in _texts(source, pointer):
        name = _source_name(text, step.process)
        if name not in sources:
            yield _no_source(file, place, text, sources)
        elif name.split("/")[0] == step.name and "/" in name:
            yield file.issue(place, f"step {step.name} feeds itself", found=text)
        elif (
            isinstance(source, str)
            and wanted is not None
            and (plain or set(port.value) <= {"id", "source", "default"})
        ):
            scatter = step.value.get("scatter")
            names = scatter if isinstance(scatter, list) else [scatter]
            if port.name not in {local_name(name) for name in names if isinstance(name, str)}:
                yield from _mismatch(file, place, text, sources[name], wanted.types, wanted)


def _texts(value: Any, pointer: Pointer) -> Iterator[tuple[Pointer, str]]:
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, list):
        yield from (((*pointer, index), item) for index, item in enumerate(value) if isinstance(item, str))


def _source_name(text: str, workflow: Process) -> str:
    """Return ``input`` or ``step/output``; packed files write ``#<identifier of the workflow>/`` before."""
    if "#" not in text:
        return text
    fragment = text.rpartition("#")[2]
    own = workflow.value.get("id")
    prefix = own.rpartition("#")[2] if isinstance(own, str) else ""
    if prefix and fragment.startswith(f"{prefix}/"):
        return fragment[len(prefix) + 1 :]
    return fragment.removeprefix("main/")


def _no_source(file: CwlFile, pointer: Pointer, text: str, sources: Mapping[str, Any]) -> Issue:
    near = difflib.get_close_matches(text, sources, 1, 0.5)
    return file.issue(
        pointer,
        f"the source {quoted(text, 80)} does not exist",
        expected=near[0] if near else "an input of the workflow, or step/output",
        help=f"did you mean {near[0]}?" if near else None,
    )


def _mismatch(
    file: CwlFile,
    pointer: Pointer,
    text: str,
    source: frozenset[str] | None,
    sink: frozenset[str] | None,
    port: Port | None = None,
) -> Iterator[Issue]:
    if source is None or sink is None or any(name.startswith("Any") for name in source | sink):
        return
    made = {_normal(name) for name in source}
    taken = {_normal(name) for name in sink}
    if port is not None and "default" in port.mapping:
        taken.add("null")
    if made & taken or any(_widens(one, two) for one in made for two in taken):
        return
    yield file.issue(
        pointer,
        f"{quoted(text, 60)} is {' or '.join(sorted(made))}, but {' or '.join(sorted(taken))} is needed",
        found=" or ".join(sorted(made)),
        expected=" or ".join(sorted(taken)),
    )


def _normal(name: str) -> str:
    return re.sub(r"^(?:stdout|stderr|stdin)\b", "File", name)


def _widens(one: str, two: str) -> bool:
    """Tell whether a value of type ``one`` is taken where ``two`` is expected."""
    order = ("int", "long", "float", "double")
    base, other = one.rstrip("[]"), two.rstrip("[]")
    if one[len(base) :] != two[len(other) :]:
        return False
    return base in order and other in order and order.index(base) <= order.index(other)


def value_fits(value: Any, port: Port) -> bool:
    """Tell whether a value of a job order has the type of a port; unknown types fit."""
    types = port.types
    if types is None or "Any" in types:
        return True
    return any(_value_is(value, _normal(name)) for name in types) or (
        value is None and "default" in port.mapping
    )


def _value_is(value: Any, name: str) -> bool:
    if name.endswith("[]"):
        return isinstance(value, list) and all(_value_is(item, name[:-2]) for item in value)
    if isinstance(value, dict):
        return name == value.get("class")
    if isinstance(value, bool):
        return name == "boolean"
    if isinstance(value, int):
        return name in {"int", "long", "float", "double"}
    if isinstance(value, float):
        return name in {"float", "double"} or (value.is_integer() and name in {"int", "long"})
    if isinstance(value, str):
        return name == "string"
    return value is None and name == "null"
