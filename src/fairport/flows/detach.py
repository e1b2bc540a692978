"""Runs that outlive the command that started them: detach, take up again, cancel."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final

from fairport.contract.constants import ANALYSIS_FILE, STATE_DIR
from fairport.contract.documents import load_analysis
from fairport.contract.errors import ConfigurationError, RefusedError, RunFailedError, UsageError
from fairport.contract.files import write_atomic
from fairport.contract.progress import SilentProgress
from fairport.engines.records import ACTIVE, RunFolder, find_run
from fairport.engines.registry import make_engine
from fairport.flows.run import RunOutcome, disk_errors, find_root, follow

if TYPE_CHECKING:
    from fairport.contract.progress import Progress

_VARIABLE: Final = "FAIRPORT_DETACHED"
_START_SECONDS: Final = 600.0
_CANCEL_SECONDS: Final = 60.0
_KILL_SECONDS: Final = 10.0
_POLL_SECONDS: Final = 0.1


def detach_run(path: Path, words: Sequence[str]) -> RunFolder:
    """Start ``fairport run`` in a session of its own and return once its engine has taken the run.

    Args:
        path: the analysis repository.
        words: options of ``fairport run``.

    Raises:
        UsageError, RunFailedError: it ended before that; with what it said.
    """
    root = find_root(path)
    state = root / STATE_DIR
    state.mkdir(exist_ok=True)
    write_atomic(state / ".gitignore", "*\n")
    token = secrets.token_hex(4)
    report, log = state / f"detached-{token}", state / f"detached-{token}.log"
    with log.open("wb") as stream:
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "fairport", "run", str(root), *words],
            env={**os.environ, _VARIABLE: str(report), "NO_COLOR": "1"},
            cwd=root,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    deadline = monotonic() + _START_SECONDS
    try:
        while not report.exists():
            code = child.poll()
            if code is not None and not report.exists():
                raise _ended(code, log.read_text("utf-8", "replace") or _why_silent(state))
            if monotonic() > deadline:
                child.send_signal(signal.SIGINT)
                raise ConfigurationError(f"the engine has not taken the run within {_START_SECONDS:.0f} s")
            sleep(_POLL_SECONDS)
        folder = RunFolder(root, report.read_text("utf-8").strip())
        log.replace(folder.path / "driver.log")
        return folder
    finally:
        report.unlink(missing_ok=True)
        log.unlink(missing_ok=True)


def report_detached() -> Callable[[RunFolder], None] | None:
    """Return what tells the starting command which run this is; None for a run in the foreground."""
    place = os.environ.pop(_VARIABLE, None)
    if place is None:
        return None
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have it ignored; cancel needs it
    return lambda folder: _write(Path(place), folder.id)


def fetch_run(
    path: Path,
    run: str | None = None,
    *,
    renew: bool = False,
    options: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> RunOutcome:
    """Wait for a run to end and return what became of it; a run whose driver is gone is taken up again.

    Args:
        path: the analysis repository.
        run: identifier of the run or its beginning; by default the newest.
        renew: as for ``fairport run``, when the run is taken up.
        options: settings of its engine.
        progress: who is told what happens.

    Raises:
        WorkflowFailedError: it failed.
        RefusedError: it was interrupted and its engine cannot take it up; or it was cancelled.
    """
    root = find_root(path)
    folder = find_run(root, run)
    listener = progress or SilentProgress()
    if folder.held():
        listener.step(f"waiting for run {folder.id}")
        while folder.held():
            sleep(_POLL_SECONDS * 5)
    record = folder.load()
    if record.status == "finished":
        return RunOutcome(root, record)
    if record.status in ACTIVE or (record.status == "failed" and record.engine == "slurm"):
        driver = make_engine(record.engine, options)
        if driver.resumable:
            listener.step(f"taking up run {folder.id}")
            analysis = load_analysis(root / ANALYSIS_FILE, name=ANALYSIS_FILE)
            with disk_errors(root):
                folder.hold()
                try:
                    return follow(driver.attach(folder, listener), root, analysis, folder, renew=renew)
                finally:
                    folder.release()
                    driver.close()
    if record.status == "failed":
        error = record.error
        raise RunFailedError(
            f"run {folder.id} failed: {error.message if error else 'no reason is recorded'}",
            mend="fairport runs logs shows what its steps wrote",
        )
    what = "was cancelled" if record.status == "cancelled" else "was interrupted"
    raise RefusedError(f"run {folder.id} {what}", mend="fairport run starts anew")


def cancel_run(path: Path, run: str | None = None, *, options: Mapping[str, str] | None = None) -> RunFolder:
    """Stop a run, whoever drives it, and what it started.

    Raises:
        UsageError: it has ended already.
        RunFailedError: its driver does not end.
    """
    folder = find_run(find_root(path), run)
    record = folder.load()
    if record.status not in ACTIVE:
        raise UsageError(f"run {folder.id} has ended already: {record.status}")
    driver = folder.driver()
    if driver is not None:
        _stop(folder, driver)
    if folder.load().status in ACTIVE:
        engine = make_engine(record.engine, options)
        folder.hold()
        try:
            engine.attach(folder).cancel()
        finally:
            folder.release()
            engine.close()
    return folder


def _stop(folder: RunFolder, driver: int) -> None:
    """Ask the process to cancel its run as Ctrl-C does; one that does not is ended."""
    for number, seconds in ((signal.SIGINT, _CANCEL_SECONDS), (signal.SIGTERM, _KILL_SECONDS)):
        if number == signal.SIGINT and _ignores_interrupts(driver):
            continue
        try:
            os.kill(driver, number)
        except ProcessLookupError:
            pass
        except PermissionError:
            raise RunFailedError(f"run {folder.id} is driven by somebody else's process {driver}") from None
        deadline = monotonic() + seconds
        while folder.held() and monotonic() < deadline:
            sleep(_POLL_SECONDS)
        if not folder.held():
            return
    raise RunFailedError(f"the process {driver} that drives run {folder.id} does not end")


def _ignores_interrupts(pid: int) -> bool:
    """Tell whether a process was started in the background by a shell that has interrupts ignored there."""
    try:
        text = Path(f"/proc/{pid}/status").read_text("utf-8", "replace")
    except OSError:
        return False
    found = re.search(r"^SigIgn:\s*([0-9a-f]+)$", text, re.MULTILINE)
    return found is not None and bool(int(found[1], 16) >> (signal.SIGINT - 1) & 1)


def _write(place: Path, text: str) -> None:
    write_atomic(place, text + "\n")


def _why_silent(folder: Path) -> str:
    """Return why a run that ended at once may have said nothing."""
    free = shutil.disk_usage(folder).free
    return f"error: the disk is full: {free / 1e6:.1f} MB are free" if free < 1 << 20 else ""


def _ended(code: int, said: str) -> UsageError | RunFailedError:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    first = next((line for line in lines if line.startswith("error:")), lines[-1] if lines else "")
    what = first.removeprefix("error:").strip() or f"the run ended with exit code {code}"
    rest = "\n".join(lines[lines.index(first) + 1 :][:10]) if first in lines else None
    return (UsageError if code == 2 else RunFailedError)(what, why=rest or None)
