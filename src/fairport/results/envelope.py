"""Envelope of limits: the strongest of several at each mass. It is no combination and has no CL of its own.

y(m) = min_k y_k(m) (the maximum where a limit excludes below), each curve interpolated by its own rule
inside its own range only, nothing extrapolated. Where two curves cross, a point is put, so that log-log
interpolation of the envelope gives back the strongest curve; where a curve begins or ends, or the winner
has a vertical step, the envelope has a step. A chance downward fluctuation of any member shows undiluted,
which is why an envelope is stronger on average than the experiments deserve.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from fairport.contract.errors import RefusedError
from fairport.physics.arrays import FloatArray
from fairport.physics.curves import FunctionCurve
from fairport.results import admission
from fairport.results.deriving import (
    Derived,
    base_record,
    derivation,
    label_of_inputs,
    reference,
    refuse_examples,
    table_axes,
    terms_of,
)
from fairport.results.loaded import LoadedResult

TRANSFORM: Final = "envelope"
KINDS: Final = ("digitised", "recast", "projection", "simulation", "expected", "superseded")
"""What an envelope leaves out unless it is asked for."""

_DENSE: Final = 100
"""Points per decade for curves that are not straight in log-log."""


@dataclass(frozen=True, eq=False)
class Envelope:
    """The strongest of several limits.

    Attributes:
        x: shape (n,), canonical unit, never falling; equal neighbours are a step.
        y: shape (n,), canonical unit; NaN separates ranges that nothing covers.
        winner: shape (n,), index of the member that is strongest from this row to the next; -1 for none.
        members: the results, in the order of the indices.
        left_out: sentences on what was not taken, and why.
        notes: what a person must know.
    """

    x: FloatArray
    y: FloatArray
    winner: npt.NDArray[np.int64]
    members: tuple[LoadedResult, ...]
    left_out: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Piece:
    """An unbroken stretch of a member on log-log scales, with the points of its table as they stand there."""

    owner: int
    u: FloatArray
    v: FloatArray
    exact: dict[float, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A straight part of the envelope on one piece, in log10 of both axes."""

    piece: int
    start: float
    low: float
    end: float
    high: float


def envelope(
    inputs: Sequence[LoadedResult],
    *,
    include: frozenset[str] = frozenset(),
    cl: float | None = None,
    name: str | None = None,
) -> tuple[Envelope, Derived]:
    """Return the envelope of observed limits of collaborations.

    Args:
        inputs: limits of one plane.
        include: members of :data:`KINDS` that may enter too.
        cl: take only limits at this confidence level, the others are left out.
        name: identifier of the result.

    Raises:
        RefusedError: nothing is left, or the members do not agree in level, statistics or model.
    """
    refuse_examples(inputs, "an envelope")
    admission.refuse_different_models(inputs)
    if inputs and inputs[0].plane.orientation not in {"above", "below"}:
        raise RefusedError(f"the plane {inputs[0].plane.id} has no stronger and weaker, so no envelope")
    reasons = [why_left_out(result, include, cl) for result in inputs]
    members = tuple(result for result, reason in zip(inputs, reasons, strict=True) if reason is None)
    left_out = tuple(
        f"{result.id} is left out: {reason}"
        for result, reason in zip(inputs, reasons, strict=True)
        if reason is not None
    )
    if not members:
        raise RefusedError(
            "no result is left for the envelope",
            why="; ".join(left_out) or "none was given",
            mend="take more with --include digitised, expected, projection, ...",
        )
    admission.refuse_unstated(members, "an envelope")
    admission.refuse_mixed_statistics(members)
    admission.refuse_duplicates(members)
    upper = members[0].plane.orientation == "below"
    x, y, winner = _strongest(members, upper)
    notes = ("an envelope, not a combination: no confidence level belongs to it as a whole",)
    found = Envelope(x, y, winner, members, left_out, (*notes, *admission.soft_disagreements(members)))
    return found, _derive(found, name or "envelope")


def why_left_out(
    result: LoadedResult, include: frozenset[str] = frozenset(), cl: float | None = None
) -> str | None:
    """Return why a result does not enter an envelope, ``None`` if it does; arguments as for
    :func:`envelope`.
    """
    record = result.record
    role = record.statistics.role if record.statistics else "observed"
    origin = record.provenance.origin
    reasons = [
        (record.kind not in {"limit", "projection"}, f"it is a {record.kind}, not a limit"),
        (record.status == "superseded" and "superseded" not in include, "it is superseded"),
        (
            (record.kind == "projection" or origin == "projection") and "projection" not in include,
            "it is a projection (--include projection)",
        ),
        (role == "expected" and not include & {"expected", "projection"}, "it is expected, not observed"),
        (role == "injected" and "simulation" not in include, "it comes from simulated data"),
        (
            origin not in {"collaboration", "projection"} and origin not in include,
            f"its numbers are {origin}, not the collaboration's own (--include {origin})",
        ),
        (
            cl is not None and (record.statistics is None or record.statistics.level != cl),
            "its confidence level is another",
        ),
        (not isinstance(result.curve, FunctionCurve), "it is no function of the mass"),
    ]
    return next((text for wrong, text in reasons if wrong), None)


def _strongest(
    members: Sequence[LoadedResult], upper: bool
) -> tuple[FloatArray, FloatArray, npt.NDArray[np.int64]]:
    """Return points, values and winners of the envelope."""
    pieces = [piece for owner, member in enumerate(members) for piece in _pieces(owner, member)]
    knots = np.unique(np.concatenate([piece.u for piece in pieces]))
    sign = -1.0 if upper else 1.0
    values = np.array([np.interp(knots, p.u, p.v, left=np.nan, right=np.nan) for p in pieces]) * sign
    stretches: list[_Stretch] = []
    for i, active in enumerate(_active(pieces, knots)):
        if not active.size:
            continue
        a, b = float(knots[i]), float(knots[i + 1])
        ends = values[active][:, i : i + 2]
        for start, end in itertools.pairwise(_breaks(a, b, ends).tolist()):
            shares = (np.array([start, 0.5 * (start + end), end]) - a) / (b - a)
            levels = ends[:, :1] + (ends[:, 1:] - ends[:, :1]) * shares
            best = int(np.argmin(levels[:, 1]))
            low, high = (float(levels[best, k]) * sign for k in (0, 2))
            _append(stretches, _Stretch(int(active[best]), start, low, end, high), pieces)
    return _points(stretches, pieces)


def _append(stretches: list[_Stretch], new: _Stretch, pieces: Sequence[_Piece]) -> None:
    """Add a stretch; one that goes straight on from the last (no point of the table there) lengthens it."""
    last = stretches[-1] if stretches else None
    straight = last is not None and last.piece == new.piece and last.end == new.start
    if last is not None and straight and new.start not in pieces[new.piece].exact:
        stretches[-1] = _Stretch(new.piece, last.start, last.low, new.end, new.high)
    else:
        stretches.append(new)


def _active(pieces: Sequence[_Piece], knots: FloatArray) -> list[npt.NDArray[np.intp]]:
    """Return for each interval between knots the pieces that cover it."""
    low = np.array([piece.u[0] for piece in pieces])[:, None]
    high = np.array([piece.u[-1] for piece in pieces])[:, None]
    covers = (low <= knots[:-1]) & (high >= knots[1:])
    return [np.flatnonzero(column) for column in covers.T]


def _breaks(a: float, b: float, ends: FloatArray) -> FloatArray:
    """Return a, b and the places between them at which the lowest line changes, for the values of shape (k,
    2) of straight lines at both ends. A line that is lowest at both ends is lowest between them.
    """
    first, last = int(np.argmin(ends[:, 0])), int(np.argmin(ends[:, 1]))
    if first == last:
        return np.array([a, b])
    slopes = ends[:, 1] - ends[:, 0]
    places, share, current = [a], 0.0, first
    while current != last and len(places) <= ends.shape[0]:
        with np.errstate(divide="ignore", invalid="ignore"):
            meet = (ends[current, 0] - ends[:, 0]) / (slopes - slopes[current])
        meet = np.where((slopes < slopes[current]) & (meet >= share), meet, np.inf)
        nearest = int(np.argmin(meet))
        if not meet[nearest] < 1.0:
            break
        share, current = float(meet[nearest]), nearest
        places.append(a + (b - a) * share)
    return np.unique([*places, b])


def _points(
    stretches: Sequence[_Stretch], pieces: Sequence[_Piece]
) -> tuple[FloatArray, FloatArray, npt.NDArray[np.int64]]:
    """Return the corners of joined stretches; the winner of a row holds up to the next row.

    Stretches that meet share a row, a jump gives two rows at one x, a gap a row without value. Numbers of
    the tables are kept as they stand there.
    """
    rows: list[tuple[float, float, int]] = []
    for previous, one in zip([None, *stretches], stretches, strict=False):
        if previous is not None and previous.end < one.start:
            rows.append((10.0 ** (0.5 * (previous.end + one.start)), np.nan, -1))
        meets = previous is not None and previous.end == one.start
        x, y = pieces[one.piece].exact.get(one.start, (10.0**one.start, 10.0**one.low))
        if meets and np.isclose(rows[-1][1], y, rtol=1e-11, atol=0.0):
            rows[-1] = (rows[-1][0], rows[-1][1], pieces[one.piece].owner)
        else:
            rows.append((x, y, pieces[one.piece].owner))
        x, y = pieces[one.piece].exact.get(one.end, (10.0**one.end, 10.0**one.high))
        rows.append((x, y, pieces[one.piece].owner))
    columns = list(zip(*rows, strict=True))
    return np.array(columns[0]), np.array(columns[1]), np.array(columns[2], dtype=np.int64)


def _pieces(owner: int, member: LoadedResult) -> list[_Piece]:
    """Cut a member at gaps and steps, inside its range of validity, on log-log scales."""
    curve = member.curve
    if not isinstance(curve, FunctionCurve):
        return []
    low, high = member.valid_range
    found = []
    for xs, ys in curve.segments:
        for px, py in _rising(xs, ys):
            if px.size < 2:
                continue
            u, v = _log_log(curve, px, py)
            cut_low, cut_high = max(u[0], np.log10(low)), min(u[-1], np.log10(high))
            if not cut_low < cut_high:
                continue
            inner = (u > cut_low) & (u < cut_high)
            knots = np.concatenate(([cut_low], u[inner], [cut_high]))
            points = zip(np.log10(px).tolist(), px.tolist(), py.tolist(), strict=True)
            exact = {at: (x, y) for at, x, y in points}
            found.append(_Piece(owner, knots, np.interp(knots, u, v), exact))
    return found


def _rising(xs: FloatArray, ys: FloatArray) -> list[tuple[FloatArray, FloatArray]]:
    cuts = np.flatnonzero(np.diff(xs) == 0.0) + 1
    return list(zip(np.split(xs, cuts), np.split(ys, cuts), strict=True))


def _log_log(curve: FunctionCurve, px: FloatArray, py: FloatArray) -> tuple[FloatArray, FloatArray]:
    if curve.method == "linear" and curve.x_scale == "log" and curve.y_scale == "log":
        return np.log10(px), np.log10(py)
    u = np.log10(px)
    count = max(int((u[-1] - u[0]) * _DENSE), 2)
    dense = np.unique(np.concatenate((u, np.linspace(u[0], u[-1], count))))
    piece = FunctionCurve(px, py, curve.x_scale, curve.y_scale, curve.method, "nan", curve.excluded)
    values = piece.at(np.clip(10.0**dense, px[0], px[-1]))
    return dense, np.log10(values)


def _derive(found: Envelope, name: str) -> Derived:
    first = found.members[0]
    axes = table_axes(first.plane)
    named = "; ".join(f"winner {k + 1} is {reference(member)}" for k, member in enumerate(found.members))
    statistics = {k: v for k, v in first.data["statistics"].items() if k in {"role", "cl", "sided", "method"}}
    record = base_record(
        found.members,
        name=name,
        title=f"Envelope of {len(found.members)} limits (no combination){label_of_inputs(found.members)}",
        kind="projection" if first.record.kind == "projection" else "limit",
        plane=first.plane.id,
        description=f"The strongest limit at each mass; {named}.",
    )
    level = first.record.statistics.level if first.record.statistics else None
    record |= {
        "axes": axes,
        "geometry": {"shape": "function", "excluded": first.plane.orientation},
        "interpolation": {"x": "log", "y": "log", "method": "linear", "outside": "nan"},
        "statistics": statistics | ({"cl": level} if level is not None else {}),
        "model": dict(first.data.get("model", {})),
        "validity": {
            "notes": [*found.notes, named, *found.left_out, f"licence: {terms_of(found.members).reason}"]
        },
        "derived_from": [
            derivation(
                member,
                TRANSFORM,
                {"winner": k + 1, "rule": "log-log, own range only", "strongest": strongest_in(found, k)},
            )
            for k, member in enumerate(found.members)
        ],
        "data_overlap": {"results": sorted({reference(member) for member in found.members})},
    }
    astros = [member.data.get("astro") for member in found.members]
    if astros[0]:
        record["astro"] = astros[0] if all(astro == astros[0] for astro in astros) else _common_astro(astros)
    columns = {axes[0]["column"]: found.x, axes[1]["column"]: found.y}
    numbered = np.where(found.winner >= 0, found.winner + 1.0, np.nan)
    extras = {"winners.csv": {**columns, "winner": numbered}}
    terms, label = terms_of(found.members), f"Envelope ({len(found.members)})"
    return Derived(record, columns, first.plane, terms, extras=extras, notes=found.notes, label=label)


def strongest_in(found: Envelope, member: int) -> list[list[float]]:
    """Return the ranges of x in which a member is the strongest, as [from, to] pairs."""
    ranges: list[list[float]] = []
    for i in range(found.x.size - 1):
        if found.winner[i] != member or found.x[i] == found.x[i + 1]:
            continue
        if ranges and ranges[-1][1] == float(found.x[i]):
            ranges[-1][1] = float(found.x[i + 1])
        else:
            ranges.append([float(found.x[i]), float(found.x[i + 1])])
    return ranges


def _common_astro(astros: Sequence[Any]) -> dict[str, Any]:
    """Return the astrophysical inputs that all members share; what differs is not-stated."""
    keys = {key for astro in astros for key in (astro or {})} - {"curated"}
    common: dict[str, Any] = {}
    for key in sorted(keys):
        values = [(astro or {}).get(key) for astro in astros]
        common[key] = values[0] if all(value == values[0] for value in values) else "not-stated"
    return common
