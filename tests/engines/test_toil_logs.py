"""What is read from the logs of Toil's leader and workers."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any

import pytest

from fairport.contract.documents import load_run
from fairport.engines.records import create
from fairport.engines.toil_logs import LeaderLog, StepNames, final_files, pack_logs, steps_of

LEADER = """\
[2026-11-22T16:22:50+0000] [MainThread] [I] [toil.leader] Issued job 'CWLJob' main.cwl.fit.fit.cwl kind-CWLJob/i-1 v1 with job batch system ID: 2 and disk: 3.0 Gi
[2026-11-22T16:22:50+0000] [MainThread] [I] [toil.leader] Issued job 'CWLJob' main.cwl.fit.fit.cwl kind-CWLJob/i-2 v1 with job batch system ID: 3 and disk: 3.0 Gi
[2026-11-22T16:22:51+0000] [Thread-2] [I] [toil.x] Job main.cwl.fit.fit.cwl with batch system ID 2 queued as job 17
[2026-11-22T16:22:54+0000] [Thread-5] [I] [toil.s] Got message from job at time 11: CWL step complete: main.cwl.fit.fit.cwl
[2026-11-22T16:22:54+0000] [Thread-5] [I] [toil.s] Got message from job at time 11: CWL step complete: main.cwl.merge.merge.cwl
[2026-11-22T16:23:45+0000] [MainThread] [W] [toil.leader] Job 'CWLJob' main.cwl.fit.fit.cwl kind-CWLJob/i-2 v3 is completely failed
"""  # noqa: E501

WORKER = """\
[2026-11-22T16:22:53+0000] [MainThread] [I] [toil.worker] ---TOIL WORKER OUTPUT LOG---
[2026-11-22T16:22:54+0000] [MainThread] [I] [cwltool] [job main.cwl.fit.fit.cwl] /tmp/t/tmp-out1$ python3 \\
    /tmp/t/x/stg91acc9aa/experiment.json \\
    'two words' > /tmp/t/tmp-out1/size.txt
[2026-11-22T16:22:56+0000] [MainThread] [I] [cwltool] [job main.cwl.fit.fit.cwl] completed success
[2026-11-22T16:22:56+0000] [MainThread] [I] [toil.worker] Chaining
[2026-11-22T16:22:57+0000] [MainThread] [I] [cwltool] [job main.cwl.merge.merge.cwl] /tmp/t/tmp-out2$ false
ValueError: no
[2026-11-22T16:22:58+0000] [MainThread] [W] [cwltool] [job main.cwl.merge.merge.cwl] exited with status: 3
[2026-11-22T16:22:58+0000] [MainThread] [W] [cwltool] [job main.cwl.merge.merge.cwl] completed permanentFail
"""


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        ("main.cwl.fit.fit.cwl", "fit"),
        ("main.fit.fit.cwl", "fit"),
        ("main.fit.tool", "fit"),
        ("main.cwl.inner.fit.fit.cwl", "inner.fit"),
        ("main.cwl", "cwl"),
    ],
)
def test_names_of_steps(unit: str, name: str) -> None:
    assert StepNames("workflow/main.cwl").of(unit) == name


TOOLS = {"scan": "workflow/tools/a.point.cwl", "fit": "workflow/fit.cwl", "refit": "workflow/fit.cwl"}


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        ("main.cwl.0.a.point.cwl", "scan"),
        ("main.cwl.41.a.point.cwl", "scan_42"),
        ("main.cwl.scan.a.point.cwl", "scan"),
        ("main.cwl.refit.fit.cwl", "refit"),
        ("main.cwl.1.fit.cwl", "fit_2"),
        ("main.cwl.7.other.cwl", "other_8"),
    ],
)
def test_names_of_scattered_steps(unit: str, name: str) -> None:
    assert StepNames("workflow/main.cwl", TOOLS).of(unit) == name


def test_leader_log_is_read_as_it_grows(tmp_path: Path) -> None:
    path = tmp_path / "toil.log"
    log = LeaderLog(path, StepNames("workflow/main.cwl"))
    assert list(log.news()) == []
    half = LEADER.index("CWL step complete")
    path.write_text(LEADER[:half], "utf-8")
    assert list(log.news()) == [("fit", "issued"), ("fit_2", "issued")]
    assert log.running == {"fit": "2026-11-22T16:22:50.000Z", "fit_2": "2026-11-22T16:22:50.000Z"}
    path.write_text(LEADER, "utf-8")
    assert list(log.news()) == [("fit", "complete"), ("merge", "complete"), ("fit_2", "failed")]
    assert (log.running, log.batch_jobs) == ({}, ["17"])


def test_steps_of_worker_logs(tmp_path: Path, repository: Path) -> None:
    example = next((repository / "schemas/examples/run/good").iterdir())
    record = load_run(example)
    folder = create(tmp_path)
    raw = folder.logs / "toil"
    raw.mkdir(parents=True)
    for name in ("CWLJob_a_000.log", "failed_CWLJob_a_000.log"):  # the same chain of jobs in both
        (raw / name).write_text(WORKER, "utf-8")
    (raw / "main.cwl.fit.fit.cwl.stdout_000.log").write_text("said\n", "utf-8")
    first, second = steps_of(folder, record, StepNames(record.workflow.file))
    assert (first.id, first.status, first.exit_code) == ("fit", "finished", 0)
    assert first.command == ("python3", "data/experiment.json", "two words")
    assert (first.started, first.ended) == ("2026-11-22T16:22:54.000Z", "2026-11-22T16:22:56.000Z")
    assert (second.id, second.status, second.exit_code) == ("merge", "failed", 3)
    assert (folder.path / (first.log or "")).read_text("utf-8").splitlines()[-1] == "said"
    assert "ValueError: no" in (folder.path / (second.log or "")).read_text("utf-8")
    (raw / "CWLJob_b_000.log").write_text(
        WORKER.split("\n", 6)[6].replace("tmp-out2", "tmp-out3").replace("permanentFail", "success"), "utf-8"
    )
    again = steps_of(folder, record, StepNames(record.workflow.file))
    assert [(step.id, step.status) for step in again] == [("fit", "finished"), ("merge", "finished")]
    folder.release()


def test_logs_of_many_jobs_become_one_file(tmp_path: Path) -> None:
    for name in ("toil/a.log", "batch/b.out.log", "batch/b.err.log", "step.log"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("" if "err" in name else f"{name}\n", "utf-8")
    pack_logs(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step.log", "workers.tar.gz"]
    with tarfile.open(tmp_path / "workers.tar.gz") as archive:
        assert archive.getnames() == ["toil/a.log", "batch/b.out.log"]


def test_final_files(tmp_path: Path) -> None:
    entry: dict[str, Any] = {"class": "File", "location": (tmp_path / "a b.csv").as_uri()}
    inner = {"class": "File", "location": (tmp_path / "d/c.csv").as_uri()}
    outputs = {"table": entry, "many": [inner, None], "elsewhere": {"class": "File", "location": "file:///x"}}
    assert list(final_files(outputs, tmp_path)) == [
        {"name": "table", "path": "a b.csv"},
        {"name": "many", "path": "d/c.csv"},
    ]
