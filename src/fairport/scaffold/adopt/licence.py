"""Which licence a repository has, by the text of its licence file and by what it says of its data."""

from __future__ import annotations

import re
from typing import Final

from fairport.contract import licencetexts
from fairport.scaffold.adopt.model import Evidence, Found, Notice, clean
from fairport.scaffold.adopt.tree import Tree, place

_FILES: Final = re.compile(r"(?:licen[cs]e|copying)(?:[.-][\w.-]*)?", re.I)

_CC_LINK: Final = re.compile(
    r"creativecommons\.org/(?:licenses/(by(?:-nc|-sa|-nd)*)|publicdomain/(zero))/([1-4]\.0)", re.I
)
_ALIASES: Final = {
    "mit license": "MIT",
    "the mit license": "MIT",
    "apache license 2.0": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "bsd-3": "BSD-3-Clause",
}
_GNU: Final = re.compile(r"([AL]?GPL-[123]\.[01])(\+)?")
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*(?: (?:OR|AND|WITH) [A-Za-z0-9.-]+)*")


def licence_of(text: str) -> str | None:
    """Return the SPDX identifier of a licence text, or ``None`` when it is not known.

    A GNU text does not say whether later versions are allowed: it becomes ``-only``, the narrower.
    """
    name = licencetexts.licence_of(text)
    return f"{name}-only" if name and _GNU.fullmatch(name) else name


def identifier(value: object) -> str | None:
    """Return the SPDX expression in a metadata field (identifier, address or common name).

    GNU identifiers without ``-only`` or ``-or-later``, which SPDX retired, become ``-only``: the narrower.
    """
    text = clean(value, 200)
    text = re.sub(
        r"^https?://(?:www\.)?(?:spdx\.org/licenses|opensource\.org/licenses?)/", "", text, flags=re.I
    )
    link = _CC_LINK.search(text)
    if link:
        return _creative_commons(link)
    text = text.rstrip("/").removesuffix(".html").removesuffix(".json")
    text = _ALIASES.get(text.lower(), text)
    text = re.sub(r"^cc-(by|0)", lambda match: match[0].upper(), text) if text.islower() else text
    gnu = _GNU.fullmatch(text)
    if gnu:
        return f"{gnu[1]}-{'or-later' if gnu[2] else 'only'}"
    return _known(text) if _ID.fullmatch(text) else None


def _known(text: str) -> str | None:
    """Return an expression as SPDX writes it when SPDX knows all of its identifiers."""
    from license_expression import ExpressionError, ParseError, get_spdx_licensing

    licensing = get_spdx_licensing()
    try:
        parsed = licensing.parse(text, validate=True, strict=True)
    except (ExpressionError, ParseError):
        return None
    written = str(parsed) if parsed is not None else ""
    return written if written.casefold() == text.casefold() else None


def evidence(tree: Tree) -> list[Evidence]:
    """Return the licences that the files of the repository state."""
    found: list[Evidence] = []
    for name in tree.files:
        if "/" in name or not _FILES.fullmatch(name):
            continue
        text = tree.text(name)
        licence = licence_of(text) if text else None
        if licence is None:
            found.append(
                Notice("problem", "licence", "the text is of no licence that is known here", place(name))
            )
            continue
        field = "licences.data" if licence.startswith("CC") else "licences.code"
        note = _gnu_note(licence)
        found.append(Found(field, licence, place(name, 1), "likely" if note else "sure", note))
    if not any(isinstance(item, Found) and item.field == "licences.code" for item in found):
        found.append(Notice("problem", "licence", "there is no licence file for the code"))
    return found + _data_licence(tree)


def copyright_holder(tree: Tree) -> tuple[str, str] | None:
    """Return the holder that a licence file names, and its ``file:line``."""
    for name in tree.files:
        if "/" not in name and _FILES.fullmatch(name):
            for number, line in enumerate((tree.text(name) or "").splitlines()[:40], 1):
                match = re.search(r"copyright\s*(?:\(c\)|©)?\s*[0-9][0-9, -]*\s*,?\s*(\S.{2,80})", line, re.I)
                if match:
                    return clean(match[1], 100), place(name, number)
    return None


def _gnu_note(licence: str) -> str:
    if not licence.endswith("-only"):
        return ""
    return "the text leaves open whether later versions are allowed: -or-later if you say so"


def _data_licence(tree: Tree) -> list[Evidence]:
    """Find what README files say of the licence of data."""
    for name in tree.files:
        base = name.rpartition("/")[2].lower()
        if not base.startswith("readme"):
            continue
        lines = (tree.text(name) or "").splitlines()
        about_data = name.lower().startswith("data/")
        for number, line in enumerate(lines, 1):
            link = _CC_LINK.search(line)
            around = " ".join(lines[max(0, number - 4) : number + 2]).lower()
            if link and (about_data or re.search(r"\bdata(?:sets?| sets?)?\b", around)):
                return [Found("licences.data", _creative_commons(link), place(name, number), "likely")]
    return []


def _creative_commons(link: re.Match[str]) -> str:
    return f"CC0-{link[3]}" if link[2] else f"CC-{link[1].upper()}-{link[3]}"
