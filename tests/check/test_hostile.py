"""Repositories that mean harm: bounded time, nothing executed, a finding or a clear error for each."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import stat
import subprocess
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from fairport.check.options import Options
from fairport.check.report import Report
from fairport.check.reporters import FORMATS, render
from fairport.check.session import check_paths
from fairport.contract.schemas import validate

Maker = Callable[..., Path]
SECONDS = 20
"""Far above what any case needs on a loaded machine; a hang or a blow-up goes past it."""


def checked(root: Path) -> Report:
    started = time.monotonic()
    report = check_paths([root], Options(today=date(2026, 11, 22)))
    assert time.monotonic() - started < SECONDS
    assert not [item for target in report.targets for item in target.internal]
    for fmt in FORMATS:
        render(report, fmt).encode("utf-8")
    assert validate("report", json.loads(render(report, "json"))) == []
    return report


def rules(report: Report, path: str) -> set[str]:
    return {item.rule for item in report.findings if item.path == path and item.status == "fail"}


def test_links_that_leave_the_repository(make_repository: Maker, tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text("token: very-secret-content\n", "utf-8")
    root = make_repository()
    (root / "data" / "manifest.yaml").unlink()
    (root / "data" / "manifest.yaml").symlink_to(secret)
    (root / "loop").symlink_to("loop")
    (root / "up").symlink_to("..")
    report = checked(root)
    assert rules(report, "data/manifest.yaml") == {"REPO011"}
    assert rules(report, "loop") == {"REPO011"}
    assert "very-secret-content" not in render(report, "json")


def test_folder_link_in_a_tracked_path(make_repository: Maker, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "limit.py").write_text("very-secret-content = 1\n", "utf-8")
    root = make_repository()
    git(root, "init", "-q")
    git(root, "add", "-A")
    for name in ("limit.py", "__init__.py"):
        (root / "src" / "recast" / name).unlink()
    (root / "src" / "recast").rmdir()
    (root / "src" / "recast").symlink_to(outside)
    report = checked(root)
    assert "REPO011" in rules(report, "src/recast/limit.py")


def test_pipe_and_socket_do_not_hang(make_repository: Maker) -> None:
    root = make_repository()
    for name in ("fairport.yaml", "reana.yaml", "README.md"):
        (root / name).unlink()
        os.mkfifo(root / name)
    report = checked(root)
    assert rules(report, "fairport.yaml") >= {"META001", "REPO011"}
    assert rules(report, "README.md") >= {"REPO002"} or rules(report, "README.md") == {"REPO011"}


ALIAS_BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join(['*' + old] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
BAD_TEXTS = {
    "alias bomb": ALIAS_BOMB.encode(),
    "deep nesting": b"a: " + b"[" * 50_000,
    "deep mapping": ("".join("  " * depth + "k:\n" for depth in range(300))).encode(),
    "not UTF-8": b"title: \xff\xfe\n",
    "NUL": b"title: a\0b\n",
    "control characters": b"title: \x1b[31mred\x07\n",
    "tabs": b"a:\n\tb: 1\n",
    "two documents": b"a: 1\n---\nb: 2\n",
    "python tag": b"a: !!python/object/apply:os.system ['touch /tmp/fairport-was-here']\n",
    "huge": b"title: " + b"x" * 6_000_000,
    "huge number": b"a: " + b"9" * 100_000 + b"\n",
    "list": b"- 1\n- 2\n",
    "empty": b"",
    "recursive alias": b"a: &a\n  b: *a\n",
    "merge key": b"a: &a {x: 1}\nb:\n  <<: *a\n",
    "null keys": b"~: 1\n? [a]\n: 2\n",
    "unknown keys": ("".join(f"k{number}: {number}\n" for number in range(20_000))).encode(),
}
DOCUMENTS = {
    "fairport.yaml": {"META001", "META003"},
    "data/manifest.yaml": {"DATA001"},
    "workflow/main.cwl": {"WF001"},
    "workflow/inputs.yaml": {"WF005", "DATA006"},
    "reana.yaml": {"WF003"},
    "results/si/result.yaml": {"RES001"},
    "CITATION.cff": {"META001", "META020"},
}


@pytest.mark.parametrize("path", DOCUMENTS)
def test_hostile_yaml(path: str, make_repository: Maker) -> None:
    root = make_repository()
    for name, content in BAD_TEXTS.items():
        (root / path).write_bytes(content)
        report = checked(root)
        if (name, path) == ("empty", "workflow/inputs.yaml"):
            continue
        assert rules(report, path) & DOCUMENTS[path], name
        if path != "workflow/inputs.yaml":
            assert report.exit_code() == 1, name
    assert not Path("/tmp/fairport-was-here").exists()


@pytest.mark.parametrize(
    "path", ["codemeta.json", ".zenodo.json", "ro-crate-metadata.json", "data/manifest.lock.json"]
)
def test_hostile_json(path: str, make_repository: Maker) -> None:
    root = make_repository()
    for content in (
        b"[" * 100_000,
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b"\xff",
        b"",
        b"{" * 10,
        b'"text"',
        b'{"@graph": [1, null, [], {"@id": 5}], "creators": 5, "author": {"x": []}, "datasets": {"a": 1}}',
        b'{"a": 1e999}',
    ):
        (root / path).write_bytes(content)
        assert rules(checked(root), path), content[:20]


def test_hostile_tables(make_repository: Maker) -> None:
    root = make_repository()
    for content in (
        b"",
        b"\n\n\n",
        b"mass,limit\n",
        b"\xff\xfe\n",
        b"mass,mass\n1,2\n",
        b'mass,"limit\n1,2\n',
        b"mass,limit,p2.5,p16,p50,p84,p97.5\n" + b"nan,inf,-inf,,,,\n" * 2000,
        b"," * 200_000,
    ):
        (root / "results/si/si.csv").write_bytes(content)
        report = checked(root)
        assert report.exit_code() == 1


def test_hostile_regular_expression_input(make_repository: Maker) -> None:
    root = make_repository()
    (root / "README.md").write_text(
        "[" * 400_000 + "(" * 100_000 + "a://b:" * 50_000 + "\n" + "# " * 100_000, "utf-8"
    )
    (root / "config.py").write_text(
        "password = '" + "a" * 500_000 + "\n" + "eyJ" * 200_000 + "token" * 100_000, "utf-8"
    )
    (root / "environment/requirements.txt").write_text("a\\\n" * 100_000 + "x" * 300_000, "utf-8")
    (root / "environment/Containerfile").write_text("FROM " + "a/" * 200_000, "utf-8")
    checked(root)


def test_hostile_globs(make_repository: Maker) -> None:
    stars = "**/" * 60 + "*a" * 60
    root = make_repository(
        {
            "fairport.yaml": f"results: '{stars}'\nwaivers:\n"
            f"  - {{rule: META008, reason: a long enough reason, path: '{stars}'}}\n",
            "a/" * 40 + "b" * 100: "x\n",
        }
    )
    checked(root)


def test_names_with_control_characters(make_repository: Maker) -> None:
    root = make_repository()
    name = "evil\x1b[2J\nerror\u202e.md"
    (root / name).write_text("[a](missing.md)\n", "utf-8")
    (root / os.fsdecode(b"bad\xff.cwl")).write_text("class: Nothing\n", "utf-8")
    report = checked(root)
    for fmt in FORMATS:
        text = render(report, fmt)
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "\udcff" not in text


def test_many_files(make_repository: Maker) -> None:
    root = make_repository()
    for number in range(100):
        folder = root / "many" / str(number)
        folder.mkdir(parents=True)
        for other in range(100):
            (folder / f"{other}.txt").write_text("x\n", "utf-8")
    assert checked(root).exit_code() == 0


def git(root: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments],
        cwd=root,
        check=True,
        capture_output=True,
    )


def test_nothing_that_git_is_configured_to_run(make_repository: Maker, tmp_path: Path) -> None:
    witness = tmp_path / "executed"
    script = tmp_path / "script.sh"
    script.write_text(f"#!/bin/sh\ntouch '{witness}'\n", "utf-8")
    script.chmod(0o755)
    root = make_repository()
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "first")
    hooks = root / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-index-change", "post-checkout", "reference-transaction", "fsmonitor-watchman"):
        (hooks / hook).write_bytes(script.read_bytes())
        (hooks / hook).chmod(0o755)
    settings = {
        "core.fsmonitor": str(script),
        "core.pager": str(script),
        "core.sshCommand": str(script),
        "core.editor": str(script),
        "filter.x.clean": str(script),
        "filter.x.smudge": str(script),
        "filter.x.process": str(script),
        "diff.external": str(script),
        "credential.helper": f"!{script}",
        "remote.origin.url": f"ext::{script}",
        "remote.origin.promisor": "true",
        "extensions.partialClone": "origin",
        "gpg.program": str(script),
        "log.showSignature": "true",
        "core.repositoryFormatVersion": "1",
    }
    for key, value in settings.items():
        git(root, "config", key, value)
    (root / ".gitattributes").write_text("* filter=x diff=x\n", "utf-8")
    (root / "README.md").write_text((root / "README.md").read_text("utf-8") + "\nChanged.\n", "utf-8")
    checked(root)
    assert not witness.exists()


def test_names_that_no_file_system_takes(make_repository: Maker) -> None:
    long = "é" * 3000
    root = make_repository(
        {
            "fairport.yaml": f"results: '{long}/*'\ndata: '{long}'\nsoftware: {{lock: '{long}'}}\n",
            "reana.yaml": f"inputs: {{files: ['{long}']}}\nworkflow: {{type: cwl, file: '{long}'}}\n",
            "workflow/inputs.yaml": f"events: {{class: File, location: '{long}'}}\n",
            "README.md": f"[a]({long})\n",
            "results/si/result.yaml": f"data:\n  path: '{long}'\n  media_type: text/csv\n  rows: 1\n"
            f"  sha256: {'f' * 64}\n",
        }
    )
    crate = {"@id": long, "@type": "File"}
    (root / "ro-crate-metadata.json").write_text(json.dumps({"@context": "x", "@graph": [crate]}), "utf-8")
    checked(root)


def test_git_that_hangs(make_repository: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fairport.check.gitview.TIMEOUT", 0.5)
    root = make_repository({"fairport.yaml": "title: Test\n"})
    git(root, "init", "-q")
    os.mkfifo(root / ".git" / "pipe")
    with (root / ".git" / "config").open("a", encoding="utf-8") as config:
        config.write(f"[include]\n\tpath = {root}/.git/pipe\n")
    assert "META004" in rules(checked(root), "fairport.yaml")


def test_code_of_the_repository_is_not_imported(
    make_repository: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_repository()
    for name in ("yaml.py", "conftest.py", "sitecustomize.py", "cwl_utils.py", "json.py"):
        (root / name).write_text("raise SystemExit('imported')\n", "utf-8")
    monkeypatch.chdir(root)
    assert checked(Path()).exit_code() == 0


def test_cwl_fetches_nothing(make_repository: Maker, tmp_path: Path) -> None:
    (tmp_path / "outside.yml").write_text("very-secret-content: 1\n", "utf-8")
    for reference in (
        "https://example.org/x.cwl",
        "../../../outside.yml",
        "file:///etc/passwd",
        "/etc/passwd",
    ):
        root = make_repository(
            {"workflow/main.cwl": f"inputs:\n  $import: {reference}\n$schemas:\n  - {reference}\n"},
            name=f"r{abs(hash(reference))}",
        )
        report = checked(root)
        assert "WF001" in rules(report, "workflow/main.cwl")
        assert "very-secret-content" not in render(report, "json")
        assert "root:" not in render(report, "json")


def test_one_broken_rule_does_not_hide_the_others(
    make_repository: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dataclasses

    from fairport.check import engine
    from fairport.check.registry import all_rules

    def broken(record: object) -> list[object]:
        raise RuntimeError("a defect")

    broken.__annotations__ = {}
    original = all_rules()
    target = next(rule for rule in original if rule.id == "META004")
    replaced = tuple(
        dataclasses.replace(rule, function=lambda: broken(None)) if rule is target else rule
        for rule in original  # type: ignore[arg-type, return-value]
    )
    monkeypatch.setattr(engine, "all_rules", lambda: replaced)
    root = make_repository({"fairport.yaml": "keywords: [a]\n"})
    report = check_paths([root], Options(profile="release"))
    assert report.exit_code() == 3
    assert {"META004", "META014"} <= {item.rule for item in report.findings if item.status == "fail"}
    told = next(item for item in report.findings if item.rule == "META004")
    assert "a defect" in told.message
    assert validate("report", report.to_data()) == []


def test_a_pipe_is_told_once(make_repository: Maker) -> None:
    root = make_repository()
    for name in ("fairport.yaml", "notes.txt"):
        (root / name).unlink(missing_ok=True)
        os.mkfifo(root / name)
    report = checked(root)
    for name in ("fairport.yaml", "notes.txt"):
        assert len([item for item in report.findings if (item.rule, item.path) == ("REPO011", name)]) == 1


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root makes devices")
def test_devices(make_repository: Maker) -> None:
    root = make_repository()
    (root / "README.md").unlink()
    try:
        os.mknod(root / "README.md", stat.S_IFCHR | 0o666, os.makedev(1, 5))  # endless zeros
        os.mknod(root / "disk", stat.S_IFBLK | 0o666, os.makedev(7, 0))
    except PermissionError:
        pytest.skip("this container makes no devices")
    report = checked(root)
    assert "REPO011" in rules(report, "README.md")
    assert "REPO011" in rules(report, "disk")


def zipped(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def test_archives_where_tables_should_be(make_repository: Maker) -> None:
    bomb = gzip.compress(b"mass,limit\n" + b"1,1\n" * 10_000_000)
    for number, (name, media, content) in enumerate(
        (
            ("si.csv", "text/csv", zipped("si.csv", b"mass,limit\n1,2\n")),
            ("si.csv", "text/csv", zipped("si.csv", b"0" * 200_000_000)),
            ("si.csv", "text/csv", bomb),
            ("si.csv.gz", "application/gzip", bomb),
            ("si.csv.gz", "application/gzip", bomb[:500]),
            ("si.csv.gz", "application/gzip", zipped("si.csv", b"mass,limit\n1,2\n")),
            ("si.csv.gz", "application/gzip", gzip.compress(gzip.compress(b"mass,limit\n1,2\n"))),
        )
    ):
        root = make_repository(
            {
                "results/si/result.yaml": f"data: {{path: {name}, media_type: {media}, rows: 31, "
                f"sha256: '{hashlib.sha256(content).hexdigest()}'}}\n"
            },
            name=f"r{number}",
        )
        (root / "results/si" / name).write_bytes(content)
        report = checked(root)
        found = rules(report, f"results/si/{name}") | rules(report, "results/si/result.yaml")
        assert found & {"RES005", "RES017", "RES001", "RES015"}, (name, number)
        told = {item.severity for item in report.findings if item.path == f"results/si/{name}"}
        assert told == {"note"} if number == 3 else "error" in told  # what is merely too large is a note


def test_a_hundred_thousand_files(make_repository: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    """More files than are looked at: the rest is told, and nothing takes long."""
    root = make_repository()
    for number in range(120):
        folder = root / "many" / str(number)
        folder.mkdir(parents=True)
        for other in range(100):
            (folder / f"{other}.yaml").symlink_to("0.yaml") if other else (folder / "0.yaml").touch()
    monkeypatch.setattr("fairport.check.repository.MAX_FILES", 5_000)
    monkeypatch.setattr("fairport.check.rules.repo_health.MAX_FILES", 5_000)
    report = checked(root)
    assert "more than 5,000 files" in " ".join(item.message for item in report.findings)


def test_folders_nested_without_end(make_repository: Maker) -> None:
    root = make_repository()
    place = root
    for _ in range(300):
        place = place / "d"
        place.mkdir()
    (place / "x.yaml").write_text("a: 1\n", "utf-8")
    assert "REPO011" in {item.rule for item in checked(root).findings}
