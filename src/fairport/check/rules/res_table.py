"""RES005 to RES010, RES015, RES017 and RES020: the numbers themselves."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from fairport.check.bins import bin_problems, edge_pairs
from fairport.check.issue import Issue, quoted, shown
from fairport.check.repository import Repository
from fairport.check.results import TOO_LARGE, ResultRecord, ResultTable, load_table, table_owner
from fairport.check.rule import rule
from fairport.contract.errors import DocumentError, Location
from fairport.contract.plane import Plane
from fairport.physics.units import UnitProblem, conversion_factor

_RESULT: Final = "results/si/result.yaml"
_TABLE: Final = "results/si/si.csv"
_HEADER: Final = "mass,limit,p2.5,p16,p50,p84,p97.5\n"


def _table_failure(result: ResultRecord, owner: str) -> Iterator[Issue]:
    """Yield why the table of a result cannot be read, when ``owner`` is the rule that tells it."""
    if result.record.data is None:
        return
    error = load_table(result)
    if not isinstance(error, DocumentError) or table_owner(error) != owner:
        return
    where = error.where if isinstance(error.where, Location) else Location(result.table_path or "")
    yield Issue(
        error.what,
        path=result.table_path or "",
        line=where.line,
        column=where.column,
        help=error.mend,
        severity="note" if error.what == TOO_LARGE else None,
    )


@rule(
    "RES005",
    "error",
    "correctness",
    "All columns of a table have the same length, that of the record",
    fair=("R1",),
    rda=("I1-01D",),
    after=("RES001",),
    good={},
    bad={_TABLE: _HEADER + "10,1e-45,1e-46,2e-46,3e-46,4e-46,5e-46\n▸20,1e-45,1e-46,2e-46,3e-46,4e-46\n"},
)
def lengths(result: ResultRecord) -> Iterator[Issue]:
    """A row with a cell too few shifts every number behind it into the wrong column. The number of rows in
    the record tells whether a table was cut off on its way."""
    yield from _table_failure(result, "RES005")
    table = load_table(result)
    if (
        isinstance(table, ResultTable)
        and result.record.data is not None
        and table.table.rows != result.record.data.rows
    ):
        yield result.file.issue(
            ("data", "rows"),
            f"{table.path} has {table.table.rows} rows, the record says {result.record.data.rows}",
            found=f"{table.table.rows} rows",
            expected=f"{result.record.data.rows} rows",
            help="run the analysis again, which writes both",
        )


@rule(
    "RES006",
    "error",
    "correctness",
    "Numbers are finite; missing ones are empty cells with a reason",
    fair=("R1",),
    rda=("I1-02D",),
    good={},
    bad={_TABLE: _HEADER + "10,1e-45,1e-46,2e-46,3e-46,4e-46,5e-46\n20,▸nan,1e-46,2e-46,3e-46,4e-46,5e-46\n"},
)
def finite(table: ResultTable) -> Iterator[Issue]:
    """NaN and infinity mean different things to different programs, and spread through every sum. A value
    that does not exist is an empty cell, and `validity.notes` of the record says why."""
    empty = 0
    for name, values in table.columns.items():
        for row, value in enumerate(values):
            if math.isfinite(value):
                continue
            line, column = table.place(row, name)
            if math.isinf(value):
                yield Issue(
                    f"{shown(name, 40)} is infinite in row {row + 1}",
                    path=table.path,
                    line=line,
                    column=column,
                    help="leave the cell empty and say why in validity.notes",
                    subject=f"{name}/{row}",
                )
            elif _cell(table, row, name):
                yield Issue(
                    f"NaN at row {row + 1}",
                    path=table.path,
                    line=line,
                    column=column,
                    found=_cell(table, row, name),
                    expected="an empty cell",
                    help="leave the cell empty and say why in validity.notes",
                    subject=f"{name}/{row}",
                )
            else:
                empty += 1
    if empty and not table.result.record.validity.notes:
        yield table.result.file.issue(
            ("validity", "notes"),
            f"{empty} cell{'s are' if empty > 1 else ' is'} empty without a reason",
            help="say in validity.notes why",
        )


def _cell(table: ResultTable, row: int, name: str) -> str:
    """Return the text of a missing cell; empty when it really is, or when it cannot be told."""
    line, column = table.place(row, name)
    if line is None or column is None:
        return ""
    return table.text.splitlines()[line - 1][column - 1 :].partition(",")[0].strip(' "')


@rule(
    "RES007",
    "error",
    "correctness",
    "The independent axis of a function rises or falls strictly",
    fair=("R1",),
    rda=("I1-02D",),
    fix=None,
    good={},
    bad={
        _TABLE: _HEADER + "10,1e-45,1e-46,2e-46,3e-46,4e-46,5e-46\n30,1e-45,1e-46,2e-46,3e-46,4e-46,5e-46\n"
        "▸20,1e-45,1e-46,2e-46,3e-46,4e-46,5e-46\n40,1e-45,1e-46,2e-46,3e-46,4e-46,5e-46\n"
    },
)
def monotonic(table: ResultTable) -> Iterator[Issue]:
    """A function has one value at each mass. Points in another order are a contour or a scatter: then
    `geometry.shape` is polyline or polygon, and nothing is interpolated over the axis. One in ten of the
    public limit files is not a function although it has two columns."""
    record = table.result.record
    if record.geometry is None or record.geometry.shape != "function" or len(record.axes) != 2:
        return
    axis = record.axes[0]
    values = table.columns.get(axis.column, [])
    steps = [two - one for one, two in pairwise(values)]
    known = [step for step in steps if step == step and step != 0]
    rising = sum(step > 0 for step in known) >= sum(step < 0 for step in known)
    for row, step in enumerate(steps):
        if math.isnan(step) or (step > 0 if rising else step < 0):
            continue
        line, column = table.place(row + 1, axis.column)
        verb = "stands twice at" if step == 0 else ("falls from" if rising else "rises from")
        what = f"{values[row]:g}" if step == 0 else f"{values[row]:g} to {values[row + 1]:g}"
        yield Issue(
            f"{shown(axis.name, 40)} {verb} {what} in row {row + 2}",
            path=table.path,
            line=line,
            column=column,
            help="sort the rows, or state geometry.shape polyline or polygon",
            subject=str(row),
        )


_FRACTIONS: Final = frozenset({"efficiency", "acceptance", "hadronic_fraction", "p_value"})


@rule(
    "RES008",
    "warning",
    "correctness",
    "Values lie in the physical range of their quantity",
    fair=("R1",),
    rda=("R1.3-01D",),
    good={},
    bad={
        _TABLE: _HEADER + "10,1e-45,1e-46,2e-46,3e-46,4e-46,5e-46\n20,▸-1e-45,1e-46,2e-46,3e-46,4e-46,5e-46\n"
    },
)
def physical(table: ResultTable) -> Iterator[Issue]:
    """Masses and limits are positive, efficiencies lie between 0 and 1. A curve far from where a plane has
    any is most often in another unit; a column that repeats the masses was overwritten."""
    record = table.result.record
    sentinel = record.geometry.sentinel if record.geometry else None
    for index, axis in enumerate(record.axes):
        values = table.columns.get(axis.column, [])
        fraction = axis.quantity in _FRACTIONS
        for row, value in enumerate(values):
            if math.isnan(value) or value == sentinel:
                continue
            if (axis.scale == "log" and value <= 0) or (fraction and not 0 <= value <= 1):
                line, column = table.place(row, axis.column)
                yield Issue(
                    f"{shown(axis.name, 40)} {value:g} in row {row + 1}",
                    path=table.path,
                    line=line,
                    column=column,
                    expected="between 0 and 1" if fraction else "above 0",
                    subject=f"{axis.column}/{row}",
                )
        yield from _plausible(table, index, values)
    yield from _copies(table)


def _plausible(table: ResultTable, index: int, values: list[float]) -> Iterator[Issue]:
    result = table.result
    plane, axis = result.plane, result.record.axes[index]
    if not isinstance(plane, Plane) or result.record.kind == "profile":
        return
    wanted = next((item for item in plane.axes if item.quantity == axis.quantity), None)
    known = sorted(value for value in values if math.isfinite(value) and value > 0)
    if wanted is None or wanted.plausible is None or not known:
        return
    try:
        median = known[len(known) // 2] * conversion_factor(axis.unit, wanted.unit)
    except UnitProblem:
        return
    low, high = wanted.plausible[0], wanted.plausible[1]
    if not low <= median <= high:
        yield result.file.issue(
            ("axes", index, "unit"),
            f"{shown(axis.name, 40)} is around {median:.2g} {wanted.unit}, outside anything known: is the "
            f"unit right?",
            found=f"{median:.2g} {wanted.unit}",
            expected=f"{low:g} to {high:g} {wanted.unit}",
        )


def _copies(table: ResultTable) -> Iterator[Issue]:
    axes = table.result.record.axes
    if len(axes) < 2 or table.table.rows < 3:
        return
    last = table.columns.get(axes[-1].column)
    for axis in axes[:-1]:
        if last is not None and axis.column != axes[-1].column and table.columns.get(axis.column) == last:
            yield table.result.file.issue(
                ("axes", len(axes) - 1, "column"),
                f"the column {quoted(axes[-1].column, 40)} is a copy of {quoted(axis.column, 40)}",
            )


@rule(
    "RES009",
    "error",
    "correctness",
    "Bins have both edges in order, and do not overlap",
    fair=("R1.3",),
    rda=("R1.3-01D",),
    good={
        _TABLE: "mass,mass_low,mass_high,limit,p2.5,p16,p50,p84,p97.5\n"
        "15,10,20,1e-45,1e-46,2e-46,3e-46,4e-46,5e-46\n25,20,30,1e-45,1e-46,2e-46,3e-46,4e-46,5e-46\n"
    },
    bad={
        _TABLE: "mass,mass_low,mass_high,limit,p2.5,p16,p50,p84,p97.5\n"
        "15,10,20,1e-45,1e-46,2e-46,3e-46,4e-46,5e-46\n25,▸18,30,1e-45,1e-46,2e-46,3e-46,4e-46,5e-46\n"
    },
)
def bins(table: ResultTable) -> Iterator[Issue]:
    """A binned axis has a column for the lower and one for the upper edge, named like `mass_low` and
    `mass_high`. An edge that is missing or bins that overlap make a sum over bins wrong without a word; a
    gap may be meant, and is a warning."""
    pairs = edge_pairs(list(table.columns))
    for name, low, high in pairs:
        for problem in bin_problems(table.columns[low], table.columns[high], alone=len(pairs) == 1):
            at = low if problem.edge == "low" else high
            line, column = table.place(problem.row, at)
            yield Issue(
                f"{shown(name, 40)}: {problem.message}",
                path=table.path,
                line=line,
                column=column,
                severity=problem.severity,
                subject=f"{name}/{problem.row}",
            )


_EVENTS: Final = (0.5, 1e7)
"""Signal events at a limit: fewer than half an event cannot be excluded, more are never needed."""


@rule(
    "RES020",
    "note",
    "correctness",
    "A limit times the luminosity is a possible number of events",
    fair=("R1",),
    rda=("R1.3-01D",),
    after=("RES003",),
    good={_RESULT: "exposure: {value: 1.0e+46, unit: cm-2}\n"},
    bad={_RESULT: "exposure: ▸{value: 139.0, unit: 1e39 cm-2}\n"},
)
def events(table: ResultTable) -> Iterator[Issue]:
    """A limit on a cross-section times the integrated luminosity is the number of signal events that is
    excluded, before efficiency. Far less than one event cannot be excluded, and millions of events are not
    needed: then a unit is wrong, most often fb for pb."""
    record = table.result.record
    if record.exposure is None or record.kind not in {"limit", "projection"} or not record.axes:
        return
    axis = record.axes[-1]
    known = sorted(value for value in table.columns.get(axis.column, ()) if 0 < value < math.inf)
    if not known:
        return
    try:
        luminosity = record.exposure.value * conversion_factor(record.exposure.unit, "cm-2")
        section = known[len(known) // 2] * conversion_factor(axis.unit, "cm2")
    except UnitProblem:
        return  # another kind of exposure or of limit
    number = luminosity * section
    if not _EVENTS[0] <= number <= _EVENTS[1]:
        yield table.result.file.issue(
            ("exposure",),
            f"limit x luminosity is {number:.2g} events: unit?",
            found=f"{number:.2g} events",
            expected=f"{_EVENTS[0]:g} to {_EVENTS[1]:g} events",
            help="look at the unit of the exposure and of the last axis",
        )


_ORDER: Final = ("p2.5", "p16", "p50", "p84", "p97.5")


@rule(
    "RES010",
    "error",
    "correctness",
    "Uncertainties are complete, and bands are in order",
    fair=("R1.3",),
    rda=("R1-01M",),
    after=("RES001", "RES002"),
    good={},
    bad={_TABLE: _HEADER + "10,1e-45,1e-46,2e-46,5e-46,▸4e-46,6e-46\n"},
)
def uncertainties(result: ResultRecord) -> Iterator[Issue]:
    """The 16 % quantile of the expected limits lies below the median: bands in another order were swapped,
    or belong to another curve. An uncertainty with one side only, or of zero, is one that was forgotten."""
    for index, value in enumerate(result.record.values):
        if (value.minus is None) != (value.plus is None):
            missing = "minus" if value.minus is None else "plus"
            yield result.file.issue(
                ("values", index, missing), f"{shown(value.name, 40)} has no uncertainty {missing}"
            )
        elif value.minus == 0 and value.plus == 0:
            yield result.file.issue(
                ("values", index, "minus"), f"both uncertainties of {shown(value.name, 40)} are zero"
            )
    table = load_table(result) if result.record.bands else None
    if not isinstance(table, ResultTable):
        return
    bands = [(name, result.record.bands[name]) for name in _ORDER if name in result.record.bands]
    for (low, below), (high, above) in pairwise(bands):
        for row, (one, two) in enumerate(
            zip(table.columns.get(below, ()), table.columns.get(above, ()), strict=False)
        ):
            if one > two:
                line, column = table.place(row, above)
                yield Issue(
                    f"band {high} is {two:g}, below {low} ({one:g}) in row {row + 1}",
                    path=table.path,
                    line=line,
                    column=column,
                    help="the columns were swapped, or belong to another curve",
                    subject=f"{low}/{row}",
                )
                break


@rule(
    "RES015",
    "error",
    "correctness",
    "Recorded digests are those of the files",
    fair=("R1",),
    rda=("A1-03D",),
    after=("RES001",),
    good={},
    bad={_RESULT: "data:\n  path: si.csv\n  media_type: text/csv\n  sha256: ▸" + "f" * 64 + "\n  rows: 31\n"},
)
def digests(result: ResultRecord, repository: Repository) -> Iterator[Issue]:
    """The record names the digest of its table: when they differ, one of them was changed after the run,
    and the provenance is that of other numbers. An input that changed since makes the result out of date."""
    record, file = result.record, result.file
    files = (
        [(("data", "path"), ("data", "sha256"), record.data.path, record.data.sha256)] if record.data else []
    )
    if record.workspace is not None and record.workspace.sha256:
        files.append(
            (("workspace", "path"), ("workspace", "sha256"), record.workspace.path, record.workspace.sha256)
        )
    for at_path, at_digest, name, wanted in files:
        path = re.sub(r"^\./", "", f"{file.folder}{name}")
        found = repository.sha256(path) if path in repository else None
        if found is None:
            yield file.issue(
                at_path, f"{shown(path, 80)} does not exist", found=name, expected="a file beside the record"
            )
        elif found != wanted:
            yield file.issue(
                at_digest,
                f"sha256 of {shown(path, 60)} differs: changed after the run",
                found=found,
                expected=wanted,
                help="run the analysis again; never edit a table by hand",
            )
    for index, item in enumerate(record.provenance.inputs):
        found = repository.sha256(item.path) if item.path in repository else None
        if found is not None and found != item.sha256:
            yield file.issue(
                ("provenance", "inputs", index, "sha256"),
                f"{shown(item.path, 60)} changed after the run",
                severity="warning",
                found=found,
                expected=item.sha256,
                help="run the analysis again",
            )


@rule(
    "RES017",
    "error",
    "correctness",
    "Tables are RFC 4180 CSV of numbers with one header row",
    fair=("I1",),
    rda=("I1-02D",),
    fuji=("FsF-R1.3-02D",),
    good={},
    bad={
        _TABLE: _HEADER
        + "10,1e-45,1e-46,2e-46,3e-46,4e-46,5e-46\n20,▸< 1e-45,1e-46,2e-46,3e-46,4e-46,5e-46\n"
    },
)
def csv_table(result: ResultRecord) -> Iterator[Issue]:
    """Comma, one header row, plain numbers, no comments: every program reads that, and none reads it
    differently. Units and meaning stand in the record."""
    yield from _table_failure(result, "RES017")
