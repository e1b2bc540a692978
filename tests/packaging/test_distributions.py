"""The wheel and the sdist hold what an installation without the source tree needs."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType

import pytest


def _build(source: Path, kind: str, out: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(out)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = out.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build(repository, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def unpacked(whole_history: None, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked sdist."""
    made = _build(repository, "sdist", tmp_path_factory.mktemp("sdist"))
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(made) as archive:
        if hasattr(tarfile, "data_filter"):  # Python 3.11.4 and later
            archive.extraction_filter = tarfile.data_filter
        archive.extractall(folder)
    (top,) = folder.iterdir()
    return top


def _members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _data(members: dict[str, bytes]) -> set[str]:
    prefix = "fairport/_data/"
    return {name.removeprefix(prefix) for name in members if name.startswith(prefix)}


def test_wheel_holds_every_tracked_data_file(wheel: Path, repository: Path, hook: ModuleType) -> None:
    if not hook.bundles.is_checkout(repository):
        pytest.skip("not a git checkout")
    tops = [top for top in hook.DATA if (repository / top).exists()]
    command = ["git", "--literal-pathspecs", "ls-files", "-z", "--", *tops]
    listing = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True).stdout
    tracked = {name for name in listing.split("\0") if name and (repository / name).is_file()}
    wanted = {n for n in tracked if not any(fnmatchcase(n, pattern) for pattern in hook.NOT_IN_WHEEL)}
    held = _data(_members(wheel))
    assert {"schemas", "template"} <= {name.split("/")[0] for name in held}
    assert wanted <= held


def test_wheel_holds_the_package_and_nothing_else(wheel: Path, repository: Path) -> None:
    names = set(_members(wheel))
    assert {
        "fairport/py.typed",
        "fairport/cli/main.py",
        "fairport/interop/tool_requirements/cffconvert.txt",
    } <= names
    version = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert {name.split("/")[0] for name in names} == {"fairport", f"fairport-{version}.dist-info"}
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


def test_wheel_from_the_sdist_is_the_same(wheel: Path, unpacked: Path, tmp_path: Path) -> None:
    again = _members(_build(unpacked, "wheel", tmp_path))
    direct = _members(wheel)
    assert again.keys() == direct.keys()
    assert [name for name in direct if direct[name] != again[name]] == []


def test_sdist_can_be_tested_and_worked_on(unpacked: Path) -> None:
    for name in (
        "pyproject.toml",
        "uv.lock",
        "Makefile",
        "hatch_build.py",
        "tests/conftest.py",
        "LICENSE",
        ".gitignore",
    ):
        assert (unpacked / name).is_file(), name
    strange = {".git", ".venv", ".cache", "build", "dist", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
    assert not strange & {path.name for path in unpacked.iterdir()}


def test_wheel_works_without_the_source_tree(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    script = "from fairport.contract import resources as r; print(r.data_root(), r.is_source_tree())"
    variables = {"PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-c", script]
    done = subprocess.run(
        command, cwd="/", env=os.environ | variables, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [str(tmp_path / "fairport" / "_data"), "False"]


def test_nothing_distributed_names_this_machine(wheel: Path, repository: Path) -> None:
    trace = str(repository).encode() + b"/"
    assert [name for name, data in _members(wheel).items() if trace in data] == []


OFFLINE = """
import subprocess, sys, tempfile
from pathlib import Path
from fairport.contract.constants import TEMPLATE_URL
from fairport.cli.main import main
from fairport.scaffold.releases import open_releases
from fairport.scaffold.render import render

folder = Path(sys.argv[1])
with open_releases(TEMPLATE_URL) as found, tempfile.TemporaryDirectory() as name:
    versions = found.versions
    template = found.export(versions[0], Path(name) / "t", kind="generic")
    render(folder / "old", {"kind": "generic"}, template=template, version=versions[0], exported=True)
for arguments in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "start"]):
    subprocess.run(["git", *arguments], cwd=folder / "old", check=True)
codes = [main(["update", str(folder / "old")]), main(["new", str(folder / "new"), "--defaults"])]
codes.append(main(["update", str(folder / "new"), "--dry-run"]))
print("\\nRESULT", *versions, *codes)
"""


def test_wheel_carries_every_release_so_that_updates_work_offline(
    whole_history: None, wheel: Path, repository: Path, tmp_path: Path, hook: ModuleType
) -> None:
    if not hook.bundles.is_checkout(repository):
        pytest.skip("not a git checkout")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    nowhere = {"https_proxy": "http://127.0.0.1:1", "http_proxy": "http://127.0.0.1:1"}
    done = subprocess.run(
        [sys.executable, "-c", OFFLINE, str(tmp_path)],
        cwd="/",
        env=os.environ | nowhere | {"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *versions, first, second, third = done.stdout.rsplit("RESULT ", 1)[1].split()
    listed = list(hook.bundles.released(repository))
    version = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert versions == [*listed, *([] if version in listed else [version])]
    assert (first, second, third) == ("0", "0", "0"), done.stdout
    text = (tmp_path / "old" / ".copier-answers.yml").read_text("utf-8")
    assert f"_commit: v{versions[-1]}\n" in text
