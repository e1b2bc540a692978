"""Dotted fields of a result record: what is stated, what is not, and where results disagree."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from fairport.contract.constants import NOT_STATED
from fairport.contract.documents import Plane, Result


def field_value(record: Result, path: str) -> Any:
    """Return the value of a dotted field such as ``astro.halo.rho0`` or ``model.couplings.gq``.

    A value that a person curated later takes the place of ``not-stated``; below a group that is
    ``not-stated`` every field is.

    Returns:
        Plain data (a quantity gives its dataclass), ``not-stated``, or ``None`` when the record lacks the
        field.
    """
    parts = path.split(".")
    value: Any = record
    for depth, part in enumerate(parts):
        value = _step(value, part)
        if value == NOT_STATED:
            value = _curated(record, parts[0], ".".join(parts[1 : depth + 1]))
        if value is None or value == NOT_STATED:
            return value
    return value


def required_fields(plane: Plane) -> tuple[str, ...]:
    """Return the dotted fields that a result in this plane must state or call not-stated."""
    return (
        *(f"model.{name}" for name in plane.requires.model),
        *(f"astro.{name}" for name in plane.requires.astro),
        *(f"statistics.{name}" for name in plane.requires.statistics),
    )


def missing_fields(record: Result, plane: Plane) -> tuple[str, ...]:
    """Return the required fields that the record does not have at all."""
    if record.kind == "line":
        return ()
    return tuple(path for path in required_fields(plane) if field_value(record, path) is None)


def unstated_fields(record: Result, plane: Plane) -> tuple[str, ...]:
    """Return the required fields for which the record says ``not-stated`` and nobody has curated a value."""
    return tuple(path for path in required_fields(plane) if field_value(record, path) == NOT_STATED)


def comparable(value: Any) -> Any:
    """Return a value in a form in which equal things are equal: quantities as (value, unit) without
    uncertainty.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        if hasattr(value, "unit") and hasattr(value, "value"):
            return (float(value.value), value.unit)
        return {f.name: comparable(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, (list, tuple)):
        return tuple(comparable(item) for item in value)
    return value


def _step(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(name)
    return getattr(value, name, None)


def _curated(record: Result, group: str, path: str) -> Any:
    """Return the curated value of a not-stated field of a group, else ``not-stated``."""
    curated = getattr(getattr(record, group, None), "curated", None) or {}
    entry = curated.get(path)
    return entry.value if entry is not None else NOT_STATED
