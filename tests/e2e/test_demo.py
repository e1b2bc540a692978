"""The whole flow once: scaffold, run, check, publish, as a user would, in processes of their own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fairport.contract.loading import load_json
from fairport.contract.schemas import validate
from fairport.results.store import load_result

SLUGS = ("argon-future-projection", "darkside50-recast", "xenon1t-recast")
DARKSIDE = {100.0: 1.14e-44, 1000.0: 3.78e-44, 10000.0: 3.43e-43}  # abstract of arXiv:1802.07198


def fairport(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fairport", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)


def git(path: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=path, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    directory = tmp_path_factory.mktemp("a demo") / "with space & ünïcode"
    done = fairport("demo", "--dir", str(directory), "--format", "json")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return directory, report


def test_everything_lies_under_the_directory(demo: tuple[Path, dict[str, Any]]) -> None:
    directory, report = demo
    assert sorted(path.name for path in directory.iterdir()) == [
        ".fairport-demo",
        "analyses",
        "catalogue",
        "site",
    ]
    assert Path(report["site"]) == directory / "site" / "index.html"
    assert sorted(item["id"] for item in report["analyses"]) == list(SLUGS)


def test_darkside_reproduces_the_published_limit(demo: tuple[Path, dict[str, Any]]) -> None:
    directory, report = demo
    result = load_result(directory / "analyses" / "darkside50-recast" / "results" / "si")
    for mass, published in DARKSIDE.items():
        assert float(result.at(mass)) == pytest.approx(published, rel=0.06)
    (analysis,) = (item for item in report["analyses"] if item["id"] == "darkside50-recast")
    assert [item["verdict"] for item in analysis["agreement"]] == ["agrees"] * 3


def test_xenon1t_lies_within_a_factor_two_of_the_published_limit(
    demo: tuple[Path, dict[str, Any]], reference_data: Path
) -> None:
    published = reference_data / "dd_limit_plot" / "data" / "WIMPSI_XENON1T_2018_1805.12562.csv"
    rows = np.genfromtxt(published, delimiter=",", comments="#")
    rows = rows[np.isfinite(rows).all(axis=1)]
    rows = rows[(rows[:, 0] >= 50) & (rows[:, 0] <= min(1e4, rows[:, 0].max()))]
    assert len(rows) >= 5
    result = load_result(demo[0] / "analyses" / "xenon1t-recast" / "results" / "si")
    ratio = result.at(rows[:, 0]) / rows[:, 1]
    assert np.all((ratio > 0.5) & (ratio < 2))
    assert result.record.provenance.origin == "recast"


def test_results_are_examples_with_full_provenance(demo: tuple[Path, dict[str, Any]]) -> None:
    for slug in SLUGS:
        repository = demo[0] / "analyses" / slug
        record = load_result(repository / "results" / "si").record
        provenance = record.provenance
        assert provenance.example
        assert provenance.code
        assert provenance.code.commit == git(repository, "rev-parse", "HEAD").strip()
        assert provenance.code.clean
        assert provenance.workflow
        assert re.fullmatch(r"sha256:[0-9a-f]{64}", provenance.workflow.digest)
        assert provenance.environment
        assert provenance.environment.interpreter
        assert provenance.run
        assert provenance.run.engine == "local"
        assert any(item.path == "data/experiment.json" for item in provenance.inputs)


def test_running_again_changes_nothing(demo: tuple[Path, dict[str, Any]]) -> None:
    repository = demo[0] / "analyses" / "darkside50-recast"
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "results")
    for _ in range(2):
        done = fairport("run", cwd=repository)
        assert done.returncode == 0, done.stderr
        assert git(repository, "status", "--porcelain") == ""
    checked = fairport("check", "--format", "json", cwd=repository)
    assert checked.returncode == 0, checked.stdout


def test_an_example_never_passes_for_a_release(demo: tuple[Path, dict[str, Any]]) -> None:
    repository = demo[0] / "analyses" / "darkside50-recast"
    done = fairport("check", "--profile", "release", "--format", "json", str(repository))
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert validate("report", report) == []
    (finding,) = (
        finding
        for target in report["targets"]
        for finding in target["findings"]
        if finding["rule"] == "RES018" and finding["status"] == "fail"
    )
    assert finding["severity"] == "error"
    assert finding["path"].startswith("results/si/")
    assert finding["line"] >= 1


def test_the_site_shows_the_three_curves_in_one_plot(demo: tuple[Path, dict[str, Any]]) -> None:
    site = demo[0] / "site"
    front = (site / "index.html").read_text("utf-8")
    assert "<svg" in front
    for slug in SLUGS:
        assert f"r/{slug}/si/index.html" in front
        assert (site / "r" / slug / "si" / "index.html").is_file()
        assert (site / "a" / slug / "index.html").is_file()


def test_the_index_meets_its_schema_and_points_at_files(demo: tuple[Path, dict[str, Any]]) -> None:
    site = demo[0] / "site"
    index = load_json(site / "catalog.json").data
    assert validate("index", index) == []
    assert sorted(item["id"] for item in index["results"]) == [f"{slug}/si" for slug in SLUGS]
    assert all(item["example"] for item in index["results"])
    for item in index["results"]:
        for key in ("url", "record", "table", "bibtex"):
            assert (site / item[key]).is_file(), item[key]
    for plane in index["planes"]:
        for figure in plane["figures"]:
            assert (site / figure).stat().st_size > 1000


def test_the_site_asks_nobody_else(demo: tuple[Path, dict[str, Any]]) -> None:
    for page in (demo[0] / "site").rglob("*.html"):
        text = page.read_text("utf-8")
        loaded = re.findall(r'<(?:script|img|iframe)[^>]+src="(https?:)?//', text)
        loaded += re.findall(
            r'<link[^>]+rel="(?:stylesheet|icon|preload|preconnect)"[^>]+href="https?://', text
        )
        assert loaded == [], page


def test_a_broken_repository_gets_a_card_and_harms_nobody(demo: tuple[Path, dict[str, Any]]) -> None:
    directory = demo[0]
    broken = directory / "analyses" / "broken"
    broken.mkdir()
    (broken / "fairport.yaml").write_text('id: "<script>alert(1)</script>"\nid: twice\n', "utf-8")
    try:
        catalogue = str(directory / "catalogue")
        assert fairport("catalog", "add", str(broken), "--catalog", catalogue).returncode == 0
        assert fairport("catalog", "harvest", "--catalog", catalogue).returncode in {0, 1}
        built = fairport("catalog", "build", "--catalog", catalogue, "--output", str(directory / "site"))
        assert built.returncode == 0, built.stderr
        index = load_json(directory / "site" / "catalog.json").data
        states = {entry["id"]: entry["state"] for entry in index["entries"]}
        assert sorted(states.values()) == ["failed", "ok", "ok", "ok"]
        assert len(index["results"]) == 3
        for page in (directory / "site").rglob("*.html"):
            assert "<script>alert" not in page.read_text("utf-8"), page
    finally:
        (broken / "fairport.yaml").unlink()
        broken.rmdir()


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("x")
    done = fairport("demo", "--dir", str(tmp_path))
    assert done.returncode == 2
    assert "not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
