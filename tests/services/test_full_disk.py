"""Runs on a disk that is full: a small file system in memory, mounted for the test."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fairport.contract.errors import ConfigurationError
from fairport.engines.protocol import StepFailedError
from fairport.engines.records import find_run, list_runs
from fairport.flows.run import run_analysis

pytestmark = pytest.mark.services

BIG = """
cwlVersion: v1.2
class: CommandLineTool
baseCommand: [python3, -c, "open('big', 'w').write('x' * 30_000_000)"]
inputs: {table: File}
outputs: {size: {type: File, outputBinding: {glob: big}}}
"""


@pytest.fixture
def disk(tmp_path: Path, require_service: Any) -> Iterator[Path]:
    """A disk of 5 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=5m", "tmpfs", str(place)]
    mounted = os.geteuid() == 0 and subprocess.run(command, check=False, capture_output=True).returncode == 0
    require_service("a file system in memory, as root", mounted, "")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_step_fills_it(tiny_analysis: Any, disk: Path) -> None:
    root = Path(shutil.copytree(tiny_analysis(), disk / "tiny"))
    run_analysis(root, container="none")
    before = (root / "outputs/size.txt").read_bytes()
    (root / "workflow/tools/count.cwl").write_text(BIG, "utf-8")
    with pytest.raises(StepFailedError, match=r"exit code \d+, and the disk is full"):
        run_analysis(root, container="none")
    assert (root / "outputs/size.txt").read_bytes() == before
    assert find_run(root).load().status == "failed"
    assert not find_run(root).work.exists()


def test_full_from_the_start(tiny_analysis: Any, disk: Path) -> None:
    root = Path(shutil.copytree(tiny_analysis(), disk / "tiny"))
    run_analysis(root, container="none")
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as stream:
        while stream.write(bytes(4096)) == 4096 and shutil.disk_usage(disk).free:
            pass
    with pytest.raises(ConfigurationError, match="could not be written: No space left on device"):
        run_analysis(root, container="none")
    assert [folder.load().status for folder in list_runs(root)] == ["finished"]
    command = [sys.executable, "-m", "fairport", "run", str(root), "--container", "none", "--detach"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1
    assert "the disk is full: 0.0 MB are free" in done.stderr
    filler.unlink()
    assert run_analysis(root, container="none").record.status == "finished"
