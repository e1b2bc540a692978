"""SARIF against its official schema; JUnit and GitLab code quality against what their documentation demands.

The schema of SARIF comes with an npm package that `make install` brings. No package carries the other two:
the element and attribute tables of the JUnit schema that Jenkins and GitLab follow, and GitLab's table of
code quality fields, stand here in our own words.
"""

from __future__ import annotations

import json
import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from fairport.check.options import Options
from fairport.check.report import Report
from fairport.check.reporters import render
from fairport.check.session import check_paths

Maker = Callable[..., Path]
SARIF = (
    Path(__file__).resolve().parents[2]
    / "site/frontend/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"
)
TODAY = date(2026, 11, 22)


@pytest.fixture(params=["findings", "nothing", "hostile", "several", "internal"])
def report(request: pytest.FixtureRequest, make_repository: Maker, monkeypatch: pytest.MonkeyPatch) -> Report:
    if request.param == "nothing":
        return check_paths([make_repository()], Options(today=TODAY))
    changes: dict[str, str | None] = {
        "fairport.yaml": "title: Test\nkeywords: [a, b]\n"
        "waivers:\n  - {rule: META014, reason: two keywords are enough}\n",
        "workflow/tools/limit.cwl": "hints: {}\n",
        "data/manifest.yaml": "datasets: [\n",
    }
    if request.param == "hostile":
        changes |= {
            "a b%20ü<>&\"'.md": "[a](missing.md) [b](#x\x0b)\n",
            "fairport.yaml": 'title: "<![CDATA[ ]]> \\u0000 \\ud800 & \\u202e"\n',
        }
    root = make_repository(changes)
    if request.param == "internal":
        import dataclasses

        from fairport.check import engine

        def broken() -> list[object]:
            raise RuntimeError("a <defect>")

        rules = tuple(
            dataclasses.replace(rule, function=broken) if rule.id == "META004" else rule
            for rule in engine.all_rules()
        )
        monkeypatch.setattr(engine, "all_rules", lambda: rules)
    roots = [root, make_repository(name="other")] if request.param == "several" else [root]
    return check_paths(roots, Options(profile="release", today=TODAY))


def test_sarif(report: Report) -> None:
    if not SARIF.is_file():
        if os.environ.get("FAIRPORT_CI") == "1":
            pytest.fail(f"{SARIF.name} is missing: make install brings it")
        pytest.skip("the front end's packages are not installed (make install)")
    schema = json.loads(SARIF.read_text("utf-8"))
    validator = jsonschema.Draft4Validator(schema, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)
    log = json.loads(render(report, "sarif"))
    assert [error.message for error in validator.iter_errors(log)] == []
    names = [taxonomy["name"] for taxonomy in log["runs"][0]["taxonomies"]]
    assert names == ["FAIR", "RDA", "F-UJI"]
    # The schema notices what is wrong.
    log["runs"][0]["results"].append({"level": "fatal"})
    assert list(validator.iter_errors(log))


CODE_QUALITY: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^.]|^\\.[^/]"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def test_gitlab(report: Report) -> None:
    issues = json.loads(render(report, "gitlab"))
    jsonschema.Draft202012Validator(CODE_QUALITY).validate(issues)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)


# Element: (attributes that must be there, attributes that may, elements in it).
JUNIT: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": (set(), {"name", "tests", "failures", "errors", "time"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests"},
        {"failures", "errors", "skipped", "time", "timestamp", "hostname", "id", "package"},
        {"properties", "testcase", "system-out", "system-err"},
    ),
    "testcase": (
        {"name", "classname"},
        {"time", "assertions", "status", "file", "line"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "failure": (set(), {"message", "type"}, set()),
    "error": (set(), {"message", "type"}, set()),
    "skipped": (set(), {"message"}, set()),
    "system-out": (set(), set(), set()),
}


def test_junit(report: Report) -> None:
    text = render(report, "junit")
    root = ET.fromstring(text)
    assert root.tag == "testsuites"
    for element in root.iter():
        needed, allowed, inner = JUNIT[element.tag]
        assert needed <= set(element.keys()) <= needed | allowed
        assert {child.tag for child in element} <= inner
    for suite in root.iter("testsuite"):
        assert int(suite.get("tests", "-1")) == len(suite.findall("testcase"))
        for name in ("failures", "errors", "skipped"):
            found = suite.findall(f"testcase/{name.removesuffix('s')}")
            assert int(suite.get(name, "-1")) == len(found)
        assert re.fullmatch(r"\d+\.\d+", suite.get("time", ""))
    for case in root.iter("testcase"):
        assert len({child.tag for child in case} & {"skipped", "failure", "error"}) <= 1


def test_paths_are_told_from_where_the_check_was_started(
    make_repository: Maker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root = make_repository({"fairport.yaml": "title: Test\n"})
    monkeypatch.chdir(tmp_path)
    for given in (root, Path(root.name), Path(root.name), Path("..") / tmp_path.name / root.name):
        report = check_paths([given], Options(today=TODAY, select=("META004",)))
        assert json.loads(render(report, "gitlab"))[0]["location"]["path"] == "repository/fairport.yaml"
        location = json.loads(render(report, "sarif"))["runs"][0]["results"][0]["locations"][0]
        assert location["physicalLocation"]["artifactLocation"]["uri"] == "repository/fairport.yaml"
        assert "file=repository/fairport.yaml," in render(report, "github")
    monkeypatch.chdir(root)
    report = check_paths([Path()], Options(today=TODAY, select=("META004",)))
    assert json.loads(render(report, "gitlab"))[0]["location"]["path"] == "fairport.yaml"
