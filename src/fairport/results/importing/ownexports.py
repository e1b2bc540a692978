"""Exports of Fairport that come back: they carry the whole record, which is then taken over as it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fairport.contract.constants import MAX_TABLE_BYTES
from fairport.contract.errors import FairportError
from fairport.contract.files import decode_text, read_bytes
from fairport.contract.loading import parse_json
from fairport.interop.formats import ecsv, text, votable
from fairport.interop.formats.neutral import ImportedTable
from fairport.physics.arrays import FloatArray


@dataclass(frozen=True, eq=False)
class Own:
    """An export of Fairport.

    Attributes:
        record: the result record that it carries.
        columns: its table, columns of shape (rows,).
        table: the same as a foreign table, for the preview.
    """

    record: dict[str, Any]
    columns: dict[str, FloatArray]
    table: ImportedTable


def own(path: Path, content: bytes) -> Own | None:
    """Return the record and table that a file carries if Fairport wrote it, else ``None``."""
    try:
        found = _found(path, content)
    except FairportError:  # whatever it is, the reader of its format will say what is wrong
        return None
    if found is None or not {"schema_version", "kind", "plane", "axes", "data"} <= set(found.record):
        return None
    return found


def _found(path: Path, content: bytes) -> Own | None:
    name, suffix = str(path), path.suffix.lower()
    if suffix == ".json":
        return _json(content, name)
    if content.startswith(b"# %ECSV "):
        words = decode_text(content, name)
        record = ecsv.record_of(words, name)
        return _with(record, ecsv.read(words, name)) if record else None
    if votable.is_votable(content):
        record = votable.record_of(content, name)
        return _with(record, votable.read(content, name)) if record else None
    schema = path.with_suffix(".schema.json")
    if suffix == ".csv" and schema.is_file():
        data = parse_json(
            decode_text(read_bytes(schema, limit=MAX_TABLE_BYTES), str(schema)), str(schema)
        ).data
        record = data.get("fairport:record") if isinstance(data, dict) else None
        if isinstance(record, dict):
            return _with(record, text.read(decode_text(content, name), name, delimiter=","))
    return None


def _json(content: bytes, name: str) -> Own | None:
    head = content[:64].lstrip()
    if not head.startswith(b"{") or b'"record"' not in content or b'"columns"' not in content:
        return None
    data = parse_json(decode_text(content, name), name).data
    if not isinstance(data, dict) or not isinstance(data.get("record"), dict) or not data.get("columns"):
        return None
    order = data.get("column_order")
    keys = order if isinstance(order, list) and set(order) == set(data["columns"]) else list(data["columns"])
    columns = {
        str(key): np.array(
            [np.nan if value is None else value for value in data["columns"][key]], dtype=np.float64
        )
        for key in keys
    }
    rows = len(next(iter(columns.values())))
    return Own(
        data["record"], columns, ImportedTable("json", name, (), tuple(range(1, rows + 1)), part="columns")
    )


def _with(record: dict[str, Any], table: ImportedTable) -> Own:
    columns = {column.name: np.asarray(column.values, dtype=np.float64) for column in table.columns}
    return Own(record, columns, table)
