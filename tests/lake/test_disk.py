"""A full or write-protected disk is told with what to do."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from fairport.lake.failures import DiskError, RemoteError, disk_told, explain


def test_a_full_disk() -> None:
    with pytest.raises(DiskError, match="disk is full"), disk_told():
        Path("/dev/full").write_bytes(b"x" * 100_000)


def test_a_full_database(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "base") as base:
        base.execute("CREATE TABLE t (text TEXT)")
        base.execute("PRAGMA max_page_count = 2")
        with pytest.raises(DiskError, match="disk is full"), disk_told():
            base.executemany("INSERT INTO t VALUES (?)", [("x" * 10_000,)] * 100)


def test_a_full_disk_seen_by_the_isolated_client() -> None:
    error = explain(RemoteError(["OSError"], "[Errno 28] No space left on device", False))
    assert isinstance(error, DiskError)
    assert "FAIRPORT_STORE" in str(error.mend)


def test_no_right_to_write() -> None:
    with pytest.raises(DiskError, match="may not be written") as caught, disk_told():
        raise PermissionError(13, "Permission denied", "/data/raw")
    assert caught.value.where == "/data/raw"


def test_anything_else_stays_what_it_is() -> None:
    with pytest.raises(FileNotFoundError), disk_told():
        Path("/nothing/there").read_bytes()
