"""Bundles of synthetic records, merged: the first harvest, and the next night when nothing changed.

    python benchmarks/bundles.py --bundles 100 --records 1000

Prints wall and processor seconds and the largest process. Fails when the second harvest takes longer than its
budget: what did not change must cost next to nothing.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
import zipfile
from pathlib import Path

from catalog import analysis
from fairport.catalog.harvest.adding import add_bundle
from fairport.catalog.harvest.harvesting import HarvestReport, harvest
from fairport.catalog.registry import init_catalogue

UNCHANGED = 0.5
"""Seconds for each bundle that did not change."""


def pack(root: Path, number: int, records: int) -> Path:
    """Write one bundle."""
    folder, archive = root / f"a{number}", root / f"a{number}.zip"
    analysis(folder, number, records)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as box:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                box.write(path, path.relative_to(folder).as_posix())
    return archive


def processor() -> float:
    """Return the processor seconds of this process and its ended children."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def timed(name: str, catalogue: Path) -> tuple[float, HarvestReport]:
    """Harvest, print what it took, and return the wall seconds."""
    began, used = time.perf_counter(), processor()
    report = harvest(catalogue)
    seconds = time.perf_counter() - began
    print(f"{name:<10} {seconds:8.1f} s, processor {processor() - used:8.1f} s", flush=True)
    return seconds, report


def main() -> int:
    """Measure and return 1 when the budget was passed or a bundle was not read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundles", type=int, default=10)
    parser.add_argument("--records", type=int, default=1000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fairport-bench-") as name:
        root, catalogue = Path(name), Path(name) / "catalogue"
        init_catalogue(catalogue, title="Synthetic bundles")
        for number in range(asked.bundles):
            add_bundle(catalogue, str(pack(root, number, asked.records)))
        _, first = timed("first", catalogue)
        again, second = timed("unchanged", catalogue)
        own, others = (
            resource.getrusage(w).ru_maxrss for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        print(f"memory     {own / 1024:.0f} MB, largest other process {others / 1024:.0f} MB")
    good = not first.failed and len(second.unchanged) == asked.bundles
    return 0 if good and again <= max(5.0, UNCHANGED * asked.bundles) else 1


if __name__ == "__main__":
    raise SystemExit(main())
