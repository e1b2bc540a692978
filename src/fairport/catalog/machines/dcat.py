"""DCAT 3 descriptions in JSON-LD that meet DCAT-AP: a node for each data set, pages of a catalogue.

A node is made with its record and kept; a page joins a thousand of them, so that neither this program nor a
harvester ever holds a large catalogue at once. Pages are linked by Hydra, as CKAN's harvester expects it.

Size and digest of a file are left out: DCAT-AP 2.1 and 3.0 contradict each other about them, and both are in
use. The JSON-LD of the pages and the crates have them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from fairport.catalog.licences import licence_url
from fairport.catalog.machines.dossier import Agent, Dossier, FileEntry, Site

PAGE: Final = 1000
"""Data sets on one page."""

_MEDIA_TYPES: Final = "https://www.iana.org/assignments/media-types/"
_THEME: Final = "http://publications.europa.eu/resource/authority/data-theme/TECH"

CONTEXT: Final[dict[str, Any]] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def page_path(number: int) -> str:
    """Return the path of a page of the catalogue, counted from 1."""
    return "dcat.jsonld" if number == 1 else f"dcat/{number}.jsonld"


def dataset_node(dossier: Dossier, site: Site) -> str:
    """Return the node of a data set as one line of JSON.

    Raises:
        ValueError: the catalogue has no published address.
    """
    page = site.address(dossier.folder)
    node = {
        "@id": page,
        "@type": ["dcat:Dataset", "rdfs:Resource"],
        "dct:title": _words(dossier.title),
        "dct:description": _words(dossier.description),
        "dct:identifier": dossier.doi or page,
        "dct:issued": _date(dossier.day),
        "dct:modified": _time(dossier.published),
        "dct:publisher": _agent(site.publisher),
        "dct:creator": [_agent(agent) for agent in dossier.creators],
        "dct:language": _language(),
        "dct:license": _licence(dossier.licence, dossier.licence_url),
        "dct:accessRights": _rights(dossier.access_iri, dossier.access),
        "dcat:contactPoint": contact_point(site),
        "dcat:keyword": [_words(word) for word in dossier.keywords],
        "dcat:landingPage": {"@id": page, "@type": "foaf:Document"},
        "dcat:theme": _theme(),
        "dcat:version": dossier.version,
        "prov:wasDerivedFrom": [{"@id": link} for link in dossier.sources],
        "dct:isReferencedBy": [_resource(link) for link in dossier.citations],
        "dct:isPartOf": {"@id": site.address(dossier.part_of.folder)} if dossier.part_of else None,
        "dct:hasPart": [{"@id": site.address(part.folder)} for part in dossier.parts],
        "dcat:distribution": [_distribution(file, dossier, site) for file in dossier.content],
    }
    return json.dumps(_present(node), ensure_ascii=False, separators=(",", ":"))


def catalogue_page(
    site: Site, time: str, number: int, pages: int, nodes: Sequence[str], members: Sequence[str]
) -> str:
    """Return a page of the catalogue.

    Args:
        site: the catalogue.
        time: when the last harvest began (RFC 3339, UTC).
        number: of this page, from 1.
        pages: how many there are.
        nodes: :func:`dataset_node` of its data sets.
        members: their addresses.
    """
    catalogue = {
        "@id": site.address("index.html"),
        "@type": "dcat:Catalog",
        "dct:title": _words(site.title),
        "dct:description": _words(site.description),
        "dct:publisher": _agent(site.publisher),
        "dct:license": _licence(site.licence, licence_url(site.licence)),
        "dct:modified": _time(time),
        "dct:language": _language(),
        "dcat:contactPoint": contact_point(site),
        "dcat:themeTaxonomy": {
            "@id": _THEME.rsplit("/", 1)[0],
            "@type": "skos:ConceptScheme",
            "dct:title": _words("Data themes"),
        },
        "foaf:homepage": {"@id": site.address("index.html"), "@type": "foaf:Document"},
        "dcat:dataset": [{"@id": member} for member in members],
    }
    head = [json.dumps(_present(catalogue), ensure_ascii=False, separators=(",", ":"))]
    if pages > 1:
        head.append(json.dumps(_view(site, number, pages), separators=(",", ":")))
    context = json.dumps(CONTEXT, separators=(",", ":"))
    return f'{{"@context":{context},\n"@graph":[\n' + ",\n".join([*head, *nodes]) + "\n]}\n"


def contact_point(site: Site) -> dict[str, Any]:
    """Return whom to ask as a vCard."""
    contact = site.contact or site.publisher.name
    node: dict[str, Any] = {"@type": ["vcard:Kind", "vcard:Organization"], "vcard:fn": site.publisher.name}
    if "@" in contact and " " not in contact and not contact.startswith("http"):
        node["vcard:hasEmail"] = {"@id": f"mailto:{contact}"}
    elif contact.startswith(("https://", "http://")) and " " not in contact:
        node["vcard:hasURL"] = {"@id": contact}
    else:
        node["vcard:fn"] = contact
    return node


def _view(site: Site, number: int, pages: int) -> dict[str, Any]:
    links = {"first": 1, "last": pages}
    if number > 1:
        links["previous"] = number - 1
    if number < pages:
        links["next"] = number + 1
    return {
        "@id": site.address(page_path(number)),
        "@type": "hydra:PartialCollectionView",
        **{f"hydra:{name}": {"@id": site.address(page_path(page))} for name, page in links.items()},
    }


def _distribution(file: FileEntry, dossier: Dossier, site: Site) -> dict[str, Any]:
    address = site.address(dossier.folder + file.name)
    return {
        "@id": f"{address}#distribution",
        "@type": "dcat:Distribution",
        "dct:title": _words(file.title),
        "dcat:accessURL": _resource(site.address(dossier.folder)),
        "dcat:downloadURL": _resource(address),
        "dcat:mediaType": {"@id": _MEDIA_TYPES + file.media_type, "@type": "dct:MediaType"},
        "dct:license": _licence(dossier.licence, dossier.licence_url),
        "dct:issued": _date(dossier.day),
    }


def _resource(address: str) -> dict[str, str]:
    return {"@id": address, "@type": "rdfs:Resource"}


def _agent(agent: Agent) -> dict[str, Any]:
    kind = "foaf:Organization" if agent.organisation else "foaf:Person"
    return _present({"@id": agent.iri, "@type": ["foaf:Agent", kind], "foaf:name": agent.name})


def _licence(spdx: str, url: str | None) -> dict[str, Any]:
    return _present({"@id": url, "@type": "dct:LicenseDocument", "rdfs:label": spdx, "dct:identifier": spdx})


def _rights(iri: str, label: str) -> dict[str, Any]:
    return {"@id": iri, "@type": "dct:RightsStatement", "rdfs:label": _words(label)}


def _theme() -> dict[str, Any]:
    return {"@id": _THEME, "@type": "skos:Concept", "skos:prefLabel": _words("Science and technology")}


def _language() -> dict[str, str]:
    return {
        "@id": "http://publications.europa.eu/resource/authority/language/ENG",
        "@type": "dct:LinguisticSystem",
    }


def _words(text: str) -> dict[str, str]:
    return {"@language": "en", "@value": text}


def _date(day: str) -> dict[str, str]:
    return {"@type": "xsd:date", "@value": day}


def _time(instant: str) -> dict[str, str]:
    return {"@type": "xsd:dateTime", "@value": instant}


def _present(node: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in node.items() if value is not None and value != "" and value != []}
