"""The starters laid out as a scaffold would, without the questions and metadata around them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jinja2
import pytest

KIND = "{% if kind == 'direct' %}.{% endif %}"
IMAGE = "example.org/python:3.12@sha256:" + "0" * 64

COMMON = {"licence_data": "CC-BY-4.0", "image": IMAGE, "reana_backend": "kubernetes"}

# The example with which the starter of each other kind begins.
EXAMPLES = {
    "indirect": "dwarf-galaxies",
    "multimessenger": "galactic-source",
    "collider": "vector-mediator",
    "generic": "axion-haloscope",
}

Starter = Callable[[str], Path]


def lay_out(template: Path, destination: Path, answers: dict[str, str]) -> None:
    """Render the paths and the ``.jinja`` files of a starter, as Copier does."""
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, keep_trailing_newline=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["to_json"] = lambda value, **options: json.dumps(value, **options)
    for path in sorted(template.rglob("*")):
        if path.is_dir() or "__pycache__" in path.parts:
            continue
        parts = [environment.from_string(part).render(answers) for part in path.relative_to(template).parts]
        if "" in parts:
            continue
        target = destination.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.suffix == ".jinja":
            text = path.read_text(encoding="utf-8")
            target.with_suffix("").write_text(environment.from_string(text).render(answers), encoding="utf-8")
        else:
            target.write_bytes(path.read_bytes())


@pytest.fixture(scope="session")
def starter_source(repository: Path) -> Path:
    """The starter's folder in the template."""
    return repository / "template" / KIND


@pytest.fixture(scope="session")
def image() -> str:
    """The answer to the question for a container image."""
    return IMAGE


@pytest.fixture(scope="session")
def starter(starter_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Starter:
    """``starter(example)``: the starter laid out with the inputs of that example (once a session each)."""
    made: dict[str, Path] = {}

    def make(example: str) -> Path:
        if example not in made:
            folder = tmp_path_factory.mktemp("starter") / f"an analysis of {example}"
            answers = {"kind": "direct", "example": example, "package": "an_analysis", "slug": "an-analysis"}
            lay_out(starter_source, folder, {**answers, **COMMON})
            made[example] = folder
        return made[example]

    return make


@pytest.fixture(scope="session")
def laid_out(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Starter:
    """``laid_out(kind)``: the starter of a kind other than direct, with its example (once a session each)."""
    made: dict[str, Path] = {}

    def make(kind: str) -> Path:
        if kind not in made:
            folder = tmp_path_factory.mktemp("starter") / f"an analysis of {kind}"
            answers = {
                "kind": kind,
                "example": EXAMPLES[kind],
                "package": "an_analysis",
                "slug": "an-analysis",
            }
            answers |= COMMON
            for source in sorted((repository / "template").glob("{% if kind *")):
                if jinja2.Template(source.name).render(answers) == ".":
                    lay_out(source, folder, answers)
            made[kind] = folder
        return made[kind]

    return make


@pytest.fixture(scope="session")
def ran(laid_out: Starter, tmp_path_factory: pytest.TempPathFactory) -> Starter:
    """``ran(kind)``: the outputs of that starter's workflow under cwltool (once a session each)."""
    made: dict[str, Path] = {}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    def run(kind: str) -> Path:
        if kind not in made:
            folder, out = laid_out(kind) / "workflow", tmp_path_factory.mktemp("out put")
            command = [sys.executable, "-m", "cwltool", "--quiet", "--no-container", "--outdir", str(out)]
            done = subprocess.run(
                [*command, str(folder / "main.cwl"), str(folder / "inputs.yaml")],
                env={**os.environ, "PATH": path},
                capture_output=True,
                text=True,
                check=False,
                cwd=out,
            )
            assert done.returncode == 0, done.stderr
            made[kind] = out
        return made[kind]

    return run
