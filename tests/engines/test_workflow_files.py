"""Reading all files of a workflow."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairport.contract.errors import ConfigurationError, DocumentError
from fairport.engines.workflow_files import read_workflow

MAIN = """
cwlVersion: v1.2
class: Workflow
requirements:
  - class: InlineJavascriptRequirement
    expressionLib: [{$include: lib.js}]
  - class: SchemaDefRequirement
    types: [{$import: types.yml}]
inputs:
  run: string
  plain: int
  optional: float?
  either: ["null", File]
  preset: {type: int, default: 3, doc: "  Some   words "}
  calibration: {type: File, default: {class: File, location: ../data/cal.csv}}
outputs: []
steps:
  - {id: one, run: tools/one.cwl, in: [], out: []}
  - id: two
    in: []
    out: []
    run:
      class: Workflow
      inputs: []
      outputs: []
      steps: {inner: {run: "tools/two.cwl#part", in: [], out: []}}
"""
FILES = {
    "workflow/main.cwl": MAIN,
    "workflow/lib.js": "var x = 1;",
    "workflow/types.yml": "[]",
    "data/cal.csv": "1,2\n",
    "workflow/tools/one.cwl": "class: CommandLineTool\ninputs: []\n"
    "hints: {DockerRequirement: {dockerPull: 'a:1'}}\n",
    "workflow/tools/two.cwl": "$graph:\n  - {id: part, class: CommandLineTool, inputs: [],"
    " requirements: [{class: DockerRequirement, dockerPull: 'b:2'},"
    " {class: DockerRequirement, dockerPull: 'a:1'}]}\n",
    "workflow/unrelated.cwl": "class: Workflow\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "repo ü" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path / "repo ü"


def test_all_files_are_found(root: Path) -> None:
    workflow = read_workflow(root, "workflow/main.cwl")
    assert [item.path for item in workflow.files] == sorted(set(FILES) - {"workflow/unrelated.cwl"})
    assert workflow.file == "workflow/main.cwl"
    assert workflow.images == ("a:1", "b:2")


def test_ports(root: Path) -> None:
    ports = {port.id: port for port in read_workflow(root, "workflow/main.cwl").ports}
    assert {name for name, port in ports.items() if port.required} == {"run", "plain"}
    assert ports["preset"].default == 3
    assert ports["preset"].doc == "Some words"


def test_ports_as_list(root: Path) -> None:
    (root / "workflow/main.cwl").write_text(
        "$graph:\n- {class: CommandLineTool, id: other, inputs: []}\n"
        "- {class: CommandLineTool, id: '#main',"
        " inputs: [{id: x, type: int}, {id: '#main/y', type: 'int?'}]}\n",
        "utf-8",
    )
    ports = read_workflow(root, "workflow/main.cwl").ports
    assert [(port.id, port.required) for port in ports] == [("x", True), ("y", False)]


@pytest.mark.parametrize("name", sorted(set(FILES) - {"workflow/unrelated.cwl"}))
def test_digest_covers_every_file(root: Path, name: str) -> None:
    before = read_workflow(root, "workflow/main.cwl").digest
    (root / "workflow/unrelated.cwl").write_text("x: y", "utf-8")
    assert read_workflow(root, "workflow/main.cwl").digest == before
    path = root / name
    path.write_text(path.read_text("utf-8") + ("\n" if name.endswith("yml") else "\n# more\n"), "utf-8")
    assert read_workflow(root, "workflow/main.cwl").digest != before


def test_same_files_elsewhere_give_the_same_digest(root: Path, tmp_path: Path) -> None:
    before = read_workflow(root, "workflow/main.cwl").digest
    moved = root.rename(tmp_path / "moved")
    assert read_workflow(moved, "workflow/main.cwl").digest == before


def test_circles_end(root: Path) -> None:
    (root / "workflow/tools/one.cwl").write_text(
        "class: Workflow\ninputs: []\nsteps: {again: {run: ../main.cwl, in: [], out: []}}\n", "utf-8"
    )
    assert "workflow/tools/one.cwl" in [item.path for item in read_workflow(root, "workflow/main.cwl").files]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("tools/one.cwl", "https://example.org/x.cwl", "refers to https"),
        ("tools/one.cwl", "../../up.cwl", "outside the repository"),
        ("tools/one.cwl", "/etc/hostname", "outside the repository"),
        ("tools/one.cwl", "file:///etc/hostname", "outside the repository"),
        ("tools/one.cwl", "link.cwl", "outside the repository"),
        ("tools/one.cwl", "tools", "which is not a file"),
        ("lib.js", "http://example.org/lib.js", "refers to http"),
        ("types.yml", "../../types.yml", "outside the repository"),
        ("../data/cal.csv", "ftp://example.org/cal.csv", "refers to ftp"),
    ],
)
def test_references_stay_inside(root: Path, old: str, new: str, message: str) -> None:
    (root / "workflow/link.cwl").symlink_to("/etc/hostname")
    (root.parent / "up.cwl").write_text("class: Workflow", "utf-8")
    path = root / "workflow/main.cwl"
    path.write_text(MAIN.replace(old, new), "utf-8")
    with pytest.raises(DocumentError, match=message) as caught:
        read_workflow(root, "workflow/main.cwl")
    assert str(caught.value.where).startswith("workflow/main.cwl:")


def test_main_file_stays_inside(root: Path) -> None:
    with pytest.raises(DocumentError, match="outside the repository"):
        read_workflow(root, "../main.cwl")


def test_other_languages(root: Path) -> None:
    with pytest.raises(ConfigurationError, match="yadage"):
        read_workflow(root, "workflow/main.cwl", "yadage")
