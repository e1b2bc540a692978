"""Which points of a model are excluded: by what, by how much, and where nobody can say.

A point makes up a fraction f of the dark matter, so that an experiment sees less of it than its limit
assumes: scattering and decay scale with f, annihilation (and with it the CMB bound) with f^2, couplings
whose square is counted with the root of f; colliders do not care. The margin is the effective value over
the limit (its inverse where limits exclude below): above 1 is excluded. Overburden: above its ceiling a
limit excludes nothing, and the rock stops the particle by its own cross-section, whatever f is.

Only what was observed excludes. Projections, expected limits and likelihoods do not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from fairport.contract.documents import Plane
from fairport.contract.errors import RefusedError
from fairport.physics.curves import FunctionCurve, Polyline
from fairport.physics.grids import Grid
from fairport.physics.polygons import Region
from fairport.results.deriving import reference, refuse_examples
from fairport.results.fields import field_value, unstated_fields
from fairport.results.loaded import LoadedResult

POWERS: Final[Mapping[str, float]] = {
    "cross_section": 1.0,
    "annihilation_cross_section": 2.0,
    "annihilation_parameter": 2.0,
    "dark_matter_lifetime": -1.0,
}
"""Power of f by which the effective value of a quantity is multiplied; others do not depend on f."""

ROOTS: Final = frozenset({"axion_photon_coupling", "axion_electron_coupling", "kinetic_mixing"})
"""Couplings: the rate goes with their square times f, where dark matter of the Galaxy is what is seen."""

STATUSES: Final = ("excluded", "allowed", "not covered", "unknown")


@dataclass(frozen=True, slots=True)
class Point:
    """A model point in canonical units.

    Attributes:
        x: first axis of the plane.
        y: second axis; the value itself in a plane with one axis.
        fraction: of the dark matter, 0 < f <= 1.
        row: number of its row, from 1.
    """

    x: float
    y: float
    fraction: float = 1.0
    row: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known about a point.

    Attributes:
        point: the point.
        status: one of :data:`STATUSES`.
        by: the result with the largest margin (excluded) or the nearest one (allowed).
        margin: effective value over the limit, so that above 1 is excluded; ``None`` for regions.
        reason: why, in words.
        others: further results that exclude the point.
    """

    point: Point
    status: str
    by: str | None = None
    margin: float | None = None
    reason: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Finding:
    """What one result says of one point: excluded, allowed, not covered or unknown."""

    status: str
    result: str
    margin: float | None = None
    reason: str = ""


def exclude(
    points: Sequence[Point],
    plane: Plane,
    inputs: Sequence[LoadedResult],
    *,
    self_conjugate: bool | None = None,
) -> tuple[list[Verdict], tuple[str, ...]]:
    """Judge model points by the observed results of one plane.

    Args:
        points: in canonical units.
        plane: the plane.
        inputs: results of that plane; ceilings are looked up among them.
        self_conjugate: nature of the model's particle; where a result assumes the other, an annihilation
            cross-section counts a factor 2 (Dirac: half the flux). ``None`` takes each result as it is.

    Returns:
        A verdict for each point in order, and sentences on results that were not used.

    Raises:
        RefusedError: a result of another plane, an example, or a fraction outside (0, 1].
    """
    refuse_examples(inputs, "an exclusion")
    for result in inputs:
        if result.plane.id != plane.id:
            raise RefusedError(f'"{result.id}" lives in {result.plane.id}, not in {plane.id}')
    for point in points:
        if not 0.0 < point.fraction <= 1.0:
            raise RefusedError(
                f"row {point.row}: a fraction of {point.fraction:g} is not possible", mend="use 0 < f <= 1"
            )
    ceilings = {reference(result).partition("@")[0]: result for result in inputs} | {
        result.record.id: result for result in inputs
    }
    wanted = {result.record.geometry.ceiling for result in inputs if result.record.geometry}
    edges = {
        id(ceilings[_bare(name, ceilings)]) for name in wanted if name and _bare(name, ceilings) in ceilings
    }
    used, notes = [], []
    for result in inputs:
        why = "it is the ceiling of another result" if id(result) in edges else unusable(result)
        if why is None:
            used.append(result)
        else:
            notes.append(f"{result.id} is not used: {why}")
    verdicts = [_judge(point, plane, used, ceilings, self_conjugate) for point in points]
    return verdicts, tuple(notes)


def effective(plane: Plane, result: LoadedResult, point: Point, self_conjugate: bool | None) -> float:
    """Return the value that a result sees of a point, given fraction and nature of the particle."""
    axis = plane.axes[-1]
    assumed = field_value(result.record, "model.dm.local_fraction")
    share = point.fraction / (float(assumed) if isinstance(assumed, (int, float)) and assumed > 0 else 1.0)
    value = float(point.y * share ** fraction_power(plane, result))
    own = field_value(result.record, "model.dm.self_conjugate")
    if axis.quantity == "annihilation_cross_section" and self_conjugate is not None and isinstance(own, bool):
        if own and not self_conjugate:
            value /= 2.0
        elif not own and self_conjugate:
            value *= 2.0
    return value


def fraction_power(plane: Plane, result: LoadedResult) -> float:
    """Return the power of the fraction f by which the value that a result sees of a point is multiplied."""
    quantity = plane.axes[-1].quantity
    if quantity in ROOTS:
        return 0.5 if result.record.astro.halo is not None else 0.0
    return POWERS.get(quantity, 0.0) if plane.search != "collider" else 0.0


def unusable(result: LoadedResult) -> str | None:
    """Return why a result excludes nothing, in words that follow "is not used:"; ``None`` when it may."""
    record = result.record
    role = record.statistics.role if record.statistics else "observed"
    if record.kind == "projection" or record.provenance.origin == "projection":
        return "it is a projection"
    if record.provenance.origin == "simulation" or role == "injected":
        return "it comes from simulated data"
    if role == "expected":
        return "it is expected, not observed"
    if record.kind in {"profile", "workspace", "line"}:
        return f"it is a {record.kind}, not a limit"
    geometry = record.geometry
    if isinstance(result.curve, Polyline):
        return "it is an open contour, whose inside is not known"
    if record.kind == "region" and geometry is not None and geometry.excluded == "none":
        return "it is a signal region, which excludes nothing"
    return None


def _judge(
    point: Point,
    plane: Plane,
    results: Sequence[LoadedResult],
    ceilings: Mapping[str, LoadedResult],
    self_conjugate: bool | None,
) -> Verdict:
    if not (math.isfinite(point.x) and math.isfinite(point.y)):
        return Verdict(point, "unknown", reason="a coordinate of the point is missing")
    found = [_finding(point, plane, result, ceilings, self_conjugate) for result in results]
    excluded = sorted((f for f in found if f.status == "excluded"), key=lambda f: -(f.margin or math.inf))
    if excluded:
        first = excluded[0]
        others = tuple(f.result for f in excluded[1:])
        return Verdict(point, "excluded", first.result, first.margin, first.reason, others)
    unknown = [f for f in found if f.status == "unknown"]
    if unknown:
        return Verdict(point, "unknown", unknown[0].result, unknown[0].margin, unknown[0].reason)
    allowed = sorted((f for f in found if f.status == "allowed"), key=lambda f: -(f.margin or 0.0))
    if allowed:
        return Verdict(point, "allowed", allowed[0].result, allowed[0].margin, allowed[0].reason)
    return Verdict(point, "not covered", reason="no result says anything there")


def _finding(
    point: Point,
    plane: Plane,
    result: LoadedResult,
    ceilings: Mapping[str, LoadedResult],
    self_conjugate: bool | None,
) -> _Finding:
    value = effective(plane, result, point, self_conjugate)
    found = _against(point, value, plane, result)
    if found.status == "excluded":
        geometry = result.record.geometry
        if geometry is not None and geometry.ceiling:
            found = _under_ceiling(found, point, geometry.ceiling, ceilings)
    if found.status == "excluded":
        missing = unstated_fields(result.record, plane)
        if missing:
            why = f"{result.id} would exclude it, but does not state {', '.join(missing)}"
            return _Finding("unknown", result.id, found.margin, why)
    return found


def _against(point: Point, value: float, plane: Plane, result: LoadedResult) -> _Finding:
    curve = result.curve
    level = result.record.statistics.level if result.record.statistics else None
    at = f"at {100.0 * level:g} % CL" if level is not None else "at a level that is not stated"
    if isinstance(curve, (Region, Grid)) or result.record.geometry is None:
        return _against_other(point, value, result, at)
    if not isinstance(curve, FunctionCurve):
        return _Finding("not covered", result.id)
    limit = result.reading(point.x).value
    if limit is None or not limit > 0.0:
        return _Finding("not covered", result.id)
    side = result.record.geometry.excluded
    margin = limit / value if side == "below" else value / limit
    if side not in {"above", "below"}:
        return _Finding("unknown", result.id, None, f"{result.id} does not say which side it excludes")
    return _Finding("excluded" if margin > 1.0 else "allowed", result.id, margin, at)


def _against_other(point: Point, value: float, result: LoadedResult, at: str) -> _Finding:
    """Judge by a region (inside or outside) or by a single number."""
    curve = result.curve
    if isinstance(curve, Region):
        inside = bool(np.all(curve.contains(point.x, value)))
        side = result.record.geometry.excluded if result.record.geometry else "inside"
        if inside == (side == "inside"):
            return _Finding("excluded", result.id, None, f"{side} the region, {at}")
        low, high = result.valid_range
        if low <= point.x <= high:
            return _Finding("allowed", result.id, None, f"not {side} the region, {at}")
        return _Finding("not covered", result.id)
    statistics = result.record.statistics
    if result.record.values and statistics is not None and statistics.sided == "one":
        limit = result.record.values[0]
        from fairport.physics.units import conversion_factor

        number = limit.value * conversion_factor(limit.unit, result.plane.axes[-1].unit)
        margin = value / number
        return _Finding("excluded" if margin > 1.0 else "allowed", result.id, margin, at)
    return _Finding("not covered", result.id)


def _under_ceiling(
    found: _Finding, point: Point, name: str, ceilings: Mapping[str, LoadedResult]
) -> _Finding:
    """Take back an exclusion above the ceiling; the rock knows nothing of the fraction."""
    edge = ceilings.get(_bare(name, ceilings))
    if edge is None:
        why = f"{found.result} holds below its ceiling {name} only, which is not among the results"
        return _Finding("unknown", found.result, found.margin, why)
    top = edge.reading(point.x).value
    if top is None:
        why = f"the ceiling {name} of {found.result} says nothing at {point.x:g}"
        return _Finding("unknown", found.result, found.margin, why)
    if point.y > top:
        return _Finding("allowed", found.result, None, f"above the ceiling of {found.result} (overburden)")
    return found


def _bare(name: str, ceilings: Mapping[str, LoadedResult]) -> str:
    """Return the key of a ceiling: its full name, else its identifier within an analysis."""
    plain = name.partition("@")[0]
    return plain if plain in ceilings else plain.rpartition("/")[2]
