"""The steps of the workflow in turn, without an engine, on the input of this analysis."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import records

Step = Callable[..., Any]

LABELS = {"confidence_level": 0.9, "licence": "CC-BY-4.0", "result_version": "1.0.0"}


@pytest.fixture(scope="module")
def exclude(source: Path, experiment_file: Path, step: Step) -> Callable[..., Any]:
    """``exclude(folder, **options)``: run the exclude step."""
    files = {"records": source / "records.py", "haloscope": source / "haloscope.py"}
    usual = {"experiment": experiment_file, "seed": 20261122, "frequencies": 121}

    def run(folder: Path, **options: Any) -> Any:
        out = {"table": folder / "coupling.csv", "record": folder / "coupling.result.json"}
        return step("exclude", **files, **LABELS, **out, **{**usual, **options})

    return run


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory, exclude: Callable[..., Any]) -> Path:
    """Folder with the outputs of the exclude step."""
    folder = tmp_path_factory.mktemp("outputs")
    exclude(folder)
    return folder


def test_record_describes_the_table(outputs: Path) -> None:
    record = json.loads((outputs / "coupling.result.json").read_text(encoding="utf-8"))
    table = records.read_csv(outputs / "coupling.csv")
    assert [axis["column"] for axis in record["axes"]] + list(record["bands"].values()) == list(table)
    assert table["mass"] == sorted(set(table["mass"]))
    for axis in record["axes"]:
        assert axis["range"] == [min(table[axis["column"]]), max(table[axis["column"]])]


def test_expected_bands_are_ordered_and_hold_the_limit_as_often_as_they_say(outputs: Path) -> None:
    table = records.read_csv(outputs / "coupling.csv")
    names = ("p2.5", "p16", "p50", "p84", "p97.5")
    rows = list(zip(*(table[name] for name in names), table["coupling"], strict=True))
    assert all(list(row[:5]) == sorted(row[:5]) for row in rows)
    inside = sum(row[1] <= row[5] <= row[3] for row in rows) / len(rows)
    assert inside == pytest.approx(0.68, abs=0.15)


def test_same_seed_gives_the_same_bytes_and_another_seed_others(
    outputs: Path, exclude: Callable[..., Any], tmp_path: Path
) -> None:
    exclude(tmp_path)
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (outputs / path.name).read_bytes()
    exclude(tmp_path, seed=1)
    assert (tmp_path / "coupling.csv").read_bytes() != (outputs / "coupling.csv").read_bytes()


def test_a_wrong_unit_stops_the_step_and_leaves_no_output(
    exclude: Callable[..., Any], experiment: dict[str, Any], tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.json"
    resonator = {**experiment["resonator"], "field": {"value": 7.0, "unit": "G"}}
    wrong.write_text(json.dumps({**experiment, "resonator": resonator}), encoding="utf-8")
    done = exclude(tmp_path, experiment=wrong, check=False)
    assert done.returncode == 1
    assert "field" in done.stderr
    assert list(tmp_path.iterdir()) == [wrong]


def test_figure_is_drawn_and_always_the_same(outputs: Path, step: Step, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    pictures = [tmp_path / "first.svg", tmp_path / "second.svg"]
    inputs = {"table": outputs / "coupling.csv", "record": outputs / "coupling.result.json"}
    for picture in pictures:
        step("figure", **inputs, output=picture)
    first, second = (picture.read_bytes() for picture in pictures)
    assert first == second
    assert first.lstrip().startswith(b"<?xml")
