"""ROOT files: graphs, histograms and trees, by uproot; limits of CMS Combine are told by their branches.

Nothing in such a file states a unit in a form that could be relied on: titles of axes are free text of
whoever drew them. They are shown to a person and never trusted.
"""

from __future__ import annotations

import io
from typing import Any, Final

import numpy as np

from fairport.contract.errors import DocumentError, FairportError
from fairport.interop.formats import roottree
from fairport.interop.formats.extras import need, pick
from fairport.interop.formats.neutral import Column, ImportedTable

FORMAT: Final = "root"
MAGIC: Final = b"root"
MAX_VALUES: Final = 5_000_000
_GRAPHS: Final = ("TGraph2D", "TGraph")
_HOLDERS: Final = ("TCanvas", "TPad", "TMultiGraph", "TList", "TObjArray")
_TREES: Final = ("TTree", "TNtuple", "TNtupleD", "ROOT::RNTuple")


def read(content: bytes, name: str, *, path: str | None = None) -> ImportedTable:
    """Read one object of a ROOT file.

    Args:
        content: the whole file.
        name: file shown in messages.
        path: path of the object, needed where the file holds several; that of a canvas reaches what was
            drawn on it.

    Raises:
        ConfigurationError: uproot is not installed.
        DocumentError: no ROOT file, or an object that cannot be read, with its path.
        UsageError: several objects and no path.
    """
    uproot = need("uproot", "root", "ROOT files")
    try:
        with uproot.open(io.BytesIO(content)) as file:
            known = _objects(file)
            classes = {each: kind for each, (kind, _) in known.items()}
            every = file.classnames(cycle=False, recursive=True)
            rest = ", ".join(f"{each} ({kind})" for each, kind in list(every.items())[:8])
            key = pick(name, path, classes, "graphs, histograms or trees", f"it holds {rest or 'nothing'}")
            kind, get = known[key]
            return _table(get(), kind, name, key)
    except FairportError:
        raise
    except Exception as error:  # noqa: BLE001 - uproot raises nearly anything on broken files
        raise DocumentError(
            "the ROOT file cannot be read", where=f"{name}:{path}" if path else name, why=str(error)[:200]
        ) from None


def _objects(file: Any) -> dict[str, tuple[str, Any]]:
    """Return path to class and getter of everything that can be read."""
    found: dict[str, tuple[str, Any]] = {}
    for key, kind in file.classnames(cycle=False, recursive=True).items():
        if kind.startswith(("TGraph", "TH1", "TH2", "TProfile")) or kind in _TREES:
            found[key] = (kind, lambda key=key: file[key])
        elif kind in _HOLDERS:
            for inner, item in _held(file[key]):
                found[f"{key}/{inner}"] = (item.classname, lambda item=item: item)
    return found


def _held(holder: Any, depth: int = 0) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for item in _members(holder):
        kind = str(getattr(item, "classname", ""))
        if kind.startswith(("TGraph", "TH1", "TH2")):
            label = str(_member(item, "fName") or kind)
            taken = {key for key, _ in found}
            number = next(i for i in range(1, 9999) if i == 1 or f"{label} {i}" not in taken)
            found.append((label if label not in taken else f"{label} {max(number, 2)}", item))
        elif kind in _HOLDERS and depth < 4:
            found += [
                (f"{_member(item, 'fName') or kind}/{key}", inner) for key, inner in _held(item, depth + 1)
            ]
    return found


def _members(holder: Any) -> list[Any]:
    for field in ("fPrimitives", "fGraphs"):
        inner = _member(holder, field)
        if inner is not None:
            return list(inner)
    return list(holder) if str(holder.classname) in {"TList", "TObjArray"} else []


def _member(item: Any, field: str) -> Any:
    try:
        return item.member(field)
    except Exception:  # noqa: BLE001 - absent in this version of the class
        return None


def _table(item: Any, kind: str, name: str, key: str) -> ImportedTable:
    if kind in _TREES:
        return roottree.read(item, name, key)
    if kind.startswith("TGraph"):
        return _graph(item, kind, name, key)
    if kind.startswith(("TH1", "TProfile")):
        return _histogram(item, kind, name, key, 1)
    return _histogram(item, kind, name, key, 2)


def _graph(item: Any, kind: str, name: str, key: str) -> ImportedTable:
    axes = "XYZ" if kind.startswith("TGraph2D") else "XY"
    count = int(item.member("fNpoints"))
    columns = [
        Column(axis.lower(), _numbers(item.member(f"f{axis}"), count), None, axis.lower()) for axis in axes
    ]
    notices = []
    for field, label in (("fEYlow", "y error low"), ("fEYhigh", "y error high"), ("fEY", "y error")):
        values = _member(item, field)
        if values is not None and len(values) >= count:
            columns.append(Column(label, _numbers(values, count), None, "ignore"))
    low, high = (next((c for c in columns if c.name == f"y error {side}"), None) for side in ("low", "high"))
    if low is not None and high is not None:
        centre = np.asarray(columns[1].values)
        columns.append(Column("y - error", tuple((centre - np.asarray(low.values)).tolist()), None, "ignore"))
        columns.append(
            Column("y + error", tuple((centre + np.asarray(high.values)).tolist()), None, "ignore")
        )
        notices.append(
            'the edges of its error bars are the columns "y - error" and "y + error"; what they mean is not '
            "stated (--column p16=... --column p84=..., if they are one standard deviation)"
        )
    return _made(name, key, columns, _titles(item, kind), (), tuple(notices))


def _histogram(item: Any, kind: str, name: str, key: str, dimensions: int) -> ImportedTable:
    values = np.asarray(item.values(), dtype=np.float64)
    centres = [np.asarray(item.axis(i).centers(), dtype=np.float64) for i in range(dimensions)]
    if values.size > MAX_VALUES:
        raise DocumentError(f"the histogram has {values.size:,} bins", where=f"{name}:{key}")
    grid = np.meshgrid(*centres, indexing="ij")
    columns = [
        Column(axis, tuple(part.ravel().tolist()), None, axis)
        for axis, part in zip("xyz", (*grid, values), strict=False)
    ]
    return _made(
        name,
        key,
        columns,
        _titles(item, kind),
        ("the content of each bin of the histogram holds at the centre of the bin",),
        ("under- and overflow are left out",) if dimensions == 1 else (),
    )


def _made(
    name: str,
    key: str,
    columns: list[Column],
    comments: list[str],
    assumptions: tuple[str, ...],
    notices: tuple[str, ...],
) -> ImportedTable:
    if not columns[0].values:
        raise DocumentError("this object has no points", where=f"{name}:{key}")
    rows = tuple(range(1, len(columns[0].values) + 1))
    return ImportedTable(
        FORMAT, name, tuple(columns), rows, tuple(comments), True, {}, assumptions, notices, part=key
    )


def _titles(item: Any, kind: str) -> list[str]:
    """Return the titles of an object and of its axes, free text of whoever drew it."""
    found = [f"{kind} {_member(item, 'fTitle') or ''}".strip()]
    holder = _member(item, "fHistogram") if kind.startswith("TGraph") else item
    for axis in ("X", "Y", "Z"):
        part = _member(holder, f"f{axis}axis") if holder is not None else None
        title = _member(part, "fTitle") if part is not None else None
        if title:
            found.append(f"{axis.lower()}: {title}")
    return found


def _numbers(values: Any, count: int) -> tuple[float, ...]:
    return tuple(np.asarray(values, dtype=np.float64)[:count].tolist())
