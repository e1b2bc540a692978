"""Workflow step 2: the limit as a figure, with its expected bands and the band of the QCD axion.

The bytes of the SVG depend on nothing but the table, the record and the version of matplotlib.
"""

from __future__ import annotations

import argparse
import csv
import json
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

BLUE, INNER, OUTER, YELLOW = "#0072b2", "#9ccbe8", "#d5e9f6", "#f0e442"
# Coupling over mass, GeV^-1 per eV: alpha/(2 pi f_a) |E/N - 1.92| with m f_a = 5.70 ueV 1e12 GeV, for E/N = 0
# (KSVZ) and 8/3 (DFSZ): G. Grilli di Cortona et al., JHEP 01 (2016) 034, arXiv:1511.02867.
KSVZ, DFSZ = 3.91e-10, 1.52e-10


def read_table(path: Path) -> dict[str, list[float]]:
    """Columns of a result table by name."""
    with path.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return {name: [float(row[name]) for row in rows] for name in rows[0]}


def caption(record: dict[str, Any]) -> str:
    """One line with what a reader must know: level, method, density."""
    statistics, halo = record["statistics"], record["astro"]["halo"]
    return (
        f"{statistics['cl']:.0%} CL ({statistics['method']}), axions as all dark matter, "
        rf"$\rho_0$ = {halo['rho0']['value']:g} GeV/cm$^3$. Yellow: QCD axion, DFSZ to KSVZ."
    )


def draw(columns: dict[str, list[float]], record: dict[str, Any]) -> Any:
    """A matplotlib figure of the limit."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams.update({"svg.hashsalt": "fairport", "svg.fonttype": "path", "font.size": 9.0})
    figure = Figure(figsize=(6.4, 4.8))
    axes = figure.add_axes((0.13, 0.15, 0.84, 0.75))
    mass = [value * 1e6 for value in columns["mass"]]
    for low, high, colour, name in (("p2.5", "p97.5", OUTER, "95 %"), ("p16", "p84", INNER, "68 %")):
        axes.fill_between(
            mass, columns[low], columns[high], color=colour, linewidth=0, label=f"{name} of expected limits"
        )
    axes.plot(mass, columns["coupling"], color=BLUE, linewidth=1.2, label="limit")
    lines = [[slope * value for value in columns["mass"]] for slope in (DFSZ, KSVZ)]
    axes.fill_between(mass, *lines, color=YELLOW, alpha=0.5, linewidth=0, label="QCD axion")
    axes.set_yscale("log")
    axes.set_xlim(min(mass), max(mass))
    axes.set_ylim(0.3 * min(columns["p2.5"]), 4.0 * max(columns["p97.5"]))
    axes.tick_params(which="both", direction="in", top=True, right=True)
    axes.set_xlabel(r"axion mass [$\mu$eV/c$^2$]")
    axes.set_ylabel(r"axion-photon coupling [GeV$^{-1}$]")
    title = record["title"] + (" (example)" if record["provenance"]["example"] else "")
    axes.set_title(textwrap.fill(title.replace("$", r"\$"), 90), fontsize=9)
    axes.legend(frameon=False, loc="upper right")
    figure.text(0.13, 0.02, caption(record), fontsize=7)
    return figure


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the step."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--table", required=True, type=Path, help="result table")
    parser.add_argument("--record", required=True, type=Path, help="result record")
    parser.add_argument("--output", required=True, type=Path, help="figure to write, SVG")
    options = parser.parse_args(arguments)
    record = json.loads(options.record.read_text(encoding="utf-8"))
    figure = draw(read_table(options.table), record)
    partial = options.output.with_name(options.output.name + ".part")
    figure.savefig(partial, format="svg", metadata={"Date": None})
    partial.replace(options.output)


if __name__ == "__main__":
    main()
