"""Who was made from whom: the results of a catalogue by what their records say they were derived from.

A record names its sources by identifier, version and digest. Whether the result shown here is still the one
that was used is told by the digest, which is compared when a page is made.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from fairport.catalog.harvested import Harvested
from fairport.catalog.model import ResultSource, ShownResult
from fairport.catalog.site.citable import MAX_RELEASES, Frozen, frozen_in
from fairport.catalog.site.release import Release
from fairport.catalog.state import ParentNote, ResultState

COMBINATIONS: Final = {
    "joint-likelihood": "joint likelihood",
    "envelope": "envelope",
    "credible-interval": "credible interval",
}
"""Ways of putting several results together into one, by the name that a record gives them."""

MAX_RELATIVES: Final = 50
"""Sources and derived results that the page of a result names."""

_LOCAL: Final = "local"


@dataclass(frozen=True)
class Relative:
    """Another result of the catalogue.

    Attributes:
        id: global identifier.
        title: its title.
        url: its page relative to the root of the site.
        version: version that its record gives.
        transform: how the one was made from the other.
        source: where it is read, ``None`` for derived results, which are only named.
        example: whether it is an example of a starter.
    """

    id: str
    title: str
    url: str
    version: str
    transform: str
    source: ResultSource | None = None
    example: bool = False

    @property
    def facts(self) -> tuple[str, ...]:
        """What a page shows of it."""
        return self.id, self.title, self.version, self.transform


@dataclass(frozen=True)
class Kinship:
    """What the page of a result says of other pages.

    Attributes:
        parents: results that it was made from, by the reference in its record.
        children: results that were made from it.
        frozen: the releases that it stands in, newest first.
    """

    parents: tuple[tuple[str, Relative], ...] = ()
    children: tuple[Relative, ...] = ()
    frozen: tuple[Frozen, ...] = ()

    def parent(self, reference: str) -> Relative | None:
        """Return the result that a record means by ``reference``, if the catalogue shows it."""
        return next((relative for name, relative in self.parents if name == reference), None)


NOBODY: Final = Kinship()


class Relations:
    """The relatives of every result of a harvest.

    Args:
        harvested: the analyses with states and places of their results.
        found: the releases of the catalogue, newest first.
    """

    def __init__(self, harvested: Iterable[Harvested], found: Iterable[Release] = ()) -> None:
        """Look through the states; no record is read."""
        self._frozen = frozen_in(found)
        self._there: dict[str, tuple[ResultState, ResultSource]] = {}
        heirs: list[tuple[str, ResultState]] = []
        for item in harvested:
            for state, source in item.sources:
                name = f"{source.analysis_id}/{state.id}"
                self._there[name] = (state, source)
                if state.parents:
                    heirs.append((name, state))
        self._heirs = dict(heirs)
        self._children: dict[str, list[tuple[str, ParentNote]]] = {}
        for name, state in heirs:
            for note in state.parents:
                parent = self.named(note.result, name)
                if parent is not None:
                    self._children.setdefault(parent, []).append((name, note))

    def named(self, reference: str, of: str) -> str | None:
        """Return the identifier of the result that the record of ``of`` calls ``reference``."""
        return resolve(reference, of, self._there)

    def of(self, name: str) -> Kinship:
        """Return the relatives of a result."""
        state = self._heirs.get(name)
        frozen = self._releases_of(name)
        if state is None and name not in self._children:
            return Kinship(frozen=frozen) if frozen else NOBODY
        parents = []
        for note in state.parents[:MAX_RELATIVES] if state is not None else ():
            parent = self.named(note.result, name)
            if parent is not None:
                parents.append((note.result, self._relative(parent, note.transform, read=True)))
        children = {child: note.transform for child, note in self._children.get(name, ())}
        found = [self._relative(child, children[child]) for child in sorted(children)[:MAX_RELATIVES]]
        return Kinship(tuple(parents), tuple(found), frozen)

    def _releases_of(self, name: str) -> tuple[Frozen, ...]:
        """Return the releases of a result, also under the names that it had before."""
        if not self._frozen or name not in self._there:
            return ()
        names = [name, *(former.partition("@")[0] for former in self._there[name][0].former_ids)]
        found = [item for former in dict.fromkeys(names) for item in self._frozen.get(former, ())]
        return tuple(sorted(found, key=lambda item: item.time, reverse=True)[:MAX_RELEASES])

    def _relative(self, name: str, transform: str, *, read: bool = False) -> Relative:
        state, source = self._there[name]
        return Relative(
            name,
            state.title or name,
            f"r/{name}/index.html",
            state.version or "",
            transform,
            source if read else None,
            state.example,
        )


def resolve(reference: str, of: str, there: Iterable[str]) -> str | None:
    """Return the identifier among ``there`` that the record of ``of`` means by ``reference``.

    A reference without an analysis, or under ``local``, is one of the same analysis.
    """
    name = reference.partition("@")[0]
    analysis, slash, result = name.rpartition("/")
    if not slash or analysis == _LOCAL:
        name = f"{of.partition('/')[0]}/{result}"
    return name if name != of and name in there else None


def combination_of(result: ShownResult) -> str | None:
    """Return how several results were put together into this one, in words; ``None`` if they were not."""
    notes = result.state.parents
    return COMBINATIONS.get(notes[0].transform) if notes else None


__all__ = ["COMBINATIONS", "NOBODY", "Kinship", "Relations", "Relative", "combination_of", "resolve"]
