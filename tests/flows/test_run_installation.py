"""Installing results: malformed ones, several ones, what else lies in the folders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fairport.contract.errors import (
    RunFailedError,
)
from fairport.contract.loading import load_json
from fairport.contract.schemas import validate
from fairport.engines.records import find_run


def record_of(root: Path) -> dict[str, Any]:
    data: dict[str, Any] = load_json(find_run(root).path / "run.json").data
    return data


def draft_with(make_analysis: Any, old: str, new: str) -> Path:
    root: Path = make_analysis()
    path = root / "src/scale.py"
    assert old in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    return root


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("json.dump(record, handle)", 'handle.write("{")', "not JSON"),
        ("json.dump(record, handle)", 'handle.write("[]")', "not a mapping"),
        ('"id": name', '"id": "other"', 'says id "other"'),
        ('"plane": "dd.si",', "", '"plane" is missing'),
        ('"path": name + ".csv"', '"path": "elsewhere.csv"', "wrote no outputs/elsewhere.csv"),
        ('"path": name + ".csv"', '"path": "../up.csv"', "not a plain file name"),
        ('"column": "limit"', '"column": "limits"', 'no column "limits"'),
        ("{scale * mass!r}", "many", "is not a number"),
        ('"origin": "recast"', '"origin": "rumour"', "provenance.origin"),
    ],
)
def test_malformed_results_are_not_installed(
    make_analysis: Any, run: Any, old: str, new: str, text: str
) -> None:
    root = draft_with(make_analysis, old, new)
    with pytest.raises(RunFailedError) as caught:
        run(root)
    assert text in caught.value.what
    assert str(caught.value.where).startswith("outputs/tiny-limit")
    assert (root / "outputs/tiny-limit.result.json").exists()
    assert not (root / "results").exists()
    record = record_of(root)
    assert record["status"] == "failed"
    assert validate("run", record) == []


TWO = """
cwlVersion: v1.2
class: Workflow
requirements: {ScatterFeatureRequirement: {}}
inputs: {script: File, source: File, name: "string[]"}
outputs:
  tables: {type: "File[]", outputSource: scale_masses/table}
  records: {type: "File[]", outputSource: scale_masses/record}
steps:
  scale_masses:
    run: tools/scale.cwl
    scatter: name
    in: {script: script, source: source, scale: {default: 2.0}, name: name}
    out: [table, record]
"""


def two_results(make_analysis: Any, names: str) -> Path:
    inputs = (
        "script: {class: File, location: ../src/scale.py}\n"
        f"source: {{class: File, location: ../data/source.json}}\nname: {names}\n"
    )
    root: Path = make_analysis(files={"workflow/main.cwl": TWO, "workflow/inputs.yaml": inputs})
    return root


def test_several_results_by_scatter(make_analysis: Any, run: Any) -> None:
    root = two_results(make_analysis, "[one, two, three]")
    record = run(root).record
    assert [item.id for item in record.results] == ["one", "three", "two"]
    assert {step.id for step in record.steps} == {"scale_masses", "scale_masses_2", "scale_masses_3"}
    assert len({step.log for step in record.steps}) == 3
    again = run(root).record
    assert {step.id for step in again.steps} == {step.id for step in record.steps}
    assert not any(item.changed for item in again.results)


def test_all_or_nothing(make_analysis: Any, run: Any) -> None:
    root = two_results(make_analysis, "[good, bad]")
    path = root / "src/scale.py"
    text = path.read_text("utf-8")
    path.write_text(text.replace('"kind": "limit"', '"kind": "limit" if name == "good" else "x"'), "utf-8")
    with pytest.raises(RunFailedError) as caught:
        run(root)
    assert str(caught.value.where).startswith("outputs/bad.result.json")
    assert not (root / "results").exists()


def test_other_files_stay(make_analysis: Any, run: Any) -> None:
    root = two_results(make_analysis, "[one, two]")
    run(root)
    (root / "outputs/notes.txt").write_text("mine\n", "utf-8")
    (root / "results/one/notes.txt").write_text("mine\n", "utf-8")
    inputs = root / "workflow/inputs.yaml"
    inputs.write_text(inputs.read_text("utf-8").replace("[one, two]", "[one]"), "utf-8")
    (root / "data/source.json").write_text('{"masses": [3.0]}', "utf-8")
    run(root)
    assert sorted(path.name for path in (root / "outputs").iterdir()) == [
        "notes.txt",
        "one.csv",
        "one.result.json",
    ]
    assert sorted(path.name for path in (root / "results/one").iterdir()) == [
        "notes.txt",
        "one.csv",
        "result.yaml",
        "run-crate.json",
    ]
    assert (root / "results/two/result.yaml").exists()


def test_results_are_not_written_through_links(make_analysis: Any, run: Any, tmp_path: Path) -> None:
    root = make_analysis()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (root / "results").symlink_to(elsewhere)
    with pytest.raises(RunFailedError, match="results is not a folder"):
        run(root)
    assert list(elsewhere.iterdir()) == []
