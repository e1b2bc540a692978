"""Fairport's own released templates: made with an old one, edited, updated to the one of this checkout."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from fairport.check.options import Options
from fairport.check.session import check_paths
from fairport.cli.main import main
from fairport.contract.constants import TEMPLATE_URL
from fairport.scaffold import releases
from fairport.scaffold.questions import load_questions, template_version
from fairport.scaffold.releases import open_releases
from fairport.scaffold.render import render
from fairport.scaffold.sync import sync
from fairport.scaffold.update.merging import OWNED, is_owned
from fairport.scaffold.update.updating import update

ROOT = Path(__file__).resolve().parents[3]
KINDS = list(load_questions()["kind"].choices.values())
NEXT = "99.0.0"


def _listed() -> list[dict[str, str]]:
    found: list[dict[str, str]] = tomllib.loads((ROOT / "template-releases.toml").read_text("utf-8"))[
        "release"
    ]
    return found


@pytest.fixture(scope="session")
def checkout(whole_history: None, tmp_path_factory: pytest.TempPathFactory, git, write) -> Path:
    """A small checkout with every released template, and the present one as the next release."""
    if not (ROOT / ".git").exists():
        pytest.skip("no git history here (an unpacked sdist)")
    root = tmp_path_factory.mktemp("fairport")
    git(root, "init", "--quiet")
    lines = []
    for entry in _listed():
        for name in ("copier.yml", "template"):
            if (root / name).is_dir():
                shutil.rmtree(root / name)
        archive = subprocess.run(
            ["git", "archive", entry["commit"], "copier.yml", "template"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        subprocess.run(["tar", "-x"], cwd=root, input=archive.stdout, check=True)
        git(root, "add", "--all", "--force")
        git(root, "commit", "--quiet", "--message", entry["version"])
        lines.append(
            f'[[release]]\nversion = "{entry["version"]}"\ncommit = "{git(root, "rev-parse", "HEAD")}"\n'
        )
    shutil.rmtree(root / "template")
    shutil.copytree(ROOT / "template", root / "template", ignore=shutil.ignore_patterns("__pycache__"))
    current = f'default: "{template_version(ROOT)}"'
    text = (ROOT / "copier.yml").read_text("utf-8")
    assert text.count(current) == 1
    write(
        root,
        {
            "copier.yml": text.replace(current, f'default: "{NEXT}"'),
            "template-releases.toml": "\n".join(lines),
        },
    )
    git(root, "add", "--all", "--force")
    git(root, "commit", "--quiet", "--message", "next")
    return root


@pytest.fixture
def own(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(releases, "template_root", lambda: checkout)
    return checkout


def _edit(folder: Path, write) -> None:
    """What users do: describe their analysis, change texts, add and change files."""
    edits: dict[str, Callable[[str], str]] = {
        "README.md": lambda text: text.rstrip("\n") + "\n\n## My own section\n\nText.\n",
        "CONTRIBUTING.md": lambda text: text.rstrip("\n") + "\n\nAsk me first.\n",
        ".gitignore": lambda text: "/scratch/\n" + text,
        "fairport.yaml": lambda text: text.replace("given_names: Alex", "given_names: Ada Maria", 1),
    }
    for name, change in edits.items():
        path = folder / name
        path.write_text(change(path.read_text("utf-8")), encoding="utf-8")
    write(folder, {"docs/mine.md": "mine\n", "scratch/plot.png": "x"})
    sync(folder)


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


@pytest.mark.parametrize("version", [entry["version"] for entry in _listed()])
@pytest.mark.parametrize("kind", KINDS)
def test_an_edited_repository_becomes_a_fresh_one_with_the_edits(
    own: Path, tmp_path: Path, kind: str, version: str, git, write, make_project
) -> None:
    project = make_project(TEMPLATE_URL, tmp_path / "project", version, {"kind": kind}, kind)
    _edit(project, write)
    (package,) = (path for path in (project / "src").iterdir() if path.is_dir())
    write(project, {f"src/{package.name}/mine.py": "x = 1\n", "results/README.md": "mine\n"})
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "mine")
    old = _tree(project)
    report = update(project)
    assert (report.before, report.after, report.outcome) == (version, NEXT, "updated")
    assert report.conflicts == ()
    assert {item.how for item in report.answers} <= {"new", "renamed", "migrated"}

    answers = {change.name: change.after for change in report.answers}
    fresh = make_project(TEMPLATE_URL, tmp_path / "fresh", NEXT, {"kind": kind, **answers}, kind)
    _edit(fresh, write)
    new, wanted = _tree(project), _tree(fresh)
    new[".copier-answers.yml"] = b"".join(
        line for line in new[".copier-answers.yml"].splitlines(keepends=True) if b"Not a released" not in line
    )
    theirs = {path for path in old.keys() | wanted.keys() if is_owned(path, OWNED)}
    assert {p: new[p] for p in new.keys() - theirs} == {p: wanted[p] for p in wanted.keys() - theirs}
    assert {p: new.get(p) for p in theirs} == {p: old.get(p) for p in theirs}
    findings = check_paths([project], Options())
    assert findings.exit_code() == 0, [f.message for f in findings.findings if f.status == "fail"]
    assert sync(project, check=True).drifted == ()
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "update")
    assert update(project).outcome == "up-to-date"
    assert git(project, "status", "--porcelain") == ""


def test_one_made_by_cookiecutter_is_updated_the_same_way(own: Path, tmp_path: Path, git) -> None:
    version = template_version(ROOT)
    subprocess.run(
        [
            "cookiecutter",
            "--no-input",
            "--output-dir",
            str(tmp_path),
            str(ROOT),
            "title=My search",
            "kind=generic",
        ],
        check=True,
        capture_output=True,
        env=_path_of_this_python(),
    )
    project = tmp_path / "my-search"
    text = (project / ".copier-answers.yml").read_text("utf-8")
    assert f"_commit: v{version}\n_src_path: {TEMPLATE_URL}\n" in text
    git(project, "init", "--quiet")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "start")
    other = tmp_path / "other"
    answers = {name: value for name, value in yaml.safe_load(text).items() if name[0] != "_"}
    render(other, answers, template=ROOT, version=version)
    git(other, "init", "--quiet")
    for folder in (project, other):
        path = folder / "CONTRIBUTING.md"
        path.write_text(path.read_text("utf-8") + "\nAsk me.\n", encoding="utf-8")
        git(folder, "add", "--all")
        git(folder, "commit", "--quiet", "--message", "mine")
        assert update(folder).outcome == "updated"
    assert _tree(project) == _tree(other)
    assert (project / "CONTRIBUTING.md").read_text("utf-8").endswith("\nAsk me.\n")
    assert f"_commit: v{NEXT}" in (project / ".copier-answers.yml").read_text("utf-8")


def _path_of_this_python() -> dict[str, str]:
    import os
    import sys

    return {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


def test_the_command_tells_in_words_and_in_json(
    own: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], git, make_project
) -> None:
    import json

    from fairport.contract.schemas import validate

    first = _listed()[0]["version"]
    project = make_project(TEMPLATE_URL, tmp_path / "project", first, {"kind": "direct"}, "direct")
    assert main(["update", str(project), "--dry-run", "--diff"]) == 0
    out = capfd.readouterr().out
    assert f"Would update {first} -> {NEXT}" in out
    assert f"+_commit: v{NEXT}" in out
    assert main(["update", str(project), "--dry-run", "--format", "json"]) == 0
    document = json.loads(capfd.readouterr().out)
    assert validate("update", document) == []
    assert document["outcome"] == "dry-run"
    assert document["check"] is None
    assert git(project, "status", "--porcelain") == ""
    assert main(["update", str(project), "--format", "json"]) == 0
    document = json.loads(capfd.readouterr().out)
    assert validate("update", document) == []
    assert (document["outcome"], document["template"]["after"]) == ("updated", NEXT)
    assert document["check"]["summary"]["error"] == 0
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "update")
    assert main(["update", str(project), "--to", first]) == 2
    assert "is not taken back" in capfd.readouterr().err


def test_conflicts_are_findings_until_they_are_solved(
    own: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], git, make_project
) -> None:
    first = _listed()[0]["version"]
    project = make_project(TEMPLATE_URL, tmp_path / "project", first, {"kind": "generic"}, "generic")
    path = project / "environment/fairport.txt"
    path.write_text(path.read_text("utf-8").replace(f"=={first}", "==0.0.7"), encoding="utf-8")
    git(project, "commit", "--quiet", "--all", "--message", "mine")
    assert main(["update", str(project)]) == 1
    out = capfd.readouterr().out
    assert "conflict   environment/fairport.txt:2  (1 conflict)" in out
    assert "1 conflict for you to solve" in out
    assert "REPO008" in out
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "unsolved")
    assert main(["check", str(project)]) == 1
    path.write_text("fairport==0.0.7\n", encoding="utf-8")
    assert main(["check", str(project)]) == 0


def test_every_listed_release_is_there_and_says_its_version(whole_history: None, git) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("no git history here (an unpacked sdist)")
    with open_releases(TEMPLATE_URL) as found:
        assert found.missing == (), "git fetch --unshallow"
        assert [entry["version"] for entry in _listed()] == list(found.commits)
        for version, commit in found.commits.items():
            text = git(ROOT, "show", f"{commit}:copier.yml")
            assert f'default: "{version}"' in text
