"""Help and completion import nothing heavy and start fast."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

HEAVY = (
    "numpy scipy astropy matplotlib copier cookiecutter cwltool schema_salad mkdocs rich jsonschema yaml "
    "jsonschema_rs ruamel shapely jinja2 subprocess fairport.check fairport.scaffold fairport.engines "
    "fairport.catalog fairport.flows fairport.results"
).split()

PROBE = """
import contextlib, io, sys
from fairport.cli.main import main
with contextlib.redirect_stdout(io.StringIO()):
    code = main(sys.argv[2:])
print(code, *[name for name in sys.argv[1].split(",") if name in sys.modules])
"""


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], []])
def test_nothing_heavy_is_imported(arguments: list[str]) -> None:
    command = [sys.executable, "-c", PROBE, ",".join(HEAVY), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0"]


def test_completion_offers_commands_with_their_help_and_imports_nothing_heavy() -> None:
    variables = {"_FAIRPORT_COMPLETE": "fish_complete", "COMP_WORDS": "fairport ", "COMP_CWORD": "do"}
    script = PROBE.replace("contextlib.redirect_stdout(io.StringIO())", "contextlib.nullcontext()")
    command = [sys.executable, "-c", script, ",".join(HEAVY)]
    done = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, check=True)
    *offered, heavy = done.stdout.splitlines()
    assert heavy.split() == ["0"]
    assert any(line.split("\t")[0].endswith("doctor") for line in offered)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script(shell: str) -> None:
    command = [sys.executable, "-m", "fairport", "completion", shell]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "_FAIRPORT_COMPLETE" in done.stdout
