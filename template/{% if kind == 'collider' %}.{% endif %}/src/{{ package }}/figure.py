"""Workflow step 3: the excluded region and the relic density as a figure.

The bytes of the SVG depend on nothing but the tables, the record and the version of matplotlib.
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


def read_table(path: Path) -> dict[str, list[float]]:
    """Columns of a result table by name."""
    with path.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return {name: [float(row[name]) for row in rows] for name in rows[0]}


def caption(record: dict[str, Any]) -> str:
    """One line with what a reader must know: level, mediator, couplings, width."""
    statistics, model = record["statistics"], record["model"]
    couplings = model["couplings"]
    kind, width = model["mediator"]["type"].capitalize(), model["mediator"]["width"]
    return (
        f"{statistics['cl']:.0%} CL ({statistics['method']}). {kind} mediator, {width} width, Dirac, "
        rf"$g_q$ = {couplings['gq']:g}, $g_\ell$ = {couplings['gl']:g}, $g_\chi$ = {couplings['gdm']:g}"
    )


def draw(columns: dict[str, list[float]], relic: dict[str, list[float]], record: dict[str, Any]) -> Any:
    """A matplotlib figure of the region with the line of the relic density."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams.update({"svg.hashsalt": "fairport", "svg.fonttype": "path", "font.size": 9.0})
    figure = Figure(figsize=(6.4, 4.8))
    axes = figure.add_axes((0.12, 0.15, 0.84, 0.74))
    points = list(zip(columns["ring"], columns["mediator_mass"], columns["mass"], strict=True))
    for number in sorted(set(columns["ring"])):
        ring = [(x, y) for ring, x, y in points if ring == number]
        axes.fill(
            *zip(*ring, strict=True),
            facecolor=BLUE,
            edgecolor=BLUE,
            alpha=0.35,
            label="excluded" if number == 1.0 else None,
        )
    right, top = 1.05 * max(columns["mediator_mass"]), max(columns["mass"])
    axes.plot(relic["mediator_mass"], relic["mass"], ":", color="black", linewidth=1.5, label="relic density")
    axes.plot(
        [0.0, 2.0 * top], [0.0, top], color=GREY, linewidth=0.8, linestyle="--", label=r"$M = 2 m_\chi$"
    )
    axes.set_xlim(0.0, right)
    axes.set_ylim(0.0, top)
    axes.tick_params(which="both", direction="in", top=True, right=True)
    axes.set_xlabel("mediator mass [GeV/c$^2$]")
    axes.set_ylabel("dark-matter mass [GeV/c$^2$]")
    title = record["title"] + (" (example)" if record["provenance"]["example"] else "")
    axes.set_title(textwrap.fill(title.replace("$", r"\$"), 90), fontsize=9)
    axes.legend(frameon=False, loc="upper right")
    figure.text(0.12, 0.02, caption(record), fontsize=7)
    return figure


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the step."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--table", required=True, type=Path, help="table of the region")
    parser.add_argument("--relic", required=True, type=Path, help="table of the relic line")
    parser.add_argument("--record", required=True, type=Path, help="record of the region")
    parser.add_argument("--output", required=True, type=Path, help="figure to write, SVG")
    options = parser.parse_args(arguments)
    record = json.loads(options.record.read_text(encoding="utf-8"))
    figure = draw(read_table(options.table), read_table(options.relic), record)
    partial = options.output.with_name(options.output.name + ".part")
    figure.savefig(partial, format="svg", metadata={"Date": None})
    partial.replace(options.output)


if __name__ == "__main__":
    main()
