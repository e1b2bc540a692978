"""The XML of the Dark Matter Limit Plotter, in which hundreds of direct-detection curves were collected.

A ``limit`` has its points in one element ``data-values`` as ``{[x y; x y; ...]}``; ``x-rescale`` and
``y-rescale`` are numbers that the values are to be multiplied by to be in ``x-units`` and ``y-units``, a
factor easily forgotten (1e-36 where the values are picobarns).
"""

from __future__ import annotations

import math
import re
from typing import Any, Final
from xml.etree import ElementTree

from fairport.contract.errors import DocumentError, Location
from fairport.interop.formats.extras import pick
from fairport.interop.formats.neutral import Column, ImportedTable

FORMAT: Final = "limitplotter"
_VALUES: Final = re.compile(r"<data-values[^>]*>(.*?)</data-values>", re.DOTALL)
_DOI: Final = re.compile(r"\b(10\.\d{4,9}/[^\s\"'<>&]+)")
_ARXIV: Final = re.compile(
    r"(?:arxiv\.org/(?:abs|pdf)/|arXiv:)\s*([a-z-]*/?\d{4}[.\d]\d{3,5}(?:v\d+)?)", re.IGNORECASE
)
_SHOWN: Final = (
    "data-label",
    "data-comment",
    "experiment",
    "result-type",
    "spin-dependency",
    "measurement-type",
    "year",
)


def is_limit(content: bytes) -> bool:
    """Tell whether a file holds points as the Limit Plotter writes them."""
    return b"<data-values" in content and b"<limit" in content[:4096]


def read(text: str, name: str, *, label: str | None = None) -> ImportedTable:
    """Read one limit.

    Args:
        text: the XML.
        name: file shown in messages.
        label: label of the limit, needed where the file holds several.

    Raises:
        DocumentError: no such XML, or points that are no numbers, with line.
        UsageError: several limits and no label.
    """
    limits = _limits(text, name)
    labels = [_text(limit, "data-label") or f"limit {number}" for number, limit in enumerate(limits, 1)]
    unique = [
        each if labels.count(each) == 1 else f"{each} {number}" for number, each in enumerate(labels, 1)
    ]
    chosen = pick(name, label, dict.fromkeys(unique, ""), "limits")
    number = unique.index(chosen)
    limit = limits[number]
    start = [match.start(1) for match in _VALUES.finditer(text)]
    first = text.count("\n", 0, start[number]) + 1 if number < len(start) else 1
    rows, lines = _points(_text(limit, "data-values"), first, name)
    columns, assumptions = [], []
    for index, axis in enumerate("xy"):
        factor = _factor(_text(limit, f"{axis}-rescale"), axis, name, first)
        values = tuple(row[index] * factor for row in rows)
        columns.append(Column(axis, values, _text(limit, f"{axis}-units") or None, axis))
        if factor != 1.0:
            assumptions.append(f"the values of {axis} are multiplied by {factor:g}, as {axis}-rescale says")
    shown = tuple(f"{key}: {_text(limit, key)}" for key in _SHOWN if _text(limit, key))
    stated: dict[str, Any] = {"title": chosen[:200], **_source(_text(limit, "data-reference"))}
    return ImportedTable(FORMAT, name, tuple(columns), tuple(lines), shown, True, stated, tuple(assumptions))


def _limits(text: str, name: str) -> list[ElementTree.Element]:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise DocumentError("XML with a document type is not read", where=name, mend="remove the DOCTYPE")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - without a document type there are no entities
    except ElementTree.ParseError as error:
        line, column = error.position
        raise DocumentError(
            "this is not XML", where=Location(name, line, column + 1), why=str(error)
        ) from None
    found = [root] if root.tag == "limit" else list(root.iter("limit"))
    found = [limit for limit in found if _text(limit, "data-values")]
    if not found:
        raise DocumentError("there is no limit with data-values in this file", where=name)
    return found


def _points(text: str, first: int, name: str) -> tuple[list[tuple[float, float]], list[int]]:
    """Return the points of ``{[x y; x y]}`` and the line of each."""
    rows: list[tuple[float, float]] = []
    lines = []
    line = first
    for piece in re.split(r"([;\n])", text.replace("\r", "")):
        if piece == "\n":
            line += 1
        cells = re.split(r"[\s,]+", piece.strip(" \t\n;{}[]()"))
        if cells == [""]:
            continue
        try:
            numbers = [float(cell) for cell in cells]
        except ValueError:
            numbers = []
        if len(numbers) != 2 or not all(math.isfinite(number) for number in numbers):
            raise DocumentError(
                f'"{piece.strip()[:40]}" is not a pair of numbers', where=Location(name, line)
            )
        rows.append((numbers[0], numbers[1]))
        lines.append(line)
    if not rows:
        raise DocumentError("data-values is empty", where=Location(name, first))
    return rows, lines


def _factor(text: str, axis: str, name: str, line: int) -> float:
    try:
        factor = float(text) if text else 1.0
    except ValueError:
        factor = math.nan
    if not 0.0 < factor < math.inf:
        raise DocumentError(f'{axis}-rescale "{text[:40]}" is no positive number', where=Location(name, line))
    return factor


def _source(reference: str) -> dict[str, Any]:
    doi, arxiv = _DOI.search(reference), _ARXIV.search(reference)
    found = {}
    if doi:
        found["provenance.source.doi"] = f"https://doi.org/{doi[1].rstrip('.,;)')}"
    if arxiv:
        found["provenance.source.arxiv"] = arxiv[1]
    return found


def _text(limit: ElementTree.Element, key: str) -> str:
    return (
        " ".join((limit.findtext(key) or "").split()) if key != "data-values" else limit.findtext(key) or ""
    )
