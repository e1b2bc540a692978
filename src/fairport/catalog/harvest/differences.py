"""What the next publication changes: results compared by their digests, in words and for machines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from fairport.catalog.harvested import Harvested, load_harvested, load_states
from fairport.catalog.model import SiteModel
from fairport.catalog.registry import SITE_DIR, Catalogue
from fairport.contract.errors import ConfigurationError, FairportError
from fairport.contract.loading import load_json

KINDS: Final = ("added", "changed", "withdrawn", "removed")
"""Kinds of changes in the order in which they are told."""

MAX_INDEX_BYTES: Final = 400_000_000


@dataclass(frozen=True, slots=True)
class Item:
    """A result as far as a comparison needs it."""

    id: str
    title: str
    version: str
    status: str
    digest: str
    plane: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a result.

    Attributes:
        kind: one of :data:`KINDS`.
        id: global identifier.
        title: its title.
        plane: its plane.
        before: version before, ``None`` when it is new.
        after: version after, ``None`` when it is gone.
        words: what changed, in a few words.
    """

    kind: str
    id: str
    title: str
    plane: str
    before: str | None
    after: str | None
    words: str

    @property
    def line(self) -> str:
        """The change in one line."""
        return f"{self.kind:<9}  {self.id}  {self.title} ({self.words})"


def compare(before: Mapping[str, Item], after: Mapping[str, Item]) -> tuple[Change, ...]:
    """Return the changes from one catalogue to the next, sorted by kind and identifier."""
    changes = []
    for name in sorted(before.keys() | after.keys()):
        change = _change(before.get(name), after.get(name))
        if change is not None:
            changes.append(change)
    return tuple(sorted(changes, key=lambda change: (KINDS.index(change.kind), change.id)))


def _change(old: Item | None, new: Item | None) -> Change | None:
    if new is None:
        assert old is not None  # noqa: S101 - one of the two is there
        words_of_old = f"was version {old.version}"
        return Change("removed", old.id, old.title, old.plane, old.version, None, words_of_old)
    if old is None:
        return Change("added", new.id, new.title, new.plane, None, new.version, f"version {new.version}")
    if old.digest == new.digest:
        return None
    words = []
    if old.version != new.version:
        words.append(f"version {old.version} to {new.version}")
    if old.status != new.status:
        words.append(f"{old.status} to {new.status}")
    if old.plane != new.plane:
        words.append(f"plane {old.plane} to {new.plane}")
    if not words:
        words.append(f"other content, still version {new.version}")
    if new.reason:
        words.append(new.reason)
    kind = "withdrawn" if new.status == "withdrawn" and old.status != "withdrawn" else "changed"
    return Change(kind, new.id, new.title, new.plane, old.version, new.version, "; ".join(words))


def items_of_index(index: Mapping[str, Any]) -> dict[str, Item]:
    """Return the results of a ``catalog.json``.

    Raises:
        KeyError, TypeError: it is none.
    """
    return {
        item["id"]: Item(
            item["id"], item["title"], item["version"], item["status"], item["digest"], item["plane"]
        )
        for item in index["results"]
    }


def items_of_model(model: SiteModel) -> dict[str, Item]:
    """Return the results of a catalogue as they are shown."""
    return {
        result.id: Item(
            result.id,
            result.card.title,
            result.card.version,
            result.card.status,
            result.digest,
            result.card.plane,
            result.state.status_reason,
        )
        for result in model.results
    }


def items_of_harvest(catalogue: Catalogue, today: date) -> dict[str, Item]:
    """Return the results that a build of the present harvest shows on ``today`` (UTC)."""
    return items_of_harvested(load_harvested(catalogue, load_states(catalogue), today, {}))


def items_of_harvested(analyses: Iterable[Harvested]) -> dict[str, Item]:
    """Return the results of analyses as they were harvested."""
    found = {}
    for harvested in analyses:
        for state, source in harvested.sources:
            name = f"{source.analysis_id}/{state.id}"
            found[name] = Item(
                name,
                state.title or name,
                state.version or "",
                state.status or "",
                state.digest or "",
                state.plane or "",
                state.status_reason,
            )
    return found


def published(catalogue: Catalogue, against: Path | None) -> dict[str, Item]:
    """Return the results of what is published: the built site, another site, or a ``catalog.json``.

    Raises:
        ConfigurationError: there is none, or it cannot be read.
    """
    path = against if against is not None else catalogue.root / SITE_DIR
    path = path / "catalog.json" if path.is_dir() else path
    if not path.is_file():
        if against is None:
            return {}
        raise ConfigurationError(
            "there is no published catalogue",
            where=path,
            mend="give the folder of a site, or its catalog.json",
        )
    try:
        return items_of_index(load_json(path, limit=MAX_INDEX_BYTES).data)
    except (FairportError, KeyError, TypeError, json.JSONDecodeError):
        raise ConfigurationError("this is no index of a catalogue", where=path) from None


def counts(changes: Iterable[Change]) -> str:
    """Return how many results changed in which way, in words."""
    found = [change.kind for change in changes]
    parts = [f"{found.count(kind)} {kind}" for kind in KINDS if kind in found]
    return ", ".join(parts) or "no result changed"


__all__ = [
    "Change",
    "Item",
    "compare",
    "counts",
    "items_of_harvest",
    "items_of_index",
    "items_of_model",
    "published",
]
