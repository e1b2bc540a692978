"""The engine slurm on a real Slurm of one node, with Toil in its own environment."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fairport.contract.schemas import validate
from fairport.engines.leader import Leader
from fairport.engines.protocol import StepFailedError
from fairport.engines.records import find_run, state
from fairport.flows.detach import cancel_run, fetch_run
from fairport.flows.run import run_analysis

_spec = importlib.util.spec_from_file_location("slurm_cluster", Path(__file__).with_name("slurm_cluster.py"))
assert _spec is not None
assert _spec.loader is not None
slurm_cluster = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(slurm_cluster)

pytestmark = [pytest.mark.services, pytest.mark.slow]

SLOW = """
cwlVersion: v1.2
class: CommandLineTool
inputs: {table: File}
baseCommand: [python3, -c, "import time; time.sleep(SECONDS); print(4)"]
outputs: {size: {type: stdout}}
stdout: size.txt
"""


@pytest.fixture(scope="module")
def cluster(require_service: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    require_service("slurm-wlm with munge, as root", slurm_cluster.available())
    folder = tmp_path_factory.mktemp("slurm")
    for parent in (folder.parent, folder.parent.parent):
        parent.chmod(0o755)
    running = slurm_cluster.SlurmCluster(folder)
    running.start()
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(autouse=True)
def ready(
    cluster: Any, tool: Any, linked_tools: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[None]:
    linked_tools(tool("toil"))
    monkeypatch.setenv("SLURM_CONF", str(cluster.config))
    yield
    for place in tmp_path.glob("*/.fairport/runs/*/leader/pid"):  # of a test that failed: leaders live on
        Leader(place.parent).stop()


def fairport(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fairport", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)


def wait_for(condition: Any, seconds: float = 180.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it has not happened"
        time.sleep(0.2)


def test_node_daemon_killed_and_restarted(tiny_analysis: Any, cluster: Any) -> None:
    """A run goes on over the loss of the node's daemon, tells its steps, and packs the logs of workers."""
    root = tiny_analysis(files={"workflow/tools/count.cwl": SLOW.replace("SECONDS", "10")})
    driver = subprocess.Popen(
        [sys.executable, "-m", "fairport", "run", str(root), "--engine", "slurm", "--container", "none"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        # A job whose launch is lost would hang until Slurm itself misses it, minutes later.
        wait_for(
            lambda: any(text > "0:02" for text in cluster.ask("squeue", "-h", "-t", "R", "-o", "%M").split())
        )
        cluster.kill_node()
        time.sleep(3)
        cluster.start_node()
        said, _ = driver.communicate(timeout=600)
    finally:
        driver.kill()
    assert driver.returncode == 0, said
    assert "✓ scale_masses" in said
    assert "✓ count" in said
    logs = find_run(root).logs
    assert (logs / "workers.tar.gz").is_file()
    assert not (logs / "batch").exists()
    assert find_run(root).load().status == "finished"


def test_equal_to_local(tiny_analysis: Any, cluster: Any) -> None:
    root = tiny_analysis(git=True)
    run_analysis(root, container="none")
    before = (root / "results/tiny-limit/result.yaml").read_bytes()
    done = fairport(
        "run", root, "--engine", "slurm", "--container", "none", "--engine-option", "partition=long"
    )
    assert done.returncode == 0, done.stderr
    assert "results/tiny-limit/result.yaml  unchanged" in done.stdout
    assert (root / "results/tiny-limit/result.yaml").read_bytes() == before
    folder = find_run(root)
    record = folder.load()
    assert validate("run", record.to_data()) == []
    assert record.engine_version is not None
    assert record.engine_version.startswith("toil 9")
    assert [(step.id, step.status, step.exit_code) for step in record.steps] == [
        ("scale_masses", "finished", 0),
        ("count", "finished", 0),
    ]
    assert record.steps[0].command == ("python3", "src/scale.py", "data/source.json", "2.0", "tiny-limit")
    assert "scaling 3 masses" in (folder.path / (record.steps[0].log or "")).read_text("utf-8")
    assert {item.name for item in record.outputs} == {"table", "record", "size"}
    assert not (folder.path / "jobstore").exists()
    jobs = cluster.ask("scontrol", "show", "job", "-o")
    assert "Partition=long" in jobs


def test_restart_costs_only_the_failed_part(tiny_analysis: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REANA_ACCESS_TOKEN", "s3cret-of-another-engine")
    tool = """
cwlVersion: v1.2
class: CommandLineTool
baseCommand: [python3]
inputs:
  counter: {type: File, inputBinding: {position: 1}}
  table: {type: File, inputBinding: {position: 2}}
stdout: size.txt
outputs: {size: {type: stdout}}
"""
    root = tiny_analysis(files={"workflow/tools/count.cwl": tool, "src/count.py": "raise SystemExit(4)\n"})
    main = root / "workflow/main.cwl"
    text = main.read_text("utf-8").replace("  script: File\n", "  script: File\n  counter: File\n")
    main.write_text(text.replace("in: {table: ", "in: {counter: counter, table: "), "utf-8")
    inputs = root / "workflow/inputs.yaml"
    inputs.write_text(
        inputs.read_text("utf-8") + "counter: {class: File, location: ../src/count.py}\n", "utf-8"
    )
    with pytest.raises(StepFailedError) as caught:
        run_analysis(root, engine="slurm", container="none")
    assert (caught.value.step, caught.value.reason) == ("count", "exit code 4")
    assert "fairport runs fetch" in (caught.value.mend or "")
    first = find_run(root).load()
    kept = [path for path in (root / ".fairport").rglob("*") if path.is_file()]
    assert any("jobstore" in path.parts for path in kept)
    assert not [path for path in kept if b"s3cret-of-another-engine" in path.read_bytes()]
    (root / "src/count.py").write_text("import sys; print(len(open(sys.argv[1]).readlines()))\n", "utf-8")
    record = fetch_run(root).record
    assert record.id == first.id
    assert (record.status, record.error, record.code.clean) == ("finished", None, False)
    assert (root / "outputs/size.txt").read_text("utf-8") == "4\n"
    started = {step.id: step.started for step in first.steps}
    again = {step.id: step.started for step in record.steps}
    assert again["scale_masses"] == started["scale_masses"]
    assert again["count"] > started["count"]


def test_detached_and_cancelled(tiny_analysis: Any, cluster: Any) -> None:
    root = tiny_analysis(files={"workflow/tools/count.cwl": SLOW.replace("SECONDS", "300")})
    done = fairport("run", root, "--engine", "slurm", "--container", "none", "--detach")
    assert done.returncode == 0, done.stderr
    folder = find_run(root)
    assert state(folder, folder.load()) == "running"
    wait_for(lambda: "R" in cluster.ask("squeue", "-h", "-o", "%t"))
    cancel_run(root)
    record = folder.load()
    assert (record.status, folder.held()) == ("cancelled", False)
    wait_for(lambda: cluster.ask("squeue", "-h").strip() == "")
    assert not (root / "outputs").exists()


def test_driver_and_controller_killed(tiny_analysis: Any, cluster: Any) -> None:
    root = tiny_analysis(files={"workflow/tools/count.cwl": SLOW.replace("SECONDS", "15")})
    done = fairport("run", root, "--engine", "slurm", "--container", "none", "--detach")
    assert done.returncode == 0, done.stderr
    folder = find_run(root)
    driver = folder.driver()
    assert driver is not None
    wait_for(lambda: "R" in cluster.ask("squeue", "-h", "-o", "%t"))
    os.kill(driver, signal.SIGKILL)
    # The controller writes its state every few seconds; killed before that, it would start the job twice.
    job = cluster.ask("squeue", "-h", "-o", "%i").split()[0]
    wait_for(lambda: cluster.saved(job))
    cluster.kill_controller()
    wait_for(lambda: not folder.held())
    assert state(folder, folder.load()) == "interrupted"
    time.sleep(2)
    cluster.start_controller()
    done = fairport("runs", "fetch", "--path", root)
    assert done.returncode == 0, done.stderr
    assert "results/tiny-limit/result.yaml  written" in done.stdout
    assert folder.load().status == "finished"
