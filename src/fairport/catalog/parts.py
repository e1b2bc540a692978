"""Small pieces of pages as typed values; the templates in ``site/pages`` give them their form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from fairport.catalog.addresses import safe_link


@dataclass(frozen=True, slots=True)
class Link:
    """A link; ``first`` makes it the prominent one of its row, ``download`` asks the browser to save."""

    href: str
    title: str
    name: str = ""
    exact: bool = False
    first: bool = False
    download: bool = False


@dataclass(frozen=True, slots=True)
class Badge:
    """A short mark; ``tone`` is empty, ``accent``, ``good``, ``warn`` or ``bad``."""

    text: str
    tone: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence that a reader must not miss, and where to go on."""

    text: str
    tone: str = "plain"
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a fact: text, code, a checked link, or HTML of Fairport's own making."""

    text: str = ""
    href: str | None = None
    code: bool = False
    html: Markup | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A label with its values."""

    label: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table."""

    text: str = ""
    href: str | None = None
    html: Markup | None = None
    badge: Badge | None = None
    small: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column; numbers are right-aligned."""

    title: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row; ``text`` is what a filter searches."""

    cells: tuple[Cell, ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class TableView:
    """A table."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...] = field(default=())
    caption: str = ""


@dataclass(frozen=True, slots=True)
class FailureCard:
    """Why a repository is not shown as it stands."""

    title: str
    reason: str
    mend: str | None
    stale: bool
    harvested: str | None
    href: str | None = None


def fact(label: str, *values: Value | Markup | str | None) -> Fact | None:
    """Return a fact of the values that are there, ``None`` without any."""
    kept = tuple(_value(value) for value in values if value is not None and value != "")
    return Fact(label, kept) if kept else None


def facts(*items: Fact | None) -> tuple[Fact, ...]:
    """Return the facts that are there."""
    return tuple(item for item in items if item is not None)


def link(text: str | None, target: str | None = None) -> Value | None:
    """Return text that links to ``target`` (by default to itself) where that is a link a page may carry."""
    if not text:
        return None
    return Value(text, href=safe_link(target if target is not None else text))


def code(text: str | None) -> Value | None:
    """Return text set as code."""
    return Value(text, code=True) if text else None


def columns(*titles: str, numbers: Sequence[int] = ()) -> tuple[Column, ...]:
    """Return columns with these titles; ``numbers`` lists the positions of right-aligned ones."""
    return tuple(Column(title, index in numbers) for index, title in enumerate(titles))


def _value(value: Value | Markup | str) -> Value:
    if isinstance(value, Value):
        return value
    return Value(html=value) if isinstance(value, Markup) else Value(value)
