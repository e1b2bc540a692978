"""What every reader returns: columns with their units as stated, and what the source says of itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fairport.contract.errors import Location


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a foreign table.

    Attributes:
        name: its name in the source, ``column N`` where the source has none.
        values: numbers as they stand in the source (times a stated scaling); NaN is a missing cell.
        unit: the unit as the source writes it, ``None`` where it states none.
        role: what the source says it is: ``x``, ``y``, ``z``, a band of the record (``p50``,
            ``unconstrained``, ...), ``ring`` or ``ignore``; ``None`` where the source does not say.
    """

    name: str
    values: tuple[float, ...]
    unit: str | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class ImportedTable:
    """A table as it was read.

    Attributes:
        format: name of the format.
        name: file that it came from, as shown in messages.
        columns: all columns, of equal length.
        lines: line of the file on which each row stands; its number, from 1, in ``part`` of a binary file.
        part: object of a binary file that holds the rows (``tree/limit``, ``SED``); empty for text.
        comments: comment lines, without their marks; they are shown to a person and never trusted.
        named: whether the source names its columns.
        stated: dotted fields of the result record that the source states.
        assumptions: what the reader took for granted, in sentences.
        notices: what a person should know, in sentences.
    """

    format: str
    name: str
    columns: tuple[Column, ...]
    lines: tuple[int, ...]
    comments: tuple[str, ...] = ()
    named: bool = False
    stated: dict[str, Any] = field(default_factory=dict)
    assumptions: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    part: str = ""

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.lines)

    def place(self, row: int) -> Location:
        """Return where a row (counted from 0) stands: a line of a text, or a row of an object."""
        if self.part:
            return Location(f"{self.name}:{self.part}[{self.lines[row]}]")
        return Location(self.name, self.lines[row])

    def spot(self, row: int) -> str:
        """Return the place of a row within its file, in words."""
        return f"{'row' if self.part else 'line'} {self.lines[row]}"
