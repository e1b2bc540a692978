"""Keys of parcels: digests of everything that decides the bytes of a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fairport.catalog.browser.frontend import bundle
from fairport.catalog.harvested import Harvested
from fairport.catalog.model import ShownAnalysis, ShownPlane, ShownResult, SiteModel
from fairport.catalog.pages.lots import Lot
from fairport.catalog.pages.planes import Since
from fairport.catalog.registry import Catalogue
from fairport.catalog.relations import Kinship
from fairport.catalog.state import EntryState, ResultState, state_digest
from fairport.contract.constants import RESULT_FILE
from fairport.contract.digests import canonical_digest
from fairport.contract.documents import Plane
from fairport.contract.errors import FairportError
from fairport.contract.files import sha256_file
from fairport.contract.resources import site_root
from fairport.contract.structure import unstructure
from fairport.results.planes import Planes

_ROOMS = ("catalog", "results", "physics", "contract", "interop")


class Keys:
    """Makes the keys of one build.

    Args:
        catalogue: the catalogue.
        colours: colour slot by family.
        docs: whether narrative pages are part of the site.
    """

    def __init__(self, catalogue: Catalogue, colours: Mapping[str, int], *, docs: bool) -> None:
        """Take up what all pages depend on: configuration, code, templates."""
        self._all = canonical_digest(
            [unstructure(catalogue.config), docs, bundle() is not None, code_digest()]
        )
        self._store = catalogue.harvest_root
        self._colours = colours
        self._analyses: dict[str, str] = {}
        self._planes: dict[str, str] = {}
        self._results: dict[str, str] = {}

    def entry(self, item: Harvested, families: Iterable[str], kinships: Mapping[str, Kinship]) -> str:
        """Return the key of all results of an analysis: while it stays the same, so do theirs.

        Args:
            item: the analysis.
            families: those of its results.
            kinships: relatives of its results by their identifiers, where they have some.
        """
        planes = {state.plane or "": source.planes for state, source in item.sources}
        return canonical_digest(
            [
                self._all,
                self._analysis_facts(item.analysis),
                state_digest(self._store / item.analysis.id),
                sorted((name, self._plane_of(name, planes[name])) for name in planes),
                sorted((family, self._colours.get(family)) for family in set(families)),
                [[name, *_relatives(kinships[name])] for name in sorted(kinships)],
            ]
        )

    def record(
        self, item: Harvested, state: ResultState, planes: Planes, family: str, kinship: Kinship
    ) -> str:
        """Return the key of a result."""
        return canonical_digest(
            [
                self._all,
                self._analysis_facts(item.analysis),
                unstructure(state),
                self._plane_of(state.plane or "", planes),
                self._colours.get(family),
                *_relatives(kinship),
            ]
        )

    def learn(self, results: Mapping[str, str]) -> None:
        """Take up the keys of results by their global identifiers; lists and planes depend on them."""
        self._results.update(results)

    def analysis(self, model: SiteModel, analysis: ShownAnalysis) -> str:
        """Return the key of the page of an analysis."""
        order = [shown.plane.id for shown in model.planes]
        return canonical_digest(
            [
                self._all,
                self._analysis_facts(analysis),
                self._state_facts(analysis.state),
                analysis.withheld,
                model.problems.get(analysis.id),
                self._members(analysis.results),
                sorted({result.card.plane for result in analysis.results}, key=order.index),
            ]
        )

    def plane(
        self, shown: ShownPlane, sources: Sequence[ShownResult], since: Since | None, *, front: bool
    ) -> str:
        """Return the key of the page of a plane.

        Args:
            shown: the plane.
            sources: results of other planes that it shows too.
            since: what changed in it since the newest release.
            front: whether the front page shows its figure.
        """
        members = [self._members(results) for results in (shown.results, sources)]
        return canonical_digest([self._all, unstructure(shown.plane), *members, unstructure(since), front])

    def figure(self, shown: ShownPlane) -> str:
        """Return the key of the figure of a plane for download."""
        members = self._members(shown.drawn)
        return canonical_digest([self._all, unstructure(shown.plane), members, version("matplotlib")])

    def release(self, facts: str) -> str:
        """Return the key of the pages of a release; ``facts`` is the digest of what it shows."""
        return canonical_digest([self._all, facts])

    def lot(self, lot: Lot) -> str:
        """Return the key of pages that are made together."""
        analyses = [self._analysis_facts(analysis) for analysis in lot.analyses]
        return canonical_digest([self._all, lot.facts, self._members(lot.results), analyses])

    def _analysis_facts(self, analysis: ShownAnalysis) -> str:
        """Return the digest of what an analysis says of itself."""
        if analysis.id not in self._analyses:
            about = [analysis.official, analysis.source, analysis.collection]
            facts = [analysis.id, unstructure(analysis.record), *about]
            self._analyses[analysis.id] = canonical_digest(facts)
        return self._analyses[analysis.id]

    def _state_facts(self, state: EntryState) -> str:
        """Return what the page of an analysis says of its harvest; when it was last looked at only matters
        once that failed.
        """
        return state_digest(self._store / state.id, checked=state.state == "stale")

    def _members(self, results: Sequence[ShownResult]) -> list[list[object]]:
        return [[self._results[result.id], result.shown] for result in results]

    def _plane_of(self, name: str, planes: Planes) -> str:
        if name not in self._planes:
            try:
                self._planes[name] = plane_digest(planes.get(name))
            except FairportError as error:
                self._planes[name] = str(error)
        return self._planes[name]


def _relatives(kinship: Kinship) -> list[Any]:
    """Return what the page of a result says of its relatives, with the digests of its sources."""
    found: list[Any] = [[name, *relative.facts] for name, relative in kinship.parents]
    found += [sha256_file(r.source.folder / RESULT_FILE) for _, r in kinship.parents if r.source is not None]
    found += [relative.facts for relative in kinship.children]
    return [*found, *(unstructure(item) for item in kinship.frozen)]


def plane_digest(plane: Plane) -> str:
    """Return the digest of a plane."""
    return canonical_digest(unstructure(plane))


@cache
def code_digest() -> str:
    """Return the digest of the modules and templates that take part in a build."""
    package = Path(__file__).parents[2]
    files: Iterable[Path] = [
        *(path for room in _ROOMS for path in (package / room).rglob("*.py")),
        *(path for name in ("pages", "overrides") for path in (site_root() / name).rglob("*.*")),
    ]
    return canonical_digest({str(path): sha256_file(path) for path in sorted(files) if path.is_file()})


__all__ = ["Keys", "code_digest", "plane_digest"]
