"""The history of a result as a graph, and the members of a combination: only what records and crates say."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.catalog.conftest import RESULT, merge, write_result

from fairport.catalog.contributions import read_contributions
from fairport.catalog.drawings.lineage import Place, lineage, stages_of
from fairport.catalog.drawings.lineagedrawing import draw_lineage
from fairport.catalog.relations import NOBODY, resolve
from fairport.catalog.site.build import build
from fairport.contract.result import Result
from fairport.contract.tables import format_table
from fairport.results.store import load_result

HOSTILE = "</svg><script>alert(1)</script>\u202e"
RUN = {"id": "run-1", "engine": "local", "started": "2026-11-22T10:00:00Z", "ended": "2026-11-22T11:00:00Z"}
MADE = {
    "run": RUN,
    "inputs": [
        {"path": "data/a.json", "sha256": "a" * 64},
        {"path": f"data/{HOSTILE}.json", "sha256": "b" * 64},
    ],
    "code": {"commit": "c" * 40, "clean": False, "repository": "https://git.example.org/toy"},
    "image": {"name": HOSTILE, "digest": "sha256:" + "d" * 64},
}


def record(**changes: Any) -> Result:
    table = {"path": "limit.csv", "media_type": "text/csv", "rows": 3, "sha256": "e" * 64}
    return Result.from_data(merge({**RESULT, "data": table}, changes))


def action(key: str, reads: list[str], writes: list[str]) -> list[dict[str, Any]]:
    return [
        {"@id": f"#{key}", "@type": "CreateAction", "name": f"Step {key}",
         "object": [{"@id": name} for name in reads], "result": [{"@id": name} for name in writes]},
        {"@id": f"#control-{key}", "@type": "ControlAction", "object": {"@id": f"#{key}"}},
    ]  # fmt: skip


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    """A run of three steps, one of which has nothing to do with the table."""
    digests = {"a": "a" * 64, "b": "b" * 64, "half": "f" * 64, "table": "e" * 64, "plot": "9" * 64}
    files = [{"@id": name, "@type": "File", "sha256": sha} for name, sha in digests.items()]
    steps = [*action("two", ["half", "b"], ["table"]), *action("one", ["a"], ["half"])]
    steps += action("plot", ["table"], ["plot"])
    path = tmp_path / "crate.json"
    path.write_text(json.dumps({"@graph": [*files, *steps, "no entity", {"@id": 3}]}))
    return path


def test_steps_are_those_that_the_table_descends_from(crate: Path) -> None:
    graph = lineage(record(provenance=MADE), NOBODY, Place("../", "si.csv", "run-crate.json", crate))
    assert [node.text for node in graph.nodes if node.kind == "Step"] == ["one", "two"]
    edges = set(graph.edges)
    assert {("step-#one", "step-#two"), ("step-#two", "table"), ("table", "result")} <= edges
    assert ("input-0", "step-#one") in edges
    assert ("input-1", "step-#two") in edges
    assert ("code", "step-#one") in graph.loose


@pytest.mark.parametrize(
    "content", ["", "[]", '{"@graph": 3}', '{"@graph": [{"@id": []}]}', '{"@graph": []}']
)
def test_a_crate_that_is_none_leaves_the_run_as_one_step(tmp_path: Path, content: str) -> None:
    path = tmp_path / "crate.json"
    path.write_text(content)
    graph = lineage(record(provenance=MADE), NOBODY, Place("../", file=path))
    assert [node.kind for node in graph.nodes if node.stage == 1] == ["Run"]


def test_steps_in_a_circle_come_to_an_end(tmp_path: Path) -> None:
    path = tmp_path / "crate.json"
    files = [{"@id": "table", "@type": "File", "sha256": "e" * 64}]
    path.write_text(
        json.dumps({"@graph": [*files, *action("x", ["y"], ["table", "z"]), *action("w", ["z"], ["y"])]})
    )
    graph = lineage(record(provenance=MADE), NOBODY, Place("../", file=path))
    assert draw_lineage(graph) is not None


def test_a_hostile_name_is_text_in_the_figure(crate: Path) -> None:
    graph = lineage(record(title=HOSTILE, provenance=MADE), NOBODY, Place("../", file=crate))
    drawn = draw_lineage(graph)
    assert drawn is not None
    for figure in drawn:
        assert "<script" not in figure
        assert "\u202e" not in figure
        assert figure.count("<svg") == figure.count("</svg>") == 1
    words = [node.text for stage in stages_of(graph) for node, _ in stage.items]
    assert any("alert(1)" in text for text in words)


def test_many_inputs_are_counted_and_not_all_drawn() -> None:
    inputs = [{"path": f"data/{n}", "sha256": f"{n:064d}"} for n in range(300)]
    graph = lineage(record(provenance={**MADE, "inputs": inputs}), NOBODY, Place(""))
    assert [node.text for node in graph.nodes if node.key == "more"] == ["and 294 more"]
    assert len(graph.nodes) < 20


def test_numbers_without_a_run_come_from_their_publication() -> None:
    graph = lineage(record(provenance={"digitiser": {"by": "Ada", "tool": "a ruler"}}), NOBODY, Place(""))
    assert [node.kind for node in graph.nodes] == ["Published in", "Read off with", "Table", "This result"]
    assert graph.nodes[0].href == "https://doi.org/10.1103/PhysRevD.98.102006"


@pytest.mark.parametrize(
    ("reference", "found"),
    [("x/one@1", "x/one"), ("x/one", "x/one"), ("local/two@3", "me/two"), ("two", "me/two"), ("me/si", None),
     ("../x/one", None), ("y/none", None)],
)  # fmt: skip
def test_references_are_resolved_among_what_is_there(reference: str, found: str | None) -> None:
    assert resolve(reference, "me/si", {"x/one", "me/two", "me/si"}) == found


def _combined(folder: Path, added: Any = None, names: tuple[str, ...] = ("one", "two")) -> None:
    parents = [
        {"result": f"toy/{name}@1", "digest": load_result(folder.parent / name).digest,
         "transform": "joint-likelihood",
         "parameters": {"threshold": 2.71, "order": n, "nuisance": "Draco", "sigma_log10": 0.2}}
        for n, name in enumerate(names, 1)
    ]  # fmt: skip
    write_result(folder, {"id": "joint", "title": "Joint", "derived_from": parents, "expectation": None})
    table = {"mass": [10.0, 100.0, 1000.0]}
    for n, name in enumerate(names, 1):
        table[f"added-{n}-{name}"] = (added or [[2.0, 3.0, float("nan")], [0.71, -0.29, 2.71]])[n - 1]
        table[f"alone-{n}-{name}"] = [2e-44 * n, 4e-45 * n, float("nan") if n == 1 else 3e-44]
    (folder / "contributions.csv").write_text(format_table(table))


def test_shares_and_gain_are_those_of_the_table(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_result(tmp_path / name, {"id": name})
    _combined(tmp_path / "joint")
    loaded = load_result(tmp_path / "joint")
    found = read_contributions(tmp_path / "joint", loaded)
    assert found is not None
    assert np.allclose(found.gain, [2.0, 2.0, 2.0])
    assert np.allclose(found.shares[1], [0.71 / 2.71, -0.29 / 2.71, 1.0])


@pytest.mark.parametrize(
    "table",
    ["mass,added-1-a,alone-1-a\n10,1,1\n", "mass,added-1-a\n10,1\n100,1\n1000,1\n", "no table", "a,a\n1,2\n",
     "mass,added-1-a,alone-1-a,added-2-b,alone-2-b\n1,1,1,1,1\n2,1,1,1,1\n3,1,1,1,1\n"],
)  # fmt: skip
def test_a_table_that_does_not_fit_its_record_is_not_shown(tmp_path: Path, table: str) -> None:
    for name in ("one", "two"):
        write_result(tmp_path / name, {"id": name})
    _combined(tmp_path / "joint")
    (tmp_path / "joint/contributions.csv").write_text(table)
    assert read_contributions(tmp_path / "joint", load_result(tmp_path / "joint")) is None


def test_a_table_that_does_not_fit_is_left_out_and_its_authors_are_told(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    repository = make_repository(results={"one": {}, "two": {}})
    _combined(repository / "results" / "joint")
    (repository / "results/joint/contributions.csv").write_text("mass,added-1-one\n10,<script>\n")
    register(repository)
    joint = next(item for item in run_harvest().states[0].results if item.id == "joint")
    assert (joint.state, joint.contributions) == ("ok", None)
    assert "does not fit the record" in (joint.contributions_problem or "")
    site = build(catalogue, docs=False).root
    assert not (site / "r/toy/joint/contributions.csv").exists()
    assert "shown without contributions" in (site / "status/index.html").read_text("utf-8")


def test_a_combination_shows_its_members_and_they_show_it(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    repository = make_repository(results={"one": {}, "two": {"title": "<b>Two</b>"}})
    _combined(repository / "results" / "joint")
    register(repository)
    run_harvest()
    site = build(catalogue, docs=False).root
    page = (site / "r/toy/joint/index.html").read_text("utf-8")
    assert "Made from 2 results" in page
    assert page.count("as it went in") == 2
    assert "&lt;b&gt;Two" in page
    assert "Members 1 and 2 share the nuisance <code>Draco</code>" in page
    assert re.search(r'href="\.\./\.\./\.\./r/toy/one/index\.html"', page)
    assert (site / "r/toy/joint/contributions.csv").is_file()
    assert "Made from this result" in (site / "r/toy/one/index.html").read_text("utf-8")
    listed = (site / "c/index.html").read_text("utf-8")
    assert "r/toy/joint/index.html" in listed
    assert "joint likelihood" in listed


def test_a_member_that_changed_since_is_said_to_have(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    repository = make_repository(results={"one": {}, "two": {}})
    _combined(repository / "results" / "joint")
    register(repository)
    run_harvest()
    build(catalogue, docs=False)
    write_result(repository / "results" / "two", {"id": "two", "version": "2", "title": "New"})
    run_harvest()
    page = (build(catalogue, docs=False).root / "r/toy/joint/index.html").read_text("utf-8")
    assert "changed since" in page
    assert "now version 2" in page
    assert page.count("as it went in") == 1


def test_a_curve_that_another_result_carries_too_is_told_on_the_plane(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    register(make_repository("first", results={"si": {"title": "<i>One</i>"}}))
    register(make_repository("second", results={"si": {"provenance": {"origin": "digitised"}}}))
    run_harvest()
    page = (build(catalogue, docs=False).root / "p/dd.si/index.html").read_text("utf-8")
    assert "The same figure more than once" in page
    assert "number by number; both cite" in page
    assert "<i>One" not in page
