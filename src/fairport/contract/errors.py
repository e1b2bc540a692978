"""The errors that a person can see.

Each subclass of :class:`FairportError` stands for one thing that the user must do; the command line turns
it into four lines (what, where, why, the mend) and the exit code of its class. Anything else that is
raised is a defect of Fairport and ends with exit code 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a text file; lines and columns count from 1, ``None`` means the whole file."""

    path: str
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None

    def __str__(self) -> str:
        parts = [self.path]
        if self.line is not None:
            parts.append(str(self.line))
            if self.column is not None:
                parts.append(str(self.column))
        return ":".join(parts)


class FairportError(Exception):
    """Base of every error shown to a user.

    Args:
        what: one sentence saying what went wrong.
        where: the file, or a :class:`Location` in it.
        why: the reason, when it is known and not already in ``what``.
        mend: what the user can do now.
    """

    exit_code = 1

    def __init__(
        self,
        what: str,
        *,
        where: Location | Path | str | None = None,
        why: str | None = None,
        mend: str | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.why = why
        self.mend = mend

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where is not None else self.what
        if self.why:
            text += f" ({self.why})"
        if self.mend:
            text += f" -> {self.mend}"
        return text


class UsageError(FairportError):
    """The command was called in a way that cannot work: change the call."""

    exit_code = 2


class ConfigurationError(FairportError):
    """A configuration or environment is not as it must be: change the set-up."""

    exit_code = 2


class DocumentError(FairportError):
    """A document cannot be read or does not meet its contract: change the document."""

    exit_code = 2


class UnsupportedVersionError(DocumentError):
    """The document was written for a release that this one cannot read: update Fairport."""


class ToolError(FairportError):
    """An external tool is missing or failed to start: install or repair it."""

    exit_code = 2


class RunFailedError(FairportError):
    """A workflow ran and failed: look at the step that is named."""

    exit_code = 1


class RefusedError(FairportError):
    """The request is well formed, but carrying it out would be wrong (physics, licence, safety)."""

    exit_code = 1
