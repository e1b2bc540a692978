"""The indirect starter's numbers: real tables of the Fermi-LAT dwarf analysis, the example and its seed.

The tables (shared reference data) are converted here to the starter's two input files:

* ``default_dwarf_summary_table.dat``: name, position, log10 J, its deviation, exposures in 24 bins from
  0.5 to 500 GeV; averaged into the 6 bins of the counts (1, 1, 1, 1, 2 and 18 of the 24);
* ``bkg_data``: ln of the counts and of the predicted background, a file for each bin, a row for each dwarf;
* ``AtProduction_gammas.dat``: dN/dlog10(x) for each mass, of which the column ``b`` is taken.
"""

from __future__ import annotations

import json
import math
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

EDGES = [0.5, 0.667, 0.889, 1.186, 1.581, 2.812, 500.0]
GROUPS = [slice(0, 1), slice(1, 2), slice(2, 3), slice(3, 4), slice(4, 6), slice(6, 24)]
Starter = Callable[[str], Path]
Limits = Callable[[tuple[str, ...], list[float], float], list[float]]


def whole(log_count: float) -> int:
    return round(math.exp(log_count)) if math.isfinite(log_count) else 0


def experiment_of(folder: Path, names: tuple[str, ...]) -> dict[str, Any]:
    """The starter's input file made of the real tables, for some dwarfs or (no names) all of them."""
    summary = (folder / "default_dwarf_summary_table.dat").read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in summary if line.strip() and not line.startswith("#")]
    bins = [np.loadtxt(folder / "bkg_data" / f"lnbckg_dSphs_bin_{k}.dat") for k in range(6)]
    assert len(rows) == len(bins[0]) == 25
    targets = []
    for index, (name, _, _, log10_j, sigma, *exposures) in enumerate(rows):
        if names and name not in names:
            continue
        fine = np.array([float(value) for value in exposures])
        jfactor = {"log10": float(log10_j), "sigma": float(sigma), "unit": "GeV2 cm-5", "aperture_deg": 0.5}
        targets.append(
            {
                "name": name,
                "id": name.lower(),
                "dataset": f"counts of {name}",
                "jfactor": jfactor,
                "exposure": {"values": [float(fine[part].mean()) for part in GROUPS], "unit": "cm2 s"},
                "counts": [whole(table[index, 0]) for table in bins],
                "background": [float(math.exp(table[index, 1])) for table in bins],
            }
        )
    return {
        "title": "Dwarf galaxies",
        "description": "Converted from the published tables.",
        "origin": "recast",
        "cite": ["https://doi.org/10.1088/1475-7516/2018/10/029"],
        "dark_matter": {"spin": "1/2", "self_conjugate": True},
        "energy_edges": {"values": EDGES, "unit": "GeV"},
        "targets": targets,
        "validity": {"note": "A test."},
    }


def spectra_of(folder: Path) -> dict[str, Any]:
    """The starter's spectra made of the PPPC 4 DM ID table, for b quarks."""
    path = folder / "AtProduction_gammas.dat"
    header = path.read_text(encoding="utf-8").split("\n", 1)[0].lstrip("#").split()
    table = np.loadtxt(path)
    column = header.index("b")
    tables = [
        {
            "mass": float(mass),
            "log10_x": table[table[:, 0] == mass, 1].tolist(),
            "dn_dlog10x": table[table[:, 0] == mass, column].tolist(),
        }
        for mass in np.unique(table[:, 0])
    ]
    return {"channels": {"bb": {"name": "PPPC4DMID with electroweak corrections", "tables": tables}}}


@pytest.fixture(scope="module")
def limits(laid_out: Starter, reference_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Limits:
    """``limits(names, masses, threshold)``: the starter's limits for the real tables, run by its scripts."""
    source = laid_out("indirect") / "src" / "an_analysis"
    folder = reference_data / "fermi_dwarfs"
    out = tmp_path_factory.mktemp("real")
    spectra = out / "spectra.json"
    spectra.write_text(json.dumps(spectra_of(folder)), encoding="utf-8")

    def step(name: str, **options: object) -> None:
        arguments = [
            part for key, value in options.items() for part in (f"--{key.replace('_', '-')}", str(value))
        ]
        subprocess.run([sys.executable, str(source / f"{name}.py"), *arguments], check=True)

    def run(names: tuple[str, ...], masses: list[float], threshold: float) -> list[float]:
        experiment = out / "experiment.json"
        experiment.write_text(json.dumps(experiment_of(folder, names)), encoding="utf-8")
        shared = {"records": source / "records.py", "dwarfs": source / "dwarfs.py", "experiment": experiment}
        shared |= {"spectra_tables": spectra, "channel": "bb"}
        grid = {"mass_min": min(masses), "mass_max": max(masses), "points_per_decade": 1}
        photons, table = out / "photons.csv", out / "limit.csv"
        step("photons", **shared, spectra=source / "spectra.py", **grid, output=photons)
        step(
            "limit",
            **shared,
            photons=photons,
            sigmav_min=1e-29,
            sigmav_max=1e-20,
            confidence_level=0.95,
            threshold=threshold,
            licence="MIT",
            result_version="1",
            table=table,
            record=out / "limit.result.json",
        )
        rows = [line.split(",") for line in table.read_text(encoding="utf-8").splitlines()[1:]]
        found = {float(row[0]): float(row[1]) for row in rows}
        return [found[mass] for mass in masses]

    return run


def test_draco_and_leo2_agree_with_the_published_notebook(limits: Limits) -> None:
    pair = ("Draco", "LeoII")
    published = {8.0: 9.217e-27, 10.0: 1.029e-26, 30.0: 2.139e-26, 50.0: 3.131e-26, 100.0: 5.932e-26}
    found = dict(zip([8.0, 10.0, 100.0], limits(pair, [8.0, 10.0, 100.0], 3.84), strict=True))
    found |= dict(zip([30.0, 50.0], limits(pair, [30.0, 50.0], 3.84), strict=True))
    assert found == {mass: pytest.approx(value, rel=0.05) for mass, value in published.items()}


def test_all_dwarfs_give_the_known_limits(limits: Limits) -> None:
    found = limits((), [10.0, 100.0, 1000.0], 2.71)
    assert found == pytest.approx([6.08e-27, 7.14e-26, 1.54e-24], rel=0.05)


def test_four_dwarfs_give_the_known_limits(limits: Limits) -> None:
    four = ("Draco", "LeoII", "Sculptor", "UrsaMinor")
    found = limits(four, [10.0, 100.0, 1000.0], 2.71)
    assert found == pytest.approx([3.65e-27, 4.45e-26, 1.43e-24], rel=0.05)


def test_the_analytic_spectrum_resembles_the_tables(laid_out: Starter, reference_data: Path) -> None:
    """Quark fragmentation in closed form and the tables: photons above 2.8 GeV within 20 %."""
    code = (
        "import json, sys; sys.path.insert(0, sys.argv[1]); import spectra\n"
        "pair = [json.load(open(path))['channels']['bb'] for path in sys.argv[2:]]\n"
        "counts = [[spectra.photons(one, m, [2.8, m])[0] for one in pair] for m in (100.0, 1000.0)]\n"
        "print([closed / table for closed, table in counts])"
    )
    folder = laid_out("indirect")
    converted = folder / "pppc.json"
    converted.write_text(json.dumps(spectra_of(reference_data / "fermi_dwarfs")), encoding="utf-8")
    paths = [str(folder / "src" / "an_analysis"), str(folder / "data" / "spectra.json"), str(converted)]
    done = subprocess.run([sys.executable, "-c", code, *paths], capture_output=True, text=True, check=True)
    converted.unlink()
    assert json.loads(done.stdout) == pytest.approx([1.0, 1.0], rel=0.2)


def test_counts_of_the_example_come_from_the_seed_it_states(laid_out: Starter) -> None:
    document = json.loads((laid_out("indirect") / "data" / "experiment.json").read_text(encoding="utf-8"))
    generator = random.Random(document["simulation"]["seed"])

    def poisson(mean: float) -> int:
        level, count, term = generator.random(), 0, math.exp(-mean)
        total = term
        while total < level:
            count += 1
            term *= mean / count
            total += term
        return count

    for target in document["targets"]:
        assert target["counts"] == [poisson(mean) for mean in target["background"]]


def test_every_published_number_carries_its_citation(laid_out: Starter) -> None:
    document = json.loads((laid_out("indirect") / "data" / "experiment.json").read_text(encoding="utf-8"))
    for target in document["targets"]:
        assert target["jfactor"]["citation"].startswith("https://doi.org/")


def test_joint_profile_steps_are_fine_enough_for_cubic_interpolation(ran: Starter) -> None:
    lines = (ran("indirect") / "joint.csv").read_text(encoding="utf-8").splitlines()[1:]
    rows = np.array([[float(cell) for cell in line.split(",")] for line in lines])
    for column in (0, 1):
        assert np.diff(np.log10(np.unique(rows[:, column]))).max() <= 0.1 + 1e-5
    assert len(rows) == len(np.unique(rows[:, 0])) * len(np.unique(rows[:, 1]))


def test_profiles_of_the_targets_are_all_that_a_combination_needs(ran: Starter) -> None:
    """Splines of the single profiles, J profiled here, give the joint profile and limit of the starter."""
    from scipy.interpolate import CubicSpline

    def table(name: str) -> np.ndarray:
        return np.loadtxt(ran("indirect") / f"{name}.csv", delimiter=",", skiprows=1)

    shifts = np.linspace(-1.2, 1.2, 2401)
    for mass in (10.0, 100.0, 1000.0):
        total = 0.0
        for path in sorted(ran("indirect").glob("profile-*.result.json")):
            record = json.loads(path.read_text(encoding="utf-8"))
            rows = table(record["id"])
            rows = rows[rows[:, 0] == mass]
            x = np.log10(rows[:, 1])
            spline = CubicSpline(x, rows[:, 2])
            grid = np.linspace(x[0], x[-1], 1601)
            shifted = np.clip(grid[:, None] + shifts, x[0], x[-1])
            sigma = record["astro"]["jfactor"][0]["sigma"]
            total += (spline(shifted) + (shifts / sigma) ** 2).min(axis=1)
        total -= total.min()
        limit = np.interp(2.71, total[total.argmin() :], grid[total.argmin() :])
        own = table("limit")
        assert 10.0**limit == pytest.approx(own[own[:, 0] == mass, 1][0], rel=2e-3)
        joint = table("joint")
        joint = joint[joint[:, 0] == mass]
        near = joint[:, 2] < 20.0
        assert np.interp(np.log10(joint[near, 1]), grid, total) == pytest.approx(joint[near, 2], abs=0.02)
