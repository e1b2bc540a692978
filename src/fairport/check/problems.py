"""Problems with a schema as issues with a place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from fairport.check.documents import Parsed
from fairport.check.issue import Issue
from fairport.contract.schemas import Problem, validate


def schema_issues(kind: str, file: Parsed, data: Any = None) -> Iterator[Issue]:
    """Yield the problems of a file with the contract's schema ``kind``; ``data`` when they were migrated."""
    yield from problem_issues(file, validate(kind, file.data if data is None else data))


def problem_issues(file: Parsed, problems: Iterable[Problem]) -> Iterator[Issue]:
    """Yield problems of a schema as issues; a missing key is named by the pointer that it would have."""
    for problem in problems:
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
            severity=problem.severity,
            subject=None if problem.keyword in {"required", "type"} else problem.keyword,
        )
