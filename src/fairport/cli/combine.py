"""``fairport combine``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fairport.cli.options import format_option
from fairport.cli.output import Output, current

if TYPE_CHECKING:
    from fairport.results.combination.joint import Combination
    from fairport.results.combination.scans import Credible
    from fairport.results.deriving import Derived
    from fairport.results.envelope import Envelope
    from fairport.results.loaded import LoadedResult


@click.command("combine")
@click.argument("results", nargs=-1, required=True, metavar="RESULT...")
@click.option(
    "--method",
    type=click.Choice(["joint-likelihood", "envelope"]),
    default="joint-likelihood",
    show_default=True,
    help="Multiply likelihoods, or take the strongest limit at each mass.",
)
@click.option("--cl", type=float, help="Confidence level such as 0.95; by default that of the records.")
@click.option(
    "--statistic",
    type=click.Choice(["threshold", "cls", "toys", "credible"]),
    help="How the limit is read; by default threshold, credible for scans of one parameter.",
)
@click.option("--threshold", type=float, help="Threshold on -2 ln(L/Lmax), such as 2.71.")
@click.option(
    "--nuisance", "nuisances", multiple=True, metavar="NAME=SIGMA|none", help="Change or fix a nuisance."
)
@click.option("--no-nuisances", is_flag=True, help="Hold all nuisances fixed.")
@click.option(
    "--include",
    multiple=True,
    type=click.Choice(["digitised", "recast", "projection", "simulation", "expected", "superseded"]),
    help="Let an envelope take these too.",
)
@click.option("--toys", type=click.IntRange(100, 1_000_000), default=10_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the pseudo-experiments.")
@click.option("--id", "name", help="Identifier of the new result; by default the name of OUTPUT.")
@click.option("--no-figure", is_flag=True, help="Draw no figure.")
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), required=True)
@format_option("text", "json")
def command(
    results: tuple[str, ...],
    method: str,
    cl: float | None,
    statistic: str | None,
    threshold: float | None,
    nuisances: tuple[str, ...],
    no_nuisances: bool,
    include: tuple[str, ...],
    toys: int,
    seed: int,
    name: str | None,
    no_figure: bool,
    output: Path,
    fmt: str,
) -> None:
    """Combine results of one plane into a new result in the folder OUTPUT.

    Likelihoods (kind: profile) are multiplied, with the J factor of each target profiled once. Limits are
    never turned into likelihoods; --method envelope takes the strongest at each mass and is no combination.

    \b
    Examples:
      fairport combine magic-draco/bb lat-draco/bb -o results/joint-bb
      fairport combine a/result.yaml b/result.yaml --cl 0.95 --nuisance Draco=0.12 -o joint
      fairport combine lz/si xenonnt/si --method envelope -o envelope
    """
    from fairport.results.deriving import write
    from fairport.results.resolve import resolve_all

    inputs = resolve_all(results)
    name = name or output.resolve().name
    out = current()
    if method == "envelope":
        _only_joint(statistic, threshold, nuisances, no_nuisances)
        derived, report, drawn = _envelope(inputs, frozenset(include), cl, name)
    else:
        _refuse_include(include)
        statistic = statistic or ("credible" if len(inputs[0].plane.axes) == 1 else "threshold")
        if statistic == "credible":
            derived, report, drawn = _credible(inputs, cl, name)
        else:
            from fairport.results.combination.joint import Options

            options = Options(
                cl, statistic, threshold, _nuisances(nuisances), not no_nuisances, toys, seed, name
            )
            derived, report, drawn = _joint(inputs, options)
    record = write(derived, output)
    if not no_figure:
        draw(derived, drawn, output)
    report |= {"record": str(record), "licence": derived.terms.licence, "notes": list(derived.notes)}
    report["redistributable"] = derived.terms.redistributable
    if fmt == "json":
        out.json(report)
        return
    _print(out, report, record)


def draw(derived: Derived, others: list[LoadedResult], output: Path) -> None:
    """Write ``figure.svg`` and ``figure.png`` of a derived result with those it came from."""
    from fairport.results.figure.figures import draw_plane, save

    figure = draw_plane(derived.plane, [*others, derived.loaded()])
    for suffix in ("svg", "png"):
        save(figure, output / f"figure.{suffix}")


def _joint(inputs: list[LoadedResult], options: Any) -> tuple[Derived, dict[str, Any], list[LoadedResult]]:
    from fairport.results.combination.combine import combine
    from fairport.results.combination.record import singles_as_results

    found, derived = combine(inputs, options)
    rows = _mass_rows(inputs, found)
    report = {"method": "joint-likelihood", "cl": found.cl, "statistic": options.statistic, "rows": rows}
    if options.statistic == "threshold":
        report["threshold"] = found.threshold
    return derived, report, singles_as_results(inputs, found)


def _mass_rows(inputs: list[LoadedResult], found: Combination) -> list[dict[str, Any]]:
    import numpy as np

    rows = []
    for m, mass in enumerate(found.tables.masses):
        singles = found.singles[:, m]
        best = int(np.nanargmin(singles)) if np.any(np.isfinite(singles)) else None
        added = found.contributions[:, m]
        most = int(np.nanargmax(added)) if np.any(np.isfinite(added)) else None
        limit = float(found.limits[m])
        rows.append(
            {
                "mass": float(mass),
                "limit": limit if np.isfinite(limit) else None,
                "best_single": float(singles[best]) if best is not None else None,
                "best": inputs[best].id if best is not None else None,
                "most_weight": inputs[most].id if most is not None else None,
                "experiments": int(np.sum(found.tables.covered[:, m])),
            }
        )
    return rows


def _credible(
    inputs: list[LoadedResult], cl: float | None, name: str | None
) -> tuple[Derived, dict[str, Any], list[LoadedResult]]:
    from fairport.results.combination.scans import combine_scans, singles_as_results

    found, derived = combine_scans(inputs, cl=cl, name=name)
    drawn = singles_as_results(inputs, found) if len(inputs) > 1 else []
    return derived, _interval_report(inputs, found), drawn


def _interval_report(inputs: list[LoadedResult], found: Credible) -> dict[str, Any]:
    def one(label: str, averaged: Any) -> dict[str, Any]:
        interval = averaged.interval
        return {
            "result": label,
            "mode": interval.mode,
            "low": interval.low,
            "high": interval.high,
            "realisations": averaged.replicas,
        }

    rows = [one(result.id, single) for result, single in zip(inputs, found.singles, strict=True)]
    whole = one("together", found.averaged)
    return {
        "method": "credible-interval",
        "cl": found.cl,
        "intervals": [*rows, whole] if len(rows) > 1 else rows,
    }


def _envelope(
    inputs: list[LoadedResult], include: frozenset[str], cl: float | None, name: str | None
) -> tuple[Derived, dict[str, Any], list[LoadedResult]]:
    from fairport.results.envelope import envelope

    found, derived = envelope(inputs, include=include, cl=cl, name=name)
    return derived, _envelope_report(found), list(found.members)


def _envelope_report(found: Envelope) -> dict[str, Any]:
    from fairport.results.envelope import strongest_in

    ranges: list[dict[str, Any]] = [
        {"winner": member.id, "from": low, "to": high}
        for k, member in enumerate(found.members)
        for low, high in strongest_in(found, k)
    ]
    return {
        "method": "envelope",
        "members": [member.id for member in found.members],
        "left_out": list(found.left_out),
        "winners": sorted(ranges, key=lambda one: one["from"]),
    }


def _print(out: Output, report: dict[str, Any], record: Path) -> None:
    if report["method"] == "joint-likelihood":
        out.print(f"{'mass':>10} {'limit':>11} {'best alone':>11} {'gain':>6}  most weight")
        for row in report["rows"]:
            gain = row["best_single"] / row["limit"] if row["limit"] and row["best_single"] else None
            out.print(
                f"{row['mass']:>10.5g} {_number(row['limit']):>11} {_number(row['best_single']):>11} "
                f"{f'{gain:.2f}' if gain else '':>6}  {row['most_weight'] or ''}"
            )
    elif report["method"] == "envelope":
        out.print("An envelope, not a combination.")
        for one in report["winners"]:
            out.print(f"{one['from']:>10.4g} to {one['to']:<10.4g} {one['winner']}")
    else:
        for one in report["intervals"]:
            out.print(
                f"{one['result']}: {one['mode']:.4g}, {100.0 * report['cl']:g} % from {one['low']:.4g} to "
                f"{one['high']:.4g}"
            )
    for note in [*report["notes"], *report.get("left_out", [])]:
        out.print(f"note: {note}")
    out.print(
        f"licence: {report['licence']}" + ("" if report["redistributable"] else " (link, do not hand on)")
    )
    out.print(f"wrote {record}")


def _number(value: float | None) -> str:
    return f"{value:.4g}" if value is not None else "none"


def _nuisances(pairs: tuple[str, ...]) -> dict[str, float | None]:
    from fairport.contract.errors import UsageError

    found: dict[str, float | None] = {}
    for pair in pairs:
        name, equals, value = pair.rpartition("=")
        try:
            found[name] = None if value.strip().lower() == "none" else float(value)
        except ValueError:
            equals = ""
        width = found.get(name)
        if not equals or not name or (width is not None and not 0.0 <= width < 10.0):
            raise UsageError(
                f'"{pair}" is no nuisance', mend="write --nuisance Draco=0.12 or --nuisance Draco=none"
            )
    return found


def _only_joint(
    statistic: str | None, threshold: float | None, nuisances: tuple[str, ...], none: bool
) -> None:
    from fairport.contract.errors import UsageError

    if statistic or threshold is not None or nuisances or none:
        raise UsageError(
            "an envelope has no statistic, threshold or nuisances of its own", mend="leave these options out"
        )


def _refuse_include(include: tuple[str, ...]) -> None:
    from fairport.contract.errors import UsageError

    if include:
        raise UsageError("--include chooses members of an envelope", mend="add --method envelope")
