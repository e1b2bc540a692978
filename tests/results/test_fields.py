"""Dotted fields of records."""

from __future__ import annotations

from typing import Any as Maker

import numpy as np
import pytest

from fairport.contract.errors import RefusedError
from fairport.results.fields import comparable, field_value, missing_fields, unstated_fields
from fairport.results.planes import Planes
from fairport.results.translation.translate import translate
from fairport.results.words import describe

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


def test_equal_things_compare_as_equal(make: Maker) -> None:
    rho0 = "astro.halo.rho0"
    one = make().record
    uncertain = make(astro={"halo": {"rho0": {"value": 0.3, "unit": "GeV cm-3", "uncertainty": 0.1}}}).record
    assert comparable(field_value(one, rho0)) == comparable(field_value(uncertain, rho0))
    fast = make(astro={"halo": {"v0": {"value": 238, "unit": "km s-1"}}}).record
    assert comparable(field_value(fast, "astro.halo.v0")) == (238.0, "km s-1")
    assert comparable(field_value(one, "astro.halo.v0")) == (220.0, "km s-1")


def test_model_fields_may_be_not_stated_and_curated(make: Maker) -> None:
    """What a source does not say about the model is said to be missing, until a person adds it."""
    entry = {"value": 1.0, "by": "Ada Doe", "date": "2026-11-01", "citation": "Section 2"}
    model = {"dm": {"local_fraction": "not-stated"}, "migdal": "not-stated"}
    bare = make(model=model)
    assert set(unstated_fields(bare.record, bare.plane)) == {"model.dm.local_fraction", "model.migdal"}
    assert "the record does not say so" in " ".join(describe(bare))
    curated = make(model=model | {"curated": {"dm.local_fraction": entry}})
    assert unstated_fields(curated.record, curated.plane) == ("model.migdal",)
    assert field_value(curated.record, "model.dm.local_fraction") == 1.0


@pytest.mark.parametrize("name", ["gq", "gdm"])
def test_couplings_that_are_not_stated_count_as_missing(make: Maker, name: str) -> None:
    result = make(
        plane="collider.mmed-mdm",
        columns={"M": np.array([0.0, 2000.0, 0.0]), "m": np.array([0.0, 100.0, 500.0])},
        kind="region",
        interpolation=None,
        astro=None,
        geometry={"shape": "polygon", "excluded": "inside", "closed": True},
        model={"mediator": {"type": "vector"}, "couplings": {"gq": 0.25, "gdm": 1.0} | {name: "not-stated"}},
        axes=[
            {"name": "mediator_mass", "role": "independent", "column": "M", "unit": "GeV", "scale": "lin"}
            | {"quantity": "mediator_mass"},
            {"name": "mass", "role": "dependent", "column": "m", "unit": "GeV", "scale": "lin"}
            | {"quantity": "dark_matter_mass"},
        ],
    )
    with pytest.raises(RefusedError, match=f"{name} missing"):
        translate(result, "dd.si")
    assert translate(result, "dd.si", {name: "0.5"}).record["model"]["couplings"][name] == 0.5
