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
    """Yield the people of a line ``Authors: A. One, B. Two and C. Three``, if all of them have two names."""
    for number, line in enumerate(lines[:200], 1):
        match = _AUTHORS.fullmatch(line.strip())
        if match is None:
            continue
        text = re.sub(r"\([^()]{0,120}\)|<[^<>]{0,120}>", "", plain(match[1]))
        people = [
            names.person(part) for part in re.split(r"\s*(?:,|;|&|\band\b)\s*", text) if part.strip(" .")
        ]
        known = [who for who in people if who and ("given_names" in who or "organisation" in who)]
        if known and len(known) == len(people) and all(_is_name(who) for who in known):
            yield Found("authors", known, place(name, number), "likely")
            return


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
        for number, line in enumerate((tree.text(name) or "").splitlines(), 1):
            match = _PERSON.fullmatch(line) or _LINKED.fullmatch(line)
            who = names.person(match[1]) if match else None
            if match and who:
                orcid, flaw = names.orcid(match[2])
                if flaw:
                    yield Notice("problem", "orcid", flaw, place(name, number))
                people.append({**who, "orcid": orcid} if orcid else who)
                first = first or number
        if people:
            yield Found("authors", people, place(name, first), "likely")
