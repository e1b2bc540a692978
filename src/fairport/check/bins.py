"""Are bins bins? Pure functions over edges; who reads the edges is told elsewhere."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal


@dataclass(frozen=True, slots=True)
class BinProblem:
    """One thing that is wrong with the bins of an axis.

    Attributes:
        row: which bin, from 0.
        message: what is wrong; bins count from 1.
        edge: the edge at fault.
        severity: a gap between bins is a warning.
    """

    row: int
    message: str
    edge: Literal["low", "high"] = "low"
    severity: Literal["error", "warning"] = "error"


def bin_problems(
    low: Sequence[float | None], high: Sequence[float | None], *, alone: bool = True
) -> Iterator[BinProblem]:
    """Yield what is wrong with bins: edges in the wrong order or missing, overlaps, gaps, several under- or
    overflow bins.

    Args:
        low: lower edges; ``None`` or NaN where there is none, minus infinity for an underflow bin.
        high: upper edges, as many; plus infinity for an overflow bin.
        alone: whether this is the only binned axis of the table, so that no bin stands twice.
    """
    sound: list[tuple[float, float, int]] = []
    open_ended = {"underflow": 0, "overflow": 0}
    for row, (below, above) in enumerate(zip(low, high, strict=True)):
        if _missing(below) and _missing(above):
            continue
        if _missing(below) or _missing(above):
            edge: Literal["low", "high"] = "low" if _missing(below) else "high"
            yield BinProblem(row, f"bin {row + 1} has no {'lower' if edge == 'low' else 'upper'} edge", edge)
            continue
        one, two = float(below or 0.0), float(above or 0.0)
        if one == -math.inf and two == math.inf:
            yield BinProblem(row, f"both edges of bin {row + 1} are infinite")
        elif not one < two:
            yield BinProblem(row, f"bin {row + 1} goes from {one:g} to {two:g}: the lower edge comes first")
        else:
            sound.append((one, two, row))
            open_ended["underflow"] += one == -math.inf
            open_ended["overflow"] += two == math.inf
            for name, infinite in (("underflow", one == -math.inf), ("overflow", two == math.inf)):
                if infinite and alone and open_ended[name] > 1:
                    yield BinProblem(row, f"bin {row + 1} is a second {name} bin")
    if alone:
        yield from _between(sorted(sound))


def _between(bins: list[tuple[float, float, int]]) -> Iterator[BinProblem]:
    """Yield overlaps and gaps of neighbours, told at the one that comes later in the table."""
    for (_, end, first), (start, _, second) in pairwise(bins):
        row = max(first, second)
        scale = max(abs(start), abs(end), 1e-300)
        if math.isinf(scale) or abs(start - end) <= 1e-9 * scale:
            if start < end and math.isinf(scale):
                yield BinProblem(row, f"bins {first + 1} and {second + 1} overlap")
        elif start < end:
            yield BinProblem(row, f"bins {first + 1} and {second + 1} overlap")
        else:
            text = f"there is a gap from {end:g} to {start:g} between bins {first + 1} and {second + 1}"
            yield BinProblem(row, text, severity="warning")


def _missing(edge: float | None) -> bool:
    return edge is None or math.isnan(edge)


def edge_pairs(columns: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return (name, column of lower edges, column of upper edges) of the binned axes of a table, by the usual
    endings of column names: ``x_low`` and ``x_high``, ``x_lo`` and ``x_hi``, ``x_min`` and ``x_max``.
    """
    known = {column.lower(): column for column in columns}
    found = []
    for ending, other in (("low", "high"), ("lo", "hi"), ("min", "max"), ("lower", "upper")):
        for lowered, column in known.items():
            for joint in ("_", "-", ".", " "):
                stem = lowered.removesuffix(joint + ending)
                partner = known.get(f"{stem}{joint}{other}")
                if stem and stem != lowered and partner is not None:
                    found.append((column[: len(stem)], column, partner))
    return found
