"""Workflow step 3: joint upper limit on the annihilation cross-section, as a result table and its record.

The limit is computed from the counts, not read off the grid of the likelihood step. The column p50 is the one
expected without a signal, from the background itself in place of the counts.
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

COLUMNS = ("mass", "sigmav", "p50")
FEW = 10.0  # below so many expected counts -2 ln(L / L_max) does not follow its asymptotic distribution


def import_module(path: str) -> Any:
    """Import a module of this package from its file, wherever the workflow engine has put it."""
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(Path(path).parent.absolute()))
    return importlib.import_module(Path(path).stem)


def notes(document: dict[str, Any]) -> list[str]:
    """What a reader of the limit must know."""
    total = sum(sum(target["background"]) for target in document["targets"])
    lines = [document["validity"]["note"], "The backgrounds are taken as known, not profiled."]
    if total < FEW:
        lines.append(f"Only {total:g} counts are expected: the threshold gives a limit that is too strong.")
    return lines


def record(
    records: Any,
    dwarfs: Any,
    document: dict[str, Any],
    digest: str,
    rows: Sequence[tuple[float, float, float]],
    settings: dict[str, Any],
) -> dict[str, Any]:
    """Record of the limit. ``settings`` holds channel, spectra, level, threshold, version and licence."""
    mass, sigmav, _ = zip(*rows, strict=True)
    targets = document["targets"]
    labels = {**settings, "title": f"{document['title']}: joint limit"}
    return {
        **records.head(document, "limit", "limit", f"id.ann.{settings['channel']}", labels),
        "axes": [
            records.axis("mass", "independent", "dark_matter_mass", "GeV", mass),
            records.axis("sigmav", "dependent", "annihilation_cross_section", "cm3 s-1", sigmav),
        ],
        "data": records.table("limit"),
        "bands": {"p50": "p50"},
        "geometry": {"shape": "function", "excluded": "above"},
        "interpolation": {"x": "log", "y": "log", "method": "linear", "outside": "forbid"},
        "validity": {"notes": notes(document)},
        "statistics": {
            "role": "observed",
            "cl": settings["level"],
            "sided": "one",
            "method": "profile-likelihood",
            "threshold": settings["threshold"],
            "power_constraint": "none",
            "n_obs": sum(sum(target["counts"]) for target in targets),
            "background": {"value": records.rounded(sum(sum(target["background"]) for target in targets))},
        },
        "model": {
            "dm": document["dark_matter"],
            "channel": settings["channel"],
            "branching": {settings["channel"]: 1.0},
            "spectra": settings["spectra"],
        },
        "astro": {"jfactor": [dwarfs.jfactor(target, profiled=True) for target in targets]},
        "nuisances": [dwarfs.nuisance(target, profiled=True) for target in targets],
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
    parser.add_argument("--result-version", required=True, help="version of the result")
    parser.add_argument("--table", required=True, type=Path, help="result table to write")
    parser.add_argument("--record", required=True, type=Path, help="result record to write")
    options = parser.parse_args(arguments)
    records, dwarfs = (import_module(path) for path in (options.records, options.dwarfs))
    document, digest = records.read_input(options.experiment)
    tables = json.loads(options.spectra_tables.read_text(encoding="utf-8"))
    photons = records.read_csv(options.photons)
    masses = sorted(set(photons["mass"]))
    yields = np.array(photons["photons"]).reshape(len(masses), -1)
    grid = np.array(dwarfs.log_grid(options.sigmav_min, options.sigmav_max, 10))
    targets = dwarfs.read_targets(document, np.array(masses), yields)
    observed = dwarfs.upper_limit(targets, grid, options.threshold)
    expected = dwarfs.upper_limit([dwarfs.asimov(target) for target in targets], grid, options.threshold)
    rows = [
        (mass, records.rounded(limit), records.rounded(median))
        for mass, limit, median in zip(masses, observed, expected, strict=True)
    ]
    settings = {
        "channel": options.channel,
        "spectra": tables["channels"][options.channel]["name"],
        "level": options.confidence_level,
        "threshold": options.threshold,
        "version": options.result_version,
        "licence": options.licence,
    }
    records.write_csv(options.table, COLUMNS, rows)
    records.write_json(options.record, record(records, dwarfs, document, digest, rows, settings))


if __name__ == "__main__":
    try:
        main()
    except KeyError as missing:
        raise SystemExit(f"error: the input has no {missing}") from missing
    except ValueError as problem:
        raise SystemExit(f"error: {problem}") from problem
