"""What was read from a frozen record and its table, kept beside them as JSON: a build reads every result of
a catalogue, and reading YAML and CSV takes several times as long.

A copy only counts while it belongs to the very bytes of record and table; without one they are read.
"""

from __future__ import annotations

import json
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


def load_frozen(
    folder: Path, *, planes: Planes, analysis: str, experiment: str, collaboration: str | None
) -> LoadedResult:
    """Return a frozen result, from its copy where that is good; see
    :func:`fairport.results.store.load_result`.

    Raises:
        FairportError: the result cannot be loaded.
    """
    known: dict[str, Any] = {"analysis": analysis, "experiment": experiment, "collaboration": collaboration}
    found = _copy(folder)
    if found is None:
        return load_result(folder, planes=planes, **known)
    record, data, columns = found
    return LoadedResult(
        record,
        data,
        planes.get(record.plane),
        {name: np.asarray(values, dtype=np.float64) for name, values in columns.items()},
        path=folder / RESULT_FILE,
        **known,
    )


def _copy(folder: Path) -> tuple[Result, dict[str, Any], dict[str, list[float]]] | None:
    """Return record and columns from a copy, ``None`` when there is no good one."""
    try:
        kept = json.loads((folder / COPY_FILE).read_bytes())
        if any(kept[key] != value for key, value in _made_by(folder).items()):
            return None
        record = Result.from_data(kept["record"])
        if record.data is not None:
            table = inside(folder, record.data.path)
            if table is None or sha256_bytes(table.read_bytes()) != record.data.sha256:
                return None
        return record, kept["record"], kept["columns"]
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _made_by(folder: Path) -> dict[str, Any]:
    """Return what decides whether a copy is good: how it was read, and from what."""
    content = (folder / RESULT_FILE).read_bytes()
    return {"format": _FORMAT, "fairport": _version(), "sha256": sha256_bytes(content)}


@cache
def _version() -> str:
    return version("fairport")


__all__ = ["COPY_FILE", "keep_copy", "load_frozen"]
