"""What was read from a frozen record and its table, kept beside them as JSON: a build reads every result of
a catalogue, and reading YAML and CSV takes several times as long.

A copy only counts while it belongs to the very bytes of record and table; without one they are read.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np

from fairport.contract.constants import RESULT_FILE
from fairport.contract.documents import Result
from fairport.contract.files import inside, sha256_bytes
from fairport.results.loaded import LoadedResult
from fairport.results.planes import Planes
from fairport.results.store import load_result

COPY_FILE: Final = ".parsed.json"
MAX_COPY_BYTES: Final = 1_000_000
"""Larger tables are read from themselves: one of them takes long either way."""

_FORMAT: Final = 1


def keep_copy(folder: Path, loaded: LoadedResult) -> None:
    """Keep what was read from the frozen result in ``folder``.

    Args:
        folder: frozen record and table.
        loaded: the result as :func:`fairport.results.store.load_result` returned it.
    """
    content = {
        "record": dict(loaded.data),
        "columns": {name: values.tolist() for name, values in loaded.columns.items()},
    }
    text = json.dumps({**_made_by(folder), **content}, separators=(",", ":"))
    if len(text) <= MAX_COPY_BYTES and json.loads(text)["record"] == content["record"]:
        (folder / COPY_FILE).write_text(text, encoding="ascii")


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that belongs to a record; whether its table is the same is not known yet.

    Attributes:
        record: the record.
        data: the record as plain data.
        columns: name to values, shape (rows,) each.
    """

    record: Result
    data: dict[str, Any]
    columns: dict[str, list[float]]


def load_frozen(
    folder: Path,
    *,
    planes: Planes,
    analysis: str,
    experiment: str,
    collaboration: str | None = None,
    copy: Copy | None = None,
) -> LoadedResult:
    """Return a frozen result, from its copy where that is good; see
    :func:`fairport.results.store.load_result`.

    Args:
        folder: frozen record and table.
        planes: where planes are looked up.
        analysis: identifier of the analysis.
        experiment: name of the experiment.
        collaboration: name of the collaboration.
        copy: the copy where it was read already.

    Raises:
        FairportError: the result cannot be loaded.
    """
    known: dict[str, Any] = {"analysis": analysis, "experiment": experiment, "collaboration": collaboration}
    copy = copy or _read_copy(folder, folder)
    if copy is None or not _has_its_table(copy, folder):
        return load_result(folder, planes=planes, **known)
    return LoadedResult(
        copy.record,
        copy.data,
        planes.get(copy.record.plane),
        {name: np.asarray(values, dtype=np.float64) for name, values in copy.columns.items()},
        path=folder / RESULT_FILE,
        **known,
    )


def adopt_copy(earlier: Path, folder: Path) -> Copy | None:
    """Take the copy over from an earlier version of a result, if the record is the same byte for byte.

    Args:
        earlier: frozen record and table of that version.
        folder: the frozen record of the new one.

    Returns:
        The copy, which now lies in ``folder`` too; ``None`` where there is none for this record.
    """
    copy = _read_copy(earlier, folder)
    if copy is not None:
        shutil.copyfile(earlier / COPY_FILE, folder / COPY_FILE)
    return copy


def _read_copy(kept: Path, folder: Path) -> Copy | None:
    """Return the copy in ``kept`` if it belongs to the record in ``folder``."""
    try:
        content = json.loads((kept / COPY_FILE).read_bytes())
        if any(content[key] != value for key, value in _made_by(folder).items()):
            return None
        return Copy(Result.from_data(content["record"]), content["record"], content["columns"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _has_its_table(copy: Copy, folder: Path) -> bool:
    """Tell whether the table in ``folder`` is the one that was read."""
    if copy.record.data is None:
        return True
    try:
        table = inside(folder, copy.record.data.path)
        return table is not None and sha256_bytes(table.read_bytes()) == copy.record.data.sha256
    except OSError:
        return False


def _made_by(folder: Path) -> dict[str, Any]:
    """Return what decides whether a copy is good: how it was read, and from what."""
    content = (folder / RESULT_FILE).read_bytes()
    return {"format": _FORMAT, "fairport": _version(), "sha256": sha256_bytes(content)}


@cache
def _version() -> str:
    return version("fairport")


__all__ = ["COPY_FILE", "Copy", "adopt_copy", "keep_copy", "load_frozen"]
