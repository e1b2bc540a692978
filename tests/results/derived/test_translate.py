"""Translations: published numbers, regions that stay regions, assumptions on everything, refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fairport.contract.errors import RefusedError, UsageError
from fairport.physics.polygons import Region
from fairport.results.deriving import write
from fairport.results.lines import line
from fairport.results.store import load_result, make_result
from fairport.results.translation.translate import parse_settings, translate

VECTOR = {"mediator": "vector", "gq": "0.25", "gdm": "1"}
BENCHMARKS = {"V1": "vector", "A1": "axial-vector"}


@pytest.fixture
def make_contour(planes: Any) -> Any:
    """``make_contour(points, mediator=..., changes...)`` in the collider plane, open, excluded below."""

    def make(points: Any, *, mediator: str | None = "vector", couplings: Any = None, **extra: Any) -> Any:
        points = np.asarray(points, dtype=float)
        columns = {"M": points[:, 0], "m": points[:, 1]}

        def axis(name: str, quantity: str, role: str) -> dict[str, str]:
            data = {"name": name, "role": role, "column": name, "quantity": quantity}
            return data | {"unit": "GeV", "scale": "lin"}

        model: dict[str, Any] = {"dm": {"spin": "1/2", "self_conjugate": False}}
        if mediator:
            model["mediator"] = {"type": mediator, "width": "minimal"}
        model["couplings"] = {"gq": 0.25, "gdm": 1.0, "gl": 0.0} if couplings is None else couplings
        record = {
            "schema_version": "1.0",
            "id": "contour",
            "title": "A contour",
            "version": "1",
            "status": "published",
            "kind": "region",
            "plane": "collider.mmed-mdm",
            "licence": "CC0-1.0",
            "provenance": {"origin": "collaboration", "source": {"doi": "https://doi.org/10.1000/x"}},
            "axes": [axis("M", "mediator_mass", "independent"), axis("m", "dark_matter_mass", "dependent")],
            "data": {"path": "t.csv", "media_type": "text/csv", "sha256": "0" * 64, "rows": len(points)},
            "geometry": {"shape": "polyline", "excluded": "below"},
            "statistics": {"role": "observed", "cl": 0.95, "method": "CLs", "sided": "one"},
            "model": model,
        } | extra
        return make_result(record, columns, planes.get("collider.mmed-mdm"), analysis="atlas")

    return make


@pytest.fixture
def atlas(reference_data: Path, make_contour: Any) -> Any:
    """``atlas("V1")``: the mono-photon contour of a benchmark."""

    def make(name: str) -> Any:
        path = reference_data / "atlas_monophoton" / f"hepdata_{name}_obscontour.json"
        values = json.loads(path.read_text())["values"]
        points = [(float(v["x"][0]["value"]), float(v["y"][0]["value"])) for v in values]
        return make_contour(points, mediator=BENCHMARKS[name])

    return make


@pytest.mark.parametrize(
    ("name", "plane", "edges"),
    [
        ("V1", "dd.si", {10.0: 2.42e-41, 100.0: 2.86e-41, 300.0: 2.97e-41}),
        ("A1", "dd.sdp", {10.0: 8.45e-43, 100.0: 1.01e-42, 300.0: 1.48e-42}),
        ("A1", "dd.sdn", {100.0: 1.01e-42}),
    ],
)
def test_monophoton_contours(
    atlas: Any, name: str, plane: str, edges: dict[float, float], tmp_path: Path
) -> None:
    derived = translate(atlas(name), plane)
    loaded = load_result(write(derived, tmp_path))
    assert loaded.record.kind == "region"
    assert isinstance(loaded.curve, Region)
    for mass, sigma in edges.items():
        assert loaded.curve.crossings(mass)[0] == pytest.approx(sigma, rel=0.02)
        assert bool(loaded.curve.contains(mass, 1.05 * sigma))
        assert not bool(loaded.curve.contains(mass, 0.95 * sigma))


def test_everything_derived_says_level_and_assumptions(make_contour: Any) -> None:
    contour = make_contour([(20.0, 200.0), (800.0, 200.0), (1000.0, 2.0)])
    derived = translate(contour, "dd.si")
    for text in (derived.record["description"], derived.record["axes"][1]["description"]):
        assert "95 % CL" in text
        assert "gq = 0.25" in text
        assert "vector mediator" in text
    (entry,) = derived.record["derived_from"]
    assert entry["parameters"]["cl"] == 0.95
    assert entry["parameters"]["gq"] == 0.25
    assert entry["digest"] == contour.digest
    assert "arXiv:1603.04156" in derived.record["provenance"]["cite"]
    assert "https://doi.org/10.1000/x" in derived.record["provenance"]["cite"]
    assert derived.record["geometry"]["excluded"] == "inside"


def test_region_lies_between_the_cross_sections_of_both_edges(make_contour: Any) -> None:
    from fairport.physics import simplified_models as sm

    contour = make_contour(
        [(100.0, 1.0), (1000.0, 1.0), (1000.0, 50.0), (100.0, 50.0)],
        geometry={"shape": "polygon", "excluded": "inside"},
    )
    region = translate(contour, "dd.si").loaded().curve
    model = sm.Mediator("vector", 0.25, 1.0)
    low, high = (float(sm.scattering(model, M, 10.0)) for M in (1000.0, 100.0))
    np.testing.assert_allclose(region.crossings(10.0), [low, high], rtol=1e-3)


def test_scattering_limit_and_back(make_limit: Any) -> None:
    limit = make_limit("lz", [10.0, 40.0, 1000.0], [2e-47, 2.2e-48, 3e-47])
    derived = translate(limit, "collider.mmed-mdm", VECTOR)
    region = derived.loaded()
    assert region.record.kind == "region"
    back = translate(region, "dd.si").loaded().curve
    for mass in (40.0, 200.0):
        assert back.crossings(mass)[0] == pytest.approx(float(limit.at(mass)), rel=0.01)
    with pytest.raises(RefusedError, match="no upper limit"):
        translate(make_region_in_direct(region), "collider.mmed-mdm", VECTOR)


def make_region_in_direct(region: Any) -> Any:
    return translate(region, "dd.si").loaded()


def test_published_mediator_reach(make_limit: Any) -> None:
    limit = make_limit("lz", [100.0, 1000.0], [3.328e-48, 2.838e-47])
    region = translate(limit, "collider.mmed-mdm", VECTOR).loaded().curve
    assert bool(region.contains(64e3, 100.5))
    assert not bool(region.contains(67e3, 100.5))


@pytest.mark.parametrize(
    ("plane", "settings", "words"),
    [
        ("collider.mmed-mdm", {"mediator": "pseudoscalar", "gq": "1", "gdm": "1"}, "pseudoscalar"),
        ("collider.mmed-mdm", {"mediator": "vector", "gq": "0.25"}, "gdm missing"),
        ("collider.mmed-mdm", {"mediator": "axial-vector", "gq": "0.25", "gdm": "1"}, "spin-dependent"),
        ("dd.sdp", {}, "cannot be translated"),
        ("id.ann.bb", {}, "cannot be translated"),
        ("dd.si", {"v0": "220"}, "another v0"),
        ("dd.si", {"vesc": "600"}, "another vesc"),
        ("dd.si", {"self_conjugate": "false"}, "only annihilation"),
    ],
)
def test_refusals(make_limit: Any, plane: str, settings: dict[str, str], words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        translate(make_limit("x", [10.0, 100.0], [1e-45, 1e-46]), plane, settings)
    assert words in caught.value.what
    assert caught.value.why or caught.value.mend


def test_contour_keeps_its_own_couplings(make_contour: Any) -> None:
    contour = make_contour([(20.0, 200.0), (1000.0, 2.0)])
    with pytest.raises(RefusedError, match=r"holds for gq = 0\.25"):
        translate(contour, "dd.si", {"gq": "0.1"})
    bare = make_contour([(20.0, 200.0), (1000.0, 2.0)], couplings={}, mediator=None)
    with pytest.raises(RefusedError, match="mediator, gq, gdm missing"):
        translate(bare, "dd.si")
    closed = make_contour([(20.0, 200.0), (1000.0, 2.0)], geometry={"shape": "polyline", "excluded": "none"})
    with pytest.raises(RefusedError, match="open contour"):
        translate(closed, "dd.si")


def test_settings_without_effect_or_meaning(make_limit: Any) -> None:
    limit = make_limit("x", [10.0, 100.0], [1e-45, 1e-46])
    with pytest.raises(UsageError, match="does not depend on gq"):
        translate(limit, "dd.si", {"rho0": "0.4", "gq": "0.25"})
    with pytest.raises(UsageError, match="no setting"):
        translate(limit, "dd.si", {"rho": "0.4"})
    with pytest.raises(UsageError, match="no number"):
        translate(limit, "dd.si", {"rho0": "high"})
    with pytest.raises(UsageError, match="nothing to change"):
        translate(limit, "dd.si")
    assert parse_settings(("gq=0.25", "gdm = 1")) == {"gq": "0.25", "gdm": "1"}
    with pytest.raises(UsageError, match="no setting"):
        parse_settings(("gq",))


def test_density_rescales_exactly_with_its_bands(make_limit: Any) -> None:
    limit = make_limit("x", [10.0, 100.0], [1e-45, 1e-46], bands={"p50": [2e-45, 2e-46]})
    derived = translate(limit, "dd.si", {"rho0": "0.4 GeV cm-3"}).loaded()
    np.testing.assert_allclose(derived.curve.y, [0.75e-45, 0.75e-46], rtol=1e-12)
    np.testing.assert_allclose(derived.bands["p50"].y, [1.5e-45, 1.5e-46], rtol=1e-12)
    assert derived.record.astro.halo.rho0.value == 0.4
    assert derived.record.astro.halo.v0.value == 238.0


def test_dirac_and_majorana(make_limit: Any) -> None:
    limit = make_limit("x", [10.0, 100.0], [1e-26, 1e-25], plane="id.ann.bb")
    derived = translate(limit, "id.ann.bb", {"self_conjugate": "false"}).loaded()
    np.testing.assert_allclose(derived.curve.y, [2e-26, 2e-25], rtol=1e-12)
    assert derived.record.model.dm.self_conjugate is False


def test_collider_to_annihilation_and_back(make_contour: Any, make_limit: Any) -> None:
    from fairport.physics import simplified_models as sm

    contour = make_contour([(20.0, 300.0), (1000.0, 300.0), (1200.0, 2.0)])
    region = translate(contour, "id.ann.bb").loaded().curve
    model = sm.Mediator("vector", 0.25, 1.0)
    edge_mass = 1000.0 + 200.0 * (300.0 - 100.0) / 298.0
    edge = float(sm.annihilation(model, edge_mass, 100.0, ("b",)))
    assert region.crossings(100.0)[0] == pytest.approx(edge, rel=0.01)
    limit = make_limit("lat", [50.0, 500.0], [1e-26, 1e-25], plane="id.ann.bb")
    inside = translate(limit, "collider.mmed-mdm", VECTOR).loaded().curve
    value = float(limit.at(100.0)) * 2.0
    for M in (150.0, 200.0, 300.0, 600.0, 1500.0):
        wanted = float(sm.annihilation(model, M, 100.0, ("b",))) > value
        assert bool(inside.contains(M, 100.0)) == wanted
    with pytest.raises(RefusedError, match="gl = 0"):
        translate(contour, "id.ann.tautau")
    with pytest.raises(RefusedError, match="tree level"):
        translate(contour, "id.ann.gammagamma")


@pytest.fixture
def planck(planes: Any) -> Any:
    record = {
        "schema_version": "1.0",
        "id": "p-ann",
        "title": "Planck 2018",
        "version": "1",
        "status": "published",
        "kind": "point",
        "plane": "cosmo.p_ann",
        "licence": "CC0-1.0",
        "provenance": {"origin": "collaboration", "cite": ["arXiv:1807.06209"]},
        "values": [
            {"name": "p_ann", "quantity": "annihilation_parameter", "unit": "cm3 s-1 GeV-1", "value": 3.2e-28}
        ],
        "statistics": {"role": "observed", "cl": 0.95, "method": "bayesian", "sided": "one"},
        "model": {},
    }
    return make_result(record, {}, planes.get("cosmo.p_ann"), analysis="planck")


def test_energy_injection(planck: Any, tmp_path: Path) -> None:
    derived = translate(planck, "id.ann.ee")
    loaded = load_result(write(derived, tmp_path))
    f_eff = 0.62
    assert float(loaded.at(10.0)) == pytest.approx(3.2e-28 * 10.0 / f_eff, rel=0.05)
    assert {"arXiv:1807.06209", "arXiv:1506.03811"} <= set(loaded.record.provenance.cite)
    assert "s-wave" in (loaded.record.description or "")
    assert "95 % CL" in (loaded.record.axes[1].description or "")
    back = translate(loaded, "cosmo.p_ann", {"mass": "10 GeV"}).loaded()
    assert back.record.values[0].value == pytest.approx(3.2e-28, rel=1e-3)
    with pytest.raises(RefusedError, match="not one number"):
        translate(loaded, "cosmo.p_ann")


def test_energy_injection_of_other_channels_needs_a_stated_efficiency(planck: Any) -> None:
    with pytest.raises(RefusedError, match="f_eff"):
        translate(planck, "id.ann.gg")
    computed = translate(planck, "id.ann.bb").loaded()
    assert float(computed.at(10.0)) == pytest.approx(3.2e-28 * 10.0 / 0.241, rel=0.01)
    assert {"arXiv:1506.03811", "arXiv:1012.4515"} <= set(computed.record.provenance.cite)
    settings = {"f_eff": "0.2", "f_eff_source": "arXiv:1506.03811, figure 4"}
    loaded = translate(planck, "id.ann.bb", settings).loaded()
    assert float(loaded.at(100.0)) == pytest.approx(1.6e-25, rel=1e-6)
    assert loaded.record.derived_from[0].parameters["f_eff"] == 0.2
    assert "figure 4" in loaded.record.derived_from[0].parameters["f_eff_source"]
    dirac = translate(planck, "id.ann.bb", settings | {"self_conjugate": "false"}).loaded()
    assert float(dirac.at(100.0)) == pytest.approx(3.2e-25, rel=1e-6)


def test_axion_from_decay_constant(make_limit: Any) -> None:
    limit = make_limit("x", [1e-10, 1e-6], [1e8, 1e12], plane="alp.f_a")
    derived = translate(limit, "alp.g_agg", {"model": "KSVZ"}).loaded()
    assert derived.record.geometry.excluded == "above"
    expected = 7.2973525693e-3 / (2 * np.pi * 1e12) * 1.92
    assert float(derived.at(1e-6)) == pytest.approx(expected, rel=1e-6)
    back = translate(derived, "alp.f_a", {"e_over_n": "0"}).loaded()
    assert float(back.at(1e-6)) == pytest.approx(1e12, rel=1e-6)
    with pytest.raises(RefusedError, match="depends on the model"):
        translate(limit, "alp.g_agg")


def test_likelihood_moves_to_another_j_factor(make_profile: Any) -> None:
    s = np.geomspace(1e-27, 1e-23, 81)
    t = (s / 3e-25)[None, :] ** 2
    profile = make_profile("a", [100.0], s, t, sigma=0.2, log10_j=18.8)
    moved = translate(profile, "id.ann.bb", {"log10_j": "19.8"}).loaded()
    np.testing.assert_allclose(np.unique(moved.columns["sigmav"]), s / 10.0, rtol=1e-12)
    assert moved.record.astro.jfactor[0].log10 == 19.8


@pytest.mark.parametrize(
    ("name", "plane", "x", "y", "rel"),
    [
        ("thermal", "id.ann.bb", 100.0, 2.2e-26, 0.1),
        ("ksvz", "alp.g_agg", 1e-6, 3.91e-16, 0.002),
        ("dfsz", "alp.g_agg", 1e-6, 1.52e-16, 0.002),
    ],
)
def test_reference_lines(name: str, plane: str, x: float, y: float, rel: float, tmp_path: Path) -> None:
    loaded = load_result(write(line(name, plane), tmp_path))
    assert loaded.record.kind == "line"
    assert float(loaded.at(x)) == pytest.approx(y, rel=rel)


def test_band_encloses_both_models_and_relic_line_meets_the_published_contour(reference_data: Path) -> None:
    import csv

    band = line("axion-band", "alp.g_agg").loaded().curve
    assert bool(band.contains(1e-6, 3.91e-16))
    assert not bool(band.contains(1e-6, 1e-14))
    curve = line("relic", "collider.mmed-mdm").loaded().curve
    with (reference_data / "relic_density" / "relic_V1.csv").open() as handle:
        rows = [(float(r["mediator_mass_GeV"]), float(r["dm_mass_GeV"])) for r in csv.DictReader(handle)]
    for M, m in [(M, m) for M, m in rows if 2.5 * m < M and 400.0 < M < 4500.0][::40]:
        assert curve.crossings(M)[-1] == pytest.approx(m, rel=0.1)
    with pytest.raises(RefusedError, match="does not live"):
        line("thermal", "dd.si")
    with pytest.raises(UsageError, match="no line"):
        line("fog", "dd.si")


def test_across_planes_only_inside_one_benchmark(make_contour: Any, make_limit: Any) -> None:
    from fairport.results.compare import compare

    limit = make_limit("lz", [10.0, 1000.0], [1e-47, 1e-47])
    contour = make_contour([(20.0, 300.0), (1000.0, 300.0), (1200.0, 2.0)])
    other = make_contour([(20.0, 300.0), (900.0, 2.0)], couplings={"gq": 0.1, "gdm": 1.0, "gl": 0.0})
    one, two = (translate(which, "dd.si").loaded() for which in (contour, other))
    found = compare([limit, one], 100.0)
    assert found.heading == "Inside the model: vector mediator, gdm = 1, gl = 0, gq = 0.25"
    assert found.rows[1].crossings
    assert "region" in found.rows[1].note
    assert "90 % and 95 %" in found.reading
    assert "leads" not in found.reading
    with pytest.raises(RefusedError, match="different models"):
        compare([limit, one, two], 100.0)
    with pytest.raises(RefusedError, match="collider"):
        compare([limit, contour], 100.0)
