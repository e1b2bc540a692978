"""What was shown once keeps its address: tombstones, withheld pages, redirects, ids that are not reused."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.catalog.conftest import NOW, write_result

from fairport.catalog.harvest.tombstones import read_tombstones
from fairport.catalog.registry import add_entry, remove_entry
from fairport.catalog.site.build import build
from fairport.contract.errors import UsageError

LATER = NOW + timedelta(days=1)


def _page(root: Path, name: str) -> str:
    return (root / "site" / name / "index.html").read_text("utf-8")


def test_a_vanished_result_keeps_a_page_until_it_comes_back(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    repository = make_repository(results={"si": {}, "sdp": {"title": "A limit that goes", "plane": "dd.sdp"}})
    register(repository)
    run_harvest()
    build(catalogue, docs=False)
    shutil.rmtree(repository / "results" / "sdp")
    run_harvest(now=LATER)
    stone = read_tombstones(catalogue)["toy/sdp"]
    assert (stone.title, stone.plane, stone.date) == ("A limit that goes", "dd.sdp", "2026-11-23T14:00:00Z")
    run_harvest(now=LATER + timedelta(days=1))
    assert read_tombstones(catalogue)["toy/sdp"] == stone
    build(catalogue, docs=False)
    page = _page(catalogue, "r/toy/sdp")
    assert "A limit that goes" in page
    assert "23 November 2026" in page
    write_result(repository / "results" / "sdp", {"id": "sdp"})
    run_harvest(now=LATER + timedelta(days=2))
    assert read_tombstones(catalogue) == {}
    build(catalogue, docs=False)
    assert "No longer here" not in _page(catalogue, "r/toy/sdp")


def test_a_repository_that_cannot_be_read_makes_no_tombstone(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    repository = make_repository()
    register(repository)
    run_harvest()
    (repository / "fairport.yaml").write_text("rubbish: [")
    run_harvest(now=LATER)
    assert read_tombstones(catalogue) == {}


def test_withdrawn_and_removed_entries_keep_every_address(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    path = register(make_repository())
    register(make_repository("other"))
    run_harvest()
    path.write_text(path.read_text().replace("status: community", "status: withdrawn\nreason: Wrong units."))
    remove_entry(catalogue, "other")
    run_harvest(now=LATER)
    build(catalogue, docs=False)
    for name in ("a/toy", "r/toy/si"):
        assert "Wrong units." in _page(catalogue, name)
    for name in ("a/other", "r/other/si"):
        assert "taken out of the registry" in _page(catalogue, name)
    with pytest.raises(UsageError, match="had this id"):
        add_entry(catalogue, str(catalogue.parent / "repositories" / "toy"), entry_id="other")


def test_renamed_ids_redirect(catalogue: Path, make_repository: Any, register: Any, run_harvest: Any) -> None:
    repository = make_repository("new", results={"si": {"former_ids": ["new/old-si", "elsewhere/si"]}})
    path = register(repository)
    path.write_text(path.read_text() + "former_ids: [old]\n")
    run_harvest()
    build(catalogue, docs=False)
    for former in ("r/old/si", "r/new/old-si", "r/elsewhere/si"):
        assert 'content="0; url=../../../r/new/si/index.html"' in _page(catalogue, former)
    assert 'url=../../a/new/index.html"' in _page(catalogue, "a/old")
    with pytest.raises(UsageError, match="had this id"):
        add_entry(catalogue, str(repository), entry_id="old")


def test_a_renamed_result_is_no_tombstone(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    repository = make_repository()
    register(repository)
    run_harvest()
    shutil.rmtree(repository / "results" / "si")
    write_result(repository / "results" / "limit", {"id": "limit", "former_ids": ["toy/si"]})
    run_harvest(now=LATER)
    assert read_tombstones(catalogue) == {}
    build(catalogue, docs=False)
    assert "r/toy/limit/index.html" in _page(catalogue, "r/toy/si")


def test_a_redirect_never_takes_a_living_address(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    register(make_repository("good"))
    register(make_repository("thief", results={"si": {"former_ids": ["good/si"]}}))
    run_harvest()
    build(catalogue, docs=False)
    assert "refresh" not in _page(catalogue, "r/good/si")


def test_an_embargo_set_later_hides_numbers_and_keeps_the_address(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    repository = make_repository()
    register(repository)
    run_harvest()
    build(catalogue, docs=False)
    write_result(
        repository / "results" / "si", {"id": "si"}, {"mass": [10.0, 99.0], "sigma": [7.7e-44, 7.8e-45]}
    )
    run_harvest(now=LATER)
    build(catalogue, docs=False)
    make_repository(
        analysis={"access": {"level": "embargoed access", "embargo_until": "2027-06-01"}}, results={}
    )
    run_harvest(now=LATER + timedelta(days=1))
    build(catalogue, docs=False, today=datetime(2026, 11, 24, tzinfo=UTC).date())
    assert "embargoed until 2027-06-01" in _page(catalogue, "r/toy/si")
    assert "Toy limit" in _page(catalogue, "r/toy/si")
    for folder in (catalogue / "site", catalogue / "harvest", catalogue / "tombstones"):
        for path in folder.rglob("*"):
            if path.is_file():
                text = path.read_text("utf-8", "replace")
                assert not any(value in text for value in ("7.7e-44", "7.8e-45", "2e-45", "1.5e-44")), path
    assert not list((catalogue / "harvest").rglob("*.csv"))


def test_a_tombstone_file_speaks_for_its_own_entry_only(catalogue: Path) -> None:
    folder = catalogue / "tombstones"
    folder.mkdir()
    stone = {"id": "other/si", "date": "2026-01-01T00:00:00Z", "reason": "x"}
    (folder / "toy.json").write_text(json.dumps({"tombstones_version": 1, "tombstones": [stone]}))
    (folder / "bad.json").write_text("[")
    assert read_tombstones(catalogue) == {}


def test_a_private_catalogue_asks_search_engines_to_stay_away(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    config = catalogue / "catalog.yaml"
    config.write_text(config.read_text() + "url: https://example.org/\nprivate: true\n")
    register(make_repository())
    run_harvest()
    site = build(catalogue, docs=False).root
    assert (site / "robots.txt").read_text() == "User-agent: *\nDisallow: /\n"
    pages = list(site.rglob("*.html"))
    assert len(pages) > 10
    assert all('<meta name="robots" content="noindex' in page.read_text("utf-8") for page in pages)


def test_a_plane_that_lost_its_last_result_keeps_its_address(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    repository = make_repository(results={"si": {}, "sdp": {"plane": "dd.sdp"}, "sdn": {"plane": "dd.sdn"}})
    register(repository)
    run_harvest()
    build(catalogue, docs=False)
    shutil.rmtree(repository / "results" / "sdp")
    write_result(repository / "results" / "sdn", {"id": "sdn", "version": "2"})
    run_harvest(now=NOW + timedelta(days=1))
    build(catalogue, docs=False)
    for plane, words in (("dd.sdp", "Toy limit"), ("dd.sdn", "dd.sdn")):
        page = (catalogue / "site" / "p" / plane / "index.html").read_text("utf-8")
        assert "No results now." in page
        assert words in page
    assert "No results now." not in (catalogue / "site/p/dd.si/index.html").read_text("utf-8")
    make_repository(analysis={"access": {"level": "restricted access"}}, results={})
    run_harvest(now=NOW + timedelta(days=2))
    build(catalogue, docs=False)
    page = (catalogue / "site/p/dd.si/index.html").read_text("utf-8")
    assert "No results now." in page
    assert "2e-45" not in page


def test_addresses_of_before_a_renaming_lead_to_what_is_gone_since(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    results = {"si": {}, "new": {"former_ids": ["old/first"]}, "goes": {}}
    path = register(make_repository("old", results=results))
    run_harvest()
    path.unlink()
    path = register(make_repository("late", results={"si": {}, "new": {"former_ids": ["old/first"]}}))
    renamed = path.read_text() + "former_ids: [old]\n"
    path.write_text(renamed)
    run_harvest(now=LATER)  # renamed, and a result fewer, at once
    build(catalogue, docs=False)
    assert "url=../../../r/late/goes/index.html" in _page(catalogue, "r/old/goes")
    path.write_text(renamed.replace("status: community", "status: withdrawn\nreason: Wrong units."))
    run_harvest(now=LATER + timedelta(days=1))
    build(catalogue, docs=False)
    for name in ("r/late/si", "r/late/new", "a/late"):
        assert "Wrong units." in _page(catalogue, name)
    assert "url=../../../r/late/new/index.html" in _page(catalogue, "r/old/first")
    for name in ("r/old/si", "r/old/new", "r/old/goes", "a/old"):
        assert f"{name.replace('old', 'late')}/index.html" in _page(catalogue, name)


def test_former_addresses_outlive_the_registry(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    path = register(make_repository("first", results={"si": {}, "early": {}, "sdp": {"id": "sdp"}}))
    run_harvest()
    for day, (identifier, results, former) in enumerate(
        [
            ("second", {"si": {}, "sdp": {"id": "sdp"}}, "[first]"),
            ("third", {"si": {}}, "[second, first]"),
        ],
        1,
    ):
        path.unlink()
        path = register(make_repository(identifier, results=results))
        path.write_text(path.read_text() + f"former_ids: {former}\n")
        run_harvest(now=NOW + timedelta(days=day))
    addresses = [f"r/{name}/si" for name in ("first", "second")] + ["r/first/early", "r/first/sdp", "a/first"]
    build(catalogue, docs=False)
    for name in addresses:
        assert "This page has a new address." in _page(catalogue, name)
    remove_entry(catalogue, "third")
    run_harvest(now=NOW + timedelta(days=9))
    build(catalogue, docs=False)
    for name in addresses:
        assert "This page has a new address." in _page(catalogue, name)
    for name in ("r/third/si", "a/third", "r/second/early", "r/third/sdp"):
        assert "No longer here." in _page(catalogue, name)
    with pytest.raises(UsageError, match="another analysis had this id"):
        register(make_repository("first"))


def test_a_result_that_did_not_come_back_no_longer_names_the_withdrawal(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    repository = make_repository(results={"si": {}, "lost": {"id": "lost"}, "told": {"id": "told"}})
    path = register(repository)
    text = path.read_text()
    run_harvest()
    path.write_text(text.replace("status: community", "status: withdrawn\nreason: Wrong units."))
    run_harvest(now=LATER)
    assert "Wrong units." in read_tombstones(catalogue)["toy/lost"].reason
    stones = catalogue / "tombstones" / "toy.json"
    data = json.loads(stones.read_text())
    for item in data["tombstones"]:
        if item["id"] == "toy/told":
            item["reason"] = "Replaced by a better analysis."  # by a person
    stones.write_text(json.dumps(data))
    shutil.rmtree(repository / "results" / "lost")
    shutil.rmtree(repository / "results" / "told")
    path.write_text(text)
    run_harvest(now=LATER + timedelta(days=1))
    found = read_tombstones(catalogue)
    assert set(found) == {"toy/lost", "toy/told"}
    assert found["toy/lost"].reason == "The repository no longer holds it."
    assert found["toy/lost"].date == "2026-11-23T14:00:00Z"
    assert found["toy/told"].reason == "Replaced by a better analysis."


def test_an_entry_that_is_back_in_the_registry_loses_its_tombstones(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    repository = make_repository(results={"si": {}, "lost": {"id": "lost"}})
    path = register(repository)
    text = path.read_text()
    run_harvest()
    path.unlink()
    run_harvest(now=LATER)
    assert set(read_tombstones(catalogue)) == {"toy", "toy/si", "toy/lost"}
    shutil.rmtree(repository / "results" / "lost")
    path.write_text(text)
    run_harvest(now=LATER + timedelta(days=1))
    (stone,) = read_tombstones(catalogue).values()
    assert (stone.id, stone.reason) == ("toy/lost", "The repository no longer holds it.")
