"""What the interactive plane page draws: ``data.js`` beside the page, compact, for display only.

Beside it :mod:`fairport.catalog.browser.exactdata` writes ``exact.js``, numbers to calculate with; both are
classic scripts, since pages opened from a folder can fetch nothing. What may not be passed on by its licence
is drawn, never written at full precision.
"""

from __future__ import annotations

import dataclasses
import json
import math
import re
from collections.abc import Sequence
from typing import Any, Final, Protocol

from fairport.catalog.addresses import safe_link
from fairport.catalog.browser.benchmarks import benchmark_of
from fairport.catalog.browser.compact import encode_curve, step_of
from fairport.catalog.licences import licence_words, may_redistribute
from fairport.catalog.model import KINDS, ShownPlane, ShownResult, SiteModel
from fairport.catalog.prose import clean, plain
from fairport.contract.constants import NOT_STATED
from fairport.contract.documents import Plane, PlaneAxis
from fairport.physics.notation import unit_text
from fairport.results.captions import field_name, value_text
from fairport.results.fields import field_value, required_fields, unstated_fields
from fairport.results.figure.items import Item, Piece
from fairport.results.figure.references import Reference, references_of
from fairport.results.figure.scene import Scene, build_scene
from fairport.results.loaded import LoadedResult
from fairport.results.style import clip, family_of, year_of
from fairport.results.words import tooltip

DATA: Final = "data.js"
VERSION: Final = 1

FIELDS: Final = (
    "statistics.cl",
    "statistics.role",
    "statistics.sided",
    "statistics.method",
    "statistics.power_constraint",
    "model.dm.local_fraction",
    "model.dm.self_conjugate",
    "model.interaction",
    "model.target",
    "model.channel",
    "model.mediator.type",
    "model.couplings.gq",
    "model.couplings.gl",
    "model.couplings.gdm",
    "astro.halo.set",
    "astro.halo.rho0",
    "astro.halo.v0",
    "astro.halo.vesc",
    "astro.jfactor",
)
"""Fields that the comparison of assumptions shows where a result has them, beside those of the plane."""

ROW: Final = {
    "name": "row",
    "quantity": "",
    "symbol": "",
    "plain": "",
    "unit": "",
    "label": "",
    "units": [],
    "log": False,
    "step": 1,
}
"""The second axis of a plane with one: its results stand one below the other."""


class Plotted(Protocol):
    """What is drawn: a result, or what was made of one."""

    @property
    def id(self) -> str:
        """Identifier on the page."""

    @property
    def kind(self) -> str:
        """Kind of the curve."""

    @property
    def shown(self) -> bool:
        """Whether it is drawn without being asked for."""

    @property
    def url(self) -> str:
        """Page, relative to the root of the site."""

    @property
    def loaded(self) -> LoadedResult:
        """Record and numbers."""


_SPECIAL: Final = re.compile("[<\u2028\u2029\ud800-\udfff]")

UNKNOWN: Final = "?"
"""How a field that the source does not state is shown."""


def has_plot(shown: ShownPlane) -> bool:
    """Tell whether a plane can be explored: it has one axis or two, and something to draw."""
    return len(shown.plane.axes) in {1, 2} and bool(shown.results)


def script(function: str, data: Any) -> str:
    """Return a classic script that hands ``data`` to the front end."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    text = _SPECIAL.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
    return f"fairport.{function}({text});\n"


def plane_data(model: SiteModel, shown: ShownPlane, more: int = 0) -> dict[str, Any]:
    """Return what the front end needs to draw a plane, as plain data (see ``site/frontend/src/types.ts``).

    Args:
        model: the catalogue.
        shown: the plane with the results that can be drawn.
        more: further results of the plane, which are in its tables and files only.
    """
    plane = shown.plane
    members = _first(shown)
    first = _scene(plane, members, model, _references(plane, members))
    everything = first if len(members) == len(shown.results) else _scene(plane, shown.results, model)
    items = {item.result.id: item for item in reversed(everything.items)}  # before the guides
    fields, columns = _fields(plane, shown.all_loaded)
    return {
        "version": VERSION,
        "plane": {
            "id": plane.id,
            "title": plain(plane.title),
            "orientation": plane.orientation,
            "axes": [*(_axis(axis) for axis in plane.axes), *(() if len(plane.axes) > 1 else (ROW,))],
            **({} if len(plane.axes) > 1 else {"rows": True}),
        },
        "view": [[first.x.low, first.x.high], [first.y.low, first.y.high] if first.y else [0.0, 1.0]],
        "kinds": [[kind, KINDS[kind]] for kind in KINDS if any(r.kind == kind for r in shown.results)],
        "fields": fields,
        "curves": [
            curve_data(plane, result, items.get(result.loaded.id), columns[index])
            for index, result in enumerate(shown.results)
        ],
        "guides": [_guide(plane, item) for item in first.items if item.index >= len(members)],
        "more": more,
    }


def _first(shown: ShownPlane) -> Sequence[ShownResult]:
    return shown.drawn or shown.results


def _references(plane: Plane, results: Sequence[ShownResult]) -> Sequence[Reference]:
    """Return the computed reference curves of the plane; whatever goes wrong, the page does without them."""
    try:
        return references_of(plane, [result.loaded for result in results]).curves
    except Exception:  # noqa: BLE001 - a reference is a convenience
        return ()


def _guide(plane: Plane, item: Item) -> dict[str, Any]:
    """Return what the front end needs to draw a reference curve."""
    record = item.result.record
    data: dict[str, Any] = {"label": item.style.label, "d": _encoded(item.pieces, plane.axes)}
    data["tip"] = clip(plain(record.description or record.title), 400)
    benchmark = benchmark_of(item.result)
    if benchmark is not None:
        data["label"] = f"{clip(plain(record.title).partition(',')[0], 40)} ({benchmark.name})"
        data["model"] = benchmark.name
    return data | ({"closed": True} if item.closed else {})


def _scene(
    plane: Plane, results: Sequence[ShownResult], model: SiteModel, references: Sequence[Reference] = ()
) -> Scene:
    """Build a scene; results that make it fail, whatever the reason, are left out."""
    loaded = [result.loaded for result in results]
    try:
        return build_scene(plane, loaded, colours=model.colours, details=True, references=references)
    except Exception:  # noqa: BLE001 - one broken record must not take the others with it
        return build_scene(
            plane, [one for one in loaded if _drawable(plane, one)], colours=model.colours, details=True
        )


def _drawable(plane: Plane, result: LoadedResult) -> bool:
    try:
        build_scene(plane, [result], details=True)
    except Exception:  # noqa: BLE001 - as above
        return False
    return True


def _axis(axis: PlaneAxis) -> dict[str, Any]:
    return {
        "name": axis.name,
        "quantity": axis.quantity,
        "symbol": axis.labels.unicode,
        "plain": axis.labels.plain,
        "unit": axis.unit,
        "label": axis.unit_label or unit_text(axis.unit),
        "units": list(axis.allowed_units),
        "log": axis.scale == "log",
        "step": step_of(axis),
    }


def curve_data(plane: Plane, result: Plotted, item: Item | None, facts: Sequence[int]) -> dict[str, Any]:
    """Return what the front end needs to draw and to tell a curve.

    Args:
        plane: the plane.
        result: the curve.
        item: how it is drawn, ``None`` when it cannot be.
        facts: index of its value in each field of the comparison.
    """
    loaded = result.loaded
    record = loaded.record
    statistics = record.statistics
    year = year_of(loaded)
    data: dict[str, Any] = {
        "id": result.id,
        "title": clip(plain(record.title), 200),
        "label": item.style.text if item else clip(plain(record.title), 60),
        "family": clip(clean(family_of(loaded)), 60),
        "kind": result.kind,
        "form": record.kind,
        "status": record.status,
        "role": statistics.role if statistics else "",
        "year": int(year) if year else None,
        "cl": statistics.level if statistics else None,
        "shown": result.shown,
        "tip": tooltip(loaded, item.style.text if item else record.title),
        "url": result.url,
        "licence": licence_words(record.licence),
        "open": may_redistribute(record.licence),
        "cite": _citations(loaded),
        "unstated": [field_name(path) for path in unstated_fields(record, plane)],
        "facts": list(facts),
    }
    return data | (_geometry(plane, item) if item else {})


def _geometry(plane: Plane, item: Item) -> dict[str, Any]:
    """Return the look and the lines of a curve; what is empty is left out."""
    axes, style = plane.axes, item.style
    data: dict[str, Any] = {
        "slot": style.slot,
        "line": style.line,
        "width": style.width,
        "opacity": style.opacity,
        "marker": style.marker,
        "fill": style.fill,
        "closed": item.closed,
        "side": item.excluded,
        "d": _encoded(item.pieces, axes),
        "f": _encoded(item.faded, axes),
        "b": [
            [band.level, encode_curve(band.x, band.low, axes), encode_curve(band.x, band.high, axes)]
            for band in item.bands
        ],
        "c": {name: _encoded(pieces, axes) for name, pieces in item.companions.items()},
        "u": [
            [encode_curve(x, low, axes), encode_curve(x, high, axes)] for x, low, high in item.stretches or ()
        ],
        "e": [[_shown(known.x), _shown(known.y)] for known in item.expectations],
    }
    if item.point is not None:
        point = (item.point.x, item.point.y, item.point.minus, item.point.plus)
        digits = 12 if may_redistribute(item.result.record.licence) else 4
        data["point"] = [None if one is None or math.isnan(one) else _shown(one, digits) for one in point]
    return {key: value for key, value in data.items() if value not in (None, [], {}, False) or key == "slot"}


def _shown(value: float, digits: int = 4) -> float:
    """Return a number as exactly as a drawing shows it."""
    return float(f"{value:.{digits}g}")


def _encoded(pieces: Sequence[Piece], axes: tuple[PlaneAxis, ...]) -> list[str]:
    return [text for text in (encode_curve(x, y, axes) for x, y in pieces) if text]


def _citations(loaded: LoadedResult) -> list[list[str | None]]:
    """Return what to cite as (text, address) pairs, the source first."""
    source = loaded.record.provenance.source
    texts = [source.arxiv and f"arXiv:{source.arxiv.removeprefix('arXiv:')}", source.doi] if source else []
    found: dict[str, list[str | None]] = {}
    for text in [*texts, *loaded.record.provenance.cite]:
        if text:
            plain_text = clean(text).removeprefix("https://doi.org/")
            shown = re.sub(r"^https?://arxiv\.org/abs/", "arXiv:", plain_text)
            found.setdefault(re.sub(r"v\d+$", "", shown.lower()), [clip(shown, 80), safe_link(text)])
    return list(found.values())[:4]


def _fields(plane: Plane, results: Sequence[LoadedResult]) -> tuple[list[dict[str, Any]], list[list[int]]]:
    """Return the fields of the comparison with their distinct values, and for each result the index of its
    value in each field (-1: the record does not have it).
    """
    paths = dict.fromkeys((*plane.agree, *FIELDS, *required_fields(plane)))
    fields: list[dict[str, Any]] = []
    columns: list[list[int]] = [[] for _ in results]
    for path in paths:
        texts = [_field_text(result, path) for result in results]
        values = list(dict.fromkeys(text for text in texts if text is not None))
        if not values:
            continue
        fields.append({"path": path, "name": field_name(path), "must": path in plane.agree, "values": values})
        for column, text in zip(columns, texts, strict=True):
            column.append(-1 if text is None else values.index(text))
    return fields, columns


def facts_of(result: LoadedResult, plane: Plane) -> dict[str, list[str]]:
    """Return what a record says in the fields of the comparison: name and value by path."""
    paths = dict.fromkeys((*plane.agree, *FIELDS, *required_fields(plane)))
    told = {path: _field_text(result, path) for path in paths}
    return {path: [field_name(path), text] for path, text in told.items() if text is not None}


def _field_text(result: LoadedResult, path: str) -> str | None:
    value = field_value(result.record, path)
    if value is None or value == NOT_STATED:
        return UNKNOWN if value is not None else None
    if path == "astro.jfactor" and isinstance(value, tuple):
        return ", ".join(f"{clip(one.target, 30)} {one.log10}" for one in value[:3]) + (
            f" and {len(value) - 3} more" if len(value) > 3 else ""
        )
    if dataclasses.is_dataclass(value) and not hasattr(value, "unit"):
        return None
    if path == "statistics.cl" and isinstance(value, (int, float)):
        return f"{100.0 * value:g} %"
    return value_text(value)
