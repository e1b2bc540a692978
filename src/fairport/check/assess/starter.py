"""What a scaffold brings along: values that are nobody's statement until they are changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from fairport.check.identifiers import bare_doi
from fairport.check.parsed import AnalysisFile
from fairport.check.vocabularies import PLACEHOLDERS
from fairport.contract.errors import FairportError
from fairport.contract.resources import template_root

_PLACEHOLDER: Final = re.compile(PLACEHOLDERS, re.IGNORECASE)
_QUOTED: Final = re.compile(r"'([^']+)'")
_CHOSEN: Final = re.compile(r"'[\w-]+': '([^']{12,})'")
"""A value of a question that depends on an earlier answer."""
_KEYWORDS: Final = re.compile(r"set keywords = \[([^\]]*)\]")
_IDENTIFIER: Final = re.compile(r"'identifier': '([^']+)'")
_AUTHOR: Final = ("Alex", "Example")
_FORGE: Final = "/my-collaboration/"
_DOI: Final = re.compile(
    r"10\.(?:5072|5555|1234|12345|99999)/.*|10\.5281/zenodo\.(?:123(?:4(?:5(?:6(?:78?9?)?)?)?)?|0+|x+|<.*|\.*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Defaults:
    """Values of the template: titles and descriptions, lists of keywords, identifiers of papers."""

    texts: frozenset[str] = frozenset()
    keywords: frozenset[frozenset[str]] = frozenset()
    papers: frozenset[str] = frozenset()


@cache
def defaults() -> Defaults:
    """Return the values with which a scaffold begins; nothing when the template is not installed."""
    try:
        root = template_root()
        questions = (root / "copier.yml").read_text(encoding="utf-8")
        starters = [
            path.read_text(encoding="utf-8")
            for path in sorted((root / "template" / "_shared" / "starters").glob("*.jinja"))
        ]
    except (FairportError, OSError):
        return Defaults()
    return Defaults(
        frozenset(_CHOSEN.findall(questions)),
        frozenset(
            frozenset(_QUOTED.findall(group)) for text in starters for group in _KEYWORDS.findall(text)
        ),
        frozenset(name.lower() for text in starters for name in _IDENTIFIER.findall(text)),
    )


def is_placeholder(text: str) -> bool:
    """Tell whether a text is that of the template, or says of itself that it is to be replaced."""
    stripped = text.strip()
    return stripped in defaults().texts or _FORGE in stripped or _PLACEHOLDER.search(stripped) is not None


def is_example_doi(text: str) -> bool:
    """Tell whether a DOI is one that documentation gives as an example or that registries keep for tests."""
    doi = bare_doi(text)
    return doi is not None and _DOI.fullmatch(doi) is not None


def is_template_author(person: Any) -> bool:
    """Tell whether an author is the one of the template."""
    return isinstance(person, dict) and (person.get("given_names"), person.get("family_names")) == _AUTHOR


def untouched(record: AnalysisFile) -> str | None:
    """Return what in a record is still the starter's, or ``None`` when somebody made it their own."""
    for key in ("title", "description"):
        text = record.text(key)
        if text is None:
            return f"there is no {key}"
        if is_placeholder(text):
            return f"the {key} is still the starter's"
    people = record.mapping.get("authors")
    if not isinstance(people, list) or not people:
        return "there are no authors"
    if any(is_template_author(person) for person in people):
        return "the author is still the starter's"
    return None
