"""A synthetic catalogue of a given size: harvest, build, and build again after one change.

    python benchmarks/catalog.py --records 10000
    python benchmarks/catalog.py --records 10000 --from git --harvest-only
    python benchmarks/catalog.py --records 10000 --each 10000 --from git          (one analysis has them all)
    python benchmarks/catalog.py --records 10000 --each 5 --from git              (many small repositories)
    python benchmarks/catalog.py --records 5000 --shape one-plane long-names      (one plane, hostile names)
    python benchmarks/catalog.py --records 500 --shape rich                       (large tables, many authors)

The records come as archives that a catalogue checks itself, as bundles that carry the report of the check, as
local git repositories, or as one collection of curves. Fails when a stage takes longer than its budget. The
budget of the build holds for 10,000 records on two cores and goes with their number, with a floor for what
every build costs (narrative pages, figures); that of the rebuild holds up to 10,000.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from fairport.catalog.harvest.harvesting import harvest
from fairport.catalog.registry import ENTRIES_DIR, init_catalogue
from fairport.catalog.site.build import build
from fairport.contract.files import sha256_bytes
from fairport.contract.saving import dump_yaml
from fairport.contract.tables import format_table
from fairport.flows.bundle import bundle as make_bundle

PER_ANALYSIS = 100
SOURCES = ("bundles", "bare-bundles", "git", "collection")
BUDGETS = {"build": 60.0, "rebuild after one change": 5.0}
FLOOR = 20.0
MEMORY = 950
"""Megabytes (of 1,048,576 bytes) that all processes together may not pass."""
PLANES = (("dd.si", "cm2", "cross_section", 1e-46), ("dd.sdp", "cm2", "cross_section", 1e-41))
SHAPES = ("one-plane", "long-names", "rich")


@dataclass(frozen=True)
class Shape:
    """What the records look like beside their number.

    Attributes:
        planes: planes that they take in turn.
        points: rows of each table.
        authors: authors of each analysis.
        padding: what each title has at its end (with it no longer than 200 characters, as the schema asks).
        suffix: what each id of a record has at its end (80 characters at most).
    """

    planes: tuple[tuple[str, str, str, float], ...] = PLANES
    points: int = 40
    authors: int = 1
    padding: str = ""
    suffix: str = ""

    @classmethod
    def of(cls, names: list[str]) -> Shape:
        """Return the shape that these names (of :data:`SHAPES`) make together."""
        long, rich = "long-names" in names, "rich" in names
        return cls(
            planes=PLANES[:1] if "one-plane" in names else PLANES,
            points=500 if rich else 40,
            authors=20 if rich else 1,
            padding=" of Größenordnung 暗黒物質 <b>&amp;</b>" * 4 if long else "",
            suffix="-" + "x" * 70 if long else "",
        )


def analysis(folder: Path, number: int, results: int, shape: Shape) -> None:
    """Write one analysis with so many results."""
    identifier = f"synthetic-{number:05d}"
    record = {
        "schema_version": "1.0",
        "id": identifier,
        "title": f"Synthetic analysis {number}{shape.padding}",
        "description": "A synthetic analysis that exists only to measure how long a large catalogue takes.",
        "version": "1.0.0",
        "status": "published",
        "maturity": "draft",
        "licences": {"code": "MIT", "data": "CC0-1.0"},
        "authors": [
            {"given_names": "Ada", "family_names": f"Doe{'' if index == 0 else index}"}
            for index in range(shape.authors)
        ],
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
        result(folder / "results" / f"r{index:03d}{shape.suffix}", number, index, shape)


def limit_table(scale: float, number: int, index: int, points: int) -> str:
    """Return the table of a limit with so many points."""
    masses = [10 ** (1 + 3 * k / (points - 1)) for k in range(points)]
    strength = scale * (1 + 0.01 * ((number * 97 + index * 31) % 400))
    limits = [strength * (mass / 40 + (40 / mass) ** 2) for mass in masses]
    return format_table({"mass": masses, "cross_section": limits})


def result(folder: Path, number: int, index: int, shape: Shape) -> None:
    """Write one limit."""
    plane, unit, quantity, scale = shape.planes[index % len(shape.planes)]
    table = limit_table(scale, number, index, shape.points)
    halo = {"rho0": {"value": 0.3, "unit": "GeV cm-3"}, "v0": {"value": 220.0, "unit": "km s-1"}}
    axes = [
        {"name": "mass", "quantity": "dark_matter_mass", "unit": "GeV", "role": "independent"},
        {"name": "cross_section", "quantity": quantity, "unit": unit, "role": "dependent"},
    ]
    record = {
        "schema_version": "1.0",
        "id": folder.name,
        "title": f"Synthetic limit {number}-{index}{shape.padding}",
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
            "rows": shape.points,
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


def register(catalogue: Path, identifier: str, kind: str, repository: dict[str, str], **more: object) -> None:
    """Write a registry entry."""
    entry = {"schema_version": "1.0", "id": identifier, "type": kind, "status": "community"}
    path = catalogue / ENTRIES_DIR / f"{identifier}.yaml"
    path.write_text(dump_yaml({**entry, "repository": repository, **more}), "utf-8")


def publish(catalogue: Path, folder: Path, source: str) -> None:
    """Publish an analysis as its experiment would, and register it.

    Args:
        catalogue: the catalogue.
        folder: the analysis.
        source: ``bundles`` (with the report of the check), ``bare-bundles`` (without), ``git``, or
            ``collection``.
    """
    identifier = f"synthetic-{int(folder.name[1:]):05d}"
    if source == "collection":
        commit(folder)
        rules = [
            {"pattern": f"curves/{name}-*.csv", "plane": name, "units": ["GeV", unit], "experiment": "Any"}
            for name, unit, *_ in PLANES
        ]
        mapping = {"importer": "csv", "licence": "CC0-1.0", "rules": rules}
        register(catalogue, identifier, "collection", place(folder, catalogue), mapping=mapping)
        return
    if source == "bare-bundles":
        archive = folder.with_name(f"{folder.name}.tar")
        with tarfile.open(archive, "w") as tape:
            tape.add(folder, arcname=".")
        register(catalogue, identifier, "bundle", place(archive, catalogue))
        return
    commit(folder)
    if source == "git":
        register(catalogue, identifier, "analysis", place(folder, catalogue))
        return
    report = make_bundle(folder, folder.with_name(f"{folder.name}-dist"), today=datetime.now(UTC).date())
    register(catalogue, identifier, "bundle", place(report.files[0], catalogue))


def place(path: Path, catalogue: Path) -> dict[str, str]:
    """Return where something is, as a registry entry says it."""
    return {"path": os.path.relpath(path, catalogue)}


def commit(folder: Path) -> None:
    """Commit what is in a folder, making it a repository first unless it is one."""
    who = ("-c", "user.name=Benchmark", "-c", "user.email=benchmark@example.org")
    for words in (("init", "-q"), ("add", "."), (*who, "commit", "-q", "-m", "Results")):
        subprocess.run(["git", "-C", str(folder), *words], check=True)


def curves(folder: Path, number: int, shape: Shape) -> None:
    """Write a table of published curves: what a collection is made of."""
    (folder / "curves").mkdir(parents=True)
    for index in range(number):
        plane, _, _, scale = shape.planes[index % len(shape.planes)]
        table = limit_table(scale, index // 100, index % 100, shape.points)
        (folder / "curves" / f"{plane}-{index:05d}.csv").write_text(table, "utf-8")


def change(catalogue: Path, folder: Path, source: str) -> None:
    """Change one record, as its experiment would."""
    if source == "collection":
        path = next((folder / "curves").iterdir())
        old, new = "1000.0,", "1001.0,"
    else:
        path = next((folder / "results").glob("r000*/result.yaml"))
        old, new = "Synthetic limit", "Changed limit"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    publish(catalogue, folder, source)


class Memory(threading.Thread):
    """Looks every second how much memory this process and those it started hold together; pages that several
    of them share count once.

    Attributes:
        most: megabytes at most.
    """

    def __init__(self) -> None:
        """Begin."""
        super().__init__(daemon=True)
        self.most = 0.0

    def run(self) -> None:
        """Look until the program ends."""
        own = psutil.Process()
        while True:
            held = 0.0
            for process in (own, *own.children(recursive=True)):
                with suppress(psutil.Error):
                    held += process.memory_full_info().pss
            self.most = max(self.most, held / 2**20)
            time.sleep(1.0)


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


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--from", dest="source", choices=SOURCES, default="bare-bundles")
    parser.add_argument("--each", type=int, default=PER_ANALYSIS, help="records of one entry")
    parser.add_argument("--shape", nargs="+", choices=SHAPES, default=[], help="what the records look like")
    parser.add_argument("--harvest-only", action="store_true", help="build nothing")
    return parser.parse_args()


def write(root: Path, asked: argparse.Namespace, records: int) -> None:
    """Write what is harvested; only the first analysis stays as a folder unless folders are harvested."""
    shape = Shape.of(asked.shape)
    if asked.source == "collection":
        curves(root / "a0", records, shape)
        publish(root / "catalogue", root / "a0", asked.source)
        return
    for index, first in enumerate(range(0, records, asked.each)):
        folder = root / f"a{index}"
        analysis(folder, index, min(asked.each, records - first), shape)
        publish(root / "catalogue", folder, asked.source)
        if index and asked.source != "git":
            shutil.rmtree(folder)


def main() -> int:
    """Measure and return 1 when a budget was passed."""
    asked = arguments()
    records = max(1, asked.records)
    share = records / 10_000
    kept = []
    memory = Memory()
    memory.start()
    with tempfile.TemporaryDirectory(prefix="fairport-bench-") as name:
        root, catalogue = Path(name), Path(name) / "catalogue"
        init_catalogue(catalogue, title="Synthetic catalogue", show=("simulation",))
        config = catalogue / "catalog.yaml"
        config.write_text(config.read_text("utf-8") + "url: https://example.org/catalogue/\n", "utf-8")

        def stage(name: str, work: Callable[[Path], object], budget: float | None = None) -> None:
            kept.append(timed(name, lambda: work(catalogue), budget))

        stage(f"write {records} records", lambda _: write(root, asked, records))
        stage("harvest", checked_harvest)
        stage("harvest, nothing changed", checked_harvest)
        if not asked.harvest_only:
            stage("build", build, max(FLOOR, BUDGETS["build"] * share))
            stage("build, nothing changed", build)
        change(catalogue, root / "a0", asked.source)
        stage("harvest after one change", checked_harvest)
        if not asked.harvest_only:
            limit = BUDGETS["rebuild after one change"] if records <= 10_000 else None
            stage("rebuild after one change", build, limit)
        print(f"{'memory, all processes':<28} {memory.most:8.0f} MB of {MEMORY}")
    return 0 if all(kept) and memory.most <= MEMORY else 1


def checked_harvest(catalogue: Path) -> None:
    """Harvest, and stop where anything is not as it should be."""
    for state in harvest(catalogue).states:
        if state.state != "ok" or any(result.state != "ok" for result in state.results):
            raise SystemExit(f"{state.id}: {state.state}, {state.reason or state.results}")


if __name__ == "__main__":
    sys.exit(main())
