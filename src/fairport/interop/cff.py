"""CITATION.cff: the Citation File Format 1.2.0, which forges and reference managers read.

Source of the format: https://doi.org/10.5281/zenodo.5171937. Dates are written in quotes, since YAML 1.1
readers turn bare dates into objects; ``license`` takes SPDX identifiers but no expressions; a DOI stands
there without its resolver.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fairport.contract.analysis import Analysis, Person
from fairport.interop.metadata import bare_doi, json_text, licence_ids, one_or_many, pruned

FILE: Final = "CITATION.cff"

HEADER: Final = "# Made from fairport.yaml by `fairport sync`: change that file, not this one.\n"

MESSAGE: Final = "If you use this analysis or its results, please cite it as below."


def citation(analysis: Analysis) -> dict[str, Any]:
    """Return the citation as plain data in the order of the file.

    Args:
        analysis: the analysis record.
    """
    ids = analysis.identifiers
    return pruned(
        {
            "cff-version": "1.2.0",
            "message": MESSAGE,
            "type": "dataset" if analysis.resource_type == "Dataset" else "software",
            "title": analysis.title,
            "abstract": analysis.description,
            "authors": [_author(person) for person in analysis.authors],
            "version": analysis.version,
            "date-released": analysis.released,
            "doi": bare_doi(ids.doi),
            "identifiers": _identifiers(analysis),
            "license": one_or_many(licence_ids(analysis.licences.code)),
            "repository-code": analysis.repository.url if analysis.repository else None,
            "keywords": list(dict.fromkeys(analysis.keywords)),
        }
    )


def render(analysis: Analysis) -> str:
    """Return the text of ``CITATION.cff``.

    Args:
        analysis: the analysis record.
    """
    return HEADER + "".join(_entry(key, value) for key, value in citation(analysis).items())


def _author(person: Person) -> dict[str, Any]:
    affiliation = "; ".join(item.name for item in person.affiliations)
    if person.organisation:
        return pruned({"name": person.organisation, "email": person.email})
    return pruned(
        {
            "given-names": person.given_names,
            "family-names": person.family_names,
            "orcid": person.orcid,
            "email": person.email,
            "affiliation": affiliation,
        }
    )


def _identifiers(analysis: Analysis) -> list[dict[str, str]]:
    ids = analysis.identifiers
    found: list[tuple[str, str | None, str]] = [
        ("doi", bare_doi(ids.concept_doi), "All versions of this analysis."),
        ("swh", ids.swhid, "The released source tree in Software Heritage."),
        ("other", f"arXiv:{ids.arxiv}" if ids.arxiv else None, "Paper of this analysis."),
        ("url", ids.inspire, "Paper of this analysis in INSPIRE."),
    ]
    return [{"type": kind, "value": value, "description": text} for kind, value, text in found if value]


def _entry(key: str, value: Any) -> str:
    if isinstance(value, list):
        return f"{key}:\n" + "".join(_item(item) for item in value)
    return f"{key}: {json_text(value)}\n"


def _item(item: Any) -> str:
    if not isinstance(item, Mapping):
        return f"  - {json_text(item)}\n"
    lines = [f"{key}: {json_text(value)}\n" for key, value in item.items()]
    return "  - " + "    ".join(lines)
