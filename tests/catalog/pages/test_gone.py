"""Pages of what is gone: a reader finds its name, its results and its plane."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.catalog.conftest import NOW

from fairport.catalog.site.build import build


def test_a_withdrawn_entry_keeps_its_results_and_they_keep_their_plane(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    register(make_repository("kept"))
    entry = register(make_repository("toy", analysis={"title": "A search that was withdrawn"}))
    run_harvest()
    build(catalogue, today=date(2026, 11, 22), docs=False)
    text = entry.read_text("utf-8").replace("status: community", "status: withdrawn\nreason: Wrong units.")
    entry.write_text(text, "utf-8")
    run_harvest(now=NOW + timedelta(days=1))
    site = build(catalogue, today=date(2026, 11, 23), docs=False).root
    page = (site / "a/toy/index.html").read_text("utf-8")
    assert '<a href="../../r/toy/si/index.html">Toy limit</a>' in page
    stone = (site / "r/toy/si/index.html").read_text("utf-8")
    assert '<a href="../../../p/dd.si/index.html">Spin-independent scattering on nucleons</a>' in stone


def test_one_withheld_result_is_one_result(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    embargo = {"access": {"level": "embargoed access", "embargo_until": "2999-01-01"}}
    register(make_repository(analysis=embargo))
    run_harvest()
    page = (build(catalogue, docs=False).root / "a/toy/index.html").read_text("utf-8")
    assert "The analysis lists 1 result: Toy limit." in page
