"""Problems with a schema as issues with a place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from typing import Any, Final

from fairport.check.issue import Issue, replace_value
from fairport.check.parsed import Parsed
from fairport.contract.characters import bare, first_hidden, removable
from fairport.contract.finding import Fix
from fairport.contract.schemas import Problem, is_valid, problems, validate

_MOST_KEYS: Final = 20_000
_MOST_KEYS_OF_ONE: Final = 1_000
"""From so many keys on, an invalid document is refused as a whole: wording each problem takes too long."""


def schema_issues(kind: str, file: Parsed, data: Any = None) -> Iterator[Issue]:
    """Yield the problems of a file with the contract's schema ``kind``; ``data`` when they were migrated."""
    yield from problem_issues(file, contract_problems(kind, file, data))


def contract_problems(kind: str, file: Parsed, data: Any = None) -> list[Problem]:
    """Return the problems of a file with the contract's schema ``kind``, worked out once for each file."""
    if file.problems is None:
        content = file.data if data is None else data
        if is_valid(kind, content):
            file.problems = []
        else:
            file.problems = too_large(content) or validate(kind, content)
    return file.problems


def foreign_issues(name: str, file: Parsed) -> Iterator[Issue]:
    """Yield the problems of a file with the ``SCHEMA`` of the module ``fairport.check.foreign.<name>``."""
    schema, validator = _foreign(name)
    if not validator.is_valid(file.data):
        yield from problem_issues(file, too_large(file.data) or problems(schema, file.data))


def too_large(data: Any) -> list[Problem]:
    """Return the one problem of a document with too many keys, else nothing."""
    pending, keys, widest = [data], 0, 0
    while pending and keys <= _MOST_KEYS and widest <= _MOST_KEYS_OF_ONE:
        item = pending.pop()
        if isinstance(item, dict):
            keys += len(item)
            widest = max(widest, len(item))
            pending.extend(value for value in item.values() if isinstance(value, (dict, list)))
        elif isinstance(item, list):
            pending.extend(value for value in item if isinstance(value, (dict, list)))
    if keys <= _MOST_KEYS and widest <= _MOST_KEYS_OF_ONE:
        return []
    text = "does not meet its schema, and has too many keys to say where"
    return [Problem((), "size", text, help="keep data in tables, not in documents")]


@cache
def _foreign(name: str) -> tuple[dict[str, Any], Any]:
    import jsonschema_rs

    schema: dict[str, Any] = import_module(f"fairport.check.foreign.{name}").SCHEMA
    return schema, jsonschema_rs.validator_for(schema)


def problem_issues(file: Parsed, found: Iterable[Problem]) -> Iterator[Issue]:
    """Yield problems of a schema as issues; a missing key is named by the pointer that it would have."""
    for problem in found:
        pointer, at_key = problem.pointer, problem.at_key
        if problem.keyword == "required" and problem.subject is not None:
            pointer = (*pointer, problem.subject)
        yield file.issue(
            pointer,
            problem.message,
            fix=_without_hidden(file, problem),
            at_key=at_key,
            found=problem.found,
            expected=problem.expected,
            help=problem.help,
            severity="note" if problem.severity == "note" else None,
            subject=None if problem.keyword in {"required", "type"} else problem.keyword,
        )


def _without_hidden(file: Parsed, problem: Problem) -> Fix | None:
    """Return what takes characters that nobody sees out of a word, where nothing else can be meant."""
    if problem.keyword != "pattern":
        return None
    value = file.data
    try:
        for part in problem.pointer:
            value = value[part]
    except (KeyError, IndexError, TypeError):
        return None  # the document was migrated
    if not isinstance(value, str) or first_hidden(value) is None or not removable(value):
        return None
    return replace_value(file.path, problem.pointer, bare(value).strip())
