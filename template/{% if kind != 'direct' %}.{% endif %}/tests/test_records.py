"""Tables and records."""

from __future__ import annotations

from pathlib import Path

import pytest
import records


def test_tables_read_back_the_same(tmp_path: Path) -> None:
    rows = [(1.0, 1e-45), (2.0, 0.1 + 0.2)]
    path = tmp_path / "table.csv"
    records.write_csv(path, ("mass", "limit"), rows)
    assert path.read_bytes().startswith(b"mass,limit\n1.0,1e-45\n")
    assert records.read_csv(path) == {"mass": [1.0, 2.0], "limit": [1e-45, 0.1 + 0.2]}
    assert list(tmp_path.iterdir()) == [path]


def test_a_table_without_rows_is_refused(tmp_path: Path) -> None:
    records.write_csv(tmp_path / "table.csv", ("mass",), [])
    with pytest.raises(SystemExit, match="no rows"):
        records.read_csv(tmp_path / "table.csv")


def test_rounding_keeps_six_digits() -> None:
    assert records.rounded(1.23456789e-26) == 1.23457e-26


def test_a_wrong_unit_is_refused() -> None:
    assert records.require_unit({"value": 2, "unit": "T"}, "T", "field") == 2.0
    with pytest.raises(SystemExit, match="field"):
        records.require_unit({"value": 2, "unit": "G"}, "T", "field")


def test_only_unchanged_examples_are_examples() -> None:
    own = {"origin": "simulation", "cite": []}
    assert records.provenance(own, "sha256:0") == {"origin": "simulation", "example": False, "cite": []}
    example = records.provenance({**own, "example": "x"}, "sha256:0")
    assert example["example"]
    assert example["example_digest"] == "sha256:0"
