"""What the crate of a run says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fairport.contract.documents import load_result
from fairport.contract.files import sha256_file
from fairport.engines.protocol import StepFailedError
from fairport.engines.records import find_run
from fairport.interop.runcrate import content_address


def graph_of(path: Path) -> dict[str, dict[str, Any]]:
    return {entity["@id"]: entity for entity in json.loads(path.read_text("utf-8"))["@graph"]}


def test_content_address() -> None:
    # RFC 6920, section 8.1: the digest of "Hello World!".
    digest = "7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069"
    assert content_address(digest) == "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"


def test_crate_tells_the_run(make_analysis: Any, run: Any) -> None:
    root = make_analysis(git=True)
    record = run(root).record
    folder = find_run(root).path
    graph = graph_of(folder / "ro-crate-metadata.json")
    copy = load_result(root / "results/tiny-limit/result.yaml").provenance.run
    assert copy is not None
    assert copy.crate is not None
    beside = root / "results/tiny-limit" / copy.crate
    assert beside.read_bytes() == (folder / "ro-crate-metadata.json").read_bytes()

    action = graph[f"#run-{record.id}"]
    assert (action["startTime"], action["endTime"]) == (record.started, record.ended)
    assert action["agent"] == {"@id": "https://orcid.org/0000-0002-1825-0097"}
    source = content_address(sha256_file(root / "data/source.json"))
    assert {"@id": source} in action["object"]
    assert graph[source]["exampleOfWork"] == [{"@id": "#input-source"}]
    assert graph["#value-scale"]["value"] == "2.0"
    table = content_address(sha256_file(root / "outputs/tiny-limit.csv"))
    assert {"@id": table} in action["result"]
    assert graph[table]["exampleOfWork"] == [{"@id": "#output-table"}]

    first, second = graph["#step-1"], graph["#step-2"]
    assert first["instrument"] == {"@id": "code/workflow/tools/scale.cwl"}
    assert {"@id": source} in first["object"]
    assert {"@id": table} in first["result"]
    assert second["object"] == [{"@id": table}]
    assert graph["#engine"]["name"] == "cwltool"
    for item in record.workflow.files:
        assert sha256_file(folder / "code" / item.path) == item.sha256
    licences = {item["@id"] for item in graph["./"]["license"]}
    assert licences == {"https://spdx.org/licenses/MIT", "https://spdx.org/licenses/CC-BY-4.0"}


def test_a_failed_run_has_a_crate(make_analysis: Any, run: Any) -> None:
    root = make_analysis(files={"src/scale.py": "raise SystemExit(3)\n"})
    with pytest.raises(StepFailedError):
        run(root)
    graph = graph_of(find_run(root).path / "ro-crate-metadata.json")
    failed = {"@id": "http://schema.org/FailedActionStatus"}
    assert (graph["#step-1"]["actionStatus"], graph["#step-1"]["error"]) == (failed, "exit code 3")


def test_many_steps_are_told_as_one_beside_results(
    make_analysis: Any, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fairport.flows.crates._STEPS_BESIDE_RESULTS", 1)
    root = make_analysis()
    run(root)
    graph = graph_of(root / "results/tiny-limit/run-crate.json")
    assert "#step-1" not in graph
    assert graph["code/workflow/main.cwl"]["hasPart"] == [{"@id": "#steps"}]
    assert "#step-2" in graph_of(find_run(root).path / "ro-crate-metadata.json")
