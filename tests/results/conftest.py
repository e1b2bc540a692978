"""Results made in memory."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from fairport.contract.schemas import is_valid
from fairport.results.loaded import LoadedResult
from fairport.results.planes import Planes
from fairport.results.store import make_result

MASS = np.geomspace(10.0, 1e4, 40)
LIMIT = 1e-46 * ((MASS / 40.0) ** -2 + MASS / 40.0)

BASE: dict[str, Any] = {
    "schema_version": "1.0",
    "id": "si",
    "title": "A limit",
    "version": "1",
    "status": "published",
    "kind": "limit",
    "plane": "dd.si",
    "licence": "CC0-1.0",
    "axes": [
        {
            "name": "mass",
            "role": "independent",
            "column": "mass",
            "quantity": "dark_matter_mass",
            "unit": "GeV",
            "scale": "log",
        },
        {
            "name": "limit",
            "role": "dependent",
            "column": "limit",
            "quantity": "cross_section",
            "unit": "cm2",
            "scale": "log",
        },
    ],
    "data": {"path": "si.csv", "media_type": "text/csv", "sha256": "0" * 64, "rows": 40},
    "geometry": {"shape": "function", "excluded": "above"},
    "interpolation": {"x": "log", "y": "log", "method": "linear"},
    "statistics": {"role": "observed", "cl": 0.9, "sided": "one", "method": "CLs"},
    "model": {
        "dm": {"local_fraction": 1.0},
        "interaction": "spin-independent",
        "target": "Xe",
        "migdal": False,
    },
    "astro": {
        "halo": {
            "rho0": {"value": 0.3, "unit": "GeV cm-3"},
            "v0": {"value": 220, "unit": "km s-1"},
            "vesc": {"value": 544, "unit": "km s-1"},
        }
    },
    "provenance": {"origin": "collaboration"},
}

Maker = Callable[..., LoadedResult]


def merge(target: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Change nested keys; ``None`` removes one."""
    for key, value in changes.items():
        if value is None:
            target.pop(key, None)
        elif isinstance(value, dict) and isinstance(target.get(key), dict):
            merge(target[key], value)
        else:
            target[key] = value
    return target


@pytest.fixture
def make() -> Maker:
    """A factory of valid results: keyword arguments change the record, ``columns`` the table."""

    def factory(
        columns: Mapping[str, Any] | None = None,
        experiment: str | None = "LZ",
        analysis: str | None = "lz-2024",
        valid: bool = True,
        **changes: Any,
    ) -> LoadedResult:
        data = merge(copy.deepcopy(BASE), changes)
        assert is_valid("result", data) or not valid, "the test's own record is not valid"
        table = columns if columns is not None else {"mass": MASS, "limit": LIMIT}
        return make_result(data, table, Planes().get(data["plane"]), experiment=experiment, analysis=analysis)

    return factory


@pytest.fixture
def region(make: Maker) -> LoadedResult:
    """A closed signal region that excludes nothing."""
    angle = np.linspace(0, 2 * np.pi, 60)
    columns = {"mass": 10 ** (1.8 + 0.3 * np.cos(angle)), "limit": 10 ** (-43 + 0.8 * np.sin(angle))}
    return make(
        columns,
        experiment="DAMA",
        analysis="dama",
        kind="region",
        interpolation=None,
        geometry={"shape": "polygon", "excluded": "none", "closed": True},
    )
