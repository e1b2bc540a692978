"""Workflow step 1: simulated powers of a scan and the limit on the coupling, as table and record.

The powers are noise without a signal, drawn with the seed. Replace `haloscope.simulate` by your own data and
this step by your own analysis; keep the way in which it writes its table and record.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

BANDS = {"p2.5": 0.025, "p16": 0.16, "p50": 0.5, "p84": 0.84, "p97.5": 0.975}
COLUMNS = ("mass", "coupling", *BANDS)
UNITS = {
    "field": "T",
    "volume": "m3",
    "form_factor": "",
    "quality": "",
    "coupled": "",
    "temperature": "K",
    "time": "s",
}


def import_module(path: str) -> Any:
    """Import a module of this package from its file, wherever the workflow engine has put it.

    Paths are not resolved: an engine may stage a file as a link whose name matters.
    """
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(Path(path).parent.absolute()))
    return importlib.import_module(Path(path).stem)


def table(
    records: Any, haloscope: Any, document: dict[str, Any], level: float, seed: int, count: int
) -> list[tuple[float, ...]]:
    """Rows of the result: mass (eV), limit and its expected quantiles (GeV^-1), to six digits."""
    parts = {
        name: records.require_unit(document["resonator"][name], unit, name) for name, unit in UNITS.items()
    }
    resonator = haloscope.Resonator(**parts)
    density = records.require_unit(document["halo"]["rho0"], "GeV cm-3", "local density")
    ends = [records.require_unit(document["scan"][end], "MHz", end) * 1e6 for end in ("first", "last")]
    rows = []
    excesses = haloscope.simulate(seed, count)
    for frequency, excess in zip(haloscope.frequencies(*ends, count), excesses, strict=True):
        quantiles = [haloscope.NORMAL.inv_cdf(quantile) for quantile in BANDS.values()]
        limits = [
            haloscope.coupling_limit(resonator, frequency, value, level, density)
            for value in (excess, *quantiles)
        ]
        rows.append(tuple(records.rounded(v) for v in (haloscope.mass_of(frequency), *limits)))
    return rows


def record(
    records: Any,
    document: dict[str, Any],
    digest: str,
    rows: Sequence[tuple[float, ...]],
    settings: dict[str, Any],
) -> dict[str, Any]:
    """Record of the limit. ``settings`` holds title, level, version and licence."""
    return {
        **records.head(document, "coupling", "limit", document["plane"], settings),
        "axes": [
            records.axis("mass", "independent", "axion_mass", "eV", [row[0] for row in rows]),
            records.axis("coupling", "dependent", "axion_photon_coupling", "GeV-1", [row[1] for row in rows]),
        ],
        "data": records.table("coupling"),
        "bands": {name: name for name in BANDS},
        "geometry": {"shape": "function", "excluded": "above"},
        "interpolation": {"x": "log", "y": "log", "method": "linear", "outside": "forbid"},
        "validity": {"notes": [document["validity"]["note"]]},
        "statistics": {
            "role": "observed",
            "cl": settings["level"],
            "sided": "one",
            "method": "CLs",
            "power_constraint": "none",
        },
        "model": {"dm": {"spin": "0", "self_conjugate": True, "local_fraction": 1.0}},
        "astro": {"halo": {key: records.quantity(value) for key, value in document["halo"].items()}},
        "data_overlap": {"datasets": [document["dataset"]]},
        "provenance": records.provenance(document, digest),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the step."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--records", required=True, help="records.py of this package")
    parser.add_argument("--haloscope", required=True, help="haloscope.py of this package")
    parser.add_argument("--experiment", required=True, type=Path, help="input file, JSON")
    parser.add_argument("--seed", required=True, type=int, help="seed of the simulation")
    parser.add_argument("--frequencies", required=True, type=int, help="number of frequencies, at least 2")
    parser.add_argument("--confidence-level", required=True, type=float, help="between 0 and 1")
    parser.add_argument("--licence", required=True, help="licence of the numbers, SPDX")
    parser.add_argument("--result-version", required=True, help="version of the result")
    parser.add_argument("--table", required=True, type=Path, help="result table to write")
    parser.add_argument("--record", required=True, type=Path, help="result record to write")
    options = parser.parse_args(arguments)
    records, haloscope = (import_module(path) for path in (options.records, options.haloscope))
    document, digest = records.read_input(options.experiment)
    level = options.confidence_level
    rows = table(records, haloscope, document, level, options.seed, options.frequencies)
    settings = {
        "title": document["title"],
        "level": level,
        "version": options.result_version,
        "licence": options.licence,
    }
    records.write_csv(options.table, COLUMNS, rows)
    records.write_json(options.record, record(records, document, digest, rows, settings))


if __name__ == "__main__":
    try:
        main()
    except KeyError as missing:
        raise SystemExit(f"error: the input has no {missing}") from missing
    except ValueError as problem:
        raise SystemExit(f"error: {problem}") from problem
