"""``fairport exclude``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fairport.cli.options import format_option
from fairport.cli.output import Output, current

if TYPE_CHECKING:
    from fairport.results.exclude import Verdict
    from fairport.results.loaded import LoadedResult


@click.command("exclude")
@click.argument("points", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("results", nargs=-1, metavar="[RESULT...]")
@click.option("--plane", required=True, metavar="PLANE", help="Plane of the points.")
@click.option("--fraction", type=float, help="Fraction f of the dark matter that the particle makes up.")
@click.option(
    "--particle",
    type=click.Choice(["majorana", "dirac"]),
    help="Nature of the particle, a factor 2 in annihilation; by default as each result assumes.",
)
@format_option("text", "csv", "json")
def command(
    points: Path,
    results: tuple[str, ...],
    plane: str,
    fraction: float | None,
    particle: str | None,
    fmt: str,
) -> None:
    """Say of each model point in POINTS whether it is excluded (by what, by how much), allowed, not covered
    or unknown.

    POINTS is a CSV whose columns have the names of the axes of the plane, with a unit in brackets if it is
    not the canonical one: mass,cross_section or mass [TeV],cross_section [pbarn]. A column fraction gives f
    for each point. Without RESULT the results of the current folder are taken.

    \b
    Examples:
      fairport exclude points.csv --plane dd.si lz/result.yaml xenonnt/result.yaml
      fairport exclude points.csv --plane id.ann.bb --fraction 0.1 --format csv catalogue::lat/bb
    """
    from fairport.results.exclude import exclude
    from fairport.results.planes import Planes
    from fairport.results.points import read_points

    folders = [Path("planes")] if Path("planes").is_dir() else []
    found = Planes(*folders).get(plane)
    read = read_points(points, found, fraction)
    inputs = _inputs(results, plane)
    nature = None if particle is None else particle == "majorana"
    verdicts, notes = exclude(read, found, inputs, self_conjugate=nature)
    out = current()
    if fmt == "json":
        out.json({"plane": plane, "points": [_data(one) for one in verdicts], "notes": list(notes)})
    elif fmt == "csv":
        _csv(verdicts, [axis.name for axis in found.axes])
    else:
        _print(out, verdicts, notes, [f"{axis.name} [{axis.unit}]" for axis in found.axes])


def _inputs(results: tuple[str, ...], plane: str) -> list[LoadedResult]:
    from fairport.contract.errors import FairportError, UsageError
    from fairport.results.resolve import resolve_all, results_below
    from fairport.results.store import load_result

    if results:
        return resolve_all(results)
    inputs = []
    for path in results_below(Path()):
        try:
            loaded = load_result(path)
        except FairportError as error:
            current().note(f"{path} is not used: {error.what}")
            continue
        if loaded.plane.id == plane and not loaded.record.provenance.example:
            inputs.append(loaded)
    if not inputs:
        raise UsageError(
            f"no result of the plane {plane} was found in the current folder", mend="name results to judge by"
        )
    return inputs


def _data(verdict: Verdict) -> dict[str, Any]:
    from fairport.results.points import finite

    point = verdict.point
    return {
        "row": point.row,
        "x": finite(point.x),
        "y": finite(point.y),
        "fraction": point.fraction,
        "status": verdict.status,
        "by": verdict.by,
        "margin": verdict.margin,
        "reason": verdict.reason,
        "others": list(verdict.others),
    }


def _csv(verdicts: list[Verdict], axes: list[str]) -> None:
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["row", *axes, "fraction", "status", "by", "margin", "reason"])
    for one in verdicts:
        point = one.point
        values = [point.x, point.y] if len(axes) > 1 else [point.y]
        margin = repr(one.margin) if one.margin is not None else ""
        writer.writerow(
            [
                point.row,
                *map(repr, values),
                repr(point.fraction),
                one.status,
                one.by or "",
                margin,
                one.reason,
            ]
        )
    click.echo(text.getvalue(), nl=False)


def _print(out: Output, verdicts: list[Verdict], notes: tuple[str, ...], axes: list[str]) -> None:
    out.print(f"{'row':>4} " + "".join(f"{axis:>26}" for axis in axes) + f"  {'status':<12}{'margin':>9}  by")
    for one in verdicts:
        point = one.point
        values = [point.x, point.y] if len(axes) > 1 else [point.y]
        margin = f"{one.margin:.3g}" if one.margin is not None else ""
        told = ", ".join(part for part in (one.by, one.reason) if part)
        others = f" (and {len(one.others)} more)" if one.others else ""
        cells = "".join(f"{value:>26.5g}" for value in values)
        out.print(f"{point.row:>4} {cells}  {one.status:<12}{margin:>9}  {told}{others}")
    counts = Counter(one.status for one in verdicts)
    out.print(", ".join(f"{count} {status}" for status, count in counts.items()))
    for note in notes:
        out.print(f"note: {note}")
