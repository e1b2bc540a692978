"""The direct starter laid out as a scaffold would, without the questions and metadata around it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import jinja2
import pytest

KIND = "{% if kind == 'direct' %}.{% endif %}"
IMAGE = "example.org/python:3.12@sha256:" + "0" * 64

Starter = Callable[[str], Path]


def lay_out(template: Path, destination: Path, answers: dict[str, str]) -> None:
    """Render the paths and the ``.jinja`` files of a starter, as Copier does."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
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
            lay_out(starter_source, folder, {**answers, "licence_data": "CC-BY-4.0", "image": IMAGE})
            made[example] = folder
        return made[example]

    return make
