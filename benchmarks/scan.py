"""A parameter scan of many jobs on one engine: time, cost of a job, memory, files left behind.

`python benchmarks/scan.py --engine slurm --jobs 1000`. The scan is a CWL scatter of trivial jobs, and one job
that merges their outputs into a result. The engine slurm runs on the one-node cluster of the tests, reana on
their contract server; both need what `make services` installs.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent / "tests"

MAIN = """
cwlVersion: v1.2
class: Workflow
requirements: {ScatterFeatureRequirement: {}}
inputs: {points: "double[]", merger: File}
outputs:
  table: {type: File, outputSource: merge/table}
  record: {type: File, outputSource: merge/record}
steps:
  point:
    run: tools/point.cwl
    scatter: mass
    in: {mass: points}
    out: [limit]
  merge:
    run: tools/merge.cwl
    in: {merger: merger, limits: point/limit}
    out: [table, record]
"""
POINT = """
cwlVersion: v1.2
class: CommandLineTool
hints: {ResourceRequirement: {coresMin: 1, ramMin: 100}}
baseCommand: [awk, 'BEGIN {m = ARGV[1]; printf "%s,%.6e\\n", m, 1e-45 * (1 + m / 100)}']
inputs: {mass: {type: double, inputBinding: {}}}
stdout: limit.csv
outputs: {limit: {type: stdout}}
"""
MERGE = """
cwlVersion: v1.2
class: CommandLineTool
baseCommand: [python3]
inputs:
  merger: {type: File, inputBinding: {position: 1}}
  limits: {type: "File[]", inputBinding: {position: 2}}
outputs:
  table: {type: File, outputBinding: {glob: scan.csv}}
  record: {type: File, outputBinding: {glob: scan.result.json}}
"""


@dataclass
class Peak:
    """What was seen while a scan ran.

    Attributes:
        memory: largest resident memory of the driver and what it started, bytes.
        files: most files below the run folder.
        size: most bytes there.
        arguments: longest command line, bytes.
    """

    memory: int = 0
    files: int = 0
    size: int = 0
    arguments: int = 0
    over: threading.Event = field(default_factory=threading.Event)


def load(path: Path) -> ModuleType:
    """Import a module of the tests by its file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make_scan(root: Path, jobs: int) -> Path:
    """Write an analysis whose workflow is a scan of ``jobs`` points, as a git repository."""
    tiny = load(TESTS / "flows" / "conftest.py")
    record = tiny.SCRIPT.partition("record = ")[2].replace('"id": name', '"id": "scan"')
    merger = (
        "import json, sys\nname = 'scan'\n"
        "rows = [open(path).read() for path in sys.argv[1:]]\n"
        "open('scan.csv', 'w').write('mass,limit\\n' + ''.join(rows))\nrecord = " + record
    )
    points = [round(1 + 0.1 * number, 1) for number in range(jobs)]
    inputs = {"points": points, "merger": {"class": "File", "location": "../src/merge.py"}}
    files = {
        "workflow/main.cwl": MAIN,
        "workflow/tools/point.cwl": POINT,
        "workflow/tools/merge.cwl": MERGE,
        "workflow/inputs.yaml": json.dumps(inputs),
        "src/merge.py": merger,
    }
    tiny.write_tree(root, {**tiny.TINY, **files})
    tiny.run_git(root, "init", "-q")
    tiny.commit_all(root)
    return root


@contextmanager
def site(engine: str, folder: Path) -> Iterator[dict[str, str]]:
    """Start what an engine needs and yield the variables that lead to it."""
    if engine == "slurm":
        cluster = load(TESTS / "services" / "slurm_cluster.py").SlurmCluster(folder)
        cluster.start()
        try:
            yield {"SLURM_CONF": str(cluster.config)}
        finally:
            cluster.stop()
    elif engine == "reana":
        from fairport.interop import toolenvs

        module = load(TESTS / "services" / "reana_server.py")
        place = toolenvs.ensure("reana-client").path
        found = next(place.glob("lib/python*/site-packages/reana_commons/openapi_specifications"))
        server = module.ReanaServer(found / "reana_server.json", folder / "server")
        try:
            yield {"REANA_SERVER_URL": server.url, "REANA_ACCESS_TOKEN": module.TOKEN}
        finally:
            server.close()
    else:
        yield {}


def watch(pid: int, root: Path, peak: Peak) -> None:
    """Sample memory and files until the scan is over."""
    turn = 0
    while not peak.over.wait(0.5):
        pids = _descendants(pid)
        peak.memory = max(peak.memory, sum(map(_resident, pids)))
        peak.arguments = max([peak.arguments, *map(_arguments, pids)])
        if turn % 20 == 0:
            files, size = measured(root / ".fairport")
            peak.files, peak.size = max(peak.files, files), max(peak.size, size)
        turn += 1


def measured(folder: Path) -> tuple[int, int]:
    """Return number and bytes of the files below a folder, which may change meanwhile."""
    count = size = 0
    for place, _, names in os.walk(folder):
        for name in names:
            count += 1
            try:
                size += Path(place, name).lstat().st_size
            except OSError:
                continue
    return count, size


def _descendants(pid: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(entry.parent.name))
    found, queue = [], [pid]
    while queue:
        found.append(queue[-1])
        queue += parents.get(queue.pop(), [])
    return found


def _resident(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _arguments(pid: int) -> int:
    try:
        return len(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return 0


def scan(engine: str, jobs: int, folder: Path, options: list[str]) -> dict[str, Any]:
    """Run the scan and return what was measured."""
    root = make_scan(folder / f"scan-{jobs}", jobs)
    words = [f"--engine-option={text}" for text in options]
    command = [sys.executable, "-m", "fairport", "run", "--engine", engine, "--container", "none", *words]
    place = folder / engine
    place.mkdir()
    peak = Peak()
    with site(engine, place) as variables, (folder / "said").open("wb") as said:
        began = time.perf_counter()
        child = subprocess.Popen(command, cwd=root, env={**os.environ, **variables}, stdout=said, stderr=said)
        watcher = threading.Thread(target=watch, args=(child.pid, root, peak))
        watcher.start()
        code = child.wait()
        seconds = time.perf_counter() - began
        peak.over.set()
        watcher.join()
    text = (folder / "said").read_text("utf-8", "replace")
    if code:
        raise SystemExit(f"the scan failed with exit code {code}:\n{text[-3000:]}")
    rows = len((root / "results/scan/scan.csv").read_text("utf-8").splitlines()) - 1
    assert rows == jobs, f"{rows} rows of {jobs}"
    files, size = measured(root / ".fairport")
    record = next((root / ".fairport/runs").glob("*/run.json"))
    return {
        "engine": engine,
        "jobs": jobs,
        "seconds": round(seconds, 1),
        "peak memory (MB)": round(peak.memory / 1e6),
        "longest command line (kB)": round(peak.arguments / 1e3),
        "most files": max(peak.files, files),
        "most MB": round(max(peak.size, size) / 1e6, 1),
        "files left": files,
        "MB left": round(size / 1e6, 1),
        "record (kB)": round(record.stat().st_size / 1e3),
        "lines told": len(text.splitlines()),
    }


def main() -> int:
    """Run scans of each size asked for; the cost of a job is the slope between the first and the last."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--engine", choices=("local", "slurm", "reana"), default="local")
    parser.add_argument("--jobs", type=int, nargs="+", default=[10, 1000])
    parser.add_argument("--engine-option", action="append", default=[])
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    found = []
    for jobs in options.jobs:
        with tempfile.TemporaryDirectory(prefix="fairport-scan-") as name:
            folder = Path(name)
            folder.chmod(0o755)
            found.append(scan(options.engine, jobs, folder, options.engine_option))
            print("\n".join(f"{key}: {value}" for key, value in found[-1].items()), "\n", flush=True)
    if len(found) > 1:
        more = found[-1]["jobs"] - found[0]["jobs"]
        print(f"overhead per job: {(found[-1]['seconds'] - found[0]['seconds']) / more * 1e3:.0f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
