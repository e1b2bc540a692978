"""Cookiecutter gives the same repository as Copier."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fairport.scaffold.cookiecutter_json import cookiecutter_json
from fairport.scaffold.questions import load_questions


@pytest.fixture
def cookiecutter(tmp_path: Path, repository: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return ``cookiecutter(folder, answers)``, which runs the program with settings of its own."""
    settings = tmp_path / "settings.yaml"
    settings.write_text(
        json.dumps({"cookiecutters_dir": str(tmp_path / "c"), "replay_dir": str(tmp_path / "r")}),
        encoding="utf-8",
    )

    def run(
        folder: Path, answers: dict[str, str], *, template: str | None = None, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "cookiecutter", "--no-input", "--config-file", str(settings)]
        pairs = [f"{name}={value}" for name, value in answers.items()]
        where = ["--output-dir", str(folder), template or str(repository)]
        return subprocess.run(
            [*command, *where, *pairs], capture_output=True, text=True, check=False, **options
        )

    return run


def test_cookiecutter_json_is_made_from_the_questions(repository: Path) -> None:
    assert (repository / "cookiecutter.json").read_text("utf-8") == cookiecutter_json(
        load_questions().values()
    )


# Cookiecutter itself reads an answer with {{ as an expression, so those cases cannot be given to it.
@pytest.mark.parametrize("name", ["defaults", "pairs-03", "hostile-quotes", "hostile-unicode"])
def test_the_tree_is_the_same(
    cookiecutter: Callable[..., subprocess.CompletedProcess[str]],
    cases: dict[str, dict[str, str]],
    tree_of: Callable[[str], Path],
    content_of: Callable[[Path], dict[str, bytes]],
    tmp_path: Path,
    name: str,
) -> None:
    result = cookiecutter(tmp_path / "a b", cases[name])
    assert result.returncode == 0, result.stderr
    (made,) = (tmp_path / "a b").iterdir()
    assert made.name == json.loads((made / "codemeta.json").read_text("utf-8"))["identifier"]
    assert content_of(made) == content_of(tree_of(name))


def test_a_bad_answer_leaves_nothing(
    cookiecutter: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    result = cookiecutter(tmp_path / "out", {"author_orcid": "0000-0002-1825-0098"})
    assert result.returncode != 0
    assert 'the answer to "author_orcid" cannot be used: the check digit is wrong' in result.stderr
    assert not list((tmp_path / "out").iterdir())


def test_a_relative_path_to_the_template(
    cookiecutter: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path, repository: Path
) -> None:
    (tmp_path / "template").symlink_to(repository)
    environment = {**os.environ, "PWD": "/nowhere"}
    result = cookiecutter(tmp_path / "out", {}, template="template", cwd=tmp_path, env=environment)
    assert result.returncode == 0, result.stderr
    assert list((tmp_path / "out").glob("*/fairport.yaml"))


def test_without_copier_the_message_says_what_to_install(repository: Path, tmp_path: Path) -> None:
    script = (
        "import sys\n"
        f"sys.path.insert(0, {str(repository / 'hooks')!r})\n"
        "sys.modules['copier'] = None\n"
        "import bridge\n"
        "bridge.fill_folder({'title': 'A title'})\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert "pipx inject cookiecutter copier" in result.stderr
