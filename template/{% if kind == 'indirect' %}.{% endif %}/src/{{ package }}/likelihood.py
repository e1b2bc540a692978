"""Workflow step 2: likelihood of the annihilation cross-section, target by target and jointly.

Writes for each target `profile-<id>.csv` with its record, on a grid of mass and <sigma v> at the central J
factor: what a combination with other telescopes needs, since those share the J factor, which must be profiled
once for all of them. And `joint.csv`, the sum over the targets with every J factor profiled.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

COLUMNS = ("mass", "sigmav", "ts")


def import_module(path: str) -> Any:
    """Import a module of this package from its file, wherever the workflow engine has put it."""
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(Path(path).parent.absolute()))
    return importlib.import_module(Path(path).stem)


def read_photons(records: Any, path: Path) -> tuple[Any, Any]:
    """Masses, and photons per annihilation of the shape (masses, bins), from the table of the first step."""
    table = records.read_csv(path)
    masses = sorted(set(table["mass"]))
    return np.array(masses), np.array(table["photons"]).reshape(len(masses), -1)


def rows(masses: Any, grid: Any, values: Any) -> list[tuple[float, float, float]]:
    """Rows of a profile: mass, <sigma v> and -2 ln(L / L_max), the latter to six decimals."""
    return [
        (float(mass), float(sigmav), round(float(value), 6) + 0.0)
        for mass, line in zip(masses, values, strict=True)
        for sigmav, value in zip(grid, line, strict=True)
    ]


def record(
    records: Any,
    dwarfs: Any,
    document: dict[str, Any],
    digest: str,
    targets: Sequence[dict[str, Any]],
    table: Sequence[tuple[float, float, float]],
    settings: dict[str, Any],
) -> dict[str, Any]:
    """Record of a profile of some ``targets`` (entries of the input file).

    ``settings`` holds name, title, profiled, channel, spectra, level, threshold, version and licence.
    """
    mass, sigmav, ts = zip(*table, strict=True)
    profiled = settings["profiled"]
    joint = len(targets) > 1
    return {
        **records.head(document, settings["name"], "profile", f"id.ann.{settings['channel']}", settings),
        "axes": [
            records.axis("mass", "independent", "dark_matter_mass", "GeV", mass),
            records.axis("sigmav", "independent", "annihilation_cross_section", "cm3 s-1", sigmav),
            records.axis("ts", "dependent", "test_statistic", "", ts, "lin"),
        ],
        "data": records.table(settings["name"]),
        "geometry": {"shape": "grid", "excluded": "none"},
        "interpolation": {"x": "log", "y": "lin", "method": "cubic", "outside": "forbid"},
        "statistics": {
            "role": "observed",
            "cl": settings["level"],
            "sided": "one",
            "method": "profile-likelihood",
            "threshold": settings["threshold"],
        },
        "model": {
            "dm": document["dark_matter"],
            "channel": settings["channel"],
            "branching": {settings["channel"]: 1.0},
            "spectra": settings["spectra"],
        },
        "astro": {"jfactor": [dwarfs.jfactor(target, profiled=profiled) for target in targets]},
        "profile": {
            "quantity": "-2lnL",
            "reference": "joint-minimum" if joint else "own-minimum",
            "domain": [0.0, max(sigmav)],
        },
        "nuisances": [dwarfs.nuisance(target, profiled=profiled) for target in targets],
        "data_overlap": {"datasets": [target["dataset"] for target in targets]},
        "provenance": records.provenance(document, digest),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the step."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--records", required=True, help="records.py of this package")
    parser.add_argument("--dwarfs", required=True, help="dwarfs.py of this package")
    parser.add_argument("--experiment", required=True, type=Path, help="input file, JSON")
    parser.add_argument("--spectra-tables", required=True, type=Path, help="spectra of the channels, JSON")
    parser.add_argument("--photons", required=True, type=Path, help="table of the photons step")
    parser.add_argument("--channel", required=True, help="annihilation channel")
    parser.add_argument("--sigmav-min", required=True, type=float, help="lowest <sigma v>, cm3/s")
    parser.add_argument("--sigmav-max", required=True, type=float, help="highest <sigma v>, cm3/s")
    parser.add_argument("--confidence-level", required=True, type=float, help="between 0 and 1")
    parser.add_argument("--threshold", required=True, type=float, help="-2 ln(L / L_max) at the limit")
    parser.add_argument("--licence", required=True, help="licence of the numbers, SPDX")
    parser.add_argument("--result-version", required=True, help="version of the results")
    parser.add_argument("--folder", type=Path, default=Path(), help="folder to write to")
    options = parser.parse_args(arguments)
    records, dwarfs = (import_module(path) for path in (options.records, options.dwarfs))
    document, digest = records.read_input(options.experiment)
    tables = json.loads(options.spectra_tables.read_text(encoding="utf-8"))
    masses, photons = read_photons(records, options.photons)
    grid = np.array(dwarfs.log_grid(options.sigmav_min, options.sigmav_max, 10))
    entries = document["targets"]
    targets = dwarfs.read_targets(document, masses, photons)
    common = {
        "channel": options.channel,
        "spectra": tables["channels"][options.channel]["name"],
        "level": options.confidence_level,
        "threshold": options.threshold,
        "version": options.result_version,
        "licence": options.licence,
    }
    jobs = [
        (
            {
                "name": f"profile-{entry['id']}",
                "title": f"{document['title']}: likelihood of {entry['name']}",
                "profiled": False,
            },
            [entry],
            [target],
        )
        for entry, target in zip(entries, targets, strict=True)
    ]
    jobs.append(
        (
            {"name": "joint", "title": f"{document['title']}: joint likelihood", "profiled": True},
            entries,
            targets,
        )
    )
    for own, used, chosen in jobs:
        values, _ = dwarfs.scan(chosen, grid, profiled=own["profiled"])
        table = rows(masses, grid, values)
        settings = {**common, **own}
        records.write_csv(options.folder / f"{own['name']}.csv", COLUMNS, table)
        records.write_json(
            options.folder / f"{own['name']}.result.json",
            record(records, dwarfs, document, digest, used, table, settings),
        )


if __name__ == "__main__":
    try:
        main()
    except KeyError as missing:
        raise SystemExit(f"error: the input has no {missing}") from missing
    except ValueError as problem:
        raise SystemExit(f"error: {problem}") from problem
