"""Processes that do jobs: order, defects, sudden ends."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from fairport.catalog.workers import in_processes
from fairport.contract.errors import ToolError


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
    assert list(in_processes(2, prepare, 10, add, list(range(7)))) == [10, 11, 12, 13, 14, 15, 16]


def test_a_defect_is_told_with_its_own_error() -> None:
    with pytest.raises(RuntimeError, match="ValueError: three"):
        list(in_processes(2, prepare, 0, fail_at_three, [1, 2, 3, 4]))


def test_a_process_that_vanishes_is_one_clear_error() -> None:
    with pytest.raises(ToolError, match="ended before its time"):
        list(in_processes(1, prepare, 0, vanish, [1]))


def test_it_works_from_a_script_on_standard_input() -> None:
    script = (
        "from tests.catalog.test_workers import add, prepare\n"
        "from fairport.catalog.workers import in_processes\n"
        "import sys; sys.stderr.write(str(list(in_processes(2, prepare, 1, add, [1, 2]))))\n"
    )
    done = subprocess.run([sys.executable, "-"], input=script, capture_output=True, text=True, check=True)
    assert done.stderr.endswith("[2, 3]")
