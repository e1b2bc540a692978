"""The files of a repository as rules see them: parsed, each type with the rule that owns its defects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from fairport.check.issue import Issue
from fairport.contract.loading import Document, Pointer
from fairport.contract.schemas import Problem


class Parsed:
    """A file that was read: its data with positions, and short ways to talk about its values."""

    owner: ClassVar[str] = ""
    """Rule that reports that a file of this type cannot be read."""

    title: ClassVar[str] = "document"

    def __init__(self, path: str, document: Document) -> None:
        self.path, self.document = path, document
        self.problems: list[Problem] | None = None

    @property
    def data(self) -> Any:
        """Plain data of the file."""
        return self.document.data

    @property
    def mapping(self) -> dict[str, Any]:
        """Plain data when they are a mapping, else an empty one."""
        return self.data if isinstance(self.data, dict) else {}

    def issue(self, pointer: Pointer, message: str, **details: Any) -> Issue:
        """Return an issue at a value of this file."""
        return Issue(message, path=self.path, document=self.document, pointer=pointer, **details)

    def select(self, pattern: str) -> Iterator[tuple[Pointer, Any]]:
        """Yield (pointer, value) of what a pattern such as ``authors/*/orcid`` leads to; ``*`` is any key
        or index.
        """
        yield from select(self.data, tuple(pattern.split("/")) if pattern else ())

    def texts(self, *patterns: str) -> Iterator[tuple[Pointer, str]]:
        """Yield (pointer, value) of the texts that the patterns lead to."""
        for pattern in patterns:
            for pointer, value in self.select(pattern):
                if isinstance(value, str):
                    yield pointer, value

    def text(self, pattern: str) -> str | None:
        """Return the text at a pattern without ``*``, or ``None``."""
        return next((value for _, value in self.texts(pattern)), None)


def select(data: Any, parts: tuple[str, ...], prefix: Pointer = ()) -> Iterator[tuple[Pointer, Any]]:
    """Yield (pointer, value) of the values of ``data`` that a path with ``*`` leads to."""
    if not parts:
        yield prefix, data
    elif parts[0] == "*":
        items: Any = ()
        if isinstance(data, dict):
            items = data.items()
        elif isinstance(data, list):
            items = enumerate(data)
        for key, value in items:
            yield from select(value, parts[1:], (*prefix, key))
    elif isinstance(data, dict) and parts[0] in data:
        yield from select(data[parts[0]], parts[1:], (*prefix, parts[0]))


class AnalysisFile(Parsed):
    """``fairport.yaml`` as it stands, valid or not."""

    owner, title = "META001", "the analysis record"


class ManifestFile(Parsed):
    """The data manifest."""

    owner, title = "DATA001", "the data manifest"


class LockFile(Parsed):
    """The lock of the data manifest."""

    owner, title = "DATA001", "the data lock"


class ResultFile(Parsed):
    """One result record, valid or not."""

    owner, title = "RES001", "the result record"

    @property
    def folder(self) -> str:
        """Folder of the record, with a final slash unless it is the root."""
        return folder_of(self.path)


class CwlFile(Parsed):
    """One CWL file."""

    owner, title = "WF001", "the CWL file"


class InputsFile(Parsed):
    """The inputs of the workflow (a CWL job order)."""

    owner, title = "WF005", "the file of workflow inputs"


class ReanaFile(Parsed):
    """A REANA specification."""

    owner, title = "WF003", "the REANA specification"

    base = ""
    """Folder from which the paths in the specification start, with a final slash unless it is the root."""


class CffFile(Parsed):
    """``CITATION.cff``."""

    owner, title = "META001", "CITATION.cff"


class CodemetaFile(Parsed):
    """``codemeta.json``."""

    owner, title = "META001", "codemeta.json"


class ZenodoFile(Parsed):
    """``.zenodo.json``."""

    owner, title = "META001", ".zenodo.json"


class CrateFile(Parsed):
    """``ro-crate-metadata.json``."""

    owner, title = "META001", "ro-crate-metadata.json"


class AnswersFile(Parsed):
    """``.copier-answers.yml``."""

    owner, title = "META001", ".copier-answers.yml"


def folder_of(path: str) -> str:
    """Return the folder of a path with a final slash, or the empty text."""
    return path[: path.rfind("/") + 1]
