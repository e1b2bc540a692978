"""What a figure shows, in words and numbers: a list with sources beside it, BibTeX, and the curves as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Final

from fairport.contract.constants import NOT_STATED
from fairport.contract.documents import Plane
from fairport.results.bibtex import merged, record_entry, source_entries
from fairport.results.deriving import citations, reference, terms_of
from fairport.results.fields import field_value, unstated_fields
from fairport.results.figure.items import Item, Piece
from fairport.results.figure.kinds import kind_of
from fairport.results.figure.references import Reference
from fairport.results.figure.scene import Scene, build_scene
from fairport.results.loaded import LoadedResult
from fairport.results.words import level_text

_SPECIAL: Final = re.compile(r"[\\`*_<>\[\]|#&]")


def contents(plane: Plane, results: Sequence[LoadedResult], references: Sequence[Reference] = ()) -> str:
    """Return a Markdown list of everything in a figure: label, record with version and digest, level,
    licence, what to cite, and what its record does not state. The same arguments give the same text.
    """
    scene = build_scene(plane, results, references=references)
    lines = [f"# {_escape(plane.title)}", "", f"Plane `{plane.id}`. {_axes(plane)}", ""]
    lines += [f"- {_entry(item)}" for item in scene.items]
    if scene.undrawn:
        lines += ["", "Not drawn:", ""] + [
            f"- {_escape(name)}: {_escape(reason)}" for name, reason in scene.undrawn
        ]
    if scene.notes:
        lines += ["", "Below the figure:", ""] + [f"- {_escape(note)}" for note in scene.notes]
    return "\n".join(lines) + "\n"


def sources(results: Sequence[LoadedResult], references: Sequence[Reference] = ()) -> str:
    """Return BibTeX of the sources and records of everything in a figure."""
    own = [entry for result in results for entry in (*source_entries(result), record_entry(result))]
    return merged([*own, *(entry for curve in references for entry in source_entries(curve.result))])


def curves_csv(plane: Plane, results: Sequence[LoadedResult], references: Sequence[Reference] = ()) -> str:
    """Return the drawn curves as CSV in canonical units: label, result, part, piece, then the axes.

    Parts are ``curve``, ``outside`` (beyond the declared validity), ``p2.5`` to ``p97.5`` of bands, the names
    of companions, and ``point``.
    """
    scene = build_scene(plane, results, details=True, references=references)
    names = [f"{axis.name} [{axis.unit}]" for axis in plane.axes]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["label", "result", "part", "piece", *names])
    for item in scene.items:
        for part, number, piece in _parts(item, scene):
            for values in zip(*(axis.tolist() for axis in piece), strict=True):
                writer.writerow([item.style.label, reference(item.result), part, number, *map(repr, values)])
    return out.getvalue()


def _parts(item: Item, scene: Scene) -> Iterator[tuple[str, int, Piece]]:
    import numpy as np

    groups: list[tuple[str, Sequence[Piece]]] = [("curve", item.pieces), ("outside", item.faded)]
    for band in item.bands:
        low, high = ("p2.5", "p97.5") if band.level > 90 else ("p16", "p84")
        groups += [(low, ((band.x, band.low),)), (high, ((band.x, band.high),))]
    groups += list(item.companions.items())
    for name, pieces in groups:
        for number, piece in enumerate(pieces, 1):
            yield name, number, piece
    if item.point is not None:
        point = (np.array([item.point.x]), np.array([item.point.y]))
        yield "point", 1, point if scene.y is not None else (point[0],)  # type: ignore[misc]


def _axes(plane: Plane) -> str:
    shown = " and ".join(
        f"{axis.labels.plain} in {axis.unit_label or axis.unit}" for axis in reversed(plane.axes)
    )
    return f"{shown[:1].upper()}{shown[1:]}."


def _entry(item: Item) -> str:
    result, record = item.result, item.result.record
    title = f"{_escape(record.title)}; " if record.title != item.style.label else ""
    words = [f"**{_escape(item.text)}**: {title}{kind_of(item)}; {_escape(reference(result))}"]
    if record.kind != "line":
        words.append(level_text(record))
    method = field_value(record, "statistics.method")
    if method not in {None, NOT_STATED}:
        words.append(_escape(str(method)))
    missing = unstated_fields(record, result.plane)
    if missing:
        words.append(f"not stated: {', '.join(missing)}")
    cite = citations(result)
    words.append(f"cite {_escape(', '.join(cite))}" if cite else "no source is named")
    terms = terms_of([result])
    shared = "" if terms.redistributable else " (its numbers may be linked, not handed on)"
    words.append(f"licence {_escape(record.licence)}{shared}")
    if record.kind != "line":
        words.append(f"record and table `{result.digest.removeprefix('sha256:')[:16]}`")
    return "; ".join(words) + "."


def _escape(text: str) -> str:
    """Return text on one line that Markdown and HTML take literally."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return _SPECIAL.sub(r"\\\g<0>", plain)
