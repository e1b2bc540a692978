"""codemeta.json: CodeMeta 3.0, a vocabulary for research software on top of schema.org.

Source of the terms: https://w3id.org/codemeta/3.0.
"""

from __future__ import annotations

from typing import Any, Final

from fairport.contract.analysis import Analysis, Grant, Person, RelatedItem
from fairport.interop.metadata import (
    SPDX_BASE,
    issues_url,
    json_document,
    licence_ids,
    one_or_many,
    pruned,
    related_by,
)

FILE: Final = "codemeta.json"

CONTEXT: Final = "https://w3id.org/codemeta/3.0"

_STATUS: Final = {"draft": "wip", "withdrawn": "abandoned", "superseded": "inactive"}
"""Status of the record to a term of repostatus.org; everything else is ``active``."""


def metadata(analysis: Analysis) -> dict[str, Any]:
    """Return the CodeMeta document as plain data.

    Args:
        analysis: the analysis record.
    """
    repository = analysis.repository
    return pruned(
        {
            "@context": CONTEXT,
            "@type": "SoftwareSourceCode",
            "identifier": analysis.identifiers.doi or analysis.id,
            "name": analysis.title,
            "description": analysis.description,
            "version": analysis.version,
            "license": _licence(analysis),
            "author": [_agent(person) for person in analysis.authors],
            "codeRepository": repository.url if repository else None,
            "issueTracker": issues_url(analysis),
            "programmingLanguage": analysis.software.language,
            "developmentStatus": _STATUS.get(analysis.status, "active"),
            "dateCreated": analysis.created,
            "datePublished": analysis.released,
            "embargoEndDate": analysis.access.embargo_until,
            "publisher": _organisation(analysis.publisher) if analysis.publisher else None,
            "funder": [_funder(grant) for grant in analysis.funding],
            "funding": "; ".join(grant.award for grant in analysis.funding if grant.award),
            "referencePublication": [
                _article(item)
                for item in related_by(analysis, "IsDescribedBy", "IsSupplementTo", "IsDocumentedBy")
            ],
            "citation": [
                _article(item) for item in related_by(analysis, "IsDerivedFrom", "Cites", "References")
            ],
            "keywords": list(analysis.keywords),
        }
    )


def render(analysis: Analysis) -> str:
    """Return the text of ``codemeta.json``.

    Args:
        analysis: the analysis record.
    """
    return json_document(metadata(analysis))


def _licence(analysis: Analysis) -> Any:
    ids = licence_ids(analysis.licences.code)
    return one_or_many([SPDX_BASE + identifier for identifier in ids]) or analysis.licences.code


def _agent(person: Person) -> dict[str, Any]:
    if person.organisation:
        return pruned(
            {
                "@id": person.ror,
                "@type": "Organization",
                "name": person.organisation,
                "email": person.email,
            }
        )
    affiliations = [_organisation(item.name, item.ror) for item in person.affiliations]
    return pruned(
        {
            "@id": person.orcid,
            "@type": "Person",
            "givenName": person.given_names,
            "familyName": person.family_names,
            "email": person.email,
            "affiliation": one_or_many(affiliations),
        }
    )


def _organisation(name: str, identifier: str | None = None) -> dict[str, Any]:
    return pruned({"@id": identifier, "@type": "Organization", "name": name})


def _funder(grant: Grant) -> dict[str, Any]:
    return _organisation(grant.funder, grant.ror)


def _article(item: RelatedItem) -> dict[str, Any]:
    return pruned({"@id": item.identifier, "@type": "ScholarlyArticle", "name": item.title})
