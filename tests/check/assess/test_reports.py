"""Text, Markdown, JSON and badge of an assessment, and the command."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from fairport.check.assess import markdown_report
from fairport.check.assess.badge import badge_svg
from fairport.check.assess.model import Assessment
from fairport.cli.main import main
from fairport.contract.errors import UsageError
from fairport.contract.schemas import validate

Own = Callable[..., Path]
Assess = Callable[..., Assessment]
Capture = pytest.CaptureFixture[str]
RESULT = "results/si/result.yaml"
TITLE = "title: Toy recast of a counting experiment"
ADA = "given_names: Ada\n    family_names: Lovelace"


def run(capsys: Capture, *arguments: str) -> tuple[int, str, str]:
    code = main(["assess", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_badge_counts_the_evidence(own: Own, assessed: Assess) -> None:
    assessment = assessed(own())
    root = ElementTree.fromstring(badge_svg(assessment))
    texts = [item.text for item in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["FAIR", f"32/41 proven · {assessment.places} places"]
    assert root.get("aria-label", "").endswith("archive profile")


@pytest.mark.parametrize(
    ("replace", "profile", "reason"),
    [
        ({}, "draft", "draft"),
        ({"fairport.yaml": ("maturity: archive", "maturity: draft")}, None, "draft"),
        ({RESULT: ("origin: recast", "origin: recast\n  example: true")}, "release", "example"),
        ({"fairport.yaml": (ADA, "given_names: Alex\n    family_names: Example")}, None, "author"),
        ({"fairport.yaml": (TITLE, "title: Axion haloscope search")}, None, "title"),
        ({"fairport.yaml": ("code: MIT", "code: nonsense")}, "release", "errors under the release profile"),
        ({"fairport.yaml": ("    orcid: https://orcid.org/0000-0002-1825-0097\n", "")}, "archive", "META008"),
    ],
)
def test_badge_is_refused(
    own: Own, replace: dict[str, tuple[str, str]], profile: str | None, reason: str, assessed: Assess
) -> None:
    assessment = assessed(own(replace), profile)
    assert not assessment.badge.allowed
    assert reason in (assessment.badge.reason or "")
    with pytest.raises(UsageError, match="no badge"):
        badge_svg(assessment)


def test_command_writes_a_badge(own: Own, tmp_path: Path, capsys: Capture) -> None:
    badge = tmp_path / "fair.svg"
    code, out, err = run(capsys, str(own()), "--badge", str(badge))
    assert code == 0, err
    assert "41 indicators: 32 pass, 1 fail, 8 not assessed" in out
    assert "fairport.yaml:42 doi: 10.5281/zenodo.8123456" in out
    assert badge.read_text("utf-8").startswith("<svg")
    code, _, err = run(capsys, str(own(name="again")), "--badge", str(badge), "--profile", "draft")
    assert code == 1
    assert "No badge" in err
    assert "earlier state" in err


def test_command_json(own: Own, tmp_path: Path, capsys: Capture) -> None:
    root = own()
    code, out, _ = run(capsys, str(root), "--format", "json")
    assert code == 0
    assert validate("assessment", json.loads(out)) == []
    target = tmp_path / "report.json"
    assert run(capsys, str(root), "--format", "json", "-o", str(target))[0] == 0
    assert target.read_text("utf-8") == out


def test_markdown_is_escaped(own: Own, assessed: Assess) -> None:
    root = own({"fairport.yaml": (TITLE, "title: Toy | <b>recast</b> [x](y)")})
    text = markdown_report.render(assessed(root))
    assert "<b>" not in text
    rows = [line for line in text.splitlines() if line.startswith("| F2-01M")]
    assert rows
    assert rows[0].replace("\\|", "").count("|") == 6


def test_text_has_no_control_characters(own: Own, capsys: Capture) -> None:
    root = own({"fairport.yaml": (TITLE, 'title: "Toy \\e[31mred"')})
    code, out, _ = run(capsys, str(root), "-v")
    assert code == 0
    assert "\x1b" not in out


def test_unknown_folder(capsys: Capture) -> None:
    code, _, err = run(capsys, "/no/such/folder")
    assert code == 2
    assert "does not exist" in err
