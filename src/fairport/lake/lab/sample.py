"""Sample data for a lab, and the self-test: the whole of the lake room against a throw-away lake."""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fairport.contract.manifest import Lake
from fairport.lake.access import Access, find_access
from fairport.lake.injecting import inject, injections
from fairport.lake.lab.layout import SCOPE, STORAGES, Lab
from fairport.lake.lab.server import start_lab, stop_lab, stop_server
from fairport.lake.link import LakeLink
from fairport.lake.locking import make_lock
from fairport.lake.proofs import verify
from fairport.lake.pulling import pull
from fairport.lake.pushing import outputs, push
from fairport.lake.store import Store
from fairport.lake.workspace import Workspace

if TYPE_CHECKING:
    from fairport.contract.progress import Progress

_RUNS: Final = 4
_MANIFEST: Final = """\
schema_version: "1.0"
lake:
  name: Fairport lab
  rucio_host: {url}
  auth_host: {url}
  auth_type: userpass
datasets:
  - id: runs
    did: {scope}:sample
    type: dataset
    title: Sample counting runs of the lab
    licence: CC0-1.0
    access: open access
    role: {role}
    destination: {folder}
"""
_INJECTION: Final = """\
injection:
  - id: nightly
    source: {{directory: incoming}}
    glob: "*.csv"
    did: {scope}:nightly
    rse: {rse}
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the self-test tried."""

    name: str
    held: bool
    detail: str


def lab_access(lab: Lab) -> Access:
    """Return the access to a lab with its own credentials."""
    lake = Lake(lab.url, lab.url, name="Fairport lab", auth_type="userpass")
    return find_access(lake, {"RUCIO_CONFIG": str(lab.client_config)})


def write_runs(folder: Path, count: int = _RUNS) -> None:
    """Write small CSV tables: counts in 20 energy bins of a falling spectrum, the same at every call."""
    folder.mkdir(parents=True, exist_ok=True)
    for run in range(1, count + 1):
        rows = [
            f"{energy},{round(1000 * math.exp(-energy / 5) * (1 + 0.01 * run))}" for energy in range(1, 21)
        ]
        (folder / f"run{run}.csv").write_text(
            "energy_keV,counts\n" + "\n".join(rows) + "\n", encoding="utf-8"
        )


def add_sample(lab: Lab, progress: Progress) -> str:
    """Put the sample dataset into a lab; returns its DID."""
    with tempfile.TemporaryDirectory() as folder:
        space = _repository(Path(folder) / "sample", lab, "output")
        write_runs(space.root / "data" / "runs")
        with LakeLink(lab_access(lab), progress) as link:
            return push(space, outputs(space, ())[0], link, STORAGES[0], None, progress).did


def selftest(progress: Progress, *, database: str = "sqlite") -> list[Step]:
    """Try everything against a lake of its own, which is removed afterwards.

    Returns:
        The steps in order; the first that did not hold is the last.
    """
    base = Path(tempfile.mkdtemp(prefix="fairport-selftest-"))
    if database == "postgresql":
        base.chmod(0o711)
    try:
        progress.step(f"Starting a throw-away lake ({database})")
        lab = start_lab(base / "lab", progress, database=database)
        return list(_until_failure(_steps(base, lab, progress)))
    finally:
        stop_lab(base / "lab")
        shutil.rmtree(base, ignore_errors=True)


def _until_failure(steps: Iterator[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        if not step.held:
            return


def _steps(base: Path, lab: Lab, progress: Progress) -> Iterator[Step]:
    access = replace(lab_access(lab), token_file=base / "tokens" / "token")
    access.token_file.parent.mkdir(mode=0o700)
    connect: Callable[[], LakeLink] = lambda: LakeLink(access, progress)  # noqa: E731
    source = _repository(base / "producer", lab, "output")
    write_runs(source.root / "data" / "runs")
    store = Store(base / "store")
    with connect() as link:
        pushed = push(source, outputs(source, ())[0], link, STORAGES[0], None, progress)
        yield Step(
            "push", pushed.closed and pushed.upload.stored == _RUNS, f"{pushed.upload.stored} files stored"
        )
        again = push(source, outputs(source, ())[0], link, STORAGES[0], None, progress)
        yield Step("push again", again.unchanged, "nothing was sent twice")
        reader = _repository(base / "consumer", lab, "input")
        locked = make_lock(reader, link, progress)
        yield Step("lock", locked.sources == _RUNS, f"{locked.datasets[0].length} files locked")
    pulled = pull(reader, connect, progress, store=store)
    yield Step("pull", pulled.fetched == _RUNS and not pulled.failed, f"{pulled.fetched} files fetched")
    same = all(_same(source, reader, number) for number in range(1, _RUNS + 1))
    checked = verify(reader, progress)
    yield Step("verify", same and checked.good == _RUNS, f"{checked.good} files proven")
    (reader.root / "data" / "runs" / "run1.csv").unlink()
    (reader.root / "data" / "runs" / "run1.csv").write_text("damaged\n", encoding="utf-8")
    yield Step("notice damage", verify(reader, progress).bad == 1, "a damaged file is told")
    with connect() as link:
        yield from _injection(base, lab, link, progress)
    shutil.rmtree(reader.root / "data" / "runs")
    stop_server(lab)
    offline = pull(reader, None, progress, store=Store(base / "another-store"))
    yield Step("pull offline", offline.fetched == _RUNS, "from the metalink, with the server stopped")


def _injection(base: Path, lab: Lab, link: LakeLink, progress: Progress) -> Iterator[Step]:
    space = _repository(base / "institute", lab, "input", inject_to=STORAGES[1])
    write_runs(space.root / "incoming", 2)
    job = injections(space, ())[0]
    first = inject(space, job, link, progress, settle=0)
    yield Step("inject", first.upload.stored == 2 and first.fine, f"{first.upload.stored} files injected")
    write_runs(space.root / "incoming", 3)
    second = inject(space, job, link, progress, settle=0)
    yield Step("inject again", (second.known, second.upload.stored) == (2, 1), "only what is new")


def _repository(root: Path, lab: Lab, role: str, inject_to: str | None = None) -> Workspace:
    (root / "data").mkdir(parents=True)
    text = _MANIFEST.format(url=lab.url, scope=SCOPE, role=role, folder="data/runs")
    if inject_to:
        text += _INJECTION.format(scope=SCOPE, rse=inject_to)
    (root / "data" / "manifest.yaml").write_text(text, encoding="utf-8")
    return Workspace(root)


def _same(one: Workspace, other: Workspace, number: int) -> bool:
    name = f"data/runs/run{number}.csv"
    return (one.root / name).read_bytes() == (other.root / name).read_bytes()
