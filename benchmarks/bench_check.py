"""Check: one scaffold cold and warm, and many scaffolds.

    python benchmarks/bench_check.py --repositories 1000 --jobs 2

as a script checks that many different scaffolds with empty and with full caches, and tells wall time,
processor time and memory; it fails past its budget. The cases of `make bench` time one scaffold in processes
of their own.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness import Case

COLD_BUDGET, WARM_BUDGET = 2.5, 0.5
FIRST_BUDGET, AGAIN_BUDGET = 60.0, 10.0
"""Seconds for 1,000 repositories on two processors."""


def cases(folder: Path) -> list[Case]:
    """Return the cases: one scaffold, cold (no cache) and warm (nothing changed)."""
    repository = scaffold(folder)
    environment = {**os.environ, "FAIRPORT_CACHE": str(folder / "cache")}

    def cold() -> None:
        shutil.rmtree(folder / "cache", ignore_errors=True)
        check([repository], environment)

    return [
        Case("check, one scaffold, cold", cold, repeats=5, budget=COLD_BUDGET),
        Case("check, one scaffold, warm", lambda: check([repository], environment), 10, WARM_BUDGET),
    ]


def scaffold(folder: Path) -> Path:
    """Make one analysis with the defaults of the template."""
    from fairport.cli.main import main

    target = folder / "scaffold"
    if main(["new", str(target), "--kind", "direct", "--defaults", "--quiet"]) != 0:
        raise SystemExit("the scaffold could not be made")
    return target


def copies(original: Path, folder: Path, count: int) -> list[Path]:
    """Return copies of a scaffold that differ in identifier, title and workflow texts."""
    found = []
    texts = [
        path.relative_to(original)
        for path in sorted(original.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(original).parts
    ]
    for number in range(count):
        target = folder / f"analysis-{number:05}"
        shutil.copytree(original, target, symlinks=True)
        for name in texts:
            path = target / name
            content = path.read_bytes()
            if name.suffix == ".cwl":
                content += f"# analysis {number}\n".encode()
            path.write_bytes(content.replace(b"scaffold", f"analysis-{number:05}".encode()))
        found.append(target)
    return found


@dataclass(frozen=True)
class Usage:
    """What a call took: seconds of wall clock and of processors, and the largest process in MB."""

    wall: float
    cpu: float
    megabytes: float


def check(folders: list[Path], environment: Mapping[str, str], *options: str) -> Usage:
    """Run the program in a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    command = [sys.executable, "-m", "fairport", "check", *options, *(str(folder) for folder in folders)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Usage(wall, cpu, after.ru_maxrss / 1024)


def main() -> int:
    """Time many scaffolds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repositories", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    jobs = ("--jobs", str(options.jobs))
    over = False
    with tempfile.TemporaryDirectory(prefix="fairport-bench-check-") as name:
        folder = Path(name)
        environment = {**os.environ, "FAIRPORT_CACHE": str(folder / "cache")}
        folders = copies(scaffold(folder), folder / "many", options.repositories)
        part = check(
            folders[: max(1, len(folders) // 10)], {**environment, "FAIRPORT_CACHE": f"{name}/other"}, *jobs
        )
        print(f"a tenth of them: {part.wall:.1f} s, {part.megabytes:.0f} MB")
        for title, budget in (("first", FIRST_BUDGET), ("nothing changed", AGAIN_BUDGET)):
            used = check(folders, environment, *jobs)
            limit = budget * options.repositories / 1000
            over |= used.wall > limit
            times = f"{used.wall:.1f} s wall, {used.cpu:.1f} s processor"
            memory = f"{used.megabytes:.0f} MB in the largest process"
            print(f"{options.repositories} scaffolds, {title}: {times}, {memory} (budget {limit:.0f} s)")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
