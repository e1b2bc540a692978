"""A tiny analysis whose workflow needs nothing but python3, and a warm engine to run it quickly."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fairport.engines.local import LocalEngine
from fairport.flows.run import RunOutcome, run_analysis

ANALYSIS = {
    "schema_version": "1.0",
    "id": "tiny",
    "title": "A tiny analysis",
    "description": "An analysis for tests, whose workflow doubles numbers. " * 2,
    "version": "0.1.0",
    "status": "draft",
    "maturity": "draft",
    "licences": {"code": "MIT", "data": "CC-BY-4.0"},
    "authors": [
        {
            "given_names": "Test",
            "family_names": "Person",
            "orcid": "https://orcid.org/0000-0002-1825-0097",
        }
    ],
    "experiment": {"name": "Tiny"},
    "search": "direct",
    "workflow": {"type": "cwl", "file": "workflow/main.cwl", "inputs": "workflow/inputs.yaml"},
    "data": "data/manifest.yaml",
    "results": "results/*/result.yaml",
    "access": {"level": "open access"},
}

SCRIPT = """
import json, sys

source, scale, name = sys.argv[1], float(sys.argv[2]), sys.argv[3]
masses = json.load(open(source))["masses"]
print("scaling", len(masses), "masses")
with open(name + ".csv", "w") as table:
    table.write("mass,limit\\n")
    for mass in masses:
        table.write(f"{mass!r},{scale * mass!r}\\n")
record = {
    "schema_version": "1.0", "id": name, "title": "Tiny limit", "version": "0.1.0", "status": "draft",
    "kind": "limit", "plane": "dd.si", "licence": "CC-BY-4.0",
    "axes": [
        {"name": "mass", "role": "independent", "column": "mass", "quantity": "dark_matter_mass",
         "unit": "GeV", "scale": "log"},
        {"name": "limit", "role": "dependent", "column": "limit", "quantity": "cross_section",
         "unit": "cm2", "scale": "log"},
    ],
    "data": {"path": name + ".csv", "media_type": "text/csv"},
    "geometry": {"shape": "function", "excluded": "above"},
    "interpolation": {"x": "log", "y": "log", "method": "linear"},
    "statistics": {"role": "observed", "cl": 0.9, "method": "classical-poisson"},
    "model": {"interaction": "spin-independent"},
    "astro": {"halo": "not-stated"},
    "provenance": {"origin": "recast"},
}
with open(name + ".result.json", "w") as handle:
    json.dump(record, handle)
"""

MAIN = """
cwlVersion: v1.2
class: Workflow
inputs:
  script: File
  source: File
  scale: {type: double, default: 2.0, doc: "Factor between mass and limit."}
  name: {type: string, doc: "Identifier of the result."}
outputs:
  table: {type: File, outputSource: scale_masses/table}
  record: {type: File, outputSource: scale_masses/record}
  size: {type: File, outputSource: count/size}
steps:
  scale_masses:
    run: tools/scale.cwl
    in: {script: script, source: source, scale: scale, name: name}
    out: [table, record]
  count:
    run: tools/count.cwl
    in: {table: scale_masses/table}
    out: [size]
"""

SCALE = """
cwlVersion: v1.2
class: CommandLineTool
baseCommand: [python3]
inputs:
  script: {type: File, inputBinding: {position: 1}}
  source: {type: File, inputBinding: {position: 2}}
  scale: {type: double, inputBinding: {position: 3}}
  name: {type: string, inputBinding: {position: 4}}
outputs:
  table: {type: File, outputBinding: {glob: "*.csv"}}
  record: {type: File, outputBinding: {glob: "*.result.json"}}
"""

COUNT = """
cwlVersion: v1.2
class: CommandLineTool
baseCommand: [python3, -c, "import sys; print(len(open(sys.argv[1]).readlines()))"]
inputs:
  table: {type: File, inputBinding: {position: 1}}
stdout: size.txt
outputs:
  size: {type: stdout}
"""

INPUTS = """
script: {class: File, location: ../src/scale.py}
source: {class: File, location: ../data/source.json}
name: tiny-limit
"""

TINY: dict[str, str] = {
    "fairport.yaml": json.dumps(ANALYSIS, indent=1),
    "src/scale.py": SCRIPT,
    "data/source.json": '{"masses": [10.0, 100.0, 1000.0]}\n',
    "workflow/main.cwl": MAIN,
    "workflow/tools/scale.cwl": SCALE,
    "workflow/tools/count.cwl": COUNT,
    "workflow/inputs.yaml": INPUTS,
    ".gitignore": "/outputs/\n/.fairport/\n",
}

MakeAnalysis = Callable[..., Path]


def write_tree(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def make_analysis(tmp_path: Path) -> MakeAnalysis:
    """Return ``make(name="tiny", files={}, git=False, **record)``: the tiny analysis with files replaced."""

    def make(
        name: str = "tiny", files: dict[str, str] | None = None, git: bool = False, **record: Any
    ) -> Path:
        own = {**TINY, "fairport.yaml": json.dumps({**ANALYSIS, **record}), **(files or {})}
        root = write_tree(tmp_path / name, own)
        if git:
            run_git(root, "init", "-q")
            commit_all(root)
        return root

    return make


@pytest.fixture(scope="session")
def engine() -> Iterator[LocalEngine]:
    """One warm engine for many runs; a test that breaks it gets it anew on its next run."""
    with LocalEngine() as warm:
        yield warm


@pytest.fixture
def run(engine: LocalEngine) -> Callable[..., RunOutcome]:
    """Run an analysis in the warm engine, without containers unless the test says otherwise."""

    def call(root: Path, **options: Any) -> RunOutcome:
        return run_analysis(root, engine=engine, **{"container": "none", **options})

    return call


@pytest.fixture(scope="session")
def git() -> Callable[..., str]:
    """Run git in a folder and return what it wrote."""
    return run_git


@pytest.fixture(scope="session")
def commit() -> Callable[[Path], str]:
    """Commit everything in a folder and return the commit."""
    return commit_all


def run_git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit_all(root: Path) -> str:
    run_git(root, "add", "-A")
    run_git(root, "commit", "-q", "--allow-empty", "-m", "state")
    return run_git(root, "rev-parse", "HEAD")
