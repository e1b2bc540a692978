"""Exports hold what they can, and say what they cannot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from astropy import units as u
from astropy.io.votable import parse
from astropy.table import QTable

from fairport.contract.errors import RefusedError, UsageError
from fairport.contract.tables import read_table
from fairport.interop.formats import glike
from fairport.results.exports import FORMATS, export
from fairport.results.loaded import LoadedResult

MASS = np.array([10.0, 40.0, 1000.0])


@pytest.fixture
def limit(make: Any) -> LoadedResult:
    columns = {"mass": MASS, "limit": [3e-46, np.nan, 2e-46], "median": [4e-46, 3e-47, 2e-46]}
    loaded: LoadedResult = make(columns, bands={"p50": "median"})
    return loaded


@pytest.fixture
def profile(make: Any) -> LoadedResult:
    mass, sigmav = np.meshgrid([100.0, 300.0], [1e-26, 1e-25, 1e-24], indexing="ij")
    axes = [
        {"name": name, "role": role, "column": name, "quantity": quantity, "unit": unit, "scale": scale}
        for name, role, quantity, unit, scale in (
            ("mass", "independent", "dark_matter_mass", "TeV", "log"),
            ("sigmav", "independent", "annihilation_cross_section", "cm3 s-1", "log"),
            ("ts", "dependent", "test_statistic", "", "lin"),
        )
    ]
    loaded: LoadedResult = make(
        {"mass": mass.ravel() / 1000, "sigmav": sigmav.ravel(), "ts": np.arange(6.0)},
        kind="profile",
        plane="id.ann.bb",
        axes=axes,
        geometry={"shape": "grid", "excluded": "none"},
        interpolation={"x": "log", "y": "lin", "method": "cubic"},
        profile={"quantity": "-2lnL", "reference": "own-minimum"},
        astro={"halo": None, "jfactor": [{"target": "Draco", "log10": 18.83}]},
    )
    return loaded


def test_csv_with_table_schema_loses_nothing(limit: LoadedResult, tmp_path: Path) -> None:
    done = export(limit, "csv", tmp_path)
    assert done.losses == ()
    table = read_table(tmp_path / "si.csv")
    assert table.columns["mass"] == MASS.tolist()
    assert np.isnan(table.columns["limit"][1])
    schema = json.loads((tmp_path / "si.schema.json").read_text("utf-8"))
    assert [(field["name"], field["unit"]) for field in schema["fields"]] == [
        ("mass", "GeV"),
        ("limit", "cm2"),
        ("median", "cm2"),
    ]
    assert schema["fairport:record"] == limit.data


def test_json_loses_nothing(limit: LoadedResult, tmp_path: Path) -> None:
    export(limit, "json", tmp_path)
    content = json.loads((tmp_path / "si.json").read_text("utf-8"))
    assert content["record"] == limit.data
    assert content["columns"]["limit"] == [3e-46, None, 2e-46]


def test_json_has_no_infinite_numbers_and_says_so(make: Any, tmp_path: Path) -> None:
    endless = make({"mass": MASS, "limit": [3e-46, np.inf, 2e-46]})
    (loss,) = export(endless, "json", tmp_path).losses
    assert loss.startswith("infinite numbers (1)")
    assert json.loads((tmp_path / "si.json").read_text("utf-8"))["columns"]["limit"] == [3e-46, None, 2e-46]


def test_ecsv_reads_back_in_astropy(limit: LoadedResult, tmp_path: Path) -> None:
    export(limit, "ecsv", tmp_path)
    table = QTable.read(tmp_path / "si.ecsv", format="ascii.ecsv")
    assert table["limit"].unit == u.cm**2
    assert table["median"][1] == 3e-47 * u.cm**2
    assert table.meta["fairport"] == limit.data


def test_votable_reads_back_in_astropy(limit: LoadedResult, tmp_path: Path) -> None:
    export(limit, "votable", tmp_path)
    votable = parse(tmp_path / "si.xml", verify="exception")
    table = votable.get_first_table()
    assert str(table.get_field_by_id("mass").unit) == "GeV"
    np.testing.assert_array_equal(table.array["mass"].data, MASS)
    assert json.loads(votable.resources[0].infos[-1].value) == limit.data


def test_hepdata_says_in_qualifiers_what_it_cannot_hold(limit: LoadedResult, tmp_path: Path) -> None:
    done = export(limit, "hepdata", tmp_path)
    assert done.losses
    first, entry = yaml.safe_load_all((tmp_path / "submission.yaml").read_text("utf-8"))
    assert first["additional_resources"][0]["location"] == "result.yaml"
    assert entry["data_license"]["url"].endswith("/zero/1.0/")
    data = yaml.safe_load((tmp_path / entry["data_file"]).read_text("utf-8"))
    assert [v["header"] for v in data["independent_variables"]] == [{"name": "mass", "units": "GeV"}]
    dependent = data["dependent_variables"][0]
    assert [value["value"] for value in dependent["values"]] == [3e-46, "-", 2e-46]
    qualifiers = {item["name"]: item["value"] for item in dependent["qualifiers"]}
    assert qualifiers["fairport:excluded"] == "above"
    assert qualifiers["fairport:confidence level"] == "0.9"
    assert yaml.safe_load((tmp_path / "result.yaml").read_text("utf-8")) == limit.data


def test_glike_round_trip_in_units_of_the_format(profile: LoadedResult, tmp_path: Path) -> None:
    done = export(profile, "glike", tmp_path)
    text = (tmp_path / "si.txt").read_text("utf-8")
    assert text.splitlines()[0] == "18.83 100.0 300.0"
    assert text.splitlines()[1].startswith("1e-24 ")
    table = glike.read(text, "si.txt")
    assert table.columns[2].values == tuple(range(6))
    assert any("licence" in loss for loss in done.losses)


def test_what_a_format_cannot_hold_at_all_is_refused(limit: LoadedResult, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="no likelihood"):
        export(limit, "glike", tmp_path)
    with pytest.raises(UsageError, match="no export"):
        export(limit, "xls", tmp_path)
    with pytest.raises(RefusedError, match="full grid"):
        glike.write(18.0, [1, 1, 2], [1, 2, 1], [0, 0, 0])
    assert set(FORMATS) == {"csv", "json", "ecsv", "votable", "hepdata", "glike"}
