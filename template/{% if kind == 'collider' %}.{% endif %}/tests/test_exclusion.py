"""From limits to regions, on cases that can be solved by hand."""

from __future__ import annotations

import math

import exclusion
import pytest

TABLE = exclusion.LimitTable([0.0, 0.1], [[100.0, 1.0, 2.0], [200.0, 4.0, 8.0]])


def test_logarithmic_interpolation() -> None:
    knots = [[0.0, 1.0], [10.0, 100.0], [20.0, 1.0]]
    assert exclusion.log_interpolate(5.0, knots) == pytest.approx(math.log(10.0))
    assert exclusion.log_interpolate(20.0, knots) == pytest.approx(0.0)
    assert math.isnan(exclusion.log_interpolate(20.1, knots))


def test_limits_are_interpolated_in_mass_and_width() -> None:
    assert TABLE.log_limit(100.0, 0.0) == pytest.approx(0.0)
    assert TABLE.log_limit(200.0, 0.1) == pytest.approx(math.log(8.0))
    assert TABLE.log_limit(150.0, 0.05) == pytest.approx(
        0.5 * (math.log(2.0**0.5) + math.log(4.0 * 2.0**0.5))
    )


@pytest.mark.parametrize(("mass", "width"), [(99.0, 0.0), (201.0, 0.0), (150.0, 0.2)])
def test_limits_are_never_extrapolated(mass: float, width: float) -> None:
    assert math.isnan(TABLE.log_limit(mass, width))


@pytest.mark.parametrize(
    ("widths", "rows"),
    [
        ([0.1, 0.0], [[100.0, 1.0, 1.0], [200.0, 1.0, 1.0]]),
        ([0.0, 0.1], [[200.0, 1.0, 1.0], [100.0, 1.0, 1.0]]),
        ([0.0, 0.1], [[100.0, 1.0, 1.0]]),
        ([0.0, 0.1], [[100.0, 1.0], [200.0, 1.0]]),
        ([0.0, 0.1], [[100.0, 1.0, 0.0], [200.0, 1.0, 1.0]]),
    ],
)
def test_bad_tables_are_refused(widths: list[float], rows: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="limit"):
        exclusion.LimitTable(widths, rows)


def test_region_of_a_straight_boundary() -> None:
    """Excluded where m > M - 100 and M < 150: from (100, 0) up, with both ends found between grid points."""

    def excluded(heavy: float, mass: float) -> bool:
        return heavy < 150.0 and mass > heavy - 100.0 and heavy > 20.0

    [ring] = exclusion.rings(excluded, [10.0, 50.0, 90.0, 130.0, 170.0], 100.0)
    heavy = [x for x, _ in ring]
    assert min(heavy) == pytest.approx(20.0, abs=1e-6)
    assert max(heavy) == pytest.approx(150.0, abs=1e-6)
    assert (130.0, pytest.approx(30.0)) in ring
    assert ring[-2:] == [(max(heavy), 100.0), (min(heavy), 100.0)]


def test_separate_regions_are_separate_rings() -> None:
    found = exclusion.rings(lambda heavy, mass: heavy < 45.0 or heavy > 85.0, [10.0, 40.0, 70.0, 100.0], 60.0)
    assert len(found) == 2
    assert max(x for x, _ in found[0]) == pytest.approx(45.0)
    assert min(x for x, _ in found[1]) == pytest.approx(85.0)


def test_nothing_excluded_gives_no_ring() -> None:
    assert exclusion.rings(lambda heavy, mass: False, [10.0, 20.0], 60.0) == []


def test_region_must_reach_above_the_closed_decay() -> None:
    with pytest.raises(ValueError, match="at least half"):
        exclusion.rings(lambda heavy, mass: True, [10.0, 200.0], 60.0)


def test_contour_is_closed_along_the_axis() -> None:
    ring = exclusion.under_contour([[15.0, 60.0], [500.0, 200.0], [1200.0, 1.0]])
    assert ring[-2:] == [(1200.0, 0.0), (15.0, 0.0)]
    with pytest.raises(ValueError, match="three points"):
        exclusion.under_contour([[1.0, 2.0]])
