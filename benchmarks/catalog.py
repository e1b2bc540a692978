"""A synthetic catalogue of a given size: harvest, build, and build again after one change.

    python benchmarks/catalog.py --records 10000

The records come as bundles, one archive for each hundred of them, as the CI of an experiment publishes them.
Fails when a stage takes longer than its budget. The budget of the build holds for 10,000 records on two cores
and goes with their number, with a floor for what every build costs (narrative pages, figures); that of the
rebuild holds up to 10,000.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from fairport.catalog.harvest.harvesting import harvest
from fairport.catalog.registry import ENTRIES_DIR, init_catalogue
from fairport.catalog.site.build import build
from fairport.contract.files import sha256_bytes
from fairport.contract.saving import dump_yaml
from fairport.contract.tables import format_table

PER_ANALYSIS = 100
BUDGETS = {"build": 60.0, "rebuild after one change": 5.0}
FLOOR = 20.0
MEMORY = 950
"""Megabytes (of 1,048,576 bytes) that no process may pass."""

_PROCESSES = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
PLANES = (("dd.si", "cm2", "cross_section", 1e-46), ("dd.sdp", "cm2", "cross_section", 1e-41))


def analysis(folder: Path, number: int, results: int) -> None:
    """Write one analysis with so many results."""
    identifier = f"synthetic-{number:05d}"
    record = {
        "schema_version": "1.0",
        "id": identifier,
        "title": f"Synthetic analysis {number}",
        "description": "A synthetic analysis that exists only to measure how long a large catalogue takes.",
        "version": "1.0.0",
        "status": "published",
        "maturity": "draft",
        "licences": {"code": "MIT", "data": "CC0-1.0"},
        "authors": [{"given_names": "Ada", "family_names": "Doe"}],
        "experiment": {"name": f"Experiment {number % 20}"},
        "search": "direct",
        "workflow": {"type": "cwl", "file": "workflow/main.cwl"},
        "data": "data/manifest.yaml",
        "results": "results/*/result.yaml",
        "access": {"level": "open access"},
    }
    folder.mkdir(parents=True)
    (folder / "fairport.yaml").write_text(dump_yaml(record), "utf-8")
    for index in range(results):
        result(folder / "results" / f"r{index:03d}", number, index)


def result(folder: Path, number: int, index: int) -> None:
    """Write one limit with forty points."""
    plane, unit, quantity, scale = PLANES[index % len(PLANES)]
    masses = [10 ** (1 + 3 * k / 39) for k in range(40)]
    strength = scale * (1 + 0.01 * ((number * 97 + index * 31) % 400))
    limits = [strength * (mass / 40 + (40 / mass) ** 2) for mass in masses]
    table = format_table({"mass": masses, "cross_section": limits})
    halo = {"rho0": {"value": 0.3, "unit": "GeV cm-3"}, "v0": {"value": 220.0, "unit": "km s-1"}}
    axes = [
        {"name": "mass", "quantity": "dark_matter_mass", "unit": "GeV", "role": "independent"},
        {"name": "cross_section", "quantity": quantity, "unit": unit, "role": "dependent"},
    ]
    record = {
        "schema_version": "1.0",
        "id": folder.name,
        "title": f"Synthetic limit {number}-{index}",
        "version": "1",
        "status": "published",
        "kind": "limit",
        "plane": plane,
        "licence": "CC0-1.0",
        "axes": [{**axis, "column": axis["name"], "scale": "log"} for axis in axes],
        "data": {
            "path": "limit.csv",
            "media_type": "text/csv",
            "sha256": sha256_bytes(table.encode()),
            "rows": 40,
        },
        "geometry": {"shape": "function", "excluded": "above"},
        "interpolation": {"x": "log", "y": "log", "method": "linear"},
        "statistics": {"role": "observed", "cl": 0.9, "sided": "one", "method": "CLs"},
        "model": {"dm": {"local_fraction": 1.0}, "interaction": "synthetic", "target": "Xe"},
        "astro": {"halo": {**halo, "vesc": {"value": 544.0, "unit": "km s-1"}}},
        "provenance": {"origin": "simulation"},
    }
    folder.mkdir(parents=True)
    (folder / "limit.csv").write_text(table, "utf-8")
    (folder / "result.yaml").write_text(dump_yaml(record), "utf-8")


def bundle(catalogue: Path, folder: Path) -> None:
    """Pack an analysis as a bundle, and register that unless it is."""
    archive = folder.with_name(f"{folder.name}.tar")
    with tarfile.open(archive, "w") as tape:
        tape.add(folder, arcname=".")
    identifier = f"synthetic-{int(folder.name[1:]):05d}"
    repository = {"path": os.path.relpath(archive, catalogue)}
    entry = {"schema_version": "1.0", "id": identifier, "type": "bundle", "status": "community"}
    path = catalogue / ENTRIES_DIR / f"{identifier}.yaml"
    path.write_text(dump_yaml({**entry, "repository": repository}), "utf-8")


def change(catalogue: Path, folder: Path) -> None:
    """Change one record, as its experiment would, and harvest it."""
    path = folder / "results" / "r000" / "result.yaml"
    path.write_text(path.read_text("utf-8").replace("Synthetic limit", "Changed limit"), "utf-8")
    bundle(catalogue, folder)
    harvest(catalogue)


def timed(name: str, work: Callable[[], object], budget: float | None) -> bool:
    """Run a stage, print its time and that of the processors, and tell whether it kept its budget.

    On a machine that does other work too, the time of the processors is the one to compare.
    """
    start, before = time.perf_counter(), _processors()
    work()
    seconds, busy = time.perf_counter() - start, _processors() - before
    kept = budget is None or seconds <= budget
    limit = "" if budget is None else f" of {budget:.0f} s" + ("" if kept else "  TOO SLOW")
    print(f"{name:<28} {seconds:8.1f} s{limit}  (processors {busy:.1f} s)", flush=True)
    return kept


def _processors() -> float:
    """Return the seconds that this process and those it waited for spent on processors."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main() -> int:
    """Measure and return 1 when a budget was passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    records = max(1, parser.parse_args().records)
    share = records / 10_000
    with tempfile.TemporaryDirectory(prefix="fairport-bench-") as name:
        root, catalogue = Path(name), Path(name) / "catalogue"
        init_catalogue(catalogue, title="Synthetic catalogue", show=("simulation",))
        config = catalogue / "catalog.yaml"
        config.write_text(config.read_text("utf-8") + "url: https://example.org/catalogue/\n", "utf-8")
        number = -(-records // PER_ANALYSIS)

        def write() -> None:
            for index in range(number):
                count = min(PER_ANALYSIS, records - index * PER_ANALYSIS)
                analysis(root / f"a{index}", index, count)
                bundle(catalogue, root / f"a{index}")
                if index:
                    shutil.rmtree(root / f"a{index}")

        timed(f"write {records} records", write, None)
        timed("harvest", lambda: harvest(catalogue), None)
        kept = timed("build", lambda: build(catalogue), max(FLOOR, BUDGETS["build"] * share))
        timed("build, nothing changed", lambda: build(catalogue), None)
        timed("harvest after one change", lambda: change(catalogue, root / "a0"), None)
        limit = BUDGETS["rebuild after one change"] if records <= 10_000 else None
        again = timed("rebuild after one change", lambda: build(catalogue), limit)
        whole = max(resource.getrusage(who).ru_maxrss for who in _PROCESSES) / 1024
        print(f"{'memory of any process':<28} {whole:8.0f} MB of {MEMORY}")
    return 0 if kept and again and whole <= MEMORY else 1


if __name__ == "__main__":
    sys.exit(main())
