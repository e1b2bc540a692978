"""Reference curves of a plane, made for a figure: computed lines, records, published tables in the cache.

Which ones a plane has stands in its file. Those that depend on a model (the relic density of a mediator, the
kind of particle of a thermal relic) follow what the shown results state, one for each benchmark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from fairport.contract.constants import NOT_STATED
from fairport.contract.documents import Plane
from fairport.contract.errors import FairportError
from fairport.contract.files import inside
from fairport.contract.plane import ReferenceCurve
from fairport.contract.resources import catalog_root
from fairport.physics.arrays import FloatArray
from fairport.results.fields import field_value
from fairport.results.lines import line
from fairport.results.loaded import LoadedResult
from fairport.results.planes import Planes
from fairport.results.published import cached
from fairport.results.store import load_result

MAX_BENCHMARKS: Final = 4
"""Relic lines in one figure; with more, nobody could tell which belongs to which contour."""

_BENCHMARK: Final = {
    "mediator": "model.mediator.type",
    "gq": "model.couplings.gq",
    "gdm": "model.couplings.gdm",
    "gl": "model.couplings.gl",
}


@dataclass(frozen=True, eq=False)
class Reference:
    """A reference curve in a figure.

    Attributes:
        result: the curve, of kind ``line``.
        shades: curves (x, y) of shape (k,) each, in canonical units; the area below each is tinted.
    """

    result: LoadedResult
    shades: tuple[tuple[FloatArray, FloatArray], ...] = ()


@dataclass(frozen=True, slots=True)
class References:
    """What was found, and why the rest was not, in sentences."""

    curves: tuple[Reference, ...] = ()
    missing: tuple[str, ...] = ()


def references_of(plane: Plane, results: Sequence[LoadedResult], *, published: bool = False) -> References:
    """Make the reference curves of a plane for a figure with ``results``.

    Args:
        plane: the plane.
        results: what the figure shows; a curve among them is not made again.
        published: whether published tables in the user's cache count. They make a figure depend on the
            machine, so that catalogues leave them out.
    """
    if len(plane.axes) != 2:
        return References()
    known = {result.record.id for result in results}
    drawn = {result.record.title for result in results if result.record.kind == "line"}
    curves: list[Reference] = []
    missing: list[str] = []
    for entry in plane.reference:
        try:
            made = _make(entry, plane, results, published)
        except FairportError as error:
            missing.append(error.what)
            continue
        if made is None and published and entry.published is not None:
            name = entry.published.name
            missing.append(
                f"{entry.published.title} is drawn once it has been fetched: "
                f"fairport result line {name} --plane {plane.id} -o {name}"
            )
        for curve in made or ():
            record = curve.result.record
            if record.id not in known and record.title not in drawn:
                known.add(record.id)
                curves.append(curve)
    return References(tuple(curves), tuple(missing))


def _make(
    entry: ReferenceCurve, plane: Plane, results: Sequence[LoadedResult], published: bool
) -> list[Reference] | None:
    if entry.published is not None:
        if not published:
            return []
        found = cached(plane, entry.published)
        return None if found is None else [Reference(found.derived.loaded(), found.shades)]
    if entry.result is not None:
        path = inside(catalog_root(), entry.result)
        return [] if path is None else [Reference(load_result(path))]
    name = entry.line or ""
    wanted: list[dict[str, str]] = [{}]
    if name in {"relic", "thermal"}:
        wanted = _benchmarks(results) if name == "relic" else [_kind(results)]
    return [
        Reference(_line(name, plane.id, tuple(sorted((settings | entry.settings).items()))))
        for settings in wanted
    ]


@lru_cache(maxsize=64)
def _line(name: str, plane: str, settings: tuple[tuple[str, str], ...]) -> LoadedResult:
    return line(name, plane, dict(settings), planes=Planes()).loaded()


def _benchmarks(results: Sequence[LoadedResult]) -> list[dict[str, str]]:
    """Return the settings of each benchmark that the results state, in their order."""
    found: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}
    for result in results:
        values = {name: field_value(result.record, path) for name, path in _BENCHMARK.items()}
        if any(values[name] in {None, NOT_STATED} for name in ("mediator", "gq", "gdm")):
            continue
        settings = {
            name: str(value) if isinstance(value, str) else f"{float(value):g}"
            for name, value in values.items()
            if value is not None and value != NOT_STATED
        }
        found.setdefault(tuple(sorted(settings.items())), settings)
    return list(found.values())[:MAX_BENCHMARKS]


def _kind(results: Sequence[LoadedResult]) -> dict[str, str]:
    """Return the kind of particle that all results share that state one; self-conjugate where they differ."""
    stated = {field_value(result.record, "model.dm.self_conjugate") for result in results}
    return {"self_conjugate": "false"} if stated & {True, False} == {False} else {"self_conjugate": "true"}
