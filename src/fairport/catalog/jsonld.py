"""schema.org descriptions of results, analyses and the catalogue, for search engines and harvesters.

Provenance stands beside the schema.org terms in those of PROV-O, access rights in those of COAR.
"""

from __future__ import annotations

from typing import Any, Final

from fairport.catalog.licences import licence_url
from fairport.catalog.machines.dossier import Agent, Dossier, FileEntry, Part, Site

CONTEXT: Final = {
    "@vocab": "https://schema.org/",
    "dcterms": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
}
"""Terms of schema.org without its context document: RDF readers that fetch nothing understand it too."""

MAX_PARTS: Final = 100
"""Results that the description of an analysis names; the link set and the crate have all."""

_DERIVED: Final = {"IsDerivedFrom", "IsSourceOf", "IsNewVersionOf", "IsVariantFormOf"}


def dataset_ld(dossier: Dossier, site: Site) -> dict[str, Any]:
    """Return a ``Dataset``; without a published address files and pages are named relative to the page."""
    page = site.absolute(dossier.folder)
    sources = [{"@id": link} for link in dossier.sources]
    return _present(
        {
            "@context": CONTEXT,
            "@type": "Dataset" if dossier.type == "Dataset" else [dossier.type, "Dataset"],
            "@id": page,
            "identifier": [value for value in (dossier.doi, page) if value] or dossier.id,
            "alternateName": dossier.id,
            "name": dossier.title,
            "description": dossier.description,
            "url": page,
            "version": dossier.version,
            "creativeWorkStatus": dossier.status,
            "inLanguage": "en",
            "license": dossier.licence_url or dossier.licence,
            "creator": [_agent(agent) for agent in dossier.creators],
            "publisher": _agent(site.publisher),
            "datePublished": dossier.day,
            "dateModified": dossier.published,
            "keywords": list(dossier.keywords),
            "isAccessibleForFree": dossier.access == "open access",
            "conditionsOfAccess": dossier.access_iri,
            "dcterms:accessRights": {"@id": dossier.access_iri},
            "measurementTechnique": dossier.technique,
            "variableMeasured": [
                _present(
                    {
                        "@type": "PropertyValue",
                        "name": variable.quantity,
                        "alternateName": variable.name if variable.name != variable.quantity else None,
                        "unitText": variable.unit,
                    }
                )
                for variable in dossier.variables
            ],
            "citation": list(dossier.citations),
            "isBasedOn": [*dossier.sources, *_related(dossier, derived=True)],
            "mentions": [{"@type": "CreativeWork", "@id": link} for link in _related(dossier, derived=False)],
            "isPartOf": _part(dossier.part_of, site) if dossier.part_of else None,
            "hasPart": [_part(part, site) for part in dossier.parts[:MAX_PARTS]],
            "includedInDataCatalog": _present({"@type": "DataCatalog", "name": site.title, "url": site.url})
            if dossier.folder
            else None,
            "distribution": [
                *(_download(file, dossier.folder, dossier, site) for file in dossier.content),
                *(_download(file, "", dossier, site) for file in dossier.tables[:MAX_PARTS] if site.url),
            ],
            "image": [_figure(file, dossier, site) for file in dossier.figures],
            "prov:wasAttributedTo": [{"@id": agent.iri} for agent in dossier.creators if agent.iri],
            "prov:wasDerivedFrom": sources,
            "prov:generatedAtTime": dossier.activity.ended if dossier.activity else None,
            "prov:wasGeneratedBy": _activity(dossier),
        }
    )


def _related(dossier: Dossier, *, derived: bool) -> list[str]:
    return [link for relation, link in dossier.related if (relation in _DERIVED) is derived]


def _download(file: FileEntry, folder: str, dossier: Dossier, site: Site) -> dict[str, Any]:
    return _present(
        {
            "@type": "DataDownload",
            "name": file.title,
            "contentUrl": site.absolute(folder + file.name) or file.name,
            "encodingFormat": file.media_type,
            "contentSize": None if file.size is None else f"{file.size} B",
            "sha256": file.sha256,
            "license": _licence(file, dossier),
        }
    )


def _figure(file: FileEntry, dossier: Dossier, site: Site) -> dict[str, Any]:
    """Describe a figure with what search engines for images ask for: licence, maker and whom to credit."""
    page = site.absolute(dossier.folder)
    return _present(
        {
            "@type": "ImageObject",
            "name": dossier.title,
            "contentUrl": site.absolute(dossier.folder + file.name) or file.name,
            "encodingFormat": file.media_type,
            "license": _licence(file, dossier),
            "acquireLicensePage": page,
            "creator": _agent(site.publisher),
            "creditText": site.title,
        }
    )


def _licence(file: FileEntry, dossier: Dossier) -> str:
    own = file.licence or dossier.licence
    return licence_url(own) or own


def _part(part: Part, site: Site) -> dict[str, Any]:
    page = site.absolute(part.folder)
    return _present({"@type": "Dataset", "@id": page, "name": part.title, "url": page})


def _activity(dossier: Dossier) -> dict[str, Any] | None:
    run = dossier.activity
    if run is None and not dossier.inputs:
        return None
    return _present(
        {
            "@type": "prov:Activity",
            "name": run.id if run else None,
            "prov:startedAtTime": run.started if run else None,
            "prov:endedAtTime": run.ended if run else None,
            "prov:wasAssociatedWith": _agent(run.agent) if run and run.agent else None,
            "prov:used": [
                {"@type": "prov:Entity", "name": used.name, "identifier": f"sha256:{used.sha256}"}
                for used in dossier.inputs
            ],
        }
    )


def _agent(agent: Agent) -> dict[str, Any]:
    return _present(
        {
            "@type": "Organization" if agent.organisation else "Person",
            "@id": agent.iri,
            "name": agent.name,
            "affiliation": [_agent(item) for item in agent.affiliations],
        }
    )


def _present(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None and value != "" and value != []}
