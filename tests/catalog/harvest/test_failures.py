"""Repositories that fail in every way: each has its reason and its mend, and nobody else is harmed."""

from __future__ import annotations

import errno
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.catalog.conftest import NOW, commit, git, write_result

from fairport.catalog.harvest import git as boundary
from fairport.catalog.harvest import intake, sources
from fairport.catalog.harvest.gitwords import COMES_BACK, explain, no_room, transient
from fairport.catalog.harvest.harvesting import HarvestReport
from fairport.catalog.site.build import build
from fairport.catalog.state import EntryState, read_harvest_time, read_state
from fairport.cli.main import main
from fairport.contract.machine import MachineError
from fairport.contract.saving import dump_yaml

LATER = NOW + timedelta(days=3)


@pytest.fixture
def remote(make_repository: Any, catalogue: Path) -> Callable[..., Path]:
    """Return ``remote(id)``, which makes a git repository and registers its address."""

    def make(identifier: str, **options: Any) -> Path:
        folder: Path = make_repository(identifier, **options)
        commit(folder)
        entry(catalogue, identifier, folder.as_uri())
        return folder

    return make


def entry(catalogue: Path, identifier: str, url: str, **more: Any) -> None:
    data = {"schema_version": "1.0", "id": identifier, "type": "analysis", "repository": {"url": url}}
    data |= {"status": "community", **more}
    (catalogue / "experiments" / f"{identifier}.yaml").write_text(dump_yaml(data))


def by_id(report: HarvestReport) -> dict[str, EntryState]:
    return {state.id: state for state in report.states}


def _not_git(folder: Path) -> None:
    shutil.rmtree(folder / ".git")


def _lfs(folder: Path) -> None:
    (folder / "fairport.yaml").write_text(
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    )
    commit(folder)


def _submodule(folder: Path) -> None:
    git(folder, "rm", "-r", "--quiet", "--cached", "results")
    sha = git(folder, "rev-parse", "HEAD").strip()
    git(folder, "update-index", "--add", "--cacheinfo", f"160000,{sha},results")
    git(folder, "commit", "--quiet", "-m", "results are a submodule now")


def _link(folder: Path) -> None:
    (folder / "fairport.yaml").unlink()
    (folder / "fairport.yaml").symlink_to("/etc/passwd")
    commit(folder)


def _write(text: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / "fairport.yaml").write_text(text)
        commit(folder)

    return change


def _replace(old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / "fairport.yaml"
        path.write_text(path.read_text().replace(old, new))
        commit(folder)

    return change


WAYS: dict[str, tuple[Callable[[Path], Any], str]] = {
    "gone": (shutil.rmtree, "there is no repository at this address"),
    "not git": (_not_git, "git"),
    "broken YAML": (_write("id: [\n"), "fairport.yaml:2"),
    "wrong schema": (_write("id: bad\n"), "missing"),
    "other version": (_replace('schema_version: "1.0"', 'schema_version: "9.0"'), "contract 9.0"),
    "LFS pointer": (_lfs, "Git LFS pointer"),
    "link out": (_link, "no fairport.yaml"),
    "path in the id": (_replace("id: bad", "id: ../../bad"), "id"),
    "renamed": (_replace("id: bad", "id: better"), 'calls itself "better"'),
    "results elsewhere": (_replace("results/*/result.yaml", "../*/result.yaml"), "leads out"),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_failure_keeps_what_was_good_and_says_what_to_do(
    way: str, catalogue: Path, remote: Any, run_harvest: Any
) -> None:
    remote("good")
    bad = remote("bad")
    before = by_id(run_harvest())["bad"]
    change, reason = WAYS[way]
    change(bad)
    after = by_id(run_harvest(now=LATER))
    assert after["good"].state == "ok"
    state = after["bad"]
    assert (state.state, state.version, state.harvested) == ("stale", before.version, before.harvested)
    assert reason in (state.reason or "")
    assert state.mend
    assert str(catalogue.parent) not in f"{state.reason} {state.mend}".replace(bad.as_uri(), "")
    assert state.checked == LATER.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_submodule_in_the_place_of_results_is_not_followed(remote: Any, run_harvest: Any) -> None:
    folder = remote("bad")
    assert [item.state for item in by_id(run_harvest())["bad"].results] == ["ok"]
    _submodule(folder)
    state = by_id(run_harvest())["bad"]
    assert (state.state, state.results) == ("ok", ())


def test_a_rewritten_history_is_just_another_commit(remote: Any, run_harvest: Any) -> None:
    folder = remote("toy")
    first = by_id(run_harvest())["toy"]
    git(folder, "checkout", "--quiet", "--orphan", "fresh")
    git(folder, "commit", "--quiet", "-m", "all over again")
    git(folder, "branch", "--quiet", "-M", "fresh", "main")
    state = by_id(run_harvest())["toy"]
    assert state.state == "ok"
    assert state.commit != first.commit
    assert state.version == first.version


@pytest.fixture
def deaf() -> Iterator[int]:
    """A port that accepts connections and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_server_that_never_answers_costs_its_time_only(
    catalogue: Path, remote: Any, run_harvest: Any, deaf: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boundary, "LOOK_SECONDS", 1)
    remote("good")
    entry(catalogue, "deaf", f"https://user:secret@127.0.0.1:{deaf}/x.git")
    entry(catalogue, "slow", f"https://token@127.0.0.1:{deaf}/x.git")
    found = by_id(run_harvest())
    assert found["good"].state == "ok"
    assert "did not answer within 1 s" in (found["slow"].reason or "")
    assert "password" in (found["deaf"].reason or "")
    assert "secret" not in str(found)
    assert "token@" not in str(found)


def test_a_closed_port_is_told(catalogue: Path, run_harvest: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    entry(catalogue, "closed", f"https://127.0.0.1:{port}/x.git")
    state = by_id(run_harvest())["closed"]
    assert state.state == "failed"
    assert "the server cannot be reached" in (state.reason or "")


@pytest.mark.parametrize(
    ("limit", "value", "reason"),
    [("MAX_FILES", 2, "more than 2 files"), ("MAX_TOTAL_BYTES", 100, "larger than")],
)
def test_huge_repositories_are_refused(
    limit: str, value: int, reason: str, remote: Any, run_harvest: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote("huge")
    monkeypatch.setattr(sources, limit, value)
    state = by_id(run_harvest())["huge"]
    assert reason in (state.reason or "")
    assert state.mend


def test_a_pack_without_end_is_cut_off(
    remote: Any, run_harvest: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = remote("huge")
    (folder / "noise.bin").write_bytes(os.urandom(3_000_000))
    commit(folder)
    monkeypatch.setattr(boundary, "MAX_PACK_BYTES", 1_000_000)
    state = by_id(run_harvest())["huge"]
    assert state.state == "failed"
    assert state.reason


def test_two_repositories_that_claim_one_id(catalogue: Path, remote: Any, run_harvest: Any) -> None:
    one = remote("toy")
    entry(catalogue, "copy", one.as_uri())
    found = by_id(run_harvest())
    assert found["toy"].state == "ok"
    assert 'calls itself "toy"' in (found["copy"].reason or "")


def test_a_renamed_entry_keeps_dates_versions_and_addresses(
    catalogue: Path, remote: Any, run_harvest: Any
) -> None:
    folder = remote("old")
    before = by_id(run_harvest())["old"]
    _replace("id: old", "id: new")(folder)
    (catalogue / "experiments" / "old.yaml").unlink()
    entry(catalogue, "new", folder.as_uri(), former_ids=["old"])
    state = by_id(run_harvest(now=LATER))["new"]
    assert (state.state, state.results[0].harvested) == ("ok", before.results[0].harvested)
    build(catalogue, docs=False)
    for page in ("a/old", "r/old/si"):
        text = (catalogue / "site" / page / "index.html").read_text("utf-8")
        assert "new" in text
        assert "No longer here" not in text


@pytest.mark.parametrize("failing", [1, 2, 4])
def test_one_half_and_all_failing(
    failing: int, catalogue: Path, remote: Any, run_harvest: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = [remote(f"toy-{number}") for number in range(4)]
    for folder in folders[:failing]:
        (folder / "fairport.yaml").write_text("id: [\n")
        commit(folder)
    states = by_id(run_harvest())
    assert sum(state.state == "failed" for state in states.values()) == failing
    report = build(catalogue, docs=False)
    assert (report.results, report.failures) == (4 - failing, failing)
    status = (catalogue / "site/status/index.html").read_text("utf-8")
    for number in range(failing):
        assert f"toy-{number}" in status
    assert "this is not YAML" in status
    for number in range(failing, 4):
        assert (catalogue / f"site/r/toy-{number}/si/index.html").is_file()
    assert main(["catalog", "harvest", "--catalog", str(catalogue)]) == 0
    assert main(["catalog", "harvest", "--catalog", str(catalogue), "--strict"]) == 1
    assert f"{4 - failing} of 4 repositories read" in capsys.readouterr().out


def test_all_failing_after_a_good_night_changes_no_number(
    catalogue: Path, remote: Any, run_harvest: Any
) -> None:
    folders = [remote(f"toy-{number}") for number in range(3)]
    run_harvest()
    build(catalogue, docs=False)
    before = {path: path.read_bytes() for path in (catalogue / "site/r").rglob("*.csv")}
    assert len(before) == 3
    for folder in folders:
        shutil.rmtree(folder)
    run_harvest(now=LATER)
    build(catalogue, docs=False)
    assert {path: path.read_bytes() for path in (catalogue / "site/r").rglob("*.csv")} == before
    status = (catalogue / "site/status/index.html").read_text("utf-8")
    assert "22 November 2026" in status


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EMFILE])
def test_a_full_disk_ends_the_harvest_and_harms_nobody(
    catalogue: Path,
    make_repository: Any,
    register: Any,
    run_harvest: Any,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
) -> None:
    repository = make_repository()
    register(repository)
    run_harvest()
    before = read_state(catalogue / "harvest" / "toy")
    assert before is not None
    write_result(repository / "results" / "si", {"version": "2.0.0"})

    def fail(*args: Any, **options: Any) -> Any:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(intake, "freeze_results", fail)
        with pytest.raises(MachineError):
            run_harvest(now=LATER)
    assert read_state(catalogue / "harvest" / "toy") == before
    assert read_harvest_time(catalogue / "harvest") == "2026-11-22T14:00:00Z"
    report = run_harvest(now=LATER)
    assert [state.state for state in report.states] == ["ok"]
    assert report.states[0].version != before.version


@pytest.mark.parametrize("own", [True, False])
def test_a_missing_permission_is_the_fault_of_the_catalogue_or_of_one_repository(
    catalogue: Path,
    make_repository: Any,
    register: Any,
    run_harvest: Any,
    monkeypatch: pytest.MonkeyPatch,
    own: bool,
) -> None:
    repository = make_repository()
    register(repository)
    place = catalogue / "harvest" / "toy" if own else repository / "results"

    def fail(*args: Any, **options: Any) -> Any:
        raise PermissionError(errno.EACCES, "Permission denied", str(place))

    monkeypatch.setattr(intake, "freeze_results", fail)
    if own:
        with pytest.raises(MachineError, match="no permission"):
            run_harvest()
        return
    (state,) = run_harvest().states
    assert state.state == "failed"
    assert state.reason == "the machine of the catalogue: there is no permission for this file or folder"
    assert "give this user access" in (state.mend or "")
    assert str(repository) not in f"{state.reason}{state.mend}"


def test_only_git_itself_tells_that_the_disk_is_full() -> None:
    assert no_room(b"error: file write error: No space left on device\nfatal: unpack-objects failed\n")
    assert no_room(b"fatal: cannot create directory: Disk quota exceeded\n")
    assert not no_room(b"remote: fatal: No space left on device\n")
    assert not no_room(b"fatal: remote error: No space left on device\n")


def test_a_harvest_removes_what_a_killed_one_was_writing(
    catalogue: Path, make_repository: Any, register: Any, run_harvest: Any
) -> None:
    register(make_repository())
    run_harvest()
    left = [
        catalogue / folder / ".toy.json.abcd1234.tmp"
        for folder in ("harvest", "harvest/toy", ".cache/digests", ".cache/bundles")
    ]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("half")
    run_harvest()
    assert not any(path.exists() for path in left)


@pytest.mark.parametrize("left", ["shallow.lock", "refs/fairport/0.lock", "objects/pack/tmp_pack_abc123"])
def test_a_fetch_that_was_killed_hinders_no_other(
    catalogue: Path, remote: Any, run_harvest: Any, left: str
) -> None:
    folder = remote("toy")
    run_harvest()
    (store,) = (catalogue / ".cache" / "git").glob("*.git")
    (store / left).parent.mkdir(parents=True, exist_ok=True)
    (store / left).write_text("half")
    write_result(folder / "results" / "si", {"version": "2.0.0"})
    commit(folder)
    (state,) = run_harvest(now=LATER).states
    assert (state.state, state.results[0].version) == ("ok", "2.0.0")
    assert not (store / left).exists()


@pytest.mark.parametrize(
    ("said", "what", "mend"),
    [
        ("The requested URL returned error: 503", "the server does not answer now", COMES_BACK),
        ("The requested URL returned error: 401", "the repository is not public", "make it public"),
        ("GnuTLS recv error (-110): non-properly terminated", "the server does not answer now", COMES_BACK),
        (
            "SSL certificate problem: self-signed certificate",
            "the server has no valid cert",
            "ask its keeper",
        ),
        (
            "https://a.org/x/info/refs not valid: is this a git repository?",
            "the address leads",
            "correct the",
        ),
        ("Maximum (20) redirects followed", "the address leads somewhere else", "correct the address"),
        ("Unauthorized", "the repository is not public", "make it public"),
        ("The read operation timed out", "the server does not answer now", COMES_BACK),
        ("transfer closed with 147 bytes remaining to read", "the server does not answer now", COMES_BACK),
        ("Empty reply from server", "the server does not answer now", COMES_BACK),
        ("the remote end hung up unexpectedly", "the server does not answer now", COMES_BACK),
        (
            "pack has bad object at offset 12: inflate returned -3",
            "objects of the repository are",
            "look with",
        ),
        ("dumb http transport does not support shallow capabilities", "the server keeps", "give the address"),
    ],
)
def test_each_answer_of_a_server_has_its_mend(said: str, what: str, mend: str) -> None:
    told = explain(f"fatal: {said}".encode())
    assert (told[0] or "").startswith(what)
    assert (told[2] or "").startswith(mend)


@pytest.mark.parametrize(
    ("said", "what", "again"),
    [
        ("git@h.org: Permission denied (publickey).", "the repository is not public", False),
        ("ssh: Could not resolve hostname h.org: Name or service not known", "the server cannot be", True),
        ("ssh: connect to host h.org port 22: Connection refused", "the server cannot be reached", False),
        ("Host key verification failed.", "the server is not known to this machine", False),
        ("kex_exchange_identification: read: Connection reset by peer", "the server does not answer", True),
        ("ERROR: Repository not found.", "there is no repository at this address", False),
    ],
)
def test_what_ssh_says_is_not_hidden_by_what_git_says_of_it(said: str, what: str, again: bool) -> None:
    warning = "Warning: Permanently added 'h.org' (ED25519) to the list of known hosts."
    git_says = "fatal: Could not read from remote repository.\n\nPlease make sure you have access."
    found, why, mend = explain(f"{warning}\r\n{said}\r\n{git_says}".encode())
    assert (found or "").startswith(what)
    assert why in said
    assert mend
    assert transient(f"{found} {why}") is again


def test_a_record_that_grew_too_large_is_told_and_kept(
    catalogue: Path, remote: Any, run_harvest: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = remote("toy")
    run_harvest()
    record = folder / "results" / "si" / "result.yaml"
    record.write_text(record.read_text() + "\n# " + "x" * 6_000_000)
    commit(folder)
    (state,) = run_harvest(now=LATER).states
    (result,) = state.results
    assert result.state == "kept"
    assert "bytes; at most 5,000,000 are read" in (result.reason or "")


def test_a_second_record_of_an_id_takes_nothing_from_the_good_one(
    catalogue: Path, remote: Any, run_harvest: Any
) -> None:
    folder = remote("toy")
    run_harvest()
    (folder / "results" / "A").mkdir()
    shutil.copy(folder / "results" / "si" / "result.yaml", folder / "results" / "A")  # without its table
    commit(folder)
    good, bad = sorted(run_harvest(now=LATER).states[0].results, key=lambda item: item.state, reverse=True)
    assert (good.id, good.state, bad.id, bad.state) == ("si", "ok", None, "failed")
    assert bad.reason == 'the id "si" stands in two records, also in results/si/result.yaml'


def test_damaged_files_of_the_store_are_frozen_anew(remote: Any, run_harvest: Any, catalogue: Path) -> None:
    remote("toy")
    (first,) = run_harvest().states
    table = catalogue / "harvest" / "toy" / str(first.version) / "results" / "si" / "limit.csv"
    content = table.read_bytes()
    table.write_bytes(content[: len(content) // 2])
    (second,) = run_harvest(now=LATER).states
    assert table.read_bytes() == content
    assert (second.state, second.version, second.harvested) == ("ok", first.version, first.harvested)
    assert second.results[0].state == "ok"
    assert [path.name for path in table.parents[2].iterdir() if path.name.startswith(".")] == []


def test_a_lost_repository_whose_frozen_files_are_damaged_says_both(
    remote: Any, run_harvest: Any, catalogue: Path
) -> None:
    repository = remote("toy")
    (first,) = run_harvest().states
    (catalogue / "harvest" / "toy" / str(first.version) / "fairport.yaml").write_text("")
    shutil.rmtree(repository)
    (state,) = run_harvest(now=LATER).states
    assert state.state == "stale"
    assert "there is no repository at this address" in (state.reason or "")
    assert "damaged in the store" in (state.reason or "")
    assert "harvest/toy" in (state.mend or "")


def test_a_damaged_record_of_a_lost_repository_does_not_end_the_build(
    remote: Any, run_harvest: Any, catalogue: Path
) -> None:
    remote("good")
    repository = remote("toy")
    first = by_id(run_harvest())["toy"]
    build(catalogue, docs=False)
    record = catalogue / "harvest" / "toy" / str(first.version) / "results" / "si" / "result.yaml"
    record.write_text("schema_version: '1.0'\n")
    repository.rename(repository.with_name("away"))
    lost = by_id(run_harvest(now=LATER))["toy"]
    assert [item.state for item in lost.results] == ["failed"]
    build(catalogue, docs=False)
    repository.with_name("away").rename(repository)
    healed = by_id(run_harvest(now=LATER))["toy"]
    assert [item.state for item in healed.results] == ["ok"]


@pytest.mark.parametrize("file", ["limit.csv", "result.yaml"])
def test_what_is_damaged_after_the_harvest_does_not_end_the_build(
    remote: Any, run_harvest: Any, catalogue: Path, file: str
) -> None:
    remote("good")
    remote("toy")
    first = by_id(run_harvest())["toy"]
    report = build(catalogue, docs=False)
    assert report.warnings == ()
    before = (report.root / "p" / "dd.si" / "index.html").read_text("utf-8")
    remote("third")
    run_harvest(now=LATER)
    damaged = catalogue / "harvest" / "toy" / str(first.version) / "results" / "si" / file
    content = damaged.read_bytes()
    damaged.write_bytes(b"")
    report = build(catalogue, docs=False)
    assert any("toy: results/si/result.yaml: its files in the store" in text for text in report.warnings)
    after = (report.root / "p" / "dd.si" / "index.html").read_text("utf-8")
    assert after != before
    assert str(catalogue) not in "".join(path.read_text("utf-8") for path in report.root.rglob("*.html"))
    assert (report.root / "p" / "dd.si" / "dd.si.png").is_file()
    damaged.write_bytes(content)
    report = build(catalogue, docs=False)
    assert report.warnings == ()
    again = build(catalogue, docs=False, output=catalogue / "again").root
    pages = ("p/dd.si/index.html", "p/dd.si/dd.si.svg", "status/index.html", "index.html")
    assert [name for name in pages if (again / name).read_bytes() != (report.root / name).read_bytes()] == []
