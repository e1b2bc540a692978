"""What every derived result shares: its references to the inputs, its licence, its origin, and its files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from fairport.contract.constants import CONTRACT_VERSION, NOT_STATED, RESULT_FILE, schema_id
from fairport.contract.documents import Plane
from fairport.contract.errors import DocumentError, RefusedError
from fairport.contract.examples import is_example
from fairport.contract.files import sha256_bytes, write_atomic
from fairport.contract.saving import dump_yaml
from fairport.contract.schemas import validate
from fairport.contract.tables import format_table
from fairport.physics.arrays import FloatArray
from fairport.results.licences import Terms, strictest
from fairport.results.loaded import LoadedResult
from fairport.results.store import make_result

LOCAL: Final = "local"
"""Analysis under which a result stands that belongs to none."""

_VERSION: Final = re.compile(r"[0-9A-Za-z.+-]{1,40}\Z")
_SLUG: Final = re.compile(r"[^a-z0-9]+")
_ORIGINS: Final = ("simulation", "projection")


def table_axes(plane: Plane, note: str | None = None) -> list[dict[str, Any]]:
    """Return the axes of a record whose table has one column for each axis of a plane, in its units.

    Args:
        plane: a plane with two axes.
        note: what to say of both in their description, after the name of the quantity.
    """
    return [
        {
            "name": axis.name,
            "role": role,
            "column": axis.name,
            "quantity": axis.quantity,
            "unit": axis.unit,
            "scale": axis.scale,
            **({"description": f"{axis.labels.plain}; {note}"} if note else {}),
        }
        for axis, role in zip(plane.axes, ("independent", "dependent"), strict=True)
    ]


@dataclass(frozen=True, eq=False)
class Derived:
    """A derived result before it is written.

    Attributes:
        record: plain data of the record, without ``data`` where a table is to be written.
        columns: table of the record, columns of shape (rows,); empty for a point.
        table: file name of that table.
        extras: file name to columns of further tables beside it.
        plane: inputs' or target plane of the record.
        label: short name for figures; the title where there is none.
        notes: what a person must know, in sentences.
        terms: licence of the derived numbers.
    """

    record: dict[str, Any]
    columns: dict[str, FloatArray]
    plane: Any
    terms: Terms
    table: str = "limit.csv"
    extras: dict[str, dict[str, FloatArray]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    label: str | None = None

    def loaded(self) -> LoadedResult:
        """The result as if it had been read from disk."""
        known = {"analysis": LOCAL, "experiment": self.label}
        return make_result(self.complete(), self.columns, self.plane, **known)

    def complete(self) -> dict[str, Any]:
        """The record with the digest of its table, valid against its schema.

        Raises:
            DocumentError: the record is not valid, which is a defect of the caller or of its inputs.
        """
        data = dict(self.record)
        if self.columns:
            text = _text(self.columns)
            rows = len(next(iter(self.columns.values())))
            data["data"] = {
                "path": self.table,
                "media_type": "text/csv",
                "sha256": sha256_bytes(text.encode()),
                "rows": rows,
            }
        problems = [problem for problem in validate("result", data) if problem.severity == "error"]
        if problems:
            where = "/".join(map(str, problems[0].pointer))
            raise DocumentError(f"the derived record is not valid: {where}: {problems[0].message}")
        return data


def write(derived: Derived, folder: Path) -> Path:
    """Write record and tables into ``folder`` and return the path of the record."""
    for name, text in texts(derived).items():
        write_atomic(folder / name, text)
    return folder / RESULT_FILE


def texts(derived: Derived) -> dict[str, str]:
    """Return what :func:`write` writes, by file name: tables, then the record."""
    data = derived.complete()
    tables = {derived.table: derived.columns} if derived.columns else {}
    found = {name: _text(columns) for name, columns in {**tables, **derived.extras}.items()}
    found[RESULT_FILE] = dump_yaml(data, header=f"yaml-language-server: $schema={schema_id('result')}")
    return found


def base_record(
    inputs: Sequence[LoadedResult], *, name: str, title: str, kind: str, plane: str, description: str
) -> dict[str, Any]:
    """Return the part of a derived record that follows from its inputs alone."""
    return {
        "schema_version": CONTRACT_VERSION,
        "id": slug(name),
        "title": title,
        "description": description,
        "version": "1",
        "status": "draft",
        "kind": kind,
        "plane": plane,
        "licence": terms_of(inputs).licence,
        "provenance": provenance_of(inputs),
    }


def terms_of(inputs: Sequence[LoadedResult]) -> Terms:
    """Return the licence of what is derived from ``inputs``."""
    return strictest(result.record.licence for result in inputs)


def provenance_of(inputs: Sequence[LoadedResult]) -> dict[str, Any]:
    """Return provenance of a derived result: what simulated inputs make is a simulation, what projections
    make a projection, all else a recast; everything to cite is carried along.
    """
    origins = {result.record.provenance.origin for result in inputs}
    origin = next((name for name in _ORIGINS if name in origins), "recast")
    cite = sorted({identifier for result in inputs for identifier in citations(result)})
    provenance: dict[str, Any] = {"origin": origin}
    if cite:
        provenance["cite"] = cite
    return provenance


def citations(result: LoadedResult) -> tuple[str, ...]:
    """Return what is to be cited for a result: its own list, else identifiers of its source."""
    provenance = result.record.provenance
    if provenance.cite:
        return provenance.cite
    source = provenance.source
    if source is None:
        return ()
    found = (source.doi, f"arXiv:{source.arxiv.removeprefix('arXiv:')}" if source.arxiv else None, source.url)
    return tuple(one for one in found if one)[:1]


def derivation(result: LoadedResult, transform: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry of ``derived_from``: who, the digest of record and table, what was done."""
    return {
        "result": reference(result),
        "digest": result.digest,
        "transform": transform,
        "parameters": plain(parameters),
    }


def reference(result: LoadedResult) -> str:
    """Return ``<analysis>/<result>[@version]``; a result without an analysis stands under ``local``."""
    name = f"{result.analysis or LOCAL}/{result.record.id}"
    version = result.record.version
    return f"{name}@{version}" if _VERSION.match(version) else name


def plain(value: Any) -> Any:
    """Return parameters as plain data that YAML and canonical JSON can hold."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "item"):
        return value.item()
    return value


def slug(text: str) -> str:
    """Return an identifier made of ``text``: lower-case letters, digits and inner hyphens, at most 80."""
    return _SLUG.sub("-", text.lower()).strip("-")[:80].strip("-") or "result"


def refuse_examples(inputs: Sequence[LoadedResult], what: str) -> None:
    """Refuse starters' examples and withdrawn results.

    Raises:
        RefusedError: with the first of them.
    """
    for result in inputs:
        if is_example(result.record):
            raise RefusedError(
                f'"{result.id}" is an unchanged example of a starter, not a result',
                why=f"examples never enter {what}",
                mend="run the analysis with your own inputs",
            )
        if result.record.status == "withdrawn":
            raise RefusedError(
                f'"{result.id}" was withdrawn', why=result.record.status_reason, mend="leave it out"
            )


def label_of_inputs(inputs: Sequence[LoadedResult]) -> str:
    """Return `` (simulated inputs)`` or `` (projected inputs)`` for titles, else nothing."""
    origins = {result.record.provenance.origin for result in inputs}
    if "simulation" in origins:
        return " (simulated inputs)"
    return " (projected inputs)" if "projection" in origins else ""


def said(value: Any) -> bool:
    """Tell whether a field has a value that is not ``not-stated``."""
    return value is not None and value != NOT_STATED


def _text(columns: Mapping[str, FloatArray]) -> str:
    return format_table({name: values.tolist() for name, values in columns.items()})
