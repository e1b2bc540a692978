"""Processes that do jobs one after the other, whatever program they were started from.

The pools of the standard library import the main module of the program once more in each process, which
fails in notebooks and in scripts without a guard; these processes import nothing but the work they are given.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any, Final, TypeVar

from fairport.contract.errors import ToolError

J = TypeVar("J")
R = TypeVar("R")

_ONE_THREAD: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
_START: Final = "from fairport.catalog.workers import _serve; _serve()"


def in_processes(
    processes: int,
    prepare: Callable[..., Any],
    setting: object,
    work: Callable[[Any, J], R],
    jobs: Sequence[J],
) -> Iterator[R]:
    """Do jobs in processes and yield what comes of them, in the order of the jobs.

    Args:
        processes: how many work side by side.
        prepare: called once in each process with ``setting``; what it returns is the first argument of
            ``work``. Like ``work`` it is a function of a module, found there by its name.
        setting: anything that can be pickled.
        work: does one job.
        jobs: anything that can be pickled.

    Raises:
        ToolError: a process ended before its time; the others are stopped.
        RuntimeError: the work itself has a defect; its own error is told.
    """
    idle: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
    environment = {**os.environ, **_ONE_THREAD}
    children = [
        subprocess.Popen(
            [sys.executable, "-c", _START], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )
        for _ in range(processes)
    ]
    try:
        first = pickle.dumps((prepare, setting, work))
        for child in children:
            _send(child, first)
            idle.put(child)

        def do(job: J) -> R:
            child = idle.get()
            try:
                _send(child, pickle.dumps(job))
                answer: R = _answer(child)
            finally:
                idle.put(child)
            return answer

        with ThreadPoolExecutor(processes) as pool:
            yield from pool.map(do, jobs)
    finally:
        for child in children:
            if child.stdin is not None:
                child.stdin.close()
        for child in children:
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            if child.stdout is not None:
                child.stdout.close()


def _send(child: subprocess.Popen[bytes], message: bytes) -> None:
    assert child.stdin is not None  # noqa: S101 - opened as a pipe above
    try:
        child.stdin.write(len(message).to_bytes(8, "big") + message)
        child.stdin.flush()
    except BrokenPipeError:
        raise _lost(child) from None


def _answer(child: subprocess.Popen[bytes]) -> Any:
    assert child.stdout is not None  # noqa: S101 - opened as a pipe above
    head = child.stdout.read(8)
    size = int.from_bytes(head, "big")
    body = child.stdout.read(size) if len(head) == 8 else b""
    if len(head) < 8 or len(body) < size:
        raise _lost(child)
    answer, problem = pickle.loads(body)  # noqa: S301 - written by our own process
    if problem is not None:
        raise RuntimeError(f"in a process that makes pages: {problem}")
    return answer


def _lost(child: subprocess.Popen[bytes]) -> ToolError:
    code = child.wait(timeout=10)
    return ToolError(
        "a process that makes pages ended before its time",
        why=f"exit status {code}",
        mend="build again with fewer processes (--jobs 1), or with more memory",
    )


def _serve() -> None:
    """Do the jobs that come through standard input until it ends."""
    source, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that prints may disturb the answers
    prepared: Any = None
    work: Callable[[Any, Any], Any] | None = None
    while head := source.read(8):
        message = pickle.loads(source.read(int.from_bytes(head, "big")))  # noqa: S301 - from our parent process
        if work is None:
            prepare, setting, work = message
            prepared = prepare(setting)
            continue
        try:
            answer = pickle.dumps((work(prepared, message), None))
        except Exception as error:  # noqa: BLE001 - the parent process tells of it
            answer = pickle.dumps((None, f"{type(error).__name__}: {error}\n{traceback.format_exc()}"))
        answers.write(len(answer).to_bytes(8, "big") + answer)
        answers.flush()
