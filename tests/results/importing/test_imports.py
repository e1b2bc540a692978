"""Foreign tables become records; nothing is guessed silently."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fairport.contract.errors import FairportError, UsageError
from fairport.physics.curves import FunctionCurve, Polyline
from fairport.physics.polygons import Region
from fairport.physics.units import UnitProblem
from fairport.results.deriving import write
from fairport.results.importing.imports import Imported, import_file, preview, read_metadata
from fairport.results.importing.options import ImportOptions
from fairport.results.result import Result
from fairport.results.store import load_result

UNITS = {"mass": "GeV", "cross_section": "cm2"}
CURVE = "10 3e-46\n40 2e-47\n40 1e-47\n1000 2e-46\n"
LOOP = "10 1e-40\n20 2e-40\n30 1e-40\n20 5e-41\n10 1e-40\n"


def imported(tmp_path: Path, content: str, name: str = "a.txt", **options: Any) -> Imported:
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")
    return import_file(file, ImportOptions(**({"plane": "dd.si", "units": UNITS} | options)))


def test_written_record_reads_back_and_says_what_is_not_stated(tmp_path: Path) -> None:
    found = imported(tmp_path, "# 90% CL [pb]\n" + CURVE, cite=("arXiv:2410.17036v1",))
    loaded = load_result(write(found.derived, tmp_path / "out"))
    assert isinstance(loaded.curve, FunctionCurve)
    np.testing.assert_array_equal(loaded.columns["cross_section"], [3e-46, 2e-47, 1e-47, 2e-46])
    statistics = loaded.record.statistics
    assert statistics is not None
    assert (statistics.cl, statistics.sided, statistics.method) == ("not-stated",) * 3
    assert loaded.record.licence == "LicenseRef-none"
    assert loaded.record.provenance.source is not None
    assert loaded.record.provenance.source.arxiv == "2410.17036v1"
    assert len(found.assumptions) == 4
    assert all(any(text in note for note in loaded.record.validity.notes) for text in found.assumptions)
    assert {"model.migdal", "astro.halo", "statistics.cl"} <= set(found.unstated)
    assert any("not trusted" in line for line in preview(found))


def test_units_are_never_guessed_or_silently_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unit of mass"):
        imported(tmp_path, CURVE, units={"y": "cm2"})
    with pytest.raises(UnitProblem) as caught:
        imported(tmp_path, CURVE, units={"x": "GeV", "y": "pb"})
    assert caught.value.suggestion == "1e-36 cm2"
    with pytest.raises(UnitProblem, match="GeV"):
        imported(tmp_path, CURVE, units={"x": "GeV", "y": "GeV"})
    with pytest.raises(UsageError, match="neither an axis nor a column"):
        imported(tmp_path, CURVE, units={**UNITS, "limit": "cm2"})


def test_other_units_keep_the_numbers_of_the_source(tmp_path: Path) -> None:
    found = imported(tmp_path, "100 3e-7\n200 1e-8\n", units={"x": "MeV", "y": "1e-36 cm2"})
    loaded = found.derived.loaded()
    assert loaded.columns["mass"][0] == 100.0
    assert loaded.at(0.1) == pytest.approx(3e-43)


def test_wrong_units_and_sentinels_are_refused_with_the_line(tmp_path: Path) -> None:
    walls = "1 1.0\n" + CURVE
    with pytest.raises(FairportError, match="beyond anything known") as caught:
        imported(tmp_path, walls)
    assert str(caught.value.where).endswith("a.txt:1")
    loaded = imported(tmp_path, walls, sentinel=1.0).derived.loaded()
    assert loaded.valid_range == (10.0, 1000.0)
    assert imported(tmp_path, walls, accept_implausible=True).notices
    with pytest.raises(FairportError, match="log scale"):
        imported(tmp_path, CURVE + "2000 0\n", accept_implausible=True)


def test_curves_drawn_to_the_edge_are_told_not_refused(tmp_path: Path) -> None:
    found = imported(tmp_path, "1e-4 1e-30\n1e-2 1e-31\n1 1e-40\n10 2e-20\n")
    assert len(found.notices) == 2
    assert "first at line 1" in found.notices[0]
    with pytest.raises(FairportError, match="beyond anything"):
        imported(tmp_path, "1 2e-20\n2 2e-20\n3 2e-20\n4 1e-30\n5 1e-30\n6 1e-30\n")
    with pytest.raises(FairportError, match="beyond anything"):
        imported(tmp_path, "1 473.5\n2 5.7\n3 1e-3\n")


def test_shapes_are_seen_and_sides_are_not_invented(tmp_path: Path) -> None:
    region = imported(tmp_path, LOOP).derived.loaded()
    assert isinstance(region.curve, Region)
    assert region.record.kind == "region"
    assert region.record.geometry is not None
    assert region.record.geometry.excluded == "none"
    excluded = imported(tmp_path, LOOP, excluded="inside").derived.loaded()
    assert excluded.record.geometry is not None
    assert excluded.record.geometry.excluded == "inside"
    unordered = "10 1e-40\n30 1e-41\n20 2e-41\n"
    assert isinstance(imported(tmp_path, unordered).derived.loaded().curve, Polyline)
    ordered = imported(tmp_path, unordered, sort=True)
    assert ordered.derived.columns["mass"].tolist() == [10.0, 20.0, 30.0]
    assert "the points were put in the order of x" in ordered.assumptions
    with pytest.raises(FairportError, match="turns back") as caught:
        imported(tmp_path, unordered, shape="function")
    assert str(caught.value.where).endswith("a.txt:3")


def test_columns_must_be_named_where_there_are_more_than_two(tmp_path: Path) -> None:
    content = "mass,low,limit,high\n10,1e-46,2e-46,3e-46\n20,1e-46,2e-46,3e-46\n"
    with pytest.raises(UsageError, match="not clear which holds mass and which cross_section"):
        imported(tmp_path, content)
    columns = {"mass": "1", "cross_section": "limit", "p16": "low", "p84": "4"}
    found = imported(tmp_path, content, columns=columns)
    assert found.derived.record["bands"] == {"p16": "p16", "p84": "p84"}
    assert found.derived.loaded().bands["p84"].y[0] == 3e-46


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("10 1e-46 2e-46\n20 2e-46 3e-46\n", "the columns have no names"),
        ("# mass limit median\n10 1e-46 2e-46\n", 'its last remark is "mass limit median"'),
        ("one two three\n10 1e-46 2e-46\n", "the columns are 1 one, 2 two, 3 three"),
    ],
)
def test_what_is_known_of_the_columns_is_told(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "limit.dat").write_text(text)
    with pytest.raises(UsageError) as caught:
        import_file(tmp_path / "limit.dat", ImportOptions(plane="dd.si", units={"x": "GeV", "y": "cm2"}))
    assert told in (caught.value.why or "")


def test_fields_and_level_of_the_call_enter_the_record(tmp_path: Path) -> None:
    fields = {"model.migdal": False, "model.dm.local_fraction": 1, "astro.halo.set": "SHM"}
    found = imported(tmp_path, CURVE, cl=0.9, origin="collaboration", fields=fields)
    record = found.derived.loaded().record
    assert record.statistics is not None
    assert record.statistics.level == 0.9
    assert record.model.migdal is False
    assert "model.migdal" not in found.unstated
    assert not any("origin" in text for text in found.assumptions)


def test_public_collection_imports_but_for_its_faults(reference_data: Path) -> None:
    folder = reference_data / "dd_limit_plot" / "data"
    with pytest.raises(FairportError) as broken:
        read_metadata(folder / "result_metadata.toml")
    assert str(broken.value.where).endswith("result_metadata.toml:1322:54")
    metadata = read_metadata(folder / "result_metadata.toml", repair=True)
    refused = {}
    files = sorted(folder.glob("*.csv"))
    for file in files:
        plane = "dd.sdp" if file.name.startswith("WIMPSDp") else "dd.si"
        try:
            import_file(file, ImportOptions(plane=plane), metadata=metadata).derived.complete()
        except FairportError as error:
            refused[file.stem] = error.what
    assert len(files) - len(refused) == 40
    assert "10" in refused["WIMPSDp_LZ_2024_2410.17036"]
    assert "1e+10 cm2" in refused["WIMPSI_CDMSlite_2018"]
    whole = ImportOptions(plane="dd.si", sentinel=1e10)
    import_file(folder / "WIMPSI_CDMSlite_2018.csv", whole, metadata=metadata)


def test_headerless_tables_of_mixed_delimiters(reference_data: Path) -> None:
    for file in sorted((reference_data / "brown_dwarf").glob("*.dat")):
        found = import_file(file, ImportOptions(plane="dd.sdp", units=UNITS))
        assert isinstance(found.derived.loaded().curve, FunctionCurve)


def test_contours_of_hepdata(reference_data: Path) -> None:
    for file in sorted((reference_data / "atlas_monophoton").glob("*.json")):
        options = ImportOptions(plane="collider.mmed-mdm", shape="polygon", excluded="inside")
        found = import_file(file, options)
        assert isinstance(found.derived.loaded().curve, Region)
        assert found.derived.record["statistics"]["cl"] == 0.95
        assert "the last point is joined to the first" in found.assumptions


def test_likelihood_tables_become_profiles(reference_data: Path, tmp_path: Path) -> None:
    from fairport.physics.grids import Grid

    for file in sorted((reference_data / "joint_likelihood").glob("*.txt")):
        options = ImportOptions(plane="id.ann.bb", source="glike", target="Draco", origin="simulation")
        found = import_file(file, options)
        loaded = load_result(write(found.derived, tmp_path / file.stem))
        assert isinstance(loaded.curve, Grid)
        assert loaded.record.kind == "profile"
        assert len(loaded.columns["ts"]) % 5 == 0
        factors = loaded.record.astro.jfactor
        assert isinstance(factors, tuple)
        assert factors[0].log10 == float(file.read_text("utf-8").split()[0])
    without = import_file(file, ImportOptions(plane="id.ann.bb", source="glike"))
    assert without.derived.record["astro"]["jfactor"] == "not-stated"


@pytest.mark.parametrize("form", ["csv", "ecsv", "hepdata"])
def test_exports_come_back(tmp_path: Path, form: str) -> None:
    from fairport.results.exports import export

    first = imported(tmp_path, CURVE, cl=0.9)
    result = load_result(write(first.derived, tmp_path / "first"))
    export(result, form, tmp_path / form)
    name = {"csv": "a.csv", "ecsv": "a.ecsv", "hepdata": "a.yaml"}[form]
    units = UNITS if form == "csv" else {}
    again = import_file(tmp_path / form / name, ImportOptions(plane="dd.si", units=units))
    for column, values in first.derived.columns.items():
        np.testing.assert_array_equal(again.derived.columns[column], values)
    assert [axis["unit"] for axis in again.derived.record["axes"]] == ["GeV", "cm2"]


def test_text_before_the_numbers_is_a_remark_and_a_bad_cell_is_not(tmp_path: Path) -> None:
    found = imported(tmp_path, "Limit of Smith et al. 2014\nm [GeV] sigma [cm2]\n" + CURVE)
    assert found.derived.columns["mass"].size == 4
    assert found.table.comments == ("Limit of Smith et al. 2014", "m [GeV] sigma [cm2]")
    assert any("line 1, 2" in text for text in found.notices)
    for broken in ("1O 3e-46\n", "10 3e-46x\n", "10 3e-46 CAST\n", "10GeV 3e-46\n"):
        with pytest.raises(FairportError) as caught:
            imported(tmp_path, broken + CURVE)
        assert ":1" in str(caught.value.where)


def test_rows_are_left_out_only_when_the_call_names_their_value(tmp_path: Path) -> None:
    with pytest.raises(FairportError, match="log scale") as caught:
        imported(tmp_path, "0 1e-46\n" + CURVE)
    assert "--drop mass=0" in str(caught.value.mend)
    found = imported(tmp_path, "0 1e-46\n" + CURVE, drop={"mass": 0.0})
    np.testing.assert_array_equal(found.derived.columns["mass"], [10.0, 40.0, 40.0, 1000.0])
    assert any("1 rows with mass = 0" in text for text in found.assumptions)


def test_tables_that_lie_in_rows_or_in_a_matrix(tmp_path: Path) -> None:
    found = imported(tmp_path, "10 40 1000\n3e-46 2e-47 2e-46\n1 2 3\n", layout="rows",
                     columns={"mass": "1", "cross_section": "2"})  # fmt: skip
    np.testing.assert_array_equal(found.derived.columns["cross_section"], [3e-46, 2e-47, 2e-46])
    matrix = "0 10 100 1000\n1e-47 0.1 0.1 0.1\n1e-46 1 1 1\n1e-45 10 10 10\n"
    with pytest.raises(UsageError, match="nothing says what it is"):
        imported(tmp_path, matrix, layout="matrix")
    region = imported(tmp_path, matrix, layout="matrix", contour=1.0, excluded="inside").derived.loaded()
    assert isinstance(region.curve, Region)
    assert region.curve.crossings(50.0)[-1] == pytest.approx(1e-46, rel=1e-6)


def test_constant_and_scaled_axes_are_written_down(tmp_path: Path) -> None:
    found = imported(tmp_path, "3.0\n", constants={"mass": "100 GeV"}, scale={"cross_section": 1e-46},
                     units={"cross_section": "cm2"})  # fmt: skip
    loaded = load_result(write(found.derived, tmp_path / "out"))
    assert loaded.at(100.0) == pytest.approx(3e-46)
    assert sum("as the call says" in note for note in loaded.record.validity.notes) == 2
    with pytest.raises(UsageError, match="no axis"):
        imported(tmp_path, CURVE, scale={"energy": 2.0})
    with pytest.raises(UsageError, match="no axis"):
        imported(tmp_path, CURVE, constants={"mass": "heavy"})


PANN = {"plane": "cosmo.p_ann", "units": {"p_ann": "m3 s-1 GeV-1"}}


def test_limit_that_is_one_number(tmp_path: Path) -> None:
    found = imported(tmp_path, "3.2e-34\n", **PANN, cl=0.95)
    loaded = load_result(write(found.derived, tmp_path / "out"))
    assert loaded.record.geometry is not None
    assert (loaded.record.geometry.shape, loaded.bound) == ("scalar", "above")
    assert Result(loaded).value.to_value("cm3 s-1 GeV-1") == pytest.approx(3.2e-28)
    with pytest.raises(FairportError, match="one number; this table has 2 rows"):
        imported(tmp_path, "3.2e-34\n4e-34\n", **PANN)


def test_scan_along_the_only_axis_is_a_likelihood(tmp_path: Path) -> None:
    text = "".join(f"{x:.17g} {((x - 0.4) / 0.1) ** 2:.17g}\n" for x in np.linspace(0.0, 1.0, 41))
    axis = {"plane": "astro.hadronic_fraction", "units": {"fraction": ""}}
    given = axis | {"columns": {"fraction": "1", "z": "2"}}
    with pytest.raises(UsageError, match="nothing says what it is"):
        imported(tmp_path, text, **given)
    fields = {"profile.quantity": "-2lnL", "profile.reference": "own-minimum", "astro.jfactor": "not-stated"}
    found = imported(tmp_path, text, **given, kind="profile", fields=fields)
    loaded = load_result(write(found.derived, tmp_path / "out"))
    assert [axis.name for axis in loaded.record.axes] == ["fraction", "ts"]
    assert loaded.record.kind == "profile"


HEPDATA = """independent_variables:
- header: {name: mass, units: GEV}
  values: [{value: 10}, {value: 100}]
dependent_variables:
- header: {name: limit, units: PB}
  values: [{value: 1.0e-3}, {value: 2.0e-3}]
"""


def test_picobarn_of_hepdata_is_an_area_and_said_so(tmp_path: Path) -> None:
    found = imported(tmp_path, HEPDATA, name="t.yaml", units={})
    assert float(found.derived.loaded().at(10.0)) == pytest.approx(1e-39)
    assert any('"pb" of limit is read as "1e-36 cm2"' in text for text in found.assumptions)


def test_list_of_tables_of_a_submission_names_them(tmp_path: Path) -> None:
    text = "---\ncomment: a\n---\nname: T1\ndata_file: one.yaml\n---\nname: T2\ndata_file: 'two.yaml'\n"
    with pytest.raises(UsageError, match="list of tables") as caught:
        imported(tmp_path, text, name="submission.yaml")
    assert "one.yaml, two.yaml" in str(caught.value.why)
