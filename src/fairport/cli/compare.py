"""``fairport compare``."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import click

from fairport.cli.options import format_option
from fairport.cli.output import Output, current

if TYPE_CHECKING:
    from fairport.contract.documents import PlaneAxis
    from fairport.results.compare import Comparison, Row
    from fairport.results.loaded import LoadedResult


@click.command("compare")
@click.argument("results", nargs=-1, required=True, metavar="RESULT...")
@click.option("--at", "place", metavar="mass=40GeV", help="Where; by default the middle of the common range.")
@format_option("text", "json")
def command(results: tuple[str, ...], place: str | None, fmt: str) -> None:
    """Put results of one plane side by side: observed, unconstrained and median.

    Who leads is said only when observed limits and medians agree on it and no assumption differs or is
    unknown. Nothing is combined.

    \b
    Examples:
      fairport compare lz-2024/result.yaml xenonnt-2025/result.yaml --at mass=40GeV
      fairport compare catalogue::lz-2024/si catalogue::xenonnt-2025/si --at mass=0.1TeV --format json
    """
    from fairport.results.compare import compare
    from fairport.results.resolve import resolve_all

    inputs = resolve_all(results)
    x = parse_place(place, inputs)
    found = compare(inputs, x)
    out = current()
    if fmt == "json":
        out.json(dataclasses.asdict(found))
        return
    _print(out, found, inputs[0].x_axis, x)


def parse_place(place: str | None, inputs: list[LoadedResult]) -> float:
    """Return the value of x, in the canonical unit, that ``mass=40GeV`` or ``40 GeV`` names."""
    from fairport.contract.errors import UsageError
    from fairport.results.settings import parse_quantity

    plane = inputs[0].plane
    axis = plane.axes[0]
    if len(plane.axes) == 1:
        return 0.0
    if place is None:
        return _middle(inputs)
    name, equals, value = place.rpartition("=")
    if equals and name.strip() not in {axis.name, "x", axis.quantity}:
        raise UsageError(f'"{name}" is no axis to compare at', mend=f"write --at {axis.name}=40{axis.unit}")
    return parse_quantity(value, axis.unit, "--at")


def _middle(inputs: list[LoadedResult]) -> float:
    from fairport.contract.errors import UsageError

    ranges = [result.valid_range for result in inputs]
    low, high = max(one[0] for one in ranges), min(one[1] for one in ranges)
    if not 0.0 < low <= high:
        raise UsageError("the results have no range in common", mend="choose a place with --at mass=40GeV")
    return float((low * high) ** 0.5)


def _print(out: Output, found: Comparison, axis: PlaneAxis, x: float) -> None:
    from fairport.results.compare import COLUMNS

    if found.heading:
        out.print(found.heading)
    out.print(f"{found.plane} at {axis.name} = {x:.6g} {axis.unit}")
    width = min(max(len(row.label) for row in found.rows), 44)
    head = "".join(f"{name:>14}{'/first':>8}" for name in COLUMNS)
    out.print(f"{'':<{width}}{head}  kind")
    for row in found.rows:
        out.print(_line(row, width))
    out.print(f"Reading: {found.reading}")


def _line(row: Row, width: int) -> str:
    from fairport.results.compare import COLUMNS

    cells = "".join(
        f"{_cell(row.values[name], '.3g'):>14}{_cell(row.factors[name], '.2f'):>8}" for name in COLUMNS
    )
    label = row.label if len(row.label) <= width else row.label[: width - 1] + "…"
    parts = [row.origin, f"{100.0 * row.cl:g} % CL" if row.cl is not None else "CL not stated"]
    if row.power_constraint not in {"none", "not-stated"}:
        parts.append(f"power-constrained at {row.power_constraint}")
    if row.note:
        parts.append(row.note)
    if row.crossings:
        parts.append("edges at " + ", ".join(f"{value:.3g}" for value in row.crossings))
    return f"{label:<{width}}{cells}  {', '.join(parts)}"


def _cell(value: Any, spec: str) -> str:
    return format(value, spec) if value is not None else "-"
