"""A file that is hashed while it grows gives the checksums of the finished file, or none."""

from __future__ import annotations

import hashlib
import os
import random
import time
from collections.abc import Callable
from pathlib import Path

from fairport.lake.hashing import sums_of
from fairport.lake.remote.follower import Follower

DATA = random.Random(5).randbytes(3_000_000)


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.002)


def opened(path: Path) -> bool:
    """Return whether this process reads a file: one handle more than the writer's."""
    handles = Path("/proc/self/fd").iterdir()
    return sum(os.path.realpath(handle) == str(path.resolve()) for handle in handles) > 1


def write(path: Path, data: bytes, *, read: bool = False) -> None:
    """Write a file bit by bit; with ``read``, only once the follower has opened it."""
    with path.open("wb") as out:
        if read:
            until(lambda: opened(path))
        for start in range(0, len(data), 400_000):
            out.write(data[start : start + 400_000])
            out.flush()
            time.sleep(0.01)


def test_a_growing_file(tmp_path: Path) -> None:
    part, final = tmp_path / "x.part", tmp_path / "x"
    follower = Follower(part, len(DATA))
    write(part, DATA, read=True)
    part.rename(final)
    expected = sums_of(final)
    found = follower.sums(final, expected.adler32 or "")
    assert found is not None
    assert (found.bytes, found.adler32, found.sha256) == (
        len(DATA),
        expected.adler32,
        hashlib.sha256(DATA).hexdigest(),
    )


def test_a_second_attempt(tmp_path: Path) -> None:
    part, final = tmp_path / "x.part", tmp_path / "x"
    follower = Follower(part, len(DATA))
    write(part, DATA[:1_000_000])
    part.unlink()
    write(part, DATA)
    part.rename(final)
    expected = sums_of(final)
    found = follower.sums(final, expected.adler32 or "")
    assert found is None or found.sha256 == expected.sha256


def test_what_is_not_believed(tmp_path: Path) -> None:
    part, final = tmp_path / "x.part", tmp_path / "x"
    follower = Follower(part, len(DATA))
    write(part, b"\0" * len(DATA))
    until(lambda: not follower._thread.is_alive())
    with part.open("r+b") as out:  # a client that fills in later
        out.write(DATA)
    part.rename(final)
    assert follower.sums(final, sums_of(final).adler32 or "") is None
    never = Follower(tmp_path / "never.part", 10)
    (tmp_path / "never").write_bytes(b"0123456789")
    assert never.sums(tmp_path / "never", sums_of(tmp_path / "never").adler32 or "") is None
    short = Follower(tmp_path / "short.part", 10)
    write(tmp_path / "short.part", b"012")
    assert short.sums(tmp_path / "short.part", "0" * 8) is None
