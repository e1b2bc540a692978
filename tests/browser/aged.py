"""A catalogue with a past: a release, vanished, moved and withdrawn results, texts that are hard, a
collection of curves and a combination.
"""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.catalog.conftest import ANALYSIS, NOW, merge, write_result

from fairport.catalog.harvest.harvesting import harvest
from fairport.catalog.registry import add_entry, init_catalogue, load_catalogue
from fairport.catalog.site.build import build
from fairport.catalog.site.release import freeze_release
from fairport.catalog.state import CheckSummary, FindingNote
from fairport.contract.saving import dump_yaml
from fairport.contract.tables import format_table
from fairport.results.store import load_result

TODAY = date(2026, 11, 22)
HARD = '"><script>alert(1)</script><img src=x onerror=b()> [a](javascript:alert(3)) &amp; \u202etfel \u0001 '
RESULTS: dict[str, dict[str, dict[str, Any]]] = {
    "toy": {
        "si": {},
        "kept": {"title": "Renamed twice", "former_ids": ["toy/older", "elsewhere/si"]},
        "leaves": {"plane": "dd.sdp"},
    },
    "hard": {"si": {"title": HARD + "W" * 150, "licence": "LicenseRef-none"}},
    "withdrawn": {"si": {}},
    "closed": {"si": {}},
}
ANALYSES: dict[str, dict[str, Any]] = {
    "hard": {
        "title": HARD,
        "description": f"{HARD}\n\n# Heading\n\n* one\n\n```html\n<b>\n```\n\n<iframe src=//a.org></iframe>",
        "keywords": [HARD, "\u062d\u062f"],
        "experiment": {"name": "N<b>" * 20},
    },
    "closed": {"access": {"level": "embargoed access", "embargo_until": "2999-01-01"}},
}


def build_aged(root: Path) -> Path:
    """Write the catalogue below ``root``, live through its past, and return the built site."""
    catalogue = init_catalogue(root / "catalogue", title="Limits <of> a & past", show=("collaboration",))
    repositories = root / "repositories"
    entries = {name: _entry(catalogue, repositories / name) for name in RESULTS}
    _combine(repositories / "toy" / "results")
    _collect(catalogue, root / "curves")
    broken = repositories / "broken"
    broken.mkdir()
    (broken / "fairport.yaml").write_text("a:\n\tb: 1\n")
    add_entry(catalogue, str(broken))
    harvest(catalogue, now=NOW, checker=_checker)
    site = build(catalogue, today=TODAY, docs=False).root
    freeze_release(load_catalogue(catalogue), site, "1.0", note=HARD, now=datetime(2026, 11, 22, tzinfo=UTC))
    write_result(repositories / "toy/results/si", {"id": "si", "version": "2"}, _moved())
    shutil.rmtree(repositories / "toy/results/leaves")
    path = entries["withdrawn"]
    path.write_text(
        path.read_text().replace("status: community", "status: withdrawn\nreason: Wrong <units>.")
    )
    harvest(catalogue, now=NOW + timedelta(days=1), checker=_checker)
    return build(catalogue, today=TODAY, docs=False).root


def _entry(catalogue: Path, folder: Path) -> Path:
    folder.mkdir(parents=True)
    record = merge({**ANALYSIS, "id": folder.name}, ANALYSES.get(folder.name, {}))
    (folder / "fairport.yaml").write_text(dump_yaml(record), encoding="utf-8")
    for name, changes in RESULTS[folder.name].items():
        write_result(folder / "results" / name, {"id": name, **changes})
    return add_entry(catalogue, str(folder))


def _combine(results: Path) -> None:
    """Write a combination of two results of the analysis, with what each of them adds."""
    parents = [
        {"result": f"toy/{name}@1", "digest": load_result(results / name).digest,
         "transform": "joint-likelihood", "parameters": {"threshold": 2.71, "order": n, "nuisance": "Draco"}}
        for n, name in enumerate(("si", "kept"), 1)
    ]  # fmt: skip
    write_result(results / "joint", {"id": "joint", "title": "Joint limit", "derived_from": parents})
    table = {"mass": [10.0, 100.0, 1000.0]}
    for n, added in enumerate(([2.0, 3.0, 0.0], [0.71, -0.29, 2.71]), 1):
        table |= {f"added-{n}-m": added, f"alone-{n}-m": [2e-44 * n, 4e-45 * n, 3e-44]}
    (results / "joint" / "contributions.csv").write_text(format_table(table))


def _collect(catalogue: Path, folder: Path) -> None:
    """Write a collection of six curves in two planes, and two files that are none; register it."""
    folder.mkdir()
    for number in range(6):
        source = "# arXiv:2001.00001v2\n" if number % 2 else ""
        name = f"e{number}" + ("W" * 150 if number == 5 else "")  # as long as a file may be called
        (folder / f"{name}_{'sdp' if number > 3 else 'si'}.csv").write_text(f"{source}10,1e-44\n99,2e-45\n")
    (folder / "one.csv").write_text("x\n")
    (folder / "two.csv").write_text("x\n")
    rules = [{"pattern": f"*_{name}.csv", "plane": f"dd.{name}", "units": ["GeV", "cm2"], "experiment": "{1}"}
             for name in ("si", "sdp")]  # fmt: skip
    entry = {
        "schema_version": "1.0", "id": "curves", "type": "collection", "title": HARD, "status": "community",
        "repository": {"path": "../curves"},
        "mapping": {"importer": "text", "licence": "CC-BY-4.0", "rules": rules},
    }  # fmt: skip
    (catalogue / "experiments" / "curves.yaml").write_text(dump_yaml(entry))


def _moved() -> dict[str, list[float]]:
    return {"mass": [10.0, 100.0, 1000.0], "sigma": [3.125e-44, 6.25e-45, 4.5e-44]}


def _checker(tree: Path, profile: str) -> tuple[CheckSummary, None]:
    finding = FindingNote("META007", "error", "fairport.yaml", "the ORCID " + HARD, 14)
    return CheckSummary(profile, error=1, findings=(finding,)), None
