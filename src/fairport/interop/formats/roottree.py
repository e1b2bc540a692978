"""Trees of ROOT files: limits and likelihood scans of CMS Combine, and plain columns of any other tree.

What Combine writes (https://cms-analysis.github.io/HiggsAnalysis-CombinedLimit): ``limit`` is the limit on
the parameter of interest, ``quantileExpected`` tells which one (-1 observed, else a quantile of the expected
limits), ``mh`` is the value of ``--mass``; a scan has ``deltaNLL``, half of -2 ln of the likelihood ratio.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from fairport.contract.errors import DocumentError
from fairport.interop.formats.neutral import Column, ImportedTable

FORMAT: Final = "root"
MAX_ROWS: Final = 2_000_000
QUANTILES: Final = {0.5: "p50", 0.16: "p16", 0.84: "p84", 0.025: "p2.5", 0.975: "p97.5"}
"""Quantile of the expected limits to the band of the record; Combine stores 0.1599... and the like."""


def read(tree: Any, name: str, key: str) -> ImportedTable:
    """Read the numbers of a tree.

    Args:
        tree: a ``TTree`` or ``RNTuple`` of uproot.
        name: file shown in messages.
        key: path of the tree.

    Raises:
        DocumentError: no branch of plain numbers, too many entries, or limits that contradict each other.
    """
    where = f"{name}:{key}"
    if tree.num_entries > MAX_ROWS or tree.num_entries == 0:
        raise DocumentError(f"the tree has {tree.num_entries:,} entries", where=where)
    columns = _branches(tree)
    if not columns:
        raise DocumentError("the tree has no branch of plain numbers", where=where)
    if {"limit", "quantileExpected"} <= set(columns):
        return _scan(columns, name, key) if "deltaNLL" in columns else _limits(columns, name, key)
    rows = tuple(range(1, int(tree.num_entries) + 1))
    made = tuple(Column(label, tuple(values.tolist())) for label, values in columns.items())
    return ImportedTable(FORMAT, name, made, rows, named=True, part=key)


def _branches(tree: Any) -> dict[str, np.ndarray[Any, Any]]:
    found = {}
    for label in tree.keys(recursive=False):
        kind = str(tree[label].typename if hasattr(tree[label], "typename") else "")
        if "[" in kind or "vector" in kind or "string" in kind or "char*" in kind:
            continue
        values = np.asarray(tree[label].array(library="np"))
        if values.ndim == 1 and values.dtype.kind in "iufb":
            found[str(label)] = values.astype(np.float64)
    return found


def _limits(columns: dict[str, np.ndarray[Any, Any]], name: str, key: str) -> ImportedTable:
    """Put the limits of Combine into one row a mass, one column a quantile."""
    where = f"{name}:{key}"
    toys = columns.get("iToy", np.zeros_like(columns["limit"])) > 0
    if np.all(toys):
        raise DocumentError(
            "all limits of this tree are of pseudo-experiments",
            where=where,
            mend="give the tree of the observed or of the asymptotic limits",
        )
    mass = columns.get("mh")
    if mass is None:
        raise DocumentError("the tree of limits has no branch mh", where=where)
    masses = np.unique(mass[~toys])
    found: dict[str, dict[float, float]] = {}
    for at, quantile, value in zip(
        mass[~toys], columns["quantileExpected"][~toys], columns["limit"][~toys], strict=True
    ):
        band = _band(float(quantile))
        known = found.setdefault(band, {})
        if known.get(float(at), float(value)) != float(value):
            raise DocumentError(
                f"two different limits ({band}) stand at mh = {at:g}",
                where=where,
                mend="merge only files of different masses",
            )
        known[float(at)] = float(value)
    found.pop("", None)
    observed = "y" in found
    if not observed and "p50" not in found:
        raise DocumentError("the tree holds neither an observed limit nor a median", where=where)
    made = [Column("mh", tuple(masses.tolist()), None, "x")]
    if not observed:
        made.append(Column("limit, median expected", _along(found["p50"], masses), None, "y"))
    for band, values in found.items():
        label = "limit, observed" if band == "y" else f"limit, {band}"
        made.append(Column(label, _along(values, masses), None, band))
    return ImportedTable(
        FORMAT,
        name,
        tuple(made),
        tuple(range(1, masses.size + 1)),
        named=True,
        stated={"statistics.role": "observed" if observed else "expected"},
        assumptions=("mh is the first axis of the plane, and limit bounds the second",),
        notices=(
            "these are limits on the parameter of interest of Combine, mostly a signal strength; "
            "--scale multiplies it by the cross-section at strength one",
            *((f"{int(toys.sum())} entries of pseudo-experiments are left out",) if np.any(toys) else ()),
        ),
        part=key,
    )


def _scan(columns: dict[str, np.ndarray[Any, Any]], name: str, key: str) -> ImportedTable:
    """Read a scan of the likelihood: its parameters as they are, and -2 ln L from ``deltaNLL``."""
    fit = columns["quantileExpected"] == -1.0
    kept = ~fit if np.any(~fit) else np.ones_like(fit)
    made = [
        Column(label, tuple(values[kept].tolist()))
        for label, values in columns.items()
        if label not in {"deltaNLL", "quantileExpected"}
    ]
    made.append(Column("2 deltaNLL", tuple((2.0 * columns["deltaNLL"][kept]).tolist()), "", "z"))
    return ImportedTable(
        FORMAT,
        name,
        tuple(made),
        tuple((np.flatnonzero(kept) + 1).tolist()),
        named=True,
        stated={
            "kind": "profile",
            "profile": {"quantity": "-2lnL", "reference": "own-minimum"},
        },
        assumptions=("-2 ln L is twice deltaNLL, measured from the best fit of the scan",),
        notices=("the best fit itself is left out",) if np.any(fit) else (),
        part=key,
    )


def _band(quantile: float) -> str:
    if quantile == -1.0:
        return "y"
    return next((band for value, band in QUANTILES.items() if abs(value - quantile) < 0.005), "")


def _along(values: dict[float, float], masses: np.ndarray[Any, Any]) -> tuple[float, ...]:
    return tuple(values.get(float(mass), float("nan")) for mass in masses)
