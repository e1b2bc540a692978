"""Opening a :class:`~fairport.results.collection.Catalogue`: by an index, an address, or a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fairport.contract.errors import DocumentError, FairportError, UsageError
from fairport.contract.files import decode_text
from fairport.contract.loading import load_json, parse_json
from fairport.results.collection import Catalogue, Entry
from fairport.results.loaded import LoadedResult
from fairport.results.planes import Planes
from fairport.results.remote import MAX_INDEX_BYTES, fetch_index
from fairport.results.resolve import INDEX, resolve, results_below
from fairport.results.store import load_result

_ABOUT = ("role", "cl", "licence", "origin", "status", "version", "citation", "example")


def open_catalogue(text: str) -> Catalogue | None:
    """Open a catalogue, a built site, a repository, or a folder of results; ``None`` where it is none.

    Args:
        text: a folder, its ``catalog.json``, or the https address of either.

    Raises:
        DocumentError: the index is unreadable, or cannot be fetched.
        UsageError: an address that is not fetched.
    """
    if text.startswith(("https://", "http://")):
        return from_site(text)
    path = Path(text)
    if path.is_file() and path.name == "catalog.json":
        return from_index(path)
    if not path.is_dir() or (path / "result.yaml").is_file():
        return None
    for place in (path, path / "site", path / "public", path / "_site"):
        if (place / "catalog.json").is_file():
            return from_index(place / "catalog.json")
    try:
        return from_folder(path)
    except FairportError:
        return None


def from_index(path: Path) -> Catalogue:
    """Open a built catalogue by its index.

    Raises:
        DocumentError: it is no index of a catalogue.
    """
    data = load_json(path, limit=MAX_INDEX_BYTES).data
    return _indexed(data, str(path), lambda name: resolve(f"{path.parent}::{name}"))


def from_site(address: str) -> Catalogue | None:
    """Open a published catalogue by its address; ``None`` for the address of a result.

    Raises:
        DocumentError: it cannot be fetched, or is no index.
        UsageError: it is not https (http only on this machine).
    """
    bare = address.partition("#")[0].partition("?")[0]
    if bare.endswith((".yaml", ".yml")) or "/r/" in bare:
        return None
    site = bare.removesuffix("index.html").removesuffix(INDEX).rstrip("/")
    index = f"{site}/{INDEX}"
    data = parse_json(decode_text(fetch_index(index), index), index).data
    return _indexed(data, index, lambda name: resolve(f"{site}::{name}"))


def from_folder(folder: Path) -> Catalogue:
    """Open the results of a repository or of a folder of results.

    Raises:
        UsageError: there are none.
    """
    planes = Planes(*([folder / "planes"] if (folder / "planes").is_dir() else []))
    entries: dict[str, Entry] = {}
    for path in results_below(folder):
        try:
            result = load_result(path, planes=planes)
        except FairportError:
            continue
        about: dict[str, Any] = {"licence": result.record.licence}
        if result.record.statistics is not None:
            about |= {"role": result.record.statistics.role, "cl": result.record.statistics.cl}
        name = result.id if result.id not in entries else f"{path.parent.parent.name}/{path.parent.name}"
        entries.setdefault(
            name,
            Entry(name, result.record.title, result.plane.id, result.record.kind, about, _get(result)),
        )
    if not entries:
        raise UsageError(f'the folder "{folder}" holds no results', mend="give a catalogue or a result")
    return Catalogue(str(folder), folder.resolve().name, entries)


def _indexed(data: Any, where: str, load: Callable[[str], LoadedResult]) -> Catalogue:
    rows = data.get("results") if isinstance(data, dict) else None
    if not isinstance(rows, list):
        raise DocumentError("this is no index of a catalogue", where=where, why="it has no list of results")
    entries = {}
    for row in rows:
        if not isinstance(row, dict) or not all(isinstance(row.get(k), str) for k in ("id", "plane", "kind")):
            continue
        name = str(row["id"])
        entries[name] = Entry(
            name,
            str(row.get("title") or name),
            str(row["plane"]),
            str(row["kind"]),
            {key: row[key] for key in _ABOUT if key in row},
            _later(load, name),
        )
    return Catalogue(where, str(data.get("title") or where), entries)


def _later(load: Callable[[str], LoadedResult], name: str) -> Callable[[], LoadedResult]:
    return lambda: load(name)


def _get(result: LoadedResult) -> Callable[[], LoadedResult]:
    return lambda: result
