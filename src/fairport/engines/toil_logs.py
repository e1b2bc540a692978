"""Reading what Toil writes: the log of its leader while it runs, the logs of its workers for the steps."""

from __future__ import annotations

import re
import shlex
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from fairport.contract.run import RunRecord, Step
from fairport.engines.records import RunFolder

_ISSUED = re.compile(r"^\[(\S+)\].* Issued job 'CWLJob' (\S+) kind-")
_COMPLETE = re.compile(r"CWL step complete: (\S+)")
_FAILED = re.compile(r"Job 'CWLJob' (\S+) \S+ v\d+ is completely failed")
_QUEUED = re.compile(r"with batch system ID \d+ queued as job (\d+)")
_COMPLAINT = re.compile(r"\[[EC]\] \[[^\]]*\] (.*)")
_ENTRY = re.compile(r"^\t?\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4})\] \[[^\]]*\] \[.\] \[([^\]]*)\] (.*)$")
_COMMAND = re.compile(r"^\[job (\S+)\] (\S+)\$ (.*)$")
_STATUS = re.compile(r"^\[job (\S+)\] (?:exited with status: (\d+)|completed (\S+))$")
_STREAM = re.compile(r"(.+)\.(?:stdout|stderr)_\d+\.log$")
_BLOCK_BYTES: Final = 1_000_000


class StepNames:
    """The steps of a workflow behind the units of Toil.

    The unit ``main.cwl.limit.tool.cwl`` is the step ``limit`` of ``main.cwl``, which runs ``tool.cwl``; where
    a process states its own ``id``, that stands in place of its file. A scattered step is named by its number
    alone: ``main.cwl.4.tool.cwl`` is the fifth job of the step that runs ``tool.cwl``, here called
    ``limit_5`` as cwltool calls it.

    Args:
        workflow: main file of the workflow.
        tools: the file that each step runs.
    """

    def __init__(self, workflow: str, tools: Mapping[str, str] | None = None) -> None:
        self._main = PurePosixPath(workflow).name
        self._steps: dict[str, list[str]] = {}
        for step, file in (tools or {}).items():
            self._steps.setdefault(PurePosixPath(file).name, []).append(step)

    def of(self, unit: str) -> str:
        """Return the step of a unit."""
        rest = unit.removeprefix(f"{self._main}.")
        if rest == unit:
            rest = unit.partition(".")[2] or unit
        tool = next((name for name in self._steps if rest.endswith(f".{name}")), "")
        if tool:
            step, stem = rest.removesuffix(f".{tool}"), tool.removesuffix(".cwl")
        else:
            words = rest.removesuffix(".cwl").split(".")
            step, stem = ".".join(words[: max(1, len(words) - 1)]), words[-1]
        if not step.isdecimal():
            return step
        steps = self._steps.get(tool, [])
        name = steps[0].rpartition("/")[2] if len(steps) == 1 else stem
        return name if int(step) == 0 else f"{name}_{int(step) + 1}"


@dataclass
class LeaderLog:
    """The log of the leader, read as it grows.

    Attributes:
        path: the log.
        names: names of the steps.
        running: steps that were issued and have not ended, with the instant.
        ended: steps that have ended, with ``finished`` or ``failed``.
        batch_jobs: numbers of the jobs in the batch system.
        complaint: the last error.
    """

    path: Path
    names: StepNames
    running: dict[str, str] = field(default_factory=dict)
    ended: dict[str, str] = field(default_factory=dict)
    batch_jobs: list[str] = field(default_factory=list)
    complaint: str = ""
    _offset: int = 0
    _seen: dict[str, int] = field(default_factory=dict)
    _open: dict[str, list[str]] = field(default_factory=dict)

    def news(self) -> Iterator[tuple[str, str]]:
        """Yield step and event (``issued``, ``complete``, ``failed``) of what was written since."""
        for line in self._lines():
            if not line.startswith("[20"):  # Toil repeats its first lines without a time
                continue
            if found := _ISSUED.search(line):
                name = self._issue(found[2], found[1])
                yield name, "issued"
            elif found := _COMPLETE.search(line):
                yield self._end(found[1], "finished"), "complete"
            elif found := _FAILED.search(line):
                yield self._end(found[1], "failed"), "failed"
            elif found := _QUEUED.search(line):
                self.batch_jobs.append(found[1])
            elif found := _COMPLAINT.search(line):
                self.complaint = found[1][:500]

    def _issue(self, unit: str, instant: str) -> str:
        base = self.names.of(unit)
        self._seen[base] = self._seen.get(base, 0) + 1
        name = base if self._seen[base] == 1 else f"{base}_{self._seen[base]}"
        self._open.setdefault(base, []).append(name)
        self.running[name] = _instant(instant)
        return name

    def _end(self, unit: str, status: str) -> str:
        base = self.names.of(unit)
        names = self._open.get(base)
        name = names.pop(0) if names else base  # a step that a worker went on with was never issued
        self.running.pop(name, None)
        self.ended[name] = status
        return name

    def _lines(self) -> list[str]:
        try:
            with self.path.open("rb") as stream:
                stream.seek(self._offset)
                block = stream.read(_BLOCK_BYTES)
        except OSError:
            return []
        whole = block[: block.rfind(b"\n") + 1]
        self._offset += len(whole)
        return whole.decode("utf-8", "replace").splitlines()


@dataclass
class _Execution:
    """One execution of a tool, as the log of its worker tells it."""

    name: str
    started: str
    command: str
    text: list[str] = field(default_factory=list)
    ended: str | None = None
    exit_code: int | None = None
    status: str | None = None


def steps_of(folder: RunFolder, record: RunRecord, names: StepNames) -> tuple[Step, ...]:
    """Return the steps that have ended, from the logs of the workers, in the order in which they began.

    Each gets a log of its own below ``logs/``. A step that failed and succeeded later counts as succeeded.

    Args:
        folder: the run's folder, with the logs of the workers below ``logs/toil/``.
        record: the run.
        names: names of the steps.
    """
    raw = folder.logs / "toil"
    said = _streams(raw)
    found: dict[tuple[str, str], _Execution] = {}
    paths = sorted(raw.glob("*CWLJob*.log")) if raw.is_dir() else []
    for path in paths:
        for key, execution in _executions(path):
            found.setdefault(key, execution)
    ordered = sorted(found.values(), key=lambda item: item.started)
    succeeded = {item.name for item in ordered if item.status == "success"}
    shown = {PurePosixPath(item.path).name: item.path for item in record.inputs}
    steps, seen = [], dict[str, int]()
    for item in ordered:
        if item.status != "success" and item.name in succeeded:
            continue
        base = names.of(item.name)
        seen[base] = seen.get(base, 0) + 1
        name = base if seen[base] == 1 else f"{base}_{seen[base]}"
        log = folder.logs / f"{re.sub(r'[^A-Za-z0-9._-]', '_', name)[:80]}.log"
        text = "".join(f"{line}\n" for line in [*item.text, *_stdout(said, item)])
        if not log.exists() and (text or item.status != "success"):
            log.write_text(text, "utf-8")
        steps.append(
            Step(
                id=name,
                status="finished" if item.status == "success" else "failed",
                started=item.started,
                ended=item.ended,
                command=tuple(_words(item.command, shown)),
                exit_code=item.exit_code
                if item.exit_code is not None
                else (0 if item.status == "success" else None),
                log=f"{folder.logs.name}/{log.name}" if log.exists() else None,
            )
        )
    return tuple(steps)


def pack_logs(logs: Path) -> None:
    """Pack the logs of Toil's workers and of the batch system into ``workers.tar.gz``, after a success.

    There are up to four for each job, and what the steps wrote stands in logs of their own.
    """
    folders = [folder for folder in (logs / "toil", logs / "batch") if folder.is_dir()]
    with tarfile.open(logs / "workers.tar.gz", "w:gz") as archive:
        for folder in folders:
            for path in sorted(folder.iterdir()):
                if path.is_file() and path.stat().st_size:
                    archive.add(path, f"{folder.name}/{path.name}")
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def final_files(outputs: Any, folder: Path, port: str = "") -> Iterator[dict[str, str]]:
    """Yield port and path (relative to ``folder``) of each final output in Toil's answer."""
    if isinstance(outputs, list):
        for item in outputs:
            yield from final_files(item, folder, port)
    elif isinstance(outputs, dict):
        if outputs.get("class") in {"File", "Directory"} and port:
            path = Path(unquote(urlsplit(str(outputs.get("location", ""))).path))
            if path.is_relative_to(folder):
                yield {"name": port, "path": path.relative_to(folder).as_posix()}
        for key, value in outputs.items():
            yield from final_files(value, folder, port or str(key))


def _executions(path: Path) -> Iterator[tuple[tuple[str, str], _Execution]]:
    """Yield the executions in the log of a worker, which may have run several steps one after the other."""
    current: _Execution | None = None
    in_command = False
    for line in path.read_text("utf-8", "replace").splitlines():
        entry = _ENTRY.match(line)
        if entry and (begun := _COMMAND.match(entry[3])):
            current = _Execution(begun[1], _instant(entry[1]), begun[3])
            in_command = current.command.endswith("\\")
            yield (begun[1], begun[2]), current
        elif current is None:
            continue
        elif entry is None:
            text = line.removeprefix("\t")
            if in_command:
                in_command = text.rstrip().endswith("\\")
                current.command = f"{current.command.removesuffix(chr(92)).rstrip()} {text.strip()}"
            else:
                current.text.append(text)
        else:
            in_command = False
            if ended := _STATUS.match(entry[3]):
                current.ended = _instant(entry[1])
                current.exit_code = int(ended[2]) if ended[2] else current.exit_code
                current.status = ended[3] or current.status
            elif entry[2] == "cwltool":
                current.text.append(entry[3])


def _streams(raw: Path) -> dict[str, list[Path]]:
    """Return the files that hold what tools wrote, by unit."""
    found: dict[str, list[Path]] = {}
    for path in sorted(raw.iterdir()) if raw.is_dir() else ():
        if named := _STREAM.match(path.name):
            found.setdefault(named[1], []).append(path)
    return found


def _stdout(said: Mapping[str, list[Path]], item: _Execution) -> list[str]:
    """Return what a tool wrote, where Toil kept it and it can be told whose it is."""
    found = said.get(item.name, [])
    if len(found) > 2:
        return []
    return [line for path in found for line in path.read_text("utf-8", "replace").splitlines()]


def _words(command: str, shown: dict[str, str]) -> Iterator[str]:
    """Yield the words of a command line with staged files as paths in the repository or plain names."""
    text = re.sub(r"\\\s*$", "", command)
    try:
        words = shlex.split(re.sub(r"\s\\\s", " ", text))
    except ValueError:
        words = text.split()
    for word in words:
        if word in {">", "<", "2>"}:
            return
        name = PurePosixPath(word).name
        yield shown.get(name, name) if word.startswith("/") and "/stg" in word else word


def _instant(text: str) -> str:
    """Return Toil's time stamp as the contract writes instants."""
    try:
        parsed = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        parsed = datetime.now(UTC)
    return parsed.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
