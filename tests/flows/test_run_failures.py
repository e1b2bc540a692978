"""Runs that fail, and runs that do not begin."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fairport.contract.errors import (
    ConfigurationError,
    DocumentError,
    FairportError,
    UsageError,
)
from fairport.contract.loading import load_json
from fairport.contract.schemas import validate
from fairport.engines.protocol import StepFailedError
from fairport.engines.records import find_run, list_runs
from fairport.flows.run import run_analysis

INPUT = """script: {class: File, location: ../src/scale.py}
source: {class: File, location: ../data/source.json}
name: tiny-limit
"""


def tool(command: str, outputs: str = "{}") -> str:
    return (
        "cwlVersion: v1.2\nclass: CommandLineTool\ninputs: {table: File}\n"
        f"baseCommand: [python3, -c, {json.dumps(command)}]\noutputs: {outputs}\nstdout: size.txt\n"
    )


def record_of(root: Path) -> dict[str, Any]:
    data: dict[str, Any] = load_json(find_run(root).path / "run.json").data
    return data


def failure_of(make_analysis: Any, run: Any, command: str, outputs: str = "{}") -> tuple[Path, Any]:
    root = make_analysis()
    run(root)
    kept = {path.name: path.read_bytes() for path in (root / "outputs").iterdir()}
    (root / "workflow/tools/count.cwl").write_text(
        tool(command, outputs).replace("{table: File}", "{table: {type: File, inputBinding: {position: 1}}}"),
        "utf-8",
    )
    main = (root / "workflow/main.cwl").read_text("utf-8")
    if outputs == "{}":
        main = main.replace("  size: {type: File, outputSource: count/size}\n", "").replace(
            "out: [size]", "out: []"
        )
        (root / "workflow/main.cwl").write_text(main, "utf-8")
    with pytest.raises(StepFailedError) as caught:
        run(root)
    assert {path.name: path.read_bytes() for path in (root / "outputs").iterdir()} == kept
    record = record_of(root)
    assert validate("run", record) == []
    assert record["status"] == "failed"
    assert record["error"]["step"] == "count"
    assert [step["status"] for step in record["steps"]] == ["finished", "failed"]
    assert not (find_run(root).path / "work").exists()
    return root, caught.value


def test_failing_step_is_told(make_analysis: Any, run: Any) -> None:
    lines = "".join(f"print('line {number}'); " for number in range(30))
    command = f"{lines}import sys; sys.stdout.flush(); sys.stderr.write('boom ü\\n'); sys.exit(7)"
    root, error = failure_of(make_analysis, run, f"import sys; sys.stdout = sys.stderr; {command}")
    assert error.exit_code == 1
    assert error.what == 'the step "count" failed: exit code 7'
    assert error.where == f".fairport/runs/{find_run(root).id}/logs/count.log"
    assert "its command was: python3 -c" in error.why
    assert "tiny-limit.csv" in error.why
    assert error.tail[-1] == "boom ü"
    assert len(error.tail) == 15
    assert record_of(root)["error"]["log_tail"] == list(error.tail)
    assert record_of(root)["steps"][1]["exit_code"] == 7


@pytest.mark.parametrize(
    ("command", "outputs", "reason"),
    [
        ("import os; os.kill(os.getpid(), 9)", "{}", "killed by signal 9"),
        (
            "pass",
            "{size: {type: File, outputBinding: {glob: nothing.txt}}}",
            "it wrote no file 'nothing.txt'",
        ),
    ],
)
def test_other_failures(make_analysis: Any, run: Any, command: str, outputs: str, reason: str) -> None:
    _, error = failure_of(make_analysis, run, command, outputs)
    assert reason in error.what


def test_missing_program(make_analysis: Any, run: Any) -> None:
    root = make_analysis()
    path = root / "workflow/tools/count.cwl"
    path.write_text(path.read_text("utf-8").replace("[python3, -c,", "[no-such-program,"), "utf-8")
    with pytest.raises(StepFailedError, match="'no-such-program' not found"):
        run(root)


@pytest.mark.parametrize(
    ("files", "text", "place"),
    [
        ({"data/source.json": None}, "the input data/source.json is missing", "workflow/inputs.yaml:3:9"),
        ({"workflow/inputs.yaml": INPUT + "scael: 3.0\n"}, 'no input "scael"', "workflow/inputs.yaml:4:1"),
        (
            {"workflow/inputs.yaml": INPUT.replace("name: tiny-limit\n", "")},
            'input "name" is missing',
            "inputs",
        ),
        (
            {"workflow/inputs.yaml": INPUT + "scale: lots\n"},
            "does not accept the inputs",
            "workflow/inputs.yaml",
        ),
        (
            {"workflow/inputs.yaml": INPUT.replace("../data", "../../data")},
            "outside the repository",
            "inputs",
        ),
        (
            {"workflow/inputs.yaml": INPUT.replace("../data", "https://example.org/data")},
            "is not a file of this repository",
            "inputs",
        ),
        ({"workflow/inputs.yaml": "- a\n"}, "not a mapping", "workflow/inputs.yaml:1:1"),
        ({"workflow/inputs.yaml": "a: [1\n"}, "not YAML", "workflow/inputs.yaml"),
        ({"workflow/inputs.yaml": None}, "does not exist", "workflow/inputs.yaml"),
        ({"workflow/main.cwl": None}, "does not exist", "workflow/main.cwl"),
        (
            {"workflow/tools/count.cwl": None},
            "tools/count.cwl, which is not a file",
            "workflow/main.cwl:",
        ),
        ({"workflow/main.cwl": "a: b\n"}, "not a CWL workflow", "workflow/main.cwl"),
    ],
)
def test_nothing_runs_with_bad_inputs(
    make_analysis: Any, run: Any, files: dict[str, str | None], text: str, place: str
) -> None:
    root = make_analysis(files={name: content for name, content in files.items() if content is not None})
    for name, content in files.items():
        if content is None:
            (root / name).unlink()
    with pytest.raises(DocumentError) as caught:
        run(root)
    assert caught.value.exit_code == 2
    assert text in caught.value.what
    assert place in str(caught.value.where)
    assert list_runs(root) == []
    assert not (root / "outputs").exists()


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("outputSource: count/size", "outputSource: count/nothing", "nothing"),
        ("class: Workflow", "class: Workflw", "Workflw"),
        ("out: [size]", "out: [size]\n    runn: x", "runn"),
    ],
)
def test_invalid_workflow_is_told_before_anything_runs(
    make_analysis: Any, run: Any, old: str, new: str, text: str
) -> None:
    root = make_analysis()
    path = root / "workflow/main.cwl"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(DocumentError) as caught:
        run(root)
    assert caught.value.what == "cwltool does not accept the workflow"
    assert str(caught.value.where).startswith("workflow/main.cwl")
    assert caught.value.why is not None
    assert text in caught.value.why
    assert str(root) not in caught.value.why
    assert list_runs(root) == []


@pytest.mark.parametrize("reference", ["https://example.org/count.cwl", "../../outside.cwl", "/etc/hostname"])
def test_workflow_stays_in_the_repository(make_analysis: Any, run: Any, reference: str) -> None:
    root = make_analysis()
    (root.parent / "outside.cwl").write_text((root / "workflow/tools/count.cwl").read_text("utf-8"), "utf-8")
    path = root / "workflow/main.cwl"
    path.write_text(path.read_text("utf-8").replace("tools/count.cwl", reference), "utf-8")
    with pytest.raises(DocumentError, match="the workflow refers to"):
        run(root)


def test_bad_record_and_missing_record(make_analysis: Any, run: Any, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no analysis"):
        run(tmp_path)
    root = make_analysis(version=1)
    with pytest.raises(DocumentError, match="version"):
        run(root)
    root = make_analysis("other", workflow={"type": "snakemake", "file": "Snakefile"})
    with pytest.raises(ConfigurationError, match="snakemake"):
        run(root)
    with pytest.raises(UsageError, match='no engine "cloud"'):
        run_analysis(make_analysis("third"), engine="cloud")


def test_every_error_is_one_for_people(make_analysis: Any, run: Any) -> None:
    root = make_analysis()
    (root / "outputs").write_text("a file where a folder should be\n", "utf-8")
    with pytest.raises(FairportError) as caught:
        run(root)
    assert caught.value.mend
