"""A new repository: `fairport new --defaults` beside `copier copy` of the same template.

The second case takes the template as plain files, the third from this checkout by git, as a user of Copier
would.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from harness import Case

ROOT = Path(__file__).resolve().parent.parent


def cases(folder: Path) -> list[Case]:
    """Time the programs as child processes; each writes a new folder every time."""
    plain = folder / "template"
    plain.mkdir()
    shutil.copy(ROOT / "copier.yml", plain)
    shutil.copytree(ROOT / "template", plain / "template")
    fairport = str(Path(sys.executable).with_name("fairport"))
    copier = [sys.executable, "-m", "copier", "copy", "--quiet", "--defaults"]
    return [
        Case("fairport new --defaults", _call(folder / "a", fairport, "new", "--defaults"), budget=1.5),
        Case("copier copy (plain files)", _call(folder / "b", *copier, str(plain))),
        Case("copier copy (git, HEAD)", _call(folder / "c", *copier, "--vcs-ref", "HEAD", str(ROOT))),
    ]


def _call(destination: Path, *command: str) -> Callable[[], object]:
    def call() -> None:
        shutil.rmtree(destination, ignore_errors=True)
        subprocess.run([*command, str(destination)], env=os.environ, capture_output=True, check=True)

    return call
