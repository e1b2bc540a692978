"""Copies of what was read: the same result as from the files, and none at all once the files are others."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.catalog.conftest import Harvest, MakeRepository, write_result

from fairport.catalog import copies
from fairport.catalog.copies import COPY_FILE, keep_copy, load_frozen
from fairport.catalog.site.build import build
from fairport.contract.errors import FairportError
from fairport.results.loaded import LoadedResult
from fairport.results.planes import Planes
from fairport.results.store import load_result

POINTS = {"mass": [10.0, 100.0, 1000.0], "sigma": [1e-44, math.nan, 1.5e-44]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_result(tmp_path, {"title": "Grenze für σ\u2028", "expectation": None}, POINTS)
    keep_copy(tmp_path, load_result(tmp_path))
    return tmp_path


def _load(folder: Path) -> LoadedResult:
    return load_frozen(folder, planes=Planes(), analysis="toy", experiment="Toy-1", collaboration=None)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Folders whose YAML and CSV were read."""
    found: list[Path] = []

    def read(folder: Path, **known: object) -> LoadedResult:
        found.append(folder)
        return load_result(folder, **known)  # type: ignore[arg-type]

    monkeypatch.setattr(copies, "load_result", read)
    return found


def test_a_copy_gives_the_same_result(folder: Path, reads: list[Path]) -> None:
    kept = _load(folder)
    assert not reads
    (folder / COPY_FILE).unlink()
    read = _load(folder)
    assert reads == [folder]
    assert (kept.record, kept.data, kept.digest, kept.id, kept.path) == (
        read.record,
        read.data,
        read.digest,
        read.id,
        read.path,
    )
    assert kept.columns.keys() == read.columns.keys()
    for name, values in kept.columns.items():
        np.testing.assert_array_equal(values, read.columns[name])
        assert values.dtype == read.columns[name].dtype


def test_changed_files_are_read(folder: Path, reads: list[Path]) -> None:
    record = folder / "result.yaml"
    record.write_text(record.read_text("utf-8").replace("Grenze", "Limit"), "utf-8")
    assert _load(folder).record.title.startswith("Limit")
    assert reads == [folder]


def test_a_changed_table_is_told(folder: Path) -> None:
    (folder / "limit.csv").write_text("mass,sigma\n1,2\n", "utf-8")
    with pytest.raises(FairportError, match="changed after the record was written"):
        _load(folder)


@pytest.mark.parametrize("content", ["", "[]", '{"format": 1}', "\x00", "[" * 100_000])
def test_a_broken_copy_is_left_aside(folder: Path, reads: list[Path], content: str) -> None:
    (folder / COPY_FILE).write_text(content, "utf-8")
    assert _load(folder).record.id == "si"
    assert reads == [folder]


def test_a_copy_of_another_version_is_left_aside(folder: Path, reads: list[Path]) -> None:
    kept = json.loads((folder / COPY_FILE).read_bytes())
    (folder / COPY_FILE).write_text(json.dumps({**kept, "fairport": "0.0.1"}), "utf-8")
    assert _load(folder).record.id == "si"
    assert reads == [folder]


def test_large_tables_have_no_copy(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / COPY_FILE).unlink()
    monkeypatch.setattr(copies, "MAX_COPY_BYTES", 100)
    keep_copy(folder, load_result(folder))
    assert not (folder / COPY_FILE).exists()


def test_a_harvest_keeps_copies_and_a_site_does_not_show_them(
    catalogue: Path,
    make_repository: MakeRepository,
    register: Callable[..., Path],
    run_harvest: Harvest,
    reads: list[Path],
) -> None:
    register(make_repository())
    run_harvest()
    assert list(catalogue.glob(f"harvest/toy/v-*/results/si/{COPY_FILE}"))
    site = build(catalogue, docs=False).root
    assert not reads
    assert not list(site.rglob(f"*{COPY_FILE}"))
