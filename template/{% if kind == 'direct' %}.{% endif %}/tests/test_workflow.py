"""The steps of the workflow in turn, without an engine, on the experiment file of this analysis."""

from __future__ import annotations

import csv
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import counting
import pytest

ROOT = Path(__file__).resolve().parents[1]
EXPERIMENT = json.loads((ROOT / "data" / "experiment.json").read_text(encoding="utf-8"))
RESULT = EXPERIMENT.get("interaction", "si")


def run(script: Path, **options: object) -> None:
    """Run a step as the workflow does."""
    arguments = [
        part for key, value in options.items() for part in (f"--{key.replace('_', '-')}", str(value))
    ]
    subprocess.run([sys.executable, str(script), *arguments], check=True)


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory, source: Path) -> Path:
    """Folder with the outputs of the rate and limit steps."""
    folder = tmp_path_factory.mktemp("outputs")
    experiment = ROOT / "data" / "experiment.json"
    grid = {"mass_min": 30.0, "mass_max": 10000.0, "points_per_decade": 20}
    run(
        source / "rate.py",
        recoil=source / "recoil.py",
        experiment=experiment,
        **grid,
        output=folder / "rates.csv",
    )
    run(
        source / "limit.py",
        counting=source / "counting.py",
        experiment=experiment,
        rates=folder / "rates.csv",
        confidence_level=0.9,
        licence="CC-BY-4.0",
        result_version="1.0.0",
        table=folder / f"{RESULT}.csv",
        record=folder / f"{RESULT}.result.json",
    )
    return folder


def column(path: Path, name: str) -> list[float]:
    """One column of a table."""
    with path.open(newline="", encoding="utf-8") as stream:
        return [float(row[name]) for row in csv.DictReader(stream)]


def interpolated(outputs: Path, mass: float) -> float:
    """Limit at a mass, on straight lines in the logarithms."""
    masses, limits = (
        column(outputs / f"{RESULT}.csv", "mass"),
        column(outputs / f"{RESULT}.csv", "cross_section"),
    )
    right = next(i for i, value in enumerate(masses) if value >= mass)
    if masses[right] == mass:
        return limits[right]
    part = math.log(mass / masses[right - 1]) / math.log(masses[right] / masses[right - 1])
    return math.exp((1 - part) * math.log(limits[right - 1]) + part * math.log(limits[right]))


def test_limit_agrees_with_the_published_numbers(outputs: Path, experiment: dict[str, Any]) -> None:
    for published in experiment.get("expectation", []):
        limit = interpolated(outputs, published["at"]["mass"])
        assert limit == pytest.approx(published["value"], rel=published["tolerance"]), published


def test_limit_times_rate_is_the_limit_on_events(outputs: Path, experiment: dict[str, Any]) -> None:
    events = experiment["events"]
    background = events["background"]["value"]
    observed = events["observed"]
    count = counting.background_quantile(background, 0.5) if observed is None else observed
    allowed = counting.upper_limit(count, background, 0.9)
    rates = zip(
        column(outputs / "rates.csv", "events"), column(outputs / "rates.csv", "cross_section"), strict=True
    )
    for limit, (signal, reference) in zip(
        column(outputs / f"{RESULT}.csv", "cross_section"), rates, strict=True
    ):
        assert limit / reference * signal == pytest.approx(allowed, rel=1e-5)


def test_record_describes_the_table(outputs: Path) -> None:
    record = json.loads((outputs / f"{RESULT}.result.json").read_text(encoding="utf-8"))
    with (outputs / f"{RESULT}.csv").open(newline="", encoding="utf-8") as stream:
        header = next(csv.reader(stream))
    assert [axis["column"] for axis in record["axes"]] + list(record["bands"].values()) == header
    masses = column(outputs / f"{RESULT}.csv", "mass")
    assert masses == sorted(masses)
    assert record["axes"][0]["range"] == [masses[0], masses[-1]]


def test_expected_bands_are_ordered(outputs: Path) -> None:
    names = ("p2.5", "p16", "p50", "p84", "p97.5")
    for row in zip(*(column(outputs / f"{RESULT}.csv", name) for name in names), strict=True):
        assert list(row) == sorted(row)


def test_same_inputs_give_the_same_bytes(outputs: Path, source: Path, tmp_path: Path) -> None:
    grid = {"mass_min": 30.0, "mass_max": 10000.0, "points_per_decade": 20}
    experiment = ROOT / "data" / "experiment.json"
    again = tmp_path / "rates.csv"
    run(source / "rate.py", recoil=source / "recoil.py", experiment=experiment, **grid, output=again)
    assert again.read_bytes() == (outputs / "rates.csv").read_bytes()


def test_a_wrong_unit_stops_the_step_and_leaves_no_output(source: Path, tmp_path: Path) -> None:
    document = json.loads((ROOT / "data" / "experiment.json").read_text(encoding="utf-8"))
    document["exposure"]["unit"] = "t yr"
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(document), encoding="utf-8")
    grid = ["--mass-min", "30", "--mass-max", "100", "--points-per-decade", "5"]
    files = [
        "--recoil",
        str(source / "recoil.py"),
        "--experiment",
        str(wrong),
        "--output",
        str(tmp_path / "o"),
    ]
    done = subprocess.run(
        [sys.executable, str(source / "rate.py"), *grid, *files], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "exposure" in done.stderr
    assert list(tmp_path.iterdir()) == [wrong]


def test_figure_is_drawn_and_always_the_same(outputs: Path, source: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    pictures = [tmp_path / "first.svg", tmp_path / "second.svg"]
    for picture in pictures:
        run(
            source / "figure.py",
            table=outputs / f"{RESULT}.csv",
            record=outputs / f"{RESULT}.result.json",
            output=picture,
        )
    first, second = (picture.read_bytes() for picture in pictures)
    assert first == second
    assert first.lstrip().startswith(b"<?xml")
