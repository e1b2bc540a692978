"""The typed documents of the contract in one place, and how to read them from disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fairport.contract.analysis import Access, Affiliation, Analysis, Person, Waiver
from fairport.contract.characters import shown_data
from fairport.contract.constants import MAX_DOCUMENT_BYTES, MAX_LOCK_BYTES
from fairport.contract.errors import DocumentError
from fairport.contract.finding import Edit, Finding, Fix
from fairport.contract.loading import Document, load_document
from fairport.contract.manifest import Dataset, Lock, Manifest
from fairport.contract.migrations import migrate
from fairport.contract.plane import Plane, PlaneAxis
from fairport.contract.registry import CatalogueConfiguration, RegistryEntry
from fairport.contract.result import Axis, Provenance, Result, Statistics
from fairport.contract.run import RunRecord
from fairport.contract.schemas import Problem, validate

__all__ = [
    "Access",
    "Affiliation",
    "Analysis",
    "Axis",
    "CatalogueConfiguration",
    "Dataset",
    "Document",
    "Edit",
    "Finding",
    "Fix",
    "Lock",
    "Manifest",
    "Person",
    "Plane",
    "PlaneAxis",
    "Problem",
    "Provenance",
    "RegistryEntry",
    "Result",
    "RunRecord",
    "Statistics",
    "Waiver",
    "load_analysis",
    "load_manifest",
    "load_plane",
    "load_result",
    "load_run",
    "load_valid",
    "manifest_digest",
]


def load_valid(kind: str, path: Path, *, name: str | None = None) -> Document:
    """Read a document, migrate it to this major version and validate it; its texts are without characters
    that nobody sees (:mod:`fairport.contract.characters`), as every reader needs them.

    Args:
        kind: document type, the stem of its schema (``analysis``, ``result``, ...).
        path: YAML or JSON file.
        name: path shown in errors.

    Raises:
        DocumentError: unreadable or invalid; the first problem is told with its place, the rest are counted.
    """
    limit = MAX_LOCK_BYTES if kind == "lock" else MAX_DOCUMENT_BYTES
    document = load_document(path, name=name, limit=limit)
    migrated = migrate(kind, document.data, name or str(path))
    problems = [problem for problem in validate(kind, migrated) if problem.severity == "error"]
    if problems:
        raise problem_error(document, problems)
    document.data = shown_data(migrated, document.text)
    return document


def problem_error(document: Document, problems: list[Problem]) -> DocumentError:
    """Word the first of ``problems`` as an error with its place."""
    first = problems[0]
    rest = len(problems) - 1
    more = f"{rest} more problem{'s' if rest > 1 else ''} in this file; " if rest else ""
    return DocumentError(
        first.message,
        where=document.locate(first.pointer, key=first.at_key),
        mend=f"{more}{first.help}" if first.help else (f"{more}see `fairport check`" if more else None),
    )


def load_analysis(path: Path, *, name: str | None = None) -> Analysis:
    """Read ``fairport.yaml``. Raises :class:`DocumentError`."""
    return Analysis.from_data(load_valid("analysis", path, name=name).data)


def load_manifest(path: Path, *, name: str | None = None) -> Manifest:
    """Read ``data/manifest.yaml``. Raises :class:`DocumentError`."""
    return Manifest.from_data(load_valid("manifest", path, name=name).data)


def load_result(path: Path, *, name: str | None = None) -> Result:
    """Read a result record. Raises :class:`DocumentError`."""
    return Result.from_data(load_valid("result", path, name=name).data)


def load_plane(path: Path, *, name: str | None = None) -> Plane:
    """Read a plane. Raises :class:`DocumentError`."""
    return Plane.from_data(load_valid("plane", path, name=name).data)


def load_run(path: Path, *, name: str | None = None) -> RunRecord:
    """Read a run record. Raises :class:`DocumentError`."""
    return RunRecord.from_data(load_valid("run", path, name=name).data)


def as_plain(document: Any) -> Any:
    """Return the plain data of any typed document."""
    from fairport.contract.structure import unstructure

    return unstructure(document)


def manifest_digest(manifest: Manifest) -> str:
    """Return the digest of a manifest that a lock records: data sets and lake, not the injections."""
    from fairport.contract.digests import canonical_digest

    data = as_plain(manifest)
    return canonical_digest({key: data[key] for key in ("datasets", "lake") if key in data})
