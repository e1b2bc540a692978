"""Side by side, and when nobody may be said to lead."""

from __future__ import annotations

from typing import Any

import pytest

from fairport.contract.errors import RefusedError
from fairport.results.compare import compare


@pytest.fixture
def lz(make_limit: Any) -> Any:
    bands = {"p50": [5.06e-48, 5.06e-48], "unconstrained": [1.22e-48, 1.22e-48]}
    changes = {"statistics": {"power_constraint": "-1 sigma"}}
    x, y = [10.0, 1000.0], [2.18e-48, 2.18e-48]
    return make_limit("lz", x, y, bands=bands, changes=changes, experiment="LZ")


@pytest.fixture
def make_xenon(make_limit: Any) -> Any:
    def make(median: float | None = 1.41e-47, value: float = 1.85e-47, **changes: Any) -> Any:
        bands = {"p50": [median, median]} if median else {}
        return make_limit(
            "xenonnt", [10.0, 1000.0], [value, value], bands=bands, changes=changes, experiment="XENONnT"
        )

    return make


def test_lz_and_xenonnt_at_40_gev(lz: Any, make_xenon: Any) -> None:
    found = compare([make_xenon(), lz], 40.0)
    first, second = found.rows
    assert first.result == "lz/lz"
    assert second.factors["observed"] == pytest.approx(8.5, abs=0.05)
    assert second.factors["median"] == pytest.approx(2.8, abs=0.05)
    assert first.values["unconstrained"] == pytest.approx(1.22e-48)
    assert first.power_constraint == "-1 sigma"
    assert first.cl == 0.9
    assert found.withheld == ()
    assert "leads" in found.reading
    assert "8.5" in found.reading
    assert "2.8" in found.reading
    assert "fluctuation" in found.reading
    assert "Not a combination" in found.reading


@pytest.mark.parametrize(
    ("median", "changes", "reason"),
    [
        (None, {}, "no median"),
        (4e-48, {}, "disagree"),
        (1.41e-47, {"statistics": {"cl": 0.95}}, "statistics.cl differs"),
        (1.41e-47, {"statistics": {"cl": "not-stated"}}, "does not state statistics.cl"),
        (1.41e-47, {"astro": {"halo": "not-stated"}}, "does not state astro.halo"),
        (1.41e-47, {"astro": {"halo": {"v0": {"value": 220.0, "unit": "km s-1"}}}}, "astro.halo.v0 differs"),
    ],
)
def test_lead_is_withheld(lz: Any, make_xenon: Any, median: float | None, changes: Any, reason: str) -> None:
    found = compare([lz, make_xenon(median, **changes)], 40.0)
    assert any(reason in one for one in found.withheld)
    assert "leads" not in found.reading
    assert reason in found.reading


def test_lifetimes_lead_by_the_longer(make_limit: Any) -> None:
    common: dict[str, Any] = {"plane": "id.dec.bb"}
    one = make_limit("a", [10.0, 1e3], [1e26, 1e26], bands={"p50": [1e26, 1e26]}, experiment="A", **common)
    two = make_limit("b", [10.0, 1e3], [3e26, 3e26], bands={"p50": [2e26, 2e26]}, experiment="B", **common)
    found = compare([one, two], 100.0)
    assert found.rows[0].result == "b/b"
    assert found.rows[1].factors["observed"] == pytest.approx(3.0)
    assert found.withheld == ()
    assert "higher" in found.reading


def test_outside_and_projection_rows(lz: Any, make_limit: Any) -> None:
    far = make_limit("far", [2000.0, 3000.0], [1e-46, 1e-46])
    future = make_limit(
        "future",
        [10.0, 1000.0],
        [1e-49, 1e-49],
        changes={"kind": "projection", "provenance": {"origin": "projection"}},
    )
    found = compare([far, future, lz], 40.0)
    notes = {row.result: row.note for row in found.rows}
    assert "says nothing here" in notes["far/far"]
    values = {row.result: row.values for row in found.rows}
    assert values["future/future"]["observed"] is None
    assert values["future/future"]["median"] == pytest.approx(1e-49)
    assert found.rows[0].result in {"lz/lz", "future/future"}
    assert any("fewer than two" in one for one in found.withheld)


def test_other_planes_and_examples_are_refused(lz: Any, make_limit: Any) -> None:
    other = make_limit("x", [10.0, 100.0], [1e-40, 1e-40], plane="dd.sdp")
    with pytest.raises(RefusedError, match=r"lives in dd\.si") as caught:
        compare([lz, other], 40.0)
    assert "named model" in (caught.value.why or "")
    example = make_limit("e", [10.0, 100.0], [1e-45, 1e-45], changes={"provenance": {"example": True}})
    with pytest.raises(RefusedError, match="example"):
        compare([lz, example], 40.0)


def test_points_of_one_axis(planes: Any) -> None:
    from fairport.results.store import make_result

    def point(name: str, value: float) -> Any:
        record = {
            "schema_version": "1.0",
            "id": name,
            "title": name,
            "version": "1",
            "status": "published",
            "kind": "point",
            "plane": "cosmo.p_ann",
            "licence": "CC0-1.0",
            "provenance": {"origin": "collaboration"},
            "values": [
                {"name": "p", "quantity": "annihilation_parameter", "unit": "m3 s-1 GeV-1", "value": value}
            ],
            "statistics": {"role": "observed", "cl": 0.95, "method": "bayesian", "sided": "one"},
        }
        return make_result(record, {}, planes.get("cosmo.p_ann"), analysis=name)

    found = compare([point("old", 6.4e-34), point("new", 3.2e-34)], 0.0)
    assert found.rows[0].result == "new/new"
    assert found.rows[0].values["observed"] == pytest.approx(3.2e-28)
    assert found.rows[1].factors["observed"] == pytest.approx(2.0)
    assert any("no median" in one for one in found.withheld)
