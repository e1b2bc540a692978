"""A catalogue is a folder: ``catalog.yaml``, ``experiments/*.yaml`` and its own ``planes/*.yaml``, if any."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from fairport.catalog.addresses import is_address, refusal, repository_name, without_credentials
from fairport.catalog.harvest.tombstones import read_tombstones
from fairport.contract.characters import cleaned
from fairport.contract.constants import ANALYSIS_FILE, CONTRACT_VERSION
from fairport.contract.documents import CatalogueConfiguration, RegistryEntry, load_analysis, load_valid
from fairport.contract.errors import ConfigurationError, DocumentError, FairportError, Location, UsageError
from fairport.contract.files import possible, sha256_bytes, write_atomic
from fairport.contract.saving import dump_yaml

CATALOGUE_FILE: Final = "catalog.yaml"
ENTRIES_DIR: Final = "experiments"
PLANES_DIR: Final = "planes"
HARVEST_DIR: Final = "harvest"
CACHE_DIR: Final = ".cache"
SITE_DIR: Final = "site"
LATEST: Final = "latest-release"

_SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?")
_IGNORED: Final = "# Made by `fairport catalog harvest` and `build`.\n" + "".join(
    f"/{name}/\n" for name in (CACHE_DIR, HARVEST_DIR, SITE_DIR)
)


@dataclass(frozen=True, slots=True)
class BrokenEntry:
    """An entry file that cannot be read.

    Attributes:
        id: slug made from the file name, for the card on the status page.
        path: file relative to the catalogue.
        reason: why, in one line.
    """

    id: str
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A catalogue folder as it was read.

    Attributes:
        root: absolute path of the folder.
        config: ``catalog.yaml``.
        entries: readable registry entries, sorted by id.
        broken: entry files that cannot be used.
    """

    root: Path
    config: CatalogueConfiguration
    entries: tuple[RegistryEntry, ...]
    broken: tuple[BrokenEntry, ...] = ()

    @property
    def harvest_root(self) -> Path:
        """Where harvested records are frozen."""
        return self.root / HARVEST_DIR

    @property
    def cache_root(self) -> Path:
        """Where fetched repositories and drawn figures are kept; may be deleted at any time."""
        return self.root / CACHE_DIR

    def local_path(self, entry: RegistryEntry) -> Path | None:
        """Return the folder of a local entry, ``None`` for a remote one and where none can be."""
        path = entry.repository.path
        if path is None or not possible(path):
            return None
        return Path(os.path.normpath(self.root / path))


def find_catalogue(start: Path | None) -> Path:
    """Return the catalogue folder meant by ``--catalog``; without it the current folder or ``./catalog``.

    Raises:
        ConfigurationError: there is none.
    """
    candidates = [start] if start is not None else [Path(), Path("catalog")]
    for candidate in candidates:
        if (candidate / CATALOGUE_FILE).is_file():
            return candidate.resolve()
    raise ConfigurationError(
        f"no {CATALOGUE_FILE} here",
        where=start or Path().resolve(),
        mend="give the folder with --catalog, or begin one with `fairport catalog init DIR`",
    )


def load_catalogue(root: Path) -> Catalogue:
    """Read a catalogue; a broken entry is set aside with its reason and harms no other.

    Raises:
        ConfigurationError: the folder holds no ``catalog.yaml``.
        DocumentError: ``catalog.yaml`` is not valid.
    """
    root = find_catalogue(root)
    data = load_valid("catalogue", root / CATALOGUE_FILE, name=CATALOGUE_FILE).data
    config = CatalogueConfiguration.from_data(data)
    entries: dict[str, RegistryEntry] = {}
    broken: list[BrokenEntry] = []
    for path in sorted((root / ENTRIES_DIR).glob("*.y*ml")):
        name = f"{ENTRIES_DIR}/{path.name}"
        try:
            entry = RegistryEntry.from_data(load_valid("registry-entry", path, name=name).data)
            if entry.id in entries:
                raise DocumentError(f'the id "{entry.id}" stands in two entries', where=Location(name))
            entries[entry.id] = entry
        except FairportError as error:
            broken.append(BrokenEntry(distinct_slug(path.stem), cleaned(name), cleaned(str(error))))
    taken = tuple(entries[key] for key in sorted(entries))
    return Catalogue(root, config, taken, tuple(entry for entry in broken if entry.id not in entries))


def init_catalogue(
    root: Path,
    *,
    title: str = "Dark-matter results",
    description: str | None = None,
    url: str | None = None,
    front_plane: str = "dd.si",
    show: tuple[str, ...] = ("collaboration",),
) -> Path:
    """Begin a catalogue in ``root`` (made if missing) and return its absolute path.

    Raises:
        UsageError: there is a catalogue already.
    """
    if (root / CATALOGUE_FILE).exists():
        raise UsageError(
            "there is a catalogue already", where=root / CATALOGUE_FILE, mend="choose another folder"
        )
    data: dict[str, Any] = {"schema_version": CONTRACT_VERSION, "title": title}
    data |= {key: value for key, value in (("description", description), ("url", url)) if value}
    data |= {"licence": "CC-BY-4.0", "front_plane": front_plane, "show": list(show)}
    header = (
        "What this catalogue is called and how it is published.\n"
        f"Entries: {ENTRIES_DIR}/*.yaml (fairport catalog add). Own planes: {PLANES_DIR}/*.yaml."
    )
    (root / ENTRIES_DIR).mkdir(parents=True, exist_ok=True)
    write_atomic(root / CATALOGUE_FILE, dump_yaml(data, header=header))
    write_atomic(root / ".gitignore", _IGNORED)
    return root.resolve()


def add_entry(
    root: Path,
    source: str,
    *,
    entry_id: str | None = None,
    status: str = "community",
    title: str | None = None,
    since: str | None = None,
    publish: str | None = None,
    history: bool = False,
) -> Path:
    """Write the registry entry of an analysis and return its file.

    Args:
        root: catalogue folder.
        source: folder of a local repository, or a git URL.
        entry_id: id of the entry; by default that of the record, else made from the repository's name.
        status: ``community`` or ``official``.
        title: title shown until the first harvest.
        since: date of the entry (ISO 8601).
        publish: ``latest-release``, or a branch, tag or commit; by default the default branch of a remote and
            the folder as it is.
        history: whether earlier releases become versions of the results.

    Raises:
        UsageError: the source is neither, the id is not a slug, or it is taken.
    """
    catalogue = load_catalogue(root)
    if is_address(source):
        reason = refusal(source)
        if reason:
            raise UsageError(
                reason, where=without_credentials(source)[:200], mend="use an https, ssh or file address"
            )
        repository = {"url": source}
        identifier = entry_id or slugify(repository_name(source))
    else:
        folder = Path(source)
        if folder.is_file():
            raise UsageError(
                "this is a file", where=source, mend="give --bundle for an archive of records, else a folder"
            )
        if not folder.is_dir():
            raise UsageError(
                "there is no such folder", where=source, mend="give a folder or a git URL (https, ssh, file)"
            )
        repository = {"path": shown_path(folder, catalogue.root)}
        identifier = entry_id or _recorded_id(folder)
    data: dict[str, Any] = {"schema_version": CONTRACT_VERSION, "id": identifier, "type": "analysis"}
    data |= {"title": title} if title else {}
    data |= {"repository": repository}
    data |= {"publish": _publish(publish)} if publish else {}
    data |= {"history": "all-releases"} if history else {}
    data |= {"status": status}
    data |= {"since": since} if since else {}
    return write_entry(catalogue, data)


def write_entry(catalogue: Catalogue, data: Mapping[str, Any]) -> Path:
    """Write a new registry entry and return its file.

    Raises:
        UsageError: its id is no slug, or it is taken, also by something that is gone.
    """
    identifier = str(data["id"])
    if not _SLUG.fullmatch(identifier):
        raise UsageError(
            f'"{identifier}" is not an id',
            why="an id has lower-case letters, digits and inner hyphens, at most 80",
            mend="give another with --id",
        )
    target = catalogue.root / ENTRIES_DIR / f"{identifier}.yaml"
    if target.exists() or any(entry.id == identifier for entry in catalogue.entries):
        raise UsageError(f'there is an entry "{identifier}" already', mend="give another id with --id")
    _refuse_reuse(catalogue, identifier)
    write_atomic(target, dump_yaml(dict(data)))
    return target


def _publish(wanted: str) -> dict[str, str]:
    return {"mode": wanted} if wanted == LATEST else {"mode": "ref", "ref": wanted}


def _refuse_reuse(catalogue: Catalogue, identifier: str) -> None:
    """Keep ids of what is gone or renamed from being given to something else.

    Raises:
        UsageError: another analysis had this id.
    """
    renamed = next((entry.id for entry in catalogue.entries if identifier in entry.former_ids), None)
    stones = read_tombstones(catalogue.root)
    gone = identifier in stones or any(identifier in stone.former_ids for stone in stones.values())
    if renamed or gone:
        raise UsageError(
            f'another analysis had this id: "{identifier}"',
            why=f"it is called {renamed} now" if renamed else "its tombstone stands in this catalogue",
            mend="give another id with --id; for the same analysis, remove its tombstone file first",
        )


def remove_entry(root: Path, entry_id: str) -> Path:
    """Delete the file of an entry and return it; harvested records go with the next harvest.

    Raises:
        UsageError: there is no such entry.
    """
    catalogue = load_catalogue(root)
    for path in sorted((catalogue.root / ENTRIES_DIR).glob("*.y*ml")):
        try:
            found = load_valid("registry-entry", path, name=path.name).data["id"] == entry_id
        except FairportError:
            found = distinct_slug(path.stem) == entry_id
        if found:
            path.unlink()
            return path
    known = ", ".join(entry.id for entry in catalogue.entries) or "none"
    raise UsageError(
        f'there is no entry "{entry_id}"', where=catalogue.root / ENTRIES_DIR, why=f"entries: {known}"
    )


def slugify(text: str) -> str:
    """Return an id made from any text: ``DarkSide50_Recast`` gives ``darkside50-recast``."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")[:80].strip("-")
    return slug or "entry"


@lru_cache(maxsize=4096)
def distinct_slug(text: str) -> str:
    """Return a slug that two texts share only if they differ in case, accents and punctuation alone.

    Where letters were lost, as those of other scripts are, or the text was cut, a digest is added.
    """
    slug = slugify(text)
    plain = unicodedata.normalize("NFKD", text).lower()
    kept = re.sub(r"[^a-z0-9]", "", plain)
    meant = [char for char in plain if char.isalnum() or unicodedata.category(char) in {"Cs", "So"}]
    if len(meant) == len(kept) == len(slug.replace("-", "")):
        return slug
    folded = unicodedata.normalize("NFKC", text).casefold()
    return f"{slug[:70].strip('-')}-{sha256_bytes(folded.encode('utf-8', 'backslashreplace'))[:8]}"


def _recorded_id(folder: Path) -> str:
    """Take the id from ``fairport.yaml`` where it can be read, else from the name of the folder."""
    try:
        return load_analysis(folder / ANALYSIS_FILE, name=ANALYSIS_FILE).id
    except FairportError:
        return slugify(folder.resolve().name)


def shown_path(folder: Path, root: Path) -> str:
    """Return a path as an entry states it: relative when it lies beside or inside the catalogue, so that both
    can move together.
    """
    absolute = folder.resolve()
    if absolute.is_relative_to(root.parent):
        return Path(os.path.relpath(absolute, root)).as_posix()
    return absolute.as_posix()
