"""Evidence from README, AUTHORS and the package description: title, description, people, papers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from fairport.scaffold.adopt import licence, names
from fairport.scaffold.adopt.model import Evidence, Found, Notice, clean
from fairport.scaffold.adopt.tree import Tree, place

_GENERIC: Final = frozenset("readme introduction overview about installation contents usage abstract".split())
_ASIDE: Final = re.compile(
    r"folder|content|install|usage|\buse\b|require|how to|\brun|set-?up|getting started|licen|test"
    r"|cit(?:e|ation)|author|contact|structure|download|version|acknowledg",
    re.I,
)
"""Headings under which nobody says what the analysis is about."""

_RULE: Final = re.compile(r"([=\-~#*^\"+])\1{2,}\s*")
_BADGE: Final = re.compile(r"\[?!\[[^\]]*\]\([^)]*\)(?:\]\([^)]*\))?")
_LINK: Final = re.compile(r"\[([^\]]{0,300})\]\(([^)\s]{0,500})\)")
_SIGNED: Final = re.compile(
    r"[_*]{1,3}([^\W\d_][^_*@]{3,60}?)\s+[-\u2013\u2014]\s+([^_*]{3,120})[_*]{1,3}\\?"
)
_PERSON: Final = re.compile(r"\s*[-*]\s+\[([^\]]{3,80})\]\(https?://orcid\.org/([0-9Xx-]{19})/?\)\s*")
_OWN_PAPER: Final = re.compile(
    r"complements? the (?:publication|paper|article)|(?:our|this) paper|accompan(?:ies|ying) ", re.I
)
_ZENODO: Final = re.compile(r"10\.5281/zenodo\.[0-9]+", re.I)


def readme_name(tree: Tree) -> str | None:
    """Return the README at the top of the repository."""
    found = tree.named("README.md", "README.rst", "README.txt", "README")
    return found[0] if found else None


def title(tree: Tree) -> tuple[str, int] | None:
    """Return the first heading of the README that says something, and its line."""
    name = readme_name(tree)
    lines = (tree.text(name) or "").splitlines() if name else []
    for index, line in enumerate(lines[:80]):
        after = lines[index + 1].strip() if index + 1 < len(lines) else ""
        heading = re.match(r"#{1,2}\s+(.*?)\s*#*$", line)
        under = bool(after) and bool(_RULE.fullmatch(after)) and len(after) >= len(line.strip()) - 2
        if heading or (under and line.strip() and not _RULE.fullmatch(line.strip())):
            text = _plain(heading[1] if heading else line)
            if len(text) >= 5 and text.lower() not in _GENERIC:
                return clean(text, 200), index + 1
    return None


def evidence(tree: Tree) -> list[Evidence]:
    """Return what README, AUTHORS and package descriptions tell."""
    name = readme_name(tree)
    found: list[Evidence] = []
    if name is not None:
        heading = title(tree)
        if heading:
            found.append(Found("title", heading[0], place(name, heading[1]), "likely"))
        lines = (tree.text(name) or "").splitlines()
        found += _description(name, lines)
        found += _signed(name, lines)
        found += _papers(name, lines)
    found += _author_files(tree)
    found += _package(tree)
    return found


def _description(name: str, lines: list[str]) -> Iterator[Evidence]:
    """Yield the first running text of at least 50 characters, with the paragraphs after it if it is short."""
    text, first = "", 0
    for start, paragraph in _paragraphs(lines):
        prose = _plain(paragraph)
        if _SIGNED.match(paragraph.strip()) or len(prose) < 20 or not re.search(r"[a-z]{3} [a-z]", prose):
            continue
        text, first = (f"{text} {prose}" if text else prose), first or start
        if len(text) >= 50:
            yield Found("description", clean(text), place(name, first), "likely")
            return


def _paragraphs(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of paragraphs that are neither headings, lists, code, tables nor directives."""
    part: list[str] = []
    start, fenced, aside, headings = 0, False, False, 0
    for number, line in enumerate([*lines[:400], ""], 1):
        stripped = line.strip()
        if stripped.startswith(("```", "~~~")):
            fenced = not fenced
            stripped = ""
        heading = stripped.strip("# ") if stripped.startswith("#") and not fenced else ""
        if _RULE.fullmatch(stripped) and part:
            heading, part = " ".join(part), []  # the line above was a heading
        if heading:
            headings += 1
            aside = headings > 1 and bool(_ASIDE.search(heading))
        skip = (
            aside
            or fenced
            or not stripped
            or bool(re.match(r"#|[-*+]\s|\d+[.)]\s|\||\.\. |>|<|\$|    ", line))
        )
        skip = skip or bool(_RULE.fullmatch(stripped))
        if not skip:
            start = start if part else number
            part.append(stripped)
        elif part:
            yield start, " ".join(part)
            part = []


def _plain(text: str) -> str:
    """Drop badges, links, tags and emphasis of Markdown."""
    text = _LINK.sub(r"\1", _BADGE.sub(" ", text))
    text = re.sub(r"</?[a-zA-Z][^<>]{0,200}>", " ", text)
    text = re.sub(r"(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)|`{1,3}", "", text)
    return re.sub(r"\s+([.,;:)])", r"\1", clean(text))


def _signed(name: str, lines: list[str]) -> Iterator[Evidence]:
    people: list[dict[str, Any]] = []
    first = 0
    for number, line in enumerate(lines[:15], 1):
        match = _SIGNED.fullmatch(line.strip())
        who = names.person(match[1]) if match else None
        if match and who and "given_names" in who:
            people.append({**who, "affiliations": [{"name": clean(match[2], 200)}]})
            first = first or number
    if people:
        yield Found("authors", people, place(name, first), "likely")


def _papers(name: str, lines: list[str]) -> Iterator[Evidence]:
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        around = " ".join(lines[max(0, number - 2) : number])
        identifier = names.arxiv(line)
        if identifier and _OWN_PAPER.search(around):
            yield Found("identifiers.arxiv", identifier, place(name, number), "likely")
        for match in re.finditer(r"\S{0,80}arxiv\S{0,60}", line, re.I):
            paper = names.arxiv(match[0])
            if paper:
                seen.setdefault(paper, number)
        zenodo = _ZENODO.search(line)
        if zenodo and re.search(r"badge|cite", line, re.I):
            note = "a DOI of one version or of all of them: look at its page"
            yield Found(
                "identifiers.doi", f"https://doi.org/{zenodo[0].lower()}", place(name, number), "guess", note
            )
        badge = re.search(r"zenodo\.org/badge/(?:latestdoi/)?([0-9]+)", line)
        if badge and not zenodo:
            text = f"the Zenodo badge {badge[1]} leads to a DOI that no file states: which?"
            yield Notice("question", "identifiers.doi", text, place(name, number))
    if seen:
        related = [
            {"identifier": f"https://arxiv.org/abs/{paper}", "relation": "References"} for paper in seen
        ]
        yield Found("related", related[:20], place(name, min(seen.values())), "sure")


def _author_files(tree: Tree) -> Iterator[Evidence]:
    for name in tree.named("AUTHORS.md", "AUTHORS.rst", "AUTHORS", "AUTHORS.txt"):
        people, first = [], 0
        for number, line in enumerate((tree.text(name) or "").splitlines(), 1):
            match = _PERSON.fullmatch(line)
            who = names.person(match[1]) if match else None
            if match and who:
                orcid, flaw = names.orcid(match[2])
                if flaw:
                    yield Notice("problem", "orcid", flaw, place(name, number))
                people.append({**who, "orcid": orcid} if orcid else who)
                first = first or number
        if people:
            yield Found("authors", people, place(name, first), "likely")


def _package(tree: Tree) -> Iterator[Evidence]:
    """Read ``setup.py`` as text and ``pyproject.toml`` as data; nothing is executed."""
    for name in tree.named("setup.py"):
        for number, line in enumerate((tree.text(name) or "").splitlines(), 1):
            match = re.match(
                r"\s*(author|description|version|license|url)\s*=\s*(['\"])(.+?)\2\s*,?\s*$", line
            )
            if match:
                yield from _packaged(match[1], match[3], place(name, number))
    for name in tree.named("pyproject.toml"):
        yield from _pyproject(name, tree.text(name) or "")


def _pyproject(name: str, text: str) -> Iterator[Evidence]:
    import tomllib

    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        yield Notice("problem", name, "the file is not TOML", name)
        return
    tool = data.get("tool")
    poetry = tool.get("poetry") if isinstance(tool, dict) else None
    table = data.get("project") or poetry
    if not isinstance(table, dict):
        return
    for key in ("version", "description", "license"):
        value = table.get(key)
        value = value.get("text") if isinstance(value, dict) else value
        if isinstance(value, str):
            yield from _packaged(key, value, place(name, _line_of(text, key)))
    authors = table.get("authors")
    listed = [
        who.get("name") if isinstance(who, dict) else re.sub(r"<.*", "", str(who)[:300])
        for who in (authors if isinstance(authors, list) else [])[:200]
    ]
    people = [made for who in listed if _is_full(made := names.person(who))]
    if people:
        yield Found("authors", people, place(name, _line_of(text, "authors")), "likely")


def _packaged(key: str, value: str, where: str) -> Iterator[Evidence]:
    if key == "author":
        people = [who for part in value.split(",") if _is_full(who := names.person(part))]
        if people:
            yield Found("authors", people, where, "likely")
    elif key == "description" and len(clean(value)) >= 50:
        yield Found("description", clean(value), where, "likely")
    elif key == "version" and (version := names.version(value)):
        yield Found("version", version, where, "likely")
    elif key == "license" and (spdx := licence.identifier(value)):
        yield Found("licences.code", spdx, where, "likely")


def _is_full(who: dict[str, Any] | None) -> bool:
    return who is not None and ("given_names" in who or "organisation" in who)


def _line_of(text: str, key: str) -> int | None:
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(rf"\s*{key}\s*=", line):
            return number
    return None
