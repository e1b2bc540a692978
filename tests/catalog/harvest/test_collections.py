"""Collections: published curves with a mapping become results, each with its own experiment and licence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fairport.catalog.harvest.harvesting import harvest
from fairport.catalog.registry import init_catalogue
from fairport.catalog.site.build import build
from fairport.contract.documents import load_result
from fairport.contract.saving import dump_yaml

CURVE = "10,1e-44\n100,2e-45\n1000,1.5e-44\n"


def _no_check(tree: Path, profile: str) -> tuple[None, str]:
    raise AssertionError("a collection has nothing to check")


@pytest.fixture
def collection(tmp_path: Path) -> Any:
    """Return ``make(mapping, **files)``: a catalogue with one collection of these files."""

    def make(mapping: dict[str, Any], files: dict[str, str], **entry: Any) -> Path:
        tree = tmp_path / "curves"
        for name, text in files.items():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_text(text, encoding="utf-8")
        root = tmp_path / "catalogue"
        if not root.exists():
            init_catalogue(root, show=("collaboration", "digitised"))
        data = {
            "schema_version": "1.0",
            "id": "curves",
            "type": "collection",
            "title": "Some curves",
            "repository": {"path": "../curves"},
            "status": "community",
            "mapping": {"importer": "text", "licence": "CC-BY-4.0", **mapping},
            **entry,
        }
        (root / "experiments" / "curves.yaml").write_text(dump_yaml(data), encoding="utf-8")
        return root

    return make


def _run(root: Path) -> Any:
    return harvest(root, checker=_no_check).states[0]


def test_rules_are_merged_and_the_first_wins(collection: Any) -> None:
    root = collection(
        {
            "rules": [
                {
                    "pattern": "si/b_2020.csv",
                    "experiment": "Bee",
                    "licence": "CC0-1.0",
                    "cite": ["arXiv:2001.00001v2"],
                    "cl": 0.95,
                    "set": {"statistics.method": "CLs"},
                },
                {"pattern": "*projection*", "exclude_files": True},
                {"pattern": "si/*.csv", "plane": "dd.si", "units": ["GeV", "cm2"], "experiment": "{1}"},
            ]
        },
        {"si/a_2019.csv": CURVE, "si/b_2020.csv": CURVE, "si/c_projection.csv": CURVE, "notes.csv": "x"},
    )
    state = _run(root)
    assert state.state == "ok"
    assert [(item.id, item.state, item.experiment) for item in state.results] == [
        ("a-2019", "ok", "a"),
        ("b-2020", "ok", "Bee"),
    ]
    folder = root / "harvest" / "curves" / state.version / "results"
    a, b = (load_result(folder / name / "result.yaml", name=name) for name in ("a-2019", "b-2020"))
    assert (a.licence, b.licence) == ("CC-BY-4.0", "CC0-1.0")
    assert a.statistics is not None
    assert a.statistics.cl == "not-stated"
    assert b.statistics is not None
    assert (b.statistics.cl, b.statistics.method) == (0.95, "CLs")
    assert b.provenance.source is not None
    assert b.provenance.source.arxiv == "2001.00001v2"


def test_each_curve_that_cannot_be_read_says_why_and_harms_no_other(collection: Any) -> None:
    root = collection(
        {
            "rules": [
                {"pattern": "gone.csv", "plane": "dd.si"},
                {"pattern": "*.csv", "plane": "dd.si", "units": ["GeV", "cm2"]},
                {"pattern": "*.dat", "units": ["GeV", "cm2"]},
            ]
        },
        {"good.csv": CURVE, "bad.csv": "10,1e-44\nten,oh\n", "x.dat": CURVE},
    )
    states = {item.path: item for item in _run(root).results}
    assert states["good.csv"].state == "ok"
    assert "bad.csv:2" in (states["bad.csv"].reason or "")
    assert "plane" in (states["x.dat"].reason or "")
    assert "matches" in (states["gone.csv"].reason or "")
    assert {item.state for name, item in states.items() if name != "good.csv"} == {"failed"}


def test_a_curve_that_breaks_keeps_its_last_good_version(collection: Any, tmp_path: Path) -> None:
    root = collection(
        {"rules": [{"pattern": "*.csv", "plane": "dd.si", "units": ["GeV", "cm2"]}]}, {"a.csv": CURVE}
    )
    before = _run(root).results[0]
    (tmp_path / "curves" / "a.csv").write_text("rubbish", encoding="utf-8")
    after = _run(root).results[0]
    assert (after.state, after.id, after.digest) == ("kept", "a", before.digest)


def test_a_mapping_file_in_the_catalogue(collection: Any) -> None:
    root = collection({"file": "mappings/curves.yaml"}, {"a.csv": CURVE})
    assert "does not exist" in (_run(root).reason or "")
    (root / "mappings").mkdir()
    path = root / "mappings" / "curves.yaml"
    path.write_text("rules:\n  - {pattern: '*.csv', plane: dd.si, units: [GeV, cm2], colour: red}\n")
    assert "colour" in (_run(root).reason or "")
    path.write_text("rules:\n  - {pattern: '*.csv', plane: dd.si, units: [GeV, cm2]}\n")
    assert [item.state for item in _run(root).results] == ["ok"]


def test_a_remote_collection_must_be_pinned(collection: Any) -> None:
    root = collection(
        {"rules": [{"pattern": "*.csv", "plane": "dd.si"}]},
        {"a.csv": CURVE},
        repository={"url": "https://example.org/curves.git"},
        publish={"mode": "ref", "ref": "main"},
    )
    state = _run(root)
    assert state.state == "failed"
    assert "pinned" in (state.reason or "")


def test_links_out_of_a_collection_are_left_out(collection: Any, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(CURVE)
    root = collection(
        {"rules": [{"pattern": "*.csv", "plane": "dd.si", "units": ["GeV", "cm2"]}]}, {"a.csv": CURVE}
    )
    (tmp_path / "curves" / "b.csv").symlink_to(secret)
    assert [item.path for item in _run(root).results] == ["a.csv"]


def test_pages_of_a_collection_name_each_experiment(collection: Any) -> None:
    root = collection(
        {"rules": [{"pattern": "*.csv", "plane": "dd.si", "units": ["GeV", "cm2"], "experiment": "{1}"}]},
        {"Abe_1.csv": CURVE, "Bea_<b>.csv": CURVE},
    )
    _run(root)
    site = build(root, docs=False).root
    page = (site / "a" / "curves" / "index.html").read_text("utf-8")
    assert "collection of published curves" in page
    assert "Run it again" not in page
    assert "What the check says" not in page
    assert (site / "x" / "abe" / "index.html").is_file()
    assert (site / "x" / "bea" / "index.html").is_file()
    result = (site / "r" / "curves" / "abe-1" / "index.html").read_text("utf-8")
    assert "Abe" in result
    index = (site / "catalog.json").read_text("utf-8")
    assert '"experiment": "Abe"' in index or '"experiment":"Abe"' in index


def test_hostile_globs_end_soon(collection: Any) -> None:
    root = collection(
        {"rules": [{"pattern": "**/**/**/**/**/**/**/**/x*y*z.csv", "plane": "dd.si"}]},
        {"/".join(["a"] * 40) + "/xyxyxyxyxy.csv": CURVE},
    )
    assert "matches" in (_run(root).results[0].reason or "")


def test_each_column_of_a_table_is_a_curve(collection: Any) -> None:
    table = "mass,draco,fornax,note\n10,1e-44,2e-44,1\n100,2e-45,3e-45,2\n"
    rule = {"pattern": "*.csv", "plane": "dd.si", "units": ["GeV", "cm2"], "each": ["draco", "f*"],
            "experiment": "{1} {column}"}  # fmt: skip
    root = collection({"rules": [rule]}, {"Abe_1.csv": table})
    state = _run(root)
    assert [(item.id, item.path, item.experiment, item.title, item.state) for item in state.results] == [
        ("abe-1-draco", "Abe_1.csv[draco]", "Abe draco", "Abe_1, draco", "ok"),
        ("abe-1-fornax", "Abe_1.csv[fornax]", "Abe fornax", "Abe_1, fornax", "ok"),
    ]
    data = root / "harvest" / "curves" / state.version / "results" / "abe-1-fornax" / "data.csv"
    assert "2e-44" in data.read_text()
