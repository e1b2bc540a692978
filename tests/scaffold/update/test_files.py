"""What becomes of files: merged, kept, moved, in conflict; nothing of the user is lost."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from fairport.contract.errors import ConfigurationError, UsageError
from fairport.scaffold.update.model import UpdateReport
from fairport.scaffold.update.updating import update

LINES = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"
T = "template/"


def states(report: UpdateReport) -> dict[str, str]:
    return {change.path: change.state for change in report.files if change.path != ".copier-answers.yml"}


def test_each_state(world) -> None:
    made = world(
        {
            "1.0.0": {f"{T}{name}.txt": LINES for name in "abcdefg"} | {f"{T}src/code.py": "a = 1\n"},
            "1.1.0": {
                f"{T}a.txt": LINES + "eight\n",
                f"{T}b.txt": LINES.replace("one", "ONE"),
                f"{T}c.txt": LINES.replace("four", "template"),
                f"{T}d.txt": None,
                f"{T}e.txt": LINES + "eight\n",
                f"{T}f.txt": None,
                f"{T}new/deep/n.txt": "new\n",
                f"{T}src/code.py": "a = 2\n",
                f"{T}src/more.py": "b = 1\n",
            },
        }
    )
    made.edit(
        {
            "b.txt": LINES.replace("seven", "SEVEN"),
            "c.txt": LINES.replace("four", "mine"),
            "e.txt": None,
            "f.txt": LINES + "mine\n",
            "g.txt": "mine\n",
        }
    )
    made.edit({"plot.png": "x", "new/deep/other.txt": "x"}, commit=False)
    report = update(made.project)
    assert states(report) == {
        "new/deep/n.txt": "new",
        "a.txt": "clean",
        "b.txt": "merged",
        "d.txt": "deleted",
        "c.txt": "conflict",
        "f.txt": "conflict",
        "src/code.py": "user-owned",
        "src/more.py": "user-owned",
        "e.txt": "absent",
    }
    assert report.exit_code == 1
    assert made.read("a.txt") == LINES + "eight\n"
    assert made.read("b.txt") == LINES.replace("one", "ONE").replace("seven", "SEVEN")
    assert made.read("c.txt") == LINES.replace(
        "four\n", "<<<<<<< yours\nmine\n=======\ntemplate\n>>>>>>> template 1.1.0\n"
    )
    assert {c.path: c.line for c in report.conflicts} == {"c.txt": 4, "f.txt": None}
    assert made.read("f.txt") == LINES + "mine\n"
    assert made.read("g.txt") == "mine\n"
    assert made.read("src/code.py") == "a = 1\n"
    assert not (made.project / "src/more.py").exists()
    assert not (made.project / "e.txt").exists()
    assert "_commit: v1.1.0" in made.read(".copier-answers.yml")
    assert {"?? plot.png", "?? new/deep/other.txt", "?? new/deep/n.txt"} <= set(made.status())
    assert not (made.project / ".fairport-update").exists()


def test_the_second_time_nothing_happens(world) -> None:
    made = world({"1.0.0": {f"{T}a.txt": "1\n"}, "1.1.0": {f"{T}a.txt": "2\n"}})
    assert update(made.project).outcome == "updated"
    before = made.snapshot()
    assert update(made.project).outcome == "up-to-date"
    assert made.snapshot() == before


def test_a_dry_run_writes_nothing_and_foretells_the_update(world) -> None:
    made = world({"1.0.0": {f"{T}a.txt": LINES}, "1.1.0": {f"{T}a.txt": LINES + "8\n", f"{T}b.txt": "b\n"}})
    before = made.snapshot()
    foretold = update(made.project, dry_run=True)
    assert foretold.outcome == "dry-run"
    assert made.snapshot() == before
    assert update(made.project).files == foretold.files


def test_across_two_versions_at_once_and_one_by_one(world, tmp_path: Path) -> None:
    versions = {
        "1.0.0": {f"{T}a.txt": LINES},
        "1.1.0": {f"{T}a.txt": LINES.replace("one", "ONE"), f"{T}short.txt": "x\n"},
        "1.2.0": {f"{T}a.txt": LINES.replace("one", "ONE").replace("three", "THREE"), f"{T}short.txt": None},
    }
    made = world(versions)
    made.edit({"a.txt": LINES.replace("six", "SIX")})
    subprocess.run(["cp", "-a", made.project, tmp_path / "other"], check=True)
    assert update(made.project).after == "1.2.0"
    assert update(tmp_path / "other", to="v1.1.0").after == "1.1.0"
    subprocess.run(["git", "commit", "-qam", "x"], cwd=tmp_path / "other", check=True)
    update(tmp_path / "other")
    assert (
        (tmp_path / "other/a.txt").read_text()
        == made.read("a.txt")
        == LINES.replace("one", "ONE").replace("three", "THREE").replace("six", "SIX")
    )
    assert not (made.project / "short.txt").exists()
    assert not (tmp_path / "other/short.txt").exists()


def test_a_path_of_the_user_may_be_included(world) -> None:
    files = {f"{T}src/a.py": LINES, f"{T}notebooks/n.txt": "1\n"}
    made = world({"1.0.0": files, "1.1.0": {f"{T}src/a.py": LINES + "8\n", f"{T}notebooks/n.txt": "2\n"}})
    made.edit({"src/a.py": "zero\n" + LINES})
    report = update(made.project, include=["src"])
    assert states(report) == {"src/a.py": "merged", "notebooks/n.txt": "user-owned"}
    assert made.read("src/a.py") == "zero\n" + LINES + "8\n"


def test_the_template_may_leave_more_paths_to_its_users(world) -> None:
    made = world(
        {
            "1.0.0": {f"{T}notes/a.txt": "1\n"},
            "1.1.0": {f"{T}notes/a.txt": "2\n", f"{T}_shared/migrations.yaml": "owned: [notes/]\n"},
        }
    )
    assert states(update(made.project))["notes/a.txt"] == "user-owned"
    assert made.read("notes/a.txt") == "1\n"


def test_a_prerelease_is_taken_only_by_name(world) -> None:
    made = world({"1.0.0": {f"{T}a.txt": "1\n"}, "1.1.0rc1": {f"{T}a.txt": "2\n"}})
    assert update(made.project).outcome == "up-to-date"
    assert update(made.project, to="1.1.0rc1").outcome == "updated"


def test_no_way_back(world) -> None:
    made = world({"1.0.0": {f"{T}a.txt": "1\n"}, "1.1.0": {f"{T}a.txt": "2\n"}}, at="1.1.0")
    with pytest.raises(UsageError, match=r"template 1\.1\.0 and is not taken back to 1\.0\.0"):
        update(made.project, to="1.0.0")
    with pytest.raises(UsageError, match=r"there is no template 3"):
        update(made.project, to="3")


def test_changes_that_are_not_committed_stop_only_where_they_are_in_the_way(world) -> None:
    made = world({"1.0.0": {f"{T}a.txt": LINES, f"{T}b.txt": LINES}, "1.1.0": {f"{T}a.txt": LINES + "8\n"}})
    made.edit({"b.txt": "mine\n", "README.md": "untracked\n"}, commit=False)
    made.edit({"a.txt": "zero\n" + LINES}, commit=False)
    before = made.snapshot()
    with pytest.raises(ConfigurationError, match="not committed") as caught:
        update(made.project)
    assert caught.value.where == "a.txt"
    assert made.snapshot() == before
    assert update(made.project, dry_run=True).outcome == "dry-run"
    subprocess.run(["git", "commit", "-qm", "a", "a.txt"], cwd=made.project, check=True)
    assert update(made.project).outcome == "updated"
    assert made.read("b.txt") == "mine\n"
    assert made.read("a.txt") == "zero\n" + LINES + "8\n"


def test_an_untracked_file_in_the_way_survives(world) -> None:
    made = world({"1.0.0": {f"{T}a.txt": "1\n"}, "1.1.0": {f"{T}new.txt": "template\n"}})
    made.edit({"new.txt": "mine\n"}, commit=False)
    report = update(made.project)
    assert states(report) == {"new.txt": "conflict", "new.txt.rej": "new"}
    assert made.read("new.txt") == "mine\n"
    assert made.read("new.txt.rej") == "template\n"


def test_both_added_a_file(world) -> None:
    made = world({"1.0.0": {f"{T}a.txt": "1\n"}, "1.1.0": {f"{T}new.txt": "same\ntemplate\n"}})
    made.edit({"new.txt": "same\nmine\n"})
    assert states(update(made.project)) == {"new.txt": "conflict"}
    text = made.read("new.txt")
    assert "mine\n" in text
    assert "template\n" in text
    assert text.startswith("same\n<<<<<<<")


def test_binary_files_are_never_mixed(world) -> None:
    made = world({"1.0.0": {f"{T}a.bin": "\0one"}, "1.1.0": {f"{T}a.bin": "\0two"}})
    made.edit({"a.bin": "\0mine"})
    assert states(update(made.project)) == {"a.bin": "conflict", "a.bin.rej": "new"}
    assert made.read("a.bin") == "\0mine"
    assert made.read("a.bin.rej") == "\0two"


def test_windows_line_ends_are_kept(world) -> None:
    made = world({"1.0.0": {f"{T}a.txt": LINES}, "1.1.0": {f"{T}a.txt": LINES.replace("one", "ONE")}})
    (made.project / "a.txt").write_bytes(LINES.replace("\n", "\r\n").encode())
    made.edit({})
    assert states(update(made.project)) == {"a.txt": "merged"}
    wanted = LINES.replace("one", "ONE").replace("\n", "\r\n").encode()
    assert (made.project / "a.txt").read_bytes() == wanted


def test_links_are_not_followed(world, tmp_path: Path) -> None:
    made = world(
        {
            "1.0.0": {f"{T}a.txt": "1\n", f"{T}deep/b.txt": "1\n"},
            "1.1.0": {f"{T}a.txt": "2\n", f"{T}deep/b.txt": "2\n"},
        }
    )
    outside = tmp_path / "outside"
    (outside / "deep").mkdir(parents=True)
    for name in ("a.txt", "deep/b.txt"):
        (outside / name).write_text("1\n", encoding="utf-8")
        (made.project / name).unlink()
    (made.project / "deep").rmdir()
    (made.project / "a.txt").symlink_to(outside / "a.txt")
    (made.project / "deep").symlink_to(outside / "deep")
    made.edit({})
    assert states(update(made.project)) == {"a.txt": "conflict", "a.txt.rej": "new", "deep/b.txt": "conflict"}
    assert (outside / "a.txt").read_text() == (outside / "deep/b.txt").read_text() == "1\n"
    assert (made.project / "a.txt").is_symlink()


def test_a_folder_or_file_in_the_way_is_left_alone(world) -> None:
    made = world({"1.0.0": {}, "1.1.0": {f"{T}a": "x\n", f"{T}b/c": "x\n"}})
    made.edit({"a/mine.txt": "mine\n", "b": "mine\n"})
    assert states(update(made.project)) == {"a": "conflict", "b/c": "conflict"}
    assert made.read("a/mine.txt") == made.read("b") == "mine\n"


def test_executable_bits(world) -> None:
    made = world({"1.0.0": {f"{T}run.sh": "1\n", f"{T}mine.sh": LINES}})
    (made.template / T / "run.sh").chmod(0o755)
    (made.template / T / "mine.sh").write_text(LINES + "8\n", encoding="utf-8")
    for command in (["add", "."], ["commit", "-qm", "x"], ["tag", "v1.1.0"]):
        subprocess.run(["git", *command], cwd=made.template, check=True)
    (made.project / "mine.sh").chmod(0o755)
    made.edit({})
    assert states(update(made.project)) == {"mine.sh": "merged", "run.sh": "clean"}
    assert os.access(made.project / "run.sh", os.X_OK)
    assert os.access(made.project / "mine.sh", os.X_OK)
    assert made.read("mine.sh") == LINES + "8\n"


def test_hostile_names(world) -> None:
    names = ["a b.txt", "ünï.txt", "'q'.txt", "-dash.txt", "$(x).txt", "new\nline.txt", ":colon.txt"]
    made = world({"1.0.0": {T + n: LINES for n in names}, "1.1.0": {T + n: LINES + "8\n" for n in names}})
    made.edit(dict.fromkeys(names, "zero\n" + LINES))
    assert states(update(made.project)) == dict.fromkeys(names, "merged")
    assert all(made.read(name) == "zero\n" + LINES + "8\n" for name in names)


def test_outside_git_and_before_the_first_commit(world, tmp_path: Path) -> None:
    made = world({"1.0.0": {f"{T}a.txt": "1\n"}, "1.1.0": {f"{T}a.txt": "2\n"}})
    subprocess.run(["rm", "-rf", made.project / ".git"], check=True)
    with pytest.raises(ConfigurationError, match="needs git"):
        update(made.project)
    subprocess.run(["git", "init", "-q"], cwd=made.project, check=True)
    with pytest.raises(ConfigurationError, match="nothing of this repository is committed"):
        update(made.project)
    assert made.read("a.txt") == "1\n"


def test_below_the_top_of_another_repository(world, tmp_path: Path) -> None:
    made = world({"1.0.0": {f"{T}a.txt": "1\n"}, "1.1.0": {f"{T}a.txt": "2\n"}})
    subprocess.run(["rm", "-rf", made.project / ".git"], check=True)
    subprocess.run(
        "git init -q . && git add project && git commit -qm x", shell=True, cwd=tmp_path, check=True
    )
    assert update(made.project).outcome == "updated"
    assert made.read("a.txt") == "2\n"


def test_no_answers_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not made from a template"):
        update(tmp_path)
    with pytest.raises(UsageError, match="no such folder"):
        update(tmp_path / "missing")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("_src_path: ext::sh -c id", "is refused"),
        ("_src_path: --upload-pack=id", "is refused"),
        ("_src_path: /no/such/place", "cannot be reached"),
        ("_src_path: 1", "does not say which template"),
        ("_commit:", "does not say which template"),
        ("_commit: v0.0.1", "is not known here"),
        ("_commit: v9.0.0", "newer than any"),
    ],
)
def test_a_template_out_of_reach(world, line: str, text: str) -> None:
    made = world({"1.0.0": {f"{T}a.txt": "1\n"}, "1.1.0": {f"{T}a.txt": "2\n"}})
    key = line.split(":", 1)[0]
    lines = [line if old.startswith(key) else old for old in made.read(".copier-answers.yml").splitlines()]
    made.edit({".copier-answers.yml": "\n".join(lines) + "\n"})
    before = made.snapshot()
    with pytest.raises((ConfigurationError, UsageError), match=text):
        update(made.project)
    assert made.snapshot() == before


def test_a_template_without_tags(world) -> None:
    made = world({"1.0.0": {f"{T}a.txt": "1\n"}})
    subprocess.run(["git", "tag", "-d", "v1.0.0"], cwd=made.template, check=True)
    with pytest.raises(ConfigurationError, match="no released version"):
        update(made.project)


def test_a_template_that_runs_code_is_refused(world) -> None:
    made = world(
        {
            "1.0.0": {f"{T}a.txt": "1\n"},
            "1.1.0": {"copier.yml": "_subdirectory: template\n_tasks: [touch x]\n"},
        }
    )
    before = made.snapshot()
    with pytest.raises(ConfigurationError, match="wants to run code"):
        update(made.project)
    assert made.snapshot() == before


def test_a_template_taken_at_a_commit_without_tags(world) -> None:
    """As plain Copier records it for a local checkout of Fairport: releases stand in a file, not in tags."""
    made = world({"1.0.0": {f"{T}a.txt": LINES}, "1.1.0": {f"{T}a.txt": LINES + "8\n"}})
    commits = {
        tag: subprocess.run(
            ["git", "rev-parse", tag], cwd=made.template, capture_output=True, text=True, check=True
        ).stdout.strip()
        for tag in ("v1.0.0", "v1.1.0")
    }
    subprocess.run(["git", "tag", "-d", *commits], cwd=made.template, check=True)
    lines = [f'[[release]]\nversion = "{tag[1:]}"\ncommit = "{commit}"\n' for tag, commit in commits.items()]
    (made.template / "template-releases.toml").write_text("\n".join(lines), encoding="utf-8")
    subprocess.run("git add . && git commit -qm releases", shell=True, cwd=made.template, check=True)
    quoted = f'"{commits["v1.0.0"][:9]}"'  # nine digits would be a number
    answers = made.read(".copier-answers.yml").replace("v1.0.0", quoted)
    made.edit({".copier-answers.yml": answers, "a.txt": "zero\n" + LINES})
    report = update(made.project)
    assert (report.before, report.after) == (commits["v1.0.0"][:9], "1.1.0")
    assert made.read("a.txt") == "zero\n" + LINES + "8\n"


def test_a_reject_of_an_earlier_update_stays(world) -> None:
    made = world(
        {"1.0.0": {f"{T}a.bin": "\0one"}, "1.1.0": {f"{T}a.bin": "\0two"}, "1.2.0": {f"{T}a.bin": "\0three"}}
    )
    made.edit({"a.bin": "\0mine"})
    update(made.project, to="1.1.0")
    made.edit({})
    update(made.project)
    assert made.read("a.bin") == "\0mine"
    assert (made.read("a.bin.rej"), made.read("a.bin.1.rej")) == ("\0two", "\0three")


def test_tags_without_a_letter_are_recorded_as_they_are(world) -> None:
    made = world({"1.0.0": {f"{T}a.txt": "1\n"}, "1.1.0": {f"{T}a.txt": "2\n"}})
    for version in ("1.0.0", "1.1.0"):
        subprocess.run(["git", "tag", version, f"v{version}"], cwd=made.template, check=True)
        subprocess.run(["git", "tag", "-d", f"v{version}"], cwd=made.template, check=True)
    made.edit({".copier-answers.yml": made.read(".copier-answers.yml").replace("v1.0.0", "1.0.0")})
    assert update(made.project).outcome == "updated"
    assert "_commit: 1.1.0\n" in made.read(".copier-answers.yml")
    made.edit({})
    assert update(made.project).outcome == "up-to-date"
