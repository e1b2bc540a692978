"""Do inputs hold the numbers of a starter's example, in whatever layout, order of keys or rounding?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from fairport.contract.resources import template_root

_FEWEST: Final = 8
"""Fewer numbers than this are no sign of anything."""


def holds_example_numbers(data: Any) -> bool:
    """Tell whether a document holds the numbers of an example: as many, and each within one percent."""
    mine = _sorted(data)
    return any(
        len(mine) == len(theirs) and all(_close(one, two) for one, two in zip(mine, theirs, strict=True))
        for theirs in example_numbers()
    )


def _close(one: float, two: float) -> bool:
    return abs(one - two) <= 0.01 * max(abs(one), abs(two))


def _sorted(data: Any) -> tuple[float, ...]:
    return tuple(sorted(_numbers(data)))


def _numbers(data: Any) -> Iterator[float]:
    pending = [data]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)
        elif isinstance(item, (int, float)) and not isinstance(item, bool):
            yield float(item)


@cache
def example_numbers() -> tuple[tuple[float, ...], ...]:
    """Return the numbers of each example input that ships with the template, in rising order."""
    paths = (template_root() / "template").glob("*/data/*/experiment.json")
    found = (_sorted(json.loads(path.read_bytes())) for path in paths)
    return tuple(numbers for numbers in found if len(numbers) >= _FEWEST)
