"""A short, always equal slice of ``benchmarks/fuzz_check.py``: nothing gets out of a spoiled repository."""

from __future__ import annotations

import importlib.util
import random
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "fuzz_check.py"


@pytest.fixture(scope="module")
def fuzz() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fuzz_check", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_gets_out(
    seed: int, fuzz: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAIRPORT_CACHE", str(tmp_path / "cache"))
    *_, tally = fuzz.rounds(tmp_path, random.Random(seed), time.monotonic() + 300, 40)
    assert tally.rounds == 40
    assert tally.findings > 40
    assert not tally.faults


def test_faults_are_told(fuzz: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fairport.check import session

    def broken(*arguments: object) -> None:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(session, "check_paths", broken)
    *_, tally = fuzz.rounds(tmp_path, random.Random(1), time.monotonic() + 60, 3)
    assert sum(tally.faults.values()) == 3
    assert all(name.startswith("ZeroDivisionError") for name in tally.faults)
