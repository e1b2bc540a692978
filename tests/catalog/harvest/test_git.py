"""Remote repositories: fetched without history, read as objects, nothing ever run."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from fairport.catalog.harvest import git as git_room
from fairport.catalog.harvest.git import SourceError, remote_refs
from fairport.catalog.harvest.sources import choose_ref, write_tree
from fairport.catalog.registry import load_catalogue


def url(folder: Path) -> str:
    return folder.resolve().as_uri()


def test_the_default_branch_is_harvested(
    catalogue, make_repository, commit_all, register, run_harvest
) -> None:
    repository = make_repository()
    commit = commit_all(repository)
    register(url(repository))
    (state,) = run_harvest().states
    assert (state.state, state.commit, state.ref) == ("ok", commit, "default branch")
    assert state.results[0].commit == commit
    assert not (catalogue / ".cache" / "work" / "toy").exists()


def test_what_did_not_change_is_not_fetched(
    catalogue, make_repository, commit_all, register, run_harvest, monkeypatch
) -> None:
    repository = make_repository()
    commit_all(repository)
    register(url(repository))
    run_harvest()
    fetched = []
    real = git_room.fetch_commits
    monkeypatch.setattr(git_room, "fetch_commits", lambda *a: fetched.append(a) or real(*a))
    assert run_harvest().unchanged == ("toy",)
    assert fetched == []
    make_repository(analysis={"title": "Changed"})
    commit = commit_all(repository)
    report = run_harvest()
    assert (report.unchanged, report.states[0].commit, len(fetched)) == ((), commit, 1)


def test_no_history_is_fetched(
    catalogue, make_repository, commit_all, git_command, register, run_harvest
) -> None:
    repository = make_repository()
    for number in range(5):
        (repository / "notes.txt").write_text(str(number))
        commit_all(repository)
    register(url(repository))
    run_harvest()
    (store,) = (catalogue / ".cache" / "git").iterdir()
    assert git_command(store, "rev-list", "--all", "--count").strip() == "1"


def test_latest_release_and_fixed_refs(catalogue, make_repository, commit_all, register, run_harvest) -> None:
    repository = make_repository(analysis={"version": "1.0.0"})
    old = commit_all(repository, tag="v1.9.0")
    make_repository(analysis={"version": "1.10.0"})
    new = commit_all(repository, tag="v1.10.0")
    commit_all(repository, tag="v2.0.0rc1")
    make_repository(analysis={"version": "3.0.0.dev0"})
    head = commit_all(repository)
    path = register(url(repository))
    text = path.read_text()
    for publish, wanted in (
        ("{mode: latest-release}", new),
        ("{mode: ref, ref: v1.9.0}", old),
        ("{mode: ref, ref: main}", head),
    ):
        path.write_text(text + f"publish: {publish}\n")
        (state,) = run_harvest().states
        assert (state.state, state.commit) == ("ok", wanted)
    path.write_text(text + "publish: {mode: ref, ref: nowhere}\n")
    (state,) = run_harvest().states
    assert state.state == "stale"
    assert 'no branch or tag "nowhere"' in (state.reason or "")


def test_without_a_release_the_mend_is_told(catalogue, make_repository, commit_all, register) -> None:
    repository = make_repository()
    commit_all(repository, tag="nightly")
    path = register(url(repository))
    path.write_text(path.read_text() + "publish: {mode: latest-release}\n")
    (entry,) = load_catalogue(catalogue).entries
    with pytest.raises(SourceError, match="no release") as error:
        choose_ref(entry, git_room.remote_refs(url(repository)))
    assert "publish: {mode: ref" in (error.value.mend or "")


@pytest.mark.parametrize(
    "address",
    ["ext::sh -c touch% {pwned}", "http://127.0.0.1:9/x", "--upload-pack=touch {pwned}", "git://x/y"],
)
def test_refused_addresses_run_nothing(address: str, tmp_path: Path) -> None:
    pwned = tmp_path / "pwned"
    with pytest.raises(SourceError):
        git_room.remote_refs(address.format(pwned=pwned))
    assert not pwned.exists()


def test_unreachable_and_empty_repositories(tmp_path: Path, git_command) -> None:
    with pytest.raises(SourceError, match="no repository at this address"):
        git_room.remote_refs(url(tmp_path / "nowhere"))
    git_command(tmp_path, "init", "--quiet", "--bare", "empty.git")
    with pytest.raises(SourceError, match="empty"):
        git_room.remote_refs(url(tmp_path / "empty.git"))


def test_a_hostile_repository_runs_nothing(
    tmp_path: Path, make_repository, commit_all, git_command, register, run_harvest
) -> None:
    """Hooks, filters, LFS, external diff, file-system monitor, submodules and links, all at once."""
    pwned = tmp_path / "pwned"
    repository = make_repository()
    script = repository / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {pwned}\ncat\n")
    script.chmod(0o755)
    (repository / ".gitattributes").write_text("* filter=evil diff=evil export-subst\n")
    (repository / ".lfsconfig").write_text("[lfs]\n\turl = http://127.0.0.1:9/\n")
    (repository / ".gitmodules").write_text(
        '[submodule "x"]\n\tpath = x\n\turl = ext::touch ' + str(pwned) + "\n"
    )
    (repository / "link").symlink_to("/etc/passwd")
    (repository / "results" / "si" / "up").symlink_to("../../..")
    commit_all(repository)
    for key in ("core.fsmonitor", "filter.evil.smudge", "filter.evil.process", "diff.evil.textconv",
                "uploadpack.packObjectsHook", "core.pager", "core.sshCommand"):  # fmt: skip
        git_command(repository, "config", key, str(script))
    hooks = repository / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-checkout", "pre-receive", "post-upload-pack", "reference-transaction"):
        (hooks / hook).write_text(f"#!/bin/sh\ntouch {pwned}\n")
        (hooks / hook).chmod(0o755)
    register(url(repository))
    register(repository, entry_id="local")
    states = {state.id: state for state in run_harvest().states}
    assert states["toy"].state == "ok"
    assert "calls itself" in (states["local"].reason or "")
    assert not pwned.exists()


def test_only_plain_files_with_safe_names_are_written(tmp_path: Path, git_command) -> None:
    """A tree made by hand: names that leave the folder, a .git folder, links and submodules."""
    store = tmp_path / "store.git"
    git_command(tmp_path, "init", "--quiet", "--bare", str(store))
    source = tmp_path / "content"
    source.write_text("content")
    blob = git_command(store, "hash-object", "-w", str(source)).strip()
    inner = _tree(store, f"100644 blob {blob}\tconfig\n")
    tree = _tree(
        store,
        f"100644 blob {blob}\tgood.txt\n"
        f"120000 blob {blob}\tlink\n"
        f"160000 commit {'1' * 40}\tmodule\n"
        f"040000 tree {inner}\tfolder\n",
    )
    evil = _raw_tree(store, [("40000", "..", inner), ("40000", ".GIT", inner), ("100644", "ok", blob)])
    for name, wanted in ((tree, {"good.txt", "folder/config"}), (evil, {"ok"})):
        commit = git_command(store, "commit-tree", name, "-m", "x").strip()
        folder = tmp_path / f"out-{name[:6]}"
        folder.mkdir()
        write_tree(store, commit, folder)
        assert {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} == wanted
    assert not (tmp_path / "config").exists()


def _tree(store: Path, listing: str) -> str:
    import subprocess

    command = ["git", "-C", str(store), "mktree", "--missing"]
    return subprocess.run(command, input=listing, check=True, capture_output=True, text=True).stdout.strip()


def _raw_tree(store: Path, entries: list[tuple[str, str, str]]) -> str:
    import subprocess

    raw = b"".join(f"{mode} {name}".encode() + b"\0" + bytes.fromhex(sha) for mode, name, sha in entries)
    command = ["git", "-C", str(store), "hash-object", "-t", "tree", "-w", "--stdin", "--literally"]
    return subprocess.run(command, input=raw, check=True, capture_output=True).stdout.decode().strip()


def test_messages_hold_no_credentials() -> None:
    assert git_room.shown("https://user:secret@example.org/a") == "https://example.org/a"


def test_an_empty_repository_is_told_with_its_mend_and_no_place_of_this_machine(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "bare")], check=True)
    with pytest.raises(SourceError, match="is empty") as caught:
        remote_refs((tmp_path / "bare").as_uri())
    assert caught.value.where == "bare"
    assert "push" in (caught.value.mend or "")
