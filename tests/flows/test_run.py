"""Whole runs of a tiny analysis."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fairport.contract.digests import files_digest
from fairport.contract.documents import load_result
from fairport.contract.errors import (
    ConfigurationError,
    DocumentError,
    FairportError,
    RunFailedError,
    ToolError,
    UsageError,
)
from fairport.contract.files import sha256_file
from fairport.contract.loading import load_json, load_yaml
from fairport.contract.schemas import validate
from fairport.engines.local import LocalEngine
from fairport.engines.protocol import StepFailedError
from fairport.engines.records import find_run, list_runs
from fairport.flows.run import RunOutcome, run_analysis

HOSTILE = 'it\'s "quoted" & späced #1 %41 $(x); ? [a]* 中'

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


class Listener:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def step(self, text: str) -> None:
        self.lines.append(text)

    def note(self, text: str) -> None:
        self.lines.append(text)


@pytest.fixture
def run(engine: LocalEngine) -> Callable[..., RunOutcome]:
    def call(root: Path, **options: Any) -> RunOutcome:
        return run_analysis(root, engine=engine, **{"container": "none", **options})

    return call


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
    assert sorted(path.name for path in folder.iterdir()) == ["lock", "logs", "run.json"]
    assert (root / "outputs/size.txt").read_text("utf-8") == "4\n"
    assert [line.split("  ")[0] for line in listener.lines[1:]] == ["✓ scale_masses", "✓ count"]
    assert outcome.notes == ()


def test_run_installs_the_completed_result(make_analysis: Any, run: Any) -> None:
    root = make_analysis(git=True)
    outcome = run(root)
    folder = root / "results/tiny-limit"
    assert sorted(path.name for path in folder.iterdir()) == ["result.yaml", "tiny-limit.csv"]
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
    assert [item.changed for item in run(root).record.results] == [False]
    path = root / "results/tiny-limit/result.yaml"
    assert load_yaml(path).data["provenance"]["code"]["clean"] is False
    assert [item.changed for item in run(root, renew=True).record.results] == [True]
    assert load_yaml(path).data["provenance"]["code"] == {"commit": latest, "clean": True}


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


def test_steps_see_a_fixed_environment(make_analysis: Any, run: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("FAIRPORT_TEST_SECRET", "hidden")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    root = make_analysis(
        files={
            "workflow/tools/count.cwl": tool(
                "import json, os; print(json.dumps(dict(os.environ)))", "{size: {type: stdout}}"
            )
        }
    )
    run(root)
    seen = json.loads((root / "outputs/size.txt").read_text("utf-8"))
    assert "FAIRPORT_TEST_SECRET" not in seen
    assert "PYTHONDONTWRITEBYTECODE" not in seen
    assert (seen["PYTHONHASHSEED"], seen["LC_ALL"], seen["OMP_NUM_THREADS"]) == ("0", "C.UTF-8", "1")
    assert int(seen["SOURCE_DATE_EPOCH"]) >= 315532800
    assert seen["PATH"].split(os.pathsep)[0] == str(Path(sys.executable).parent)
    assert len(seen["TMPDIR"]) < 80
    assert not Path(seen["TMPDIR"]).exists()


def test_own_venv_comes_first(make_analysis: Any, run: Any) -> None:
    root = make_analysis(
        files={"workflow/tools/count.cwl": tool("import sys; print(sys.prefix)", "{size: {type: stdout}}")}
    )
    venv.create(root / ".venv", with_pip=False, symlinks=True)
    outcome = run(root)
    assert (root / "outputs/size.txt").read_text("utf-8").strip() == str(root / ".venv")
    assert outcome.record.environment.executable == ".venv/bin/python3"


def test_broken_venv_is_told(make_analysis: Any, run: Any) -> None:
    root = make_analysis()
    (root / ".venv/bin").mkdir(parents=True)
    (root / ".venv/bin/python3").symlink_to("/nonexistent/python3")
    with pytest.raises(ConfigurationError, match="Python of the analysis does not start"):
        run(root)


def test_inputs_of_the_lock_get_their_did(make_analysis: Any, run: Any) -> None:
    root = make_analysis(git=True)
    source = root / "data/source.json"

    def lock(sha256: str) -> None:
        file = {
            "path": "data/source.json",
            "bytes": source.stat().st_size,
            "sha256": sha256,
            "did": "tiny:source",
        }
        dataset = {"id": "source", "length": 1, "bytes": file["bytes"], "digest": "sha256:" + "0" * 64}
        document = {
            "schema_version": "1.0",
            "manifest_digest": "sha256:" + "0" * 64,
            "resolved_at": "2026-11-22T14:00:00Z",
            "datasets": [{**dataset, "files": [file]}],
        }
        (root / "data/manifest.lock.json").write_text(json.dumps(document), "utf-8")

    lock(sha256_file(source))
    record = run(root).record
    assert [(item.path, item.did) for item in record.inputs] == [
        ("data/source.json", "tiny:source"),
        ("src/scale.py", None),
    ]
    assert "did: tiny:source" in (root / "results/tiny-limit/result.yaml").read_text("utf-8")
    lock("f" * 64)
    outcome = run(root)
    assert outcome.record.inputs[0].did is None
    assert any("differ from data/manifest.lock.json: data/source.json" in note for note in outcome.notes)


def test_inputs_that_nobody_else_can_have(make_analysis: Any, run: Any) -> None:
    root = make_analysis(git=True, files={".gitignore": "/data/\n/outputs/\n"})
    outcome = run(root)
    assert outcome.notes == (
        "neither in git nor in the data manifest, so nobody else can have them: data/source.json",
    )


def test_local_state_keeps_itself_out_of_git(make_analysis: Any, run: Any, git: Any) -> None:
    root = make_analysis(git=True, files={".gitignore": "/outputs/\n"})
    run(root)
    assert git(root, "status", "--porcelain") == "?? results/"


def test_engine_that_dies_is_told_and_replaced(make_analysis: Any, run: Any, engine: LocalEngine) -> None:
    root = make_analysis(
        files={
            "workflow/tools/count.cwl": tool(
                "import os, signal; os.kill(os.getppid(), signal.SIGKILL)", "{size: {type: stdout}}"
            )
        }
    )
    with pytest.raises(RunFailedError, match=r"workflow engine died \(killed by signal 9\)"):
        run(root)
    assert record_of(root)["status"] == "failed"
    assert record_of(root)["steps"][1]["status"] == "failed"
    assert run(make_analysis("second")).record.status == "finished"


def test_container_that_does_not_work(make_analysis: Any, run: Any, tmp_path: Path, monkeypatch: Any) -> None:
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    broken = bin_folder / "docker"
    broken.write_text("#!/bin/sh\necho 'no daemon' >&2\nexit 1\n", "utf-8")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{bin_folder}{os.pathsep}{os.defpath}")
    root = make_analysis()
    path = root / "workflow/tools/count.cwl"
    path.write_text(
        path.read_text("utf-8") + "hints: {DockerRequirement: {dockerPull: 'python:3.12-slim'}}\n", "utf-8"
    )
    outcome = run(root, container="auto")
    assert any("running without containers" in note and "no daemon" in note for note in outcome.notes)
    assert outcome.record.environment.container == "none"
    with pytest.raises(ToolError, match="docker cannot run this workflow"):
        run(root, container="docker")


FAKE_DOCKER = """#!{python}
import os, subprocess, sys
words = sys.argv[1:]
with open({log!r}, "a") as log:
    print(*words, file=log)
if words[0] == "inspect":
    print("[{{}}]")
elif words[0] in ("info", "image", "--version"):
    print("python@sha256:" + "a" * 64)
elif words[0] == "run":
    mounts = [dict(part.split("=", 1) for part in word.partition("=")[2].split(",") if "=" in part)
              for word in words if word.startswith("--mount=")]
    pairs = [(mount["target"], mount["source"]) for mount in mounts]
    work = next(word.partition("=")[2] for word in words if word.startswith("--workdir="))
    command = words[words.index("python:3.12-slim") + 1:]
    def host(text):
        for target, source in sorted(pairs, key=lambda pair: -len(pair[0])):
            if text.startswith(target):
                return source + text[len(target):]
        return text
    sys.exit(subprocess.run([host(word) for word in command], cwd=host(work)).returncode)
"""


def test_container_that_works(make_analysis: Any, run: Any, tmp_path: Path, monkeypatch: Any) -> None:
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    log = tmp_path / "docker.log"
    docker = bin_folder / "docker"
    docker.write_text(FAKE_DOCKER.format(python=sys.executable, log=str(log)), "utf-8")
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", f"{bin_folder}{os.pathsep}{os.environ['PATH']}")
    root = make_analysis()
    for name in ("count", "scale"):
        path = root / f"workflow/tools/{name}.cwl"
        path.write_text(
            path.read_text("utf-8") + "hints: {DockerRequirement: {dockerPull: 'python:3.12-slim'}}\n",
            "utf-8",
        )
    outcome = run(root, container="auto")
    assert log.read_text("utf-8").count("\nrun ") == 2
    assert outcome.record.environment.container == "docker"
    assert validate("run", outcome.record.to_data()) == []
    provenance = load_result(root / "results/tiny-limit/result.yaml").provenance
    assert provenance.image is not None
    assert (provenance.image.name, provenance.image.digest) == ("python:3.12-slim", "sha256:" + "a" * 64)
    assert provenance.environment is not None
    assert provenance.environment.interpreter is None


def test_every_error_is_one_for_people(make_analysis: Any, run: Any) -> None:
    root = make_analysis()
    (root / "outputs").write_text("a file where a folder should be\n", "utf-8")
    with pytest.raises(FairportError) as caught:
        run(root)
    assert caught.value.mend


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
