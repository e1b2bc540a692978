"""The direct starter's numbers against the published ones: the steps are run as the workflow runs them."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fairport.contract.schemas import validate

# Example: the interaction, which is also the id of its result.
EXAMPLES = {
    "darkside-50": "si",
    "xenon1t": "si",
    "argon-future": "si",
    "cdms-ii": "si",
    "pico-60": "sdp",
    "xenon1t-neutron": "sdn",
}

GRID = {"mass-min": 30.0, "mass-max": 10000.0, "points-per-decade": 20}
Limits = dict[str, Path]
Starter = Callable[[str], Path]


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def step(folder: Path, name: str, **options: object) -> None:
    script = folder / "src" / "an_analysis" / f"{name}.py"
    arguments = [part for key, value in options.items() for part in (f"--{key}", str(value))]
    subprocess.run([sys.executable, str(script), *arguments], check=True)


@pytest.fixture(scope="module")
def outputs(starter: Starter) -> Limits:
    """Folder with rates.csv and the table and record of each example."""
    made = {}
    for example in EXAMPLES:
        folder = starter(example)
        out, source = folder / "outputs", folder / "src" / "an_analysis"
        out.mkdir()
        experiment = folder / "data" / "experiment.json"
        step(
            folder,
            "rate",
            **{"recoil": source / "recoil.py", "experiment": experiment, "output": out / "rates.csv", **GRID},
        )
        step(
            folder,
            "limit",
            **{
                "counting": source / "counting.py",
                "experiment": experiment,
                "rates": out / "rates.csv",
                "confidence-level": 0.9,
                "licence": "CC-BY-4.0",
                "result-version": "0.1.0",
                "table": out / f"{EXAMPLES[example]}.csv",
                "record": out / f"{EXAMPLES[example]}.result.json",
            },
        )
        made[example] = out
    return made


def columns(path: Path) -> dict[str, np.ndarray]:
    with path.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def limit_at(outputs: Path, mass: float, column: str = "cross_section") -> float:
    [path] = outputs.glob("s*.csv")
    table = columns(path)
    return float(np.exp(np.interp(np.log(mass), np.log(table["mass"]), np.log(table[column]))))


def curve(path: Path) -> np.ndarray:
    """Mass and limit of a published curve: the first two columns, comments dropped."""
    lines = [
        line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith(("#", '"'))
    ]
    return np.array([[float(cell) for cell in line.split(",")[:2]] for line in lines])


@pytest.mark.parametrize(("mass", "published"), [(100.0, 1.14e-44), (1000.0, 3.78e-44), (10000.0, 3.43e-43)])
def test_darkside50_agrees_with_the_publication(outputs: Limits, mass: float, published: float) -> None:
    table = columns(outputs["darkside-50"] / "si.csv")
    assert mass in table["mass"]
    assert limit_at(outputs["darkside-50"], mass) == pytest.approx(published, rel=0.06)


def test_darkside50_is_the_zero_event_limit(outputs: Limits) -> None:
    rates, limits = columns(outputs["darkside-50"] / "rates.csv"), columns(outputs["darkside-50"] / "si.csv")
    events = limits["cross_section"] / rates["cross_section"] * rates["events"]
    assert events == pytest.approx(-np.log(0.1), rel=1e-5)


def test_xenon1t_recast_is_within_a_factor_two_from_50_gev_up(outputs: Limits, reference_data: Path) -> None:
    published = curve(reference_data / "dd_limit_plot" / "data" / "WIMPSI_XENON1T_2018_1805.12562.csv")
    checked = published[published[:, 0] >= 50.0]
    assert len(checked) >= 8
    for mass, limit in checked:
        assert 0.5 < limit_at(outputs["xenon1t"], mass) / limit < 2.0, mass


def test_xenon1t_expects_the_events_of_the_published_table(outputs: Limits) -> None:
    """Table I of arXiv:1805.12562: 1.16 events for 200 GeV and 4.7e-47 cm2 in 0.9 t, reference region."""
    rates = columns(outputs["xenon1t"] / "rates.csv")
    events = np.interp(200.0, rates["mass"], rates["events"]) * 4.7e-47 / rates["cross_section"][0]
    assert events == pytest.approx(1.16, rel=0.03)


@pytest.mark.parametrize(
    ("example", "mass", "published", "tolerance"),
    [
        ("cdms-ii", 60.0, 6.6e-44, 0.05),
        ("pico-60", 30.0, 3.4e-41, 0.3),
        ("xenon1t-neutron", 30.0, 6.3e-42, 1.0),
    ],
)
def test_other_recasts_agree_with_the_abstracts(
    outputs: Limits, example: str, mass: float, published: float, tolerance: float
) -> None:
    assert limit_at(outputs[example], mass) == pytest.approx(published, rel=tolerance)


@pytest.mark.parametrize("example", EXAMPLES)
def test_result_lives_in_the_plane_of_its_interaction(outputs: Limits, example: str) -> None:
    record = read_json(outputs[example] / f"{EXAMPLES[example]}.result.json")
    assert record["id"] == EXAMPLES[example]
    assert record["plane"] == f"dd.{EXAMPLES[example]}"
    dependent = {"si": "spin-independent", "sdp": "proton", "sdn": "neutron"}[EXAMPLES[example]]
    assert dependent in record["model"]["interaction"]


def test_argon_projection_follows_the_published_one(outputs: Limits, reference_data: Path) -> None:
    published = curve(reference_data / "dd_limit_plot" / "data" / "WIMPSI_darkside20k_2017_100ty.csv")
    for mass in (50.0, 100.0, 1000.0, 9900.0):
        expected = np.exp(np.interp(np.log(mass), np.log(published[:, 0]), np.log(published[:, 1])))
        assert limit_at(outputs["argon-future"], mass) / expected == pytest.approx(1.0, abs=0.25)


def test_argon_projection_is_its_own_median(outputs: Limits) -> None:
    table = columns(outputs["argon-future"] / "si.csv")
    assert table["cross_section"].tolist() == table["p50"].tolist()


@pytest.mark.parametrize("example", EXAMPLES)
def test_tables_are_dense_and_in_shortest_round_trip_form(outputs: Limits, example: str) -> None:
    text = (outputs[example] / f"{EXAMPLES[example]}.csv").read_bytes().decode()
    header, *rows = text.split("\n")[:-1]
    assert header == "mass,cross_section,p2.5,p16,p50,p84,p97.5"
    assert all(repr(float(cell)) == cell for row in rows for cell in row.split(","))
    masses = [float(row.split(",")[0]) for row in rows]
    assert masses == sorted(set(masses))
    assert {100.0, 1000.0, 10000.0} <= set(masses)
    assert np.diff(np.log10(masses)).max() <= 0.1


@pytest.mark.parametrize("example", EXAMPLES)
def test_record_becomes_valid_when_the_table_is_stamped(outputs: Limits, example: str) -> None:
    record = read_json(outputs[example] / f"{EXAMPLES[example]}.result.json")
    table = outputs[example] / f"{EXAMPLES[example]}.csv"
    record["data"]["sha256"] = hashlib.sha256(table.read_bytes()).hexdigest()
    record["data"]["rows"] = len(table.read_text(encoding="utf-8").splitlines()) - 1
    assert validate("result", record) == []
    for axis in record["axes"]:
        values = columns(table)[axis["column"]]
        assert axis["range"] == [values.min(), values.max()]


@pytest.mark.parametrize(
    ("example", "kind", "origin", "role"),
    [
        ("darkside-50", "limit", "recast", "observed"),
        ("xenon1t", "limit", "recast", "observed"),
        ("argon-future", "projection", "projection", "expected"),
        ("cdms-ii", "limit", "recast", "observed"),
        ("pico-60", "limit", "recast", "observed"),
        ("xenon1t-neutron", "limit", "recast", "observed"),
    ],
)
def test_record_says_what_it_is(outputs: Limits, example: str, kind: str, origin: str, role: str) -> None:
    record = read_json(outputs[example] / f"{EXAMPLES[example]}.result.json")
    assert (record["kind"], record["provenance"]["origin"]) == (kind, origin)
    assert record["statistics"]["role"] == role
    assert record["statistics"]["method"] == "CLs"
    assert "not a result of the collaboration" in record["description"]
    low = record["validity"]["ranges"][0]["low"]
    assert record["axes"][0]["range"][0] <= low < record["axes"][0]["range"][1]


@pytest.mark.parametrize("example", EXAMPLES)
def test_record_agrees_with_its_own_expectation(outputs: Limits, example: str) -> None:
    record = read_json(outputs[example] / f"{EXAMPLES[example]}.result.json")
    assert record["expectation"]
    for published in record["expectation"]:
        limit = limit_at(outputs[example], published["at"]["mass"])
        assert limit == pytest.approx(published["value"], rel=published["tolerance"])


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_is_marked_by_the_digest_of_the_shipped_file(
    outputs: Limits, starter_source: Path, example: str
) -> None:
    shipped = [path.read_bytes() for path in starter_source.glob("data/*/experiment.json")]
    digests = {f"sha256:{hashlib.sha256(content).hexdigest()}" for content in shipped}
    provenance = read_json(outputs[example] / f"{EXAMPLES[example]}.result.json")["provenance"]
    assert len(digests) == len(EXAMPLES)
    assert provenance["example"] is True
    assert provenance["example_digest"] in digests


def test_own_numbers_are_no_example(starter: Starter, outputs: Limits, tmp_path: Path) -> None:
    folder = starter("darkside-50")
    experiment = read_json(folder / "data" / "experiment.json")
    del experiment["example"]
    own = tmp_path / "experiment.json"
    own.write_text(json.dumps(experiment), encoding="utf-8")
    step(
        folder,
        "limit",
        **{
            "counting": folder / "src" / "an_analysis" / "counting.py",
            "experiment": own,
            "rates": outputs["darkside-50"] / "rates.csv",
            "confidence-level": 0.9,
            "licence": "CC-BY-4.0",
            "result-version": "0.1.0",
            "table": tmp_path / "si.csv",
            "record": tmp_path / "si.result.json",
        },
    )
    provenance = read_json(tmp_path / "si.result.json")["provenance"]
    assert provenance["example"] is False
    assert "example_digest" not in provenance


@pytest.mark.parametrize("example", EXAMPLES)
def test_reana_test_expects_the_table_that_the_starter_makes(
    outputs: Limits, starter: Starter, example: str
) -> None:
    feature = (starter(example) / "tests" / "reana" / "outputs.feature").read_text(encoding="utf-8")
    expected = hashlib.sha256((outputs[example] / f"{EXAMPLES[example]}.csv").read_bytes()).hexdigest()
    assert re.findall(r"\b[0-9a-f]{64}\b", feature) == [expected]


def leaves(value: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    """Every mapping inside a document with its path."""
    found: list[tuple[tuple[str, ...], Any]] = []
    if isinstance(value, dict):
        found.append((path, value))
        for key, item in value.items():
            found += leaves(item, (*path, key))
    elif isinstance(value, list):
        for item in value:
            found += leaves(item, path)
    return found


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_number_of_an_example_carries_its_citation(starter: Starter, example: str) -> None:
    experiment = read_json(starter(example) / "data" / "experiment.json")
    for path, entry in leaves(experiment):
        numeric = "value" in entry or "knots" in entry or "observed" in entry
        if numeric and path != ("events", "background"):
            assert entry["citation"].startswith("https://"), path
        if "knots" in entry:
            abscissae = [knot[0] for knot in entry["knots"]]
            assert len(abscissae) <= 20
            assert abscissae == sorted(set(abscissae))
    assert experiment["target"]["citation"].startswith("https://")
    fractions = [isotope["fraction"] for isotope in experiment["target"]["isotopes"]]
    assert sum(fractions) == pytest.approx(1.0, abs=1e-4)
