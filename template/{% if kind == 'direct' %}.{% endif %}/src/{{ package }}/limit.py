"""Workflow step 2: upper limit on the cross-section, as a result table and its record.

limit(mass) = reference cross-section * (upper limit on signal events) / (events at the reference
cross-section). Standard library only. The record lacks what only the outside knows (commit, image, run,
digest of the table): `fairport run` adds it.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# Result id and plane, interaction and form factors by the interaction of the experiment file.
INTERACTIONS = {
    "si": ("spin-independent isoscalar", "Helm"),
    "sdp": ("spin-dependent on the proton", "thin shell (Lewin and Smith 1996)"),
    "sdn": ("spin-dependent on the neutron", "thin shell (Lewin and Smith 1996)"),
}
BANDS = {"p2.5": 0.025, "p16": 0.16, "p50": 0.5, "p84": 0.84, "p97.5": 0.975}


def import_module(path: str) -> Any:
    """Import a module of this package from its file, wherever the workflow engine has put it."""
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(Path(path).parent.absolute()))
    return importlib.import_module(Path(path).stem)


def read_rates(path: Path) -> list[tuple[float, float, float]]:
    """Rows (mass, reference cross-section, events) of the rate step that expect any signal at all."""
    with path.open(newline="", encoding="utf-8") as stream:
        rows = [
            (float(r["mass"]), float(r["cross_section"]), float(r["events"])) for r in csv.DictReader(stream)
        ]
    seen = [row for row in rows if row[2] > 0.0]
    if not seen:
        raise SystemExit("error: no mass gives any expected event; look at the acceptance and the mass range")
    return seen


def signal_limits(counting: Any, events: dict[str, Any], level: float) -> tuple[float, dict[str, float]]:
    """Upper limit on signal events, and the quantiles of the one expected without signal.

    The quantiles come from simulated experiments where the file gives ``band: {toys, seed}``, else from the
    Poisson distribution for a known background. A projection observes nothing (``observed`` is null): its
    limit is the median expected one.
    """
    background, quantiles = float(events["background"]["value"]), list(BANDS.values())
    if "band" in events:
        uncertainty = float(events["background"].get("uncertainty", 0.0))
        toys, seed = int(events["band"]["toys"]), int(events["band"]["seed"])
        expected = counting.simulated_upper_limits(background, uncertainty, level, quantiles, toys, seed)
    else:
        expected = counting.expected_upper_limits(background, level, quantiles)
    bands = dict(zip(BANDS, expected, strict=True))
    if events["observed"] is None:
        return bands["p50"], bands
    return counting.upper_limit(int(events["observed"]), background, level), bands


def table(
    rows: Sequence[tuple[float, float, float]], limit: float, bands: dict[str, float]
) -> list[list[float]]:
    """Rows of the result: mass (GeV), limit and bands (cm2), to six significant digits."""
    return [
        [mass, *(float(f"{reference * signal / events:.6g}") for signal in (limit, *bands.values()))]
        for mass, reference, events in rows
    ]


def axis(column: str, role: str, quantity: str, unit: str, values: Sequence[float]) -> dict[str, Any]:
    """One axis of the record."""
    return {
        "name": column,
        "role": role,
        "column": column,
        "quantity": quantity,
        "unit": unit,
        "scale": "log",
        "range": [min(values), max(values)],
    }


def statistics(events: dict[str, Any], level: float) -> dict[str, Any]:
    """How the limit was set."""
    background = {
        key: events["background"][key] for key in ("value", "uncertainty") if key in events["background"]
    }
    observed = events["observed"]
    return {
        "role": "expected" if observed is None else "observed",
        "cl": level,
        "sided": "one",
        "method": "CLs",
        "toys": int(events.get("band", {}).get("toys", 0)),
        "power_constraint": "none",
        **({} if observed is None else {"n_obs": observed}),
        "background": background,
    }


def provenance(experiment: dict[str, Any], digest: str) -> dict[str, Any]:
    """Where the numbers come from; ``example`` as long as the file says that it is one of the starter's."""
    record: dict[str, Any] = {"origin": experiment["origin"], "example": "example" in experiment}
    if "example" in experiment:
        record["example_digest"] = f"sha256:{digest}"
    record["source"] = experiment["source"]
    record["cite"] = experiment["cite"]
    return record


def quantity(entry: dict[str, Any]) -> dict[str, Any]:
    """A quantity of the experiment file without its remark."""
    return {key: value for key, value in entry.items() if key != "note"}


def record(
    experiment: dict[str, Any],
    digest: str,
    rows: Sequence[Sequence[float]],
    level: float,
    licence: str,
    version: str,
) -> dict[str, Any]:
    """The result record, as far as a workflow step can know it.

    Its schema is https://w3id.org/fairport/schemas/result/1/schema.json.
    """
    name = experiment.get("interaction", "si")
    interaction, form_factors = INTERACTIONS[name]
    halo = experiment["halo"]
    validity = experiment["validity"]
    return {
        "schema_version": "1.0",
        "id": name,
        "title": experiment["title"],
        "description": experiment["description"],
        "version": version,
        "status": "draft",
        "kind": experiment["kind"],
        "plane": f"dd.{name}",
        "licence": licence,
        "axes": [
            axis("mass", "independent", "dark_matter_mass", "GeV", [row[0] for row in rows]),
            axis("cross_section", "dependent", "cross_section", "cm2", [row[1] for row in rows]),
        ],
        "data": {"path": f"{name}.csv", "media_type": "text/csv"},
        "bands": {name: name for name in BANDS},
        "geometry": {"shape": "function", "excluded": "above"},
        "interpolation": {"x": "log", "y": "log", "method": "linear", "outside": "forbid"},
        "validity": {
            "ranges": [{"axis": "mass", "low": validity["trusted_above_gev"], "high": rows[-1][0]}],
            "notes": [
                validity["note"],
                "The limit takes the background as known; its uncertainty is stated, not profiled."
                + (" The expected band includes it." if "band" in experiment["events"] else ""),
            ],
        },
        "statistics": statistics(experiment["events"], level),
        "model": {
            "dm": {"spin": "any", "self_conjugate": "any", "local_fraction": 1.0},
            "interaction": interaction,
            "target": experiment["target"]["element"],
            "form_factors": form_factors,
            "migdal": False,
        },
        "astro": {
            "halo": {k: quantity(v) if isinstance(v, dict) else v for k, v in halo.items() if k != "note"}
        },
        "exposure": quantity(experiment["exposure"]),
        "nuisances": [{"id": "background", "kind": "background", "profiled": False}],
        **({"data_overlap": {"datasets": experiment["datasets"]}} if "datasets" in experiment else {}),
        "expectation": experiment["expectation"],
        "provenance": provenance(experiment, digest),
    }


def write_text(path: Path, text: str) -> None:
    """Write a file, first under another name, so that a failed step leaves no output behind."""
    partial = path.with_name(path.name + ".part")
    partial.write_text(text, encoding="utf-8", newline="")
    partial.replace(path)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the step."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--counting", required=True, help="counting.py of this package")
    parser.add_argument("--experiment", required=True, type=Path, help="experiment file, JSON")
    parser.add_argument("--rates", required=True, type=Path, help="table of the rate step")
    parser.add_argument("--confidence-level", required=True, type=float, help="between 0 and 1")
    parser.add_argument("--licence", required=True, help="licence of the numbers, SPDX")
    parser.add_argument("--result-version", required=True, help="version of the result")
    parser.add_argument("--table", required=True, type=Path, help="result table to write")
    parser.add_argument("--record", required=True, type=Path, help="result record to write")
    options = parser.parse_args(arguments)
    counting = import_module(options.counting)
    source = options.experiment.read_bytes()
    experiment = json.loads(source)
    limit, bands = signal_limits(counting, experiment["events"], options.confidence_level)
    rows = table(read_rates(options.rates), limit, bands)
    document = record(
        experiment,
        hashlib.sha256(source).hexdigest(),
        rows,
        options.confidence_level,
        options.licence,
        options.result_version,
    )
    lines = [",".join(["mass", "cross_section", *BANDS]), *(",".join(map(repr, row)) for row in rows)]
    write_text(options.table, "\n".join(lines) + "\n")
    write_text(options.record, json.dumps(document, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
