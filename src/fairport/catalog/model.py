"""The catalogue in memory: harvested records, loaded and sorted into analyses, results and planes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from fairport.catalog.access import withheld
from fairport.catalog.addresses import refusal, web_address, without_credentials
from fairport.catalog.artefacts import TextCache
from fairport.catalog.freeze import iter_results
from fairport.catalog.git import error_words
from fairport.catalog.registry import PLANES_DIR, Catalogue
from fairport.catalog.state import EntryState, ResultState, read_harvest_time, read_state
from fairport.contract.constants import ANALYSIS_FILE
from fairport.contract.documents import Analysis, CatalogueConfiguration, Plane, load_analysis
from fairport.contract.errors import ConfigurationError, FairportError
from fairport.results.loaded import LoadedResult
from fairport.results.planes import Planes
from fairport.results.store import load_result
from fairport.results.style import colour_slots, family_of

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


@dataclass(frozen=True, eq=False)
class ShownResult:
    """A result with everything that its pages need.

    Attributes:
        loaded: record, numbers and plane.
        state: what the harvest found.
        folder: frozen record and table.
        kind: key of :data:`KINDS`.
        shown: whether it is drawn without being asked for.
    """

    loaded: LoadedResult
    state: ResultState
    folder: Path
    analysis_id: str
    kind: str
    shown: bool

    @property
    def id(self) -> str:
        """Global identifier."""
        return f"{self.analysis_id}/{self.loaded.record.id}"

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


@dataclass(frozen=True, eq=False)
class ShownPlane:
    """A plane with its results, drawn ones first."""

    plane: Plane
    results: tuple[ShownResult, ...]

    @property
    def url(self) -> str:
        """Page relative to the root of the site."""
        return f"p/{self.plane.id}/index.html"

    @property
    def drawn(self) -> tuple[ShownResult, ...]:
        """Results drawn without being asked for."""
        return tuple(result for result in self.results if result.shown)

    @property
    def hidden(self) -> tuple[ShownResult, ...]:
        """Results that are listed only."""
        return tuple(result for result in self.results if not result.shown)

    @property
    def all_loaded(self) -> list[LoadedResult]:
        """Every result that has something to draw."""
        return [result.loaded for result in self.results]


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
        drawings: figures that were drawn before.
    """

    catalogue: Catalogue
    time: str
    analyses: tuple[ShownAnalysis, ...]
    results: tuple[ShownResult, ...]
    planes: tuple[ShownPlane, ...]
    states: tuple[EntryState, ...]
    problems: dict[str, list[str]] = field(default_factory=dict)
    drawings: TextCache = field(default_factory=lambda: TextCache(None))

    @property
    def config(self) -> CatalogueConfiguration:
        """``catalog.yaml``."""
        return self.catalogue.config

    @cached_property
    def colours(self) -> dict[str, int]:
        """Colour slot of each experiment, the same on every page."""
        return colour_slots(family_of(result.loaded) for result in self.results)

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


def load_site(catalogue: Catalogue, *, today: date) -> SiteModel:
    """Load what was harvested; what cannot be loaded becomes a problem of its entry.

    Args:
        catalogue: the catalogue.
        today: date (UTC) by which embargoes are measured once more.

    Raises:
        ConfigurationError: nothing was harvested yet.
    """
    time = read_harvest_time(catalogue.harvest_root)
    if time is None:
        raise ConfigurationError(
            "nothing is harvested yet", where=catalogue.root, mend="run `fairport catalog harvest` first"
        )
    planes = Planes(catalogue.root / PLANES_DIR)
    problems: dict[str, list[str]] = {}
    states = [state for state in map(read_state, _folders(catalogue)) if state is not None]
    analyses = []
    for state in states:
        try:
            analysis = _load_analysis(catalogue, state, planes, today, problems)
        except FairportError as error:
            problems.setdefault(state.id, []).append(": ".join((ANALYSIS_FILE, error_words(error)[0])))
            continue
        if analysis is not None:
            analyses.append(analysis)
    results = sorted((result for analysis in analyses for result in analysis.results), key=lambda r: r.id)
    return SiteModel(
        catalogue,
        time,
        tuple(sorted(analyses, key=lambda analysis: (analysis.record.title.lower(), analysis.id))),
        tuple(results),
        _planes(results, catalogue.config.front_plane),
        tuple(sorted(states, key=lambda state: state.id)),
        problems,
        TextCache(catalogue.cache_root / "drawings"),
    )


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
    catalogue: Catalogue, state: EntryState, planes: Planes, today: date, problems: dict[str, list[str]]
) -> ShownAnalysis | None:
    if state.version is None or state.state == "withdrawn":
        return None
    folder = catalogue.harvest_root / state.id / state.version
    record = _without_secrets(load_analysis(folder / ANALYSIS_FILE, name=ANALYSIS_FILE))
    closed = withheld(record, today)
    entry = next((entry for entry in catalogue.entries if entry.id == state.id), None)
    results: list[ShownResult] = []
    if closed is None and state.withheld is None:
        for result_state, result_folder in iter_results(folder, state.results):
            try:
                results.append(_load_result(catalogue, record, result_state, result_folder, state.id, planes))
            except FairportError as error:
                reason = error_words(error)[0].replace(str(folder) + "/", "")
                problems.setdefault(state.id, []).append(f"{result_state.path}: {reason}")
    return ShownAnalysis(
        record,
        state,
        folder,
        official=entry is not None and entry.status == "official" and record.signed_off is not None,
        source=entry.repository.url if entry is not None else None,
        results=tuple(results),
        withheld=closed.reason if closed else state.withheld,
    )


def _without_secrets(record: Analysis) -> Analysis:
    """Take a password out of the address of the repository, should somebody have left one there."""
    if record.repository is None:
        return record
    return replace(
        record, repository=replace(record.repository, url=without_credentials(record.repository.url))
    )


def _load_result(
    catalogue: Catalogue, record: Analysis, state: ResultState, folder: Path, entry_id: str, planes: Planes
) -> ShownResult:
    loaded = load_result(
        folder,
        planes=planes,
        analysis=entry_id,
        experiment=record.experiment.name,
        collaboration=record.experiment.collaboration,
    )
    kind = kind_of(loaded, example=state.example)
    if kind == "example":
        loaded = _as_example(loaded)
    if loaded.curve is not None:
        loaded.bands  # noqa: B018 - a table that makes no curve is a problem of this result alone
    drawable = loaded.record.status != "withdrawn"
    return ShownResult(loaded, state, folder, entry_id, kind, drawable and kind in catalogue.config.show)


def _as_example(loaded: LoadedResult) -> LoadedResult:
    """Mark a result as an example and put the starter in the place of the experiment."""
    provenance = replace(loaded.record.provenance, example=True)
    return replace(
        loaded,
        record=replace(loaded.record, provenance=provenance),
        experiment=f"{loaded.experiment} starter",
        collaboration=None,
    )


def _planes(results: Iterable[ShownResult], front: str | None) -> tuple[ShownPlane, ...]:
    by_plane: dict[str, list[ShownResult]] = {}
    for result in results:
        by_plane.setdefault(result.loaded.plane.id, []).append(result)
    shown = [ShownPlane(_plane_of(members), _ordered(members)) for members in by_plane.values()]
    return tuple(
        sorted(shown, key=lambda p: (p.plane.id != front, -len(p.drawn), -len(p.results), p.plane.id))
    )


def _plane_of(members: Sequence[ShownResult]) -> Plane:
    return members[0].loaded.plane


def _ordered(members: Sequence[ShownResult]) -> tuple[ShownResult, ...]:
    rank = {kind: index for index, kind in enumerate(KINDS)}
    return tuple(sorted(members, key=lambda r: (not r.shown, rank[r.kind], r.id)))
