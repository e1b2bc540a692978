"""HEPData tables, as YAML and as JSON."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from fairport.contract.errors import DocumentError, UsageError
from fairport.contract.loading import load_json, parse_json, parse_yaml
from fairport.interop.formats import hepdata

YAML = """independent_variables:
- header: {name: Mass, units: GEV}
  values:
  - {value: 10}
  - {value: 20.5}
dependent_variables:
- header: {name: Limit, units: pb}
  qualifiers: [{name: CL, value: 0.95}]
  values:
  - value: 1.0e-3
    errors:
    - {asymerror: {minus: -2.0e-4, plus: 3.0e-4}, label: 1 sigma}
  - {value: '-'}
"""


def test_yaml_with_errors_as_bands() -> None:
    table = hepdata.read(parse_yaml(YAML, "t.yaml"), "t.yaml")
    names = {column.name: column for column in table.columns}
    assert list(names) == ["Mass", "Limit", "Limit, 1 sigma low", "Limit, 1 sigma high"]
    assert (names["Mass"].unit, names["Limit"].unit) == ("GeV", "pb")
    assert names["Limit, 1 sigma high"].values[0] == pytest.approx(1.3e-3)
    assert math.isnan(names["Limit"].values[1])
    assert table.lines == (4, 5)
    assert table.stated["provenance.origin"] == "collaboration"


@pytest.mark.parametrize(
    ("old", "new", "error", "said"),
    [
        ("{value: 20.5}", "{value: big}", DocumentError, "t.yaml:5"),
        ("{value: 20.5}", "{low: 1, high: 2}", DocumentError, "bins"),
        ("  - {value: 20.5}\n", "", DocumentError, "different numbers"),
        ("independent_variables", "variables", DocumentError, "no HEPData table"),
    ],
)
def test_errors(old: str, new: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error) as caught:
        hepdata.read(parse_yaml(YAML.replace(old, new, 1), "t.yaml"), "t.yaml")
    assert said in str(caught.value)


def test_lists_of_tables_are_no_table() -> None:
    with pytest.raises(UsageError, match="holds no table"):
        hepdata.read(parse_json(json.dumps({"data_tables": []}), "r.json"), "r.json")


def test_json_of_the_site_tells_columns_apart(reference_data: Path) -> None:
    folder = reference_data / "atlas_dilepton"
    file = folder / "hepdata_observed_xseclimits_atlas139ifb.json"
    table = hepdata.read(load_json(file), str(file))
    assert len(table.columns) == 7
    assert (table.rows, table.columns[0].name, table.columns[0].unit) == (1101, "Mass", "GeV")
    assert "RELATIVE WIDTH 0.5 %" in table.columns[2].name
    assert table.columns[1].values[0] == 3.57303
    assert table.columns[1].unit == "pb"
    assert table.stated["statistics.cl"] == 0.95


def test_contours_of_the_site(reference_data: Path) -> None:
    for file in sorted((reference_data / "atlas_monophoton").glob("*.json")):
        table: Any = hepdata.read(load_json(file), str(file))
        assert [column.role for column in table.columns] == ["x", "y"]
        assert [column.unit for column in table.columns] == ["GeV", "GeV"]
        assert table.stated["provenance.source.doi"].startswith("https://doi.org/10.17182/hepdata.77382")
