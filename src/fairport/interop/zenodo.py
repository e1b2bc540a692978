"""`.zenodo.json`: what Zenodo reads when a forge hands it a release.

Zenodo ignores CITATION.cff where this file exists, so both are made from the same record. Names are
``Family, Given``, an ORCID stands without its resolver, the description is HTML, a relation begins with a
small letter.
"""

from __future__ import annotations

import re
from typing import Any, Final

from fairport.contract.analysis import Analysis, Person
from fairport.interop.metadata import bare_doi, bare_orcid, json_document, licence_ids, pruned

FILE: Final = ".zenodo.json"

_ACCESS: Final = {
    "open access": "open",
    "embargoed access": "embargoed",
    "restricted access": "restricted",
    "metadata only access": "closed",
}
"""COAR label to Zenodo's ``access_right``."""


def deposit(analysis: Analysis) -> dict[str, Any]:
    """Return the metadata of the deposit as plain data.

    Args:
        analysis: the analysis record.
    """
    dataset = analysis.resource_type == "Dataset"
    licences = licence_ids(analysis.licences.data if dataset else analysis.licences.code)
    access = analysis.access
    return pruned(
        {
            "title": analysis.title,
            "description": _html(analysis.description),
            "upload_type": "dataset" if dataset else "software",
            "version": analysis.version,
            "publication_date": analysis.released,
            "creators": [_creator(person) for person in analysis.authors],
            "access_right": _ACCESS[access.level],
            "embargo_date": access.embargo_until if access.level == "embargoed access" else None,
            "access_conditions": _html(access.conditions or "")
            if access.level == "restricted access"
            else None,
            "license": licences[0] if licences else None,
            "keywords": list(analysis.keywords),
            "notes": _html(
                f"Licence of the code: {analysis.licences.code}. "
                f"Licence of data and results: {analysis.licences.data}."
            ),
            "language": "eng",
            "related_identifiers": _related(analysis),
            "grants": _grants(analysis),
            "subjects": [
                {"term": subject.term, "identifier": subject.iri, "scheme": "url"}
                for subject in analysis.subjects
            ],
        }
    )


def render(analysis: Analysis) -> str:
    """Return the text of ``.zenodo.json``.

    Args:
        analysis: the analysis record.
    """
    return json_document(deposit(analysis))


def _creator(person: Person) -> dict[str, Any]:
    affiliation = "; ".join(item.name for item in person.affiliations)
    return pruned({"name": person.sort_name, "orcid": bare_orcid(person), "affiliation": affiliation})


def _related(analysis: Analysis) -> list[dict[str, str]]:
    items = [
        {
            "identifier": bare_doi(item.identifier) or item.identifier,
            "relation": item.relation[:1].lower() + item.relation[1:],
        }
        for item in analysis.related
    ]
    if analysis.repository:
        items.append({"identifier": analysis.repository.url, "relation": "isSupplementTo"})
    return items


def _grants(analysis: Analysis) -> list[dict[str, str]]:
    """Grants whose funder has a Crossref Funder DOI: Zenodo knows no others."""
    found = []
    for grant in analysis.funding:
        funder = bare_doi(grant.ror)
        if funder and grant.award:
            found.append({"id": f"{funder}::{grant.award}"})
    return found


def _html(text: str) -> str:
    """Return plain text as HTML paragraphs; a blank line begins a new one."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", safe)]
    return "".join(f"<p>{part}</p>" for part in paragraphs if part)
