"""Labels on curves: along their slope, off other curves, never on each other.

Positions are in picture units with y pointing down. Each label tries places along its curve on both sides;
the cheapest place wins. What finds no tolerable place is handed back, to be numbered on its curve and
named below the figure.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from fairport.physics.arrays import FloatArray
from fairport.results.figure.clipping import Frame, Line, clip_to
from fairport.results.figure.cloud import Cloud, Density, Points

STEP: Final = 4.0
"""Distance of the points that stand for a curve when collisions are counted."""

STRIDE: Final = 10.0
"""Distance between the places that are tried along a curve; larger where there are more than 12 curves."""

TRIED: Final = 80
"""Labels that look for a place; a figure has no room for more, and the others get a number or none."""

INTOLERABLE: Final = 55.0
"""Cost from which on a place is no place."""

OWN: Final = 7.0
"""Cost of a point of its own curve below a label."""


FEW: Final = 3
"""Curves up to which every place is looked at in full; with more, most places are ruled out together."""


_Place = tuple[float, float, float, float]
"""A place that may be tried: x, y, angle, and the cost of its shape."""

_Places = FloatArray
"""Many of them, shape (4, n)."""


@dataclass(frozen=True, slots=True)
class Request:
    """A label that wants a place.

    Attributes:
        key: identifies the label.
        width: width of its text.
        shorter: widths of shorter texts that may stand instead.
        size: font size.
        lines: the curve that it names.
        closed: whether the curve is a ring.
        clearance: distance between the letters and the line.
    """

    key: int
    width: float
    size: float
    lines: tuple[Line, ...]
    closed: bool = False
    clearance: float = 1.5
    shorter: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the middle of a label stands, by how many degrees it is turned (clockwise), and which of its
    texts it holds (0 for the first).
    """

    key: int
    x: float
    y: float
    angle: float = 0.0
    text: int = 0


def place_labels(
    requests: Sequence[Request], frame: Frame, obstacles: Sequence[Line] = ()
) -> tuple[list[Placement], list[int]]:
    """Place labels on their curves.

    Args:
        requests: the labels; every curve is also an obstacle for the others.
        frame: labels stay inside.
        obstacles: further lines to avoid.

    Returns:
        The placements in the order of the requests, and the keys that found none.
    """
    cloud = Cloud()
    visible = {request.key: _resampled(request.lines, frame) for request in requests}
    for request in requests:
        for x, y in visible[request.key]:
            cloud.add(x, y, request.key, 4.0)
    for x, y in _resampled(obstacles, frame):
        cloud.add(x, y, -1, 4.0)
    placed: dict[int, Placement] = {}
    density = Density(cloud, frame) if len(requests) > FEW else None
    stride = STRIDE * max(1.0, len(requests) / 12.0)
    tried = sorted(requests[:TRIED], key=lambda r: (_length(visible[r.key]), r.key))
    for request in tried:
        for text, room in enumerate((request.width, *request.shorter)):
            variant = replace(request, width=room)
            best = _best(variant, visible[request.key], frame, cloud, stride, density)
            if best is not None:
                placed[request.key] = replace(best, text=text)
                if request is not tried[-1]:
                    _occupy(cloud, best, variant)
                break
    order = [request.key for request in requests]
    return [placed[key] for key in order if key in placed], [key for key in order if key not in placed]


def place_badges(
    requests: Sequence[Request], frame: Frame, taken: Sequence[tuple[Placement, Request]], radius: float
) -> list[Placement]:
    """Place a round badge on each curve, away from labels, other badges and, if possible, other curves.

    Args:
        requests: the curves.
        frame: badges stay inside.
        taken: labels that are already placed.
        radius: of a badge.
    """
    if not requests:
        return []
    cloud = Cloud()
    visible = {request.key: _resampled(request.lines, frame) for request in requests}
    for request in requests:
        for x, y in visible[request.key]:
            cloud.add(x, y, request.key, 1.0)
    for placement, request in taken:
        _occupy(cloud, placement, replace(request, width=(request.width, *request.shorter)[placement.text]))
    found = []
    for request in requests:
        lines = visible[request.key]
        if not lines:
            continue
        spot = _badge_spot(lines, request.key, frame, cloud, radius)
        found.append(Placement(request.key, *spot))
        cloud.add(np.array([spot[0]]), np.array([spot[1]]), -3, 2000.0)
    return found


def _badge_spot(
    lines: Sequence[Line], key: int, frame: Frame, cloud: Cloud, radius: float
) -> tuple[float, float]:
    """Return the cheapest place on the lines, the first of several; nothing is cheaper than free."""
    best, lowest = (0.0, 0.0), math.inf
    owners, weights = cloud.owners, cloud.weights
    reach = np.where(owners == -3.0, 2.3 * radius, np.where(weights > 100.0, 1.7 * radius, 1.2 * radius))
    others = np.where(owners == key, 0.0, weights)
    for xs, ys in lines:
        for x, y in zip(xs[::2].tolist(), ys[::2].tolist(), strict=True):
            spot, strip = (x, y), cloud.strip(x, 2.4 * radius)
            close = np.abs(cloud.places[strip] - complex(x, y)) < reach[strip]
            edge = min(x - frame.left, frame.right - x, y - frame.top, frame.bottom - y)
            cost = float(np.add.reduce(others[strip][close])) + (40.0 if edge < radius + 1 else 0.0)
            if cost < lowest:
                best, lowest = spot, cost
            if cost <= 0.0:
                return best
    return best


def _resampled(lines: Sequence[Line], frame: Frame) -> list[Line]:
    """Return the visible stretches as points at equal distances."""
    found = []
    for line in lines:
        for x, y in clip_to(line, frame):
            along = np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))))
            if along[-1] <= 0.0:
                found.append((x[:1], y[:1]))
                continue
            at = np.linspace(0.0, along[-1], max(2, int(along[-1] / STEP) + 1))
            found.append((np.interp(at, along, x), np.interp(at, along, y)))
    return found


def _length(lines: Sequence[Line]) -> float:
    return float(sum(np.sum(np.hypot(np.diff(x), np.diff(y))) for x, y in lines))


def _best(
    request: Request,
    lines: Sequence[Line],
    frame: Frame,
    cloud: Cloud,
    stride: float,
    density: Density | None,
) -> Placement | None:
    found = [_along(request, line, stride) for line in lines]
    if request.closed or not any(places.size for places in found):
        found += [np.array(_beside(request, line, frame)).T for line in lines]
    best, lowest = None, INTOLERABLE
    weights = np.where(cloud.owners == request.key, OWN, cloud.weights)
    for place in _promising(request, found, density):
        if place[3] >= lowest:
            break  # what it covers can only add to that
        cost = place[3] + _cost(place, request, frame, cloud, weights)
        if cost < lowest:
            best, lowest = place, cost
    return None if best is None else Placement(request.key, *best[:3])


def _promising(request: Request, found: Sequence[_Places], density: Density | None) -> Iterator[_Place]:
    """Return the places that may be tolerable, the best shape first."""
    if not found:
        return iter(())
    places = np.concatenate(found, axis=1)
    places = places[:, places[3] < INTOLERABLE]
    if density is not None and places.size:
        least = density.least(places[0], places[1], places[2], *_extent(request))
        places = places[:, places[3] + least < INTOLERABLE]
    places = places[:, places[3].argsort(kind="stable")]
    x, y, angle, shape = places.tolist()
    return zip(x, y, angle, shape, strict=True)


def _extent(request: Request) -> tuple[float, float]:
    """Return half of the length and of the height of the area that a label covers."""
    return request.width / 2 + 2.0, 0.62 * request.size


def _along(request: Request, line: Line, stride: float) -> _Places:
    """Return places along a line on both sides; the shape costs by bend, steepness and distance from the
    favourite spot.
    """
    points = line[0] + 1j * line[1]
    spacing = abs(complex(points[1] - points[0])) if points.size > 1 else 0.0
    window = math.ceil(request.width / spacing) if spacing > 0.0 else 0
    if window < 1 or window >= points.size:
        return np.empty((4, 0))
    starts = np.arange(0, points.size - window, max(1, round(stride / spacing)))
    return _at_windows(request, points, starts, window)


def _at_windows(request: Request, points: Points, starts: npt.NDArray[np.int64], window: int) -> _Places:
    """Return the places over the stretches of ``window`` steps from each of ``starts`` on."""
    chord = points[starts + window] - points[starts]
    length = np.abs(chord)
    wide = length >= 0.75 * request.width
    starts, chord, length = starts[wide], chord[wide], length[wide]
    if starts.size == 0:
        return np.empty((4, 0))
    along = np.where(chord.real < 0.0, -chord, chord) / length
    # Positive deviation points up in the picture, away from the chord; every second point tells it.
    away = points[starts[:, None] + np.arange(0, window + 1, 2)] - points[starts][:, None]
    deviation = -(away * along.conj()[:, None]).imag
    above = np.maximum(np.maximum.reduce(deviation, axis=1), 0.0)
    below = np.maximum(-np.minimum.reduce(deviation, axis=1), 0.0)
    angle = np.degrees(np.arctan2(along.imag, along.real))
    steep = np.abs(angle)
    middle = points[starts] + chord / 2
    bend = (above + below) / request.size
    reach = 0.62 * request.size + request.clearance
    shape = 0.12 * steep + np.where(steep > 66.0, 40.0, 0.0) + 14.0 * bend * bend
    shape += 9.0 * np.abs(starts / (points.size - window) - 0.62)
    bulge = np.concatenate((above, -below)) + np.repeat((reach, -reach), starts.size)
    place = np.tile(middle, 2) - 1j * bulge * np.tile(along, 2)
    return np.stack((place.real, place.imag, np.tile(angle, 2), np.concatenate((shape, shape + 2.5))))


def _beside(request: Request, line: Line, frame: Frame) -> list[_Place]:
    """Return level places in, above, below and beside a ring or a line too short for its label."""
    x, y = line
    left, right, top, bottom = float(x.min()), float(x.max()), float(y.min()), float(y.max())
    half, height = request.width / 2, 0.62 * request.size + 3.0
    if not request.closed and max(right - left, bottom - top) > 2.5 * request.size:
        return _at_ends(request, line)
    places = [
        (_clamped(float(x[int(np.argmin(y))]), half, frame), top - height, 6.0),
        (_clamped(float(x[int(np.argmax(y))]), half, frame), bottom + height, 8.0),
        (right + half + 5, float(y[int(np.argmax(x))]), 9.0),
        (left - half - 5, float(y[int(np.argmin(x))]), 11.0),
    ]
    if request.closed and right - left > request.width + 8 and bottom - top > 2.2 * request.size:
        places.append((_clamped(float(np.mean(x[:-1])), half, frame), float(np.mean(y[:-1])), 0.0))
    return [(px, py, 0.0, cost) for px, py, cost in places]


def _clamped(x: float, half: float, frame: Frame) -> float:
    """Return the middle nearest to ``x`` at which a label of this half width stays inside."""
    return min(max(x, frame.left + half + 3.0), frame.right - half - 3.0)


def _at_ends(request: Request, line: Line) -> list[_Place]:
    """Return level places just beyond the two ends of a line."""
    x, y = line
    half, height = request.width / 2, 0.62 * request.size + 3.0
    found = []
    for end, inner in ((-1, max(-6, -x.size)), (0, min(5, x.size - 1))):
        ex, ey = float(x[end]), float(y[end])
        outward = 1.0 if ex >= float(x[inner]) else -1.0
        down = 1.0 if ey >= float(y[inner]) else -1.0
        found.append((ex + outward * (half + 5.0), ey, 0.0, 10.0))
        found.append((ex, ey + down * height, 0.0, 12.0))
    return found


def _cost(place: _Place, request: Request, frame: Frame, cloud: Cloud, weights: FloatArray) -> float:
    """Return the cost of what a label would cover or leave; ``weights`` are those of the cloud to it."""
    x, y, angle, _ = place
    half, height = _extent(request)
    turn = math.radians(angle)
    cos, sin = math.cos(turn), math.sin(turn)
    reach_x, reach_y = half * abs(cos) + height * abs(sin), half * abs(sin) + height * abs(cos)
    if not (frame.left + reach_x < x < frame.right - reach_x):
        return math.inf
    if not (frame.top + reach_y < y < frame.bottom - reach_y):
        return math.inf
    strip = cloud.strip(x, reach_x)
    turned = (cloud.places[strip] - complex(x, y)) * complex(cos, -sin)
    covered = (np.abs(turned.real) < half) & (np.abs(turned.imag) < height)
    edge = min(x - reach_x - frame.left, frame.right - x - reach_x)
    edge = min(edge, y - reach_y - frame.top, frame.bottom - y - reach_y)
    crowded = 8.0 if edge < 0.5 * request.size else 0.0
    return crowded + float(np.add.reduce(weights[strip][covered]))


def _occupy(cloud: Cloud, place: Placement, request: Request) -> None:
    """Make the area of a placed label costly for others."""
    half, height = request.width / 2 + 3.0, 0.62 * request.size + 1.0
    turn = math.radians(place.angle)
    cos, sin = math.cos(turn), math.sin(turn)
    along, across = np.meshgrid(
        np.linspace(-half, half, max(2, int(2 * half / 5))), np.linspace(-height, height, 4), indexing="ij"
    )
    x = place.x + along * cos - across * sin
    y = place.y + along * sin + across * cos
    cloud.add(x.ravel(), y.ravel(), -2, 1000.0)
