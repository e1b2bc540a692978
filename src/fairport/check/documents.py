"""The documents of a repository as rules ask for them: found, parsed once, and handed out by type.

A rule names the documents that it wants by the types of its parameters. A type that stands for several
files (results, CWL files) runs the rule once for each; a file that cannot be read is reported by one rule,
its owner, and every other rule that wants it is skipped with the reason.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any, Final, Literal, TypeVar

from fairport.check.parsed import (
    AnalysisFile,
    AnswersFile,
    CffFile,
    CodemetaFile,
    CrateFile,
    CwlFile,
    InputsFile,
    LockFile,
    ManifestFile,
    Parsed,
    ReanaFile,
    ResultFile,
    ZenodoFile,
    folder_of,
)
from fairport.check.problems import contract_problems
from fairport.check.repository import Repository
from fairport.contract.analysis import Analysis
from fairport.contract.constants import ANALYSIS_FILE, MAX_DOCUMENT_BYTES, MAX_LOCK_BYTES, RESULTS_DIR
from fairport.contract.errors import DocumentError
from fairport.contract.loading import Document, parse_json, parse_yaml
from fairport.contract.migrations import migrate

_MAX_FILES_OF_A_KIND: Final = 2_000

T = TypeVar("T")


class Profile(str):
    """Name of the profile under which the repository is checked."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Skip:
    """Why a rule did not see a document.

    Attributes:
        status: ``skipped`` when the document is broken, ``not-applicable`` when there is none.
        reason: in words.
        path: file, or empty.
        owner: rule whose finding is the cause.
    """

    status: Literal["skipped", "not-applicable"]
    reason: str
    path: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Supply:
    """What there is of a type: values, and why there are not more."""

    values: tuple[Any, ...] = ()
    skips: tuple[Skip, ...] = ()


Provider = Callable[["Documents"], Supply]

_PROVIDERS: dict[type, Provider] = {}


def provides(subject: type) -> Callable[[Provider], Provider]:
    """Register the function that supplies values of a type to rules."""

    def wrap(function: Provider) -> Provider:
        _PROVIDERS[subject] = function
        return function

    return wrap


class Documents:
    """All documents of one repository, each parsed at most once."""

    def __init__(self, repository: Repository, *, today: date, profile: str = "draft") -> None:
        self.repository, self.today = repository, today
        self.profile = profile
        self.online = False
        self.extras: dict[type, Any] = {}
        self.memory: dict[Any, Any] = {}
        self.told: dict[str, Any] = {}
        self._parsed: dict[str, Document | DocumentError] = {}
        self._supplies: dict[type, Supply] = {}

    @cached_property
    def record(self) -> AnalysisFile | None:
        """``fairport.yaml`` when it can be read."""
        return next(iter(self.all(AnalysisFile)), None)

    def all(self, kind: type[T]) -> tuple[T, ...]:
        """Return every value of a type that could be supplied."""
        return self.supply(kind).values

    def supply(self, kind: type) -> Supply:
        """Return what there is of a type.

        Raises:
            KeyError: no provider knows the type.
        """
        if kind in self.extras:
            return Supply((self.extras[kind],))
        if kind not in self._supplies:
            provider = _PROVIDERS.get(kind)
            if provider is not None and kind in _OWN:
                return provider(self)
            if provider is not None:
                self._supplies[kind] = provider(self)
            elif issubclass(kind, Parsed):
                self._supplies[kind] = self.read(kind)
            else:
                raise KeyError(kind)
        return self._supplies[kind]

    def under(self, profile: str) -> Documents:
        """Return the same documents for a check under another profile; whatever was read is shared."""
        other = copy(self)
        other.profile, other.extras = profile, {}
        return other

    def failures(self, *kinds: type[Parsed]) -> Iterator[tuple[str, DocumentError]]:
        """Yield (path, error) of the files of these types that cannot be read."""
        for kind in kinds:
            for path in _FINDERS[kind](self):
                outcome = self.parsed(path)
                if isinstance(outcome, DocumentError):
                    yield path, outcome

    def parsed(self, path: str) -> Document | DocumentError:
        """Return a file as a document, or why it cannot be read."""
        if path not in self._parsed:
            try:
                is_lock = path.endswith(".lock.json") and path == manifest_paths(self)[1]
                limit = MAX_LOCK_BYTES if is_lock else MAX_DOCUMENT_BYTES
                text = self.repository.text(path, limit=limit)
                parse = parse_json if PurePosixPath(path).suffix in {".json", ".jsonld"} else parse_yaml
                self._parsed[path] = parse(text, path)
            except DocumentError as error:
                self._parsed[path] = error
        return self._parsed[path]

    def read(self, kind: type[Parsed]) -> Supply:
        """Return the files of a type, parsed, and why some cannot be."""
        paths = _FINDERS[kind](self)
        values, skips = [], []
        for path in paths:
            outcome = self.parsed(path)
            if isinstance(outcome, DocumentError):
                skips.append(Skip("skipped", f"{path} cannot be read", path, kind.owner))
            else:
                values.append(kind(path, outcome))
        if not paths:
            skips.append(Skip("not-applicable", f"there is no {kind.title.removeprefix('the ')}"))
        return Supply(tuple(values), tuple(skips))


def manifest_paths(documents: Documents) -> tuple[str, str]:
    """Return where the data manifest and its lock are, or would be."""
    manifest = (documents.record.text("data") if documents.record else None) or "data/manifest.yaml"
    manifest = manifest.removeprefix("./")
    return manifest, str(PurePosixPath(manifest).with_suffix(".lock.json"))


def _fixed(path: str) -> Callable[[Documents], list[str]]:
    return lambda documents: [path] if path in documents.repository else []


def _named(pattern: str, default: str) -> Callable[[Documents], list[str]]:
    """Find the file that the analysis record names at ``pattern``, else the default."""

    def find(documents: Documents) -> list[str]:
        path = (documents.record.text(pattern) if documents.record else None) or default
        path = path.removeprefix("./")
        return [path] if path in documents.repository else []

    return find


def _find_lock(documents: Documents) -> list[str]:
    path = manifest_paths(documents)[1]
    return [path] if path in documents.repository else []


def _find_results(documents: Documents) -> list[str]:
    pattern = (
        documents.record.text("results") if documents.record else None
    ) or f"{RESULTS_DIR}/*/result.yaml"
    return documents.repository.glob(pattern)[:_MAX_FILES_OF_A_KIND]


def _find_cwl(documents: Documents) -> list[str]:
    return documents.repository.glob("**/*.cwl")[:_MAX_FILES_OF_A_KIND]


def _find_reana(documents: Documents) -> list[str]:
    named = _named("workflow/reana", "reana.yaml")(documents)
    found = {
        path for pattern in ("**/reana*.yaml", "**/reana*.yml") for path in documents.repository.glob(pattern)
    }
    return sorted(found | set(named))[:_MAX_FILES_OF_A_KIND]


_FINDERS: dict[type, Callable[[Documents], list[str]]] = {
    AnalysisFile: _fixed(ANALYSIS_FILE),
    ManifestFile: _named("data", "data/manifest.yaml"),
    LockFile: _find_lock,
    ResultFile: _find_results,
    CwlFile: _find_cwl,
    InputsFile: _named("workflow/inputs", "workflow/inputs.yaml"),
    ReanaFile: _find_reana,
    CffFile: _fixed("CITATION.cff"),
    CodemetaFile: _fixed("codemeta.json"),
    ZenodoFile: _fixed(".zenodo.json"),
    CrateFile: _fixed("ro-crate-metadata.json"),
    AnswersFile: _fixed(".copier-answers.yml"),
}


@provides(ReanaFile)
def _supply_reana(documents: Documents) -> Supply:
    """Supply the specifications with the folder of their paths: that in which the client is started, which is
    the folder of the specification or the root, wherever more of the named files are.
    """
    supply = documents.read(ReanaFile)
    repository = documents.repository
    for file in supply.values:
        folder = folder_of(file.path)
        named = [text for _, text in file.texts("inputs/files/*", "inputs/directories/*", "workflow/file")]
        at_root, in_folder = (
            sum(posixpath.normpath(base + text) in repository.places for text in named)
            for base in ("", folder)
        )
        file.base = "" if at_root > in_folder else folder
    return supply


@provides(Repository)
def _supply_repository(documents: Documents) -> Supply:
    return Supply((documents.repository,))


@provides(Documents)
def _supply_documents(documents: Documents) -> Supply:
    return Supply((documents,))


_OWN: Final = frozenset({Profile, Documents})
"""Types whose values differ between checks of the same repository."""


@provides(date)
def _supply_today(documents: Documents) -> Supply:
    return Supply((documents.today,))


@provides(Profile)
def _supply_profile(documents: Documents) -> Supply:
    return Supply((Profile(documents.profile),))


@provides(Analysis)
def _supply_analysis(documents: Documents) -> Supply:
    """Supply the typed record when it meets its schema."""
    source = documents.supply(AnalysisFile)
    if not source.values:
        return source
    file = source.values[0]
    data = file.data
    try:
        data = migrate("analysis", data, ANALYSIS_FILE)
        valid = not any(problem.severity == "error" for problem in contract_problems("analysis", file, data))
    except DocumentError:
        valid = False
    if not valid:
        return Supply(
            (), (Skip("skipped", f"{ANALYSIS_FILE} does not meet its schema", ANALYSIS_FILE, "META003"),)
        )
    return Supply((Analysis.from_data(data),))
