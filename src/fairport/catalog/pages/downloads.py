"""Files of a page: those that people take as buttons, those that only programs read in a quiet line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from fairport.catalog.parts import Link

_NAMES: Final = {".svg": "SVG", ".png": "PNG", ".pdf": "PDF", ".csv": "CSV", ".ecsv": "ECSV",
                 ".vot": "VOTable", ".json": "JSON", ".yaml": "YAML", ".bib": "BibTeX"}  # fmt: skip
"""Names of formats by the end of a file, in the order in which they are shown."""
_MACHINES: Final = {
    "datapackage.json": "Data Package",
    "linkset.json": "linkset",
    "ro-crate-metadata.json": "RO-Crate",
    "voresource.xml": "VOResource",
}
"""Descriptions that harvesters follow, by the name of their file."""


@dataclass(frozen=True, slots=True)
class Downloads:
    """Links to the files of a page.

    Attributes:
        people: figures, numbers and citations, in the order in which they are looked for.
        machines: descriptions for harvesters.
    """

    people: tuple[Link, ...] = ()
    machines: tuple[Link, ...] = ()


def downloads_of(names: Iterable[str], folder: str = "") -> Downloads:
    """Sort the files of a folder by who takes them.

    Args:
        names: names of the files; of two files of one format both are called by their name.
        folder: relative way to the folder, empty or with a slash at its end.
    """
    files = sorted(names)
    ends = {name: PurePosixPath(name).suffix for name in files if name not in _MACHINES}
    formats, order = Counter(ends.values()), list(_NAMES)

    def place(name: str) -> int:
        return order.index(ends[name]) if ends[name] in _NAMES else len(order)

    people = [
        Link(folder + name, _NAMES.get(ends[name], name) if formats[ends[name]] == 1 else name, download=True)
        for name in sorted(ends, key=place)
    ]
    machines = [Link(folder + name, _MACHINES[name]) for name in files if name in _MACHINES]
    return Downloads(tuple(people), tuple(machines))


__all__ = ["Downloads", "downloads_of"]
