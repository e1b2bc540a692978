"""A lock beyond the size of hand-written documents: everything that reads locks takes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from fairport.check.documents import Documents
from fairport.check.parsed import LockFile
from fairport.check.repository import Repository
from fairport.check.rules.repo_health import large as large_files
from fairport.contract.constants import MAX_DOCUMENT_BYTES
from fairport.contract.documents import load_valid
from fairport.contract.errors import DocumentError
from fairport.contract.manifest import LockedFile
from fairport.lake.lockfile import LockedSet, LockHead, write_lock
from fairport.lake.workspace import Workspace

_FILES = 20_000


@pytest.fixture
def large(repository_of: Callable[..., Workspace]) -> Workspace:
    """A repository with a lock of more than 5 MB."""
    space = repository_of("")
    sums = ("024d0127", "900150983cd24fb0d6963f7d28e17f72", "ba" * 32, "0" * 32)
    files = (
        (
            "many",
            LockedFile(f"data/raw/many/{n:06d}.events.root", 3, f"lab:run7/{n:06d}.events.root", None, *sums),
        )
        for n in range(_FILES)
    )
    known = LockedSet("many", _FILES, 3 * _FILES, "sha256:" + "0" * 64, "lab:run7", "dataset", False)
    write_lock(space.lock, LockHead("sha256:" + "0" * 64, "2026-11-22T14:00:00Z", [known]), files)
    assert space.lock.stat().st_size > MAX_DOCUMENT_BYTES
    return space


def test_the_contract_reads_it(large: Workspace) -> None:
    assert len(load_valid("lock", large.lock).data["datasets"][0]["files"]) == _FILES
    copy = large.root / "data" / "manifest.json"
    copy.write_bytes(large.lock.read_bytes())
    with pytest.raises(DocumentError, match="at most 5,000,000"):
        load_valid("manifest", copy)


def test_check_reads_it_also_after_a_rule_that_wanted_less(large: Workspace) -> None:
    repository = Repository(large.root)
    with pytest.raises(DocumentError, match="at most"):
        repository.text("data/manifest.lock.json")
    documents = Documents(repository, today=date(2026, 11, 22))
    assert not list(documents.failures(LockFile))
    assert len(documents.all(LockFile)) == 1


def test_the_lock_belongs_into_git(large: Workspace) -> None:
    repository = Repository(large.root)
    repository.sizes |= {"data/manifest.lock.json": 30_000_000, "other.json": 30_000_000}
    found = large_files.function(Documents(repository, today=date(2026, 11, 22)), repository)
    assert [issue.path for issue in found] == ["other.json"]


def test_other_files_keep_their_ceiling(tmp_path: Path) -> None:
    (tmp_path / "other.lock.json").write_bytes(b" " * (MAX_DOCUMENT_BYTES + 1))
    documents = Documents(Repository(tmp_path), today=date(2026, 11, 22))
    assert isinstance(documents.parsed("other.lock.json"), DocumentError)
