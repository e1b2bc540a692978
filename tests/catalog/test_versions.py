"""Versions: an address for each, what changed and why, numbers as they were."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.catalog.conftest import NOW, write_result

from fairport.catalog.pages.versions import version_names
from fairport.catalog.site.build import build
from fairport.catalog.state import VersionNote
from fairport.contract.saving import dump_yaml

NEW = {"mass": [10.0, 100.0, 1000.0], "sigma": [3e-44, 6e-45, 4.5e-44]}


def _page(root: Path, name: str) -> str:
    return (root / "site" / name / "index.html").read_text("utf-8")


def test_a_corrected_result_keeps_the_page_and_the_numbers_of_the_first_version(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    repository = make_repository()
    register(repository)
    run_harvest()
    build(catalogue, docs=False)
    assert "url=../../index.html" in _page(catalogue, "r/toy/si/v/1")
    assert "No corrections" in _page(catalogue, "r/toy/si")
    assert "Versions of this result" not in _page(catalogue, "r/toy/si")
    before = (catalogue / "site/r/toy/si/si.csv").read_bytes()
    corrected = {
        "id": "si",
        "version": "2",
        "status": "corrected",
        "status_reason": "The efficiency was wrong.",
    }
    write_result(repository / "results" / "si", corrected, NEW)
    run_harvest(now=NOW + timedelta(days=1))
    run_harvest(now=NOW + timedelta(days=2))
    build(catalogue, docs=False)
    page = _page(catalogue, "r/toy/si")
    assert 'href="v/1/index.html"' in page
    assert "The efficiency was wrong." in page
    old = _page(catalogue, "r/toy/si/v/1")
    assert "This is not the current version." in old
    assert "23 November 2026" in old
    assert (catalogue / "site/r/toy/si/v/1/si.csv").read_bytes() == before
    assert (catalogue / "site/r/toy/si/si.csv").read_bytes() != before
    assert "url=../../index.html" in _page(catalogue, "r/toy/si/v/2")


def test_contents_that_share_a_version_are_told_apart(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    repository = make_repository()
    register(repository)
    for day, factor in enumerate((1, 2, 3)):
        points = {"mass": [10.0, 100.0], "sigma": [factor * 1e-44, factor * 1e-45]}
        write_result(repository / "results" / "si", {"id": "si"}, points)
        run_harvest(now=NOW + timedelta(days=day))
    build(catalogue, docs=False)
    names = sorted(path.name for path in (catalogue / "site/r/toy/si/v").iterdir())
    assert len(names) == 3
    assert names[0] == "1"
    assert all(name.startswith("1-") for name in names[1:])


def test_an_address_of_an_earlier_content_never_changes() -> None:
    contents = [
        ("1", "a"),
        ("1", "b"),
        ("1", "a"),
        ("2", "c"),
        ("1", "a"),
        ("1", "b"),
        ("2", "c"),
        ("2", "a"),
    ]
    history: list[VersionNote] = []
    told: dict[int, str] = {}
    for place, (version, content) in enumerate(contents):
        names = version_names(version, tuple(history))
        assert len(set(names)) == len(names)
        assert names[0] == version
        for number, name in enumerate(reversed(names[1:])):
            assert told.setdefault(number, name) == name or told[number] == contents[number][0]
            told[number] = name
        history.insert(0, VersionNote(version, "sha256:" + content * 64, NOW.isoformat(), NOW.isoformat()))
        assert len(history) == place + 1


def test_an_earlier_version_that_is_lost_still_has_its_digest(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    import shutil

    repository = make_repository()
    register(repository)
    run_harvest()
    write_result(repository / "results" / "si", {"id": "si", "version": "2"}, NEW)
    run_harvest(now=NOW + timedelta(days=1))
    shutil.rmtree(catalogue / "harvest" / "toy" / "past")
    build(catalogue, docs=False)
    page = _page(catalogue, "r/toy/si/v/1")
    assert "no longer kept" in page
    assert "sha256:" in page


def test_the_page_of_an_analysis_names_its_data_and_its_corrections(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    repository = make_repository()
    datasets = [
        {"id": "events", "did": "lake:run7.events", "title": "<b>Events</b>", "role": "input",
         "licence": "CC0-1.0", "access": "open access"},
        {"id": "table", "sources": [{"url": "https://ada:secret@data.example.org/t.csv", "sha256": "a" * 64}],
         "role": "input", "licence": "CC0-1.0", "access": "open access"},
    ]  # fmt: skip
    (repository / "data").mkdir()
    (repository / "data/manifest.yaml").write_text(dump_yaml({"schema_version": "1.0", "datasets": datasets}))
    register(repository)
    run_harvest()
    changes = {"id": "si", "version": "2", "status": "corrected", "status_reason": "A factor of two."}
    write_result(repository / "results" / "si", changes)
    run_harvest(now=NOW + timedelta(days=1))
    page = (build(catalogue, docs=False).root / "a/toy/index.html").read_text("utf-8")
    assert "Versions and corrections" in page
    assert "1 to 2" in page
    assert "A factor of two." in page
    assert "secret" not in page
    assert "lake:run7.events" in page
    assert "&lt;b&gt;Events" in page
    assert "https://data.example.org/t.csv" in page
