"""A plane whose page is to be made, light enough to be given to another process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from fairport.catalog.cards import Card
from fairport.catalog.model import DAMAGED, MAX_CURVES, ResultSource, ShownPlane, ShownResult, SiteModel
from fairport.catalog.pages.planes import Since
from fairport.catalog.state import ResultState
from fairport.results.planes import Planes

WHOLE: Final = MAX_CURVES + 200
"""Results of a plane that another process gets with everything: those on its page, and some that take the
places of any that turn out to be damaged.
"""


@dataclass(frozen=True)
class PlaneJob:
    """A plane whose page is to be made.

    In another process the results after the first :data:`WHOLE` have what counts and merged numbers need, and
    nothing else: cards without titles, no dates but that of the harvest, no folder.

    Attributes:
        key: key of the parcel.
        shown: the plane.
        others: planes with results that can be brought to it, with these only.
        since: what changed in it since the newest release.
        front: whether the front page shows its figure.
    """

    key: str
    shown: ShownPlane
    others: tuple[ShownPlane, ...]
    since: Since | None
    front: bool

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process gets: columns take a small part of the room of objects."""
        plane, results = self.shown.plane, self.shown.results
        rest = list(zip(*map(_facts, results[WHOLE:]), strict=True))
        return {**self.__dict__, "shown": ShownPlane(plane, results[:WHOLE]), "rest": rest}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Put the plane together again."""
        shown, rest = state["shown"], state.pop("rest")
        every = (*shown.results, *_lights(shown.plane.id, rest))
        self.__dict__.update(state | {"shown": replace(shown, results=every)})


def readable(model: SiteModel, shown: ShownPlane) -> ShownPlane:
    """Return a plane without the results that its page would show and that cannot be read any more; these
    become problems: somebody touched the store since the harvest.
    """
    whole, rest = shown.results[:WHOLE], shown.results[WHOLE:]
    good = tuple(result for result in whole if result.is_readable)
    for result in set(whole) - set(good):
        model.note(result, DAMAGED)
    return replace(shown, results=(*good, *rest) if len(good) >= MAX_CURVES else good)


def _facts(result: ShownResult) -> tuple[Any, ...]:
    card = result.card
    own = (result.analysis_id, card.result, result.shown, result.state.harvested)
    return (*own, card.kind, card.form, card.licence, card.cite)


def _lights(plane: str, columns: Sequence[Sequence[Any]]) -> list[ShownResult]:
    """Return results from columns of :func:`_facts`."""
    planes = Planes(package=False)

    @cache
    def source(analysis: str) -> ResultSource:
        return ResultSource(Path(), analysis, "", None, planes)

    @cache
    def state(harvested: str | None) -> ResultState:
        return ResultState("", "ok", harvested=harvested)

    def card(name: str, kind: str, form: str, licence: str, cite: tuple[str, ...]) -> Card:
        return Card(name, "", "", "", kind, form, plane, "", "", licence, "", "", cite=cite)

    return [
        ShownResult(card(name, kind, form, licence, cite), state(harvested), source(analysis), shown)
        for analysis, name, shown, harvested, kind, form, licence, cite in zip(*columns, strict=True)
    ]


__all__ = ["WHOLE", "PlaneJob", "readable"]
