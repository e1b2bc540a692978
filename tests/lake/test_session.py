"""Which failures of the lake are tried again, and for how long."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from fairport.lake.remote import session as sessions
from fairport.lake.remote.session import Session, UntrustedLakeError

ACCESS = {
    "rucio_host": "http://127.0.0.1:9",
    "auth_host": "http://127.0.0.1:9",
    "auth_type": "userpass",
    "vo": None,
    "options": {},
    "token_file": "token",
}


class DatabaseException(Exception):
    """As Rucio's."""


class ServerConnectionException(Exception):
    """As Rucio's."""


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.setenv("RUCIO_CONFIG", "")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(sessions.time, "sleep", lambda _: None)
    before = list(logging.getLogger().handlers)
    yield Session(ACCESS, 5)
    logging.getLogger().handlers[:] = before


def failing(error: Exception, times: int) -> tuple[list[int], object]:
    calls: list[int] = []

    def call() -> str:
        calls.append(1)
        if len(calls) <= times:
            raise error
        return "done"

    return calls, call


@pytest.mark.parametrize("text", ["An unknown Database Exception has occurred.", "database is locked"])
def test_two_writers_at_once_are_tried_again(session: Session, text: str) -> None:
    calls, call = failing(DatabaseException(text), 3)
    assert session.call(call) == "done"  # type: ignore[arg-type]
    assert len(calls) == 4


def test_a_failure_that_stays_is_told_after_a_few_times(session: Session) -> None:
    calls, call = failing(DatabaseException("An unknown Database Exception has occurred."), 100)
    with pytest.raises(DatabaseException):
        session.call(call)  # type: ignore[arg-type]
    assert len(calls) == 5


def test_other_failures_are_told_at_once(session: Session) -> None:
    calls, call = failing(DatabaseException("constraint failed"), 100)
    with pytest.raises(DatabaseException):
        session.call(call)  # type: ignore[arg-type]
    assert len(calls) == 1


def test_a_certificate_that_is_not_trusted_is_no_absence(session: Session) -> None:
    def call() -> None:
        logging.getLogger("user").error(
            "ConnectionError: (Caused by SSLError(SSLCertVerificationError(1, '[SSL: "
            "CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)')))"
        )
        raise ServerConnectionException

    with pytest.raises(UntrustedLakeError, match="self-signed"):
        session.call(call)
