"""`catalog add` for collections and bundles: what is pinned, what is written, what is refused and why."""

from __future__ import annotations

import hashlib
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.catalog.conftest import commit, git

from fairport.catalog.harvest.adding import split_pin
from fairport.catalog.harvest.complaints import complaints, without_place
from fairport.catalog.harvest.harvesting import harvest
from fairport.catalog.registry import load_catalogue
from fairport.catalog.state import CheckSummary, ResultState
from fairport.cli.main import main
from fairport.contract.loading import load_yaml

CURVE = "# arXiv:1902.03234\n10,1e-44\n100,2e-45\n"
HOW = ("--plane", "dd.si", "--units", "GeV,cm2", "--pattern", "*.csv", "--experiment", "{1}")


def _checker(tree: Path, profile: str) -> tuple[CheckSummary, None]:
    return CheckSummary(profile), None


def _entry(catalogue: Path, name: str) -> Any:
    return load_yaml(catalogue / "experiments" / f"{name}.yaml").data


@pytest.fixture
def add(catalogue: Path) -> Any:
    """Return ``add(...)``, which calls the command for the catalogue and returns its exit code."""
    return lambda *words: main(["catalog", "add", "--catalog", str(catalogue), *map(str, words)])


@pytest.fixture
def curves(tmp_path: Path) -> Path:
    """A git repository with one curve."""
    folder = tmp_path / "curves"
    folder.mkdir()
    (folder / "Abe_2020.csv").write_text(CURVE)
    commit(folder, tag="v1")
    return folder


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("https://x.org/a.git@v1", ("https://x.org/a.git", "v1")),
        ("https://user@x.org/a.git", ("https://user@x.org/a.git", None)),
        ("https://user@x.org/a.git@main", ("https://user@x.org/a.git", "main")),
        ("git@x.org:a/b.git", ("git@x.org:a/b.git", None)),
        ("git@x.org:a/b.git@feature/x", ("git@x.org:a/b.git", "feature/x")),
        ("ssh://git@x.org/a@0f", ("ssh://git@x.org/a", "0f")),
        ("https://x.org/a@", ("https://x.org/a@", None)),
    ],
)
def test_where_an_address_ends(source: str, parts: tuple[str, str | None]) -> None:
    assert split_pin(source) == parts


@pytest.mark.parametrize("ref", ["", "@v1", "@main", "@{commit}"])
def test_a_collection_is_pinned_and_read(add: Any, catalogue: Path, curves: Path, ref: str) -> None:
    tagged = git(curves, "rev-parse", "HEAD").strip()
    now = tagged if ref == "@v1" else commit(curves, "another")
    assert add("--collection", curves.as_uri() + ref.format(commit=now), *HOW, "--title", "Curves") == 0
    assert _entry(catalogue, "curves")["publish"] == {"mode": "ref", "ref": now}
    (curves / "Abe_2020.csv").write_text("changed afterwards")
    commit(curves)
    (state,) = harvest(catalogue, checker=_checker).states
    assert [(item.id, item.state, item.experiment) for item in state.results] == [("abe-2020", "ok", "Abe")]
    record = (catalogue / "harvest/curves" / str(state.version) / "results/abe-2020/result.yaml").read_text()
    assert "1902.03234" in record


def test_rules_of_a_file_are_kept_in_the_catalogue(
    add: Any, catalogue: Path, curves: Path, tmp_path: Path
) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text("rules:\n  - {pattern: '*.csv', plane: dd.si, units: [GeV, cm2]}\n")
    assert add("--collection", curves, "--rules", rules, "--id", "mine") == 0
    assert _entry(catalogue, "mine")["mapping"]["file"] == "mappings/mine.yaml"
    assert (catalogue / "mappings/mine.yaml").read_bytes() == rules.read_bytes()
    assert harvest(catalogue, checker=_checker).states[0].results[0].state == "ok"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--collection", "{curves}"), "nothing says how the curves are read"),
        (("--collection", "{curves}", "--plane", "dd.is"), "did you mean dd.si"),
        (("--collection", "{uri}@nowhere", "--plane", "dd.si"), 'no branch or tag "nowhere"'),
        (("--collection", "{uri}@0123abc", "--plane", "dd.si"), "all 40 digits"),
        (("--collection", "{uri}/none.git@v1", "--plane", "dd.si"), "your access to it; for a full commit"),
        (("--collection", "nowhere", "--plane", "dd.si"), "no such folder"),
        (("--collection", "http://x.org/a", "--plane", "dd.si"), "only https, ssh, file"),
        (("--collection", "{curves}", "--plane", "dd.si", "--cl", "2"), "cl"),
        (("--collection", "--bundle", "{curves}"), "not both"),
        (("{curves}", "--plane", "dd.si"), "add --collection"),
        (("--collection", "{curves}", "--plane", "dd.si", "--history"), "--history says nothing about"),
        (("--bundle", "nowhere.zip"), "no such bundle"),
        (("--bundle", "https://x.org/a.git"), "git repository"),
        (("--bundle", "{curves}"), "holds no fairport.yaml"),
        (("{curves}/Abe_2020.csv",), "this is a file"),
        (("https://user:pw@x.org/a.git",), "holds a password"),
        (("--id", "x", "a", "b"), "several sources"),
    ],
)
def test_mistakes_have_a_mend_and_write_nothing(
    words: tuple[str, ...],
    message: str,
    add: Any,
    catalogue: Path,
    curves: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = add(*(word.format(curves=curves, uri=curves.as_uri()) for word in words))
    error = capsys.readouterr().err
    assert code in {1, 2}
    assert message in error
    assert "mend:" in error or "cl" in words[-2]
    assert "user:pw" not in error
    assert load_catalogue(catalogue).entries == ()


@pytest.fixture
def archive(make_repository: Any, tmp_path: Path) -> Path:
    """A bundle as an archive."""
    folder = make_repository()
    with zipfile.ZipFile(tmp_path / "toy.zip", "w") as box:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                box.write(path, path.relative_to(folder))
    return tmp_path / "toy.zip"


def test_bundles_of_this_machine(add: Any, catalogue: Path, archive: Path) -> None:
    assert add("--bundle", archive) == 0
    assert _entry(catalogue, "toy")["repository"] == {"path": "../toy.zip"}
    report = harvest(catalogue, checker=_checker)
    assert (report.states[0].state, report.unchanged) == ("ok", ())
    assert harvest(catalogue, checker=_checker).unchanged == ("toy",)


def test_several_at_once_of_which_one_fails(
    add: Any, catalogue: Path, archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add("--bundle", archive, "nowhere.zip") == 2
    assert "1 of 2 registered" in capsys.readouterr().err
    assert [entry.id for entry in load_catalogue(catalogue).entries] == ["toy"]


def test_bundles_of_a_server_are_pinned(add: Any, catalogue: Path, archive: Path) -> None:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(archive.parent))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/toy.zip"
        try:
            assert add("--bundle", address, "--sha256", "0" * 64) == 1
            assert add("--bundle", address) == 0
        finally:
            server.shutdown()
    assert _entry(catalogue, "toy")["repository"] == {"url": address, "sha256": digest}
    assert harvest(catalogue, checker=_checker).states[0].state == "ok"  # from the cache


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("a.csv: a.csv:6: too large", "line 6: too large"),
        ("a.csv:3:1: oh", "line 3: oh"),
        ("a.csv has 4 columns", "has 4 columns"),
        ("a.csvx: oh", "a.csvx: oh"),
        ("oh", "oh"),
    ],
)
def test_a_reason_without_its_place(reason: str, expected: str) -> None:
    assert without_place("a.csv", reason) == expected
    assert without_place("a.csv[limit]", reason) == expected


def test_what_is_true_of_many_is_told_once() -> None:
    results = [ResultState(f"{n}.csv", "failed", reason=f"{n}.csv has 4 columns") for n in range(3)]
    results += [ResultState("x.csv", "failed", reason="x.csv: gone"), ResultState("y.csv", "ok")]
    found = [(item.reason, item.paths) for item in complaints(results)]
    assert found == [("has 4 columns", ("0.csv", "1.csv", "2.csv")), ("gone", ("x.csv",))]
