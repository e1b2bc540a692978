"""Every starter but the direct one: its workflow under the real runner, its records, its own tests."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from fairport.contract.schemas import validate

KINDS = ("indirect", "multimessenger", "collider", "generic")
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


def records(folder: Path) -> dict[str, Any]:
    return {
        path.name.removesuffix(".result.json"): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.result.json"))
    }


@pytest.mark.parametrize("kind", KINDS)
def test_cwltool_writes_exactly_the_declared_outputs(kind: str, ran: Starter, laid_out: Starter) -> None:
    declared = load(laid_out(kind) / "reana.yaml")["outputs"]["files"]
    assert {f"outputs/{path.name}" for path in ran(kind).iterdir()} == set(declared)


@pytest.mark.parametrize("kind", KINDS)
def test_records_become_valid_when_their_tables_are_stamped(kind: str, ran: Starter) -> None:
    found = records(ran(kind))
    assert found
    for name, record in found.items():
        assert record["id"] == name
        if "data" in record:
            content = (ran(kind) / record["data"]["path"]).read_bytes()
            record["data"]["sha256"] = hashlib.sha256(content).hexdigest()
            record["data"]["rows"] = content.count(b"\n") - 1
            assert b"\r" not in content
        assert validate("result", record) == []


@pytest.mark.parametrize("kind", KINDS)
def test_records_live_in_a_plane_and_state_what_it_demands(kind: str, ran: Starter, repository: Path) -> None:
    for record in records(ran(kind)).values():
        plane, path = record["plane"], repository / "catalog" / "planes" / f"{record['plane']}.yaml"
        if not path.is_file():
            family, _, channel = plane.rpartition(".")
            path = path.with_name(f"{family}.yaml")
            assert channel in [entry["id"] for entry in load(path)["channels"]]
        definition = load(path)
        quantities = {axis["quantity"]: axis for axis in definition["axes"]}
        for axis in [axis for axis in record.get("axes", []) if axis["quantity"] in quantities]:
            assert axis["unit"] in quantities[axis["quantity"]]["allowed_units"]
        if record["kind"] in ("limit", "projection", "region"):
            assert {axis["quantity"] for axis in record["axes"]} >= set(quantities)
            assert record["geometry"]["excluded"] == definition["orientation"]
        for group, fields in definition["requires"].items():
            if group in record:
                for field in fields:
                    value: Any = record[group]
                    for part in field.split("."):
                        value = value[part]


@pytest.mark.parametrize("kind", KINDS)
def test_records_are_marked_as_simulated_examples(kind: str, ran: Starter, laid_out: Starter) -> None:
    content = (laid_out(kind) / "data" / "experiment.json").read_bytes()
    for record in records(ran(kind)).values():
        assert record["provenance"]["origin"] == "simulation"
        assert record["provenance"]["example"] is True
        assert record["provenance"]["example_digest"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert record["licence"] == "CC-BY-4.0"
        assert "no result of any experiment" in record["description"]


@pytest.mark.parametrize("kind", KINDS)
def test_figures_have_no_date(kind: str, ran: Starter) -> None:
    figures = list(ran(kind).glob("*.svg"))
    assert figures
    for figure in figures:
        text = figure.read_text(encoding="utf-8")
        assert text.lstrip().startswith("<?xml")
        assert "</svg>" in text
        assert "dc:date" not in text


@pytest.mark.parametrize("kind", KINDS)
def test_starter_passes_its_own_tests(kind: str, laid_out: Starter) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    done = subprocess.run(command, cwd=laid_out(kind), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_workflow_keeps_to_the_portable_subset(kind: str, laid_out: Starter, image: str) -> None:
    folder = laid_out(kind)
    main = load(folder / "workflow" / "main.cwl")
    assert set(main["steps"]) == set(tools(folder))
    for name, document in {"main": main, **tools(folder)}.items():
        assert document["cwlVersion"] == "v1.2"
        used = {**document.get("requirements", {}), **document.get("hints", {})}
        assert not FORBIDDEN & set(used), name
        assert not any("when" in step for step in document.get("steps", {}).values())
        for port in (*document["inputs"].values(), *document["outputs"].values()):
            assert port["doc"]
            assert not port["type"].startswith("File") or port["format"].startswith("edam:format_")
    for tool in tools(folder).values():
        assert tool["label"]
        assert tool["doc"]
        assert tool["hints"]["DockerRequirement"]["dockerPull"] == image
        assert tool["hints"]["reana"]["compute_backend"] == "kubernetes"
        assert tool["requirements"]["ResourceRequirement"]["ramMin"] <= 1024
    texts = [path.read_text(encoding="utf-8") for path in (folder / "workflow").rglob("*.cwl")]
    assert not any("$(" in text or "${" in text for text in texts)


@pytest.mark.parametrize("kind", KINDS)
def test_reana_gets_the_inputs_of_the_workflow_relative_to_its_workspace(
    kind: str, laid_out: Starter
) -> None:
    folder = laid_out(kind)
    reana, local = load(folder / "reana.yaml"), load(folder / "workflow" / "inputs.yaml")
    remote = reana["inputs"]["parameters"]
    assert set(local) == set(remote) == set(load(folder / "workflow" / "main.cwl")["inputs"])
    files = []
    for name, value in local.items():
        if isinstance(value, dict):
            assert (folder / "workflow" / value["location"]).resolve() == folder / remote[name]["location"]
            assert {**value, "location": ""} == {**remote[name], "location": ""}
            files.append(remote[name]["location"])
        else:
            assert remote[name] == value
    assert sorted(files) == sorted(reana["inputs"]["files"])
    assert all((folder / path).is_file() for path in [*files, *reana["tests"]["files"]])


@pytest.mark.parametrize("kind", KINDS)
def test_reana_test_expects_the_table_that_the_starter_makes(
    kind: str, ran: Starter, laid_out: Starter
) -> None:
    feature = (laid_out(kind) / "tests" / "reana" / "outputs.feature").read_text(encoding="utf-8")
    [(name, digest)] = re.findall(r'file "outputs/([^"]+)" should be "([0-9a-f]{64})"', feature)
    assert hashlib.sha256((ran(kind) / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("kind", KINDS)
def test_examples_are_shipped_byte_for_byte(kind: str, repository: Path, laid_out: Starter) -> None:
    folder = repository / "template" / f"{{% if kind == '{kind}' %}}.{{% endif %}}" / "data"
    shipped = {path.name: path.read_bytes() for path in folder.glob("*/*")}
    landed = {path.name: path.read_bytes() for path in (laid_out(kind) / "data").iterdir()}
    assert shipped == landed
    assert json.loads(landed["experiment.json"])["example"]
    assert not any(mark in content for content in shipped.values() for mark in (b"{{", b"{%"))
