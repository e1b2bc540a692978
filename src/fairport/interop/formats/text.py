"""Plain text tables of numbers: any delimiter, comments, with or without a header.

Public limit files mix tabs, blanks, commas and semicolons, sometimes within one file. A header line is kept
as names; its units and everything in comments are shown to a person but never trusted, since headers are
often copied from another file.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence
from typing import Final

from fairport.contract.errors import DocumentError, Location
from fairport.interop.formats.neutral import Column, ImportedTable

FORMAT: Final = "text"
COMMENT_MARKS: Final = "#%!"
MAX_COLUMNS: Final = 2000
MAX_LINE: Final = 131_072
_ANY: Final = re.compile(r"\s*[,;]\s*|\s+")
_WORD: Final = re.compile(r"(?<![\w.+-])[^\W\d_]{3,}(?![\w+-]*\d)")
_FORTRAN: Final = re.compile(r"[+-]?\d+\.?\d*[dD][+-]?\d+\Z")
_MISSING: Final = frozenset({"", "nan", "na", "n/a", "-", "--", "null", "none"})


def read(
    text: str,
    name: str,
    *,
    delimiter: str | None = None,
    names: Sequence[str] = (),
    skip: int = 0,
) -> ImportedTable:
    """Read a text table.

    Args:
        text: the content.
        name: file shown in messages.
        delimiter: one character or ``\\t``; any of comma, semicolon and white space when ``None``.
        names: names of the columns, which then count instead of a header line.
        skip: number of lines to leave out at the start.

    Raises:
        DocumentError: no rows, rows of different length, or a cell that is no number, with line and column.
    """
    header: list[str] = []
    header_line = 0
    comments: list[str] = []
    remarks: list[int] = []
    rows: list[list[float]] = []
    lines: list[int] = []
    assumptions: list[str] = []
    for number, raw in enumerate(text.splitlines(), 1):
        content = raw.strip("\ufeff")
        bare = content.strip()
        if number <= skip or not bare:
            continue
        if bare[0] in COMMENT_MARKS:
            comments.append(bare.lstrip(COMMENT_MARKS + " "))
            continue
        if len(content) > MAX_LINE:
            raise DocumentError(
                f"the line has {len(content):,} characters; at most {MAX_LINE:,} are read",
                where=Location(name, number, 1),
                mend="give a table of numbers, one row a line",
            )
        cells = _cells(content.split("#", 1)[0], delimiter)
        if not rows and _is_text(cells):
            if header:
                comments.append(" ".join(header))
                remarks.append(header_line)
            header, header_line = (cells[:-1] if cells[-1] == "" else cells), number
            continue
        named = len(header) if len(header) in {len(cells), len(cells) - 1} else 0
        width = len(rows[0]) if rows else len(names) or named
        if len(cells) > max(width, 1) and cells[-1] == "":  # a delimiter at the end of the line
            cells.pop()
        values = _values(cells, content, number, name, assumptions)
        if rows and len(values) != len(rows[0]):
            raise DocumentError(
                f"this row has {len(values)} cells, the row of line {lines[0]} has {len(rows[0])}",
                where=Location(name, number, 1),
                mend="mend the row, or name the delimiter with --delimiter",
            )
        rows.append(values)
        lines.append(number)
    if not rows:
        raise DocumentError("there are no rows of numbers", where=name, mend="give a table of numbers")
    if header and len(header) != len(rows[0]):  # a sentence, or names with blanks in them
        comments.append(" ".join(header))
        remarks.append(header_line)
        header = []
    columns = _columns(rows, names or header, name)
    notices: tuple[str, ...] = ()
    if remarks:
        listed = ", ".join(map(str, remarks))
        notices = (f"text before the numbers is no header and was read as a remark (line {listed})",)
    return ImportedTable(
        FORMAT,
        name,
        columns,
        tuple(lines),
        tuple(comments),
        named=bool(names or header),
        assumptions=tuple(dict.fromkeys(assumptions)),
        notices=notices,
    )


def _is_text(cells: list[str]) -> bool:
    """Tell whether a line before the numbers is a header or a remark: words, and few numbers."""
    numbers = sum(_is_number(cell) for cell in cells)
    if numbers == 0:
        return True
    words = any(_WORD.search(cell) and not _is_number(cell) for cell in cells)
    return words and numbers < len(cells) - numbers


def _columns(rows: list[list[float]], names: Sequence[str], name: str) -> tuple[Column, ...]:
    width = len(rows[0])
    if width > MAX_COLUMNS:
        raise DocumentError(f"the table has {width} columns; at most {MAX_COLUMNS} are read", where=name)
    if names and len(names) != width:
        raise DocumentError(
            f"{len(names)} columns are named ({', '.join(names)[:200]}), the table has {width}",
            where=name,
            mend="name every column, in the order of the table",
        )
    labels = list(names) or [f"column {index}" for index in range(1, width + 1)]
    if len(set(labels)) != len(labels):
        twice = next(label for label in labels if labels.count(label) > 1)
        raise DocumentError(f'two columns are called "{twice[:60]}"', where=name, mend="name them apart")
    return tuple(Column(label, values) for label, values in zip(labels, zip(*rows, strict=True), strict=True))


def _cells(line: str, delimiter: str | None) -> list[str]:
    if delimiter in {None, " "} and '"' in line:
        return [cell.strip() for cell in next(csv.reader([line.strip()]), [])]
    if delimiter is None or delimiter == " ":
        cells = (_ANY if delimiter is None else re.compile(r"\s+")).split(line.strip())
    else:
        mark = "\t" if delimiter == "\\t" else delimiter
        cells = [cell.strip() for cell in line.strip("\r\n ").split(mark)]
    return cells


def _is_number(cell: str) -> bool:
    if cell.lower() in _MISSING or _FORTRAN.match(cell):
        return True
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell


def _values(cells: list[str], raw: str, line: int, name: str, assumptions: list[str]) -> list[float]:
    values = []
    for cell in cells:
        if cell.lower() in _MISSING:
            values.append(math.nan)
            continue
        if not _is_number(cell):
            position = max(raw.find(cell), 0) + 1
            comma = re.fullmatch(r"[+-]?\d+,\d+([eE][+-]?\d+)?", cell)
            raise DocumentError(
                f'"{cell[:40]}" is not a number',
                where=Location(name, line, position),
                mend="write a decimal point"
                if comma
                else "put # before lines of text, or leave them out with --skip",
            )
        if _FORTRAN.match(cell):
            assumptions.append("exponents written with D are powers of ten (Fortran)")
            cell = re.sub("[dD]", "e", cell)
        values.append(float(cell))
    return values
