"""The data of the interactive pages, and a site without them."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.catalog import sitecheck

from fairport.catalog.browser import frontend, searchdata
from fairport.catalog.browser.exactdata import unit_data
from fairport.catalog.browser.frontend import NOTICES, SCRIPTS, bundle, content_policy
from fairport.catalog.browser.planedata import script
from fairport.catalog.browser.wizarddata import wizard_data
from fairport.catalog.site.build import build
from fairport.physics.unittable import ATOMS

NASTY = '</script><img src=x onerror=alert(1)>"\u2028\u202e\ud800'


@pytest.fixture
def pretended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A front end that is only names, so that these tests need no Node.js."""
    folder = tmp_path / "dist"
    folder.mkdir()
    for name in (*SCRIPTS, NOTICES):
        (folder / name).write_text(f"// {name}\n")
    for module in (frontend, searchdata):
        monkeypatch.setattr(module, "bundle", lambda: folder)
    monkeypatch.setattr("fairport.catalog.site.keys.bundle", lambda: folder)
    monkeypatch.setattr("fairport.catalog.pages.frame.bundle", lambda: folder)
    return folder


def payload(path: Path, function: str) -> Any:
    """Return what a script hands over."""
    text = path.read_text(encoding="utf-8")
    match = re.fullmatch(rf"fairport\.{function}\((.*)\);\n", text, re.DOTALL)
    assert match is not None
    return json.loads(match[1])


def test_a_script_holds_text_that_can_end_nothing() -> None:
    text = script("plane", {"title": NASTY})
    assert "<" not in text
    assert "\u2028" not in text
    text.encode("utf-8")
    assert json.loads(text.removeprefix("fairport.plane(").removesuffix(");\n"))["title"] == NASTY


def test_the_plane_page_has_its_data(
    pretended: Path, catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    results = {
        "si": {"title": f"Limit {NASTY[:30]}"},
        "closed": {"licence": "LicenseRef-none", "provenance": {"origin": "digitised"}},
        "seen": {"statistics": {"cl": "not-stated"}},
    }
    register(make_repository(results=results))
    run_harvest()
    site = build(catalogue, docs=False, today=date(2026, 11, 22)).root
    assert sitecheck.problems(site) == []
    data = payload(site / "p/dd.si/data.js", "plane")
    assert {curve["id"] for curve in data["curves"]} == {"toy/si", "toy/closed", "toy/seen"}
    by_id = {curve["id"]: curve for curve in data["curves"]}
    assert by_id["toy/closed"]["open"] is False
    assert by_id["toy/seen"]["cl"] is None
    assert by_id["toy/seen"]["unstated"] == ["confidence level"]
    assert by_id["toy/si"]["cite"][0][0] == "arXiv:1802.07198v2"
    exact = payload(site / "p/dd.si/exact.js", "exact")
    assert exact["toy/si"]["x"] == [10.0, 100.0, 1000.0]
    assert exact["toy/closed"]["shape"] == "drawn"
    assert "x" not in exact["toy/closed"]
    assert exact["toy/si"]["bib"]
    page = (site / "p/dd.si/index.html").read_text()
    assert 'src="../../assets/fp-load.js"' in page
    assert (site / "assets/fp-licences.txt").read_text() == f"// {NOTICES}\n"


def test_numbers_of_closed_results_are_nowhere(
    pretended: Path, catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    points = {"mass": [11.234567, 123.45678], "sigma": [1.2345678e-45, 2.3456789e-45]}
    register(
        make_repository(results={"si": {"licence": "LicenseRef-none", "expectation": None}}, points=points)
    )
    run_harvest()
    site = build(catalogue, docs=False, today=date(2026, 11, 22)).root
    for path in (site / "p/dd.si").glob("*.js"):
        assert "1.2345678e-45" not in path.read_text()
        assert "11.234567" not in path.read_text()


def test_without_the_front_end_there_is_no_trace_of_it(
    monkeypatch: pytest.MonkeyPatch, catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    for module in ("browser.frontend", "browser.searchdata", "site.compiling", "site.keys", "pages.frame"):
        monkeypatch.setattr(f"fairport.catalog.{module}.bundle", lambda: None)
    register(make_repository())
    run_harvest()
    site = build(catalogue, docs=False, today=date(2026, 11, 22)).root
    assert sitecheck.problems(site) == []
    for path in sitecheck.record_pages(site):
        assert "fp-load" not in path.read_text()
        assert not re.search(r'"(\.\./)*(s|new)/index\.html"', path.read_text())
    assert not list(site.rglob("data.js"))
    assert not (site / "s").exists()
    assert not (site / "new").exists()


def test_planes_with_one_axis_have_rows(
    pretended: Path, catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    point = {
        "plane": "astro.omega_cdm", "kind": "point", "axes": None, "geometry": None, "interpolation": None,
        "data": None, "expectation": None, "model": None, "astro": None,
        "values": [{"name": "omega", "quantity": "relic_density", "value": 0.11933, "unit": "",
                    "minus": 0.00091, "plus": 0.00091}],
        "statistics": {"sided": "credible", "method": "bayesian", "cl": 0.68},
    }  # fmt: skip
    register(make_repository(results={"si": point, "closed": {**point, "licence": "LicenseRef-none"}}))
    run_harvest()
    site = build(catalogue, docs=False, today=date(2026, 11, 22)).root
    assert sitecheck.problems(site) == []
    assert "fp-load" in (site / "p/astro.omega_cdm/index.html").read_text()
    data = payload(site / "p/astro.omega_cdm/data.js", "plane")
    assert data["plane"]["rows"] is True
    by_id = {curve["id"]: curve for curve in data["curves"]}
    assert by_id["toy/si"]["point"] == [0.11933, None, 0.00091, 0.00091]
    assert by_id["toy/closed"]["point"][0] == 0.1193
    exact = payload(site / "p/astro.omega_cdm/exact.js", "exact")
    assert (exact["toy/si"]["value"], exact["toy/si"]["plus"]) == (0.11933, 0.00091)
    assert "value" not in exact["toy/closed"]


def test_what_decides_on_an_envelope_comes_along(
    pretended: Path, catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    stated = {
        "astro": {"halo": {"v0": {"value": 238, "unit": "km s-1"}, "vesc": {"value": 544, "unit": "km s-1"}}}
    }
    results = {
        "si": stated,
        "read": {**stated, "provenance": {"origin": "digitised"}},
        "silent": {**stated, "statistics": {"method": "not-stated"}},
    }
    register(make_repository(results=results))
    run_harvest()
    site = build(catalogue, docs=False, today=date(2026, 11, 22)).root
    joins = {name: one["joins"] for name, one in payload(site / "p/dd.si/exact.js", "exact").items()}
    assert joins["toy/si"]["class"] == "CLs"
    assert "digitised" in joins["toy/read"]["not"]
    assert "does not state statistics.method" in joins["toy/silent"]["not"]


def test_search_holds_everything_in_one_file_or_in_shards(
    pretended: Path,
    monkeypatch: pytest.MonkeyPatch,
    catalogue: Path,
    make_repository: Any,
    register: Any,
    run_harvest: Any,
) -> None:
    register(make_repository(results={f"r{n}": {"title": f"Result {n}"} for n in range(5)}))
    run_harvest()
    site = build(catalogue, docs=False, today=date(2026, 11, 22)).root
    whole = payload(site / "s/catalog.js", "search")
    assert whole["count"] == 5 + 1 + 1 + 1
    assert whole["titles"][:2] == ["r/toy/r0/index.html", "Result 0"]
    types = next(facet for facet in whole["facets"] if facet["name"] == "type")
    assert set(types["values"]) == {"result", "analysis", "experiment", "plane"}
    monkeypatch.setattr(searchdata, "SHARD", 3)
    site = build(catalogue, docs=False, today=date(2026, 11, 22)).root
    assert "titles" not in payload(site / "s/catalog.js", "search")
    shards = [payload(site / f"s/titles-{n}.js", "titles") for n in range(3)]
    assert [shard["number"] for shard in shards] == [0, 1, 2]
    assert [title for shard in shards for title in shard["titles"]] == whole["titles"]


def test_the_policy_lets_nothing_in_but_the_site() -> None:
    policy = dict(part.split(" ", 1) for part in content_policy().split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert "unsafe" not in content_policy()
    assert "http" not in content_policy()


def test_the_table_of_units_is_the_one_of_the_command_line() -> None:
    table = unit_data()
    assert table["atoms"].keys() == ATOMS.keys()
    assert table["atoms"]["eV"] == [1.602176634, -19, {"kg": 1, "m": 2, "s": -2}, True]
    assert table["aliases"]["pb"] == ["cm2", -36]


def test_every_question_of_the_template_is_understood() -> None:
    data = wizard_data()
    for question in data["questions"]:
        for part in ("default", "when", "validator"):
            assert "unknown" not in question[part], (question["name"], question[part])
        for _, _, condition in question["choices"]:
            assert "unknown" not in condition, (question["name"], condition)
    json.dumps(data)


def test_a_question_that_is_not_understood_says_why(tmp_path: Path) -> None:
    (tmp_path / "copier.yml").write_text(
        "one:\n  type: str\n  default: \"{{ 'a' | md5 }}\"\n"
        'two:\n  type: str\n  default: "{{ lipsum() }}"\n'
        'three:\n  type: bool\n  default: true\n  when: "{{ one is string }}"\n'
    )
    one, two, three = wizard_data(tmp_path)["questions"]
    assert one["default"] == {"unknown": "the filter md5"}
    assert "call" in two["default"]["unknown"]
    assert "unknown" in three["when"]
    assert three["default"] == {"value": True}


def test_an_import_from_outside_the_template_is_refused(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "secret.jinja").write_text("{% macro a() %}x{% endmacro %}")
    (tmp_path / "inner" / "copier.yml").write_text(
        "one:\n  type: str\n  default: \"{% from '../secret.jinja' import a %}{{ a() }}\"\n"
    )
    (one,) = wizard_data(tmp_path / "inner")["questions"]
    assert "outside" in one["default"]["unknown"]


def test_the_bundle_is_there_where_it_must_be(require_service: Any) -> None:
    require_service("the front end", bundle(), "run: make frontend")


def test_names_that_differ_in_capitals_stand_in_one_order() -> None:
    names = ("Alps", "ALPS", "alps", "Alp")
    entries = [searchdata.Entry("a", "A", "", {"experiment": name}) for name in names]
    facets = [searchdata._facet("experiment", "Experiment", order) for order in (entries, entries[::-1])]
    assert facets[0]["values"] == facets[1]["values"] == ["Alp", "ALPS", "Alps", "alps"]
