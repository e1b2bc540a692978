"""The catalogue in memory: harvested records, loaded and sorted into analyses, results and planes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final

from fairport.catalog.access import withheld
from fairport.catalog.addresses import refusal, web_address, without_credentials
from fairport.catalog.cards import Card
from fairport.catalog.copies import load_frozen
from fairport.catalog.harvest.freeze import iter_results
from fairport.catalog.harvest.git import error_words
from fairport.catalog.prose import shortened
from fairport.catalog.registry import PLANES_DIR, Catalogue
from fairport.catalog.state import EntryState, ResultState, read_harvest_time, read_state
from fairport.contract.analysis import Experiment
from fairport.contract.constants import ANALYSIS_FILE
from fairport.contract.documents import (
    Analysis,
    CatalogueConfiguration,
    Plane,
    RegistryEntry,
    load_analysis,
)
from fairport.contract.errors import ConfigurationError, FairportError
from fairport.results.loaded import LoadedResult
from fairport.results.planes import Planes
from fairport.results.style import colour_slots

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


@dataclass(frozen=True, eq=False)
class Harvested:
    """What was harvested of one analysis, before any result is read.

    Attributes:
        analysis: record and state, without results.
        sources: state and place of each result that is shown.
    """

    analysis: ShownAnalysis
    sources: tuple[tuple[ResultState, ResultSource], ...] = ()


@dataclass(frozen=True, slots=True)
class Harvest:
    """What the last harvest left, before any result is read.

    Attributes:
        time: when it began.
        states: state of every entry, sorted by id.
        analyses: the analyses that are shown.
        colours: colour slot by family.
        problems: what could not be loaded, by entry; grows while results are read.
    """

    time: str
    states: tuple[EntryState, ...]
    analyses: tuple[Harvested, ...]
    colours: dict[str, int]
    problems: dict[str, list[str]]


def load_harvest(catalogue: Catalogue, today: date) -> Harvest:
    """Read what the last harvest left.

    Args:
        catalogue: the catalogue.
        today: date (UTC) by which embargoes are measured.

    Raises:
        ConfigurationError: nothing was harvested yet.
    """
    problems: dict[str, list[str]] = {}
    time, states = harvest_time(catalogue), load_states(catalogue)
    analyses = tuple(load_harvested(catalogue, states, today, problems))
    colours = colour_slots(family(item, state) for item in analyses for state, _ in item.sources)
    return Harvest(time, states, analyses, colours, problems)


def harvest_time(catalogue: Catalogue) -> str:
    """Return when the last harvest began.

    Raises:
        ConfigurationError: nothing was harvested yet.
    """
    time = read_harvest_time(catalogue.harvest_root)
    if time is None:
        raise ConfigurationError(
            "nothing is harvested yet", where=catalogue.root, mend="run `fairport catalog harvest` first"
        )
    return time


def load_states(catalogue: Catalogue) -> tuple[EntryState, ...]:
    """Return the state of every entry that has one, sorted by id."""
    return tuple(state for state in map(read_state, _folders(catalogue)) if state is not None)


def load_harvested(
    catalogue: Catalogue, states: Iterable[EntryState], today: date, problems: dict[str, list[str]]
) -> list[Harvested]:
    """Load the records of the analyses; one that cannot be loaded becomes a problem of its entry.

    Args:
        catalogue: the catalogue.
        states: states of its entries.
        today: date (UTC) by which embargoes are measured once more.
        problems: receives what cannot be loaded, by entry.
    """
    planes = Planes(catalogue.root / PLANES_DIR)
    entries = {entry.id: entry for entry in catalogue.entries}
    found = []
    for state in states:
        if state.version is None or state.state == "withdrawn":
            continue
        try:
            found.append(_load_analysis(catalogue, state, entries.get(state.id), planes, today))
        except FairportError as error:
            problems.setdefault(state.id, []).append(": ".join((ANALYSIS_FILE, error_words(error)[0])))
    return found


def assemble(catalogue: Catalogue, harvest: Harvest, cards: Mapping[str, Card]) -> SiteModel:
    """Put the catalogue together from the cards of its results (by global identifier); results without a
    card are left out.
    """
    analyses = []
    for item in harvest.analyses:
        results = []
        for state, source in item.sources:
            card = cards.get(f"{source.analysis_id}/{state.id}")
            if card is not None:
                shown = card.status != "withdrawn" and card.kind in catalogue.config.show
                results.append(ShownResult(card, state, source, shown))
        analyses.append(replace(item.analysis, results=tuple(results)))
    every = sorted((result for analysis in analyses for result in analysis.results), key=lambda r: r.id)
    return SiteModel(
        catalogue,
        harvest.time,
        tuple(sorted(analyses, key=lambda analysis: (analysis.record.title.lower(), analysis.id))),
        tuple(every),
        _planes(every, catalogue),
        harvest.states,
        harvest.problems,
        harvest.colours,
    )


def family(harvested: Harvested, state: ResultState) -> str:
    """Return the name by which a result gets its colour, known before the result is read."""
    name = shortened(state.experiment or harvested.analysis.record.experiment.name, MAX_NAME)
    return starter_name(name) if state.example else name


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


def _folders(catalogue: Catalogue) -> list[Path]:
    ids = {entry.id for entry in catalogue.entries} | {entry.id for entry in catalogue.broken}
    return [catalogue.harvest_root / name for name in sorted(ids)]


def _load_analysis(
    catalogue: Catalogue, state: EntryState, entry: RegistryEntry | None, planes: Planes, today: date
) -> Harvested:
    folder = catalogue.harvest_root / state.id / (state.version or "")
    record = _fitting(_without_secrets(load_analysis(folder / ANALYSIS_FILE, name=ANALYSIS_FILE)))
    closed = withheld(record, today)
    analysis = ShownAnalysis(
        record,
        state,
        folder,
        official=entry is not None and entry.status == "official" and record.signed_off is not None,
        source=entry.repository.url if entry is not None else None,
        withheld=closed.reason if closed else state.withheld,
    )
    if analysis.withheld is not None:
        return Harvested(analysis)
    experiment = record.experiment
    sources = (
        (result, ResultSource(path, state.id, *_experiment(result, experiment), planes))
        for result, path in iter_results(folder, state.results)
    )
    return Harvested(analysis, tuple(sources))


def _experiment(state: ResultState, experiment: Experiment) -> tuple[str, str | None]:
    """Return name and collaboration of the experiment of a result: curves of a collection have their own."""
    if state.experiment is not None:
        partner = shortened(state.collaboration, MAX_NAME) if state.collaboration else None
        return shortened(state.experiment, MAX_NAME), partner
    return experiment.name, experiment.collaboration


def _fitting(record: Analysis) -> Analysis:
    """Cut title and names to what a page can hold."""
    own = record.experiment
    partner = shortened(own.collaboration, MAX_NAME) if own.collaboration else None
    named = replace(own, name=shortened(own.name, MAX_NAME), collaboration=partner)
    return replace(record, title=shortened(record.title, MAX_TITLE), experiment=named)


def _without_secrets(record: Analysis) -> Analysis:
    """Take a password out of the address of the repository, should somebody have left one there."""
    if record.repository is None:
        return record
    return replace(
        record, repository=replace(record.repository, url=without_credentials(record.repository.url))
    )


def _as_example(loaded: LoadedResult) -> LoadedResult:
    """Mark a result as an example and put the starter in the place of the experiment."""
    provenance = replace(loaded.record.provenance, example=True)
    return replace(
        loaded,
        record=replace(loaded.record, provenance=provenance),
        experiment=starter_name(loaded.experiment or ""),
        collaboration=None,
    )


def _planes(results: Iterable[ShownResult], catalogue: Catalogue) -> tuple[ShownPlane, ...]:
    by_plane: dict[str, list[ShownResult]] = {}
    for result in results:
        by_plane.setdefault(result.card.plane, []).append(result)
    shown = [
        ShownPlane(members[0].source.planes.get(plane), _ordered(members))
        for plane, members in by_plane.items()
    ]
    front = catalogue.config.front_plane
    return tuple(
        sorted(shown, key=lambda p: (p.plane.id != front, -len(p.drawn), -len(p.results), p.plane.id))
    )


def _ordered(members: Sequence[ShownResult]) -> tuple[ShownResult, ...]:
    rank = {kind: index for index, kind in enumerate(KINDS)}
    return tuple(sorted(members, key=lambda r: (not r.shown, rank[r.kind], r.id)))
