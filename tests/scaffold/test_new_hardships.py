"""`new` where something is missing: room on the disk, a network, a name in git, or the time to finish."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

OLD = {"README.md": "old\n", "mine.txt": "mine\n", "data/manifest.yaml": "old: 1\n"}


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))


def _fairport(
    *arguments: str, cwd: Path, limited: bool = False, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fairport", *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        preexec_fn=_limit if limited else None,
        capture_output=True,
        text=True,
        check=False,
    )


def _old_folder(parent: Path) -> Path:
    folder = parent / "old"
    for name, text in OLD.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def _files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()
    }


def test_when_files_cannot_grow_nothing_is_left(tmp_path: Path) -> None:
    """The system refuses further bytes of a file, as it does on a full disk or over a quota."""
    done = _fairport("new", "made", "--defaults", cwd=tmp_path, limited=True)
    assert done.returncode == 1
    assert "could not be written" in done.stderr
    assert f"where: {tmp_path}" in done.stderr
    assert "why:   File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_when_files_cannot_grow_an_old_folder_stays_as_it_was(tmp_path: Path) -> None:
    folder = _old_folder(tmp_path)
    done = _fairport("new", str(folder), "--defaults", "--overwrite", cwd=tmp_path, limited=True)
    assert done.returncode == 1
    assert _files(folder) == OLD


@pytest.mark.parametrize("moment", [0.3, 0.6, 0.9, 1.2])
def test_killed_at_any_moment_the_old_state_or_the_new_one_is_whole(tmp_path: Path, moment: float) -> None:
    folder = _old_folder(tmp_path)
    command = [sys.executable, "-m", "fairport", "new", str(folder), "--defaults", "--overwrite"]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(moment)
    running.send_signal(signal.SIGKILL)
    ended = running.wait()
    if ended == 0:  # it was faster
        assert "How to run it" in (folder / "README.md").read_text("utf-8")
        return
    done = _fairport("new", str(folder), "--defaults", cwd=tmp_path)
    assert done.returncode == 2
    assert "not empty" in done.stderr
    found = _files(folder)
    if "fairport.yaml" in found:  # it was killed when all files were in place already
        assert "How to run it" in found["README.md"]
        assert {"workflow/main.cwl", "data/manifest.yaml"} <= set(found)
    else:
        assert found == OLD


OFFLINE = """
import socket, sys

def refuse(*arguments, **options):
    raise AssertionError("the network was asked for")

socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = socket.create_connection = refuse
from fairport.cli.main import main
sys.exit(main(["new", "made", "--defaults"]))
"""


def test_neither_a_network_nor_a_name_is_needed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "XDG_", "EMAIL"))
    }
    environment |= {"HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1", "http_proxy": "http://127.0.0.1:9"}
    done = subprocess.run(
        [sys.executable, "-c", OFFLINE],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "git knows no name for you" in done.stderr
    log = subprocess.run(
        ["git", "log", "--format=%an"], cwd=tmp_path / "made", capture_output=True, text=True, check=True
    )
    assert log.stdout == "fairport new\n"
