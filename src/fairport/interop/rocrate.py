"""ro-crate-metadata.json of a repository: RO-Crate 1.1 with the Workflow RO-Crate 1.0 profile.

Sources: https://w3id.org/ro/crate/1.1 and https://w3id.org/workflowhub/workflow-ro-crate/1.0. The crate is
flattened, compacted JSON-LD: one entity a thing, linked by ``@id``. It lists what the record names; crates of
single runs are written from the run record.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final

from fairport.contract.analysis import Affiliation, Analysis, Person
from fairport.contract.constants import ANALYSIS_FILE
from fairport.interop.metadata import (
    SPDX_BASE,
    access_text,
    date_published,
    json_document,
    licence_ids,
    one_or_many,
    pruned,
)

FILE: Final = "ro-crate-metadata.json"

CONTEXT: Final = "https://w3id.org/ro/crate/1.1/context"

PROFILES: Final = ("https://w3id.org/ro/crate/1.1", "https://w3id.org/workflowhub/workflow-ro-crate/1.0")

MEDIA_TYPES: Final = {
    ".cff": "application/yaml",
    ".cwl": "application/cwl+yaml",
    ".json": "application/json",
    ".md": "text/markdown",
    ".py": "text/x-python",
    ".txt": "text/plain",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}

LANGUAGES: Final[dict[str, dict[str, Any]]] = {
    "cwl": {
        "@id": "https://w3id.org/workflowhub/workflow-ro-crate#cwl",
        "@type": "ComputerLanguage",
        "name": "Common Workflow Language",
        "alternateName": "CWL",
        "identifier": {"@id": "https://w3id.org/cwl/"},
        "url": {"@id": "https://www.commonwl.org/"},
    },
    "snakemake": {
        "@id": "https://w3id.org/workflowhub/workflow-ro-crate#snakemake",
        "@type": "ComputerLanguage",
        "name": "Snakemake",
        "identifier": {"@id": "https://doi.org/10.1093/bioinformatics/bts480"},
        "url": {"@id": "https://snakemake.readthedocs.io"},
    },
    "serial": {
        "@id": "#reana-serial",
        "@type": "ComputerLanguage",
        "name": "REANA serial workflow",
        "url": {"@id": "https://docs.reana.io/running-workflows/supported-systems/serial/"},
    },
    "yadage": {
        "@id": "#yadage",
        "@type": "ComputerLanguage",
        "name": "Yadage",
        "url": {"@id": "https://yadage.readthedocs.io"},
    },
}

_PUBLISHERS: Final = {"Zenodo": "https://zenodo.org/"}
"""Addresses of publishers that records name by their name."""

_BASED_ON: Final = ("IsDerivedFrom", "IsSourceOf", "IsNewVersionOf", "IsVariantFormOf")
"""DataCite relations that say what this work was made from; the others become citations."""


@dataclass
class Graph:
    """Entities of the crate in order; one with a known ``@id`` is added once."""

    entities: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, entity: dict[str, Any]) -> dict[str, str]:
        """Add an entity and return the reference to it."""
        self.entities.setdefault(entity["@id"], pruned(entity))
        return {"@id": entity["@id"]}


def crate(analysis: Analysis) -> dict[str, Any]:
    """Return the crate as plain JSON-LD.

    Args:
        analysis: the analysis record.
    """
    graph = Graph()
    graph.add(
        {
            "@id": FILE,
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": [{"@id": profile} for profile in PROFILES],
        }
    )
    root: dict[str, Any] = {"@id": "./", "@type": "Dataset"}
    graph.entities["./"] = root
    parts = _parts(analysis, graph)
    root.update(_root(analysis, graph, parts))
    return {"@context": CONTEXT, "@graph": list(graph.entities.values())}


def render(analysis: Analysis) -> str:
    """Return the text of ``ro-crate-metadata.json``.

    Args:
        analysis: the analysis record.
    """
    return json_document(crate(analysis))


def _root(analysis: Analysis, graph: Graph, parts: list[dict[str, str]]) -> dict[str, Any]:
    return pruned(
        {
            "name": analysis.title,
            "description": analysis.description,
            "datePublished": date_published(analysis),
            "dateCreated": analysis.created,
            "version": analysis.version,
            "identifier": analysis.identifiers.doi,
            "url": analysis.repository.url if analysis.repository else None,
            "license": one_or_many(licences(analysis, graph)),
            "conditionsOfAccess": access_text(analysis.access),
            "author": one_or_many(
                [agent(person, number, graph) for number, person in enumerate(analysis.authors, 1)]
            ),
            "isBasedOn": _related(analysis, graph, based_on=True),
            "citation": _related(analysis, graph, based_on=False),
            "about": one_or_many(
                [
                    graph.add({"@id": subject.iri, "@type": "DefinedTerm", "name": subject.term})
                    for subject in analysis.subjects
                ]
            ),
            "funder": one_or_many(
                [
                    graph.add(
                        {
                            "@id": grant.ror or f"#funder-{number}",
                            "@type": "Organization",
                            "name": grant.funder,
                        }
                    )
                    for number, grant in enumerate(analysis.funding, 1)
                ]
            ),
            "publisher": _publisher(analysis, graph),
            "keywords": list(analysis.keywords),
            "mainEntity": {"@id": analysis.workflow.file},
            "hasPart": parts,
        }
    )


def _parts(analysis: Analysis, graph: Graph) -> list[dict[str, str]]:
    workflow, software = analysis.workflow, analysis.software
    parts = [graph.add(_workflow(analysis, graph))]
    files = [
        (ANALYSIS_FILE, "Analysis record"),
        (workflow.inputs, "Inputs of the workflow"),
        (workflow.reana, "Workflow on REANA"),
        (analysis.data, "Data manifest"),
        (software.lock, "Locked packages"),
        (analysis.readme, "Description for people"),
        ("CITATION.cff", "Citation"),
    ]
    for path, name in files:
        if path:
            media = MEDIA_TYPES.get(PurePosixPath(path).suffix)
            entity: dict[str, Any] = {"@id": path, "@type": "File", "name": name, "encodingFormat": media}
            if path == analysis.readme:
                entity["about"] = {"@id": "./"}
            parts.append(graph.add(entity))
    folder = re.split(r"[^/]*[*?\[]", analysis.results, maxsplit=1)[0]
    if folder.endswith("/"):
        results = {
            "@id": folder,
            "@type": "Dataset",
            "name": "Results",
            "description": "Result records and their tables, one folder for each result.",
        }
        parts.append(graph.add(results))
    return parts


def _workflow(analysis: Analysis, graph: Graph) -> dict[str, Any]:
    path = analysis.workflow.file
    return {
        "@id": path,
        "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow"],
        "name": f"Workflow of {analysis.id}",
        "programmingLanguage": graph.add(LANGUAGES[analysis.workflow.type]),
        "encodingFormat": MEDIA_TYPES.get(PurePosixPath(path).suffix),
        "license": _licence_reference(analysis.licences.code, "code"),
    }


def _licence_reference(expression: str, use: str) -> Any:
    ids = licence_ids(expression)
    return one_or_many([{"@id": SPDX_BASE + identifier} for identifier in ids]) or {"@id": f"#licence-{use}"}


def licences(analysis: Analysis, graph: Graph) -> list[dict[str, str]]:
    """Add the licences of code and data and return the references to them."""
    code, data = analysis.licences.code, analysis.licences.data
    uses = {code: ("code", "code and data" if code == data else "code")}
    uses.setdefault(data, ("data", "data and results"))
    references: list[dict[str, str]] = []
    for expression, (use, text) in uses.items():
        described = f"Licence of {text}."
        ids = licence_ids(expression)
        targets = [(SPDX_BASE + identifier, identifier) for identifier in ids]
        for target, name in targets or [(f"#licence-{use}", expression)]:
            references.append(
                graph.add({"@id": target, "@type": "CreativeWork", "name": name, "description": described})
            )
    return references


def agent(person: Person, number: int, graph: Graph) -> dict[str, str]:
    """Add an author, the ``number``-th of the record, and return the reference."""
    if person.organisation:
        return graph.add(
            {
                "@id": person.ror or f"#author-{number}",
                "@type": "Organization",
                "name": person.organisation,
                "email": person.email,
            }
        )
    return graph.add(
        {
            "@id": person.orcid or f"#author-{number}",
            "@type": "Person",
            "name": person.display_name,
            "givenName": person.given_names,
            "familyName": person.family_names,
            "email": person.email,
            "affiliation": one_or_many(
                [
                    _institution(item, number, index, graph)
                    for index, item in enumerate(person.affiliations, 1)
                ]
            ),
        }
    )


def _institution(item: Affiliation, number: int, index: int, graph: Graph) -> dict[str, str]:
    identifier = item.ror or f"#affiliation-{number}-{index}"
    return graph.add({"@id": identifier, "@type": "Organization", "name": item.name})


def _publisher(analysis: Analysis, graph: Graph) -> dict[str, str] | None:
    if analysis.publisher is None:
        return None
    url = _PUBLISHERS.get(analysis.publisher)
    return graph.add(
        {"@id": url or "#publisher", "@type": "Organization", "name": analysis.publisher, "url": url}
    )


def _related(analysis: Analysis, graph: Graph, *, based_on: bool) -> Any:
    return one_or_many(
        [
            graph.add(
                {"@id": item.identifier, "@type": "CreativeWork", "name": item.title or item.identifier}
            )
            for item in analysis.related
            if (item.relation in _BASED_ON) is based_on
        ]
    )
