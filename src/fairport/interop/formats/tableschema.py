"""Table Schema, the description of a CSV by the Data Package standard (https://datapackage.org/standard/table-schema/)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

PROFILE: Final = "https://datapackage.org/profiles/2.0/tableschema.json"


def schema(
    descriptions: Mapping[str, str], units: Mapping[str, str], record: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the schema of a CSV of numbers.

    Args:
        descriptions: column name to description, in the order of the table.
        units: column name to unit (VOUnits); columns without one are left without.
        record: the result record, kept whole under ``fairport:record``.
    """
    fields = []
    for name, description in descriptions.items():
        field: dict[str, Any] = {"name": name, "type": "number"}
        if description:
            field["description"] = description
        if name in units:
            field["unit"] = units[name]
        fields.append(field)
    return {"$schema": PROFILE, "fields": fields, "missingValues": [""], "fairport:record": dict(record)}
