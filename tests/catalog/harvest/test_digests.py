"""A file or folder that nobody touched is not read again; anything that was done to it is noticed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fairport.catalog.harvest import digests
from fairport.catalog.harvest.digests import folder_stamp, known_digest


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take files that were written just now for old ones."""
    monkeypatch.setattr(digests, "_SETTLED", -10.0)


def test_a_file_that_was_written_just_now_is_read_again(tmp_path: Path) -> None:
    path, memory = tmp_path / "a", tmp_path / "memory.json"
    path.write_text("one")
    known_digest(path, memory)
    assert not memory.exists()


def test_another_file_in_its_place_is_noticed(tmp_path: Path, settled: None) -> None:
    path, memory = tmp_path / "a", tmp_path / "memory.json"
    path.write_text("one")
    first, times = known_digest(path, memory), path.stat()
    other = tmp_path / "b"
    other.write_text("two")
    other.replace(path)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert known_digest(path, memory) != first


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"seen": 1, "sha256": 2}', '{"seen": null}'])
def test_a_damaged_memory_is_none(tmp_path: Path, settled: None, damage: str) -> None:
    path, memory = tmp_path / "a", tmp_path / "memory.json"
    path.write_text("one")
    first = known_digest(path, memory)
    memory.write_text(damage)
    assert known_digest(path, memory) == first


def _touch(folder: Path) -> None:
    os.utime(folder / "results" / "si" / "limit.csv", ns=(1, 1))


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "results" / "si" / "limit.csv").write_text("mass,sigma\n"),
        lambda folder: (folder / "new").write_text(""),
        lambda folder: (folder / "fairport.yaml").unlink(),
        lambda folder: (folder / "fairport.yaml").rename(folder / "other.yaml"),
        lambda folder: (folder / "fairport.yaml").chmod(0o600),
        lambda folder: (folder / "empty").mkdir(),
        _touch,
    ],
)
def test_whatever_is_done_to_a_folder_changes_its_stamp(
    make_repository: Any, settled: None, change: Callable[[Path], object]
) -> None:
    folder = make_repository()
    before = folder_stamp(folder)
    assert before is not None
    assert folder_stamp(folder) == before
    change(folder)
    assert folder_stamp(folder) not in {before, None}


def test_commits_and_tags_change_it(
    make_repository: Any, commit_all: Callable[..., str], git_command: Callable[..., str], settled: None
) -> None:
    folder = make_repository()
    stamps = [folder_stamp(folder)]
    commit_all(folder)
    stamps.append(folder_stamp(folder))
    git_command(folder, "tag", "v1.0")
    stamps.append(folder_stamp(folder))
    git_command(folder, "pack-refs", "--all")
    stamps.append(folder_stamp(folder))
    assert len(set(stamps)) == 4


def test_what_cannot_be_told_has_none(make_repository: Any, settled: None) -> None:
    folder = make_repository()
    (folder / "link").symlink_to("/")
    assert folder_stamp(folder) is None
    (folder / "link").unlink()
    (folder / ".git").write_text("gitdir: ../elsewhere\n")
    assert folder_stamp(folder) is None


def test_a_local_folder_is_frozen_again_only_when_touched(
    make_repository: Any, register: Any, run_harvest: Any, settled: None
) -> None:
    folder = make_repository()
    register(folder)
    first = run_harvest()
    assert (first.states[0].state, first.unchanged) == ("ok", ())
    assert run_harvest().unchanged == ("toy",)
    record = folder / "results" / "si" / "result.yaml"
    record.write_text(record.read_text().replace("Toy limit", "Changed"))
    again = run_harvest()
    assert (again.states[0].results[0].title, again.unchanged) == ("Changed", ())
    assert run_harvest().unchanged == ("toy",)
