"""All reports tell the same findings, each in its own valid form."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from fairport.check.options import Options
from fairport.check.registry import all_rules
from fairport.check.report import Report
from fairport.check.reporters import FORMATS, render, text_report
from fairport.check.session import check_paths
from fairport.contract.finding import Finding
from fairport.contract.schemas import validate

Maker = Callable[..., Path]
HOSTILE = 'evil %0A::error::<b>|`*_[x](y)\u202e "quoted"'


@pytest.fixture
def report(make_repository: Maker) -> Report:
    root = make_repository(
        {
            "fairport.yaml": f"title: Test\nkeywords: [a, b]\nresource_type: {json.dumps(HOSTILE)}\n"
            "waivers:\n  - {rule: META014, reason: two keywords are enough}\n",
            "README.md": "# x\n",
            "workflow/tools/limit.cwl": "hints: {}\n",
        }
    )
    return check_paths([root], Options(profile="release", today=date(2026, 11, 22)))


def failed(report: Report) -> list[Finding]:
    return [item for item in report.findings if item.status == "fail"]


def test_json(report: Report) -> None:
    data = json.loads(render(report, "json"))
    assert validate("report", data) == []
    found = [item for item in data["targets"][0]["findings"] if item["status"] == "fail"]
    assert [item["fingerprint"] for item in found] == [item.fingerprint for item in failed(report)]
    assert data["summary"]["error"] == sum(item.severity == "error" for item in failed(report))


def test_text(report: Report) -> None:
    text = render(report, "text")
    for finding in failed(report):
        assert f"{finding.rule}" in text
        assert finding.message in text
    first = next(item for item in failed(report) if item.rule == "META004")
    assert f"fairport.yaml:{first.line}:{first.column}  error   META004" in re.sub(
        r" +error", "  error", text
    )
    assert "1 waived" in text
    assert "next: fairport explain" in text


def test_text_takes_colours_from_outside(report: Report) -> None:
    painted = text_report.render(report, lambda text, **styles: f"<{styles.get('fg')}>{text}</>")
    assert "<red>error" in painted


def test_sarif(report: Report) -> None:
    log = json.loads(render(report, "sarif"))
    run = log["runs"][0]
    assert log["version"] == "2.1.0"
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in all_rules()]
    results = [item for item in run["results"] if "suppressions" not in item]
    assert [item["partialFingerprints"]["fairport/v1"] for item in results] == [
        item.fingerprint for item in failed(report)
    ]
    taxa = {taxonomy["name"]: {taxon["id"] for taxon in taxonomy["taxa"]} for taxonomy in run["taxonomies"]}
    for rule in rules:
        for relation in rule["relationships"]:
            assert relation["target"]["id"] in taxa[relation["target"]["toolComponent"]["name"]]
    for item in results:
        assert rules[item["ruleIndex"]]["id"] == item["ruleId"]
        assert item["level"] in {"error", "warning", "note"}
        region = item["locations"][0]["physicalLocation"].get("region", {})
        assert all(value >= 1 for value in region.values())
    assert [
        item["suppressions"][0]["justification"] for item in run["results"] if "suppressions" in item
    ] == ["two keywords are enough"]


def test_junit(report: Report) -> None:
    root = ET.fromstring(render(report, "junit"))
    suite = root.find("testsuite")
    assert suite is not None
    cases = suite.findall("testcase")
    assert len(cases) == int(suite.get("tests", "0")) == len(report.targets[0].outcomes)
    failures = {case.get("name", "").split()[0] for case in cases if case.find("failure") is not None}
    assert failures == {item.rule for item in failed(report) if item.severity == "error"}
    assert int(suite.get("failures", "0")) == len(failures)
    text = "".join(root.itertext())
    assert all(item.message in text for item in failed(report))


def test_github(report: Report) -> None:
    lines = render(report, "github").splitlines()
    assert len(lines) == len(failed(report))
    pattern = re.compile(
        r"::(error|warning|notice) ((?:file|line|col|endLine|endColumn|title)=[^,:\r\n]*,?)+::[^\r\n]+"
    )
    assert all(pattern.fullmatch(line) for line in lines)
    assert [line.split(" ")[0] for line in lines] == sorted(
        (line.split(" ")[0] for line in lines), key=["::error", "::warning", "::notice"].index
    )


def test_gitlab(report: Report) -> None:
    issues = json.loads(render(report, "gitlab"))
    assert len(issues) == len(failed(report))
    assert len({item["fingerprint"] for item in issues}) == len(issues)
    for item in issues:
        assert item["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert item["location"]["lines"]["begin"] >= 1
        assert item["description"]
        assert item["check_name"]


def test_markdown(report: Report) -> None:
    text = render(report, "markdown")
    rows = [line for line in text.splitlines() if line.startswith(("| error", "| warning", "| note"))]
    assert len(rows) == len(failed(report))
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 6 for row in rows)
    assert "<b>" not in text
    assert "failed" in text.splitlines()[0]


@pytest.mark.parametrize("fmt", FORMATS)
def test_no_finding_at_all(fmt: str, make_repository: Maker) -> None:
    report = check_paths([make_repository()], Options(today=date(2026, 11, 22)))
    assert render(report, fmt) or fmt == "github"
