"""Functions, polylines and their interpolation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairport.contract.errors import FairportError
from fairport.physics.arrays import CurveProblem, OutsideRange
from fairport.physics.curves import FunctionCurve, Polyline

masses = st.lists(st.floats(1e-3, 1e5), min_size=2, max_size=30, unique=True).map(sorted)


@st.composite
def curves(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    x = np.array(draw(masses))
    y = 10.0 ** np.array(draw(st.lists(st.floats(-50, -30), min_size=x.size, max_size=x.size)))
    return x, y


@given(curves(), st.sampled_from(["linear", "pchip", "cubic"]))
@settings(deadline=None, max_examples=60)
def test_points_are_met_exactly(points: tuple[np.ndarray, np.ndarray], method: str) -> None:
    x, y = points
    curve = FunctionCurve.from_points(x, y, method=method)
    assert np.array_equal(curve.at(x), y)


@pytest.mark.parametrize("method", ["linear", "pchip", "cubic"])
def test_neighbours_that_coincide_on_the_scale_are_met(method: str) -> None:
    x = np.array([0.001, np.nextafter(0.001, 1.0), 1.0, 10.0])
    y = np.array([1e-30, 2e-30, 3e-30, 4e-30])
    assert np.log10(x[0]) == np.log10(x[1])
    curve = FunctionCurve.from_points(x, y, method=method)
    assert np.array_equal(curve.at(x), y)
    assert 1e-30 < float(curve.at(0.1)) < 4e-30


@given(curves(), st.floats(0.0, 1.0))
def test_interpolation_stays_between_neighbours(points: tuple[np.ndarray, np.ndarray], share: float) -> None:
    x, y = points
    curve = FunctionCurve.from_points(x, y)
    between = x[:-1] ** (1 - share) * x[1:] ** share
    low, high = np.minimum(y[:-1], y[1:]), np.maximum(y[:-1], y[1:])
    value = curve.at(np.clip(between, x[:-1], x[1:]))
    assert np.all((value >= low * (1 - 1e-9)) & (value <= high * (1 + 1e-9)))


@given(st.floats(-3, 3), st.floats(1e-50, 1e-30))
def test_power_laws_are_exact(slope: float, norm: float) -> None:
    x = np.geomspace(1.0, 1e4, 5)
    curve = FunctionCurve.from_points(x, norm * x**slope)
    at = np.geomspace(1.0, 1e4, 37)
    assert curve.at(at) == pytest.approx(norm * at**slope, rel=1e-9)


@given(curves(), st.sampled_from([1e-3, 1e3, 1e-9]), st.sampled_from([1e-36, 1e36]))
def test_change_of_units_commutes_with_interpolation(
    points: tuple[np.ndarray, np.ndarray], fx: float, fy: float
) -> None:
    x, y = points
    at = np.sqrt(x[:-1] * x[1:])
    plain = FunctionCurve.from_points(x, y).at(at)
    scaled = FunctionCurve.from_points(x * fx, y * fy)
    low, high = scaled.domain
    assert scaled.at(np.clip(at * fx, low, high)) == pytest.approx(plain * fy, rel=1e-6)


@given(curves())
def test_direction_of_rows_does_not_matter(points: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = points
    at = np.sqrt(x[:-1] * x[1:])
    assert np.array_equal(
        FunctionCurve.from_points(x[::-1], y[::-1]).at(at), FunctionCurve.from_points(x, y).at(at)
    )


def test_outside_gives_nan_or_an_error() -> None:
    curve = FunctionCurve.from_points([10, 100], [1e-45, 1e-46])
    assert np.all(np.isnan(curve.at([9.99, 100.01])))
    strict = FunctionCurve.from_points([10, 100], [1e-45, 1e-46], outside="forbid")
    with pytest.raises(OutsideRange, match=r"nothing at 5 .*from 10 to 100"):
        strict.at(5.0)
    assert strict.at(10.0) == 1e-45


def test_scalars_give_scalars() -> None:
    curve = FunctionCurve.from_points([10, 100], [1e-45, 1e-46])
    assert curve.at(10.0).shape == ()
    assert curve.at(np.ones((2, 3)) * 20).shape == (2, 3)


def test_gaps_are_not_bridged() -> None:
    curve = FunctionCurve.from_points([1, 2, 3, 4, 5], [1, 2, np.nan, 4, 5], x_scale="lin", y_scale="lin")
    assert curve.at([1.5, 2.0, 2.5, 3.0, 3.5, 4.0]) == pytest.approx(
        [1.5, 2, np.nan, np.nan, np.nan, 4], nan_ok=True
    )
    assert curve.domain == (1.0, 5.0)
    assert [piece.size for piece, _ in curve.segments] == [2, 2]


def test_sentinels_are_gaps() -> None:
    curve = FunctionCurve.from_points([1, 2, 3, 4], [1.0, 1e-40, 1e-41, 1.0], sentinel=1.0)
    assert curve.domain == (2.0, 3.0)
    assert np.isnan(curve.at(1.5))


@pytest.mark.parametrize(("excluded", "expected"), [("above", 1e-44), ("below", 1e-46)])
def test_at_a_step_the_weaker_limit_counts(excluded: str, expected: float) -> None:
    curve = FunctionCurve.from_points([1, 10, 10, 100], [1e-46, 1e-46, 1e-44, 1e-44], excluded=excluded)
    assert curve.at(10.0) == expected
    assert curve.at([9.9, 10.1]) == pytest.approx([1e-46, 1e-44], rel=1e-9)


@pytest.mark.parametrize("method", ["pchip", "cubic"])
def test_smooth_methods_survive_steps(method: str) -> None:
    curve = FunctionCurve.from_points([1, 2, 4, 10, 10, 20, 50, 100], [1, 2, 3, 4, 8, 7, 6, 5], method=method)
    assert np.all(np.isfinite(curve.at(np.geomspace(1, 100, 50))))


def test_turning_back_is_told_with_its_row() -> None:
    with pytest.raises(CurveProblem, match=r"falls from 30 to 28 at row 4"):
        FunctionCurve.from_points([10, 20, 30, 28, 40], [1, 1, 1, 1, 1])
    with pytest.raises(CurveProblem, match=r"rises from 10 to 20 at row 4"):
        FunctionCurve.from_points([40, 30, 10, 20, 5], [1, 1, 1, 1, 1])
    ordered = FunctionCurve.from_points([10, 30, 20], [1, 3, 2], sort=True)
    assert np.array_equal(ordered.x, [10, 20, 30])


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([1, 2], [1]),
        ([1, np.nan], [1, 1]),
        ([1, 2], [np.nan, np.nan]),
        ([0, 1], [1, 1]),
        ([1, 2], [1, -1]),
        ([1, 2], [0, 1]),
        ([], []),
    ],
)
def test_points_that_make_no_curve(x: list[float], y: list[float]) -> None:
    with pytest.raises(FairportError):
        FunctionCurve.from_points(x, y)


def test_one_point_is_a_curve() -> None:
    curve = FunctionCurve.from_points([10], [1e-45])
    assert curve.at(10.0) == 1e-45
    assert np.isnan(curve.at(10.1))


def test_thinning_costs_what_physics_says() -> None:
    # A smooth valley thinned to about ten points a decade stays within a few per cent when read on log-log
    # scales.
    x = np.geomspace(10, 1e4, 300)
    y = 1e-46 * ((x / 40) ** -2 + x / 40)
    thin = FunctionCurve.from_points(x[::10], y[::10])
    low, high = thin.domain
    inside = (x >= low) & (x <= high)
    assert np.max(np.abs(thin.at(x[inside]) / y[inside] - 1)) < 0.03


def test_polyline_crossings() -> None:
    line = Polyline.from_points([1, 3, 1], [1, 2, 4], x_scale="lin", y_scale="lin")
    assert line.crossings(2.0) == pytest.approx([1.5, 3.0])
    assert line.crossings(3.0) == pytest.approx([2.0])
    assert line.crossings(5.0).size == 0
    assert line.domain == (1.0, 3.0)


def test_polyline_breaks_at_missing_points() -> None:
    line = Polyline.from_points([1, 2, np.nan, 3, 4], [1, 1, 1, 1, 1])
    assert [piece.size for piece, _ in line.segments] == [2, 2]
    with pytest.raises(CurveProblem):
        Polyline.from_points([np.nan], [1])


def test_vertical_stretch_gives_both_ends() -> None:
    line = Polyline.from_points([1, 1], [2, 5], x_scale="lin", y_scale="lin")
    assert line.crossings(1.0) == pytest.approx([2, 5])
