"""Long lists stand on several pages, each of which leads to the others."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests.catalog.sitecheck import problems

from fairport.catalog.pages import analyses, analysislist
from fairport.catalog.pages.paging import leaves, page_title, page_url, pager
from fairport.catalog.site import compiling
from fairport.catalog.site.build import build
from fairport.catalog.site.output import leaves_first


def test_a_list_is_cut_into_pages_that_hold_everything_once() -> None:
    items = list(range(7))
    for rows in (1, 2, 3, 7, 8):
        parts = list(leaves(items, rows))
        assert [item for part in parts for item in part] == items
        assert max(map(len, parts)) <= rows
    assert list(leaves([], 3)) == [[]]


def test_pages_of_a_list_lead_to_each_other() -> None:
    assert [page_url("a", at) for at in range(3)] == ["a/index.html", "a/page-2.html", "a/page-3.html"]
    assert page_title("Analyses", 0) == "Analyses"
    assert page_title("Analyses", 2) == "Analyses, page 3"
    links = pager("../", "a", 1, 3)
    assert [(link.href, link.title, link.exact) for link in links] == [
        ("../a/index.html", "1", False),
        ("../a/page-2.html", "2", True),
        ("../a/page-3.html", "3", False),
    ]


def test_the_list_of_analyses_has_pages(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analysislist, "LIST_ROWS", 2)
    for name in ("one", "two", "three", "four", "five"):
        register(make_repository(name, analysis={"title": f"Title of {name}"}))
    run_harvest()
    build(catalogue, docs=False)
    site = catalogue / "site"
    texts = [(site / "a" / name).read_text("utf-8") for name in ("index.html", "page-2.html", "page-3.html")]
    for name in ("one", "two", "three", "four", "five"):
        assert sum(f'href="../a/{name}/index.html"' in text for text in texts) == 1
    assert not (site / "a" / "page-4.html").exists()
    assert all('aria-label="Pages of this list"' in text for text in texts)
    assert problems(site) == []


def test_an_analysis_with_many_results_has_a_list_of_all_of_them(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analyses, "MAX_ROWS", 2)
    many = {name: {"title": f"Result {name}"} for name in "abcde"}
    register(make_repository("many", results=many))
    register(make_repository("few", results={"a": {}, "b": {}}))
    run_harvest()
    build(catalogue, docs=False)
    site = catalogue / "site"
    page = (site / "a" / "many" / "index.html").read_text("utf-8")
    assert '<a href="results/index.html">All 5 results</a>' in page
    lists = [site / "a" / "many" / "results" / name for name in ("index.html", "page-2.html", "page-3.html")]
    for name in many:
        assert sum(f"r/many/{name}/index.html" in path.read_text("utf-8") for path in lists) == 1
    assert not (site / "a" / "few" / "results").exists()
    assert problems(site) == []


def test_what_a_page_links_to_is_written_before_it() -> None:
    order = ["a/x/index.html", "a/x/results/index.html", "a/x/cite.bib", "index.html", "a/index.html"]
    assert sorted(order, key=leaves_first) == [
        "a/x/cite.bib",
        "a/x/results/index.html",
        "a/x/index.html",
        "a/index.html",
        "index.html",
    ]


def test_the_front_page_shows_fewer_curves_than_a_crowded_plane(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiling, "MAX_COMPACT", 2)
    register(make_repository("many", results={name: {"title": f"Result {name}"} for name in "abcde"}))
    run_harvest()
    build(catalogue, docs=False)
    site = catalogue / "site"
    front, plane = ((site / path).read_text("utf-8") for path in ("index.html", "p/dd.si/index.html"))
    assert "this figure shows at most 2 curves" in front
    assert "this figure shows at most" not in plane
    assert len(set(re.findall(r'href="r/many/(\w)/index\.html"', _figures(front)))) == 2
    assert len(set(re.findall(r'href="\.\./\.\./r/many/(\w)/index\.html"', _figures(plane)))) == 5
    assert problems(site) == []


def _figures(page: str) -> str:
    return "".join(re.findall(r"<figure.*?</figure>", page, re.DOTALL))
