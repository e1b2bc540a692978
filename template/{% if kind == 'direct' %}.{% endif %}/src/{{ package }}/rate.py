"""Workflow step 1: expected signal events against WIMP mass.

Reads the experiment (data/experiment.json), writes a CSV with the columns mass [GeV], cross_section [cm2]
and events: the events that a WIMP of this mass and this reference cross-section would give. Events scale
with the cross-section.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

COLUMNS = ("mass", "cross_section", "events")


def import_module(path: str) -> Any:
    """Import a module of this package from its file, wherever the workflow engine has put it.

    Paths are not resolved: an engine may stage a file as a link whose name matters.
    """
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(Path(path).parent.absolute()))
    return importlib.import_module(Path(path).stem)


def require_unit(quantity: dict[str, Any], unit: str, name: str) -> float:
    """Value of a quantity, refusing any unit but the expected one (a wrong unit is a wrong limit)."""
    if quantity["unit"] != unit:
        raise SystemExit(
            f"error: {name} of the experiment file is in {quantity['unit']!r}; this step reads {unit!r}"
        )
    return float(quantity["value"])


def read_halo(recoil: Any, halo: dict[str, Any]) -> Any:
    """The halo of the experiment file as ``recoil.Halo``."""
    units = {"rho0": "GeV cm-3", "v0": "km s-1", "vesc": "km s-1", "v_earth": "km s-1"}
    return recoil.Halo(**{key: require_unit(halo[key], unit, f"halo {key}") for key, unit in units.items()})


def rates(recoil: Any, experiment: dict[str, Any], masses: Sequence[float], reference: float) -> list[float]:
    """Events at the reference cross-section (cm2) for each mass (GeV), to six significant digits.

    Rounding makes the table the same on every machine: libraries differ in the last bits of a double.
    """
    isotopes = [recoil.Isotope(**isotope) for isotope in experiment["target"]["isotopes"]]
    exposure = require_unit(experiment["exposure"], "kg d", "exposure")
    halo = read_halo(recoil, experiment["halo"])
    interaction = experiment.get("interaction", "si")
    events = recoil.expected_events(
        masses, reference, exposure, isotopes, halo, experiment["acceptance"], interaction
    )
    return [float(f"{value:.6g}") for value in events]


def write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write a CSV table, first under another name, so that a failed step leaves no output behind."""
    partial = path.with_name(path.name + ".part")
    with partial.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    partial.replace(path)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the step."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--recoil", required=True, help="recoil.py of this package")
    parser.add_argument("--experiment", required=True, type=Path, help="experiment file, JSON")
    parser.add_argument("--mass-min", required=True, type=float, help="lowest WIMP mass, GeV")
    parser.add_argument("--mass-max", required=True, type=float, help="highest WIMP mass, GeV")
    parser.add_argument("--points-per-decade", required=True, type=int, help="masses per factor of ten")
    parser.add_argument("--reference", type=float, default=1e-45, help="reference cross-section, cm2")
    parser.add_argument("--output", required=True, type=Path, help="table to write")
    options = parser.parse_args(arguments)
    recoil = import_module(options.recoil)
    experiment = json.loads(options.experiment.read_text(encoding="utf-8"))
    masses = recoil.mass_grid(options.mass_min, options.mass_max, options.points_per_decade)
    events = rates(recoil, experiment, masses, options.reference)
    write_csv(
        options.output, COLUMNS, [(m, options.reference, n) for m, n in zip(masses, events, strict=True)]
    )


if __name__ == "__main__":
    main()
