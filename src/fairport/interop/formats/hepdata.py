"""HEPData tables: the YAML of a submission and the JSON that hepdata.net serves.

Units are free text there, in the header or in brackets within a name; what they say is taken as stated and
checked later. Errors labelled as one or two standard deviations are read as bands only if they are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from fairport.contract.errors import DocumentError, UsageError
from fairport.contract.loading import Document
from fairport.interop.formats.neutral import Column, ImportedTable

FORMAT: Final = "hepdata"
_BRACKETS: Final = re.compile(r"\s*[\[(]\s*([^\[\]()]*)\s*[\])]\s*$")
_DATA_FILE: Final = re.compile(r"^data_file:\s*['\"]?([^'\"\s]+)", re.MULTILINE)
_LEVEL: Final = re.compile(r"(\d{2}(?:\.\d+)?)\s*\\?%\s*(?:CL|C\.L\.|confidence)", re.IGNORECASE)
_BAND: Final = re.compile(r"(?:^|\()(p2\.5|p16|p50|p84|p97\.5|unconstrained|discovery_3sigma|p_value)\)?$")
_QUALIFIERS: Final = {
    "fairport:confidence level": "statistics.cl",
    "fairport:method": "statistics.method",
    "fairport:sided": "statistics.sided",
    "fairport:role": "statistics.role",
}
_UNITS: Final = {"GEV": "GeV", "TEV": "TeV", "MEV": "MeV", "PB": "pb", "FB": "fb"}


def read(document: Document, name: str) -> ImportedTable:
    """Read one table.

    Args:
        document: the parsed YAML or JSON.
        name: file shown in messages.

    Raises:
        DocumentError: not a HEPData table, with its place.
        UsageError: it is the list of tables, not one of them.
    """
    data = document.data
    if isinstance(data, dict) and "independent_variables" in data and "dependent_variables" in data:
        return _yaml_table(document, data, name)
    if isinstance(data, dict) and "headers" in data and "values" in data:
        return _json_table(document, data, name)
    if isinstance(data, dict) and ("data_file" in data or "data_tables" in data or "record" in data):
        raise UsageError(f"{name} describes a record, it holds no table", mend="give the file of one table")
    raise DocumentError(
        "this is no HEPData table",
        where=name,
        why="it has neither independent_variables and dependent_variables nor headers and values",
    )


def refuse_submission(text: str, name: str) -> None:
    """Refuse the list of tables of a submission, and name the files of the tables.

    Raises:
        UsageError: ``text`` is such a list.
    """
    files = _DATA_FILE.findall(text)
    if files and re.search(r"^---\s*$", text, re.MULTILINE) and "independent_variables" not in text:
        listed = ", ".join(files[:12]) + (" ..." if len(files) > 12 else "")
        raise UsageError(
            f"{name} is the list of tables of a submission",
            why=f"they are in {listed}",
            mend="give the file of one",
        )


def _yaml_table(document: Document, data: Mapping[str, Any], name: str) -> ImportedTable:
    columns: list[Column] = []
    places: list[int] = []
    for group in ("independent_variables", "dependent_variables"):
        for index, variable in enumerate(_list(data[group], document, (group,))):
            pointer = (group, index)
            values = _list(_get(variable, "values"), document, (*pointer, "values"))
            header = _get(variable, "header")
            label = str(_get(header, "name") or f"{group} {index + 1}")
            title, unit = _unit(label, _get(header, "units"))
            numbers = [_value(value, document, (*pointer, "values", row)) for row, value in enumerate(values)]
            columns.append(Column(_free(title, columns), tuple(numbers), unit))
            columns += _errors(values, columns[-1], columns)
            if not places:
                places = [document.locate((*pointer, "values", row)).line or 1 for row in range(len(values))]
    count = len(data["independent_variables"])
    return _table(document, name, _banded(columns, count), places, count, _qualified(data))


def _banded(columns: list[Column], independent: int) -> list[Column]:
    """Give roles to the columns of an export of Fairport, whose bands carry their names."""
    bands = {label: match[1] for label in (c.name for c in columns) if (match := _BAND.search(label))}
    rest = [column for column in columns[independent:] if column.name not in bands]
    if independent != 1 or not bands or len(rest) != 1:
        return columns
    roles = {columns[0].name: "x", rest[0].name: "y", **bands}
    return [replace(column, role=roles.get(column.name)) for column in columns]


def _qualified(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the qualifiers of an export of Fairport state."""
    found: dict[str, Any] = {}
    for variable in data["dependent_variables"]:
        for entry in _get(variable, "qualifiers") or ():
            field = _QUALIFIERS.get(str(_get(entry, "name")))
            value = _get(entry, "value")
            if field is None or value is None:
                continue
            try:
                found[field] = float(value) if field == "statistics.cl" else str(value)
            except (TypeError, ValueError):
                continue
    return found


def _json_table(document: Document, data: Mapping[str, Any], name: str) -> ImportedTable:
    rows = _list(data["values"], document, ("values",))
    headers = _list(data["headers"], document, ("headers",))
    names: list[str] = []
    for header in headers:
        names += [str(_get(header, "name") or "")] * int(_get(header, "colspan") or 1)
    first = rows[0] if rows else {}
    wide = len(_get(first, "x") or ()), len(_get(first, "y") or ())
    if not rows or len(names) != sum(wide):
        raise DocumentError(
            f"{len(names)} columns are named, the first row has {sum(wide)}",
            where=document.locate(("headers",)),
        )
    values: list[list[float]] = [[] for _ in names]
    for row, entry in enumerate(rows):
        for part, offset in (("x", 0), ("y", wide[0])):
            cells = _list(_get(entry, part), document, ("values", row, part))
            if len(cells) != wide[0 if part == "x" else 1]:
                raise DocumentError("a row of another length", where=document.locate(("values", row)))
            for index, cell in enumerate(cells):
                values[offset + index].append(_value(cell, document, ("values", row, part, index)))
    columns: list[Column] = []
    groups = _groups(data, wide[1])
    for index, label in enumerate(names):
        title, unit = _unit(label, None)
        marked = f"{title}, {groups[index - wide[0]]}" if index >= wide[0] and groups else title
        columns.append(Column(_free(marked, columns), tuple(values[index]), unit))
    places = [document.locate(("values", row)).line or 1 for row in range(len(rows))]
    stated: dict[str, Any] = {}
    doi = data.get("doi")
    if isinstance(doi, str) and doi.startswith("10."):
        stated["provenance.source.doi"] = f"https://doi.org/{doi}"
    if isinstance(data.get("location"), str) and data["location"].strip():
        stated["provenance.source.figure"] = data["location"].strip().removeprefix("Data from ")
    description = str(data.get("description") or "").strip()
    if description:
        stated["description"] = description
    stated |= _level(" ".join([description, *names]))
    return _table(document, name, columns, places, wide[0], stated)


def _table(
    document: Document,
    name: str,
    columns: list[Column],
    places: Sequence[int],
    independent: int,
    stated: dict[str, Any],
) -> ImportedTable:
    lengths = {len(column.values) for column in columns}
    if len(lengths) != 1 or lengths == {0}:
        raise DocumentError("the variables have different numbers of values, or none", where=name)
    if independent == 1 and len(columns) == 2 and columns[1].role is None:
        columns = [
            Column(column.name, column.values, column.unit, role)
            for column, role in zip(columns, ("x", "y"), strict=True)
        ]
    assumptions = ["the table is the experiment's own, as records of HEPData are"]
    if "statistics.cl" in stated:
        assumptions.append(f"the level {stated['statistics.cl']:g} stands in the words of the table")
    return ImportedTable(
        FORMAT,
        name,
        tuple(columns),
        tuple(places),
        named=True,
        stated={"provenance.origin": "collaboration", **stated},
        assumptions=tuple(assumptions),
    )


def _errors(values: Sequence[Any], column: Column, known: Sequence[Column]) -> list[Column]:
    """Return edges of one and two standard deviations about a value, where errors carry such labels."""
    found: list[Column] = []
    labels = {str(_get(error, "label")) for value in values for error in _get(value, "errors") or ()}
    for label in sorted(labels):
        if not re.search(r"[12]\s*(?:\\?sigma|σ|s\.?d\.?)", label, re.IGNORECASE):
            continue
        low, high = [], []
        for value, centre in zip(values, column.values, strict=True):
            errors = [e for e in _get(value, "errors") or () if str(_get(e, "label")) == label]
            minus, plus = _asymmetric(errors[0]) if errors else (math.nan, math.nan)
            low.append(centre + minus)
            high.append(centre + plus)
        base = _free(column.name, [])
        found.append(Column(_free(f"{base}, {label} low", known), tuple(low), column.unit))
        found.append(Column(_free(f"{base}, {label} high", known), tuple(high), column.unit))
    return found


def _asymmetric(error: Any) -> tuple[float, float]:
    both = _get(error, "asymerror")
    try:
        if both is not None:
            return float(_get(both, "minus")), float(_get(both, "plus"))
        size = float(_get(error, "symerror"))
    except (TypeError, ValueError):
        return math.nan, math.nan
    return -size, size


def _groups(data: Mapping[str, Any], width: int) -> list[str]:
    """Return what tells the dependent columns apart: qualifiers that differ between them."""
    found: list[list[str]] = [[] for _ in range(width)]
    qualifiers = data.get("qualifiers")
    for entries in qualifiers.values() if isinstance(qualifiers, dict) else ():
        texts: list[str] = []
        for entry in entries if isinstance(entries, list) else ():
            kind = f"{_get(entry, 'type')} " if _get(entry, "type") else ""
            texts += [f"{kind}{_get(entry, 'value')}"] * int(_get(entry, "colspan") or 1)
        if len(texts) == width and len(set(texts)) > 1:
            for place, text in zip(found, texts, strict=True):
                place.append(text)
    return [" ".join(place) for place in found] if any(found) else []


def _unit(label: str, units: Any) -> tuple[str, str | None]:
    """Return the name of a column and the unit that its header states."""
    if isinstance(units, str):
        return label.strip(), _spelled(units)
    bracket = _BRACKETS.search(label)
    if bracket is None:
        return label.strip(), None
    return label[: bracket.start()].strip() or label, _spelled(bracket[1])


def _spelled(unit: str) -> str:
    return _UNITS.get(unit.strip().upper(), unit.strip())


def _level(text: str) -> dict[str, Any]:
    levels = {float(number) / 100.0 for number in _LEVEL.findall(text)}
    return {"statistics.cl": levels.pop()} if len(levels) == 1 and 0.0 < min(levels) < 1.0 else {}


def _free(name: str, columns: Sequence[Column]) -> str:
    taken = {column.name for column in columns}
    return (
        name
        if name not in taken
        else next(f"{name} {i}" for i in range(2, 9999) if f"{name} {i}" not in taken)
    )


def _get(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _list(value: Any, document: Document, pointer: tuple[str | int, ...]) -> list[Any]:
    if not isinstance(value, list):
        raise DocumentError(f"{pointer[-1]} is no list", where=document.locate(pointer[:1]))
    return value


def _value(cell: Any, document: Document, pointer: tuple[str | int, ...]) -> float:
    value = _get(cell, "value")
    if value is None and _get(cell, "low") is not None:
        raise DocumentError(
            "this table holds bins, not points",
            where=document.locate(pointer),
            mend="choose a table of points; binned spectra are no limits",
        )
    if isinstance(value, str) and value.strip() in {"-", ""}:
        return math.nan
    try:
        if isinstance(value, bool) or value is None or "_" in str(value):
            raise ValueError
        return float(value)
    except (TypeError, ValueError):
        raise DocumentError(f"{value!r} is not a number"[:80], where=document.locate(pointer)) from None
