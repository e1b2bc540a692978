"""Joint likelihoods and envelopes, imports excluded."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
from harness import Case

MASSES = np.geomspace(10.0, 1e5, 100)
S = np.geomspace(1e-28, 1e-20, 1000)


def cases(folder: Path) -> list[Case]:
    """20 experiments x 100 masses x 1,000 couplings is what the design promises in under a second."""
    from fairport.results.combination.combine import combine
    from fairport.results.combination.joint import Options
    from fairport.results.envelope import envelope

    tables = [_profile(k) for k in range(20)]
    limits = [_limit(k) for k in range(40)]
    fixed = Options(profile=False)

    def fresh() -> list[Any]:
        """The same tables without anything that an earlier turn has cached."""
        return [dataclasses.replace(table) for table in tables]

    return [
        Case("joint limit, 20 x 100 x 1,000", lambda: combine(fresh(), fixed), repeats=5, budget=1.0),
        Case("the same, 20 J factors profiled", lambda: combine(tables), repeats=2, budget=30.0),
        Case("envelope of 40 limits x 200 points", lambda: envelope(limits), repeats=3, budget=3.0),
    ]


def _profile(k: int) -> Any:
    from fairport.results.planes import Planes
    from fairport.results.store import make_result

    rng = np.random.default_rng(k)
    width = 1e-25 * 10.0 ** rng.uniform(-0.5, 0.5) * MASSES / 100.0
    best = rng.normal(0.0, 1.0, MASSES.size) * width
    t = ((S - best[:, None]) / width[:, None]) ** 2
    m, y = np.meshgrid(MASSES, S, indexing="ij")
    target = {"target": f"T{k}", "log10": 18.0, "sigma": 0.2, "aperture_deg": 0.5, "profiled": False}
    record = _record(k, "profile", "id.ann.bb") | {
        "axes": [
            _axis("mass", "dark_matter_mass", "GeV"),
            _axis("s", "annihilation_cross_section", "cm3 s-1"),
            _axis("t", "test_statistic", "", "dependent", "lin"),
        ],
        "geometry": {"shape": "grid", "excluded": "none"},
        "interpolation": {"x": "log", "y": "lin", "method": "cubic"},
        "model": {"dm": {"self_conjugate": True}, "channel": "bb", "spectra": "PPPC4DMID"},
        "astro": {"jfactor": [target]},
        "profile": {"quantity": "-2lnL", "reference": "own-minimum"},
    }
    columns = {"mass": m.ravel(), "s": y.ravel(), "t": (t - t.min(axis=1)[:, None]).ravel()}
    return make_result(record, columns, Planes().get("id.ann.bb"), analysis=f"a{k}")


def _limit(k: int) -> Any:
    from fairport.results.planes import Planes
    from fairport.results.store import make_result

    rng = np.random.default_rng(k)
    x = np.sort(10.0 ** rng.uniform(0.0, 4.0, 200))
    y = 1e-46 * 10.0 ** np.abs(np.log10(x) - 1.5) * 10.0 ** rng.normal(0.0, 0.05, x.size)
    record = _record(k, "limit", "dd.si") | {
        "axes": [
            _axis("mass", "dark_matter_mass", "GeV"),
            _axis("sigma", "cross_section", "cm2", "dependent"),
        ],
        "geometry": {"shape": "function", "excluded": "above"},
        "interpolation": {"x": "log", "y": "log", "method": "linear"},
        "model": {"dm": {"local_fraction": 1.0}, "interaction": "SI", "target": "Xe", "migdal": False},
        "astro": {"halo": {"rho0": {"value": 0.3, "unit": "GeV cm-3"}}},
    }
    return make_result(record, {"mass": x, "sigma": y}, Planes().get("dd.si"), analysis=f"a{k}")


def _record(k: int, kind: str, plane: str) -> dict[str, Any]:
    return {
        "schema_version": "1.0",
        "id": f"r{k}",
        "title": f"Experiment {k}",
        "version": "1",
        "status": "published",
        "kind": kind,
        "plane": plane,
        "licence": "CC0-1.0",
        "provenance": {"origin": "collaboration"},
        "data": {"path": "t.csv", "media_type": "text/csv", "sha256": f"{k:064x}", "rows": 1},
        "statistics": {"role": "observed", "cl": 0.95, "method": "profile-likelihood", "sided": "one"},
    }


def _axis(
    name: str, quantity: str, unit: str, role: str = "independent", scale: str = "log"
) -> dict[str, str]:
    return {"name": name, "role": role, "column": name, "quantity": quantity, "unit": unit, "scale": scale}
