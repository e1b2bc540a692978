"""Numbers of results for other programs: merged tables, JSON and BibTeX."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Sequence
from typing import Any

from fairport.catalog.licences import may_redistribute
from fairport.catalog.model import ShownPlane, ShownResult
from fairport.catalog.prose import clean
from fairport.contract.saving import dump_json
from fairport.contract.tables import format_number
from fairport.physics.curves import FunctionCurve, Polyline
from fairport.physics.polygons import Region
from fairport.results.bibtex import bibliography
from fairport.results.loaded import LoadedResult


def plane_csv(shown: ShownPlane) -> str:
    """Return the points of every result of a plane in canonical units as one table in long form.

    Results whose licence does not allow it are left out. Columns: result, experiment, kind, confidence
    level, piece (number of the unbroken stretch or ring), then the axes with their units.
    """
    plane = shown.plane
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    axes = [f"{axis.name} [{axis.unit}]" if axis.unit else axis.name for axis in plane.axes]
    writer.writerow(["result", "experiment", "kind", "cl", "piece", *axes])
    for result in shown.results:
        if not may_redistribute(result.loaded.record.licence):
            continue
        loaded = result.loaded
        level = loaded.record.statistics.level if loaded.record.statistics else None
        experiment = "" if result.kind == "example" else loaded.experiment or ""
        head = [result.id, _cell(experiment), result.kind, "" if level is None else repr(level)]
        for piece, points in enumerate(_pieces(loaded)):
            for point in points:
                writer.writerow([*head, piece, *map(format_number, point)])
    return out.getvalue()


def plane_json(shown: ShownPlane) -> str:
    """Return the same numbers as JSON, with citation and licence of each result."""
    plane = shown.plane
    return dump_json(
        {
            "plane": plane.id,
            "title": clean(plane.title),
            "axes": [
                {"name": axis.name, "quantity": axis.quantity, "unit": axis.unit} for axis in plane.axes
            ],
            "results": [_json_result(result) for result in shown.results],
        }
    )


def plane_bibtex(shown: ShownPlane) -> str:
    """Return BibTeX of the source of every result of a plane, each source once."""
    return bibliography([result.loaded for result in shown.results])


def record_json(result: ShownResult) -> str:
    """Return the record of a result as JSON, as it was harvested."""
    return dump_json(dict(result.loaded.data))


def _json_result(result: ShownResult) -> dict[str, Any]:
    record = result.loaded.record
    shared: dict[str, Any] = {
        "id": result.id,
        "title": clean(record.title),
        "kind": result.kind,
        "cl": record.statistics.cl if record.statistics else None,
        "licence": record.licence,
        "cite": list(record.provenance.cite),
        "digest": result.digest,
    }
    if may_redistribute(record.licence):
        shared["pieces"] = [[_finite(point) for point in points] for points in _pieces(result.loaded)]
    return shared


def _finite(point: Sequence[float]) -> list[float | None]:
    return [None if math.isnan(value) or math.isinf(value) else value for value in point]


def _pieces(result: LoadedResult) -> Iterator[list[tuple[float, ...]]]:
    """Yield the unbroken stretches or rings of a result as points in canonical units."""
    curve = result.curve
    stretches: Sequence[tuple[Any, Any]] = ()
    if isinstance(curve, (FunctionCurve, Polyline)):
        stretches = curve.segments
    elif isinstance(curve, Region):
        stretches = curve.rings
    for x, y in stretches:
        yield list(zip(x.tolist(), y.tolist(), strict=True))


def _cell(text: str) -> str:
    """Keep a text from being taken for a formula by a spreadsheet."""
    text = " ".join(clean(text).split())
    return "'" + text if text[:1] in {"=", "+", "-", "@"} else text
