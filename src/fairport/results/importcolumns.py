"""Which column of a foreign table is which, and in which unit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairport.contract.documents import Plane, PlaneAxis
from fairport.contract.errors import UsageError
from fairport.interop.formats.neutral import Column, ImportedTable
from fairport.physics.arrays import FloatArray
from fairport.physics.units import UnitProblem, conversion_factor, parse_unit
from fairport.results.importoptions import BANDS, ROLES, ImportOptions


@dataclass(frozen=True, eq=False)
class Chosen:
    """The columns that go into the record.

    Attributes:
        values: role to numbers, shape (rows,); bands in the unit of y.
        units: unit of ``x``, ``y`` and ``z``.
        assumptions: what was taken for granted.
        notices: what a person should know.
    """

    values: dict[str, FloatArray]
    units: dict[str, str]
    assumptions: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


def choose(table: ImportedTable, plane: Plane, options: ImportOptions) -> Chosen:
    """Give each column its role and its unit.

    Raises:
        UsageError: it is not clear which column is which, or a unit is stated nowhere.
        UnitProblem: a unit is none, or measures something else than the axis of the plane.
    """
    if len(plane.axes) < 2:
        raise UsageError(
            f'the plane "{plane.id}" has a single axis; tables of curves need two',
            mend="choose another plane",
        )
    assumptions: list[str] = []
    notices: list[str] = []
    roles = _roles(table, plane, options, assumptions)
    values, units = {}, {}
    names = {"x": plane.axes[0].name, "y": plane.axes[1].name}
    for role, axis in (("x", plane.axes[0]), ("y", plane.axes[1])):
        given = _given(options, role, axis.name, roles[role].name)
        units[role] = _unit(table, roles[role], axis, given, assumptions, notices)
    for role, column in roles.items():
        factor = 1.0
        if role in BANDS and role != "p_value":
            stated = _given(options, role, role, column.name)
            if stated is not None or column.unit is not None:
                unit = _unit(table, column, plane.axes[1], stated, assumptions, notices)
                factor = conversion_factor(unit, units["y"])
        values[role] = np.asarray(column.values, dtype=np.float64) * factor
    if "z" in values:
        units["z"] = roles["z"].unit or ""
    used = {id(column) for column in roles.values()}
    left = [column.name for column in table.columns if id(column) not in used and column.role != "ignore"]
    if left:
        notices.append(f"left out: {', '.join(left[:12])}{' ...' if len(left) > 12 else ''}")
    unknown = set(options.units) - _keys(roles, names)
    if unknown:
        raise UsageError(
            f"a unit is given for {', '.join(sorted(unknown))}, which is neither an axis nor a column",
            mend=f"--column-unit {names['x']}=UNIT --column-unit {names['y']}=UNIT",
        )
    return Chosen(values, units, tuple(dict.fromkeys(assumptions)), tuple(dict.fromkeys(notices)))


def _keys(roles: dict[str, Column], names: dict[str, str]) -> set[str]:
    return {*roles, *names.values(), *(column.name for column in roles.values())}


def _given(options: ImportOptions, role: str, axis: str, column: str) -> str | None:
    return next((options.units[key] for key in (role, axis, column) if key in options.units), None)


def _roles(
    table: ImportedTable, plane: Plane, options: ImportOptions, assumptions: list[str]
) -> dict[str, Column]:
    found: dict[str, Column] = {}
    if options.columns:
        axes = {axis.name: role for axis, role in zip(plane.axes, ("x", "y"), strict=False)}
        for key, text in options.columns.items():
            role = axes.get(key, key)
            if role not in ROLES:
                raise UsageError(
                    f'there is no column role "{key}"', mend=f"use {', '.join([*axes, *BANDS, 'ring'])}"
                )
            found[role] = _column(table, text)
        found.pop("ignore", None)
    else:
        for column in table.columns:
            if column.role is not None and column.role != "ignore":
                if column.role in found:
                    raise UsageError(
                        f'"{found[column.role].name}" and "{column.name}" both are {column.role}',
                        mend="say with --column which is which",
                    )
                found[column.role] = column
        if not found and len(table.columns) == 2:
            found = {"x": table.columns[0], "y": table.columns[1]}
            assumptions.append(f"the first column is {plane.axes[0].name}, the second {plane.axes[1].name}")
    missing = [axis.name for axis, role in zip(plane.axes, ("x", "y"), strict=False) if role not in found]
    if missing:
        known = ", ".join(f"{i} {column.name}" for i, column in enumerate(table.columns[:12], 1))
        raise UsageError(
            f"{table.name} has {len(table.columns)} columns, and it is not clear which holds "
            f"{' and which '.join(missing)}",
            why=f"the columns are {known}",
            mend=" ".join(f"--column {name}=NUMBER" for name in missing),
        )
    return found


def _column(table: ImportedTable, text: str) -> Column:
    for column in table.columns:
        if column.name == text:
            return column
    if text.isdigit() and 1 <= int(text) <= len(table.columns):
        return table.columns[int(text) - 1]
    raise UsageError(
        f'{table.name} has no column "{text[:60]}"',
        mend=f"give a number from 1 to {len(table.columns)}, or a name of its header",
    )


def _unit(
    table: ImportedTable,
    column: Column,
    axis: PlaneAxis,
    given: str | None,
    assumptions: list[str],
    notices: list[str],
) -> str:
    if given is None and column.unit is None:
        raise UsageError(
            f"the unit of {axis.name} (column {column.name}) is not stated in {table.name}",
            why="a unit is never guessed, and never taken from a comment",
            mend=f"--column-unit {axis.name}={axis.unit}, if that is what it holds",
        )
    unit = given if given is not None else _stated(column, assumptions)
    factor = conversion_factor(unit, axis.unit)
    if given is not None and column.unit is not None and column.unit != given:
        notices.append(
            f'the source says "{column.unit}" for {column.name}, the call says "{given}"; the call counts'
        )
    return axis.unit if factor == 1.0 else unit


def _stated(column: Column, assumptions: list[str]) -> str:
    text = str(column.unit)
    try:
        return parse_unit(text).text
    except UnitProblem as problem:
        if problem.suggestion is None:
            raise
        assumptions.append(
            f'the unit "{text}" of {column.name} is read as "{problem.suggestion}": {problem.reason}'
        )
        return problem.suggestion
