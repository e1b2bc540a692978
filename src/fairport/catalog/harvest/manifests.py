"""The data manifest of an analysis, frozen with its record: which data it needs, and where they are."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fairport.contract.documents import Manifest, load_manifest
from fairport.contract.errors import FairportError
from fairport.contract.files import inside, read_bytes

MANIFEST_FILE: Final = "manifest.yaml"
"""Name of the manifest in the harvest store."""


def freeze_manifest(tree: Path, path: str, destination: Path) -> None:
    """Copy the manifest at ``path`` of a repository; one that is missing or not valid is left out.

    A manifest names data and never holds numbers, so that an embargo does not concern it.
    """
    file = inside(tree, path)
    if file is None or not file.is_file():
        return
    target = destination / MANIFEST_FILE
    try:
        target.write_bytes(read_bytes(file))
        load_manifest(target)
    except FairportError:
        target.unlink(missing_ok=True)


def read_manifest(folder: Path) -> Manifest | None:
    """Return the frozen manifest of an analysis, ``None`` where there is none."""
    try:
        return load_manifest(folder / MANIFEST_FILE) if (folder / MANIFEST_FILE).is_file() else None
    except FairportError:
        return None


__all__ = ["freeze_manifest", "read_manifest"]
