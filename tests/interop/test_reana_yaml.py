"""reana.yaml follows the workflow and its inputs, and keeps what belongs to people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fairport.contract.analysis import Analysis
from fairport.contract.loading import parse_yaml
from fairport.interop.reana_yaml import Inputs, drift, hand_written, render, synced

VALUES: dict[str, Any] = {
    "$namespaces": {"edam": "http://edamontology.org/"},
    "script": {"class": "File", "location": "../src/my%20limit.py", "secondaryFiles": [
        {"class": "File", "path": "../src/lib.py"},
    ]},
    "spectra": [{"class": "File", "path": "../data/a.csv"}, {"class": "File", "path": "../data/b.csv"}],
    "tables": {"class": "Directory", "location": "tables"},
    "points": [3.0, 1.0e-28, 2.0],
    "names": ["b", "a"],
}  # fmt: skip
INPUTS = Inputs(VALUES, "workflow", "workflow/main.cwl")

BY_HAND = """\
# what we send to REANA
version: "0.9.4"
inputs:
  files: [./src/lib.py, src/my limit.py, data/a.csv, data/b.csv]
  directories:
    - workflow/tables
  parameters:
    script: {class: File, path: src/my limit.py, secondaryFiles: [{class: File, location: src/lib.py}]}
    spectra: [{class: File, location: data/a.csv}, {class: File, location: data/b.csv}]
    tables: {class: Directory, location: workflow/tables}
    points: [3.0, 1e-28, 2]  # GeV
    names: [b, a]
workflow:
  type: cwl
  file: ./workflow/main.cwl
  resources: {kerberos: true}
outputs:
  files: [outputs/x.csv]
"""


def test_the_same_in_other_words_is_no_drift() -> None:
    data = parse_yaml(BY_HAND, "reana.yaml").data
    assert drift(data, INPUTS) == []
    assert synced(BY_HAND, INPUTS) == BY_HAND


def test_a_new_one() -> None:
    text = synced(None, INPUTS)
    data = parse_yaml(text, "reana.yaml").data
    assert drift(data, INPUTS) == []
    assert data["inputs"]["files"] == ["src/my limit.py", "src/lib.py", "data/a.csv", "data/b.csv"]
    assert data["inputs"]["parameters"]["script"]["location"] == "src/my limit.py"
    assert data["inputs"]["parameters"]["points"] == [3.0, 1e-28, 2.0]
    assert data["outputs"] == {"directories": ["outputs"]}
    assert synced(text, INPUTS) == text


@pytest.mark.parametrize(
    ("old", "new", "pointer"),
    [
        ("names: [b, a]", "names: [a, b]", ("inputs", "parameters", "names")),
        ("1e-28, 2]", "1e-27, 2]", ("inputs", "parameters", "points")),
        ("    names: [b, a]\n", "", ("inputs", "parameters", "names")),
        ("    names: [b, a]\n", "    names: [b, a]\n    more: 1\n", ("inputs", "parameters", "more")),
        (", data/b.csv]\n  dir", "]\n  dir", ("inputs", "files")),
        ("workflow/tables\n  par", "workflow\n  par", ("inputs", "directories")),
        ("./workflow/main.cwl", "main.cwl", ("workflow", "file")),
        ("secondaryFiles: [{class: File, location: src/lib.py}]", "format: x",
         ("inputs", "parameters", "script")),
    ],
)  # fmt: skip
def test_every_difference_is_found_and_mended(old: str, new: str, pointer: tuple[str, ...]) -> None:
    text = BY_HAND.replace(old, new)
    assert text != BY_HAND
    assert [item.pointer for item in drift(parse_yaml(text, "r").data, INPUTS)] == [pointer]
    mended = synced(text, INPUTS)
    data = parse_yaml(mended, "reana.yaml").data
    assert drift(data, INPUTS) == []
    assert mended.startswith("# what we send to REANA\n")
    assert data["outputs"] == {"files": ["outputs/x.csv"]}
    assert data["workflow"]["resources"] == {"kerberos": True}
    assert synced(mended, INPUTS) == mended


def test_parameters_from_a_file() -> None:
    text = "inputs:\n  files: [x]\n  parameters: {input: job.yaml}\nworkflow: {type: cwl, file: m.cwl}\n"
    inputs = Inputs({"x": {"class": "File", "path": "x"}, "n": 3}, "", "m.cwl")
    same = {"x": {"class": "File", "location": "x"}, "n": 3}
    assert synced(text, inputs, same) == text
    other = synced(text, inputs, {**same, "n": 4})
    assert parse_yaml(other, "r").data["inputs"]["parameters"] == {
        "x": {"class": "File", "path": "x"},
        "n": 3,
    }


@pytest.mark.parametrize("mark", ["# fairport: hand-written", "#fairport: Hand-written, see the wiki"])
def test_the_mark(mark: str) -> None:
    assert hand_written(f"# x\n{mark}\ninputs: {{}}\n")
    assert not hand_written("inputs: {note: '# fairport: hand-written'}\n")


def analysis(**workflow: str) -> Analysis:
    examples = Path(__file__).parents[2] / "schemas" / "examples" / "analysis" / "good"
    data = next(
        item.data
        for item in (parse_yaml(p.read_text("utf-8"), p.name) for p in sorted(examples.glob("*.yaml")))
    )
    return Analysis.from_data({**data, "workflow": workflow})


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "workflow").mkdir()
    (tmp_path / "workflow/inputs.yaml").write_text(json.dumps(VALUES), "utf-8")
    return tmp_path


NAMED = {"type": "cwl", "file": "workflow/main.cwl", "inputs": "workflow/inputs.yaml", "reana": "reana.yaml"}


def test_render(root: Path) -> None:
    name, text = render(root, analysis(**NAMED)) or ("", "")
    assert (name, drift(parse_yaml(text, "r").data, INPUTS)) == ("reana.yaml", [])
    (root / "reana.yaml").write_text(BY_HAND.replace("names: [b, a]", "names: []"), "utf-8")
    assert "names:\n      - b" in (render(root, analysis(**NAMED)) or ("", ""))[1]


@pytest.mark.parametrize(
    ("content", "changes"),
    [
        ("# fairport: hand-written\nworkflow: {type: cwl, file: other.cwl}\n", {}),
        ("workflow: {type: serial, specification: {steps: []}}\n", {}),
        ("workflow: {type: snakemake, file: Snakefile}\n", {"type": "snakemake", "file": "Snakefile"}),
        ("workflow: {type: cwl, file: other.cwl}\n", {"inputs": "workflow/gone.yaml"}),
        ("workflow: {type: cwl, file: other.cwl}\n", {"reana": "../reana.yaml"}),
    ],
)
def test_what_is_not_ours_is_left_alone(root: Path, content: str, changes: dict[str, str]) -> None:
    (root / "reana.yaml").write_text(content, "utf-8")
    assert render(root, analysis(**{**NAMED, **changes})) is None


def test_not_named_is_not_made(root: Path) -> None:
    named = {key: value for key, value in NAMED.items() if key != "reana"}
    assert render(root, analysis(**named)) is None


def test_inputs_that_stand_in_the_specification_alone_are_kept() -> None:
    text = (
        "inputs:\n  files:\n    - code/a.py\n  parameters:\n    year: 1500\n"
        "workflow:\n  type: cwl\n  file: old.cwl\n"
    )
    alone = Inputs({}, "", "main.cwl", stated=False)
    after = synced(text, alone)
    assert after == text.replace("old.cwl", "main.cwl")
    assert [item.pointer for item in drift(parse_yaml(text, "reana.yaml").data, alone)] == [
        ("workflow", "file")
    ]
