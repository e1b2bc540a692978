"""The data lake, against a real Rucio on loopback.

500 files of 1 kB. `rucio download` is Rucio's own command on the same files in the same run.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from harness import Case
from lake_trials import Trial, entry

FILES = 500


def cases(folder: Path) -> list[Case]:
    """Time locking, pulling and verifying through the program, as a shell starts it."""
    trial = Trial(folder)
    server = int((trial.lab.root / "server" / "server.pid").read_text())
    atexit.register(_end, server)  # the folder is gone by then
    trial.fill("small", FILES, 1000)
    space = trial.repository("lake", entry("small"))
    trial.fairport(space, "lock")
    trial.fairport(space, "pull")
    fetched = trial.repository("again", entry("small"))

    def pull() -> None:
        trial.clear(fetched)
        trial.fairport(fetched, "pull")

    def raw() -> None:
        trial.rucio(folder / "raw", "download", "lab:small")
        shutil.rmtree(folder / "raw")

    def singly() -> None:
        trial.script("for i in range(50): list(c.list_replicas([dict(scope='lab', name=f'small.{i:05d}')]))")

    shutil.copy(space.lock, fetched.lock)
    shutil.copy(space.metalink, fetched.metalink)
    run: Callable[..., Callable[[], object]] = lambda *words: lambda: trial.fairport(space, *words)  # noqa: E731
    return [
        Case(f"lock of {FILES} files", run("lock"), repeats=3),
        Case("one call a file, 50 files", singly, repeats=3),
        Case(f"pull of {FILES} files", pull, repeats=3),
        Case(f"rucio download of {FILES} files", raw, repeats=3),
        Case(f"pull of {FILES} unchanged files", run("pull"), repeats=5, budget=2.0),
        Case(f"verify {FILES} files", run("verify"), repeats=5),
    ]


def _end(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGINT)
