"""The commands `check`, `explain` and `rules`, and the pages of the rules."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from fairport.check.docs import write_docs
from fairport.check.registry import all_rules
from fairport.check.rule import MARK
from fairport.cli.main import main
from fairport.contract.schemas import validate

Maker = Callable[..., Path]


def test_exit_codes(make_repository: Maker, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = make_repository(name="good")
    bad = make_repository({"fairport.yaml": "title: Test\n"}, name="bad")
    assert main(["check", str(good)]) == 0
    assert "no problems found" in capsys.readouterr().out
    assert main(["check", str(good), str(bad)]) == 1
    assert "META004" in capsys.readouterr().out
    assert main(["check", str(tmp_path / "missing")]) == 2
    assert "does not exist" in capsys.readouterr().err
    assert main(["check", str(good), "--select", "NOPE"]) == 2
    assert main(["check", str(good), "--profile", "nope"]) == 2


def test_the_current_folder_is_checked(
    make_repository: Maker, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(make_repository({"fairport.yaml": "title: Test\n"}))
    assert main(["check"]) == 1
    assert capsys.readouterr().out.startswith("fairport.yaml:")


def test_report_in_a_file(make_repository: Maker, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "report.json"
    assert main(["check", str(make_repository()), "--format", "json", "--output", str(output)]) == 0
    assert validate("report", json.loads(output.read_text("utf-8"))) == []
    assert capsys.readouterr().out == ""


def test_github_summary(make_repository: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    main(["check", str(make_repository({"fairport.yaml": "title: Test\n"})), "--format", "github"])
    assert "META004" in summary.read_text("utf-8")


def test_baseline(make_repository: Maker, tmp_path: Path) -> None:
    root = make_repository({"fairport.yaml": "title: Test\n"})
    baseline = tmp_path / "baseline.json"
    assert main(["check", str(root), "--format", "json", "-o", str(baseline)]) == 1
    assert main(["check", str(root), "--baseline", str(baseline)]) == 0
    (tmp_path / "no.json").write_text("{}", "utf-8")
    assert main(["check", str(root), "--baseline", str(tmp_path / "no.json")]) == 2


def test_diff_and_fix(make_repository: Maker, capsys: pytest.CaptureFixture[str]) -> None:
    root = make_repository({"fairport.yaml": "licences: {code: mit, data: CC0-1.0}\n"})
    before = (root / "fairport.yaml").read_bytes()
    assert main(["check", str(root), "--select", "META011", "--diff"]) == 1
    assert "+licences: {code: MIT, data: CC0-1.0}" in capsys.readouterr().out
    assert (root / "fairport.yaml").read_bytes() == before
    assert main(["check", str(root), "--select", "META011", "--fix"]) == 0
    assert b"code: MIT" in (root / "fairport.yaml").read_bytes()


def test_explain(capsys: pytest.CaptureFixture[str]) -> None:
    for rule in all_rules():
        assert main(["explain", rule.id.lower()]) == 0
        out = capsys.readouterr().out
        assert rule.title in out
        assert MARK not in out
    assert main(["explain", "META999"]) == 2
    assert "did you mean" in capsys.readouterr().err
    assert main(["explain", "WF007", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["severity"]["draft"] == "error"


def test_rules(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert [item["id"] for item in data] == [rule.id for rule in all_rules()]
    assert main(["rules", "--select", "RES"]) == 0
    assert "META001" not in capsys.readouterr().out
    assert main(["rules", "--format", "markdown"]) == 0
    assert capsys.readouterr().out.count("| [") == len(data)


def test_pages_of_the_rules(tmp_path: Path) -> None:
    pages = write_docs(tmp_path)
    assert len(pages) == len(all_rules()) + 1
    index = (tmp_path / "index.md").read_text("utf-8")
    for rule in all_rules():
        text = (tmp_path / f"{rule.id.lower()}.md").read_text("utf-8")
        assert text.startswith(f"# {rule.id}: {rule.title}\n")
        assert text.count("```") % 2 == 0
        assert len(text) < 20_000
        assert MARK not in text
        assert f"({rule.id.lower()}.md)" in index
        assert rule.docs_url.endswith(f"/reference/rules/{rule.id.lower()}/")


def test_a_baseline_accepts_what_is_there_and_nothing_new(
    make_repository: Maker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = make_repository({"fairport.yaml": "title: Test\n"})
    baseline = str(tmp_path / "baseline.json")
    assert main(["check", str(root), "--write-baseline", baseline]) == 0
    assert "accepted in" in capsys.readouterr().err
    assert main(["check", str(root), "--baseline", baseline]) == 0
    assert "waived" in capsys.readouterr().out
    path = root / "fairport.yaml"
    path.write_text("# moved\n\n" + path.read_text("utf-8").replace("keywords:", "keywordz:"), "utf-8")
    assert main(["check", str(root), "--baseline", baseline]) == 1
    told = capsys.readouterr().out
    assert "META003" in told
    assert "META004" not in told
    path.write_text(path.read_text("utf-8").replace("title: Test", "title: A title that says what"), "utf-8")
    main(["check", str(root), "--baseline", baseline])
    assert "are gone" in capsys.readouterr().err


def test_a_baseline_that_is_none_is_refused(make_repository: Maker, tmp_path: Path) -> None:
    baseline = tmp_path / "baseline.json"
    baseline.write_text("{}", "utf-8")
    assert main(["check", str(make_repository()), "--baseline", str(baseline)]) == 2


def test_an_internal_error_is_never_accepted(
    make_repository: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dataclasses

    from fairport.check import engine

    def broken() -> list[object]:
        raise RuntimeError("a defect")

    rules = tuple(
        dataclasses.replace(rule, function=broken) if rule.id == "META004" else rule for rule in all_rules()
    )
    monkeypatch.setattr(engine, "all_rules", lambda: rules)
    baseline = tmp_path / "baseline.json"
    root = make_repository({"docs/own.md": "# Of this test only\n"})
    assert main(["check", str(root), "--write-baseline", str(baseline)]) == 3
    assert not baseline.exists()


def test_another_rule_set(make_repository: Maker, capsys: pytest.CaptureFixture[str]) -> None:
    root = make_repository({"fairport.yaml": 'rules: "0.9"\ntitle: Test\n'})
    assert main(["check", str(root)]) == 0
    assert "newer rules left out" in capsys.readouterr().out
    assert main(["check", str(root), "--rules", "latest"]) == 1
    assert "META004" in capsys.readouterr().out
    assert main(["check", str(root), "--rules", "1.0"]) == 1
    assert main(["check", str(root), "--rules", "99.0"]) == 2
    assert main(["check", str(root), "--rules", "new"]) == 2
