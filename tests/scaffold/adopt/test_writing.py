"""Writing: never over something, all or nothing, undone exactly."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fairport.contract.errors import RefusedError, UsageError
from fairport.scaffold.adopt import writing

TEXTS = {"fairport.yaml": "a\n", "data/manifest.yaml": "b\n", ".fairport/.gitignore": "*\n"}


def _tree(root: Path) -> dict[str, str | None]:
    return {
        str(path.relative_to(root)): path.read_text() if path.is_file() else None for path in root.rglob("*")
    }


def test_write_and_undo_leave_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/mine.txt").write_text("mine")
    before = _tree(tmp_path)
    writing.write(tmp_path, TEXTS)
    assert {name: (tmp_path / name).read_text() for name in TEXTS} == TEXTS
    assert not (tmp_path / ".fairport/adopt-stage").exists()
    assert set(writing.undo(tmp_path).removed) == set(TEXTS)
    assert _tree(tmp_path) == before
    with pytest.raises(UsageError, match="no adoption"):
        writing.undo(tmp_path)


def test_undo_keeps_what_somebody_changed(tmp_path: Path) -> None:
    writing.write(tmp_path, TEXTS)
    (tmp_path / "fairport.yaml").write_text("a\nmore\n")
    assert writing.undo(tmp_path).kept == ("fairport.yaml",)
    assert _tree(tmp_path) == {"fairport.yaml": "a\nmore\n"}


def test_never_over_something(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/manifest.yaml").write_text("mine")
    before = _tree(tmp_path)
    with pytest.raises(RefusedError, match="something stands"):
        writing.write(tmp_path, TEXTS)
    assert _tree(tmp_path) == before


def test_a_link_on_the_way_is_refused(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / "data").symlink_to(outside)
    with pytest.raises(RefusedError, match="link"):
        writing.write(root, TEXTS)
    assert not list(outside.iterdir())


def test_a_failure_in_the_middle_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.link

    def failing(source: Path, target: Path) -> None:
        if target.name == "manifest.yaml":
            raise OSError(28, "No space left on device")
        real(source, target)

    opened = Path.open

    def full(self: Path, mode: str = "r", *arguments: Any, **named: Any) -> Any:
        if mode == "xb":
            raise OSError(28, "No space left on device")
        return opened(self, mode, *arguments, **named)

    monkeypatch.setattr(os, "link", failing)
    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(RefusedError, match="nothing was changed"):
        writing.write(tmp_path, TEXTS)
    monkeypatch.undo()
    assert _tree(tmp_path) == {}


@pytest.mark.parametrize("at", [0, 1, 2, 3])
def test_killed_in_the_middle_is_undone_by_the_next_call(tmp_path: Path, at: int) -> None:
    """Kill the process with SIGKILL before the file number ``at`` comes into being (3: the receipt)."""
    program = f"""
import os, signal, pathlib
from fairport.scaffold.adopt import writing
place, count = writing._place, 0
def dying(*arguments):
    global count
    if count == {at}:
        os.kill(os.getpid(), signal.SIGKILL)
    count += 1
    place(*arguments)
writing._place = dying
atomic = writing.write_atomic
def last(path, *rest):
    if {at} == 3 and path.name == "adopted.json":
        os.kill(os.getpid(), signal.SIGKILL)
    return atomic(path, *rest)
writing.write_atomic = last
writing.write(pathlib.Path({str(tmp_path)!r}), {TEXTS!r})
"""
    done = subprocess.run([sys.executable, "-c", program], check=False)
    assert done.returncode == -signal.SIGKILL
    assert writing.recover(tmp_path)
    assert _tree(tmp_path) == {}
    writing.write(tmp_path, TEXTS)
    assert (tmp_path / "fairport.yaml").read_text() == "a\n"


def test_killed_before_the_journal_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / ".fairport/adopt-stage").mkdir(parents=True)
    assert writing.recover(tmp_path)
    assert _tree(tmp_path) == {}


def test_a_forged_receipt_removes_nothing_outside(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / ".fairport").mkdir(parents=True)
    (tmp_path / "precious").write_text("x")
    digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    (root / writing.RECEIPT).write_text(json.dumps({"files": {"../precious": digest}, "folders": []}))
    with pytest.raises(UsageError):
        writing.undo(root)
    (root / "link").symlink_to(tmp_path)
    (root / writing.RECEIPT).write_text(json.dumps({"files": {"link/precious": digest}, "folders": []}))
    assert writing.undo(root).kept == ("link/precious",)
    assert (tmp_path / "precious").exists()


def test_another_call_at_work_is_respected(tmp_path: Path) -> None:
    stage = tmp_path / ".fairport/adopt-stage"
    stage.mkdir(parents=True)
    (stage / "pid").write_text(str(os.getppid()))
    with pytest.raises(UsageError, match="at work"):
        writing.recover(tmp_path)
