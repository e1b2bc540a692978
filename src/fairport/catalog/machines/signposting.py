"""FAIR Signposting: typed links of a page and of its link set (RFC 8288, RFC 9264).

Static hosting sends no ``Link`` headers, so the links stand in the head of the page; the link set says the
same, and for each file which page it belongs to. HTML has no attribute for the profile of a target: it is in
the link set only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from fairport.catalog.licences import licence_url
from fairport.catalog.machines.dossier import (
    CRATE_FILE,
    CRATE_PROFILE,
    LINKSET_JSON,
    LINKSET_TEXT,
    VORESOURCE_FILE,
    Dossier,
    Site,
)

ABOUT_PAGE: Final = "https://schema.org/AboutPage"
SCHEMA_ORG: Final = "https://schema.org/"
MAX_HEAD_ITEMS: Final = 20
"""Items that the head of a page lists; the link set has all."""

_ENDS: Final = re.compile(r'[<>"\\^`{|}]')
"""What would end a link."""


@dataclass(frozen=True, slots=True)
class Signpost:
    """A typed link; ``href`` is absolute where the catalogue has an address."""

    rel: str
    href: str
    type: str | None = None
    profile: str | None = None


def signposts(dossier: Dossier, site: Site) -> tuple[Signpost, ...]:
    """Return the links of a page, without those to its link sets."""

    def at(name: str) -> str:
        return site.absolute(dossier.folder + name) or name

    own = dossier.doi or site.absolute(dossier.folder)
    links = [Signpost("cite-as", own)] if own else []
    links += [Signpost("type", ABOUT_PAGE), Signpost("type", SCHEMA_ORG + dossier.type)]
    if dossier.licence_url:
        links.append(Signpost("license", dossier.licence_url))
    links += [Signpost("author", agent.iri) for agent in dossier.creators if agent.iri]
    if CRATE_FILE in dossier.beside:
        links.append(Signpost("describedby", at(CRATE_FILE), "application/ld+json", CRATE_PROFILE))
    if site.url and VORESOURCE_FILE in dossier.beside:
        links.append(Signpost("describedby", at(VORESOURCE_FILE), "application/xml"))
    for file in dossier.files:
        if file.role != "figure":
            rel = "item" if file.role == "data" else "describedby"
            links.append(Signpost(rel, at(file.name), file.media_type))
    if site.url:
        links += [Signpost("item", site.address(file.name), file.media_type) for file in dossier.tables]
    for part in dossier.parts:
        if page := site.absolute(part.folder):
            links.append(Signpost("item", page, "text/html"))
    return tuple(links)


def head_links(dossier: Dossier, site: Site) -> tuple[Signpost, ...]:
    """Return the links for the head of a page: all but surplus items and authors, and the link sets."""
    kept, counts = [], {"item": 0, "author": 0}
    for link in signposts(dossier, site):
        if link.rel in counts:
            counts[link.rel] += 1
            if counts[link.rel] > MAX_HEAD_ITEMS:
                continue
        kept.append(link)
    if site.url:
        for name, kind in ((LINKSET_JSON, "application/linkset+json"), (LINKSET_TEXT, "application/linkset")):
            if name in dossier.beside:
                kept.append(Signpost("linkset", site.address(dossier.folder + name), kind))
    return tuple(kept)


def linkset(dossier: Dossier, site: Site) -> dict[str, Any]:
    """Return the link set of a page and its files; all addresses are absolute.

    Raises:
        ValueError: the catalogue has no published address.
    """
    contexts: list[dict[str, Any]] = []
    for anchor, links in _contexts(dossier, site):
        context: dict[str, Any] = {"anchor": anchor}
        for link in links:
            target = {"href": link.href}
            if link.type:
                target["type"] = link.type
            if link.profile:
                target["profile"] = link.profile
            context.setdefault(link.rel, []).append(target)
        contexts.append(context)
    return {"linkset": contexts}


def linkset_json(dossier: Dossier, site: Site) -> str:
    """Return the link set as ``application/linkset+json``, one resource a line."""
    lines = ",\n".join(json.dumps(item, ensure_ascii=False) for item in linkset(dossier, site)["linkset"])
    return f'{{"linkset": [\n{lines}\n]}}\n'


def linkset_text(dossier: Dossier, site: Site) -> str:
    """Return the link set as ``application/linkset``."""
    return (
        ",\n".join(_link_value(link, anchor) for anchor, links in _contexts(dossier, site) for link in links)
        + "\n"
    )


def _contexts(dossier: Dossier, site: Site) -> Iterator[tuple[str, tuple[Signpost, ...]]]:
    """Yield each resource with its links: the page first, then files and descriptions with the inverse."""
    page = site.address(dossier.folder)
    links = signposts(dossier, site)
    if dossier.part_of is not None:
        links += (Signpost("collection", site.address(dossier.part_of.folder), "text/html"),)
    yield page, links
    licences = _licences(dossier, site)
    for link in links:
        if link.rel == "item" and link.type != "text/html":
            url = licences.get(link.href, dossier.licence_url)
            licence = (Signpost("license", url),) if url else ()
            yield link.href, (Signpost("collection", page, "text/html"), *licence)
        elif link.rel == "describedby":
            yield link.href, (Signpost("describes", page, "text/html"),)


def _licences(dossier: Dossier, site: Site) -> dict[str, str | None]:
    """Return the page of the licence of each file that has one of its own, by address."""
    files = [(dossier.folder + file.name, file) for file in dossier.files]
    files += [(file.name, file) for file in dossier.tables]
    return {site.address(path): licence_url(file.licence) for path, file in files if file.licence}


def _link_value(link: Signpost, anchor: str) -> str:
    parts = [f"<{_uri(link.href)}>", f'rel="{link.rel}"']
    if link.type:
        parts.append(f'type="{link.type}"')
    if link.profile:
        parts.append(f'profile="{_uri(link.profile)}"')
    return "; ".join([*parts, f'anchor="{_uri(anchor)}"'])


def _uri(text: str) -> str:
    """Escape what would end a link: an address that needs it holds these signs percent-encoded anyway."""
    return _ENDS.sub(lambda sign: f"%{ord(sign.group()):02X}", text)
