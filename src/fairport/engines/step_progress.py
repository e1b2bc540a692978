"""How the steps of a run are told to people."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Final

from fairport.contract.progress import Progress

_PATIENCE_SECONDS: Final = 10.0
_SHOWN_STEPS: Final = 20


class StepProgress:
    """Tells of steps as lines with a mark and seconds; of many scattered ones only now and then."""

    def __init__(self, progress: Progress, clock: Callable[[], float] = monotonic) -> None:
        self._progress, self._clock = progress, clock
        self._running: dict[str, float] = {}
        self._done = 0
        self._told = clock()

    def started(self, step: str) -> None:
        """A step has begun."""
        self._running[step] = self._clock()

    def ended(self, step: str, succeeded: bool) -> None:
        """A step has ended."""
        instant = self._clock()
        started = self._running.pop(step, None)
        took = "" if started is None else f"  {instant - started:.1f} s"
        self._done += 1
        if not succeeded or self._done <= _SHOWN_STEPS:
            self._tell(f"{'✓' if succeeded else '✗'} {step}{took}")
        elif instant - self._told > _PATIENCE_SECONDS:
            self._tell(f"✓ {self._done} steps so far")

    def tick(self) -> None:
        """Some time has passed without news."""
        if self._running and self._clock() - self._told > _PATIENCE_SECONDS:
            longest = min(self._running, key=self._running.__getitem__)
            more = f" and {len(self._running) - 1} more" if len(self._running) > 1 else ""
            self._tell(f"{longest}{more}: running for {self._clock() - self._running[longest]:.0f} s")

    def _tell(self, text: str) -> None:
        self._progress.note(text)
        self._told = self._clock()
