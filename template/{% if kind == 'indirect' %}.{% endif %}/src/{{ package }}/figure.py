"""Workflow step 4: the joint limit as a figure, with the thermal-relic cross-section for comparison.

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

BLUE, GREY = "#0072b2", "#666666"
THERMAL = 2.2e-26  # cm3/s above 10 GeV, self-conjugate: Steigman, Dasgupta, Beacom, arXiv:1204.3622


def read_table(path: Path) -> dict[str, list[float]]:
    """Columns of a result table by name."""
    with path.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return {name: [float(row[name]) for row in rows] for name in rows[0]}


def caption(record: dict[str, Any]) -> str:
    """One line with what a reader must know: level, threshold, channel, targets."""
    statistics, model = record["statistics"], record["model"]
    names = ", ".join(entry["target"] for entry in record["astro"]["jfactor"])
    nature = "self-conjugate" if model["dm"]["self_conjugate"] else "not self-conjugate"
    return (
        f"{statistics['cl']:.0%} CL, -2 ln(L/Lmax) = {statistics['threshold']:g}, J profiled. "
        f"Channel {model['channel']}, {nature}, spectra: {model['spectra']}. Targets: {names}"
    )


def draw(columns: dict[str, list[float]], record: dict[str, Any]) -> Any:
    """A matplotlib figure of the limit and of the one expected from the background."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams.update({"svg.hashsalt": "fairport", "svg.fonttype": "path", "font.size": 9.0})
    figure = Figure(figsize=(6.4, 4.8))
    axes = figure.add_axes((0.13, 0.17, 0.84, 0.73))
    mass = columns["mass"]
    axes.plot(mass, columns["sigmav"], color=BLUE, linewidth=1.8, label="limit")
    axes.plot(
        mass, columns["p50"], color=BLUE, linewidth=1.2, linestyle="--", label="expected from background"
    )
    factor = 1.0 if record["model"]["dm"]["self_conjugate"] else 2.0
    axes.axhline(factor * THERMAL, color=GREY, linewidth=1.0, linestyle=":", label="thermal relic")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(min(mass), max(mass))
    axes.tick_params(which="both", direction="in", top=True, right=True)
    axes.set_xlabel("dark-matter mass [GeV/c$^2$]")
    axes.set_ylabel(r"$\langle\sigma v\rangle$ [cm$^3$ s$^{-1}$]")
    title = record["title"] + (" (example)" if record["provenance"]["example"] else "")
    axes.set_title(textwrap.fill(title.replace("$", r"\$"), 90), fontsize=9)
    axes.legend(frameon=False, loc="upper left")
    figure.text(0.13, 0.02, textwrap.fill(caption(record).replace("$", r"\$"), 105), fontsize=7)
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
