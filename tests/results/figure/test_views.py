"""Ranges and ticks."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairport.results.figure.views import View, fit_view
from fairport.results.planes import Planes

MASS, SIGMA = Planes().get("dd.si").axes
LINEAR = Planes().get("collider.mmed-mdm").axes[0]


def test_default_range_bounds_the_data() -> None:
    view = fit_view(MASS, [(0.001, 50.0), (7.0, 1e20)])
    assert (view.low, view.high) == MASS.range


def test_data_outside_the_default_range_are_shown() -> None:
    view = fit_view(MASS, [(1e9, 1e12)])
    assert view.low <= 1e9
    assert view.high >= 1e12


def test_a_curve_far_outside_does_not_stretch_the_range() -> None:
    view = fit_view(SIGMA, [(1e-45, 1e-43), (1e-9, 1.0)])
    assert view.high <= 1e-42


def test_without_data_the_default_range() -> None:
    assert (fit_view(MASS, []).low, fit_view(MASS, []).high) == MASS.range


@given(st.floats(-60, 60), st.floats(0, 30))
def test_log_views_hold_the_data_and_have_ticks(start: float, decades: float) -> None:
    axis = dataclasses.replace(SIGMA, range=(1e-100, 1e100))
    low, high = 10.0**start, 10.0 ** (start + decades)
    view = fit_view(axis, [(low, high)])
    assert view.low <= low * (1 + 1e-6)
    assert view.high >= high * (1 - 1e-6)
    ticks = view.ticks()
    labelled = [tick for tick in ticks if tick.major]
    assert 1 <= len(labelled) <= 12
    assert all(view.low * (1 - 1e-6) <= tick.value <= view.high * (1 + 1e-6) for tick in ticks)


@given(st.floats(-1e4, 1e4), st.floats(0.01, 1e4))
def test_linear_views_hold_the_data_and_have_ticks(low: float, size: float) -> None:
    axis = dataclasses.replace(LINEAR, range=(-1e9, 1e9))
    view = fit_view(axis, [(low, low + size)])
    assert view.low <= low + 1e-6 * size
    assert view.high >= low + size - 1e-6 * size
    assert 2 <= sum(tick.major for tick in view.ticks()) <= 14


def test_positions() -> None:
    view = View(MASS, 1.0, 100.0)
    assert view.share(np.array([1.0, 10.0, 100.0, 0.0, -5.0])) == pytest.approx(
        [0, 0.5, 1, np.nan, np.nan], nan_ok=True
    )
    assert [tick.text for tick in view.ticks() if tick.major] == ["1", "10", "100"]
    texts = [tick.text for tick in View(SIGMA, 1e-48, 1e-44).ticks() if tick.major]
    assert texts == ["10⁻⁴⁸", "10⁻⁴⁷", "10⁻⁴⁶", "10⁻⁴⁵", "10⁻⁴⁴"]
