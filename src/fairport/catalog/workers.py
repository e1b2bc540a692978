"""Processes that do jobs one after the other, whatever program they were started from.

The pools of the standard library import the main module of the program once more in each process, which
fails in notebooks and in scripts without a guard; these processes import nothing but the work they are given.
"""

from __future__ import annotations

import gc
import os
import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from threading import Lock, Semaphore
from typing import Any, Final, Generic, TypeVar

from fairport.contract.errors import FairportError, ToolError
from fairport.contract.machine import machine_error

J = TypeVar("J")
R = TypeVar("R")

_ONE_THREAD: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
_START: Final = "from fairport.catalog.workers import _serve; _serve()"


class Crew(Generic[J, R]):
    """Processes to which any thread may give a job; each is started when there is work for it.

    Args:
        processes: how many there may be.
        prepare: called once in each process with ``setting``; what it returns is the first argument of
            ``work``. Like ``work`` it is a function of a module, found there by its name.
        setting: anything that can be pickled.
        work: does one job, which can be pickled like what it returns.
        nice: by how much they step back for others on a busy machine, as ``nice`` counts it.
    """

    def __init__(
        self,
        processes: int,
        prepare: Callable[..., Any],
        setting: object,
        work: Callable[[Any, J], R],
        *,
        nice: int = 0,
    ) -> None:
        """Begin with nobody."""
        self.processes = processes
        self._first = pickle.dumps((prepare, setting, work, nice))
        self._seats = Semaphore(processes)
        self._lock = Lock()
        self._idle: list[subprocess.Popen[bytes]] = []
        self._children: list[subprocess.Popen[bytes]] = []

    def hire(self, processes: int) -> None:
        """Start so many processes at once, which then wait for work."""
        self._idle += [self._start() for _ in range(processes)]

    def do(self, job: J) -> R:
        """Have a job done; waits while everybody is busy.

        Raises:
            ToolError: the process ended before its time.
            ConfigurationError: the machine fails, such as a full disk.
            RuntimeError: the work itself has a defect.
        """
        with self._seats:
            with self._lock:
                child = self._idle.pop() if self._idle else self._start()
            try:
                _send(child, pickle.dumps(job))
                answer: R = _answer(child)
            except ToolError:
                raise  # it has ended: another takes its place when there is more work
            except BaseException:
                self._idle.append(child)
                raise
            self._idle.append(child)
            return answer

    def dismiss(self) -> None:
        """End every process."""
        for child in self._children:
            if child.stdin is not None:
                with suppress(OSError):
                    child.stdin.close()
        for child in self._children:
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            if child.stdout is not None:
                child.stdout.close()

    def _start(self) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            [sys.executable, "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **_ONE_THREAD},
        )
        self._children.append(child)
        _send(child, self._first)
        return child


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
    if isinstance(problem, FairportError):
        raise problem
    if problem is not None:
        raise RuntimeError(f"in a process of its own: {problem}")
    return answer


def _lost(child: subprocess.Popen[bytes]) -> ToolError:
    code = child.wait(timeout=10)
    return ToolError(
        "a process ended before its time",
        why=f"exit status {code}",
        mend="try again with fewer processes (--jobs 1), or with more memory",
    )


def collect_rarely() -> None:
    """Look for circles of objects less often in this process, which makes many things that stay: building
    10,000 records spends a fifth of its time on looking otherwise.
    """
    gc.set_threshold(50_000, 20, 100)


def _serve() -> None:
    """Do the jobs that come through standard input until it ends."""
    collect_rarely()
    source, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that prints may disturb the answers
    prepared: Any = None
    work: Callable[[Any, Any], Any] | None = None
    while head := source.read(8):
        message = pickle.loads(source.read(int.from_bytes(head, "big")))  # noqa: S301 - from our parent process
        if work is None:
            prepare, setting, work, nice = message
            os.nice(nice)
            prepared = prepare(setting)
            continue
        try:
            answer = pickle.dumps((work(prepared, message), None))
        except Exception as error:  # noqa: BLE001 - the parent process tells of it
            told = machine_error(error) or f"{type(error).__name__}: {error}\n{traceback.format_exc()}"
            answer = pickle.dumps((None, told))
        answers.write(len(answer).to_bytes(8, "big") + answer)
        answers.flush()
    os._exit(0)  # freeing one by one what is left would keep the parent process waiting
