"""The boundary of results to astropy's quantities and tables."""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np

from fairport.contract.errors import UsageError
from fairport.physics.arrays import FloatArray
from fairport.physics.units import parse_unit
from fairport.results.loaded import DIMENSIONLESS_BANDS, LoadedResult

_SCALE: Final = re.compile(r"\s*(?:10(?:\*\*|\^)([+-]?\d+)|(1(?:\.0*)?(?:e[+-]?\d+)?))(?=[ .*/]|$)[ .*]*")


def astropy_unit(text: str) -> Any:
    """Return the ``astropy.units`` unit of a VOUnits text; the empty text is dimensionless.

    Raises:
        UnitProblem: the text is no unit (``pb`` is never read as a bit).
    """
    from astropy import units

    parse_unit(text)
    scale = _SCALE.match(text)
    if scale is None:
        return (
            units.Unit(text.replace("^", "**"), format="vounit")
            if text.strip()
            else units.dimensionless_unscaled
        )
    factor = float(f"1e{scale[1]}") if scale[1] else float(scale[2])
    return units.Unit(factor * astropy_unit(text[scale.end() :]))


def quantity(values: Any, unit: str) -> Any:
    """Return an ``astropy.units.Quantity`` of values of any shape in a VOUnits unit."""
    from astropy import units

    return units.Quantity(np.asarray(values, dtype=np.float64), astropy_unit(unit))


def in_unit(value: Any, unit: str, name: str) -> FloatArray:
    """Return the numbers of ``"40 GeV"``, a Quantity or a list of either in ``unit``, any shape.

    Raises:
        UsageError: it has no unit, or one of something else.
    """
    from astropy import units

    mend = f'give for example "40 {unit}"'
    if isinstance(value, str):
        found = re.fullmatch(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*)", value.strip())
        if found is None:
            raise UsageError(f'"{value[:60]}" is no quantity', mend=mend)
        number, text = found[1], found[2]
        value = quantity(float(number), text)
    elif isinstance(value, (list, tuple)) and any(isinstance(item, (str, units.Quantity)) for item in value):
        return np.stack([in_unit(item, unit, name) for item in value])
    if not isinstance(value, units.Quantity) and unit.strip():
        raise UsageError(f"{name} needs a unit", mend=mend)
    try:
        return np.asarray(units.Quantity(value).to_value(astropy_unit(unit)), dtype=np.float64)
    except units.UnitConversionError as error:
        raise UsageError(f"{name} is not given in a unit of {unit}", why=str(error), mend=mend) from None


def table_of(result: LoadedResult) -> Any:
    """Return the table of a result as an ``astropy.table.QTable`` in the units of the record.

    Its ``meta`` holds the record as plain data under ``fairport``.
    """
    from astropy.table import QTable

    table = QTable()
    units_of = column_units(result)
    for name, values in result.columns.items():
        unit = units_of.get(name)
        table[name] = np.asarray(values) if unit is None else quantity(values, unit)
    table.meta["fairport"] = dict(result.data)
    return table


def column_units(result: LoadedResult) -> dict[str, str]:
    """Return the unit of each column that the record knows."""
    record = result.record
    found = {axis.column: axis.unit for axis in record.axes if axis.role != "replica"}
    for band, column in record.bands.items():
        dependent = record.dependent
        found[column] = "" if band in DIMENSIONLESS_BANDS or dependent is None else dependent.unit
    return found
