"""A harvest, a build or a release that is killed at any point is finished by the next."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.catalog import sitecheck
from tests.catalog.conftest import write_result

from fairport.catalog.harvest.upkeep import lock
from fairport.catalog.registry import load_catalogue
from fairport.catalog.site import release
from fairport.catalog.site.build import build
from fairport.catalog.site.parcels import Parcel, Parcels
from fairport.catalog.site.release import releases
from fairport.catalog.state import read_state
from fairport.contract.errors import ConfigurationError

_WORK = """
import sys
from pathlib import Path
from fairport.catalog.site.build import build
from fairport.catalog.harvest.harvesting import harvest
from fairport.catalog.state import CheckSummary

root = Path(sys.argv[1])
print("ready", flush=True)
harvest(root, checker=lambda tree, profile: (CheckSummary(profile), None))
build(root, docs=False)
print("done", flush=True)
"""


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".fairport-site"
    }


def _killed(root: Path, after: float) -> bool:
    """Run a harvest and a build, killed ``after`` seconds of work; returns whether they had ended."""
    process = subprocess.Popen([sys.executable, "-c", _WORK, str(root)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(after)
    os.kill(process.pid, signal.SIGKILL)
    ended = "done" in process.stdout.read()
    process.wait()
    return ended


def test_whatever_is_killed_is_finished_by_the_next_run(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    for name in ("one", "two", "three"):
        register(make_repository(name))
    run_harvest()
    build(catalogue, docs=False)
    good = {name: read_state(catalogue / "harvest" / name) for name in ("one", "two", "three")}
    write_result(make_repository("two") / "results" / "si", {"id": "si", "version": "2"}, None)
    chance = random.Random(7)
    for _ in range(3):
        _killed(catalogue, chance.uniform(0.02, 1.5))
        for name in good:  # at every moment there is something whole to show
            state = read_state(catalogue / "harvest" / name)
            assert state is not None
            assert state.state == "ok"
            assert state.version is not None
            assert (catalogue / "harvest" / name / state.version / "results" / "si" / "limit.csv").is_file()
        pages = [path for path in (catalogue / "site").rglob("index.html") if path.stat().st_size]
        assert catalogue / "site" / "index.html" in pages
        assert all(path.read_text("utf-8").rstrip().endswith("</html>") for path in pages)
    run_harvest()
    build(catalogue, docs=False)
    after_kills = _tree(catalogue / "site")
    build(catalogue, docs=False, clean=True)
    assert _tree(catalogue / "site") == after_kills
    assert b"version 2" in after_kills["r/two/si/index.html"]
    assert not list((catalogue / "harvest").rglob(".new-*"))


def test_a_release_that_is_killed_half_way_does_not_exist(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any, monkeypatch: Any
) -> None:
    register(make_repository())
    run_harvest()
    site = build(catalogue, docs=False).root
    write, count = release.write_atomic, 0

    def dying(path: Path, content: Any, **options: Any) -> None:
        nonlocal count
        count += 1
        if count == 4:
            raise KeyboardInterrupt
        write(path, content, **options)

    monkeypatch.setattr(release, "write_atomic", dying)
    with pytest.raises(KeyboardInterrupt):
        release.freeze_release(load_catalogue(catalogue), site, "1.0")
    monkeypatch.undo()
    assert releases(load_catalogue(catalogue)) == []
    made = release.freeze_release(load_catalogue(catalogue), site, "1.0")
    assert releases(load_catalogue(catalogue)) == [made]


def test_what_a_killed_release_kept_goes_with_the_next_one(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    register(make_repository())
    run_harvest()
    site = build(catalogue, docs=False).root
    first = release.freeze_release(load_catalogue(catalogue), site, "1.0")
    objects = catalogue / "releases" / "objects"
    named = set(objects.glob("*/*"))
    left, other = objects / "ff" / ("ff" + "0" * 62), objects / "notes" / "by-hand.txt"
    for path in (left, other):
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    broken = catalogue / "releases" / "0.9.json"
    broken.write_text("{")
    assert release.forget_unnamed(catalogue) == 0  # who knows what the broken one names
    broken.unlink()
    release.freeze_release(load_catalogue(catalogue), site, "2.0")
    assert not left.parent.exists()
    assert other.exists()
    assert named <= set(objects.glob("*/*"))
    assert releases(load_catalogue(catalogue))[-1] == first


def test_two_releases_are_never_made_at_once(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    register(make_repository())
    run_harvest()
    site = build(catalogue, docs=False).root
    loaded = load_catalogue(catalogue)
    with lock(loaded, "release"), pytest.raises(ConfigurationError, match="another release"):
        release.freeze_release(loaded, site, "1.0")
    assert releases(loaded) == []


@pytest.mark.parametrize(
    "stage",
    [
        "build._Build.results",
        "build._Build.order_planes",
        "build._Build.order_analyses",
        "overall.Overall.begin",
        "build._Build.take",
        "overall.Overall.end",
        "build._Build.put_figures",
        "output.SiteWriter.settle",
        "output.SiteWriter.finish",
    ],
)
def test_no_page_leads_to_a_frozen_result_that_is_not_there_wherever_a_build_ends(
    stage: str,
    catalogue: Path,
    make_repository: Any,
    register: Any,
    run_harvest: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def dying(*_: Any) -> None:
        raise KeyboardInterrupt

    register(make_repository())
    run_harvest()
    site = build(catalogue, docs=False).root
    release.freeze_release(load_catalogue(catalogue), site, "1.0")
    monkeypatch.setattr(f"fairport.catalog.site.{stage}", dying)
    with pytest.raises(KeyboardInterrupt):
        build(catalogue, docs=False)
    assert not [problem for problem in sitecheck.problems(site) if "dead link" in problem]


@pytest.mark.parametrize(
    "stage", ["build._Build.order_planes", "build._Build.take", "output.SiteWriter.finish"]
)
def test_no_page_leads_to_a_new_analysis_or_plane_that_is_not_there(
    stage: str,
    catalogue: Path,
    make_repository: Any,
    register: Any,
    run_harvest: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def dying(*_: Any) -> None:
        raise KeyboardInterrupt

    register(make_repository("old"))
    run_harvest()
    site = build(catalogue, docs=False).root
    register(make_repository("fresh", results={"sd": {"plane": "dd.sdp"}}))
    run_harvest()
    with monkeypatch.context() as patch:
        patch.setattr(f"fairport.catalog.site.{stage}", dying)
        with pytest.raises(KeyboardInterrupt):
            build(catalogue, docs=False)
    assert (site / "r" / "fresh" / "sd" / "index.html").is_file()
    assert not [problem for problem in sitecheck.problems(site) if "dead link" in problem]
    build(catalogue, docs=False)
    after = _tree(site)
    assert not any(b"This page is being made" in content for content in after.values())
    build(catalogue, docs=False, clean=True)
    assert _tree(site) == after


def test_pages_of_a_build_that_was_killed_are_not_taken_for_those_before(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record changes, its pages are written, the build is killed, and the change is taken back."""

    real = Parcels.keep

    def dying(parcels: Parcels, fresh: list[Parcel]) -> None:
        if any(parcel.name == "r/toy/si" for parcel in fresh):
            raise KeyboardInterrupt
        real(parcels, fresh)

    folder = make_repository(results={"si": {"title": "Limit A"}})
    register(folder)
    run_harvest()
    build(catalogue, docs=False)
    before = _tree(catalogue / "site")
    write_result(folder / "results" / "si", {"title": "Limit B"})
    shutil.rmtree(catalogue / "harvest")
    run_harvest()
    with monkeypatch.context() as patch:
        patch.setattr(Parcels, "keep", dying)
        with pytest.raises(KeyboardInterrupt):
            build(catalogue, docs=False)
    assert b"Limit B" in (catalogue / "site" / "r" / "toy" / "si" / "index.html").read_bytes()
    write_result(folder / "results" / "si", {"title": "Limit A"})
    shutil.rmtree(catalogue / "harvest")
    run_harvest()
    build(catalogue, docs=False)
    assert _tree(catalogue / "site") == before


def test_what_was_half_written_goes_with_the_next_run(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    """A process that is killed between writing a file and giving it its name leaves the file behind."""
    register(make_repository())
    run_harvest()
    site = build(catalogue, docs=False).root
    release.freeze_release(load_catalogue(catalogue), site, "1.0")
    written = [
        catalogue / "harvest" / "harvest.json",
        catalogue / "harvest" / "toy" / "state.json",
        catalogue / "releases" / "1.0.json",
        next(path for path in (catalogue / "releases" / "objects").rglob("*") if path.is_file()),
    ]
    halves = [path.with_name(f".{path.name[:40]}.ab_12xyz.tmp") for path in written]
    for half in halves:
        half.write_bytes(b"{")
    kept = catalogue / "harvest" / "toy" / ".notes.tmp"
    kept.write_text("somebody's")
    entries = [catalogue / "experiments" / f".new.yaml.{name}.tmp" for name in ("ab_12xyz", "cd_34xyz")]
    for half in entries:
        half.write_bytes(b"id")
    os.utime(entries[0], (1_000_000_000, 1_000_000_000))  # the other may be being written
    run_harvest()
    assert [half.exists() for half in entries] == [False, True]
    release.freeze_release(load_catalogue(catalogue), site, "2.0")
    assert not [half for half in halves if half.exists()]
    assert kept.exists()
