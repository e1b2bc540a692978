"""Parts of the local engine that need no workflow."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairport.contract.errors import ToolError, UsageError
from fairport.engines.containers import choose_container, split_image
from fairport.engines.local import LocalEngine, measured
from fairport.engines.registry import ENGINES, make_engine
from fairport.engines.step_progress import StepProgress
from fairport.engines.worker_process import WorkerProcess


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Listener:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def step(self, text: str) -> None:
        self.lines.append(text)

    def note(self, text: str) -> None:
        self.lines.append(text)


def test_registry() -> None:
    for name in ENGINES:
        engine = make_engine(name)
        assert engine.name == name
        engine.close()
    with pytest.raises(UsageError, match="there is no engine"):
        make_engine("cloud")


def test_progress_of_few_steps() -> None:
    clock, listener = Clock(), Listener()
    watch = StepProgress(listener, clock)
    watch.started("fit")
    clock.now = 12.0
    watch.tick()
    clock.now = 13.25
    watch.ended("fit", True)
    watch.started("plot")
    watch.ended("plot", False)
    assert listener.lines == ["fit: running for 12 s", "✓ fit  13.2 s", "✗ plot  0.0 s"]


def test_progress_of_a_scan_stays_short() -> None:
    clock, listener = Clock(), Listener()
    watch = StepProgress(listener, clock)
    for number in range(1000):
        watch.started(f"fit_{number}")
        clock.now += 0.1
        watch.ended(f"fit_{number}", number != 500)
    assert len(listener.lines) < 40
    assert "✗ fit_500  0.1 s" in listener.lines
    assert listener.lines[-1].startswith("✓ 9")


def test_outputs_are_measured_with_their_ports(tmp_path: Path) -> None:
    (tmp_path / "folder/deep").mkdir(parents=True)
    (tmp_path / "folder/deep/a.txt").write_text("abc", "utf-8")
    (tmp_path / "b.txt").write_text("", "utf-8")
    found = measured(tmp_path, [{"name": "all", "path": "folder"}, {"name": "one", "path": "b.txt"}])
    assert [(item.path, item.name, item.bytes) for item in found] == [
        ("b.txt", "one", 0),
        ("folder/deep/a.txt", "all", 3),
    ]


def test_worker_starts_answers_and_stops() -> None:
    worker = WorkerProcess()
    event = worker.next_event(60)
    assert event is not None
    assert event["event"] == "ready"
    assert event["version"].startswith("cwltool 3")
    assert worker.next_event(0.01) is None
    worker.stop()
    assert not worker.alive


def test_worker_that_crashes_says_why() -> None:
    worker = WorkerProcess()
    assert worker.next_event(60) is not None
    worker.send({"op": "load"})
    with pytest.raises(ToolError, match=r"(?s)died \(exit code 1\).*KeyError"):
        worker.next_event(60)
    with pytest.raises(ToolError, match="died"):
        worker.send({"op": "run"})
    worker.stop()


def test_engine_may_be_closed_at_any_time() -> None:
    engine = LocalEngine()
    engine.close()
    engine.start()
    engine.close()
    engine.close()


def test_no_images_no_container() -> None:
    choice = choose_container("auto", (), Listener())
    assert (choice.engine, choice.notice) == ("none", None)
    assert choose_container("none", ("a:1",), Listener()).notice is None


def test_nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    choice = choose_container("auto", ("a:1",), Listener())
    assert choice.engine == "none"
    assert choice.notice == (
        "running without containers: neither docker, podman nor singularity is installed"
    )
    with pytest.raises(ToolError, match="podman cannot run"):
        choose_container("podman", ("a:1",), Listener())


def program(folder: Path, name: str, body: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n", "utf-8")
    path.chmod(0o755)


def test_missing_image_is_pulled_or_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    program(tmp_path, "docker", 'case "$1" in image|pull) echo "no route" >&2; exit 1;; esac')
    program(tmp_path, "podman", 'case "$1" in image) [ -e "$0.pulled" ];; pull) touch "$0.pulled";; esac')
    listener = Listener()
    choice = choose_container("auto", ("a:1@sha256:" + "0" * 64,), listener)
    assert choice.engine == "podman"
    assert listener.lines == ["pulling a:1", "pulling a:1"]
    assert choice.image == split_image("a:1@sha256:" + "0" * 64)
    (tmp_path / "podman").unlink()
    notice = choose_container("auto", ("a:1",), listener).notice
    assert notice == "running without containers: docker has no image a:1 and cannot pull it (no route)"


def test_images_are_split() -> None:
    digest = "sha256:" + "0" * 64
    assert (split_image(f"a/b:1@{digest}").name, split_image(f"a/b:1@{digest}").digest) == ("a/b:1", digest)
    assert split_image("host:5000/a@latest").digest is None
