"""The SVG of planes: structure, escaping, links, size, determinism. Looks are for eyes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from typing import Any

import numpy as np
import pytest
from tests.results.drawn import plane_svg

from fairport.results.figure.svg import stylesheet
from fairport.results.figure.svgframe import shorten
from fairport.results.figure.svgparts import COMPACT
from fairport.results.planes import Planes

NS = "{http://www.w3.org/2000/svg}"
SI = Planes().get("dd.si")
HOSTILE = "<script>alert(1)</script> & \"quotes\" 'single' ]]> \x1b\x00 \ufffe {{7*7}} $x$"


def parse(text: str) -> ET.Element:
    return ET.fromstring(text)


def with_class(root: ET.Element, name: str) -> list[ET.Element]:
    return [element for element in root.iter() if name in element.get("class", "").split()]


@pytest.fixture
def three(make: Any) -> list[Any]:
    return [
        make(),
        make(
            {"mass": np.geomspace(20, 1e4, 30), "limit": np.geomspace(1e-44, 1e-42, 30)},
            experiment="DarkSide-50",
            analysis="darkside-50",
            provenance={"origin": "recast"},
        ),
        make(
            {"mass": np.geomspace(20, 1e4, 30), "limit": np.geomspace(1e-48, 1e-46, 30)},
            experiment="Argon",
            analysis="argon",
            kind="projection",
            provenance={"origin": "projection"},
            statistics={"role": "expected"},
        ),
    ]


def test_structure(three: list[Any]) -> None:
    root = parse(plane_svg(SI, three))
    assert root.get("role") == "img"
    title, description = root.find(f"{NS}title"), root.find(f"{NS}desc")
    assert title is not None
    assert description is not None
    assert root.get("aria-labelledby", "").split() == [title.get("id"), description.get("id")]
    assert title.text == SI.title
    assert "3 results" in (description.text or "")
    curves = with_class(root, "fp-curve")
    assert [curve.get("data-result") for curve in curves] == ["lz-2024/si", "darkside-50/si", "argon/si"]
    for curve in curves:
        assert len([line for line in with_class(curve, "fp-line") if line.get("id")]) == 1
        assert curve.find(f"{NS}title") is not None
    texts = ["".join(label.itertext()) for label in with_class(root, "fp-label")]
    assert texts == ["LZ", "DarkSide-50 (recast)", "Argon (projection)"]
    _, _, width, height = map(float, root.get("viewBox", "").split())
    assert width == 960
    assert height < 800


def test_classes_are_drawn_differently(three: list[Any]) -> None:
    official, recast, projection = with_class(parse(plane_svg(SI, three)), "fp-curve")

    def strokes(curve: ET.Element) -> ET.Element:
        return with_class(curve, "fp-strokes")[0]

    assert strokes(official).get("stroke-dasharray") is None
    assert strokes(projection).get("stroke-dasharray") == "9 3.5 2 3.5"
    assert with_class(recast, "fp-mark")
    assert not with_class(official, "fp-mark")
    assert float(strokes(official).get("stroke-width", 0)) > float(strokes(recast).get("stroke-width", 0))


def test_only_limits_by_data_are_filled(three: list[Any]) -> None:
    fills = with_class(parse(plane_svg(SI, three)), "fp-fill")
    assert len(fills) == 2
    assert with_class(parse(plane_svg(SI, three[2:])), "fp-fill") == []


def test_links(three: list[Any]) -> None:
    links = {result.id: f"../r/{result.id}/index.html" for result in three}
    root = parse(plane_svg(SI, three, links=links))
    curves = with_class(root, "fp-curve")
    assert [curve.get("href") for curve in curves] == list(links.values())
    assert {curve.tag for curve in curves} == {f"{NS}a"}
    # An element of role img may hold nothing that can be focused.
    assert root.get("role") == "group"
    for tag in with_class(root, "fp-tag"):
        assert (tag.get("tabindex"), tag.get("aria-hidden")) == ("-1", "true")


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", " javascript:x", "vbscript:x"]
)
def test_links_that_could_run_code_are_dropped(three: list[Any], link: str) -> None:
    text = plane_svg(SI, three[:1], links={three[0].id: link})
    assert "<a " not in text
    assert "script:" not in text.lower()


@pytest.mark.parametrize(
    "link", ["x.html", "../r/x/", "/r/x", "#x", "https://example.org/x", "r/a-b/c/index.html", "?q=1"]
)
def test_ordinary_links_are_kept(three: list[Any], link: str) -> None:
    assert f'href="{link}"' in plane_svg(SI, three[:1], links={three[0].id: link})


def test_hostile_texts_are_escaped(make: Any) -> None:
    nasty = make(experiment=HOSTILE, title=HOSTILE, analysis="a", provenance={"origin": "recast"})
    other = make(experiment=None, title=HOSTILE, analysis="b", status="corrected", status_reason=HOSTILE)
    text = plane_svg(SI, [nasty, other], links={"a/si": "x.html"}, title=HOSTILE, details=True)
    root = parse(text)
    assert "<script" not in text
    assert {element.tag for element in root.iter()} <= {
        NS + name
        for name in (
            "svg",
            "title",
            "desc",
            "style",
            "g",
            "a",
            "path",
            "circle",
            "text",
            "tspan",
            "use",
            "rect",
        )
    }
    assert not any(name.lower().startswith("on") for element in root.iter() for name in element.attrib)
    assert "alert(1)" in "".join(root.itertext())


def test_examples_are_called_examples_however_little_room_there_is(make: Any) -> None:
    result = make(experiment="A name of some length", provenance={"origin": "recast", "example": True})
    for compact in (False, True):
        text = "".join(parse(plane_svg(SI, [result, make()], compact=compact)).itertext())
        assert text.count("A name of some length") == text.count("A name of some length (example")


def test_nothing_is_fetched_from_elsewhere(three: list[Any]) -> None:
    text = plane_svg(SI, three).replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "http" not in text
    assert "url(" not in text
    assert "@import" not in text


def test_ids_are_unique_also_for_equal_results(make: Any) -> None:
    text = plane_svg(SI, [make(), make(), make()], prefix="x y<z")
    ids = re.findall(r'\sid="([^"]*)"', text)
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"x-y-z-[A-Za-z0-9-]+", name) for name in ids)


def test_two_figures_on_a_page_share_no_ids(three: list[Any]) -> None:
    ids = [re.findall(r'\sid="([^"]*)"', plane_svg(SI, three, compact=compact)) for compact in (False, True)]
    assert not set(ids[0]) & set(ids[1])


def test_drawn_points_lie_on_the_curve(three: list[Any]) -> None:
    root = parse(plane_svg(SI, three[1:2], height=400))
    line = next(line for line in with_class(root, "fp-line") if line.get("id"))
    steps = [tuple(map(float, pair)) for pair in re.findall(r"[Ml](-?[\d.]+) (-?[\d.]+)", line.get("d", ""))]
    points = np.cumsum(np.array(steps), axis=0)
    # A power law is a straight line on log-log scales: two points are enough.
    assert len(points) == 2
    frame = re.search(r"M([\d.]+) ([\d.]+)H([\d.]+)V([\d.]+)", with_class(root, "fp-axis")[0].get("d", ""))
    assert frame is not None
    left, top, right, bottom = map(float, frame.groups())
    assert left <= points[0][0] < points[1][0] <= right
    assert top < points[1][1] < points[0][1] < bottom


def test_missing_values_break_the_line(make: Any) -> None:
    result = make({"mass": [10, 20, 40, 80, 160], "limit": [1e-45, 1e-45, np.nan, 1e-45, 1e-45]})
    line = next(line for line in with_class(parse(plane_svg(SI, [result])), "fp-line") if line.get("id"))
    assert line.get("d", "").count("M") == 2


def test_outside_validity_is_faint(make: Any) -> None:
    root = parse(plane_svg(SI, [make(validity={"ranges": [{"axis": "mass", "low": 50, "high": 1e4}]})]))
    assert len(with_class(root, "fp-faded")) == 1


def test_details_of_a_single_result(make: Any) -> None:
    from fairport.physics.arrays import as_floats

    mass = as_floats(np.geomspace(10, 1e4, 20))
    quantiles = {
        name: 1e-46 * factor * mass
        for name, factor in zip(("p2.5", "p16", "p50", "p84", "p97.5"), (0.5, 0.7, 1, 1.5, 2), strict=True)
    }
    result = make(
        {"mass": mass, "limit": 1.1e-46 * mass, **quantiles},
        bands={name: name for name in quantiles},
        expectation=[
            {"at": {"mass": 100}, "value": 1e-44, "tolerance": 0.1, "citation": "https://example.org"}
        ],
    )
    root = parse(plane_svg(SI, [result]))
    assert len([band for band in with_class(root, "fp-band") if band.tag == f"{NS}path"]) == 2
    assert len(with_class(root, "fp-p50")) == 1
    assert "published numbers" in "".join(root.itertext())
    combined = plane_svg(SI, [result, make()])
    assert "fp-p50" not in combined.split("</style>")[1]


def test_regions_are_closed_and_filled(region: Any, make: Any) -> None:
    root = parse(plane_svg(SI, [make(), region]))
    curve = with_class(root, "fp-curve")[1]
    assert with_class(curve, "fp-fill")[0].get("d", "").endswith("z")


def test_what_cannot_be_drawn_is_named_and_stops_nothing(make: Any) -> None:
    broken = make({"mass": [10, 30, 20, 40], "limit": [1e-45] * 4}, analysis="broken")
    text = plane_svg(SI, [make(), broken])
    assert "Not drawn" in text
    assert len(with_class(parse(text), "fp-curve")) == 1


def test_empty_plane_says_so() -> None:
    text = plane_svg(SI, [])
    assert "No result in this plane yet" in text
    parse(text)


@pytest.mark.parametrize("compact", [False, True])
def test_many_curves_stay_small_and_every_one_is_named(make: Any, compact: bool) -> None:
    rng = np.random.default_rng(7)
    mass = np.geomspace(5, 1e4, 200)
    results = [
        make(
            {
                "mass": mass,
                "limit": 10 ** rng.uniform(-48, -44) * ((mass / rng.uniform(10, 60)) ** -2 + mass / 40),
            },
            experiment=f"Experiment {i}",
            analysis=f"e{i}",
        )
        for i in range(50)
    ]
    text = plane_svg(SI, results, compact=compact)
    assert len(text) < 90_000
    shown = "".join(parse(text).itertext())
    assert all(f"Experiment {i}" in shown for i in range(50))
    assert len(with_class(parse(text), "fp-union")) == 1


def test_hundreds_of_curves_are_drawn_and_the_nameless_counted(make: Any) -> None:
    mass = np.geomspace(5, 1e4, 8)
    results = [
        make({"mass": mass, "limit": (1 + 0.001 * i) * 1e-46 * mass}, experiment=f"E{i}", analysis=f"e{i}")
        for i in range(120)
    ]
    text = plane_svg(SI, results)
    assert len(with_class(parse(text), "fp-curve")) == 120
    count = re.search(r"(\d+) more curves are drawn without a name", text)
    assert count is not None
    assert int(count.group(1)) >= 20


@pytest.mark.parametrize(
    ("plane", "value"),
    [
        ("cosmo.p_ann", {"quantity": "annihilation_parameter", "unit": "cm3 s-1 GeV-1", "value": 3.2e-28}),
        (
            "astro.omega_cdm",
            {"quantity": "relic_density", "unit": "", "value": 0.12, "minus": 0.001, "plus": 0.001},
        ),
    ],
)
def test_planes_with_one_axis(make: Any, plane: str, value: dict[str, Any]) -> None:
    gone = dict.fromkeys(("axes", "data", "geometry", "interpolation"))
    results = [make({}, plane=plane, kind="point", values=[{"name": "x", **value}], **gone)]
    for compact in (False, True):
        root = parse(plane_svg(Planes().get(plane), results, compact=compact))
        (row,) = with_class(root, "fp-curve")
        # A limit fills the excluded side, a measured value is a dot with its error bar.
        assert bool(with_class(row, "fp-fill")) is (plane == "cosmo.p_ann")
        assert bool(with_class(row, "fp-dot")) is (plane != "cosmo.p_ann")
    parse(plane_svg(Planes().get(plane), []))


def test_style_sheet_is_confined() -> None:
    for rule in stylesheet().split("}"):
        for selector in rule.split("{")[0].split(","):
            assert not selector or selector.startswith(".fp-plot"), selector


def test_same_bytes_in_every_process() -> None:
    code = (
        "import sys, numpy as np\n"
        "from fairport.contract.resources import schemas_root\n"
        "from fairport.results.store import load_result\n"
        "from fairport.results.figure.svg import scene_of, scene_svg\n"
        "good = schemas_root() / 'examples' / 'result' / 'good'\n"
        "results = [load_result(good / f'{n}.yaml') for n in ('limit', 'projection', 'region-signal')]\n"
        "scene = scene_of(results[0].plane, results)\n"
        "sys.stdout.write(scene_svg(scene, links={r.id: 'x.html' for r in results}))"
    )
    outputs = [
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]
    assert outputs[0] == outputs[1]
    assert outputs[0].startswith(b"<svg")


def test_a_name_is_cut_once() -> None:
    for room in range(20, 300, 7):
        short = shorten("WIMPs 2021 a-name-that-was-cut… (digitised)*", room, 12.0)
        assert "……" not in short
        assert "( …" not in short
        assert short.count("…") in {0, 1, 2}


def test_text_of_figures_on_a_phone_is_legible() -> None:
    assert (
        min(COMPACT.text, COMPACT.label, COMPACT.small) >= 12.0
    )  # below, browsers' audits call it illegible
