"""People whom README and AUTHORS name: authors, and whom to ask."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from fairport.scaffold.adopt import names
from fairport.scaffold.adopt.model import Evidence, Found, Notice, clean
from fairport.scaffold.adopt.prose import SIGNED, plain
from fairport.scaffold.adopt.tree import Tree, place

_PERSON: Final = re.compile(r"\s*[-*]\s+\[([^\]]{3,80})\]\(https?://orcid\.org/([0-9Xx-]{19})/?\)\s*")
_LINKED: Final = re.compile(r"\s*[-*]\s+`([^`<]{3,80}?)\s*<https?://orcid\.org/([0-9Xx-]{19})/?>`_{1,2}\s*")
_AUTHORS: Final = re.compile(r"\W{0,4}authors?\W{0,4}:\W{0,4}(\S.{3,300})", re.I)
_BYLINE: Final = re.compile(r"[*_]{0,3}[Bb]y:?\s+(\S.{5,300})")
_SECTION: Final = re.compile(
    r"\W{0,6}(?:the )?(?:main )?authors?(?:\s*(?:&|and|/)\s*contacts?)?\W{0,6}", re.I
)
"""Headings under which the authors are listed."""

_SENTENCE: Final = re.compile(r"^the authors? of \S.{0,80}? (?:are|is) (\S.{3,300}?)\.?$", re.I)
_ITEM: Final = re.compile(r"\s{0,4}(?:[-*+]|\d{1,2}[.)])\s+(\S.{3,200})")
_ADDRESS: Final = re.compile(r"<\s*([\w.+-]{1,60}@(?:[\w-]+\.){1,4}[A-Za-z]{2,12})\s*>")
_MAIL: Final = re.compile(
    r"([A-Za-z0-9][\w.+-]{0,60})\s*(?:@|[\[(]\s?at\s?[\])])\s*((?:[\w-]+\.){1,4}[A-Za-z]{2,12})\b"
)
_CONTACT: Final = re.compile(
    r"\bcontact|e-?mail|questions?\b|\bcomments?\b|\bmaintain|correspond|get in touch", re.I
)


def evidence(name: str | None, lines: list[str], tree: Tree) -> Iterator[Evidence]:
    """Yield authors and contact of a README, and the authors of an AUTHORS file.

    Args:
        name: the README, or ``None``.
        lines: its lines.
        tree: the repository.
    """
    if name is not None:
        yield from _signed(name, lines)
        yield from _author_line(name, lines)
        yield from _author_section(name, lines)
        yield from _contact(name, lines)
    yield from _author_files(tree)


def _signed(name: str, lines: list[str]) -> Iterator[Evidence]:
    people: list[dict[str, Any]] = []
    first = 0
    for number, line in enumerate(lines[:15], 1):
        match = SIGNED.fullmatch(line.strip())
        who = names.person(match[1]) if match else None
        if match and who and "given_names" in who:
            people.append({**who, "affiliations": [{"name": clean(match[2], 200)}]})
            first = first or number
    if people:
        yield Found("authors", people, place(name, first), "likely")


def _author_line(name: str, lines: list[str]) -> Iterator[Evidence]:
    """Yield the people of a line ``Authors: A. One, B. Two and C. Three``, or of ``By A. One and B. Two``
    below the title, if all of them have two names."""
    for number, line in enumerate(lines[:200], 1):
        match = _AUTHORS.fullmatch(line.strip()) or (
            _BYLINE.fullmatch(line.strip()) if number <= 10 else None
        )
        people = _all_of(match[1]) if match is not None else []
        if people:
            yield Found("authors", people, place(name, number), "likely")
            return


def _all_of(text: str) -> list[dict[str, Any]]:
    """Return the people of ``A. One, B. Two and C. Three``; none when one of the parts is no name."""
    text = re.sub(r"\([^()]{0,120}\)|<[^<>]{0,120}>", "", plain(text)).strip("*_ ")
    parts = [part for part in re.split(r"\s*(?:,|;|&|\band\b)\s*", text) if part.strip(" .")]
    known = [who for part in parts if (who := names.person(part)) and _is_whole(who)]
    return known if known and len(known) == len(parts) and all(_is_name(who) for who in known) else []


def _is_whole(who: dict[str, Any]) -> bool:
    return "given_names" in who or "organisation" in who


def _author_section(name: str, lines: list[str]) -> Iterator[Evidence]:
    """Yield the people whom a section of a README lists as its authors, or names in a sentence."""
    for start, heading in _headings(lines[:600]):
        if not _SECTION.fullmatch(heading):
            continue
        people, first = [], 0
        for number, line in enumerate(lines[start : start + 60], start + 1):
            if _is_heading(lines, number - 1):
                break
            item, said = _ITEM.fullmatch(line), _SENTENCE.fullmatch(plain(line.strip()))
            found = [who] if item and (who := _entry(item[1])) else _all_of(said[1]) if said else []
            people += found
            first = first or (number if found else 0)
        if people:
            yield Found("authors", people, place(name, first), "likely")
            return


def _headings(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield the text of each heading with the number of lines up to its end."""
    for index, line in enumerate(lines):
        if re.match(r"#{1,6}\s", line):
            yield index + 1, line.strip("# \n")
        elif index + 1 < len(lines) and line.strip() and re.match(r"([=\-~^])\1{2,}\s*$", lines[index + 1]):
            yield index + 2, line.strip()


def _is_heading(lines: list[str], index: int) -> bool:
    """Tell whether a heading begins in this line."""
    after = lines[index + 1] if index + 1 < len(lines) else ""
    underlined = bool(lines[index].strip()) and re.match(r"([=\-~^])\1{2,}\s*$", after) is not None
    return underlined or re.match(r"#{1,6}\s", lines[index]) is not None


def _entry(text: str) -> dict[str, Any] | None:
    """Return the person of an entry such as ``Given Family <mail>`` or ``Given Family (Institute)``."""
    mail = _ADDRESS.search(text)
    shown = re.split(r"\s*[;(<:|]|\s[-\u2013\u2014]\s|,", plain(_ADDRESS.sub("", text)), maxsplit=1)[0]
    who = names.person(shown)
    if who is None or "given_names" not in who or not _is_name(who) or re.search(r"[0-9@/]", shown):
        return None
    return {**who, "email": mail[1]} if mail else who


def _is_name(who: dict[str, Any]) -> bool:
    words = " ".join(str(part) for part in who.values()).split()
    return len(words) <= 6 and words[0][:1].isupper() and words[-1][:1].isupper()


def _contact(name: str, lines: list[str]) -> Iterator[Evidence]:
    """Yield the first e-mail address of a line about contact, or of a section of that name."""
    section = False
    for number, line in enumerate(lines[:600], 1):
        underlined = number < len(lines) and re.match(r"([=\-~^])\1{2,}\s*$", lines[number])
        if underlined or re.match(r"#{1,6}\s", line):
            section = bool(_CONTACT.search(line))
        if not section and not _CONTACT.search(line):
            continue
        match = _MAIL.search(line[:2000])
        if match is None or re.search(r"^(?:example|domain)\.|noreply|github\.com$", match[2], re.I):
            continue
        contact = {"email": f"{match[1]}@{match[2]}"}
        who = _before(line[: match.start()])
        yield Found("contact", {"name": who, **contact} if who else contact, place(name, number), "likely")
        return


def _before(text: str) -> str:
    """Return the name that stands right before an address: ``Given Family (``."""
    before = plain(text).rstrip("(<[:,- ").removesuffix("mailto").rstrip("(<[:,- ")
    match = re.search(r"((?:[^\W\d_a-z][\w'.-]+\s+){1,3}[^\W\d_a-z][\w'-]+)$", before)
    found = re.sub(r"^(?:(?:Please|Contact|E-?[Mm]ail|Mail|Questions?)\s+)+", "", match[1] if match else "")
    return clean(found, 80) if " " in found and not _CONTACT.search(found) else ""


def _author_files(tree: Tree) -> Iterator[Evidence]:
    for name in tree.named("AUTHORS.md", "AUTHORS.rst", "AUTHORS", "AUTHORS.txt"):
        people, first = [], 0
        text = (tree.text(name) or "").splitlines()
        for number, line in enumerate(text, 1):
            match = _PERSON.fullmatch(line) or _LINKED.fullmatch(line)
            who = names.person(match[1]) if match else None
            if match and who:
                orcid, flaw = names.orcid(match[2])
                if flaw:
                    yield Notice("problem", "orcid", flaw, place(name, number))
                people.append({**who, "orcid": orcid} if orcid else who)
                first = first or number
        if not people:
            people, first = _plain_authors(text)
        if people:
            yield Found("authors", people, place(name, first), "likely")


def _plain_authors(lines: list[str]) -> tuple[list[dict[str, Any]], int]:
    """Return the people of an AUTHORS file with one in a line, and where they begin: up to the first heading
    that announces others, such as contributors."""
    people: list[dict[str, Any]] = []
    first = 0
    for number, line in enumerate(lines[:200], 1):
        if _is_heading(lines, number - 1) and not _SECTION.fullmatch(line.strip("# \n")):
            if people:
                break
            if number > 1:
                return [], 0
        item = _ITEM.fullmatch(line)
        who = _entry(item[1] if item else line) if item or _ADDRESS.search(line) else None
        if who:
            people.append(who)
            first = first or number
    return people, first
