"""RO-Crate 1.1 metadata of one record, and of the catalogue as a whole (https://w3id.org/ro/crate/1.1).

A crate is the folder of a page: files have relative identifiers, so that a copy of the folder stays a crate.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from fairport.catalog.licences import licence_url
from fairport.catalog.machines.dossier import (
    CRATE_FILE,
    CRATE_PROFILE,
    Agent,
    Dossier,
    FileEntry,
    Part,
    Site,
)

CONTEXT: Final = [
    "https://w3id.org/ro/crate/1.1/context",
    {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"},
]
Entity = dict[str, Any]


def record_crate(dossier: Dossier, site: Site, files: Iterable[FileEntry] | None = None) -> str:
    """Return ``ro-crate-metadata.json`` of a record.

    Args:
        dossier: the record.
        site: the catalogue.
        files: what the folder holds, where that is more than the dossier names.
    """
    graph = _Graph()
    root = graph.root(dossier.title, dossier.description, dossier.day)
    root |= _present(
        {
            "identifier": dossier.doi or site.absolute(dossier.folder) or dossier.id,
            "url": site.absolute(dossier.folder),
            "version": dossier.version,
            "creativeWorkStatus": dossier.status,
            "dateModified": dossier.published,
            "keywords": list(dossier.keywords),
            "license": graph.licence(dossier.licence, dossier.licence_url),
            "conditionsOfAccess": dossier.access_iri,
            "author": [graph.agent(agent) for agent in dossier.creators],
            "publisher": graph.agent(site.publisher),
            "measurementTechnique": dossier.technique,
            "variableMeasured": [
                graph.add(
                    {
                        "@id": f"#variable-{number}",
                        "@type": "PropertyValue",
                        "name": variable.quantity,
                        "unitText": variable.unit or "dimensionless",
                    }
                )
                for number, variable in enumerate(dossier.variables, 1)
            ],
            "citation": [graph.work(link) for link in dossier.citations],
            "isBasedOn": [graph.work(link) for link in dossier.sources],
        }
    )
    held = dossier.files if files is None else files
    parts = [graph.file(file, root["license"]) for file in held]
    if dossier.part_of is not None and (page := site.absolute(dossier.part_of.folder)):
        # Not a Dataset: those of a crate are its parts.
        root["isPartOf"] = graph.add(_nested(page, dossier.part_of) | {"@type": "CreativeWork", "url": page})
    parts += [
        graph.add(_nested(place, part))
        for part in dossier.parts
        if (place := _place(part.folder, dossier.folder) or site.absolute(part.folder))
    ]
    root["hasPart"] = _plain(parts)
    return graph.text()


def catalogue_crate(site: Site, day: str, files: Sequence[FileEntry], parts: Iterable[Part]) -> str:
    """Return ``ro-crate-metadata.json`` of the catalogue: its own files, and each record as a crate.

    Args:
        site: the catalogue.
        day: day of the last harvest (ISO).
        files: files that describe the catalogue as a whole.
        parts: its analyses and results.
    """
    graph = _Graph()
    root = graph.root(site.title, site.description, day)
    licence = graph.licence(site.licence, licence_url(site.licence))
    root |= _present(
        {
            "identifier": site.url,
            "url": site.url,
            "license": licence,
            "publisher": graph.agent(site.publisher),
            "author": graph.agent(site.publisher),
            "keywords": "dark matter",
        }
    )
    root["hasPart"] = [graph.file(file, licence) for file in files] + [
        graph.add(
            _nested(part.folder, part)
            | {
                "conformsTo": {"@id": CRATE_PROFILE},
                "subjectOf": {"@id": part.folder + CRATE_FILE},
            }
        )
        for part in parts
    ]
    return graph.text()


class _Graph:
    """Entities of a crate in order; one with a known ``@id`` is added once."""

    def __init__(self) -> None:
        self._entities: dict[str, Entity] = {}

    def root(self, name: str, description: str, day: str) -> Entity:
        """Add the descriptor and the root, and return the root."""
        self.add(
            {
                "@id": CRATE_FILE,
                "@type": "CreativeWork",
                "about": {"@id": "./"},
                "conformsTo": {"@id": CRATE_PROFILE},
            }
        )
        self.add(
            {
                "@id": "./",
                "@type": "Dataset",
                "name": name,
                "description": description,
                "datePublished": day,
            }
        )
        return self._entities["./"]

    def add(self, entity: Entity) -> dict[str, str]:
        """Add an entity and return the reference to it."""
        self._entities.setdefault(entity["@id"], entity)
        return {"@id": entity["@id"]}

    def agent(self, agent: Agent) -> dict[str, str]:
        """Add a person or an organisation."""
        kind = "Organization" if agent.organisation else "Person"
        name = agent.iri or f"#{kind.lower()}-{len(self._entities)}"
        return self.add(
            _present(
                {
                    "@id": name,
                    "@type": kind,
                    "name": agent.name,
                    "url": agent.iri,
                    "affiliation": [self.agent(item) for item in agent.affiliations],
                }
            )
        )

    def licence(self, spdx: str, url: str | None) -> dict[str, str]:
        """Add a licence; an expression without a page of its own is described in place."""
        return self.add(
            _present(
                {
                    "@id": url or "#licence-" + re.sub(r"[^A-Za-z0-9.+-]+", "-", spdx),
                    "@type": "CreativeWork",
                    "name": spdx,
                    "description": f"Terms of use by SPDX expression: {spdx}",
                    "url": url,
                }
            )
        )

    def work(self, link: str) -> dict[str, str]:
        """Add something cited or used that lies elsewhere."""
        return self.add({"@id": link, "@type": "CreativeWork", "name": link, "url": link})

    def file(self, file: FileEntry, licence: dict[str, str]) -> dict[str, str]:
        """Add a file of the folder."""
        own = self.licence(file.licence, licence_url(file.licence)) if file.licence else licence
        return self.add(
            _present(
                {
                    "@id": file.name,
                    "@type": "File",
                    "name": file.title,
                    "description": f"{file.title} ({file.name})",
                    "encodingFormat": file.media_type,
                    "contentSize": None if file.size is None else str(file.size),
                    "sha256": file.sha256,
                    "license": own,
                }
            )
        )

    def text(self) -> str:
        """Return the metadata document, one entity a line."""
        lines = ",\n".join(json.dumps(entity, ensure_ascii=False) for entity in self._entities.values())
        return f'{{"@context": {json.dumps(CONTEXT)},\n"@graph": [\n{lines}\n]}}\n'


def _place(folder: str, root: str) -> str | None:
    """Return the way from the folder of a crate to one inside it, ``None`` for one that lies elsewhere."""
    return folder.removeprefix(root) if folder.startswith(root) and folder != root else None


def _nested(identifier: str, part: Part) -> Entity:
    return _present(
        {
            "@id": identifier,
            "@type": "Dataset",
            "name": part.title,
            "identifier": part.id,
            "datePublished": part.day,
        }
    )


def _present(entity: Entity) -> Entity:
    """Leave out what says nothing; a list of one is written as that one."""
    kept = {key: value for key, value in entity.items() if value is not None and value != "" and value != []}
    return {key: _plain(value) for key, value in kept.items()}


def _plain(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value
