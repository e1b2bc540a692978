"""Rules that a pinned rule set leaves out are told in each format; baselines of several repositories."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from fairport.check.report import Outcome, Report, Target
from fairport.check.reporters import render
from fairport.cli.main import main
from fairport.contract.schemas import validate

Maker = Callable[..., Path]


def report() -> Report:
    passed = {"META001": Outcome("pass", None)}
    return Report((Target("a", "draft", (), passed, left_out=("WF015", "REPO012")),))


@pytest.mark.parametrize("fmt", ["text", "json", "sarif", "junit", "github", "markdown"])
def test_each_format_tells_of_newer_rules(fmt: str) -> None:
    text = render(report(), fmt)
    if fmt == "text":
        assert "2 newer rules left out" in text
    else:
        assert "WF015" in text
        assert "REPO012" in text


def test_the_schema_knows_them() -> None:
    data = json.loads(render(report(), "json"))
    assert data["targets"][0]["left_out"] == ["WF015", "REPO012"]
    assert not any(key.startswith("x-") for key in data["targets"][0])
    assert validate("report", data) == []
    data["targets"][0]["left_out"] = "WF015"
    assert validate("report", data) != []


def test_newer_rules_fail_nothing() -> None:
    assert report().exit_code() == 0
    assert 'failures="0" errors="0" skipped="2"' in render(report(), "junit")
    run = json.loads(render(report(), "sarif"))["runs"][0]
    assert run["invocations"][0]["executionSuccessful"] is True


def test_a_baseline_accepts_nothing_of_another_repository(
    make_repository: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = {"rucio.cfg": "[client]\npassword = Tr0ub4dor&3\n"}
    for name, files in (("one", secret), ("two", {})):
        make_repository(files).rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    options = ["one", "two", "--select", "REPO007", "--format", "json", "-o", "report.json"]
    assert main(["check", *options, "--write-baseline", "baseline.json"]) == 0
    assert main(["check", *options, "--baseline", "baseline.json"]) == 0
    (tmp_path / "two/rucio.cfg").write_text(secret["rucio.cfg"])
    assert main(["check", *options, "--baseline", "baseline.json"]) == 1
    one, two = json.loads((tmp_path / "report.json").read_text())["targets"]
    assert [item["status"] for item in (*one["findings"], *two["findings"])] == ["waived", "fail"]
