"""What a README says in running text, without headings, lists, code and chatter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from fairport.scaffold.adopt.model import Found, clean
from fairport.scaffold.adopt.tree import place

RULE: Final = re.compile(r"([=\-~#*^\"+])\1{2,}\s*")
"""A line of one sign: the underline of a heading, or a rule."""

SIGNED: Final = re.compile(r"[_*]{1,3}([^\W\d_][^_*@]{3,60}?)\s+[-\u2013\u2014]\s+([^_*]{3,120})[_*]{1,3}\\?")
"""``_Given Family - Institution_``, a line under the title."""

_ASIDE: Final = re.compile(
    r"folder|content|install|usage|\buse\b|require|how to|\brun|set-?up|getting started|licen|test"
    r"|cit(?:e|ation)|author|contact|structure|download|version|acknowledg|contribut|support|question",
    re.I,
)
"""Headings under which nobody says what the analysis is about."""

_CHATTER: Final = re.compile(
    r"under (?:active |heavy )?(?:construction|development)|please|feel free|if you|\byou can find|"
    r"(?:any|further) (?:questions|assistance)|contact|work in progress|let (?:me|us) know|"
    r"click here|documentation,? (?:and|see|is)|"
    r"thank you|development (?:is )?very active|is r[au]n (?:with|in|on)|to run the|"
    r"(?:can|must|should) be (?:installed|downloaded)|^all documentation|"
    r"documentation .{0,80}(?:hosted|available|found)",
    re.I,
)
"""Sentences to the reader, which describe nothing."""

_HANGING: Final = re.compile(r"(?::|\b(?:are|is|with|by|following|below|and|or|to|in|via))$", re.I)
"""Ends of sentences that lead to a list or to code."""

_TELLING: Final = re.compile(
    r"analys[ie]s|search|reproduc|experiment|dark matter|limit|constrain|measure|simulat|likelihood|exclu",
    re.I,
)
_BADGE: Final = re.compile(r"\[?!\[[^\]]*\]\([^)]*\)(?:\]\([^)]*\))?")
_LINK: Final = re.compile(r"\[([^\]]{0,300})\]\(([^)\s]{0,500})\)")
_LEAST, _ENOUGH = 50, 250
_DEEPEST: Final = 3
"""Headings, the title included, after which nobody begins to say what the analysis is about."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One piece of text of a README.

    Attributes:
        line: where it begins.
        text: its text, on one line.
        section: number of the heading that it stands under.
        aside: whether that heading announces something else than a description.
        kind: ``prose``, ``item`` (of a list) or ``heading``.
    """

    line: int
    text: str
    section: int
    aside: bool
    kind: str


def plain(text: str) -> str:
    """Drop badges, links, tags and emphasis of Markdown and reStructuredText."""
    text = _LINK.sub(r"\1", _BADGE.sub(" ", text))
    text = re.sub(r"`([^`<]{1,200}?)\s*<[^`>]{1,500}>`_{0,2}", r"\1", text)
    text = re.sub(r"\[([^\]]{1,200})\]\[[^\]]{0,100}\]", r"\1", text)
    text = re.sub(r"<!--.{0,2000}?-->|</?[a-zA-Z][^<>]{0,200}>", " ", text)
    text = re.sub(r"\\([][.*_#()+!-])", r"\1", text)
    text = re.sub(r"(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)|`{1,3}", "", text)
    return re.sub(r"\s+([.,;:)])(?=\s|$)", r"\1", clean(text))


def description(name: str, lines: list[str]) -> Iterator[Found]:
    """Yield what the README says of the analysis.

    The first running text counts (likely), with the paragraphs of its section while it is short. Without
    any, a telling item of a list or heading is a guess.
    """
    paragraphs = list(_paragraphs(lines))
    text, first, section, skipped = "", 0, -1, False
    for part in paragraphs:
        if part.kind != "prose" or part.aside or part.section > _DEEPEST or SIGNED.match(part.text.strip()):
            continue
        prose = _sentences(part.text)
        if len(prose) < 20 or not re.search(r"[a-z]{3} [a-z]", prose):
            skipped = skipped or len(plain(part.text)) >= 20
            continue
        if not text and skipped and (prose[0].islower() or not _TELLING.search(prose)):
            continue  # the first words were none, so these have to tell something
        if text and part.section != section and len(text) >= _LEAST:
            break
        if text and not re.search(r"[.!?:;)]$", prose):
            continue
        text, first, section = (f"{text} {prose}" if text else prose), first or part.line, part.section
        if len(text) >= _ENOUGH:
            break
    if len(text) >= _LEAST:
        yield Found("description", clean(text), place(name, first), "likely")
        return
    for part in paragraphs:
        prose = _sentences(part.text)
        if part.section > _DEEPEST:
            return
        if part.kind != "prose" and len(prose) >= _LEAST and _TELLING.search(prose) and " " in prose:
            note = "not from running text: say in your own words what was searched for and what came out"
            yield Found("description", clean(prose), place(name, part.line), "guess", note)
            return


def _sentences(text: str) -> str:
    """Return the sentences of a paragraph that are no chatter."""
    parts = re.split(r"(?<=[.!?])\s+(?=[A-Z])", plain(text))
    return " ".join(part for part in parts if not _CHATTER.search(part) and not _HANGING.search(part)).strip()


def _paragraphs(lines: list[str]) -> Iterator[Paragraph]:
    """Yield the text of a README in pieces; code, tables, quotes and directives are left out."""
    part: list[str] = []
    start, fenced, aside, section, directive = 0, False, False, 0, False
    for number, line in enumerate([*lines[:400], ""], 1):
        stripped = line.strip()
        if stripped.startswith(("```", "~~~")):
            fenced, stripped = not fenced, ""
        heading = stripped.strip("# ") if re.match(r"#{1,6}\s", stripped) and not fenced else ""
        if RULE.fullmatch(stripped) and part and not fenced:
            heading, part = " ".join(part), []  # the line above was a heading
        directive = stripped.startswith(".. ") or (directive and (not stripped or line[:1].isspace()))
        if heading:
            section += 1
            aside = section > 1 and bool(_ASIDE.search(heading))
            if section > 1:
                yield Paragraph(number, heading, section, aside, "heading")
        item = re.match(r"\s{0,3}(?:[-*+]|\d+[.)])\s+(\S.*)", line) if not fenced and not heading else None
        if item and not RULE.fullmatch(stripped):
            if part:
                yield Paragraph(start, " ".join(part), section, aside, "prose")
                part = []
            yield Paragraph(number, item[1], section, aside, "item")
            continue
        skip = fenced or directive or not stripped or bool(heading) or bool(RULE.fullmatch(stripped))
        if skip or re.match(r"#|\||\.\. |>|<|\$|    |\[[^\]]+\]:\s", line):
            if part:
                yield Paragraph(start, " ".join(part), section, aside, "prose")
                part = []
        else:
            start = start if part else number
            part.append(stripped)
