"""The page of a collection: its curves by plane, whose they are, and what could not be read."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from fairport.catalog.harvest.harvesting import harvest
from fairport.catalog.registry import init_catalogue
from fairport.catalog.site.build import build
from fairport.contract.saving import dump_yaml

CURVE = "10,1e-44\n100,2e-45\n1000,1.5e-44\n"
SOURCED = f"# arXiv:2001.00001v2\n{CURVE}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a collection of 60 curves in two planes, with three files that cannot be read."""
    root = tmp_path_factory.mktemp("collection")
    files = {f"si/e{number}_2019.csv": SOURCED if number else CURVE for number in range(50)}
    files |= {f"sdp/e{number}_2020.csv": CURVE for number in range(9)}
    files |= {"sdp/future_projection.csv": CURVE, "a.csv": "x\n", "other/b.csv": CURVE, "other/c.csv": CURVE}
    for name, text in files.items():
        (root / "curves" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "curves" / name).write_text(text)
    rules = [
        {"pattern": "*projection*", "kind": "projection", "origin": "projection", "experiment": "Future"},
        {"pattern": "si/*.csv", "plane": "dd.si", "units": ["GeV", "cm2"], "cl": 0.9},
        {"pattern": "sdp/*.csv", "plane": "dd.sdp", "units": ["GeV", "cm2"]},
        {"pattern": "*.csv", "experiment": "{1}"},
    ]
    catalogue = init_catalogue(root / "catalogue", show=("collaboration",))
    entry = {
        "schema_version": "1.0", "id": "curves", "type": "collection", "title": "Some curves",
        "repository": {"path": "../curves"}, "status": "community",
        "mapping": {"importer": "text", "licence": "CC-BY-4.0", "rules": rules},
    }  # fmt: skip
    (catalogue / "experiments" / "curves.yaml").write_text(dump_yaml(entry))
    harvest(catalogue)
    site: Path = build(catalogue, today=date(2026, 11, 22), docs=False).root
    return site


@pytest.fixture(scope="module")
def page(site: Path) -> str:
    """The page of the collection."""
    return (site / "a/curves/index.html").read_text("utf-8")


def test_curves_stand_by_plane_closed_with_their_number(page: str) -> None:
    groups = re.findall(r"<details class=\"fp-curves-of\" data-group>.*?</details>", page, re.DOTALL)
    assert [len(re.findall(r"<tr data-text", group)) for group in groups] == [50, 10]
    assert "50 curves</span>" in groups[0]
    assert "10 curves: 9 digitised, 1 projection</span>" in groups[1]
    assert 'href="../../p/dd.sdp/index.html"' in groups[1]


def test_each_curve_tells_its_level_and_its_source(page: str) -> None:
    row = next(row for row in page.split("<tr data-text") if "r/curves/e1-2019/" in row)
    assert "90\N{NO-BREAK SPACE}% CL" in row
    assert 'href="https://arxiv.org/abs/2001.00001v2"' in row
    assert 'href="../../x/e1/index.html"' in row
    bare = next(row for row in page.split("<tr data-text") if "r/curves/e1-2020/" in row)
    assert "CL not stated" in bare
    assert "source not stated" in bare


def test_all_experiments_are_there_and_counted_once(page: str) -> None:
    assert "<summary>51 experiments</summary>" in page
    assert "60 published curves of 51 experiments" in page
    assert re.search(r'x/future/index.html">Future</a> <span class="fp-small">1<', page)


def test_a_reason_is_told_once_for_all_files(page: str) -> None:
    missing = page[page.index("not shown as they stand") :]
    assert missing.count("no rule of the mapping says the plane of this file") == 1
    assert "<summary>3 records</summary>" in missing
    assert "<code>other/c.csv</code>" in missing


def test_a_curve_without_a_source_is_cited_as_a_record_and_says_so(site: Path) -> None:
    folder = site / "r/curves/e0-2019"
    text = (folder / "cite.bib").read_text("utf-8")
    assert text.startswith("@misc{fairport:curves/e0-2019,")
    assert "sha256:" in text
    assert "The record names no source." in (folder / "index.html").read_text("utf-8")
    sourced = (site / "r/curves/e1-2019/cite.bib").read_text("utf-8")
    assert "eprint = {2001.00001v2}" in sourced
    assert "sha256:" not in sourced
