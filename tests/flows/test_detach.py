"""Runs that outlive the command that started them, on this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from fairport.contract.errors import DocumentError, RefusedError, UsageError
from fairport.engines.records import find_run, state
from fairport.flows.detach import cancel_run, detach_run, fetch_run

SLOW = """
cwlVersion: v1.2
class: CommandLineTool
inputs: {table: File}
baseCommand: [python3, -c, "import os, time; WAIT; print(4)"]
outputs: {size: {type: stdout}}
stdout: size.txt
"""
WORDS = ["--engine=local", "--container=none"]


def slow(make_analysis: Any, go: Path | None = None) -> Path:
    """Return an analysis whose last step waits until a file is there; without one, longer than any test."""
    wait = (
        "time.sleep(300)"
        if go is None
        else f"[*iter(lambda: time.sleep(0.05) or os.path.exists('{go}'), True)]"
    )
    tool = SLOW.replace("WAIT", wait)
    root: Path = make_analysis(files={"workflow/tools/count.cwl": tool})
    return root


def test_fetched(make_analysis: Any, tmp_path: Path) -> None:
    root = slow(make_analysis, tmp_path / "go")
    folder = detach_run(root, WORDS)
    assert state(folder, folder.load()) == "running"
    (tmp_path / "go").touch()
    outcome = fetch_run(root)
    assert (outcome.record.id, outcome.record.status) == (folder.id, "finished")
    assert (root / "results/tiny-limit/result.yaml").is_file()
    assert "running workflow/main.cwl" in (folder.path / "driver.log").read_text("utf-8")
    assert not list((root / ".fairport").glob("detached-*"))
    with pytest.raises(UsageError, match="has ended already: finished"):
        cancel_run(root)


def test_cancelled(make_analysis: Any) -> None:
    root = slow(make_analysis)
    folder = detach_run(root, WORDS)
    assert cancel_run(root).load().status == "cancelled"
    assert not folder.held()
    with pytest.raises(RefusedError, match="was cancelled"):
        fetch_run(root)


def test_a_run_that_a_shell_put_in_the_background(make_analysis: Any) -> None:
    root = slow(make_analysis)
    command = [sys.executable, "-m", "fairport", "run", str(root), "--container", "none"]
    process = subprocess.Popen(
        command,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    end = time.monotonic() + 120
    while not _running(root):
        assert time.monotonic() < end
        time.sleep(0.1)
    assert cancel_run(root).load().status == "cancelled"
    assert process.wait(120) == 143


def _running(root: Path) -> bool:
    """Tell whether the newest run runs; its folder is there a moment before its record."""
    try:
        return bool(find_runs(root)) and find_run(root).load().status == "running"
    except DocumentError:
        return False


def test_interrupted_runs_here_cannot_be_taken_up(make_analysis: Any) -> None:
    root = slow(make_analysis)
    folder = detach_run(root, WORDS)
    driver = folder.driver()
    assert driver is not None
    os.kill(driver, signal.SIGKILL)
    end = time.monotonic() + 120
    while folder.held():
        assert time.monotonic() < end
        time.sleep(0.05)
    with pytest.raises(RefusedError, match="was interrupted"):
        fetch_run(root)
    assert cancel_run(root, folder.id).load().status == "cancelled"


def test_what_is_wrong_is_said_at_once(make_analysis: Any) -> None:
    root = make_analysis(files={"workflow/inputs.yaml": "nonsense: 1\n"})
    done = subprocess.run(
        [sys.executable, "-m", "fairport", "run", str(root), "--container", "none", "--detach"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode != 0
    assert 'the workflow has no input "nonsense"' in done.stderr
    assert not find_runs(root)


def find_runs(root: Path) -> list[Path]:
    runs = root / ".fairport/runs"
    return list(runs.iterdir()) if runs.is_dir() else []


def test_settings_of_engines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fairport.engines.registry import engine_settings, make_engine

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert engine_settings("slurm", {"time": "60"}) == {"time": "60"}
    place = tmp_path / "fairport"
    place.mkdir()
    (place / "engines.yaml").write_text("slurm: {partition: long, time: 10, memory: off}\n", "utf-8")
    found = engine_settings("slurm", {"time": "60"})
    assert found == {"partition": "long", "time": "60", "memory": "off"}
    assert engine_settings("local", {}) == {}
    (place / "engines.yaml").write_text("slurm: {partitoin: long}\n", "utf-8")
    with pytest.raises(UsageError, match='no option "partitoin"'):
        make_engine("slurm")
