"""What every page has: address, title, navigation, footer, machine-readable head."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from fairport.catalog.browser.frontend import bundle
from fairport.catalog.model import SiteModel
from fairport.catalog.parts import Link
from fairport.catalog.prose import plain, shortened
from fairport.catalog.site.rendering import render


@dataclass(frozen=True, slots=True)
class Alternate:
    """Another form of the same page."""

    href: str
    type: str
    title: str


@dataclass(frozen=True, slots=True)
class Page:
    """The head of a page.

    Attributes:
        url: address relative to the site, always a file.
        title: title without the name of the site.
        description: one or two sentences.
        section: entry of the navigation that it belongs to.
        canonical: absolute address, if the catalogue has one.
        alternates: other forms.
        jsonld: schema.org description as escaped JSON.
        signposts: typed links for programs that land on the page (``rel``, ``href``, ``type``, ``profile``).
        base: published address of the site, for the page that servers show in the place of missing ones.
        styles: style sheets below ``assets/`` beyond the one of every page.
        scripts: scripts below ``assets/`` that the page loads.
    """

    url: str
    title: str
    description: str
    section: str = ""
    canonical: str | None = None
    alternates: tuple[Alternate, ...] = ()
    jsonld: Markup | None = None
    signposts: tuple[Any, ...] = ()
    base: str | None = None
    styles: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()

    @property
    def root(self) -> str:
        """Way from this page to the root of the site: relative, unless the page is shown at any address."""
        return self.base if self.base is not None else "../" * self.url.count("/")


@dataclass(frozen=True, slots=True)
class Frame:
    """What all pages of one build share.

    Attributes:
        model: the catalogue.
        docs: whether narrative pages are part of the site.
        files: pages and files made so far, by path.
        descriptions: DCAT node of each data set whose page was made, by address of the page.
        unlisted: pages that no site map names: tombstones, redirects, entries without anything to show.
        interactive: whether the front end was built, so that pages may load it.
    """

    model: SiteModel
    docs: bool
    files: dict[str, bytes | str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    unlisted: set[str] = field(default_factory=set)
    interactive: bool = field(default_factory=lambda: bundle() is not None)

    def absolute(self, url: str) -> str | None:
        """Return the published address of a page, ``None`` when the catalogue has none."""
        base = self.model.config.url
        if not base:
            return None
        return base.rstrip("/") + "/" + url.removesuffix("index.html")

    def page(self, url: str, title: str, description: str, **more: Any) -> Page:
        """Return the head of a page with its canonical address."""
        return Page(url, title, description, canonical=self.absolute(url), **more)

    def render(self, template: str, page: Page, **values: Any) -> str:
        """Render a page."""
        root = page.root
        return render(
            template,
            page=page,
            root=root,
            site={
                "title": self.model.config.title,
                "note": self.note,
                "private": self.model.config.private,
            },
            nav=self._navigation(root),
            more=self._footer_links(root),
            **values,
        )

    def add(self, template: str, page: Page, **values: Any) -> None:
        """Render a page and keep it."""
        self.files[page.url] = self.render(template, page, **values)

    def _navigation(self, root: str) -> tuple[Link, ...]:
        links = [
            Link(f"{root}p/index.html", "Planes", "planes"),
            Link(f"{root}r/index.html", "Results", "results"),
            Link(f"{root}a/index.html", "Analyses", "analyses"),
        ]
        if self.docs:
            links.append(Link(f"{root}docs/index.html", "Docs", "docs"))
        if self.interactive:
            links.append(Link(f"{root}s/index.html", "Search", "search", exact=True))
        return tuple(links)

    def _footer_links(self, root: str) -> tuple[Link, ...]:
        links = [
            Link(f"{root}x/index.html", "Experiments"),
            Link(f"{root}v/index.html", "Releases"),
            Link(f"{root}status/index.html", "Last harvest"),
            Link(f"{root}catalog.json", "catalog.json"),
        ]
        if self.interactive:
            links.insert(0, Link(f"{root}new/index.html", "Begin an analysis"))
        if self.docs:
            links.append(Link(f"{root}docs/reference/schemas.html", "Schemas"))
        return tuple(links)

    @property
    def note(self) -> str:
        """Sentence of the footer."""
        config = self.model.config
        publisher = f"{shortened(plain(config.publisher.name), 120)}. " if config.publisher else ""
        return (
            f"{publisher}Numbers keep the licence of their result; texts and combined figures of this "
            f"catalogue: {plain(config.licence)}. Cite the sources of every curve you use."
        )


def as_json_ld(data: dict[str, Any]) -> Markup:
    """Return JSON that is safe inside a script element: ``<``, ``>`` and ``&`` are escaped."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - escaped above
