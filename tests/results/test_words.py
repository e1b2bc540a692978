"""Results in words."""

from __future__ import annotations

from typing import Any

import pytest

from fairport.contract.resources import schemas_root
from fairport.results.store import load_result
from fairport.results.words import best_point, describe, level_text, tooltip

GOOD = schemas_root() / "examples" / "result" / "good"


def say(result: Any) -> str:
    return " ".join(describe(result)).replace("\N{NO-BREAK SPACE}", " ")


def test_a_limit(make: Any) -> None:
    text = say(make())
    assert (
        "Values of spin-independent cross-section per nucleon above the curve are excluded at 90 % CL, "
        "if all local dark matter is this particle." in text
    )
    assert "The curve covers 10 to 10000 GeV/c² in dark-matter mass; its strongest point is" in text
    assert "ρ₀ = 0.3 GeV cm⁻³" in text
    assert "the numbers are those of the collaboration" in text.lower()
    assert "example" not in text


def test_a_fraction_of_the_dark_matter(make: Any) -> None:
    text = say(make(model={"dm": {"local_fraction": 0.1}}))
    assert "if this particle makes up 10 % of the local dark matter" in text


def test_lifetimes_exclude_below(make: Any) -> None:
    axes = make().data["axes"]
    result = make(
        {"mass": [10, 100], "limit": [1e26, 1e27]},
        plane="id.dec.bb",
        axes=[axes[0], {**axes[1], "quantity": "dark_matter_lifetime", "unit": "s"}],
        geometry={"excluded": "below"},
        model={"channel": "bb", "spectra": "PPPC4DMID"},
        astro={"halo": None, "jfactor": "not-stated"},
    )
    assert "Values of lifetime below the curve are excluded" in say(result)
    assert best_point(result) == (100.0, 1e27)
    assert "J factor" in say(result)


def test_a_projection_excludes_nothing_yet() -> None:
    text = say(load_result(GOOD / "projection.yaml"))
    assert "would be excluded at 90 % CL" in text
    assert "nothing has been measured" in text
    assert "Added later with a citation: halo (by Ada Doe" in text


def test_an_example_says_so_first() -> None:
    assert "example that came with a starter" in describe(load_result(GOOD / "limit.yaml"))[0]


def test_what_is_not_stated_is_named(make: Any) -> None:
    text = say(make(statistics={"cl": "not-stated"}, astro={"halo": "not-stated"}))
    assert "the confidence level is not stated" in text
    assert "The source does not state: halo, confidence level." in text


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("line", "it excludes nothing by itself"),
        ("point", "density of cold dark matter = 0.12 ± 0.001"),
        ("profile-grid", "from which limits can be set"),
        ("profile-replicas", "simulated data"),
        ("region-collider", "Points inside the contour are excluded at 95 % CL"),
        ("region-signal", "it excludes nothing"),
        ("workspace", "A full likelihood in a file"),
    ],
)
def test_every_kind(name: str, expected: str) -> None:
    assert expected in say(load_result(GOOD / f"{name}.yaml"))


def test_a_bound_on_one_number(make: Any) -> None:
    value = {"name": "p", "quantity": "annihilation_parameter", "unit": "cm3 s-1 GeV-1", "value": 3.2e-28}
    gone = dict.fromkeys(("axes", "data", "geometry", "interpolation"))
    text = say(make({}, plane="cosmo.p_ann", kind="point", values=[value], **gone))
    assert "above 3.2 × 10⁻²⁸ cm³ s⁻¹ GeV⁻¹ are excluded at 90 % CL" in text


def test_lines_have_no_strongest_point() -> None:
    line = load_result(GOOD / "line.yaml")
    assert best_point(line) is None
    assert level_text(line.record) == ""


def test_withdrawn_with_reason(make: Any) -> None:
    assert "was withdrawn: wrong exposure." in say(make(status="withdrawn", status_reason="wrong exposure"))


def test_tooltip(make: Any) -> None:
    text = tooltip(make(), "LZ").replace("\N{NO-BREAK SPACE}", " ")
    assert text.startswith("LZ: 90 % CL, strongest ")
    assert text.endswith("GeV/c²")


def test_strongest_point_is_inside_the_validity(make: Any) -> None:
    free, narrow = make(), make(validity={"ranges": [{"axis": "mass", "low": 200, "high": 1e4}]})
    best, inside = best_point(free), best_point(narrow)
    assert best is not None
    assert inside is not None
    assert best[0] < 200 <= inside[0]
    assert inside[1] > best[1]
