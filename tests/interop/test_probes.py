"""Probes tell works, broken and absent apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairport.interop import probes


def _program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that alone is on PATH (the shell's own commands apart)."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_absent(only: Path) -> None:
    assert probes.container_engine("docker").state == "absent"
    assert probes.browser().state == "absent"
    assert probes.git().fatal


def test_engine_counts_only_when_info_succeeds(only: Path) -> None:
    _program(only, "docker", '[ "$1" = --version ] && echo Docker 27 && exit 0\necho no daemon >&2; exit 1')
    found = probes.container_engine("docker")
    assert (found.state, found.detail) == ("broken", "no daemon")
    _program(only, "docker", '[ "$1" = --version ] && echo Docker 27; exit 0')
    found = probes.container_engine("docker")
    assert found.state == "ok"
    assert found.detail.startswith("Docker 27")


def test_engine_without_answer_is_broken(only: Path) -> None:
    _program(only, "podman", "while :; do :; done")
    found = probes.container_engine("podman", timeout=0.2)
    assert (found.state, found.detail) == ("broken", "no answer within 0.2 s")


def test_next_candidate_is_tried_when_the_first_fails(only: Path) -> None:
    _program(only, "chromium", "exit 127")
    assert probes.browser().state == "broken"
    _program(only, "google-chrome", "echo Chrome 150")
    found = probes.browser()
    assert found.state == "ok"
    assert found.detail.startswith("Chrome 150")


def test_git_identity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert probes.git_identity().detail == "Test Person <test@example.org>"
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    assert probes.git_identity().state == "absent"


def test_bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    assert probes.bytecode().state == "ok"
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert probes.bytecode().state == "broken"
