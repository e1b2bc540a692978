"""LINK004 to LINK008: pages of a catalogue, which its build holds; a repository has none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fairport.check.documents import Documents, Skip, Supply, provides
from fairport.check.issue import Issue
from fairport.check.rule import rule

_PAGE: Final = "r/toy-recast/si/index.html"


class CataloguePages:
    """The built pages of a catalogue. No repository has them."""


@provides(CataloguePages)
def _supply_pages(documents: Documents) -> Supply:
    """Supply nothing, and say who looks at these pages."""
    return Supply((), (Skip("not-applicable", "about the pages of a catalogue: its build holds it"),))


@rule(
    "LINK004",
    "error",
    "correctness",
    "A catalogue page describes its data set in JSON-LD, and can be read without JavaScript",
    fair=("F4", "I1"),
    rda=("F3-01M", "F4-01M", "I1-02M"),
    fuji=("FsF-F2-01M", "FsF-F3-01M", "FsF-F4-01M", "FsF-I1-01M", "FsF-R1-01M"),
    scope="catalogue",
    good={_PAGE: '<script type="application/ld+json">{"@type": "Dataset", "name": "..."}</script>\n'},
    bad={_PAGE: '<div id="app"></div><script src="app.js"></script>\n'},
)
def described(pages: CataloguePages) -> Iterator[Issue]:
    """Search engines and F-UJI read the JSON-LD `Dataset` of a page: name, description, identifier, creator,
    publisher, date, keywords, licence, access, downloads with media type and size, measured variables and
    provenance. They run no scripts: what only a script shows does not exist for them."""
    yield from ()


@rule(
    "LINK005",
    "error",
    "correctness",
    "A catalogue page has FAIR Signposting with targets that exist",
    fair=("F1", "A1"),
    rda=("F3-01M", "A1-05D"),
    fuji=("FsF-F1-02MD", "FsF-I1-01M"),
    scope="catalogue",
    good={_PAGE: '<link rel="cite-as" href="https://doi.org/10.5281/zenodo.1234567">\n'},
    bad={_PAGE: '<link rel="cite-as" href="https://doi.org/10.1103/PhysRevD.98.102006">\n'},
)
def signposted(pages: CataloguePages) -> Iterator[Issue]:
    """A program that lands on a page finds its way by typed links: `cite-as` (the record's own identifier,
    never the paper's DOI), `describedby`, `item`, `type`, `license` and `author`."""
    yield from ()


@rule(
    "LINK006",
    "warning",
    "correctness",
    "The link set of a catalogue page agrees with its typed links",
    fair=("A1",),
    rda=("I3-03M",),
    fuji=("FsF-I1-01M",),
    scope="catalogue",
    good={
        "linkset.json": '{"linkset": [{"anchor": "...", "item": [{"href": "a.csv"}, {"href": "b.csv"}]}]}\n'
    },
    bad={"linkset.json": '{"linkset": [{"anchor": "...", "item": [{"href": "a.csv"}]}]}\n'},
)
def linked(pages: CataloguePages) -> Iterator[Issue]:
    """The link set (RFC 9264) says for all resources of a record what the page says for itself; `item` and
    `collection`, `describedby` and `describes` are each other's inverse. Two answers to one question are
    none."""
    yield from ()


@rule(
    "LINK007",
    "error",
    "correctness",
    "Site map, DCAT catalogue and VOResource records list the same data sets",
    fair=("F4", "R1.3"),
    rda=("F4-01M", "R1.3-01M"),
    fuji=("FsF-F4-01M", "FsF-R1.3-01M-1"),
    scope="catalogue",
    good={
        "sitemap.xml": "<url><loc>https://example.org/r/toy-recast/si/</loc><lastmod>2026-02-01</lastmod></url>\n"
    },
    bad={"sitemap.xml": "<urlset></urlset>\n"},
)
def listed(pages: CataloguePages) -> Iterator[Issue]:
    """Harvesters come through the site map, through DCAT or through the registry of the Virtual Observatory.
    A data set that one of them lacks is invisible to that community."""
    yield from ()


@rule(
    "LINK008",
    "error",
    "correctness",
    "A withdrawn record keeps its page, with reason and date",
    fair=("A2",),
    rda=("A2-01M",),
    scope="catalogue",
    good={_PAGE: "<h1>Withdrawn on 2026-03-01: wrong efficiency</h1>\n"},
    bad={_PAGE: None},
)
def remembered(pages: CataloguePages) -> Iterator[Issue]:
    """Who cited a result must find out what became of it. The page of a withdrawn record stays with its
    metadata, the reason and the date, and its identifier is never given to another."""
    yield from ()
