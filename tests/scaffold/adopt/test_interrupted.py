"""Adoption that is killed or finds no room: the repository is as before, and the next call completes it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from fairport.scaffold.adopt.adopting import adopt, undo

Maker = Callable[[dict[str, str]], Path]

_ADOPT = """
import sys
from fairport.cli.main import main
sys.exit(main(["adopt", {root!r}]))
"""
_NO_ROOM = """
import resource, signal, sys
sys.dont_write_bytecode = True
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (900, 900))
"""
"""No file may grow over 900 bytes: writing fails in the middle as on a full disk."""

_KILLED = """
import os, signal, sys
from fairport.scaffold.adopt import writing
place, count = writing._place, 0
def dying(*arguments):
    global count
    count += 1
    if count == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    place(*arguments)
writing._place = dying
"""


def _state(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(root).parts[:1]
    }


def _run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


def test_no_room_leaves_the_old_state(make: Maker, files: dict[str, str]) -> None:
    root = make(files)
    before = _state(root)
    done = _run(_NO_ROOM + _ADOPT.format(root=str(root)))
    assert done.returncode == 1
    assert "nothing was changed" in done.stderr
    assert "Traceback" not in done.stderr
    assert _state(root) == before
    assert not (root / ".fairport").exists()


def test_killed_and_called_again(make: Maker, files: dict[str, str]) -> None:
    root = make(files)
    before = _state(root)
    adopt(root)
    whole = _state(root)
    undo(root)
    assert _state(root) == before
    done = _run(_KILLED + _ADOPT.format(root=str(root)))
    assert done.returncode == -signal.SIGKILL
    half = _state(root)
    assert {name: half[name] for name in before} == before
    assert ".fairport/adopted.json" not in half
    report = adopt(root)
    assert report.recovered
    assert _state(root) == whole
