"""Whole runs of a tiny analysis: what is recorded, what is installed, what stays as it is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fairport.contract.digests import files_digest
from fairport.contract.documents import load_result
from fairport.contract.files import sha256_file
from fairport.contract.loading import load_json, load_yaml
from fairport.contract.schemas import validate
from fairport.engines.records import find_run, list_runs

HOSTILE = 'it\'s "quoted" & späced #1 %41 $(x); ? [a]* 中'


def record_of(root: Path) -> dict[str, Any]:
    data: dict[str, Any] = load_json(find_run(root).path / "run.json").data
    return data


class Listener:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def step(self, text: str) -> None:
        self.lines.append(text)

    def note(self, text: str) -> None:
        self.lines.append(text)


def test_run_records_everything(make_analysis: Any, run: Any, git: Any) -> None:
    root = make_analysis(git=True)
    listener = Listener()
    outcome = run(root, progress=listener)
    record = record_of(root)
    assert validate("run", record) == []
    assert record == outcome.record.to_data()
    assert record["status"] == "finished"
    assert record["code"] == {"commit": git(root, "rev-parse", "HEAD"), "clean": True}
    assert record["agent"] == {"name": "Test Person", "orcid": "https://orcid.org/0000-0002-1825-0097"}
    assert record["parameters"] == {"name": "tiny-limit", "scale": 2.0}
    assert [(item["path"], item["name"]) for item in record["inputs"]] == [
        ("data/source.json", "source"),
        ("src/scale.py", "script"),
    ]
    assert record["inputs"][0]["sha256"] == sha256_file(root / "data/source.json")
    files = [path.relative_to(root).as_posix() for path in (root / "workflow").rglob("*.cwl")]
    assert record["workflow"]["digest"] == files_digest((name, sha256_file(root / name)) for name in files)
    assert {item["path"] for item in record["outputs"]} == {
        "size.txt",
        "tiny-limit.csv",
        "tiny-limit.result.json",
    }
    first, second = record["steps"]
    assert (first["id"], first["status"], first["exit_code"]) == ("scale_masses", "finished", 0)
    assert first["command"] == ["python3", "src/scale.py", "data/source.json", "2.0", "tiny-limit"]
    assert first["started"] <= first["ended"] <= second["started"]
    folder = find_run(root).path
    assert (folder / first["log"]).read_text("utf-8") == "scaling 3 masses\n"
    assert sorted(path.name for path in folder.iterdir()) == [
        "code",
        "lock",
        "logs",
        "ro-crate-metadata.json",
        "run.json",
    ]
    assert (root / "outputs/size.txt").read_text("utf-8") == "4\n"
    assert [line.split("  ")[0] for line in listener.lines[1:]] == ["✓ scale_masses", "✓ count"]
    assert outcome.notes == ()


def test_run_installs_the_completed_result(make_analysis: Any, run: Any) -> None:
    root = make_analysis(git=True)
    outcome = run(root)
    folder = root / "results/tiny-limit"
    assert sorted(path.name for path in folder.iterdir()) == [
        "result.yaml",
        "run-crate.json",
        "tiny-limit.csv",
    ]
    text = (folder / "result.yaml").read_text("utf-8")
    assert text.startswith(
        "# yaml-language-server: $schema=https://w3id.org/fairport/schemas/result/1/schema.json\n"
    )
    result = load_result(folder / "result.yaml")
    assert result.data is not None
    assert (result.data.rows, result.data.sha256) == (3, sha256_file(folder / "tiny-limit.csv"))
    provenance = result.provenance
    assert provenance.origin == "recast"
    assert provenance.code is not None
    assert (provenance.code.commit, provenance.code.clean) == (outcome.record.code.commit, True)
    assert provenance.workflow is not None
    assert provenance.workflow.digest == outcome.record.workflow.digest
    assert provenance.environment is not None
    assert provenance.environment.interpreter == (
        f"CPython {sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    )
    assert [item.path for item in provenance.inputs] == ["data/source.json", "src/scale.py"]
    assert provenance.parameters == {"name": "tiny-limit", "scale": 2.0}
    assert provenance.run is not None
    assert (provenance.run.id, provenance.run.engine) == (outcome.record.id, "local")
    assert provenance.run.started <= provenance.run.ended
    assert provenance.image is None


def test_three_runs_leave_no_diff(make_analysis: Any, run: Any, git: Any, commit: Any) -> None:
    root = make_analysis(git=True)
    assert [item.changed for item in run(root).record.results] == [True]
    commit(root)
    before = (root / "results/tiny-limit/result.yaml").stat()
    for _ in range(3):
        outcome = run(root)
        assert [item.changed for item in outcome.record.results] == [False]
    assert git(root, "status", "--porcelain") == ""
    after = (root / "results/tiny-limit/result.yaml").stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)
    assert len(list_runs(root)) == 4


def test_a_commit_alone_renews_only_on_request(make_analysis: Any, run: Any, commit: Any) -> None:
    root = make_analysis(git=True)
    (root / "README.md").write_text("not committed\n", "utf-8")
    outcome = run(root)
    assert outcome.record.code.clean is False
    assert outcome.record.code.changed == ("README.md",)
    assert outcome.notes == ("uncommitted changes: the results say so (README.md)",)
    latest = commit(root)
    again = run(root)
    assert [item.changed for item in again.record.results] == [False]
    assert "fairport run --renew" in again.notes[0]
    path = root / "results/tiny-limit/result.yaml"
    assert load_yaml(path).data["provenance"]["code"]["clean"] is False
    assert [item.changed for item in run(root, renew=True).record.results] == [True]
    assert load_yaml(path).data["provenance"]["code"] == {"commit": latest, "clean": True}
    assert run(root).notes == ()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("data/source.json", "1000.0", "2000.0"),
        ("data/source.json", "[10.0", "[ 10.0"),
        ("workflow/main.cwl", "default: 2.0", "default: 3.0"),
        ("workflow/tools/count.cwl", "size.txt", "sizes.txt"),
        ("src/scale.py", "Tiny limit", "Other title"),
    ],
)
def test_what_the_result_rests_on_renews_it(
    make_analysis: Any, run: Any, name: str, old: str, new: str
) -> None:
    root = make_analysis()
    run(root)
    path = root / name
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    assert [item.changed for item in run(root).record.results] == [True]
    assert [item.changed for item in run(root).record.results] == [False]


def test_tampered_results_are_mended(make_analysis: Any, run: Any) -> None:
    root = make_analysis()
    run(root)
    table = root / "results/tiny-limit/tiny-limit.csv"
    good = table.read_bytes()
    table.write_bytes(good.replace(b"20.0", b"2.0"))
    assert [item.changed for item in run(root).record.results] == [True]
    assert table.read_bytes() == good
    (root / "results/tiny-limit/result.yaml").write_text("not: [a record", "utf-8")
    assert [item.changed for item in run(root).record.results] == [True]
    load_result(root / "results/tiny-limit/result.yaml")


def test_outside_git_the_commit_is_null(make_analysis: Any, run: Any) -> None:
    root = make_analysis()
    outcome = run(root)
    assert outcome.notes == ("this is not a git repository: the results record no commit",)
    code = load_yaml(root / "results/tiny-limit/result.yaml").data["provenance"]["code"]
    assert code == {"commit": None, "clean": False}
    assert validate("run", record_of(root)) == []


def test_hostile_path(make_analysis: Any, run: Any) -> None:
    root = make_analysis(HOSTILE, git=True)
    outcome = run(root)
    assert outcome.record.code.clean is True
    assert outcome.record.steps[0].command[1] == "src/scale.py"
    load_result(root / "results/tiny-limit/result.yaml")


def test_hostile_input_name(make_analysis: Any, run: Any) -> None:
    name = 'a "b" c#%41 ü.json'
    inputs = (
        "script: {class: File, location: ../src/scale.py}\n"
        f"source: {{class: File, path: {json.dumps('../data/' + name)}}}\nname: tiny-limit\n"
    )
    root = make_analysis(files={f"data/{name}": '{"masses": [1.0]}', "workflow/inputs.yaml": inputs})
    assert f"data/{name}" in [item.path for item in run(root).record.inputs]


def test_other_inputs(make_analysis: Any, run: Any, tmp_path: Path) -> None:
    root = make_analysis()
    other = root / "workflow/other.yaml"
    other.write_text((root / "workflow/inputs.yaml").read_text("utf-8") + "scale: 5.0\n", "utf-8")
    outcome = run(root, inputs=other)
    assert outcome.record.parameters["scale"] == 5.0
    assert (root / "outputs/tiny-limit.csv").read_text("utf-8").splitlines()[1] == "10.0,50.0"


def test_needs_no_module_of_the_repository(make_analysis: Any, tmp_path: Path) -> None:
    """A module in the current folder must not be imported by the program or its worker."""
    root = make_analysis(
        files={"json.py": "raise SystemExit('imported')\n", "yaml.py": "raise SystemExit(9)\n"}
    )
    done = subprocess.run(
        [Path(sys.executable).with_name("fairport"), "run", "--container", "none"],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
