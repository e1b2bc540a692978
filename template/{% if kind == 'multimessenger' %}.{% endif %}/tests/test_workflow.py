"""The steps of the workflow in turn, without an engine, on the input of this analysis."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import records

Step = Callable[..., Any]

LABELS = {"injected_fraction": 0.3, "credible_level": 0.9, "licence": "CC-BY-4.0", "result_version": "1.0.0"}


@pytest.fixture(scope="module")
def names(experiment: dict[str, Any]) -> list[str]:
    """Identifiers of the telescopes."""
    return [telescope["id"] for telescope in experiment["telescopes"]]


@pytest.fixture(scope="module")
def scan(source: Path, experiment_file: Path, step: Step) -> Callable[[Path], None]:
    """``scan(folder)``: run the scan step."""
    files = {"records": source / "records.py", "scans": source / "scans.py", "experiment": experiment_file}
    sizes = {"seed": 20261122, "replicas": 20, "scan_points": 21}
    return lambda folder: step("scan", **files, **LABELS, **sizes, folder=folder)


@pytest.fixture(scope="module")
def interval(source: Path, experiment_file: Path, step: Step) -> Callable[..., Any]:
    """``interval(folder, tables, **options)``: run the interval step."""
    files = {
        "records": source / "records.py",
        "intervals": source / "intervals.py",
        "experiment": experiment_file,
    }

    def run(folder: Path, tables: list[Path], **options: object) -> Any:
        out = {"table": folder / "intervals.csv", "record": folder / "fraction.result.json"}
        return step("interval", **files, **LABELS, **out, scans=tables, **options)

    return run


@pytest.fixture(scope="module")
def outputs(
    tmp_path_factory: pytest.TempPathFactory,
    names: list[str],
    scan: Callable[[Path], None],
    interval: Callable[..., Any],
) -> Path:
    """Folder with the outputs of the first two steps."""
    folder = tmp_path_factory.mktemp("outputs")
    scan(folder)
    interval(folder, [folder / f"{name}.csv" for name in names])
    return folder


def width(path: Path) -> float:
    """Mean width of the intervals of a table."""
    table = records.read_csv(path)
    return (sum(table["high"]) - sum(table["low"])) / len(table["low"])


def test_intervals_hold_the_injected_value_about_as_often_as_they_say(outputs: Path) -> None:
    table = records.read_csv(outputs / "intervals.csv")
    held = sum(low <= 0.3 <= high for low, high in zip(table["low"], table["high"], strict=True))
    assert held / len(table["low"]) > 0.7
    assert all(a <= b <= c for a, b, c in zip(table["low"], table["value"], table["high"], strict=True))


def test_all_telescopes_together_know_more_than_any(
    outputs: Path, names: list[str], interval: Callable[..., Any], tmp_path: Path
) -> None:
    for name in names:
        interval(tmp_path, [outputs / f"{name}.csv"])
        assert width(tmp_path / "intervals.csv") > width(outputs / "intervals.csv")


def test_point_is_the_mean_of_the_replicas(outputs: Path) -> None:
    table = records.read_csv(outputs / "intervals.csv")
    record = json.loads((outputs / "fraction.result.json").read_text(encoding="utf-8"))
    entry = record["values"][0]
    mean = {name: sum(values) / len(values) for name, values in table.items()}
    assert entry["value"] == pytest.approx(mean["value"], rel=1e-5)
    assert entry["value"] - entry["minus"] == pytest.approx(mean["low"], abs=1e-5)
    assert entry["value"] + entry["plus"] == pytest.approx(mean["high"], abs=1e-5)
    assert record["statistics"]["toys"] == len(table["value"])


def test_scans_are_measured_from_their_minimum(outputs: Path, names: list[str]) -> None:
    for name in names:
        table = records.read_csv(outputs / f"{name}.csv")
        by_replica: dict[float, list[float]] = {}
        for replica, ts in zip(table["replica"], table["ts"], strict=True):
            by_replica.setdefault(replica, []).append(ts)
        assert {min(values) for values in by_replica.values()} == {0.0}
        assert {len(values) for values in by_replica.values()} == {21}


def test_records_describe_their_tables(outputs: Path, names: list[str]) -> None:
    for name in names:
        record = json.loads((outputs / f"{name}.result.json").read_text(encoding="utf-8"))
        table = records.read_csv(outputs / record["data"]["path"])
        assert [axis["column"] for axis in record["axes"]] == list(table)
        for axis in record["axes"]:
            assert axis["range"] == [min(table[axis["column"]]), max(table[axis["column"]])]
        assert "injected fraction 0.3" in record["title"]


def test_same_seed_gives_the_same_bytes(outputs: Path, scan: Callable[[Path], None], tmp_path: Path) -> None:
    scan(tmp_path)
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (outputs / path.name).read_bytes()


def test_scans_that_do_not_match_are_refused(
    outputs: Path, names: list[str], interval: Callable[..., Any], tmp_path: Path
) -> None:
    first, second = (outputs / f"{name}.csv" for name in names[:2])
    short = tmp_path / "short.csv"
    short.write_text(
        "".join(second.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8"
    )
    done = interval(tmp_path, [first, short], check=False)
    assert done.returncode == 1
    assert "same replicas" in done.stderr
    assert list(tmp_path.iterdir()) == [short]


def test_figure_is_drawn_and_always_the_same(outputs: Path, step: Step, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    pictures = [tmp_path / "first.svg", tmp_path / "second.svg"]
    inputs = {"table": outputs / "intervals.csv", "record": outputs / "fraction.result.json"}
    for picture in pictures:
        step("figure", **inputs, output=picture)
    first, second = (picture.read_bytes() for picture in pictures)
    assert first == second
    assert first.lstrip().startswith(b"<?xml")
