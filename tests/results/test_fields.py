"""Dotted fields of records."""

from __future__ import annotations

from typing import Any as Maker

from fairport.results.fields import disagreements, field_value, missing_fields, unstated_fields
from fairport.results.planes import Planes

SI = Planes().get("dd.si")


def test_values(make: Maker) -> None:
    record = make().record
    assert field_value(record, "statistics.cl") == 0.9
    assert field_value(record, "astro.halo.rho0").value == 0.3
    assert field_value(record, "model.couplings.gq") is None
    assert field_value(make(model={"couplings": {"gq": 0.25}}).record, "model.couplings.gq") == 0.25


def test_everything_below_a_group_that_is_not_stated_is_not_stated(make: Maker) -> None:
    record = make(astro={"halo": "not-stated"}).record
    assert field_value(record, "astro.halo.rho0") == "not-stated"
    assert unstated_fields(record, SI) == ("astro.halo",)
    assert missing_fields(record, SI) == ()


def test_curated_values_take_the_place_of_not_stated(make: Maker) -> None:
    curated = {"cl": {"value": 0.9, "by": "Ada Doe", "date": "2026-11-01", "citation": "Section 2"}}
    record = make(statistics={"cl": "not-stated", "curated": curated}).record
    assert field_value(record, "statistics.cl") == 0.9
    assert unstated_fields(record, SI) == ()


def test_missing_fields(make: Maker) -> None:
    assert missing_fields(make(model={"target": None}).record, SI) == ("model.target",)


def test_disagreements(make: Maker) -> None:
    one, same = make().record, make(id="other").record
    uncertain = make(astro={"halo": {"rho0": {"value": 0.3, "unit": "GeV cm-3", "uncertainty": 0.1}}}).record
    assert disagreements(SI, [one, same, uncertain]) == {}
    fast = make(astro={"halo": {"v0": {"value": 238, "unit": "km s-1"}}}).record
    assert disagreements(SI, [one, fast]) == {"astro.halo.v0": ((220.0, "km s-1"), (238.0, "km s-1"))}
    silent = make(statistics={"cl": "not-stated"}).record
    assert disagreements(SI, [one, silent]) == {"statistics.cl": (0.9, "not-stated")}
