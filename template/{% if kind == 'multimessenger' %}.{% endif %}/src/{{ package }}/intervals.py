"""Credible intervals from likelihood scans. Pure functions over NumPy arrays.

The posterior is exp(-ts / 2) for a flat prior, ts = -2 ln(L / L_max). The interval is the *connected* one of
highest density: it grows from the most probable value to the side of the higher density until it holds the
level. A posterior with two peaks has no such interval of equal density at both ends; this rule gives one all
the same, and the same one whoever computes it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

POINTS = 2001  # of the fine grid on which the posterior is integrated


def cubic_spline(x: Sequence[float], y: Sequence[float], at: Array) -> Array:
    """Cubic spline through (x, y) with the third derivative continuous next to the ends (not-a-knot).

    ``x`` must rise; needs at least four points. C. de Boor, A Practical Guide to Splines (1978), chapter IV.
    Raises ValueError otherwise.
    """
    knots, values = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    step = np.diff(knots)
    if knots.size < 4 or (step <= 0).any():
        raise ValueError("a spline needs at least four points in rising order")
    size = knots.size
    matrix, right = np.zeros((size, size)), np.zeros(size)
    for k in range(1, size - 1):
        matrix[k, k - 1 : k + 2] = step[k - 1], 2.0 * (step[k - 1] + step[k]), step[k]
        slopes = (values[k + 1] - values[k]) / step[k] - (values[k] - values[k - 1]) / step[k - 1]
        right[k] = 6.0 * slopes
    matrix[0, :3] = step[1], -(step[0] + step[1]), step[0]
    matrix[-1, -3:] = step[-1], -(step[-2] + step[-1]), step[-2]
    bend = np.linalg.solve(matrix, right)
    index = np.clip(np.searchsorted(knots, at, side="right") - 1, 0, size - 2)
    h, left, rest = step[index], at - knots[index], knots[index + 1] - at
    result: Array = (
        bend[index] * rest**3 / (6.0 * h)
        + bend[index + 1] * left**3 / (6.0 * h)
        + (values[index] / h - bend[index] * h / 6.0) * rest
        + (values[index + 1] / h - bend[index + 1] * h / 6.0) * left
    )
    return result


def posterior(x: Sequence[float], ts: Sequence[float], low: float, high: float) -> tuple[Array, Array]:
    """Fine grid between ``low`` and ``high`` and the posterior density on it, which integrates to one.

    The scan may come in any order and with repeated points; outside its range the nearest value is used.
    """
    knots, first = np.unique(np.asarray(x, dtype=float), return_index=True)
    values = np.asarray(ts, dtype=float)[first]
    grid = np.linspace(low, high, POINTS)
    fine = cubic_spline(knots, values, np.clip(grid, knots[0], knots[-1]))
    density = np.exp(-0.5 * (fine - fine.min()))
    return grid, density / np.trapezoid(density, grid)


def highest_density(grid: Array, density: Array, level: float) -> tuple[float, float, float]:
    """Most probable value and ends of the connected interval of highest density that holds ``level``.

    Raises ValueError for a level outside (0, 1).
    """
    if not 0.0 < level < 1.0:
        raise ValueError("the level lies between 0 and 1")
    masses = 0.5 * (density[1:] + density[:-1]) * np.diff(grid)
    goal = level * masses.sum()
    best = int(density.argmax())
    left = right = best
    held = 0.0
    while held < goal:
        grow_left = right == grid.size - 1 or (left > 0 and density[left - 1] >= density[right + 1])
        if grow_left:
            left -= 1
            held += masses[left]
        else:
            held += masses[right]
            right += 1
    return float(grid[best]), float(grid[left]), float(grid[right])
