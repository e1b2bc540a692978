"""Metadata of a collection of CSV files in one TOML file: a table of defaults, then one table a file.

This is the layout of the public collection dd_limit_plot: the table is called like the file without its
suffix, ``header`` names the columns by position, ``scaling`` multiplies the dependent columns, and
``reference`` holds BibTeX. A broken file is reported with line and column and an offered repair.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any, Final

from fairport.contract.errors import DocumentError, Location
from fairport.interop.formats.neutral import Column, ImportedTable

FORMAT: Final = "csv+toml"
DEFAULTS: Final = "default_values"
ROLES: Final[dict[str, str]] = {
    "wimp_mass": "x",
    "mass": "x",
    "upper_limit": "y",
    "nufloor": "y",
    "upper_limit_unconstrained": "unconstrained",
    "sensitivity_m2sigma": "p2.5",
    "sensitivity_m1sigma": "p16",
    "sensitivity_median": "p50",
    "sensitivity_p1sigma": "p84",
    "sensitivity_p2sigma": "p97.5",
    "discovery_3sigma": "discovery_3sigma",
}
"""What the column names of this layout mean."""

ORIGINS: Final[dict[str, str]] = {
    "collaboration": "collaboration",
    "webplotdigitized": "digitised",
    "curvetrace": "digitised",
}
"""What its word ``provenance`` means; any other word states nothing that can be relied on."""

_MAX_REPAIRS: Final = 100
_PLACE: Final = re.compile(r"\(at line (\d+), column (\d+)\)")
_WRONG: Final = re.compile(r'\\(?![btnfr"\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[ \t]*$)')
_SINGLE: Final = re.compile(r'\\(?!"|[ \t]*$)')


@dataclass(frozen=True, slots=True)
class Metadata:
    """The tables of a metadata file.

    Attributes:
        name: file shown in messages.
        entries: file stem to its values, defaults filled in.
        repairs: file stem to a sentence on what was repaired in its table, in memory.
    """

    name: str
    entries: dict[str, dict[str, Any]]
    repairs: dict[str, str] = field(default_factory=dict)


def read_metadata(text: str, name: str, *, repair: bool = False) -> Metadata:
    """Read the metadata of a collection.

    Args:
        text: TOML.
        name: file shown in messages.
        repair: whether invalid escapes may be read as if their backslash were doubled; the file stays as it
            is, and each place is listed.

    Raises:
        DocumentError: not TOML, with line, column and the offered repair.
    """
    repairs: dict[str, str] = {}
    for _ in range(_MAX_REPAIRS):
        try:
            data = tomllib.loads(text)
            break
        except tomllib.TOMLDecodeError as error:
            line, column = _place(text, str(error))
            mended = _mended(text, line)
            if not repair or mended is None:
                raise _broken(name, text, line, column, error, mended) from None
            text = mended
            repairs[_table_of(text, line)] = (
                f"the backslashes of {PurePath(name).name}:{line} were read as backslashes"
            )
    else:
        raise DocumentError(f"more than {_MAX_REPAIRS} places need repair", where=name)
    found = data.get(DEFAULTS, {})
    defaults = found if isinstance(found, dict) else {}
    tables = {key: value for key, value in data.items() if isinstance(value, dict) and key != DEFAULTS}
    entries = {key: {**defaults, **value} for key, value in tables.items()}
    return Metadata(name, entries, repairs)


def entry(metadata: Metadata, stem: str) -> dict[str, Any]:
    """Return the values of one file.

    Raises:
        DocumentError: the metadata says nothing of it.
    """
    found = metadata.entries.get(stem)
    if found is None:
        near = difflib.get_close_matches(stem, metadata.entries, 3, 0.6)
        raise DocumentError(
            f'the metadata has no table for "{stem}"',
            where=metadata.name,
            why=f"near are {', '.join(near)}" if near else None,
            mend=f'add ["{stem}"], or give columns and units by options',
        )
    return found


def apply(table: ImportedTable, stem: str, metadata: Metadata, *, own_columns: bool = False) -> ImportedTable:
    """Return the table with what its metadata says: roles, units, scaling, citation.

    Args:
        table: the table as it was read.
        stem: name of its file without the suffix.
        metadata: what the collection says.
        own_columns: whether the caller names the columns; names in the metadata that do not fit then do not
            matter, and nothing is scaled.

    Raises:
        DocumentError: the metadata names another number of columns, or its scaling is no number.
    """
    values = entry(metadata, stem)
    names = [str(value) for value in values.get("header", [])]
    if len(names) != len(table.columns) and own_columns:
        return replace(table, format=FORMAT, stated={**table.stated, **_stated(values)})
    if len(names) != len(table.columns):
        raise DocumentError(
            f"the metadata names {len(names)} columns, the table has {len(table.columns)}",
            where=table.place(0),
            why=f"header = {names} in {metadata.name}",
            mend="let `header` name every column in order, or say with --column which is which",
        )
    scaling = values.get("scaling", 1.0)
    if isinstance(scaling, bool) or not isinstance(scaling, (int, float)) or not scaling > 0:
        raise DocumentError(f"scaling is {scaling!r}, not a positive number", where=metadata.name)
    roles = _roles(names)
    left = [name for name in names if name not in roles]
    notices = [f'column "{name}" has no place in a record and is left out' for name in left]
    assumptions = (
        [f"values multiplied by {scaling:g}, as {PurePath(metadata.name).name} says"] if scaling != 1 else []
    )
    repaired = [metadata.repairs[stem]] if stem in metadata.repairs else []
    columns = tuple(
        _column(column, name, roles, values, float(scaling))
        for column, name in zip(table.columns, names, strict=True)
    )
    return replace(
        table,
        format=FORMAT,
        columns=columns,
        named=True,
        stated={**table.stated, **_stated(values)},
        assumptions=(*table.assumptions, *assumptions, *repaired),
        notices=(*table.notices, *notices),
    )


def citation_of(bibtex: str) -> dict[str, str]:
    """Return texkey, DOI (as a URI) and arXiv identifier that a BibTeX entry names."""
    key = re.search(r"@\w+\s*\{\s*([^,\s]+)\s*,", bibtex)
    doi = re.search(r'\bdoi\s*=\s*["{]+\s*(10\.[^"}\s]+)', bibtex, re.IGNORECASE)
    arxiv = re.search(r'\beprint\s*=\s*["{]+\s*([^"}\s]+)', bibtex, re.IGNORECASE)
    found = {
        "texkey": key[1] if key and ":" in key[1] else None,
        "doi": f"https://doi.org/{doi[1]}" if doi else None,
        "arxiv": arxiv[1].removeprefix("arXiv:") if arxiv else None,
    }
    return {name: value for name, value in found.items() if value}


def _roles(names: list[str]) -> dict[str, str]:
    roles = {name: ROLES[name] for name in names if name in ROLES}
    if "y" not in roles.values() and "sensitivity_median" in roles:
        roles["sensitivity_median"] = "y"
    return roles


def _column(
    column: Column, name: str, roles: Mapping[str, str], values: Mapping[str, Any], scaling: float
) -> Column:
    role = roles.get(name, "ignore")
    key = "units_independent_variable" if role == "x" else "units_dependent_variable"
    unit = values.get(key)
    numbers = column.values
    if role not in {"x", "ignore"} and scaling != 1.0:
        numbers = tuple(value * scaling for value in numbers)
    return Column(name, numbers, str(unit) if unit is not None and role != "ignore" else None, role)


def _stated(values: Mapping[str, Any]) -> dict[str, Any]:
    stated: dict[str, Any] = {}
    label, description = values.get("label"), values.get("description")
    if isinstance(label, str) and label.strip():
        stated["title"] = label.strip()
    if isinstance(description, str) and description.strip():
        stated["description"] = description.strip()
    origin = ORIGINS.get(str(values.get("provenance", "")).strip().lower())
    if origin:
        stated["provenance.origin"] = origin
    header = values.get("header", [])
    if isinstance(header, list) and "upper_limit" not in header and "sensitivity_median" in header:
        stated["statistics.role"] = "expected"
    reference = values.get("reference")
    if isinstance(reference, str):
        for key, value in citation_of(reference).items():
            stated[f"provenance.source.{key}"] = value
    return stated


def _place(text: str, message: str) -> tuple[int, int]:
    found = _PLACE.search(message)
    if found:
        return int(found[1]), int(found[2])
    lines = text.splitlines()
    return len(lines), len(lines[-1]) if lines else 1


def _mended(text: str, line: int) -> str | None:
    """Return the text with the invalid escapes of one line doubled; ``None`` when it has none."""
    lines = text.splitlines(keepends=True)
    if not 0 < line <= len(lines):
        return None
    body = lines[line - 1].rstrip("\r\n")
    # Pairs of backslashes are escapes that are right. A line with one wrong escape was written without
    # escapes in mind, so that its other single backslashes (as in LaTeX) mean themselves.
    parts = body.split("\\\\")
    if not any(_WRONG.search(part) for part in parts):
        return None
    mended = "\\\\".join(_SINGLE.sub(r"\\\\", part) for part in parts)
    lines[line - 1] = mended + lines[line - 1][len(body) :]
    return "".join(lines)


def _table_of(text: str, line: int) -> str:
    """Return the name of the table in which a line stands."""
    for row in reversed(text.splitlines()[:line]):
        found = re.match(r"""\s*\[\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))\s*\]""", row)
        if found:
            return found[1] or found[2] or found[3] or ""
    return ""


def _broken(
    name: str, text: str, line: int, column: int, error: tomllib.TOMLDecodeError, mended: str | None
) -> DocumentError:
    reason = _PLACE.sub("", str(error)).strip()
    mend = "mend the line"
    if mended is not None:
        new = mended.splitlines()[line - 1].strip()
        mend = f"write `{new[:160]}`, or call again with --repair to read it so (the file stays as it is)"
    return DocumentError("this is not TOML", where=Location(name, line, column), why=reason, mend=mend)
