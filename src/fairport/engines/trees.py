"""The files of a folder that a workflow is given, those behind links too: clients and engines leave out links
without a word.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


class BrokenLinkError(Exception):
    """A link leads nowhere or in a circle; the text is its path relative to the folder."""


def files_of(folder: Path) -> list[Path]:
    """Return all files below a folder, sorted, under their paths in it; git's own are left out.

    Raises:
        BrokenLinkError: a link leads nowhere or in a circle.
    """
    return sorted(_walk(folder, folder, (os.path.realpath(folder),)))


def _walk(folder: Path, top: Path, above: tuple[str, ...]) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name == ".git":
            continue
        if path.is_dir():
            real = os.path.realpath(path)
            if real in above:
                raise BrokenLinkError(path.relative_to(top).as_posix())
            yield from _walk(path, top, (*above, real))
        elif path.is_file():
            yield path
        elif path.is_symlink():
            raise BrokenLinkError(path.relative_to(top).as_posix())
