"""Curves as short text: what is written is read back to within a step."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairport.catalog.browser.compact import encode_curve, encode_integers, step_of
from fairport.results.planes import Planes

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

# The front end's tests read the same pairs: site/frontend/tests/decode.test.ts.
PAIRS = {"": [], "A": [0], "C": [1], "D": [-1], "gB": [16], "hB": [-16], "ACDgBhB": [0, 1, -1, 16, -16]}


def decode(text: str) -> list[int]:
    found, value, shift = [], 0, 0
    for digit in text:
        bits = DIGITS.index(digit)
        value |= (bits & 31) << shift
        shift += 5
        if bits < 32:
            found.append(-(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    return found


@pytest.mark.parametrize(("text", "numbers"), PAIRS.items())
def test_numbers_are_written_as_the_front_end_reads_them(text: str, numbers: list[int]) -> None:
    assert encode_integers(numbers) == text


@given(st.lists(st.integers(-(2**40), 2**40)))
def test_every_whole_number_comes_back(numbers: list[int]) -> None:
    assert decode(encode_integers(numbers)) == numbers


def test_a_curve_comes_back_to_within_a_step() -> None:
    axes = Planes().get("dd.si").axes
    x = np.geomspace(5.0, 1e4, 300)
    y = 1e-48 * (40.0 / x + x / 40.0) ** 2
    steps = np.array(decode(encode_curve(x, y, axes))).reshape(-1, 2).cumsum(axis=0)
    assert 10 < len(steps) < 150
    u, v = steps[:, 0] * step_of(axes[0]), steps[:, 1] * step_of(axes[1])
    assert np.all(np.abs(np.interp(np.log10(x), u, v) - np.log10(y)) < 2.5 * step_of(axes[1]))


def test_points_without_a_place_are_left_out() -> None:
    axes = Planes().get("dd.si").axes
    x, y = np.array([0.0, 1.0, 10.0, 100.0]), np.array([1.0, np.nan, 1e-40, np.inf])
    assert decode(encode_curve(x, y, axes)) == [2000, -80000]
    assert encode_curve(x[:2], y[:2], axes) == ""


def test_a_linear_axis_has_steps_of_its_own_unit() -> None:
    axes = Planes().get("collider.mmed-mdm").axes
    x, y = np.array([0.0, 1000.0]), np.array([0.0, 500.0])
    steps = np.array(decode(encode_curve(x, y, axes))).reshape(-1, 2).cumsum(axis=0)
    assert steps[1, 0] * step_of(axes[0]) == pytest.approx(1000.0, abs=step_of(axes[0]))
