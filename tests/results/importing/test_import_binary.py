"""ROOT, FITS, pyhf and WebPlotDigitizer become records; the files are written here by the libraries."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fairport.contract.errors import DocumentError, FairportError, RefusedError, UsageError
from fairport.physics.grids import Grid
from fairport.physics.polygons import Region
from fairport.results.deriving import write
from fairport.results.importing.imports import Imported, import_file, preview
from fairport.results.importing.options import ImportOptions
from fairport.results.store import load_result

UNITS = {"mass": "GeV", "cross_section": "cm2"}
MASS = np.array([10.0, 30.0, 100.0, 1000.0])
LIMIT = np.array([2e-45, 3e-46, 4e-46, 3e-45])


def take(path: Path, **options: Any) -> Imported:
    return import_file(path, ImportOptions(**({"plane": "dd.si", "units": UNITS} | options)))


def root_file(tmp_path: Path, **objects: Any) -> Path:
    import uproot

    path = tmp_path / "limits.root"
    with uproot.recreate(path) as file:
        for name, content in objects.items():
            file[name] = content
    return path


def combine(masses: Any = MASS, observed: Any = LIMIT) -> dict[str, Any]:
    quantiles = {
        0.025: 0.4,
        0.1599999964237213: 0.6,
        0.5: 1.0,
        0.8399999737739563: 1.5,
        0.975: 2.1,
        -1.0: 1.2,
    }
    rows = [
        (mass, np.float32(quantile), value * factor)
        for mass, value in zip(masses, observed, strict=True)
        for quantile, factor in quantiles.items()
    ]
    mh, quantile, limit = (np.array(column) for column in zip(*rows, strict=True))
    return {"mh": mh.astype("f8"), "quantileExpected": quantile.astype("f4"), "limit": limit.astype("f8")}


def test_graph_of_root_becomes_a_limit_and_titles_are_not_trusted(tmp_path: Path) -> None:
    import uproot

    graph = uproot.as_TGraph({"x": MASS, "y": LIMIT}, title="limit in pb", xAxisLabel="m [TeV]")
    path = root_file(tmp_path, observed=graph)
    with pytest.raises(UsageError, match="unit of mass"):
        take(path, units={})
    found = take(path)
    assert load_result(write(found.derived, tmp_path / "out")).at(30.0) == pytest.approx(3e-46)
    assert any("limit in pb" in line and "not trusted" in line for line in preview(found))
    assert found.derived.record["provenance"]["origin"] == "digitised"


def test_one_of_several_objects_must_be_named(tmp_path: Path) -> None:
    import uproot

    graph = uproot.as_TGraph({"x": MASS, "y": LIMIT})
    path = root_file(tmp_path, **{"one/observed": graph, "one/expected": graph})
    with pytest.raises(UsageError, match="2 graphs") as caught:
        take(path)
    assert "one/observed" in str(caught.value.why)
    assert take(path, object="one/observed").table.part == "one/observed"
    assert take(path, object="expected").table.part == "one/expected"
    with pytest.raises(UsageError, match='has no "other"'):
        take(path, object="other")


def test_edges_of_error_bars_are_offered_never_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import uproot

    from fairport.interop.formats import rootfile

    class Drawn:  # uproot reads graphs with errors, but does not write them
        def __init__(self, graph: Any) -> None:
            self.graph = graph

        def member(self, name: str) -> Any:
            errors = {"fEYlow": 0.3 * LIMIT, "fEYhigh": 0.7 * LIMIT}
            return errors[name] if name in errors else self.graph.member(name)

    plain = rootfile._graph
    monkeypatch.setattr(rootfile, "_graph", lambda item, *rest: plain(Drawn(item), *rest))
    path = root_file(tmp_path, band=uproot.as_TGraph({"x": MASS, "y": LIMIT}))
    found = take(path, columns={"p16": "y - error", "p84": "y + error"})
    np.testing.assert_allclose(found.derived.columns["p16"], 0.7 * LIMIT)
    np.testing.assert_allclose(found.derived.columns["p84"], 1.7 * LIMIT)
    assert found.derived.record["bands"] == {"p16": "p16", "p84": "p84"}
    assert "bands" not in take(path).derived.record


def test_refusal_in_a_binary_file_names_object_and_row(tmp_path: Path) -> None:
    import uproot

    path = root_file(tmp_path, observed=uproot.as_TGraph({"x": MASS, "y": [2e-45, -1.0, 4e-46, 3e-45]}))
    with pytest.raises(FairportError, match="log scale") as caught:
        take(path)
    assert str(caught.value.where).endswith("limits.root:observed[2]")


def test_histograms_hold_at_the_centres_of_their_bins(tmp_path: Path) -> None:
    edges = np.array([1.0, 3.0, 5.0, 11.0])
    path = root_file(tmp_path, h=(np.array([1e-45, 2e-45, 3e-45]), edges))
    found = take(path)
    np.testing.assert_allclose(found.derived.columns["mass"], [2.0, 4.0, 8.0])
    np.testing.assert_allclose(found.derived.columns["cross_section"], [1e-45, 2e-45, 3e-45])
    assert any("centre of the bin" in text for text in found.assumptions)


def test_combine_tree_is_one_row_a_mass_with_bands(tmp_path: Path) -> None:
    path = root_file(tmp_path, limit=combine(MASS, [1.0, 2.0, 3.0, 4.0]))
    with pytest.raises(UsageError, match="unit of cross_section"):
        take(path, units={"mass": "GeV"})
    found = take(path, scale={"cross_section": 1e-45})
    loaded = load_result(write(found.derived, tmp_path / "out"))
    np.testing.assert_allclose(loaded.columns["cross_section"], np.array([1.2, 2.4, 3.6, 4.8]) * 1e-45)
    assert list(loaded.record.bands) == ["p2.5", "p16", "p50", "p84", "p97.5"]
    np.testing.assert_allclose(loaded.columns["p84"], np.array([1.5, 3.0, 4.5, 6.0]) * 1e-45)
    assert loaded.record.statistics is not None
    assert loaded.record.statistics.cl == "not-stated"
    assert any("1e-45 times" in text for text in found.assumptions)


def test_contradicting_and_expected_only_limits_of_combine(tmp_path: Path) -> None:
    twice = combine([10.0], [1e-45])
    other = combine([10.0], [2e-45])
    both = {key: np.concatenate([twice[key], other[key]]) for key in twice}
    with pytest.raises(DocumentError, match="two different limits"):
        take(root_file(tmp_path, limit=both))
    only = {key: values[combine()["quantileExpected"] > 0] for key, values in combine().items()}
    found = take(root_file(tmp_path, limit=only))
    assert found.derived.record["statistics"]["role"] == "expected"
    np.testing.assert_allclose(found.derived.columns["cross_section"], LIMIT)


def test_scan_of_combine_is_a_likelihood(tmp_path: Path) -> None:
    x, y = (part.ravel() for part in np.meshgrid(MASS, LIMIT, indexing="ij"))
    delta = np.log10(y / 3e-46) ** 2
    tree = {
        "mh": np.append(50.0, x),
        "r": np.append(3.1e-46, y),
        "deltaNLL": np.append(0.0, delta),
        "limit": np.zeros(17),
        "quantileExpected": np.append(-1.0, np.full(16, 0.3)).astype("f4"),
    }
    found = take(root_file(tmp_path, limit=tree), columns={"mass": "mh", "cross_section": "r"})
    loaded = load_result(write(found.derived, tmp_path / "out"))
    assert loaded.record.kind == "profile"
    assert isinstance(loaded.curve, Grid)
    np.testing.assert_allclose(np.sort(loaded.columns["ts"]), np.sort(2 * delta))


def test_any_tree_gives_its_columns_by_name(tmp_path: Path) -> None:
    path = root_file(tmp_path, t={"m": MASS, "xs": LIMIT, "n": np.arange(4)})
    with pytest.raises(UsageError, match="which holds mass"):
        take(path)
    found = take(path, columns={"mass": "m", "cross_section": "xs"})
    np.testing.assert_allclose(found.derived.columns["cross_section"], LIMIT)


def test_contour_of_a_histogram_is_a_region_with_the_right_edge(tmp_path: Path) -> None:
    edges = np.linspace(0.0, 3000.0, 61)
    centres = (edges[1:] + edges[:-1]) / 2
    a, b = np.meshgrid(centres, centres, indexing="ij")
    values = np.exp((np.hypot(a - 1500.0, b - 1500.0) - 700.0) / 400.0)
    path = root_file(tmp_path, mu=(values, edges, edges))
    units = {"mediator_mass": "GeV", "mass": "GeV"}
    with pytest.raises(UsageError, match="nothing says what it is"):
        take(path, plane="collider.mmed-mdm", units=units)
    found = take(path, plane="collider.mmed-mdm", units=units, contour=1.0, excluded="inside")
    loaded = load_result(write(found.derived, tmp_path / "out"))
    assert isinstance(loaded.curve, Region)
    radius = np.hypot(loaded.columns["mediator_mass"] - 1500.0, loaded.columns["mass"] - 1500.0)
    np.testing.assert_allclose(radius, 700.0, rtol=2e-3)
    assert loaded.record.kind == "region"
    with pytest.raises(DocumentError, match="no value lies below"):
        take(path, plane="collider.mmed-mdm", units=units, contour=1e-9)


def test_broken_root_file_is_refused_without_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "x.root"
    path.write_bytes(b"root" + b"\x00" * 40)
    with pytest.raises(DocumentError, match="ROOT file"):
        take(path)


def sed(tmp_path: Path, kind: str) -> Path:
    """A likelihood SED with known parabolas: best normalisation 1, one sigma 0.5, in three bins."""
    from astropy.table import Table

    energy = np.array([1.0, 10.0, 100.0])
    norm = np.linspace(0.0, 4.0, 81) * np.array([[1.0], [1.3], [0.8]])
    deviance = ((norm - 1.0) / 0.5) ** 2
    table = Table({"e_min": energy / 2, "e_max": energy * 2, "e_ref": energy, "ref_dnde": 1e-9 / energy**2})
    for name in ("e_min", "e_max", "e_ref"):
        table[name].unit = "GeV"
    table["ref_dnde"].unit = "GeV-1 cm-2 s-1"
    table["norm"], table["norm_scan"] = np.ones(3), norm
    table["dnde_ul"] = 2e-9 / energy**2
    table["dnde_ul"].unit = "GeV-1 cm-2 s-1"
    table.meta |= {"SED_TYPE": "likelihood", "UL_CONF": 0.95}
    path = tmp_path / ("sed.ecsv" if kind == "gammapy" else "sed.fits")
    if kind == "gammapy":
        table["stat"], table["stat_scan"] = np.full(3, 120.0), 120.0 + deviance
        table.write(path, format="ascii.ecsv")
    else:
        table["dloglike_scan"] = -deviance / 2
        table.meta["EXTNAME"] = "SED"
        table.write(path, format="fits")
    return path


@pytest.mark.parametrize("kind", ["fermipy", "gammapy"])
def test_both_signs_of_likelihood_seds_give_the_same_record(tmp_path: Path, kind: str) -> None:
    found = import_file(sed(tmp_path, kind), ImportOptions(plane="id.sed"))
    loaded = load_result(write(found.derived, tmp_path / "out"))
    assert loaded.record.kind == "profile"
    assert loaded.record.profile is not None
    assert loaded.record.profile.quantity == "-2lnL"
    assert isinstance(loaded.curve, Grid)
    for energy in (1.0, 10.0, 100.0):
        assert float(loaded.curve.at(energy, 1e-9)) == pytest.approx(0.0, abs=0.01)
        assert float(loaded.curve.at(energy, 2e-9)) == pytest.approx(4.0, rel=0.01)
    assert loaded.record.statistics is not None
    assert loaded.record.statistics.cl == 0.95
    assert any("zero or negative" in text for text in found.assumptions)
    assert any("common ones" in text for text in found.assumptions)


def test_upper_limits_of_a_sed_are_columns_to_choose(tmp_path: Path) -> None:
    from astropy.table import Table

    table = Table.read(sed(tmp_path, "fermipy"), hdu="SED")
    table["e2dnde_ul"] = table["dnde_ul"].quantity * table["e_ref"].quantity ** 2
    path = tmp_path / "ul.fits"
    table[["e_ref", "e2dnde_ul", "norm"]].write(path, format="fits")
    found = import_file(
        path, ImportOptions(plane="id.sed", columns={"energy": "e_ref", "e2dnde": "e2dnde_ul"})
    )
    assert found.derived.record["kind"] == "limit"
    assert [axis["unit"] for axis in found.derived.record["axes"]] == ["GeV", "GeV cm-2 s-1"]
    np.testing.assert_allclose(found.derived.columns["e2dnde"], 2e-9)


def test_integral_flux_is_never_taken_for_a_differential_one(tmp_path: Path) -> None:
    from astropy.table import Table

    table = Table.read(sed(tmp_path, "fermipy"), hdu="SED")
    table["ref_eflux"] = 1e-9
    table["ref_eflux"].unit = "GeV cm-2 s-1"
    table["ref_dfde"] = table["ref_dnde"]
    table["ref_dfde"].unit = "ph / (GeV cm2 s)"
    table.remove_column("ref_dnde")
    table.write(tmp_path / "old.fits", format="fits")
    found = import_file(tmp_path / "old.fits", ImportOptions(plane="id.sed"))
    assert any("without its photons" in text for text in found.assumptions)
    assert any("e2dnde is the square" in text for text in found.assumptions)
    table.remove_column("ref_dfde")
    table.write(tmp_path / "only.fits", format="fits")
    with pytest.raises(UsageError, match="which holds e2dnde"):
        import_file(tmp_path / "only.fits", ImportOptions(plane="id.sed"))


def test_one_of_several_sources_is_chosen_by_its_row(tmp_path: Path) -> None:
    from astropy.io import fits
    from astropy.table import Table

    one = Table.read(sed(tmp_path, "fermipy"), hdu="SED")
    scans = Table({key: np.stack([one[key], 1.5 * one[key]]) for key in ("norm_scan", "dloglike_scan")})
    energies = one[["e_min", "e_max", "e_ref", "ref_dnde"]]
    tables = [fits.table_to_hdu(scans), fits.table_to_hdu(energies)]
    tables[0].name, tables[1].name = "SCANDATA", "EBOUNDS"
    fits.HDUList([fits.PrimaryHDU(), *tables]).writeto(tmp_path / "castro.fits")
    with pytest.raises(UsageError, match="scans of 2 sources"):
        import_file(tmp_path / "castro.fits", ImportOptions(plane="id.sed"))
    found = [
        import_file(tmp_path / "castro.fits", ImportOptions(plane="id.sed", object=f"SCANDATA[{row}]"))
        for row in (1, 2)
    ]
    curves = [each.derived.loaded().curve for each in found]
    assert all(isinstance(curve, Grid) for curve in curves)
    assert float(curves[1].at(1.0, 3e-9)) == pytest.approx(1.5 * float(curves[0].at(1.0, 2e-9)), rel=0.01)


def test_pickled_arrays_and_other_files_are_refused_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "sed.npy"
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(RefusedError, match="npy") as caught:
        take(path)
    assert "run any program" in str(caught.value.why)
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7 ...")
    with pytest.raises(RefusedError, match="PDF"):
        take(tmp_path / "a.pdf")


def digitised(
    log: tuple[bool, bool] = (True, True), *, values: bool = True, tilt: float = 0.0
) -> dict[str, Any]:
    """A project of version 4 whose pixels are (100 log10 x, -10 log10 y), turned by ``tilt``."""

    def pixel(x: float, y: float) -> tuple[float, float]:
        u, v = 100.0 * np.log10(x), -10.0 * np.log10(y)
        return u * np.cos(tilt) - v * np.sin(tilt), u * np.sin(tilt) + v * np.cos(tilt)

    def corner(x: float, y: float) -> dict[str, Any]:
        px, py = pixel(x, y)
        return {"px": px, "py": py, "dx": f"{x:g}", "dy": f"{y:g}"}

    points = []
    for x, y in zip(MASS, LIMIT, strict=True):
        px, py = pixel(x, y)
        points.append({"x": px, "y": py, "value": [x, y] if values else None})
    corners = [corner(10, 1e-47), corner(1000, 1e-47), corner(10, 1e-47), corner(10, 1e-44)]
    axes = {
        "name": "XY",
        "type": "XYAxes",
        "isLogX": log[0],
        "isLogY": log[1],
        "noRotation": False,
        "calibrationPoints": corners,
    }
    empty = {"name": "Default Dataset", "axesName": "XY", "data": []}
    return {
        "version": [4, 2],
        "axesColl": [axes],
        "measurementColl": [],
        "datasetColl": [empty, {"name": "LZ", "axesName": "XY", "data": points}],
    }


@pytest.mark.parametrize(("values", "tilt"), [(True, 0.0), (False, 0.0), (False, 0.2)])
def test_digitised_points_are_read_or_computed_from_pixels(tmp_path: Path, values: bool, tilt: float) -> None:
    path = tmp_path / "p.json"
    path.write_text(json.dumps(digitised(values=values, tilt=tilt), indent=1), encoding="utf-8")
    found = take(path)
    np.testing.assert_allclose(found.derived.columns["mass"], MASS, rtol=1e-9)
    np.testing.assert_allclose(found.derived.columns["cross_section"], LIMIT, rtol=1e-9)
    assert found.derived.record["provenance"]["digitiser"] == {"tool": "WebPlotDigitizer 4.2"}
    assert any("only in pixels" in text for text in found.table.notices) is not values
    assert found.table.lines[0] > 30


def test_digitiser_tar_and_version_3_and_the_choice_of_a_data_set(tmp_path: Path) -> None:
    project = digitised()
    project["datasetColl"].append(project["datasetColl"][1] | {"name": "XENON"})
    text = json.dumps(project).encode()
    path = tmp_path / "p.tar"
    with tarfile.open(path, "w") as archive:
        for name, content in (("p/info.json", b"{}"), ("p/wpd.json", text)):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    with pytest.raises(UsageError, match="2 data sets"):
        take(path)
    assert take(path, object="XENON").table.name.endswith("p.tar:p/wpd.json")
    axes = digitised()["axesColl"][0]
    old = {
        "wpd": {
            "version": [3, 8],
            "axesType": "XYAxes",
            "calibration": axes["calibrationPoints"],
            "axesParameters": {"isLogX": True, "isLogY": True, "noRotation": False},
            "dataSeries": [digitised()["datasetColl"][1]],
        }
    }
    old["wpd"]["dataSeries"][0].pop("axesName")
    (tmp_path / "old.json").write_text(json.dumps(old), encoding="utf-8")
    np.testing.assert_allclose(take(tmp_path / "old.json").derived.columns["mass"], MASS)
    old["wpd"]["axesType"] = "PolarAxes"
    (tmp_path / "old.json").write_text(json.dumps(old), encoding="utf-8")
    with pytest.raises(RefusedError, match="PolarAxes"):
        take(tmp_path / "old.json")


def test_axes_of_dates_and_files_without_graphs_are_refused(tmp_path: Path) -> None:
    import uproot

    project = digitised()
    project["axesColl"][0]["calibrationPoints"][0]["dx"] = "2021/03/04"
    (tmp_path / "p.json").write_text(json.dumps(project), encoding="utf-8")
    with pytest.raises(RefusedError, match="dates"):
        take(tmp_path / "p.json")
    with uproot.recreate(tmp_path / "w.root") as file:
        file["note"] = "a text"
    with pytest.raises(DocumentError, match="no graphs") as caught:
        take(tmp_path / "w.root")
    assert "note (TObjString)" in str(caught.value.why)


def test_digitised_numbers_that_deny_their_pixels_are_told(tmp_path: Path) -> None:
    project = digitised()
    project["datasetColl"][1]["data"][1]["value"] = [30.0, 9e-46]
    (tmp_path / "p.json").write_text(json.dumps(project), encoding="utf-8")
    assert any("1 points differ" in text for text in take(tmp_path / "p.json").table.notices)


def workspace(signal: float = 10.0) -> dict[str, Any]:
    import pyhf

    model = pyhf.simplemodels.uncorrelated_background([signal, signal / 2], [50.0, 60.0], [3.0, 4.0])
    return dict(pyhf.Workspace.build(model, [52.0, 61.0]))


def test_limits_of_a_workspace_are_those_of_pyhf(tmp_path: Path) -> None:
    import pyhf

    path = tmp_path / "w.json"
    path.write_text(json.dumps(workspace()), encoding="utf-8")
    found = take(path, constants={"mass": "100 GeV"}, scale={"cross_section": 1e-45})
    loaded = load_result(write(found.derived, tmp_path / "out"))
    model = pyhf.Workspace(workspace()).model()
    data = pyhf.Workspace(workspace()).data(model)
    observed, band = pyhf.infer.intervals.upper_limits.toms748_scan(data, model, 0.0, 10.0)
    assert loaded.columns["cross_section"][0] == pytest.approx(1e-45 * float(observed), rel=1e-3)
    assert loaded.columns["p50"][0] == pytest.approx(1e-45 * float(band[2]), rel=1e-3)
    statistics = loaded.record.statistics
    assert statistics is not None
    assert (statistics.cl, statistics.sided, statistics.method) == (0.95, "one", "CLs-asymptotic")
    assert loaded.columns["mass"][0] == 100.0


def test_patch_set_is_a_limit_along_its_masses(tmp_path: Path) -> None:
    import pyhf

    background = workspace()
    background["channels"][0]["samples"] = background["channels"][0]["samples"][1:]
    (tmp_path / "bkg.json").write_text(json.dumps(background), encoding="utf-8")
    patches = [
        {
            "metadata": {"name": f"m{mass}", "values": [mass]},
            "patch": [
                {
                    "op": "add",
                    "path": "/channels/0/samples/0",
                    "value": {
                        "name": "signal",
                        "data": [20.0 * 100 / mass, 10.0 * 100 / mass],
                        "modifiers": [{"name": "mu", "type": "normfactor", "data": None}],
                    },
                }
            ],
        }
        for mass in (200, 100)
    ]
    digest = pyhf.utils.digest(background, algorithm="sha256")
    patchset = {
        "metadata": {
            "references": {"hepdata": "ins1234567"},
            "digests": {"sha256": digest},
            "labels": ["m_chi"],
            "description": "test",
        },
        "patches": patches,
        "version": "1.0.0",
    }
    path = tmp_path / "patchset.json"
    path.write_text(json.dumps(patchset), encoding="utf-8")
    with pytest.raises(UsageError, match="without their background"):
        take(path)
    found = take(path, background=tmp_path / "bkg.json", cl=0.9, scale={"cross_section": 1e-45})
    np.testing.assert_allclose(found.derived.columns["mass"], [100.0, 200.0])
    limits = found.derived.columns["cross_section"]
    assert limits[1] / limits[0] == pytest.approx(2.0, rel=1e-3)
    assert found.derived.record["statistics"]["cl"] == 0.9
    background["observations"][0]["data"] = [1.0, 2.0]
    (tmp_path / "bkg.json").write_text(json.dumps(background), encoding="utf-8")
    with pytest.raises(UsageError, match="another background"):
        take(path, background=tmp_path / "bkg.json")
    other = take(path, background=tmp_path / "bkg.json", repair=True, scale={"cross_section": 1e-45})
    assert any("digest is not the one" in text for text in other.assumptions)


def test_broken_workspace_is_named(tmp_path: Path) -> None:
    broken = workspace()
    broken["channels"][0]["samples"][0]["modifiers"] = "none"
    path = tmp_path / "w.json"
    path.write_text(json.dumps(broken), encoding="utf-8")
    with pytest.raises(DocumentError, match="no valid workspace"):
        take(path)
