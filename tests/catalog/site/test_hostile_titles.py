"""Titles and names that no page can hold are cut there, and stay whole in the records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.catalog import sitecheck

from fairport.catalog.site.build import build
from fairport.contract.resources import catalog_root


def test_a_title_of_any_length_fits_a_page(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    title, name = "W" * 100_000, "X" * 5_000
    analysis = {"title": title, "experiment": {"name": name, "collaboration": name}}
    register(make_repository(analysis=analysis, results={"si": {"title": title}}))
    (state,) = run_harvest().states
    assert state.state == "ok"
    site = build(catalogue, docs=False).root
    assert sitecheck.problems(site) == []
    for path in sitecheck.record_pages(site):
        assert "W" * 301 not in path.read_text("utf-8"), path
    assert "W" * 299 + "…" in (site / "r" / "toy" / "si" / "index.html").read_text("utf-8")
    assert title in (site / "r" / "toy" / "si" / "result.yaml").read_text("utf-8")


def test_a_plane_of_any_title_fits_the_front_page(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    text = (catalog_root() / "planes" / "dd.si.yaml").read_text("utf-8").replace("id: dd.si", "id: own.si", 1)
    kept = [line for line in text.splitlines(keepends=True) if not line.startswith("title:")]
    (catalogue / "planes").mkdir()
    (catalogue / "planes" / "own.si.yaml").write_text("".join(kept) + f"title: {'T' * 2_000}\n", "utf-8")
    register(make_repository(results={"si": {}, "own": {"plane": "own.si"}}))
    run_harvest()
    front = (build(catalogue, docs=False).root / "index.html").read_text("utf-8")
    kinds = front[front.index('class="fp-families"') :]
    assert "T" * 119 + "…" in kinds[: kinds.index("</ul>")]
