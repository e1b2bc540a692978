"""Small repositories and catalogues made from plain data: each test states only what matters to it."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fairport.catalog.harvest.harvesting import HarvestReport, harvest
from fairport.catalog.registry import add_entry, init_catalogue
from fairport.catalog.state import STATE_FILE, CheckSummary, read_state, write_state
from fairport.contract.saving import dump_yaml
from fairport.contract.tables import format_table

NOW = datetime(2026, 11, 22, 14, 0, 0, tzinfo=UTC)

ANALYSIS: dict[str, Any] = {
    "schema_version": "1.0",
    "id": "toy",
    "title": "A toy search",
    "description": "A toy search for weakly interacting massive particles, only here to test the catalogue.",
    "version": "1.0.0",
    "status": "published",
    "maturity": "draft",
    "licences": {"code": "MIT", "data": "CC-BY-4.0"},
    "authors": [
        {"given_names": "Ada", "family_names": "Doe", "orcid": "https://orcid.org/0000-0002-1825-0097"}
    ],
    "experiment": {"name": "Toy-1", "collaboration": "Toy"},
    "search": "direct",
    "workflow": {"type": "cwl", "file": "workflow/main.cwl", "inputs": "workflow/inputs.yaml"},
    "data": "data/manifest.yaml",
    "results": "results/*/result.yaml",
    "access": {"level": "open access"},
}

RESULT: dict[str, Any] = {
    "schema_version": "1.0",
    "id": "si",
    "title": "Toy limit",
    "version": "1",
    "status": "published",
    "kind": "limit",
    "plane": "dd.si",
    "licence": "CC-BY-4.0",
    "axes": [
        {"name": "mass", "role": "independent", "column": "mass", "quantity": "dark_matter_mass",
         "unit": "GeV", "scale": "log"},
        {"name": "sigma", "role": "dependent", "column": "sigma", "quantity": "cross_section", "unit": "cm2",
         "scale": "log"},
    ],
    "geometry": {"shape": "function", "excluded": "above"},
    "interpolation": {"x": "log", "y": "log", "method": "linear"},
    "statistics": {"role": "observed", "cl": 0.9, "method": "CLs", "sided": "one"},
    "model": {"dm": {"local_fraction": 1}, "interaction": "spin-independent isoscalar", "target": "Xe",
              "migdal": False},
    "astro": {"halo": {"rho0": {"value": 0.3, "unit": "GeV cm-3"}}},
    "expectation": [
        {"at": {"mass": 100}, "value": 2.05e-45, "tolerance": 0.05, "citation": "https://arxiv.org/abs/1802.07198v2"}
    ],
    "provenance": {
        "origin": "collaboration",
        "source": {"doi": "https://doi.org/10.1103/PhysRevD.98.102006", "arxiv": "1802.07198v2"},
        "cite": ["https://doi.org/10.1103/PhysRevD.98.102006"],
    },
}  # fmt: skip

POINTS = {"mass": [10.0, 100.0, 1000.0], "sigma": [1e-44, 2e-45, 1.5e-44]}

MakeRepository = Callable[..., Path]
Harvest = Callable[..., HarvestReport]


def merge(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return ``base`` with ``changes`` merged into it; ``None`` removes a key."""
    merged = deepcopy(base)
    for key, value in changes.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = merge(merged[key], value)
        else:
            merged[key] = value
    return merged


def write_result(folder: Path, changes: dict[str, Any] | None = None, points: Any = None) -> None:
    """Write a result record with its table."""
    folder.mkdir(parents=True, exist_ok=True)
    table = format_table(points or POINTS)
    (folder / "limit.csv").write_text(table, encoding="utf-8")
    rows = len((points or POINTS)["mass"])
    data = {"path": "limit.csv", "media_type": "text/csv", "rows": rows}
    data["sha256"] = hashlib.sha256(table.encode()).hexdigest()
    record = merge({**RESULT, "data": data}, changes or {})
    (folder / "result.yaml").write_text(dump_yaml(record), encoding="utf-8")


@pytest.fixture
def make_repository(tmp_path: Path) -> MakeRepository:
    """Return ``make(id, analysis={...}, results={folder: {...}})``, which writes a repository."""

    def make(
        identifier: str = "toy",
        *,
        analysis: dict[str, Any] | None = None,
        results: dict[str, dict[str, Any]] | None = None,
        points: Any = None,
    ) -> Path:
        folder = tmp_path / "repositories" / identifier
        folder.mkdir(parents=True, exist_ok=True)
        record = merge({**ANALYSIS, "id": identifier}, analysis or {})
        (folder / "fairport.yaml").write_text(dump_yaml(record), encoding="utf-8")
        for name, changes in ({"si": {}} if results is None else results).items():
            write_result(folder / "results" / name, {"id": name, **changes}, points)
        return folder

    return make


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """An empty catalogue that draws everything."""
    kinds = ("collaboration", "digitised", "recast", "projection", "simulation", "example", "superseded")
    return init_catalogue(tmp_path / "catalogue", title="Test catalogue", show=kinds)


@pytest.fixture
def register(catalogue: Path) -> Callable[..., Path]:
    """Return ``register(source, **options)``, which adds an entry."""
    return lambda source, **options: add_entry(catalogue, str(source), **options)


@pytest.fixture
def run_harvest(catalogue: Path, tmp_path: Path) -> Harvest:
    """Return ``run(now=...)``, which harvests without the check room.

    Each state is held to be written the same once it was read: pages are made anew where it differs.
    """

    def checker(tree: Path, profile: str) -> tuple[CheckSummary | None, str | None]:
        return CheckSummary(profile), None

    def run(**options: Any) -> HarvestReport:
        report = harvest(catalogue, **{"now": NOW, "jobs": 2, "checker": checker, **options})
        for path in (catalogue / "harvest").glob(f"*/{STATE_FILE}"):
            state = read_state(path.parent)
            assert state is not None
            write_state(tmp_path, state)
            assert (tmp_path / STATE_FILE).read_bytes() == path.read_bytes()
            (tmp_path / STATE_FILE).unlink()
        return report

    return run


def commit(folder: Path, message: str = "work", tag: str | None = None) -> str:
    """Commit everything in ``folder`` and return the commit."""
    if not (folder / ".git").is_dir():
        git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", message)
    if tag:
        git(folder, "tag", "-a", tag, "-m", tag)
    return git(folder, "rev-parse", "HEAD").strip()


def git(folder: Path, *arguments: str) -> str:
    """Run git in ``folder``."""
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def commit_all() -> Callable[..., str]:
    """Return :func:`commit`."""
    return commit


@pytest.fixture
def git_command() -> Callable[..., str]:
    """Return :func:`git`."""
    return git
