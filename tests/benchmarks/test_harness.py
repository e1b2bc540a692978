"""The benchmark harness takes turns, keeps the least time and fails past a budget."""

from __future__ import annotations

import importlib.util
import itertools
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def harness(repository: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "fairport_bench_harness", repository / "benchmarks" / "harness.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_cases_take_turns_after_a_warm_round(harness: ModuleType) -> None:
    order: list[str] = []
    cases = [harness.Case(n, lambda n=n: order.append(n), repeats=r) for n, r in (("a", 2), ("b", 3))]
    harness.measure(cases)
    assert order == ["a", "b", "a", "b", "a", "b", "b"]


def test_least_median_and_budget(harness: ModuleType) -> None:
    ticks = itertools.accumulate([0, 3, 0, 1, 0, 2])
    case = harness.Case("x", lambda: None, repeats=3, budget=0.5)
    (timing,) = harness.measure([case], clock=lambda: float(next(ticks)))
    assert (timing.seconds, timing.least, timing.median) == ((3.0, 1.0, 2.0), 1.0, 2.0)
    assert timing.over_budget
    assert "| x | 1000.0 **over** | 2000.0 | 3 | 500 |" in harness.table([timing])


def test_run_writes_the_results(repository: Path, tmp_path: Path) -> None:
    output = tmp_path / "results.md"
    command = [sys.executable, str(repository / "benchmarks" / "run.py"), "startup", "--output", str(output)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), (
        done.stderr
    )  # 1: a busy machine is over budget, which is not this test's matter
    text = output.read_text(encoding="utf-8")
    assert "## Start-up of the program" in text
    assert "| fairport --help |" in text


def test_unknown_benchmark_is_refused(repository: Path) -> None:
    command = [sys.executable, str(repository / "benchmarks" / "run.py"), "nonsense"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "there are" in done.stderr
