"""Run folders and their locks."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from fairport.contract.errors import DocumentError, UsageError
from fairport.contract.run import AnalysisReference, RunCode, RunEnvironment, RunRecord, RunWorkflow, Step
from fairport.contract.schemas import validate
from fairport.engines import records
from fairport.engines.recorded import RecordedRun, log_tail


def make_record(folder: records.RunFolder, status: str = "running") -> RunRecord:
    return RunRecord(
        schema_version="1.0",
        id=folder.id,
        analysis=AnalysisReference("tiny", "0.1.0"),
        engine="local",
        status=status,
        created=records.now(),
        workflow=RunWorkflow("workflow/main.cwl", "cwl", "sha256:" + "0" * 64),
        code=RunCode(clean=False),
        environment=RunEnvironment("CPython 3.11.7", "Linux x86_64"),
        steps=(Step("fit", "running", log="logs/fit.log"),),
    )


def test_folder_and_record(tmp_path: Path) -> None:
    folder = records.create(tmp_path)
    record = make_record(folder)
    folder.save(record)
    assert validate("run", record.to_data()) == []
    assert folder.load() == record
    assert (tmp_path / ".fairport/.gitignore").read_text("utf-8") == "*\n"
    assert folder.shown(folder.logs) == f".fairport/runs/{folder.id}/logs"


def test_state_follows_the_lock(tmp_path: Path) -> None:
    folder = records.create(tmp_path)
    record = make_record(folder)
    folder.save(record)
    other = records.find_run(tmp_path)
    assert records.state(other, record) == "running"
    assert records.settled(other, record) is record
    folder.release()
    assert records.state(other, record) == "interrupted"
    shown = records.settled(other, record)
    assert shown.error is not None
    assert (shown.status, shown.steps[0].status) == ("failed", "failed")
    assert "interrupted" in shown.error.message
    assert validate("run", shown.to_data()) == []
    assert records.state(other, replace(record, status="finished")) == "finished"


def test_lock_falls_with_its_process(tmp_path: Path) -> None:
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom fairport.engines import records\n"
        "folder = records.create(Path(sys.argv[1]))\nprint(folder.id, flush=True)\nsys.stdin.read()\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    folder = records.RunFolder(tmp_path, child.stdout.readline().strip())
    assert folder.held()
    child.kill()
    child.wait()
    assert not folder.held()
    child.stdout.close()


def test_listing_and_finding(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no run yet"):
        records.find_run(tmp_path)
    folders = [records.create(tmp_path) for _ in range(3)]
    for index, folder in enumerate(folders):
        newer = records.RunFolder(tmp_path, f"2026112{index}T120000Z-00000{index}")
        folder.path.rename(newer.path)
    (tmp_path / ".fairport/runs/notes").mkdir()
    assert [folder.id[7] for folder in records.list_runs(tmp_path)] == ["2", "1", "0"]
    assert records.find_run(tmp_path).id == "20261122T120000Z-000002"
    assert records.find_run(tmp_path, "20261121").id == "20261121T120000Z-000001"
    assert records.find_run(tmp_path, "000000").id == "20261120T120000Z-000000"
    with pytest.raises(UsageError, match="3 runs match"):
        records.find_run(tmp_path, "2026112")
    with pytest.raises(UsageError, match='there is no run "x"'):
        records.find_run(tmp_path, "x")


def test_damaged_record(tmp_path: Path) -> None:
    folder = records.create(tmp_path)
    with pytest.raises(DocumentError, match="does not exist"):
        folder.load()
    (folder.path / "run.json").write_text('{"schema_version": "1.0"}', "utf-8")
    with pytest.raises(DocumentError, match="is missing"):
        folder.load()


def test_logs_of_a_recorded_run(tmp_path: Path) -> None:
    folder = records.create(tmp_path)
    record = make_record(folder)
    folder.logs.mkdir()
    (folder.logs / "fit.log").write_text("hello\n", "utf-8")
    folder.save(record)
    run = RecordedRun(folder)
    assert run.logs("fit") == "hello\n"
    assert run.logs() == "== fit (running)\nhello\n"
    with pytest.raises(UsageError, match="no log of a step"):
        run.logs("other")
    (tmp_path / "secret").write_text("secret", "utf-8")
    folder.save(replace(record, steps=(Step("fit", "failed", log="../../../secret"),)))
    assert run.logs("fit") == ""


def test_log_tail(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(
        b"x" * 50_000 + b"\n\n" + "\n".join(f"line {n}" for n in range(30)).encode() + b"\n\xff\x1b[31mred\n"
    )
    tail = log_tail(path)
    assert len(tail) == 15
    assert tail[0] == "line 16"
    assert tail[-1] == "\ufffdred"
    assert log_tail(tmp_path / "none") == ()
