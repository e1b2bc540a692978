"""Atom feeds (RFC 4287) of the newest results: one of the catalogue, one of each experiment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.metadata import version
from typing import Final

from fairport.catalog.machines.dossier import Site
from fairport.catalog.machines.xmltext import element, xml_text
from fairport.catalog.model import ShownAnalysis, ShownResult
from fairport.catalog.prose import plain

NEWEST: Final = 50
"""Entries of a feed."""

FEED_FILE: Final = "feed.atom"

_TAG_YEAR: Final = "2026"
"""Year in ``tag:`` identifiers (RFC 4151); it never changes, or every reader would see all entries again."""

_AUTHORS: Final = 10


def tag(site: Site, path: str) -> str:
    """Return the identifier of a page, which stays the same whatever happens to its address."""
    return f"tag:{site.host},{_TAG_YEAR}:{path.removesuffix('index.html').strip('/')}"


def feed(
    site: Site,
    page: str,
    title: str,
    results: Iterable[tuple[ShownAnalysis, ShownResult]],
    time: str,
) -> str:
    """Return the feed of the results of a page, newest first.

    Args:
        site: the catalogue, which must have a published address.
        page: page whose feed it is, relative to the site.
        title: of the feed.
        results: results with their analyses, in any order.
        time: when the last harvest began, for results without a date of their own.

    Raises:
        ValueError: the catalogue has no published address.
    """
    newest = sorted(results, key=lambda pair: pair[1].id)
    newest.sort(key=lambda pair: _updated(pair[1], time), reverse=True)
    newest = newest[:NEWEST]
    folder = page.removesuffix("index.html")
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">\n',
        element("id", tag(site, f"feed/{folder}"), " "),
        element("title", title, " "),
        element("updated", _updated(newest[0][1], time) if newest else time, " "),
        _link("self", site.address(folder + FEED_FILE), "application/atom+xml"),
        _link("alternate", site.address(page), "text/html"),
        _author(site.publisher.name, " "),
        element("rights", f"Texts of this feed: {site.licence}. Numbers: the licence of each result.", " "),
        element("generator", "Fairport", " ", version=version("fairport")),
    ]
    lines += [_entry(site, analysis, result, time) for analysis, result in newest]
    return "".join([*lines, "</feed>\n"])


def _entry(site: Site, analysis: ShownAnalysis, result: ShownResult, time: str) -> str:
    card = result.card
    authors = [plain(person.display_name) for person in analysis.record.authors[:_AUTHORS]]
    return "".join(
        [
            " <entry>\n",
            element("id", tag(site, result.url), "  "),
            element("title", plain(card.title) or result.id, "  "),
            element("updated", _updated(result, time), "  "),
            _link("alternate", site.address(result.url), "text/html", " "),
            *(_author(name, "  ") for name in authors if name),
            f'  <category term="{xml_text(card.plane)}" label="{xml_text(plain(card.plane_title))}"/>\n',
            element("rights", card.licence, "  "),
            element("summary", _summary(analysis, result), "  "),
            " </entry>\n",
        ]
    )


def _summary(analysis: ShownAnalysis, result: ShownResult) -> str:
    card = result.card
    level = f" at {100 * card.level:.4g} % confidence level" if card.level is not None else ""
    plane = plain(card.plane_title)
    sentences: Sequence[str] = (
        f"{card.form.capitalize()}{level} in the plane {plane}, {card.kind}, {card.status}.",
        f"Analysis: {plain(analysis.record.title)}, version {plain(card.version)} of the result.",
        f"Identifier: {result.id}.",
    )
    return " ".join(sentences)


def _updated(result: ShownResult, time: str) -> str:
    return result.state.harvested or time


def _author(name: str, indent: str) -> str:
    return f"{indent}<author>\n{element('name', name, indent + ' ')}{indent}</author>\n"


def _link(rel: str, href: str, kind: str, indent: str = "") -> str:
    return f'{indent} <link rel="{rel}" type="{kind}" href="{xml_text(href)}"/>\n'
