"""A catalogue with a past: a release, vanished, moved and withdrawn results, and texts that are hard."""

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


def _moved() -> dict[str, list[float]]:
    return {"mass": [10.0, 100.0, 1000.0], "sigma": [3.125e-44, 6.25e-45, 4.5e-44]}


def _checker(tree: Path, profile: str) -> tuple[CheckSummary, None]:
    finding = FindingNote("META007", "error", "fairport.yaml", "the ORCID " + HARD, 14)
    return CheckSummary(profile, error=1, findings=(finding,)), None
