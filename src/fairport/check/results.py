"""Result records and their tables as rules ask for them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from fairport.check.documents import Documents, Skip, Supply, provides
from fairport.check.parsed import ResultFile
from fairport.check.problems import contract_problems
from fairport.contract.errors import DocumentError, FairportError
from fairport.contract.loading import Pointer
from fairport.contract.migrations import migrate
from fairport.contract.plane import Plane
from fairport.contract.result import Result
from fairport.contract.schemas import Problem
from fairport.contract.tables import TableData, parse_table, read_table

MAX_LINES = 5_000_000
MAX_CHECKED_BYTES: Final = 16_000_000
"""Larger tables (unpacked) are not looked through number by number; their digest is checked all the same."""

TOO_LARGE: Final = f"the table has more than {MAX_CHECKED_BYTES // 1_000_000} MB: its numbers are not checked"


@dataclass(frozen=True)
class ResultRecord:
    """A result record that meets its schema, typed, with its file for positions."""

    file: ResultFile
    record: Result
    documents: Documents

    @property
    def table_path(self) -> str | None:
        """Path of the table in the repository, or ``None`` without a table."""
        if self.record.data is None:
            return None
        return posixpath.normpath(posixpath.join(self.file.folder, self.record.data.path))

    @cached_property
    def plane(self) -> Plane | FairportError:
        """The plane of the result, or why there is none."""
        memory = self.documents.memory
        if _PlaneCache not in memory:
            memory[_PlaneCache] = _PlaneCache(self.documents)
        found: Plane | FairportError = memory[_PlaneCache].get(self.record.plane)
        return found


class _PlaneCache:
    """Planes of a repository, each looked for once."""

    def __init__(self, documents: Documents) -> None:
        from fairport.results.planes import PLANES_DIR, Planes

        documents.repository.watch(PLANES_DIR)
        self._planes = Planes(documents.repository.root / PLANES_DIR)
        self._found: dict[str, Plane | FairportError] = {}

    def get(self, name: str) -> Plane | FairportError:
        """Return a plane, or why it cannot be had."""
        if name not in self._found:
            try:
                self._found[name] = self._planes.get(name)
            except FairportError as error:
                self._found[name] = error
        return self._found[name]


@dataclass(frozen=True)
class ResultTable:
    """A result record with its table.

    Attributes:
        result: the record.
        path: file of the table.
        table: numbers; missing cells are NaN.
        text: the file, for positions; empty for a compressed table.
    """

    result: ResultRecord
    path: str
    table: TableData
    text: str

    @property
    def columns(self) -> dict[str, list[float]]:
        """Column name to values."""
        return self.table.columns

    def place(self, row: int, column: str) -> tuple[int | None, int | None]:
        """Return line and column of the cell in ``row`` (from 0) of ``column``."""
        if not self.text:
            return None, None
        lines = self._lines
        if row + 1 >= len(lines):
            return None, None
        number, line = lines[row + 1]
        names = list(self.table.columns)
        index = names.index(column) if column in names else 0
        cells = line.split(",")
        return number, 1 + sum(len(cell) + 1 for cell in cells[:index])

    @cached_property
    def _lines(self) -> list[tuple[int, str]]:
        """Header and rows with their line numbers; blank lines are no rows."""
        lines = self.text.splitlines()[:MAX_LINES]
        return [(number, line) for number, line in enumerate(lines, 1) if line]


def result_problems(file: ResultFile) -> Iterator[Problem]:
    """Yield the problems of a record with its schema, but for a confidence level in percent, which has a
    rule of its own.
    """
    found = contract_problems("result", file, migrate("result", file.data, file.path))
    shapeless = any(problem.pointer == ("geometry",) for problem in found)
    for problem in found:
        if shapeless and problem.pointer == ("axes",) and problem.keyword in {"minItems", "maxItems"}:
            continue  # how many axes there are follows from the shape
        if not (problem.pointer[:2] == ("statistics", "cl") and percent_level(file) is not None):
            yield problem


def percent_level(file: ResultFile) -> float | None:
    """Return the confidence level when it is given in percent."""
    value = next((value for _, value in file.select("statistics/cl")), None)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 1 <= value < 100:
        return float(value)
    return None


@provides(ResultRecord)
def _supply_records(documents: Documents) -> Supply:
    source = documents.supply(ResultFile)
    values: list[Any] = []
    skips = list(source.skips)
    for file in source.values:
        try:
            valid = not any(problem.severity == "error" for problem in result_problems(file))
        except DocumentError:
            valid = False
        if valid:
            values.append(ResultRecord(file, _typed(file), documents))
        else:
            skips.append(Skip("skipped", f"{file.path} does not meet its schema", file.path, "RES001"))
    return Supply(tuple(values), tuple(skips))


def _typed(file: ResultFile) -> Result:
    data = migrate("result", file.data, file.path)
    level = percent_level(file)
    if level is not None:
        data = {**data, "statistics": {**data["statistics"], "cl": level / 100}}
    return Result.from_data(data)


@provides(ResultTable)
def _supply_tables(documents: Documents) -> Supply:
    source = documents.supply(ResultRecord)
    values: list[Any] = []
    skips = list(source.skips)
    for result in source.values:
        path = result.table_path
        if path is None:
            skips.append(Skip("not-applicable", "the result has no table", result.file.path))
            continue
        outcome = load_table(result)
        if isinstance(outcome, ResultTable):
            values.append(outcome)
        else:
            owner = table_owner(outcome)
            where = result.file.path if owner == "RES015" else path
            skips.append(Skip("skipped", f"{path} cannot be read", where, owner))
    return Supply(tuple(values), tuple(skips))


def load_table(result: ResultRecord) -> ResultTable | DocumentError:
    """Return the table of a result, or why it cannot be read; read once."""
    store = result.documents.memory.setdefault(ResultTable, {})
    path = result.table_path or ""
    if path not in store:
        store[path] = _read_table(result, path)
    outcome = store[path]
    return ResultTable(result, path, *outcome) if isinstance(outcome, tuple) else outcome


def _read_table(result: ResultRecord, path: str) -> tuple[TableData, str] | DocumentError:
    repository = result.documents.repository
    if not path or path.startswith("../") or path not in repository:
        return DocumentError("the table does not exist", where=path)
    try:
        if path.endswith(".gz") or (
            result.record.data and result.record.data.media_type == "application/gzip"
        ):
            return read_table(repository.root / path, name=path, limit=MAX_CHECKED_BYTES), ""
        text = repository.text(path, limit=MAX_CHECKED_BYTES)
        return parse_table(text, path), text
    except DocumentError as error:
        large = "at most" in error.what or "larger than" in error.what
        return DocumentError(TOO_LARGE, where=path) if large else error


def table_owner(error: DocumentError) -> str:
    """Return the rule that reports why a table cannot be read."""
    if error.what == "the table does not exist":
        return "RES015"
    return "RES005" if re.search(r"cells, the header has|is empty", error.what) else "RES017"


def axis_pointer(index: int, key: str) -> Pointer:
    """Return the pointer of a field of an axis."""
    return ("axes", index, key)
