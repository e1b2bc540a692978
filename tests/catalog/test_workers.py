"""Processes that do jobs: order, defects, sudden ends."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from fairport.catalog.workers import Crew
from fairport.contract.errors import ToolError


def in_processes(
    processes: int, setting: int, work: Callable[[int, int], int], jobs: Sequence[int]
) -> list[int]:
    crew: Crew[int, int] = Crew(processes, prepare, setting, work)
    try:
        crew.hire(processes)
        with ThreadPoolExecutor(processes) as pool:
            return list(pool.map(crew.do, jobs))
    finally:
        crew.dismiss()


def prepare(setting: int) -> int:
    return setting


def add(prepared: int, job: int) -> int:
    print("noise on the standard output")
    return prepared + job


def fail_at_three(prepared: int, job: int) -> int:
    if job == 3:
        raise ValueError("three")
    return job


def vanish(prepared: int, job: int) -> int:
    os._exit(7)


def test_answers_come_in_the_order_of_the_jobs() -> None:
    assert in_processes(2, 10, add, list(range(7))) == [10, 11, 12, 13, 14, 15, 16]


def test_a_defect_is_told_with_its_own_error() -> None:
    with pytest.raises(RuntimeError, match="ValueError: three"):
        in_processes(2, 0, fail_at_three, [1, 2, 3, 4])


def test_a_process_that_vanishes_is_one_clear_error() -> None:
    with pytest.raises(ToolError, match="ended before its time"):
        in_processes(1, 0, vanish, [1])


def test_it_works_from_a_script_on_standard_input() -> None:
    script = (
        "from tests.catalog.test_workers import add, in_processes\n"
        "import sys; sys.stderr.write(str(in_processes(2, 1, add, [1, 2])))\n"
    )
    done = subprocess.run([sys.executable, "-"], input=script, capture_output=True, text=True, check=True)
    assert done.stderr.endswith("[2, 3]")
