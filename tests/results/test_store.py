"""Loading results from disk and reading numbers off them."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fairport.contract.errors import DocumentError, FairportError
from fairport.contract.resources import schemas_root
from fairport.contract.saving import dump_yaml
from fairport.physics.arrays import OutsideRange
from fairport.physics.curves import FunctionCurve, Scalar
from fairport.physics.grids import Grid
from fairport.physics.polygons import Region
from fairport.results.planes import UnknownPlane
from fairport.results.store import load_result

GOOD = schemas_root() / "examples" / "result" / "good"
TABLE = "mass,limit\n10,1e-44\n100,1e-45\n1000,1e-44\n"


def write(folder: Path, data: dict[str, Any], table: str = TABLE, **table_facts: Any) -> Path:
    (folder / "si.csv").write_text(table)
    facts = {
        "sha256": hashlib.sha256(table.encode()).hexdigest(),
        "rows": table.count("\n") - 1,
        **table_facts,
    }
    path = folder / "result.yaml"
    path.write_text(dump_yaml({**data, "data": {**data["data"], **facts}}))
    return path


@pytest.fixture
def data(make: Any) -> dict[str, Any]:
    return dict(make().data)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("limit", FunctionCurve),
        ("projection", FunctionCurve),
        ("line", FunctionCurve),
        ("region-collider", Region),
        ("region-signal", Region),
        ("profile-grid", Grid),
        ("profile-replicas", type(None)),
        ("point", type(None)),
        ("workspace", type(None)),
    ],
)
def test_every_kind_of_result_loads(name: str, kind: type) -> None:
    result = load_result(GOOD / f"{name}.yaml")
    assert isinstance(result.curve, kind)
    assert result.digest.startswith("sha256:")


def test_published_numbers_come_back() -> None:
    result = load_result(GOOD / "limit.yaml")
    assert result.at([100.0, 1000.0, 10000.0]).tolist() == [1.14e-44, 3.78e-44, 3.43e-43]
    assert math.isnan(float(result.at(99.0)))
    reading = result.reading(100.0)
    assert reading.value == 1.14e-44
    assert reading.bands["p84"] == pytest.approx(1.368e-44)
    assert "p_value" not in reading.bands
    assert result.reading(5.0).value is None


def test_folder_or_file(tmp_path: Path, data: dict[str, Any]) -> None:
    path = write(tmp_path, data)
    assert load_result(tmp_path).digest == load_result(path).digest


def test_values_are_converted_to_the_units_of_the_plane(tmp_path: Path, data: dict[str, Any]) -> None:
    data["axes"][0]["unit"], data["axes"][1]["unit"] = "MeV", "1e-36 cm2"
    data["validity"] = {"ranges": [{"axis": "mass", "low": 20, "high": 1000}]}
    result = load_result(write(tmp_path, data, "mass,limit\n10,1e-8\n100,1e-9\n1000,1e-8\n"))
    assert result.valid_range == pytest.approx((0.02, 1.0))
    assert float(result.at(0.1)) == pytest.approx(1e-45)
    assert math.isnan(float(result.at(0.015)))


def test_axes_are_matched_by_quantity(tmp_path: Path, make: Any) -> None:
    result = make(
        {"m": [10, 100], "s": [1e-45, 1e-46]},
        axes=[
            {
                "name": "a",
                "role": "independent",
                "column": "m",
                "quantity": "dark_matter_mass",
                "unit": "GeV",
                "scale": "log",
            },
            {
                "name": "b",
                "role": "dependent",
                "column": "s",
                "quantity": "cross_section",
                "unit": "cm2",
                "scale": "log",
            },
        ],
    )
    assert [axis.column for axis in result.coordinates] == ["m", "s"]


def test_sentinel_is_masked_before_the_unit_changes(make: Any) -> None:
    result = make(
        {"mass": [1, 10, 100, 1000], "limit": [1.0, 1e-8, 1e-9, 1e-8]},
        axes=[
            {**axis, "unit": unit}
            for axis, unit in zip(make().data["axes"], ("GeV", "1e-36 cm2"), strict=True)
        ],
        geometry={"sentinel": 1.0},
    )
    assert result.valid_range == (10.0, 1000.0)


def test_forbidden_range_is_an_error_that_names_the_range(make: Any) -> None:
    result = make(
        interpolation={"outside": "forbid"}, validity={"ranges": [{"axis": "mass", "low": 50, "high": 1e4}]}
    )
    with pytest.raises(OutsideRange, match=r"nothing at 20 GeV \(it holds from 50 to 10000 GeV\)"):
        result.at([100.0, 20.0])
    assert result.reading(20.0).value is None
    assert np.isfinite(result.at(50.0))


def test_contours_are_crossed(region: Any) -> None:
    low, high = region.reading(10**1.8).crossings
    assert low == pytest.approx(10**-43.8, rel=0.02)
    assert high == pytest.approx(10**-42.2, rel=0.02)
    with pytest.raises(DocumentError, match="not a function"):
        region.at(50.0)


def test_scalars(make: Any) -> None:
    axis = {
        "name": "p",
        "role": "dependent",
        "column": "p",
        "quantity": "annihilation_parameter",
        "scale": "log",
    }
    result = make(
        {"p": [3.2e-28]},
        plane="cosmo.p_ann",
        axes=[{**axis, "unit": "cm3 s-1 GeV-1"}],
        geometry={"shape": "scalar"},
        valid=False,  # the schema asks for two axes
    )
    assert isinstance(result.curve, Scalar)
    assert result.curve.value == 3.2e-28
    assert result.bound == "above"


def test_a_one_sided_point_is_a_limit(make: Any) -> None:
    value = {"name": "p", "quantity": "annihilation_parameter", "unit": "cm3 s-1 GeV-1", "value": 3.2e-28}
    gone = dict.fromkeys(("axes", "data", "geometry", "interpolation"))
    options = {"plane": "cosmo.p_ann", "kind": "point", "values": [value], **gone}
    assert make({}, **options).bound == "above"
    assert make({}, statistics={"sided": "two"}, **options).bound is None


def test_analysis_and_experiment_come_from_the_repository(tmp_path: Path, data: dict[str, Any]) -> None:
    folder = tmp_path / "results" / "si"
    folder.mkdir(parents=True)
    write(folder, data)
    (tmp_path / "fairport.yaml").write_text(
        "id: my-analysis\nexperiment: {name: LZ, collaboration: LUX-ZEPLIN}\n"
    )
    result = load_result(folder)
    assert (result.id, result.experiment, result.collaboration) == ("my-analysis/si", "LZ", "LUX-ZEPLIN")
    (tmp_path / "fairport.yaml").write_text("id: [broken\n")
    assert load_result(folder).id == "si"
    assert load_result(folder, analysis="x", experiment="Y").id == "x/si"


def test_planes_of_the_repository_are_used(tmp_path: Path, data: dict[str, Any]) -> None:
    from fairport.contract.loading import load_yaml
    from fairport.contract.resources import catalog_root

    (tmp_path / "planes").mkdir()
    plane = load_yaml(catalog_root() / "planes" / "dd.si.yaml").data
    (tmp_path / "planes" / "dd.new.yaml").write_text(dump_yaml({**plane, "id": "dd.new"}))
    write(tmp_path, {**data, "plane": "dd.new"})
    with pytest.raises(UnknownPlane):
        load_result(tmp_path)
    (tmp_path / "fairport.yaml").write_text("id: mine\n")
    assert load_result(tmp_path).plane.id == "dd.new"


def test_changed_table_is_told(tmp_path: Path, data: dict[str, Any]) -> None:
    path = write(tmp_path, data, sha256="0" * 64)
    with pytest.raises(DocumentError, match=r"si\.csv was changed after the record was written") as caught:
        load_result(path)
    assert "result.yaml:" in str(caught.value.where)
    assert load_result(path, verify=False).columns["mass"].tolist() == [10, 100, 1000]


def test_wrong_number_of_rows_is_told(tmp_path: Path, data: dict[str, Any]) -> None:
    with pytest.raises(DocumentError, match=r"has 3 rows, the record says 4"):
        load_result(write(tmp_path, data, rows=4))


@pytest.mark.parametrize("path", ["../secret.csv", "/etc/passwd", "missing.csv"])
def test_tables_elsewhere_are_not_read(tmp_path: Path, data: dict[str, Any], path: str) -> None:
    (tmp_path / "secret.csv").write_text(TABLE)
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(DocumentError, match=r"lies outside|does not exist"):
        load_result(write(folder, data, path=path), verify=False)


def test_missing_column(make: Any) -> None:
    with pytest.raises(DocumentError, match=r'no column "limit".*its columns are mass, y'):
        _ = make({"mass": [1, 2], "y": [1, 2]}).curve


def test_alias_of_a_unit_gives_its_place_and_mend(tmp_path: Path, data: dict[str, Any]) -> None:
    data["axes"][1]["unit"] = "pb"
    with pytest.raises(DocumentError, match=r'the unit "pb"') as caught:
        _ = load_result(write(tmp_path, data)).curve
    assert caught.value.mend == 'write "1e-36 cm2"'
    line = int(str(caught.value.where).split(":")[-2])
    assert "pb" in (tmp_path / "result.yaml").read_text().splitlines()[line - 1]


def test_wrong_dimension_is_told(make: Any) -> None:
    axes = make().data["axes"]
    with pytest.raises(DocumentError, match="an energy cannot be converted to an area"):
        _ = make(axes=[axes[0], {**axes[1], "unit": "keV"}]).curve


def test_table_that_is_no_function_is_told_with_its_file(tmp_path: Path, data: dict[str, Any]) -> None:
    with pytest.raises(DocumentError, match=r"falls from 30 to 28 at row 3") as caught:
        _ = load_result(write(tmp_path, data, "mass,limit\n10,1e-44\n30,1e-45\n28,1e-44\n40,1e-44\n")).curve
    assert str(caught.value.where).endswith("si.csv")


def test_invalid_record(tmp_path: Path) -> None:
    (tmp_path / "result.yaml").write_text("schema_version: '1.0'\n")
    with pytest.raises(FairportError):
        load_result(tmp_path)
    with pytest.raises(FairportError, match="does not exist"):
        load_result(tmp_path / "nothing.yaml")


def test_digest_covers_record_and_table(tmp_path: Path, data: dict[str, Any]) -> None:
    first = load_result(write(tmp_path, data)).digest
    assert load_result(write(tmp_path, data, TABLE.replace("1e-45", "2e-45"))).digest != first
    assert load_result(write(tmp_path, {**data, "title": "Another"})).digest != first
    assert load_result(write(tmp_path, data)).digest == first
