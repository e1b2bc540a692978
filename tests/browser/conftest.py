"""A built site and a browser to look at it with."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from datetime import date
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.browser.planes import build_catalogue
from tests.catalog.conftest import ANALYSIS, NOW, POINTS, merge, write_result

from fairport.catalog.browser.frontend import bundle, content_policy
from fairport.catalog.harvest.harvesting import harvest
from fairport.catalog.registry import add_entry, init_catalogue
from fairport.catalog.site.build import build
from fairport.catalog.state import CheckSummary, FindingNote
from fairport.contract.resources import site_root
from fairport.contract.saving import dump_yaml

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]  # fmt: skip
TITLE = 'Limits "><script>alert(1)</script><img src=//evil.example/x> {{ 7 * 7 }} \u202e' + "W" * 400
"""A name of a catalogue that is hard on every page, those of MkDocs included."""

BANDS = {name: [value * factor for value in POINTS["sigma"]] for name, factor in
         (("p2_5", 0.4), ("p16", 0.6), ("p50", 1.0), ("p84", 1.6), ("p97_5", 2.5))}  # fmt: skip


def _repository(
    folder: Path, identifier: str, analysis: dict[str, Any], results: dict[str, dict[str, Any]]
) -> Path:
    folder.mkdir(parents=True)
    record = merge({**ANALYSIS, "id": identifier}, analysis)
    (folder / "fairport.yaml").write_text(dump_yaml(record), encoding="utf-8")
    for name, changes in results.items():
        points = {**POINTS, **BANDS} if "bands" in changes else POINTS
        write_result(folder / "results" / name, {"id": name, **changes}, points)
    return folder


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with every kind of page, an unbreakable title, a broken repository and the narrative pages."""
    root = tmp_path_factory.mktemp("browser")
    kinds = ("collaboration", "recast", "projection", "example")
    catalogue = init_catalogue(root / "catalogue", title=TITLE, show=kinds)
    bands = {"bands": {"p2.5": "p2_5", "p16": "p16", "p50": "p50", "p84": "p84", "p97.5": "p97_5"}}
    many = {f"r{number}": {"title": f"Result {number}", "plane": "dd.sdp"} for number in range(9)}
    repositories = {
        "own": ({}, {"si": bands, **many}),
        "starter": ({"experiment": {"name": "Toy-2"}}, {"si": {"provenance": {"example": True}}}),
        "wide": (
            {"title": "Unbreakable" * 15, "experiment": {"name": "N" * 80}, "keywords": ["k" * 120]},
            {
                "si": {
                    "title": "W" * 150,
                    "kind": "projection",
                    "status": "draft",
                    "provenance": {"origin": "recast"},
                }
            },
        ),
        "digitised": ({}, {"si": {"provenance": {"origin": "digitised"}, "licence": "LicenseRef-none"}}),
        "closed": ({"access": {"level": "embargoed access", "embargo_until": "2999-01-01"}}, {"si": {}}),
    }
    for identifier, (analysis, results) in repositories.items():
        add_entry(catalogue, str(_repository(root / identifier, identifier, analysis, results)))
    (root / "broken").mkdir()
    (root / "broken" / "fairport.yaml").write_text("a:\n\tb: 1\n")
    add_entry(catalogue, str(root / "broken"))

    def checker(tree: Path, profile: str) -> tuple[CheckSummary, None]:
        finding = FindingNote("META007", "error", "fairport.yaml", "the ORCID " + "x" * 90, 14)
        return CheckSummary(profile, error=1, findings=(finding,)), None

    harvest(catalogue, now=NOW, checker=checker)
    return build(catalogue, today=date(2026, 11, 22)).root


@pytest.fixture(scope="session")
def front_end(require_service: Any) -> Path:
    """The built front end."""
    folder = bundle()
    require_service("the front end", folder, "run: make frontend")
    assert folder is not None
    return folder


@pytest.fixture(scope="session")
def explored(tmp_path_factory: pytest.TempPathFactory, front_end: Path) -> Path:
    """A site whose plane has one of each kind of result; see planes.py."""
    return build_catalogue(tmp_path_factory.mktemp("explored"))


@pytest.fixture(scope="session")
def axe(require_service: Any) -> str:
    """The script of axe-core, which `make frontend` installs beside the sources."""
    path = site_root() / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
    require_service("axe-core", path.is_file(), "run: make frontend")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def served(explored: Path) -> Iterator[str]:
    """The explored site on a loopback server that sends the policy of its pages as a header as well."""

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, directory=str(explored), **options)

        def end_headers(self) -> None:
            if not self.path.startswith("/docs/"):
                self.send_header("Content-Security-Policy", content_policy())
            super().end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def browser(require_service: Any) -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    require_service("chromium", path, "the pages are looked at in a real browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()
