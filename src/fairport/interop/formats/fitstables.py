"""The boundary to tables of several dimensions per cell: FITS extensions and ECSV with arrays in cells."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from fairport.contract.errors import DocumentError

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, eq=False)
class RawTable:
    """Numeric columns of one table.

    Attributes:
        name: extension, empty for ECSV.
        columns: lower-case name to values, shape (rows, ...); NaN for masked cells.
        units: lower-case name to the unit as written.
        meta: header, upper-case names to plain values.
    """

    name: str
    columns: Mapping[str, Array]
    units: Mapping[str, str]
    meta: Mapping[str, Any]


def read_fits(content: bytes, name: str) -> list[RawTable]:
    """Return all binary tables of a FITS file.

    Raises:
        DocumentError: it is no FITS file, or a table is damaged, with its extension.
    """
    from astropy.io import fits

    found = []
    part = name
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with fits.open(io.BytesIO(content), memmap=False, lazy_load_hdus=False) as hdus:
                primary = {str(key).upper(): value for key, value in hdus[0].header.items() if key}
                for index, hdu in enumerate(hdus):
                    if not isinstance(hdu, fits.BinTableHDU):
                        continue
                    label = str(hdu.name or f"HDU {index}")
                    part = f"{name}:{label}"
                    units = {str(c.name).lower(): str(c.unit) for c in hdu.columns if c.unit}
                    data = hdu.data
                    columns = {str(c.name).lower(): data[c.name] for c in hdu.columns}
                    meta = primary | {str(key).upper(): value for key, value in hdu.header.items() if key}
                    found.append(RawTable(label, _numeric(columns), units, meta))
    except Exception as error:  # noqa: BLE001 - astropy raises nearly anything on broken files
        raise DocumentError("the FITS file cannot be read", where=part, why=str(error)[:200]) from None
    return found


def read_ecsv(text: str, name: str) -> RawTable:
    """Return the table of an ECSV file, arrays in cells included.

    Raises:
        DocumentError: it is no ECSV file.
    """
    from astropy.table import Table

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table = Table.read(text.splitlines(), format="ascii.ecsv")
    except Exception as error:  # noqa: BLE001 - astropy raises nearly anything on broken files
        raise DocumentError("the ECSV file cannot be read", where=name, why=str(error)[:200]) from None
    columns = {str(key).lower(): table[key] for key in table.colnames}
    units = {str(key).lower(): str(table[key].unit) for key in table.colnames if table[key].unit is not None}
    return RawTable("", _numeric(columns), units, {str(key).upper(): v for key, v in table.meta.items()})


def _numeric(columns: Mapping[str, Any]) -> dict[str, Array]:
    """Keep columns of numbers; a masked cell becomes NaN."""
    found: dict[str, Array] = {}
    for name, values in columns.items():
        masked = np.ma.getmaskarray(values) if np.ma.isMaskedArray(values) else None
        plain = np.asarray(np.ma.getdata(values))
        if plain.dtype.kind not in "iuf":
            continue
        numbers = plain.astype(np.float64)
        if masked is not None:
            numbers = np.where(masked, np.nan, numbers)
        found[name] = numbers
    return found
