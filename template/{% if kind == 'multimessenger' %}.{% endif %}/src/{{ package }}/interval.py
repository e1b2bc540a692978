"""Workflow step 2: credible interval of the fraction from the scans of all telescopes together.

Adds the scans replica by replica, finds the most probable value and the connected interval of highest density
of each replica, and averages them: what a typical observation would say. Any tables with the columns replica,
fraction and ts do; the fractions may differ from replica to replica when there is one table.
"""

from __future__ import annotations

import argparse
import importlib
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

COLUMNS = ("replica", "value", "low", "high")


def import_module(path: str) -> Any:
    """Import a module of this package from its file, wherever the workflow engine has put it."""
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(Path(path).parent.absolute()))
    return importlib.import_module(Path(path).stem)


def read_scan(records: Any, path: Path) -> dict[float, dict[float, float]]:
    """Replica to fraction to ts."""
    table = records.read_csv(path)
    scan: dict[float, dict[float, float]] = {}
    for replica, fraction, ts in zip(table["replica"], table["fraction"], table["ts"], strict=True):
        scan.setdefault(replica, {})[fraction] = ts
    return scan


def add(scans: Sequence[dict[float, dict[float, float]]]) -> dict[float, dict[float, float]]:
    """Sum of scans. Raises SystemExit unless they hold the same replicas and fractions."""
    total = scans[0]
    for other in scans[1:]:
        if {k: set(v) for k, v in other.items()} != {k: set(v) for k, v in total.items()}:
            raise SystemExit("error: the scans do not hold the same replicas and fractions")
        total = {r: {f: ts + other[r][f] for f, ts in line.items()} for r, line in total.items()}
    return total


def record(
    records: Any, document: dict[str, Any], digest: str, mean: Sequence[float], settings: dict[str, Any]
) -> dict[str, Any]:
    """Record of the averaged interval. ``settings`` holds injected, level, replicas, version and licence."""
    value, low, high = mean
    title = f"{document['title']}, injected fraction {settings['injected']:g}: all telescopes"
    return {
        **records.head(document, "fraction", "point", document["plane"], {**settings, "title": title}),
        "values": [
            {
                "name": "fraction",
                "quantity": "hadronic_fraction",
                "unit": "",
                "value": records.rounded(value),
                "minus": records.rounded(value - low),
                "plus": records.rounded(high - value),
            }
        ],
        "statistics": {
            "role": "injected",
            "cl": settings["level"],
            "sided": "credible",
            "method": "bayesian",
            "prior": "flat in the fraction",
            "toys": settings["replicas"],
        },
        "data_overlap": {"datasets": [telescope["dataset"] for telescope in document["telescopes"]]},
        "provenance": records.provenance(document, digest),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the step."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--records", required=True, help="records.py of this package")
    parser.add_argument("--intervals", required=True, help="intervals.py of this package")
    parser.add_argument("--experiment", required=True, type=Path, help="input file, JSON")
    parser.add_argument("--scans", required=True, nargs="+", type=Path, help="tables of the scan step")
    parser.add_argument("--injected-fraction", required=True, type=float, help="true fraction, 0 to 1")
    parser.add_argument("--credible-level", required=True, type=float, help="between 0 and 1")
    parser.add_argument("--licence", required=True, help="licence of the numbers, SPDX")
    parser.add_argument("--result-version", required=True, help="version of the result")
    parser.add_argument("--table", required=True, type=Path, help="table of the replicas to write")
    parser.add_argument("--record", required=True, type=Path, help="result record to write")
    options = parser.parse_args(arguments)
    records, intervals = (import_module(path) for path in (options.records, options.intervals))
    document, digest = records.read_input(options.experiment)
    total = add([read_scan(records, path) for path in options.scans])
    rows = []
    for replica, line in sorted(total.items()):
        grid, density = intervals.posterior(list(line), list(line.values()), 0.0, 1.0)
        found = intervals.highest_density(grid, density, options.credible_level)
        rows.append((replica, *(records.rounded(value) for value in found)))
    mean = [math.fsum(column) / len(rows) for column in list(zip(*rows, strict=True))[1:]]
    settings = {
        "injected": options.injected_fraction,
        "level": options.credible_level,
        "replicas": len(rows),
        "version": options.result_version,
        "licence": options.licence,
    }
    records.write_csv(options.table, COLUMNS, rows)
    records.write_json(options.record, record(records, document, digest, mean, settings))


if __name__ == "__main__":
    try:
        main()
    except KeyError as missing:
        raise SystemExit(f"error: the input has no {missing}") from missing
    except ValueError as problem:
        raise SystemExit(f"error: {problem}") from problem
