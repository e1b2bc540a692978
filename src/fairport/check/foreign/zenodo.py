"""``.zenodo.json`` as JSON Schema, from the deposit metadata that Zenodo documents."""

from __future__ import annotations

from typing import Any, Final

_TEXT: Final[dict[str, Any]] = {"type": "string", "minLength": 1}
_TEXTS: Final[dict[str, Any]] = {"type": "array", "items": _TEXT}


def _objects(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {
        "type": "array",
        "items": {"type": "object", "properties": properties, "required": list(required)},
    }


_PERSON: Final[dict[str, Any]] = dict.fromkeys(("name", "affiliation", "orcid", "gnd"), _TEXT)
UPLOAD_TYPES: Final = (
    "publication poster presentation dataset image video software lesson physicalobject workflow other"
).split()

SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["title", "creators", "description"],
    "properties": {
        **dict.fromkeys(
            (
                "title description doi publication_date embargo_date access_conditions notes version "
                "language method "
                "publication_type image_type journal_title journal_volume journal_issue journal_pages "
                "conference_title "
                "conference_acronym conference_dates conference_place conference_url conference_session "
                "conference_session_part "
                "imprint_publisher imprint_isbn imprint_place partof_title partof_pages thesis_university"
            ).split(),
            _TEXT,
        ),
        "license": {
            "anyOf": [_TEXT, {"type": "object", "properties": {"id": _TEXT}, "required": ["id"]}],
            "description": "An SPDX identifier.",
        },
        "upload_type": {
            "enum": UPLOAD_TYPES,
            "description": "Software unless stated, for a release on GitHub.",
        },
        "access_right": {"enum": ["open", "embargoed", "restricted", "closed"]},
        "prereserve_doi": {"type": ["boolean", "object"]},
        "creators": {**_objects(_PERSON, "name"), "minItems": 1},
        "contributors": _objects({**_PERSON, "type": _TEXT}, "name", "type"),
        "thesis_supervisors": _objects(_PERSON, "name"),
        "keywords": _TEXTS,
        "references": _TEXTS,
        "related_identifiers": _objects(
            {**dict.fromkeys(("identifier", "relation", "resource_type", "scheme"), _TEXT)},
            "identifier",
            "relation",
        ),
        "communities": _objects({"identifier": _TEXT}, "identifier"),
        "grants": _objects({"id": _TEXT}, "id"),
        "subjects": _objects({"term": _TEXT, "identifier": _TEXT, "scheme": _TEXT}, "term", "identifier"),
        "locations": _objects({"place": _TEXT}, "place"),
        "dates": _objects({"type": _TEXT}, "type"),
        "custom": {"type": "object"},
    },
}
"""JSON Schema 2020-12 of what Zenodo reads; it ignores other keys."""
