"""Plain data to typed frozen dataclasses and back.

The JSON Schemas have already decided what is valid; this only gives the values names and types. Keys that
a dataclass does not know (``x-*`` extensions, fields of a newer minor version) are left out.
"""

from __future__ import annotations

import dataclasses
import sys
import types
import typing
from collections.abc import Hashable
from dataclasses import MISSING
from functools import cache
from typing import Any, Final, TypeVar, Union, cast, get_args, get_origin

T = TypeVar("T")

_WORD: Final = 80
"""Characters of a text that may well stand in several documents."""

_PLAIN: Final = frozenset({str, int, float, bool, types.NoneType})


def structure(cls: type[T], data: Any) -> T:
    """Build ``cls`` (a dataclass) from validated plain data.

    Raises:
        TypeError: a required field is missing, i.e. the data were not validated.
    """
    values = {}
    for name, key, hint in _fields(cast("Hashable", cls)):
        if key in data:
            values[name] = _convert(hint, data[key])
    return cls(**values)


def unstructure(value: Any) -> Any:
    """Return plain data; optional fields that are ``None`` or empty are left out, unless marked ``keep``."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    plan = _plan(cast("Hashable", kind))
    if plan is not None:
        data = {}
        for name, key, always in plan:
            content = unstructure(getattr(value, name))
            if always or not (content is None or content in ([], {})):
                data[key] = content
        return data
    if isinstance(value, (list, tuple)):
        return [unstructure(item) for item in value]
    if isinstance(value, dict):
        return {key: unstructure(item) for key, item in value.items()}
    return value


@cache
def _plan(cls: Any) -> tuple[tuple[str, str, bool], ...] | None:
    """Return attribute, key and whether it is always written of each field, ``None`` for other classes."""
    if not dataclasses.is_dataclass(cls):
        return None
    return tuple(
        (
            item.name,
            item.metadata.get("key", item.name),
            (item.default is MISSING and item.default_factory is MISSING) or bool(item.metadata.get("keep")),
        )
        for item in dataclasses.fields(cls)
    )


@cache
def _fields(cls: Any) -> tuple[tuple[str, str, Any], ...]:
    hints = typing.get_type_hints(cls)
    return tuple((f.name, f.metadata.get("key", f.name), hints[f.name]) for f in dataclasses.fields(cls))


def _convert(hint: Any, data: Any) -> Any:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _convert_union(get_args(hint), data)
    if origin is tuple:
        item = get_args(hint)[0]
        return tuple(_convert(item, element) for element in data)
    if origin is dict:
        item = get_args(hint)[1]
        return {key: _convert(item, element) for key, element in data.items()}
    if dataclasses.is_dataclass(hint) and isinstance(data, dict):
        return structure(cast("type[Any]", hint), data)
    if hint is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    return _shared(data)


def _shared(data: Any) -> Any:
    """Return one object for equal words: many documents say the same, and a catalogue holds them all."""
    return sys.intern(data) if type(data) is str and len(data) <= _WORD else data


def _convert_union(options: tuple[Any, ...], data: Any) -> Any:
    for option in options:
        if isinstance(data, dict) and (dataclasses.is_dataclass(option) or get_origin(option) is dict):
            return _convert(option, data)
        if isinstance(data, list) and get_origin(option) is tuple:
            return _convert(option, data)
    if float in options and isinstance(data, int) and not isinstance(data, bool) and int not in options:
        return float(data)
    return _shared(data)
