"""Grids and simplification."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairport.physics.arrays import CurveProblem
from fairport.physics.grids import Grid
from fairport.physics.simplify import simplify


def long_table() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    x, y = np.meshgrid([1.0, 10.0, 100.0], [1e-26, 1e-25], indexing="ij")
    return x.ravel(), y.ravel(), (np.log10(x) + 2 * np.log10(y)).ravel()


@given(st.permutations(range(6)), st.floats(0, 2), st.floats(-26, -25))
def test_bilinear_is_exact_for_planes_in_any_row_order(order: list[int], u: float, v: float) -> None:
    grid = Grid.from_columns(*(column[order] for column in long_table()))
    assert grid.z.shape == (3, 2)
    x, y = np.clip(10**u, 1, 100), np.clip(10**v, 1e-26, 1e-25)
    assert grid.at(x, y) == pytest.approx(np.log10(x) + 2 * np.log10(y), abs=1e-9)


def test_outside_and_missing_cells() -> None:
    x, y, z = long_table()
    grid = Grid.from_columns(x, y, np.where((x == 100) & (y == 1e-25), np.nan, z))
    assert np.isnan(grid.at(0.5, 1e-26))
    assert np.isnan(grid.at(50.0, 5e-26))
    assert grid.at(100.0, 1e-26) == pytest.approx(2 - 52)
    assert grid.at(10.0, 1e-25) == pytest.approx(1 - 50)


def test_incomplete_grids_are_refused() -> None:
    x, y, z = long_table()
    with pytest.raises(CurveProblem, match="is absent"):
        Grid.from_columns(x[:-1], y[:-1], z[:-1])
    with pytest.raises(CurveProblem, match="2 times"):
        Grid.from_columns(np.append(x, x[0]), np.append(y, y[0]), np.append(z, 1.0))


def test_a_single_row() -> None:
    grid = Grid.from_columns([1, 1], [1, 2], [3, 5], x_scale="lin", y_scale="lin")
    assert grid.at(1.0, 1.5) == pytest.approx(4.0)


@given(st.lists(st.floats(0, 500), min_size=1, max_size=200), st.floats(0.01, 20))
def test_simplified_line_stays_within_the_tolerance(heights: list[float], tolerance: float) -> None:
    x, y = np.arange(len(heights), dtype=float), np.array(heights)
    sx, sy = simplify(x, y, tolerance)
    assert (sx[0], sy[0], sx[-1], sy[-1]) == (x[0], y[0], x[-1], y[-1])
    # x rises, so the vertical distance bounds the distance from below; check the distance to each stretch.
    for i in range(len(x)):
        a = max(0, int(np.searchsorted(sx, x[i], side="right")) - 1)
        b = min(a + 1, sx.size - 1)
        dx, dy = sx[b] - sx[a], sy[b] - sy[a]
        length = dx * dx + dy * dy
        share = np.clip(((x[i] - sx[a]) * dx + (y[i] - sy[a]) * dy) / length, 0, 1) if length else 0.0
        assert np.hypot(x[i] - sx[a] - share * dx, y[i] - sy[a] - share * dy) <= tolerance * (1 + 1e-9) + 1e-9


def test_straight_lines_keep_their_ends_only() -> None:
    x = np.linspace(0, 100, 1000)
    assert simplify(x, 3 * x + 1, 0.01)[0].tolist() == [0.0, 100.0]


def test_closed_rings_keep_their_shape() -> None:
    phi = np.linspace(0, 2 * np.pi, 1000)
    x, _ = simplify(100 * np.cos(phi), 100 * np.sin(phi), 0.3)
    assert 20 < x.size < 200
    assert np.ptp(x) == pytest.approx(200, abs=0.6)
