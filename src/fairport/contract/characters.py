"""Characters that nobody sees: which ones a document may hold, how they are named, and text without them.

*Words* (identifiers, units, versions, licences, addresses, labels of planes) hold none of them: their schemas
refuse them by ``$defs/word``. *Texts* (titles, names, sentences) may be of any script; what cannot be shown
or what reorders the text around it is taken out when the document is loaded, and joiners stay, since
Persian, Indic scripts and emoji need them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"
_PLANES = "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(1, 17))
_REORDERING = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_UNSEEN = "\xad\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\U000e0000-\U000e007f"
_BREAKING = "\x85\u2028\u2029"

_SHOWN_AS_REPLACED: Final = re.compile(f"[{_CONTROL}{_PLANES}]")
_DROPPED: Final = re.compile(f"[{_REORDERING}{_UNSEEN}]")
_BROKEN: Final = re.compile(f"[{_BREAKING}]")
_HIDDEN: Final = re.compile(f"[\t\n\r\u200c\u200d{_CONTROL}{_PLANES}{_REORDERING}{_UNSEEN}{_BREAKING}]")
_ESCAPED: Final = re.compile(f"[\t\n\r{_CONTROL}{_PLANES}{_REORDERING}{_UNSEEN}{_BREAKING}]")
_HALF: Final = re.compile("[\ud800-\udfff]")
_LETTERS = "\u0590-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_RIGHT_TO_LEFT: Final = re.compile(rf"[{_LETTERS}](?:[{_LETTERS}\u200c\u200d\s'.,-]*[{_LETTERS}])?")
_HARMFUL: Final = re.compile(f"[{_CONTROL}{_PLANES}{_REORDERING}{_UNSEEN}{_BREAKING}]")

_UNNAMED: Final = {
    "\t": "TAB",
    "\n": "LINE FEED",
    "\r": "CARRIAGE RETURN",
    "\x1b": "ESCAPE",
    "\x85": "NEXT LINE",
}


def first_hidden(word: str) -> str | None:
    """Return the first character that a word must not hold, ``None`` when there is none."""
    if word.isprintable():
        return None
    match = _HIDDEN.search(word)
    return match.group() if match else None


def first_harmful(text: str) -> str | None:
    """Return the first character that :func:`cleaned` would not keep, ``None`` when there is none."""
    if text.isascii() and text.isprintable():
        return None
    match = _HARMFUL.search(text)
    return match.group() if match else None


def named(char: str) -> str:
    """Return code and name of a character: ``U+202E (RIGHT-TO-LEFT OVERRIDE)``."""
    name = _UNNAMED.get(char) or unicodedata.name(char, "")
    return f"U+{ord(char):04X}" + (f" ({name})" if name else "")


def visible(text: str) -> str:
    """Return text in one line in which every hidden character but the joiners is written as its escape
    (``\\u202e``).
    """
    if text.isprintable():
        return text
    return _ESCAPED.sub(lambda match: match.group().encode("unicode_escape").decode("ascii"), text)


def bare(word: str) -> str:
    """Return a word without its hidden characters."""
    return _HIDDEN.sub("", word)


def removable(text: str) -> bool:
    """Tell whether the hidden characters of a text may go without a look: none is a control character, which
    may stand for something that was lost.
    """
    return _SHOWN_AS_REPLACED.search(text) is None


def cleaned(text: str) -> str:
    """Return a text as it can be shown: control characters become the replacement character, marks that
    reorder text and characters without width go, every separator of lines is a line feed.
    """
    if text.isprintable():  # as nearly every title is: then none is in it
        return text
    return _DROPPED.sub("", _SHOWN_AS_REPLACED.sub("\N{REPLACEMENT CHARACTER}", _BROKEN.sub("\n", text)))


def isolated(text: str, before: str = "\u2068", after: str = "\u2069") -> str:
    """Return a text whose right-to-left parts are set apart, so that numbers and words beside them keep their
    places (Unicode Standard Annex 9, isolates).

    Args:
        text: any text; one that begins from right to left is set apart as a whole.
        before: what stands in front of each part; by default the mark that isolates text.
        after: what stands behind it.
    """
    if text.isascii() or _RIGHT_TO_LEFT.search(text) is None:
        return text
    directions = (unicodedata.bidirectional(char) for char in text)
    if next((item for item in directions if item in {"L", "R", "AL"}), "R") != "L":
        return f"{before}{text}{after}"
    return _RIGHT_TO_LEFT.sub(lambda match: f"{before}{match.group()}{after}", text)


def whole(text: str) -> str:
    """Return a text with the replacement character for each half of a surrogate pair, which names of files
    that are not UTF-8 hold, and which no file of text can.
    """
    return text if text.isascii() else _HALF.sub("\N{REPLACEMENT CHARACTER}", text)


def shown_data(data: Any, source: str) -> Any:
    """Return plain data with every text :func:`cleaned`.

    Args:
        data: what was read from a document.
        source: text of the document; one in which nothing is hidden, also by an escape, is told at a glance,
            and gives ``data`` itself.
    """
    if "\\" in source or (not source.isascii() and _HARMFUL.search(source)):
        return _cleaned_data(data)
    return data


def _cleaned_data(data: Any) -> Any:
    if isinstance(data, str):
        return cleaned(data)
    if isinstance(data, dict):
        return {cleaned(key): _cleaned_data(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_cleaned_data(item) for item in data]
    return data
