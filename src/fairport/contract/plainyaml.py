"""The layout of plain data as YAML, written without building events and nodes for it.

Nearly all that Fairport writes are mappings of short texts and numbers. ``ruamel.yaml`` decides how each text
is written, once for the same text; this module only puts the lines below each other, byte by byte as it
would, at a fraction of the cost. What needs more than that is left to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

Written = Callable[[Any], str]
"""Returns a scalar as it is written on one line."""

_LONGEST_KEY: Final = 100
"""Longer keys are written in another way (``? key``)."""

_CHARACTERS: Final = frozenset("\n\r\t\x85\u2028\u2029")


class NotPlain(Exception):
    """The data hold something that takes more than lines below each other."""


def plain_yaml(data: Any, written: Written) -> str:
    """Return a mapping of mappings, lists and scalars in block style.

    Args:
        data: the mapping.
        written: how a scalar is written.

    Raises:
        NotPlain: there are lists in lists, texts of several lines, or the data are no mapping.
    """
    if not isinstance(data, dict) or not data:
        raise NotPlain
    return "".join(f"{line}\n" for line in _mapping(data, "", written))


def _mapping(data: Mapping[Any, Any], pad: str, written: Written) -> Iterator[str]:
    for key, value in data.items():
        name = _scalar(key, written)
        if len(name) > _LONGEST_KEY or not isinstance(key, str):
            raise NotPlain
        if isinstance(value, dict) and value:
            yield f"{pad}{name}:"
            yield from _mapping(value, f"{pad}  ", written)
        elif isinstance(value, (list, tuple)) and value:
            yield f"{pad}{name}:"
            yield from _sequence(value, pad, written)
        elif value is None:
            yield f"{pad}{name}:"
        else:
            yield f"{pad}{name}: {_scalar(value, written)}"


def _sequence(data: list[Any] | tuple[Any, ...], pad: str, written: Written) -> Iterator[str]:
    for item in data:
        if isinstance(item, dict) and item:
            lines = _mapping(item, f"{pad}    ", written)
            yield f"{pad}  - {next(lines)[len(pad) + 4 :]}"
            yield from lines
        else:
            yield f"{pad}  - {_scalar(item, written)}"


def _scalar(value: Any, written: Written) -> str:
    if isinstance(value, str):
        if not _CHARACTERS.isdisjoint(value):
            raise NotPlain
        return written(value)
    if isinstance(value, dict) and not value:
        return "{}"
    if isinstance(value, (list, tuple)) and not value:
        return "[]"
    if value is None or type(value) not in {bool, int, float}:
        raise NotPlain
    return written(value)


__all__ = ["NotPlain", "plain_yaml"]
