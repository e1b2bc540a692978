"""VOTable, the XML tables of the Virtual Observatory (https://www.ivoa.net/documents/VOTable), by astropy."""

from __future__ import annotations

import io
import json
import warnings
from typing import Any, Final

import numpy as np

from fairport.contract.errors import DocumentError, FairportError
from fairport.interop.formats.extras import pick
from fairport.interop.formats.neutral import Column, ImportedTable

FORMAT: Final = "votable"


def is_votable(content: bytes) -> bool:
    """Tell whether a file begins as a VOTable does."""
    return b"<VOTABLE" in content[:4096]


def read(content: bytes, name: str, *, table: str | None = None) -> ImportedTable:
    """Read the numbers of one table.

    Args:
        content: the whole file.
        name: file shown in messages.
        table: name of the table, needed where there are several.

    Raises:
        DocumentError: no VOTable, or a table without numbers.
        UsageError: several tables and no name.
    """
    tables = list(_parsed(content, name).iter_tables())
    known = {str(one.name or one.ID or f"table {i}"): one for i, one in enumerate(tables, 1)}
    key = pick(name, table, {label: f"{len(one.array)} rows" for label, one in known.items()}, "tables")
    array = known[key].array
    columns = []
    left = []
    for field in known[key].fields:
        values = array[field.ID]
        plain = np.asarray(np.ma.getdata(values))
        if plain.dtype.kind not in "iuf" or plain.ndim != 1:
            left.append(str(field.name))
            continue
        numbers = np.where(np.ma.getmaskarray(values), np.nan, plain.astype(np.float64))
        unit = None if field.unit is None else str(field.unit)
        columns.append(Column(str(field.name), tuple(numbers.tolist()), unit))
    if not columns or not columns[0].values:
        raise DocumentError("this table holds no numbers", where=f"{name}:{key}")
    return ImportedTable(
        FORMAT,
        name,
        tuple(columns),
        tuple(range(1, len(columns[0].values) + 1)),
        tuple(filter(None, [str(known[key].description or "").strip()])),
        named=True,
        notices=(f"columns without single numbers are left out: {', '.join(left)}",) if left else (),
        part=key,
    )


def record_of(content: bytes, name: str) -> dict[str, Any] | None:
    """Return the result record that an export of Fairport keeps in an INFO element, if there is one."""
    for resource in _parsed(content, name).resources:
        for info in resource.infos:
            if info.name == "fairport":
                try:
                    found = json.loads(info.value)
                except (TypeError, ValueError):
                    return None
                return found if isinstance(found, dict) else None
    return None


def _parsed(content: bytes, name: str) -> Any:
    from astropy.io.votable import parse

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return parse(io.BytesIO(content), verify="ignore")
    except FairportError:
        raise
    except Exception as error:  # noqa: BLE001 - astropy raises many kinds on broken files
        raise DocumentError("the VOTable cannot be read", where=name, why=str(error)[:200]) from None
