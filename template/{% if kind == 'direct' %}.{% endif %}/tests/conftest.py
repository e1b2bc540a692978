"""Shared pieces of the tests: the modules are imported by file, just as the workflow does it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = next(ROOT.glob("src/*/recoil.py")).parent
sys.path.insert(0, str(SOURCE))


@pytest.fixture(scope="session")
def experiment() -> dict[str, Any]:
    """The experiment file of this analysis."""
    document: dict[str, Any] = json.loads((ROOT / "data" / "experiment.json").read_text(encoding="utf-8"))
    return document


@pytest.fixture(scope="session")
def source() -> Path:
    """Folder of the workflow's scripts."""
    return SOURCE
