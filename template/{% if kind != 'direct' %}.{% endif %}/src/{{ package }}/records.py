"""Tables and result records as the workflow's steps write them. Standard library only.

A step writes `<id>.csv` and `<id>.result.json`; the record lacks what only the outside knows (commit, image,
run, digest of the table), which `fairport run` adds. Its schema is
https://w3id.org/fairport/schemas/result/1/schema.json.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def rounded(value: float) -> float:
    """The value to six significant digits: libraries of different machines differ in the last bits."""
    return float(f"{value:.6g}")


def write_text(path: Path, text: str) -> None:
    """Write a file, first under another name, so that a failed step leaves no output behind."""
    partial = path.with_name(path.name + ".part")
    partial.write_text(text, encoding="utf-8", newline="")
    partial.replace(path)


def write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[float]]) -> None:
    """Write a table of numbers (RFC 4180), each in its shortest form that reads back the same."""
    lines = [",".join(header), *(",".join(map(repr, row)) for row in rows)]
    write_text(path, "\n".join(lines) + "\n")


def write_json(path: Path, document: Any) -> None:
    """Write a JSON document."""
    write_text(path, json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def read_csv(path: Path) -> dict[str, list[float]]:
    """Columns of a table of numbers by name. Raises SystemExit for a table without rows."""
    with path.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    if not rows:
        raise SystemExit(f"error: {path.name} has no rows")
    return {name: [float(row[name]) for row in rows] for name in rows[0]}


def read_input(path: Path) -> tuple[dict[str, Any], str]:
    """The input document and the digest of its bytes."""
    content = path.read_bytes()
    return json.loads(content), f"sha256:{hashlib.sha256(content).hexdigest()}"


def require_unit(quantity: dict[str, Any], unit: str, name: str) -> float:
    """Value of a quantity, refusing any unit but the expected one (a wrong unit is a wrong result)."""
    if quantity["unit"] != unit:
        raise SystemExit(
            f"error: {name} of the input file is in {quantity['unit']!r}; this step reads {unit!r}"
        )
    return float(quantity["value"])


def quantity(entry: dict[str, Any]) -> dict[str, Any]:
    """A quantity of the input file without its remark."""
    return {key: value for key, value in entry.items() if key != "note"}


def axis(
    column: str, role: str, meaning: str, unit: str, values: Sequence[float], scale: str = "log"
) -> dict[str, Any]:
    """One axis of a record: its column, role (independent, dependent, replica), quantity and unit."""
    return {
        "name": column,
        "role": role,
        "column": column,
        "quantity": meaning,
        "unit": unit,
        "scale": scale,
        "range": [min(values), max(values)],
    }


def table(name: str) -> dict[str, Any]:
    """The reference of a record to its table."""
    return {"path": f"{name}.csv", "media_type": "text/csv"}


def provenance(document: dict[str, Any], digest: str) -> dict[str, Any]:
    """Where the numbers come from; ``example`` as long as the input says that it is one of the starter's."""
    record: dict[str, Any] = {"origin": document["origin"], "example": "example" in document}
    if "example" in document:
        record["example_digest"] = digest
    if "source" in document:
        record["source"] = document["source"]
    record["cite"] = document["cite"]
    return record


def head(
    document: dict[str, Any], name: str, kind: str, plane: str, labels: dict[str, str]
) -> dict[str, Any]:
    """The beginning of every record. ``labels`` holds title, version and licence."""
    return {
        "schema_version": "1.0",
        "id": name,
        "title": labels["title"],
        "description": document["description"],
        "version": labels["version"],
        "status": "draft",
        "kind": kind,
        "plane": plane,
        "licence": labels["licence"],
    }
