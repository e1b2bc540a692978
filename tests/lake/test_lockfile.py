"""The lock on disk: canonical, streamed, tolerant of other layouts, strict about content."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from fairport.contract.errors import DocumentError
from fairport.contract.manifest import LockedFile
from fairport.contract.schemas import is_valid
from fairport.lake.lockfile import LockedSet, LockHead, open_lock, write_lock

DIGEST = "sha256:" + "a" * 64


def head(*sets: LockedSet) -> LockHead:
    return LockHead(DIGEST, "2026-11-22T14:00:00Z", list(sets), {"name": "Lab"}, "41.5.1")


def sample() -> tuple[LockHead, list[tuple[str, LockedFile]]]:
    one = LockedSet("one", 2, 3, DIGEST, "s:one", "dataset", False)
    files = [
        ("one", LockedFile("data/a", 1, "s:a", None, "0a1b2c3d", "b" * 32, None, "c" * 32)),
        ("one", LockedFile("data/é ü", 2, "s:b", None, "0a1b2c3d", "b" * 32, "d" * 64)),
    ]
    return head(one, LockedSet("two", 0, 0, DIGEST)), files


def test_written_lock_meets_the_schema_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "lock.json"
    before, files = sample()
    assert write_lock(path, before, files)
    document = json.loads(path.read_text(encoding="utf-8"))
    assert is_valid("lock", document)
    assert [list(item) for item in document["datasets"]] == [sorted(item) for item in document["datasets"]]
    with open_lock(path) as lock:
        assert lock.head == before
        assert list(lock.files()) == files
        assert list(lock.files()) == files, "a second pass gives the same"


def test_writing_the_same_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lock.json"
    before, files = sample()
    write_lock(path, before, files)
    info = path.stat()
    assert not write_lock(path, before, files)
    assert path.stat().st_mtime_ns == info.st_mtime_ns
    assert [item.name for item in tmp_path.iterdir()] == ["lock.json"]


def test_one_line_a_file(tmp_path: Path) -> None:
    path = tmp_path / "lock.json"
    write_lock(path, *sample())
    lines = path.read_text(encoding="utf-8").splitlines()
    assert sum('"path"' in line for line in path.read_text(encoding="utf-8").split("\n")) == 2
    assert lines[0] == "{"


@pytest.mark.parametrize("indent", [None, 1, 2, 4])
def test_other_layouts_are_read_too(tmp_path: Path, indent: int | None) -> None:
    path = tmp_path / "lock.json"
    before, files = sample()
    write_lock(path, before, files)
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")), indent=indent), encoding="utf-8")
    with open_lock(path) as lock:
        assert lock.head == before
        assert list(lock.files()) == files


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"bytes": 1,', '"bytes": -1,'),
        ('"0a1b2c3d"', '"XYZ"'),
        ('"path": "data/a"', '"pfad": "data/a"'),
        ('"sha256:', '"sha1:'),
        ('"schema_version": "1.0"', '"schema_version": "9.0"'),
    ],
)
def test_bad_content_is_told(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "lock.json"
    write_lock(path, *sample())
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(DocumentError), open_lock(path) as lock:
        list(lock.files())


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"datasets": 1}', "\udcff"])
def test_what_is_no_lock(tmp_path: Path, text: str) -> None:
    path = tmp_path / "lock.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(DocumentError), open_lock(path) as lock:
        list(lock.files())


def test_files_out_of_order_are_a_defect(tmp_path: Path) -> None:
    before, files = sample()
    with pytest.raises(ValueError, match="out of order"):
        write_lock(tmp_path / "lock.json", before, [("two", files[0][1]), *files])
    assert not list(tmp_path.iterdir()), "nothing half-written stays"


def test_memory_stays_flat(tmp_path: Path) -> None:
    def many(count: int) -> Iterator[tuple[str, LockedFile]]:
        for number in range(count):
            yield "big", LockedFile(f"data/{number:06d}", 1, f"s:{number:06d}", None, "0a1b2c3d", "b" * 32)

    peaks = []
    for count in (2_000, 20_000):
        path = tmp_path / f"{count}.json"
        big = head(LockedSet("big", count, count, DIGEST, "s:big", "dataset", False))
        tracemalloc.start()
        write_lock(path, big, many(count))
        with open_lock(path) as lock:
            assert sum(1 for _ in lock.files()) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5 + 500_000
