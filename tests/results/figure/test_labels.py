"""Labels on curves."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fairport.results.figure.clipping import Frame, clip_polygon, clip_to
from fairport.results.figure.cloud import Cloud, Density
from fairport.results.figure.labels import Placement, Request, place_badges, place_labels

FRAME = Frame(60, 10, 660, 410)


def curve(level: float, slope: float, wave: float) -> tuple[np.ndarray, np.ndarray]:
    x = np.linspace(0, 720, 160)
    return x, level + slope * (x - 360) + wave * np.sin(x / 60)


def corners(place: Placement, width: float, size: float) -> np.ndarray:
    turn = math.radians(place.angle)
    half, height = width / 2, 0.5 * size
    box = np.array([(-half, -height), (half, -height), (half, height), (-half, height)])
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    return box @ rotation.T + (place.x, place.y)


def overlap(one: np.ndarray, other: np.ndarray) -> bool:
    """Separating-axis test of two rectangles."""
    for box in (one, other):
        for a, b in ((0, 1), (1, 2)):
            normal = box[b] - box[a]
            p, q = one @ normal, other @ normal
            if p.max() < q.min() or q.max() < p.min():
                return False
    return True


curves = st.lists(
    st.tuples(st.floats(20, 400), st.floats(-0.5, 0.5), st.floats(0, 30)), min_size=1, max_size=9
)


@given(curves)
@settings(max_examples=40, deadline=None)
def test_labels_stay_inside_and_apart(shapes: list[tuple[float, float, float]]) -> None:
    requests = [Request(i, 90.0, 12.0, (curve(*shape),)) for i, shape in enumerate(shapes)]
    placed, missing = place_labels(requests, FRAME)
    assert sorted([p.key for p in placed] + missing) == list(range(len(shapes)))
    boxes = [corners(place, 90.0, 12.0) for place in placed]
    for box in boxes:
        assert box[:, 0].min() >= FRAME.left
        assert box[:, 0].max() <= FRAME.right
        assert box[:, 1].min() >= FRAME.top
        assert box[:, 1].max() <= FRAME.bottom
    for i, one in enumerate(boxes):
        assert not any(overlap(one, other) for other in boxes[i + 1 :])


def test_label_follows_the_slope_and_stays_off_its_curve() -> None:
    x, y = curve(200, 0.4, 0)
    (place,), _ = place_labels([Request(0, 100.0, 12.0, ((x, y),))], FRAME)
    assert abs(place.angle - math.degrees(math.atan(0.4))) < 1.0
    distance = abs(place.y - (200 + 0.4 * (place.x - 360))) / math.hypot(1, 0.4)
    assert 6.0 < distance < 14.0


def test_shorter_text_where_the_long_one_finds_no_room() -> None:
    x = np.linspace(60, 660, 200)
    bent = (x, 200 + 0.01 * (x - 360) ** 2)
    (place,), missing = place_labels([Request(0, 500.0, 12.0, (bent,), shorter=(60.0,))], FRAME)
    assert place.text == 1
    assert missing == []


def test_text_is_never_upside_down() -> None:
    x, y = curve(200, -0.5, 0)
    (place,), _ = place_labels([Request(0, 100.0, 12.0, ((x[::-1], y[::-1]),))], FRAME)
    assert -90 < place.angle < 90


def test_curves_outside_the_frame_get_no_label() -> None:
    placed, missing = place_labels([Request(0, 100.0, 12.0, (curve(2000, 0, 0),))], FRAME)
    assert placed == []
    assert missing == [0]


def test_rings_are_labelled_inside_when_there_is_room() -> None:
    angle = np.linspace(0, 2 * np.pi, 90)
    ring = (360 + 150 * np.cos(angle), 200 + 80 * np.sin(angle))
    (place,), _ = place_labels([Request(0, 60.0, 12.0, (ring,), closed=True)], FRAME)
    assert abs(place.x - 360) < 2
    assert abs(place.y - 200) < 2
    assert place.angle == 0.0


def test_badges_keep_their_distance() -> None:
    requests = [Request(i, 90.0, 12.0, (curve(200 + 3 * i, 0, 0),)) for i in range(12)]
    badges = place_badges(requests, FRAME, [], 9.0)
    assert len(badges) == 12
    for i, one in enumerate(badges):
        for other in badges[i + 1 :]:
            assert math.hypot(one.x - other.x, one.y - other.y) > 18.0


def test_same_input_same_places() -> None:
    requests = [Request(i, 90.0, 12.0, (curve(100 + 30 * i, 0.1, 10),)) for i in range(6)]
    assert place_labels(requests, FRAME) == place_labels(requests, FRAME)


@given(st.lists(st.tuples(st.floats(-500, 1500), st.floats(-500, 1500)), min_size=2, max_size=20))
def test_clipped_lines_stay_inside(points: list[tuple[float, float]]) -> None:
    x, y = np.array(points).T
    for px, py in clip_to((x, y), FRAME):
        assert np.all((px >= FRAME.left - 1e-6) & (px <= FRAME.right + 1e-6))
        assert np.all((py >= FRAME.top - 1e-6) & (py <= FRAME.bottom + 1e-6))


@given(st.integers(3, 30), st.floats(50, 2000), st.floats(-200, 900), st.floats(-200, 700))
def test_area_of_clipped_polygons_equals_the_intersection(
    n: int, radius: float, cx: float, cy: float
) -> None:
    import shapely

    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    polygon = (cx + radius * np.cos(angle), cy + radius * np.sin(angle))
    x, y = clip_polygon(polygon, FRAME)
    frame = shapely.box(FRAME.left, FRAME.top, FRAME.right, FRAME.bottom)
    expected = shapely.Polygon(np.column_stack(polygon)).intersection(frame).area
    found = shapely.Polygon(np.column_stack((x, y))).area if x.size > 2 else 0.0
    assert abs(found - expected) <= 1e-6 * max(expected, 1.0)


@given(
    st.lists(st.tuples(st.floats(60, 660), st.floats(10, 410)), max_size=60),
    st.floats(60, 660),
    st.floats(10, 410),
    st.floats(-90, 90),
    st.floats(2, 120),
    st.floats(2, 12),
)
@settings(max_examples=200, deadline=None)
def test_the_bound_is_never_above_what_a_label_covers(
    points: list[tuple[float, float]], x: float, y: float, angle: float, half: float, height: float
) -> None:
    cloud = Cloud()
    at = np.array(points).reshape(-1, 2)
    cloud.add(at[:, 0], at[:, 1], 1, 4.0)
    least = Density(cloud, FRAME).least(np.array([x]), np.array([y]), np.array([angle]), half, height)
    turned = (at[:, 0] - x + 1j * (at[:, 1] - y)) * np.exp(-1j * math.radians(angle))
    covered = (np.abs(turned.real) <= half + 1e-9) & (np.abs(turned.imag) <= height + 1e-9)
    assert 0.0 <= least[0] <= 4.0 * covered.sum()


def test_the_bound_rules_out_a_label_along_a_curve() -> None:
    cloud = Cloud()
    x, y = curve(200.0, 0.5, 0.0)
    cloud.add(x, y, 1, 4.0)
    place = np.array([360.0]), np.array([200.0]), np.array([math.degrees(math.atan(0.5))])
    assert Density(cloud, FRAME).least(*place, 60.0, 7.0)[0] > 20.0
