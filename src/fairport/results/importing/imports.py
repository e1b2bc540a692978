"""Import: a foreign table becomes a result record with its CSV, and nothing is guessed silently.

What the source states is taken over, what the call states counts before it, what had to be assumed is
listed and written into ``validity.notes``, and everything else stays ``not-stated``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from fairport.contract.constants import CONTRACT_VERSION, MAX_TABLE_BYTES, NOT_STATED
from fairport.contract.documents import Plane
from fairport.contract.errors import DocumentError, UsageError
from fairport.contract.files import decode_text, read_bytes, sha256_bytes
from fairport.interop.formats import planetable, tomlmeta
from fairport.interop.formats.neutral import ImportedTable
from fairport.physics.arrays import FloatArray
from fairport.results.deriving import Derived, slug
from fairport.results.fields import missing_fields, unstated_fields
from fairport.results.importing.columns import Chosen, choose, without
from fairport.results.importing.options import BANDS, ImportOptions, put
from fairport.results.importing.ownexports import Own, own
from fairport.results.importing.reading import Progress, parts, read
from fairport.results.importing.shape import Shape, refuse_implausible, shape_of
from fairport.results.importing.third import third
from fairport.results.licences import strictest
from fairport.results.planes import Planes

__all__ = ["Imported", "import_file", "parts", "preview", "read", "read_metadata"]

DATA: Final = "data.csv"
NO_LICENCE: Final = "LicenseRef-none"
DOI: Final = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
ARXIV: Final = re.compile(r"(?:arXiv:)?((?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?)")

MODEL: Final = (
    *("interaction", "target", "spectra", "form_factors", "migdal"),
    *("dm.spin", "dm.self_conjugate", "dm.local_fraction", "mediator.type", "mediator.width"),
    *("couplings.gq", "couplings.gl", "couplings.gdm"),
)
"""Fields of ``model`` that can say ``not-stated``."""


@dataclass(frozen=True, eq=False)
class Imported:
    """A foreign table as a result that is not yet written.

    Attributes:
        derived: record and columns; :func:`fairport.results.deriving.write` writes them.
        table: the table as it was read.
        assumptions: what was taken for granted; also in the record.
        notices: what a person should know; not in the record.
        unstated: fields that the plane wants and nobody states.
    """

    derived: Derived
    table: ImportedTable
    assumptions: tuple[str, ...]
    notices: tuple[str, ...]
    unstated: tuple[str, ...]


def import_file(
    path: Path,
    options: ImportOptions,
    *,
    metadata: tomlmeta.Metadata | None = None,
    planes: Planes | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Read one file as a result.

    Args:
        path: the foreign file.
        options: what the caller states.
        metadata: what a collection says of its files.
        planes: where planes are looked up.
        progress: called with a sentence now and then where reading is long.

    Raises:
        DocumentError: the file cannot be read as what it is said to be, with file and line.
        UsageError: something must be stated that the source does not state.
    """
    content = read_bytes(path, limit=MAX_TABLE_BYTES)
    plane = (planes or Planes()).get(options.plane)
    known = (
        own(path, content) if options.source is None and not options.columns and metadata is None else None
    )
    if known is not None:
        return _restored(known, plane, options)
    table = read(path, content, options, progress=progress)
    if metadata is not None:
        table = tomlmeta.apply(table, path.stem, metadata, own_columns=bool(options.columns))
    if table.format == planetable.FORMAT:  # a download, not the source, and it holds many results
        return _imported(table, plane, options, str(table.stated["id"]), None)
    return _imported(table, plane, options, path.stem, sha256_bytes(content))


def read_metadata(path: Path, *, repair: bool = False) -> tomlmeta.Metadata:
    """Read the metadata file of a collection; see :func:`fairport.interop.formats.tomlmeta.read_metadata`."""
    return tomlmeta.read_metadata(decode_text(read_bytes(path), str(path)), str(path), repair=repair)


def _imported(
    table: ImportedTable, plane: Plane, options: ImportOptions, stem: str, digest: str | None
) -> Imported:
    table, chosen = without(table, choose(table, plane, options), plane, options)
    if "z" in chosen.values:
        odd: tuple[str, ...] = ()
        chosen, shape = third(table, chosen, plane, options)
        if options.contour is not None:
            kept = {key: value for key, value in table.stated.items() if key not in {"kind", "profile"}}
            table = replace(table, stated=kept)
    else:
        odd = refuse_implausible(table, chosen, plane, options)
        shape = shape_of(table, chosen, plane, options)
    assumptions = [*table.assumptions, *chosen.assumptions, *shape.assumptions]
    record = _record(table, plane, options, chosen, shape, assumptions)
    record["id"] = slug(options.id or stem)
    if digest is not None:
        record["provenance"].setdefault("source", {})["sha256"] = digest
    columns = _columns(plane, chosen, shape)
    gaps = sum(int(np.isnan(values).any()) for values in columns.values())
    notes = [f"Assumed at import: {sentence}." for sentence in dict.fromkeys(assumptions)]
    if gaps:
        notes.append("Empty cells are missing in the source.")
    if notes:
        record["validity"] = {"notes": notes}
    for dotted, value in options.fields.items():
        put(record, dotted, value)
    derived = Derived(record, columns, plane, strictest([record["licence"]]), table=DATA)
    loaded = derived.loaded()
    try:
        _ = loaded.curve
    except DocumentError as error:
        raise DocumentError(error.what, where=table.name, why=error.why, mend=error.mend) from None
    unstated = [*unstated_fields(loaded.record, plane), *missing_fields(loaded.record, plane)]
    notices = (*table.notices, *chosen.notices, *odd)
    return Imported(derived, table, tuple(dict.fromkeys(assumptions)), notices, tuple(unstated))


def _restored(known: Own, plane: Plane, options: ImportOptions) -> Imported:
    """Take over the whole record of an export of Fairport; what the call states is written into it."""
    record = {key: value for key, value in known.record.items() if key != "data"}
    if record["plane"] != plane.id:
        raise UsageError(
            f'{known.table.name} holds a result of the plane "{record["plane"]}"',
            mend=f"--plane {record['plane']}",
        )
    for name in ("id", "title", "licence", "kind"):
        value = getattr(options, name)
        if value is not None:
            record[name] = value
    if options.cl is not None:
        put(record, "statistics.cl", options.cl)
    for dotted, value in options.fields.items():
        put(record, dotted, value)
    licence = str(record.get("licence", NO_LICENCE))
    derived = Derived(record, known.columns, plane, strictest([licence]), table=DATA)
    loaded = derived.loaded()
    _ = loaded.curve
    unstated = [*unstated_fields(loaded.record, plane), *missing_fields(loaded.record, plane)]
    notices = ("Fairport wrote this file: the whole record was taken over",)
    return Imported(derived, known.table, (), notices, tuple(unstated))


def preview(found: Imported) -> list[str]:
    """Return what a person should look at before anything is written, one line each."""
    record, table = found.derived.record, found.table
    names = [axis.name for axis in found.derived.plane.axes]
    shape = record["geometry"]["shape"]
    rows = len(next(iter(found.derived.columns.values())))
    lines = [f"{table.name}: {table.format}, {rows} rows -> {record['kind']} in {record['plane']}, a {shape}"]
    for axis, name in zip(record["axes"], (*names, "z"), strict=False):
        values = found.derived.columns[axis["column"]]
        low, high = np.nanmin(values), np.nanmax(values)
        lines.append(f"  {name}: {low:g} to {high:g} {axis['unit']}".rstrip())
    if record.get("bands"):
        lines.append(f"  bands: {', '.join(record['bands'])}")
    lines += [f"  assumed: {sentence}" for sentence in found.assumptions]
    lines += [f"  note: {sentence}" for sentence in found.notices]
    if found.unstated:
        lines.append(f"  not stated: {', '.join(found.unstated)}")
    if record["licence"] == NO_LICENCE:
        lines.append("  licence: none stated, so that the numbers may be linked but not handed on")
    shown = [comment[:110] for comment in table.comments if comment][:3]
    return lines + [f"  the file says (not trusted): {comment}" for comment in shown]


def _record(
    table: ImportedTable,
    plane: Plane,
    options: ImportOptions,
    chosen: Chosen,
    shape: Shape,
    assumptions: list[str],
) -> dict[str, Any]:
    stated = dict(table.stated)
    kind = options.kind or str(
        stated.pop("kind", "region" if shape.geometry["shape"] == "polygon" else "limit")
    )
    title = options.title or str(stated.pop("title", Path(table.name).stem))
    stated.pop("title", None)
    licence = options.licence or str(stated.pop("licence", NO_LICENCE))
    record: dict[str, Any] = {
        "schema_version": CONTRACT_VERSION,
        "id": "",
        "title": title,
        "version": "1",
        "status": "draft",
        "kind": kind,
        "plane": plane.id,
        "licence": licence,
        "axes": _axes(plane, chosen),
        "geometry": shape.geometry,
    }
    bands = {band: band for band in BANDS if band in chosen.values}
    if bands and kind in {"limit", "projection"}:
        record["bands"] = bands
    if kind != "region" and shape.geometry["shape"] != "scalar":
        record["interpolation"] = _interpolation(plane, chosen, kind, assumptions)
    if kind != "line":
        record["statistics"] = _statistics(options, stated, kind, plane, assumptions)
    record["model"] = _model(plane)
    astro = {name.split(".")[0]: NOT_STATED for name in plane.requires.astro}
    if kind == "profile":
        astro.setdefault("jfactor", NOT_STATED)
    if astro and kind != "line":
        record["astro"] = astro
    record["provenance"] = _provenance(options, stated, kind, assumptions)
    for path, value in stated.items():
        put(record, path, value)
    if options.cl is not None:
        put(record, "statistics.cl", options.cl)
    return record


def _axes(plane: Plane, chosen: Chosen) -> list[dict[str, Any]]:
    last = "xy"[len(plane.axes) - 1]
    axes = [
        {
            "name": axis.name,
            "role": "dependent" if role == last and "z" not in chosen.values else "independent",
            "column": axis.name,
            "quantity": axis.quantity,
            "unit": chosen.units[role],
            "scale": axis.scale,
        }
        for role, axis in zip(("x", "y"), plane.axes, strict=False)
    ]
    if "z" in chosen.values:
        axes.append(
            {
                "name": "ts",
                "role": "dependent",
                "column": "ts",
                "quantity": "test_statistic",
                "unit": chosen.units["z"],
                "scale": "lin",
            }
        )
    return axes


def _interpolation(plane: Plane, chosen: Chosen, kind: str, assumptions: list[str]) -> dict[str, Any]:
    x, y = plane.axes[0].scale, plane.axes[-1].scale
    if kind == "profile":
        return {"x": x, "y": "lin", "method": "cubic", "outside": "nan"}
    assumptions.append(f"points are joined by straight lines on {x}-{y} scales")
    return {"x": x, "y": y, "method": "linear", "outside": "nan"}


def _statistics(
    options: ImportOptions, stated: dict[str, Any], kind: str, plane: Plane, assumptions: list[str]
) -> dict[str, Any]:
    role = options.role or stated.pop("statistics.role", None)
    stated.pop("statistics.role", None)
    if role is None:
        role = "expected" if kind == "projection" else "observed"
        assumptions.append(f"the numbers are {role} ones")
    found: dict[str, Any] = {"role": role, "cl": NOT_STATED, "sided": NOT_STATED, "method": NOT_STATED}
    if "power_constraint" in plane.requires.statistics:
        found["power_constraint"] = NOT_STATED
    return found


def _model(plane: Plane) -> dict[str, Any]:
    model: dict[str, Any] = {}
    for name in plane.requires.model:
        group, _, rest = name.partition(".")
        if name in MODEL and rest:
            model.setdefault(group, {})[rest] = NOT_STATED
        elif name in MODEL:
            model[name] = NOT_STATED
    if "channel" in plane.requires.model:
        model["channel"] = plane.id.rsplit(".", 1)[-1]
    return model


def _provenance(
    options: ImportOptions, stated: dict[str, Any], kind: str, assumptions: list[str]
) -> dict[str, Any]:
    origin = options.origin or stated.pop("provenance.origin", None)
    stated.pop("provenance.origin", None)
    if origin is None:
        origin = "projection" if kind == "projection" else "digitised"
        assumptions.append(f"the origin of the numbers is not stated and taken as {origin}")
    found: dict[str, Any] = {"origin": origin}
    source: dict[str, str] = {}
    for text_ in options.cite:
        doi, arxiv = DOI.fullmatch(text_.strip()), ARXIV.fullmatch(text_.strip())
        if doi:
            source.setdefault("doi", f"https://doi.org/{doi[1]}")
        elif arxiv:
            source.setdefault("arxiv", arxiv[1])
        elif text_.startswith("https://"):
            source.setdefault("url", text_)
        else:
            raise UsageError(
                f'"{text_[:80]}" is no DOI, arXiv identifier or https address',
                mend="--cite arXiv:2410.17036v1",
            )
    if source:
        found["source"] = source
    if options.cite:
        found["cite"] = list(options.cite)
    return found


def _columns(plane: Plane, chosen: Chosen, shape: Shape) -> dict[str, FloatArray]:
    names = dict(zip(("x", "y"), (axis.name for axis in plane.axes), strict=False)) | {"z": "ts"}
    roles = [role for role in ("x", "y", "z", *BANDS, "ring") if role in chosen.values]
    return {names.get(role, role): chosen.values[role][shape.order] for role in roles}
