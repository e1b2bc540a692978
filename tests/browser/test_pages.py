"""Pages in a real browser: they fit, are quiet, ask nobody for anything, and work from a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fairport.catalog.browser.frontend import bundle

pytestmark = pytest.mark.browser

PAGES = [
    "index.html", "p/index.html", "p/dd.si/index.html", "p/dd.sdp/index.html", "a/index.html",
    "a/own/index.html", "a/wide/index.html", "a/closed/index.html", "r/index.html", "r/own/si/index.html",
    "r/starter/si/index.html", "r/wide/si/index.html", "r/digitised/si/index.html", "x/index.html",
    "status/index.html", "docs/index.html", "docs/tutorial.html", "docs/reference/cli.html",
    "docs/reference/schemas/result.html", "docs/reference/rules/index.html", "docs/how-to/publish.html",
]  # fmt: skip
PAGES += ["s/index.html", "new/index.html"] if bundle() else []
SIZES = [(1280, 900), (360, 740)]

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CONTRAST = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")


def look(page: Any, site: Path, name: str) -> list[str]:
    """Open a page from its folder and return what is wrong with it."""
    found: list[str] = []
    page.on(
        "console", lambda m: found.append(f"{m.type}: {m.text}") if m.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda error: found.append(f"error: {error}"))
    page.on("requestfailed", lambda request: found.append(f"failed: {request.url}"))
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith(("file:", "data:")) else found.append(f"asks {request.url}")
        ),
    )
    page.goto((site / name).as_uri())
    overflow = page.evaluate(OVERFLOW)
    if overflow > 0:
        found.append(f"{overflow} px too wide")
    return [f"{name}: {problem}" for problem in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_every_page_fits_and_asks_nobody(
    site: Path, browser: Any, size: tuple[int, int], scheme: str
) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    problems = []
    for name in PAGES:
        page = context.new_page()
        problems += look(page, site, name)
        problems += [f"{name}: {poor}" for poor in page.evaluate(CONTRAST)]
        page.close()
    context.close()
    assert problems == []


def test_pages_without_scripts_show_everything(site: Path, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto((site / "index.html").as_uri())
    assert page.locator("main svg.fp-plot").first.is_visible()
    assert page.get_by_role("link", name="Results", exact=True).is_visible()
    assert not page.locator("[data-theme-button]").is_visible()
    page.goto((site / "r/index.html").as_uri())
    assert page.get_by_text("Result 8").is_visible()
    assert not page.locator(".fp-filter").is_visible()
    context.close()


@pytest.mark.parametrize(("width", "shown", "hidden"), [(1280, "wide", "compact"), (360, "compact", "wide")])
def test_one_of_two_figures_is_shown(site: Path, browser: Any, width: int, shown: str, hidden: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 740})
    page.goto((site / "p/dd.si/index.html").as_uri())
    figure = page.locator("main figure").first
    assert figure.locator(f".fp-{shown} svg").is_visible()
    assert not figure.locator(f".fp-{hidden} svg").is_visible()
    box = figure.locator(f".fp-{shown} svg").bounding_box()
    assert box is not None
    assert box["width"] > 0.8 * min(width, 1152)
    page.close()


def test_a_curve_leads_to_its_result(site: Path, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((site / "index.html").as_uri())
    page.locator('main .fp-wide a[data-result="own/si"]').first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/r/own/si/index.html")
    assert page.get_by_role("heading", level=1).inner_text() == "Toy limit"
    page.close()


def test_the_keyboard_skips_to_the_content(site: Path, browser: Any) -> None:
    page = browser.new_page()
    page.goto((site / "a/own/index.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    page.close()


@pytest.mark.parametrize("name", ["index.html", "docs/tutorial.html"])
def test_the_colour_theme_is_chosen_kept_and_shared(site: Path, browser: Any, name: str) -> None:
    context = browser.new_context(color_scheme="light", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto((site / name).as_uri())
    ground = "getComputedStyle(document.body).backgroundColor"
    bright = page.evaluate(ground)
    button = page.locator("[data-theme-button]")
    assert button.get_attribute("aria-label") == "Colours: as the system"
    button.click()
    assert page.evaluate(ground) == bright
    button.click()
    assert button.get_attribute("aria-label") == "Colours: dark"
    assert page.evaluate(ground) != bright
    page.goto((site / "status/index.html").as_uri())
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    context.close()


def test_record_pages_and_narrative_pages_have_one_header(site: Path, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    boxes = []
    for name in ("r/index.html", "docs/how-to/publish.html"):
        page.goto((site / name).as_uri())
        parts = [page.locator(".fp-brand"), page.locator(".fp-nav a").last, page.locator(".fp-header")]
        boxes.append([(round(box["x"]), round(box["width"]), round(box["height"])) for box in
                      (part.bounding_box() for part in parts)])  # fmt: skip
    page.close()
    for own, docs in zip(*boxes, strict=True):
        assert all(abs(a - b) <= 2 for a, b in zip(own, docs, strict=True)), boxes


def test_lists_are_filtered(site: Path, browser: Any) -> None:
    page = browser.new_page()
    page.goto((site / "r/index.html").as_uri())
    page.get_by_label("Filter").fill("result 7")
    rows = page.locator("#list tbody tr:visible")
    assert rows.count() == 1
    assert page.locator("#list-count").inner_text().startswith("1 of ")
    page.close()


def test_citations_can_be_copied(site: Path, browser: Any) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto((site / "r/own/si/index.html").as_uri())
    page.locator(".fp-copy").first.click()
    page.wait_for_function("document.querySelector('.fp-copy').textContent === 'Copied'")
    context.close()


def test_paper_shows_the_figure_and_no_navigation(site: Path, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 794, "height": 1123}, color_scheme="dark")
    page.emulate_media(media="print")
    page.goto((site / "r/own/si/index.html").as_uri())
    assert page.locator("main .fp-wide svg").first.is_visible()
    assert not page.locator(".fp-nav").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.close()
