"""The inputs of a run: parameters, and files with the digests that identify them.

Files are given as in CWL (``class: File`` with ``location`` or ``path``, relative to the file of inputs).
They must lie in the repository, where git or the data manifest accounts for them; a link to a data cache
elsewhere is fine.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from fairport.contract.errors import DocumentError, Location
from fairport.contract.files import sha256_file
from fairport.contract.loading import Document, Pointer, load_document
from fairport.contract.manifest import LockedFile
from fairport.contract.run import RunFile
from fairport.engines.trees import BrokenLinkError, files_of
from fairport.engines.workflow_files import Port, WorkflowFiles


@dataclass(frozen=True, slots=True)
class JobOrder:
    """The inputs of one run.

    Attributes:
        values: a value for each port, files as absolute ``file:`` addresses.
        parameters: the values that are not files, defaults included; files inside them as paths.
        files: the input files, sorted by path (relative to the repository), each with its port.
        base: folder that the file of inputs lies in.
        name: the file of inputs as people see it; None when the run has none.
    """

    values: dict[str, Any]
    parameters: dict[str, Any]
    files: tuple[RunFile, ...]
    base: Path
    name: str | None = None


def read_job_order(root: Path, workflow: WorkflowFiles, inputs: Path | None) -> JobOrder:
    """Read and check the inputs of a workflow.

    Args:
        root: the analysis repository.
        workflow: the workflow.
        inputs: YAML or JSON file of inputs; None when the workflow needs none.

    Raises:
        DocumentError: unreadable, an unknown or missing input, a file that is missing, lies outside the
            repository or in the network.
    """
    root = root.resolve()
    document = _load(root, inputs)
    _check_ports(document, workflow)
    base = inputs.resolve().parent if inputs else root
    collector = _Collector(root, base, document)
    values = {key: collector.resolve(value, (key,), key) for key, value in document.data.items()}
    defaults = _Collector(root, (root / workflow.file).parent, document)
    for port in workflow.ports:
        if port.default is not None and port.id not in values:
            values[port.id] = defaults.resolve(port.default, (), port.id)
    found = {item.path: item for item in (*defaults.files, *collector.files)}
    parameters = {
        key: _plain(value, root)
        for key, value in sorted(values.items())
        if not key.startswith("$") and not _only_files(value)
    }
    return JobOrder(
        values=values,
        parameters=parameters,
        files=tuple(found[path] for path in sorted(found)),
        base=base,
        name=document.name if inputs else None,
    )


def with_identifiers(files: Sequence[RunFile], locked: Sequence[LockedFile]) -> tuple[RunFile, ...]:
    """Give each file the DID under which the lock knows its place and its bytes."""
    known = {item.path: item for item in locked}
    return tuple(
        replace(file, did=entry.did) if (entry := known.get(file.path)) and _same(file, entry) else file
        for file in files
    )


def differing(files: Sequence[RunFile], locked: Sequence[LockedFile]) -> list[str]:
    """Return the paths of files whose bytes are not those that the lock names."""
    known = {item.path: item for item in locked}
    return [file.path for file in files if file.path in known and not _same(file, known[file.path])]


def _same(file: RunFile, entry: LockedFile) -> bool:
    return file.bytes == entry.bytes and (entry.sha256 is None or entry.sha256 == file.sha256)


def _load(root: Path, inputs: Path | None) -> Document:
    if inputs is None:
        return Document("", "", {})
    path = inputs.resolve()
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(inputs)
    document = load_document(path, name=name)
    if document.data is None:
        document.data = {}
    if not isinstance(document.data, dict):
        raise DocumentError(
            "the workflow inputs are not a mapping",
            where=Location(name, 1, 1),
            mend="write one `name: value` for each input",
        )
    return document


def _check_ports(document: Document, workflow: WorkflowFiles) -> None:
    """Refuse unknown names (a misspelt input would silently take its default) and missing ones."""
    known = {port.id: port for port in workflow.ports}
    for key in document.data:
        if key in known or key.startswith("$"):
            continue
        near = difflib.get_close_matches(key, known, 1, 0.6)
        raise DocumentError(
            f'the workflow has no input "{key[:60]}"',
            where=document.locate((key,), key=True),
            why=f"its inputs are {', '.join(known) or 'none'}",
            mend=f"rename it to {near[0]}" if near else "remove it",
        )
    for port in workflow.ports:
        if port.required and document.data.get(port.id) is None:
            raise _missing(port, document, workflow)


def _missing(port: Port, document: Document, workflow: WorkflowFiles) -> DocumentError:
    if not document.name:
        return DocumentError(
            f'the workflow needs the input "{port.id}"',
            where=workflow.file,
            why=port.doc,
            mend="write a file of inputs and name it as workflow.inputs in fairport.yaml, or give --inputs",
        )
    return DocumentError(
        f'the workflow input "{port.id}" is missing',
        where=document.locate((port.id,)),
        why=port.doc,
        mend=f"add `{port.id}:`",
    )


class _Collector:
    """Resolves the files in input values and takes note of them."""

    def __init__(self, root: Path, base: Path, document: Document) -> None:
        self.root, self.base, self.document = root, base, document
        self.files: list[RunFile] = []

    def resolve(self, value: Any, pointer: Pointer, port: str) -> Any:
        """Return the value with files as absolute addresses."""
        if isinstance(value, list):
            return [self.resolve(item, (*pointer, index), port) for index, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        resolved = {key: self.resolve(item, (*pointer, key), port) for key, item in value.items()}
        if value.get("class") not in {"File", "Directory"}:
            return resolved
        key = "location" if "location" in value else "path"
        address = value.get(key)
        if isinstance(address, str):
            path = self._path(address, key, (*pointer, key) if pointer else ())
            self.files.extend(self._measure(path, value["class"], port, pointer))
            resolved.pop("path", None)
            resolved["location"] = path.as_uri()
        return resolved

    def _path(self, address: str, key: str, pointer: Pointer) -> Path:
        text = address
        if key == "location":
            parts = urlsplit(address)
            if parts.scheme not in {"", "file"}:
                raise DocumentError(
                    f"the input {address[:200]} is not a file of this repository",
                    where=self._where(pointer),
                    why="steps read local files only, so that each has a recorded digest",
                    mend="name it in data/manifest.yaml, run fairport data pull and give its destination",
                )
            text = unquote(parts.path) if parts.scheme else unquote(address)
        # Normalised without following links: a link in the repository to a data cache is an input of it.
        path = Path(os.path.normpath(self.base / text))
        if not path.is_relative_to(self.root):
            raise DocumentError(
                f"the input {address[:200]} lies outside the repository",
                where=self._where(pointer),
                why="nobody else could find it",
                mend="name it in data/manifest.yaml and give its destination in the repository",
            )
        return path

    def _measure(self, path: Path, kind: str, port: str, pointer: Pointer) -> Iterator[RunFile]:
        if not (path.is_file() if kind == "File" else path.is_dir()):
            what = "is missing" if not path.exists() else f"is not a {kind.lower()}"
            raise DocumentError(
                f"the input {path.relative_to(self.root).as_posix()} {what}",
                where=self._where(pointer),
                mend="fairport data pull fetches what data/manifest.yaml names; otherwise correct the path",
            )
        try:
            files = [path] if kind == "File" else files_of(path)
        except BrokenLinkError as error:
            raise DocumentError(
                f"the link {path.relative_to(self.root).as_posix()}/{error} leads nowhere or in a circle",
                where=self._where(pointer),
                mend="fairport data pull fetches what data/manifest.yaml names; otherwise remove the link",
            ) from None
        for file in files:
            name = file.relative_to(self.root).as_posix()
            try:
                yield RunFile(name, sha256_file(file), file.stat().st_size, name=port)
            except OSError as error:
                raise DocumentError(
                    f"the input {name} cannot be read", where=self._where(pointer), why=error.strerror
                ) from None

    def _where(self, pointer: Pointer) -> Location | str | None:
        return self.document.locate(pointer) if self.document.name else None


def _only_files(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(_only_files(item) for item in value)
    return isinstance(value, dict) and value.get("class") in {"File", "Directory"}


def _plain(value: Any, root: Path) -> Any:
    """Return a parameter with the files inside it as paths relative to the repository."""
    if isinstance(value, list):
        return [_plain(item, root) for item in value]
    if isinstance(value, dict):
        if value.get("class") in {"File", "Directory"} and isinstance(value.get("location"), str):
            return Path(unquote(urlsplit(value["location"]).path)).relative_to(root).as_posix()
        return {key: _plain(item, root) for key, item in value.items()}
    return value
