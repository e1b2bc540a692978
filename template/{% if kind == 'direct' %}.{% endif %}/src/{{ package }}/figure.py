"""Workflow step 3: the limit as a figure.

Draws the result table with its record's title and expected bands. The bytes of the SVG depend on nothing
but the table, the record and the version of matplotlib.
"""

from __future__ import annotations

import argparse
import csv
import json
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

LABELS = {"dd.si": "SI", "dd.sdp": "SD, proton", "dd.sdn": "SD, neutron"}
BLUE, INNER, OUTER = "#0072b2", "#9ccbe8", "#d5e9f6"


def read_table(path: Path) -> dict[str, list[float]]:
    """Columns of a result table by name."""
    with path.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return {name: [float(row[name]) for row in rows] for name in rows[0]}


def caption(record: dict[str, Any]) -> str:
    """One line with what a reader must know: method, level, counts, halo."""
    statistics, halo = record["statistics"], record["astro"]["halo"]
    observed = f"n = {statistics['n_obs']}, " if "n_obs" in statistics else ""
    values = {key: f"{halo[key]['value']:g}" for key in ("rho0", "v0", "vesc", "v_earth")}
    return (
        f"{statistics['cl']:.0%} CL ({statistics['method']}), {observed}"
        f"b = {statistics['background']['value']:g}.  Halo: "
        rf"$\rho_0$ = {values['rho0']} GeV/cm$^3$, $v_0$ = {values['v0']} km/s, "
        rf"$v_\mathrm{{esc}}$ = {values['vesc']} km/s, $v_\mathrm{{E}}$ = {values['v_earth']} km/s"
    )


def draw(columns: dict[str, list[float]], record: dict[str, Any]) -> Any:
    """A matplotlib figure of the limit, its expected bands and the published numbers it is compared with."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams.update({"svg.hashsalt": "fairport", "svg.fonttype": "path", "font.size": 9.0})
    figure = Figure(figsize=(6.4, 4.8))
    axes = figure.add_axes((0.13, 0.15, 0.84, 0.75))
    mass = columns["mass"]
    axes.fill_between(
        mass, columns["p2.5"], columns["p97.5"], color=OUTER, linewidth=0, label="95 % of expected limits"
    )
    axes.fill_between(
        mass, columns["p16"], columns["p84"], color=INNER, linewidth=0, label="68 % of expected limits"
    )
    projection = record["kind"] == "projection"
    name = "median expected limit" if projection else "observed limit"
    axes.plot(
        mass,
        columns["cross_section"],
        color=BLUE,
        linewidth=1.8,
        linestyle="-." if projection else "-",
        label=name,
    )
    published = record.get("expectation", [])
    if published:
        points = [(entry["at"]["mass"], entry["value"]) for entry in published]
        axes.plot(
            *zip(*points, strict=True), "o", color="black", fillstyle="none", clip_on=False, label="published"
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(min(mass), max(mass))
    axes.tick_params(which="both", direction="in", top=True, right=True)
    axes.set_xlabel("WIMP mass [GeV/c$^2$]")
    axes.set_ylabel(f"WIMP-nucleon cross-section ({LABELS[record['plane']]}) [cm$^2$]")
    title = record["title"] + (" (example)" if record["provenance"]["example"] else "")
    axes.set_title(textwrap.fill(title.replace("$", r"\$"), 90), fontsize=9)
    axes.legend(frameon=False, loc="upper left")
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
