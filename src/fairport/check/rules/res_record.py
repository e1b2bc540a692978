"""RES001 to RES004, RES011 and RES012: what a result record says about its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fairport.check.bins import edge_pairs
from fairport.check.documents import Documents
from fairport.check.issue import Issue, from_error, quoted, replace_value, shown
from fairport.check.parsed import Parsed, ResultFile
from fairport.check.problems import problem_issues
from fairport.check.repository import Repository
from fairport.check.results import ResultRecord, ResultTable, percent_level, result_problems
from fairport.check.rule import rule
from fairport.check.rules.meta_licences import licence_issues
from fairport.contract.constants import NOT_STATED
from fairport.contract.errors import DocumentError, FairportError, Location
from fairport.contract.loading import Pointer
from fairport.contract.plane import Plane
from fairport.physics.units import UnitProblem, conversion_factor, parse_unit, physical_type

_RESULT: Final = "results/si/result.yaml"


@rule(
    "RES001",
    "error",
    "correctness",
    "Result records can be read and meet their schema",
    fair=("R1.3",),
    rda=("R1.3-02D",),
    fuji=("FsF-R1.3-02D",),
    fix="safe",
    good={},
    bad={_RESULT: "interpolation:\n  x: log\n  y: log\n  method: ▸spline\n  outside: nan\n"},
)
def result_schema(documents: Documents) -> Iterator[Issue]:
    """A result that a program cannot read is a picture with extra steps. The schema says which fields each
    kind of result must have: a limit needs its axes, geometry, interpolation and statistics, or it cannot
    be drawn, compared or combined."""
    for path, error in documents.failures(ResultFile):
        yield from_error(error, path)
    for file in documents.all(ResultFile):
        try:
            yield from problem_issues(file, result_problems(file))
        except DocumentError as error:
            yield file.issue(("schema_version",), error.what, help=error.mend)


_WORDS: Final = frozenset(
    {"-", "--", "none", "null", "unitless", "dimensionless", "n/a", "na", "no unit", "arb", "1"}
)


@rule(
    "RES002",
    "error",
    "correctness",
    "Every variable has a name, a unit and a column",
    fair=("I1", "R1"),
    rda=("I1-02D", "R1-01M"),
    fuji=("FsF-R1-01M-3",),
    fix="safe",
    good={},
    bad={_RESULT: "bands:\n  p2.5: p2.5\n  p16: p16\n  p50: ▸median\n  p84: p84\n  p97.5: p97.5\n"},
)
def variables(table: ResultTable) -> Iterator[Issue]:
    """Who reads the table must know what each column is. The record names the column of every axis and
    band; a column that nothing describes is a riddle. A pure number has the empty text as its unit, not a
    word."""
    result, file = table.result, table.result.file
    named: dict[str, Pointer] = {}
    for index, axis in enumerate(result.record.axes):
        named.setdefault(axis.column, ("axes", index, "column"))
    for band, column in result.record.bands.items():
        named.setdefault(column, ("bands", band))
    if result.record.geometry and result.record.geometry.rings:
        named.setdefault(result.record.geometry.rings, ("geometry", "rings"))
    for number, expectation in enumerate(result.record.expectation):
        if expectation.column:
            named.setdefault(expectation.column, ("expectation", number, "column"))
    for column, pointer in named.items():
        if column not in table.columns:
            yield file.issue(
                pointer,
                f"{table.path} has no column {quoted(column, 60)}",
                found=column,
                expected=", ".join(shown(name, 40) for name in table.columns),
            )
    edges = {edge for _, low, high in edge_pairs(list(table.columns)) for edge in (low, high)}
    for index, column in enumerate(table.columns):
        if column not in named and column not in edges:
            yield Issue(
                f"nothing describes the column {quoted(column, 60)}",
                path=table.path,
                line=1 if table.text else None,
                column=table.place(-1, column)[1] if table.text else None,
                severity="warning",
                help="name it as an axis or band of the record, or leave it out",
                subject=f"{index}",
            )
    for pointer, text in _units(file):
        if text.strip().lower() in _WORDS:
            yield file.issue(
                pointer,
                f"{quoted(text)} is no unit: a pure number has the empty text",
                expected='""',
                fix=replace_value(file.path, pointer, ""),
            )


def _units(file: Parsed) -> Iterator[tuple[Pointer, str]]:
    """Yield every unit of a record."""
    yield from file.texts(
        "axes/*/unit",
        "values/*/unit",
        "exposure/unit",
        "model/mediator/mass/unit",
        "model/mediator/width/unit",
        "workspace/scale/unit",
        "astro/halo/*/unit",
        "astro/jfactor/*/unit",
    )


@rule(
    "RES003",
    "error",
    "correctness",
    "Every unit is a VOUnit",
    fair=("I2",),
    rda=("I2-01D", "I1-01D"),
    fuji=("FsF-I2-01M",),
    fix="safe",
    after=("RES001",),
    good={},
    bad={_RESULT: "exposure:\n  value: 0.5\n  unit: ▸tonne yr\n"},
)
def units(file: ResultFile) -> Iterator[Issue]:
    """VOUnits is the spelling that astronomy's software agrees on. Others go wrong in silence: the usual
    reader of Python takes `pb` and `fb` as a kind of bit, and fails on `GeV/c2`. Picobarn is `1e-36 cm2`,
    a mass is in `GeV`, events are `count`."""
    for pointer, text in _units(file):
        if text.strip().lower() in _WORDS:
            continue  # RES002
        try:
            parse_unit(text)
        except UnitProblem as problem:
            better = problem.suggestion
            yield file.issue(
                pointer,
                f"{quoted(text, 40)} is not a VOUnit"
                + (f"; use {quoted(better)}" if better is not None else ""),
                found=quoted(text),
                expected=quoted(better) if better is not None else "a VOUnit such as GeV, cm2 or cm3 s-1",
                help=problem.reason,
                fix=replace_value(file.path, pointer, better) if better is not None else None,
            )


_QUANTITIES: Final = {
    "dark_matter_mass": ("energy", "mass"),
    "mediator_mass": ("energy", "mass"),
    "axion_mass": ("energy", "mass"),
    "dark_photon_mass": ("energy", "mass"),
    "mass": ("energy", "mass"),
    "cross_section": ("area",),
    "annihilation_cross_section": ("volumetric flow rate",),
    "dark_matter_lifetime": ("time",),
    "lifetime": ("time",),
    "recoil_energy": ("energy",),
    "energy": ("energy",),
    "efficiency": ("dimensionless",),
    "acceptance": ("dimensionless",),
    "kinetic_mixing": ("dimensionless",),
    "axion_photon_coupling": ("inverse energy",),
    "axion_electron_coupling": ("dimensionless",),
    "hadronic_fraction": ("dimensionless",),
    "relic_density": ("dimensionless",),
    "rate": (
        "count rate per mass",
        "differential count rate",
        "differential rate per mass and energy",
        "frequency",
        "count rate",
    ),
    "differential_rate": ("differential count rate", "differential rate per mass and energy"),
    "events": ("count", "dimensionless"),
}
"""Physical types of quantities (also those of the standard planes)."""

_GROUPS: Final = {
    ("astro", "halo", "rho0"): ("energy density", "mass density"),
    ("astro", "halo", "v0"): ("speed",),
    ("astro", "halo", "vesc"): ("speed",),
    ("astro", "halo", "v_earth"): ("speed",),
    ("model", "mediator", "mass"): ("energy", "mass"),
    ("exposure",): ("exposure", "inverse area", "time", "area time"),
}


@rule(
    "RES004",
    "error",
    "correctness",
    "Plane, quantities and units fit together",
    fair=("I2",),
    rda=("I2-01D",),
    after=("RES003",),
    good={},
    bad={
        _RESULT: "axes:\n  - {name: mass, role: independent, column: mass, quantity: dark_matter_mass, "
        "unit: GeV, scale: log}\n"
        "  - {name: cross_section, role: dependent, column: limit, quantity: cross_section, unit: ▸keV, "
        "scale: log}\n"
    },
)
def dimensions(result: ResultRecord) -> Iterator[Issue]:
    """A cross-section is an area, a mass an energy, a rate counts per mass, time and energy. A unit of
    another kind means that columns were mixed up or a factor was forgotten. The plane says which quantity
    each axis has."""
    file, record, plane = result.file, result.record, result.plane
    if isinstance(plane, FairportError):
        yield _plane_issue(file, plane)
    for index, axis in enumerate(record.axes):
        yield from _fits(
            file, ("axes", index, "unit"), axis.unit, axis.quantity, _QUANTITIES.get(axis.quantity)
        )
    for index, value in enumerate(record.values):
        yield from _fits(
            file, ("values", index, "unit"), value.unit, value.quantity, _QUANTITIES.get(value.quantity)
        )
    for pointer, wanted in _GROUPS.items():
        unit = file.text("/".join((*pointer, "unit")))
        if unit is not None:
            yield from _fits(file, (*pointer, "unit"), unit, pointer[-1], wanted)
    if isinstance(plane, Plane):
        yield from _axes_of_plane(result, plane)


def _plane_issue(file: ResultFile, error: FairportError) -> Issue:
    if isinstance(error, DocumentError):
        where = error.where if isinstance(error.where, Location) else None
        told = f" ({where})" if where else ""
        return file.issue(("plane",), f"the plane cannot be used: {error.what}{told}", help=error.mend)
    return file.issue(("plane",), error.what, help=error.why or error.mend)


def _fits(
    file: ResultFile, pointer: Pointer, unit: str, quantity: str, wanted: tuple[str, ...] | None
) -> Iterator[Issue]:
    if wanted is None:
        return
    try:
        kind = physical_type(unit)
    except UnitProblem:
        return  # RES003
    if kind not in wanted and not (quantity == "exposure" and kind == "other"):
        yield file.issue(
            pointer,
            f"{shown(quantity, 40)} has unit {shown(unit, 40) or 'none'}; expected {' or '.join(wanted)}",
            found=f"{unit or 'no unit'}: {kind}",
            expected=" or ".join(wanted),
        )


def _axes_of_plane(result: ResultRecord, plane: Plane) -> Iterator[Issue]:
    axes = [axis for axis in result.record.axes if axis.role != "replica"]
    if result.record.kind in {"point", "workspace", "profile"} or len(axes) != len(plane.axes):
        return
    known = {axis.quantity: axis for axis in plane.axes}
    for axis, wanted in zip(axes, plane.axes, strict=True):
        index = result.record.axes.index(axis)
        if axis.quantity != wanted.quantity:
            swapped = " (the axes are in another order)" if axis.quantity in known else ""
            yield result.file.issue(
                ("axes", index, "quantity"),
                f"{shown(axis.quantity, 40)} is not what this axis of {plane.id} shows{swapped}",
                found=axis.quantity,
                expected=wanted.quantity,
            )
            continue
        if axis.quantity in _QUANTITIES:
            continue
        try:
            conversion_factor(axis.unit, wanted.unit)
        except UnitProblem as problem:
            if (
                problem.suggestion is None
                and problem.unit == axis.unit
                and "cannot be converted" in problem.reason
            ):
                yield result.file.issue(
                    ("axes", index, "unit"),
                    f"{shown(axis.unit, 40)} does not convert to {wanted.unit}",
                    found=axis.unit,
                    expected=wanted.unit,
                )


@rule(
    "RES011",
    "error",
    "correctness",
    "The statistical meaning is stated: level, sides, method",
    fair=("R1",),
    rda=("R1-01M", "R1.3-01M"),
    fix="unsafe",
    good={},
    bad={_RESULT: "statistics:\n  role: observed\n  cl: ▸90\n  sided: one\n  method: CLs\n"},
)
def statistics(file: ResultFile) -> Iterator[Issue]:
    """90 % and 95 % limits differ by a third, one- and two-sided ones by as much; without the level, two
    curves cannot be compared. `not-stated` is honest for a result that is imported from elsewhere: it is
    drawn with a mark and kept out of comparison and envelope until somebody curates it."""
    level = percent_level(file)
    if level is not None:
        yield file.issue(
            ("statistics", "cl"),
            f"confidence level {level:g}: use {level / 100:g}",
            found=f"{level:g}",
            expected=f"{level / 100:g}",
            fix=replace_value(file.path, ("statistics", "cl"), level / 100, safe=False),
        )
    names = {"cl": "confidence level", "sided": "number of sides", "method": "method"}
    curated = {str(pointer[-1]) for pointer, _ in file.select("statistics/curated/*")}
    for key, name in names.items():
        if file.text(f"statistics/{key}") == NOT_STATED and key not in curated:
            yield file.issue(
                ("statistics", key),
                f"{name} not stated: hidden from compare and envelope",
                severity="warning",
                help="look it up in the publication and write it under statistics.curated with its citation",
            )


@rule(
    "RES012",
    "warning",
    "completeness",
    "The physics assumptions that the plane asks for are stated",
    fair=("R1",),
    rda=("R1-01M", "I2-01M"),
    good={},
    bad={_RESULT: "astro: ▸{}\n"},
)
def assumptions(result: ResultRecord) -> Iterator[Issue]:
    """A limit on a cross-section scales with the local density that was assumed, one on an annihilation
    rate with the J-factor, a contour with the couplings. Two curves that assume different things cannot be
    compared, and one that says nothing with none."""
    from fairport.results.fields import missing_fields, unstated_fields

    plane = result.plane
    if isinstance(plane, FairportError):
        return
    for path in missing_fields(result.record, plane):
        pointer = tuple(path.split("."))
        yield result.file.issue(
            pointer,
            f"{path} is not given, and {plane.id} needs it",
            help=f"state {path}, or write not-stated if the source does not tell",
        )
    for path in unstated_fields(result.record, plane):
        if not path.startswith("statistics."):
            yield result.file.issue(
                tuple(path.split(".")),
                f"{path} is not stated: two limits cannot be compared without it",
                severity="note",
            )


@rule(
    "RES021",
    "error",
    "correctness",
    "The licence of a result is an SPDX expression",
    fair=("R1.1",),
    rda=("R1.1-02M", "R1.1-03M"),
    fuji=("FsF-R1.1-01M",),
    fix="safe",
    good={},
    bad={_RESULT: "licence: ▸CC BY 4.0\n"},
)
def licences(file: ResultFile, repository: Repository) -> Iterator[Issue]:
    """A catalogue shows, draws and passes on numbers only as their licence allows. `LicenseRef-none` says
    honestly that the source states none; such numbers are linked, not copied."""
    for pointer, text in file.texts("licence", "provenance/licence"):
        yield from licence_issues(file, pointer, text, repository)
