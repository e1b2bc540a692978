"""The build hook as a module, and small repositories to build from."""

from __future__ import annotations

import importlib.util
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

Git = Callable[..., str]


@pytest.fixture(scope="session")
def hook(repository: Path) -> ModuleType:
    """``hatch_build.py``, imported by path as hatchling does it."""
    spec = importlib.util.spec_from_file_location("hatch_build", repository / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def git() -> Git:
    def call(folder: Path, *arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    return call


@pytest.fixture
def tree(tmp_path: Path, git: Git) -> Path:
    """A repository with a template of awkward names, committed once."""
    root = tmp_path / "tree"
    for name, text in {
        "copier.yml": "slug: {type: str}\n",
        "template/{% if kind == 'direct' %}.{% endif %}/{{ slug }}.txt.jinja": "one\n",
        "template/.gitignore": "outputs/\n",
        "template/outputs/.keep": "",
        "{{cookiecutter.slug}}/.keep": "",
        "schemas/a.schema.json": "{}\n",
        "schemas/a/examples/good/one.yaml": "a: 1\n",
        "schemas/a/examples/bad/one.yaml": "a: 2\n",
        "site/mkdocs.yml": "site_name: x\n",
        "site/frontend/package.json": "{}\n",
        "src/other.py": "",
        ".gitignore": "site/frontend/dist/\n__pycache__/\n",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    git(root.parent, "init", "--quiet", str(root))
    git(root, "add", "--force", ".")
    git(root, "commit", "--quiet", "-m", "first")
    return root
