"""Results of other planes inside named benchmarks."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.browser.planes import OTHERS, STATED, points
from tests.catalog.conftest import ANALYSIS, merge, write_result

from fairport.catalog.browser.frontend import NOTICES, SCRIPTS
from fairport.catalog.site.build import build
from fairport.contract.saving import dump_yaml
from fairport.results.store import load_result
from fairport.results.translation.translate import translate

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def pretended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A front end that only has the right names."""
    folder = tmp_path / "dist"
    folder.mkdir()
    for name in (*SCRIPTS, NOTICES):
        (folder / name).write_text(f"// {name}\n")
    for module in ("browser.frontend", "browser.searchdata", "site.keys", "pages.frame"):
        monkeypatch.setattr(f"fairport.catalog.{module}.bundle", lambda: folder)


def repository(root: Path, name: str, results: dict[str, tuple[dict[str, Any], Any]]) -> Path:
    folder = root / "repositories" / name
    folder.mkdir(parents=True, exist_ok=True)
    record = merge({**ANALYSIS, "id": name}, {"experiment": {"name": name.title()}})
    (folder / "fairport.yaml").write_text(dump_yaml(record), encoding="utf-8")
    for identifier, (changes, table) in results.items():
        write_result(
            folder / "results" / identifier, {"id": identifier, "expectation": None, **changes}, table
        )
    return folder


def payload(path: Path, function: str) -> Any:
    match = re.fullmatch(rf"fairport\.{function}\((.*)\);\n", path.read_text(encoding="utf-8"), re.DOTALL)
    assert match is not None, path
    return json.loads(match[1])


def contour(kind: str = "vector", **couplings: float) -> tuple[dict[str, Any], Any]:
    changes, table = OTHERS[("ring", "v1")]
    model = {"mediator": {"type": kind}, "couplings": {"gq": 0.25, "gl": 0, "gdm": 1} | couplings}
    return merge(changes, {"model": model}), table


LIMIT = ({"title": "A limit", **STATED}, points(1e-46))


@pytest.fixture
def site(catalogue: Path, tmp_path: Path, register: Any, run_harvest: Any) -> Any:
    """Return ``site(rings, limits)``, which builds a catalogue of contours and limits."""

    def make(rings: dict[str, Any], limits: dict[str, Any]) -> Path:
        register(repository(tmp_path, "ring", rings))
        if limits:
            register(repository(tmp_path, "deep", limits))
        run_harvest()
        return build(catalogue, docs=False, today=TODAY).root

    return make


def test_each_plane_offers_the_benchmarks_that_lead_to_it(site: Any) -> None:
    root = site({"v": contour(), "a": contour("axial-vector", gq=0.3)}, {"si": LIMIT})
    (model,) = payload(root / "p/dd.si/data.js", "plane")["models"]
    assert (model["id"], model["count"]) == ("V1", 1)
    assert "g_q = 0.25" in model["title"]
    assert "natives" not in model
    models = {one["id"]: one for one in payload(root / "p/collider.mmed-mdm/data.js", "plane")["models"]}
    assert models["V1"]["natives"] == ["ring/v"]
    assert models["V2"]["natives"] == []
    assert "A1" not in models


def test_numbers_and_assumptions_are_those_of_translate(site: Any, tmp_path: Path) -> None:
    root = site({"v": contour()}, {"si": LIMIT})
    data = payload(root / "p/dd.si/model-v1.js", "translated")
    (curve,) = data["curves"]
    assert (curve["id"], curve["kind"], curve["from"]) == (
        "ring/v~V1", "translated", "collider.mmed-mdm"
    )  # fmt: skip
    result = load_result(tmp_path / "repositories/ring/results/v", analysis="ring")
    derived = translate(result, "dd.si")
    assert curve["notes"] == list(derived.notes)
    x, y = data["exact"]["ring/v~V1"]["pieces"][0]
    assert x == derived.loaded().curve.rings[0][0].tolist()  # type: ignore[union-attr]
    assert y == derived.loaded().curve.rings[0][1].tolist()  # type: ignore[union-attr]
    assert curve["says"]["model.couplings.gq"][1] == "0.25"
    assert curve["url"] == "r/ring/v/index.html"


def test_couplings_that_are_not_stated_lead_nowhere(site: Any) -> None:
    changes, table = contour()
    silent = merge(changes, {"model": {"couplings": {"gq": "not-stated"}}})
    root = site({"v": (silent, table)}, {"si": LIMIT})
    assert "models" not in payload(root / "p/dd.si/data.js", "plane")
    assert not list((root / "p/dd.si").glob("model-*.js"))


def test_numbers_that_are_not_open_stay_so(site: Any) -> None:
    changes, table = contour()
    root = site({"v": ({**changes, "licence": "LicenseRef-none"}, table)}, {"si": LIMIT})
    data = payload(root / "p/dd.si/model-v1.js", "translated")
    assert data["exact"]["ring/v~V1"]["shape"] == "drawn"
    assert "pieces" not in data["exact"]["ring/v~V1"]
    assert data["curves"][0]["open"] is False


def test_a_page_follows_the_results_of_other_planes(
    site: Any, catalogue: Path, tmp_path: Path, run_harvest: Any
) -> None:
    root = site({"v": contour()}, {"si": LIMIT})
    page, script = root / "p/dd.si/index.html", root / "p/dd.si/model-v1.js"
    before = (script.read_bytes(), page.stat().st_mtime_ns)
    build(catalogue, docs=False, today=TODAY)
    assert (script.read_bytes(), page.stat().st_mtime_ns) == before
    repository(tmp_path, "ring", {"v": contour(gq=0.1, gl=0.01)})
    run_harvest()
    build(catalogue, docs=False, today=TODAY)
    assert not script.exists()
    assert (root / "p/dd.si/model-v2.js").is_file()
