"""Two tables of one result, column by column: by how much do they differ, and where most?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fairport.contract.tables import TableData


@dataclass(frozen=True, slots=True)
class ColumnDifference:
    """One column of the recorded table beside that of the rerun.

    Attributes:
        column: its name.
        tolerance: largest relative difference that counts as the same.
        worst: largest relative difference; infinite where one has a number and the other has none.
        row: row of the worst difference, the first after the header being 1; None when all are equal.
        recorded: number of the record there; None for an empty cell.
        rerun: number of the rerun there; None for an empty cell.
    """

    column: str
    tolerance: float
    worst: float = 0.0
    row: int | None = None
    recorded: float | None = None
    rerun: float | None = None

    @property
    def within(self) -> bool:
        """Whether the column is the same within its tolerance."""
        return self.worst <= self.tolerance


def compare_tables(
    recorded: TableData, rerun: TableData, tolerances: Mapping[str, float], default: float
) -> tuple[ColumnDifference, ...]:
    """Compare all columns of two tables with the same columns and rows.

    Args:
        recorded: the table of the record.
        rerun: the table of the rerun.
        tolerances: relative tolerance of columns that state their own.
        default: relative tolerance of the others.

    Raises:
        ValueError: columns or numbers of rows differ; the text says how.
    """
    if list(recorded.columns) != list(rerun.columns):
        raise ValueError(
            f"the columns were {', '.join(recorded.columns)}, the rerun wrote {', '.join(rerun.columns)}"
        )
    if recorded.rows != rerun.rows:
        raise ValueError(f"the table had {recorded.rows} rows, the rerun wrote {rerun.rows}")
    return tuple(
        _column(name, values, rerun.columns[name], tolerances.get(name, default))
        for name, values in recorded.columns.items()
    )


def relative_difference(recorded: float, rerun: float) -> float:
    """Return |rerun - recorded| / |recorded|: 0 for equal numbers or two empty cells, infinite against an
    empty cell or zero.
    """
    if recorded == rerun or (math.isnan(recorded) and math.isnan(rerun)):
        return 0.0
    if not (math.isfinite(recorded) and math.isfinite(rerun)) or recorded == 0:
        return math.inf
    return abs(rerun - recorded) / abs(recorded)


def own_tolerances(record: Mapping[str, Any]) -> dict[str, float]:
    """Return the tolerance of each column whose axis states ``x-rerun-tolerance``."""
    found = {}
    for axis in record.get("axes") or ():
        value = axis.get("x-rerun-tolerance")
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0:
            found[axis["column"]] = float(value)
    return found


def _column(
    name: str, recorded: Sequence[float], rerun: Sequence[float], tolerance: float
) -> ColumnDifference:
    differences = [relative_difference(*pair) for pair in zip(recorded, rerun, strict=True)]
    worst = max(differences, default=0.0)
    if worst == 0:
        return ColumnDifference(name, tolerance)
    row = differences.index(worst)
    return ColumnDifference(name, tolerance, worst, row + 1, _number(recorded[row]), _number(rerun[row]))


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
