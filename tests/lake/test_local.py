"""What needs no lake: sources on loopback, the store, verification, status, metalink, paths, schedules."""

from __future__ import annotations

import hashlib
import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from fairport.contract.errors import DocumentError, RefusedError, UsageError
from fairport.contract.manifest import Injection, InjectionSource, LockedFile
from fairport.contract.progress import SilentProgress
from fairport.lake import paths, schedules
from fairport.lake.hashing import Sums, sums_of
from fairport.lake.lockfile import LockedSet, LockHead, open_lock, write_lock
from fairport.lake.locking import make_lock
from fairport.lake.metalink import read_metalink, write_metalink
from fairport.lake.plainfetch import FetchError, fetch_plain, resolve, source_name
from fairport.lake.proofs import status, verify
from fairport.lake.pulling import pull
from fairport.lake.store import Store
from fairport.lake.workspace import Workspace, find_workspace

Make = Callable[..., Workspace]
QUIET = SilentProgress()


class Handler(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        return

    def do_HEAD(self) -> None:
        if "sizeless" in self.path:
            self.send_response(405)
            self.end_headers()
        else:
            super().do_HEAD()

    def do_GET(self) -> None:
        if self.path == "/endless":
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"x" * 65536)
            except OSError:
                return
        elif self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()
        else:
            super().do_GET()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("site")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", folder
    server.shutdown()
    server.server_close()


def source_line(identifier: str, *sources: tuple[str, str], more: str = "") -> str:
    listed = ", ".join(f'{{url: "{url}", sha256: {digest}}}' for url, digest in sources)
    fields = (
        f"id: {identifier}, sources: [{listed}], role: calibration, licence: CC0-1.0, access: open access"
    )
    return f"\n  - {{{fields}{', ' + more if more else ''}}}"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_an_analysis_without_a_lake(site: tuple[str, Path], repository_of: Make, tmp_path: Path) -> None:
    url, folder = site
    (folder / "table one.csv").write_bytes(b"a,b\n1,2\n")
    (folder / "other.csv").write_bytes(b"other")
    space = repository_of(
        source_line(
            "table",
            (f"{url}/nowhere.csv", sha256(b"a,b\n1,2\n")),
            (f"{url}/table one.csv", sha256(b"a,b\n1,2\n")),
        )
        + source_line("other", (f"{url}/other.csv", sha256(b"other")), more="destination: data/ref/o.csv")
    )
    report = make_lock(space, None, QUIET)
    assert [(item.length, item.bytes) for item in report.datasets] == [(1, 8), (1, 5)]
    first = pull(space, None, QUIET, store=Store(tmp_path / "store"))
    assert (first.fetched, first.failed) == (2, 0)
    assert (space.root / "data/ref/o.csv").read_bytes() == b"other"
    assert verify(space, QUIET).good == 2
    again = pull(space, None, QUIET, store=Store(tmp_path / "store"))
    assert (again.unchanged, again.fetched) == (2, 0)
    assert not make_lock(space, None, QUIET).written, "locking again changes nothing"


def test_a_source_with_other_bytes_is_not_taken(
    site: tuple[str, Path], repository_of: Make, tmp_path: Path
) -> None:
    url, folder = site
    (folder / "evil.csv").write_bytes(b"evil!")
    space = repository_of(source_line("good", (f"{url}/evil.csv", sha256(b"good!"))))
    make_lock(space, None, QUIET)
    report = pull(space, None, QUIET, store=Store(tmp_path / "store"))
    assert report.failed == 1
    assert "sha256" in report.failures[0][1]
    assert not (space.root / "data/raw/good").exists() or not list((space.root / "data/raw/good").iterdir())


def test_a_server_that_tells_no_size(site: tuple[str, Path], repository_of: Make, tmp_path: Path) -> None:
    url, folder = site
    (folder / "sizeless.csv").write_bytes(b"no size")
    entry = f"{url}/sizeless.csv"
    space = repository_of(source_line("x", (entry, sha256(b"no size"))))
    assert make_lock(space, None, QUIET).datasets[0].bytes == 7
    with pytest.raises(RefusedError, match="do not give"):
        make_lock(repository_of(source_line("x", (entry, sha256(b"else"))), name="other"), None, QUIET)


def test_hostile_servers_cannot_fill_the_disk_or_lead_astray(site: tuple[str, Path], tmp_path: Path) -> None:
    url, _ = site
    wanted = LockedFile("x", 10, url=url, sha256="0" * 64)
    with pytest.raises(FetchError, match="more bytes"):
        fetch_plain(wanted, [f"{url}/endless"], tmp_path / "x")
    with pytest.raises(FetchError, match="not allowed"):
        fetch_plain(wanted, [f"{url}/away"], tmp_path / "x")
    with pytest.raises(FetchError, match="cannot be read without the lake"):
        fetch_plain(wanted, ["file:///etc/passwd"], tmp_path / "x")
    assert not list(tmp_path.iterdir())


def test_doi_sources() -> None:
    doi = "https://doi.org/10.5281/zenodo.1234567#my%20table.csv"
    assert resolve(doi) == "https://zenodo.org/records/1234567/files/my%20table.csv?download=1"
    assert source_name(doi) == "my table.csv"
    assert resolve("doi:10.17182/hepdata.1") == "https://doi.org/10.17182/hepdata.1"
    with pytest.raises(FetchError):
        resolve("gopher://x.example.org/1")


def test_ceiling_and_collisions_are_refused(site: tuple[str, Path], repository_of: Make) -> None:
    url, folder = site
    (folder / "ten.csv").write_bytes(b"0123456789")
    entry = (f"{url}/ten.csv", sha256(b"0123456789"))
    with pytest.raises(RefusedError, match="ceiling"):
        make_lock(repository_of(source_line("x", entry, more="max_bytes: 9")), None, QUIET)
    twice = source_line("x", entry, more="destination: data/t") + source_line(
        "y", entry, more="destination: data/t"
    )
    with pytest.raises(RefusedError, match=r"two files want to lie at data/t/ten\.csv"):
        make_lock(repository_of(twice, name="other"), None, QUIET)
    below = source_line("x", entry, more="destination: data/t/ten.csv")
    below += source_line("y", entry, more="destination: data/t/ten.csv/more")
    with pytest.raises(RefusedError, match="two files want to lie"):
        make_lock(repository_of(below, name="third"), None, QUIET)


def locked(space: Workspace, contents: dict[str, bytes], *, with_sums: bool = True) -> None:
    """Write files and a lock that knows them."""
    files = []
    for name, data in sorted(contents.items()):
        path = space.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        sums = sums_of(path)
        known = (sums.adler32, sums.md5) if with_sums else (None, None)
        files.append(("set", LockedFile(name, len(data), f"s:{name}", None, *known)))
    total = sum(len(data) for data in contents.values())
    entry = LockedSet("set", len(files), total, "sha256:" + "0" * 64, "s:set", "dataset", False)
    write_lock(space.lock, LockHead("sha256:" + "0" * 64, "2026-11-22T14:00:00Z", [entry]), files)


def test_verify_tells_every_kind_of_damage(repository_of: Make) -> None:
    space = repository_of("")
    names = ["good", "flipped", "truncated", "longer", "missing", "linked", "folder"]
    locked(space, {f"data/{name}": name.encode() * 10 for name in names})
    (space.root / "data/flipped").write_bytes(b"flippeX" * 10)
    (space.root / "data/truncated").write_bytes(b"t")
    (space.root / "data/longer").write_bytes(b"longer" * 11)
    (space.root / "data/missing").unlink()
    (space.root / "data/linked").unlink()
    (space.root / "data/linked").symlink_to("good")
    (space.root / "data/folder").unlink()
    (space.root / "data/folder").mkdir()
    report = verify(space, QUIET)
    assert (report.good, report.bad) == (1, 6)
    told = {name.removeprefix("data/"): why.split(" ")[0] for name, why in report.problems}
    assert told == {
        "flipped": "adler32", "truncated": "has", "longer": "has", "missing": "missing", "linked": "not", "folder": "not",  # noqa: E501
    }  # fmt: skip


def test_verify_gives_the_lock_its_sha256(repository_of: Make) -> None:
    space = repository_of("")
    locked(space, {"data/a": b"abc"})
    assert verify(space, QUIET).good == 1
    with open_lock(space.lock) as lock:
        assert [file.sha256 for _, file in lock.files()] == [sha256(b"abc")]


def test_a_lock_without_checksums_proves_nothing(repository_of: Make) -> None:
    space = repository_of("")
    locked(space, {"data/a": b"abc"}, with_sums=False)
    assert verify(space, QUIET).problems == [("data/a", "the lock has no checksum for it")]


def test_status_reads_nothing_and_sees_changes(repository_of: Make) -> None:
    space = repository_of("")
    locked(space, {"data/a": b"abc", "data/b": b"def", "data/c": b"ghi"})
    entry = status(space)[0][0]
    assert (entry.present, entry.unread) == (0, 3)
    verify(space, QUIET)
    assert status(space)[0][0].present == 3
    (space.root / "data/a").write_bytes(b"xyz")
    (space.root / "data/b").unlink()
    entry = status(space)[0][0]
    assert (entry.present, entry.unread, entry.missing) == (1, 1, 1)
    assert not status(space)[1], "the digest of the manifest is another one"


@pytest.mark.parametrize(
    "path", ["../outside", "/etc/passwd", "data/out/x", ".git/hooks/pre-commit", "a/../../b"]
)
def test_a_hostile_lock_reaches_nothing_outside(repository_of: Make, tmp_path: Path, path: str) -> None:
    space = repository_of("")
    (tmp_path / "elsewhere").mkdir()
    (space.root / "data/out").symlink_to(tmp_path / "elsewhere")
    file = LockedFile(path, 3, "s:x", None, "024d0127", None)
    entry = LockedSet("set", 1, 3, "sha256:" + "0" * 64, "s:set", "dataset")
    write_lock(space.lock, LockHead("sha256:" + "0" * 64, "2026-11-22T14:00:00Z", [entry]), [("set", file)])
    (tmp_path / "source").write_bytes(b"abc")
    write_metalink(
        space.metalink,
        [
            {
                "did": "s:x",
                "bytes": 3,
                "adler32": "024d0127",
                "sources": [{"rse": "R", "domain": "wan", "pfn": f"file://localhost{tmp_path}/source"}],
            }
        ],
    )
    for call in (lambda: verify(space, QUIET), lambda: status(space), lambda: paths.data_paths(space)):
        with pytest.raises(RefusedError):
            call()
    assert not list((tmp_path / "elsewhere").iterdir())


def test_store_hands_out_only_what_it_was_given(tmp_path: Path, repository_of: Make) -> None:
    space = repository_of("")
    store = Store(tmp_path / "store")
    with store.staging() as folder:
        (folder / "a").write_bytes(b"abc")
        sums = sums_of(folder / "a")
        kept = store.insert(folder / "a", sums)
    by_md5 = LockedFile("x", 3, "s:x", None, sums.adler32, sums.md5)
    assert store.find(by_md5) == (kept, sums)
    assert store.find(LockedFile("x", 3, sha256=sums.sha256)) == (kept, sums)
    assert store.find(LockedFile("x", 4, sha256=sums.sha256)) is None
    for link in ("copy", "hardlink", "auto"):
        target = space.root / "data" / link / "a"
        Store(tmp_path / "store", link).place(kept, target, space)
        assert target.read_bytes() == b"abc"
        assert not list((space.state / "parts").iterdir())
    kept.chmod(0o644)
    kept.write_bytes(b"abX")
    assert store.find(by_md5) is None, "a damaged object is thrown away"
    assert not kept.exists()


def test_staging_of_dead_processes_is_swept(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    dead = tmp_path / "store" / "staging" / "dead"
    dead.mkdir()
    (dead / "half").write_bytes(b"x")
    dead.with_suffix(".lock").touch()
    with store.staging() as one:
        assert not dead.exists()
        with store.staging() as two:
            assert one.exists()
            assert one != two


def test_metalink_round_trip_and_secrets(tmp_path: Path) -> None:
    path = tmp_path / "lock.meta4"
    sources = [
        {"rse": "A", "domain": "wan", "pfn": "https://a.example.org/x?a=1&b=<2>"},
        {"rse": "B", "domain": "wan", "pfn": "https://b.example.org/x?X-Amz-Signature=secret"},
    ]
    file = {"did": "s:a&b", "bytes": 3, "adler32": "0" * 8, "md5": None, "sources": sources}
    only_signed = {**file, "did": "s:c", "sources": sources[1:]}
    assert write_metalink(path, [file, only_signed]) == 1
    assert list(read_metalink(path)) == [("s:a&b", sources[:1])]
    assert "secret" not in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<a",
        "<metalink>",
        '<!DOCTYPE m [<!ENTITY x "y">]><metalink xmlns="urn:ietf:params:xml:ns:metalink"/>',
    ],
)
def test_a_broken_metalink_gives_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.meta4"
    path.write_text(text, encoding="utf-8")
    assert list(read_metalink(path)) == []


def test_paths_and_reana_step(repository_of: Make) -> None:
    space = repository_of("")
    locked(space, {"data/a b": b"abc", "data/c": b"def"})
    verify(space, QUIET)
    found = paths.data_paths(space)
    assert found[0]["did"] == "s:set"
    assert found[0]["path"] == [str(space.root / "data/a b"), str(space.root / "data/c")]
    step = paths.reana_step(space, "example/rucio:1.0")
    assert (step["rucio"], step["voms_proxy"], step["compute_backend"]) == (True, True, "kubernetes")
    assert "rucio download --dir .stage 's:data/a b'" in step["commands"]
    assert any(
        command.startswith(f"echo '{sha256(b'abc')}  data/a b' | sha256sum -c")
        for command in step["commands"]
    )
    tool = paths.reana_tool(space, "example/rucio@sha256:" + "0" * 64)
    assert tool["hints"]["reana"]["rucio"] is True
    assert set(tool["outputs"]) == {"file1", "file2"}
    for image in ("example/rucio", "example/rucio:latest", "x y"):
        with pytest.raises(UsageError, match="not pinned"):
            paths.reana_step(space, image)


def job(schedule: str | None) -> Injection:
    return Injection("nightly", InjectionSource(directory="in"), "s:d", "RSE", schedule=schedule)


@pytest.mark.parametrize("schedule", ["0 3 * * *", "*/15 * * * 1-5", "0 0,12 1 */2 *"])
def test_schedules(repository_of: Make, schedule: str) -> None:
    space = repository_of("")
    target, text = schedules.scaffold(space, [job(schedule)], "github")
    workflow = yaml.safe_load(text)
    assert target == space.root / ".github/workflows/inject.yml"
    assert workflow[True]["schedule"] == [{"cron": schedule}]  # YAML 1.1 reads "on" as true
    steps = workflow["jobs"]["nightly"]["steps"]
    assert "fairport data inject --dataset nightly" in steps[-1]["run"]
    assert workflow["jobs"]["nightly"]["concurrency"]["cancel-in-progress"] is False
    pipeline = yaml.safe_load(schedules.scaffold(space, [job(schedule)], "gitlab")[1])
    assert pipeline["inject-nightly"]["script"][-1] == "fairport data inject --dataset nightly"
    cron = schedules.scaffold(space, [job(schedule)], "cron")[1]
    assert f"{schedule} cd {space.root} && fairport -q data inject --dataset nightly" in cron


@pytest.mark.parametrize(
    "schedule", [None, "", "daily", "60 3 * * *", "0 3 * *", "0 3 * * *; rm -rf /", "* * * * * *"]
)
def test_bad_schedules(repository_of: Make, schedule: str | None) -> None:
    with pytest.raises(UsageError, match="cron expression"):
        schedules.scaffold(repository_of(""), [job(schedule)], "cron")


def test_sums_of_a_large_file_agree_with_the_plain_way(tmp_path: Path) -> None:
    data = bytes(range(256)) * 80_000  # over the size from which threads are used
    path = tmp_path / "large"
    path.write_bytes(data)
    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    assert sums_of(path) == Sums(len(data), sums_of(path, ["adler32"]).adler32, md5, sha256(data))


def test_where_there_is_nothing(tmp_path: Path, repository_of: Make) -> None:
    with pytest.raises(UsageError, match="manifest"):
        find_workspace(tmp_path)
    space = repository_of("")
    assert find_workspace(space.root / "data") == space
    with pytest.raises(DocumentError, match="no lock"):
        verify(space, QUIET)


def test_a_damaged_ledger_is_put_aside(repository_of: Make) -> None:
    space = repository_of("")
    locked(space, {"data/a": b"abc"})
    space.state.mkdir(parents=True)
    (space.state / "ledger.sqlite").write_bytes(b"this is no database, whatever its name" * 100)
    assert verify(space, QUIET).good == 1
    assert json.loads(space.lock.read_text("utf-8"))["datasets"][0]["files"][0]["sha256"] == sha256(b"abc")


def test_a_file_that_git_keeps_is_not_replaced(repository_of: Make, tmp_path: Path) -> None:
    space = repository_of("\n  - {id: set, did: 's:set', role: input, licence: CC0-1.0, access: open access}")
    locked(space, {"data/raw/a": b"abc", "data/raw/b": b"def"})
    for name in ("a", "b"):
        (space.root / "data/raw" / name).write_bytes(b"mine")
    for command in (["init", "-q"], ["add", "data/raw/a"]):
        subprocess.run(["git", *command], cwd=space.root, check=True)
    with pytest.raises(RefusedError, match="kept by git"):
        pull(space, None, QUIET, store=Store(tmp_path / "store"))
    assert (space.root / "data/raw/a").read_bytes() == b"mine"


def test_outputs_are_pulled_only_by_name(repository_of: Make, tmp_path: Path) -> None:
    space = repository_of(
        "\n  - {id: set, did: 's:set', role: output, licence: CC0-1.0, access: open access}"
    )
    locked(space, {"results/a": b"abc"})
    (space.root / "results/a").write_bytes(b"newer")
    assert pull(space, None, QUIET, store=Store(tmp_path / "store")).files == 0
    assert (space.root / "results/a").read_bytes() == b"newer"
    assert pull(space, None, QUIET, only=["set"], store=Store(tmp_path / "store")).failed == 1
