"""Long lists on pages of a size that opens fast."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from fairport.catalog.parts import Link

T = TypeVar("T")


def leaves(items: Sequence[T], rows: int) -> Iterator[Sequence[T]]:
    """Yield at most ``rows`` items for each page; one page without items when there are none."""
    for start in range(0, max(1, len(items)), rows):
        yield items[start : start + rows]


def page_url(folder: str, at: int) -> str:
    """Return the address of page ``at`` of a list, counted from 0, below the root of the site."""
    return f"{folder}/page-{at + 1}.html" if at else f"{folder}/index.html"


def page_title(title: str, at: int) -> str:
    """Return the title of page ``at`` of a list."""
    return f"{title}, page {at + 1}" if at else title


def pager(root: str, folder: str, at: int, pages: int) -> list[Link]:
    """Return the ways to all pages of a list, seen from page ``at``.

    Args:
        root: relative way from the page to the root of the site.
        folder: folder of the list.
        at: which page it is, counted from 0.
        pages: number of pages.
    """
    return [Link(root + page_url(folder, other), str(other + 1), exact=other == at) for other in range(pages)]


__all__ = ["leaves", "page_title", "page_url", "pager"]
