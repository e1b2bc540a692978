"""The collider starter against published contours, limits and relic-density curves."""

from __future__ import annotations

import csv
import hashlib
import json
import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fairport.contract.schemas import validate

BENCHMARKS = {
    "V1": {"mediator": "vector", "gq": 0.25, "gl": 0.0, "gdm": 1.0},
    "V2": {"mediator": "vector", "gq": 0.1, "gl": 0.01, "gdm": 1.0},
    "A1": {"mediator": "axial-vector", "gq": 0.25, "gl": 0.0, "gdm": 1.0},
    "A2": {"mediator": "axial-vector", "gq": 0.1, "gl": 0.1, "gdm": 1.0},
}
Starter = Callable[[str], Path]
Run = Callable[..., tuple[list[dict[str, float]], dict[str, Any]]]


@pytest.fixture(scope="module")
def run(laid_out: Starter, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """``run(step, changes, **options)``: table and record of a step for a changed example input."""
    folder = laid_out("collider")
    source, out = folder / "src" / "an_analysis", tmp_path_factory.mktemp("collider")
    example = json.loads((folder / "data" / "experiment.json").read_text(encoding="utf-8"))

    def step(
        name: str, changes: dict[str, Any], **options: object
    ) -> tuple[list[dict[str, float]], dict[str, Any]]:
        experiment, table, record = (out / part for part in ("in.json", f"{name}.csv", f"{name}.result.json"))
        experiment.write_text(json.dumps({**example, **changes}), encoding="utf-8")
        options |= {"records": source / "records.py", "mediator": source / "mediator.py"}
        options |= {"experiment": experiment, "table": table, "record": record}
        options |= {"licence": "CC0-1.0", "result-version": "1"}
        arguments = [part for key, value in options.items() for part in (f"--{key}", str(value))]
        subprocess.run([sys.executable, str(source / f"{name}.py"), *arguments], check=True)
        with table.open(newline="", encoding="utf-8") as stream:
            rows = [{key: float(value) for key, value in row.items()} for row in csv.DictReader(stream)]
        document = json.loads(record.read_text(encoding="utf-8"))
        document["data"]["sha256"] = hashlib.sha256(table.read_bytes()).hexdigest()
        document["data"]["rows"] = len(rows)
        assert validate("result", document) == []
        return rows, document

    return step


def region(run: Run, source: Path, changes: dict[str, Any], **options: object) -> list[dict[str, float]]:
    options |= {"exclusion": source / "src" / "an_analysis" / "exclusion.py"}
    return run("region", changes, **options)[0]


def hepdata(path: Path) -> list[list[float]]:
    """Rows of a HEPData table: the independent variable and every dependent one."""
    values = json.loads(path.read_text(encoding="utf-8"))["values"]
    return [[float(row["x"][0]["value"]), *(float(y["value"]) for y in row["y"])] for row in values]


@pytest.mark.parametrize(("name", "mediator", "mass"), [("V1", 1205.0, 481.0), ("A1", 1204.0, 342.0)])
def test_published_contours_become_regions(
    run: Run, laid_out: Starter, reference_data: Path, name: str, mediator: float, mass: float
) -> None:
    points = hepdata(reference_data / "atlas_monophoton" / f"hepdata_{name}_obscontour.json")
    changes = {"model": BENCHMARKS[name], "contour": {"unit": "GeV", "points": points}}
    rows = region(run, laid_out("collider"), changes, **{"mediator-step": 25.0, "mass-max": 2500.0})
    assert len(rows) == len(points) + 2
    assert max(row["mediator_mass"] for row in rows) == pytest.approx(mediator, abs=1.0)
    assert max(row["mass"] for row in rows) == pytest.approx(mass, abs=1.0)
    assert [row["mass"] for row in rows[-2:]] == [0.0, 0.0]


def test_limits_of_a_real_search_give_a_region_for_every_width(
    run: Run, laid_out: Starter, reference_data: Path
) -> None:
    """The 1101 x 6 limits of ATLAS (in fb, though the header says pb) with the example's production."""
    rows = hepdata(reference_data / "atlas_dilepton" / "hepdata_observed_xseclimits_atlas139ifb.json")
    limits = {
        "unit": "fb",
        "products": ["e", "mu"],
        "widths": [0.0, 0.005, 0.012, 0.03, 0.06, 0.1],
        "rows": rows,
    }
    points = region(
        run, laid_out("collider"), {"limits": limits}, **{"mediator-step": 10.0, "mass-max": 3000.0}
    )
    assert min(point["mediator_mass"] for point in points) == 250.0
    reach = max(point["mediator_mass"] for point in points)
    light = max(point["mediator_mass"] for point in points if point["mass"] == 0.0)
    assert 500.0 < light < reach < 5000.0


@pytest.mark.parametrize("name", sorted(BENCHMARKS))
def test_relic_line_follows_the_published_curve(run: Run, reference_data: Path, name: str) -> None:
    """Above the resonance (M/m > 2.5, m > 15 GeV) within 5 % in the mediator mass."""
    with (reference_data / "relic_density" / f"relic_{name}.csv").open(
        newline="", encoding="utf-8"
    ) as stream:
        rows = [
            (float(row["mediator_mass_GeV"]), float(row["dm_mass_GeV"])) for row in csv.DictReader(stream)
        ]
    published = [(heavy, mass) for heavy, mass in rows if mass > 15.0 and heavy / mass > 2.5]
    assert len(published) > 50
    options = {"mass-min": 10.0, "mass-max": 2500.0, "points": 200}
    line = [
        (row["mass"], row["mediator_mass"]) for row in run("relic", {"model": BENCHMARKS[name]}, **options)[0]
    ]
    compared = 0
    for heavy, mass in published:
        right = next((i for i, point in enumerate(line) if point[0] >= mass), None)
        if right:
            (m0, h0), (m1, h1) = line[right - 1], line[right]
            part = math.log(mass / m0) / math.log(m1 / m0)
            assert math.exp((1 - part) * math.log(h0) + part * math.log(h1)) == pytest.approx(heavy, rel=0.05)
            compared += 1
    assert compared > 50


def test_each_number_of_the_example_is_cited_or_called_simulated(laid_out: Starter) -> None:
    path = laid_out("collider") / "data" / "experiment.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["model"]["citation"].startswith("https://")
    assert all("Simulated" in document[part]["note"] for part in ("limits", "production"))
