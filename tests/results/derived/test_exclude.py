"""Model points: excluded, allowed, not covered, unknown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairport.contract.errors import DocumentError, RefusedError, UsageError
from fairport.results.exclude import Point, exclude
from fairport.results.points import read_points


def judge(plane: Any, point: Point, *results: Any, **options: Any) -> Any:
    (verdict,), _ = exclude([point], plane, results, **options)
    return verdict


def test_statuses_and_margin(make_limit: Any) -> None:
    strong = make_limit("strong", [10.0, 1000.0], [1e-47, 1e-47])
    weak = make_limit("weak", [1.0, 1000.0], [1e-46, 1e-46])
    plane = strong.plane
    excluded = judge(plane, Point(100.0, 5e-46), weak, strong)
    assert (excluded.status, excluded.by) == ("excluded", "strong/strong")
    assert excluded.margin == pytest.approx(50.0)
    assert excluded.others == ("weak/weak",)
    assert "90 % CL" in excluded.reason
    allowed = judge(plane, Point(100.0, 5e-48), weak, strong)
    assert (allowed.status, allowed.by) == ("allowed", "strong/strong")
    assert allowed.margin == pytest.approx(0.5)
    assert judge(plane, Point(1e4, 1e-40), weak, strong).status == "not covered"
    assert judge(plane, Point(float("nan"), 1e-40), strong).status == "unknown"


def test_unstated_level_makes_unknown_not_excluded(make_limit: Any) -> None:
    limit = make_limit("x", [10.0, 1000.0], [1e-46, 1e-46], changes={"statistics": {"cl": "not-stated"}})
    verdict = judge(limit.plane, Point(100.0, 1e-45), limit)
    assert verdict.status == "unknown"
    assert "statistics.cl" in verdict.reason
    sure = make_limit("y", [10.0, 1000.0], [5e-46, 5e-46])
    assert judge(limit.plane, Point(100.0, 1e-45), limit, sure).by == "y/y"


@given(st.floats(0.01, 1.0))
def test_fraction_scaling(fraction: float) -> None:
    from fairport.results.exclude import effective
    from fairport.results.planes import Planes

    class Bare:
        class record:  # noqa: N801 - stands for an attribute
            class model:  # noqa: N801
                dm = None

            class astro:  # noqa: N801
                halo = None

    planes = Planes()
    for plane, power in (("dd.si", 1.0), ("id.ann.bb", 2.0), ("cosmo.p_ann", 2.0), ("id.dec.bb", -1.0)):
        seen = effective(planes.get(plane), Bare, Point(100.0, 3.0, fraction), None)  # type: ignore[arg-type]
        assert seen == pytest.approx(3.0 * fraction**power)


def test_fraction_in_annihilation_counts_squared(make_limit: Any) -> None:
    limit = make_limit("x", [10.0, 1000.0], [1e-26, 1e-26], plane="id.ann.bb")
    assert judge(limit.plane, Point(100.0, 1.1e-26), limit).status == "excluded"
    half = judge(limit.plane, Point(100.0, 3.9e-26, 0.5), limit)
    assert (half.status, half.margin) == ("allowed", pytest.approx(0.975))
    with pytest.raises(RefusedError, match="fraction"):
        judge(limit.plane, Point(100.0, 1e-26, 1.5), limit)


def test_dirac_point_counts_half(make_limit: Any) -> None:
    limit = make_limit("x", [10.0, 1000.0], [1e-26, 1e-26], plane="id.ann.bb")
    assert judge(limit.plane, Point(100.0, 1.5e-26), limit, self_conjugate=True).status == "excluded"
    assert judge(limit.plane, Point(100.0, 1.5e-26), limit, self_conjugate=False).status == "allowed"


def test_ceiling_is_honoured_and_knows_nothing_of_the_fraction(make_limit: Any) -> None:
    limit = make_limit("x", [1.0, 100.0], [1e-38, 1e-38], changes={"geometry": {"ceiling": "x/top"}})
    ceiling = make_limit("top", [1.0, 100.0], [1e-31, 1e-31], changes={"geometry": {"excluded": "below"}})
    plane = limit.plane
    assert judge(plane, Point(10.0, 1e-35), limit, ceiling).status == "excluded"
    above = judge(plane, Point(10.0, 1e-30), limit, ceiling)
    assert above.status == "allowed"
    assert "overburden" in above.reason
    diluted = judge(plane, Point(10.0, 1e-30, 0.01), limit, ceiling)
    assert diluted.status == "allowed"
    missing = judge(plane, Point(10.0, 1e-35), limit)
    assert missing.status == "unknown"
    assert "ceiling" in missing.reason


def test_lifetimes_are_excluded_below(make_limit: Any) -> None:
    limit = make_limit("x", [10.0, 1000.0], [1e26, 1e26], plane="id.dec.bb")
    assert judge(limit.plane, Point(100.0, 1e25), limit).status == "excluded"
    assert judge(limit.plane, Point(100.0, 1e25), limit).margin == pytest.approx(10.0)
    assert judge(limit.plane, Point(100.0, 1e27), limit).status == "allowed"
    assert judge(limit.plane, Point(100.0, 5e25, 0.1), limit).status == "allowed"


def test_only_observations_exclude(make_limit: Any) -> None:
    changes = {"kind": "projection", "provenance": {"origin": "projection"}}
    future = make_limit("f", [10.0, 1000.0], [1e-49, 1e-49], changes=changes)
    expected = make_limit("e", [10.0, 1000.0], [1e-49, 1e-49], changes={"statistics": {"role": "expected"}})
    (verdict,), notes = exclude([Point(100.0, 1e-45)], future.plane, [future, expected])
    assert verdict.status == "not covered"
    assert len(notes) == 2
    with pytest.raises(RefusedError, match="not in"):
        exclude([], future.plane, [make_limit("o", [10.0, 20.0], [1e-40, 1e-40], plane="dd.sdp")])


def test_points_file(tmp_path: Path, planes: Any) -> None:
    path = tmp_path / "points.csv"
    path.write_text("name2,mass [TeV],cross_section [pbarn],fraction\n1,0.1,1e-9,0.5\n2,1,,1\n")
    first, second = read_points(path, planes.get("dd.si"))
    assert (first.x, first.y, first.fraction, first.row) == (100.0, pytest.approx(1e-45), 0.5, 1)
    assert second.y != second.y
    with pytest.raises(UsageError, match="twice"):
        read_points(path, planes.get("dd.si"), 0.5)
    path.write_text("mass,sigma\n1,1\n")
    with pytest.raises(UsageError, match="cross_section"):
        read_points(path, planes.get("dd.si"))
    path.write_text("mass [pb],cross_section\n1,1\n")
    with pytest.raises(DocumentError):
        read_points(path, planes.get("dd.si"))
