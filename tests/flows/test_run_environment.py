"""What the steps of a run see: interpreter, variables, containers, data of the lock."""

from __future__ import annotations

import json
import os
import sys
import venv
from pathlib import Path
from typing import Any

import pytest

from fairport.contract.documents import load_result
from fairport.contract.errors import (
    ConfigurationError,
    RunFailedError,
    ToolError,
)
from fairport.contract.files import sha256_file
from fairport.contract.loading import load_json
from fairport.contract.schemas import validate
from fairport.engines.local import LocalEngine
from fairport.engines.records import find_run


def tool(command: str, outputs: str = "{}") -> str:
    return (
        "cwlVersion: v1.2\nclass: CommandLineTool\ninputs: {table: File}\n"
        f"baseCommand: [python3, -c, {json.dumps(command)}]\noutputs: {outputs}\nstdout: size.txt\n"
    )


def record_of(root: Path) -> dict[str, Any]:
    data: dict[str, Any] = load_json(find_run(root).path / "run.json").data
    return data


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
