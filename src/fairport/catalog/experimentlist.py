"""Which experiments a catalogue knows: by the records of analyses, and curve by curve in collections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from fairport.catalog.harvest.collections import UNKNOWN
from fairport.catalog.model import ShownAnalysis, ShownResult, SiteModel
from fairport.catalog.prose import plain
from fairport.catalog.registry import distinct_slug
from fairport.contract.analysis import Experiment


@dataclass(frozen=True, eq=False)
class ShownExperiment:
    """An experiment with what the catalogue shows of it.

    Attributes:
        name: its name as the records give it.
        slug: part of its address.
        collaboration: name of the collaboration, where it is stated.
        analyses: analyses and collections that name it.
        results: its results, examples left out.
        about: what an analysis says of it.
    """

    name: str
    slug: str
    collaboration: str | None
    analyses: tuple[ShownAnalysis, ...]
    results: tuple[ShownResult, ...]
    about: Experiment | None

    @property
    def url(self) -> str:
        """Page relative to the root of the site."""
        return f"x/{self.slug}/index.html"


_FOUND: Final[WeakKeyDictionary[SiteModel, list[ShownExperiment]]] = WeakKeyDictionary()
"""Those of the catalogues that are being built: several pages ask for them."""


def experiments_of(model: SiteModel) -> list[ShownExperiment]:
    """Return the experiments sorted by name; spellings that differ in case or punctuation are one."""
    if model not in _FOUND:
        _FOUND[model] = _experiments(model)
    return _FOUND[model]


def _experiments(model: SiteModel) -> list[ShownExperiment]:
    names: dict[str, str] = {}
    analyses: dict[str, dict[str, ShownAnalysis]] = {}
    results: dict[str, list[ShownResult]] = {}
    partners: dict[str, str] = {}
    about: dict[str, Experiment] = {}
    for analysis in model.analyses:
        own = analysis.record.experiment
        if not analysis.collection and not analysis.example:
            key = _take(names, own.name)
            analyses.setdefault(key, {})[analysis.id] = analysis
            about.setdefault(key, own)
            if own.collaboration:
                partners.setdefault(key, own.collaboration)
        for result in analysis.results:
            if result.kind == "example" or result.state.experiment == UNKNOWN:
                continue
            key = _take(names, result.state.experiment or own.name)
            analyses.setdefault(key, {})[analysis.id] = analysis
            results.setdefault(key, []).append(result)
            if result.state.collaboration:
                partners.setdefault(key, result.state.collaboration)
    return [
        ShownExperiment(
            names[key],
            key,
            partners.get(key),
            tuple(analyses.get(key, {}).values()),
            tuple(results.get(key, ())),
            about.get(key),
        )
        for key in sorted(names, key=lambda key: (names[key].lower(), key))
    ]


def examples_of(model: SiteModel) -> list[ShownResult]:
    """Return the examples of starters."""
    return [result for result in model.results if result.kind == "example"]


def _take(names: dict[str, str], name: str) -> str:
    """Return the slug of an experiment and remember the spelling that came first."""
    key = distinct_slug(name)
    names.setdefault(key, plain(name))
    return key
