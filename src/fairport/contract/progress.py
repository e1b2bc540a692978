"""How a long task tells what it is doing, without knowing who listens."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Receiver of progress; the command line has one for terminals, one for logs and one that is silent."""

    def step(self, text: str) -> None:
        """A new stage of the work begins."""

    def note(self, text: str) -> None:
        """Something worth a line happened within the stage."""


class SilentProgress:
    """Progress that goes nowhere: for library use and tests."""

    def step(self, text: str) -> None:
        """Ignore the stage."""

    def note(self, text: str) -> None:
        """Ignore the note."""
