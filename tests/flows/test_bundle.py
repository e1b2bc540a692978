"""`bundle`: what is committed goes out, numbers that are withheld do not."""

from __future__ import annotations

import hashlib
import json
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fairport.check.bundlereport import REPORT_FILE
from fairport.cli.main import main
from fairport.contract.errors import RefusedError, UsageError
from fairport.contract.resources import template_root
from fairport.contract.schemas import validate
from fairport.flows.bundle import CHECKSUMS, bundle
from fairport.scaffold.questions import template_version
from fairport.scaffold.render import render

TODAY = date(2026, 6, 1)


def _git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Path]:
    """``made(**answers)``: a committed scaffold with one result and its table."""

    def make(**answers: str) -> Path:
        root = tmp_path / "analysis"
        render(root, {"kind": "direct", **answers}, template=template_root(), version=template_version())
        result = root / "results" / "si"
        result.mkdir()
        (result / "si.csv").write_text("mass,cross_section\n100,4e-47\n", encoding="utf-8")
        (result / "result.yaml").write_text("secret: 4e-47\n", encoding="utf-8")
        _git(root, "init", "--quiet")
        _git(root, "add", "--all")
        _git(root, "commit", "--quiet", "--message", "All")
        return root

    return make


def _members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def _crate_of(folder: Path) -> Path:
    (path,) = folder.glob("*.crate.zip")
    return path


def test_everything_that_is_committed_and_nothing_else(made: Callable[..., Path], tmp_path: Path) -> None:
    root = made()
    (root / "outputs").mkdir()
    (root / "outputs" / "si.csv").write_text("ignored\n", encoding="utf-8")
    (root / "scratch.txt").write_text("untracked\n", encoding="utf-8")
    report = bundle(root, tmp_path / "dist", today=TODAY, with_report=False)
    assert report.withheld is None
    members = _members(_crate_of(tmp_path / "dist"))
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True)
    assert sorted(members) == sorted(name for name in tracked.stdout.split("\0") if name)
    assert members["results/si/si.csv"] == (root / "results" / "si" / "si.csv").read_bytes()
    assert members["ro-crate-metadata.json"] == (tmp_path / "dist" / "ro-crate-metadata.json").read_bytes()
    assert report.members == len(members)


def test_checksums_are_those_of_the_files(made: Callable[..., Path], tmp_path: Path) -> None:
    report = bundle(made(), tmp_path / "dist", today=TODAY)
    assert report.files[-1].name == CHECKSUMS
    lines = report.files[-1].read_text("utf-8").splitlines()
    assert {line.split("  ")[1] for line in lines} == {path.name for path in report.files[:-1]}
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((tmp_path / "dist" / name).read_bytes()).hexdigest() == digest


def test_the_same_commit_gives_the_same_bytes(made: Callable[..., Path], tmp_path: Path) -> None:
    root = made()
    bundle(root, tmp_path / "one", today=TODAY)
    (root / "fairport.yaml").touch()
    bundle(root, tmp_path / "two", today=TODAY)
    assert _crate_of(tmp_path / "one").read_bytes() == _crate_of(tmp_path / "two").read_bytes()


@pytest.mark.parametrize(
    ("answers", "withheld"),
    [
        ({"access": "embargoed access", "embargo_until": "2026-06-02"}, "embargoed until 2026-06-02"),
        ({"access": "embargoed access", "embargo_until": "2026-06-01"}, None),
        ({"access": "restricted access"}, "restricted access"),
        ({"access": "metadata only access"}, "metadata only access"),
    ],
)
def test_numbers_never_go_out_before_the_date(
    made: Callable[..., Path], tmp_path: Path, answers: dict[str, str], withheld: str | None
) -> None:
    report = bundle(made(**answers), tmp_path / "dist", today=TODAY)
    assert report.withheld == withheld
    members = _members(_crate_of(tmp_path / "dist"))
    assert {"fairport.yaml", "CITATION.cff", "ro-crate-metadata.json", "LICENSE"} <= set(members)
    everything = b"".join(path.read_bytes() for path in report.files) + b"".join(members.values())
    assert (b"4e-47" in everything) is (withheld is None)
    assert any(name.startswith(("data/", "results/", "notebooks/")) for name in members) is (withheld is None)


def _references(value: Any) -> set[str]:
    if isinstance(value, dict):
        if set(value) == {"@id"}:
            return {value["@id"]}
        return set().union(*(_references(item) for item in value.values()))
    return set().union(*(_references(item) for item in value)) if isinstance(value, list) else set()


def test_the_crate_describes_only_what_is_in_it(made: Callable[..., Path], tmp_path: Path) -> None:
    root = made(access="restricted access")
    bundle(root, tmp_path / "dist", today=TODAY)
    members = _members(_crate_of(tmp_path / "dist"))
    graph = json.loads(members["ro-crate-metadata.json"])["@graph"]
    local = [
        entity["@id"]
        for entity in graph
        if {"File", "Dataset"}
        & set([entity["@type"]] if isinstance(entity["@type"], str) else entity["@type"])
        and entity["@id"] != "./"
        and "://" not in entity["@id"]
    ]
    assert set(local) <= {*members, "LICENSES/"}
    known = {entity["@id"] for entity in graph}
    before = json.loads((root / "ro-crate-metadata.json").read_text("utf-8"))["@graph"]
    dangling = {name for name in _references(graph) - known if name in {entity["@id"] for entity in before}}
    assert dangling == set()


def test_uncommitted_changes_are_refused(made: Callable[..., Path], tmp_path: Path) -> None:
    root = made()
    (root / "fairport.yaml").write_text((root / "fairport.yaml").read_text("utf-8") + "\n", encoding="utf-8")
    with pytest.raises(RefusedError, match="uncommitted") as caught:
        bundle(root, tmp_path / "dist", today=TODAY)
    assert "fairport.yaml" in str(caught.value.why)
    assert not (tmp_path / "dist").exists()


def test_without_a_commit_there_is_nothing_to_bundle(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing to bundle"):
        bundle(tmp_path, tmp_path / "dist", today=TODAY)


def test_a_folder_inside_a_repository_is_refused(made: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not the top"):
        bundle(made() / "results", tmp_path / "dist", today=TODAY)


def test_a_repository_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x", encoding="utf-8")
    _git(tmp_path, "init", "--quiet")
    _git(tmp_path, "add", "x")
    _git(tmp_path, "commit", "--quiet", "--message", "x")
    with pytest.raises(UsageError, match="no analysis repository"):
        bundle(tmp_path, tmp_path / "dist", today=TODAY)


def test_the_command(made: Callable[..., Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    root = made(access="restricted access")
    assert main(["bundle", str(root), "--output", str(tmp_path / "dist")]) == 0
    shown = capfd.readouterr()
    assert "SHA256SUMS" in shown.out
    assert "The numbers stayed out (restricted access)" in shown.err
    assert main(["bundle", str(root), "--output", str(tmp_path / "dist"), "--format", "json"]) == 0
    report = json.loads(capfd.readouterr().out)
    assert report["withheld"] == "restricted access"
    assert report["report"] is True
    assert len(report["commit"]) == 40
    assert main(["bundle", str(tmp_path)]) == 2


def test_the_report_of_the_check_is_about_the_files_that_go_out(
    made: Callable[..., Path], tmp_path: Path
) -> None:
    root = made()
    report = bundle(root, tmp_path / "dist", today=TODAY)
    members = _members(_crate_of(tmp_path / "dist"))
    told = json.loads(members.pop(REPORT_FILE))
    assert report.reported
    assert validate("bundle-report", told) == []
    lines = sorted(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in members.items())
    assert told["files"] == {
        "count": len(members),
        "digest": "sha256:" + hashlib.sha256("".join(lines).encode()).hexdigest(),
    }
    assert (told["at"], told["report"]["targets"][0]["path"]) == ("2026-06-01", ".")
    assert "RES001" in {item["rule"] for item in told["report"]["targets"][0]["findings"]}
    assert str(tmp_path) not in json.dumps(told)


def test_a_report_of_withheld_numbers_quotes_none_of_them(made: Callable[..., Path], tmp_path: Path) -> None:
    bundle(made(access="restricted access"), tmp_path / "dist", today=TODAY)
    assert b"4e-47" not in _members(_crate_of(tmp_path / "dist"))[REPORT_FILE]


def test_a_committed_file_of_that_name_is_not_replaced(made: Callable[..., Path], tmp_path: Path) -> None:
    root = made()
    (root / REPORT_FILE).write_text("{}")
    _git(root, "add", REPORT_FILE)
    _git(root, "commit", "--quiet", "--message", "Mine")
    assert not bundle(root, tmp_path / "dist", today=TODAY).reported
    assert _members(_crate_of(tmp_path / "dist"))[REPORT_FILE] == b"{}"
