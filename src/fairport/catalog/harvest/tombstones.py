"""Tombstones: what was shown once keeps its address, with its metadata and the reason why it is gone.

They stand in ``tombstones/<entry>.json`` of the catalogue and belong to its content: commit them. Reasons may
be rewritten by hand. An identifier with a tombstone is never given to something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from fairport.catalog.state import EntryState, ReleasedContent, ReleaseNote, ResultState
from fairport.contract.documents import RegistryEntry
from fairport.contract.errors import FairportError
from fairport.contract.files import write_atomic
from fairport.contract.loading import load_json
from fairport.contract.saving import dump_json
from fairport.contract.structure import structure, unstructure

TOMBSTONES_DIR: Final = "tombstones"
TOMBSTONES_VERSION: Final = 1
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,79}(?:/[a-z0-9][a-z0-9-]{0,79}(?:@[0-9A-Za-z.+-]{1,40})?)?")
_LEFT: Final = "The entry was taken out of the registry of this catalogue."
_WITHDRAWN: Final = "The analysis was withdrawn: "
_SHOWN: Final = {"ok", "kept", "withheld"}


@dataclass(frozen=True, slots=True)
class Tombstone:
    """Something that was shown and is gone.

    Attributes:
        id: ``<analysis>`` or ``<analysis>/<result>``.
        date: when the catalogue noticed (RFC 3339, UTC).
        reason: why it is gone, in words.
        title: its title.
        kind: kind of the result.
        plane: plane of the result.
        version: last version shown.
        digest: canonical digest of what was shown last.
        harvested: when that was first harvested.
        commit: its commit.
        former_ids: earlier global identifiers, which lead to it.
    """

    id: str
    date: str
    reason: str
    title: str | None = None
    kind: str | None = None
    plane: str | None = None
    version: str | None = None
    digest: str | None = None
    harvested: str | None = None
    commit: str | None = None
    former_ids: tuple[str, ...] = ()

    @property
    def is_result(self) -> bool:
        """Whether it is a result rather than an analysis."""
        return "/" in self.id


def read_tombstones(root: Path) -> dict[str, Tombstone]:
    """Return the tombstones of a catalogue by identifier; a file that cannot be read counts for nothing."""
    found: dict[str, Tombstone] = {}
    for path in sorted((root / TOMBSTONES_DIR).glob("*.json")):
        found |= _read(path)
    return found


def record_gone(
    root: Path, previous: EntryState | None, state: EntryState, now: str, entry: RegistryEntry | None = None
) -> None:
    """Write a tombstone for each result that an entry no longer has; one that came back loses its own.

    Args:
        root: folder of the catalogue.
        previous: state of the entry before; ``None`` when it is new, or back in the registry.
        state: state now, ``ok`` or ``withdrawn``.
        now: time of the harvest.
        entry: its registry entry.
    """
    path = root / TOMBSTONES_DIR / f"{state.id}.json"
    before = _read(path)
    if previous is None and not before:
        return
    withdrawn = state.state == "withdrawn"
    there = set() if withdrawn else {f"{state.id}/{item.id}" for item in state.results if item.id}
    reason = (
        f"{_WITHDRAWN}{state.reason}"
        if withdrawn
        else f"The repository no longer holds it{f' (commit {state.commit[:10]})' if state.commit else ''}."
    )
    free = there | {former for item in state.results for former in item.former_ids}
    stones = {name: stone for name, stone in before.items() if stone.is_result and name not in free}
    if not withdrawn:
        stones = {name: _after_return(stone, reason) for name, stone in stones.items()}
    stones = _with_results(stones, previous, state, now, reason, free)
    if withdrawn:
        title = entry.title if entry is not None else None
        stone = before.get(state.id, Tombstone(state.id, now, reason, title=title))
        stones[state.id] = replace(stone, former_ids=state.former_ids)
    _write(path, before, stones)


def _after_return(stone: Tombstone, reason: str) -> Tombstone:
    """Return the tombstone of a result that did not come back with its entry; words of a person stay."""
    automatic = stone.reason == _LEFT or stone.reason.startswith(_WITHDRAWN)
    return replace(stone, reason=reason) if automatic else stone


def record_unreleased(
    root: Path, state: EntryState, found: Iterable[tuple[ReleaseNote, ReleasedContent]]
) -> None:
    """Write a tombstone for each result that only earlier releases of an entry hold.

    Args:
        root: folder of the catalogue.
        state: state of the entry.
        found: the last release that holds it, and what it held.
    """
    path = root / TOMBSTONES_DIR / f"{state.id}.json"
    before = _read(path)
    stones = dict(before)
    for note, item in found:
        name = f"{state.id}/{item.id}"
        reason = f"The last release that holds it is {note.tag}."
        stone = Tombstone(name, note.time, reason, item.title, item.kind, item.plane, item.version)
        stones.setdefault(name, replace(stone, digest=item.digest, harvested=note.time, commit=note.commit))
    _write(path, before, stones)


def record_left(root: Path, state: EntryState, now: str) -> None:
    """Write tombstones for an entry that left the registry, and for all its results."""
    path = root / TOMBSTONES_DIR / f"{state.id}.json"
    before = _read(path)
    if state.version is None and not before:
        return
    stone = before.get(state.id, Tombstone(state.id, now, _LEFT, commit=state.commit))
    stones = before | {state.id: replace(stone, former_ids=state.former_ids)}
    _write(path, before, _with_results(stones, state, state, now, _LEFT))


def _with_results(
    stones: dict[str, Tombstone],
    previous: EntryState | None,
    state: EntryState,
    now: str,
    reason: str,
    free: Iterable[str] = (),
) -> dict[str, Tombstone]:
    """Return tombstones with those of the results of ``previous``, without the names in ``free``."""
    found = dict(stones)
    for item in previous.results if previous is not None else ():
        name = f"{state.id}/{item.id}"
        if item.id and item.state in _SHOWN and name not in free:
            found.setdefault(name, _of_result(name, item, state, now, reason))
    return found


def _of_result(name: str, item: ResultState, state: EntryState, now: str, reason: str) -> Tombstone:
    stone = Tombstone(name, now, reason, item.title, item.kind, item.plane, item.version)
    formers = (*item.former_ids, *(f"{former}/{item.id}" for former in state.former_ids))
    return replace(
        stone,
        digest=item.digest,
        harvested=item.harvested,
        commit=item.commit,
        former_ids=tuple(dict.fromkeys(formers)),
    )


def _read(path: Path) -> dict[str, Tombstone]:
    try:
        data = load_json(path).shown
        if data["tombstones_version"] != TOMBSTONES_VERSION:
            return {}
        stones: Iterable[Any] = data["tombstones"]
        found = [structure(Tombstone, item) for item in stones]
    except (FairportError, OSError, KeyError, TypeError, AttributeError):
        return {}
    # The file is kept in a repository: an entry only speaks for its own identifiers.
    own = (stone for stone in found if _NAME.fullmatch(stone.id) and stone.id.split("/")[0] == path.stem)
    return {stone.id: _sound(stone) for stone in own}


def _sound(stone: Tombstone) -> Tombstone:
    """Return a tombstone without former identifiers that are none: they become addresses."""
    former = tuple(
        name for name in stone.former_ids if ("/" in name) == stone.is_result and _NAME.fullmatch(name)
    )
    return stone if former == stone.former_ids else replace(stone, former_ids=former)


def _write(path: Path, before: dict[str, Tombstone], stones: dict[str, Tombstone]) -> None:
    if stones == before:
        return
    if not stones:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    items = [unstructure(stones[name]) for name in sorted(stones)]
    write_atomic(path, dump_json({"tombstones_version": TOMBSTONES_VERSION, "tombstones": items}))


__all__ = [
    "TOMBSTONES_DIR",
    "Tombstone",
    "read_tombstones",
    "record_gone",
    "record_left",
    "record_unreleased",
]
