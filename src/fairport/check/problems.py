"""Problems with a schema as issues with a place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from typing import Any

from fairport.check.documents import Parsed
from fairport.check.issue import Issue
from fairport.contract.schemas import Problem, problems, validate


def schema_issues(kind: str, file: Parsed, data: Any = None) -> Iterator[Issue]:
    """Yield the problems of a file with the contract's schema ``kind``; ``data`` when they were migrated."""
    yield from problem_issues(file, validate(kind, file.data if data is None else data))


def foreign_issues(name: str, file: Parsed) -> Iterator[Issue]:
    """Yield the problems of a file with the ``SCHEMA`` of the module ``fairport.check.foreign.<name>``."""
    schema, validator = _foreign(name)
    if not validator.is_valid(file.data):
        yield from problem_issues(file, problems(schema, file.data))


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
            at_key=at_key,
            found=problem.found,
            expected=problem.expected,
            help=problem.help,
            severity="note" if problem.severity == "note" else None,
            subject=None if problem.keyword in {"required", "type"} else problem.keyword,
        )
