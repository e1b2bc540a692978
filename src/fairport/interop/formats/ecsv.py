"""ECSV, astropy's table with a YAML header (version 1.0: https://github.com/astropy/astropy-APEs, APE 6).

The header is read by the safe YAML loader of the contract, so that a mistake in it is reported with its
line, and no tag ever builds an object. A missing colon is offered as a repair.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from fairport.contract.errors import DocumentError, Location
from fairport.contract.loading import parse_yaml
from fairport.interop.formats import text as plain
from fairport.interop.formats.neutral import Column, ImportedTable

FORMAT: Final = "ecsv"
_FIRST: Final = re.compile(r"# %ECSV \d")
_NO_COLON: Final = re.compile(r"^(\s*(?:- )?(?:\{)?)([A-Za-z_][\w-]*) +(\S.*)$")
_TAG: Final = re.compile(r"!!omap|!astropy[\w.]*|!numpy[\w.]*")
BANDS: Final = {"_lo": "p16", "_hi": "p84"}


def is_ecsv(text: str) -> bool:
    """Tell whether a text begins as ECSV does."""
    return bool(_FIRST.match(text))


def read(text: str, name: str, *, repair: bool = False) -> ImportedTable:
    """Read an ECSV table of numbers; columns of text are left out.

    Args:
        text: the content.
        name: file shown in messages.
        repair: whether a header line without its colon may be read as if it had one.

    Raises:
        DocumentError: not ECSV, with line, column and where possible the offered repair.
    """
    if not is_ecsv(text):
        raise DocumentError(
            "this is not ECSV", where=Location(name, 1, 1), mend="begin it with `# %ECSV 1.0` and `# ---`"
        )
    header, start, repairs, lost = _header(text, name, repair)
    columns = header.get("datatype")
    if not isinstance(columns, list) or not all(isinstance(c, dict) and c.get("name") for c in columns):
        raise DocumentError("the header has no list `datatype` of named columns", where=Location(name, 2, 1))
    names = [str(column["name"]) for column in columns]
    table = _body(text, name, start, columns, names, header.get("delimiter", " "))
    units = {str(column["name"]): column.get("unit") for column in columns}
    known = tuple(
        replace(column, unit=None if units[column.name] is None else str(units[column.name]))
        for column in table.columns
    )
    meta = _flat(header.get("meta"))
    return replace(
        table,
        format=FORMAT,
        columns=_roles(known, meta),
        named=True,
        comments=_remarks(text)
        + tuple(f"{key}: {value}" for key, value in meta.items() if isinstance(value, (str, int, float))),
        stated=_stated(meta),
        assumptions=(*table.assumptions, *repairs),
        notices=(*table.notices, *lost),
    )


def record_of(text: str, name: str) -> dict[str, Any] | None:
    """Return the result record that an export of Fairport keeps in its metadata, if there is one.

    Raises:
        DocumentError: the header is broken.
    """
    header, *_ = _header(text, name, False)
    record = _flat(header.get("meta")).get("fairport")
    return dict(_plain(record)) if isinstance(record, (dict, list)) and _plain(record) else None


def _plain(value: Any) -> Any:
    """Return a mapping that astropy wrote as a list of single pairs as the mapping that it was."""
    return _flat(value) if isinstance(value, list) else value


def _header(text: str, name: str, repair: bool) -> tuple[dict[str, Any], int, list[str], list[str]]:
    lines = text.splitlines()
    count = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    body = [_TAG.sub("", line[1:].removeprefix(" ")) for line in lines[:count]]
    start = next((i for i, line in enumerate(body) if line.strip() == "---"), 0)
    for i, line in enumerate(body):  # an empty line keeps the numbers of the lines
        if i <= start or line.startswith("%"):
            body[i] = ""
    repairs: list[str] = []
    lost: list[str] = []
    for number, broken, new in _lost(body):
        if repair:
            body[number - 1] = new
            repairs.append(f"line {number} was read as `{new.strip()}`: its colon is missing")
        else:
            lost.append(
                f"{name}:{number}: `{broken.strip()}` has no colon, so its value is lost; "
                f"write `{new.strip()}`, or --repair"
            )
    for _ in range(50):
        try:
            data = parse_yaml("\n".join(body), name).data
            break
        except DocumentError as error:
            mended = _mended(body, error)
            if mended is None:
                raise
            line_number, new = mended
            if not repair:
                raise DocumentError(
                    "the header of this ECSV file is not YAML",
                    where=Location(name, line_number, 3),
                    why=f"`{body[line_number - 1].strip()[:80]}` has no colon",
                    mend=f"write `# {new}`, or call again with --repair to read it so",
                ) from None
            body[line_number - 1] = new
            repairs.append(f"line {line_number} was read as `{new.strip()}`: its colon is missing")
    else:
        raise DocumentError("the header needs too many repairs", where=name)
    if not isinstance(data, dict):
        raise DocumentError("the header is no mapping", where=Location(name, 1, 1))
    return data, count, repairs, lost


def _remarks(text: str) -> tuple[str, ...]:
    """Return the remarks above the header, which often hold the licence of a collection."""
    found = []
    for line in text.splitlines()[1:30]:
        if not line.startswith("# %"):
            break
        found.append(line[3:].strip())
    return (" ".join(found),) if found else ()


def _lost(body: Sequence[str]) -> list[tuple[int, str, str]]:
    """Return line, text and repair of each ``- {key value}``: YAML reads it as a key without a value."""
    lost = []
    for number, content in enumerate(body, 1):
        found = _NO_COLON.match(content)
        if found and found[1].endswith("{") and ":" not in content:
            lost.append((number, content, f"{found[1]}{found[2]}: {found[3]}"))
    return lost


def _mended(body: Sequence[str], error: DocumentError) -> tuple[int, str] | None:
    """Return line number and repaired text of the line without a colon at or just before the error."""
    place = error.where.line if isinstance(error.where, Location) else None
    if place is None:
        return None
    for line in range(place, max(place - 4, 0), -1):
        if not 0 < line <= len(body):
            continue
        found = _NO_COLON.match(body[line - 1])
        if found and ":" not in body[line - 1]:
            return line, f"{found[1]}{found[2]}: {found[3]}"
    return None


def _body(
    text: str, name: str, start: int, columns: Sequence[Mapping[str, Any]], names: list[str], delimiter: Any
) -> ImportedTable:
    """Read the rows below the header; the line of names counts as one of them."""
    import csv

    mark = delimiter if delimiter in {",", " "} else " "
    numeric = [str(column.get("datatype", "float64")) not in {"string", "bool"} for column in columns]
    rows = ["" for _ in range(start)]
    seen = False
    for number, raw in enumerate(text.splitlines()[start:], start + 1):
        if not raw.strip() or raw.startswith("#"):
            rows.append("")
            continue
        try:
            cells = next(csv.reader([raw.strip()], delimiter=mark, skipinitialspace=True))
        except csv.Error as error:
            raise DocumentError(
                "the row cannot be read", where=Location(name, number, 1), why=str(error)
            ) from None
        if not seen:
            seen = True
            if cells != names:
                raise DocumentError(
                    f"the names {cells} are not those of the header {names}"[:300],
                    where=Location(name, number, 1),
                )
            rows.append("")
            continue
        if len(cells) != len(names):
            raise DocumentError(
                f"this row has {len(cells)} cells, the header names {len(names)} columns",
                where=Location(name, number, 1),
            )
        rows.append(",".join(cell if use else "" for cell, use in zip(cells, numeric, strict=True)) + ",")
    table = plain.read("\n".join(rows), name, delimiter=",", names=[*names, " "])
    kept = [column for column, use in zip(table.columns, [*numeric, False], strict=True) if use]
    left = [column_name for column_name, use in zip(names, numeric, strict=True) if not use]
    notices = (f"columns of text are left out: {', '.join(left)}",) if left else ()
    return replace(table, columns=tuple(kept), notices=notices)


def _flat(meta: Any) -> dict[str, Any]:
    """Return the metadata as a mapping; astropy writes it as a list of single pairs."""
    if isinstance(meta, dict):
        return meta
    found: dict[str, Any] = {}
    for item in meta if isinstance(meta, list) else []:
        if isinstance(item, dict):
            found.update(item)
    return found


def _roles(columns: tuple[Column, ...], meta: Mapping[str, Any]) -> tuple[Column, ...]:
    """Give roles to columns that a Fairport export names; others stay open for the call."""
    record = meta.get("fairport")
    if not isinstance(record, dict):
        return columns
    axes = record.get("axes") or []
    bands = record.get("bands") or {}
    roles = {axis["column"]: role for axis, role in zip(axes, "xyz", strict=False) if isinstance(axis, dict)}
    roles |= {str(column): str(band) for band, column in bands.items()}
    return tuple(replace(column, role=roles.get(column.name)) for column in columns)


def _stated(meta: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the usual keys of limit tables say: DOI, arXiv identifier, confidence level, figure."""
    found: dict[str, Any] = {}
    doi, arxiv = meta.get("doi"), meta.get("arxiv")
    if isinstance(doi, str) and "10." in doi:
        found["provenance.source.doi"] = "https://doi.org/" + doi[doi.index("10.") :]
    if isinstance(arxiv, str) and arxiv.strip():
        found["provenance.source.arxiv"] = arxiv.strip().removeprefix("arXiv:").rsplit("/abs/", 1)[-1]
    level = meta.get("confidence")
    try:
        number = float(level) if level is not None and not isinstance(level, bool) else 0.0
    except (TypeError, ValueError):
        number = 0.0
    if 0.0 < number < 1.0:
        found["statistics.cl"] = number
    if meta.get("figure"):
        found["provenance.source.figure"] = str(meta["figure"])
    if isinstance(meta.get("title"), str) and meta["title"]:
        found["title"] = meta["title"]
    return found
