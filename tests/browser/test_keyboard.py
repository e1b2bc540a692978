"""Pages with the keyboard alone: every stop has a name, is seen and can be left; headings are in order."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

PAGES = [
    "index.html", "p/dd.si/index.html", "p/dd.si/index.html#panel=own", "p/cosmo.p_ann/index.html#panel=at",
    "r/alpha/si/index.html", "a/alpha/index.html", "s/index.html", "new/index.html", "status/index.html",
    "docs/how-to/explore.html",
]  # fmt: skip
MOST = 400

FOCUSED = """() => {
  const node = document.activeElement;
  if (!node || node === document.body) return null;
  const style = getComputedStyle(node), box = node.getBoundingClientRect();
  const lined = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)
    || style.boxShadow !== 'none';
  const label = node.getAttribute('aria-label')
    || document.getElementById(node.getAttribute('aria-labelledby'))?.textContent
    || node.labels?.[0]?.textContent || node.getAttribute('title') || node.textContent;
  return {
    what: node.outerHTML.slice(0, 120),
    named: Boolean(label.trim()),
    seen: lined || Boolean(node.closest('svg')),
    there: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""
HEADINGS = """() => [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')]
  .filter(node => node.checkVisibility()).map(node => Number(node.tagName[1]))"""


@pytest.mark.parametrize("name", PAGES)
def test_tab_reaches_everything_and_the_end(browser: Any, explored: Path, name: str) -> None:
    path, _, state = name.partition("#")
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto((explored / path).as_uri() + (f"#{state}" if state else ""))
    if state:
        page.locator("[data-fp-ready]").wait_for(state="attached")
    stops = []
    for _ in range(MOST):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None:
            break
        stops.append(stop)
    else:
        pytest.fail(f"{name}: Tab does not come to an end")
    bad = [stop for stop in stops if not (stop["named"] and stop["seen"] and stop["there"])]
    assert bad == []
    assert "skip" in stops[0]["what"].lower()
    levels = page.evaluate(HEADINGS)
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    page.close()
