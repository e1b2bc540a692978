"""Workflow step 1: gamma rays of one annihilation in each energy bin, against dark-matter mass.

Reads the energy bins of the input file and the spectra of the channel, writes a CSV with the columns mass
[GeV], energy_low [GeV], energy_high [GeV] and photons.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

COLUMNS = ("mass", "energy_low", "energy_high", "photons")


def import_module(path: str) -> Any:
    """Import a module of this package from its file, wherever the workflow engine has put it.

    Paths are not resolved: an engine may stage a file as a link whose name matters.
    """
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(Path(path).parent.absolute()))
    return importlib.import_module(Path(path).stem)


def choose(tables: dict[str, Any], channel: str, mass_min: float) -> dict[str, Any]:
    """The spectra of one channel.

    Raises ValueError, naming the channels there are, if it is missing, or when dark matter of the lowest mass
    (GeV) is lighter than what it would annihilate into.
    """
    channels: dict[str, Any] = tables["channels"]
    if channel not in channels:
        raise ValueError(f"no spectrum of channel {channel!r}; there are {', '.join(sorted(channels))}")
    found: dict[str, Any] = channels[channel]
    least = float(found.get("mass_min", {"value": 0.0})["value"])
    if mass_min < least:
        raise ValueError(
            f"channel {channel} begins at {least:g} GeV, and the lowest mass is {mass_min:g} GeV"
        )
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the step."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--records", required=True, help="records.py of this package")
    parser.add_argument("--dwarfs", required=True, help="dwarfs.py of this package")
    parser.add_argument("--spectra", required=True, help="spectra.py of this package")
    parser.add_argument("--experiment", required=True, type=Path, help="input file, JSON")
    parser.add_argument("--spectra-tables", required=True, type=Path, help="spectra of the channels, JSON")
    parser.add_argument("--channel", required=True, help="annihilation channel")
    parser.add_argument("--mass-min", required=True, type=float, help="lowest mass, GeV")
    parser.add_argument("--mass-max", required=True, type=float, help="highest mass, GeV")
    parser.add_argument("--points-per-decade", required=True, type=int, help="masses per factor of ten")
    parser.add_argument("--output", required=True, type=Path, help="table to write")
    options = parser.parse_args(arguments)
    records, dwarfs, spectra = (
        import_module(path) for path in (options.records, options.dwarfs, options.spectra)
    )
    document, _ = records.read_input(options.experiment)
    tables = json.loads(options.spectra_tables.read_text(encoding="utf-8"))
    if document["energy_edges"]["unit"] != "GeV":
        raise SystemExit("error: the energy edges of the input file must be in GeV")
    edges = [float(edge) for edge in document["energy_edges"]["values"]]
    channel = choose(tables, options.channel, options.mass_min)
    rows: list[tuple[float, float, float, float]] = []
    for mass in dwarfs.log_grid(options.mass_min, options.mass_max, options.points_per_decade):
        counts = spectra.photons(channel, mass, edges)
        bins = zip(edges[:-1], edges[1:], counts, strict=True)
        rows += [(mass, low, high, records.rounded(count)) for low, high, count in bins]
    records.write_csv(options.output, COLUMNS, rows)


if __name__ == "__main__":
    try:
        main()
    except KeyError as missing:
        raise SystemExit(f"error: the input has no {missing}") from missing
    except ValueError as problem:
        raise SystemExit(f"error: {problem}") from problem
