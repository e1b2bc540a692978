"""Releases: a version of the catalogue frozen with digests, so that a cited figure never changes silently.

A release is ``releases/<version>.json`` with the files it names in ``releases/objects/`` by their sha256;
both belong to the content of the catalogue. Every build publishes each release under ``v/<version>/``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any, Final

from fairport.catalog.harvest.differences import Item
from fairport.catalog.harvest.upkeep import lock
from fairport.catalog.licences import may_redistribute
from fairport.catalog.registry import Catalogue
from fairport.contract.errors import ConfigurationError, DocumentError, FairportError, UsageError
from fairport.contract.files import remove_half_written, sha256_bytes, write_atomic
from fairport.contract.loading import load_json
from fairport.contract.saving import dump_json
from fairport.contract.structure import structure, unstructure

RELEASES_DIR: Final = "releases"
OBJECTS_DIR: Final = "objects"
RELEASE_FORMAT: Final = 1
MAX_RELEASE_BYTES: Final = 400_000_000
_NAME: Final = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z.+-]{0,38}[0-9A-Za-z])?")
_FILE: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,199}")
_SHA: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ReleasedResult:
    """A result in a release.

    Attributes:
        digest: canonical digest of record and table.
        former_ids: earlier global identifiers.
        files: sha256 of each of its files, by name.
    """

    id: str
    title: str
    version: str
    status: str
    kind: str
    plane: str
    licence: str
    digest: str
    cite: tuple[str, ...] = ()
    former_ids: tuple[str, ...] = ()
    files: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReleasedPlane:
    """A plane in a release; ``members`` are the results that its figure draws."""

    id: str
    title: str
    members: tuple[str, ...] = ()
    files: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Release:
    """A frozen version of a catalogue.

    Attributes:
        version: its name, also in its address.
        time: when it was frozen (RFC 3339, UTC).
        harvest: when the harvest that it shows began.
        note: what a reader should know.
        fairport: version of Fairport that froze it.
    """

    version: str
    time: str
    harvest: str
    title: str
    licence: str
    fairport: str
    note: str | None = None
    results: tuple[ReleasedResult, ...] = ()
    planes: tuple[ReleasedPlane, ...] = ()

    @property
    def items(self) -> dict[str, Item]:
        """Its results as a comparison takes them."""
        return {
            item.id: Item(
                item.id,
                item.title,
                item.version,
                item.status,
                item.digest,
                item.plane,
                former_ids=item.former_ids,
            )
            for item in self.results
        }


def release_file(root: Path, version: str) -> Path:
    """Return the file of a release."""
    return root / RELEASES_DIR / f"{version}.json"


def free_path(root: Path, version: str) -> Path:
    """Return the file that a new release of a catalogue will have.

    Raises:
        UsageError: the name cannot be used or is taken.
    """
    if not _NAME.fullmatch(version) or ".." in version:
        raise UsageError(
            f'"{version[:60]}" is not the name of a release',
            why="it becomes part of addresses: letters, digits, inner dots, plus and hyphens, at most 40",
            mend="fairport catalog release 2026.11",
        )
    path = release_file(root, version)
    taken = {other.name.lower() for other in path.parent.glob("*.json")}
    if path.name.lower() in taken:
        raise UsageError(
            f"there is a release {version} already",
            where=path,
            why="a release never changes",
            mend="give the next one another name",
        )
    return path


def freeze_release(
    catalogue: Catalogue,
    site: Path,
    version: str,
    *,
    note: str | None = None,
    now: datetime | None = None,
) -> Release:
    """Freeze what the site shows as a release of its catalogue.

    Only what the site publishes is taken, so that numbers that are withheld or may not be handed on never
    enter a release.

    Args:
        catalogue: the catalogue.
        site: folder of its site, just built.
        version: name of the release; letters, digits, dots, plus and hyphens, at most 40.
        note: what a reader should know.
        now: time to record; by default the clock.

    Raises:
        UsageError: the name cannot be used or is taken, or the newest release is of a later time.
        ConfigurationError: there is no built site, or another release is being made.
        DocumentError: an earlier release cannot be read.
    """
    with lock(catalogue, "release"):
        return _frozen(catalogue, site, version, note, now or datetime.now(UTC))


def _frozen(catalogue: Catalogue, site: Path, version: str, note: str | None, now: datetime) -> Release:
    root = catalogue.root
    path = free_path(root, version)
    time = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    _check_order(releases(catalogue), time)
    forget_unnamed(root)
    index = read_index(site)
    store = _Store(root)
    release = Release(
        version,
        time,
        index["generated"],
        index["title"],
        index["licence"],
        installed("fairport"),
        note,
        tuple(_result(item, site, store) for item in index["results"]),
        tuple(
            ReleasedPlane(
                item["id"], item["title"], tuple(item["results"]), store.take(site / "p" / item["id"])
            )
            for item in index["planes"]
        ),
    )
    os.sync()  # what the release names is on the disk before it
    write_atomic(path, dump_json({"release_format": RELEASE_FORMAT, **unstructure(release)}))
    return release


def _check_order(found: Sequence[Release], time: str) -> None:
    """Refuse a release that would stand before those that are there.

    Raises:
        UsageError: the newest release is of a later time.
    """
    if found and time < found[0].time:
        raise UsageError(
            f"release {found[0].version} was made at {found[0].time}, which is later than now ({time})",
            why="releases are told apart and compared in the order of their times",
            mend="set the clock of this machine",
        )


def read_index(site: Path) -> dict[str, Any]:
    """Return ``catalog.json`` of a built site.

    Raises:
        ConfigurationError: there is none, or it cannot be read.
    """
    try:
        data: dict[str, Any] = load_json(site / "catalog.json", limit=MAX_RELEASE_BYTES).data
        _ = data["results"], data["planes"], data["generated"]
    except (FairportError, KeyError, TypeError):
        mend = "fairport catalog build"
        raise ConfigurationError("there is no built site", where=site, mend=mend) from None
    return data


def _result(item: Mapping[str, Any], site: Path, store: _Store) -> ReleasedResult:
    files = store.take(site / "r" / item["id"])
    if not may_redistribute(item["licence"]):
        files = {name: sha for name, sha in files.items() if name in {"figure.svg", "cite.bib"}}
    return ReleasedResult(
        item["id"],
        item["title"],
        item["version"],
        item["status"],
        "example" if item["example"] else item["kind"],
        item["plane"],
        item["licence"],
        item["digest"],
        tuple(item.get("citation", ())),
        tuple(item.get("former_ids", ())),
        files,
    )


class _Store:
    """Files of releases by their sha256."""

    def __init__(self, root: Path) -> None:
        self._folder = root / RELEASES_DIR / OBJECTS_DIR

    def take(self, folder: Path) -> dict[str, str]:
        """Keep the files that lie directly in a folder of the site; returns sha256 by name."""
        found = {}
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if not path.is_file() or path.suffix in {".html", ".js"} or not _FILE.fullmatch(path.name):
                continue
            content = path.read_bytes()
            sha = sha256_bytes(content).removeprefix("sha256:")
            target = self._folder / sha[:2] / sha
            if not target.is_file() or target.stat().st_size != len(content):
                target.parent.mkdir(parents=True, exist_ok=True)
                write_atomic(target, content, durable=False)
            found[path.name] = sha
        return found


def read_object(root: Path, sha: str) -> bytes | None:
    """Return a file of a release, ``None`` when it is missing or not what its name says."""
    if not _SHA.fullmatch(sha):
        return None
    try:
        content = (root / RELEASES_DIR / OBJECTS_DIR / sha[:2] / sha).read_bytes()
    except OSError:
        return None
    return content if sha256_bytes(content).removeprefix("sha256:") == sha else None


def releases(catalogue: Catalogue) -> list[Release]:
    """Return the releases of a catalogue, newest first.

    Raises:
        DocumentError: one cannot be read: a release must never vanish silently.
    """
    return newest_first(read_release(path) for path in release_files(catalogue.root))


def release_files(root: Path) -> list[Path]:
    """Return the files of the releases of a catalogue, in the order of their names."""
    return sorted((root / RELEASES_DIR).glob("*.json"))


def newest_first(found: Iterable[Release]) -> list[Release]:
    """Return releases in the order in which they are told."""
    return sorted(found, key=lambda release: (release.time, release.version), reverse=True)


def read_release(path: Path) -> Release:
    """Return the release in a file.

    Raises:
        DocumentError: it cannot be read, or is no release.
    """
    name = f"{RELEASES_DIR}/{path.name}"
    try:
        data: dict[str, Any] = load_json(path, name=name, limit=MAX_RELEASE_BYTES).data
        if data.get("release_format") != RELEASE_FORMAT:
            mend = "use the Fairport that made it"
            raise DocumentError("this release has another format", where=name, mend=mend)
        release: Release = structure(Release, data)
    except (TypeError, AttributeError, KeyError):
        raise DocumentError("this is no release of a catalogue", where=name) from None
    sound = release.version == path.stem and _NAME.fullmatch(release.version) and ".." not in release.version
    if not sound or not all(_FILE.fullmatch(file) for file in _names(release)):
        raise DocumentError("this is no release of a catalogue", where=name)
    return release


def _names(release: Release) -> Iterator[str]:
    for files in _files(release):
        yield from files


def _files(release: Release) -> Iterator[dict[str, str]]:
    yield from (result.files for result in release.results)
    yield from (plane.files for plane in release.planes)


def forget_unnamed(root: Path) -> int:
    """Remove what a release that was killed left behind: half-written files, and files that none names.

    Nothing is removed while a release cannot be read, since it may name anything.

    Returns:
        How many files that were whole are gone.
    """
    folder = root / RELEASES_DIR
    for place in (folder, *(folder / OBJECTS_DIR).glob("*")):
        remove_half_written(place)
    try:
        found = [read_release(path) for path in release_files(root)]
    except DocumentError:
        return 0
    named = {sha for release in found for files in _files(release) for sha in files.values()}
    unnamed = [path for path in (folder / OBJECTS_DIR).glob("*/*") if _is_unnamed(path, named)]
    for path in unnamed:
        path.unlink(missing_ok=True)
        with suppress(OSError):  # it holds others
            path.parent.rmdir()
    return len(unnamed)


def _is_unnamed(path: Path, named: set[str]) -> bool:
    return bool(_SHA.fullmatch(path.name)) and path.parent.name == path.name[:2] and path.name not in named


__all__ = [
    "Release",
    "ReleasedPlane",
    "ReleasedResult",
    "freeze_release",
    "newest_first",
    "read_object",
    "read_release",
    "release_file",
    "release_files",
    "releases",
]
