"""Papers and DOIs that the files name: the analysis' own, and what it refers to."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Final

from fairport.scaffold.adopt import names
from fairport.scaffold.adopt.model import Evidence, Found, Notice
from fairport.scaffold.adopt.tree import Tree, place

_OWN: Final = re.compile(
    r"complements? the (?:publication|paper|article)|\b(?:our|this|my) (?:paper|publication)\b|"
    r"accompan(?:ies|ying) (?:the|our) (?:paper|publication|article)|"
    r"(?:described|decribed|presented|published|reported) in (?:an?|the|our|my) "
    r"(?:paper|publication|article)",
    re.I,
)
"""Words by which a README speaks of the paper of its own analysis."""

_BASED: Final = re.compile(r"based on (?:the|a) (?:published )?paper", re.I)
_ZENODO: Final = re.compile(r"10\.5281/zenodo\.[0-9]+", re.I)
_DOI_LINK: Final = re.compile(r"(?:doi\.org/|\bdoi:\s*)(10\.[0-9]{4,9}/[^\s\"'<>)\]},;]+)", re.I)
_PAGE: Final = re.compile(
    r"https?://(?!\S*(?:github|gitlab|wikipedia|zenodo|doi\.org|arxiv|shields|/badge))[\w.-]+"
    r"(?:/[^\s\"'<>)\]}\\`]*)?/(?:papers?|articles?|publications?|abstract|literature)/[^\s\"'<>)\]}\\`]+",
    re.I,
)
"""Address of a paper at its publisher, collaboration or literature database."""

_NUMBER: Final = re.compile(r"\S{0,80}arxiv\S{0,60}", re.I)
_SOURCES: Final = (".md", ".rst", ".py", ".ipynb", ".sh", ".smk", "snakefile", ".c", ".cc", ".cpp", ".jl")
_MAX_FILES: Final = 300
_MAX_RELATED: Final = 20


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper or DOI that a file names: its address and the place (``file:line``)."""

    identifier: str
    source: str


def evidence(name: str, lines: list[str], tree: Tree) -> Iterator[Evidence]:
    """Yield the own paper and DOI that a README states, and everything that the files refer to.

    Args:
        name: the README.
        lines: its lines.
        tree: the repository.
    """
    own = [
        *(yield from _own_paper(name, lines)),
        *(yield from _own_doi(name, lines)),
        *(yield from _cited_doi(name, lines)),
    ]
    found = [paper for paper in papers(tree) if paper.identifier.lower() not in own][:_MAX_RELATED]
    if found:
        related = [{"identifier": paper.identifier, "relation": "References"} for paper in found]
        yield Found("related", related, found[0].source, "sure")


def papers(tree: Tree) -> list[Paper]:
    """Return every paper (arXiv, DOI, page) that the texts of a repository name, each once, READMEs first."""
    files = sorted(
        tree.ending(*_SOURCES), key=lambda name: not name.rpartition("/")[2].lower().startswith("readme")
    )
    found: dict[str, Paper] = {}
    for name in files[:_MAX_FILES]:
        text = tree.text(name) or ""
        is_prose = name.lower().endswith((".md", ".rst"))
        if not is_prose and "arxiv" not in text.lower() and "doi" not in text.lower():
            continue
        for number, line in enumerate(text.splitlines(), 1):
            for identifier in (*_named(line[:20_000]), *(_pages(line[:20_000]) if is_prose else ())):
                key = (
                    re.sub(r"v[1-9][0-9]*$", "", identifier.lower()) if "arxiv" in identifier else identifier
                )
                found.setdefault(key, Paper(identifier, place(name, number)))
    return list(found.values())


def _named(line: str) -> Iterator[str]:
    for match in _NUMBER.finditer(line):
        paper = names.arxiv(match[0])
        if paper:
            yield f"https://arxiv.org/abs/{paper}"
    for match in _DOI_LINK.finditer(line):
        doi = match[1].rstrip(".\\`*").removesuffix("\\n").removesuffix(".svg").removesuffix(".pdf")
        yield f"https://doi.org/{doi}"


def _pages(line: str) -> Iterator[str]:
    for match in _PAGE.finditer(line):
        address = match[0].rstrip(".,;:*_")
        if not address.endswith((".svg", ".png")):
            yield address


def _own_paper(name: str, lines: list[str]) -> Generator[Evidence, None, list[str]]:
    """Yield the paper of the analysis, or the question which it is; return its address."""
    own: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        identifier = names.arxiv(line)
        around = " ".join(lines[max(0, number - 2) : number])
        if identifier and _OWN.search(around):
            own.setdefault(identifier, number)
        elif identifier and _BASED.search(around):
            text = f"is arXiv:{identifier} the paper of this analysis?"
            yield Notice("question", "identifiers.arxiv", text, place(name, number))
    if len(own) == 1:
        identifier, number = next(iter(own.items()))
        yield Found("identifiers.arxiv", identifier, place(name, number), "likely")
    elif own:
        listed = ", ".join(list(own)[:5])
        text = f"which of {listed} is the paper of this analysis?"
        yield Notice("question", "identifiers.arxiv", text, place(name, min(own.values())))
    return [f"https://arxiv.org/abs/{identifier}".lower() for identifier in own] if len(own) == 1 else []


def _cited_doi(name: str, lines: list[str]) -> Generator[Evidence, None, list[str]]:
    """Ask whether a Zenodo DOI in a section on citation is that of the analysis; return it."""
    section = False
    for number, line in enumerate(lines, 1):
        underlined = number < len(lines) and re.match(r"[=\-~^]{3,}\s*$", lines[number])
        if underlined or re.match(r"#{1,6}\s", line):
            section = bool(re.search(r"\bcit(?:e|ing|ation)", line, re.I))
        zenodo = _ZENODO.search(line) if section else None
        if zenodo:
            text = f"is {zenodo[0]} the DOI of this analysis?"
            yield Notice("question", "identifiers.doi", text, place(name, number))
            return [f"https://doi.org/{zenodo[0].lower()}"]
    return []


def _own_doi(name: str, lines: list[str]) -> Generator[Evidence, None, list[str]]:
    """Yield the DOI of the badge in the head of a README and return it; a badge further down is of others."""
    head = _head(lines)
    for number, line in enumerate(lines[:head], 1):
        zenodo = _ZENODO.search(line)
        badge = re.search(r"zenodo\.org/badge/(?:latestdoi/)?([0-9]+)", line)
        if zenodo and "badge" in line:
            doi = f"https://doi.org/{zenodo[0].lower()}"
            note = "a DOI of one version or of all of them: look at its page"
            yield Found("identifiers.doi", doi, place(name, number), "guess", note)
            return [doi]
        if badge and not zenodo:
            text = f"the Zenodo badge {badge[1]} leads to a DOI that no file states: which?"
            yield Notice("question", "identifiers.doi", text, place(name, number))
            return []
    return []


def _head(lines: list[str]) -> int:
    """Return how many lines of a README speak of its repository: to the second heading or to words that
    announce something, at most 30.
    """
    headings = 0
    for number, line in enumerate(lines[:30]):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        headings += bool(
            re.match(r"#{1,6}\s", line) or (line.strip() and re.match(r"[=\-~^]{4,}\s*$", following))
        )
        if headings > 1 or re.search(r"\w:\s*$", line):
            return number
    return min(len(lines), 30)
