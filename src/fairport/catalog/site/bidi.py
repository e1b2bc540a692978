"""Text of any direction in templates: what is printed inside an element goes through :func:`prose.bidi`.

A template says ``{{ title }}`` and need not think of it. Attributes, and elements that hold only text
(``<title>``, ``<option>``), take no markup and are left as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from jinja2.ext import Extension
from jinja2.lexer import Token

if TYPE_CHECKING:
    from jinja2.lexer import TokenStream

FILTER: Final = "bidi"
_ONLY_TEXT: Final = ("title", "option", "textarea", "script", "style")
_TAG: Final = re.compile(r"<!--.*?-->|<(/?)([a-zA-Z][a-zA-Z0-9-]*)|>|\"", re.DOTALL)


class Bidi(Extension):
    """Adds the filter to every printed expression whose place takes markup."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Yield the tokens of a template."""
        place = _Place()
        for token in stream:
            if token.type == "data":
                place.read(token.value)
            if token.type == "variable_begin" and place.takes_markup:
                yield token
                yield Token(token.lineno, "lparen", "(")
                yield from _expression(stream)
            else:
                yield token


def _expression(stream: TokenStream) -> Iterator[Token]:
    """Yield the rest of a printed expression, in brackets and with the filter."""
    for token in stream:
        if token.type == "variable_end":
            yield Token(token.lineno, "rparen", ")")
            yield Token(token.lineno, "pipe", "|")
            yield Token(token.lineno, "name", FILTER)
            yield token
            return
        yield token


class _Place:
    """Where in the HTML the reader of a template is."""

    def __init__(self) -> None:
        self._tag = self._quoted = False
        self._name = ""
        self._text_of: str | None = None

    @property
    def takes_markup(self) -> bool:
        return not self._tag and self._text_of is None

    def read(self, data: str) -> None:
        """Go on by a piece of HTML."""
        for match in _TAG.finditer(data):
            mark, name = match.group(), (match[2] or "").lower()
            if self._tag:
                if mark == '"':
                    self._quoted = not self._quoted
                elif mark == ">" and not self._quoted:
                    self._tag = False
                    if self._name in _ONLY_TEXT:
                        self._text_of = self._name
            elif name and (self._text_of is None or (match[1] and name == self._text_of)):
                self._tag, self._quoted = True, False
                self._name = "" if match[1] else name
                self._text_of = None


__all__ = ["FILTER", "Bidi"]
