"""Result tables: RFC 4180 CSV with one header row, read and written so that nothing is lost.

Numbers are written as the shortest text that reads back to the same double; an empty cell is a missing
value (NaN in memory).
"""

from __future__ import annotations

import csv
import gzip
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fairport.contract.constants import MAX_TABLE_BYTES
from fairport.contract.errors import DocumentError, Location
from fairport.contract.files import decode_text, read_bytes


@dataclass(frozen=True, slots=True)
class TableData:
    """A table in memory.

    Attributes:
        columns: column name to values; missing cells are NaN. All columns have the same length.
        rows: number of rows.
    """

    columns: dict[str, list[float]]
    rows: int


def read_table(path: Path, *, name: str | None = None, limit: int = MAX_TABLE_BYTES) -> TableData:
    """Read a CSV (or gzip of it) of numbers.

    Raises:
        DocumentError: unreadable, too large, ragged, a cell is not a number; with line and column.
    """
    shown = name or str(path)
    return table_of(read_bytes(path, limit=limit), shown, packed=path.suffix == ".gz", limit=limit)


def table_of(data: bytes, name: str, *, packed: bool = False, limit: int = MAX_TABLE_BYTES) -> TableData:
    """Return the table in the content of a file, which is ``packed`` or looks like it; see
    :func:`read_table`.
    """
    if packed or data[:2] == b"\x1f\x8b":
        data = _gunzip(data, name, limit)
    return parse_table(decode_text(data, name), name)


def parse_table(text: str, name: str = "<text>") -> TableData:
    """Parse CSV text; see :func:`read_table`."""
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        header = next(reader, None)
        if not header or header == [""]:
            raise DocumentError("the table is empty", where=Location(name, 1, 1), mend="write a header row")
        _check_header(header, name)
        columns: list[list[float]] = [[] for _ in header]
        rows = 0
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(header):
                raise DocumentError(
                    f"row {rows + 1} has {len(cells)} cells, the header has {len(header)}",
                    where=Location(name, reader.line_num, 1),
                )
            for index, cell in enumerate(cells):
                columns[index].append(_number(cell, cells, index, rows, reader.line_num, name))
            rows += 1
    except csv.Error as error:
        raise DocumentError(f"this is not CSV: {error}", where=Location(name, reader.line_num, 1)) from None
    return TableData(dict(zip(header, columns, strict=True)), rows)


def format_table(columns: Mapping[str, Sequence[float]]) -> str:
    """Return CSV text with CRLF-free lines (``\\n``) of equally long columns of floats.

    Raises:
        ValueError: the columns differ in length.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns.keys())
    for row in zip(*columns.values(), strict=True):
        writer.writerow([format_number(value) for value in row])
    return out.getvalue()


def format_number(value: float) -> str:
    """Return the shortest text that reads back to the same double; NaN gives an empty cell."""
    number = float(value)
    return "" if math.isnan(number) else repr(number)


def _check_header(header: list[str], name: str) -> None:
    seen: set[str] = set()
    for index, column in enumerate(header):
        position = 1 + sum(len(cell) + 1 for cell in header[:index])
        if not column.strip():
            raise DocumentError(f"column {index + 1} has no name", where=Location(name, 1, position))
        if column in seen:
            raise DocumentError(f'column "{column[:60]}" stands twice', where=Location(name, 1, position))
        seen.add(column)


def _number(cell: str, cells: list[str], index: int, row: int, line: int, name: str) -> float:
    text = cell.strip()
    if not text:
        return math.nan
    try:
        if "_" in text:
            raise ValueError
        return float(text)
    except ValueError:
        position = 1 + sum(len(other) + 1 for other in cells[:index])
        raise DocumentError(
            f'"{text[:40]}" in row {row + 1} is not a number',
            where=Location(name, line, position),
            mend="write plain numbers; leave a missing cell empty",
        ) from None


def _gunzip(data: bytes, name: str, limit: int) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as handle:
            content = handle.read(limit + 1)
    except (OSError, EOFError) as error:
        raise DocumentError("this is not gzip", where=name, why=str(error)) from None
    if len(content) > limit:
        raise DocumentError(f"the table is larger than {limit:,} bytes when unpacked", where=name)
    return content
