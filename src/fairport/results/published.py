"""Published reference tables: fetched on demand, checked by their digest, kept in the user's cache.

What may not, or need not, be handed on is named in the file of its plane by address, digest, licence and
citation. A file is read as numbers in columns, whatever the delimiter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fairport.contract.constants import CONTRACT_VERSION
from fairport.contract.documents import Plane
from fairport.contract.errors import DocumentError
from fairport.contract.files import read_bytes, sha256_bytes, write_atomic
from fairport.contract.plane import PublishedCurve
from fairport.interop.cache import cache_root
from fairport.physics.arrays import FloatArray
from fairport.results.deriving import Derived, table_axes
from fairport.results.licences import Terms
from fairport.results.remote import fetch_bytes

MAX_BYTES = 5_000_000
_SPLIT = re.compile(r"[,;\s]+")


@dataclass(frozen=True, eq=False)
class Published:
    """A published curve with the curves (x, y), shape (k,) each, below which it is tinted."""

    derived: Derived
    shades: tuple[tuple[FloatArray, FloatArray], ...]


def cached(plane: Plane, curve: PublishedCurve) -> Published | None:
    """Return a published curve from the cache; ``None`` when it has not been fetched."""
    path = _place(curve)
    if not path.is_file():
        return None
    return _read(plane, curve, read_bytes(path, limit=MAX_BYTES))


def obtain(plane: Plane, curve: PublishedCurve, file: Path | None = None) -> Published:
    """Return a published curve: from ``file``, the cache or its address; it is in the cache afterwards.

    Raises:
        DocumentError: it cannot be had, or its digest is not the one that the plane names.
    """
    if file is None:
        known = cached(plane, curve)
        if known is not None:
            return known
        content = fetch_bytes(curve.url, MAX_BYTES)
    else:
        content = read_bytes(file, limit=MAX_BYTES)
    found = _read(plane, curve, content, where=str(file or curve.url))
    write_atomic(_place(curve), content)
    return found


def _place(curve: PublishedCurve) -> Path:
    return cache_root() / "published" / curve.sha256


def _read(plane: Plane, curve: PublishedCurve, content: bytes, *, where: str | None = None) -> Published:
    if sha256_bytes(content) != curve.sha256:
        raise DocumentError(
            f'"{curve.name}" is not the file that the plane {plane.id} names',
            where=where,
            why=f"its sha256 is {sha256_bytes(content)[:16]}…, not {curve.sha256[:16]}…",
        )
    rows = [_numbers(text) for text in content.decode("utf-8", "replace").splitlines()]
    numbers = [row for row in rows if row]
    wide = max((len(row) for row in numbers), default=0)
    table = np.array([row for row in numbers if len(row) == wide], dtype=np.float64)
    columns = [curve.columns.get(axis.name, index) for index, axis in enumerate(plane.axes, 1)]
    if table.size == 0 or max(*columns, *curve.shades) > wide:
        raise DocumentError(f'"{curve.name}" has {wide} columns', where=where)
    x, y = (table[:, column - 1] for column in columns)
    shades = tuple((x, table[:, column - 1]) for column in curve.shades)
    names = [axis.name for axis in plane.axes]
    derived = Derived(
        _record(plane, curve),
        dict(zip(names, (x, y), strict=True)),
        plane,
        Terms(curve.licence, True, f"published at {curve.url}"),
        table="line.csv",
    )
    return Published(derived, ((x, y), *shades) if curve.shades else ())


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in _SPLIT.split(text.split("#")[0].strip()) if part]
    except ValueError:
        return []


def _record(plane: Plane, curve: PublishedCurve) -> dict[str, object]:
    source = {"sha256": curve.sha256}
    return {
        "schema_version": CONTRACT_VERSION,
        "id": curve.name,
        "title": curve.title,
        "description": f"{curve.title}, as published: {', '.join(curve.cite)}; table from {curve.url}.",
        "version": "1",
        "status": "draft",
        "kind": "line",
        "plane": plane.id,
        "licence": curve.licence,
        "provenance": {"origin": "digitised", "cite": list(curve.cite), "source": source},
        "axes": table_axes(plane),
        "geometry": {"shape": "function", "excluded": "none"},
        "interpolation": {
            "x": plane.axes[0].scale,
            "y": plane.axes[1].scale,
            "method": "linear",
            "outside": "nan",
        },
    }
