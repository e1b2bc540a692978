"""The catalogue in memory: analyses, results and planes as they are shown."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Final

from fairport.catalog.addresses import refusal, web_address
from fairport.catalog.cards import Card
from fairport.catalog.copies import load_frozen
from fairport.catalog.prose import shortened
from fairport.catalog.registry import Catalogue
from fairport.catalog.state import EntryState, ResultState
from fairport.contract.documents import (
    Analysis,
    CatalogueConfiguration,
    Plane,
)
from fairport.contract.errors import FairportError
from fairport.results.loaded import LoadedResult
from fairport.results.planes import Planes

KINDS = {
    "collaboration": "numbers of the collaboration",
    "digitised": "read off a published figure",
    "recast": "recast by others from published inputs",
    "projection": "projected sensitivity",
    "simulation": "from simulated data",
    "example": "example of a starter, not a result of the experiment",
    "superseded": "superseded by a newer result",
}
"""Kinds of curves in the order of trust, with what they are."""


MAX_TITLE: Final = 300
MAX_NAME: Final = 120
"""Characters of a title and of the name of an experiment that pages show; records hold them whole."""


@dataclass(frozen=True, eq=False)
class ResultSource:
    """Where a frozen result is, and what loading it needs.

    Attributes:
        folder: frozen record and table.
        analysis_id: identifier of the registry entry.
        experiment: name of the experiment.
        collaboration: name of the collaboration.
        planes: where planes are looked up.
    """

    folder: Path
    analysis_id: str
    experiment: str
    collaboration: str | None
    planes: Planes

    def load(self, *, example: bool) -> tuple[LoadedResult, str]:
        """Return the result and its kind; an example gets its starter in the place of the experiment.

        Raises:
            FairportError: the frozen copy cannot be loaded.
        """
        loaded = load_frozen(
            self.folder,
            planes=self.planes,
            analysis=self.analysis_id,
            experiment=self.experiment,
            collaboration=self.collaboration,
        )
        kind = kind_of(loaded, example=example)
        loaded = replace(
            loaded, record=replace(loaded.record, title=shortened(loaded.record.title, MAX_TITLE))
        )
        return (_as_example(loaded) if kind == "example" else loaded), kind


@dataclass(frozen=True, eq=False)
class ShownResult:
    """A result with everything that its pages need.

    Attributes:
        card: what lists say about it.
        state: what the harvest found.
        source: where its record and its numbers are.
        shown: whether it is drawn without being asked for.
    """

    card: Card
    state: ResultState
    source: ResultSource
    shown: bool

    @cached_property
    def loaded(self) -> LoadedResult:
        """Record, numbers and plane; read when they are first asked for."""
        return self.source.load(example=self.state.example)[0]

    @property
    def is_readable(self) -> bool:
        """Whether its files are still those that were harvested."""
        try:
            return self.loaded is not None
        except (FairportError, OSError):
            return False

    def __getstate__(self) -> dict[str, object]:
        """Leave out what can be read again."""
        return {key: value for key, value in self.__dict__.items() if key != "loaded"}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)

    @property
    def folder(self) -> Path:
        """Frozen record and table."""
        return self.source.folder

    @property
    def analysis_id(self) -> str:
        """Identifier of the registry entry."""
        return self.source.analysis_id

    @property
    def kind(self) -> str:
        """Key of :data:`KINDS`."""
        return self.card.kind

    @property
    def id(self) -> str:
        """Global identifier."""
        return f"{self.source.analysis_id}/{self.card.result}"

    @property
    def url(self) -> str:
        """Page relative to the root of the site."""
        return f"r/{self.id}/index.html"

    @property
    def digest(self) -> str:
        """Digest of record and table."""
        return self.state.digest or self.loaded.digest


@dataclass(frozen=True, eq=False)
class ShownAnalysis:
    """An analysis with its results.

    Attributes:
        record: ``fairport.yaml``.
        state: what the harvest found.
        folder: frozen version.
        official: whether the catalogue calls it official, which needs the sign-off of the collaboration.
        source: address of the repository, if it is a public one.
        results: shown results.
        withheld: why numbers are not shown, or ``None``.
    """

    record: Analysis
    state: EntryState
    folder: Path
    official: bool
    source: str | None
    results: tuple[ShownResult, ...] = ()
    withheld: str | None = None

    @property
    def id(self) -> str:
        """Identifier of the registry entry."""
        return self.state.id

    @property
    def url(self) -> str:
        """Page relative to the root of the site."""
        return f"a/{self.id}/index.html"

    @property
    def collection(self) -> bool:
        """Whether it is a collection of published curves, which has no workflow."""
        return self.state.type == "collection"

    @property
    def address(self) -> str | None:
        """Where the repository is for everybody; places of this machine are not told."""
        own = self.record.repository
        if own is not None and refusal(own.url) is None:
            return None if own.url.startswith("file:") else own.url
        return web_address(self.source)

    @property
    def example(self) -> bool:
        """Whether all its results are examples of a starter."""
        return bool(self.results) and all(result.kind == "example" for result in self.results)


MAX_CURVES = 1000
"""Results of a plane that its page shows; the others are in its tables and found by the search."""


@dataclass(frozen=True, eq=False)
class ShownPlane:
    """A plane with its results, drawn ones first."""

    plane: Plane
    results: tuple[ShownResult, ...]

    @property
    def url(self) -> str:
        """Page relative to the root of the site."""
        return f"p/{self.plane.id}/index.html"

    @cached_property
    def drawn(self) -> tuple[ShownResult, ...]:
        """Results drawn without being asked for."""
        return tuple(result for result in self.results if result.shown)

    @cached_property
    def hidden(self) -> tuple[ShownResult, ...]:
        """Results that are listed only."""
        return tuple(result for result in self.results if not result.shown)

    @property
    def all_loaded(self) -> list[LoadedResult]:
        """Every result that has something to draw."""
        return [result.loaded for result in self.results]

    def first(self, count: int = MAX_CURVES) -> ShownPlane:
        """Return the plane with its first results only: what fits on a page."""
        return ShownPlane(self.plane, self.results[:count]) if len(self.results) > count else self


DAMAGED: Final = "its files in the store of the catalogue are damaged; harvest it again"
"""What is told of a result that can be read no longer, although it could when it was harvested."""


@dataclass(frozen=True, eq=False)
class SiteModel:
    """Everything that a build shows.

    Attributes:
        catalogue: the folder.
        time: when the last harvest began (RFC 3339, UTC).
        analyses: sorted by title.
        results: all shown results, sorted by id.
        planes: planes with at least one result, the front plane first.
        states: state of every entry, sorted by id.
        problems: frozen results that could not be loaded, by entry.
        colours: colour slot of each experiment, the same on every page.
    """

    catalogue: Catalogue
    time: str
    analyses: tuple[ShownAnalysis, ...]
    results: tuple[ShownResult, ...]
    planes: tuple[ShownPlane, ...]
    states: tuple[EntryState, ...]
    problems: dict[str, list[str]] = field(default_factory=dict)
    colours: dict[str, int] = field(default_factory=dict)

    @property
    def config(self) -> CatalogueConfiguration:
        """``catalog.yaml``."""
        return self.catalogue.config

    def note(self, result: ShownResult, problem: str) -> None:
        """Take up a problem with a result, once."""
        known = self.problems.setdefault(result.analysis_id, [])
        if (words := f"{result.state.path}: {problem}") not in known:
            known.append(words)

    @cached_property
    def by_id(self) -> dict[str, ShownAnalysis]:
        """Analyses by id."""
        return {analysis.id: analysis for analysis in self.analyses}

    @property
    def front(self) -> ShownPlane | None:
        """The plane of the front page: the configured one, else the one with most drawn results."""
        return self.planes[0] if self.planes else None

    @property
    def failures(self) -> tuple[EntryState, ...]:
        """Entries of which nothing or only an older version is shown."""
        return tuple(state for state in self.states if state.state in {"failed", "stale"})


def starter_name(experiment: str) -> str:
    """Return what stands in the place of the experiment on an example."""
    return f"{experiment} starter"


def kind_of(loaded: LoadedResult, *, example: bool) -> str:
    """Return the kind of a result: what a reader must know before believing the curve."""
    record = loaded.record
    if example or record.provenance.example:
        return "example"
    if record.status in {"superseded", "withdrawn"}:
        return "superseded"
    if record.kind == "projection":
        return "projection"
    return record.provenance.origin


def _as_example(loaded: LoadedResult) -> LoadedResult:
    """Mark a result as an example and put the starter in the place of the experiment."""
    provenance = replace(loaded.record.provenance, example=True)
    return replace(
        loaded,
        record=replace(loaded.record, provenance=provenance),
        experiment=starter_name(loaded.experiment or ""),
        collaboration=None,
    )
