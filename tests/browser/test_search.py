"""The search page: words, facets, keyboard, address; from a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Any, explored: Path) -> Any:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((explored / "s/index.html").as_uri())
    page.locator(".fp-hits li").first.wait_for()
    yield page
    page.close()


def titles(page: Any) -> list[str]:
    return page.locator(".fp-hits a").all_inner_texts()


def test_everything_is_there_before_a_word_is_written(page: Any) -> None:
    types = page.locator('.fp-facet:has(summary:text-is("Type")) label').all_inner_texts()
    assert {text.split("\n")[0] for text in types} == {
        "result", "analysis", "experiment", "plane", "documentation",
    }  # fmt: skip


def test_words_and_facets_narrow_down(page: Any) -> None:
    page.locator("#fp-q").fill("gamma limit")
    assert titles(page)[0] == "Gamma limit"
    page.locator("#fp-q").fill("gamma")
    assert len(titles(page)) == 4
    page.get_by_label("superseded").check()
    assert titles(page) == ["Gamma, the old one"]
    assert page.evaluate("location.hash") == "#q=gamma&kind=superseded"
    page.get_by_label("superseded").uncheck()
    assert len(titles(page)) == 4
    page.locator("#fp-q").fill("2401.00001")
    assert titles(page) == ["Alpha limit"]


def test_nothing_is_found_without_harm(page: Any) -> None:
    page.locator("#fp-q").fill('<img src=x onerror="alert(1)">')
    assert titles(page) == []
    assert page.get_by_role("status").inner_text().startswith("0 of ")


def test_the_address_brings_a_search_back(page: Any, explored: Path) -> None:
    page.goto("about:blank")
    page.goto((explored / "s/index.html").as_uri() + "#q=limit&type=result&experiment=Alpha,Beta")
    page.locator(".fp-hits li").first.wait_for()
    assert set(titles(page)) == {"Alpha limit", "Beta limit"}
    page.evaluate("location.hash = 'q=nowhere-to-be-found'")
    page.locator(".fp-hits li").first.wait_for(state="detached")


def test_the_keyboard_reaches_a_result(page: Any) -> None:
    page.keyboard.press("/")
    page.keyboard.type("alpha limit")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "Alpha limit"
    page.keyboard.press("Enter")
    page.wait_for_url("**/r/alpha/si/index.html")


def test_documentation_is_found(page: Any) -> None:
    page.get_by_label("documentation").check()
    page.locator("#fp-q").fill("slurm")
    page.locator(".fp-hits a").first.click()
    page.wait_for_url("**/docs/**")
