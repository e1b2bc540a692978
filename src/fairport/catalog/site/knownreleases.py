"""What every build needs of the releases of a catalogue, without reading all of them each time.

The files that releases name are most of them, and matter only when their own pages are made. The rest is
kept in the cache, bound to the digest of the release.
"""

from __future__ import annotations

import json
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

from fairport.catalog.registry import Catalogue
from fairport.catalog.site.release import (
    Release,
    ReleasedResult,
    newest_first,
    read_release,
    release_files,
)
from fairport.contract.files import sha256_file, write_atomic

_FOLDER: Final = "releases"
_FORMAT: Final = 1
_ABOUT: Final = ("version", "time", "harvest", "title", "licence", "fairport", "note")
_TEXTS: Final = ("id", "title", "version", "status", "kind", "plane", "licence", "digest")
_LISTS: Final = ("cite", "former_ids")


def known_releases(catalogue: Catalogue) -> list[Release]:
    """Return the releases of a catalogue, newest first, without their planes and the files that they name;
    :func:`~fairport.catalog.site.release.read_release` gives them whole.

    Raises:
        DocumentError: one cannot be read: a release must never vanish silently.
    """
    folder, paths = catalogue.cache_root / _FOLDER, release_files(catalogue.root)
    for old in set(folder.glob("*.json")) - {folder / path.name for path in paths}:
        old.unlink(missing_ok=True)
    return newest_first(_known(path, folder / path.name) for path in paths)


def _known(path: Path, memory: Path) -> Release:
    """Return what is remembered of a release while its file is the same, and remember it otherwise."""
    digest = sha256_file(path) if path.is_file() else ""
    release = _recalled(memory, digest)
    if release is None:
        whole = read_release(path)
        results = tuple(replace(item, files={}) for item in whole.results)
        release = replace(whole, results=results, planes=())
        memory.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(memory, json.dumps(_memory(digest, release)), durable=False)
    return release


def _memory(digest: str, release: Release) -> dict[str, Any]:
    values = attrgetter(*_TEXTS, *_LISTS)
    return {
        "format": _FORMAT,
        "release": digest,
        "about": {name: getattr(release, name) for name in _ABOUT},
        "results": [values(item) for item in release.results],
    }


def _recalled(memory: Path, digest: str) -> Release | None:
    """Return what is remembered of the release with this digest, ``None`` where that is nothing sound."""
    try:
        data = json.loads(memory.read_bytes())
        if data["format"] != _FORMAT or data["release"] != digest:
            return None
        rows = ([*texts, tuple(cite), tuple(former)] for *texts, cite, former in data["results"])
        results = tuple(ReleasedResult(*row) for row in rows)
        return Release(**data["about"], results=results)
    except (OSError, ValueError, KeyError, TypeError):
        return None


__all__ = ["known_releases"]
