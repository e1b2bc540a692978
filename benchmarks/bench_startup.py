"""Start-up of the program.

`python -c pass` is the floor: what the interpreter takes by itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from harness import Case


def cases(folder: Path) -> list[Case]:
    """Time the program as a child process, as a shell starts it."""
    program = str(Path(sys.executable).with_name("fairport"))
    completion = {"_FAIRPORT_COMPLETE": "bash_complete", "COMP_WORDS": "fairport ", "COMP_CWORD": "1"}
    return [
        Case("python -c pass", _call(sys.executable, "-c", "pass")),
        Case("fairport --help", _call(program, "--help"), budget=0.150),
        Case("fairport --version", _call(program, "--version"), budget=0.150),
        Case("completion of commands", _call(program, variables=completion), budget=0.150),
    ]


def _call(*command: str, variables: Mapping[str, str] | None = None) -> Callable[[], object]:
    environment = {**os.environ, **(variables or {})}
    return lambda: subprocess.run(command, env=environment, capture_output=True, check=True)
