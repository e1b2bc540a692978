"""BibTeX of an analysis, for people who cite it in a paper."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from fairport.contract.analysis import Analysis, Person
from fairport.interop.metadata import bare_doi, date_published

_ESCAPES: Final = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def latex_text(text: str) -> str:
    """Return plain text as LaTeX: special characters escaped, other Unicode letters kept, blanks folded."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(escaped(printable).split())


def escaped(text: str) -> str:
    """Return text with the special characters of LaTeX escaped and all else kept."""
    return "".join(_ESCAPES.get(character, character) for character in text)


def entry(analysis: Analysis, *, key: str | None = None) -> str:
    """Return a BibTeX entry (``@software``, or ``@dataset`` for a data set) for the analysis.

    Args:
        analysis: the analysis record.
        key: citation key; by default the identifier and version of the analysis.
    """
    date = date_published(analysis)
    repository = analysis.repository.url if analysis.repository else None
    fields = {
        "author": " and ".join(_author(person) for person in analysis.authors),
        "title": "{" + latex_text(analysis.title) + "}",
        "year": date[:4] if date and re.fullmatch("[0-9]{4}", date[:4]) else None,
        "version": latex_text(analysis.version),
        "publisher": latex_text(analysis.publisher) if analysis.publisher else None,
        "doi": _verbatim(bare_doi(analysis.identifiers.doi)),
        "url": _verbatim(analysis.identifiers.doi or repository),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    kind = "dataset" if analysis.resource_type == "Dataset" else "software"
    label = re.sub(r"[^A-Za-z0-9:._-]", "-", key or f"{analysis.id}-{analysis.version}")
    return f"@{kind}{{{label},\n" + "\n".join(lines) + "\n}\n"


def _verbatim(address: str | None) -> str | None:
    """Return an address for a field that BibTeX reads as it stands: nothing in it may end the field."""
    if address is None:
        return None
    return "".join(
        quote(character, safe="", errors="replace")
        if character in '{}\\"' or character.isspace() or not character.isprintable()
        else character
        for character in address
    )


def _author(person: Person) -> str:
    if person.organisation:
        return "{" + latex_text(person.organisation) + "}"
    return latex_text(person.sort_name)
