"""Local runs beside plain cwltool: a workflow of two steps, and a scan of 100 jobs for the cost of a job.

`fairport run` validates, records digests, writes the run crate and installs results on top of what cwltool
does; it may take 1.2 times as long as cwltool, or 1.0 s more, whichever is looser. The budget is that of the
least time of cwltool, measured first.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from harness import Case

SCAN = """
cwlVersion: v1.2
class: Workflow
requirements: {ScatterFeatureRequirement: {}}
inputs: {points: "int[]"}
outputs: {sizes: {type: "File[]", outputSource: one/size}}
steps:
  one:
    run: tools/one.cwl
    scatter: point
    in: {point: points}
    out: [size]
"""
ONE = """
cwlVersion: v1.2
class: CommandLineTool
baseCommand: [echo]
inputs: {point: {type: int, inputBinding: {}}}
stdout: $(inputs.point).txt
outputs: {size: {type: stdout}}
"""
JOBS = 100


def cases(folder: Path) -> list[Case]:
    """Time both as child processes, as a shell starts them."""
    place = Path(__file__).parent.parent / "tests" / "flows" / "conftest.py"
    spec = importlib.util.spec_from_file_location("tiny_analysis", place)
    assert spec is not None
    assert spec.loader is not None
    tiny = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tiny)
    two = tiny.write_tree(folder / "two", tiny.TINY)
    points = f"points: {list(range(JOBS))}\n"
    scan_files = {"workflow/main.cwl": SCAN, "workflow/tools/one.cwl": ONE, "workflow/inputs.yaml": points}
    scan = tiny.write_tree(folder / "scan", {**tiny.TINY, **scan_files})
    found = []
    for name, root, repeats in (("2 steps", two, 5), (f"{JOBS} jobs", scan, 3)):
        plain, ours = _cwltool(root), _fairport(root)
        plain()
        start = perf_counter()
        plain()
        least = perf_counter() - start
        budget = max(1.2 * least, least + 1.0)
        found += [
            Case(f"cwltool --parallel, {name}", plain, repeats),
            Case(f"fairport run, {name}", ours, repeats, budget=budget),
        ]
    return found


def _cwltool(root: Path) -> Callable[[], object]:
    program = str(Path(sys.executable).with_name("cwltool"))
    words = ["--no-container", "--parallel", "--outdir", "plain", "workflow/main.cwl", "workflow/inputs.yaml"]
    return _call([program, *words], root)


def _fairport(root: Path) -> Callable[[], object]:
    program = str(Path(sys.executable).with_name("fairport"))
    call = _call([program, "run", "--container", "none"], root)

    def run() -> object:
        shutil.rmtree(root / ".fairport" / "runs", ignore_errors=True)
        return call()

    return run


def _call(command: list[str], root: Path) -> Callable[[], object]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    environment = {**os.environ, "PATH": path}
    return lambda: subprocess.run(command, cwd=root, env=environment, capture_output=True, check=True)
