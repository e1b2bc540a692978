"""Results made in memory: likelihood tables, limits, scans, regions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fairport.results.loaded import LoadedResult
from fairport.results.planes import Planes
from fairport.results.store import make_result

Make = Callable[..., LoadedResult]


def _digest(columns: dict[str, np.ndarray]) -> str:
    text = json.dumps({name: np.asarray(values).tolist() for name, values in columns.items()})
    return hashlib.sha256(text.encode()).hexdigest()


def _record(kind: str, plane: str, name: str, columns: dict[str, np.ndarray], **extra: Any) -> dict[str, Any]:
    rows = len(next(iter(columns.values())))
    record = {
        "schema_version": "1.0",
        "id": name,
        "title": name,
        "version": "1",
        "status": "published",
        "kind": kind,
        "plane": plane,
        "licence": "CC0-1.0",
        "data": {"path": "t.csv", "media_type": "text/csv", "sha256": _digest(columns), "rows": rows},
        "provenance": {"origin": "collaboration"},
    }
    return record | extra


def _axis(
    name: str, quantity: str, unit: str, role: str = "independent", scale: str = "log"
) -> dict[str, str]:
    return {"name": name, "role": role, "column": name, "quantity": quantity, "unit": unit, "scale": scale}


def merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Merge nested mappings; a value of None removes the key."""
    result = dict(base)
    for key, value in changes.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = merged(result[key], value)
        else:
            result[key] = value
    return result


@pytest.fixture(scope="session")
def planes() -> Planes:
    return Planes()


@pytest.fixture
def make_profile(planes: Planes) -> Make:
    """``make_profile(name, masses, s, t, target=..., changes={...})`` with t of shape (M, S)."""

    def make(
        name: str,
        masses: Sequence[float],
        s: Sequence[float],
        t: np.ndarray,
        *,
        target: str | None = "Draco",
        log10_j: float = 18.8,
        sigma: float | None = None,
        profiled: bool = False,
        mass_unit: str = "GeV",
        s_unit: str = "cm3 s-1",
        changes: dict[str, Any] | None = None,
        **known: str,
    ) -> LoadedResult:
        m, y = np.meshgrid(masses, s, indexing="ij")
        columns = {"mass": m.ravel(), "sigmav": y.ravel(), "ts": np.asarray(t, dtype=float).ravel()}
        astro: dict[str, Any] = {"jfactor": []}
        nuisances: list[dict[str, Any]] = []
        if target is not None:
            factor = {"target": target, "log10": log10_j, "unit": "GeV2 cm-5", "aperture_deg": 0.5}
            factor |= {"sigma": sigma} if sigma is not None else {}
            astro["jfactor"] = [factor | {"profiled": profiled}]
            if sigma is not None:
                key = f"jfactor/{target}"
                nuisances = [{"id": f"j-{target}", "kind": "jfactor", "shared_key": key, "sigma": sigma}]
                nuisances[0]["profiled"] = profiled
        record = _record(
            "profile",
            "id.ann.bb",
            name,
            columns,
            axes=[
                _axis("mass", "dark_matter_mass", mass_unit),
                _axis("sigmav", "annihilation_cross_section", s_unit),
                _axis("ts", "test_statistic", "", "dependent", "lin"),
            ],
            geometry={"shape": "grid", "excluded": "none"},
            interpolation={"x": "log", "y": "lin", "method": "cubic"},
            statistics={
                "role": "observed",
                "cl": 0.95,
                "method": "profile-likelihood",
                "sided": "one",
                "threshold": 2.71,
            },
            model={"dm": {"self_conjugate": True}, "channel": "bb", "spectra": "PPPC4DMID"},
            astro=astro,
            profile={"quantity": "-2lnL", "reference": "own-minimum"},
            nuisances=nuisances,
        )
        options = {"analysis": f"an-{name}"} | known
        return make_result(merged(record, changes or {}), columns, planes.get("id.ann.bb"), **options)

    return make


@pytest.fixture
def make_limit(planes: Planes) -> Make:
    """``make_limit(name, x, y, plane="dd.si", bands={...}, changes={...})``."""

    def make(
        name: str,
        x: Sequence[float],
        y: Sequence[float],
        *,
        plane: str = "dd.si",
        bands: dict[str, Sequence[float]] | None = None,
        changes: dict[str, Any] | None = None,
        **known: str,
    ) -> LoadedResult:
        found = planes.get(plane)
        first, second = found.axes
        columns = {first.name: np.asarray(x, dtype=float), second.name: np.asarray(y, dtype=float)}
        columns |= {key: np.asarray(values, dtype=float) for key, values in (bands or {}).items()}
        below = found.orientation == "below"
        record = _record(
            "limit",
            plane,
            name,
            columns,
            axes=[
                _axis(first.name, first.quantity, first.unit),
                _axis(second.name, second.quantity, second.unit, "dependent"),
            ],
            geometry={"shape": "function", "excluded": "below" if below else "above"},
            interpolation={"x": "log", "y": "log", "method": "linear"},
            statistics={"role": "observed", "cl": 0.9, "method": "profile-likelihood", "sided": "two"},
            model={
                "dm": {"local_fraction": 1.0, "self_conjugate": True},
                "interaction": "SI",
                "target": "Xe",
                "migdal": False,
                "channel": plane.rpartition(".")[2],
                "spectra": "PPPC4DMID",
            },
            astro={
                "halo": {
                    "rho0": {"value": 0.3, "unit": "GeV cm-3"},
                    "v0": {"value": 238.0, "unit": "km s-1"},
                    "vesc": {"value": 544.0, "unit": "km s-1"},
                },
                "jfactor": [],
            },
            bands={key: key for key in bands or {}},
        )
        options = {"analysis": name} | known
        return make_result(merged(record, changes or {}), columns, found, **options)

    return make


@pytest.fixture
def make_scan(planes: Planes) -> Make:
    """``make_scan(name, seed, f, t, changes={...})``, one row for each realisation and value."""

    def make(
        name: str,
        seed: Sequence[float],
        f: Sequence[float],
        t: Sequence[float],
        changes: dict[str, Any] | None = None,
    ) -> LoadedResult:
        columns = {"seed": np.asarray(seed, float), "f": np.asarray(f, float), "ts": np.asarray(t, float)}
        record = _record(
            "profile",
            "astro.hadronic_fraction",
            name,
            columns,
            axes=[
                _axis("seed", "replica", "", "replica", "lin"),
                _axis("f", "hadronic_fraction", "", "independent", "lin"),
                _axis("ts", "test_statistic", "", "dependent", "lin"),
            ],
            geometry={"shape": "grid", "excluded": "none"},
            interpolation={"x": "lin", "y": "lin", "method": "cubic"},
            statistics={
                "role": "injected",
                "cl": 0.9,
                "method": "bayesian",
                "sided": "credible",
                "prior": "flat in f",
            },
            model={},
            astro={"jfactor": "not-stated"},
            profile={
                "quantity": "-2lnL",
                "reference": "own-minimum",
                "domain": [0, 1],
                "replica_axis": "seed",
            },
        )
        record["provenance"] = {"origin": "simulation"}
        plane = planes.get("astro.hadronic_fraction")
        return make_result(merged(record, changes or {}), columns, plane, analysis=f"an-{name}")

    return make


def glike(path: Path) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
    """Read a gLike text table: log10 J, masses (M,), s (S,) rising, -2 dlnL (M, S)."""
    lines = [[float(word) for word in line.split()] for line in path.read_text().splitlines() if line.strip()]
    body = np.array(lines[1:])[::-1]
    return lines[0][0], np.array(lines[0][1:]), body[:, 0], body[:, 1:].T


@pytest.fixture
def lklcom(reference_data: Path, make_profile: Make) -> tuple[list[LoadedResult], dict[str, Any]]:
    """The four synthetic tables and what LklCom makes of them."""
    folder = reference_data / "joint_likelihood"
    expected = json.loads((folder / "expected.json").read_text())
    results = []
    for name in ("Segue1_LAT", "Segue1_IACT", "UrsaMajorII_IACT", "Draco_LAT"):
        target = name.partition("_")[0]
        log10_j, masses, s, t = glike(folder / f"bb_{name}.txt")
        sigma = expected["sigma_log10_J"][target]
        slug = name.lower().replace("_", "-")
        results.append(make_profile(slug, masses, s, t, target=target, log10_j=log10_j, sigma=sigma))
    return results, expected
