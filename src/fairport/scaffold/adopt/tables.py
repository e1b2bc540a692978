"""Tables of numbers that look like results: limits, contours, likelihood scans."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any, Final

from fairport.scaffold.adopt.model import clean
from fairport.scaffold.adopt.tree import Tree

_SUFFIXES: Final = (".csv", ".tsv", ".dat", ".txt")
_NAME: Final = re.compile(
    r"limit|exclu|upper|contour|sensitivity|likelihood|\bscan|result|constraint|(?:^|[_-])ul(?:[_-]|$)|band",
    re.I,
)
_NOT: Final = re.compile(
    r"requirement|drde|dnde|rates?\b|accept|effic|readme|licen[cs]e|counts|jfac|spectr|(?:^|/)(?:test|tests|inputs?)/",
    re.I,
)
_STATISTIC: Final = re.compile(r"^(?:stat|ts|d?ts|lnl|loglike|dloglike|chi2|delta)", re.I)
_MAX_TABLES: Final = 100
_MIN_ROWS: Final = 5


@dataclass(frozen=True, slots=True)
class NumberTable:
    """A table of numbers that may be a result.

    Attributes:
        path: file of the repository.
        columns: names in its header, empty without one.
        rows: number of rows of numbers.
        ranges: (least, greatest) of each column.
        reason: why it looks like a result.
    """

    path: str
    columns: tuple[str, ...]
    rows: int
    ranges: tuple[tuple[float, float], ...]
    reason: str

    def summary(self) -> dict[str, Any]:
        """Return what is known of it, plain data for the report."""
        return {"rows": self.rows, "columns": list(self.columns) or len(self.ranges), "reason": self.reason}


def result_tables(tree: Tree) -> list[NumberTable]:
    """Return the tables that look like results, at most a hundred."""
    found: list[NumberTable] = []
    for name in tree.ending(*_SUFFIXES):
        if _NOT.search(name):
            continue
        table = _table(name, tree.text(name) or "")
        if table is not None:
            found.append(table)
        if len(found) >= _MAX_TABLES:
            break
    return found


def _table(name: str, text: str) -> NumberTable | None:
    rows: list[list[float]] = []
    header: list[str] = []
    for line in text.splitlines()[:200_000]:
        stripped = line.strip()
        if not stripped:
            continue
        cells = _cells(stripped.lstrip("#% "))
        numbers = _numbers(cells)
        if numbers is not None and not stripped.startswith(("#", "%")):
            if rows and len(numbers) != len(rows[0]):
                return None
            rows.append(numbers)
        elif rows and not stripped.startswith(("#", "%")):
            return None
        elif not rows:
            header = [clean(cell, 60) for cell in cells]
    if len(rows) < _MIN_ROWS or not 2 <= len(rows[0]) <= 40:
        return None
    told = len(header) == len(rows[0]) and not any("://" in cell for cell in header) and any(header)
    columns = tuple(cell or f"column {number}" for number, cell in enumerate(header, 1)) if told else ()
    ranges = tuple((min(column), max(column)) for column in zip(*rows, strict=True))
    reason = _reason(name, columns, ranges)
    return NumberTable(name, columns, len(rows), ranges, reason) if reason else None


def _reason(name: str, columns: tuple[str, ...], ranges: tuple[tuple[float, float], ...]) -> str:
    low, high = ranges[-1]
    if ranges[0][0] > 0 and low > 1e-60 and high < 1e-19:
        return "positive against values as small as a cross-section"
    statistics = [column for column in columns if _STATISTIC.match(column)]
    if statistics:
        return f"a column {statistics[0]}, as of a likelihood scan"
    word = _NAME.search(name)
    return f'"{word[0].strip("_-")}" in its name' if word else ""


def _cells(line: str) -> list[str]:
    for separator in (",", ";", "\t"):
        if separator in line:
            return [cell.strip().strip('"') for cell in line.split(separator)]
    return line.split()


def _numbers(cells: list[str]) -> list[float] | None:
    try:
        values = [float(cell) for cell in cells]
    except ValueError:
        return None
    return values if values and all(math.isfinite(value) for value in values) else None
