"""The browser says what the command line says: verdicts, values, units, defaults and refusals of answers."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.browser.planes import RESULTS
from tests.browser.waiting import until

from fairport.contract.resources import template_root
from fairport.physics.units import conversion_factor
from fairport.results.compare import compare
from fairport.results.envelope import envelope, strongest_in
from fairport.results.exclude import Point, exclude
from fairport.results.loaded import LoadedResult
from fairport.results.planes import Planes
from fairport.results.store import load_result
from fairport.results.translation.translate import translate

pytestmark = pytest.mark.browser

OPEN = [f"{owner}/{name}" for (owner, name), (changes, _) in RESULTS.items()
        if owner not in {"closed", "starter"}]  # fmt: skip

DRAWN = """ids => ids.sort().join()
  === [...document.querySelectorAll('.fp-live .fp-curve')].map(one => one.dataset.id).sort().join()"""


def inputs(site: Path, names: list[str]) -> list[LoadedResult]:
    """Load results from their repositories."""
    found = []
    for name in names:
        owner, _, result = name.partition("/")
        folder = site.parents[1] / "repositories" / owner / "results" / result
        found.append(load_result(folder, planes=Planes(), analysis=owner, experiment=owner.title()))
    return found


@pytest.fixture
def page(browser: Any, explored: Path) -> Any:
    page = browser.new_page()
    page.goto((explored / "p/dd.si/index.html").as_uri())
    page.locator("[data-fp-start]").click()
    page.locator("[data-fp-ready]").wait_for(state="attached")
    yield page
    page.close()


def cloud(count: int) -> list[Point]:
    """Return random points around the curves, and points exactly on them."""
    chance = random.Random(7)
    found = [Point(10 ** chance.uniform(0.5, 3.2), 10 ** chance.uniform(-49.5, -38), chance.choice([1, 0.3]))
             for _ in range(count)]  # fmt: skip
    found += [Point(30.0, value) for value in (1e-46, 3e-46, 1e-45, 1e-40, 1e-30, 6e-46)]
    found += [Point(100.0, 5e-47), Point(50.0, 1e-47), Point(5.0, 1e-44), Point(1000.0, 2e-45)]
    return [Point(p.x, p.y, p.fraction, row) for row, p in enumerate(found, 1)]


def test_verdicts_are_those_of_fairport_exclude(page: Any, explored: Path) -> None:
    points = cloud(400)
    results = inputs(explored, sorted(OPEN))
    verdicts, _ = exclude(points, results[0].plane, results)
    order = page.evaluate("window.fairport.data.plane.curves.map(one => one.id)")
    results.sort(key=lambda result: order.index(result.id))
    verdicts, _ = exclude(points, results[0].plane, results)
    given = [{"x": p.x, "y": p.y, "fraction": p.fraction, "row": p.row} for p in points]
    found = page.evaluate("([points, ids]) => window.fairport.judge(points, null, ids)", [given, OPEN])
    assert len({one.status for one in verdicts}) == 4
    for one, other in zip(verdicts, found, strict=True):
        assert (one.status, one.by, one.reason) == (other["status"], other["by"], other["reason"]), one
        assert list(one.others) == other["others"]
        if one.margin is None:
            assert other["margin"] is None
        else:
            assert other["margin"] == pytest.approx(one.margin, rel=1e-9)


def test_a_drawn_curve_decides_as_its_numbers_do_but_not_at_its_edge(page: Any, explored: Path) -> None:
    points = [point for point in cloud(200) if point.fraction == 1]
    results = inputs(explored, ["closed/si"])
    verdicts, _ = exclude(points, results[0].plane, results)
    given = [{"x": p.x, "y": p.y, "fraction": 1, "row": p.row} for p in points]
    found = page.evaluate(
        "points => window.fairport.judge(points, null, ['closed/si'])",
        given,
    )
    for one, other in zip(verdicts, found, strict=True):
        assert other["status"] in {one.status, "unknown"}
        if one.margin is not None and abs(one.margin - 1) > 0.02:
            assert other["status"] == one.status
            assert other["margin"] == pytest.approx(one.margin, rel=3e-3)
    edge = [{"x": 30.0, "y": 2e-46, "fraction": 1, "row": 1}]
    assert page.evaluate("p => window.fairport.judge(p, null, ['closed/si'])", edge)[0]["status"] == "unknown"


def test_values_of_a_plane_with_one_axis_are_judged_as_by_fairport_exclude(
    browser: Any, explored: Path
) -> None:
    page = browser.new_page()
    page.goto((explored / "p/cosmo.p_ann/index.html").as_uri() + "#panel=own&kind=collaboration,digitised")
    page.locator("#fp-own").fill(
        "# scan\np_ann [m3 s-1 GeV-1], fraction\n3e-34, 1\n3.3e-34, 1\n3.3e-34, 0.5\n2e-33, 1"
    )
    page.get_by_role("button", name="Draw and judge").click()
    rows = page.locator("tr[data-status]")
    rows.first.wait_for()
    order = page.evaluate("window.fairport.data.plane.curves.map(one => one.id)")
    results = inputs(explored, order)
    given = [
        Point(0.0, y, f, row)
        for row, (y, f) in enumerate([(3e-28, 1), (3.3e-28, 1), (3.3e-28, 0.5), (2e-27, 1)], 1)
    ]
    verdicts, _ = exclude(given, results[0].plane, results)
    assert {one.status for one in verdicts} == {"allowed", "excluded"}
    assert rows.evaluate_all("all => all.map(one => one.dataset.status)") == [one.status for one in verdicts]
    margins = rows.evaluate_all("all => all.map(one => Number(one.querySelector('data').value))")
    assert margins == pytest.approx([one.margin for one in verdicts], rel=1e-9)
    assert "above the limit of Sky 2018 new (95 % CL)" in rows.nth(1).inner_text()
    assert "above the interval of Sky 2018 seen (68 % CL)" in rows.nth(0).inner_text()
    assert page.locator("svg.fp-live .fp-marks path[d^=M]").count() >= 3
    page.close()


@pytest.mark.parametrize("x", [30.0, 17.3, 640.0, 4.0])
def test_values_are_those_of_fairport_compare(page: Any, explored: Path, x: float) -> None:
    ids = [name for name in OPEN if name != "deep/top"]
    page.evaluate("ids => { location.hash = 'kind=&on=' + ids.map(encodeURIComponent).join(',') }", ids)
    until(page, DRAWN, ids)
    order = page.evaluate("[...document.querySelectorAll('.fp-live .fp-curve')].map(one => one.dataset.id)")
    assert set(order) == set(ids)
    wanted = compare(inputs(explored, order), x)
    found = page.evaluate("x => window.fairport.compareAt(x)", x)
    assert [row["id"] for row in found["rows"]] == [row.result for row in wanted.rows]
    assert found["reading"] == wanted.reading
    assert found["withheld"] == list(wanted.withheld)
    for row, other in zip(wanted.rows, found["rows"], strict=True):
        for mine, theirs in ((row.values, other["values"]), (row.factors, other["factors"])):
            assert {name for name, value in mine.items() if value is None} == {
                name for name, value in theirs.items() if value is None
            }
            assert {k: v for k, v in theirs.items() if v is not None} == pytest.approx(
                {k: v for k, v in mine.items() if v is not None}, rel=1e-9
            )
        assert other["crossings"] == pytest.approx(list(row.crossings), rel=1e-9)
        assert (other["cl"], other["constraint"], other["origin"]) == (
            row.cl,
            row.power_constraint,
            row.origin,
        )
        assert (other["note"], other["label"]) == (row.note, row.label)


def test_who_leads_is_said_in_the_same_words(page: Any, explored: Path) -> None:
    page.evaluate("location.hash = 'kind=&on=alpha%2Fsi,beta%2Fsi'")
    until(page, DRAWN, ["alpha/si", "beta/si"])
    found = page.evaluate("window.fairport.compareAt(30)")
    assert found["reading"] == compare(inputs(explored, ["alpha/si", "beta/si"]), 30.0).reading


@pytest.mark.parametrize(
    ("source", "target"),
    [("TeV", "GeV"), ("keV", "GeV"), ("pbarn", "cm2"), ("fbarn", "cm2"), ("m2", "cm2"), ("1e-36 cm2", "cm2"),
     ("barn", "cm2")],
)  # fmt: skip
def test_units_have_the_factors_of_the_command_line(
    page: Any, explored: Path, source: str, target: str
) -> None:
    """Own points go through the table of units that the build wrote."""
    column = "mass" if target == "GeV" else "cross_section"
    other = "cross_section [cm2]" if target == "GeV" else "mass [GeV]"
    page.get_by_role("tab", name="My points").click()
    page.locator("#fp-own").fill(f"{column} [{source}],{other}\n2,3")
    page.get_by_role("button", name="Draw and judge").click()
    page.locator("tr[data-status]").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the verdicts as CSV").click()
    row = Path(download.value.path()).read_text().splitlines()[1].split(",")
    value = float(row[1] if target == "GeV" else row[2])
    assert value == pytest.approx(2 * conversion_factor(source, target), rel=1e-14)


ANSWERS: list[dict[str, str]] = [
    {},
    {"kind": "indirect"},
    {"kind": "generic", "title": "  blanks around  "},
    {"kind": "collider", "example": "darkside-50"},
    {"title": "Été 2026: Größe & more!", "description": "short"},
    {"title": "123 numbers first", "slug": "Bad Slug"},
    {"author_orcid": "0000-0002-1825-0097", "affiliation": "CERN", "affiliation_ror": "https://ror.org/01ggx4157"},
    {"author_orcid": "0000-0002-1825-0098", "affiliation": "X", "affiliation_ror": "https://ror.org/01ggx4158"},
    {"author_email": "nobody", "experiment_url": "http://x"},
    {"access": "embargoed access", "created": "2024-02-30", "embargo_until": "2024-02-29"},
    {"access": "restricted access", "created": "2023-02-29"},
    {"forge": "none", "image": "python:latest"},
    {"maturity": "release"},
    {"maturity": "release", "repository_url": "https://github.com/we/ours", "author_given_names": "Ada"},
    {"package": "class"},
    {"slug": "9-lives"},
]  # fmt: skip


@pytest.mark.parametrize("given", ANSWERS)
def test_answers_are_judged_as_copier_judges_them(
    browser: Any, explored: Path, given: dict[str, str]
) -> None:
    page = browser.new_page()
    page.goto((explored / "new/index.html").as_uri())
    page.locator(".fp-ask").first.wait_for()
    found = page.evaluate("given => window.fairport.answers(given)", given)
    page.close()
    for one, wanted in zip(found, rendered(given), strict=True):
        assert one == wanted


def rendered(given: dict[str, str]) -> list[dict[str, Any]]:
    """Answer the questions with Jinja itself, in the settings of the template."""
    import re

    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from fairport.contract.loading import load_yaml

    root = template_root()
    data = load_yaml(root / "copier.yml").data
    settings = {name: value for name, value in data["_envops"].items() if name != "undefined"}
    jinja = Environment(loader=FileSystemLoader(root), undefined=StrictUndefined, **settings)
    jinja.filters["regex_search"] = lambda text, pattern: re.search(pattern, text)

    def render(text: Any, known: dict[str, Any]) -> Any:
        return jinja.from_string(text).render(**known) if isinstance(text, str) else text

    known: dict[str, Any] = {}
    found = []
    for name, entry in data.items():
        if name.startswith("_"):
            continue
        when = render(entry.get("when", True), known)
        asked = when not in {False, "False", "false", ""}
        choices = entry.get("choices") or {}
        pairs = list(choices.values()) if isinstance(choices, dict) else list(choices)
        values = [choice["value"] if isinstance(choice, dict) else choice for choice in pairs]
        refused = [render(choice.get("validator", ""), known).strip() if isinstance(choice, dict) else ""
                   for choice in pairs]  # fmt: skip
        value = given[name] if asked and name in given else render(entry.get("default", ""), known)
        known[name] = value
        problem = ""
        if asked:
            problem = refused[values.index(value)] if value in values else ""
            problem = problem or render(entry.get("validator", ""), known).strip()
        found.append({"name": name, "value": value, "asked": asked, "problem": problem, "refused": refused})
    return found


@pytest.mark.parametrize(("plane", "result"), [("dd.si", "ring/v1"), ("dd.sdp", "ring/a1")])
def test_results_of_other_planes_are_those_of_fairport_translate(
    browser: Any, explored: Path, plane: str, result: str
) -> None:
    name = result[-2:].upper()
    page = browser.new_page()
    page.goto((explored / f"p/{plane}/index.html").as_uri() + f"#model={name}&kind=translated&at=100")
    page.locator(f'.fp-live [data-id="{result}~{name}"]').wait_for(state="attached")
    translated = translate(inputs(explored, [result])[0], plane).loaded()
    wanted = compare([translated], 100.0)
    found = page.evaluate("window.fairport.compareAt(100)")
    assert len(wanted.rows[0].crossings) == 2
    assert found["rows"][0]["crossings"] == pytest.approx(list(wanted.rows[0].crossings), rel=1e-9)
    assert found["rows"][0]["note"] == wanted.rows[0].note
    points = [Point(x, y, 1, 1) for x in (5.0, 100.0, 390.0) for y in (1e-44, 3e-41, 1e-38, 1e-34)]
    verdicts, _ = exclude(points, translated.plane, [translated])
    given = [{"x": point.x, "y": point.y, "fraction": 1, "row": 1} for point in points]
    judged = page.evaluate(
        "([points, id]) => window.fairport.judge(points, null, [id])", [given, f"{result}~{name}"]
    )
    assert [one["status"] for one in judged] == [one.status for one in verdicts]
    assert len({one.status for one in verdicts}) > 1
    page.close()


def test_limits_become_the_regions_of_fairport_translate(browser: Any, explored: Path) -> None:
    page = browser.new_page()
    page.goto((explored / "p/collider.mmed-mdm/index.html").as_uri() + "#model=V1")
    page.locator('.fp-live [data-id="alpha/si~V1"]').wait_for(state="attached")
    settings = {"mediator": "vector", "gq": "0.25", "gl": "0", "gdm": "1"}
    limit = inputs(explored, ["alpha/si"])[0]
    wanted = compare([translate(limit, "collider.mmed-mdm", settings).loaded()], 800.0)
    rows = {row["id"]: row for row in page.evaluate("window.fairport.compareAt(800)")["rows"]}
    assert rows["alpha/si~V1"]["crossings"] == pytest.approx(list(wanted.rows[0].crossings), rel=1e-9)
    assert "ring/v1" in rows
    assert "ring/a1" not in rows
    page.close()


@pytest.mark.parametrize("names", [["smooth", "straight"], ["smooth", "straight", "short"]])
def test_the_envelope_of_what_is_drawn_is_that_of_the_command_line(
    browser: Any, explored: Path, names: list[str]
) -> None:
    ids = [f"wave/{name}" for name in names]
    wanted, _ = envelope(inputs(explored, ids), cl=0.9)
    page = browser.new_page()
    on = ",".join(name.replace("/", "%2F") for name in ids)
    page.goto((explored / "p/dd.sdn/index.html").as_uri() + f"#envelope=90&kind=&on={on}")
    page.locator(".fp-live .fp-envelope-line").wait_for(state="attached")
    places = np.geomspace(4.1, 1600.0, 97)
    found = page.evaluate("xs => window.fairport.envelopeAt(0.9, xs)", places.tolist())
    assert set(found["members"]) == set(ids)
    for x, value in zip(places, found["values"], strict=True):
        if not wanted.x[0] <= x <= wanted.x[-1]:
            assert value is None
            continue
        expected = 10.0 ** np.interp(np.log10(x), np.log10(wanted.x), np.log10(wanted.y))
        assert value == pytest.approx(expected, rel=1e-9)
    strongest = {one.id: strongest_in(wanted, index) for index, one in enumerate(wanted.members)}
    for name, ranges in zip(found["members"], found["strongest"], strict=True):
        assert ranges == [pytest.approx(one, rel=1e-9) for one in strongest[name]]
    page.close()
