"""Site maps (https://www.sitemaps.org/protocol.html): an index, and parts by kind of page.

All stand in the root of the site, since a site map only speaks for what lies below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

from fairport.catalog.machines.dossier import Site
from fairport.catalog.machines.xmltext import xml_text

INDEX: Final = "sitemap.xml"
PART: Final = 20_000
"""Pages of one part; the protocol allows 50,000 and 50 MB."""

_NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_KINDS: Final = {"r": "results", "a": "analyses"}


def sitemaps(
    site: Site, pages: Iterable[str], days: Mapping[str, str], newest: str, others: Iterable[str] = ()
) -> Iterator[tuple[str, str]]:
    """Yield path and content of each part, and of the index at last.

    Args:
        site: the catalogue, which must have a published address.
        pages: paths of pages.
        days: day (ISO) of the content of a page, by path.
        newest: day of those pages that have none of their own.
        others: site maps that somebody else makes, by their path.

    Raises:
        ValueError: the catalogue has no published address.
    """
    kinds: dict[str, list[str]] = {}
    for page in sorted(pages):
        kinds.setdefault(_KINDS.get(page.split("/")[0], "pages"), []).append(page)
    parts: dict[str, str] = {}
    for kind in sorted(kinds):
        rest = iter(kinds[kind])
        number = 0
        while group := list(islice(rest, PART)):
            number += 1
            path = f"sitemap-{kind}-{number}.xml"
            parts[path] = max(days.get(page, newest) for page in group)
            yield (
                path,
                _document(
                    "urlset", (_row("url", site.address(page), days.get(page, newest)) for page in group)
                ),
            )
    rows = [_row("sitemap", site.address(path), day) for path, day in parts.items()]
    rows += [_row("sitemap", site.address(path), newest) for path in others]
    yield INDEX, _document("sitemapindex", rows)


def undated(site: Site, pages: Iterable[str]) -> str:
    """Return a site map of pages that have no date of their own, such as the narrative ones.

    Raises:
        ValueError: the catalogue has no published address.
    """
    rows = (f"<url><loc>{xml_text(site.address(page))}</loc></url>\n" for page in sorted(pages))
    return _document("urlset", rows)


def _row(name: str, address: str, day: str) -> str:
    return f"<{name}><loc>{xml_text(address)}</loc><lastmod>{xml_text(day)}</lastmod></{name}>\n"


def _document(root: str, rows: Iterable[str]) -> str:
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_NAMESPACE}">\n'
    return head + "".join(rows) + f"</{root}>\n"
