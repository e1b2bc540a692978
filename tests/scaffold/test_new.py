"""`new`: the repository is there as a whole or not at all, with git or without."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fairport.cli.main import main
from fairport.contract.errors import FairportError, RefusedError, UsageError
from fairport.scaffold import place
from fairport.scaffold.new import new
from fairport.scaffold.questions import template_version
from fairport.scaffold.repository import FALLBACK_NAME


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


def _leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if ".new-" in path.name or path.name == place.STAGE]


def test_a_new_repository_is_committed_and_clean(tmp_path: Path) -> None:
    report = new(tmp_path / "made", suggestions={"created": "2026-11-22"})
    assert report.git.committed
    assert report.git.note is None
    assert _git(report.path, "status", "--porcelain") == ""
    message = f"Test Person Start from the Fairport template {template_version()}"
    assert _git(report.path, "log", "--format=%an %s") == message
    assert len(_git(report.path, "ls-files").splitlines()) == report.files
    assert report.answers["created"] == "2026-11-22"
    assert "\nCopyright (c) 2026 " in (report.path / "LICENSE").read_text("utf-8")
    assert report.path.stat().st_mode & 0o777 == 0o777 & ~_umask()
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_the_public_template_is_recorded(tmp_path: Path) -> None:
    text = (new(tmp_path / "made").path / ".copier-answers.yml").read_text("utf-8")
    assert f"\n_commit: v{template_version()}\n_src_path: https://github.com/" in text
    assert "/tmp" not in text


@pytest.mark.parametrize("name", ["with space", "ünï 'quoted' \"twice\"", "-dash", "$(x)`y`;&|", "a" * 200])
def test_hostile_places(tmp_path: Path, name: str) -> None:
    report = new(tmp_path / name / "deeper" / name)
    assert report.git.committed
    assert (tmp_path / name / "deeper" / name / "fairport.yaml").is_file()


def test_the_folder_is_named_by_the_identifier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert new(data={"title": "My own search"}).path == tmp_path / "my-own-search"
    with pytest.raises(UsageError, match="already something"):
        new(data={"title": "My own search"})
    assert [path.name for path in tmp_path.iterdir()] == ["my-own-search"]


def test_the_current_folder_stays_the_same_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before = tmp_path.stat().st_ino
    report = new(Path())
    assert Path.cwd().stat().st_ino == before
    assert report.git.committed
    assert _git(tmp_path, "status", "--porcelain") == ""
    assert not _leftovers(tmp_path)


def test_a_fresh_clone_is_filled_and_left_to_the_user(tmp_path: Path) -> None:
    _git(tmp_path, "init", "--quiet")
    report = new(tmp_path)
    assert not report.git.committed
    assert "?? fairport.yaml" in _git(tmp_path, "status", "--porcelain")


def test_a_folder_with_content_is_refused_and_unchanged(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="not empty") as caught:
        new(tmp_path)
    assert "mine.txt" in str(caught.value.why)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="not a folder"):
        new(tmp_path / "file", overwrite=True)


def test_overwrite_replaces_only_files_of_the_same_names(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "README.md").write_text("old", encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "big.csv").write_text("1,2", encoding="utf-8")
    report = new(tmp_path, overwrite=True)
    assert (tmp_path / "mine.txt").read_text("utf-8") == "mine"
    assert (tmp_path / "data" / "big.csv").read_text("utf-8") == "1,2"
    assert "How to run it" in (tmp_path / "README.md").read_text("utf-8")
    assert not report.git.committed
    assert not (tmp_path / ".git").exists()
    assert not _leftovers(tmp_path)


def _snapshot(folder: Path) -> dict[str, str | None]:
    return {
        str(path.relative_to(folder)): None if path.is_dir() else path.read_text("utf-8")
        for path in folder.rglob("*")
    }


@pytest.mark.parametrize("moves", [1, 7, 30])
def test_an_error_in_the_middle_restores_the_old_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moves: int
) -> None:
    folder = _old_folder(tmp_path)
    before = _snapshot(folder)
    left = iter(range(moves))
    original = os.replace

    def replace(source: str | Path, target: str | Path) -> None:
        if "tree" in Path(source).parts and next(left, None) is None:
            raise OSError(28, "No space left on device", str(target))
        original(source, target)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(FairportError, match="nothing was changed") as caught:
        new(folder, overwrite=True)
    assert caught.value.why == "No space left on device"
    assert _snapshot(folder) == before


def _old_folder(parent: Path) -> Path:
    folder = parent / "old"
    (folder / "data").mkdir(parents=True)
    for name in ("README.md", "LICENSE", "fairport.yaml", "data/manifest.yaml", "mine.txt"):
        (folder / name).write_text(f"old {name}", encoding="utf-8")
    return folder


KILLED = """
import os, signal, sys
from pathlib import Path
from fairport.scaffold.new import new
count = 0
original = os.replace
def replace(source, target):
    global count
    if "tree" in Path(source).parts:
        count += 1
        if count == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
    original(source, target)
os.replace = replace
new(Path(sys.argv[1]), overwrite=True)
"""


@pytest.mark.parametrize("moves", [2, 20])
def test_a_kill_in_the_middle_is_undone_by_the_next_call(tmp_path: Path, moves: int) -> None:
    folder = _old_folder(tmp_path)
    before = _snapshot(folder)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(folder), str(moves)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert _snapshot(folder) != before
    with pytest.raises(UsageError, match="not empty"):
        new(folder)
    assert _snapshot(folder) == before


def test_a_kill_while_rendering_leaves_no_destination(tmp_path: Path) -> None:
    script = (
        "import os, signal, fairport.scaffold.new as n\nfrom pathlib import Path\n"
        "n.start = lambda *a: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"n.new(Path({str(tmp_path / 'made')!r}))\n"
    )
    killed = subprocess.run([sys.executable, "-c", script], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert not (tmp_path / "made").exists()
    assert new(tmp_path / "made").git.committed


def test_two_calls_at_once_in_one_folder(tmp_path: Path) -> None:
    folder = _old_folder(tmp_path)
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        (folder / place.STAGE).mkdir()
        (folder / place.STAGE / "pid").write_text(str(sleeper.pid), encoding="utf-8")
        with pytest.raises(UsageError, match="at work"):
            new(folder, overwrite=True)
        assert (folder / place.STAGE / "pid").exists()
    finally:
        sleeper.kill()
        sleeper.wait()
    assert new(folder, overwrite=True).files > 20


def test_a_link_that_leads_outside_is_refused(tmp_path: Path) -> None:
    folder, outside = _old_folder(tmp_path), tmp_path / "outside"
    outside.mkdir()
    (folder / "src").symlink_to(outside, target_is_directory=True)
    with pytest.raises(RefusedError, match="outside"):
        new(folder, overwrite=True)
    assert not list(outside.iterdir())
    assert (folder / "README.md").read_text("utf-8") == "old README.md"


def test_a_linked_file_is_replaced_not_followed(tmp_path: Path) -> None:
    folder, outside = _old_folder(tmp_path), tmp_path / "outside.md"
    outside.write_text("not mine", encoding="utf-8")
    (folder / "README.md").unlink()
    (folder / "README.md").symlink_to(outside)
    new(folder, overwrite=True)
    assert outside.read_text("utf-8") == "not mine"
    assert not (folder / "README.md").is_symlink()


def test_a_folder_in_the_place_of_a_file_is_refused(tmp_path: Path) -> None:
    folder = _old_folder(tmp_path)
    (folder / "reana.yaml").mkdir()
    with pytest.raises(RefusedError, match="a folder stands"):
        new(folder, overwrite=True)


def test_a_bad_answer_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        new(tmp_path / "made", data={"title": "x"})
    assert not list(tmp_path.iterdir())


def test_the_kind_is_an_answer_with_an_option_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="two kinds"):
        new(tmp_path / "made", kind="indirect", data={"kind": "direct"})
    with pytest.raises(UsageError, match='the answer to "example" cannot be used: for direct searches'):
        new(tmp_path / "made", kind="indirect", data={"example": "xenon1t"})
    assert new(tmp_path / "made", kind="generic", data={"kind": "generic"}).answers["kind"] == "generic"


def test_answers_given_directly_go_before_the_file(tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text("title: From the file\nexperiment: Mine\n", encoding="utf-8")
    report = new(tmp_path / "made", data_file=path, data={"title": "From the call"})
    assert report.answers["title"] == "From the call"
    assert report.answers["experiment"] == "Mine"


def test_without_an_identity_the_commit_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("HOME", str(tmp_path))
    report = new(tmp_path / "made")
    assert report.git.committed
    assert FALLBACK_NAME in str(report.git.note)
    assert _git(report.path, "log", "--format=%an") == FALLBACK_NAME


def test_without_git_there_are_files_and_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    report = new(tmp_path / "made")
    assert not report.git.committed
    assert "not installed" in str(report.git.note)
    assert (report.path / "fairport.yaml").is_file()


def test_a_failing_git_is_told_and_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    script = tools / "git"
    script.write_text("#!/bin/sh\necho 'fatal: it is broken' >&2\nexit 128\n", encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:/bin:/usr/bin")
    report = new(tmp_path / "made")
    assert "it is broken" in str(report.git.note)
    assert (report.path / "fairport.yaml").is_file()


def test_inside_another_repository_unless_it_is_ignored(tmp_path: Path) -> None:
    _git(tmp_path, "init", "--quiet")
    (tmp_path / ".gitignore").write_text("/build/\n", encoding="utf-8")
    assert "lies in the git repository" in str(new(tmp_path / "inside").git.note)
    assert not (tmp_path / "inside" / ".git").exists()
    assert new(tmp_path / "build" / "demo").git.committed


def test_git_settings_of_the_caller_do_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other"
    other.mkdir()
    _git(other, "init", "--quiet")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    assert new(tmp_path / "made").git.committed
    assert (tmp_path / "made" / ".git").is_dir()


def test_nothing_is_left_in_the_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", None)
    new(tmp_path / "made")
    assert not list(temporary.iterdir())


def test_the_command(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    arguments = ["new", str(tmp_path / "made"), "--defaults", "--data", "title=A = b", "--kind", "direct"]
    assert main(arguments) == 0
    out = capfd.readouterr().out
    assert "first commit" in out
    assert f"cd {tmp_path}/made" in out
    assert 'title: "A = b"' in (tmp_path / "made" / "fairport.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--data", "titel=x"], 'did you mean "title"?'),
        (["--data", "title"], "NAME=VALUE"),
        (["--data", "title=one thing", "--data", "title=another"], "twice"),
        (["--data", "forge=sourceforge"], "choose one of: github, gitlab, none"),
        (["--data-file", "missing.yaml"], "does not exist"),
        (["--kind", "axion"], "choose one of: direct"),
    ],
)
def test_a_wrong_call_ends_with_2(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], text: str
) -> None:
    assert main(["new", str(tmp_path / "made"), "--defaults", *arguments]) == 2
    assert text in capfd.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_tree_from_plain_copier_is_the_same(
    tmp_path: Path, content_of: Callable[[Path], dict[str, bytes]], repository: Path
) -> None:
    template = tmp_path / "template"
    template.mkdir()
    shutil.copy(repository / "copier.yml", template)
    shutil.copytree(repository / "template", template / "template")
    subprocess.run(
        [sys.executable, "-m", "copier", "copy", "--quiet", "--defaults", template, tmp_path / "plain"],
        check=True,
    )
    ours, plain = content_of(new(tmp_path / "ours").path), content_of(tmp_path / "plain")
    assert {name for name in plain if plain[name] != ours.get(name)} == {".copier-answers.yml"}
    assert set(ours) == set(plain)
