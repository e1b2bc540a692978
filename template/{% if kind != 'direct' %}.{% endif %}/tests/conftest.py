"""Shared pieces of the tests: the modules are imported by file, just as the workflow does it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = next(ROOT.glob("src/*/records.py")).parent
sys.path.insert(0, str(SOURCE))

Step = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def source() -> Path:
    """Folder of the workflow's scripts."""
    return SOURCE


@pytest.fixture(scope="session")
def experiment_file() -> Path:
    """The input file of this analysis."""
    return ROOT / "data" / "experiment.json"


@pytest.fixture(scope="session")
def experiment(experiment_file: Path) -> dict[str, Any]:
    """The input of this analysis."""
    document: dict[str, Any] = json.loads(experiment_file.read_text(encoding="utf-8"))
    return document


@pytest.fixture(scope="session")
def step() -> Step:
    """``step(name, check=True, **options)``: run a script as the workflow does, in a process of its own.

    The value of an option is a number, a text, a path, or a list of paths.
    """

    def run(name: str, *, check: bool = True, **options: object) -> subprocess.CompletedProcess[str]:
        arguments: list[str] = []
        for key, value in options.items():
            values = value if isinstance(value, list) else [value]
            arguments += [f"--{key.replace('_', '-')}", *(str(item) for item in values)]
        command = [sys.executable, str(SOURCE / f"{name}.py"), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert not check or done.returncode == 0, done.stderr
        return done

    return run
