"""What a figure shows, free of any drawing library: the model that the web SVG and the matplotlib figure
share.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fairport.contract.documents import Plane
from fairport.contract.errors import FairportError
from fairport.physics.curves import FunctionCurve, Polyline, Scalar
from fairport.physics.grids import Grid
from fairport.physics.polygons import Region
from fairport.results.captions import caption
from fairport.results.combination.profilecurve import limit_of, note_on
from fairport.results.figure.ceilings import ceiling_of, excluded_band
from fairport.results.figure.extents import views_of
from fairport.results.figure.items import Band, Item, Marker, Piece
from fairport.results.figure.references import Reference
from fairport.results.figure.views import View
from fairport.results.loaded import LoadedResult
from fairport.results.style import Style, styles_of

FEW = 5
"""Up to this many curves leave room for the numbers that their publications state."""

SAMPLES = 240
"""Points with which a curve is drawn whose interpolation is not straight on the scales of the plane."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A figure before it is drawn.

    Attributes:
        x: shown part of the first axis.
        y: shown part of the second; ``None`` for planes with one axis.
        items: what is drawn, in the order given.
        undrawn: identifier and reason of each result that cannot be drawn.
        notes: lines for below the figure.
    """

    plane: Plane
    x: View
    y: View | None
    items: tuple[Item, ...]
    undrawn: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def build_scene(
    plane: Plane,
    results: Sequence[LoadedResult],
    *,
    colours: Mapping[str, int] | None = None,
    details: bool | None = None,
    references: Sequence[Reference] = (),
) -> Scene:
    """Turn results into what a figure shows. A result that cannot be drawn is left out and named; it never
    stops the others.

    Args:
        plane: the plane.
        results: results in this plane.
        colours: slots from :func:`fairport.results.style.colour_slots` over the whole catalogue.
        details: whether bands, companions and published numbers are drawn; by default bands and companions
            for a single result, published numbers for at most :data:`FEW` results.
        references: reference curves, drawn beneath the results; they count from ``len(results)`` on and widen
            the range of y where they are near.
    """
    styles = styles_of(results, colours)
    notes = caption(plane, results, [style.label for style in styles])
    detailed = len(results) == 1 if details is None else details
    published = len(results) <= FEW if details is None else details
    items: list[Item] = []
    undrawn: list[tuple[str, str]] = []
    for index, (result, style) in enumerate(zip(results, styles, strict=True)):
        try:
            item = _item(index, result, style, index in notes.marked, detailed, published)
        except FairportError as error:
            undrawn.append((result.id, error.what))
            continue
        if item is None:
            undrawn.append((result.id, f"a {result.record.kind} is not a curve"))
        else:
            items.append(item)
    items = _under_ceilings(items, results)
    guides = _guides(len(results), references)
    x, y = views_of(plane, items, guides)
    likelihoods = [item.result for item in items if item.result.record.kind == "profile"]
    lines = (*notes.lines, note_on(likelihoods)) if likelihoods else notes.lines
    return Scene(plane, x, y, (*items, *guides), tuple(undrawn), lines)


def _under_ceilings(items: list[Item], results: Sequence[LoadedResult]) -> list[Item]:
    """Give limits the ceilings that stand among the results; a ceiling excludes nothing of its own."""
    tops = {id(item): ceiling_of(item.result, results) for item in items}
    edges = {id(top) for top in tops.values() if top is not None}
    found = []
    for item in items:
        top = tops[id(item)]
        if top is not None and item.excluded == "above":
            found.append(dataclasses.replace(item, stretches=excluded_band(item.result, top)))
        elif id(item.result) in edges:
            style = dataclasses.replace(item.style, fill=False, line="dotted", width=1.3, marker=None)
            found.append(dataclasses.replace(item, style=style, excluded="none"))
        else:
            found.append(item)
    return found


def _guides(start: int, references: Sequence[Reference]) -> list[Item]:
    """Return the items of reference curves; one that cannot be drawn is left out."""
    found = []
    styles = styles_of([reference.result for reference in references])
    for index, (reference, style) in enumerate(zip(references, styles, strict=True), start):
        try:
            item = _item(index, reference.result, style, False, False, False)
        except FairportError:
            continue
        if item is not None:
            found.append(dataclasses.replace(item, shades=reference.shades))
    return found


def _item(
    index: int, result: LoadedResult, style: Style, marked: bool, detailed: bool, published: bool
) -> Item | None:
    if (
        result.plane.id.split(".")[:2] != result.record.plane.split(".")[:2]
    ):  # pragma: no cover (a caller's slip)
        return None
    curve = result.curve
    point = _point(result)
    if point is not None or isinstance(curve, Scalar):
        value = point or Marker(curve.value, math.nan, curve.minus, curve.plus)  # type: ignore[union-attr]
        return Item(index, result, style, point=value, excluded=result.bound or "none", marked=marked)
    excluded = result.record.geometry.excluded if result.record.geometry else "none"
    if isinstance(curve, Grid) and result.record.kind == "profile":
        x, y = limit_of(result)
        pieces = Polyline(x, y).segments
        return Item(index, result, style, pieces, marked=marked) if pieces else None
    if isinstance(curve, FunctionCurve):
        inner, outer = _function_pieces(result, curve)
        return Item(
            index,
            result,
            style,
            inner,
            outer,
            excluded=excluded,
            bands=_bands(result) if detailed else (),
            companions=_companions(result) if detailed else {},
            expectations=_expectations(result) if published else (),
            marked=marked,
        )
    if isinstance(curve, Region):
        return Item(index, result, style, curve.rings, closed=True, excluded=excluded, marked=marked)
    if isinstance(curve, Polyline):
        return Item(index, result, style, curve.segments, excluded=excluded, marked=marked)
    return None


def _point(result: LoadedResult) -> Marker | None:
    """Return a point with its values on the axes of the plane."""
    values = {value.quantity: value for value in result.record.values}
    wanted = [values.get(axis.quantity) for axis in result.plane.axes]
    if not values or any(value is None for value in wanted):
        return None
    from fairport.physics.units import conversion_factor

    numbers = []
    for value, axis in zip(wanted, result.plane.axes, strict=True):
        if value is None:
            return None
        factor = conversion_factor(value.unit, axis.unit)
        numbers.append(
            (value.value * factor, *(None if e is None else e * factor for e in (value.minus, value.plus)))
        )
    last = numbers[-1]
    x = numbers[0][0] or 0.0
    y = (last[0] or 0.0) if len(numbers) > 1 else math.nan
    return Marker(x, y, last[1], last[2])


def _function_pieces(
    result: LoadedResult, curve: FunctionCurve
) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Split a function into stretches inside and outside its declared validity, sampled where it is not
    straight.
    """
    low, high = result.valid_range
    inner: list[Piece] = []
    outer: list[Piece] = []
    for segment in _drawn(result, curve):
        inner += _clipped(segment, low, high)
        outer += _clipped(segment, -math.inf, low) + _clipped(segment, high, math.inf)
    return tuple(inner), tuple(outer)


def _drawn(result: LoadedResult, curve: FunctionCurve) -> list[Piece]:
    axes = result.plane.axes
    straight = curve.method == "linear" and (curve.x_scale, curve.y_scale) == (axes[0].scale, axes[1].scale)
    if straight:
        return list(curve.segments)
    pieces = []
    for x, y in curve.segments:
        if x.size < 2:
            pieces.append((x, y))
            continue
        spaced = np.geomspace if x[0] > 0 else np.linspace
        at = np.union1d(np.clip(spaced(x[0], x[-1], SAMPLES), x[0], x[-1]), x)
        pieces.append((at, curve.at(at)))
    return pieces


def _clipped(piece: Piece, low: float, high: float) -> list[Piece]:
    """Return the stretch of a piece with x in [low, high], its ends interpolated on log-log or linear
    scales.
    """
    x, y = piece
    if x[0] >= low and x[-1] <= high:
        return [piece]
    if x[-1] <= low or x[0] >= high or x.size < 2:
        return []
    log = bool(x[0] > 0 and np.all(y > 0))
    u, v = (np.log10(x), np.log10(y)) if log else (x, y)
    ends = [edge for edge in (low, high) if x[0] < edge < x[-1]]
    cut = [float(np.interp(np.log10(edge) if log else edge, u, v)) for edge in ends]
    inside = (x >= low) & (x <= high)
    xs, ys = x[inside], y[inside]
    for edge, value in zip(ends, cut, strict=True):
        number = 10.0**value if log else value
        if edge == low:
            xs, ys = np.concatenate(([edge], xs)), np.concatenate(([number], ys))
        else:
            xs, ys = np.concatenate((xs, [edge])), np.concatenate((ys, [number]))
    return [(xs, ys)]


def _bands(result: LoadedResult) -> tuple[Band, ...]:
    found = []
    for level, low, high in ((95, "p2.5", "p97.5"), (68, "p16", "p84")):
        if low in result.bands and high in result.bands:
            x = result.bands[low].x
            lows, highs = result.bands[low].y, result.bands[high].y
            good = np.isfinite(lows) & np.isfinite(highs)
            if np.count_nonzero(good) > 1:
                found.append(Band(level, x[good], lows[good], highs[good]))
    return tuple(found)


def _companions(result: LoadedResult) -> dict[str, tuple[Piece, ...]]:
    names = ("p50", "unconstrained", "discovery_3sigma")
    return {name: tuple(_drawn(result, result.bands[name])) for name in names if name in result.bands}


def _expectations(result: LoadedResult) -> tuple[Marker, ...]:
    """Published numbers on the dependent column at one x, in canonical units."""
    x_axis, y_axis = result.coordinates[0], result.coordinates[-1]
    found = []
    for expected in result.record.expectation:
        if set(expected.at) == {x_axis.name} and expected.column in {None, y_axis.column}:
            x = result.canonical(x_axis, values=np.array([expected.at[x_axis.name]]))
            y = result.canonical(y_axis, values=np.array([expected.value]))
            found.append(Marker(float(x[0]), float(y[0])))
    return tuple(found)
