"""The view of a repository: what is listed, what is ignored, what git tells."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest

from fairport.check.globs import Glob
from fairport.check.repository import Repository


def git(root: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


def tree(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"{name}\n", "utf-8")
    return root


def test_without_git(tmp_path: Path) -> None:
    root = tree(
        tmp_path,
        "a.txt",
        "b/c.txt",
        ".fairport/runs/x.json",
        ".venv/lib/y.py",
        "b/__pycache__/z.pyc",
        ".hidden",
    )
    repository = Repository(root)
    assert set(repository.sizes) == {"a.txt", "b/c.txt", ".hidden"}
    assert repository.sizes["a.txt"] == 6
    assert repository.folders == {"b"}
    assert repository.tracked is None
    assert "a.txt" in repository
    assert "x" not in repository


def test_with_git(tmp_path: Path) -> None:
    root = tree(tmp_path, "a.txt", "ignored/b.txt", "new.txt", "gone.txt")
    (root / ".gitignore").write_text("ignored/\n", "utf-8")
    git(root, "init", "-q")
    git(root, "add", "a.txt", ".gitignore", "gone.txt")
    git(root, "commit", "-q", "-m", "x")
    (root / "gone.txt").unlink()
    repository = Repository(root)
    assert set(repository.sizes) == {"a.txt", ".gitignore", "new.txt"}
    assert repository.tracked == {"a.txt", ".gitignore", "gone.txt"}
    assert repository.exists_on_disk("ignored/b.txt")
    assert not repository.exists_on_disk("../x")
    assert repository.git is not None
    head = repository.git.head()
    assert head is not None
    assert repository.git.has_commit(head)
    assert repository.git.has_commit("0" * 40) is False
    assert repository.git.has_commit("--help") is False
    git(root, "tag", "v1.2.0")
    assert repository.git.head_tags() == ["v1.2.0"]


def test_an_analysis_inside_another_repository(tmp_path: Path) -> None:
    root = tree(tmp_path, "top.txt", "analysis/fairport.yaml", "analysis/x.txt")
    git(root, "init", "-q")
    assert set(Repository(root / "analysis").sizes) == {"fairport.yaml", "x.txt"}
    (root / ".gitignore").write_text("analysis/\n", "utf-8")
    assert set(Repository(root / "analysis").sizes) == {"fairport.yaml", "x.txt"}


def test_links_inside(tmp_path: Path) -> None:
    root = tree(tmp_path / "r", "a.txt", "folder/b.txt")
    (root / "link.txt").symlink_to("a.txt")
    (root / "dangling").symlink_to("nowhere")
    repository = Repository(root)
    assert repository.text("link.txt") == "a.txt\n"
    assert [oddity.path for oddity in repository.oddities] == ["dangling"]


def test_checksums(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"Wikipedia")
    sums = Repository(tmp_path).checksums("a")
    assert sums == {
        "md5": hashlib.md5(b"Wikipedia").hexdigest(),
        "sha256": hashlib.sha256(b"Wikipedia").hexdigest(),
        "adler32": "11e60398",  # the worked example of the specification of adler32
    }
    assert Repository(tmp_path).checksums("missing") is None


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("results/*/result.yaml", "results/si/result.yaml", True),
        ("results/*/result.yaml", "results/a/b/result.yaml", False),
        ("results/**/result.yaml", "results/result.yaml", True),
        ("results/**/result.yaml", "results/a/b/result.yaml", True),
        ("**/*.cwl", "main.cwl", True),
        ("**/*.cwl", "a/b/main.cwl", True),
        ("**", "a/b", True),
        ("data/", "data/x/y", True),
        ("./a.txt", "a.txt", True),
        ("*.txt", "a/b.txt", False),
        ("a?c", "abc", True),
        ("a?c", "a/c", False),
        ("[ab].txt", "b.txt", True),
        ("", "a", False),
    ],
)
def test_globs(pattern: str, path: str, matches: bool) -> None:
    assert Glob(pattern).matches(path) is matches


def test_globs_anywhere() -> None:
    assert Glob("*.txt", anywhere=True).matches("a/b.txt")
    assert not Glob("a/*.txt", anywhere=True).matches("x/a/b.txt")
