"""Workflow step 1: likelihood scans of simulated observations, one result for each telescope.

Writes `<telescope>.csv` with the columns replica, fraction and ts = -2 ln(L / L_max), and its record. Both
telescopes look at the same source, so that their scans add up replica by replica.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

COLUMNS = ("replica", "fraction", "ts")


def import_module(path: str) -> Any:
    """Import a module of this package from its file, wherever the workflow engine has put it.

    Paths are not resolved: an engine may stage a file as a link whose name matters.
    """
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(Path(path).parent.absolute()))
    return importlib.import_module(Path(path).stem)


def bins_of(telescope: dict[str, Any]) -> list[tuple[float, float, float]]:
    """Hadronic, leptonic and background counts of each bin. Raises SystemExit if the lists do not match."""
    lists = [telescope[key] for key in ("hadronic", "leptonic", "background")]
    if len({len(values) for values in lists}) != 1:
        raise SystemExit(f"error: {telescope['name']}: hadronic, leptonic and background differ in length")
    return list(zip(*lists, strict=True))


def record(
    records: Any,
    document: dict[str, Any],
    digest: str,
    telescope: dict[str, Any],
    rows: Sequence[tuple[float, float, float]],
    settings: dict[str, Any],
) -> dict[str, Any]:
    """Record of one telescope's scans. ``settings`` holds injected, level, version and licence."""
    replica, fraction, ts = zip(*rows, strict=True)
    title = f"{document['title']}, injected fraction {settings['injected']:g}: {telescope['name']}"
    head = records.head(document, telescope["id"], "profile", document["plane"], {**settings, "title": title})
    return {
        **head,
        "axes": [
            records.axis("replica", "replica", "replica", "", replica, "lin"),
            records.axis("fraction", "independent", "hadronic_fraction", "", fraction, "lin"),
            records.axis("ts", "dependent", "test_statistic", "", ts, "lin"),
        ],
        "data": records.table(telescope["id"]),
        "geometry": {"shape": "grid", "excluded": "none"},
        "interpolation": {"x": "lin", "y": "lin", "method": "cubic", "outside": "forbid"},
        "statistics": {
            "role": "injected",
            "cl": settings["level"],
            "sided": "credible",
            "method": "bayesian",
            "prior": "flat in the fraction",
            "toys": len(set(replica)),
        },
        "model": {},
        "astro": {},
        "profile": {
            "quantity": "-2lnL",
            "reference": "own-minimum",
            "domain": [0.0, 1.0],
            "replica_axis": "replica",
        },
        "data_overlap": {"datasets": [telescope["dataset"]]},
        "provenance": records.provenance(document, digest),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the step."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--records", required=True, help="records.py of this package")
    parser.add_argument("--scans", required=True, help="scans.py of this package")
    parser.add_argument("--experiment", required=True, type=Path, help="input file, JSON")
    parser.add_argument("--injected-fraction", required=True, type=float, help="true fraction, 0 to 1")
    parser.add_argument("--seed", required=True, type=int, help="seed of the simulation")
    parser.add_argument("--replicas", required=True, type=int, help="number of simulated observations")
    parser.add_argument(
        "--scan-points", required=True, type=int, help="fractions between 0 and 1, at least 4"
    )
    parser.add_argument("--credible-level", required=True, type=float, help="between 0 and 1")
    parser.add_argument("--licence", required=True, help="licence of the numbers, SPDX")
    parser.add_argument("--result-version", required=True, help="version of the results")
    parser.add_argument("--folder", type=Path, default=Path(), help="folder to write to")
    options = parser.parse_args(arguments)
    records, scans = (import_module(path) for path in (options.records, options.scans))
    document, digest = records.read_input(options.experiment)
    if options.scan_points < 4 or options.replicas < 1:
        raise SystemExit("error: a scan needs at least 4 points and one replica")
    fractions = [records.rounded(k / (options.scan_points - 1)) for k in range(options.scan_points)]
    telescopes = document["telescopes"]
    bins = [bins_of(telescope) for telescope in telescopes]
    observed = scans.simulate(bins, options.injected_fraction, options.seed, options.replicas)
    settings = {
        "injected": options.injected_fraction,
        "level": options.credible_level,
        "version": options.result_version,
        "licence": options.licence,
    }
    for index, telescope in enumerate(telescopes):
        rows = [
            (float(replica), fraction, round(ts, 6) + 0.0)
            for replica, counts in enumerate(observed, start=1)
            for fraction, ts in zip(
                fractions, scans.statistic(bins[index], counts[index], fractions), strict=True
            )
        ]
        name = telescope["id"]
        records.write_csv(options.folder / f"{name}.csv", COLUMNS, rows)
        document_of_one = record(records, document, digest, telescope, rows, settings)
        records.write_json(options.folder / f"{name}.result.json", document_of_one)


if __name__ == "__main__":
    try:
        main()
    except KeyError as missing:
        raise SystemExit(f"error: the input has no {missing}") from missing
    except ValueError as problem:
        raise SystemExit(f"error: {problem}") from problem
