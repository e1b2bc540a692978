"""The direct starter's workflow under the real runner, its portability, and its own tests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

EXAMPLES = ("darkside-50", "xenon1t", "argon-future", "cdms-ii", "pico-60", "xenon1t-neutron")
Starter = Callable[[str], Path]

FORBIDDEN = {
    "InlineJavascriptRequirement",
    "InitialWorkDirRequirement",
    "InplaceUpdateRequirement",
    "ShellCommandRequirement",
    "NetworkAccess",
    "ToolTimeLimit",
}


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def tools(folder: Path) -> dict[str, Any]:
    return {path.stem: load(path) for path in sorted((folder / "workflow" / "tools").glob("*.cwl"))}


def environment() -> dict[str, str]:
    """Environment in which ``python3`` is the interpreter that runs the tests."""
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture(scope="module")
def run(starter: Starter, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Outputs of the DarkSide-50 example under cwltool."""
    folder, out = starter("darkside-50"), tmp_path_factory.mktemp("out put")
    command = [sys.executable, "-m", "cwltool", "--quiet", "--no-container", "--outdir", str(out)]
    inputs = [str(folder / "workflow" / "main.cwl"), str(folder / "workflow" / "inputs.yaml")]
    done = subprocess.run(
        [*command, *inputs], env=environment(), capture_output=True, text=True, check=False, cwd=out
    )
    assert done.returncode == 0, done.stderr
    return out


def test_cwltool_writes_exactly_the_declared_outputs(run: Path, starter: Starter) -> None:
    declared = load(starter("darkside-50") / "reana.yaml")["outputs"]["files"]
    assert {f"outputs/{path.name}" for path in run.iterdir()} == set(declared)


def test_figure_is_an_svg_without_a_date(run: Path) -> None:
    text = (run / "si.svg").read_text(encoding="utf-8")
    assert text.lstrip().startswith("<?xml")
    assert "</svg>" in text
    assert "dc:date" not in text


@pytest.mark.parametrize("example", ["darkside-50", "pico-60"])
def test_starter_passes_its_own_tests(starter: Starter, example: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    folder = starter(example)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout


def test_result_files_are_named_after_the_interaction(starter: Starter) -> None:
    for example, name in {"xenon1t": "si", "pico-60": "sdp", "xenon1t-neutron": "sdn"}.items():
        folder = starter(example)
        declared = load(folder / "reana.yaml")["outputs"]["files"]
        assert declared == [f"outputs/{name}.{end}" for end in ("csv", "result.json", "svg")] + [
            "outputs/rates.csv"
        ]
        tool = tools(folder)["limit"]
        assert [entry["valueFrom"] for entry in tool["arguments"]] == [f"{name}.csv", f"{name}.result.json"]
        assert tools(folder)["figure"]["outputs"]["plot"]["outputBinding"]["glob"] == f"{name}.svg"


def test_workflow_keeps_to_the_portable_subset(starter: Starter) -> None:
    folder = starter("darkside-50")
    documents = {"main": load(folder / "workflow" / "main.cwl"), **tools(folder)}
    assert set(documents) == {"main", "rate", "limit", "figure"}
    for name, document in documents.items():
        assert document["cwlVersion"] == "v1.2"
        used = {**document.get("requirements", {}), **document.get("hints", {})}
        assert not FORBIDDEN & set(used), name
        assert not any("when" in step for step in document.get("steps", {}).values())
    assert "$(" not in (folder / "workflow" / "main.cwl").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["rate", "limit", "figure"])
def test_each_tool_is_documented_and_can_run_on_reana(starter: Starter, image: str, name: str) -> None:
    tool = tools(starter("darkside-50"))[name]
    assert tool["label"]
    assert tool["doc"]
    assert tool["hints"]["DockerRequirement"]["dockerPull"] == image
    assert tool["hints"]["reana"]["compute_backend"] == "kubernetes"
    assert tool["requirements"]["ResourceRequirement"]["ramMin"] <= 1024
    for port in (*tool["inputs"].values(), *tool["outputs"].values()):
        assert port["doc"]
        assert port["type"] != "File" or port["format"].startswith("edam:format_")


def test_reana_gets_the_inputs_of_the_workflow_relative_to_its_workspace(starter: Starter) -> None:
    folder = starter("xenon1t")
    reana = load(folder / "reana.yaml")
    local = load(folder / "workflow" / "inputs.yaml")
    assert set(local) == set(load(folder / "workflow" / "main.cwl")["inputs"])
    files = []
    for name, value in local.items():
        remote = reana["inputs"]["parameters"][name]
        if isinstance(value, dict):
            assert (folder / "workflow" / value["location"]).resolve() == (
                folder / remote["location"]
            ).resolve()
            assert {**value, "location": ""} == {**remote, "location": ""}
            files.append(remote["location"])
        else:
            assert remote == value
    assert sorted(files) == sorted(reana["inputs"]["files"])
    assert all((folder / path).is_file() for path in [*files, *reana["tests"]["files"]])
    assert set(reana["inputs"]["parameters"]) == set(local)


def test_only_the_chosen_example_lands_in_the_repository(starter: Starter) -> None:
    for example in EXAMPLES:
        found = sorted(path.name for path in (starter(example) / "data").rglob("*") if path.is_file())
        assert found == ["experiment.json"]
        assert load(starter(example) / "data" / "experiment.json")["example"] == example


def test_no_knob_of_the_examples_is_rendered(starter_source: Path) -> None:
    """The example files are shipped byte for byte, so that their digests can be looked up."""
    for path in starter_source.glob("data/*/*"):
        text = path.read_text(encoding="utf-8")
        assert path.suffix == ".json"
        assert "{{" not in text
        assert "{%" not in text
