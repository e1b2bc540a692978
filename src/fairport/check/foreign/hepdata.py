"""HEPData submissions (format 1.1.1): schemas written from the format's documentation, and what schemas
cannot say.

A submission is a YAML stream: one optional document about the whole, then one a table, each naming the file
of its numbers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, Final

from fairport.check.bins import bin_problems
from fairport.contract.loading import Pointer

KEYWORDS: Final = ("cmenergies", "observables", "reactions", "phrases")
_TEXT: Final[dict[str, Any]] = {"type": "string", "minLength": 1}
_VALUE: Final[dict[str, Any]] = {"type": ["string", "number"]}
_RESOURCES: Final[dict[str, Any]] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["location", "description"],
        "properties": {"location": {"type": "string", "maxLength": 256}, "description": _TEXT},
    },
}
_DATA_SCHEMA: Final[dict[str, Any]] = {
    "type": "string",
    "pattern": "^https?://",
    "description": "Address of the schema.",
}
_LICENCE: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["name", "url"],
    "properties": {"name": {"type": "string", "maxLength": 256}, "url": _TEXT, "description": _TEXT},
}

TABLE: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["name", "description", "keywords", "data_file"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 64},
        "location": {"type": "string", "maxLength": 256},
        "description": _TEXT,
        "keywords": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "values"],
                "additionalProperties": False,
                "properties": {
                    "name": {"enum": list(KEYWORDS)},
                    "values": {"type": "array", "items": _VALUE},
                },
            },
        },
        "data_file": _TEXT,
        "data_license": _LICENCE,
        "data_schema": _DATA_SCHEMA,
        "additional_resources": _RESOURCES,
        "related_to_table_dois": {
            "type": "array",
            "items": {"type": "string", "pattern": r"^10\.17182/hepdata\.[0-9]+\.v[0-9]+/t[0-9]+$"},
        },
        "label": _TEXT,
        "status": _TEXT,
    },
}

_ERROR: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "label": {"type": "string"},
        "symerror": _VALUE,
        "asymerror": {
            "type": "object",
            "required": ["minus", "plus"],
            "additionalProperties": False,
            "properties": {"minus": _VALUE, "plus": _VALUE},
        },
    },
    "additionalProperties": False,
}
_HEADER: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string"}, "units": {"type": "string"}},
    "additionalProperties": False,
}
_QUALIFIERS: Final[dict[str, Any]] = {
    "type": "array",
    "items": {"type": "object", "required": ["name", "value"]},
}

DATA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["independent_variables", "dependent_variables"],
    "additionalProperties": False,
    "properties": {
        "independent_variables": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["header", "values"],
                "additionalProperties": False,
                "properties": {
                    "header": _HEADER,
                    "values": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"value": _VALUE, "low": _VALUE, "high": _VALUE},
                            "additionalProperties": False,
                        },
                    },
                },
            },
        },
        "dependent_variables": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["header", "values"],
                "additionalProperties": False,
                "properties": {
                    "header": _HEADER,
                    "qualifiers": {
                        "type": "array",
                        "items": {"type": "object", "required": ["name", "value"]},
                    },
                    "values": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["value"],
                            "properties": {"value": _VALUE, "errors": {"type": "array", "items": _ERROR}},
                            "additionalProperties": False,
                        },
                    },
                },
            },
        },
    },
}

Trouble = tuple[Pointer, str, str]
"""Where, what, and ``error`` or ``warning``."""


def data_troubles(data: dict[str, Any]) -> Iterator[Trouble]:
    """Yield what is wrong with a data file that meets :data:`DATA`."""
    lengths: dict[int, Pointer] = {}
    for kind in ("independent_variables", "dependent_variables"):
        for index, variable in enumerate(data[kind]):
            at: Pointer = (kind, index, "values")
            lengths.setdefault(len(variable["values"]), at)
            if len(lengths) > 1:
                first, *_, last = lengths
                yield at, f"this variable has {last} values, the first {first}", "error"
                return
    for kind in ("independent_variables", "dependent_variables"):
        for index, variable in enumerate(data[kind]):
            if not variable["header"]["name"].strip():  # HEPData takes it, a reader cannot
                yield (kind, index, "header", "name"), "this variable has no name", "warning"
    if data["independent_variables"] and not data["dependent_variables"]:
        yield ("dependent_variables",), "there is no dependent variable", "error"
    binned = [item for item in data["independent_variables"] if any("low" in v for v in item["values"])]
    for index, variable in enumerate(data["independent_variables"]):
        yield from _bins(("independent_variables", index, "values"), variable["values"], len(binned) == 1)
    for index, variable in enumerate(data["dependent_variables"]):
        for row, value in enumerate(variable["values"]):
            yield from _errors(("dependent_variables", index, "values", row), value)


def _bins(at: Pointer, values: list[dict[str, Any]], alone: bool) -> Iterator[Trouble]:
    for row, value in enumerate(values):
        if not value:
            yield (*at, row), "a value needs `value`, or `low` and `high`", "error"
        text = value.get("value")
        if isinstance(text, str) and re.fullmatch(r"\s*[-+.\deE]+\s*(?:-|to)\s*[-+.\deE]+\s*", text):
            yield (*at, row, "value"), "a range is written with `low` and `high`", "error"
    low, high = ([_number(value.get(edge)) for value in values] for edge in ("low", "high"))
    for problem in bin_problems(low, high, alone=alone):
        pointer: Pointer = (*at, problem.row)
        if problem.edge in values[problem.row]:
            pointer = (*pointer, problem.edge)
        overlap = problem.message.endswith("overlap")  # HEPData takes them: cumulative bins, say
        yield pointer, problem.message, "warning" if overlap else problem.severity


def _errors(at: Pointer, value: dict[str, Any]) -> Iterator[Trouble]:
    sizes: list[float] = []
    for number, error in enumerate(value.get("errors", ())):
        pointer: Pointer = (*at, "errors", number)
        if ("symerror" in error) == ("asymerror" in error):
            yield pointer, "an error has either symerror or asymerror", "error"
            return
        sides = error.get("asymerror", {"minus": error.get("symerror"), "plus": error.get("symerror")})
        found = [_number(str(side).rstrip("% ")) for side in sides.values()]
        symmetric = "symerror" in error and found[0] is not None and found[0] < 0
        if symmetric:
            yield (*pointer, "symerror"), "a symmetric error is not negative", "error"
        sizes += [1.0 if size is None else abs(size) for size in found]
    if sizes and not any(sizes):
        yield (*at, "errors"), "all errors of this value are zero", "error"


def _number(value: Any) -> float | None:
    """Return a number that is written as such or as text; ``None`` for everything else."""
    if value is None or isinstance(value, bool):
        return None
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return None if math.isnan(found) else found
