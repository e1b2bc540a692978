"""Envelopes: the strongest curve at each mass, own ranges only, members by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairport.contract.errors import RefusedError
from fairport.physics.curves import FunctionCurve
from fairport.results.deriving import write
from fairport.results.envelope import envelope
from fairport.results.store import load_result


def test_reproduces_the_minimum_of_all_curves(make_limit: Any) -> None:
    rng = np.random.default_rng(3)
    members = []
    for k in range(6):
        x = np.sort(10.0 ** rng.uniform(0.5, 3.5, 40))
        members.append(make_limit(f"m{k}", x, 1e-46 * 10.0 ** rng.normal(0.0, 0.4, 40), experiment=f"E{k}"))
    found, derived = envelope(members)
    curve = derived.loaded().curve
    query = np.geomspace(curve.domain[0], curve.domain[1], 997)
    stacked = np.array([member.at(query) for member in members])
    expected = np.nanmin(stacked, axis=0)
    np.testing.assert_allclose(curve.at(query), expected, rtol=1e-11)
    middle = [np.sqrt(a * b) for a, b in zip(found.x[:-1], found.x[1:], strict=True) if b > a * 1.0001]
    for x in middle[::7]:
        index = int(np.searchsorted(found.x, x)) - 1
        values = [member.at(x) for member in members]
        assert found.winner[index] == int(np.nanargmin(values))


def test_gaps_and_ends_are_steps_not_bridges(make_limit: Any) -> None:
    low = make_limit("a", [1.0, 10.0], [1e-44, 1e-45])
    high = make_limit("b", [100.0, 1000.0], [1e-46, 1e-45])
    inner = make_limit("c", [2.0, 5.0], [1e-47, 1e-47])
    _, derived = envelope([low, high, inner])
    curve = derived.loaded().curve
    assert np.isnan(curve.at(30.0))
    assert curve.at(3.0) == pytest.approx(1e-47)
    assert curve.at(1.9) == pytest.approx(float(low.at(1.9)))
    assert curve.at(5.1) == pytest.approx(float(low.at(5.1)))


def test_lifetimes_take_the_longest(make_limit: Any) -> None:
    one = make_limit("a", [10.0, 1000.0], [1e26, 1e26], plane="id.dec.bb")
    two = make_limit("b", [10.0, 1000.0], [1e25, 1e27], plane="id.dec.bb")
    _, derived = envelope([one, two])
    curve = derived.loaded().curve
    assert curve.at(10.0) == pytest.approx(1e26)
    assert curve.at(1000.0) == pytest.approx(1e27)
    assert derived.record["geometry"]["excluded"] == "below"


def test_only_observed_collaboration_curves_by_default(make_limit: Any, tmp_path: Path) -> None:
    good = make_limit("good", [10.0, 100.0], [1e-45, 1e-45])
    read_off = {"provenance": {"origin": "digitised"}}
    digitised = make_limit("dig", [10.0, 100.0], [1e-46, 1e-46], changes=read_off)
    expected = make_limit("exp", [10.0, 100.0], [1e-47, 1e-47], changes={"statistics": {"role": "expected"}})
    future = {"kind": "projection", "provenance": {"origin": "projection"}}
    projection = make_limit("pro", [10.0, 100.0], [1e-48, 1e-48], changes=future)
    found, derived = envelope([good, digitised, expected, projection])
    assert [member.id for member in found.members] == ["good/good"]
    assert len(found.left_out) == 3
    assert "good/good@1" in derived.record["description"]
    assert "no combination" in derived.record["title"]
    more, _ = envelope([good, digitised], include=frozenset({"digitised"}))
    assert len(more.members) == 2
    with pytest.raises(RefusedError, match="no result is left"):
        envelope([digitised])
    loaded = load_result(write(derived, tmp_path))
    assert [entry.transform for entry in loaded.record.derived_from] == ["envelope"]
    assert loaded.record.derived_from[0].parameters["strongest"] == [[10.0, 100.0]]
    assert (tmp_path / "winners.csv").read_text().splitlines()[0] == "mass,cross_section,winner"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"statistics": {"cl": 0.95}}, "confidence levels"),
        ({"statistics": {"method": "bayesian"}}, "statistical methods"),
        ({"statistics": {"cl": "not-stated"}}, "does not state"),
        ({"astro": {"halo": "not-stated"}}, "does not state astro.halo"),
        ({"provenance": {"example": True}}, "example"),
    ],
)
def test_refusals(make_limit: Any, changes: dict[str, Any], words: str) -> None:
    one = make_limit("a", [10.0, 100.0], [1e-45, 1e-45])
    with pytest.raises(RefusedError, match=words):
        envelope([one, make_limit("b", [10.0, 100.0], [1e-46, 1e-46], changes=changes)])


def test_halo_difference_is_said(make_limit: Any) -> None:
    halo = {"astro": {"halo": {"v0": {"value": 220.0, "unit": "km s-1"}}}}
    one = make_limit("a", [10.0, 100.0], [1e-45, 1e-45])
    found, _ = envelope([one, make_limit("b", [10.0, 100.0], [1e-46, 1e-46], changes=halo)])
    assert any("astro.halo.v0 differs" in note for note in found.notes)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.lists(
            st.tuples(st.floats(0.0, 3.0), st.floats(-2.0, 2.0)),
            min_size=2,
            max_size=8,
            unique_by=lambda p: round(p[0], 2),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_envelope_never_lies_above_a_member(curves: list[list[tuple[float, float]]]) -> None:
    from fairport.results.envelope import _strongest

    class Fake:
        def __init__(self, points: list[tuple[float, float]]) -> None:
            points = sorted((round(u, 2), v) for u, v in points)
            xs, ys = (10.0 ** np.array(column) for column in zip(*points, strict=True))
            self.curve = FunctionCurve.from_points(xs, ys)
            self.valid_range = self.curve.domain

    members: list[Any] = [Fake(points) for points in curves]
    x, y, winner = _strongest(members, upper=False)
    assert np.all(np.diff(x) >= -1e-12 * x[1:])
    for at, value, owner in zip(x, y, winner, strict=True):
        if owner >= 0:
            place = np.clip(at, *members[owner].valid_range)
            assert value == pytest.approx(float(members[owner].curve.at(place)))


def test_what_a_record_does_not_state_is_no_other_model(make_limit: Any) -> None:
    """A member that does not say whether its particle is its own antiparticle does not undo the envelope."""
    stated = make_limit("a", [10.0, 1000.0], [1e-25, 1e-25], plane="id.ann.bb")
    silent = make_limit(
        "b",
        [10.0, 1000.0],
        [2e-25, 5e-26],
        plane="id.ann.bb",
        changes={"model": {"dm": {"self_conjugate": "not-stated"}}},
    )
    found, _ = envelope([stated, silent])
    assert [member.id for member in found.members] == ["a/a", "b/b"]
    dirac = {"model": {"dm": {"self_conjugate": False}}}
    with pytest.raises(RefusedError, match="self_conjugate"):
        envelope([stated, make_limit("c", [10.0, 1000.0], [1e-25, 1e-25], plane="id.ann.bb", changes=dirac)])
