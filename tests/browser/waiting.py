"""Waiting for what a page does: by what is to be seen, never by a guess at how long it takes."""

from __future__ import annotations

import time
from typing import Any

PATIENCE = 60.0
"""Seconds; far above what anything needs on a loaded machine, so that only what never happens reaches it."""


def until(page: Any, expression: str, argument: Any = None) -> None:
    """Wait until an expression is true; Playwright's own way evaluates text, which the pages forbid."""
    end = time.monotonic() + PATIENCE
    while not page.evaluate(expression, argument):
        assert time.monotonic() < end, f"never true: {expression}"
        page.wait_for_timeout(50)


def settled(page: Any) -> None:
    """Wait until two frames have been drawn, after which the layout is the one that a person sees."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
