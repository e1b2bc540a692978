"""Releases, differences, nudges: what is cited never changes; what is withheld later goes from there too."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.catalog.conftest import NOW, write_result

from fairport.catalog.harvest.differences import compare, items_of_harvest, published
from fairport.catalog.harvest.nudge import nudges
from fairport.catalog.pages import releases as frozen
from fairport.catalog.registry import load_catalogue
from fairport.catalog.site.build import build
from fairport.catalog.site.release import freeze_release, releases
from fairport.catalog.state import CheckSummary, FindingNote
from fairport.contract.errors import DocumentError, UsageError

NEW = {"mass": [10.0, 100.0, 1000.0], "sigma": [3.125e-44, 6.25e-45, 4.5e-44]}
TODAY = date(2026, 11, 22)


@pytest.fixture
def released(catalogue: Path, make_repository: Any, register: Any, run_harvest: Any) -> Path:
    """A catalogue of one result with a release ``1.0``."""
    register(make_repository())
    run_harvest()
    site = build(catalogue, docs=False, today=TODAY).root
    freeze_release(
        load_catalogue(catalogue), site, "1.0", note="The first.", now=datetime(2026, 11, 22, tzinfo=UTC)
    )
    build(catalogue, docs=False, today=TODAY)
    return catalogue


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_a_release_stays_as_it_is(released: Path, make_repository: Any, run_harvest: Any) -> None:
    frozen = _tree(released / "site/v/1.0")
    assert {
        "index.html",
        "release.json",
        "ro-crate-metadata.json",
        "r/toy/si/si.csv",
        "p/dd.si/dd.si.svg",
    } <= set(frozen)
    write_result(make_repository() / "results" / "si", {"id": "si", "version": "2"}, NEW)
    run_harvest(now=NOW + timedelta(days=1))
    build(released, docs=False, today=TODAY)
    assert _tree(released / "site/v/1.0") == frozen
    assert b"3.125e-44" in (released / "site/r/toy/si/si.csv").read_bytes()
    changes = (released / "site/v/changes.html").read_text("utf-8")
    assert "1 changed" in changes
    assert "version 1 to 2" in changes


def test_a_clock_that_was_set_back_makes_no_release(released: Path) -> None:
    loaded = load_catalogue(released)
    before = _tree(released / "releases")
    with pytest.raises(UsageError, match=r"release 1\.0 was made at 2026-11-22T00:00:00Z"):
        freeze_release(loaded, released / "site", "1.1", now=datetime(2026, 11, 21, tzinfo=UTC))
    assert _tree(released / "releases") == before


def test_the_digests_of_a_release_are_those_of_its_files(released: Path) -> None:
    from fairport.contract.files import sha256_file

    crate = json.loads((released / "site/v/1.0/ro-crate-metadata.json").read_text())
    files = [item for item in crate["@graph"] if item["@type"] == "File"]
    assert len(files) > 5
    for item in files:
        assert sha256_file(released / "site/v/1.0" / item["@id"]).removeprefix("sha256:") == item["sha256"]


def test_a_release_survives_the_loss_of_everything_that_was_made(released: Path, run_harvest: Any) -> None:
    frozen = _tree(released / "site/v/1.0")
    for name in ("site", "harvest", ".cache"):
        shutil.rmtree(released / name)
    run_harvest()
    build(released, docs=False, today=TODAY)
    assert _tree(released / "site/v/1.0") == frozen


def test_an_embargo_set_later_takes_numbers_out_of_releases(
    released: Path, make_repository: Any, run_harvest: Any
) -> None:
    access = {"level": "embargoed access", "embargo_until": "2027-06-01"}
    make_repository(analysis={"access": access})
    run_harvest()
    build(released, docs=False, today=TODAY)
    site = released / "site"
    for path in site.rglob("*"):
        if path.is_file():
            assert b"2e-45" not in path.read_bytes(), path
    assert not list(site.rglob("*.csv"))
    assert "Withheld since" in (site / "v/1.0/r/toy/si/index.html").read_text("utf-8")
    assert "Toy limit" in (site / "v/1.0/index.html").read_text("utf-8")
    assert not list((site / "v/1.0").rglob("*.svg"))


def test_numbers_without_a_licence_are_not_in_a_release(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    register(make_repository(results={"si": {"licence": "LicenseRef-none"}}))
    run_harvest()
    site = build(catalogue, docs=False, today=TODAY).root
    made = freeze_release(load_catalogue(catalogue), site, "1.0")
    assert set(made.results[0].files) == {"figure.svg", "cite.bib"}


@pytest.mark.parametrize("name", ["1.0", "../x", "a/b", "", ".hidden", "a..b", "x" * 50, "con\n"])
def test_names_that_cannot_be_or_are_taken(released: Path, name: str) -> None:
    with pytest.raises(UsageError):
        freeze_release(load_catalogue(released), released / "site", name)


@pytest.mark.parametrize("change", [{"version": "../../x"}, {"results": 3}, {"release_format": 9}])
def test_a_spoiled_release_is_told_and_never_vanishes(released: Path, change: dict[str, Any]) -> None:
    path = released / "releases" / "1.0.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(DocumentError):
        releases(load_catalogue(released))


def test_a_damaged_frozen_file_is_told_and_not_shown(released: Path) -> None:
    sha = releases(load_catalogue(released))[0].results[0].files["si.csv"]
    (released / "releases/objects" / sha[:2] / sha).write_text("mass,sigma\n1,1\n")
    report = build(released, docs=False, clean=True, today=TODAY)
    assert any("si.csv: the frozen file is missing or damaged" in text for text in report.warnings)
    assert not (released / "site/v/1.0/r/toy/si/si.csv").exists()


def test_differences(released: Path, make_repository: Any, run_harvest: Any) -> None:
    loaded = load_catalogue(released)
    before = published(loaded, None)
    assert compare(before, items_of_harvest(loaded, TODAY)) == ()
    folder = make_repository() / "results"
    write_result(folder / "si", {"id": "si", "status": "withdrawn", "status_reason": "A wrong sign."}, NEW)
    write_result(folder / "new", {"id": "new"})
    run_harvest(now=NOW + timedelta(days=1))
    found = compare(before, items_of_harvest(loaded, TODAY))
    assert [(change.kind, change.id) for change in found] == [("added", "toy/new"), ("withdrawn", "toy/si")]
    assert "A wrong sign." in found[1].words
    shutil.rmtree(folder / "si")
    run_harvest(now=NOW + timedelta(days=2))
    found = compare(before, items_of_harvest(loaded, TODAY))
    assert ("removed", "toy/si") in [(change.kind, change.id) for change in found]


def test_diff_tells_by_its_exit_code(released: Path, make_repository: Any, run_harvest: Any) -> None:
    from fairport.cli.catalog_diff import diff

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(diff, ["--catalog", str(released), *arguments], standalone_mode=False)

    assert run().return_value == 0
    write_result(make_repository() / "results" / "si", {"id": "si", "version": "2"}, NEW)
    run_harvest(now=NOW + timedelta(days=1))
    assert run().return_value == 1
    assert run("--release", "1.0").return_value == 1
    assert isinstance(run("--release", "9").exception, UsageError)


def test_diff_names_a_few_results_of_a_first_publication(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any, tmp_path: Path, capsys: Any
) -> None:
    from fairport.cli.catalog_diff import diff

    register(make_repository(results={f"r{number}": {} for number in range(12)}))
    run_harvest()
    told = CliRunner().invoke(diff, ["--catalog", str(catalogue)], standalone_mode=False)
    assert told.return_value == 1
    lines = (told.output or capsys.readouterr().out).splitlines()
    assert sum(line.startswith("added") for line in lines) == 10
    assert "and 2 more" in lines[-2]
    assert lines[-1] == "first publication: 12 results"


def test_nudges_are_for_those_who_have_something_to_mend(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    register(make_repository("fine"))
    register(make_repository("broken"))
    (make_repository("broken") / "results/si/limit.csv").write_text("mass,sigma\n1,2\n")
    register(make_repository("found"))
    hostile = "see [this](javascript:alert(1)) <script> @everyone #1 `x`\nnew"

    def checker(tree: Path, profile: str) -> tuple[CheckSummary, None]:
        if tree.name != "found":
            return CheckSummary(profile), None
        notes = (FindingNote("META001", "error", "fairport.yaml", hostile, 3),)
        return CheckSummary(profile, error=2, findings=notes), None

    run_harvest(checker=checker)
    found = {item.entry: item for item in nudges(load_catalogue(catalogue))}
    assert set(found) == {"broken", "found"}
    assert "differs from the digest" in found["broken"].body
    body = found["found"].body
    assert "fairport.yaml:3" in body
    assert "and 1 more" in body
    assert "<script>" not in body
    assert r"\@everyone" in body
    assert "](javascript" not in body.replace("\\](", "")


def test_nudges_of_withheld_numbers_quote_no_message(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    access = {"level": "embargoed access", "embargo_until": "2027-06-01"}
    register(make_repository(analysis={"access": access}))

    def checker(tree: Path, profile: str) -> tuple[CheckSummary, None]:
        return CheckSummary(
            profile, error=1, findings=(FindingNote("X001", "error", "a", "value 2e-45"),)
        ), None

    run_harvest(checker=checker)
    body = nudges(load_catalogue(catalogue))[0].body
    assert "2e-45" not in body
    assert "1 error" in body


def test_pages_of_today_say_what_changed_since_a_release(
    released: Path, make_repository: Any, run_harvest: Any
) -> None:
    site = released / "site"
    page = (site / "r/toy/si/index.html").read_text("utf-8")
    assert "the same" in page
    assert "Changed since release" not in page
    assert "No result changed" in (site / "p/dd.si/index.html").read_text("utf-8")
    assert "is the one to cite" in (site / "index.html").read_text("utf-8")
    reason = "A wrong <b>sign</b>."
    changes = {"id": "si", "version": "2", "status": "corrected", "status_reason": reason}
    write_result(make_repository() / "results" / "si", changes, NEW)
    run_harvest(now=NOW + timedelta(days=1))
    build(released, docs=False, today=TODAY)
    page = (site / "r/toy/si/index.html").read_text("utf-8")
    assert "Changed since release 1.0" in page
    assert 'href="../../../v/1.0/r/toy/si/index.html"' in page
    assert "Changed once since the first harvest" in page
    plane = (site / "p/dd.si/index.html").read_text("utf-8")
    assert "1 changed" in plane
    assert "A wrong &lt;b&gt;sign" in plane
    told = (site / "v/changes-1.0.html").read_text("utf-8")
    assert "version 1 to 2" in told
    frozen = site / "v/1.0/r/toy/si/index.html"
    assert 'href="../../../../../v/changes-1.0.html"' in frozen.read_text("utf-8")


def test_a_release_knows_what_was_renamed_since_the_one_before(
    released: Path, make_repository: Any, run_harvest: Any
) -> None:
    results = make_repository() / "results"
    shutil.rmtree(results / "si")
    write_result(results / "scalar", {"id": "scalar", "former_ids": ["toy/si"]}, NEW)
    run_harvest(now=NOW + timedelta(days=1))
    catalogue = load_catalogue(released)
    site = build(released, docs=False, today=TODAY).root
    freeze_release(catalogue, site, "2.0", now=datetime(2026, 11, 24, tzinfo=UTC))
    newer, older = releases(catalogue)
    (change,) = compare(older.items, newer.items)
    assert (change.kind, change.id) == ("renamed", "toy/scalar")
    assert change.words == "was toy/si"
    build(released, docs=False, today=TODAY)
    (item,) = json.loads((site / "catalog.json").read_text("utf-8"))["results"]
    assert item["former_ids"] == ["toy/si"]
    assert "1 renamed" in (site / "v/2.0/index.html").read_text("utf-8")


def test_the_crate_of_a_large_release_lists_the_crates_of_its_results(
    released: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def listed() -> set[str]:
        graph = json.loads((released / "site/v/1.0/ro-crate-metadata.json").read_text("utf-8"))["@graph"]
        names = (item["@id"] for item in graph if item["@type"] == "File")
        return {name for name in names if name.startswith("r/")}

    assert {"r/toy/si/si.csv", "r/toy/si/ro-crate-metadata.json"} <= listed()
    monkeypatch.setattr(frozen, "MAX_LISTED", 0)
    build(released, docs=False, today=TODAY, clean=True)
    assert listed() == {"r/toy/si/ro-crate-metadata.json"}
