"""Results of other planes inside a named benchmark: what ``fairport translate`` gives, made by the build.

Scattering, annihilation and searches at colliders compare inside one model with its couplings only. So a
plane page offers the benchmarks in which results of other planes can be brought to it: those of the working
group on dark matter at the LHC (arXiv:1703.05703) by their names, others by their couplings. A contour holds
for the couplings that its record states; a limit is brought to each benchmark of the plane in which contours
live.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from fairport.catalog.model import ShownPlane, ShownResult, SiteModel
from fairport.contract.documents import Plane
from fairport.results.fields import field_value
from fairport.results.loaded import LoadedResult
from fairport.results.translation.translate import translate

MAX_SOURCES: Final = 24
"""Results of another plane that are brought to a plane, those drawn by default first."""

MAX_BENCHMARKS: Final = 8
"""Benchmarks that a plane offers."""

_MODEL: Final = "simplified-model"
_CONTOURS: Final = "collider"
_LEFT_OUT: Final = frozenset({"example", "superseded", "simulation"})

Couplings = tuple[str, float, float, float]
"""Type of the mediator, g_q, g_l, g_χ."""

NAMED: Final[Mapping[Couplings, str]] = {
    ("vector", 0.25, 0.0, 1.0): "V1",
    ("vector", 0.1, 0.01, 1.0): "V2",
    ("axial-vector", 0.25, 0.0, 1.0): "A1",
    ("axial-vector", 0.1, 0.1, 1.0): "A2",
}
"""The benchmarks of arXiv:1703.05703."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A model with its couplings.

    Attributes:
        name: short name: ``V1``, or made of the couplings; safe in addresses and file names.
        title: the couplings in words.
        couplings: the same as numbers.
    """

    name: str
    title: str
    couplings: Couplings


@dataclass(frozen=True, eq=False)
class Translated:
    """A result of another plane inside a benchmark.

    Attributes:
        id: identifier on the page of the plane.
        source: the result that was translated.
        loaded: the translation; record and numbers are those of ``fairport translate``.
        notes: what it assumes, in sentences.
    """

    id: str
    source: ShownResult
    loaded: LoadedResult
    notes: tuple[str, ...]
    kind: str = "translated"
    shown: bool = False

    @property
    def url(self) -> str:
        """Page of the result that was translated."""
        return self.source.url


@dataclass(frozen=True, eq=False)
class Chapter:
    """What a plane shows inside one benchmark.

    Attributes:
        benchmark: the model.
        results: results of other planes, translated.
        natives: results of the plane that hold in this model; ``None`` when all of them may be shown.
    """

    benchmark: Benchmark
    results: tuple[Translated, ...]
    natives: tuple[str, ...] | None


def benchmark_of(loaded: LoadedResult) -> Benchmark | None:
    """Return the benchmark in which a result holds by what its record states, ``None`` outside of models."""
    couplings = _stated(loaded)
    return None if couplings is None else _benchmark(couplings)


def sources_of(model: SiteModel, plane: Plane) -> list[ShownResult]:
    """Return the results of other planes that can be brought to ``plane`` through a model.

    No record is read for that.
    """
    if len(plane.axes) != 2:
        return []
    return [
        result
        for other in model.planes
        if other.plane.id != plane.id and _leads(other.plane, plane)
        for result in [one for one in other.results if one.kind not in _LEFT_OUT][:MAX_SOURCES]
    ]


def chapters_of(model: SiteModel, shown: ShownPlane) -> list[Chapter]:
    """Return the benchmarks in which results of other planes can be shown in a plane, with these results.

    What cannot be translated (another interaction, couplings that are not stated) is left out.
    """
    sources = sources_of(model, shown.plane)
    if not sources:
        return []
    own = _own(shown) if _holds_contours(shown.plane) else {}
    made: dict[Couplings, list[Translated]] = {}
    for result in sources:
        for couplings, translated in _translations(result, shown.plane, own):
            made.setdefault(couplings, []).append(translated)
    known = sorted(made, key=lambda one: (one not in NAMED, NAMED.get(one, ""), one))
    natives = own if own else None
    return [
        Chapter(_benchmark(one), tuple(made[one]), None if natives is None else tuple(natives.get(one, ())))
        for one in known[:MAX_BENCHMARKS]
    ]


def _leads(source: Plane, target: Plane) -> bool:
    return any(
        one.method == _MODEL and (target.id == one.to or target.id.startswith(f"{one.to}."))
        for one in source.translations
    )


def _holds_contours(plane: Plane) -> bool:
    return plane.id.partition(".")[0] == _CONTOURS


def _own(shown: ShownPlane) -> dict[Couplings, list[str]]:
    """Return the named benchmarks and those that the results of a plane state, with these results."""
    found: dict[Couplings, list[str]] = {couplings: [] for couplings in NAMED}
    for result in shown.results[:MAX_SOURCES]:
        couplings = _stated(result.loaded)
        if couplings is not None:
            found.setdefault(couplings, []).append(result.id)
    return found


def _stated(loaded: LoadedResult) -> Couplings | None:
    kind = field_value(loaded.record, "model.mediator.type")
    values = [field_value(loaded.record, f"model.couplings.{name}") for name in ("gq", "gl", "gdm")]
    numbers = [float(value) if isinstance(value, (int, float)) else None for value in values]
    if not isinstance(kind, str) or numbers[0] is None or numbers[2] is None:
        return None
    return kind, numbers[0], numbers[1] or 0.0, numbers[2]


def _translations(
    result: ShownResult, plane: Plane, own: Iterable[Couplings]
) -> Iterator[tuple[Couplings, Translated]]:
    """Translate a result: a contour inside its own model, a limit inside each of ``own``."""
    each: Sequence[Mapping[str, str]] = [_settings(one) for one in own] or [{}]
    for settings in each:
        try:
            derived = translate(result.loaded, plane.id, settings)
            couplings = _couplings(derived.record["derived_from"][0]["parameters"])
            loaded = replace(
                derived.loaded(),
                analysis=result.analysis_id,
                experiment=result.loaded.experiment,
                collaboration=result.loaded.collaboration,
            )
        except Exception:  # noqa: BLE001, S112 - refused, or one odd record, which must not cost the page
            continue
        identifier = f"{result.id}~{_benchmark(couplings).name}"
        yield couplings, Translated(identifier, result, loaded, derived.notes)


def _settings(couplings: Couplings) -> dict[str, str]:
    kind, gq, gl, gdm = couplings
    return {"mediator": kind, "gq": repr(gq), "gl": repr(gl), "gdm": repr(gdm)}


def _couplings(parameters: Mapping[str, Any]) -> Couplings:
    return (
        str(parameters["mediator"]),
        float(parameters["gq"]),
        float(parameters["gl"]),
        float(parameters["gdm"]),
    )


def _benchmark(couplings: Couplings) -> Benchmark:
    kind, gq, gl, gdm = couplings
    title = f"{kind} mediator, g_q = {gq:g}, g_χ = {gdm:g}, g_ℓ = {gl:g}"
    name = NAMED.get(couplings)
    if name is not None:
        return Benchmark(name, f"{name}: {title}", couplings)
    plain = re.sub(r"[^a-z0-9.-]", "", f"{kind}-{gq:g}-{gl:g}-{gdm:g}".lower())
    return Benchmark(plain, title, couplings)
