"""Reference curves in figures: which are drawn, where they come from, and that they can be left out."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.results.drawn import plane_svg

from fairport.cli.main import main
from fairport.contract.documents import Plane
from fairport.contract.errors import DocumentError
from fairport.contract.plane import PublishedCurve, ReferenceCurve
from fairport.results.figure.figures import draw_plane
from fairport.results.figure.references import references_of
from fairport.results.figure.scene import build_scene
from fairport.results.planes import Planes
from fairport.results.published import cached, obtain

TABLE = "# mass n=2 n=2.5\n1, 1e-44, 1e-45\n10\t1e-48\t1e-49\n1000 1e-47 1e-48\n"


@pytest.fixture
def annihilation(make: Any) -> Any:
    """A limit on <sigma v> for Majorana dark matter."""

    def factory(conjugate: bool | None = True, level: float = 1e-25) -> Any:
        return make(
            {"mass": np.geomspace(10, 1e4, 30), "limit": level * np.geomspace(1, 100, 30)},
            plane="id.ann.bb",
            axes=[
                {"name": "mass", "role": "independent", "column": "mass", "unit": "GeV", "scale": "log"}
                | {"quantity": "dark_matter_mass"},
                {"name": "sigmav", "role": "dependent", "column": "limit", "unit": "cm3 s-1", "scale": "log"}
                | {"quantity": "annihilation_cross_section"},
            ],
            model={"dm": {} if conjugate is None else {"self_conjugate": conjugate}, "channel": "bb"},
            astro=None,
        )

    return factory


@pytest.fixture
def fog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Plane, PublishedCurve, Path]:
    """A plane with a published table, and a copy of the table."""
    monkeypatch.setenv("FAIRPORT_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "fog.txt"
    path.write_text(TABLE)
    curve = PublishedCurve(
        name="fog",
        title="Fog",
        url="https://example.org/fog.txt",
        sha256=hashlib.sha256(TABLE.encode()).hexdigest(),
        columns={"mass": 1, "cross_section": 2},
        cite=("arXiv:2109.03116",),
        licence="CC0-1.0",
        shades=(3,),
    )
    plane = dataclasses.replace(Planes().get("dd.si"), reference=(ReferenceCurve(published=curve),))
    return plane, curve, path


def test_thermal_line_follows_the_kind_of_particle(annihilation: Any) -> None:
    plane = Planes().get("id.ann.bb")
    for results, title in (
        ([annihilation(True)], "Majorana"),
        ([annihilation(False)], "Dirac"),
        ([annihilation(True), annihilation(False)], "Majorana"),
        ([annihilation(None)], "Majorana"),
    ):
        (curve,) = references_of(plane, results).curves
        assert title in curve.result.record.title
        assert float(curve.result.at(100.0)) == pytest.approx(
            4.05e-26 if title == "Dirac" else 2.03e-26, rel=0.05
        )


def test_near_reference_widens_the_figure_and_a_far_one_does_not(annihilation: Any) -> None:
    plane = Planes().get("id.ann.bb")
    for level, seen in ((1e-25, True), (1e-20, False)):
        results = [annihilation(level=level)]
        curves = references_of(plane, results).curves
        scene = build_scene(plane, results, references=curves)
        assert scene.y is not None
        assert (scene.y.low < 2.0e-26) == seen
        assert [item.index for item in scene.items] == [0, 1]
        bare = build_scene(plane, results)
        assert scene.x == bare.x, "references never widen the range of masses"


def test_references_are_drawn_and_can_be_left_out(annihilation: Any) -> None:
    plane, results = Planes().get("id.ann.bb"), [annihilation()]
    assert "Thermal relic" in plane_svg(plane, results)
    assert "Thermal relic" not in plane_svg(plane, results, references=())
    texts = [text.get_text() for text in draw_plane(plane, results).axes[0].texts]
    assert any("Thermal relic" in text for text in texts)


def test_line_among_the_results_is_not_drawn_twice(annihilation: Any) -> None:
    plane = Planes().get("id.ann.bb")
    (curve,) = references_of(plane, [annihilation()]).curves
    assert references_of(plane, [annihilation(), curve.result]).curves == ()


def test_relic_line_of_each_benchmark(make: Any) -> None:
    plane = Planes().get("collider.mmed-mdm")
    axes = [
        {"name": "mediator_mass", "role": "independent", "column": "M", "unit": "GeV", "scale": "lin"}
        | {"quantity": "mediator_mass"},
        {"name": "mass", "role": "dependent", "column": "m", "unit": "GeV", "scale": "lin"}
        | {"quantity": "dark_matter_mass"},
    ]

    def contour(kind: str, gq: Any) -> Any:
        return make(
            {"M": np.array([0.0, 2000.0, 0.0]), "m": np.array([0.0, 100.0, 500.0])},
            plane=plane.id,
            kind="region",
            axes=axes,
            interpolation=None,
            astro=None,
            geometry={"shape": "polygon", "excluded": "inside", "closed": True},
            model={
                "mediator": {"type": kind},
                "couplings": {"gdm": 1.0} | ({} if gq is None else {"gq": gq}),
            },
        )

    results = [contour("vector", 0.25), contour("vector", 0.25), contour("axial-vector", 0.25)]
    found = references_of(plane, [*results, contour("vector", None)])
    titles = [curve.result.record.title for curve in found.curves]
    assert titles == ["Relic density, vector mediator", "Relic density, axial-vector mediator"]
    couplings = found.curves[0].result.record.model.couplings
    assert (couplings["gq"], couplings["gdm"]) == (0.25, 1.0)


def test_published_table(fog: tuple[Plane, PublishedCurve, Path], make: Any) -> None:
    plane, curve, path = fog
    assert cached(plane, curve) is None
    found = references_of(plane, [make()], published=True)
    assert found.curves == ()
    assert "fairport result line fog" in found.missing[0]
    made = obtain(plane, curve, path)
    assert float(made.derived.loaded().at(100.0)) == pytest.approx(10**-47.5, rel=1e-6)
    assert references_of(plane, [make()]).curves == (), "catalogues do not depend on a cache"
    (reference,) = references_of(plane, [make()], published=True).curves
    assert [float(y[0]) for _, y in reference.shades] == [1e-44, 1e-45]
    picture = plane_svg(plane, [make()], references=[reference])
    assert picture.count("fp-shade") == 2
    assert "Fog" in picture
    path.write_text(TABLE + "2000 1e-46 1e-47\n")
    with pytest.raises(DocumentError, match="not the file"):
        obtain(plane, curve, path)


def test_band_of_theory_is_yellow() -> None:
    plane = Planes().get("alp.g_agg")
    curves = references_of(plane, []).curves
    assert curves[0].result.record.id == "qcd-axion-band"
    assert "fp-theory" in plane_svg(plane, [], references=curves)


def test_plot_switches_references_off(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The line of DFSZ is drawn with that of KSVZ and the band, or alone."""
    folder = tmp_path / "dfsz"
    assert main(["result", "line", "dfsz", "--plane", "alp.g_agg", "-o", str(folder)]) == 0
    sizes = {}
    for option in ("--reference", "--no-reference"):
        figure = tmp_path / f"figure{option}.svg"
        assert main(["-v", "plot", "alp.g_agg", str(folder), option, "-o", str(figure)]) == 0
        sizes[option] = figure.stat().st_size
        assert ("KSVZ" in "".join(capsys.readouterr())) == (option == "--reference")
    assert sizes["--reference"] > sizes["--no-reference"]
