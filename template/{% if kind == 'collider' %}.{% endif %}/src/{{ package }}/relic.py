"""Workflow step 2: where the model gives the observed density of dark matter, as a line in the same plane.

For each dark-matter mass the mediator mass above the resonance at which the annihilation cross-section is
that of a thermal relic. It is evaluated at the square of the relative speed 3/x with x = m/T = 25 at
freeze-out, which is right for the first two terms of its expansion in the speed (E. W. Kolb and M. S. Turner,
The Early Universe (1990), section 5.2). Nearer to the resonance than M/m = 2.4 that expansion does not hold:
there is no line.
"""

from __future__ import annotations

import argparse
import importlib
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

COLUMNS = ("mediator_mass", "mass")
# Twice the 2.2e-26 cm3/s of a self-conjugate particle (G. Steigman, B. Dasgupta, J. F. Beacom, Phys. Rev. D
# 86 (2012) 023506, arXiv:1204.3622): only half of the pairs of a Dirac particle can annihilate.
TARGET = 4.4e-26
SPEED_SQUARED = 3.0 / 25.0
NEAREST = 2.4
FARTHEST = 1e5  # GeV


def import_module(path: str) -> Any:
    """Import a module of this package from its file, wherever the workflow engine has put it."""
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(Path(path).parent.absolute()))
    return importlib.import_module(Path(path).stem)


def relic_mediator(mediator: Any, model: Any, mass: float) -> float | None:
    """Mediator mass (GeV) above the resonance that gives the relic density, None if there is none."""

    def enough(log_heavy: float) -> bool:
        return bool(mediator.annihilation(model, math.exp(log_heavy), mass, SPEED_SQUARED) > TARGET)

    low, high = math.log(NEAREST * mass), math.log(FARTHEST)
    if not enough(low) or enough(high):
        return None
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if enough(middle) else (low, middle)
    return math.exp(low)


def record(
    records: Any,
    document: dict[str, Any],
    digest: str,
    rows: Sequence[tuple[float, float]],
    settings: dict[str, Any],
) -> dict[str, Any]:
    """Record of the line. ``settings`` holds version and licence."""
    heavy, mass = zip(*rows, strict=True)
    model = document["model"]
    labels = {**settings, "title": f"{document['title']}: relic density"}
    return {
        **records.head(document, "relic", "line", "collider.mmed-mdm", labels),
        "axes": [
            records.axis("mediator_mass", "independent", "mediator_mass", "GeV", heavy, "lin"),
            records.axis("mass", "dependent", "dark_matter_mass", "GeV", mass, "lin"),
        ],
        "data": records.table("relic"),
        "geometry": {"shape": "polyline", "excluded": "none"},
        "interpolation": {"x": "lin", "y": "lin", "method": "linear", "outside": "forbid"},
        "validity": {"notes": [f"Only above the resonance, from a mediator {NEAREST:g} times as heavy on."]},
        "model": {
            "dm": {"spin": "1/2", "self_conjugate": False},
            "mediator": {"type": model["mediator"], "width": "minimal"},
            "couplings": {name: model[name] for name in ("gq", "gl", "gdm")},
        },
        "provenance": records.provenance(document, digest),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the step."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--records", required=True, help="records.py of this package")
    parser.add_argument("--mediator", required=True, help="mediator.py of this package")
    parser.add_argument("--experiment", required=True, type=Path, help="input file, JSON")
    parser.add_argument("--mass-min", required=True, type=float, help="lowest dark-matter mass, GeV")
    parser.add_argument("--mass-max", required=True, type=float, help="highest dark-matter mass, GeV")
    parser.add_argument("--points", required=True, type=int, help="dark-matter masses, at least 2")
    parser.add_argument("--licence", required=True, help="licence of the numbers, SPDX")
    parser.add_argument("--result-version", required=True, help="version of the result")
    parser.add_argument("--table", required=True, type=Path, help="result table to write")
    parser.add_argument("--record", required=True, type=Path, help="result record to write")
    options = parser.parse_args(arguments)
    records, mediator = (import_module(path) for path in (options.records, options.mediator))
    document, digest = records.read_input(options.experiment)
    chosen = document["model"]
    model = mediator.Model(chosen["mediator"], chosen["gq"], chosen["gl"], chosen["gdm"])
    ratio = options.mass_max / options.mass_min
    masses = [options.mass_min * ratio ** (k / (options.points - 1)) for k in range(options.points)]
    found = [(relic_mediator(mediator, model, mass), mass) for mass in masses]
    rows = [(records.rounded(heavy), records.rounded(mass)) for heavy, mass in found if heavy is not None]
    if len(rows) < 2:
        raise SystemExit("error: no mediator mass gives the relic density; look at the couplings and masses")
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
