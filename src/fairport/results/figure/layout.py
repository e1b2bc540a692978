"""From a scene to positions in a picture: lines, fills, labels. Positions have y pointing down; units are
those of the frame.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from fairport.physics.simplify import simplify
from fairport.results.figure.clipping import Frame, Line, clip_polygon, clip_to
from fairport.results.figure.items import Item, Marker, Piece
from fairport.results.figure.labels import Placement, Request, place_badges, place_labels
from fairport.results.figure.richtext import plain, width
from fairport.results.figure.scene import Scene

TOLERANCE: Final = 0.3
"""Greatest distance by which a simplified line may leave its points."""

DENSE: Final = 120
COARSE: Final = 0.8
"""The same where more than :data:`DENSE` curves lie over each other: less than half a line is wide."""

MAX_BADGES: Final = 40
"""Curves that get a number; a longer key would be of no use to anybody."""

BADGE: Final = 0.72
"""Radius of a numbered badge, relative to the font size."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A point with the ends of its vertical error bar (equal to ``y`` without one)."""

    x: float
    y: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """One item in picture positions; everything is clipped to the frame and simplified.

    Attributes:
        lines: the curve inside its range of validity.
        faded: the rest of it.
        fills: polygons of the excluded side, or of a region.
        bands: (level, polygon) of expected bands, the wide one first.
        companions: name to lines.
        markers: places of the markers that tell the origin, shape (k,) each.
        expectations: published numbers.
        shades: polygons below the curves of a shaded reference.
        spot: a measured value.
    """

    item: Item
    lines: tuple[Line, ...] = ()
    faded: tuple[Line, ...] = ()
    fills: tuple[Line, ...] = ()
    bands: tuple[tuple[int, Line], ...] = ()
    companions: dict[str, tuple[Line, ...]] = field(default_factory=dict)
    markers: Line = (np.empty(0), np.empty(0))
    expectations: tuple[Spot, ...] = ()
    spot: Spot | None = None
    shades: tuple[Line, ...] = ()

    @property
    def visible(self) -> bool:
        """Whether anything of it lies inside the frame."""
        return bool(self.lines or self.faded or self.fills or self.spot)


@dataclass(frozen=True, slots=True)
class Layout:
    """A figure in picture positions.

    Attributes:
        labels: index into ``drawn`` with the place of its label.
        badges: index into ``drawn`` with the place of its number; numbers count from 1 in this order.
        unnamed: how many curves have neither, since there are too many.
    """

    frame: Frame
    drawn: tuple[Drawn, ...]
    labels: tuple[tuple[int, Placement], ...]
    badges: tuple[tuple[int, Placement], ...]
    unnamed: int = 0


def lay_out(scene: Scene, frame: Frame, size: float, marker_step: float = 74.0) -> Layout:
    """Compute all positions of a scene with two axes.

    Args:
        scene: what is shown.
        frame: area of the plot.
        size: font size of the labels.
        marker_step: distance between the markers on a line.
    """
    drawn = tuple(_draw(item, scene, frame, marker_step) for item in scene.items)
    requests = [
        Request(
            index,
            width(plain(entry.item.text), size),
            size,
            _labelled(entry),
            entry.item.closed,
            3.2 if entry.item.style.marker else 1.8,
            tuple(width(plain(text), size) for text in entry.item.texts[1:]),
        )
        for index, entry in enumerate(drawn)
        if entry.visible
    ]
    obstacles = [_cross(spot) for entry in drawn for spot in entry.expectations]
    obstacles += [line for entry in drawn for lines in entry.companions.values() for line in lines]
    labels, missing = place_labels(requests, frame, obstacles)
    by_key = {request.key: request for request in requests}
    taken = [(place, by_key[place.key]) for place in labels]
    badges = place_badges([by_key[key] for key in missing[:MAX_BADGES]], frame, taken, BADGE * size)
    return Layout(
        frame,
        drawn,
        tuple((place.key, place) for place in labels),
        tuple((place.key, place) for place in badges),
        len(missing[MAX_BADGES:]),
    )


def to_picture(scene: Scene, frame: Frame, piece: Piece) -> Line:
    """Return positions of points in canonical units, shape (k,) each; points without a place on a log
    scale are dropped.
    """
    if scene.y is None:
        raise ValueError("a plane with one axis has no positions in a plane")
    u, v = scene.x.share(piece[0]), scene.y.share(piece[1])
    good = np.isfinite(u) & np.isfinite(v)
    x = frame.left + u[good] * (frame.right - frame.left)
    y = frame.bottom - v[good] * (frame.bottom - frame.top)
    return x, y


def _shown(scene: Scene, frame: Frame, piece: Piece, tolerance: float = TOLERANCE) -> Line:
    """Return positions like :func:`to_picture`, without points that nobody would see."""
    return simplify(*to_picture(scene, frame, piece), tolerance)


def _draw(item: Item, scene: Scene, frame: Frame, marker_step: float) -> Drawn:
    tolerance = TOLERANCE if len(scene.items) <= DENSE else COARSE
    whole = [_shown(scene, frame, piece, tolerance) for piece in item.pieces]
    lines = _inside(whole, frame)
    faded = _inside([_shown(scene, frame, piece) for piece in item.faded], frame)
    bands = tuple(
        (band.level, polygon) for band in item.bands for polygon in _band(scene, frame, item, band.level)
    )
    companions = {
        name: _inside([_shown(scene, frame, piece) for piece in pieces], frame)
        for name, pieces in item.companions.items()
    }
    return Drawn(
        item,
        lines,
        faded,
        _fills(item, whole, frame) if item.stretches is None else _between(item, scene, frame),
        bands,
        companions,
        _markers(lines, marker_step) if item.style.marker else (np.empty(0), np.empty(0)),
        tuple(spot for marker in item.expectations if (spot := _spot(scene, frame, marker)) is not None),
        _spot(scene, frame, item.point) if item.point is not None else None,
        tuple(
            polygon
            for piece in item.shades
            for polygon in _polygons([_down(_shown(scene, frame, piece), frame)], frame)
        ),
    )


def _down(line: Line, frame: Frame) -> Line:
    """Close a curve along the bottom of the frame."""
    x, y = line
    edge = frame.bottom + 1.0e4
    return np.concatenate((x[:1], x, x[-1:])), np.concatenate(([edge], y, [edge]))


def _inside(lines: Sequence[Line], frame: Frame) -> tuple[Line, ...]:
    return tuple((x, y) for line in lines for x, y in clip_to(line, frame) if x.size > 1)


def _fills(item: Item, lines: Sequence[Line], frame: Frame) -> tuple[Line, ...]:
    if item.closed:
        return _polygons(lines, frame)
    if not item.style.fill or item.excluded not in {"above", "below"}:
        return ()
    edge = frame.top - 1.0e4 if item.excluded == "above" else frame.bottom + 1.0e4
    closed = []
    for line in lines:
        x, y = line
        if x.size > 1 and np.all(np.diff(x) <= 0.0):
            x, y = x[::-1], y[::-1]  # all areas wind the same way round, so that together they make a union
        if x.size > 1 and np.all(np.diff(x) >= 0.0):
            closed.append((np.concatenate((x[:1], x, x[-1:])), np.concatenate(([edge], y, [edge]))))
    return _polygons(closed, frame)


def _between(item: Item, scene: Scene, frame: Frame) -> tuple[Line, ...]:
    """Return what is excluded between a limit and its ceiling."""
    if not item.style.fill:
        return ()
    around = [
        (np.concatenate((x, x[::-1])), np.concatenate((low, high[::-1])))
        for x, low, high in item.stretches or ()
    ]
    return _polygons([_shown(scene, frame, piece) for piece in around], frame)


def _band(scene: Scene, frame: Frame, item: Item, level: int) -> tuple[Line, ...]:
    band = next(band for band in item.bands if band.level == level)
    around = (np.concatenate((band.x, band.x[::-1])), np.concatenate((band.low, band.high[::-1])))
    return _polygons([_shown(scene, frame, around)], frame)


def _polygons(lines: Sequence[Line], frame: Frame) -> tuple[Line, ...]:
    found = []
    for line in lines:
        x, y = clip_polygon(line, frame)
        if x.size > 2:
            found.append((x, y))
    return tuple(found)


def _markers(lines: Sequence[Line], step: float) -> Line:
    """Return places at equal distances along lines, at least one on each that is not tiny."""
    xs, ys = [np.empty(0)], [np.empty(0)]
    for x, y in lines:
        along = np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))))
        count = int(along[-1] / step)
        if along[-1] < 0.25 * step:
            continue
        at = (np.arange(max(count, 1)) + 0.5) * along[-1] / max(count, 1)
        xs.append(np.interp(at, along, x))
        ys.append(np.interp(at, along, y))
    return np.concatenate(xs), np.concatenate(ys)


def _spot(scene: Scene, frame: Frame, marker: Marker) -> Spot | None:
    """Return the place of a point, ``None`` when it lies outside the frame."""
    x, y = to_picture(scene, frame, (np.array([marker.x]), np.array([marker.y])))
    if x.size == 0 or not (frame.left <= x[0] <= frame.right and frame.top <= y[0] <= frame.bottom):
        return None
    top, bottom = float(y[0]), float(y[0])
    for error, sign in ((marker.plus, 1.0), (marker.minus, -1.0)):
        _, end = to_picture(
            scene, frame, (np.array([marker.x]), np.array([marker.y + sign * (error or 0.0)]))
        )
        place = float(end[0]) if end.size else frame.bottom
        top, bottom = min(top, max(place, frame.top)), max(bottom, min(place, frame.bottom))
    return Spot(float(x[0]), float(y[0]), top, bottom)


def _labelled(entry: Drawn) -> tuple[Line, ...]:
    if entry.spot is not None:
        return (_cross(entry.spot),)
    return entry.lines or entry.faded


def _cross(spot: Spot) -> Line:
    reach = 5.0
    angles = np.linspace(0.0, 2.0 * math.pi, 9)
    return spot.x + reach * np.cos(angles), spot.y + reach * np.sin(angles)
