"""Repositories for tests: a complete one under ``base/`` and changes to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from fairport.check.rule import MARK

BASE = Path(__file__).parent / "base"
DERIVED = ("CITATION.cff", "codemeta.json", ".zenodo.json", "ro-crate-metadata.json")

Maker = Callable[..., Path]


def base_files() -> dict[str, str]:
    return {
        path.relative_to(BASE).as_posix(): path.read_text("utf-8")
        for path in sorted(BASE.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def merged(base: str | None, path: str, text: str) -> str:
    """Put the top-level keys of ``text`` in the place of those of ``base``; other files are replaced."""
    if base is None or not path.endswith((".yaml", ".yml", ".cwl", ".cff")) or not _key(text.lstrip(MARK)):
        return text
    old, new = _blocks(base), _blocks(text)
    keys = [key for key, _ in new]
    written: set[str] = set()
    parts = []
    for key, block in old:
        if key not in keys:
            parts.append(block)
        elif key not in written:
            parts += [other for name, other in new if name == key]
            written.add(key)
    parts += [block for key, block in new if key not in written]
    return "".join(parts)


def _blocks(text: str) -> list[tuple[str, str]]:
    blocks: list[tuple[str, str]] = []
    for line in text.splitlines(keepends=True):
        key = _key(line.lstrip(MARK))
        if key or not blocks:
            blocks.append((key, line))
        else:
            blocks[-1] = (blocks[-1][0], blocks[-1][1] + line)
    return blocks


def _key(line: str) -> str:
    match = re.match(r'"?([$\w.-]+)"?:(?:\s|$)', line)
    return match[1] if match else ""


def render_derived(root: Path) -> None:
    """Write the derived files that are not there, if the record is valid."""
    from fairport.contract.documents import load_analysis
    from fairport.contract.errors import FairportError
    from fairport.interop.derived import render_all

    try:
        texts = render_all(load_analysis(root / "fairport.yaml"))
    except FairportError:
        texts = render_all(load_analysis(BASE / "fairport.yaml"))
    for name, text in texts.items():
        if not (root / name).exists():
            (root / name).write_text(text, "utf-8")


@pytest.fixture
def make_repository(tmp_path: Path) -> Maker:
    """Make a complete repository with changes: path to text, ``None`` to leave a file out."""

    def make(changes: Mapping[str, str | None] = {}, name: str = "repository") -> Path:
        root = tmp_path / name
        files: dict[str, str | None] = {**base_files()}
        for path, text in changes.items():
            files[path] = None if text is None else merged(files.get(path), path, text).replace(MARK, "")
        for path, content in files.items():
            if content is not None:
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(content, "utf-8")
        render_derived(root)
        for path, content in files.items():
            if content is None:
                (root / path).unlink(missing_ok=True)
        return root

    return make


@pytest.fixture
def marked() -> Callable[[str | None, str, str], tuple[int, int] | None]:
    """Return the line and column of the mark in a change of a file of the base repository."""

    def find(base: str | None, path: str, text: str) -> tuple[int, int] | None:
        whole = merged(base, path, text)
        place = whole.find(MARK)
        if place < 0:
            return None
        return whole.count("\n", 0, place) + 1, place - whole.rfind("\n", 0, place)

    return find
