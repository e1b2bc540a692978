"""Regions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairport.physics.arrays import CurveProblem
from fairport.physics.polygons import Region

SQUARE = ([10, 100, 100, 10], [1e-42, 1e-42, 1e-40, 1e-40])


def test_inside_outside_and_edge() -> None:
    region = Region.from_points(*SQUARE)
    inside = region.contains([30, 10, 5, 30, 30], [1e-41, 1e-42, 1e-41, 1e-43, 0.0])
    assert inside.tolist() == [True, True, False, False, False]
    assert region.contains(30.0, 1e-41).shape == ()


@given(st.floats(0.1, 10.0), st.floats(0, 2 * np.pi), st.floats(0.0, 0.99), st.floats(1.01, 3))
@settings(max_examples=50, deadline=None)
def test_circle_in_log_space(radius: float, angle: float, near: float, far: float) -> None:
    phi = np.linspace(0, 2 * np.pi, 361)
    region = Region.from_points(10 ** (radius * np.cos(phi)), 10 ** (radius * np.sin(phi)))
    for share, expected in ((near * 0.999, True), (far, False)):
        r = radius * share
        assert bool(region.contains(10 ** (r * np.cos(angle)), 10 ** (r * np.sin(angle)))) is expected


def test_several_rings_are_a_union() -> None:
    region = Region.from_points(
        [1, 2, 2, 1, 5, 6, 6, 5],
        [1, 1, 2, 2, 1, 1, 2, 2],
        ring=[1, 1, 1, 1, 2, 2, 2, 2],
        x_scale="lin",
        y_scale="lin",
    )
    assert region.contains([1.5, 5.5, 3.0], [1.5, 1.5, 1.5]).tolist() == [True, True, False]
    assert region.crossings(1.5) == pytest.approx([1, 2])
    assert region.domain == (1.0, 6.0)


def test_order_of_rings_follows_the_table() -> None:
    region = Region.from_points([5, 6, 6, 1, 2, 2], [1, 1, 2, 1, 1, 2], ring=[2, 2, 2, 1, 1, 1])
    assert region.rings[0][0][0] == 5.0


def test_rings_that_cross_themselves_are_read() -> None:
    region = Region.from_points([1, 3, 3, 1], [1, 3, 1, 3], x_scale="lin", y_scale="lin")
    assert region.contains([2.9, 1.1, 2.0], [2.0, 2.0, 1.1]).tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("x", "y"),
    [([1, 2], [1, 2]), ([1, 1, 1, 1], [2, 2, 2, 2]), ([1, np.nan, 2], [1, 1, 1]), ([0, 1, 2], [1, 1, 2])],
)
def test_no_region(x: list[float], y: list[float]) -> None:
    with pytest.raises(CurveProblem):
        Region.from_points(x, y)
