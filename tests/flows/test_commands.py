"""``fairport run`` and ``fairport runs`` as people call them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fairport.cli.main import main
from fairport.contract.schemas import validate
from fairport.engines.containers import CHOICES
from fairport.engines.registry import ENGINES


@pytest.fixture
def call(capfd: pytest.CaptureFixture[str]) -> Any:
    def run(*arguments: str | Path) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture(autouse=True)
def warm(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the commands use the warm engine of the other tests."""
    from fairport.flows import run as flow

    monkeypatch.setattr(engine, "close", lambda: None)
    monkeypatch.setattr(flow, "make_engine", lambda name, options: engine)


def test_run_then_runs(make_analysis: Any, call: Any) -> None:
    root = make_analysis(git=True)
    code, out, err = call("run", root, "--container", "none")
    assert code == 0
    first, second, third = out.splitlines()
    assert first == "results/tiny-limit/result.yaml  written"
    assert second.startswith("outputs/ holds 3 files · run 2")
    assert third == f"next: fairport check {root}"
    assert "running workflow/main.cwl with workflow/inputs.yaml (CPython 3" in err
    assert "✓ scale_masses" in err
    identifier = second.rpartition(" ")[2]

    code, out, _ = call("runs", "list", "--path", root)
    assert code == 0
    assert out.startswith(f"✓ {identifier}  finished  local")

    code, out, _ = call("runs", "status", "--path", root)
    assert code == 0
    assert "✓ count" in out
    assert "results/tiny-limit/result.yaml  written" in out

    code, out, _ = call("runs", "logs", identifier[-6:], "--path", root)
    assert (code, out.splitlines()[:2]) == (0, ["== scale_masses (finished)", "scaling 3 masses"])
    code, out, _ = call("runs", "logs", "--step", "scale_masses", "--path", root)
    assert (code, out) == (0, "scaling 3 masses\n")


def test_json(make_analysis: Any, call: Any) -> None:
    root = make_analysis()
    code, out, _ = call("run", root, "--container", "none", "--format", "json")
    assert code == 0
    record = json.loads(out)
    assert validate("run", record) == []
    assert record["results"] == [
        {"id": "tiny-limit", "path": "results/tiny-limit/result.yaml", "changed": True}
    ]
    assert json.loads(call("runs", "status", "--path", root, "--format", "json")[1]) == record
    listed = json.loads(call("runs", "list", "--path", root, "--format", "json")[1])
    assert [(item["id"], item["state"]) for item in listed["runs"]] == [(record["id"], "finished")]
    logs = json.loads(call("runs", "logs", "--path", root, "--format", "json")[1])
    assert logs["logs"]["scale_masses"] == "scaling 3 masses\n"


def test_failure(make_analysis: Any, call: Any) -> None:
    root = make_analysis()
    (root / "src/scale.py").write_text("raise ValueError('no \\x1b[31m good')\n", "utf-8")
    code, out, err = call("run", root, "--container", "none")
    assert code == 1
    assert out == ""
    assert 'error: the step "scale_masses" failed: exit code 1' in err
    assert "its command was: python3 src/scale.py data/source.json 2.0 tiny-limit" in err
    assert "ValueError: no" in err
    assert "\x1b" not in err
    code, out, _ = call("runs", "status", "--path", root)
    assert code == 0
    assert "✗ scale_masses" in out
    assert "exit code 1" in out


def test_failure_as_json_still_gives_the_record(make_analysis: Any, call: Any) -> None:
    root = make_analysis()
    (root / "src/scale.py").write_text("raise SystemExit(3)\n", "utf-8")
    code, out, err = call("run", root, "--container", "none", "--format", "json")
    assert code == 1
    record = json.loads(out)
    assert validate("run", record) == []
    assert (record["status"], record["error"]["step"]) == ("failed", "scale_masses")
    assert "exit code 3" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "{empty}"), "there is no analysis"),
        (("run", "{root}", "--inputs", "{empty}/none.yaml"), "does not exist"),
        (("run", "{root}", "--engine", "cloud"), "cloud"),
        (("runs", "list", "--path", "{empty}"), "there is no analysis"),
        (("runs", "status", "--path", "{root}"), "there is no run yet"),
    ],
)
def test_usage(
    make_analysis: Any, call: Any, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    root = make_analysis()
    code, _, err = call(*(part.format(empty=empty, root=root) for part in arguments))
    assert code == 2
    assert message in err
    assert "Traceback" not in err


def test_no_run_yet(make_analysis: Any, call: Any) -> None:
    code, out, _ = call("runs", "list", "--path", make_analysis())
    assert (code, out) == (0, "no run yet; start one with: fairport run\n")


def test_unreadable_record_is_listed(make_analysis: Any, call: Any) -> None:
    root = make_analysis()
    broken = root / ".fairport/runs/20261122T140000Z-1a2b3c"
    broken.mkdir(parents=True)
    (broken / "run.json").write_text("{", "utf-8")
    code, out, _ = call("runs", "list", "--path", root)
    assert code == 0
    assert "20261122T140000Z-1a2b3c  unreadable" in out


def test_choices_are_those_of_the_rooms() -> None:
    from fairport.cli import run as module

    assert tuple(ENGINES) == module.ENGINES
    assert CHOICES == module.CONTAINERS


@pytest.mark.parametrize("version", ["1.0", "1.9"])
def test_a_record_of_last_month_on_another_machine(
    make_analysis: Any, call: Any, repository: Path, version: str
) -> None:
    """The whole example of the contract, as an older or newer release wrote it elsewhere."""
    root = make_analysis()
    example = json.loads((repository / "schemas/examples/run/good/full.json").read_text("utf-8"))
    identifier = "20261022T140000Z-1a2b3c"
    record = {**example, "id": identifier, "schema_version": version}
    record["environment"] = {
        **example["environment"],
        "platform": "Darwin arm64",
        "executable": "/gone/python",
    }
    if version == "1.9":
        record["weather"] = "fine"
    folder = root / ".fairport/runs" / identifier
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps(record), "utf-8")
    before = (folder / "run.json").read_bytes()
    code, out, _ = call("runs", "list", "--path", root)
    assert (code, identifier in out, "unreadable" in out) == (0, True, False)
    code, out, _ = call("runs", "status", "--path", root)
    assert (code, example["steps"][0]["id"] in out) == (0, True)
    assert call("runs", "logs", "--path", root)[0] == 0  # its logs stayed on the other machine
    assert call("runs", "fetch", "--path", root)[0] in {0, 1}
    assert (folder / "run.json").read_bytes() == before
    code, out, _ = call("run", root, "--container", "none")
    assert (code, out.splitlines()[0]) == (0, "results/tiny-limit/result.yaml  written")
    assert len(json.loads(call("runs", "list", "--path", root, "--format", "json")[1])["runs"]) == 2


def test_a_record_of_an_unknown_contract_is_told(make_analysis: Any, call: Any, repository: Path) -> None:
    root = make_analysis()
    record = json.loads((repository / "schemas/examples/run/good/full.json").read_text("utf-8"))
    folder = root / ".fairport/runs" / record["id"]
    folder.mkdir(parents=True)
    for version, told in (("2.0", "install Fairport 2.0 or newer"), ("0.4", "rewrite the document")):
        (folder / "run.json").write_text(json.dumps({**record, "schema_version": version}), "utf-8")
        code, _, err = call("runs", "status", "--path", root)
        assert (code, told in err) == (2, True), err
        assert "unreadable" in call("runs", "list", "--path", root)[1]
    assert call("run", root, "--container", "none")[0] == 0
