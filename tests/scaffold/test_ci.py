"""The lines that continuous integration runs, taken from the scaffold's own files and run here.

What a forge would bring is faked: installing packages, the GitHub command line and curl. They only note how
they were called; everything else is the real program.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shlex import quote
from typing import Any

import pytest

from fairport.contract.loading import load_yaml

Rendering = Callable[[Path, dict[str, Any]], Path]
TAG = "v0.1.0"
HOSTILE_TAG = "v1';touch pwned;$(touch pwned)`touch pwned`\""

# Installs nothing; makes a virtual environment that is the one of the tests.
PYTHON = """#!/bin/sh
case "$*" in
  "-m pip install "*) for last; do :; done; exec test -f "$last" ;;
  "-m venv "*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; ln -sf python "$3/bin/python3"; exit 0 ;;
esac
exec {python} "$@"
"""
NOTED = """#!/bin/sh
exec {python} -c '
import json, sys
with open(sys.argv[1], "a") as log:
    log.write(json.dumps(sys.argv[2:]) + "\\n")
' {log} {name} "$@"
"""
FAIRPORT = '#!/bin/sh\nexec {python} -m fairport "$@"\n'


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder of programs as a runner of the forge has them."""
    folder = tmp_path / "tools"
    folder.mkdir()
    texts = {"python": PYTHON, "python3": PYTHON, "fairport": FAIRPORT}
    texts |= dict.fromkeys(("gh", "curl", "apt-get"), NOTED)
    for name, text in texts.items():
        content = text.format(python=quote(sys.executable), name=name, log=quote(str(tmp_path / "log")))
        (folder / name).write_text(content, encoding="utf-8")
        (folder / name).chmod(0o755)
    return folder


@pytest.fixture
def made(rendering: Rendering, tmp_path: Path) -> Callable[..., Path]:
    """``made(**answers)``: a committed scaffold, on a branch."""

    def make(**answers: str) -> Path:
        root = rendering(tmp_path / "analysis", {"kind": "generic", **answers})
        identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
        for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "Start"]):
            subprocess.run(["git", *identity, *arguments], cwd=root, check=True)
        return root

    return make


def lines_of(root: Path, job: str) -> list[str]:
    """Return what the job runs, each piece as one script."""
    github = root / ".github" / "workflows" / "fairport.yml"
    if github.is_file():
        steps = load_yaml(github).data["jobs"][job]["steps"]
        return [step["run"] for step in steps if "run" in step]
    entry = load_yaml(root / ".gitlab-ci.yml").data[job]
    return [
        "\n".join(entry.get("before_script", []) + entry["script"]),
        "\n".join(entry.get("after_script", [])),
    ]


def variables_of(root: Path) -> dict[str, str]:
    """Return the variables that the files of the forge give to the job that runs the workflow."""
    github = root / ".github" / "workflows" / "fairport.yml"
    if github.is_file():
        return dict(load_yaml(github).data["jobs"]["run"]["env"])
    return dict(load_yaml(root / ".gitlab-ci.yml").data["run"]["variables"])


def run(root: Path, tools: Path, script: str, tag: str = TAG) -> subprocess.CompletedProcess[str]:
    """Run one piece as the runners of both forges do: bash, ending at the first error."""
    environment = {
        **os.environ,
        **variables_of(root),
        "PATH": f"{tools}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "GITHUB_REF_NAME": tag,
        "GITHUB_REPOSITORY": "my-collaboration/analysis",
        "GH_TOKEN": "token",
        "CI_PROJECT_DIR": str(root),
        "CI_COMMIT_TAG": tag,
        "CI_API_V4_URL": "https://gitlab.example.org/api/v4",
        "CI_PROJECT_ID": "7",
        "CI_JOB_TOKEN": "token",
        "PACKAGE": f"https://gitlab.example.org/api/v4/projects/7/packages/generic/record/{tag}",
    }
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def noted(tools: Path, name: str) -> list[list[str]]:
    log = tools.parent / "log"
    calls = [json.loads(line) for line in log.read_text("utf-8").splitlines()] if log.exists() else []
    return [call[1:] for call in calls if call[0] == name]


@pytest.mark.parametrize("forge", ["github", "gitlab"])
def test_a_fresh_scaffold_passes_its_check(made: Callable[..., Path], tools: Path, forge: str) -> None:
    root = made(forge=forge)
    for script in lines_of(root, "check"):
        done = run(root, tools, script)
        assert done.returncode == 0, (script, done.stdout, done.stderr)
    if forge == "gitlab":
        assert isinstance(json.loads((root / "code-quality.json").read_text("utf-8")), list)


@pytest.mark.parametrize("forge", ["github", "gitlab"])
def test_a_mistake_is_told_where_the_forge_shows_it(
    made: Callable[..., Path], tools: Path, forge: str
) -> None:
    root = made(forge=forge)
    record = (root / "fairport.yaml").read_text("utf-8").replace("search: axion", "search: nothing")
    (root / "fairport.yaml").write_text(record, encoding="utf-8")
    results = [run(root, tools, script) for script in lines_of(root, "check")]
    failed = next(done for done in results if done.returncode)  # the runner stops there
    assert failed.returncode == 1
    if forge == "github":
        assert "::error file=fairport.yaml,line=" in failed.stdout
    else:
        report = json.loads((root / "code-quality.json").read_text("utf-8"))
        assert "fairport.yaml" in {entry["location"]["path"] for entry in report}


@pytest.mark.parametrize("forge", ["github", "gitlab"])
def test_the_run_builds_the_records_and_an_unchanged_example_is_never_published(
    made: Callable[..., Path], tools: Path, forge: str
) -> None:
    root = made(forge=forge)
    for script in lines_of(root, "run"):
        done = run(root, tools, script)
        assert done.returncode == 0, (script, done.stdout, done.stderr)
    assert list(root.glob("results/*/result.yaml"))
    assert list(root.glob("outputs/*.csv"))
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    for arguments in (["add", "-A"], ["commit", "-qm", "Results"]):
        subprocess.run(["git", *identity, *arguments], cwd=root, check=True)
    done = run(root, tools, "\n".join(lines_of(root, "publish")))
    assert done.returncode == 1
    assert "RES018" in done.stdout
    assert noted(tools, "gh") == noted(tools, "curl") == []


@pytest.mark.parametrize("forge", ["github", "gitlab"])
def test_smaller_inputs_are_named_in_one_place(made: Callable[..., Path], tools: Path, forge: str) -> None:
    root = made(forge=forge)
    place = root / (".github/workflows/fairport.yml" if forge == "github" else ".gitlab-ci.yml")
    text = place.read_text("utf-8")
    assert text.count("INPUTS: workflow/inputs.yaml") == 1
    place.write_text(text.replace("workflow/inputs.yaml", "workflow/inputs-small.yaml"), encoding="utf-8")
    inputs = (root / "workflow/inputs.yaml").read_text("utf-8")
    assert "frequencies: 121\n" in inputs
    (root / "workflow/inputs-small.yaml").write_text(
        inputs.replace("frequencies: 121\n", "frequencies: 11\n"), encoding="utf-8"
    )
    for script in (item for item in lines_of(root, "run") if "fairport run" in item):
        done = run(root, tools, "fairport run" + script.partition("fairport run")[2])
        assert done.returncode == 0, (done.stdout, done.stderr)
    (record,) = root.glob("results/*/result.yaml")
    assert load_yaml(record).data["provenance"]["parameters"]["frequencies"] == 11


def without_the_check(root: Path) -> str:
    """Return the lines of the job that publishes, less the check that the example cannot pass."""
    lines = "\n".join(lines_of(root, "publish")).splitlines()
    kept = [line for line in lines if not line.startswith("fairport check --profile release")]
    assert len(kept) == len(lines) - 1
    return "\n".join(kept)


ASSETS = ["SHA256SUMS", "axion-haloscope-search-0.1.0.crate.zip", "ro-crate-metadata.json"]


@pytest.mark.parametrize("tag", [TAG, HOSTILE_TAG])
def test_github_gets_a_release_with_the_record(made: Callable[..., Path], tools: Path, tag: str) -> None:
    root = made(forge="github")
    done = run(root, tools, without_the_check(root), tag)
    assert done.returncode == 0, done.stderr
    (call,) = noted(tools, "gh")
    assert call[:3] == ["release", "create", tag]
    assert sorted(Path(item).name for item in call if item.startswith("dist/")) == ASSETS
    assert not (root / "pwned").exists()


@pytest.mark.parametrize("tag", [TAG, HOSTILE_TAG])
def test_gitlab_gets_a_release_with_the_record(made: Callable[..., Path], tools: Path, tag: str) -> None:
    root = made(forge="gitlab")
    done = run(root, tools, without_the_check(root), tag)
    assert done.returncode == 0, done.stderr
    *uploads, release = noted(tools, "curl")
    assert [call[call.index("--upload-file") + 1] for call in uploads] == [f"dist/{name}" for name in ASSETS]
    assert release[-1] == "https://gitlab.example.org/api/v4/projects/7/releases"
    fields = [release[index + 1] for index, item in enumerate(release) if item == "--data-urlencode"]
    assert fields[0] == f"tag_name={tag}"
    assert [field.split("=")[1] for field in fields if "[name]" in field] == ASSETS
    assert not (root / "pwned").exists()


def test_the_job_for_tags_comes_last_and_alone_may_write(made: Callable[..., Path]) -> None:
    jobs = load_yaml(made(forge="github") / ".github" / "workflows" / "fairport.yml").data["jobs"]
    assert {name for name, job in jobs.items() if "permissions" in job} == {"publish"}
    assert jobs["publish"]["permissions"] == {"contents": "write"}
    assert jobs["publish"]["if"] == "github.ref_type == 'tag'"
    assert set(jobs["publish"]["needs"]) == {"check", "run"}


def test_on_gitlab_only_tags_of_versions_are_published(made: Callable[..., Path]) -> None:
    pipeline = load_yaml(made(forge="gitlab") / ".gitlab-ci.yml").data
    assert pipeline["stages"] == ["check", "run", "publish"]
    assert pipeline["publish"]["rules"] == [{"if": "$CI_COMMIT_TAG =~ /^v/"}]
    assert "@sha256:" in pipeline["default"]["image"]


@pytest.mark.parametrize("forge", ["github", "gitlab"])
@pytest.mark.parametrize("access", ["open access", "restricted access"])
def test_pages_are_published_only_where_numbers_are_public(
    made: Callable[..., Path], forge: str, access: str
) -> None:
    root = made(forge=forge, docs="site", access=access)
    if forge == "github":
        workflow = load_yaml(root / ".github" / "workflows" / "docs.yml").data
        jobs, permissions = workflow["jobs"], workflow["permissions"]
        assert permissions == {"contents": "read"}
        assert ("deploy" in jobs) is (access == "open access")
    else:
        assert ("pages" in load_yaml(root / ".gitlab-ci.yml").data) is (access == "open access")


def test_the_hooks_for_pre_commit_call_what_there_is(
    made: Callable[..., Path], tools: Path, repository: Path
) -> None:
    root = made()
    ours = load_yaml(repository / ".pre-commit-hooks.yaml").data
    local = load_yaml(root / ".pre-commit-config.yaml").data["repos"][0]["hooks"]
    for hook in [*ours, *local]:
        done = run(root, tools, hook["entry"])
        assert done.returncode == 0, (hook["id"], done.stdout, done.stderr)
    status = subprocess.run(
        ["git", "status", "--porcelain"], cwd=root, capture_output=True, text=True, check=True
    )
    assert status.stdout == ""
