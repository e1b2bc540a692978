"""Large entries: what several processes freeze together, and what an earlier harvest read, is the same."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.catalog.conftest import Harvest, MakeRepository, write_result

from fairport.catalog.copies import COPY_FILE
from fairport.catalog.harvest import freeze as freezing
from fairport.catalog.harvest import intake, shares
from fairport.catalog.harvest.examination import check_repository
from fairport.catalog.harvest.shares import freeze_share
from fairport.catalog.state import EntryState
from fairport.contract.documents import Document
from fairport.contract.resources import catalog_root
from fairport.contract.saving import dump_yaml

CURVE = "10,1e-44\n100,2e-45\n1000,{}e-45\n"

RESULTS: dict[str, dict[str, Any]] = {
    "a": {},
    "b": {"title": "Another limit"},
    "c": {"plane": "no.such.plane"},
    "d": {"id": "a", "title": "The id of another"},
    "e": {"id": "f", "plane": "no.such.plane"},
    "f": {},
    "g": {"kind": None},
}


@pytest.fixture
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two results be many."""
    monkeypatch.setattr(shares, "WORTH", 2)
    monkeypatch.setattr(intake, "WORTH", 2)


def _both_ways(run: Callable[..., Any], root: Path) -> tuple[Any, Any]:
    """Return what a harvest finds alone and with helpers, each with the files of the store."""
    found = []
    for jobs in (1, 2):
        shutil.rmtree(root / "harvest", ignore_errors=True)
        shutil.rmtree(root / ".cache", ignore_errors=True)
        state = run(jobs=jobs).states[0]
        folder = root / "harvest"
        files = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        found.append((state, files))
    return found[0], found[1]


@pytest.mark.usefixtures("everything_is_large")
def test_helpers_give_the_same_store(
    catalogue: Path,
    make_repository: MakeRepository,
    register: Callable[..., Path],
    run_harvest: Harvest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    register(make_repository(results=RESULTS))
    (alone, files), (helped, same) = _both_ways(
        lambda jobs: run_harvest(jobs=jobs, checker=check_repository), catalogue
    )
    assert (helped.reason, alone.reason) == (None, None)
    assert helped == alone
    assert same == files
    assert [(item.path.split("/")[1], item.state) for item in alone.results] == [
        ("a", "ok"), ("b", "ok"), ("c", "failed"), ("d", "failed"),
        ("e", "failed"), ("f", "ok"), ("g", "failed"),
    ]  # fmt: skip
    assert helped.check is not None
    assert helped.check.error > 0


@pytest.mark.usefixtures("everything_is_large")
def test_helpers_give_the_same_collection(catalogue: Path, run_harvest: Harvest) -> None:
    curves = catalogue.parent / "curves"
    curves.mkdir()
    for number in range(5):
        (curves / f"c{number}.csv").write_text(CURVE.format(number + 1), "utf-8")
    (curves / "broken.csv").write_text("nothing\n", "utf-8")
    (curves / "sub").mkdir()
    (curves / "sub" / "C1.csv").write_text(CURVE.format(9), "utf-8")
    rules = [{"pattern": "**/*.csv", "plane": "dd.si", "units": ["GeV", "cm2"], "experiment": "Toy"}]
    entry = {
        "schema_version": "1.0",
        "id": "curves",
        "type": "collection",
        "title": "Some curves",
        "repository": {"path": "../curves"},
        "status": "community",
        "mapping": {"importer": "text", "licence": "CC-BY-4.0", "rules": rules},
    }
    (catalogue / "experiments" / "curves.yaml").write_text(dump_yaml(entry), "utf-8")
    (alone, files), (helped, same) = _both_ways(
        lambda jobs: run_harvest(jobs=jobs, checker=check_repository), catalogue
    )
    assert (helped.reason, alone.reason) == (None, None)
    assert helped == alone
    assert same == files
    assert sum(item.state == "ok" for item in alone.results) >= 5
    assert sum(item.state == "failed" for item in alone.results) == 1


class Failing:
    """A share whose second part cannot be written."""

    def __init__(self, destination: Path, numbers: list[int]) -> None:
        self.destination, self.numbers = destination, numbers

    def __len__(self) -> int:
        return len(self.numbers)

    def part(self, start: int, stop: int, destination: Path) -> Failing:
        return Failing(destination, self.numbers[start:stop])

    def freeze(self) -> list[Any]:
        if 1 in self.numbers:
            raise OSError(errno.ENOSPC, "No space left on device")
        return list(self.numbers)


class Helpers:
    """Helpers without processes."""

    processes = 1

    def do(self, share: Any) -> Any:
        return share.freeze()


def test_a_failure_of_the_machine_ends_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "WORTH", 2)
    with pytest.raises(OSError, match="No space left"):
        freeze_share(Failing(tmp_path, [0, 1, 2, 3]), Helpers())  # type: ignore[arg-type]


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Records that a harvest parses."""
    found: list[str] = []
    true = freezing.load_valid

    def load(kind: str, path: Path, *, name: str | None = None) -> Document:
        found.append(name or "")
        return true(kind, path, name=name)

    monkeypatch.setattr(freezing, "load_valid", load)
    return found


@pytest.fixture
def two_results(
    make_repository: MakeRepository, register: Callable[..., Path], run_harvest: Harvest
) -> tuple[Path, EntryState]:
    """A harvested repository with the results ``si`` and ``sd``."""
    repository = make_repository(results={"si": {}, "sd": {"title": "The other"}})
    register(repository)
    return repository, run_harvest().states[0]


def test_unchanged_records_are_not_parsed_again(
    catalogue: Path, two_results: tuple[Path, EntryState], run_harvest: Harvest, parsed: list[str]
) -> None:
    repository, before = two_results
    write_result(repository / "results" / "sd", {"id": "sd", "title": "Changed"})
    state = run_harvest().states[0]
    assert parsed == ["results/sd/result.yaml"]
    assert [item.title for item in state.results] == ["Changed", "Toy limit"]
    assert state.results[1] == before.results[1]
    assert state.version is not None
    folder = catalogue / "harvest" / "toy" / state.version / "results"
    assert all((folder / name / COPY_FILE).is_file() for name in ("si", "sd"))
    shutil.rmtree(catalogue / "harvest")
    again = run_harvest().states[0]
    assert again.version == state.version


def test_a_changed_table_of_an_unchanged_record_is_told(
    two_results: tuple[Path, EntryState], run_harvest: Harvest, parsed: list[str]
) -> None:
    repository, _ = two_results
    (repository / "results" / "si" / "limit.csv").write_text("mass,sigma\n1,2\n", "utf-8")
    found = {item.id: item for item in run_harvest().states[0].results}
    assert not parsed
    assert found["si"].state == "kept"
    assert "differs from the digest" in (found["si"].reason or "")


def test_an_unchanged_record_follows_the_planes_of_the_catalogue(
    catalogue: Path, make_repository: MakeRepository, register: Callable[..., Path], run_harvest: Harvest
) -> None:
    own = catalogue / "planes"
    own.mkdir(exist_ok=True)
    text = (catalog_root() / "planes" / "dd.si.yaml").read_text("utf-8")
    (own / "own.plane.yaml").write_text(text.replace("id: dd.si\n", "id: own.plane\n"), "utf-8")
    repository = make_repository(results={"si": {"plane": "own.plane"}, "sd": {}})
    register(repository)
    assert {item.state for item in run_harvest().states[0].results} == {"ok"}
    (own / "own.plane.yaml").unlink()
    write_result(repository / "results" / "sd", {"id": "sd", "title": "Changed"})
    found = {item.id: item for item in run_harvest().states[0].results}
    assert found["si"].state == "failed"
    assert 'no plane "own.plane"' in (found["si"].reason or "")


@pytest.mark.parametrize("content", ["", "[]", '{"format": 1}'])
def test_a_broken_copy_in_the_store_is_left_aside(
    catalogue: Path,
    two_results: tuple[Path, EntryState],
    run_harvest: Harvest,
    parsed: list[str],
    content: str,
) -> None:
    repository, before = two_results
    for path in catalogue.glob(f"harvest/toy/v-*/results/si/{COPY_FILE}"):
        path.write_text(content, "utf-8")
    write_result(repository / "results" / "sd", {"id": "sd", "title": "Changed"})
    state = run_harvest().states[0]
    assert sorted(parsed) == ["results/sd/result.yaml", "results/si/result.yaml"]
    assert state.results[1] == before.results[1]
