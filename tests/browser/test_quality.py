"""What every interactive page keeps to: accessibility, policy, no third party, size."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from fairport.results.figure.svg import stylesheet

pytestmark = pytest.mark.browser

PLANE = "p/dd.si/index.html"
STATES = [
    (PLANE, ""),
    (PLANE, "panel=at&at=30&bands=1&kind=collaboration,digitised,recast,projection,superseded,example"),
    (PLANE, "panel=assumptions&compare=alpha%2Fsi,gamma%2Fsi,silent%2Fsi"),
    (PLANE, "panel=own&x=10,100"),
    (PLANE, "panel=envelope&envelope=90"),
    (PLANE, "panel=save&kind=collaboration,digitised"),
    (PLANE, "panel=models&model=V1"),
    ("p/cosmo.p_ann/index.html", "panel=at&kind=collaboration,digitised"),
    ("p/dd.sdp/index.html", "bands=1"),
    ("s/index.html", "q=limit&type=result"),
    ("new/index.html", ""),
    ("index.html", ""),
    ("r/alpha/si/index.html", ""),
    ("a/index.html", ""),
    ("status/index.html", ""),
    ("p/dd.si/all.html", ""),
]  # fmt: skip
NARRATIVE = ["index", "tutorial", "how-to/explore", "reference/cli", "reference/rules/index",
             "reference/schemas/result"]  # fmt: skip
"""Narrative pages with tables, code in every language that they show, figures and long lists."""
BUDGETS = {"fp-load.js": 1_500, "fp-plane.js": 40_000, "fp-tools.js": 12_000, "fp-search.js": 8_000,
           "fp-wizard.js": 10_000}  # fmt: skip


def settle(page: Any, name: str, state: str) -> None:
    """Wait until a page shows its state."""
    if name.startswith("p/") and state:
        page.locator("[data-fp-ready]").wait_for(state="attached")
    if "at=" in state:
        page.locator("tr[data-row]").first.wait_for()
    if "panel=own" in state:
        page.locator("#fp-own").fill("30 1e-40\n30 1e-49\n1 1e-40")
        page.get_by_role("button", name="Draw and judge").click()
        page.locator("tr[data-status]").first.wait_for()
    if name.startswith("s/"):
        page.locator(".fp-hits li").first.wait_for()
    if name.startswith("new/"):
        page.locator(".fp-ask").first.wait_for()
        page.locator("#fp-ask-author_orcid").fill("wrong")


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing(browser: Any, explored: Path, axe: str, scheme: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    found = []
    for name, state in STATES:
        page = context.new_page()
        page.goto((explored / name).as_uri() + (f"#{state}" if state else ""))
        settle(page, name, state)
        page.evaluate(axe)
        report = page.evaluate("axe.run({ resultTypes: ['violations'] })")
        for violation in report["violations"]:
            places = [node["html"][:120] for node in violation["nodes"][:3]]
            found.append(f"{name}#{state}: {violation['id']}: {places}")
        page.close()
    context.close()
    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_axe_finds_nothing_on_narrative_pages(
    browser: Any, site: Path, axe: str, scheme: str, width: int
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    found = []
    for name in NARRATIVE:
        page.goto((site / f"docs/{name}.html").as_uri())
        page.evaluate(axe)
        report = page.evaluate("axe.run({ resultTypes: ['violations'] })")
        found += [f"{name}: {item['id']}: {item['nodes'][0]['html'][:120]}" for item in report["violations"]]
    context.close()
    assert found == []


SMALL = """() => [...document.querySelectorAll("button, select, summary, .fp-actions a, nav a, input")]
  .filter((one) => !["checkbox", "radio", "file"].includes(one.type))
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().width > 1)
  .map((one) => [one.textContent.trim().slice(0, 30) || one.id, one.getBoundingClientRect().height])
  .filter(([, height]) => height < 43.5)"""
"""What is pressed with a finger and is less than 44 px high, as (name, height)."""


def test_a_finger_finds_everything_on_a_phone(browser: Any, explored: Path) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    found = {}
    for name, state in STATES:
        page = context.new_page()
        page.goto((explored / name).as_uri() + (f"#{state}" if state else ""))
        settle(page, name, state)
        if small := page.evaluate(SMALL):
            found[f"{name}#{state}"] = small
        page.close()
    context.close()
    assert found == {}


def test_a_server_with_a_strict_policy_is_enough(browser: Any, served: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    page = context.new_page()
    found: list[str] = []
    page.on("console", lambda m: found.append(m.text) if m.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on(
        "request",
        lambda r: None if r.url.startswith((served, "data:", "blob:")) else found.append(f"asks {r.url}"),
    )
    page.on("response", lambda r: found.append(f"{r.status} {r.url}") if r.status >= 400 else None)
    for name, state in STATES:
        page.goto("about:blank")
        page.goto(served + name + (f"#{state}" if state else ""))
        settle(page, name, state)
        if "panel=save" in state:
            for kind in ("SVG", "PNG", "CSV"):
                with page.expect_download():
                    page.locator(f'[data-save="{kind}"]').click()
    context.close()
    assert found == []


SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shifted += entry.value; })
  .observe({ type: "layout-shift", buffered: true });
"""
"""Sums up by how much a page moves while it loads, as search engines measure it."""


@pytest.mark.parametrize("name", ["", "p/dd.si/", "s/", "r/alpha/si/", "new/"])
def test_nothing_moves_while_a_page_loads(browser: Any, served: str, name: str) -> None:
    context = browser.new_context(viewport={"width": 412, "height": 823}, is_mobile=True)
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 6})
    page.add_init_script(SHIFTS)
    page.goto(served + name)
    settle(page, name, "")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate("window.shifted") < 0.02
    context.close()


def test_sizes_are_within_their_budgets(explored: Path) -> None:
    for name, budget in BUDGETS.items():
        data = (explored / "assets" / name).read_bytes()
        assert len(gzip.compress(data, 9)) <= budget, name
    page = explored / PLANE
    first = [page, *(explored / "assets" / name for name in
                     ("fairport.css", "plot.css", "explore.css", "theme.js", "fp-load.js"))]  # fmt: skip
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in first) <= 100_000


def test_the_style_sheet_beside_the_figures_is_theirs(explored: Path) -> None:
    assert (explored / "assets/plot.css").read_text().strip() == stylesheet()


def test_bundles_carry_the_notices_of_what_they_contain(explored: Path) -> None:
    notices = (explored / "assets/fp-licences.txt").read_text()
    assert "d3-zoom" in notices
    assert "d3-selection" in notices
    assert "Permission to use, copy, modify" in notices
