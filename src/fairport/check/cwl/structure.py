"""Which values of a CWL file are of a wrong kind or missing, with their exact place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from fairport.check.foreign.cwl import OTHER, SCHEMAS
from fairport.check.issue import Issue
from fairport.check.parsed import CwlFile
from fairport.check.problems import problem_issues, too_large
from fairport.contract.loading import Pointer
from fairport.contract.schemas import Problem, problems


def structure_issues(file: CwlFile) -> Iterator[Issue]:
    """Yield what is wrong with the shape of a file; a file that imports parts of itself is left to the
    parser, which reads them.
    """
    if not isinstance(file.data, dict) or _imports(file.data):
        return
    found: list[Problem] = []
    for pointer, process in _processes(file.data):
        found += [replace(problem, pointer=(*pointer, *problem.pointer)) for problem in _problems(process)]
    yield from problem_issues(file, found)


def _processes(data: dict[str, Any]) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    yield (), data
    graph = data.get("$graph")
    for index, item in enumerate(graph if isinstance(graph, list) else ()):
        if isinstance(item, dict):
            yield ("$graph", index), item


def _problems(process: dict[str, Any]) -> list[Problem]:
    name = process.get("class")
    kind = name if isinstance(name, str) and name in SCHEMAS and "$graph" not in process else ""
    schema, validator = _compiled(kind)
    if validator.is_valid(process):
        return []
    return too_large(process) or problems(schema, process)


@cache
def _compiled(kind: str) -> tuple[dict[str, Any], Any]:
    import jsonschema_rs

    schema = SCHEMAS.get(kind, OTHER)
    return schema, jsonschema_rs.validator_for(schema)


def _imports(data: Any) -> bool:
    """Tell whether any part of a document comes from another file."""
    pending = [data]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            if any(key in item for key in ("$import", "$include", "$mixin")):
                return True
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)
    return False
