"""Artefacts that are slow to make, kept by the digest of everything that decides them."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fairport.contract.digests import canonical_digest
from fairport.contract.documents import Plane
from fairport.contract.files import sha256_file
from fairport.contract.structure import unstructure
from fairport.results.loaded import LoadedResult
from fairport.results.style import family_of


class TextCache:
    """Texts in files by digest; what a build did not use is removed at its end."""

    def __init__(self, folder: Path | None) -> None:
        """Keep texts below ``folder``; without one, nothing is kept."""
        self._folder = folder
        self._used: set[Path] = set()

    def get(self, digest: str, make: Callable[[], str]) -> str:
        """Return the text of a digest, made if it is not there yet."""
        if self._folder is None:
            return make()
        path = self._folder / digest[:2] / digest[2:]
        self._used.add(path)
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            text = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(text, encoding="utf-8")
        part.replace(path)
        return text

    def prune(self) -> None:
        """Remove every text that was not asked for."""
        if self._folder is None or not self._folder.is_dir():
            return
        for folder in list(self._folder.iterdir()):
            for path in list(folder.iterdir()) if folder.is_dir() else []:
                if path not in self._used:
                    path.unlink(missing_ok=True)
            if folder.is_dir() and not any(folder.iterdir()):
                shutil.rmtree(folder, ignore_errors=True)


def drawing_digest(
    plane: Plane, results: list[LoadedResult], colours: Mapping[str, int], options: Mapping[str, Any]
) -> str:
    """Return the digest of everything that decides how results look in a plane."""
    return canonical_digest(
        {
            "plane": unstructure(plane),
            "results": [_identity(result) for result in results],
            "colours": {family_of(result): colours.get(family_of(result)) for result in results},
            "options": dict(options),
            "code": _drawing_code(),
        }
    ).removeprefix("sha256:")


def _identity(result: LoadedResult) -> list[Any]:
    example = result.record.provenance.example
    return [result.id, result.digest, result.experiment, result.collaboration, example]


@cache
def _drawing_code() -> dict[str, str]:
    """Return the digest of each module that takes part in drawing."""
    folder = Path(sys.modules[LoadedResult.__module__].__file__ or "").parent
    return {path.name: sha256_file(path) for path in sorted(folder.glob("*.py"))}
