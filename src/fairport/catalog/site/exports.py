"""Numbers of results for other programs: merged tables, JSON and BibTeX."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from fairport.catalog.licences import may_redistribute
from fairport.catalog.model import ShownResult
from fairport.catalog.prose import clean
from fairport.contract.documents import Plane
from fairport.contract.saving import dump_json
from fairport.contract.tables import format_number
from fairport.physics.curves import FunctionCurve, Polyline
from fairport.physics.polygons import Region
from fairport.results.loaded import LoadedResult


def plane_csv(plane: Plane, rows: Iterable[str]) -> Iterator[str]:
    """Yield the points of every result of a plane in canonical units as one table in long form.

    Results whose licence does not allow it are left out. Columns: result, experiment, kind, confidence
    level, piece (number of the unbroken stretch or ring), then the axes with their units, and the licence.

    Args:
        plane: the plane.
        rows: :func:`csv_rows` of each result.
    """
    axes = [_cell(f"{axis.name} [{axis.unit}]" if axis.unit else axis.name) for axis in plane.axes]
    yield _csv([["result", "experiment", "kind", "cl", "piece", *axes, "licence"]])
    yield from rows


def plane_json(plane: Plane, pieces: Iterable[str]) -> Iterator[str]:
    """Yield the same numbers as JSON, with citation and licence of each result.

    Args:
        plane: the plane.
        pieces: :func:`json_piece` of each result.
    """
    head = {
        "plane": plane.id,
        "title": clean(plane.title),
        "axes": [{"name": axis.name, "quantity": axis.quantity, "unit": axis.unit} for axis in plane.axes],
    }
    yield dump_json(head).rstrip().removesuffix("}").rstrip() + ',\n  "results": [\n'
    for number, piece in enumerate(pieces):
        yield (",\n" if number else "") + piece
    yield "\n  ]\n}\n"


def csv_rows(result: ShownResult) -> str:
    """Return the rows of a result in the table of its plane; none when its licence forbids it."""
    loaded = result.loaded
    if not may_redistribute(loaded.record.licence):
        return ""
    level = loaded.record.statistics.level if loaded.record.statistics else None
    experiment = "" if result.kind == "example" else loaded.experiment or ""
    head = _csv([[result.id, _cell(experiment), result.kind, "" if level is None else repr(level)]])[:-1]
    tail = _csv([[loaded.record.licence]])
    return "".join(
        f"{head},{piece},{','.join(map(format_number, point))},{tail}"
        for piece, points in enumerate(_pieces(loaded))
        for point in points
    )


def json_piece(result: ShownResult) -> str:
    """Return a result in the numbers of its plane, as one line of JSON."""
    return json.dumps(_json_result(result), ensure_ascii=False, sort_keys=True, allow_nan=False)


def record_json(result: ShownResult) -> str:
    """Return the record of a result as JSON, as it was harvested."""
    return dump_json(dict(result.loaded.data))


def _csv(rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


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
