"""Compiled schemas and problems in plain words.

``jsonschema-rs`` decides whether a document is valid (microseconds); only an invalid one is looked at
again by ``jsonschema``, whose errors carry enough to say what was found, what is expected and how to mend it.
"""

from __future__ import annotations

import difflib
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from fairport.contract.characters import bare, first_hidden, named, visible
from fairport.contract.constants import CONTRACT_MAJOR, CONTRACT_MINOR
from fairport.contract.loading import Pointer
from fairport.contract.migrations import declared_version
from fairport.contract.resources import schemas_root

DOCUMENTS = (
    "analysis",
    "manifest",
    "lock",
    "result",
    "plane",
    "registry-entry",
    "finding",
    "report",
    "assessment",
    "bundle-report",
    "run",
    "update",
    "data-report",
    "reproduction",
    "catalogue",
    "index",
)

_MOST_PROBLEMS = 500
"""A hostile document may have any number of problems; no person reads more."""

_MOST_GUESSES = 20
"""For so many unknown keys of a mapping the nearest known name is looked for."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One way in which a document does not meet its schema.

    Attributes:
        pointer: path to the value.
        keyword: the schema keyword that failed (``required``, ``type``, ``additionalProperties``, ...).
        message: one sentence.
        severity: ``note`` for keys of a newer minor version, else ``error``.
        at_key: whether the key rather than the value is at fault.
        subject: the missing or unknown key.
    """

    pointer: Pointer
    keyword: str
    message: str
    found: str | None = None
    expected: str | None = None
    help: str | None = None
    severity: Literal["error", "note"] = "error"
    at_key: bool = False
    subject: str | None = None


@cache
def schema(document: str) -> dict[str, Any]:
    """Return the JSON Schema of a document type.

    Raises:
        KeyError: there is no such document type.
    """
    if document not in DOCUMENTS and document != "common":
        raise KeyError(document)
    loaded: dict[str, Any] = json.loads((schemas_root() / f"{document}.schema.json").read_text("utf-8"))
    return loaded


def is_valid(document: str, data: Any) -> bool:
    """Tell whether ``data`` meets the schema of ``document`` exactly (no tolerance for newer minors)."""
    try:
        return bool(_fast_validator(document).is_valid(data))
    except UnicodeEncodeError:  # half a surrogate pair, as names of files may hold: no text
        return False


def validate(document: str, data: Any) -> list[Problem]:
    """Return every problem of ``data``, in document order; an empty list means valid.

    Unknown keys of a document that declares a newer minor version are notes.
    """
    if is_valid(document, data):
        return []
    version = declared_version(data)
    newer = version is not None and version[0] == CONTRACT_MAJOR and version[1] > CONTRACT_MINOR
    unmet = Problem((), "schema", "the document holds something that is no text")
    return _worded(_slow_validator(document), data, newer) or [unmet]


def problems(foreign: dict[str, Any], data: Any) -> list[Problem]:
    """Return every problem of ``data`` under any self-contained JSON Schema 2020-12, in document order.

    This gives the documents of other communities (CFF, REANA, ...) the wording of our own.
    """
    return _worded(_draft()(foreign), data, newer=False)


def _worded(validator: Any, data: Any, newer: bool) -> list[Problem]:
    found: dict[tuple[Pointer, str], Problem] = {}
    worded = (problem for error in validator.iter_errors(data) for problem in _problems(error, newer, data))
    for problem in itertools.islice(worded, _MOST_PROBLEMS):
        found.setdefault((problem.pointer, problem.message), problem)
    return sorted(found.values(), key=lambda problem: [str(part).rjust(8, "0") for part in problem.pointer])


@cache
def _fast_validator(document: str) -> Any:
    import jsonschema_rs

    resources = [(schema(name)["$id"], schema(name)) for name in _needed(document)]
    registry = jsonschema_rs.Registry(resources)
    return jsonschema_rs.validator_for(schema(document), registry=registry)


@cache
def _draft() -> Any:
    """Return the validator of ``jsonschema`` with patterns as ECMA 262 means them: ``$`` is the very end, not
    the place before a last line feed.
    """
    import jsonschema

    def pattern(validator: Any, wanted: str, instance: Any, _: Any) -> Iterator[Any]:
        if validator.is_type(instance, "string") and not _compiled(wanted).search(instance):
            yield jsonschema.ValidationError(f"{instance!r} does not match {wanted!r}")

    extend: Any = jsonschema.validators.extend
    return extend(jsonschema.Draft202012Validator, {"pattern": pattern})


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    ends = pattern.endswith("$") and not pattern.endswith("\\$")
    return re.compile(pattern[:-1] + r"\Z" if ends else pattern)


@cache
def _slow_validator(document: str) -> Any:
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012

    resources = [
        (schema(name)["$id"], DRAFT202012.create_resource(schema(name))) for name in _needed(document)
    ]
    registry: Registry[Any] = Registry().with_resources(resources)
    return _draft()(schema(document), registry=registry)


def _needed(document: str) -> tuple[str, ...]:
    further = {
        "report": ("finding",),
        "update": ("finding", "report"),
        "bundle-report": ("finding", "report", "assessment"),
    }
    return ("common", *further.get(document, ()))


def _problems(error: Any, newer: bool, root: Any) -> Iterator[Problem]:
    """Turn one error of ``jsonschema`` into problems; alternatives give the problem of the closest one."""
    if error.validator in {"anyOf", "oneOf"} and error.context:
        closest = _closest_branch(error)
        if closest is not None:
            for inner in closest:
                yield from _problems(inner, newer, root)
            return
    words = _WORDING.get(error.validator)
    pointer: Pointer = tuple(error.absolute_path)
    if error.validator is None:  # a schema that is `false`: the key must not be there
        yield from _forbidden(error, pointer, root)
    elif words is None:
        yield Problem(pointer, str(error.validator), _clip(error.message))
    else:
        yield from words(error, pointer, newer)


def _forbidden(error: Any, pointer: Pointer, root: Any) -> Iterator[Problem]:
    # jsonschema gives no path for a `false` schema: find the key by the identity of its value.
    holder = root if isinstance(root, dict) else {}
    for key, value in holder.items():
        if value is error.instance:
            yield Problem(
                (*pointer, key),
                "forbidden",
                f'"{key}" does not belong to this kind of document',
                help="remove it, or correct `kind`",
                at_key=True,
                subject=key,
            )
            return


def _closest_branch(error: Any) -> list[Any] | None:
    """Choose the alternative whose type fits and which fails least; ``None`` when none is clearly meant."""
    branches: dict[int, list[Any]] = {}
    for inner in error.context:
        branches.setdefault(inner.schema_path[0], []).append(inner)
    depth = len(error.absolute_path)
    fitting = [
        errors
        for errors in branches.values()
        if not any(e.validator in {"type", "const", "enum"} and len(e.absolute_path) == depth for e in errors)
    ]
    if len(fitting) == 1 and not all(
        e.validator == "required" and len(e.absolute_path) == depth for e in fitting[0]
    ):
        return fitting[0]
    return None


def _required(error: Any, pointer: Pointer, newer: bool) -> Iterator[Problem]:
    local, outer = error.schema.get("properties", {}), _root_properties(error.schema)
    for key in error.validator_value:
        # One error comes for each missing key; report only the one that this error names.
        if key in error.instance or repr(key) not in error.message:
            continue
        description = _description(local.get(key) or outer.get(key) or {})
        place = f" in {_dotted(pointer)}" if pointer else ""
        yield Problem(
            pointer,
            "required",
            f'"{key}" is missing{place}',
            expected=_clip(description) if description else None,
            help=f"add `{key}`",
            at_key=bool(pointer) and isinstance(pointer[-1], str),
            subject=key,
        )


def _root_properties(branch: dict[str, Any]) -> dict[str, Any]:
    """Properties of the document whose `then` branch this is."""
    for document in DOCUMENTS:
        if any(item.get("then") == branch for item in schema(document).get("allOf", [])):
            return dict(schema(document)["properties"])
    return {}


def _description(value: dict[str, Any]) -> str | None:
    if "description" not in value and str(value.get("$ref", "")).startswith(schema("common")["$id"]):
        value = schema("common")["$defs"].get(str(value["$ref"]).rsplit("/", 1)[-1], {})
    text = value.get("description")
    return str(text) if text else None


def _additional(error: Any, pointer: Pointer, newer: bool) -> Iterator[Problem]:
    known = set(error.schema.get("properties", {}))
    unknown = [key for key in error.instance if key not in known and not key.startswith("x-")]
    for index, key in enumerate(unknown[:_MOST_PROBLEMS]):
        if newer:
            yield Problem(
                (*pointer, key),
                "additionalProperties",
                f'"{key}" belongs to a newer minor version and is ignored',
                severity="note",
                at_key=True,
                subject=key,
            )
            continue
        near = difflib.get_close_matches(key[:80], sorted(known), 1, 0.6) if index < _MOST_GUESSES else []
        hint = f' (did you mean "{near[0]}"?)' if near else ""
        yield Problem(
            (*pointer, key),
            "additionalProperties",
            f'unknown key "{_clip(visible(key), 60)}"{hint}',
            found=_clip(visible(key), 60),
            expected=near[0] if near else ", ".join(sorted(known)),
            help=f"rename it to `{near[0]}`" if near else "remove it, or prefix your own keys with x-",
            at_key=True,
            subject=key,
        )


_TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "nothing",
}


def _type(error: Any, pointer: Pointer, newer: bool) -> Iterator[Problem]:
    wanted = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    expected = " or ".join(_TYPES.get(str(item), str(item)) for item in wanted)
    found = _describe(error.instance)
    help_text = None
    if "string" in wanted and isinstance(error.instance, (int, float)):
        help_text = "put the value in quotes"
    elif error.instance is None:
        help_text = "give a value, or remove the key"
    yield Problem(
        pointer,
        "type",
        f"{_dotted(pointer)} must be {expected}",
        found=found,
        expected=expected,
        help=help_text,
    )


def _enum(error: Any, pointer: Pointer, newer: bool) -> Iterator[Problem]:
    allowed = [str(item) for item in error.validator_value]
    near = difflib.get_close_matches(str(error.instance), allowed, 1, 0.5)
    yield Problem(
        pointer,
        "enum",
        f"{_dotted(pointer)} has the unknown value {_describe(error.instance)}",
        found=_describe(error.instance),
        expected=", ".join(allowed),
        help=f"did you mean {near[0]}?" if near else f"use one of: {', '.join(allowed)}",
    )


def _const(error: Any, pointer: Pointer, newer: bool) -> Iterator[Problem]:
    yield Problem(
        pointer,
        "const",
        f"{_dotted(pointer)} must be {error.validator_value}",
        found=_describe(error.instance),
        expected=str(error.validator_value),
    )


def _pattern(error: Any, pointer: Pointer, newer: bool) -> Iterator[Problem]:
    hidden = first_hidden(error.instance)
    if hidden is not None:
        yield Problem(
            pointer,
            "pattern",
            f"{_dotted(pointer)} holds a character that nobody sees: {named(hidden)}",
            found=_describe(error.instance),
            expected=_describe(bare(error.instance)),
            help="remove it, or write the value anew",
        )
        return
    description = error.schema.get("description") or f"text that matches {error.validator_value}"
    yield Problem(
        pointer,
        "pattern",
        f"{_dotted(pointer)} is malformed",
        found=_describe(error.instance),
        expected=_clip(description),
        help=f"for example {error.schema['examples'][0]}" if error.schema.get("examples") else None,
    )


def _length(error: Any, pointer: Pointer, newer: bool) -> Iterator[Problem]:
    size, limit = len(error.instance), error.validator_value
    unit = "character" if error.validator.endswith("Length") else "entry"
    bound = "at least" if error.validator.startswith("min") else "at most"
    text = f"{_dotted(pointer)} is empty" if size == 0 else f"{_dotted(pointer)} has {_count(size, unit)}"
    expected = f"{bound} {_count(limit, unit)}"
    yield Problem(pointer, error.validator, text, found=_count(size, unit), expected=expected)


def _count(number: int, unit: str) -> str:
    plural = "entries" if unit == "entry" else f"{unit}s"
    return f"{number} {unit if number == 1 else plural}"


def _bound(error: Any, pointer: Pointer, newer: bool) -> Iterator[Problem]:
    sign = {"minimum": ">=", "maximum": "<=", "exclusiveMinimum": ">", "exclusiveMaximum": "<"}[
        error.validator
    ]
    expected = f"{sign} {error.validator_value}"
    yield Problem(
        pointer,
        error.validator,
        f"{_dotted(pointer)} must be {expected}",
        found=_describe(error.instance),
        expected=expected,
    )


def _alternatives(error: Any, pointer: Pointer, newer: bool) -> Iterator[Problem]:
    keys = [branch["required"] for branch in error.validator_value if list(branch) == ["required"]]
    if len(keys) == len(error.validator_value):
        names = " or ".join(f'"{key[0]}"' for key in keys)
        rule = "exactly one of" if error.validator == "oneOf" else "at least one of"
        yield Problem(
            pointer,
            error.validator,
            f"{_dotted(pointer)} needs {rule} {names}",
            expected=names,
            help=f"add {names}",
            at_key=bool(pointer) and isinstance(pointer[-1], str),
            subject=keys[0][0],
        )
        return
    options = [text for branch in error.validator_value for text in _branch_words(branch)]
    yield Problem(
        pointer,
        error.validator,
        f"{_dotted(pointer)} has a value that is not allowed",
        found=_describe(error.instance),
        expected=" or ".join(dict.fromkeys(options)),
    )


def _branch_words(branch: dict[str, Any]) -> Iterator[str]:
    if "$ref" in branch:
        name = str(branch["$ref"]).rsplit("/", 1)[-1]
        target = schema("common")["$defs"].get(name)
        yield from _branch_words(target) if target else iter((name,))
    elif "const" in branch:
        yield str(branch["const"])
    elif "enum" in branch:
        yield from (str(item) for item in branch["enum"])
    elif branch.get("type") in _TYPES:
        low, high = branch.get("exclusiveMinimum"), branch.get("exclusiveMaximum")
        between = f" between {low} and {high}" if low is not None and high is not None else ""
        yield str(_TYPES[branch["type"]]) + between


_WORDING = {
    "required": _required,
    "additionalProperties": _additional,
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "minLength": _length,
    "maxLength": _length,
    "minItems": _length,
    "maxItems": _length,
    "minProperties": _length,
    "minimum": _bound,
    "maximum": _bound,
    "exclusiveMinimum": _bound,
    "exclusiveMaximum": _bound,
    "anyOf": _alternatives,
    "oneOf": _alternatives,
}


def _dotted(pointer: Pointer) -> str:
    text = ""
    for part in pointer:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else str(part))
    return _clip(visible(text), 120) or "the document"


def _describe(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    if value is None:
        return "nothing"
    return _clip(visible(json.dumps(value, ensure_ascii=False)), 80)


def _clip(text: str, limit: int = 240) -> str:
    return text if len(text) <= limit else text[: limit - 3] + "..."
