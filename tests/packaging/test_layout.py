"""The package is laid out so that tools see all of it."""

from __future__ import annotations

from pathlib import Path


def test_every_folder_of_modules_is_a_package(repository: Path) -> None:
    package = repository / "src" / "fairport"
    folders = {path.parent for path in package.rglob("*.py") if "_data" not in path.parts}
    lacking = sorted(
        str(folder.relative_to(package)) for folder in folders if not (folder / "__init__.py").is_file()
    )
    assert lacking == [], "without __init__.py the floors are not checked there"


def test_versions_agree(repository: Path) -> None:
    import tomllib
    from importlib.metadata import version

    declared = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "version"
    ]
    assert version("fairport") == declared
    assert f"\nversion: {declared}\n" in (repository / "CITATION.cff").read_text(encoding="utf-8")


def test_nothing_large_or_generated_is_tracked(repository: Path) -> None:
    import subprocess

    import pytest

    if not (repository / ".git").exists():
        pytest.skip("not a git checkout")
    command = ["git", "ls-files", "-z"]
    listing = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True).stdout
    tracked = [repository / name for name in listing.split("\0") if name]
    sizes = {
        path.relative_to(repository).as_posix(): path.stat().st_size for path in tracked if path.is_file()
    }
    assert {name: size for name, size in sizes.items() if size > 1_000_000} == {}
    assert [name for name in sizes if name.endswith((".pyc", ".bundle", ".whl"))] == []
