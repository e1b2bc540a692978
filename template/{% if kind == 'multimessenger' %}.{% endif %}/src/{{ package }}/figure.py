"""Workflow step 3: the intervals of all replicas and their average as a figure.

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

BLUE, PALE = "#0072b2", "#d5e9f6"


def read_table(path: Path) -> dict[str, list[float]]:
    """Columns of a table by name."""
    with path.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return {name: [float(row[name]) for row in rows] for name in rows[0]}


def caption(record: dict[str, Any]) -> str:
    """One line with what a reader must know: the averaged interval and how it was made."""
    entry, statistics = record["values"][0], record["statistics"]
    low, high = entry["value"] - entry["minus"], entry["value"] + entry["plus"]
    return (
        f"Mean of {statistics['toys']} simulated observations: {entry['value']:.3f}, "
        f"{statistics['cl']:.0%} credible interval {low:.3f} to {high:.3f}; prior {statistics['prior']}."
    )


def draw(columns: dict[str, list[float]], record: dict[str, Any]) -> Any:
    """A matplotlib figure with a row for each replica and a band for the average."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams.update({"svg.hashsalt": "fairport", "svg.fonttype": "path", "font.size": 9.0})
    figure = Figure(figsize=(6.4, 4.8))
    axes = figure.add_axes((0.1, 0.15, 0.86, 0.74))
    entry = record["values"][0]
    axes.axvspan(
        entry["value"] - entry["minus"], entry["value"] + entry["plus"], color=PALE, linewidth=0, label="mean"
    )
    axes.axvline(entry["value"], color=BLUE, linewidth=1.0)
    below = [value - low for value, low in zip(columns["value"], columns["low"], strict=True)]
    above = [high - value for value, high in zip(columns["value"], columns["high"], strict=True)]
    axes.errorbar(
        columns["value"],
        columns["replica"],
        xerr=[below, above],
        fmt=".",
        color="black",
        linewidth=0.8,
        label="replicas",
    )
    axes.locator_params(axis="y", integer=True)
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(0.0, max(columns["replica"]) + 1.0)
    axes.tick_params(which="both", direction="in", top=True, right=True)
    axes.set_xlabel("hadronic fraction")
    axes.set_ylabel("replica")
    title = record["title"] + (" (example)" if record["provenance"]["example"] else "")
    axes.set_title(textwrap.fill(title.replace("$", r"\$"), 90), fontsize=9)
    axes.legend(frameon=False, loc="best")
    figure.text(0.1, 0.02, caption(record), fontsize=7)
    return figure


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the step."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--table", required=True, type=Path, help="table of the replicas")
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
