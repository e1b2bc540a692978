"""What a rule yields: something that is not as it should be, at a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from fairport.check.cleaning import clean
from fairport.contract.errors import DocumentError, Location
from fairport.contract.finding import Edit, Fix, Severity
from fairport.contract.loading import Document, Pointer

_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem found by a rule.

    Attributes:
        message: one sentence.
        path: file relative to the repository; empty for the repository itself.
        document: the parsed file, for the position of ``pointer``.
        pointer: path to the value inside the document; it may name a key that is missing.
        at_key: whether the key rather than the value is at fault.
        line: line from 1 where there is no pointer.
        column: column from 1 where there is no pointer.
        found: what is there.
        expected: what should be there.
        help: how to mend it.
        severity: severity under the release profile, when it is not that of the rule.
        category: correctness or completeness, when it is not that of the rule.
        fix: mechanical correction.
        subject: what distinguishes it from other issues of the rule at the same place.
        cause: (rule, path) whose finding is the root of this one.
    """

    message: str
    path: str = ""
    document: Document | None = None
    pointer: Pointer | None = None
    at_key: bool = False
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    found: str | None = None
    expected: str | None = None
    help: str | None = None
    severity: Severity | None = None
    category: Literal["correctness", "completeness"] | None = None
    fix: Fix | None = None
    subject: str | None = None
    cause: tuple[str, str] | None = None

    def place(self) -> Location:
        """Return where the issue is; positions of pointers are only computed here."""
        if self.document is not None and self.pointer is not None:
            where = self.document.locate(self.pointer, key=self.at_key)
            return Location(self.path, where.line, where.column, where.end_line, where.end_column)
        return Location(self.path, self.line, self.column, self.end_line, self.end_column)


def from_error(error: DocumentError, path: str) -> Issue:
    """Turn an error of loading into an issue with the position that it carries."""
    where = error.where if isinstance(error.where, Location) else Location(path)
    return Issue(
        f"cannot be read: {error.what}" + (f" ({error.why})" if error.why else ""),
        path=path,
        line=where.line,
        column=where.column,
        help=error.mend,
    )


def replace_value(path: str, pointer: Pointer, value: Any, *, safe: bool = True) -> Fix:
    """Return the fix that sets one value of a document."""
    edit = Edit(path, pointer=json_pointer(pointer), value=value)
    return Fix("safe" if safe else "unsafe", (edit,))


def json_pointer(pointer: Pointer) -> str:
    """Return RFC 6901 text."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in pointer)


def ordinal(pointer: Pointer) -> str:
    """Return the number of a list item, from 1, for messages; the key of a mapping as it is."""
    last = pointer[-1]
    return str(last + 1) if isinstance(last, int) else shown(last, 40)


def shown(value: object, limit: int = _SHOWN) -> str:
    """Return a value as it is quoted in messages: one line, no control characters, not long."""
    text = clean(value if isinstance(value, str) else str(value))
    return text if len(text) <= limit else text[: limit - 3] + "..."


def quoted(value: object, limit: int = _SHOWN) -> str:
    """Return a value for messages in double quotes."""
    return f'"{shown(value, limit)}"'
