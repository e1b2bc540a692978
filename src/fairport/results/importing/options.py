"""What a person says about a foreign table, and how the record takes it in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from fairport.contract.errors import UsageError
from fairport.contract.loading import parse_yaml

BANDS: Final = ("p2.5", "p16", "p50", "p84", "p97.5", "unconstrained", "discovery_3sigma", "p_value")
ROLES: Final = ("x", "y", "z", *BANDS, "ring", "ignore")
SIDES: Final = ("above", "below", "inside", "outside", "none")
KINDS: Final = ("limit", "projection", "region", "line", "profile")


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the call states; everything else comes from the source, is assumed aloud, or stays not-stated.

    Attributes:
        plane: plane of the result.
        units: unit (VOUnits) by axis (``x``, ``y``, a name of the plane) or column of the source.
        columns: role of :data:`ROLES` or name of an axis to column name or number (from 1).
        shape: shape of the points; seen from the points when ``None``.
        excluded: side that is excluded; the plane's for functions when ``None``.
        kind: kind of the record.
        origin: where the numbers come from.
        role: ``observed`` or ``expected``.
        cl: confidence level in (0, 1).
        sentinel: value of y that means no data.
        sort: whether points may be put in the order of x.
        accept_implausible: whether values far from anything known in the plane are taken as they are.
        licence: SPDX expression of the numbers.
        cite: identifiers to cite.
        title: title of the record.
        id: identifier of the record.
        fields: dotted fields of the record to values.
        source: name of the format; by the file when ``None``.
        delimiter: delimiter of a text table.
        names: names of the columns of a text table.
        skip: lines to leave out at the start of a text table.
        repair: whether broken metadata may be read with the repair that is offered.
        target: what a likelihood table of gLike looks at, such as ``Draco``.
        object: what is meant in a file of several: a path in a ROOT file, an extension of FITS, a data set of
            WebPlotDigitizer, a patch of pyhf.
        background: workspace that a patch set of pyhf is for.
        contour: value of the third column whose contour is the result; the region below it is inside.
        scale: number by which the values of an axis are multiplied, by name of the axis or role.
        layout: how a text table lies: ``columns``, ``rows`` (one variable a line) or ``matrix``.
        drop: value of an axis whose rows are left out, by name of the axis or role.
        constants: value with unit of an axis that the file has no column for (``100 GeV``), by name or role.
    """

    plane: str
    units: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    shape: str | None = None
    excluded: str | None = None
    kind: str | None = None
    origin: str | None = None
    role: str | None = None
    cl: float | None = None
    sentinel: float | None = None
    sort: bool = False
    accept_implausible: bool = False
    licence: str | None = None
    cite: tuple[str, ...] = ()
    title: str | None = None
    id: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    source: str | None = None
    delimiter: str | None = None
    names: tuple[str, ...] = ()
    skip: int = 0
    repair: bool = False
    target: str | None = None
    object: str | None = None
    background: Path | None = None
    contour: float | None = None
    scale: Mapping[str, float] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    layout: str = "columns"
    drop: Mapping[str, float] = field(default_factory=dict)


def pairs(texts: tuple[str, ...], option: str) -> dict[str, str]:
    """Read ``NAME=VALUE`` texts.

    Raises:
        UsageError: one has no ``=``, or a name stands twice.
    """
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or name.strip() in found:
            raise UsageError(f'{option} "{text[:80]}" is not NAME=VALUE, once a name', mend=f"{option} x=GeV")
        found[name.strip()] = value.strip()
    return found


def numbers(texts: tuple[str, ...], option: str, *, positive: bool = True) -> dict[str, float]:
    """Read ``NAME=NUMBER`` texts.

    Raises:
        UsageError: not of that form, or the number is not positive where it must be.
    """
    found = {}
    for name, text in pairs(texts, option).items():
        try:
            found[name] = float(text)
        except ValueError:
            found[name] = math.nan
        if not math.isfinite(found[name]) or (positive and found[name] <= 0.0):
            what = "positive number" if positive else "number"
            raise UsageError(f'{option} {name}="{text[:40]}" is no {what}', mend=f"{option} {name}=1e-40")
    return found


def field_values(texts: tuple[str, ...]) -> dict[str, Any]:
    """Read ``dotted.field=value`` texts, values as in YAML.

    Raises:
        UsageError: not of that form.
    """
    values = {}
    for name, text in pairs(texts, "--set").items():
        values[name] = parse_yaml(f"value: {text}", "--set").data["value"]
    return values


def put(record: dict[str, Any], path: str, value: Any) -> None:
    """Set a dotted field of plain data; a group that is ``not-stated`` becomes a mapping."""
    *groups, last = path.split(".")
    target = record
    for group in groups:
        inner = target.get(group)
        if not isinstance(inner, dict):
            inner = target[group] = {}
        target = inner
    target[last] = value
