"""All files that a CWL workflow consists of, read as data: nothing is executed, nothing is fetched.

A workflow may only refer to files inside its repository, so that its digest says everything about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from fairport.contract.digests import files_digest
from fairport.contract.errors import ConfigurationError, DocumentError
from fairport.contract.files import sha256_file
from fairport.contract.loading import Document, Pointer, load_document
from fairport.contract.run import RunFile

_TEXTS = ("$include", "$mixin")


@dataclass(frozen=True, slots=True)
class Port:
    """An input port of the workflow.

    Attributes:
        id: its name.
        required: whether a value must be given.
        default: plain value; None without one.
        doc: what it is.
    """

    id: str
    required: bool
    default: Any = None
    doc: str | None = None


@dataclass(frozen=True, slots=True)
class WorkflowFiles:
    """A workflow and the files that it consists of.

    Attributes:
        file: the main file, relative to the repository.
        type: ``cwl``.
        digest: over the digests and paths of all files.
        files: all files, sorted by path.
        ports: the inputs of the main process.
        images: container images that its tools name, in order of appearance.
        tools: step name to the file that the step runs, relative to the repository.
    """

    file: str
    type: str
    digest: str
    files: tuple[RunFile, ...]
    ports: tuple[Port, ...]
    images: tuple[str, ...]
    tools: dict[str, str] = field(default_factory=dict)


def read_workflow(root: Path, file: str, kind: str = "cwl") -> WorkflowFiles:
    """Read the main file of a workflow and everything that it runs, imports or includes.

    Args:
        root: the analysis repository.
        file: main file, relative to ``root``.
        kind: workflow language.

    Raises:
        ConfigurationError: the language is not CWL.
        DocumentError: a file is missing or is not YAML; a reference leads out of the repository or into
            the network.
    """
    if kind != "cwl":
        raise ConfigurationError(
            f"workflows of type {kind} do not run here",
            why="the engines of this release run CWL",
            mend="run it on REANA with its own client, or give the analysis a CWL workflow",
        )
    reader = _Reader(root)
    main = reader.follow(file, None, ())
    process = _main_process(main, file)
    files = tuple(sorted(reader.files.values(), key=lambda item: item.path))
    return WorkflowFiles(
        file=main.name,
        type=kind,
        digest=files_digest((item.path, item.sha256) for item in files),
        files=files,
        ports=tuple(_ports(process)),
        images=tuple(dict.fromkeys(reader.images)),
        tools=reader.tools,
    )


class _Reader:
    """Walks from file to file; each is read once."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.files: dict[Path, RunFile] = {}
        self.images: list[str] = []
        self.tools: dict[str, str] = {}

    def follow(self, reference: str, source: Document | None, pointer: Pointer) -> Document:
        """Read the CWL document at ``reference`` and all that it refers to."""
        path = self._resolve(reference, source, pointer)
        name = path.relative_to(self.root).as_posix()
        if path in self.files:
            return Document(name, "", {})
        document = load_document(path, name=name)
        self._add(path, name)
        self._walk(document, document.data, ())
        return document

    def include(self, reference: str, source: Document, pointer: Pointer) -> None:
        """Take a file of any other sort (text, script, default input) as part of the workflow."""
        path = self._resolve(reference, source, pointer)
        if path not in self.files:
            self._add(path, path.relative_to(self.root).as_posix())

    def _add(self, path: Path, name: str) -> None:
        self.files[path] = RunFile(name, sha256_file(path), path.stat().st_size)

    def _resolve(self, reference: str, source: Document | None, pointer: Pointer) -> Path:
        where = source.locate(pointer) if source else reference
        parts = urlsplit(reference)
        if parts.scheme and parts.scheme != "file":
            raise DocumentError(
                f"the workflow refers to {reference[:200]}",
                where=where,
                why="a workflow that is fetched while it runs can change from one run to the next",
                mend="copy the file into the repository and refer to it there",
            )
        text = unquote(parts.path)
        base = (self.root / source.name).parent if source else self.root
        target = Path(text) if Path(text).is_absolute() else base / text
        found = _within(self.root, target)
        if found is None:
            raise DocumentError(
                f"the workflow refers to {reference[:200]}, outside the repository",
                where=where,
                mend="keep all workflow files inside the repository",
            )
        if source is not None and not found.is_file():
            raise DocumentError(f"the workflow refers to {reference[:200]}, which is not a file", where=where)
        return found

    def _walk(self, document: Document, node: Any, pointer: Pointer) -> None:
        if isinstance(node, list):
            for index, item in enumerate(node):
                self._walk(document, item, (*pointer, index))
        elif isinstance(node, dict):
            self._references(document, node, pointer)
            for key, item in node.items():
                self._walk(document, item, (*pointer, key))

    def _references(self, document: Document, node: dict[str, Any], pointer: Pointer) -> None:
        """Follow what one mapping refers to."""
        target = node.get("$import")
        if isinstance(target, str):
            self.follow(target, document, (*pointer, "$import"))
        for key in _TEXTS:
            if isinstance(node.get(key), str):
                self.include(node[key], document, (*pointer, key))
        for place, step in _steps(node):
            target = step.get("run")
            if isinstance(target, str) and not target.startswith("#"):
                tool = self.follow(target, document, (*pointer, *place, "run"))
                name = place[-1] if isinstance(place[-1], str) else str(step.get("id", ""))
                self.tools.setdefault(name.rpartition("#")[2], tool.name)
        for place, address in _default_files(node.get("default")):
            self.include(address, document, (*pointer, "default", *place))
        self.images.extend(_images(node))


def _steps(node: dict[str, Any]) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    """Yield the steps of a workflow with their places; the mapping may be anything."""
    steps = node.get("steps") if node.get("class") == "Workflow" else None
    if isinstance(steps, dict):
        yield from ((("steps", key), step) for key, step in steps.items() if isinstance(step, dict))
    elif isinstance(steps, list):
        yield from ((("steps", index), step) for index, step in enumerate(steps) if isinstance(step, dict))


def _default_files(value: Any, place: Pointer = ()) -> Iterator[tuple[Pointer, str]]:
    """Yield the addresses of files inside a default value."""
    if isinstance(value, dict):
        if value.get("class") == "File":
            for key in ("location", "path"):
                if isinstance(value.get(key), str):
                    yield (*place, key), value[key]
                    break
        for key, item in value.items():
            yield from _default_files(item, (*place, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _default_files(item, (*place, index))


def _images(node: dict[str, Any]) -> Iterator[str]:
    """Yield the images of a requirement in either of its two spellings."""
    found = [node] if node.get("class") == "DockerRequirement" else [node.get("DockerRequirement")]
    for requirement in found:
        if isinstance(requirement, dict) and isinstance(requirement.get("dockerPull"), str):
            yield requirement["dockerPull"]


def _main_process(document: Document, file: str) -> dict[str, Any]:
    """Return the process that runs: the document, or ``main`` of its ``$graph``."""
    data = document.data
    if isinstance(data, dict) and isinstance(data.get("$graph"), list):
        processes = [item for item in data["$graph"] if isinstance(item, dict)]
        named = [item for item in processes if str(item.get("id", "")).lstrip("#") == "main"]
        data = named[0] if named else processes[0] if len(processes) == 1 else None
    if not isinstance(data, dict) or "class" not in data:
        raise DocumentError(
            "this is not a CWL workflow",
            where=file,
            why="no process says its class",
            mend="see fairport check",
        )
    return data


def _ports(process: dict[str, Any]) -> Iterator[Port]:
    """Yield the input ports of a process, written as mapping or as list."""
    inputs = process.get("inputs")
    entries: list[tuple[Any, Any]] = []
    if isinstance(inputs, dict):
        entries = list(inputs.items())
    elif isinstance(inputs, list):
        entries = [(item.get("id"), item) for item in inputs if isinstance(item, dict)]
    for name, entry in entries:
        if not isinstance(name, str):
            continue
        port = entry if isinstance(entry, dict) else {"type": entry}
        doc = port.get("doc")
        yield Port(
            id=name.rpartition("#")[2].rpartition("/")[2],
            required="default" not in port and not _optional(port.get("type")),
            default=port.get("default"),
            doc=" ".join(doc.split()) if isinstance(doc, str) else None,
        )


def _optional(kind: Any) -> bool:
    if isinstance(kind, str):
        return kind.endswith("?") or kind == "null"
    return isinstance(kind, list) and any(_optional(item) for item in kind)


def _within(root: Path, target: Path) -> Path | None:
    """Return the target with links followed if it lies in ``root``."""
    try:
        found = target.resolve()
    except (OSError, RuntimeError, ValueError):
        return None
    return found if found.is_relative_to(root) else None
