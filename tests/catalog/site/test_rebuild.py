"""A build after a change makes what the change concerns, and gives the bytes of a build from nothing."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.catalog.conftest import NOW, write_result

from fairport.catalog.cards import Card
from fairport.catalog.harvest.upkeep import sweep
from fairport.catalog.pages import experiments, gone, resultlist
from fairport.catalog.registry import load_catalogue
from fairport.catalog.site.build import build
from fairport.catalog.site.output import Written
from fairport.catalog.site.parcels import Parcel, Parcels
from fairport.catalog.state import STATE_FILE, EntryState, read_state, state_digest, write_state
from fairport.contract.files import sha256_file

LATER = NOW + timedelta(days=1)
NAMES = ("one", "two", "three", "four")

Build = Callable[[], dict[str, bytes]]


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture
def run(catalogue: Path, tmp_path: Path) -> Build:
    """Build, compare with a build from nothing, and return what is there."""
    config = catalogue / "catalog.yaml"
    config.write_text(config.read_text("utf-8") + "url: https://example.org/dm\n", "utf-8")
    count = 0

    def work() -> dict[str, bytes]:
        nonlocal count
        count += 1
        build(catalogue, docs=False)
        build(catalogue, docs=False, output=tmp_path / f"fresh-{count}")
        found = _tree(catalogue / "site")
        assert found == _tree(tmp_path / f"fresh-{count}")
        return found

    return work


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses of the pages of lists, experiments and tombstones that were rendered."""
    found: list[str] = []

    def watch(module: Any, name: str) -> None:
        real = getattr(module, name)

        def counted(*arguments: Any) -> None:
            frame = arguments[-1]
            before = set(frame.files)
            real(*arguments)
            found.extend(path for path in frame.files.keys() - before if path.endswith(".html"))

        monkeypatch.setattr(module, name, counted)

    watch(resultlist, "_add_list")
    watch(experiments, "_add_page")
    watch(gone, "_add_all")
    return found


def _fill(make_repository: Any, register: Any) -> None:
    for name in NAMES:
        experiment = {"name": f"Toy-{len(name)}"}  # one and two are of the same experiment
        results = {"a": {"title": f"First of {name}"}, "b": {"title": f"Second of {name}"}}
        register(make_repository(name, analysis={"experiment": experiment}, results=results))


def test_a_change_of_one_record_touches_its_lists_only(
    catalogue: Path,
    make_repository: Any,
    register: Any,
    run_harvest: Any,
    made: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(resultlist, "LIST_ROWS", 2)
    _fill(make_repository, register)
    run_harvest()
    build(catalogue, docs=False)
    assert len(made) == 4 + 3  # pages of the list, experiments
    made.clear()
    run_harvest(now=LATER)
    build(catalogue, docs=False)
    assert made == []
    write_result(make_repository_folder(catalogue, "two") / "results" / "b", {"id": "b", "title": "Another"})
    run_harvest(now=LATER)
    build(catalogue, docs=False)
    assert sorted(made) == ["r/page-4.html", "x/toy-3/index.html"]
    assert "Another" in (catalogue / "site" / "r" / "page-4.html").read_text("utf-8")
    assert "Another" in (catalogue / "site" / "x" / "toy-3" / "index.html").read_text("utf-8")


def make_repository_folder(catalogue: Path, name: str) -> Path:
    return catalogue.parent / "repositories" / name


def test_every_kind_of_change_gives_the_bytes_of_a_build_from_nothing(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any, run: Build, made: list[str]
) -> None:
    _fill(make_repository, register)
    run_harvest()
    before = run()
    folder = partial(make_repository_folder, catalogue)
    write_result(folder("one") / "results" / "a", {"id": "a", "version": "2", "title": "Corrected"})
    write_result(folder("three") / "results" / "new", {"id": "new", "former_ids": ["three/old"]})
    run_harvest(now=LATER)
    changed = run()
    assert changed["r/four/a/index.html"] == before["r/four/a/index.html"]
    assert changed["x/toy-3/index.html"] != before["x/toy-3/index.html"]
    assert "r/three/old/index.html" in changed
    for path in (folder("two") / "results" / "a").iterdir():
        path.unlink()
    make_repository("four", analysis={"title": "Another title", "experiment": {"name": "Toy-4"}}, results={})
    run_harvest(now=LATER + timedelta(days=1))
    made.clear()
    last = run()
    assert b"No longer here" in last["r/two/a/index.html"]
    assert sum(path == "r/two/a/index.html" for path in made) == 2  # here and from nothing
    assert b"Another title" in last["x/toy-4/index.html"]
    assert "https://example.org/dm/r/two/a/" not in last["sitemap-results-1.xml"].decode()
    made.clear()
    build(catalogue, docs=False)
    assert made == []


def test_an_entry_that_only_got_another_name_moves_in_every_list(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any, run: Build
) -> None:
    """A harvest that is killed after the renaming of its store leaves the same record under a new name."""
    path = register(make_repository("one"))
    run_harvest()
    run()
    text = path.read_text("utf-8").replace("id: one\n", "id: uno\n", 1) + "former_ids: [one]\n"
    path.unlink()
    path.with_name("uno.yaml").write_text(text, "utf-8")
    sweep(load_catalogue(catalogue), LATER.isoformat())
    pages = run()
    assert b"r/uno/si/index.html" in pages["x/toy-1/index.html"]
    assert b"r/uno/si/index.html" in pages["r/one/si/index.html"]


def test_a_page_that_somebody_damaged_is_mended(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    _fill(make_repository, register)
    run_harvest()
    build(catalogue, docs=False)
    whole = _tree(catalogue / "site")
    (catalogue / "site" / "r" / "index.html").unlink()
    (catalogue / "site" / "x" / "toy-3" / "index.html").write_text("cut", "utf-8")
    (catalogue / "site" / "r" / "one" / "a" / "cite.bib").unlink()
    build(catalogue, docs=False)
    assert _tree(catalogue / "site") == whole


def test_when_a_source_was_looked_at_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "v").mkdir()
    state = EntryState("one", "ok", "2026-11-22T14:00:00Z", "key", version="v", reason='"checked": "never",')
    write_state(tmp_path, state)
    first, exact = state_digest(tmp_path), state_digest(tmp_path, checked=True)
    text = (tmp_path / STATE_FILE).read_text("utf-8")
    (tmp_path / STATE_FILE).write_text(text.replace("14:00", "15:00"), "utf-8")
    assert state_digest(tmp_path) == first
    assert state_digest(tmp_path, checked=True) != exact
    (tmp_path / STATE_FILE).write_text(text.replace("never", "always"), "utf-8")
    assert state_digest(tmp_path) != first


@pytest.mark.parametrize(
    "text", ["", "[", "[" * 100_000, "[1]", '{"state_version": 1}', '{"state_version": []}']
)
def test_a_state_that_makes_no_sense_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / STATE_FILE).write_text(text, "utf-8")
    assert read_state(tmp_path) is None


CARD = Card(
    *("a", "Title", "1", "published", "recast", "limit", "dd.si", "SI", "recast", "MIT", "Toy", "Toy"),
    cl="?",
    low=1.5,
    high=math.inf,
    size=3,
    cite=("x", "y"),
)


def test_parcels_of_a_name_come_together(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("abc", "utf-8")
    files = (Written("file", sha256_file(tmp_path / "file"), 3),)
    store = Parcels(tmp_path / "db", tmp_path)
    names = ["r/one/a", "r/one/b", "r/one-more/a", "r/one0/a", "a/one"]
    store.keep(Parcel(name, "key", files, CARD, json=f'"{name}"') for name in names)
    found = store.group("r/one/")
    assert sorted(found) == ["r/one/a", "r/one/b"]
    assert found["r/one/a"].card == CARD
    assert store.is_whole(found["r/one/a"])
    asked = ["a/one", "nobody", *(f"r/one/{number}" for number in range(1200)), "r/one/b"]
    assert [json.loads(text) for text in store.texts("json", asked)] == ["a/one", "r/one/b"]
    (tmp_path / "file").write_text("abcd", "utf-8")
    assert not store.is_whole(found["r/one/a"])
    (tmp_path / "file").write_text("abd", "utf-8")
    assert store.is_whole(found["r/one/a"])  # of the same size
    assert not Parcels(tmp_path / "db", tmp_path, thorough=True).is_whole(found["r/one/a"])
    store.close()


def test_a_parcel_that_makes_no_sense_is_made_anew(tmp_path: Path) -> None:
    store = Parcels(tmp_path / "db", tmp_path)
    store.keep([Parcel("a/one", "key", ()), Parcel("a/two", "key", ())])
    store.close()
    base = sqlite3.connect(tmp_path / "db")
    with base:
        base.execute("UPDATE parcel SET paths = 'file' WHERE name = 'a/one'")
    base.close()
    store = Parcels(tmp_path / "db", tmp_path)
    assert store.find("a/one", "key") is None
    assert store.find("a/two", "key") is not None
    store.close()
