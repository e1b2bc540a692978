"""A tolerant view of CWL documents: processes, ports, steps and types with their places.

The view accepts what is malformed (it leaves it out), because other rules say what is wrong with it. Maps
(``inputs: {a: File}``) and lists (``inputs: [{id: a, type: File}]``) look alike here.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fairport.check.parsed import CwlFile, folder_of
from fairport.contract.loading import Pointer

PROCESS_CLASSES: Final = ("Workflow", "CommandLineTool", "ExpressionTool", "Operation")
SIMPLE_TYPES: Final = frozenset(
    "null boolean int long float double string File Directory Any stdin stdout stderr".split()
)

_NESTING: Final = 20


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output of a process.

    Attributes:
        name: without the process.
        pointer: where it stands.
        value: its type, or a mapping with ``type`` and more.
    """

    name: str
    pointer: Pointer
    value: Any

    @property
    def mapping(self) -> Mapping[str, Any]:
        """Its fields; a bare type is ``{type: ...}``."""
        return self.value if isinstance(self.value, dict) and "type" in self.value else {"type": self.value}

    @property
    def type_pointer(self) -> Pointer:
        """Where its type stands."""
        return (
            (*self.pointer, "type") if isinstance(self.value, dict) and "type" in self.value else self.pointer
        )

    @property
    def types(self) -> frozenset[str] | None:
        """Its alternatives in short form (``File``, ``double[]``, ``null``); ``None`` when it cannot be
        said."""
        return short_types(self.mapping.get("type"))

    @property
    def optional(self) -> bool:
        """Whether it may be left out."""
        types = self.types
        return types is None or bool(types & {"null", "Any"}) or "default" in self.mapping

    @property
    def is_file(self) -> bool:
        """Whether it is a file or a list of files."""
        return any(name.rstrip("[]") in {"File", "stdout", "stderr", "stdin"} for name in self.types or ())


def short_types(value: Any, depth: int = 0) -> frozenset[str] | None:
    """Return the alternatives of a CWL type in short form, or ``None`` when it is not a plain one."""
    if depth > _NESTING:
        return None
    if isinstance(value, list):
        parts = [short_types(item, depth + 1) for item in value]
        if any(part is None for part in parts):
            return None
        return frozenset(name for part in parts if part for name in part)
    if isinstance(value, dict):
        if value.get("type") == "array":
            items = short_types(value.get("items"), depth + 1)
            return None if items is None else frozenset(f"{name}[]" for name in items)
        if value.get("type") == "enum":
            return frozenset({"string"})
        return None
    if not isinstance(value, str):
        return None
    if value.endswith("?"):
        rest = short_types(value[:-1], depth + 1)
        return None if rest is None else rest | {"null"}
    if value.endswith("[]"):
        rest = short_types(value[:-2], depth + 1)
        return None if rest is None else frozenset(f"{name}[]" for name in rest)
    return frozenset({value}) if value in SIMPLE_TYPES else None


@dataclass(frozen=True, slots=True)
class Requirement:
    """A requirement or hint of a process or step."""

    name: str
    pointer: Pointer
    value: Mapping[str, Any]
    hint: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a workflow."""

    name: str
    pointer: Pointer
    value: Mapping[str, Any]
    process: Process

    def inputs(self) -> list[Port]:
        """Return what the step hands to its process; ``value`` is the source or a mapping."""
        return entries(self.value.get("in"), (*self.pointer, "in"))

    def outputs(self) -> list[tuple[str, Pointer]]:
        """Return the names of the outputs that the step passes on."""
        value = self.value.get("out")
        found = []
        for index, item in enumerate(value if isinstance(value, list) else []):
            name = item.get("id") if isinstance(item, dict) else item
            if isinstance(name, str):
                found.append((local_name(name), (*self.pointer, "out", index)))
        return found


@dataclass(frozen=True, slots=True)
class Process:
    """A workflow or tool, in a file of its own, in a ``$graph``, or inside a step."""

    file: CwlFile
    pointer: Pointer
    value: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """Its class."""
        kind = self.value.get("class")
        return kind if isinstance(kind, str) else ""

    @property
    def name(self) -> str:
        """Its identifier, or the name of its file."""
        name = self.value.get("id")
        return local_name(name) if isinstance(name, str) else posixpath.basename(self.file.path)

    def inputs(self) -> list[Port]:
        """Return its inputs."""
        return entries(self.value.get("inputs"), (*self.pointer, "inputs"))

    def outputs(self) -> list[Port]:
        """Return its outputs."""
        return entries(self.value.get("outputs"), (*self.pointer, "outputs"))

    def steps(self) -> list[Step]:
        """Return its steps."""
        return [
            Step(port.name, port.pointer, port.value, self)
            for port in entries(self.value.get("steps"), (*self.pointer, "steps"))
            if isinstance(port.value, dict)
        ]

    def requirements(self) -> list[Requirement]:
        """Return its requirements and hints."""
        return requirements(self.value, self.pointer)


def entries(value: Any, pointer: Pointer) -> list[Port]:
    """Return the entries of a map, or of a list with identifiers."""
    if isinstance(value, dict):
        return [Port(key, (*pointer, key), item) for key, item in value.items() if not key.startswith("$")]
    if isinstance(value, list):
        return [
            Port(local_name(item["id"]), (*pointer, index), item)
            for index, item in enumerate(value)
            if isinstance(item, dict) and isinstance(item.get("id"), str)
        ]
    return []


def requirements(value: Mapping[str, Any], pointer: Pointer) -> list[Requirement]:
    """Return the requirements and hints of a process or step."""
    found = []
    for key in ("requirements", "hints"):
        group = value.get(key)
        items: Any = ()
        if isinstance(group, dict):
            items = [(name, name, item) for name, item in group.items()]
        elif isinstance(group, list):
            items = [(i, item.get("class"), item) for i, item in enumerate(group) if isinstance(item, dict)]
        for index, name, item in items:
            if isinstance(name, str):
                fields = item if isinstance(item, dict) else {}
                found.append(Requirement(name, (*pointer, key, index), fields, key == "hints"))
    return found


def local_name(identifier: str) -> str:
    """Return the last part of an identifier (``main.cwl#main/x`` gives ``x``)."""
    return re.split(r"[#/]", identifier)[-1]


def roots(file: CwlFile) -> list[Process]:
    """Return the process of a file, or the members of its ``$graph``."""
    data = file.mapping
    graph = data.get("$graph")
    if isinstance(graph, list):
        return [Process(file, ("$graph", i), item) for i, item in enumerate(graph) if isinstance(item, dict)]
    return [Process(file, (), data)] if data else []


def processes(file: CwlFile) -> Iterator[Process]:
    """Yield the processes of a file: the roots and those written inside steps."""
    for process in roots(file):
        yield from _with_inner(process, 0)


def _with_inner(process: Process, depth: int) -> Iterator[Process]:
    yield process
    if depth < _NESTING:
        for step in process.steps():
            run = step.value.get("run")
            if isinstance(run, dict):
                yield from _with_inner(Process(process.file, (*step.pointer, "run"), run), depth + 1)


def run_target(step: Step) -> tuple[str, str] | None:
    """Return (path relative to the repository, fragment) of what a step runs; ``None`` for an address or
    nothing.

    A path that leads out of the repository keeps its ``..``.
    """
    run = step.value.get("run")
    if not isinstance(run, str) or "://" in run:
        return None
    path, _, fragment = run.partition("#")
    if not path:
        return step.process.file.path, fragment
    return posixpath.normpath(posixpath.join(folder_of(step.process.file.path), path)), fragment


def resolve(step: Step, files: Mapping[str, CwlFile]) -> Process | None:
    """Return the process that a step runs, when it can be found."""
    run = step.value.get("run")
    if isinstance(run, dict):
        return Process(step.process.file, (*step.pointer, "run"), run)
    target = run_target(step)
    file = files.get(target[0]) if target is not None else None
    if target is None or file is None:
        return None
    found = roots(file)
    name = target[1] or "main"
    named = [process for process in found if process.name == name]
    if target[1]:
        return named[0] if named else None
    return next(iter(named or found), None)
