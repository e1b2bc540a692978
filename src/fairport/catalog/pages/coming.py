"""Pages that a build has begun: what leads to them comes into its place before they do."""

from __future__ import annotations

from fairport.catalog.pages.frame import Frame
from fairport.catalog.parts import Link
from fairport.catalog.prose import plain


def add_coming(frame: Frame, url: str, title: str, section: str) -> None:
    """Make a page that says it is being made, which the same build replaces.

    A reader only meets it while a build is under way, or after one that was killed.

    Args:
        frame: receives the page.
        url: where it stands, relative to the root of the site.
        title: of the page that will stand there.
        section: entry of the navigation that it belongs to.
    """
    page = frame.page(url, plain(title), "This page is being made.", section=section)
    frame.add("coming.html.jinja", page, trail=[Link(f"{page.root}index.html", frame.model.config.title)])
    frame.unlisted.add(url)


__all__ = ["add_coming"]
