"""A catalogue whose plane has one of each kind of result, with values that are easy to check."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from tests.catalog.conftest import ANALYSIS, NOW, merge, write_result

from fairport.catalog.harvest.harvesting import harvest
from fairport.catalog.registry import add_entry, init_catalogue
from fairport.catalog.site.build import build
from fairport.catalog.state import CheckSummary
from fairport.contract.saving import dump_yaml

MASSES = [5.0, 10.0, 30.0, 100.0, 1000.0]
BANDS = {"p2.5": 0.4, "p16": 0.6, "p50": 1.0, "p84": 1.6, "p97.5": 2.5}


def points(strength: float) -> dict[str, list[float]]:
    return {"mass": MASSES, "sigma": [strength * factor for factor in (100.0, 10.0, 1.0, 2.0, 20.0)]}


def _halo(rho0: float, v0: float) -> dict[str, Any]:
    return {
        "halo": {"rho0": {"value": rho0, "unit": "GeV cm-3"}, "v0": {"value": v0, "unit": "km s-1"},
                 "vesc": {"value": 544, "unit": "km s-1"}}
    }  # fmt: skip


def _banded(strength: float) -> dict[str, list[float]]:
    base = points(strength)
    columns = {name.replace(".", "_"): [1.2 * factor * value for value in base["sigma"]] for name, factor in
               BANDS.items()}  # fmt: skip
    return {**base, **columns}


def _source(arxiv: str) -> dict[str, Any]:
    return {"source": {"arxiv": arxiv, "doi": None}, "cite": [f"https://arxiv.org/abs/{arxiv}"]}


NASTY = "Says </script><script>alert(1)</script> <b>little</b>"
STATED = {"astro": _halo(0.3, 238)}
TRIANGLE = {"mass": [50.0, 200.0, 100.0], "sigma": [1e-47, 1e-47, 1e-46]}
RESULTS: dict[tuple[str, str], tuple[dict[str, Any], dict[str, Any]]] = {
    ("alpha", "si"): (
        {"title": "Alpha limit",
         "expectation": [{"at": {"mass": 30}, "value": 1e-46, "tolerance": 0.05,
                          "citation": "https://arxiv.org/abs/2401.00001"}],
         "bands": {name: name.replace(".", "_") for name in BANDS}, **STATED,
         "statistics": {"power_constraint": "-1 sigma"}, "provenance": _source("2401.00001")},
        _banded(1e-46),
    ),
    ("beta", "si"): ({"title": "Beta limit", **STATED, "provenance": _source("2301.00002")}, points(3e-46)),
    ("gamma", "si"): (
        {"title": "Gamma limit", "statistics": {"cl": 0.95}, "astro": _halo(0.4, 220),
         "provenance": _source("1801.00003")},
        points(1e-45),
    ),
    ("gamma", "old"): (
        {"title": "Gamma, the old one", "status": "superseded", "status_reason": "newer", **STATED},
        points(1e-44),
    ),
    ("closed", "si"): (
        {"title": "Read off a figure", "licence": "LicenseRef-none", **STATED,
         "provenance": {"origin": "digitised", **_source("2201.00004")}},
        points(2e-46),
    ),
    ("smooth", "si"): (
        {"title": "Smooth limit", "interpolation": {"method": "pchip"}, **STATED,
         "provenance": {"origin": "digitised"}},
        points(6e-46),
    ),
    ("future", "si"): (
        {"title": "Projection", "kind": "projection", "statistics": {"role": "expected"}, **STATED,
         "provenance": {"origin": "projection"}},
        points(1e-48),
    ),
    ("silent", "si"): (
        {"title": NASTY, "statistics": {"cl": "not-stated", "method": "not-stated"}, **STATED,
         "provenance": {"origin": "digitised"}},
        points(5e-47),
    ),
    ("deep", "si"): (
        {"title": "Below its ceiling", "geometry": {"ceiling": "deep/top"}, **STATED,
         "provenance": {"origin": "recast"}},
        points(1e-40),
    ),
    ("deep", "top"): (
        {"title": "The ceiling", **STATED, "provenance": {"origin": "recast"}},
        points(1e-30),
    ),
    ("region", "si"): (
        {"title": "A contour", "kind": "region", "geometry": {"shape": "polygon", "excluded": "inside"},
         "interpolation": None, **STATED, "provenance": {"origin": "recast"}},
        TRIANGLE,
    ),
    ("starter", "si"): (
        {"title": "An example", "provenance": {"example": True, "origin": "recast"}, **STATED},
        points(1e-49),
    ),
    ("starter", "sdp"): (
        {"title": "Another example", "plane": "dd.sdp", "provenance": {"example": True, "origin": "recast"}},
        points(1e-40),
    ),
}  # fmt: skip


def _contour(mediator: str) -> tuple[dict[str, Any], dict[str, list[float]]]:
    """A contour of a collider in a named benchmark: V1 or A1."""
    axes = [
        {"name": name, "role": role, "column": name, "quantity": quantity, "unit": "GeV", "scale": "lin"}
        for name, role, quantity in (("mediator_mass", "independent", "mediator_mass"),
                                     ("mass", "dependent", "dark_matter_mass"))
    ]  # fmt: skip
    changes = {
        "title": f"Contour, {mediator}", "plane": "collider.mmed-mdm", "kind": "region", "axes": axes,
        "geometry": {"shape": "polygon", "excluded": "inside"}, "interpolation": None, "astro": None,
        "statistics": {"cl": 0.95}, "provenance": _source("1704.03848"),
        "model": {"dm": {"spin": "1/2", "self_conjugate": False, "local_fraction": None}, "interaction": None,
                  "target": None, "migdal": None, "mediator": {"type": mediator, "width": "minimal"},
                  "couplings": {"gq": 0.25, "gl": 0, "gdm": 1}},
    }  # fmt: skip
    return changes, {"mediator_mass": [50.0, 1200.0, 1000.0, 50.0], "mass": [10.0, 10.0, 400.0, 60.0]}


def _value(title: str, value: float, **changes: Any) -> tuple[dict[str, Any], None]:
    """A number of the plane of energy injection."""
    record = {
        "title": title, "plane": "cosmo.p_ann", "kind": "point", "axes": None, "geometry": None,
        "interpolation": None, "data": None, "model": None, "astro": None,
        "statistics": {"cl": 0.95, "sided": "one", "method": "bayesian"},
        "values": [{"name": "p_ann", "quantity": "annihilation_parameter", "value": value,
                    "unit": "cm3 s-1 GeV-1"}],
        **changes,
    }  # fmt: skip
    return record, None


OTHERS: dict[tuple[str, str], tuple[dict[str, Any], dict[str, list[float]] | None]] = {
    ("ring", "v1"): _contour("vector"),
    ("ring", "a1"): _contour("axial-vector"),
    ("wave", "smooth"): (
        {"title": "Smooth", "plane": "dd.sdn", "interpolation": {"method": "pchip"}, **STATED},
        {"mass": [5.0, 20.0, 60.0, 200.0, 1000.0], "sigma": [5e-40, 9e-41, 6e-41, 5e-42, 9e-41]},
    ),
    ("wave", "straight"): ({"title": "Straight", "plane": "dd.sdn", **STATED},
                           {"mass": [8.0, 50.0, 600.0], "sigma": [4e-40, 2e-41, 3e-41]}),
    ("wave", "short"): ({"title": "Short", "plane": "dd.sdn", **STATED},
                        {"mass": [700.0, 1500.0], "sigma": [1e-41, 4e-41]}),
    ("sky", "new"): _value("A bound", 3.2e-28),
    ("sky", "old"): _value("An older bound", 1.2e-27, provenance={"origin": "digitised"}),
    ("sky", "seen"): _value(
        "A measured value", 1e-28,
        statistics={"cl": 0.68, "sided": "credible", "method": "bayesian"},
        values=[{"name": "p_ann", "quantity": "annihilation_parameter", "value": 1e-28,
                 "unit": "cm3 s-1 GeV-1", "minus": 2e-29, "plus": 3e-29}],
    ),
}  # fmt: skip
"""Results of other planes: contours that can be brought to dd.si and dd.sdp, and a plane with one axis."""


def build_catalogue(root: Path) -> Path:
    """Write repositories and catalogue below ``root``, and return the built site."""
    catalogue = init_catalogue(root / "catalogue", title="Limits to explore", show=("collaboration",))
    everything = RESULTS | OTHERS
    for analysis in dict.fromkeys(name for name, _ in everything):
        folder = root / "repositories" / analysis
        folder.mkdir(parents=True)
        record = merge(
            {**ANALYSIS, "id": analysis},
            {"title": f"The {analysis} analysis", "experiment": {"name": analysis.title()}},
        )
        (folder / "fairport.yaml").write_text(dump_yaml(record), encoding="utf-8")
        for (owner, name), (changes, table) in everything.items():
            if owner == analysis:
                shared = {"id": name, "expectation": None}
                write_result(folder / "results" / name, {**shared, **changes}, table)
        add_entry(catalogue, str(folder))
    harvest(catalogue, now=NOW, checker=lambda tree, profile: (CheckSummary(profile), None))
    return build(catalogue, today=date(2026, 11, 22)).root
