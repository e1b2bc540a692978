"""Reading git state without running what a repository configures."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from fairport.engines.git import read_state, tracked


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "répo with space"
    root.mkdir()
    git(root, "init", "-q")
    (root / "a.txt").write_text("a\n", "utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "first")
    return root


def test_clean_repository(repository: Path) -> None:
    state = read_state(repository)
    assert state.inside
    assert state.commit == git(repository, "rev-parse", "HEAD")
    assert (state.clean, state.changed) == (True, ())
    assert state.user == ("Test Person", "test@example.org")
    assert state.remote is None


def test_own_folders_do_not_count(repository: Path) -> None:
    for name in ("results/a/result.yaml", "outputs/b.csv", ".fairport/c"):
        path = repository / name
        path.parent.mkdir(parents=True)
        path.write_text("x", "utf-8")
    assert read_state(repository).clean
    (repository / "src/results").mkdir(parents=True)
    (repository / "src/results/x.py").write_text("x", "utf-8")
    assert read_state(repository).changed == ("src/",)


def test_every_kind_of_change(repository: Path) -> None:
    for name in ("b ü.txt", "c.txt", 'd"q.txt'):
        (repository / name).write_text(name * 20, "utf-8")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "more")
    git(repository, "mv", "b ü.txt", "moved ü.txt")
    (repository / "c.txt").unlink()
    (repository / 'd"q.txt').write_text("other", "utf-8")
    (repository / "new\nline.txt").write_text("new", "utf-8")
    state = read_state(repository)
    assert not state.clean
    assert set(state.changed) == {"moved ü.txt", "c.txt", 'd"q.txt', "new\nline.txt"}


def test_before_the_first_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    state = read_state(tmp_path)
    assert (state.inside, state.commit, state.clean) == (True, None, False)


def test_outside_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    state = read_state(tmp_path)
    assert (state.inside, state.commit, state.clean) == (False, None, False)
    assert tracked(tmp_path, ["a"]) == frozenset()


def test_without_git(repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert read_state(repository).inside is False


def test_analysis_below_the_top(repository: Path) -> None:
    inner = repository / "analyses/one"
    inner.mkdir(parents=True)
    (inner / "f.txt").write_text("f", "utf-8")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "inner")
    (repository / "a.txt").write_text("changed elsewhere\n", "utf-8")
    (inner / "results").mkdir()
    (inner / "results/x").write_text("x", "utf-8")
    assert read_state(inner).clean
    (inner / "f.txt").write_text("changed", "utf-8")
    assert read_state(inner).changed == ("f.txt",)


def test_variables_of_a_hook_do_not_mislead(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/nonexistent")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nonexistent")
    assert read_state(repository).clean


def test_nothing_configured_is_executed(repository: Path) -> None:
    marker = repository.parent / "executed"
    script = repository.parent / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch '{marker}'\n", "utf-8")
    script.chmod(0o755)
    git(repository, "config", "core.fsmonitor", f"'{script}'")
    git(repository, "config", "diff.external", f"'{script}'")
    git(repository, "config", "core.hooksPath", str(repository.parent))
    for name in ("post-index-change", "post-checkout", "fsmonitor-watchman"):
        (repository.parent / name).symlink_to(script)
    (repository / "a.txt").write_text("changed\n", "utf-8")
    assert read_state(repository).changed == ("a.txt",)
    assert tracked(repository, ["a.txt", "b.txt"]) == {"a.txt"}
    assert not marker.exists()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:secret@example.org/a/b.git", "https://example.org/a/b.git"),
        ("https://token@example.org:8443/b?x=secret", "https://example.org:8443/b"),
        ("git@example.org:a/b.git", None),
        ("/home/somebody/b", None),
    ],
)
def test_remote_without_secrets(repository: Path, url: str, shown: str | None) -> None:
    git(repository, "remote", "add", "origin", url)
    assert read_state(repository).remote == shown


def test_tracked_names_are_literal(repository: Path) -> None:
    (repository / "b*").write_text("star", "utf-8")
    assert tracked(repository, ["*", "a.txt", ":(top)a.txt", "b*"]) == {"a.txt"}
