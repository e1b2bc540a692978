"""A run as its folder tells it: enough for ``runs status`` and ``runs logs``, in any process."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from fairport.contract.errors import RefusedError, UsageError
from fairport.contract.run import RunError, RunFile, RunRecord
from fairport.engines.records import RunFolder, now, settled, state

_TAIL_BYTES: Final = 16_000
_TAIL_LINES: Final = 15
_TAIL_WIDTH: Final = 300


class RecordedRun:
    """A run that some process drove or drives here.

    Attributes:
        folder: its folder.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder

    def status(self) -> str:
        """Return the recorded state, or ``interrupted`` when its driver is gone."""
        return state(self.folder, self.folder.load())

    def logs(self, step: str | None = None) -> str:
        """Return the log of one step, or those of all steps that wrote something with a heading each.

        Raises:
            UsageError: there is no such step.
        """
        record = self.folder.load()
        known = {item.id: item for item in record.steps if item.log or item.id == step}
        if step is not None and step not in known:
            raise UsageError(
                f'run {record.id} has no log of a step "{step[:60]}"',
                mend=f"steps with a log are {some(list(known)) or 'none'}",
            )
        texts = []
        for item in [known[step]] if step is not None else known.values():
            path = self.folder.path / (item.log or "none")
            inside = path.resolve().is_relative_to(self.folder.path.resolve())
            text = path.read_text("utf-8", "replace") if inside and path.is_file() else ""
            texts.append(text if step is not None else f"== {item.id} ({item.status})\n{text}")
        return "\n".join(texts)

    def outputs(self) -> tuple[RunFile, ...]:
        """Return the final outputs."""
        return self.folder.load().outputs

    def cancel(self) -> None:
        """Record that an interrupted run is cancelled: what it started ended with its driver.

        Raises:
            RefusedError: another process drives the run.
        """
        if self.folder.held_elsewhere():
            raise RefusedError(
                f"run {self.folder.id} is driven by another process", mend="fairport runs cancel"
            )
        record = settled(self.folder, self.folder.load())
        self.folder.clear_work()
        self.folder.save(replace(record, status="cancelled", ended=now(), error=RunError("cancelled")))

    def wait(self) -> RunRecord:
        """Return the record as it stands; an interrupted run comes as a failed one."""
        return settled(self.folder, self.folder.load())


def log_tail(path: Path) -> tuple[str, ...]:
    """Return the last lines of a log, without control sequences, clipped in number and width."""
    try:
        with path.open("rb") as stream:
            size = stream.seek(0, 2)
            stream.seek(max(0, size - _TAIL_BYTES))
            text = stream.read().decode("utf-8", "replace")
    except OSError:
        return ()
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
    lines = [line.rstrip()[:_TAIL_WIDTH] for line in plain.splitlines() if line.strip()]
    return tuple(lines[-_TAIL_LINES:])


def some(names: Sequence[str], shown: int = 20) -> str:
    """Return the first names and how many more there are."""
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more
