"""CITATION.cff 1.2.0 (Citation File Format) as JSON Schema; DOI and dates have rules of their own."""

from __future__ import annotations

from typing import Any, Final

_TEXT: Final[dict[str, Any]] = {"type": "string", "minLength": 1}
_URL: Final[dict[str, Any]] = {
    "type": "string",
    "pattern": r"^(https?|s?ftp)://\S+",
    "description": "A URL (https, http, ftp, sftp).",
}
_VERSION: Final[dict[str, Any]] = {"anyOf": [_TEXT, {"type": "number"}]}
_DATE: Final[dict[str, Any]] = {
    "type": "string",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "description": "A date as YYYY-MM-DD.",
}
_DOI: Final[dict[str, Any]] = {
    "type": "string",
    "pattern": r"^10\.\d{4,9}(\.\d+)?/[A-Za-z0-9:/_;\-\.\(\)\[\]\\]+$",
    "description": "A DOI without https://doi.org/.",
    "examples": ["10.5281/zenodo.1234567"],
}
_LICENCE: Final[dict[str, Any]] = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]}


def _texts(*names: str) -> dict[str, Any]:
    return dict.fromkeys(names, _TEXT)


def _closed(properties: dict[str, Any], required: tuple[str, ...] = (), **rest: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
        **rest,
    }


_COMMON: Final[dict[str, Any]] = {
    **_texts("address", "alias", "city", "country", "email", "fax", "orcid", "region", "tel"),
    "post-code": {"anyOf": [_TEXT, {"type": "number"}]},
    "website": _URL,
}
_PERSON: Final = _closed(
    {**_COMMON, **_texts("affiliation", "family-names", "given-names", "name-particle", "name-suffix")}
)
_ENTITY: Final = _closed(
    {**_COMMON, **_texts("name", "location"), "date-start": _DATE, "date-end": _DATE}, ("name",)
)
_AGENT: Final[dict[str, Any]] = {
    "type": "object",
    "if": {"required": ["name"]},
    "then": _ENTITY,
    "else": _PERSON,
}
_AGENTS: Final[dict[str, Any]] = {"type": "array", "minItems": 1, "items": _AGENT}
_IDENTIFIERS: Final[dict[str, Any]] = {
    "type": "array",
    "minItems": 1,
    "items": _closed(
        {"type": {"enum": ["doi", "url", "swh", "other"]}, "value": _TEXT, "description": _TEXT},
        ("type", "value"),
    ),
}
_KEYWORDS: Final[dict[str, Any]] = {"type": "array", "minItems": 1, "uniqueItems": True, "items": _TEXT}
_SHARED: Final[dict[str, Any]] = {
    "abstract": _TEXT,
    "authors": _AGENTS,
    "commit": _TEXT,
    "contact": _AGENTS,
    "date-released": _DATE,
    "doi": _DOI,
    "identifiers": _IDENTIFIERS,
    "keywords": _KEYWORDS,
    "license": _LICENCE,
    "license-url": _URL,
    "repository": _URL,
    "repository-artifact": _URL,
    "repository-code": _URL,
    "title": _TEXT,
    "url": _URL,
    "version": _VERSION,
}
_WORKS: Final = (
    "art article audiovisual bill blog book catalogue conference conference-paper data database dictionary "
    "edited-work "
    "encyclopedia film-broadcast generic government-document grant hearing historical-work legal-case "
    "legal-rule magazine-article "
    "manual map multimedia music newspaper-article pamphlet patent personal-communication proceedings report "
    "serial slides "
    "software software-code software-container software-executable software-virtual-machine sound-recording "
    "standard statute "
    "thesis unpublished video website"
).split()
_REFERENCE: Final = _closed(
    {
        **_SHARED,
        **_texts(
            "abbreviation", "collection-doi", "collection-title", "collection-type", "copyright", "data-type"
        ),
        **_texts(
            "database", "department", "edition", "entry", "filename", "format", "isbn", "issn", "issue-date"
        ),
        **_texts(
            "issue-title", "journal", "medium", "nihmsid", "notes", "number", "pmcid", "scope", "section"
        ),
        **_texts("status", "term", "thesis-type", "volume-title"),
        **dict.fromkeys(
            (
                "end",
                "issue",
                "loc-end",
                "loc-start",
                "month",
                "number-volumes",
                "pages",
                "start",
                "volume",
                "year",
                "year-original",
            ),
            _VERSION,
        ),
        **dict.fromkeys(("conference", "database-provider", "institution", "location", "publisher"), _ENTITY),
        **dict.fromkeys(("editors", "editors-series", "recipients", "senders", "translators"), _AGENTS),
        **dict.fromkeys(("date-accessed", "date-downloaded", "date-published"), _DATE),
        "languages": {"type": "array", "minItems": 1, "items": _TEXT},
        "patent-states": {"type": "array", "minItems": 1, "items": _TEXT},
        "type": {"enum": _WORKS},
    },
    ("authors", "title", "type"),
)

SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **_closed(
        {
            **_SHARED,
            "cff-version": {"const": "1.2.0"},
            "message": {**_TEXT, "description": "What a reader is asked to do, for example cite it."},
            "preferred-citation": _REFERENCE,
            "references": {"type": "array", "minItems": 1, "items": _REFERENCE},
            "type": {"enum": ["software", "dataset"]},
        },
        ("authors", "cff-version", "message", "title"),
    ),
}
"""JSON Schema 2020-12 of the format."""
