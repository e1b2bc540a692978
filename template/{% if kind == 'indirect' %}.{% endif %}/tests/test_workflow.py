"""The steps of the workflow in turn, without an engine, on the input of this analysis."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import records

Step = Callable[..., Any]


@pytest.fixture(scope="module")
def options(source: Path, experiment_file: Path) -> dict[str, Any]:
    """What the likelihood and limit steps have in common."""
    return {
        "records": source / "records.py",
        "dwarfs": source / "dwarfs.py",
        "experiment": experiment_file,
        "spectra_tables": experiment_file.with_name("spectra.json"),
        "channel": "bb",
        "sigmav_min": 1e-28,
        "sigmav_max": 1e-20,
        "confidence_level": 0.95,
        "threshold": 2.71,
        "licence": "CC-BY-4.0",
        "result_version": "1.0.0",
    }


@pytest.fixture(scope="module")
def outputs(
    tmp_path_factory: pytest.TempPathFactory, source: Path, step: Step, options: dict[str, Any]
) -> Path:
    """Folder with the outputs of the first three steps."""
    folder = tmp_path_factory.mktemp("outputs")
    shared = {key: options[key] for key in ("records", "dwarfs", "experiment", "spectra_tables", "channel")}
    grid = {"mass_min": 10.0, "mass_max": 10000.0, "points_per_decade": 10}
    photons = folder / "photons.csv"
    step("photons", **shared, spectra=source / "spectra.py", **grid, output=photons)
    step("likelihood", **options, photons=photons, folder=folder)
    step("limit", **options, photons=photons, table=folder / "limit.csv", record=folder / "limit.result.json")
    return folder


def test_limit_is_where_the_joint_likelihood_crosses_the_threshold(outputs: Path) -> None:
    joint, limit = records.read_csv(outputs / "joint.csv"), records.read_csv(outputs / "limit.csv")
    for mass, sigmav in zip(limit["mass"], limit["sigmav"], strict=True):
        rows = [row for row in zip(*joint.values(), strict=True) if row[0] == mass]
        below = [ts for _, x, ts in rows if x <= sigmav]
        above = [ts for _, x, ts in rows if x > sigmav]
        assert below[-1] <= 2.71 < above[0]


def test_every_profile_is_measured_from_its_minimum(outputs: Path, experiment: dict[str, Any]) -> None:
    for name in ["joint", *(f"profile-{target['id']}" for target in experiment["targets"])]:
        table = records.read_csv(outputs / f"{name}.csv")
        assert min(table["ts"]) >= 0.0
        by_mass = {mass: [] for mass in table["mass"]}
        for mass, ts in zip(table["mass"], table["ts"], strict=True):
            by_mass[mass].append(ts)
        assert max(min(values) for values in by_mass.values()) < 0.1


def test_records_say_what_a_combination_needs(outputs: Path, experiment: dict[str, Any]) -> None:
    keys = [f"jfactor/{target['id']}" for target in experiment["targets"]]
    for name in ("joint", "limit"):
        record = json.loads((outputs / f"{name}.result.json").read_text(encoding="utf-8"))
        assert [(n["shared_key"], n["profiled"]) for n in record["nuisances"]] == [(k, True) for k in keys]
    for key, target in zip(keys, experiment["targets"], strict=True):
        path = outputs / f"profile-{target['id']}.result.json"
        record = json.loads(path.read_text(encoding="utf-8"))
        assert [(n["shared_key"], n["profiled"]) for n in record["nuisances"]] == [(key, False)]
        assert record["astro"]["jfactor"][0]["sigma"] == target["jfactor"]["sigma"]
        assert record["data_overlap"]["datasets"] == [target["dataset"]]


def test_records_describe_their_tables(outputs: Path) -> None:
    for path in outputs.glob("*.result.json"):
        record = json.loads(path.read_text(encoding="utf-8"))
        table = records.read_csv(outputs / record["data"]["path"])
        columns = [axis["column"] for axis in record["axes"]] + list(record.get("bands", {}).values())
        assert columns == list(table)
        for axis in record["axes"]:
            assert axis["range"] == [min(table[axis["column"]]), max(table[axis["column"]])]


def test_same_inputs_give_the_same_bytes(
    outputs: Path, step: Step, options: dict[str, Any], tmp_path: Path
) -> None:
    table, record = tmp_path / "limit.csv", tmp_path / "limit.result.json"
    step("limit", **options, photons=outputs / "photons.csv", table=table, record=record)
    assert table.read_bytes() == (outputs / "limit.csv").read_bytes()
    assert record.read_bytes() == (outputs / "limit.result.json").read_bytes()


@pytest.mark.parametrize(
    ("channel", "mass_min", "message"),
    [
        ("xx", 10.0, "error: no spectrum of channel 'xx'; there are WW, bb"),
        ("WW", 10.0, "error: channel WW begins at 80.4 GeV"),
        ("bb", 2000.0, "error: the grid needs 0 < first < last"),
    ],
)
def test_bad_parameters_stop_the_step_and_leave_no_output(
    step: Step,
    source: Path,
    options: dict[str, Any],
    tmp_path: Path,
    channel: str,
    mass_min: float,
    message: str,
) -> None:
    shared = {key: options[key] for key in ("records", "dwarfs", "experiment", "spectra_tables")}
    grid = {"mass_min": mass_min, "mass_max": 1000.0, "points_per_decade": 10, "channel": channel}
    files = {"spectra": source / "spectra.py", "output": tmp_path / "photons.csv"}
    done = step("photons", check=False, **shared, **grid, **files)
    assert done.returncode == 1
    assert done.stderr.startswith(message)
    assert list(tmp_path.iterdir()) == []


def test_a_target_without_its_j_factor_is_named(
    outputs: Path, step: Step, options: dict[str, Any], experiment: dict[str, Any], tmp_path: Path
) -> None:
    first, *others = experiment["targets"]
    broken = {key: value for key, value in first.items() if key != "jfactor"}
    changed = tmp_path / "broken.json"
    changed.write_text(json.dumps({**experiment, "targets": [broken, *others]}), encoding="utf-8")
    photons = outputs / "photons.csv"
    done = step(
        "likelihood",
        check=False,
        **{**options, "experiment": changed},
        photons=photons,
        folder=tmp_path,
    )
    assert done.returncode == 1
    assert done.stderr == "error: the input has no 'jfactor'\n"
    assert list(tmp_path.iterdir()) == [changed]


def test_figure_is_drawn_and_always_the_same(outputs: Path, step: Step, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    pictures = [tmp_path / "first.svg", tmp_path / "second.svg"]
    for picture in pictures:
        step("figure", table=outputs / "limit.csv", record=outputs / "limit.result.json", output=picture)
    first, second = (picture.read_bytes() for picture in pictures)
    assert first == second
    assert first.lstrip().startswith(b"<?xml")
