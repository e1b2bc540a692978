"""The interactive front end on pages: its bundle, the files that it shares, and the policy of the pages.

The bundle is built from ``site/frontend`` by ``make frontend`` and travels in the wheel. Without it a site
has its static figures and tables, and no page refers to a script that is not there.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from fairport.catalog.addresses import safe_link
from fairport.catalog.browser.exactdata import EXACT, exact_data, unit_data
from fairport.catalog.browser.planedata import DATA, has_plot, plane_data, script
from fairport.catalog.browser.translateddata import benchmark_files
from fairport.catalog.model import ShownPlane, SiteModel
from fairport.catalog.prose import plain
from fairport.contract.resources import site_root
from fairport.results.figure.svg import stylesheet

MAX_CURVES: Final = 500
"""Results that the interactive figure can draw; what comes first is what is drawn by default."""

SCRIPTS: Final = ("fp-load.js", "fp-plane.js", "fp-tools.js", "fp-search.js", "fp-wizard.js")
NOTICES: Final = "LICENSES.txt"
STYLES: Final = ("plot.css", "explore.css")


def bundle() -> Path | None:
    """Return the folder of the built front end, ``None`` when it was not built."""
    folder = site_root() / "frontend" / "dist"
    return folder if all((folder / name).is_file() for name in (*SCRIPTS, NOTICES)) else None


def frontend_files(model: SiteModel) -> dict[str, bytes | str]:
    """Return the files below ``assets/`` that pages share; only style sheets when there is no bundle."""
    files: dict[str, bytes | str] = {
        "assets/plot.css": stylesheet() + "\n",
        "assets/explore.css": (site_root() / "docs" / "assets" / "explore.css").read_bytes(),
    }
    folder = bundle()
    if folder is None:
        return files
    for name in SCRIPTS:
        files[f"assets/{name}"] = (folder / name).read_bytes()
    files["assets/fp-licences.txt"] = (folder / NOTICES).read_bytes()
    site = {
        "title": plain(model.config.title),
        "harvested": model.time,
        "url": safe_link(model.config.url),
        "units": unit_data(),
    }
    files["assets/fp-site.js"] = script("site", site)
    return files


def explorable(shown: ShownPlane) -> bool:
    """Tell whether the page of a plane gets the interactive figure."""
    return bundle() is not None and has_plot(shown)


def explore_files(model: SiteModel, every: ShownPlane) -> dict[str, bytes | str]:
    """Return the data of the interactive figure, beside the page of its plane."""
    shown = every.first(MAX_CURVES)
    more = len(every.results) - len(shown.results)
    folder = shown.url.removesuffix("index.html")
    models, scripts = benchmark_files(model, shown)
    data = plane_data(model, shown, more) | ({"models": models} if models else {})
    return {
        folder + DATA: script("plane", data),
        folder + EXACT: script("exact", exact_data(shown)),
        **{folder + name: text for name, text in scripts.items()},
    }


@cache
def content_policy() -> str:
    """Return the Content-Security-Policy of record pages: nothing but the site's own files.

    The style sheet that each inline figure carries is allowed by its digest.
    """
    digest = base64.b64encode(hashlib.sha256(stylesheet().encode()).digest()).decode()
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'sha256-{digest}'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
