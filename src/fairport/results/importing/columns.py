"""Which column of a foreign table is which, and in which unit."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from fairport.contract.documents import Plane, PlaneAxis
from fairport.contract.errors import UsageError
from fairport.interop.formats.neutral import Column, ImportedTable
from fairport.physics.arrays import FloatArray
from fairport.physics.units import UnitProblem, conversion_factor, parse_unit
from fairport.results.importing.options import BANDS, ROLES, ImportOptions

_MAX_REMARK: Final = 150
"""Characters of a remark that an error quotes."""

_QUANTITY: Final = re.compile(r"\s*([+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)\s*(.*)")


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
    """Give each column its role, its unit, and the factor that the call states.

    Raises:
        UsageError: it is not clear which column is which, or a unit is stated nowhere.
        UnitProblem: a unit is none, or measures something else than the axis of the plane.
    """
    assumptions: list[str] = []
    notices: list[str] = []
    axes = dict(zip(("x", "y"), plane.axes, strict=False))
    names = {role: axis.name for role, axis in axes.items()}
    table, constants = _with_constants(table, names, options, assumptions)
    roles = _roles(table, plane, options, constants, assumptions)
    values, units = {}, {}
    for role, axis in axes.items():
        given = (
            constants[role][1] if role in constants else _given(options, role, axis.name, roles[role].name)
        )
        units[role] = _unit(table, roles[role], axis, given, assumptions, notices)
    last = list(axes)[-1]
    for role, column in roles.items():
        factor = 1.0
        if role in BANDS and role != "p_value":
            stated = _given(options, role, role, column.name)
            if stated is not None or (column.unit is not None and column.unit != roles[last].unit):
                unit = _unit(table, column, axes[last], stated, assumptions, notices)
                factor = conversion_factor(unit, units[last])
        values[role] = np.asarray(column.values, dtype=np.float64) * factor
    _scale(values, names, last, options, assumptions)
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
            mend=" ".join(f"--column-unit {name}=UNIT" for name in names.values()),
        )
    return Chosen(values, units, tuple(dict.fromkeys(assumptions)), tuple(dict.fromkeys(notices)))


def without(
    table: ImportedTable, chosen: Chosen, plane: Plane, options: ImportOptions
) -> tuple[ImportedTable, Chosen]:
    """Leave out the rows with a value that the call names (``--drop``).

    Raises:
        UsageError: it names no axis, or no row is left.
    """
    names = {axis.name: role for role, axis in zip(("x", "y"), plane.axes, strict=False)}
    kept = np.ones(table.rows, dtype=bool)
    assumptions = []
    for key, value in options.drop.items():
        role = names.get(key, key)
        if role not in chosen.values:
            raise UsageError(
                f'--drop names "{key[:60]}", which is no axis', mend=f"--drop {next(iter(names))}=0"
            )
        wrong = chosen.values[role] == value
        assumptions.append(f"{int(wrong.sum())} rows with {key} = {value:g} were left out, as the call says")
        kept &= ~wrong
    if not assumptions:
        return table, chosen
    if not np.any(kept):
        raise UsageError("no row is left", where=table.name)
    values = {role: numbers[kept] for role, numbers in chosen.values.items()}
    lines = tuple(line for line, keep in zip(table.lines, kept.tolist(), strict=True) if keep)
    return (
        replace(table, lines=lines),
        replace(chosen, values=values, assumptions=(*chosen.assumptions, *assumptions)),
    )


def _with_constants(
    table: ImportedTable, names: dict[str, str], options: ImportOptions, assumptions: list[str]
) -> tuple[ImportedTable, dict[str, tuple[Column, str]]]:
    """Add a column for each axis that the call fixes at one value; returns role to column and unit."""
    found: dict[str, tuple[Column, str]] = {}
    for key, text in options.constants.items():
        role = next((role for role, name in names.items() if key in {role, name}), None)
        match = _QUANTITY.fullmatch(text)
        if role is None or match is None:
            raise UsageError(
                f'--constant "{key}={text}" is no axis with a value and unit',
                mend=f"--constant {next(iter(names.values()))}=100GeV",
            )
        column = Column(names[role], (float(match[1]),) * table.rows, match[2].strip() or None)
        found[role] = column, match[2].strip()
        assumptions.append(
            f"{names[role]} is {match[1]} {match[2].strip()}".rstrip() + " in every row, as the call says"
        )
    columns = tuple(
        replace(column, role="ignore") if column.role in found else column for column in table.columns
    )
    return replace(table, columns=(*columns, *(column for column, _ in found.values()))), found


def _scale(
    values: dict[str, FloatArray],
    names: dict[str, str],
    last: str,
    options: ImportOptions,
    assumptions: list[str],
) -> None:
    """Multiply an axis, and with the last one its bands, by the factor that the call states."""
    for key, factor in options.scale.items():
        role = next((role for role, name in names.items() if key in {role, name}), None)
        if role is None:
            raise UsageError(
                f'--scale names "{key[:60]}", which is no axis', mend=f"--scale {names[last]}={factor:g}"
            )
        companions = [band for band in BANDS if band != "p_value"] if role == last else []
        for each in (role, *companions):
            if each in values:
                values[each] = values[each] * factor
        assumptions.append(f"{names[role]} is {factor:g} times what the source holds, as the call says")


def _keys(roles: dict[str, Column], names: dict[str, str]) -> set[str]:
    return {*roles, *names.values(), *(column.name for column in roles.values())}


def _given(options: ImportOptions, role: str, axis: str, column: str) -> str | None:
    return next((options.units[key] for key in (role, axis, column) if key in options.units), None)


def _roles(
    table: ImportedTable,
    plane: Plane,
    options: ImportOptions,
    constants: dict[str, tuple[Column, str]],
    assumptions: list[str],
) -> dict[str, Column]:
    axes = {axis.name: role for axis, role in zip(plane.axes, ("x", "y"), strict=False)}
    named = _named(table, plane, options, axes)
    taken = {id(column) for column in named.values()}
    found: dict[str, Column] = {role: column for role, (column, _) in constants.items()} | named
    moved = (
        list(axes.values())[-1] in named
    )  # bands of another column are not those of the one that was named
    for column in table.columns:
        role = column.role
        if role in {None, "ignore"} or id(column) in taken or role in named or (moved and role in BANDS):
            continue
        if role in found:
            raise UsageError(
                f'"{found[str(role)].name}" and "{column.name}" both are {role}',
                mend="say with --column which is which",
            )
        found[str(role)] = column
    if len(plane.axes) == 1 and "y" in found and "x" not in found:  # the only axis of such a plane
        found["x"] = found.pop("y")
    wanted = [role for role in axes.values() if role not in found]
    own = [column for column in table.columns if all(column is not each for each, _ in constants.values())]
    if not named and wanted and set(found) == set(constants) and len(own) == len(wanted):
        found |= zip(wanted, own, strict=True)
        order = (
            [f"the {place} column is" for place in ("first", "second")] if len(own) > 1 else ["the column is"]
        )
        listed = [
            f"{place} {plane.axes[int(role == 'y')].name}" for place, role in zip(order, wanted, strict=True)
        ]
        assumptions.append(", ".join(listed).replace("second column is", "second"))
    missing = [axis.name for axis, role in zip(plane.axes, ("x", "y"), strict=False) if role not in found]
    if missing:
        raise UsageError(
            f"{table.name} has {len(table.columns)} columns, and it is not clear which holds "
            f"{' and which '.join(missing)}",
            why=_told_of_columns(table),
            mend=" ".join(f"--column {name}=NUMBER" for name in missing),
        )
    return found


def _told_of_columns(table: ImportedTable) -> str:
    """Return what a table says of its columns, from which a person sees which is which."""
    if table.named:
        names = ", ".join(f"{place} {column.name}" for place, column in enumerate(table.columns[:12], 1))
        return f"the columns are {names}"
    remark = table.comments[-1][:_MAX_REMARK] if table.comments else ""
    return "the columns have no names" + (f'; its last remark is "{remark}"' if remark else "")


def _named(
    table: ImportedTable, plane: Plane, options: ImportOptions, axes: dict[str, str]
) -> dict[str, Column]:
    """Return the roles that the call gives to columns."""
    found: dict[str, Column] = {}
    for key, text in options.columns.items():
        role = axes.get(key, key)
        if role not in ROLES:
            raise UsageError(
                f'there is no column role "{key}"', mend=f"use {', '.join([*axes, *BANDS, 'ring'])}"
            )
        found[role] = _column(table, text)
    found.pop("ignore", None)
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
    if given is not None and column.unit is not None and not _equal(column.unit, given):
        notices.append(
            f'the source says "{column.unit}" for {column.name}, the call says "{given}"; the call counts'
        )
    return axis.unit if factor == 1.0 else unit


def _equal(stated: str, given: str) -> bool:
    """Tell whether two spellings mean the same unit."""
    try:
        return stated == given or conversion_factor(stated, given) == 1.0
    except UnitProblem as problem:
        return (
            problem.suggestion is not None
            and problem.suggestion != stated
            and _equal(problem.suggestion, given)
        )


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
