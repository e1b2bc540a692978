"""Text and attributes for XML documents that are written by hand."""

from __future__ import annotations

import re
from typing import Final
from xml.sax.saxutils import escape

_ILLEGAL: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """Return ``text`` for an element or an attribute in double quotes, without signs that XML 1.0 forbids."""
    return escape(_ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text), {'"': "&quot;"})


def element(name: str, text: str | None, indent: str = "", **attributes: str | None) -> str:
    """Return an element on a line of its own, nothing without text; ``_`` in attribute names is ``-``."""
    if not text:
        return ""
    given = "".join(
        f' {key.replace("_", "-")}="{xml_text(value)}"' for key, value in attributes.items() if value
    )
    return f"{indent}<{name}{given}>{xml_text(text)}</{name}>\n"
