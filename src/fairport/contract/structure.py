"""Plain data to typed frozen dataclasses and back.

The JSON Schemas have already decided what is valid; this only gives the values names and types. Keys that
a dataclass does not know (``x-*`` extensions, fields of a newer minor version) are left out.
"""

from __future__ import annotations

import dataclasses
import sys
import types
import typing
from collections.abc import Callable, Hashable
from dataclasses import MISSING
from functools import cache
from typing import Any, Final, TypeVar, Union, cast, get_args, get_origin

T = TypeVar("T")

Convert = Callable[[Any], Any]

_WORD: Final = 80
"""Characters of a text that may well stand in several documents."""

_PLAIN: Final = frozenset({str, int, float, bool, types.NoneType})


def structure(cls: type[T], data: Any) -> T:
    """Build ``cls`` (a dataclass) from validated plain data.

    Raises:
        TypeError: a required field is missing, i.e. the data were not validated.
    """
    fields = _fields(cast("Hashable", cls))
    values = {}
    for key, content in data.items():
        if key in fields:
            name, convert = fields[key]
            values[name] = convert(content)
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
def _fields(cls: Any) -> dict[str, tuple[str, Convert]]:
    """Return attribute and conversion of each field of a dataclass, by its key."""
    hints = typing.get_type_hints(cls)
    fields = dataclasses.fields(cls)
    return {f.metadata.get("key", f.name): (f.name, _converter(hints[f.name])) for f in fields}


@cache
def _converter(hint: Any) -> Convert:
    """Return what gives a value the type of ``hint``; made once, since a catalogue reads many documents."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _union(get_args(hint))
    if origin is tuple:
        convert = _converter(get_args(hint)[0])
        return lambda data: tuple([convert(item) for item in data])
    if origin is dict:
        convert = _converter(get_args(hint)[1])
        return lambda data: {key: convert(item) for key, item in data.items()}
    if dataclasses.is_dataclass(hint):
        kind = cast("type[Any]", hint)
        return lambda data: structure(kind, data) if isinstance(data, dict) else _shared(data)
    return _number if hint is float else _shared


def _shared(data: Any) -> Any:
    """Return one object for equal words: many documents say the same, and a catalogue holds them all."""
    return sys.intern(data) if type(data) is str and len(data) <= _WORD else data


def _number(data: Any) -> Any:
    return float(data) if isinstance(data, int) and not isinstance(data, bool) else _shared(data)


def _union(options: tuple[Any, ...]) -> Convert:
    of_dict = [option for option in options if dataclasses.is_dataclass(option) or get_origin(option) is dict]
    of_list = [option for option in options if get_origin(option) is tuple]
    mapping = _converter(of_dict[0]) if of_dict else _shared
    sequence = _converter(of_list[0]) if of_list else _shared
    plain = _number if float in options and int not in options else _shared
    if not of_dict and not of_list:
        return plain

    def convert(data: Any) -> Any:
        if isinstance(data, dict):
            return mapping(data)
        return sequence(data) if isinstance(data, list) else plain(data)

    return convert
