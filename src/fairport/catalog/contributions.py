"""What each member added to a combination: the table that `fairport combine` writes beside the record.

It is frozen with the record and shown only where it fits: one pair of columns for each member in the order
of the record, and the masses of the combined limit. Nothing is computed anew.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from fairport.contract.errors import FairportError
from fairport.contract.files import inside, read_bytes, sha256_bytes
from fairport.contract.tables import read_table
from fairport.physics.arrays import FloatArray
from fairport.results.loaded import LoadedResult

CONTRIBUTIONS_FILE: Final = "contributions.csv"
"""Name of the table beside the record, in the harvest store and beside the page."""

TRANSFORM: Final = "joint-likelihood"
MAX_BYTES: Final = 5_000_000
_ADDED: Final = re.compile(r"added-([1-9]\d{0,2})-\S{1,90}")
_ALONE: Final = re.compile(r"alone-([1-9]\d{0,2})-\S{1,90}")


@dataclass(frozen=True, eq=False)
class Contributions:
    """What K members add to a joint limit at M masses.

    Attributes:
        masses: shape (M,), canonical unit.
        joint: shape (M,), the combined limit, canonical unit.
        alone: shape (K, M), limit of each member alone, canonical unit; NaN where it sets none.
        added: shape (K, M), what each member adds to -2 ln(L/Lmax) at the joint limit; negative where its
            own data prefer a signal there.
    """

    masses: FloatArray
    joint: FloatArray
    alone: FloatArray
    added: FloatArray

    @property
    def shares(self) -> FloatArray:
        """Shape (K, M), share of each member in what all of them add, NaN where that is not positive."""
        total = np.nansum(self.added, axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            shares: FloatArray = np.where(total > 0.0, self.added / total, np.nan)
        return shares

    @property
    def gain(self) -> FloatArray:
        """Shape (M,), strongest limit of a member alone over the joint limit: above 1, combining helped."""
        best = np.min(np.where(np.isfinite(self.alone), self.alone, np.inf), axis=0)
        gain: FloatArray = np.where(np.isfinite(best), best / self.joint, np.nan)
        return gain


def freeze_contributions(
    tree: Path, path: str, loaded: LoadedResult, folder: Path
) -> tuple[str | None, str | None]:
    """Copy the table of contributions of a record into its frozen folder, if it fits the record.

    Args:
        tree: the repository.
        path: the record, relative to the repository.
        loaded: the frozen result.
        folder: frozen folder of the record.

    Returns:
        The sha256 of the table, or ``None``; and why a table that is there is left out.
    """
    record = loaded.record
    if not record.derived_from or record.derived_from[0].transform != TRANSFORM:
        return None, None
    table = record.data.path if record.data else ""
    file = inside(tree, (Path(path).parent / CONTRIBUTIONS_FILE).as_posix())
    if file is None or not file.is_file() or table == CONTRIBUTIONS_FILE:
        return None, None
    try:
        content = read_bytes(file, limit=MAX_BYTES)
    except FairportError as error:
        return None, f"{CONTRIBUTIONS_FILE}: {error.what}"
    target = folder / CONTRIBUTIONS_FILE
    target.write_bytes(content)
    if read_contributions(folder, loaded) is None:
        target.unlink()
        return None, f"{CONTRIBUTIONS_FILE} does not fit the record: members, masses or units differ"
    return sha256_bytes(content), None


def read_contributions(folder: Path, loaded: LoadedResult) -> Contributions | None:
    """Return the contributions to a combined limit, ``None`` where there are none that fit its record."""
    file = folder / CONTRIBUTIONS_FILE
    members = len(loaded.record.derived_from)
    if (
        not file.is_file()
        or len(loaded.record.axes) != 2
        or loaded.record.kind not in {"limit", "projection"}
    ):
        return None
    try:
        table = read_table(file)
        names = list(table.columns)
    except FairportError:
        return None
    added, alone = _numbered(names, _ADDED, members), _numbered(names, _ALONE, members)
    if added is None or alone is None or "mass" not in names:
        return None
    columns = {name: np.asarray(table.columns[name], dtype=np.float64) for name in names}
    axes = loaded.record.axes
    if any(own.unit != axis.unit for own, axis in zip(axes, loaded.plane.axes, strict=True)):
        return None
    x, y = loaded.columns[axes[0].column], loaded.columns[axes[1].column]
    masses = columns["mass"]
    if masses.shape != x.shape or not np.allclose(masses, x, rtol=1e-9, atol=0.0):
        return None
    return Contributions(
        np.asarray(masses, dtype=np.float64),
        np.asarray(y, dtype=np.float64),
        np.vstack([columns[name] for name in alone]),
        np.vstack([columns[name] for name in added]),
    )


def _numbered(names: Sequence[str], pattern: re.Pattern[str], count: int) -> list[str] | None:
    """Return the columns numbered 1 to ``count``, ``None`` unless there is exactly one for each."""
    found: dict[int, str] = {}
    for name in names:
        match = pattern.fullmatch(name)
        if match is not None:
            if int(match[1]) in found:
                return None
            found[int(match[1])] = name
    wanted = range(1, count + 1)
    return [found[number] for number in wanted] if set(found) == set(wanted) else None


__all__ = ["CONTRIBUTIONS_FILE", "Contributions", "freeze_contributions", "read_contributions"]
