"""Uploads go on when the lake goes away while Rucio's own client asks it something."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from fairport.lake.remote import session as sessions
from fairport.lake.remote import storing
from fairport.lake.remote.session import Session

FILE = {"path": "a.dat", "scope": "lab", "name": "a.dat", "bytes": 2, "adler32": "00620062", "md5": "0" * 32}


class RucioException(Exception):
    """As Rucio's."""


class ChunkedEncodingError(Exception):
    """As that of requests: the answer of the lake ended in the middle."""


class Lake:
    """What the client of a session and its upload client know, in memory; away for the first uploads."""

    def __init__(self, failures: list[Exception]) -> None:
        self.failures, self.uploads = failures, 0
        self.registered: dict[str, dict[str, Any]] = {}

    def upload(self, items: list[dict[str, Any]], traces_copy_out: list[dict[str, Any]]) -> None:
        self.uploads += 1
        if self.failures:
            raise self.failures.pop(0)

    def get_metadata_bulk(self, dids: list[dict[str, str]]) -> Iterator[dict[str, Any]]:
        return (self.registered[did["name"]] for did in dids if did["name"] in self.registered)

    def add_replicas(self, rse: str, replicas: list[dict[str, Any]]) -> None:
        self.registered |= {replica["name"]: {**replica, "did_type": "FILE"} for replica in replicas}

    def list_replicas(self, dids: list[dict[str, str]], *, all_states: bool) -> Iterator[dict[str, Any]]:
        return ({**did, "states": {"A": "AVAILABLE"}} for did in dids)


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.setenv("RUCIO_CONFIG", "")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(sessions.time, "sleep", lambda _: None)
    monkeypatch.setattr(storing, "_left_over", lambda *_: False)
    for name in ("rucio", "rucio.common", "rucio.common.exception"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    sys.modules["rucio.common.exception"].RucioException = RucioException  # type: ignore[attr-defined]
    before = list(logging.getLogger().handlers)
    access = {"rucio_host": "http://127.0.0.1:9", "auth_host": "http://127.0.0.1:9", "auth_type": "userpass"}
    yield Session({**access, "vo": None, "options": {}, "token_file": "token"}, 5)
    logging.getLogger().handlers[:] = before


def through(session: Session, lake: Lake) -> list[dict[str, Any]]:
    session._client = lake
    session._transfer["upload"] = SimpleNamespace(upload=lake.upload)
    return storing.store(session, [FILE], "DISK", 120)


def test_an_upload_whose_question_was_cut_off_is_done_again(session: Session) -> None:
    lake = Lake([ChunkedEncodingError("Response ended prematurely")] * 2)
    assert through(session, lake) == [{"did": "lab:a.dat", "state": "stored"}]
    assert lake.uploads == 3


def test_an_upload_that_the_storage_refuses_is_told_for_its_file(session: Session) -> None:
    lake = Lake([RucioException("no space")] * 3)
    (told,) = through(session, lake)
    assert (told["state"], told["reason"]) == ("failed", "RucioException: no space")
    assert lake.uploads == 3


def test_another_failure_of_the_client_is_not_repeated(session: Session) -> None:
    lake = Lake([ValueError("broken")])
    with pytest.raises(ValueError, match="broken"):
        through(session, lake)
    assert lake.uploads == 1
