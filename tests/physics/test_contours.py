"""Contours over grids and scattered points, and scans brought to one grid."""

from __future__ import annotations

import numpy as np
import pytest

from fairport.physics.arrays import CurveProblem
from fairport.physics.contours import below, common_grid, is_full_grid


def hill(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """One at a distance of 0.5 decades from (10, 1e-40), smaller inside."""
    return np.exp(np.hypot(np.log10(x) - 1.0, np.log10(y) + 40.0) - 0.5)


@pytest.mark.parametrize("scattered", [False, True])
def test_circle_on_logarithmic_scales(scattered: bool) -> None:
    if scattered:
        noise = np.random.default_rng(1)
        x, y = 10 ** noise.uniform(0, 2, 3000), 10 ** noise.uniform(-41, -39, 3000)
    else:
        x, y = (part.ravel() for part in np.meshgrid(np.logspace(0, 2, 61), np.logspace(-41, -39, 61)))
    rings, done = below(x, y, hill(x, y), 1.0)
    assert len(rings) == 1
    (ring,) = rings
    assert (ring[0][0], ring[1][0]) == (ring[0][-1], ring[1][-1])
    radius = np.hypot(np.log10(ring[0]) - 1.0, np.log10(ring[1]) + 40.0)
    np.testing.assert_allclose(radius, 0.5, atol=0.01)
    assert done == {"logarithm": True, "scattered": scattered, "edge": False, "holes": False}


def test_region_that_is_cut_off_and_one_with_a_hole() -> None:
    x, y = (part.ravel() for part in np.meshgrid(np.linspace(0, 1, 31), np.linspace(0, 1, 31)))
    _, done = below(x, y, x, 0.5, x_scale="lin", y_scale="lin")
    assert done["edge"]
    assert not done["logarithm"]
    distance = np.hypot(x - 0.5, y - 0.5)
    _, done = below(x, y, np.abs(distance - 0.3), 0.1, x_scale="lin", y_scale="lin")
    assert done["holes"]
    keep = np.random.default_rng(2).random(x.size) < 0.7
    rings, done = below(x[keep], y[keep], x[keep], 0.5, x_scale="lin", y_scale="lin")
    assert done["edge"]
    assert done["scattered"]
    assert max(ring[0].max() for ring in rings) == pytest.approx(0.5, abs=1e-9)


def test_islands_are_rings_of_their_own() -> None:
    x, y = (part.ravel() for part in np.meshgrid(np.linspace(0, 1, 41), np.linspace(0, 1, 41)))
    z = np.minimum(np.hypot(x - 0.25, y - 0.5), np.hypot(x - 0.75, y - 0.5))
    rings, _ = below(x, y, z, 0.1, x_scale="lin", y_scale="lin")
    assert len(rings) == 2


@pytest.mark.parametrize(
    ("x", "y", "z", "words"),
    [
        ([1, 2, 3], [1, 2, 3], [0, 1, 2], "at least four"),
        ([1, 2, 3, 4], [1, 1, 1, 1], [0.1, 1, 2, 3], "one line"),
        ([1, 2, 3, 4], [1, 2, 3, 4], [0.1, 1, 2, 3], "span no area"),
        ([1, 1, 2, 2], [1, 2, 1, 2], [5, 6, 7, 8], "no value lies below"),
    ],
)
def test_points_without_a_contour_are_refused(x: list, y: list, z: list, words: str) -> None:
    with pytest.raises(CurveProblem, match=words):
        below(x, y, z, 0.5, x_scale="lin", y_scale="lin")


def test_scans_come_to_one_grid_without_leaving_their_range() -> None:
    first, second = np.geomspace(1.0, 10.0, 21), np.geomspace(2.0, 40.0, 25)
    x = np.concatenate([np.full(21, 1.0), np.full(25, 2.0)])
    y = np.concatenate([first, second])
    z = np.log10(y) ** 2
    assert not is_full_grid(x, y)
    grid_x, grid_y, grid_z = common_grid(x, y, z)
    assert is_full_grid(grid_x, grid_y)
    known = np.isfinite(grid_z)
    np.testing.assert_allclose(grid_z[known], np.log10(grid_y[known]) ** 2, atol=2e-3)
    assert grid_y[known & (grid_x == 1.0)].max() <= 10.0 * (1 + 1e-12)
    assert grid_y[known & (grid_x == 2.0)].min() >= 2.0 * (1 - 1e-12)
    with pytest.raises(CurveProblem, match="2 points"):
        common_grid([1, 1], [1, 2], [0, 1])
