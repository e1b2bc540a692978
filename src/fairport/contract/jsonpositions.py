"""Line and column of every value of a JSON text.

The standard parser throws positions away and position-keeping ones are forty times slower (see the
benchmarks), so this scanner walks the tokens of a text that the standard parser has already accepted.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import Final

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}:,]|[^\s\[\]{}:,"]+')

Span = tuple[int, int]


class JsonPositions:
    """Positions of the values of one JSON text (which need not be valid beyond its brackets)."""

    def __init__(self, text: str) -> None:
        self._starts = [0] + [match.end() for match in re.finditer("\n", text)]
        self._values: dict[tuple[str | int, ...], Span] = {}
        self._keys: dict[tuple[str | int, ...], Span] = {}
        self._duplicate: Span | None = None
        self._scan(text)

    def find(self, pointer: tuple[str | int, ...], *, key: bool = False) -> tuple[int, int, int, int]:
        """Return (line, column, end line, end column), from 1, of the value or its deepest ancestor."""
        while pointer and pointer not in self._values:
            pointer, key = pointer[:-1], False
        span = self._keys.get(pointer) if key else None
        start, end = span or self._values.get(pointer, (0, 0))
        return (*self._line_column(start), *self._line_column(end))

    def duplicate(self) -> tuple[int, int] | None:
        """Return line and column of the first repeated key, if any."""
        return None if self._duplicate is None else self._line_column(self._duplicate[0])

    def _line_column(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def _scan(self, text: str) -> None:
        path: list[str | int] = []
        kinds: list[tuple[str, int]] = []  # bracket and start offset of each open collection
        expect_key = False
        for match in _TOKEN.finditer(text):
            token, (start, end) = match.group(), match.span()
            if token in "[{":
                kinds.append((token, start))
                expect_key = token == "{"
                path.append("" if expect_key else 0)
            elif token in "]}":
                if kinds:
                    path.pop()
                    self._values[tuple(path)] = (kinds.pop()[1], end)
            elif token == ",":
                if kinds:
                    expect_key = kinds[-1][0] == "{"
                    last = path[-1]
                    if isinstance(last, int):
                        path[-1] = last + 1
            elif token == ":":
                expect_key = False
            elif expect_key and path:
                path[-1] = _unquote(token)
                place = tuple(path)
                if place in self._keys and self._duplicate is None:
                    self._duplicate = (start, end)
                self._keys[place] = (start, end)
            else:
                self._values[tuple(path)] = (start, end)


def _unquote(token: str) -> str:
    try:
        return str(json.loads(token))
    except ValueError:
        return token.strip('"')
