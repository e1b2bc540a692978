"""Spectral energy distributions with their likelihoods: the SED formats of gamma-ray astronomy (GADF).

They are what fermipy and gammapy write, as FITS or ECSV: one row an energy bin, arrays ``norm_scan`` and
``dloglike_scan`` (or ``stat_scan``) along the normalisation, and reference fluxes that turn the
normalisation into a flux (https://gamma-astro-data-formats.readthedocs.io, "SED"). Mind the traps:
``dloglike_scan`` is + ln of the likelihood ratio, ``stat_scan`` of gammapy is -2 ln L without any reference.
"""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np

from fairport.contract.errors import DocumentError, UsageError
from fairport.interop.formats.extras import pick
from fairport.interop.formats.fitstables import Array, RawTable, read_ecsv, read_fits
from fairport.interop.formats.neutral import Column, ImportedTable

FORMAT: Final = "gadf"
MAGIC: Final = b"SIMPLE  ="
QUANTITIES: Final = ("e2dnde", "dnde", "eflux", "flux")
"""Fluxes that a normalisation is turned into, where the file has the reference (``ref_dnde``, ...)."""

_OLD: Final = {"dnde": "dfde", "e2dnde": "e2dfde"}
"""Names that fermipy gave them before version 0.13."""

_NUMBERED: Final = re.compile(r"(.+)\[(\d+)\]")
_PHOTON: Final = re.compile(r"\b(?:ph|photons?)\b")
_SCANS: Final = ("dloglike_scan", "stat_scan")
_LIMIT: Final = re.compile(r"(?:dnde|flux|eflux|e2dnde|norm)_ul\d*\Z")


def is_sed(header: str) -> bool:
    """Tell whether the header of an ECSV file names the scans of a likelihood SED."""
    return any(f"name: {scan}" in header for scan in (*_SCANS, "norm_scan"))


def read(content: bytes, name: str, *, extension: str | None = None) -> ImportedTable:
    """Read a FITS file.

    Args:
        content: the whole file.
        name: file shown in messages.
        extension: name of the table, needed where the file has several that could be meant; with a number
            (``SCANDATA[3]``) where each row is a source of its own.

    Raises:
        DocumentError: no FITS file, or no table of numbers in it.
        UsageError: several tables and no name.
    """
    tables = {table.name: table for table in read_fits(content, name)}
    numbered = _NUMBERED.fullmatch(extension) if extension else None
    wanted = numbered[1] if numbered else extension
    scans = {key: table for key, table in tables.items() if _is_scan(table)}
    choice = scans if scans and wanted is None else tables
    known = {key: f"{len(table.columns)} columns" for key, table in choice.items() if table.columns}
    key = pick(name, wanted, known, "tables")
    table = choice[key]
    if _is_scan(table) and table.columns["norm_scan"].ndim == 3 and "e_ref" not in table.columns:
        table = _source(table, tables, int(numbered[2]) if numbered else None, f"{name}:{key}")
    return _scan(table, name, key) if _is_scan(table) else _plain(table, name, key)


def _source(table: RawTable, tables: dict[str, RawTable], number: int | None, where: str) -> RawTable:
    """Return the scans of one of several sources, with the energies that stand in another table.

    fermipy writes such tables for a whole sky (``SCANDATA``, one row a source, and ``EBOUNDS``).

    Raises:
        UsageError: it is not said which source is meant.
        DocumentError: no table holds the energies.
    """
    count, bins = table.columns["norm_scan"].shape[:2]
    if number is None or not 1 <= number <= count:
        raise UsageError(
            f"the table holds the scans of {count} sources, one a row",
            where=where,
            mend=f'--object "{table.name}[1]" for the first',
        )
    own = {key: values[number - 1] for key, values in table.columns.items() if values.ndim > 1}
    for other in tables.values():
        lengths = {values.shape[0] for values in other.columns.values()}
        if lengths == {bins} and {"e_min", "e_ref"} & set(other.columns):
            return RawTable(table.name, {**own, **other.columns}, {**other.units}, table.meta)
    raise DocumentError(f"no table holds the {bins} energies of the scans", where=where)


def read_text(text: str, name: str) -> ImportedTable:
    """Read an ECSV file with scans in its cells.

    Raises:
        DocumentError: no such file.
    """
    table = read_ecsv(text, name)
    if not _is_scan(table):
        raise DocumentError("this table has no likelihood scan", where=name, why="norm_scan is missing")
    return _scan(table, name, "row")


def _is_scan(table: RawTable) -> bool:
    return "norm_scan" in table.columns and any(scan in table.columns for scan in _SCANS)


def _scan(table: RawTable, name: str, key: str) -> ImportedTable:
    """Unroll the scans: one row an energy bin and point of its scan."""
    columns = table.columns
    where = f"{name}:{key}"
    norm = _two(columns["norm_scan"], where, "norm_scan")
    scan = next(each for each in _SCANS if each in columns)
    stat = _two(columns[scan], where, scan)
    if norm.shape != stat.shape:
        raise DocumentError(f"norm_scan has the shape {norm.shape}, {scan} {stat.shape}", where=where)
    assumptions: list[str] = []
    energy, unit = _energy(table, where, assumptions)
    deviance, words = _deviance(scan, stat, columns)
    assumptions.append(words)
    good = np.isfinite(norm) & np.isfinite(deviance)
    bins = np.broadcast_to(np.arange(norm.shape[0])[:, None], norm.shape)[good]
    if not bins.size:
        raise DocumentError("the scans hold no numbers", where=where)
    made = [Column("e_ref", _tuple(energy[bins]), unit, "x"), Column("norm", _tuple(norm[good]), "")]
    references = _references(table, energy, unit, assumptions)
    for quantity, (reference, its_unit) in references.items():
        role = "y" if quantity == "e2dnde" else None  # an integral flux has the same unit: never a default
        made.append(Column(quantity, _tuple(norm[good] * reference[bins]), its_unit, role))
    made.append(Column("-2 ln L", _tuple(deviance[good]), "", "z"))
    return ImportedTable(
        FORMAT,
        name,
        tuple(made),
        tuple((bins + 1).tolist()),
        _comments(table),
        named=True,
        stated={
            "kind": "profile",
            "profile": {"quantity": "-2lnL", "reference": "own-minimum"},
            **_creator(table),
        },
        assumptions=tuple(assumptions),
        notices=(
            f"a scan runs along {', '.join(['norm', *references])}; e2dnde is taken, or what --column names",
        )
        if "e2dnde" in references
        else (),
        part=key,
    )


def _deviance(scan: str, stat: Array, columns: Any) -> tuple[Array, str]:
    """Return -2 ln of the likelihood ratio above the minimum of each bin, and what was done."""
    if scan == "dloglike_scan":
        values = -2.0 * stat
        words = "-2 ln L is -2 times dloglike_scan, above the smallest value of each bin"
    else:
        values = stat
        words = "-2 ln L is stat_scan above the smallest value of each bin"
    with np.errstate(invalid="ignore"):
        lowest = np.nanmin(np.where(np.isfinite(values), values, np.inf), axis=1)
    best = columns.get("stat")
    if scan == "stat_scan" and best is not None and best.shape == lowest.shape:
        lowest = np.where(np.isfinite(best), np.minimum(best, lowest), lowest)
        words = "-2 ln L is stat_scan above the best fit (stat) of each bin"
    return values - lowest[:, None], words


def _plain(table: RawTable, name: str, key: str) -> ImportedTable:
    """Read columns of single numbers; energies and limits are columns to choose from."""
    flat = {label: values for label, values in table.columns.items() if values.ndim == 1}
    if not flat:
        raise DocumentError("this table has no column of single numbers", where=f"{name}:{key}")
    rows = len(next(iter(flat.values())))
    limits = [label for label in flat if _LIMIT.match(label)]
    made = tuple(
        Column(label, _tuple(values), table.units.get(label), None) for label, values in flat.items()
    )
    notices = (f"upper limits of each bin are in {', '.join(limits)} (--column)",) if limits else ()
    return ImportedTable(
        FORMAT,
        name,
        made,
        tuple(range(1, rows + 1)),
        _comments(table),
        named=True,
        stated=_creator(table),
        notices=notices,
        part=key,
    )


def _energy(table: RawTable, where: str, assumptions: list[str]) -> tuple[Array, str | None]:
    columns = table.columns
    for label in ("e_ref", "e_ctr"):
        if label in columns:
            return columns[label], table.units.get(label)
    if "e_min" in columns and "e_max" in columns:
        if table.units.get("e_min") != table.units.get("e_max"):
            raise DocumentError("e_min and e_max have different units", where=where)
        assumptions.append("the energy of a bin is the geometric mean of its edges")
        return np.sqrt(columns["e_min"] * columns["e_max"]), table.units.get("e_min")
    raise DocumentError("the table has neither e_ref nor e_min and e_max", where=where)


def _references(
    table: RawTable, energy: Array, unit: str | None, assumptions: list[str]
) -> dict[str, tuple[Array, str | None]]:
    """Return quantity to the value and unit that the normalisation one stands for, shape (bins,)."""
    found: dict[str, tuple[Array, str | None]] = {}
    for quantity in QUANTITIES:
        for label in (f"ref_{quantity}", f"ref_{_OLD.get(quantity, quantity)}"):
            reference = table.columns.get(label)
            if quantity not in found and reference is not None and reference.ndim == 1:
                found[quantity] = reference, _photons(table.units.get(label), label, assumptions)
    if "e2dnde" not in found and "dnde" in found:
        reference, its_unit = found["dnde"]
        found = {"e2dnde": (reference * energy**2, _squared(unit, its_unit)), **found}
        assumptions.append("e2dnde is the square of e_ref times dnde")
    return found


def _squared(unit: str | None, its_unit: str | None) -> str | None:
    """Return the unit of the square of an energy times a flux; ``None`` where one of them is not stated."""
    if not unit or not its_unit:
        return None
    per = re.compile(rf"(?<![\w.]){re.escape(unit)}-1(?![\w.])")
    return per.sub(unit, its_unit, count=1) if per.search(its_unit) else f"{unit}2 {its_unit}"


def _photons(unit: str | None, label: str, assumptions: list[str]) -> str | None:
    """Leave photons out of a unit: they are counted, and counts have none."""
    if unit is None or not _PHOTON.search(unit):
        return unit
    assumptions.append(f'the unit "{unit}" of {label} is read without its photons, which are counted')
    return " ".join(_PHOTON.sub(" ", unit).split())


def _two(values: Array, where: str, label: str) -> Array:
    """Return scans of shape (bins, points); GADF maps of one pixel have further axes of length one."""
    squeezed = (
        values.reshape(values.shape[0], -1)
        if values.ndim > 2 and values[0].size == max(values.shape[1:])
        else values
    )
    if squeezed.ndim != 2:
        raise DocumentError(
            f"{label} has the shape {values.shape}",
            where=where,
            why="a scan is one row of numbers an energy bin",
        )
    return squeezed


def _creator(table: RawTable) -> dict[str, Any]:
    level = table.meta.get("UL_CONF", table.meta.get("CONF"))
    found: dict[str, Any] = {}
    if isinstance(level, (int, float)) and not isinstance(level, bool) and 0.0 < level < 1.0:
        found["statistics.cl"] = float(level)
    return found


def _comments(table: RawTable) -> tuple[str, ...]:
    keys = ("SED_TYPE", "OBJECT", "TELESCOP", "INSTRUME", "CREATOR", "UL_CONF", "AUTHOR")
    return tuple(f"{key}: {str(table.meta[key])[:80]}" for key in keys if table.meta.get(key))


def _tuple(values: Array) -> tuple[float, ...]:
    return tuple(np.asarray(values, dtype=np.float64).tolist())
