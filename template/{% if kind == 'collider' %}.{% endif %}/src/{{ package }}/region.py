"""Workflow step 1: the excluded region in mediator mass and dark-matter mass, as table and record.

The input file holds either `contour`, the points (M, m) of a published exclusion contour for these couplings,
or `limits` on the rate of a resonance with the `production` rate of the mediator.
"""

from __future__ import annotations

import argparse
import importlib
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

COLUMNS = ("mediator_mass", "mass", "ring")


def import_module(path: str) -> Any:
    """Import a module of this package from its file, wherever the workflow engine has put it.

    Paths are not resolved: an engine may stage a file as a link whose name matters.
    """
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(Path(path).parent.absolute()))
    return importlib.import_module(Path(path).stem)


def from_limits(
    mediator: Any, exclusion: Any, document: dict[str, Any], model: Any, step: float, mass_max: float
) -> list[Any]:
    """Polygons from limits on the rate of a resonance, on a grid of mediator masses ``step`` GeV apart.

    Raises SystemExit when the units of limits and production differ: a table that says pb and means fb is a
    region that is wrong by a lot.
    """
    limits, production = document["limits"], document["production"]
    if limits["unit"] != production["unit"]:
        raise SystemExit(f"error: limits are in {limits['unit']!r}, production in {production['unit']!r}")
    table = exclusion.LimitTable(limits["widths"], limits["rows"])
    products = tuple(limits["products"])

    def excluded(heavy: float, mass: float) -> bool:
        rate = exclusion.log_interpolate(heavy, production["knots"])
        share = mediator.branching(model, heavy, mass, products)
        width = mediator.total_width(model, heavy, mass) / heavy
        if share <= 0.0:
            return False
        prediction = rate + 2.0 * math.log(model.gq / production["gq"]) + math.log(share)
        return bool(prediction > table.log_limit(heavy, width))  # false outside the tables (NaN)

    first = max(table.masses[0], production["knots"][0][0])
    last = min(table.masses[-1], production["knots"][-1][0])
    count = math.floor((last - first) / step + 1e-9)
    grid = [first + k * step for k in range(count + 1)]
    if grid[-1] < last:
        grid.append(last)
    found: list[Any] = exclusion.rings(excluded, grid, mass_max)
    return found


def record(
    records: Any,
    document: dict[str, Any],
    digest: str,
    rows: Sequence[tuple[float, float, float]],
    settings: dict[str, Any],
) -> dict[str, Any]:
    """Record of the region. ``settings`` holds version and licence."""
    heavy, mass, _ = zip(*rows, strict=True)
    model = document["model"]
    labels = {**settings, "title": f"{document['title']}: excluded region"}
    return {
        **records.head(document, "region", "region", "collider.mmed-mdm", labels),
        "axes": [
            records.axis("mediator_mass", "independent", "mediator_mass", "GeV", heavy, "lin"),
            records.axis("mass", "dependent", "dark_matter_mass", "GeV", mass, "lin"),
        ],
        "data": records.table("region"),
        "geometry": {"shape": "polygon", "excluded": "inside", "closed": True, "rings": "ring"},
        "validity": {"notes": document["validity"]["notes"]},
        "statistics": document["statistics"],
        "model": {
            "dm": {"spin": "1/2", "self_conjugate": False},
            "mediator": {"type": model["mediator"], "width": "minimal"},
            "couplings": {name: model[name] for name in ("gq", "gl", "gdm")},
        },
        "data_overlap": {"datasets": [document["dataset"]]},
        "provenance": records.provenance(document, digest),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the step."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--records", required=True, help="records.py of this package")
    parser.add_argument("--mediator", required=True, help="mediator.py of this package")
    parser.add_argument("--exclusion", required=True, help="exclusion.py of this package")
    parser.add_argument("--experiment", required=True, type=Path, help="input file, JSON")
    parser.add_argument("--mediator-step", required=True, type=float, help="GeV between mediator masses")
    parser.add_argument("--mass-max", required=True, type=float, help="highest dark-matter mass, GeV")
    parser.add_argument("--licence", required=True, help="licence of the numbers, SPDX")
    parser.add_argument("--result-version", required=True, help="version of the result")
    parser.add_argument("--table", required=True, type=Path, help="result table to write")
    parser.add_argument("--record", required=True, type=Path, help="result record to write")
    options = parser.parse_args(arguments)
    records, mediator, exclusion = (
        import_module(path) for path in (options.records, options.mediator, options.exclusion)
    )
    document, digest = records.read_input(options.experiment)
    chosen = document["model"]
    model = mediator.Model(chosen["mediator"], chosen["gq"], chosen["gl"], chosen["gdm"])
    if "contour" in document:
        if document["contour"]["unit"] != "GeV":
            raise SystemExit("error: the contour of the input file must be in GeV")
        polygons = [exclusion.under_contour(document["contour"]["points"])]
    else:
        step, mass_max = options.mediator_step, options.mass_max
        polygons = from_limits(mediator, exclusion, document, model, step, mass_max)
    if not polygons:
        raise SystemExit("error: no point of the plane is excluded; look at the couplings and the production")
    rows = [
        (records.rounded(heavy), records.rounded(mass), float(number))
        for number, polygon in enumerate(polygons, start=1)
        for heavy, mass in polygon
    ]
    settings = {"version": options.result_version, "licence": options.licence}
    records.write_csv(options.table, COLUMNS, rows)
    records.write_json(options.record, record(records, document, digest, rows, settings))


if __name__ == "__main__":
    try:
        main()
    except KeyError as missing:
        raise SystemExit(f"error: the input has no {missing}") from missing
    except ValueError as problem:
        raise SystemExit(f"error: {problem}") from problem
