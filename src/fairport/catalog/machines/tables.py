"""``catalog.json`` once more as tables: an SQLite file, Parquet files, and the schema of their columns.

The rows are those of the index, flattened: lists become JSON text, so that each format holds the same values.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from fairport.catalog.licences import licence_url
from fairport.catalog.machines.parquet import parquet_bytes

SQLITE_FILE: Final = "catalog.sqlite"
PACKAGE_FILE: Final = "datapackage.json"


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A column.

    Attributes:
        name: its name.
        type: ``string``, ``integer``, ``number``, ``boolean``, or ``array`` (JSON text).
        path: dotted place in an item of the index.
        description: one sentence.
        refers: table whose identifiers its values are.
    """

    name: str
    type: str
    path: str
    description: str
    refers: str | None = None


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table: its rows are the items of the list ``name`` of the index."""

    name: str
    description: str
    columns: tuple[ColumnSpec, ...]


def _c(
    name: str,
    description: str,
    kind: str = "string",
    path: str | None = None,
    refers: str | None = None,
) -> ColumnSpec:
    return ColumnSpec(name, kind, path or name, description, refers)


_LINKS: Final = (
    _c("url", "Page, relative to the site."),
    _c("crate", "RO-Crate metadata, relative to the site."),
)

TABLES: Final = (
    TableSpec(
        "results",
        "Result records.",
        (
            _c("id", "Identifier: analysis and result."),
            _c("analysis", "Identifier of the analysis.", refers="analyses"),
            _c("title", "Title."),
            _c("version", "Version of the record."),
            _c("status", "Status of the record."),
            _c("kind", "Kind of the record: limit, region, ..."),
            _c("plane", "Identifier of the parameter plane.", refers="planes"),
            _c("origin", "How the numbers came to be: collaboration, digitised, recast, ..."),
            _c("role", "observed, expected or injected."),
            _c("cl", "Confidence level as the record gives it."),
            _c("example", "Whether it is a starter's example, not a result.", "boolean"),
            _c("experiment", "Experiment."),
            _c("year", "Year of the source, where its identifier tells it."),
            _c("low", "Lowest value of the first axis with a value, canonical unit.", "number"),
            _c("high", "Highest such value, canonical unit.", "number"),
            _c("licence", "SPDX expression of the numbers."),
            _c("access", "Access right, a term of COAR."),
            _c("citation", "What to cite, a JSON list.", "array"),
            _c("digest", "Canonical digest of record and table."),
            _c("harvested", "When this content came into the catalogue (RFC 3339, UTC)."),
            *_LINKS,
            _c("record", "Record as JSON, relative to the site."),
            _c("table", "Numbers, relative to the site."),
            _c("bibtex", "BibTeX, relative to the site."),
        ),
    ),
    TableSpec(
        "analyses",
        "Harvested analyses.",
        (
            _c("id", "Identifier."),
            _c("title", "Title."),
            _c("description", "Description."),
            _c("version", "Version."),
            _c("status", "Status."),
            _c("maturity", "Maturity."),
            _c("search", "Kind of search."),
            _c("experiment", "Experiment."),
            _c("collaboration", "Collaboration."),
            _c("licence_code", "SPDX expression of the code.", path="licences.code"),
            _c("licence_data", "SPDX expression of the data.", path="licences.data"),
            _c("authors", "Names and ORCIDs, a JSON list.", "array"),
            _c("keywords", "Keywords, a JSON list.", "array"),
            _c("official", "Signed off by the collaboration.", "boolean"),
            _c("access", "Access right, in words of COAR."),
            _c("embargo_until", "First day on which the numbers may be shown."),
            _c("repository", "Source repository."),
            _c("commit", "Harvested commit."),
            _c("doi", "DOI."),
            _c("errors", "Errors found by the check.", "integer", "findings.error"),
            _c("warnings", "Warnings.", "integer", "findings.warning"),
            _c("notes", "Notes.", "integer", "findings.note"),
            *_LINKS,
        ),
    ),
    TableSpec(
        "planes",
        "Planes with at least one result.",
        (
            _c("id", "Identifier."),
            _c("title", "Title."),
            _c("url", "Page, relative to the site."),
            _c("figures", "Figure files, a JSON list.", "array"),
        ),
    ),
    TableSpec(
        "entries",
        "State of each registry entry at the last harvest.",
        (
            _c("id", "Identifier."),
            _c("type", "Type of the entry."),
            _c("status", "official, community or withdrawn."),
            _c("state", "ok, failed, stale or withdrawn."),
            _c("reason", "Why it failed or was withdrawn."),
            _c("harvested", "When the shown version was harvested."),
            _c("commit", "Commit."),
        ),
    ),
)

_WORDS: Final = {"cl", "year"}
"""Columns of text whose values may be numbers in the index."""

_PIECE: Final = 1_000_000
"""Bytes of a database that are read at once."""

_ABOUT: Final = ("title", "url", "licence", "generated", "schema_version")
_SQL_TYPES: Final = {"integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"}


def parquet_path(table: TableSpec) -> str:
    """Return the path of a table as Parquet, relative to the site."""
    return f"tables/{table.name}.parquet"


def rows_of(table: TableSpec, index: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a table from the index; what an item does not have is ``None``."""
    names = [column.path for column in table.columns]
    special = [(at, _reader(column)) for at, column in enumerate(table.columns) if _is_special(column)]
    for item in index.get(table.name, []):
        row = list(map(item.get, names))
        for at, read in special:
            row[at] = read(item)
        yield tuple(row)


def table_files(index: Mapping[str, Any]) -> Iterator[tuple[str, bytes | Iterable[bytes]]]:
    """Yield path and content of the SQLite file, which may be large and comes in pieces, and the Parquet
    files; no Parquet without its library.
    """
    about: dict[str, str] = {key: str(index[key]) for key in _ABOUT if key in index}
    yield SQLITE_FILE, _sqlite(index, about)
    for table in TABLES:
        told = about | {"description": table.description}
        data = parquet_bytes(table.columns, rows_of(table, index), told)
        if data is not None:
            yield parquet_path(table), data


def data_package(index: Mapping[str, Any], files: Iterable[str]) -> str:
    """Return the schema of the tables as a Data Package (https://specs.frictionlessdata.io/).

    Args:
        index: the index.
        files: paths of the files that were made.
    """
    made = set(files)
    licence = index.get("licence")
    package = {
        "name": "catalog",
        "title": index["title"],
        "homepage": index.get("url"),
        "created": index["generated"],
        "licenses": [_licence(licence)] if licence else None,
        "resources": [
            {
                "name": table.name,
                "title": table.description,
                "path": parquet_path(table),
                "format": "parquet",
                "mediatype": "application/vnd.apache.parquet",
                "schema": _schema(table.columns),
            }
            for table in TABLES
            if parquet_path(table) in made
        ]
        + [
            {
                "name": f"{table.name}-sqlite",
                "title": table.description,
                "path": SQLITE_FILE,
                "format": "sqlite",
                "mediatype": "application/vnd.sqlite3",
                "dialect": {"table": table.name},
                "schema": _schema(table.columns, "-sqlite"),
            }
            for table in TABLES
        ],
    }
    given = {key: value for key, value in package.items() if value is not None}
    return json.dumps(given, ensure_ascii=False, indent=1) + "\n"


def _licence(spdx: str) -> dict[str, str]:
    page = licence_url(spdx)
    return {"name": spdx, **({"path": page} if page else {})}


def _schema(columns: Sequence[ColumnSpec], suffix: str = "") -> dict[str, Any]:
    """Return the schema of a table; ``suffix`` ends the names of the resources that its keys lead to."""
    fields = [{"name": c.name, "type": c.type, "description": c.description} for c in columns]
    keys = [
        {"fields": c.name, "reference": {"resource": f"{c.refers}{suffix}", "fields": "id"}}
        for c in columns
        if c.refers
    ]
    return {"fields": fields, "primaryKey": "id", **({"foreignKeys": keys} if keys else {})}


def _is_special(column: ColumnSpec) -> bool:
    """Tell whether the value of a column is more than a member of the item that has its type already."""
    return column.type == "array" or "." in column.path or column.name in _WORDS


def _reader(column: ColumnSpec) -> Callable[[dict[str, Any]], Any]:
    """Return what reads the value of a column from an item; it is called once for each cell."""
    steps = column.path.split(".")

    def value_of(item: Any) -> Any:
        for step in steps:
            item = item.get(step) if isinstance(item, dict) else None
        return item

    def array(item: dict[str, Any]) -> str | None:
        value = value_of(item)
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def text(item: dict[str, Any]) -> str | None:
        value = value_of(item)
        return value if value is None or type(value) is str else str(value)

    return {"array": array, "string": text}.get(column.type, value_of)


def _definition(column: ColumnSpec) -> str:
    """Return a column as SQL defines it."""
    key = " PRIMARY KEY" if column.name == "id" else ""
    refers = f" REFERENCES {column.refers} (id)" if column.refers else ""
    return f'"{column.name}" {_SQL_TYPES.get(column.type, "TEXT")}{key}{refers}'


def _sqlite(index: Mapping[str, Any], about: dict[str, str]) -> Iterator[bytes]:
    """Yield the database in pieces; the same rows give the same bytes with the same SQLite."""
    with TemporaryDirectory(prefix="fairport-") as folder:
        path = Path(folder) / SQLITE_FILE
        _fill(path, index, about)
        with path.open("rb") as handle:
            while piece := handle.read(_PIECE):
                yield piece


def _fill(path: Path, index: Mapping[str, Any], about: dict[str, str]) -> None:
    base = sqlite3.connect(path)
    try:
        base.execute("PRAGMA page_size = 4096")
        base.execute("PRAGMA journal_mode = OFF")
        base.execute("PRAGMA synchronous = OFF")
        base.execute("CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID")
        base.executemany("INSERT INTO about VALUES (?, ?)", sorted(about.items()))
        base.execute('CREATE TABLE columns ("table" TEXT, name TEXT, type TEXT, description TEXT)')
        for table in TABLES:
            described = [(table.name, c.name, c.type, c.description) for c in table.columns]
            base.executemany("INSERT INTO columns VALUES (?, ?, ?, ?)", described)
            names = ", ".join(map(_definition, table.columns))
            base.execute(f"CREATE TABLE {table.name} ({names})")
            marks = ", ".join("?" * len(table.columns))
            base.executemany(f"INSERT INTO {table.name} VALUES ({marks})", rows_of(table, index))  # noqa: S608
        base.execute("CREATE INDEX results_by_plane ON results (plane)")
        base.commit()
    finally:
        base.close()
