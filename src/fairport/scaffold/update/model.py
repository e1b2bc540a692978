"""What an update would do and did: answers, files, migrations, problems."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

State = Literal["new", "clean", "merged", "conflict", "deleted", "moved", "user-owned", "absent"]
"""What becomes of a file: it is new; unchanged by you and renewed; your changes and those of the template are
merged; both changed the same lines; no longer part of the template and unchanged by you; moved; yours, so not
touched; deleted by you, so it stays so."""

STATES: tuple[State, ...] = (
    "new",
    "clean",
    "merged",
    "moved",
    "deleted",
    "conflict",
    "user-owned",
    "absent",
)

Outcome = Literal["updated", "up-to-date", "dry-run", "stopped"]


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """An answer that is another one after the update, and who changed it.

    Attributes:
        name: question, by its name after the update.
        before: answer before, ``None`` where there was no question.
        after: answer after, ``None`` where there is no question any more.
        how: ``renamed``, ``migrated``, ``removed``, ``new``, ``given``.
        why: reason or question in words.
    """

    name: str
    before: Any
    after: Any
    how: Literal["renamed", "migrated", "removed", "new", "given"]
    why: str = ""


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """An answer that would be lost or changed without anybody having said so.

    Attributes:
        name: question.
        value: recorded answer.
        text: what is wrong.
        mend: what to add to the call.
    """

    name: str
    value: Any
    text: str
    mend: str


@dataclass(frozen=True, slots=True)
class Content:
    """A file: bytes, or the target of a symbolic link; and whether it is executable."""

    data: bytes
    executable: bool = False
    link: bool = False


@dataclass(frozen=True, slots=True)
class FileChange:
    """What becomes of one file.

    Attributes:
        path: path in the repository, after the update.
        state: see :data:`State`.
        note: what a person should know.
        line: first line with a conflict marker.
        before: content now, ``None`` where there is no file.
        after: content after the update, ``None`` where there is none.
        moved_from: former path.
        written: whether the file system changes.
    """

    path: str
    state: State
    note: str = ""
    line: int | None = None
    before: Content | None = None
    after: Content | None = None
    moved_from: str | None = None
    written: bool = False

    def data(self) -> dict[str, Any]:
        """Return plain data for reports."""
        found: dict[str, Any] = {"path": self.path, "state": self.state}
        found |= {"note": self.note} if self.note else {}
        found |= {"line": self.line} if self.line is not None else {}
        found |= {"moved_from": self.moved_from} if self.moved_from else {}
        return found


@dataclass(frozen=True, slots=True)
class UpdateReport:
    """An update, planned or done.

    Attributes:
        path: folder of the repository.
        source: address of the template.
        before: version of the template before.
        after: version after.
        outcome: ``updated``, ``up-to-date``, ``dry-run`` or ``stopped`` (nothing was written).
        answers: answers that change.
        problems: answers that would be lost; with any of them the update stops.
        files: what becomes of each file that the template changed.
        migrations: one line for each migration that was applied.
        notes: what else a person should know.
        recovered: whether an interrupted update was undone first.
    """

    path: Path
    source: str
    before: str
    after: str
    outcome: Outcome
    answers: tuple[AnswerChange, ...] = ()
    problems: tuple[AnswerProblem, ...] = ()
    files: tuple[FileChange, ...] = ()
    migrations: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    recovered: bool = False

    @property
    def conflicts(self) -> tuple[FileChange, ...]:
        """Files where a person must decide."""
        return tuple(change for change in self.files if change.state == "conflict")

    @property
    def exit_code(self) -> int:
        """Return 2 when the update stopped, 1 with conflicts, else 0."""
        if self.outcome == "stopped":
            return 2
        return 1 if self.conflicts else 0

    def data(self) -> dict[str, Any]:
        """Return plain data as in ``schemas/update.schema.json``."""
        return {
            "schema_version": "1.0",
            "path": str(self.path),
            "template": {"source": self.source, "before": self.before, "after": self.after},
            "outcome": self.outcome,
            "answers": [
                {"name": a.name, "how": a.how, "before": a.before, "after": a.after, "why": a.why}
                for a in self.answers
            ],
            "problems": [
                {"name": p.name, "value": p.value, "text": p.text, "mend": p.mend} for p in self.problems
            ],
            "migrations": list(self.migrations),
            "files": [change.data() for change in self.files],
            "notes": list(self.notes),
            "recovered": self.recovered,
        }
