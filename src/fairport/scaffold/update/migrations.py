"""Migrations between released versions of a template, declared as data in the template itself.

``<subdirectory>/_shared/migrations.yaml`` of the *newer* template holds the whole history::

    owned: [notes/]                    # paths of the user, besides the usual ones
    migrations:
      - version: "0.2.0"               # applies to updates from below this version to it or above
        why: one line for the report
        questions:
          renamed: {old: new}
          removed: [name]              # its answer means nothing any more
        choices:
          licence: {GPL: GPL-3.0-or-later}
        files:
          moved: {docs/old.md: docs/new.md, old/: new/}
        record:                        # fairport.yaml
          renamed: {/software/lock: lockfile}
          values: {/status: {wip: draft}}

``choices`` name questions as they are called in that version. Only what is declared here happens without
asking: an answer that would change in any other way stops the update.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from fairport.contract.errors import ConfigurationError, Location
from fairport.contract.loading import load_yaml
from fairport.scaffold.releases import version_key
from fairport.scaffold.update.model import AnswerChange

FILE: Final = "_shared/migrations.yaml"

_KEYS: Final[dict[str, frozenset[str]]] = {
    "": frozenset({"owned", "migrations"}),
    "migration": frozenset({"version", "why", "questions", "choices", "files", "record"}),
    "questions": frozenset({"renamed", "removed"}),
    "files": frozenset({"moved"}),
    "record": frozenset({"renamed", "values"}),
}


@dataclass(frozen=True, slots=True)
class Migration:
    """What one version of the template changed.

    Attributes:
        version: the version that brought the change.
        why: one line for the report.
        renamed: old to new name of a question.
        removed: questions whose answers mean nothing any more.
        choices: question to old and new value.
        moved: old to new path; a path that ends with ``/`` is a folder.
        record_renamed: JSON pointer into ``fairport.yaml`` to the new name of that key.
        record_values: JSON pointer to old and new value.
    """

    version: str
    why: str = ""
    renamed: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    record_renamed: Mapping[str, str] = field(default_factory=dict)
    record_values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class History:
    """The migrations of a template, oldest first, and the paths that it leaves to its users."""

    migrations: tuple[Migration, ...] = ()
    owned: tuple[str, ...] = ()

    def between(self, before: str, after: str) -> tuple[Migration, ...]:
        """Return the migrations of an update, in the order in which they apply."""
        low, high = version_key(before), version_key(after)
        return tuple(item for item in self.migrations if low < version_key(item.version) <= high)


def load_history(folder: Path) -> History:
    """Read the migrations of a template; without the file there are none.

    Args:
        folder: the template's folder of files (its ``_subdirectory``).

    Raises:
        ConfigurationError: the file is not what the module says.
        DocumentError: it cannot be read.
    """
    path = folder / FILE
    if not path.is_file():
        return History()
    data = load_yaml(path).data or {}
    _expect(data, dict, "the file", _KEYS[""])
    items = [_migration(entry) for entry in _expect(data.get("migrations") or [], list, "migrations")]
    owned = _expect(data.get("owned") or [], list, "owned")
    return History(tuple(sorted(items, key=lambda item: version_key(item.version))), tuple(map(str, owned)))


def migrate_answers(
    answers: Mapping[str, Any], migrations: Iterable[Migration]
) -> tuple[dict[str, Any], list[AnswerChange]]:
    """Apply migrations to answers.

    Returns:
        The new answers, and one change for each answer that a migration touched.
    """
    current = dict(answers)
    changes: dict[str, AnswerChange] = {}
    for migration in migrations:
        for old, new in migration.renamed.items():
            if old in current:
                value = current.pop(old)
                current.setdefault(new, value)
                former = changes.pop(old, None)
                before = former.before if former else value
                changes[new] = AnswerChange(new, before, value, "renamed", _reason(f"was {old}", migration))
        for name, values in migration.choices.items():
            value = current.get(name)
            if isinstance(value, str) and value in values:
                current[name] = values[value]
                before = changes[name].before if name in changes else value
                changes[name] = AnswerChange(name, before, values[value], "migrated", _reason("", migration))
        for name in migration.removed:
            if name in current:
                value = current.pop(name)
                changes[name] = AnswerChange(name, value, None, "removed", _reason("", migration))
    return current, list(changes.values())


def moves(migrations: Iterable[Migration], paths: Iterable[str]) -> dict[str, str]:
    """Return old to new path for the given paths that some migration moves, chains followed."""
    found = {}
    steps = list(migrations)
    for path in paths:
        current = path
        for migration in steps:
            current = _moved(current, migration.moved)
        if current != path:
            found[path] = current
    return found


def _moved(path: str, moved: Mapping[str, str]) -> str:
    if path in moved:
        return moved[path]
    for old, new in moved.items():
        if old.endswith("/") and path.startswith(old):
            return new + path.removeprefix(old)
    return path


def _reason(text: str, migration: Migration) -> str:
    return "; ".join(part for part in (text, migration.why) if part)


def _migration(entry: Any) -> Migration:
    _expect(entry, dict, "a migration", _KEYS["migration"])
    version = entry.get("version")
    try:
        version_key(str(version))
    except ValueError:
        raise _wrong(f"{version!r} is no version") from None
    questions = _expect(entry.get("questions") or {}, dict, "questions", _KEYS["questions"])
    files = _expect(entry.get("files") or {}, dict, "files", _KEYS["files"])
    record = _expect(entry.get("record") or {}, dict, "record", _KEYS["record"])
    moved = _texts(files.get("moved"), "files.moved")
    for path in (*moved, *moved.values()):
        if path.startswith("/") or ".." in path.split("/") or ".git" in path.split("/"):
            raise _wrong(f"the path {path} leads outside")
    choices = _expect(entry.get("choices") or {}, dict, "choices")
    values = _expect(record.get("values") or {}, dict, "record.values")
    return Migration(
        version=str(version),
        why=str(entry.get("why") or ""),
        renamed=_texts(questions.get("renamed"), "questions.renamed"),
        removed=tuple(map(str, _expect(questions.get("removed") or [], list, "questions.removed"))),
        choices={str(name): _texts(pairs, "choices") for name, pairs in choices.items()},
        moved=moved,
        record_renamed=_texts(record.get("renamed"), "record.renamed"),
        record_values={key: dict(_expect(pairs, dict, "record.values")) for key, pairs in values.items()},
    )


def _texts(value: Any, name: str) -> dict[str, str]:
    pairs = _expect(value or {}, dict, name)
    if not all(isinstance(text, str) for text in pairs.values()):
        raise _wrong(f"{name} must hold texts")
    return dict(pairs)


def _expect(value: Any, kind: type[Any], name: str, keys: frozenset[str] | None = None) -> Any:
    if not isinstance(value, kind):
        raise _wrong(f"{name} must be a {'mapping' if kind is dict else 'list'}")
    unknown = set(value).difference(keys) if keys is not None else set()
    if unknown:
        raise _wrong(f"{name} holds unknown keys: {', '.join(sorted(map(str, unknown)))}")
    return value


def _wrong(text: str) -> ConfigurationError:
    return ConfigurationError(
        "the migrations of the template cannot be read",
        where=Location(FILE),
        why=text,
        mend="tell the owners of the template",
    )
