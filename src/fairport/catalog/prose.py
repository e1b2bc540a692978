"""Text of records as HTML: everything is escaped first, then a few marks of Markdown are recognised.

Paragraphs, bullet lists, ``**bold**``, ``*emphasis*`` and `` `code` `` are all there is. No HTML passes, no
image, and no link: what a page links to comes from typed fields, never from prose. Documents of the contract
are without hidden characters when they were loaded; :func:`clean` is for text that comes another way.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from markupsafe import Markup, escape

from fairport.contract.characters import cleaned, isolated

_CODE: Final = re.compile(r"`([^`\n]{1,500})`")
_BOLD: Final = re.compile(r"\*\*(?=\S)([^*]{1,500}?)(?<=\S)\*\*")
_EMPHASIS: Final = re.compile(r"(?<![\w*])\*(?=\S)([^*]{1,500}?)(?<=\S)\*(?![\w*])")
_BULLET: Final = re.compile(r"^[-*] +")
_ISOLATES: Final = str.maketrans("", "", "\u2066\u2067\u2068\u2069")

clean = cleaned
"""Drop control characters and marks that reorder text, which no title or sentence needs."""


@lru_cache(maxsize=32_768)
def plain(text: str) -> str:
    """Return the text in one line without the marks that :func:`prose` recognises, for metadata."""
    text = _BOLD.sub(r"\1", _CODE.sub(r"\1", clean(text)))
    return " ".join(_EMPHASIS.sub(r"\1", text).split())


def shortened(text: str, limit: int) -> str:
    """Return a text of at most ``limit`` characters, cut with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def summary(text: str, limit: int = 160) -> str:
    """Return the beginning of a text in one line, cut at a word."""
    line = plain(text)
    if len(line) <= limit:
        return line
    return line[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


def inline(text: str) -> Markup:
    """Return one line of text with its marks as HTML."""
    # What escape() returned is safe; the substitutions add fixed tags around parts of it.
    html = _escaped(clean(text))
    html = _CODE.sub(r"<code>\1</code>", html)
    html = _EMPHASIS.sub(r"<em>\1</em>", _BOLD.sub(r"<strong>\1</strong>", html))
    return Markup(html)  # noqa: S704 - escaped above


def bidi(value: object) -> object:
    """Return text for the inside of an element with its right-to-left parts in ``<bdi>``; anything else, and
    what is HTML already, as it is.
    """
    if type(value) is not str or value.isascii() or isolated(value) == value:
        return value
    return Markup(_escaped(value))  # noqa: S704 - escaped


def _escaped(text: str) -> str:
    """Return text as HTML, right-to-left parts in ``<bdi>``."""
    html = str(escape(isolated(text.translate(_ISOLATES))))
    return html if html.isascii() else html.replace("\u2068", "<bdi>").replace("\u2069", "</bdi>")


def prose(text: str) -> Markup:
    """Return a text of several paragraphs as HTML."""
    blocks = re.split(r"\n\s*\n", clean(text).strip())
    return Markup("\n").join(_block(block) for block in blocks if block.strip())


def _block(block: str) -> Markup:
    lines = [line.strip() for line in block.strip().splitlines()]
    if not _BULLET.match(lines[0]):
        return Markup("<p>{}</p>").format(inline(" ".join(lines)))
    items: list[str] = []
    for line in lines:
        if _BULLET.match(line):
            items.append(_BULLET.sub("", line))
        else:
            items[-1] += " " + line
    return Markup("<ul>{}</ul>").format(
        Markup("").join(Markup("<li>{}</li>").format(inline(i)) for i in items)
    )
