"""Releases of a repository as versions of its results: in order, with reasons, fetched once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.catalog.conftest import NOW, write_result

from fairport.catalog.harvest import git
from fairport.catalog.harvest.tombstones import read_tombstones
from fairport.catalog.site.build import build
from fairport.catalog.state import EntryState
from fairport.contract.saving import dump_yaml


def _points(factor: float) -> dict[str, list[float]]:
    return {"mass": [10.0, 100.0, 1000.0], "sigma": [factor * 1e-44, factor * 2e-45, factor * 1.5e-44]}


Release = Callable[..., str]


@pytest.fixture
def release(make_repository: Any, commit_all: Any, monkeypatch: pytest.MonkeyPatch) -> Release:
    """Return ``release(tag, factor, **changes)``, which commits a result and tags it."""
    repository: Path = make_repository(results={})

    def make(tag: str, factor: float, result: str = "si", day: int = 1, **changes: Any) -> str:
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"2024-01-{day:02d}T12:00:00Z")
        write_result(repository / "results" / result, {"id": result, **changes}, _points(factor))
        return str(commit_all(repository, tag, tag))

    return make


def _register(catalogue: Path, repository: Path, **more: Any) -> None:
    data = {"schema_version": "1.0", "id": "toy", "type": "analysis", "history": "all-releases"}
    data |= {"repository": {"url": repository.as_uri()}, "status": "community"}
    data |= {"publish": {"mode": "latest-release"}, **more}
    (catalogue / "experiments" / "toy.yaml").write_text(dump_yaml(data))


def _only(report: Any) -> EntryState:
    (state,) = report.states
    return state


def test_each_release_is_a_version_with_its_reason(
    catalogue: Path, tmp_path: Path, release: Release, run_harvest: Any
) -> None:
    first = release("v1.0.0", 1)
    release("v1.0.1", 1, day=2)  # the same result again
    release("v1.10.0", 2, day=4, version="2", status="corrected", status_reason="The exposure was wrong.")
    release("v1.9.0", 3, day=3, version="1.9")
    release("v2.0.0", 4, day=5, version="3", status="corrected", status_reason="New calibration.")
    _register(catalogue, tmp_path / "repositories" / "toy")
    state = _only(run_harvest())
    assert [note.tag for note in state.releases] == ["v1.0.0", "v1.0.1", "v1.9.0", "v1.10.0"]
    (result,) = state.results
    assert [(note.version, note.release, note.reason) for note in result.versions] == [
        ("2", "v1.10.0", "New calibration."),
        ("1.9", "v1.9.0", "The exposure was wrong."),
        ("1", "v1.0.0", None),
    ]
    oldest = result.versions[-1]
    assert oldest.commit == first
    assert (oldest.harvested, oldest.ended) == ("2024-01-01T12:00:00Z", "2024-01-03T12:00:00Z")
    build(catalogue, docs=False)
    site = catalogue / "site/r/toy/si"
    page = (site / "index.html").read_text("utf-8")
    assert "The exposure was wrong." in page
    assert "release v1.9.0" in page
    assert "1e-44" in (site / "v/1/si.csv").read_text("utf-8")
    assert "v1.0.0" in (site / "v/1/index.html").read_text("utf-8")


def test_only_new_releases_are_fetched(
    catalogue: Path, tmp_path: Path, release: Release, run_harvest: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2, 3):
        release(f"v{number}", number, day=number, version=str(number))
    _register(catalogue, tmp_path / "repositories" / "toy")
    before = _only(run_harvest())
    fetched: list[list[str]] = []
    real = git.fetch_commits

    def watch(address: str, refs: list[str], store: Path) -> list[str]:
        fetched.append(list(refs))
        return real(address, refs, store)

    monkeypatch.setattr(git, "fetch_commits", watch)
    report = run_harvest()
    assert (report.unchanged, fetched) == (("toy",), [])
    assert _only(report).results == before.results
    release("v4", 4, day=4, version="4")
    state = _only(run_harvest())
    assert fetched == [["refs/tags/v4"], ["refs/tags/v3"]]
    assert [note.version for note in state.results[0].versions] == ["3", "2", "1"]
    assert (catalogue / "harvest/toy/past/si").is_dir()
    assert len(list((catalogue / "harvest/toy/past/si").iterdir())) == 3


def test_a_release_that_cannot_be_read_is_told_and_harms_no_other(
    catalogue: Path, tmp_path: Path, release: Release, make_repository: Any, commit_all: Any, run_harvest: Any
) -> None:
    repository = tmp_path / "repositories" / "toy"
    record = (repository / "fairport.yaml").read_text()
    (repository / "fairport.yaml").unlink()
    commit_all(repository, "before", "v0.1")
    (repository / "fairport.yaml").write_text(record)
    release("v1", 1, version="1")
    (repository / "results/si/limit.csv").write_text("mass,sigma\n1,2\n")
    commit_all(repository, "broken", "v2")
    release("v3", 3, version="3")
    _register(catalogue, repository)
    state = _only(run_harvest())
    problems = {note.tag: note.problem for note in state.releases}
    assert "no fairport.yaml" in (problems["v0.1"] or "")
    assert problems["v1"] is None
    assert "differs from the digest" in (problems["v2"] or "")
    assert str(tmp_path) not in str(problems)
    assert [note.version for note in state.results[0].versions] == ["1"]


def test_a_result_that_only_old_releases_hold_has_a_tombstone(
    catalogue: Path, tmp_path: Path, release: Release, git_command: Any, run_harvest: Any
) -> None:
    release("v1", 1, result="old")
    git_command(tmp_path / "repositories" / "toy", "rm", "-r", "--quiet", "results/old")
    release("v2", 2)
    _register(catalogue, tmp_path / "repositories" / "toy")
    run_harvest()
    stone = read_tombstones(catalogue)["toy/old"]
    assert "v1" in stone.reason
    build(catalogue, docs=False)
    assert "No longer here." in (catalogue / "site/r/toy/old/index.html").read_text("utf-8")


def test_a_renamed_result_keeps_its_releases(
    catalogue: Path, tmp_path: Path, release: Release, git_command: Any, run_harvest: Any
) -> None:
    release("v1", 1, result="old")
    git_command(tmp_path / "repositories" / "toy", "rm", "-r", "--quiet", "results/old")
    release("v2", 2, result="new", version="2", former_ids=["toy/old"])
    _register(catalogue, tmp_path / "repositories" / "toy")
    (result,) = _only(run_harvest()).results
    assert [(note.version, note.release) for note in result.versions] == [("1", "v1")]
    assert "toy/old" not in read_tombstones(catalogue)
    build(catalogue, docs=False)
    assert "1e-44" in (catalogue / "site/r/toy/new/v/1/old.csv").read_text("utf-8")


def test_withheld_numbers_are_withheld_in_every_release(
    catalogue: Path, tmp_path: Path, release: Release, make_repository: Any, run_harvest: Any
) -> None:
    release("v1", 7)
    make_repository(analysis={"access": {"level": "restricted access"}}, results={})
    release("v2", 8, version="2")
    _register(catalogue, tmp_path / "repositories" / "toy")
    state = _only(run_harvest())
    assert state.withheld == "restricted access"
    assert not list((catalogue / "harvest").rglob("*.csv"))
    make_repository(results={})
    release("v3", 9, version="3")
    state = _only(run_harvest())
    assert [note.version for note in state.results[0].versions] == ["1"]
    assert "withholds the numbers" in (state.releases[1].problem or "")


def test_a_folder_with_tags_has_a_history_too(
    catalogue: Path, tmp_path: Path, release: Release, run_harvest: Any
) -> None:
    release("v1", 1)
    repository = tmp_path / "repositories" / "toy"
    write_result(repository / "results" / "si", {"id": "si", "version": "2"}, _points(2))
    _register(catalogue, repository)
    entry = catalogue / "experiments" / "toy.yaml"
    entry.write_text(entry.read_text().replace(f"url: {repository.as_uri()}", f"path: {repository}"))
    (result,) = _only(run_harvest(now=NOW)).results
    assert [(note.version, note.release) for note in result.versions] == [("1", "v1")]


def test_unreachable_releases_are_tried_again(
    catalogue: Path, tmp_path: Path, release: Release, run_harvest: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    release("v1", 1)
    release("v2", 2, version="2")
    _register(catalogue, tmp_path / "repositories" / "toy")
    real = git.fetch_commits

    def lost(address: str, refs: list[str], store: Path) -> list[str]:
        if refs == ["refs/tags/v1"]:
            raise git.SourceError("the connection was lost")
        return real(address, refs, store)

    monkeypatch.setattr(git, "fetch_commits", lost)
    state = _only(run_harvest())
    assert (state.state, state.results[0].versions) == ("ok", ())
    assert state.releases[0].problem == "the connection was lost"
    monkeypatch.setattr(git, "fetch_commits", real)
    assert [note.version for note in _only(run_harvest()).results[0].versions] == ["1"]
