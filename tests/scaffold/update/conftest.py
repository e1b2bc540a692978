"""Small templates in git, one tag a version, and repositories made from them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from fairport.scaffold.releases import open_releases
from fairport.scaffold.render import render

ANSWERS = {"template/{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers | to_nice_yaml -}}\n"}

Files = Mapping[str, str | None]


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def write(folder: Path, files: Files) -> None:
    """Write files; ``None`` deletes one."""
    for name, text in files.items():
        path = folder / name
        if text is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@dataclass(frozen=True)
class World:
    """A template and a repository made from one of its versions."""

    template: Path
    project: Path

    def read(self, name: str) -> str:
        return (self.project / name).read_text("utf-8")

    def edit(self, files: Files, *, commit: bool = True) -> None:
        write(self.project, files)
        if commit:
            git(self.project, "add", "--all")
            git(self.project, "commit", "--quiet", "--allow-empty", "--message", "mine")

    def status(self) -> list[str]:
        return git(self.project, "status", "--porcelain", "--untracked-files=all").splitlines()

    def snapshot(self) -> dict[str, bytes]:
        return {
            str(path.relative_to(self.project)): path.read_bytes()
            for path in self.project.rglob("*")
            if path.is_file() and ".git" not in path.relative_to(self.project).parts
        }


def make_template(folder: Path, versions: Mapping[str, Files]) -> Path:
    """Commit and tag versions, each given by its difference to the one before."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet")
    write(folder, {"copier.yml": "_subdirectory: template\n_templates_suffix: .jinja\n", **ANSWERS})
    for version, files in versions.items():
        write(folder, files)
        git(folder, "add", "--all", "--force")
        git(folder, "commit", "--quiet", "--allow-empty", "--message", version)
        git(folder, "tag", f"v{version}")
    return folder


def make_project(
    template: str, folder: Path, version: str, answers: Mapping[str, Any], kind: str = ""
) -> Path:
    """Render a version and commit the result."""
    with open_releases(template) as releases, TemporaryDirectory() as name:
        files = releases.export(version, Path(name) / "template", kind=kind)
        render(folder, answers, template=files, version=version, source=releases.source, exported=True)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "start")
    return folder


Make = Callable[..., World]


@pytest.fixture
def world(tmp_path: Path) -> Make:
    """Return ``make(versions, answers={}, at=<first version>)``."""

    def make(
        versions: Mapping[str, Files], answers: Mapping[str, Any] | None = None, at: str | None = None
    ) -> World:
        template = make_template(tmp_path / "template", versions)
        first = at or next(iter(versions))
        return World(template, make_project(str(template), tmp_path / "project", first, answers or {}))

    return make


@pytest.fixture(scope="session", name="git")
def git_fixture() -> Callable[..., str]:
    """Return ``git(folder, *arguments)``."""
    return git


@pytest.fixture(scope="session", name="write")
def write_fixture() -> Callable[[Path, Files], None]:
    """Return ``write(folder, files)``."""
    return write


@pytest.fixture(scope="session", name="make_project")
def make_project_fixture() -> Callable[..., Path]:
    """Return ``make_project(template, folder, version, answers, kind)``."""
    return make_project
