"""Repositories with a manifest, and no settings of the user's Rucio."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from fairport.lake.workspace import Workspace


@pytest.fixture(autouse=True)
def quiet_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of the user's Rucio."""
    for name in list(os.environ):
        if name.startswith(("RUCIO_", "X509_")):
            monkeypatch.delenv(name)


@pytest.fixture
def repository_of(tmp_path: Path) -> Callable[..., Workspace]:
    """Return ``make(datasets, name=...)`` that writes a repository with a manifest."""

    def make(datasets: str, *, name: str = "repo") -> Workspace:
        root = tmp_path / name
        (root / "data").mkdir(parents=True, exist_ok=True)
        text = f'schema_version: "1.0"\ndatasets:{datasets or " []"}\n'
        (root / "data" / "manifest.yaml").write_text(text, encoding="utf-8")
        return Workspace(root)

    return make
