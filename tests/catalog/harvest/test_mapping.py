"""Rules of a collection: globs, identifiers that files share, and papers that comments name."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from fairport.catalog.harvest.comments import identifiers, state_source
from fairport.catalog.harvest.mapping import _matches, curves_of
from fairport.contract.registry import CollectionMapping, MappingRule


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*.csv", "a/b/c.csv", True),
        ("a/*.csv", "a/c.csv", True),
        ("a/*.csv", "a/b/c.csv", False),
        ("a/**/*.csv", "a/c.csv", True),
        ("a/**/*.csv", "a/b/b/c.csv", True),
        ("**/Projections/*", "data/SI/Projections/x.txt", True),
        ("**/Projections/**/x.txt", "data/Projections/SI/x.txt", True),
        ("**/Projections/*", "data/Projections/deep/x.txt", False),
        ("a/**", "a/b/c", True),
        ("a/**", "b/c", False),
        ("?[1].csv", "x[1].csv", True),
        ("?.csv", ".csv", False),
        ("**", "any/thing", True),
    ],
)
def test_globs(pattern: str, path: str, expected: bool) -> None:
    assert _matches(pattern, path) is expected


def test_no_glob_takes_long() -> None:
    began = perf_counter()
    assert not _matches("**/" * 30 + "*a" * 40 + "b", "/".join(["a" * 200] * 60))
    assert perf_counter() - began < 1.0


def _curves(tmp_path: Path, *names: str, **rule: Any) -> dict[str, str | None]:
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1 2\n")
    mapping = CollectionMapping("text", "MIT", (MappingRule("**", plane="dd.si", **rule),))
    return {curve.path: curve.id for curve in curves_of(tmp_path, mapping)[0]}


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    found = _curves(tmp_path, "SI/Lux.txt", "SD/Lux.txt", "SD/old/Lux.txt", "SI/Own.txt")
    assert found == {
        "SI/Lux.txt": "si-lux",
        "SD/Lux.txt": "sd-lux",
        "SD/old/Lux.txt": "old-lux",
        "SI/Own.txt": None,
    }


def test_files_that_differ_in_their_suffix_only_are_told_apart(tmp_path: Path) -> None:
    assert set(_curves(tmp_path, "a/x.csv", "a/x.txt").values()) == {"a-x-csv", "a-x-txt"}


@pytest.mark.parametrize(
    ("lines", "arxiv", "dois"),
    [
        (["# https://arxiv.org/abs/1902.03234", "1 2"], ("1902.03234",), ()),
        (["# taken from https://arxiv.org/pdf/2303.14729v2.pdf"], ("2303.14729v2",), ()),
        (["# arXiv:hep-ph/0606218"], ("hep-ph/0606218",), ()),
        (["# MuDHI", "# 2110.10497"], ("2110.10497",), ()),
        (["# LSW 1004.1313, 0.3 GeV/cm^3"], ("1004.1313",), ()),
        (["% doi:10.1103/PhysRevD.98.102006."], (), ("10.1103/PhysRevD.98.102006",)),
        (["# see arXiv:1902.03234 and arXiv 2001.00001"], ("1902.03234", "2001.00001"), ()),
        (["# 1299.5000 is no month", "# version 2110.104971"], (), ()),
        (["1902.03234 1e-44"], (), ()),
        (["# https://arxiv.org/abs/1902.03234 at 2110.10497 GeV"], ("1902.03234",), ()),
    ],
)
def test_papers_that_comments_name(lines: list[str], arxiv: tuple[str, ...], dois: tuple[str, ...]) -> None:
    assert identifiers(lines) == (arxiv, dois)


def test_what_is_cited_already_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("# arXiv:1902.03234\n1 2\n")
    cited: dict[str, Any] = {"provenance": {"source": {"doi": "x"}}}
    state_source(cited, path)
    assert cited == {"provenance": {"source": {"doi": "x"}}}
    bare: dict[str, Any] = {"provenance": {"origin": "digitised"}}
    state_source(bare, path)
    assert bare["provenance"]["source"] == {"arxiv": "1902.03234"}
    assert bare["provenance"]["cite"] == ["arXiv:1902.03234"]
    assert "comments" in bare["validity"]["notes"][0]
    path.write_text("# arXiv:1902.03234, arXiv:2001.00001\n")
    two: dict[str, Any] = {"provenance": {}}
    state_source(two, path)
    assert two["provenance"]["source"] == {}
    assert len(two["provenance"]["cite"]) == 2
