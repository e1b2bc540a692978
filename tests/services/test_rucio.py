"""The lake room against a real Rucio server: SQLite, gunicorn, two POSIX storage elements, on loopback."""

from __future__ import annotations

import importlib.util
import itertools
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from fairport.contract.errors import ConfigurationError, FairportError, RefusedError, UsageError
from fairport.contract.manifest import Lake
from fairport.contract.progress import SilentProgress
from fairport.contract.schemas import validate
from fairport.interop.cache import cache_root
from fairport.interop.toolenvs import ToolEnv, ToolStore
from fairport.lake import paths
from fairport.lake.access import Access, find_access
from fairport.lake.failures import LakeAwayError
from fairport.lake.injecting import InjectReport, inject, injections
from fairport.lake.lab.layout import STORAGES, Lab
from fairport.lake.lab.sample import lab_access
from fairport.lake.lab.server import launch_server, start_lab, stop_lab, stop_server
from fairport.lake.link import LakeLink
from fairport.lake.lockfile import open_lock
from fairport.lake.locking import make_lock
from fairport.lake.proofs import verify
from fairport.lake.pulling import pull
from fairport.lake.pushing import outputs, push
from fairport.lake.store import Store
from fairport.lake.workspace import Workspace

_spec = importlib.util.spec_from_file_location("rucio_tls", Path(__file__).with_name("rucio_tls.py"))
assert _spec is not None
assert _spec.loader is not None
rucio_tls = importlib.util.module_from_spec(_spec)
sys.modules["rucio_tls"] = rucio_tls  # dataclasses look their module up
_spec.loader.exec_module(rucio_tls)

pytestmark = [pytest.mark.services, pytest.mark.slow]

QUIET = SilentProgress()
A, B = STORAGES
_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Bench:
    """A running lab with everything that the tests need of it."""

    lab: Lab
    access: Access
    clients: ToolEnv
    server: ToolEnv
    link: LakeLink

    def connect(self, patience: float = 30) -> Callable[[], LakeLink]:
        return lambda: LakeLink(self.access, QUIET, patience=patience)

    def variables(self) -> dict[str, str]:
        return self.clients.environment({"RUCIO_CONFIG": str(self.lab.client_config)})

    def script(self, code: str) -> str:
        """Run code with a logged-in client ``c`` in the environment of rucio-clients."""
        text = f"from rucio.client import Client\nc = Client()\n{code}"
        command = [str(self.clients.bin / "python"), "-c", text]
        done = subprocess.run(command, env=self.variables(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def fill(
        self, dataset: str, contents: Mapping[str, bytes], *, at: tuple[str, ...] = (A,), close: bool = True
    ) -> None:
        """Put files into a dataset with Rucio's own client, by bulk registration; bytes go to the storages."""  # noqa: E501
        folder = self.lab.root / "fill" / dataset
        (folder / "data").mkdir(parents=True)
        listing = []
        for number, (name, data) in enumerate(contents.items()):
            (folder / "data" / str(number)).write_bytes(data)
            listing.append(name)
        (folder / "names.json").write_text(json.dumps(listing), encoding="utf-8")
        self.script(
            f"""
import hashlib, json, shutil, zlib
from pathlib import Path
folder, storages = Path({str(folder)!r}), {[(rse, str(self.lab.storage(rse))) for rse in at]!r}
replicas = []
for number, name in enumerate(json.loads((folder / "names.json").read_text())):
    data = (folder / "data" / str(number)).read_bytes()
    adler, md5 = "%08x" % zlib.adler32(data), hashlib.md5(data).hexdigest()
    replicas.append(dict(scope="lab", name=name, bytes=len(data), adler32=adler, md5=md5, state="A"))
    digest = hashlib.md5(("lab:" + name).encode()).hexdigest()
    for rse, root in storages:
        target = Path(root) / "lab" / digest[:2] / digest[2:4] / name.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / "data" / str(number), target)
for rse, root in storages:
    for start in range(0, len(replicas), 500):
        c.add_replicas(rse, replicas[start : start + 500])
c.add_dataset("lab", {dataset!r})
for start in range(0, len(replicas), 500):
    part = [dict(scope="lab", name=item["name"]) for item in replicas[start : start + 500]]
    c.add_files_to_dataset("lab", {dataset!r}, part)
{f'c.set_status(scope="lab", name={dataset!r}, open=False)' if close else ""}
"""
        )

    def replica(self, name: str, rse: str = A) -> Path:
        """Return the file of a replica."""
        import hashlib

        digest = hashlib.md5(f"lab:{name}".encode(), usedforsecurity=False).hexdigest()
        return self.lab.storage(rse) / "lab" / digest[:2] / digest[2:4] / name.lstrip("/")

    def members(self, dataset: str) -> list[str]:
        """Return the names in a dataset, as the lake tells them."""
        out = self.script(f"print('\\n'.join(sorted(f['name'] for f in c.list_files('lab', {dataset!r}))))")
        return out.split()

    def outage(self, after: float, length: float, how: int = signal.SIGKILL) -> threading.Thread:
        """Kill the server in a moment and start it again a while later."""

        def work() -> None:
            time.sleep(after)
            stop_server(self.lab, how=how)
            time.sleep(length)
            launch_server(self.lab, self.server)

        thread = threading.Thread(target=work)
        thread.start()
        return thread


@pytest.fixture(scope="session")
def bench(
    isolated_environment: None,
    tool: Callable[[str], ToolEnv],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Bench]:
    """A running lab on SQLite, made from the tool environments that `make services` prepared."""
    here = cache_root() / "tools"
    here.mkdir(parents=True, exist_ok=True)
    for environment in (tool("rucio-clients"), tool("rucio-server")):
        if not (here / environment.path.name).exists():
            (here / environment.path.name).symlink_to(environment.path)
    folder = tmp_path_factory.mktemp("lake") / "lab"
    lab = start_lab(folder, QUIET)
    access = lab_access(lab)
    tools = ToolStore()
    with LakeLink(access, QUIET, patience=30) as link:
        yield Bench(lab, access, tools.ensure("rucio-clients"), tools.ensure("rucio-server"), link)
    stop_lab(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("RUCIO_", "X509_")):
            monkeypatch.delenv(name)


@pytest.fixture
def fresh() -> str:
    """A name that no other test uses, not even one of another process."""
    return f"set{os.getpid()}x{next(_NUMBERS)}"


@pytest.fixture
def space_of(bench: Bench, tmp_path: Path) -> Callable[..., Workspace]:
    """Return ``make(datasets, injection=..., name=...)``."""

    def make(datasets: str = "", *, injection: str = "", name: str = "repo") -> Workspace:
        root = tmp_path / name
        (root / "data").mkdir(parents=True, exist_ok=True)
        lake = f'lake: {{rucio_host: "{bench.lab.url}", auth_host: "{bench.lab.url}", auth_type: userpass}}\n'
        text = f'schema_version: "1.0"\n{lake}datasets:{datasets or " []"}\n{injection}'
        (root / "data" / "manifest.yaml").write_text(text, encoding="utf-8")
        return Workspace(root)

    return make


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


Make = Callable[..., Workspace]


def entry(identifier: str, did: str, *, role: str = "input", kind: str = "dataset", more: str = "") -> str:
    fields = (
        f'id: {identifier}, did: "{did}", type: {kind}, role: {role}, licence: CC0-1.0, access: open access'
    )
    return f"\n  - {{{fields}{', ' + more if more else ''}}}"


def injection(source: str, did: str, rse: str = A, more: str = "") -> str:
    return f'injection:\n  - {{id: job, source: {{{source}}}, did: "{did}", rse: {rse}{more}}}\n'


def some(count: int, size: int = 200) -> dict[str, bytes]:
    prefix = f"n{next(_NUMBERS)}p{os.getpid()}"
    return {f"{prefix}.{number:04d}.dat": random.Random(number).randbytes(size) for number in range(count)}


def run_cli(
    bench: Bench, *arguments: str, folder: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    base = {**os.environ, "RUCIO_CONFIG": str(bench.lab.client_config), **variables}
    return subprocess.run(
        [sys.executable, "-m", "fairport", "data", *arguments],
        cwd=folder, env=base, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------- lock


def test_lock_of_dataset_container_file_and_filter(bench: Bench, space_of: Make, fresh: str) -> None:
    contents = some(5)
    names = sorted(contents)
    bench.fill(fresh, contents, close=False)
    bench.script(
        f"c.add_container('lab', '{fresh}.c'); c.attach_dids('lab', '{fresh}.c', [dict(scope='lab', name='{fresh}')])"  # noqa: E501
    )
    space = space_of(
        entry("set", f"lab:{fresh}", more="destination: data/raw")
        + entry("all", f"lab:{fresh}.c", kind="container")
        + entry("one", f"lab:{names[0]}", kind="file", more="destination: data/first.dat")
        + entry("some", f"lab:{fresh}", more='filter: "*000[12].dat"')
    )
    report = make_lock(space, bench.link, QUIET)
    assert [(item.id, item.type, item.length, item.open) for item in report.datasets] == [
        ("set", "dataset", 5, True),
        ("all", "container", 5, True),
        ("one", "file", 1, None),
        ("some", "dataset", 2, True),
    ]
    assert sum("is open" in warning for warning in report.warnings) == 3
    assert report.sources == 13
    with open_lock(space.lock) as lock:
        files = list(lock.files())
        assert lock.head.server_version
    first = next(file for dataset, file in files if dataset == "one")
    assert first.path == "data/first.dat"
    assert first.bytes == 200
    assert first.md5 is not None
    assert first.adler32 is not None
    assert first.sha256 is None
    assert [file.path for dataset, file in files if dataset == "set"] == [
        f"data/raw/{name}" for name in names
    ]
    assert not make_lock(space, bench.link, QUIET).written


def test_locking_again_shows_what_changed(bench: Bench, space_of: Make, fresh: str) -> None:
    bench.fill(fresh, some(3), close=False)
    space = space_of(entry("set", f"lab:{fresh}") + entry("other", f"lab:{fresh}"))
    make_lock(space, bench.link, QUIET, only=["set"])
    more, gone = some(1), bench.members(fresh)[0]
    bench.fill(f"{fresh}.more", more)
    bench.script(
        f"c.attach_dids('lab', '{fresh}', [dict(scope='lab', name='{next(iter(more))}')])\n"
        f"c.detach_dids('lab', '{fresh}', [dict(scope='lab', name='{gone}')])"
    )
    report = make_lock(space, bench.link, QUIET, only=["set"])
    assert (report.changes["set"]["added"], report.changes["set"]["removed"]) == (1, 1)
    assert f"removed lab:{gone}" in report.changes["set"]["first"]
    assert report.written


def test_lock_of_more_than_one_request_takes(bench: Bench, space_of: Make, fresh: str) -> None:
    bench.fill(fresh, some(1010, 10))
    space = space_of(entry("set", f"lab:{fresh}"))
    report = make_lock(space, bench.link, QUIET)
    assert (report.datasets[0].length, report.sources) == (1010, 1010)
    with open_lock(space.lock) as lock:
        assert all(file.md5 for _, file in lock.files())


@pytest.mark.parametrize("name", ["a/../../../evil", "x/.git/hooks/post-checkout", "/../evil"])
def test_hostile_names_are_refused_before_anything_is_fetched(
    bench: Bench, space_of: Make, fresh: str, name: str
) -> None:
    unique = f"{fresh}{name}" if not name.startswith("/") else f"/{fresh}{name}"
    bench.script(
        f"c.add_dataset('lab', '{fresh}')\n"
        f"c.add_replicas('{A}', [dict(scope='lab', name='{unique}', bytes=3, adler32='024d0127', md5='900150983cd24fb0d6963f7d28e17f72')])\n"  # noqa: E501
        f"c.add_files_to_dataset('lab', '{fresh}', [dict(scope='lab', name='{unique}')])"
    )
    space = space_of(entry("set", f"lab:{fresh}"))
    with pytest.raises(RefusedError, match="cannot be placed"):
        make_lock(space, bench.link, QUIET)
    assert not space.lock.exists()
    assert bench.link.call("ping")["version"], "the link is still in step"


def test_errors_say_what_to_do(bench: Bench, space_of: Make, fresh: str) -> None:
    with pytest.raises(UsageError, match="does not know this DID") as caught:
        make_lock(space_of(entry("x", "lab:never-made")), bench.link, QUIET)
    assert str(caught.value.where) == "lab:never-made"
    absent = make_lock(space_of(entry("x", "lab:never-made", role="output"), name="o"), bench.link, QUIET)
    assert "not in the lake yet" in absent.warnings[0]
    bench.fill(fresh, some(2))
    with pytest.raises(RefusedError, match="ceiling"):
        make_lock(space_of(entry("x", f"lab:{fresh}", more="max_bytes: 10"), name="c"), bench.link, QUIET)
    with pytest.raises(UsageError, match="names no storage element"):
        bench.link.call("choose_storage", expression="NO-SUCH-RSE", key="x")


# ---------------------------------------------------------------------------------------------- pull


def test_pull_verifies_stamps_and_is_quick_the_second_time(
    bench: Bench, space_of: Make, store: Store, fresh: str
) -> None:
    contents = {**some(60), f"/{fresh}/deep/er/x.csv": b"deep"}
    bench.fill(fresh, contents)
    space = space_of(entry("set", f"lab:{fresh}", more="destination: data/raw"))
    make_lock(space, bench.link, QUIET)
    report = pull(space, bench.connect(), QUIET, store=store)
    assert (report.fetched, report.failed) == (61, 0)
    assert (space.root / "data/raw/deep/er/x.csv").read_bytes() == b"deep"
    for name, data in contents.items():
        if not name.startswith("/"):
            assert (space.root / "data/raw" / name).read_bytes() == data
    with open_lock(space.lock) as lock:
        assert all(file.sha256 for _, file in lock.files())
    assert verify(space, QUIET).good == 61
    again = pull(space, lambda: pytest.fail("nothing to ask the lake"), QUIET, store=store)
    assert again.unchanged == 61
    other = space_of(entry("set", f"lab:{fresh}", more="destination: elsewhere"), name="other")
    make_lock(other, bench.link, QUIET)
    shared = pull(other, lambda: pytest.fail("the store has it"), QUIET, store=store)
    assert shared.from_store == 61
    leftovers = [path for path in space.root.rglob("*") if path.suffix in (".part", ".tmp")]
    assert not leftovers


def test_damaged_local_files_are_replaced(bench: Bench, space_of: Make, store: Store, fresh: str) -> None:
    contents = some(4)
    bench.fill(fresh, contents)
    space = space_of(entry("set", f"lab:{fresh}"))
    make_lock(space, bench.link, QUIET)
    pull(space, bench.connect(), QUIET, store=store)
    victims = [space.root / "data/raw/set" / name for name in contents]
    victims[0].unlink()
    victims[0].write_bytes(b"x" * 200)
    victims[1].unlink()
    report = pull(space, bench.connect(), QUIET, store=store)
    assert (report.unchanged, report.replaced, report.from_store + report.fetched) == (2, 1, 2)
    assert verify(space, QUIET).good == 4


def test_broken_replicas_fail_over_or_are_told(
    bench: Bench, space_of: Make, store: Store, fresh: str
) -> None:
    contents = some(8)
    names = sorted(contents)
    bench.fill(fresh, contents, at=(A, B))
    bench.replica(names[0], A).write_bytes(b"X" + contents[names[0]][1:])  # flipped at one of two
    bench.replica(names[1], A).write_bytes(contents[names[1]][:50])  # truncated at one of two
    bench.replica(names[2], A).unlink()  # missing at one of two
    for rse in (A, B):
        bench.replica(names[3], rse).write_bytes(b"X" + contents[names[3]][1:])  # flipped at both
        bench.replica(names[4], rse).write_bytes(b"")  # truncated at both
        bench.replica(names[5], rse).unlink()  # missing at both
    space = space_of(entry("set", f"lab:{fresh}"))
    make_lock(space, bench.link, QUIET)
    report = pull(space, bench.connect(), QUIET, store=store)
    assert (report.fetched, report.failed) == (5, 3)
    told = dict(report.failures)
    assert set(told) == {f"lab:{name}" for name in names[3:6]}
    assert "hecksum" in told[f"lab:{names[3]}"]
    there = {path.name for path in (space.root / "data/raw/set").iterdir()}
    assert there == set(names) - set(names[3:6]), "nothing damaged becomes visible"
    bench.replica(names[3], B).write_bytes(contents[names[3]])
    assert pull(space, bench.connect(), QUIET, store=store).failed == 2, "what was mended comes now"


def test_large_files_are_proven_too(bench: Bench, space_of: Make, store: Store, fresh: str) -> None:
    size = 65_000_000  # from 64 MB on, files are hashed while they come
    contents = {f"{fresh}.{kind}": random.Random(kind).randbytes(size) for kind in ("good", "half", "bad")}
    bench.fill(fresh, contents, at=(A, B))
    for name, rse in ((f"{fresh}.half", A), (f"{fresh}.bad", A), (f"{fresh}.bad", B)):
        with bench.replica(name, rse).open("r+b") as stream:
            stream.seek(size // 2)
            stream.write(b"damaged")
    space = space_of(entry("set", f"lab:{fresh}"))
    make_lock(space, bench.link, QUIET)
    report = pull(space, bench.connect(), QUIET, store=store)
    assert (report.fetched, report.failed) == (2, 1)
    assert [did for did, _ in report.failures] == [f"lab:{fresh}.bad"]
    assert "hecksum" in report.failures[0][1]
    there = {path.name: path.read_bytes() for path in (space.root / "data/raw/set").iterdir()}
    assert there == {name: contents[name] for name in (f"{fresh}.good", f"{fresh}.half")}


def test_pull_from_a_source_when_the_lake_has_no_good_replica(
    bench: Bench, space_of: Make, store: Store, fresh: str, tmp_path: Path
) -> None:
    import hashlib
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    contents = some(1)
    name, data = next(iter(contents.items()))
    bench.fill(fresh, contents)
    bench.replica(name).unlink()
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / name).write_bytes(data)
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=tmp_path / "www")
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        source = f'{{url: "http://127.0.0.1:{server.server_port}/{name}", sha256: {hashlib.sha256(data).hexdigest()}}}'  # noqa: E501
        space = space_of(entry("one", f"lab:{name}", kind="file", more=f"sources: [{source}]"))
        make_lock(space, bench.link, QUIET)
        report = pull(space, bench.connect(), QUIET, store=store)
    finally:
        server.shutdown()
        server.server_close()
    assert (report.fetched, report.failed) == (1, 0)


def test_a_lake_that_vanished_with_the_metalink_left(
    bench: Bench, space_of: Make, store: Store, fresh: str
) -> None:
    bench.fill(fresh, some(12))
    space = space_of(entry("set", f"lab:{fresh}"))
    make_lock(space, bench.link, QUIET)
    gone = replace(bench.access, rucio_host="http://127.0.0.1:9", auth_host="http://127.0.0.1:9")
    gone = replace(gone, token_file=bench.access.token_file.with_name("token-of-nobody"))
    started = time.monotonic()
    report = pull(space, lambda: LakeLink(gone, QUIET, patience=600), QUIET, store=store)
    assert (report.fetched, report.failed, report.offline) == (12, 0, True)
    assert time.monotonic() - started < 300, "with a metalink nobody waits for long"
    space.metalink.unlink()
    shutil.rmtree(space.root / "data/raw/set")
    empty = Store(store.root.with_name("empty"))
    report = pull(space, lambda: LakeLink(gone, QUIET, patience=1), QUIET, store=empty)
    assert report.failed == 12
    assert "no metalink" in report.warnings[0]


def test_two_pulls_at_once(bench: Bench, space_of: Make, fresh: str, tmp_path: Path) -> None:
    bench.fill(fresh, some(120))
    space = space_of(entry("set", f"lab:{fresh}"))
    make_lock(space, bench.link, QUIET)
    results: list[subprocess.CompletedProcess[str]] = []
    variables = {"FAIRPORT_STORE": str(tmp_path / "store")}
    threads = [
        threading.Thread(
            target=lambda: results.append(run_cli(bench, "pull", folder=space.root, **variables))
        )
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [result.returncode for result in results] == [0, 0], results
    assert verify(space, QUIET).good == 120


# -------------------------------------------------------------------------------------- push, inject


def test_push_is_closed_ruled_and_idempotent(bench: Bench, space_of: Make, fresh: str) -> None:
    space = space_of(
        entry("si", f"lab:{fresh}", role="output", more="destination: results/si, title: Limits")
    )
    for name, text in (("result.yaml", "a"), ("limit.csv", "b"), ("fig/limit.svg", "c")):
        path = space.root / "results/si" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    out = outputs(space, ())[0]
    report = push(space, out, bench.link, A, 30, QUIET)
    assert (report.upload.stored, report.closed, report.rule) == (3, True, True)
    assert bench.members(fresh) == [
        f"/{fresh}/{name}" for name in ("fig/limit.svg", "limit.csv", "result.yaml")
    ]
    rule = json.loads(
        bench.script(
            f"import json; r = next(c.list_did_rules('lab', '{fresh}'))\n"
            "print(json.dumps([r['rse_expression'], str(r['state']), r['expires_at'].year]))"
        )
    )
    assert rule[0] == A
    again = push(space, out, bench.link, None, None, QUIET)
    assert (again.unchanged, again.upload.stored) == (True, 0)

    def days() -> dict[str, int | None]:
        told = bench.script(
            "import json, datetime as d\nnow = d.datetime.now(d.UTC).replace(tzinfo=None)\n"
            f"rules = c.list_did_rules('lab', '{fresh}')\n"
            "print(json.dumps({r['rse_expression']: r['expires_at'] and round((r['expires_at'] - now).total_seconds() / 86400) for r in rules}))"  # noqa: E501
        )
        found: dict[str, int | None] = json.loads(told)
        return found

    assert days() == {A: 30}
    assert not push(space, out, bench.link, A, 10, QUIET).rule, "never shortened"
    assert push(space, out, bench.link, A, 60, QUIET).rule
    assert push(space, out, bench.link, B, None, QUIET).rule
    assert days() == {A: 60, B: None}
    assert not push(space, out, bench.link, B, 10, QUIET).rule
    with open_lock(space.lock) as lock:
        assert lock.head.datasets[0].open is False
        assert all(file.sha256 and file.md5 for _, file in lock.files())
    (space.root / "results/si/limit.csv").write_text("other", encoding="utf-8")
    with pytest.raises(RefusedError, match="closed and has other content"):
        push(space, out, bench.link, A, None, QUIET)
    reader = space_of(entry("si", f"lab:{fresh}"), name="reader")
    make_lock(reader, bench.link, QUIET)
    pull(reader, bench.connect(), QUIET, store=Store(reader.root / "store"))
    assert (reader.root / "data/raw/si/fig/limit.svg").read_text(encoding="utf-8") == "c"


def test_push_by_command_writes_the_manifest(bench: Bench, space_of: Make, fresh: str) -> None:
    space = space_of("  # nothing yet\n  []")
    (space.root / "results/si").mkdir(parents=True)
    (space.root / "results/si/limit.csv").write_text("x,y\n", encoding="utf-8")
    call = ("push", "--source", "results/si", "--did", f"lab:{fresh}", "--rse", A, "--format", "json")
    before = space.manifest.read_text(encoding="utf-8")
    nowhere = run_cli(bench, *call[:-3], "NO-SUCH-RSE", folder=space.root)
    assert nowhere.returncode == 2
    assert "names no storage element" in nowhere.stderr
    assert space.manifest.read_text(encoding="utf-8") == before, "a push that failed leaves no entry"
    done = run_cli(bench, *call, folder=space.root)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["datasets"][0]["closed"] is True
    assert validate("data-report", json.loads(done.stdout)) == []
    manifest = space.load_manifest()
    assert (manifest.datasets[0].did, manifest.datasets[0].role) == (f"lab:{fresh}", "output")
    assert run_cli(bench, *call, folder=space.root).returncode == 0
    assert len(space.load_manifest().datasets) == 1
    assert run_cli(bench, "verify", folder=space.root).returncode == 0


def test_inject_brings_only_what_is_new(bench: Bench, space_of: Make, fresh: str) -> None:
    space = space_of(
        injection=injection("directory: incoming", f"lab:{fresh}", more=', glob: "*.dat", lifetime_days: 9')
    )
    incoming = space.root / "incoming"
    (incoming / "sub").mkdir(parents=True)
    for name in ("one.dat", "sub/two.dat", "other.txt", ".hidden.dat", "b\u00e4d name.dat"):
        (incoming / name).write_bytes(name.encode())
    (incoming / "link.dat").symlink_to("/etc/hostname")
    job = injections(space, ())[0]
    dry = inject(space, job, bench.link, QUIET, dry_run=True, settle=0)
    assert (sorted(dry.new), dry.refused) == (["one.dat", "sub/two.dat"], ["b\u00e4d name.dat"])
    with pytest.raises(FairportError):
        bench.link.call("describe", scope="lab", name=fresh)
    first = inject(space, job, bench.link, QUIET, settle=0)
    assert (first.upload.stored, first.rule, first.fine) == (2, True, False)
    (incoming / "b\u00e4d name.dat").unlink()
    (incoming / "three.dat").write_bytes(b"three")
    second = inject(space, job, bench.link, QUIET, settle=0)
    assert (second.known, second.upload.stored, second.fine) == (2, 1, True)
    assert bench.members(fresh) == sorted(
        f"/{fresh}/{name}" for name in ("one.dat", "sub/two.dat", "three.dat")
    )
    shutil.rmtree(space.state)  # a fresh checkout, as in CI
    shown = run_cli(bench, "inject", "--dry-run", "--format", "json", folder=space.root)
    assert validate("data-report", json.loads(shown.stdout)) == []
    assert inject(space, job, bench.link, QUIET, settle=0).known == 3
    (incoming / "one.dat").write_bytes(b"changed")
    third = inject(space, job, bench.link, QUIET, settle=0)
    assert (third.changed, third.fine) == (["one.dat"], False)


def test_inject_from_a_listing(bench: Bench, space_of: Make, fresh: str, tmp_path: Path) -> None:
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    www = tmp_path / "www"
    (www / "run").mkdir(parents=True)
    for number in range(3):
        (www / "run" / f"{number}.fits").write_bytes(b"fits%d" % number)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=www))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    (www / "files.txt").write_text(
        f"# new files\nrun/0.fits\n{url}/run/1.fits\nfile:///etc/passwd\n", encoding="utf-8"
    )
    space = space_of(injection=injection(f'listing: "{url}/files.txt"', f"lab:{fresh}"))
    job = injections(space, ())[0]
    try:
        first = inject(space, job, bench.link, QUIET)
        assert (first.upload.stored, first.refused) == (2, ["file:///etc/passwd"])
        (www / "files.txt").write_text("run/0.fits\nrun/1.fits\nrun/2.fits\n", encoding="utf-8")
        second = inject(space, job, bench.link, QUIET)
        assert (second.known, second.upload.stored, second.fine) == (2, 1, True)
    finally:
        server.shutdown()
        server.server_close()
    assert bench.members(fresh) == [f"/{fresh}/run/{number}.fits" for number in range(3)]


def test_two_injects_at_once(bench: Bench, space_of: Make, fresh: str) -> None:
    def space(name: str) -> Workspace:
        made = space_of(injection=injection("directory: incoming", f"lab:{fresh}"), name=name)
        (made.root / "incoming").mkdir()
        for number in range(12):
            (made.root / "incoming" / f"{number}.dat").write_bytes(b"%d" % number)
        return made

    spaces = [space("here"), space("there")]
    reports: list[InjectReport] = []

    def work(place: Workspace) -> None:
        with bench.connect()() as link:
            reports.append(inject(place, injections(place, ())[0], link, QUIET, settle=0))

    threads = [threading.Thread(target=work, args=(place,)) for place in spaces]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(report.upload.stored for report in reports) == 12
    assert all(report.fine for report in reports)
    assert len(bench.members(fresh)) == 12


def test_killed_again_and_again_nothing_is_lost_doubled_or_half_written(
    bench: Bench, space_of: Make, fresh: str, tmp_path: Path
) -> None:
    space = space_of(
        entry("set", f"lab:{fresh}", more="destination: data/raw"),
        injection=injection("directory: incoming", f"lab:{fresh}"),
    )
    contents = {f"{number:02d}.dat": random.Random(number).randbytes(100_000) for number in range(20)}
    (space.root / "incoming").mkdir()
    for name, data in contents.items():
        (space.root / "incoming" / name).write_bytes(data)
    variables = {
        **os.environ,
        "RUCIO_CONFIG": str(bench.lab.client_config),
        "FAIRPORT_STORE": str(tmp_path / "store"),
    }

    def cut_off(*arguments: str, after: float) -> None:
        command = [sys.executable, "-m", "fairport", "-q", "data", *arguments]
        process = subprocess.Popen(
            command, cwd=space.root, env=variables, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        time.sleep(after)
        process.kill()
        process.wait()

    for after in (0.6, 1.0, 1.4, 1.8):
        cut_off("inject", "--settle", "0", after=after)
    assert run_cli(bench, "inject", "--settle", "0", folder=space.root).returncode == 0
    assert bench.members(fresh) == [f"/{fresh}/{name}" for name in sorted(contents)]
    for name, data in contents.items():
        assert bench.replica(f"/{fresh}/{name}").read_bytes() == data
    stray = [path for path in bench.lab.root.rglob("*.rucio.upload") if fresh in str(path)]
    assert not stray
    make_lock(space, bench.link, QUIET)
    for after in (0.5, 0.8, 1.1, 1.4):
        cut_off("pull", after=after)
        for path in (space.root / "data/raw").glob("*"):
            assert path.read_bytes() == contents[path.name], "a visible file is a whole one"
    done = run_cli(bench, "pull", folder=space.root, FAIRPORT_STORE=str(tmp_path / "store"))
    assert done.returncode == 0, done.stderr
    assert verify(space, QUIET).good == 20
    assert not list((space.state / "parts").iterdir())
    assert not list((tmp_path / "store" / "staging").iterdir())


# -------------------------------------------------------------------------------- server comes and goes


def test_the_server_is_killed_in_the_middle_of_everything(
    bench: Bench, space_of: Make, store: Store, fresh: str
) -> None:
    contents = some(300)
    bench.fill(fresh, contents)
    space = space_of(
        entry("set", f"lab:{fresh}")
        + entry("out", f"lab:{fresh}.out", role="output", more="destination: results"),
        injection=injection("directory: incoming", f"lab:{fresh}.in"),
    )
    for folder in ("results", "incoming"):
        (space.root / folder).mkdir()
        for number in range(40):
            (space.root / folder / f"{number}.dat").write_bytes(b"%d" % number)
    outage = bench.outage(0.3, 1.0)
    report = make_lock(space, bench.link, QUIET)
    outage.join()
    assert (report.datasets[0].length, report.sources) == (300, 300)
    space.metalink.unlink()  # so that the pull has to ask
    outage = bench.outage(0.7, 1.0)
    pulled = pull(space, bench.connect(), QUIET, store=store)
    outage.join()
    assert (pulled.fetched, pulled.failed) == (300, 0)
    outage = bench.outage(0.5, 1.0)
    pushed = push(space, outputs(space, ())[0], bench.link, A, None, QUIET)
    outage.join()
    assert (pushed.closed, len(bench.members(f"{fresh}.out"))) == (True, 40)
    outage = bench.outage(0.5, 1.0)
    injected = inject(space, injections(space, ())[0], bench.link, QUIET, settle=0)
    outage.join()
    assert injected.fine
    assert len(bench.members(f"{fresh}.in")) == 40


def test_a_lake_that_stays_away_is_told_in_time(bench: Bench, space_of: Make, fresh: str) -> None:
    gone = replace(bench.access, rucio_host="http://127.0.0.1:9", auth_host="http://127.0.0.1:9")
    gone = replace(gone, token_file=bench.access.token_file.with_name("token-of-nobody"))
    started = time.monotonic()
    with LakeLink(gone, QUIET, patience=2) as link, pytest.raises(LakeAwayError, match="does not answer"):
        make_lock(space_of(entry("set", "lab:x")), link, QUIET)
    assert time.monotonic() - started < 60


# --------------------------------------------------------------------------------------------- access


def test_a_wrong_password_is_noticed_in_spite_of_a_valid_token(bench: Bench) -> None:
    lake = Lake(bench.lab.url, bench.lab.url)
    right = {
        "RUCIO_USERNAME": bench.lab.username,
        "RUCIO_PASSWORD": bench.lab.password,
        "RUCIO_ACCOUNT": "root",
    }
    good = find_access(lake, right)
    with LakeLink(good, QUIET) as link:
        assert link.call("ping")["account"] == "root"
    assert good.token_file.is_file()
    assert good.token_file.stat().st_mode & 0o077 == 0
    bad = find_access(lake, {**right, "RUCIO_PASSWORD": "wrong-password"})
    with LakeLink(bad, QUIET) as link, pytest.raises(ConfigurationError, match="does not accept") as caught:
        link.call("ping")
    assert "wrong-password" not in str(caught.value)
    with LakeLink(good, QUIET) as link:
        assert link.call("ping")["account"] == "root", "the good token is still good"


def test_certificates_and_proxies(bench: Bench, tmp_path: Path, space_of: Make, fresh: str) -> None:
    made = rucio_tls.make_certificates(tmp_path / "certificates")
    bench.script(f"c.add_identity('root', {rucio_tls.SUBJECT!r}, 'X509', 'ada@example.org')")
    bench.fill(fresh, some(2))
    with rucio_tls.tls_server(bench.lab, bench.server, made, tmp_path) as url:

        def access(auth_type: str, **variables: object) -> Access:
            known = {"RUCIO_AUTH_HOST": url, "RUCIO_ACCOUNT": "root", **variables}
            return find_access(
                Lake(url, url, auth_type=auth_type), {name: str(value) for name, value in known.items()}
            )

        def failure(bad: Access) -> str:
            started = time.monotonic()
            with LakeLink(bad, QUIET, patience=600) as link, pytest.raises(ConfigurationError) as caught:
                link.call("ping")
            assert time.monotonic() - started < 300, "no patience mends a certificate"
            return str(caught.value)

        authority = {"RUCIO_CA_CERT": made.authority}
        own = {"RUCIO_CLIENT_CERT": made.user, "RUCIO_CLIENT_KEY": made.key(made.user)}
        for good in (
            access("x509", **authority, **own),
            access("x509_proxy", **authority, X509_USER_PROXY=made.proxy),
        ):
            with LakeLink(good, QUIET) as link:
                assert link.call("ping")["account"] == "root"
                space = space_of(entry("set", f"lab:{fresh}"), name=good.auth_type)
                assert make_lock(space, link, QUIET).sources == 2
            assert "CN=Ada" in good.token_file.read_text(encoding="utf-8"), "a token of the certificate"
        other = {"RUCIO_CLIENT_CERT": made.stranger, "RUCIO_CLIENT_KEY": made.key(made.stranger)}
        assert "does not take your certificate" in failure(access("x509", **authority, **other))
        assert "certificate of the lake is not trusted" in failure(access("x509", **own))
        strange = access("x509", **authority, **{**own, "RUCIO_ACCOUNT": "somebody"})
        assert "does not accept these credentials" in failure(strange)


def test_login_by_oidc_shows_where_to_go_and_keeps_the_token(bench: Bench) -> None:
    """The client and the lake are real; only the identity provider, behind the auth host, is played here."""
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    with LakeLink(bench.access, QUIET) as link:
        link.call("ping")
    token, asked = bench.access.token_file.read_text(encoding="utf-8").strip(), list[str]()

    class Provider(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            if self.path.startswith("/auth/oidc_redirect"):
                if sum("oidc_redirect" in path for path in asked) > 1:  # the person has logged in by now
                    self.send_header("X-Rucio-Auth-Token", token)
            else:
                assert self.headers["X-Rucio-Client-Authorize-Polling"] == "True"
                assert self.headers["X-Rucio-Client-Authorize-Scope"] == "openid profile"
                where = f"http://127.0.0.1:{self.server.server_port}/auth/oidc_redirect?code_polling"  # type: ignore[attr-defined]
                self.send_header("X-Rucio-OIDC-Auth-URL", where)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    class Told(SilentProgress):
        def __init__(self) -> None:
            self.notes: list[str] = []

        def note(self, text: str) -> None:
            self.notes.append(text)

    server, progress = ThreadingHTTPServer(("127.0.0.1", 0), Provider), Told()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    lake = Lake(bench.lab.url, f"http://127.0.0.1:{server.server_port}", auth_type="oidc")
    try:
        access = find_access(lake, {"RUCIO_ACCOUNT": "root"})
        for _ in range(2):
            with LakeLink(access, progress, patience=5) as link:
                assert link.call("ping")["account"] == "root"
                assert link.call("describe", scope="lab", name="sample")["type"] is not None
    except FairportError as error:
        assert "does not know this DID" in str(error), "the token is good; only the DID may be missing"  # noqa: PT017
    finally:
        server.shutdown()
        server.server_close()
    assert any("/auth/oidc_redirect?code_polling" in note for note in progress.notes), progress.notes
    assert sum(path == "/auth/oidc" for path in asked) == 1, "the second login uses the token"
    assert access.token_file.read_text(encoding="utf-8").strip() == token
    assert access.token_file.stat().st_mode & 0o077 == 0
    assert not any(token in note for note in progress.notes)


def test_presets_as_the_client_reads_them(bench: Bench, tmp_path: Path) -> None:
    """Rucio's own client is made from each preset, up to the login itself."""
    (tmp_path / "proxy").write_text("proxy", encoding="utf-8")
    vre = Lake("https://vre-rucio.cern.ch", "https://vre-rucio-auth.cern.ch")
    found = [
        find_access(vre, {"RUCIO_ACCOUNT": "ada"}),
        find_access(
            replace(vre, auth_type="x509_proxy"),
            {"RUCIO_ACCOUNT": "ada", "X509_USER_PROXY": str(tmp_path / "proxy")},
        ),
        find_access(
            replace(vre, auth_type="userpass"),
            {"RUCIO_ACCOUNT": "ada", "RUCIO_USERNAME": "ada", "RUCIO_PASSWORD": "50%(x)s"},
        ),
    ]
    code = f"""
import json, sys, types
package = types.ModuleType("fairport")
package.__path__ = [{str(Path(paths.__file__).parent.parent)!r}]
sys.modules["fairport"] = package
from rucio.client.baseclient import BaseClient
from fairport.lake.remote.session import Session
BaseClient._BaseClient__authenticate = lambda self: None
client = Session(json.loads(sys.stdin.read()), 1).client
names = "host auth_host auth_type vo account auth_oidc_refresh_active token_file creds".split()
print(json.dumps({{name: getattr(client, name) for name in names}}))
"""

    def read(access: Access) -> dict[str, object]:
        done = subprocess.run(
            [str(bench.clients.bin / "python"), "-c", code],
            input=json.dumps(access.message()), env=bench.clients.environment(),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        seen: dict[str, object] = json.loads(done.stdout)
        assert (seen["host"], seen["auth_host"]) == (access.rucio_host, access.auth_host)
        assert (seen["vo"], seen["account"], seen["token_file"]) == ("escape", "ada", str(access.token_file))
        return seen

    oidc, proxy, userpass = (read(access) for access in found)
    assert (oidc["auth_type"], oidc["auth_oidc_refresh_active"]) == ("oidc", True)
    creds = oidc["creds"]
    assert isinstance(creds, dict)
    assert (creds["oidc_scope"], creds["oidc_polling"]) == ("openid profile offline_access", True)
    assert proxy["creds"] == {
        "client_x509_proxy": str(tmp_path / "proxy"),
        "client_proxy": str(tmp_path / "proxy"),
    }
    assert userpass["creds"] == {"username": "ada", "password": "50%(x)s"}


def test_secrets_are_nowhere(bench: Bench, space_of: Make, fresh: str, tmp_path: Path) -> None:
    bench.fill(fresh, some(2))
    space = space_of(entry("set", f"lab:{fresh}"))
    variables = {"FAIRPORT_STORE": str(tmp_path / "store"), "FAIRPORT_DEBUG": "1"}
    texts = []
    for arguments in (("lock", "-vv"), ("pull", "-vv"), ("status", "-vv"), ("paths",)):
        done = run_cli(bench, *arguments, folder=space.root, **variables)
        assert done.returncode == 0, done.stderr
        texts += [done.stdout, done.stderr]
    texts += [path.read_bytes().decode("latin-1") for path in space.root.rglob("*") if path.is_file()]
    with LakeLink(bench.access, QUIET) as link:
        link.call("ping")
        for place in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                texts.append(place.read_bytes().decode("latin-1"))
        for place in Path(tempfile.gettempdir()).glob("fairport-rucio-*/*"):
            texts.append(place.read_text(encoding="utf-8"))
    token = bench.access.token_file.read_text(encoding="utf-8").strip()
    assert len(token) > 20
    for text in texts:
        assert bench.lab.password not in text
        assert token not in text
        assert not re.search(r"-unknown-[0-9a-f]{32}", text)


# ------------------------------------------------------------------------------------ command, REANA


def test_the_command_and_its_exit_codes(bench: Bench, space_of: Make, fresh: str, tmp_path: Path) -> None:
    contents = some(3)
    bench.fill(fresh, contents)
    space = space_of(entry("set", f"lab:{fresh}"))
    variables = {"FAIRPORT_STORE": str(tmp_path / "store")}
    locked = run_cli(bench, "lock", "--format", "json", folder=space.root, **variables)
    assert json.loads(locked.stdout)["datasets"][0]["length"] == 3
    assert run_cli(bench, "verify", folder=space.root, **variables).returncode == 1
    assert run_cli(bench, "pull", folder=space.root, **variables).returncode == 0
    shown = json.loads(run_cli(bench, "status", "--format", "json", folder=space.root, **variables).stdout)
    assert shown["lock_up_to_date"] is True
    assert shown["datasets"][0]["present"] == 3
    found = json.loads(run_cli(bench, "paths", "--format", "json", folder=space.root, **variables).stdout)
    assert all(Path(path).is_file() for path in found["datasets"][0]["path"])
    shown_all = [locked.stdout]
    calls = (("lock",), ("pull",), ("verify",), ("status",), ("paths",))
    shown_all += [
        run_cli(bench, *call, "--format", "json", folder=space.root, **variables).stdout for call in calls
    ]
    for text in shown_all:
        assert validate("data-report", json.loads(text)) == []
    unknown = run_cli(bench, "pull", "--dataset", "nope", folder=space.root, **variables)
    assert (unknown.returncode, "no data set" in unknown.stderr) == (2, True)
    bench.replica(sorted(contents)[0]).unlink()
    shutil.rmtree(space.root / "data/raw/set")
    variables["FAIRPORT_STORE"] = str(tmp_path / "another")
    broken = run_cli(bench, "pull", folder=space.root, **variables)
    assert broken.returncode == 1
    assert sorted(contents)[0] in broken.stdout
    assert "Traceback" not in broken.stderr


def test_the_reana_step_stages_the_same_files(
    bench: Bench, space_of: Make, fresh: str, tmp_path: Path
) -> None:
    contents = {**some(2), f"/{fresh}/deep/x.csv": b"deep"}
    bench.fill(fresh, contents)
    space = space_of(entry("set", f"lab:{fresh}", more="destination: data/raw"))
    make_lock(space, bench.link, QUIET)
    step = paths.reana_step(space, "example/rucio-client:1.0")
    work = tmp_path / "workspace"
    work.mkdir()
    script = "\n".join(["set -e", *step["commands"]])
    done = subprocess.run(
        ["sh", "-c", script], cwd=work, env=bench.variables(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (work / "data/raw/deep/x.csv").read_bytes() == b"deep"
    damaged = [line.replace("sha256sum", "md5sum") for line in step["commands"]]
    bench.replica(f"/{fresh}/deep/x.csv").write_bytes(b"DEEP")
    again = subprocess.run(
        ["sh", "-c", "\n".join(["set -e", *damaged])],
        cwd=tmp_path,
        env=bench.variables(),
        capture_output=True,
        check=False,
    )
    assert again.returncode != 0
