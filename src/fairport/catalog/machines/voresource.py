"""A VOResource record for each data set, as the registry of the Virtual Observatory reads it.

Written to VOResource 1.1 and VODataService 1.2 (https://www.ivoa.net/documents/VOResource/): a
``vs:DataResource`` with its landing page and its table as interfaces. The naming authority is the host of the
catalogue; whoever wants the records in the registry registers that authority first.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from fairport.catalog.machines.dossier import Agent, Dossier, Site
from fairport.catalog.machines.xmltext import element, xml_text

_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<ri:Resource xmlns:ri="http://www.ivoa.net/xml/RegistryInterface/v1.0"
 xmlns:vr="http://www.ivoa.net/xml/VOResource/v1.0" xmlns:vs="http://www.ivoa.net/xml/VODataService/v1.1"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="vs:DataResource"
 created="{time}" updated="{time}" status="{status}">
"""
_RELATIONS: Final = {
    "IsDerivedFrom": "IsDerivedFrom",
    "IsSupplementTo": "IsSupplementTo",
    "IsSupplementedBy": "IsSupplementedBy",
    "Cites": "Cites",
    "IsPartOf": "IsPartOf",
    "HasPart": "HasPart",
    "IsNewVersionOf": "IsNewVersionOf",
    "IsPreviousVersionOf": "IsPreviousVersionOf",
}


def ivoid(site: Site, path: str) -> str:
    """Return the IVOA identifier of a folder of the site."""
    prefix = urlsplit(site.url or "").path.strip("/")
    key = "/".join(part for part in (prefix, path.strip("/")) if part)
    return f"ivo://{site.host}/" + re.sub(r"[^A-Za-z0-9_.!~*'()+=/-]", "_", key)


def voresource(dossier: Dossier, site: Site) -> str:
    """Return the record of a data set.

    Raises:
        ValueError: the catalogue has no published address.
    """
    time = dossier.published
    status = "deleted" if dossier.status == "withdrawn" else "active"
    return "".join(
        [
            _HEAD.format(time=xml_text(time), status=status),
            element("title", dossier.title, " "),
            element("shortName", _short(dossier.id), " "),
            element("identifier", ivoid(site, dossier.folder), " "),
            element("altIdentifier", _doi(dossier.doi), " "),
            _curation(dossier, site),
            _content(dossier, site),
            element("rights", dossier.licence, " ", rightsURI=dossier.licence_url),
            _capability(dossier, site),
            element("instrument", dossier.instrument, " "),
            "</ri:Resource>\n",
        ]
    )


def _curation(dossier: Dossier, site: Site) -> str:
    lines = [" <curation>\n", element("publisher", site.publisher.name, "  ")]
    for agent in dossier.creators:
        name = element("name", agent.name, "   ") + element("altIdentifier", _orcid(agent), "   ")
        lines.append(f"  <creator>\n{name}  </creator>\n")
    lines.append(element("date", dossier.published, "  ", role="Updated"))
    lines.append(element("version", dossier.version, "  "))
    contact = site.contact or site.publisher.name
    mail = contact if re.fullmatch(r"[^@\s]+@[^@\s]+", contact) else None
    name = element("name", site.publisher.name if mail else contact, "   ")
    lines.append(f"  <contact>\n{name}{element('email', mail, '   ')}  </contact>\n </curation>\n")
    return "".join(lines)


def _content(dossier: Dossier, site: Site) -> str:
    lines = [" <content>\n"]
    lines += [element("subject", word, "  ") for word in dossier.keywords]
    lines.append(element("description", dossier.description, "  "))
    doi = next((_doi(link) for link in dossier.citations if _doi(link)), None)
    lines.append(element("source", doi[4:] if doi else None, "  ", format="doi"))
    lines.append(element("referenceURL", site.address(dossier.folder), "  "))
    lines.append(element("type", "Archive", "  ") + element("contentLevel", "Research", "  "))
    if dossier.part_of is not None:
        owner = ivoid(site, dossier.part_of.folder)
        lines.append(
            _relationship("IsPartOf", element("relatedResource", dossier.part_of.title, "   ", ivo_id=owner))
        )
    for relation, link in dossier.related:
        if relation in _RELATIONS:
            lines.append(_relationship(relation, element("relatedResource", link, "   ")))
    return "".join([*lines, " </content>\n"])


def _relationship(kind: str, resource: str) -> str:
    return f"  <relationship>\n{element('relationshipType', kind, '   ')}{resource}  </relationship>\n"


def _capability(dossier: Dossier, site: Site) -> str:
    """Return the landing page and the files with the data as interfaces for a browser."""
    addresses = [site.address(dossier.folder)]
    addresses += [site.address(dossier.folder + file.name) for file in dossier.content]
    lines = [" <capability>\n"]
    for address in addresses:
        lines.append('  <interface xsi:type="vr:WebBrowser">\n')
        lines.append(element("accessURL", address, "   ", use="full") + "  </interface>\n")
    return "".join([*lines, " </capability>\n"])


def _short(identifier: str) -> str:
    """Return the end of an identifier in the 16 signs that the standard allows."""
    return identifier.rsplit("/", 1)[-1][:16]


def _doi(link: str | None) -> str | None:
    return f"doi:{link.partition('doi.org/')[2]}" if link and "doi.org/10." in link else None


def _orcid(agent: Agent) -> str | None:
    if agent.iri and agent.iri.startswith("https://orcid.org/"):
        return "orcid:" + agent.iri.removeprefix("https://orcid.org/")
    return agent.iri
