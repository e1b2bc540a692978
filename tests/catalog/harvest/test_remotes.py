"""Manners towards servers, and what git says in words that help."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.catalog.conftest import commit

from fairport.catalog.harvest import git
from fairport.catalog.harvest.git import SourceError, Unanswered
from fairport.catalog.harvest.gitwords import explain
from fairport.catalog.harvest.remotes import PATIENCE, PER_HOST, Remotes, host_of
from fairport.catalog.registry import add_entry
from fairport.contract.saving import dump_yaml


def test_each_address_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(git, "remote_refs", lambda address: asked.append(address) or {"HEAD": "0" * 40})
    remotes = Remotes()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(remotes.refs, ["https://example.org/a"] * 8))
    assert asked == ["https://example.org/a"]


def test_a_host_gets_few_requests_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    lock, now, most = threading.Lock(), 0, 0

    def ask(address: str) -> dict[str, str]:
        nonlocal now, most
        with lock:
            now, most = now + 1, max(most, now + 1)
        time.sleep(0.02)
        with lock:
            now -= 1
        return {}

    monkeypatch.setattr(git, "remote_refs", ask)
    with ThreadPoolExecutor(32) as pool:
        list(pool.map(Remotes().refs, [f"https://example.org/{number}" for number in range(32)]))
    assert most == PER_HOST


def test_what_may_be_over_soon_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[Any] = [
        SourceError("x", why="RPC failed; HTTP 503"),
        SourceError("x", why="early EOF"),
        {"a": "b"},
    ]
    waited: list[float] = []

    def ask(address: str) -> dict[str, str]:
        answer = answers.pop(0)
        if isinstance(answer, SourceError):
            raise answer
        return dict(answer)

    monkeypatch.setattr(git, "remote_refs", ask)
    assert Remotes(waited.append).refs("https://example.org/a") == {"a": "b"}
    assert waited == [2.0, 8.0]
    answers[:] = [SourceError("x", why="repository not found")]
    with pytest.raises(SourceError, match="x"):
        Remotes(waited.append).refs("https://example.org/a")
    assert len(waited) == 2


def test_a_host_that_never_answers_is_not_asked_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ask(address: str) -> dict[str, str]:
        asked.append(address)
        raise Unanswered("nothing came")

    monkeypatch.setattr(git, "remote_refs", ask)
    remotes = Remotes()
    for number in range(10):
        with pytest.raises(SourceError):
            remotes.refs(f"https://dead.example/{number}")
    assert len(asked) == PATIENCE
    with pytest.raises(Unanswered):
        remotes.refs("https://alive.example/x")


def test_a_host_whose_name_is_lost_is_given_up_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ask(address: str) -> dict[str, str]:
        asked.append(address)
        what, why, mend = explain(b"fatal: unable to access: Could not resolve host: lost.example")
        raise SourceError(what or "", why=why, mend=mend)

    monkeypatch.setattr(git, "remote_refs", ask)
    remotes = Remotes(lambda seconds: None)
    for number in range(10):
        with pytest.raises(SourceError):
            remotes.refs(f"https://lost.example/{number}")
    assert len(asked) == PATIENCE * 3


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://user@Example.org:8443/x", "example.org"),
        ("git@example.org:group/x.git", "example.org"),
        ("file:///a/b", ""),
    ],
)
def test_hosts(address: str, host: str) -> None:
    assert host_of(address) == host


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("fatal: '/home/ada/secret/x' does not appear to be a git repository", "no repository"),
        ("remote: Repository not found.", "no repository"),
        ("fatal: could not read Username for 'https://example.org': terminal prompts disabled", "not public"),
        ("git@example.org: Permission denied (publickey).", "not public"),
        ("fatal: unable to access 'https://u:p4ss@x.y/': Could not resolve host: x.y", "cannot be reached"),
        ("fatal: unable to access 'https://x.y/': server certificate verification failed", "certificate"),
        ("fatal: couldn't find remote ref refs/tags/v1", "does not give out"),
        ("fatal: remote error: upload-pack: not our ref 0123", "does not give out"),
    ],
)
def test_git_in_plain_words(said: str, what: str) -> None:
    found, line, mend = explain(said.encode())
    assert what in (found or "")
    assert mend
    assert "/home/ada" not in line
    assert "p4ss" not in line


def test_an_unknown_word_of_git_is_passed_on() -> None:
    assert explain(b"warning: x\nfatal: the moon is full\n") == (None, "the moon is full", None)
    assert explain(b"") == (None, "git gave no reason", None)


def test_many_entries_of_one_repository(
    catalogue: Path, make_repository: Any, tmp_path: Path, run_harvest: Any
) -> None:
    for number in range(6):
        make_repository(f"part-{number}")
    mono = tmp_path / "repositories"
    commit(mono)
    for number in range(6):
        path = add_entry(catalogue, mono.as_uri(), entry_id=f"part-{number}")
        data = {"schema_version": "1.0", "id": f"part-{number}", "type": "analysis", "status": "community"}
        data |= {"repository": {"url": mono.as_uri(), "subdirectory": f"part-{number}"}}
        path.write_text(dump_yaml(data))
    states = run_harvest(jobs=6).states
    assert [(state.state, state.reason) for state in states] == [("ok", None)] * 6
