"""REPO008 and WF016: the template that a repository came from, interrupted changes, workflows without CWL."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from fairport.check.options import Options
from fairport.check.rules import repo_health
from fairport.check.session import check_paths
from fairport.contract.constants import TEMPLATE_URL
from fairport.contract.finding import Finding

MakeRepository = Callable[..., Path]


def findings(root: Path, rule: str, profile: str = "release") -> list[Finding]:
    report = check_paths([root], Options(profile=profile, select=(rule,), today=date(2026, 11, 22)))
    return [item for item in report.findings if item.rule == rule and item.status == "fail"]


@pytest.mark.parametrize(
    ("source", "old"),
    [
        (TEMPLATE_URL, True),
        (TEMPLATE_URL.removesuffix(".git"), True),
        (TEMPLATE_URL.replace("https://", "git@").replace("/", ":", 1), True),
        ("https://github.com/somebody/another-template.git", False),
    ],
)
def test_only_our_own_template_can_be_old(
    source: str, old: bool, make_repository: MakeRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repo_health, "tool_version", lambda: "1.4.0")
    root = make_repository({".copier-answers.yml": f"_commit: v1.1.0\n_src_path: {source}\n"})
    messages = [item.message for item in findings(root, "REPO008")]
    assert messages == (["template 1.1, current 1.4"] if old else [])


@pytest.mark.parametrize(("stage", "command"), [(".fairport-update", "update"), (".fairport-new", "new")])
def test_an_interrupted_change_is_an_error(stage: str, command: str, make_repository: MakeRepository) -> None:
    root = make_repository()
    folder = root / stage
    folder.mkdir()
    (folder / ".gitignore").write_text("*\n")
    (folder / "lock").write_text("")
    assert findings(root, "REPO008") == []  # prepared, but nothing has moved
    (folder / "journal.json").write_text(json.dumps({}))
    (found,) = findings(root, "REPO008")
    assert found.severity == "error"
    assert f"fairport {command}" in (found.help or "")


_SNAKEMAKE = {
    "fairport.yaml": "workflow:\n  type: snakemake\n  file: Snakefile\n",
    "Snakefile": "rule all:\n    input: 'x'\n",
    "reana.yaml": "workflow:\n  type: snakemake\n  file: Snakefile\n",
}


@pytest.mark.parametrize(
    ("profile", "severity"), [("draft", "note"), ("release", "note"), ("archive", "error")]
)
def test_missing_cwl_weighs_only_in_an_archive(
    profile: str, severity: str, make_repository: MakeRepository
) -> None:
    gone = {"workflow/main.cwl": None, "workflow/tools/limit.cwl": None}
    (found,) = findings(make_repository({**_SNAKEMAKE, **gone}), "WF016", profile)
    assert found.severity == severity
    assert findings(make_repository(_SNAKEMAKE), "WF016", profile) == []  # CWL stands beside it
