"""Entries of which nothing is shown: a page with the very findings; and what a site map names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.catalog.conftest import NOW

from fairport.catalog.harvest.harvesting import harvest
from fairport.catalog.pages import status
from fairport.catalog.registry import add_entry, remove_entry
from fairport.catalog.site.build import build
from fairport.catalog.state import CheckSummary, FindingNote

HOSTILE = "<img src=x onerror=alert(1)> [x](javascript:alert(1))"


def _checker(tree: Path, profile: str) -> tuple[CheckSummary, None]:
    notes = (
        FindingNote("META003", "error", "fairport.yaml", f"status {HOSTILE}", 6, "use one of: draft"),
        FindingNote("RES001", "error", "results/si/limit.csv", "the number 2e-45", 3),
    )
    return CheckSummary(profile, error=2, findings=notes), None


def _spoil(repository: Path) -> None:
    record = repository / "fairport.yaml"
    record.write_text(record.read_text().replace("status: published", "status: nonsense"))


def test_a_repository_that_was_never_read_has_a_page_with_its_findings(
    catalogue: Path, make_repository: Any, register: Any
) -> None:
    repository = make_repository()
    _spoil(repository)
    register(repository)
    harvest(catalogue, now=NOW, checker=_checker)
    site = build(catalogue, docs=False).root
    page = (site / "a/toy/index.html").read_text("utf-8")
    assert "Nothing of this entry is shown" in page
    assert "unknown value" in page
    assert "fairport.yaml:6" in page
    assert "use one of: draft" in page
    assert "META003" in page
    assert "<img" not in page
    assert "2e-45" not in page, "a message about numbers stays with the repository"
    assert 'href="../a/toy/index.html"' in (site / "status/index.html").read_text("utf-8")
    assert 'href="a/toy/index.html"' in (site / "index.html").read_text("utf-8")


def test_findings_of_the_failure_go_when_it_is_mended(
    catalogue: Path, make_repository: Any, register: Any
) -> None:
    repository = make_repository()
    register(repository)
    harvest(catalogue, now=NOW, checker=_checker)
    _spoil(repository)
    stale = harvest(catalogue, now=NOW, checker=_checker).states[0]
    assert (stale.state, stale.failure_check is not None) == ("stale", True)
    record = repository / "fairport.yaml"
    record.write_text(record.read_text().replace("status: nonsense", "status: published"))
    assert harvest(catalogue, now=NOW, checker=_checker).states[0].failure_check is None


def test_an_entry_that_was_not_harvested_yet_is_told(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    register(make_repository())
    run_harvest()
    register(make_repository("new"))
    site = build(catalogue, docs=False).root
    assert "not harvested" in (site / "status/index.html").read_text("utf-8")
    assert "was not looked at yet" in (site / "a/new/index.html").read_text("utf-8")


def test_the_status_has_pages(catalogue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "ENTRIES", 4)
    monkeypatch.setattr(status, "CARDS", 2)
    for number in range(10):
        (tmp_path / f"empty-{number}").mkdir()
        add_entry(catalogue, str(tmp_path / f"empty-{number}"))
    harvest(catalogue, now=NOW, checker=_checker)
    site = build(catalogue, docs=False).root
    first = (site / "status/index.html").read_text("utf-8")
    assert "8 more stand first" in first
    assert first.count('href="../a/empty-') == 2 + 4
    assert 'href="../status/page-3.html"' in first
    assert (site / "status/page-3.html").read_text("utf-8").count('href="../a/empty-') == 2
    assert not (site / "status/page-4.html").exists()
    assert "4 more, and everything" in (site / "index.html").read_text("utf-8")


def test_site_maps_name_what_is_there_and_not_what_is_gone(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    config = catalogue / "catalog.yaml"
    config.write_text(config.read_text() + "url: https://results.example.org/\n")
    register(make_repository(results={"si": {"former_ids": ["toy/old@1"]}}))
    register(make_repository("left"))
    run_harvest()
    remove_entry(catalogue, "left")
    run_harvest()
    site = build(catalogue, docs=False).root
    maps = "".join(path.read_text("utf-8") for path in site.glob("sitemap-*.xml"))
    assert "/r/toy/si/<" in maps
    for page in ("r/toy/old", "a/left", "r/left/si"):
        assert (site / page / "index.html").is_file()
        assert page not in maps
    stone = site / "a/left"
    assert {"linkset.json", "ro-crate-metadata.json"} <= {path.name for path in stone.iterdir()}
    text = (stone / "index.html").read_text("utf-8")
    assert 'rel="cite-as"' in text
    assert '"creativeWorkStatus":"withdrawn"' in text
