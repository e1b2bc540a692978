"""The hooks for pre-commit, run by pre-commit itself from a commit of this repository, without a network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

REPOSITORY = Path(__file__).parents[2]
BASE = REPOSITORY / "tests" / "check" / "base"
HOOKS = ("fairport-check", "fairport-fix", "fairport-sync")


def test_manifest_is_valid() -> None:
    from pre_commit.clientlib import load_manifest

    hooks = load_manifest(str(REPOSITORY / ".pre-commit-hooks.yaml"))
    assert tuple(hook["id"] for hook in hooks) == HOOKS
    assert all(hook["language"] == "python" for hook in hooks)


@pytest.mark.slow
def test_hooks_run(tmp_path: Path) -> None:
    """pre-commit clones this repository at its last commit (shallow), builds and installs it, runs the hooks.

    The build back end and the requirements come from this environment, since a test installs nothing.
    """
    if not (REPOSITORY / ".git").exists():
        pytest.skip("not a git checkout")
    head = _git(REPOSITORY, "rev-parse", "HEAD")
    project = tmp_path / "project"
    shutil.copytree(BASE, project, ignore=shutil.ignore_patterns("__pycache__"))
    repositories = [{"repo": str(REPOSITORY), "rev": head, "hooks": [{"id": name} for name in HOOKS]}]
    (project / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": repositories}), "utf-8")
    _git(project, "init", "-q")
    _git(project, "add", "-A")

    record = project / "fairport.yaml"
    subprocess.run([sys.executable, "-m", "fairport", "sync", str(project)], check=True, capture_output=True)
    right = record.read_text("utf-8")
    record.write_text(right.replace("title: Toy recast", "title: Toy second recast"), "utf-8")
    _git(project, "add", "-A")

    code, log = _run(tmp_path, project, "fairport-sync")
    assert code == 1, log
    assert "files were modified by this hook" in log
    assert "Toy second recast" in (project / "codemeta.json").read_text("utf-8")
    _git(project, "add", "-A")
    code, log = _run(tmp_path, project, "fairport-sync")
    assert code == 0, log
    code, log = _run(tmp_path, project, "fairport-check")
    assert code == 0, log

    right = record.read_text("utf-8")
    record.write_text(right.replace("https://doi.org/10.5281", "doi:10.5281"), "utf-8")
    _git(project, "add", "-A")
    code, log = _run(tmp_path, project, "fairport-check")
    assert code == 1, log
    assert "META010" in log
    code, log = _run(tmp_path, project, "fairport-fix")
    assert code == 1, log
    assert "https://doi.org/10.5281/zenodo.1234567" in record.read_text("utf-8")


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _run(home: Path, project: Path, hook: str) -> tuple[int, str]:
    (home / ".gitconfig").write_text(Path(os.environ["GIT_CONFIG_GLOBAL"]).read_text("utf-8"), "utf-8")
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PRE_COMMIT_HOME": str(home / "cache"),
        "PYTHONPATH": packages,
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",
    }
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", hook, "--all-files", "--color=never"],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    return done.returncode, done.stdout + done.stderr
