"""Zero-event numbers and small counts against published and tabulated values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairport.physics import counting


def test_nothing_seen() -> None:
    assert counting.classical_limit(0, 0.0, 0.90) == pytest.approx(2.303, abs=1e-3)
    assert counting.classical_limit(0, 0.0, 0.95) == pytest.approx(2.996, abs=1e-3)
    assert counting.cls_limit(0, 0.0, 0.95) == pytest.approx(2.996, abs=1e-3)
    assert counting.threshold_limit(0, 0.0, 2.71) == pytest.approx(1.355, abs=1e-3)
    assert counting.shortfall(0, 0.0, 0.95, 2.71) == pytest.approx(2.21, abs=0.01)
    assert counting.shortfall(0, 0.0, 0.90, 1.64) == pytest.approx(2.80, abs=0.01)


@pytest.mark.parametrize(
    ("n", "b", "threshold", "cls", "classical"),
    [(5, 5.0, 4.64, 6.33, 5.51), (20, 20.0, 8.29, 10.60, 9.06), (100, 100.0, 17.38, 21.37, 18.08)],
)
def test_table_of_three_rules(n: int, b: float, threshold: float, cls: float, classical: float) -> None:
    assert counting.threshold_limit(n, b, 2.71) == pytest.approx(threshold, abs=0.01)
    assert counting.cls_limit(n, b, 0.95) == pytest.approx(cls, abs=0.01)
    assert counting.classical_limit(n, b, 0.95) == pytest.approx(classical, abs=0.01)


@given(st.integers(0, 30), st.floats(0.0, 30.0))
def test_cls_never_excludes_more_than_the_classical_limit(n: int, background: float) -> None:
    assert counting.cls_limit(n, background, 0.9) >= counting.classical_limit(n, background, 0.9) - 1e-6


def test_two_halves_of_one_experiment_are_like_the_whole() -> None:
    halves = counting.Counts(np.array([0.5, 0.5]), np.array([2.5, 2.5]), np.array([2.0, 3.0]))
    whole = counting.Counts(np.array([1.0]), np.array([5.0]), np.array([5.0]))
    exact = counting.joint_cls_limit(whole, 0.95)
    assert exact == pytest.approx(6.33, abs=0.01)
    assert counting.joint_cls_limit(halves, 0.95, toys=20_000) == pytest.approx(exact, rel=0.03)


def test_toys_give_the_classical_limit_for_nothing_seen_and_repeat() -> None:
    counts = counting.Counts(np.array([1.0]), np.array([0.0]), np.array([0.0]))
    limit = counting.joint_toy_limit(counts, 0.95)
    assert limit == pytest.approx(2.996, rel=0.02)
    assert counting.joint_toy_limit(counts, 0.95) == limit


def test_efficiency_is_found_again_from_a_table() -> None:
    s = np.geomspace(1e-3, 1e3, 241)
    t = np.array([counting.statistic(0.7 * value, 4, 2.0) for value in s])
    efficiency, off = counting.efficiency_of_table(s, t, 4, 2.0)
    assert efficiency == pytest.approx(0.7, rel=1e-3)
    assert off < 0.02
    _, off = counting.efficiency_of_table(s, t, 4, 40.0)
    assert off > 0.1


def test_low_background() -> None:
    assert counting.is_low(0.09)
    assert not counting.is_low(50.0)
    assert not counting.is_low(None)
