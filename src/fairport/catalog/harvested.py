"""What the last harvest left, and the catalogue that is put together from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from fairport.catalog.access import withheld
from fairport.catalog.addresses import without_credentials
from fairport.catalog.cards import Card
from fairport.catalog.harvest.freeze import iter_results
from fairport.catalog.harvest.git import error_words
from fairport.catalog.model import (
    KINDS,
    MAX_NAME,
    MAX_TITLE,
    ResultSource,
    ShownAnalysis,
    ShownPlane,
    ShownResult,
    SiteModel,
    starter_name,
)
from fairport.catalog.prose import shortened
from fairport.catalog.registry import PLANES_DIR, Catalogue
from fairport.catalog.state import EntryState, ResultState, read_harvest_time, read_state
from fairport.contract.analysis import Experiment
from fairport.contract.constants import ANALYSIS_FILE
from fairport.contract.documents import Analysis, RegistryEntry, load_analysis
from fairport.contract.errors import ConfigurationError, FairportError
from fairport.results.planes import Planes
from fairport.results.style import colour_slots


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
