"""Projects of WebPlotDigitizer: ``.json`` of versions 3 and 4, and the ``.tar`` of version 4.

A data set belongs to axes. Each point stands in pixels and, usually, already in the coordinates of the axes;
where it does not, the coordinates follow from the four calibration points, two on each axis, as an affine
map of pixels onto the (logarithms of the) coordinates.
"""

from __future__ import annotations

import io
import math
import re
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

import numpy as np

from fairport.contract.errors import DocumentError, RefusedError
from fairport.contract.files import decode_text
from fairport.contract.loading import Document, parse_json
from fairport.interop.formats.extras import pick
from fairport.interop.formats.neutral import Column, ImportedTable

FORMAT: Final = "webplotdigitizer"
MAX_PROJECT: Final = 64_000_000
_TOLERANCE: Final = 2e-3
_DATE: Final = re.compile(r"\s*\d+\s*[/:]\s*\d+|\s*\d{4}-\d{1,2}(?:-|\s*$)")
_POWER: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*\^\s*\(?([+-]?\d+(?:\.\d+)?)\)?\s*")


@dataclass(frozen=True, slots=True)
class _Axes:
    """Axes of a project: the logarithmic ones, and the map of pixels ``c + A p``, shapes (2,) and (2, 2)."""

    name: str
    log: tuple[bool, bool]
    matrix: np.ndarray[Any, Any]
    offset: np.ndarray[Any, Any]

    def at(self, px: float, py: float) -> tuple[float, float]:
        """Return the coordinates of a pixel."""
        x, y = (self.matrix @ np.array([px, py]) + self.offset).tolist()
        return (10.0**x if self.log[0] else x), (10.0**y if self.log[1] else y)


def is_project(data: Any) -> bool:
    """Tell whether parsed JSON is a project of WebPlotDigitizer."""
    return isinstance(data, dict) and ("datasetColl" in data or "wpd" in data)


def read_tar(content: bytes, name: str, *, dataset: str | None = None) -> ImportedTable:
    """Read a data set of a ``.tar`` project; nothing is unpacked to disk.

    Raises:
        DocumentError: no such project.
    """
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:*") as archive:
            inner = _member(archive, name)
            handle = archive.extractfile(inner)
            text = handle.read(MAX_PROJECT + 1) if handle else b""
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise DocumentError("this is no tar archive", where=name, why=str(error)[:200]) from None
    if len(text) > MAX_PROJECT:
        raise DocumentError(f"the project is larger than {MAX_PROJECT:,} bytes", where=name)
    shown = f"{name}:{inner.name}"
    return read(parse_json(decode_text(text, shown), shown), shown, dataset=dataset)


def _member(archive: tarfile.TarFile, name: str) -> tarfile.TarInfo:
    count = 0
    for member in archive:
        count += 1
        if member.isfile() and PurePosixPath(member.name).name == "wpd.json":
            return member
        if count > 10_000:
            break
    raise DocumentError(
        "this archive is no project of WebPlotDigitizer", where=name, why="it holds no wpd.json"
    )


def read(document: Document, name: str, *, dataset: str | None = None) -> ImportedTable:
    """Read a data set.

    Args:
        document: the parsed JSON.
        name: file shown in messages.
        dataset: name of the data set, needed where the project has several with points.

    Raises:
        DocumentError: no project, broken calibration or points, with line.
        RefusedError: axes that are not two straight ones.
        UsageError: several data sets and no name.
    """
    data = document.data
    old = isinstance(data, dict) and isinstance(data.get("wpd"), dict)
    sets, axes_list, base = _old(data["wpd"]) if old else _new(data)
    known = {
        str(each.get("name") or f"data set {i}"): i
        for i, each in enumerate(sets, 1)
        if isinstance(each, dict) and each.get("data")
    }
    chosen = pick(
        name, dataset, {key: f"{len(sets[i - 1]['data'])} points" for key, i in known.items()}, "data sets"
    )
    index = known[chosen] - 1
    entry = sets[index]
    pointer = (*base, index, "data")
    raw = _axes_of(entry, axes_list, document, pointer)
    points = entry["data"]
    rows, places, notices = _points(points, _Lazy(raw, document, pointer), document, pointer)
    version = (data["wpd"] if old else data).get("version")
    tool = "WebPlotDigitizer"
    if isinstance(version, Sequence) and not isinstance(version, str):
        tool += " " + ".".join(str(part) for part in version)
    return ImportedTable(
        FORMAT,
        name,
        (
            Column("x", tuple(row[0] for row in rows), None, "x"),
            Column("y", tuple(row[1] for row in rows), None, "y"),
        ),
        tuple(places),
        (f"data set {chosen} on the axes {raw.get('name') or 'of the figure'}",),
        named=True,
        stated={"provenance.origin": "digitised", "provenance.digitiser": {"tool": tool}},
        notices=notices,
    )


def _new(data: Any) -> tuple[list[Any], list[Any], tuple[str | int, ...]]:
    if not isinstance(data, dict):
        return [], [], ()
    return _list(data.get("datasetColl")), _list(data.get("axesColl")), ("datasetColl",)


def _old(data: Mapping[str, Any]) -> tuple[list[Any], list[Any], tuple[str | int, ...]]:
    parameters = data.get("axesParameters")
    axes = {
        "name": "",
        "type": data.get("axesType"),
        **(parameters if isinstance(parameters, dict) else {}),
        "calibrationPoints": data.get("calibration"),
    }
    return _list(data.get("dataSeries")), [axes], ("wpd", "dataSeries")


def _axes_of(entry: Mapping[str, Any], axes: list[Any], document: Document, pointer: Any) -> dict[str, Any]:
    named = [
        each
        for each in axes
        if isinstance(each, dict) and ("axesName" not in entry or each.get("name") == entry["axesName"])
    ]
    if len(named) != 1:
        raise DocumentError(
            "the data set belongs to no axes of the project", where=document.locate(pointer[:-1])
        )
    kind = named[0].get("type")
    if kind not in {"XYAxes", None}:
        raise RefusedError(
            f"the data set stands on axes of the type {str(kind)[:40]}",
            where=document.locate(pointer[:-1]),
            why="only two straight axes make a plane",
        )
    ends = _list(named[0].get("calibrationPoints"))[:4]
    dates = [str(end.get(key)) for end in ends if isinstance(end, dict) for key in ("dx", "dy")]
    if any(_DATE.match(text) for text in dates):
        raise RefusedError(
            "the data set stands on an axis of dates",
            where=document.locate(pointer[:-1]),
            why=", ".join(dates)[:120],
        )
    return dict(named[0])


class _Lazy:
    """Axes whose calibration is read only where a point needs it."""

    def __init__(self, raw: dict[str, Any], document: Document, pointer: Any) -> None:
        self._raw, self._document, self._pointer = raw, document, pointer
        self._axes: _Axes | None = None

    def get(self) -> _Axes:
        """Return the axes.

        Raises:
            DocumentError: their calibration is absent or makes no map.
        """
        if self._axes is None:
            try:
                self._axes = _calibrated(self._raw)
            except (KeyError, IndexError, TypeError, ValueError, np.linalg.LinAlgError) as error:
                raise DocumentError(
                    "the axes are not calibrated by two numbers each",
                    where=self._document.locate(self._pointer[:-1]),
                    why=str(error)[:120],
                    mend="calibrate them in WebPlotDigitizer and save the project again",
                ) from None
        return self._axes


def _calibrated(raw: Mapping[str, Any]) -> _Axes:
    """Solve the affine map: the first two points fix x, the last two y."""
    points = raw["calibrationPoints"]
    logs = bool(raw.get("isLogX")), bool(raw.get("isLogY"))
    ends = [
        _number(points[0]["dx"]),
        _number(points[1]["dx"]),
        _number(points[2]["dy"]),
        _number(points[3]["dy"]),
    ]
    for i, value in enumerate(ends):
        if logs[i // 2]:
            if value <= 0:
                raise ValueError(f"a logarithmic axis has the calibration value {value:g}")
            ends[i] = math.log10(value)
    pixels = np.array([[_number(p["px"]), _number(p["py"])] for p in points[:4]])
    across, along = pixels[0] - pixels[1], pixels[2] - pixels[3]
    if raw.get("noRotation"):  # axes parallel to the edges of the picture
        matrix = np.diag([(ends[0] - ends[1]) / across[0], (ends[2] - ends[3]) / along[1]])
    else:
        # x does not change along the y axis, nor y along the x axis.
        matrix = np.diag([ends[0] - ends[1], ends[2] - ends[3]]) @ np.linalg.inv(
            np.column_stack([across, along])
        )
    offset = np.array([ends[0] - matrix[0] @ pixels[0], ends[2] - matrix[1] @ pixels[2]])
    if not (np.all(np.isfinite(matrix)) and np.all(np.isfinite(offset))):
        raise ValueError("two calibration points of one axis coincide")
    return _Axes(str(raw.get("name") or ""), logs, matrix, offset)


def _points(
    points: list[Any], axes: _Lazy, document: Document, pointer: Any
) -> tuple[list[tuple[float, float]], list[int], tuple[str, ...]]:
    found: list[tuple[float, float]] = []
    places: list[int] = []
    computed = differing = 0
    for row, point in enumerate(points):
        place = document.locate((*pointer, row))
        value = point.get("value") if isinstance(point, dict) else None
        pixel = _pixel(point)
        if isinstance(value, list) and len(value) >= 2:
            try:
                here = _number(value[0]), _number(value[1])
            except (TypeError, ValueError):
                raise DocumentError("a coordinate is not a number", where=place) from None
            differing += int(pixel is not None and _differs(here, axes, pixel))
        elif pixel is not None:
            here = axes.get().at(*pixel)
            computed += 1
        else:
            raise DocumentError("this point has neither coordinates nor pixels", where=place)
        found.append(here)
        places.append(place.line or 1)
    notices = []
    if computed:
        notices.append(
            f"{computed} points stand only in pixels; the calibration of the axes turned them into numbers"
        )
    if differing:
        notices.append(
            f"{differing} points differ from what the calibration makes of their pixels; the numbers count"
        )
    return found, places, tuple(notices)


def _pixel(point: Any) -> tuple[float, float] | None:
    try:
        return _number(point["x"]), _number(point["y"])
    except (KeyError, TypeError, ValueError):
        return None


def _differs(here: tuple[float, float], axes: _Lazy, pixel: tuple[float, float]) -> bool:
    """Tell whether stored numbers disagree with the calibration, by more than 0.2 % of a decade or value."""
    try:
        known = axes.get()
    except DocumentError:
        return False
    for stored, computed, log in zip(here, known.at(*pixel), known.log, strict=True):
        if log:
            if stored <= 0 or computed <= 0 or abs(math.log10(stored / computed)) > _TOLERANCE:
                return True
        elif abs(stored - computed) > _TOLERANCE * max(abs(stored), abs(computed), 1e-300):
            return True
    return False


def _number(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError("not a number")
    power = _POWER.fullmatch(value) if isinstance(value, str) else None
    number = float(power[1]) ** float(power[2]) if power else float(value)
    if not math.isfinite(number):
        raise ValueError("not finite")
    return number


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
