"""Times `fairport check` against the sum of the independent validators, on one repository in the same run.

    python benchmarks/check_against_tools.py [--turns 3]

The validators are cffconvert, check-jsonschema, roc-validator, cwltool, reana-client and hepdata-validator,
each on the file that it is for; those that are not installed (`make services`) are left out, and said to be.
All take turns, the least time of each counts. The exit code is 1 when a cold check is not ten times faster
than their sum.
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
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WANTED = 10.0
CONTEXT = ROOT / "tests" / "services" / "roc_validate.py"
HEPDATA = ROOT / "tests" / "services" / "hepdata_validate.py"

Command = tuple[list[str], dict[str, str]]


def repository(folder: Path) -> Path:
    """Make the repository: that of the tests, with its derived files and an exported HEPData submission."""
    from fairport.cli.main import main
    from fairport.contract.documents import load_analysis
    from fairport.interop.derived import render_all

    target = folder / "repository"
    base = ROOT / "tests" / "check" / "base"
    shutil.copytree(base, target, ignore=shutil.ignore_patterns("__pycache__"))
    for path, text in render_all(load_analysis(target / "fairport.yaml")).items():
        (target / path).write_text(text, encoding="utf-8")
    main(
        [
            "result",
            "export",
            str(target / "results/si"),
            "--to",
            "hepdata",
            "-o",
            str(target / "hepdata"),
            "-q",
        ]
    )
    subprocess.run(["git", "init", "-q"], cwd=target, check=True)
    return target


def tools(folder: Path) -> dict[str, Command | None]:
    """Return the command line and environment of each independent validator; ``None`` where it is missing."""
    from fairport.interop import toolenvs

    known = {item.name: item for item in toolenvs.status()}
    here = Path(sys.executable).parent

    def isolated(name: str, *arguments: str) -> Command | None:
        if name not in known or known[name].state != "present":
            return None
        environment = toolenvs.ensure(name)
        return [str(environment.bin / arguments[0]), *arguments[1:]], environment.environment()

    def own(name: str, *arguments: str) -> Command | None:
        return ([str(here / name), *arguments], dict(os.environ)) if (here / name).is_file() else None

    citation = ("--builtin-schema", "vendor.citation-file-format", "CITATION.cff")
    ci = ("--builtin-schema", "vendor.github-workflows", ".github/workflows/check.yml")
    return {
        "cffconvert": isolated("cffconvert", "cffconvert", "--validate", "-i", "CITATION.cff"),
        "check-jsonschema (CITATION.cff)": own("check-jsonschema", *citation),
        "check-jsonschema (CI)": own("check-jsonschema", *ci),
        "roc-validator": isolated("roc-validator", "python", str(CONTEXT), str(folder / "roc"), "."),
        "cwltool --validate": own("cwltool", "--validate", "workflow/main.cwl"),
        "reana-client validate": isolated("reana-client", "reana-client", "validate", "-f", "reana.yaml"),
        "hepdata-validator": isolated("hepdata-validator", "python", str(HEPDATA), "hepdata"),
    }


def timed(command: list[str], environment: dict[str, str], folder: Path) -> tuple[float, float, int]:
    """Return wall and processor seconds, and the exit code."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, done.returncode


def main() -> int:
    """Time everything in turns and print the ratio."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fairport-bench-tools-") as name:
        folder = Path(name)
        target = repository(folder)
        found = tools(folder)
        cache = folder / "cache"
        mine = ([sys.executable, "-m", "fairport", "check"], {**os.environ, "FAIRPORT_CACHE": str(cache)})
        cases = {title: command for title, command in found.items() if command is not None}
        every = (*cases.items(), ("fairport check, cold", mine), ("fairport check, warm", mine))
        best: dict[str, tuple[float, float, int]] = {}
        for _ in range(options.turns):
            for title, command in every:
                if title.endswith("cold"):
                    shutil.rmtree(cache, ignore_errors=True)
                took = timed(*command, target)
                best[title] = min(best.get(title, took), took)
    for title, (wall, cpu, code) in best.items():
        print(f"{title:34} {wall:7.2f} s wall {cpu:7.2f} s processor   exit {code}")
    for title in (title for title, command in found.items() if command is None):
        print(f"{title:34} not installed")
    wall, cpu = (sum(best[title][index] for title in cases) for index in (0, 1))
    print(f"{'sum of the others':34} {wall:7.2f} s wall {cpu:7.2f} s processor")
    ratios = {}
    for state in ("cold", "warm"):
        own = best[f"fairport check, {state}"]
        ratios[state] = wall / own[0]
        print(f"{state}: {wall / own[0]:.1f} times faster by wall, {cpu / own[1]:.1f} by processor")
    return 0 if ratios["cold"] >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
