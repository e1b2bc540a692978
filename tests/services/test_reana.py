"""The engine reana: the official client against a server that is held against the official OpenAPI file."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from fairport.contract.errors import (
    ConfigurationError,
    DocumentError,
    FairportError,
    RunFailedError,
    UsageError,
)
from fairport.contract.loading import load_yaml
from fairport.contract.run import RunFile
from fairport.contract.schemas import validate
from fairport.engines import reana_client, reana_secrets
from fairport.engines.protocol import StepFailedError
from fairport.engines.reana import ReanaEngine
from fairport.engines.reana_spec import Specification, name_workflow_files, read_specification
from fairport.engines.records import find_run
from fairport.engines.workflow_files import WorkflowFiles
from fairport.flows.detach import cancel_run, fetch_run
from fairport.flows.run import run_analysis

_spec = importlib.util.spec_from_file_location("reana_server", Path(__file__).with_name("reana_server.py"))
assert _spec is not None
assert _spec.loader is not None
reana_server = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(reana_server)

SERIAL = """
inputs:
  files: [src/scale.py, data/source.json]
  parameters: {factor: 2.0, name: tiny-limit}
workflow:
  type: serial
  specification:
    steps:
      - name: scale
        environment: docker.io/library/python:3.12-slim
        commands:
          - mkdir -p outputs && python3 src/scale.py data/source.json ${factor} ${name}
          - mv ${name}.csv ${name}.result.json outputs/
outputs:
  files: [outputs/tiny-limit.csv, outputs/tiny-limit.result.json]
"""


@pytest.fixture
def server(tool: Any, linked_tools: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    environment = tool("reana-client")
    linked_tools(environment)
    found = next(environment.path.glob("lib/python*/site-packages/reana_commons/openapi_specifications"))
    running = reana_server.ReanaServer(found / "reana_server.json", tmp_path / "server")
    monkeypatch.setenv("REANA_SERVER_URL", running.url)
    monkeypatch.setenv("REANA_ACCESS_TOKEN", reana_server.TOKEN)
    try:
        yield running
        assert running.violations == []
    finally:
        running.close()


def assert_no_token(root: Path, *texts: str) -> None:
    token = reana_server.TOKEN
    assert not [text for text in texts if token in text]
    for path in root.rglob("*"):
        if path.is_file():
            assert token.encode() not in path.read_bytes(), path


@contextmanager
def watched_processes() -> Iterator[list[str]]:
    """Collect the command lines in the list of processes that show the token."""
    found: list[str] = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                with suppress(OSError):
                    line = path.read_bytes()
                    if reana_server.TOKEN.encode() in line:
                        found.append(line.decode("utf-8", "replace"))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()


@pytest.mark.services
@pytest.mark.slow
def test_equal_to_local(tiny_analysis: Any, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tiny_analysis(git=True)
    data = root / "data/source.json"
    cached = root.parent / "cache.json"
    data.rename(cached)
    data.symlink_to(cached)  # the client leaves links out
    run_analysis(root, container="none")
    table = (root / "results/tiny-limit/tiny-limit.csv").read_bytes()
    server.faults = [("get_workflow_status", 503), ("create_workflow", 429)]
    scratch = root.parent / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    with watched_processes() as shown:
        done = subprocess.run(
            [sys.executable, "-m", "fairport", "run", str(root), "--engine", "reana"],
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert shown == []
    assert_no_token(scratch)
    assert_no_token(Path(os.environ["FAIRPORT_CACHE"]))
    assert "results/tiny-limit/result.yaml" in done.stdout
    assert "travels unencrypted" not in done.stderr  # it is this machine
    assert "trying again" in done.stderr
    assert server.faults == []
    assert (root / "results/tiny-limit/tiny-limit.csv").read_bytes() == table
    record = find_run(root).load()
    assert validate("run", record.to_data()) == []
    assert (record.engine, record.status) == ("reana", "finished")
    assert (record.engine_version or "").startswith("reana 0.9.4 (reana-client 0.9.")
    assert {item.path for item in record.outputs} == {
        "size.txt",
        "tiny-limit.csv",
        "tiny-limit.result.json",
    }
    steps = [(step.id, step.status) for step in record.steps]
    assert sorted(steps) == [("count", "finished"), ("scale_masses", "finished")]
    assert_no_token(root, done.stdout, done.stderr)


@pytest.mark.services
@pytest.mark.slow
def test_serial_goes_as_it_is_and_failures_are_told(tiny_analysis: Any, server: Any) -> None:
    workflow = {"type": "serial", "file": "reana.yaml", "reana": "reana.yaml"}
    root = tiny_analysis(files={"reana.yaml": SERIAL}, workflow=workflow)
    record = run_analysis(root, engine="reana").record
    assert [result.id for result in record.results] == ["tiny-limit"]
    assert record.image is not None
    assert record.image.name == "docker.io/library/python:3.12-slim"
    assert [item.path for item in record.inputs] == ["src/scale.py", "data/source.json"]
    before = (root / "outputs/tiny-limit.csv").read_bytes()
    (root / "src/scale.py").write_text("print('about to fail'); raise SystemExit(3)\n", "utf-8")
    with pytest.raises(StepFailedError) as caught:
        run_analysis(root, engine="reana")
    assert caught.value.step == "scale"
    assert "about to fail" in caught.value.tail
    assert find_run(root).load().status == "failed"
    assert (root / "outputs/tiny-limit.csv").read_bytes() == before


@pytest.mark.services
@pytest.mark.slow
def test_detached_driver_killed_then_fetched_and_cancelled(tiny_analysis: Any, server: Any) -> None:
    slow = SERIAL.replace("mkdir -p", "sleep 12; mkdir -p")
    workflow = {"type": "serial", "file": "reana.yaml", "reana": "reana.yaml"}
    root = tiny_analysis(files={"reana.yaml": slow}, workflow=workflow)
    start = [sys.executable, "-m", "fairport", "run", str(root), "--engine", "reana", "--detach"]
    done = subprocess.run(start, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    folder = find_run(root)
    driver = folder.driver()
    assert driver is not None
    command = Path(f"/proc/{driver}/cmdline").read_bytes()
    assert reana_server.TOKEN.encode() not in command
    os.kill(driver, signal.SIGKILL)
    while folder.held():
        time.sleep(0.05)
    record = fetch_run(root).record
    assert (record.id, record.status, len(record.results)) == (folder.id, "finished", 1)

    (root / "reana.yaml").write_text(slow.replace("sleep 12", "sleep 300"), "utf-8")
    done = subprocess.run(start, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    cancelled = cancel_run(root)
    assert cancelled.load().status == "cancelled"
    assert server.workflows[-1].status == "stopped"
    assert_no_token(root)


@pytest.mark.services
@pytest.mark.slow
def test_what_the_server_refuses(tiny_analysis: Any, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tiny_analysis()
    server.dropped.add("data/source.json")
    with pytest.raises(FairportError, match=r"data/source\.json has not reached the server"):
        run_analysis(root, engine="reana")
    assert server.workflows[-1].status == "deleted"
    server.version = "1.2.3"
    with pytest.raises(FairportError, match=r"the REANA server has version 1\.2\.3"):
        run_analysis(root, engine="reana")
    monkeypatch.setenv("REANA_ACCESS_TOKEN", "another-token")
    with pytest.raises(FairportError) as caught:
        run_analysis(root, engine="reana")
    assert "another-token" not in str(caught.value)
    assert not list((root / ".fairport/runs").iterdir())


def test_nothing_is_asked_without_server_and_token(
    tiny_analysis: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REANA_SERVER_URL", raising=False)
    monkeypatch.delenv("REANA_ACCESS_TOKEN", raising=False)
    root = tiny_analysis()
    with pytest.raises(ConfigurationError, match="no REANA server is named"):
        run_analysis(root, engine="reana")
    with pytest.raises(ConfigurationError, match="no access token"):
        run_analysis(root, engine="reana", options={"server": "https://reana.example.org"})
    with pytest.raises(UsageError, match="the access token is no option"):
        ReanaEngine.from_options({"token": "x"})
    with pytest.raises(UsageError, match='no option "sever"'):
        ReanaEngine.from_options({"sever": "x"})


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("data/source.json]", "data/none.json]", "the file data/none.json is missing"),
        ("data/source.json]", "data]", "data is a folder"),
        ("data/source.json]", "../../etc/passwd]", "no path inside the repository"),
        ("type: serial", "type: make", "no REANA specification"),
        ("files: [src/scale.py, data/source.json]", "directories: [src/scale.py]", "is a file"),
    ],
)
def test_pre_flight(tiny_analysis: Any, old: str, new: str, message: str) -> None:
    root = tiny_analysis(files={"reana.yaml": SERIAL.replace(old, new)})
    with pytest.raises(DocumentError, match=message):
        read_specification(root, "reana.yaml")


def test_redaction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REANA_ACCESS_TOKEN", "abc123")
    client = reana_client.ReanaClient("https://reana.example.org", None)  # type: ignore[arg-type]
    text = client.redact("GET /api/you?access_token=abc123&x=1 abc123 access_token=other")
    assert text == "GET /api/you?access_token=***&x=1 *** access_token=***"
    assert json.loads(json.dumps(text)) == text


SNAKEFILE = """
include: "rules/scale.smk"

rule all:
    input: f"outputs/{config['name']}.csv"
"""

SCALE_RULE = """
rule scale:
    input: script="src/scale.py", source="data/source.json"
    output: "outputs/{name}.csv", "outputs/{name}.result.json"
    container: "docker://docker.io/library/python:3.12-slim"
    shell: "cd outputs && python3 ../{input.script} ../{input.source} {config[factor]} {wildcards.name}"
"""

SNAKEMAKE = """
inputs:
  files: [src/scale.py, data/source.json]
  directories: [workflow]
  parameters: {input: workflow/config.yaml}
workflow: {type: snakemake, file: workflow/Snakefile}
outputs:
  files: [outputs/tiny-limit.csv, outputs/tiny-limit.result.json]
"""

YADAGE_STAGES = """
stages:
  - name: scale
    dependencies: [init]
    scheduler:
      scheduler_type: singlestep-stage
      step: {$ref: 'workflow/steps.yml#/scale'}
      parameters:
        script: {step: init, output: script}
        source: {step: init, output: source}
        factor: {step: init, output: factor}
        name: {step: init, output: name}
        folder: '{workdir}/..'
"""

YADAGE_STEPS = """
scale:
  process:
    process_type: interpolated-script-cmd
    interpreter: sh
    script: |
      mkdir -p {folder}/outputs
      cd {folder}/outputs
      python3 {script} {source} {factor} {name}
  environment: {environment_type: docker-encapsulated, image: docker.io/library/python, imagetag: 3.12-slim}
  publisher: {publisher_type: interpolated-pub, publish: {table: '{folder}/outputs/{name}.csv'}}
"""

YADAGE = """
inputs:
  files: [src/scale.py, data/source.json]
  directories: [workflow]
  parameters: {script: src/scale.py, source: data/source.json, factor: 2.0, name: tiny-limit}
workflow: {type: yadage, file: workflow/stages.yml}
outputs:
  files: [outputs/tiny-limit.csv, outputs/tiny-limit.result.json]
"""

FOREIGN = {
    "snakemake": {
        "reana.yaml": SNAKEMAKE,
        "workflow/Snakefile": SNAKEFILE,
        "workflow/rules/scale.smk": SCALE_RULE,
        "workflow/config.yaml": "factor: 2.0\nname: tiny-limit\n",
    },
    "yadage": {
        "reana.yaml": YADAGE,
        "workflow/stages.yml": YADAGE_STAGES,
        "workflow/steps.yml": YADAGE_STEPS,
    },
}


@pytest.mark.services
@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "main"), [("snakemake", "workflow/Snakefile"), ("yadage", "workflow/stages.yml")]
)
def test_other_languages_go_as_they_are(tiny_analysis: Any, server: Any, kind: str, main: str) -> None:
    workflow = {"type": kind, "file": main, "reana": "reana.yaml"}
    root = tiny_analysis(files=FOREIGN[kind], workflow=workflow)
    record = run_analysis(root, engine="reana").record
    assert [result.id for result in record.results] == ["tiny-limit"]
    assert (root / "outputs/tiny-limit.csv").read_text("utf-8").splitlines()[1] == "10.0,20.0"
    assert (record.workflow.type, record.workflow.file) == (kind, main)
    own = {name for name in FOREIGN[kind] if not name.endswith("config.yaml")}
    assert {item.path for item in record.workflow.files} == own
    assert [step.status for step in record.steps] == ["finished"]
    assert validate("run", record.to_data()) == []


@pytest.mark.services
@pytest.mark.slow
def test_credentials(tiny_analysis: Any, server: Any) -> None:
    """Rucio and VOMS: the secrets must be there, and a server of 0.9 is told by hints of the tools."""
    specification = "workflow: {type: cwl, file: workflow/main.cwl, resources: {rucio: true}}\n"
    workflow = {
        "type": "cwl",
        "file": "workflow/main.cwl",
        "inputs": "workflow/inputs.yaml",
        "reana": "reana.yaml",
    }
    root = tiny_analysis(files={"reana.yaml": specification}, workflow=workflow)
    original = (root / "workflow/tools/count.cwl").read_text("utf-8")
    with pytest.raises(ConfigurationError, match="no secret VONAME, RUCIO_USERNAME") as caught:
        run_analysis(root, engine="reana")
    assert "workflow.resources asks for rucio" in (caught.value.why or "")
    assert server.workflows == []
    server.secrets = {"VONAME": "env", "RUCIO_USERNAME": "env", "VOMSPROXY_FILE": "env", "x509up": "file"}
    assert run_analysis(root, engine="reana").record.status == "finished"
    packed = json.dumps(server.workflows[-1].specification["workflow"]["specification"])
    assert packed.count('"rucio": true') == 2
    assert (root / "workflow/tools/count.cwl").read_text("utf-8") == original


def test_what_asks_for_credentials(tmp_path: Path) -> None:
    tool = tmp_path / "fetch.cwl"
    tool.write_text("class: CommandLineTool\nhints: [{class: reana, voms_proxy: true}]\n", "utf-8")
    serial = {"workflow": {"specification": {"steps": [{"name": "get", "kerberos": True}, {"rucio": False}]}}}
    assert reana_secrets.needs(serial) == {"kerberos": "step get"}
    assert reana_secrets.needs({}, [tool]) == {"voms_proxy": "a hint of fetch.cwl"}
    certificate = ["VONAME", "VOMSPROXY_PASS", "usercert.pem", "userkey.pem"]
    reana_secrets.require({"voms_proxy": "x"}, certificate, "https://reana.example.org")
    with pytest.raises(ConfigurationError, match="no secret VOMSPROXY_FILE"):
        reana_secrets.require({"voms_proxy": "x"}, certificate[:-1], "https://reana.example.org")
    resources = {"workflow": {"resources": {"rucio": True, "kerberos": True}}}
    assert reana_secrets.unread_resources(resources, "0.9.4") == ["rucio"]
    assert reana_secrets.unread_resources(resources, "0.95.0") == []


class Heard:
    """Progress that remembers."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def step(self, text: str) -> None:
        self.lines.append(text)

    note = step


@pytest.mark.parametrize(
    ("server", "told"),
    [
        ("https://reana.example.org", "does not verify the server's certificate"),
        ("http://reana.example.org", "the access token travels unencrypted"),
        ("http://127.0.0.1:1", ""),
    ],
)
def test_what_is_unsafe_is_told(monkeypatch: pytest.MonkeyPatch, server: str, told: str) -> None:
    monkeypatch.setenv("REANA_ACCESS_TOKEN", "abc123")
    heard = Heard()
    client = reana_client.ReanaClient(server, heard)
    monkeypatch.setattr(client, "call", lambda *words, again: "REANA server version: 0.9.4")
    assert client.connect() == "0.9.4"
    assert (told in "".join(heard.lines)) if told else heard.lines == []


def test_a_busy_server_is_asked_again_later_and_later(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = ["429 TOO MANY REQUESTS", "503 Service unavailable access_token=abc123", ""]
    waits: list[float] = []

    def run(*_: Any, **__: Any) -> Any:
        said = answers.pop(0)
        return subprocess.CompletedProcess([], 1 if said else 0, "[]", said)

    monkeypatch.setenv("REANA_ACCESS_TOKEN", "abc123")
    monkeypatch.setattr(reana_client.toolenvs, "run", run)
    heard = Heard()
    client = reana_client.ReanaClient("https://reana.example.org", heard, pause=waits.append)
    assert client.files("w.1") == []
    assert (answers, waits) == ([], [1.0, 2.0])
    assert len(heard.lines) == 2
    assert "abc123" not in "".join(heard.lines)
    answers[:] = ["404 no such workflow"]
    with pytest.raises(RunFailedError, match="404"):
        client.files("w.1")
    assert len(waits) == 2


def test_the_client_follows_the_version_of_the_server(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []
    files: list[str] = []

    def run(tool: str, words: Any, env: Any, **_: Any) -> Any:
        asked.append(tool)
        if "REANA_CLIENT_CONFIG" in env:
            files.append(Path(env["REANA_CLIENT_CONFIG"]).read_text("utf-8"))
        return subprocess.CompletedProcess(words, 0, "REANA server version: 0.95.0a4\n[]", "")

    monkeypatch.setenv("REANA_ACCESS_TOKEN", "abc123")
    monkeypatch.setattr(reana_client.toolenvs, "run", run)
    client = reana_client.ReanaClient("http://127.0.0.1:1", Heard())
    assert client.connect() == "0.95.0a4"
    client.stop("w.1")
    assert asked == ["reana-client", "reana-client-0.95"]
    assert [json.loads(text)["active_server"] for text in files] == ["http://127.0.0.1:1"]
    assert "abc123" not in files[0]
    specification = Specification(tmp_path, "reana.yaml", {"workflow": {"type": "cwl", "file": "m.cwl"}}, ())
    own = tuple(RunFile(name, "0" * 64, 1) for name in ("m.cwl", "tools/a.cwl"))
    name_workflow_files(specification, WorkflowFiles("m.cwl", "cwl", "sha256:0", own, (), ()))
    assert load_yaml(tmp_path / "reana.yaml").data["workflow"]["files"] == ["tools/a.cwl"]
