"""Finding parameter planes: in the repository, then the catalogue, then the package.

A family (``id.ann`` with channels) stands in one file and gives one plane for each channel. Files are read
only when they are asked for.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from fairport.contract.documents import Plane, PlaneAxis, load_plane
from fairport.contract.errors import ConfigurationError, DocumentError
from fairport.contract.files import inside
from fairport.contract.resources import catalog_root
from fairport.physics.units import UnitProblem, conversion_factor

PLANES_DIR: Final = "planes"
"""Folder of planes in a repository and in a catalogue."""


class UnknownPlane(ConfigurationError):
    """No folder of planes has the plane that was asked for."""


class Planes:
    """Planes from several folders; the first folder that knows a plane wins, the package comes last."""

    def __init__(self, *folders: Path, package: bool = True) -> None:
        """Look in ``folders`` (those that do not exist are skipped), then, unless told otherwise, in the
        package.
        """
        self._folders = [*folders, catalog_root() / PLANES_DIR] if package else list(folders)
        self._found: dict[str, Plane] = {}

    def get(self, plane: str) -> Plane:
        """Return the plane ``plane``, a member of a family with its channel filled in.

        Raises:
            UnknownPlane: no folder has it; names what is near.
            DocumentError: its file is invalid.
        """
        if plane not in self._found:
            self._found[plane] = self._search(plane)
        return self._found[plane]

    def all(self) -> tuple[Plane, ...]:
        """Return every plane of every folder, families expanded, by identifier.

        Raises:
            DocumentError: a file is invalid.
        """
        found: dict[str, Plane] = {}
        for path in self._files():
            for member in expand(_read(path)):
                found.setdefault(member.id, member)
        return tuple(found[name] for name in sorted(found))

    def __contains__(self, plane: object) -> bool:
        try:
            self.get(str(plane))
        except UnknownPlane:
            return False
        return True

    def _search(self, plane: str) -> Plane:
        for folder in self._folders:
            for name in _file_names(plane):
                path = inside(folder, name) if folder.is_dir() else None
                found = _member(_read(path), plane) if path is not None and path.is_file() else None
                if found is not None:
                    return found
        broken = None
        for path in self._files():  # a file may have another name than its plane
            try:
                found = _member(_read(path), plane)
            except DocumentError as error:
                broken = broken or error
                continue
            if found is not None:
                return found
        if broken is not None:  # it may be the one that was meant
            raise broken
        known = [member.id for member in self.all()]
        near = difflib.get_close_matches(plane, known, 3, 0.5)
        raise UnknownPlane(
            f'there is no plane "{plane[:80]}"',
            why=f"did you mean {' or '.join(near)}?" if near else None,
            mend=f"use one of: {', '.join(known)}; or add a file under planes/",
        )

    def _files(self) -> Iterator[Path]:
        for folder in self._folders:
            if not folder.is_dir():
                continue
            for path in sorted(folder.iterdir()):
                if path.suffix in {".yaml", ".yml", ".json"} and inside(folder, path.name) and path.is_file():
                    yield path


def _read(path: Path) -> Plane:
    """Read a plane; those of the package are read once, since a harvest asks for them in every repository."""
    return _read_own(path) if path.parent == catalog_root() / PLANES_DIR else read_plane(path)


@cache
def _read_own(path: Path) -> Plane:
    return read_plane(path)


def read_plane(path: Path, *, name: str | None = None) -> Plane:
    """Read a plane or family and make sure that it can be drawn.

    Raises:
        DocumentError: the file is invalid, an allowed unit does not convert to the canonical one, or a
            range is empty or has no place on its scale.
    """
    plane = load_plane(path, name=name)
    for axis in plane.axes:
        problem = _axis_problem(axis)
        if problem:
            raise DocumentError(f'axis "{axis.name}": {problem}', where=name or str(path))
    return plane


def expand(plane: Plane) -> tuple[Plane, ...]:
    """Return the planes of a family, one for each channel; a plane without channels gives itself."""
    if not plane.channels:
        return (plane,)
    return tuple(
        dataclasses.replace(
            plane,
            id=f"{plane.id}.{channel.id}",
            title=plane.title.replace("{channel}", channel.title),
            description=plane.description.replace("{channel}", channel.title),
            channels=(),
        )
        for channel in plane.channels
    )


def strongest(plane: Plane, values: Sequence[float]) -> int | None:
    """Return the index of the strongest limit among ``values`` (NaN counts as none), following the
    orientation of the plane.

    ``None`` when no value is a number or the plane has no order (regions, measured parameters).
    """
    candidates = [(value, index) for index, value in enumerate(values) if not math.isnan(value)]
    if not candidates or plane.orientation not in {"above", "below"}:
        return None
    best = (
        min(candidates)
        if plane.orientation == "above"
        else max(candidates, key=lambda item: (item[0], -item[1]))
    )
    return best[1]


def _file_names(plane: str) -> tuple[str, ...]:
    family = plane.rsplit(".", 1)[0]
    return f"{plane}.yaml", f"{family}.yaml"


def _member(plane: Plane, wanted: str) -> Plane | None:
    return next((member for member in expand(plane) if member.id == wanted), None)


def _axis_problem(axis: PlaneAxis) -> str | None:
    low, high = axis.range[0], axis.range[1]
    if not low < high:
        return f"the range {low:g} to {high:g} is empty"
    if axis.scale == "log" and low <= 0.0:
        return f"the range starts at {low:g}, which has no place on a log scale"
    for unit in axis.allowed_units:
        try:
            conversion_factor(unit, axis.unit)
        except UnitProblem as problem:
            return f'the unit "{unit}" cannot be used: {problem.reason}'
    return None
