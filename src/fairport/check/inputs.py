"""Files that workflows are given: from a CWL job order or from a REANA specification."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from fairport.check.documents import Documents
from fairport.check.parsed import InputsFile, ManifestFile, Parsed, ReanaFile, folder_of
from fairport.contract.loading import Pointer


@dataclass(frozen=True, slots=True)
class FileReference:
    """A file or folder that a workflow is given.

    Attributes:
        pointer: where it is named.
        text: as it is written.
        path: relative to the repository; ``None`` for an address on the network, or when it leads out.
        problem: why there is no path, when that is wrong.
        folder: whether it is a folder.
        listed: whether it stands in a list of files to upload, rather than being a value of a parameter.
    """

    pointer: Pointer
    text: str
    path: str | None
    problem: str | None = None
    folder: bool = False
    listed: bool = False


def file_references(file: Parsed) -> Iterator[FileReference]:
    """Yield the files that a job order or a REANA specification names."""
    if isinstance(file, InputsFile):
        yield from _objects(file.data, (), folder_of(file.path))
    elif isinstance(file, ReanaFile):
        base = file.base
        for kind in ("files", "directories"):
            for pointer, text in file.texts(f"inputs/{kind}/*"):
                yield replace(_reference(pointer, text, base, kind == "directories"), listed=True)
        for pointer, value in file.select("inputs/parameters"):
            yield from _objects(value, pointer, base)


def _objects(data: Any, pointer: Pointer, base: str, depth: int = 0) -> Iterator[FileReference]:
    """Yield the File and Directory objects of a job order, secondary files included."""
    if depth > 20:
        return
    if isinstance(data, dict) and data.get("class") in ("File", "Directory"):
        folder = data["class"] == "Directory"
        for key in ("location", "path"):
            if isinstance(data.get(key), str):
                yield _reference((*pointer, key), data[key], base, folder)
                break
        yield from _objects(data.get("secondaryFiles"), (*pointer, "secondaryFiles"), base, depth + 1)
        return
    items: Any = ()
    if isinstance(data, dict):
        items = data.items()
    elif isinstance(data, list):
        items = enumerate(data)
    for key, value in items:
        yield from _objects(value, (*pointer, key), base, depth + 1)


def _reference(pointer: Pointer, text: str, base: str, folder: bool) -> FileReference:
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", text)
    if scheme is not None and scheme[1].lower() != "file":
        return FileReference(pointer, text, None, None, folder)
    if scheme is not None or text.startswith(("/", "~")):
        return FileReference(pointer, text, None, "the path exists on one computer only", folder)
    path = posixpath.normpath(posixpath.join(base, unquote(text)))
    if path == ".." or path.startswith("../"):
        return FileReference(pointer, text, None, "the path leaves the repository", folder)
    return FileReference(pointer, text, path, None, folder)


def manifest_destinations(documents: Documents) -> list[str]:
    """Return the places of the repository that data sets of the manifest fill."""
    return [
        text.removeprefix("./").rstrip("/")
        for manifest in documents.all(ManifestFile)
        for _, text in manifest.texts("datasets/*/destination")
    ]
