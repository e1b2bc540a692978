"""Reading results from disk: the record, its table, its plane and the analysis it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fairport.contract.constants import ANALYSIS_FILE, MAX_TABLE_BYTES, RESULT_FILE
from fairport.contract.documents import Document, Plane, Result, load_valid
from fairport.contract.errors import DocumentError, FairportError
from fairport.contract.files import inside, read_bytes, sha256_bytes
from fairport.contract.loading import Pointer, load_yaml
from fairport.contract.tables import table_of
from fairport.physics.arrays import FloatArray
from fairport.results.loaded import Curve, LoadedResult, Reading
from fairport.results.offered import offered_table
from fairport.results.planes import Planes

__all__ = ["Curve", "LoadedResult", "Reading", "load_result", "make_result"]


def load_result(
    path: Path,
    *,
    planes: Planes | None = None,
    analysis: str | None = None,
    experiment: str | None = None,
    collaboration: str | None = None,
    verify: bool = True,
    name: str | None = None,
    document: Document | None = None,
) -> LoadedResult:
    """Read a result record with its table.

    Args:
        path: ``result.yaml``, or the folder that holds it.
        planes: where planes are looked up; by default the ``planes/`` folder of its repository, then the
            package.
        analysis: identifier of the analysis; by default that of the ``fairport.yaml`` above the record, if
            there is one.
        experiment: name of the experiment, likewise.
        collaboration: name of the collaboration, likewise.
        verify: whether digest and number of rows of the table must be those of the record.
        name: path shown in errors.
        document: the record where it was read and validated already.

    Raises:
        DocumentError: record or table is missing, invalid, or they do not belong together.
        UnknownPlane: the plane is nowhere to be found.
    """
    file = path / RESULT_FILE if path.is_dir() else path
    document = document or load_valid("result", file, name=name)
    record = Result.from_data(document.data)
    repository = _repository_of(file) if planes is None or analysis is None else None
    if planes is None:
        planes = Planes(*([repository / "planes"] if repository else []))
    known = _analysis_of(repository) if repository and analysis is None else {}
    columns = _read_columns(file, document, record, verify)
    return LoadedResult(
        record,
        document.data,
        planes.get(record.plane),
        columns,
        path=file,
        analysis=analysis or known.get("id"),
        experiment=experiment or known.get("experiment"),
        collaboration=collaboration or known.get("collaboration"),
    )


def make_result(
    data: Mapping[str, Any], columns: Mapping[str, npt.ArrayLike], plane: Plane, **known: str | None
) -> LoadedResult:
    """Build a result from validated plain data and columns in memory.

    Args:
        data: the record, valid against its schema.
        columns: column name to values, shape (rows,) each, in the units of the record.
        plane: the plane of the record.
        known: ``analysis``, ``experiment``, ``collaboration``.
    """
    arrays = {name: np.asarray(values, dtype=np.float64) for name, values in columns.items()}
    return LoadedResult(Result.from_data(dict(data)), data, plane, arrays, **known)  # type: ignore[arg-type]


def _read_columns(file: Path, document: Document, record: Result, verify: bool) -> dict[str, FloatArray]:
    table = record.data
    if table is None:
        return {}
    path = inside(file.parent, table.path)
    if path is None:
        raise _table_problem(
            document, ("data", "path"), f'the table "{table.path[:80]}" lies outside the folder of its record'
        )
    if verify and not path.is_file():  # its digest tells that it is the same table
        path = inside(file.parent, offered_table(record.id, table.media_type))
    if path is None or not path.is_file():
        raise _table_problem(document, ("data", "path"), f'the table "{table.path[:80]}" does not exist')
    data = read_bytes(path, limit=MAX_TABLE_BYTES)
    if verify and sha256_bytes(data) != table.sha256:
        raise _table_problem(
            document,
            ("data", "sha256"),
            f"{table.path} was changed after the record was written",
            "run the analysis again",
        )
    content = table_of(data, str(file.parent / table.path), packed=path.suffix == ".gz")
    if verify and content.rows != table.rows:
        raise _table_problem(
            document, ("data", "rows"), f"{table.path} has {content.rows} rows, the record says {table.rows}"
        )
    return {name: np.asarray(values, dtype=np.float64) for name, values in content.columns.items()}


def _table_problem(document: Document, pointer: Pointer, what: str, mend: str | None = None) -> DocumentError:
    return DocumentError(what, where=document.locate(pointer), mend=mend)


def _repository_of(file: Path) -> Path | None:
    """Return the folder with ``fairport.yaml`` at most four levels above the record."""
    folder = file.absolute().parent
    for candidate in (folder, *folder.parents[:3]):
        if (candidate / ANALYSIS_FILE).is_file():
            return candidate
    return None


def _analysis_of(repository: Path) -> dict[str, str]:
    """Return identifier and names from ``fairport.yaml``; a broken one is the business of `check`, not of
    loading a result.
    """
    try:
        data = load_yaml(repository / ANALYSIS_FILE).data
    except FairportError:
        return {}
    found: dict[str, str] = {}
    if isinstance(data, dict):
        experiment = data.get("experiment")
        texts = {"id": data.get("id")}
        if isinstance(experiment, dict):
            texts |= {"experiment": experiment.get("name"), "collaboration": experiment.get("collaboration")}
        found = {key: value for key, value in texts.items() if isinstance(value, str) and value}
    return found
