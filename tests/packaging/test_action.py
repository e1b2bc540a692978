"""The GitHub Action: the blocks of action.yml are really run, with files in the place of GitHub's."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from fairport.contract.documents import load_valid

REPOSITORY = Path(__file__).parents[2]
BASE = REPOSITORY / "tests" / "check" / "base"
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


@pytest.fixture(scope="module")
def action() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((REPOSITORY / "action.yml").read_text("utf-8"))
    return data


@dataclass
class Done:
    code: int
    log: str
    outputs: dict[str, str]
    summary: str


class Runner:
    """Runs one step of the action as GitHub would: expressions only in `env`, then bash."""

    def __init__(self, action: dict[str, Any], folder: Path) -> None:
        self.action, self.folder = action, folder
        self.workspace = folder / "workspace"
        self.workspace.mkdir()

    def step(self, name: str) -> dict[str, Any]:
        return next(item for item in self.action["runs"]["steps"] if item.get("name") == name)

    def run(self, name: str, outputs: Mapping[str, str] = {}, **inputs: str) -> Done:
        step = self.step(name)
        given = {key: str(value.get("default", "")) for key, value in self.action["inputs"].items()}
        given |= {key.replace("_", "-"): value for key, value in inputs.items()}
        names = {f"inputs.{key}": value for key, value in given.items()}
        names |= {f"steps.check.outputs.{key}": value for key, value in outputs.items()}
        names["github.action_path"] = str(REPOSITORY)
        files = {key: self.folder / key for key in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH")}
        for path in files.values():
            path.write_text("")
        programs = Path(sys.executable).parent
        environment = {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.folder),
            "RUNNER_TEMP": str(self.folder),
            "GITHUB_ACTIONS": "true",
            **{key: str(path) for key, path in files.items()},
            **{
                key: EXPRESSION.sub(lambda match: names[match[1]], value)
                for key, value in step["env"].items()
            },
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.workspace,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        lines = files["GITHUB_OUTPUT"].read_text().splitlines()
        return Done(
            done.returncode,
            done.stdout + done.stderr,
            dict(line.split("=", 1) for line in lines),
            files["GITHUB_STEP_SUMMARY"].read_text(),
        )


@pytest.fixture
def runner(action: dict[str, Any], tmp_path: Path) -> Runner:
    return Runner(action, tmp_path)


def analysis(runner: Runner, name: str = "analysis", **replace: str) -> Path:
    """Copy the base repository into the workspace; ``old=new`` replaces in the record."""
    from fairport.contract.documents import load_analysis
    from fairport.interop.derived import render_all

    root = runner.workspace / name
    shutil.copytree(BASE, root, ignore=shutil.ignore_patterns("__pycache__"))
    record = root / "fairport.yaml"
    for path, text in render_all(load_analysis(record)).items():
        (root / path).write_text(text, "utf-8")
    text = record.read_text("utf-8")
    for old, new in replace.items():
        assert old in text
        text = text.replace(old, new)
    record.write_text(text, "utf-8")
    return root


def test_actions_are_pinned_by_commit(action: dict[str, Any]) -> None:
    used = [item["uses"] for item in action["runs"]["steps"] if "uses" in item]
    assert used
    text = (REPOSITORY / "action.yml").read_text("utf-8")
    for name in used:
        assert re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40}", name), name
        assert re.search(rf"{re.escape(name)}  # v\d+\.\d+\.\d+\n", text), f"{name} has no version beside it"


def test_no_expression_reaches_a_shell(action: dict[str, Any]) -> None:
    for item in action["runs"]["steps"]:
        assert "${{" not in item.get("run", "")
    for path in (REPOSITORY / "hooks" / "ci").glob("*.sh"):
        text = path.read_text("utf-8")
        assert "eval" not in text
        subprocess.run(["bash", "-n", str(path)], check=True)


def test_every_input_is_used_and_every_output_written(action: dict[str, Any]) -> None:
    steps = json.dumps(action["runs"]["steps"])
    for name in action["inputs"]:
        assert f"inputs.{name} " in steps, name
    script = (REPOSITORY / "hooks" / "ci" / "github.sh").read_text("utf-8")
    for name, output in action["outputs"].items():
        assert output["value"] == f"${{{{ steps.check.outputs.{name} }}}}"
        assert f"say {name} " in script or "{name}s=" in script
    for item in (*action["inputs"].values(), *action["outputs"].values()):
        assert item["description"]


def test_definition_meets_the_official_schema() -> None:
    command = ["-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions", "action.yml"]
    subprocess.run([sys.executable, *command], cwd=REPOSITORY, check=True, capture_output=True)


def test_clean_repository(runner: Runner) -> None:
    analysis(runner)
    done = runner.run("Check", path="analysis", profile="release")
    assert done.code == 0, done.log
    assert {key: done.outputs[key] for key in ("exit-code", "errors", "warnings")} == {
        "exit-code": "0",
        "errors": "0",
        "warnings": "0",
    }
    assert "fairport check: passed" in done.summary
    assert "::error" not in done.log
    assert load_valid("report", Path(done.outputs["report"])).data["profile"] == "release"
    assert runner.run("Outcome", done.outputs).code == 0


def test_findings_become_annotations_summary_and_sarif(runner: Runner) -> None:
    analysis(
        runner,
        **{"orcid: https://orcid.org/0000-0002-1825-0097": "orcid: https://orcid.org/0000-0002-1825-0098"},
    )
    done = runner.run("Check", path="analysis")
    assert done.code == 0, "the step after the upload fails, not this one"
    assert done.outputs["exit-code"] == "1"
    assert int(done.outputs["errors"]) >= 1
    assert re.search(
        r"^::error file=analysis/fairport\.yaml,line=19,col=12,.*title=META007::", done.log, re.M
    )
    assert "| error | [META007]" in done.summary
    sarif = json.loads(Path(done.outputs["sarif"]).read_text("utf-8"))
    result = next(item for item in sarif["runs"][0]["results"] if item["ruleId"] == "META007")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "analysis/fairport.yaml"
    assert runner.run("Outcome", done.outputs).code == 1


def test_hostile_repository_and_inputs_run_nothing(runner: Runner) -> None:
    title = 'title: "x%0A::set-output name=a::b\\n::error::pwned $(touch pwned) `touch pwned`"'
    analysis(runner, **{"title: Toy recast of a counting experiment": title})
    done = runner.run("Check", path="analysis", ignore="META004", assess="true")
    assert not re.search(r"^::(?:set-output|error::pwned)", done.log, re.M)
    for value in ('analysis"; touch pwned; "', "$(touch pwned)", "--output=pwned"):
        hostile = runner.run("Check", path=value, profile=value)
        assert hostile.code == 2
        assert hostile.outputs == {"exit-code": "2"}
        assert runner.run("Outcome", hostile.outputs).code == 2
    assert not list(runner.folder.rglob("pwned"))


def test_several_paths_and_the_assessment(runner: Runner) -> None:
    analysis(runner, "one")
    analysis(runner, "two", **{"code: MIT": "code: mine"})
    badge = runner.folder / "fair.svg"
    done = runner.run("Check", path="one\ntwo\n", assess="true", badge=str(badge), fail_on="note")
    assert done.outputs["exit-code"] == "1"
    assert "two/fairport.yaml" in done.log
    assert "FAIR assessment: toy-recast" in done.summary
    assert done.outputs.get("badge", "") == (str(badge) if badge.exists() else "")


def test_draft_gets_no_badge_and_passes_all_the_same(runner: Runner) -> None:
    analysis(runner, **{"maturity: archive": "maturity: draft"})
    done = runner.run("Check", path="analysis", badge="fair.svg")
    assert done.code == 0, done.log
    assert "No badge" in done.log
    assert "badge" not in done.outputs


def test_outcome_without_a_check_is_a_failure(runner: Runner) -> None:
    assert runner.run("Outcome", {"exit-code": ""}).code == 3


def test_version_must_be_one(runner: Runner) -> None:
    done = runner.run("Install Fairport", version="1.0 --index-url=https://evil.example")
    assert done.code == 2
    assert "no version" in done.log


@pytest.mark.slow
def test_installs_from_the_commit_of_the_action(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline: the build back end comes from this environment, requirements are left out."""
    step = runner.step("Install Fairport")
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    monkeypatch.setitem(
        step,
        "env",
        {
            **step["env"],
            "FAIRPORT_PIP": "--quiet --no-index --no-deps --no-build-isolation",
            "PYTHONPATH": packages,
        },
    )
    done = runner.run("Install Fairport")
    assert done.code == 0, done.log
    assert "fairport" in done.log
    assert (runner.folder / "GITHUB_PATH").read_text().strip() == str(runner.folder / "fairport-bin")
    assert (runner.folder / "fairport-bin" / "fairport").exists()
