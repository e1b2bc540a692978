"""Withheld numbers leave no trace: every file of the site is opened and searched, whatever its format."""

from __future__ import annotations

import gzip
import sqlite3
import zipfile
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from tests.catalog.conftest import NOW, commit, write_result

from fairport.catalog.registry import load_catalogue
from fairport.catalog.site.build import build
from fairport.catalog.site.release import freeze_release

SECRET = {"mass": [10.0, 123.45678, 1000.0], "sigma": [7.654321e-44, 6.543217e-45, 5.432176e-44]}
TRACES = ("7.65432", "6.54321", "5.43217", "123.456", "7654321", "6543217", "5432176", "9.87654e-45")
CLOSED = (
    {"level": "embargoed access", "embargo_until": "2027-03-01"},
    {"level": "embargoed access"},
    {"level": "restricted access"},
    {"level": "metadata only access"},
)
WITH_NUMBERS = {
    "version": "1",
    "expectation": [
        {"at": {"mass": 100}, "value": 9.87654e-45, "tolerance": 0.05, "citation": "https://x.org"}
    ],
}


def _texts(path: Path) -> str:
    """Return everything that a file holds, unpacked, as text."""
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    if path.suffix == ".parquet":
        return str(pyarrow.parquet.read_table(BytesIO(data)).to_pylist())
    if path.suffix == ".sqlite":
        with sqlite3.connect(path) as base:
            return "\n".join(base.iterdump()) + data.decode("latin-1")
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as box:
            return "".join(box.read(name).decode("latin-1") for name in box.namelist())
    return data.decode("latin-1")


def _traces(site: Path) -> list[str]:
    found = []
    for path in sorted(site.rglob("*")):
        if path.is_file():
            text = _texts(path)
            found += [f"{path.relative_to(site)}: {trace}" for trace in TRACES if trace in text]
    return found


@pytest.fixture
def repository(make_repository: Any, register: Any) -> Path:
    """A repository that is open, beside another one in the same plane, in git."""
    register(make_repository("other"))
    folder: Path = make_repository("toy", results={})
    write_result(folder / "results" / "si", {"id": "si", **WITH_NUMBERS}, SECRET)
    commit(folder)
    register(folder.as_uri(), entry_id="toy")
    return folder


def test_the_search_finds_what_is_open(catalogue: Path, repository: Path, run_harvest: Any) -> None:
    run_harvest()
    site = build(catalogue, docs=False).root
    places = {trace.partition(":")[0] for trace in _traces(site)}
    assert {"r/toy/si/si.csv", "r/toy/si/index.html", "p/dd.si/dd.si.csv"} <= places


@pytest.mark.parametrize("access", CLOSED)
def test_what_was_never_open(
    access: Any, catalogue: Path, repository: Path, make_repository: Any, run_harvest: Any
) -> None:
    make_repository("toy", analysis={"access": access}, results={})
    commit(repository)
    run_harvest()
    site = build(catalogue, docs=False).root
    assert _traces(site) == []
    assert "Toy limit" in (site / "r/toy/si/index.html").read_text("utf-8")


@pytest.mark.parametrize("access", [CLOSED[0], CLOSED[2]])
def test_what_was_open_and_released_before(
    access: Any, catalogue: Path, repository: Path, make_repository: Any, run_harvest: Any
) -> None:
    run_harvest()
    site = build(catalogue, docs=False).root
    freeze_release(load_catalogue(catalogue), site, "2026.11")
    changed = {"mass": SECRET["mass"], "sigma": [2 * value for value in SECRET["sigma"]]}
    write_result(repository / "results" / "si", {"id": "si", **WITH_NUMBERS, "version": "2"}, changed)
    commit(repository)
    run_harvest(now=NOW + timedelta(days=1))
    build(catalogue, docs=False)
    assert (site / "r/toy/si/v/1/si.csv").is_file()
    make_repository("toy", analysis={"access": access}, results={})
    commit(repository)
    run_harvest(now=NOW + timedelta(days=2))
    build(catalogue, docs=False)
    assert _traces(site) == []
    assert not list((catalogue / "harvest/toy").rglob("*.csv"))


def test_an_embargo_that_begins_between_harvest_and_build(
    catalogue: Path, repository: Path, make_repository: Any, run_harvest: Any
) -> None:
    make_repository(
        "toy", analysis={"access": {"level": "embargoed access", "embargo_until": "2026-11-20"}}, results={}
    )
    commit(repository)
    run_harvest()
    site = build(catalogue, docs=False, today=date(2026, 11, 22)).root
    assert _traces(site)
    site = build(catalogue, docs=False, today=date(2026, 11, 19)).root
    assert _traces(site) == []


def test_a_failing_repository_stays_withheld(
    catalogue: Path, repository: Path, make_repository: Any, run_harvest: Any
) -> None:
    make_repository("toy", analysis={"access": CLOSED[0]}, results={})
    commit(repository)
    run_harvest()
    (repository / "fairport.yaml").write_text("id: [\n")
    commit(repository)
    run_harvest(now=NOW + timedelta(days=1))
    assert _traces(build(catalogue, docs=False).root) == []


def test_a_private_catalogue_asks_search_engines_to_stay_away(
    catalogue: Path, repository: Path, run_harvest: Any
) -> None:
    path = catalogue / "catalog.yaml"
    path.write_text(path.read_text() + "private: true\nurl: https://example.org/dm/\n")
    run_harvest()
    site = build(catalogue, docs=False).root
    assert "Disallow: /" in (site / "robots.txt").read_text()
    pages = [page for page in site.rglob("*.html") if "noindex" not in page.read_text("utf-8")]
    assert pages == []
