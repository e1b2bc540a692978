"""What the next publication changes: results compared by their digests, in words and for machines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from fairport.catalog.harvest.tombstones import read_tombstones
from fairport.catalog.harvested import Harvested, load_harvested, load_states
from fairport.catalog.model import SiteModel
from fairport.catalog.registry import SITE_DIR, Catalogue
from fairport.catalog.state import EntryState, ResultState
from fairport.contract.errors import ConfigurationError, FairportError
from fairport.contract.loading import load_json

KINDS: Final = ("added", "changed", "renamed", "withdrawn", "removed")
"""Kinds of changes in the order in which they are told."""

MAX_INDEX_BYTES: Final = 400_000_000


@dataclass(frozen=True, slots=True)
class Item:
    """A result as far as a comparison needs it.

    Attributes:
        reason: why it has its status.
        former_ids: earlier global identifiers.
    """

    id: str
    title: str
    version: str
    status: str
    digest: str
    plane: str
    reason: str | None = None
    former_ids: tuple[str, ...] = ()


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


def compare(
    before: Mapping[str, Item], after: Mapping[str, Item], gone: Mapping[str, str] | None = None
) -> tuple[Change, ...]:
    """Return the changes from one catalogue to the next, sorted by kind and identifier.

    Args:
        before: results by global identifier.
        after: the same, later.
        gone: why results are there no longer, by global identifier, where that is known.
    """
    heirs = _heirs(before, after)
    changes = [_renamed(before[former], item) for former, item in heirs.items()]
    told = heirs.keys() | {item.id for item in heirs.values()}
    for name in (before.keys() | after.keys()) - told:
        change = _change(before.get(name), after.get(name), (gone or {}).get(name))
        if change is not None:
            changes.append(change)
    return tuple(sorted(changes, key=lambda change: (KINDS.index(change.kind), change.id)))


def _heirs(before: Mapping[str, Item], after: Mapping[str, Item]) -> dict[str, Item]:
    """Return the results that stood under another identifier before, by that; the first claim counts."""
    heirs: dict[str, Item] = {}
    for name, item in after.items():
        if name in before:
            continue
        former = next((old for old in item.former_ids if old in before and old not in after), None)
        if former is not None:
            heirs.setdefault(former, item)
    return heirs


def _renamed(old: Item, new: Item) -> Change:
    words = [f"was {old.id}", *_differences(old, new)]
    return Change("renamed", new.id, new.title, new.plane, old.version, new.version, "; ".join(words))


def _change(old: Item | None, new: Item | None, gone: str | None) -> Change | None:
    if new is None:
        assert old is not None  # noqa: S101 - one of the two is there
        words_of_old = f"was version {old.version}" + (f"; {gone}" if gone else "")
        return Change("removed", old.id, old.title, old.plane, old.version, None, words_of_old)
    if old is None:
        return Change("added", new.id, new.title, new.plane, None, new.version, f"version {new.version}")
    if old.digest == new.digest:
        return None
    words = _differences(old, new) or [f"other content, still version {new.version}"]
    if new.reason:
        words.append(new.reason)
    kind = "withdrawn" if new.status == "withdrawn" and old.status != "withdrawn" else "changed"
    return Change(kind, new.id, new.title, new.plane, old.version, new.version, "; ".join(words))


def _differences(old: Item, new: Item) -> list[str]:
    words = []
    if old.version != new.version:
        words.append(f"version {old.version} to {new.version}")
    if old.status != new.status:
        words.append(f"{old.status} to {new.status}")
    if old.plane != new.plane:
        words.append(f"plane {old.plane} to {new.plane}")
    return words


def gone_reasons(root: Path, states: Iterable[EntryState]) -> dict[str, str]:
    """Return why results are no longer shown, by global identifier: withheld numbers, and tombstones.

    Args:
        root: folder of the catalogue.
        states: state of every entry.
    """
    found = {name: stone.reason for name, stone in read_tombstones(root).items() if stone.is_result}
    for state in states:
        if state.withheld is not None:
            found |= {f"{state.id}/{item.id}": state.withheld for item in state.results if item.id}
    return found


class FormerIds:
    """Earlier identifiers of the results of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._entries = {entry.id: entry.former_ids for entry in catalogue.entries}

    def of(self, state: ResultState, analysis: str) -> tuple[str, ...]:
        """Return the global identifiers that a result had, also under earlier ids of its analysis."""
        named = [name.partition("@")[0] for name in state.former_ids]
        moved = [f"{former}/{state.id}" for former in self._entries.get(analysis, ()) if former != analysis]
        return tuple(dict.fromkeys([*named, *moved]))


def items_of_index(index: Mapping[str, Any]) -> dict[str, Item]:
    """Return the results of a ``catalog.json``.

    Raises:
        KeyError, TypeError: it is none.
    """
    return {
        item["id"]: Item(
            item["id"],
            item["title"],
            item["version"],
            item["status"],
            item["digest"],
            item["plane"],
            former_ids=tuple(item.get("former_ids", ())),
        )
        for item in index["results"]
    }


def items_of_model(model: SiteModel) -> dict[str, Item]:
    """Return the results of a catalogue as they are shown."""
    former = FormerIds(model.catalogue)
    return {
        result.id: Item(
            result.id,
            result.card.title,
            result.card.version,
            result.card.status,
            result.digest,
            result.card.plane,
            result.state.status_reason,
            former.of(result.state, result.analysis_id),
        )
        for result in model.results
    }


def items_of_harvest(catalogue: Catalogue, today: date) -> dict[str, Item]:
    """Return the results that a build of the present harvest shows on ``today`` (UTC)."""
    return items_of_harvested(catalogue, load_harvested(catalogue, load_states(catalogue), today, {}))


def items_of_harvested(catalogue: Catalogue, analyses: Iterable[Harvested]) -> dict[str, Item]:
    """Return the results of analyses of a catalogue as they were harvested."""
    found, former = {}, FormerIds(catalogue)
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
                former.of(state, source.analysis_id),
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
    "FormerIds",
    "Item",
    "compare",
    "counts",
    "gone_reasons",
    "items_of_harvest",
    "items_of_index",
    "items_of_model",
    "published",
]
