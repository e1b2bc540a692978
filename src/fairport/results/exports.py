"""Export: a result in the formats of other communities, with a list of what each format cannot hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from fairport.contract.errors import RefusedError, UsageError
from fairport.contract.files import read_bytes, write_atomic
from fairport.contract.saving import dump_json
from fairport.contract.tables import format_table
from fairport.interop.formats import astropytables, glike, hepdatawrite, tableschema
from fairport.results.deriving import citations
from fairport.results.loaded import LoadedResult
from fairport.results.quantities import column_units, table_of

Files = dict[str, str | bytes]


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote.

    Attributes:
        paths: the files.
        losses: what the format cannot hold, in sentences; empty when nothing is lost.
    """

    paths: tuple[Path, ...]
    losses: tuple[str, ...]


def export(result: LoadedResult, to: str, folder: Path) -> Exported:
    """Write a result in a foreign format.

    Args:
        result: what is written.
        to: one of :data:`FORMATS`.
        folder: where files named after the result go.

    Raises:
        UsageError: there is no such format.
        RefusedError: the result has no table, or one that the format cannot hold.
    """
    writer = FORMATS.get(to)
    if writer is None:
        raise UsageError(f'there is no export to "{to}"', mend=f"use one of {', '.join(FORMATS)}")
    if not result.columns and to != "json":
        raise RefusedError(
            f'"{result.id}" is a {result.record.kind} without a table', mend="export it to json instead"
        )
    files, losses = writer(result)
    paths = []
    for name, content in files.items():
        path = folder / name
        write_atomic(path, content)
        paths.append(path)
    return Exported(tuple(paths), tuple(losses))


def _json(result: LoadedResult) -> tuple[Files, list[str]]:
    columns = {
        name: [float(value) if np.isfinite(value) else None for value in values]
        for name, values in result.columns.items()
    }
    whole = {"record": dict(result.data), "columns": columns, "column_order": list(columns)}
    endless = sum(int(np.isinf(values).sum()) for values in result.columns.values())
    losses = [f"infinite numbers ({endless}): JSON has none, they are null"] if endless else []
    return {f"{result.record.id}.json": dump_json(whole)}, losses


def _csv(result: LoadedResult) -> tuple[Files, list[str]]:
    name = result.record.id
    table = format_table({column: values.tolist() for column, values in result.columns.items()})
    schema = tableschema.schema(_descriptions(result), column_units(result), dict(result.data))
    return {f"{name}.csv": table, f"{name}.schema.json": dump_json(schema)}, []


def _ecsv(result: LoadedResult) -> tuple[Files, list[str]]:
    table = _described(result)
    return {f"{result.record.id}.ecsv": astropytables.write_ecsv(table)}, []


def _votable(result: LoadedResult) -> tuple[Files, list[str]]:
    table = _described(result)
    record = json.dumps(table.meta.pop("fairport"), ensure_ascii=False, sort_keys=True)
    return {f"{result.record.id}.xml": astropytables.write_votable(table, result.record.title, record)}, []


def _glike(result: LoadedResult) -> tuple[Files, list[str]]:
    record = result.record
    axes = record.axes
    factors = record.astro.jfactor
    if record.kind != "profile" or len(axes) != 3 or result.plane.search != "indirect":
        raise RefusedError(
            f'"{result.id}" is no likelihood of mass and annihilation cross-section',
            why="gLike and LklCom tables hold nothing else",
            mend="export to csv, ecsv or hepdata",
        )
    if record.profile is None or record.profile.quantity != "-2lnL":
        raise RefusedError(f'"{result.id}" does not hold -2 ln L', mend="export to csv, ecsv or hepdata")
    log_j = factors[0].log10 if isinstance(factors, tuple) and len(factors) == 1 else None
    if not isinstance(log_j, (int, float)):
        raise RefusedError(
            f'"{result.id}" does not state the J factor of exactly one target',
            why="the first cell of the table is log10 J",
            mend="add it to the record under astro.jfactor",
        )
    x, y = (result.canonical(axis) for axis in result.coordinates)
    text = glike.write(float(log_j), x, y, result.columns[axes[2].column])
    held = {"axes", "data", "geometry", "kind", "schema_version"}
    losses = [f"not in the file: {name}" for name in result.data if name not in held]
    return {f"{record.id}.txt": text}, [*losses, "units: mass is GeV and <sigma v> cm3 s-1 by convention"]


def _hepdata(result: LoadedResult) -> tuple[Files, list[str]]:
    if not result.record.axes:
        raise RefusedError(f'"{result.id}" has no axes', mend="export it to json instead")
    record = result.record
    source = record.provenance.source
    summary = hepdatawrite.Submission(
        name=record.id,
        title=record.title,
        description=record.description or record.title,
        keywords=[record.plane, record.kind],
        licence=record.licence,
        source=", ".join(citations(result)) or None,
        arxiv=source.arxiv if source else None,
    )
    variables, losses = _variables(result)
    qualifiers = _qualifiers(result)
    files: Files = dict(hepdatawrite.write(summary, variables, qualifiers))
    files["result.yaml"] = read_bytes(result.path) if result.path else hepdatawrite.dump(dict(result.data))
    losses += [
        "interpolation, excluded side and assumptions are qualifiers, which HEPData does not interpret"
    ]
    return files, losses


def _variables(result: LoadedResult) -> tuple[list[hepdatawrite.Variable], list[str]]:
    record, units = result.record, column_units(result)
    found = []
    losses = []
    band_of = {column: band for band, column in record.bands.items()}
    independent = {axis.column for axis in record.axes if axis.role != "dependent"}
    if record.geometry is not None and record.geometry.shape in {"polyline", "polygon"}:
        losses.append("the order of the points carries the contour; HEPData has no contours")
        independent.add(record.geometry.rings or "")
    for name, values in result.columns.items():
        label = f"{name} ({band_of[name]})" if name in band_of and band_of[name] != name else name
        found.append(
            hepdatawrite.Variable(label, units.get(name, ""), tuple(values.tolist()), name in independent)
        )
        if name not in units:
            losses.append(f"the unit of {name} is not stated")
    return found, losses


def _qualifiers(result: LoadedResult) -> dict[str, str]:
    record = result.record
    found: dict[str, str] = {"fairport:plane": record.plane, "fairport:kind": record.kind}
    if record.statistics is not None:
        statistics = record.statistics
        found |= {
            "fairport:confidence level": str(statistics.cl),
            "fairport:method": statistics.method,
            "fairport:role": statistics.role,
        }
        if statistics.sided:
            found["fairport:sided"] = statistics.sided
    if record.geometry is not None:
        found |= {"fairport:shape": record.geometry.shape, "fairport:excluded": record.geometry.excluded}
        if record.geometry.closed:
            found["fairport:closed"] = "true"
        if record.geometry.sentinel is not None:
            found["fairport:sentinel"] = repr(record.geometry.sentinel)
    if record.interpolation is not None:
        rule = record.interpolation
        found["fairport:interpolation"] = f"{rule.method} in {rule.x} x, {rule.y} y"
    for group in ("model", "astro"):
        for key, value in dict(result.data.get(group, {})).items():
            found[f"fairport:{group}.{key}"] = value if isinstance(value, str) else json.dumps(value)
    return found


def _descriptions(result: LoadedResult) -> dict[str, str]:
    record = result.record
    found = dict.fromkeys(result.columns, "")
    found |= {axis.column: axis.description or axis.quantity for axis in record.axes}
    return found | {column: f"companion {band} of the last axis" for band, column in record.bands.items()}


def _described(result: LoadedResult) -> Any:
    table = table_of(result)
    for name, text in _descriptions(result).items():
        table[name].info.description = text
    return table


FORMATS: Final[dict[str, Callable[[LoadedResult], tuple[Files, list[str]]]]] = {
    "csv": _csv,
    "json": _json,
    "ecsv": _ecsv,
    "votable": _votable,
    "hepdata": _hepdata,
    "glike": _glike,
}
"""Name of a format to its writer."""
