"""Putting folders in place."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from fairport.engines import outputs
from fairport.engines.outputs import files_below, put_in_place


def tree(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    folder.mkdir(exist_ok=True)
    return folder


def content(folder: Path) -> dict[str, str]:
    return {name: (folder / name).read_text("utf-8") for name in files_below(folder)}


@pytest.fixture(params=["exchange", "two renames", "other disk"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "two renames":
        monkeypatch.setattr(outputs, "_renameat2", lambda: None)
    if request.param == "other disk":

        def refuse(first: Path, second: Path) -> None:
            raise OSError(errno.EXDEV, "other disk", str(second))

        monkeypatch.setattr(outputs, "_exchange", refuse)
    return str(request.param)


def test_new_target(tmp_path: Path) -> None:
    put_in_place(tree(tmp_path / "new", a="1"), tmp_path / "deep/target", [])
    assert content(tmp_path / "deep/target") == {"a": "1"}
    assert not (tmp_path / "new").exists()


def test_replaces_ours_and_keeps_theirs(tmp_path: Path, way: str) -> None:
    target = tree(tmp_path / "target", a="old", gone="old", mine="notes", sub__theirs="x", sub__gone="old")
    put_in_place(tree(tmp_path / "new", a="new", sub__b="new"), target, ["a", "gone", "sub/gone"])
    assert content(target) == {"a": "new", "mine": "notes", "sub/b": "new", "sub/theirs": "x"}
    assert [path.name for path in tmp_path.iterdir()] == ["target"]


def test_a_name_that_is_both(tmp_path: Path) -> None:
    target = tree(tmp_path / "target", a__b="theirs")
    put_in_place(tree(tmp_path / "new", a="now a file"), target, [])
    assert content(target) == {"a": "now a file"}


def test_nothing_outside_is_removed(tmp_path: Path, way: str) -> None:
    outside = tree(tmp_path / "outside", a="keep")
    target = tree(tmp_path / "target", b="old")
    put_in_place(tree(tmp_path / "new", b="new"), target, ["../outside/a", str(outside / "a"), "b"])
    assert content(outside) == {"a": "keep"}


def test_linked_target_is_filled(tmp_path: Path) -> None:
    real = tree(tmp_path / "big disk", a="old", mine="x")
    target = tmp_path / "target"
    target.symlink_to(real)
    put_in_place(tree(tmp_path / "new", b="new"), target, ["a"])
    assert target.is_symlink()
    assert content(real) == {"b": "new", "mine": "x"}


def test_failed_exchange_leaves_the_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(first: Path, second: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(second))

    monkeypatch.setattr(outputs, "_exchange", full)
    target = tree(tmp_path / "target", a="old")
    with pytest.raises(OSError, match="No space"):
        put_in_place(tree(tmp_path / "new", a="new"), target, ["a"])
    assert content(target) == {"a": "old"}


def test_second_rename_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs, "_renameat2", lambda: None)
    target = tree(tmp_path / "target", a="old")
    new = tree(tmp_path / "new", a="new")
    rename = Path.rename

    def failing(self: Path, to: Path) -> Path:
        if self == new:
            raise OSError(errno.EIO, "disk error", str(self))
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="disk error"):
        put_in_place(new, target, ["a"])
    assert content(target) == {"a": "old"}
