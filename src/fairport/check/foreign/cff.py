"""CITATION.cff 1.2.0 (Citation File Format) as JSON Schema; DOI and dates have rules of their own."""

from __future__ import annotations

from typing import Any, Final

_TEXT: Final[dict[str, Any]] = {"type": "string", "minLength": 1}
_COUNTRIES: Final = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT "
    "BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH "
    "ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT "
    "HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS "
    "LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI "
    "NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG "
    "SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG "
    "UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
).split()
"""ISO 3166-1, two letters."""


def _spelled(pattern: str, description: str) -> dict[str, Any]:
    return {"type": "string", "pattern": pattern, "description": description}


_EMAIL: Final = _spelled(r"^\S+@\S+\.\S{2,}$", "An e-mail address.")
_COUNTRY: Final[dict[str, Any]] = {
    "enum": _COUNTRIES,
    "description": "ISO 3166-1 code of two letters, as CH.",
}
_URL: Final[dict[str, Any]] = {
    "type": "string",
    "pattern": r"^(https?|s?ftp)://\S+",
    "description": "A URL (https, http, ftp, sftp).",
}
_NUMBER: Final[dict[str, Any]] = {"anyOf": [_TEXT, {"type": "number"}]}
_WHOLE: Final[dict[str, Any]] = {"anyOf": [_TEXT, {"type": "integer"}]}
_MONTH: Final[dict[str, Any]] = {
    "enum": [*range(1, 13), *map(str, range(1, 13))],
    "description": "A month as number, 1 to 12.",
}
_DATE: Final[dict[str, Any]] = {
    "type": "string",
    "pattern": "^[0-9]{4}-(0[1-9]|1[012])-(0[1-9]|[12][0-9]|3[01])$",
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
    **_texts("address", "alias", "city", "fax", "orcid", "region", "tel"),
    "country": _COUNTRY,
    "email": _EMAIL,
    "post-code": _NUMBER,
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
_AGENTS: Final[dict[str, Any]] = {"type": "array", "minItems": 1, "uniqueItems": True, "items": _AGENT}
_SWHID: Final = _spelled(r"^swh:1:(snp|rel|rev|dir|cnt):[0-9a-fA-F]{40}$", "A SWHID without qualifiers.")
_VALUES: Final[dict[str, dict[str, Any]]] = {"doi": _DOI, "url": _URL, "swh": _SWHID}
"""What the value of an identifier is by its type; of type other it is any text."""

_IDENTIFIERS: Final[dict[str, Any]] = {
    "type": "array",
    "minItems": 1,
    "uniqueItems": True,
    "items": {
        **_closed(
            {"type": {"enum": [*_VALUES, "other"]}, "value": _TEXT, "description": _TEXT}, ("type", "value")
        ),
        "allOf": [
            {
                "if": {"properties": {"type": {"const": kind}}, "required": ["type"]},
                "then": {"properties": {"value": value}},
            }
            for kind, value in _VALUES.items()
        ],
    },
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
    "version": _NUMBER,
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
_STATES: Final = ["abstract", "advance-online", "in-preparation", "in-press", "preprint", "submitted"]
_REFERENCE: Final = _closed(
    {
        **_SHARED,
        "collection-doi": _DOI,
        **_texts("abbreviation", "collection-title", "collection-type", "copyright", "data-type"),
        **_texts("database", "department", "edition", "entry", "filename", "format", "issue-date"),
        **_texts("issue-title", "journal", "medium", "nihmsid", "notes", "scope"),
        **_texts("term", "thesis-type", "volume-title"),
        "isbn": _spelled(r"^[0-9\- ]{10,17}X?$", "An ISBN."),
        "issn": _spelled(r"^\d{4}-\d{3}[\dxX]$", "An ISSN as 1234-5678."),
        "pmcid": _spelled(r"^PMC[0-9]{7}$", "A PMCID as PMC1234567."),
        "status": {"enum": _STATES},
        "month": _MONTH,
        **dict.fromkeys(("issue", "number", "section"), _NUMBER),
        **dict.fromkeys(
            (
                "end",
                "loc-end",
                "loc-start",
                "number-volumes",
                "pages",
                "start",
                "volume",
                "year",
                "year-original",
            ),
            _WHOLE,
        ),
        **dict.fromkeys(("conference", "database-provider", "institution", "location", "publisher"), _ENTITY),
        **dict.fromkeys(("editors", "editors-series", "recipients", "senders", "translators"), _AGENTS),
        **dict.fromkeys(("date-accessed", "date-downloaded", "date-published"), _DATE),
        "languages": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": _spelled("^[a-z]{2,3}$", "ISO 639 code of two or three letters, as en."),
        },
        "patent-states": {"type": "array", "minItems": 1, "uniqueItems": True, "items": _TEXT},
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
            "references": {"type": "array", "minItems": 1, "uniqueItems": True, "items": _REFERENCE},
            "type": {"enum": ["software", "dataset"]},
        },
        ("authors", "cff-version", "message", "title"),
    ),
}
"""JSON Schema 2020-12 of the format."""
