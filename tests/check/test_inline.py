"""Waivers in comments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from fairport.check.options import Options
from fairport.check.report import Report
from fairport.check.session import check_paths
from fairport.contract.finding import Finding

Maker = Callable[..., Path]
TOOL = "workflow/tools/limit.cwl"
IMAGE = "hints:\n  DockerRequirement:\n    dockerPull: python:latest"
REANA = "\n  reana:\n    compute_backend: kubernetes\n"


def run(root: Path, *rules: str) -> Report:
    return check_paths([root], Options(profile="release", today=date(2026, 11, 22), select=rules))


def only(report: Report, rule: str) -> list[Finding]:
    return [item for item in report.findings if item.rule == rule]


@pytest.mark.parametrize(
    ("text", "status", "told"),
    [
        ("{0}  # fairport: ignore WF007 -- the site allows this tag only", "waived", None),
        ("{0}  #fairport: ignore wf007 -- the site allows this tag only", "waived", None),
        ("{0}  # fairport: ignore WF001, WF007 -- the site allows it only", "waived", "WF001 is not needed"),
        ("{0}  # fairport: ignore WF007 -- the site allows this tag only until 2026-11-22", "waived", None),
        (
            "{0}  # fairport: ignore WF007 -- only this tag is there until 2026-11-21",
            "fail",
            "expired",
        ),
        (
            "{0}  # fairport: ignore WF007 -- only this is there until tomorrow",
            "fail",
            "no calendar date",
        ),
        ("{0}  # fairport: ignore WF007 -- short", "fail", "needs a reason"),
        ("{0}  # fairport: ignore WF007", "fail", "needs a reason"),
        ("{0}  # fairport: ignore", "fail", "cannot be understood"),
        ("{0}  # fairport: ignore everything -- because I can", "fail", "cannot be understood"),
        ("{0}  # fairport: ignore WF997 -- the site allows this tag only", "fail", 'no rule "WF997"'),
        ("{0}  # fairport: ignore WF008 -- the site allows this tag only", "fail", "not needed any more"),
        ("{0}\n    # fairport: ignore WF007 -- the site allows this tag only", "fail", "not needed any more"),
    ],
)
def test_comments(text: str, status: str, told: str | None, make_repository: Maker) -> None:
    root = make_repository({TOOL: text.format(IMAGE) + REANA})
    report = run(root, "WF001", "WF007", "WF008", "REPO010")
    (finding,) = [item for item in only(report, "WF007") if item.path == TOOL]
    assert finding.status == status
    messages = [item.message for item in only(report, "REPO010")]
    assert len(messages) == (told is not None)
    assert told is None or told in messages[0]


def test_a_comment_of_its_own_line_is_about_the_next(make_repository: Maker) -> None:
    image = IMAGE.replace(
        "    docker", "    # fairport: ignore WF007 -- the site allows this tag only\n    # More.\n    docker"
    )
    report = run(make_repository({TOOL: image + REANA}), "WF007", "REPO010")
    (finding,) = [item for item in report.findings if item.path == TOOL]
    assert (finding.status, finding.reason) == ("waived", "the site allows this tag only")


def test_a_whole_file(make_repository: Maker) -> None:
    text = "# fairport: ignore-file REPO005 -- the image holds the versions\nnumpy\nscipy\n"
    report = run(make_repository({"environment/requirements.txt": text}), "REPO005", "REPO010")
    assert {item.status for item in report.findings} == {"waived"}


def test_markdown_takes_its_own_comments_only(make_repository: Maker) -> None:
    text = (
        "# Notes\n\n## Method\n\nSee [x](a.md). <!-- fairport: ignore LINK001 -- the build makes it -->\n"
        "\n```yaml\n# fairport: ignore NOTHING -- an example in the text\n```\n\nSee [y](b.md).\n"
    )
    report = run(make_repository({"docs/notes.md": text}), "LINK001", "REPO010")
    assert [(item.rule, item.status, item.line) for item in report.findings] == [
        ("LINK001", "waived", 5),
        ("LINK001", "fail", 11),
    ]


def test_json_and_text_values_hold_none(make_repository: Maker) -> None:
    root = make_repository(
        {
            "data/experiment.json": '{"x": " # fairport: ignore META004 -- no comment in JSON"}\n',
            "fairport.yaml": "title: 'Tes#fairport: ignore META004 -- no comment without a blank'\n",
        }
    )
    report = run(root, "META004", "REPO010")
    assert only(report, "REPO010") == []


def test_without_a_record_comments_are_still_looked_at(make_repository: Maker) -> None:
    root = make_repository({"fairport.yaml": None, TOOL: IMAGE + "  # fairport: ignore WF007 -- x" + REANA})
    assert "needs a reason" in only(run(root), "REPO010")[0].message


def test_unused_only_when_the_rule_ran(make_repository: Maker) -> None:
    root = make_repository({TOOL: "label: A tool  # fairport: ignore WF012 -- a seed of the generator\n"})
    assert only(run(root, "REPO010", "WF007"), "REPO010") == []
    assert "not needed" in only(run(root, "REPO010", "WF012"), "REPO010")[0].message
