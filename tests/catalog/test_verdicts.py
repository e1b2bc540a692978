"""Pages tell the two verdicts of a rerun and the FAIR assessment; a verdict on other numbers never counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fairport.catalog.harvest.examination import check_repository
from fairport.catalog.site.build import build
from fairport.contract.loading import load_yaml
from fairport.contract.saving import dump_yaml


def _reproduction(folder: Path, **changes: Any) -> None:
    record = load_yaml(folder / "result.yaml").data
    data = {
        "schema_version": "1.0",
        "result": record["id"],
        "recorded_sha256": record["data"]["sha256"],
        "commit": "0" * 39 + "a",
        "engine": "local",
        "at": "2026-11-20T10:00:00Z",
        "reruns": {
            "verdict": "within-tolerance",
            "tolerance": 1e-6,
            "changed": ["interpreter: 3.11 -> 3.12"],
        },
        "agrees_with_paper": {"verdict": "differs", "of": "rerun"},
    }
    (folder / "reproduction.json").write_text(json.dumps({**data, **changes}))


def _text(root: Path, name: str) -> str:
    return (root / "site" / name / "index.html").read_text("utf-8")


def test_both_verdicts_stand_on_the_pages(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    repository = make_repository()
    _reproduction(repository / "results" / "si")
    register(repository)
    run_harvest()
    build(catalogue, docs=False)
    for page in (_text(catalogue, "r/toy/si"), _text(catalogue, "a/toy")):
        assert "yes, within tolerance" in page
        assert "20 November 2026" in page
    assert "interpreter: 3.11" in _text(catalogue, "r/toy/si")
    assert "Agrees with the paper" in _text(catalogue, "a/toy")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"recorded_sha256": "0" * 64}, "other numbers"),
        ({"result": "other"}, "another result"),
        ({"reruns": {}}, "verdict"),
        ({"engine": "<script>"}, "reproduction.json"),
    ],
)
def test_a_verdict_on_something_else_does_not_count(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any, change: dict[str, Any], words: str
) -> None:
    repository = make_repository()
    _reproduction(repository / "results" / "si", **change)
    register(repository)
    state = run_harvest().states[0].results[0]
    assert state.state == "ok"
    assert state.reproduction is None
    assert words in (state.reproduction_problem or "")
    build(catalogue, docs=False)
    page = _text(catalogue, "r/toy/si")
    assert "nobody has rerun it yet" in page
    assert "within tolerance" not in page
    assert "<script>" not in page.replace("<script src", "")


def test_without_a_rerun_nothing_is_claimed(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    register(make_repository())
    run_harvest()
    build(catalogue, docs=False)
    assert "nobody has rerun it yet" in _text(catalogue, "r/toy/si")
    assert 'id="reruns"' not in _text(catalogue, "a/toy")


def test_the_fair_assessment_stands_on_the_page_of_the_analysis(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    register(make_repository())
    state = run_harvest(checker=check_repository).states[0]
    assert state.check is not None
    assert state.check.fair is not None
    assert sum(state.check.fair.rda) == 41
    assert [level.area for level in state.check.fair.levels] == ["F", "A", "I", "R"]
    build(catalogue, docs=False)
    page = _text(catalogue, "a/toy")
    assert "How FAIR it is" in page
    assert f"{state.check.fair.rda[0]} are proven by" in page


def _with_run(folder: Path, crate: str) -> None:
    record = load_yaml(folder / "result.yaml").data
    record["provenance"]["run"] = {
        "id": "2026-11-20-1",
        "engine": "local",
        "started": "2026-11-20T10:00:00Z",
        "ended": "2026-11-20T10:00:01Z",
        "crate": crate,
    }
    (folder / "result.yaml").write_text(dump_yaml(record))


def test_the_crate_of_the_run_is_shown_and_offered(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    folder = make_repository() / "results" / "si"
    _with_run(folder, "run-crate.json")
    kinds = ["Dataset", "CreateAction", ["File", "SoftwareSourceCode"], "File", "HowToStep"]
    crate = {
        "@context": "https://w3id.org/ro/crate/1.1/context",
        "@graph": [{"@type": kind} for kind in kinds],
    }
    (folder / "run-crate.json").write_text(json.dumps(crate))
    register(folder.parent.parent)
    run_harvest()
    build(catalogue, docs=False)
    page = _text(catalogue, "r/toy/si")
    assert "1 action, 1 step, 2 files" in page
    assert 'href="run-crate.json"' in page
    assert json.loads((catalogue / "site/r/toy/si/run-crate.json").read_text()) == crate


@pytest.mark.parametrize(
    ("name", "content"),
    [("../../secret.json", "{}"), ("run-crate.json", "no JSON"), ("run-crate.json", '{"@graph": []}')],
)
def test_what_is_no_crate_is_not_shown(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any, name: str, content: str
) -> None:
    folder = make_repository() / "results" / "si"
    _with_run(folder, name)
    (folder / name).resolve().write_text(content)
    register(folder.parent.parent)
    run_harvest()
    build(catalogue, docs=False)
    assert "Run crate" not in _text(catalogue, "r/toy/si")
    assert not (catalogue / "site/r/toy/si/run-crate.json").exists()
