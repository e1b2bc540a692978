"""In which releases a result stands, and whether it is still what was frozen there.

Whoever cites a release must learn on the page of today that the numbers are others by now; the pages of the
release itself never change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from fairport.catalog.harvest.differences import Change, compare, gone_reasons, items_of_model
from fairport.catalog.model import SiteModel
from fairport.catalog.site.release import Release

MAX_RELEASES: Final = 20
"""Releases that the page of a result names, newest first."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """A result in a release.

    Attributes:
        release: version of the release.
        time: when it was frozen.
        version: version of the result then.
        digest: its digest then.
        url: its page in the release, relative to the root of the site.
    """

    release: str
    time: str
    version: str
    digest: str
    url: str


def frozen_in(found: Iterable[Release]) -> dict[str, tuple[Frozen, ...]]:
    """Return where each result is frozen, by the identifier that it had then, newest release first."""
    places: dict[str, list[Frozen]] = {}
    for release in found:
        for item in release.results:
            url = f"v/{release.version}/r/{item.id}/index.html"
            frozen = Frozen(release.version, release.time, item.version, item.digest, url)
            places.setdefault(item.id, []).append(frozen)
    return {name: tuple(items[:MAX_RELEASES]) for name, items in places.items()}


def changes_by_plane(model: SiteModel, found: Iterable[Release]) -> Mapping[str, tuple[Change, ...]]:
    """Return what changed in each plane since the newest release; nothing before the first.

    A result that moved counts in the plane that it is in now.
    """
    newest = next(iter(found), None)
    if newest is None:
        return {}
    changes: dict[str, list[Change]] = {}
    gone = gone_reasons(model.catalogue.root, model.states)
    for change in compare(newest.items, items_of_model(model), gone):
        changes.setdefault(change.plane, []).append(change)
    return {plane: tuple(items) for plane, items in changes.items()}


__all__ = ["Frozen", "changes_by_plane", "frozen_in"]
