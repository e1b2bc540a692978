"""Runs that end before their workflow does: Ctrl-C, kill -9, kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fairport.contract.schemas import validate
from fairport.engines.records import find_run, settled, state

# The last step says that it has begun, then waits longer than any test.
SLOW = """
cwlVersion: v1.2
class: CommandLineTool
inputs: {table: File}
baseCommand: [python3, -c, "import os, subprocess, sys, time; child = subprocess.Popen(['sleep', '300']); \\
  open(os.environ['TMPDIR'] + '/../pids', 'w').write(f'{os.getpid()} {child.pid}'); \\
  print('working', flush=True); time.sleep(300)"]
outputs: {size: {type: stdout}}
stdout: size.txt
"""


def wait_for(condition: Callable[[], Any], what: str, seconds: float = 120.0) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} has not happened within {seconds:.0f} s")


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


class Interrupted:
    """An analysis with finished outputs, whose next run is in the middle of its last step."""

    def __init__(self, root: Path, temporary: Path) -> None:
        self.root = root
        self.before = {path.name: path.read_bytes() for path in (root / "outputs").iterdir()}
        (root / "workflow/tools/count.cwl").write_text(SLOW, "utf-8")
        (root / "data/source.json").write_text('{"masses": [5.0]}', "utf-8")
        environment = {**os.environ, "TMPDIR": str(temporary)}
        self.temporary = temporary
        self.process = subprocess.Popen(
            [sys.executable, "-m", "fairport", "run", str(root), "--container", "none"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A test run in the background ignores Ctrl-C, and what it starts would inherit that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        pids = wait_for(self._pids, "the last step")
        self.pids = [int(pid) for pid in pids.split()]

    def _pids(self) -> str:
        assert self.process.poll() is None, self.process.communicate()
        texts = [path.read_text("utf-8") for path in self.temporary.glob("fairport-*/pids")]
        return texts[0] if texts and len(texts[0].split()) == 2 else ""

    def end(self, number: signal.Signals) -> tuple[int, str]:
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=120)
        return self.process.returncode, errors

    def assert_untouched(self) -> None:
        for pid in self.pids:
            wait_for(lambda pid=pid: gone(pid), f"the end of process {pid}")
        after = {path.name: path.read_bytes() for path in (self.root / "outputs").iterdir()}
        assert after == self.before
        wait_for(lambda: not list(self.temporary.glob("fairport-*")), "the removal of temporary files")


@pytest.fixture
def interrupted(make_analysis: Any, engine: Any, tmp_path: Path) -> Iterator[Interrupted]:
    from fairport.flows.run import run_analysis

    root = make_analysis()
    run_analysis(root, engine=engine, container="none")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    started = Interrupted(root, temporary)
    yield started
    started.process.kill()
    started.process.communicate()


@pytest.mark.parametrize(("number", "expected"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_asked_to_end(interrupted: Interrupted, number: signal.Signals, expected: int) -> None:
    code, errors = interrupted.end(number)
    assert code == expected
    assert "Traceback" not in errors
    interrupted.assert_untouched()
    folder = find_run(interrupted.root)
    record = folder.load()
    assert record.status == state(folder, record) == "cancelled"
    assert [step.status for step in record.steps] == ["finished", "failed"]
    assert validate("run", record.to_data()) == []
    assert not folder.work.exists()


def test_killed(interrupted: Interrupted, engine: Any) -> None:
    folder = find_run(interrupted.root)
    assert state(folder, folder.load()) == "running"
    code, _ = interrupted.end(signal.SIGKILL)
    assert code == -signal.SIGKILL
    interrupted.assert_untouched()
    record = folder.load()
    assert state(folder, record) == "interrupted"
    assert settled(folder, record).status == "failed"
    listed = subprocess.run(
        [sys.executable, "-m", "fairport", "runs", "list", "--path", str(interrupted.root)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert listed[0].split()[2] == "interrupted"
    assert listed[1].split()[2] == "finished"
