"""The steps of the workflow in turn, without an engine, on the input of this analysis."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mediator
import pytest
import records

Step = Callable[..., Any]

LABELS = {"licence": "CC-BY-4.0", "result_version": "1.0.0"}


@pytest.fixture(scope="module")
def files(source: Path, experiment_file: Path) -> dict[str, Path]:
    """What the region and relic steps have in common."""
    shared = {name: source / f"{name}.py" for name in ("records", "mediator")}
    return {**shared, "experiment": experiment_file}


@pytest.fixture(scope="module")
def region(step: Step, source: Path, files: dict[str, Path]) -> Callable[..., Any]:
    """``region(folder, **options)``: run the region step."""

    def run(folder: Path, **options: Any) -> Any:
        out = {"table": folder / "region.csv", "record": folder / "region.result.json"}
        usual = {**files, "exclusion": source / "exclusion.py", "mediator_step": 25.0, "mass_max": 2500.0}
        return step("region", **LABELS, **out, **{**usual, **options})

    return run


@pytest.fixture(scope="module")
def outputs(
    tmp_path_factory: pytest.TempPathFactory, step: Step, files: dict[str, Path], region: Callable[..., Any]
) -> Path:
    """Folder with the outputs of the first two steps."""
    folder = tmp_path_factory.mktemp("outputs")
    region(folder)
    out = {"table": folder / "relic.csv", "record": folder / "relic.result.json"}
    step("relic", **files, **LABELS, **out, mass_min=10.0, mass_max=1000.0, points=21)
    return folder


def test_relic_line_gives_the_relic_cross_section(outputs: Path, experiment: dict[str, Any]) -> None:
    chosen = experiment["model"]
    model = mediator.Model(chosen["mediator"], chosen["gq"], chosen["gl"], chosen["gdm"])
    table = records.read_csv(outputs / "relic.csv")
    for heavy, mass in zip(table["mediator_mass"], table["mass"], strict=True):
        assert heavy > 2.0 * mass
        assert mediator.annihilation(model, heavy, mass, 0.12) == pytest.approx(4.4e-26, rel=1e-3)


def test_region_is_bounded_by_the_masses_that_were_asked_for(outputs: Path) -> None:
    table = records.read_csv(outputs / "region.csv")
    assert max(table["mass"]) == 2500.0
    assert min(table["mass"]) >= 0.0
    assert set(table["ring"]) == set(map(float, range(1, int(max(table["ring"])) + 1)))


def test_records_describe_their_tables(outputs: Path, experiment: dict[str, Any]) -> None:
    for name in ("region", "relic"):
        record = json.loads((outputs / f"{name}.result.json").read_text(encoding="utf-8"))
        table = records.read_csv(outputs / f"{name}.csv")
        columns = [axis["column"] for axis in record["axes"]]
        assert columns == [column for column in table if column != record["geometry"].get("rings")]
        for axis in record["axes"]:
            assert axis["range"] == [min(table[axis["column"]]), max(table[axis["column"]])]
        assert record["model"]["couplings"]["gq"] == experiment["model"]["gq"]
        assert record["model"]["mediator"]["width"] == "minimal"


def test_stronger_limits_exclude_more(
    outputs: Path, region: Callable[..., Any], experiment: dict[str, Any], tmp_path: Path
) -> None:
    if "limits" not in experiment:
        pytest.skip("this analysis begins with a contour")
    strong = json.loads(json.dumps(experiment))
    strong["limits"]["rows"] = [[row[0], *(0.5 * v for v in row[1:])] for row in strong["limits"]["rows"]]
    changed = tmp_path / "strong.json"
    changed.write_text(json.dumps(strong), encoding="utf-8")
    region(tmp_path, experiment=changed)
    tables = [records.read_csv(folder / "region.csv") for folder in (outputs, tmp_path)]
    before, after = (max(table["mediator_mass"]) for table in tables)
    assert after > before


def test_a_contour_becomes_its_region(
    region: Callable[..., Any], experiment: dict[str, Any], tmp_path: Path
) -> None:
    points = [[15.0, 60.0], [600.0, 250.0], [1200.0, 1.0]]
    document = {
        key: value for key, value in experiment.items() if key not in ("limits", "production", "example")
    }
    changed = tmp_path / "contour.json"
    changed.write_text(
        json.dumps({**document, "contour": {"unit": "GeV", "points": points}}), encoding="utf-8"
    )
    region(tmp_path, experiment=changed)
    table = records.read_csv(tmp_path / "region.csv")
    rows = [list(row) for row in zip(table["mediator_mass"], table["mass"], strict=True)]
    assert rows == [*points, [1200.0, 0.0], [15.0, 0.0]]
    record = json.loads((tmp_path / "region.result.json").read_text(encoding="utf-8"))
    assert record["provenance"]["example"] is False


def test_different_units_stop_the_step_and_leave_no_output(
    region: Callable[..., Any], experiment: dict[str, Any], tmp_path: Path
) -> None:
    if "limits" not in experiment:
        pytest.skip("this analysis begins with a contour")
    changed = tmp_path / "wrong.json"
    limits = {**experiment["limits"], "unit": "pb"}
    changed.write_text(json.dumps({**experiment, "limits": limits}), encoding="utf-8")
    done = region(tmp_path, experiment=changed, check=False)
    assert done.returncode == 1
    assert "'pb'" in done.stderr
    assert list(tmp_path.iterdir()) == [changed]


def test_same_inputs_give_the_same_bytes(outputs: Path, region: Callable[..., Any], tmp_path: Path) -> None:
    region(tmp_path)
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (outputs / path.name).read_bytes()


def test_figure_is_drawn_and_always_the_same(outputs: Path, step: Step, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    pictures = [tmp_path / "first.svg", tmp_path / "second.svg"]
    inputs = {"table": outputs / "region.csv", "relic": outputs / "relic.csv"}
    for picture in pictures:
        step("figure", **inputs, record=outputs / "region.result.json", output=picture)
    first, second = (picture.read_bytes() for picture in pictures)
    assert first == second
    assert first.lstrip().startswith(b"<?xml")
