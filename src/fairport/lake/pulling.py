"""``fairport data pull``: bring every file of the lock into place, and prove it.

Order for each file: it is there already (one stat); it is there but unknown (one read); it is in the store of
this user (one read); Rucio's client fetches it from the replicas that the metalink names, then from those
that the lake names now; a source outside the lake; without the lake, plain reads of the metalink's addresses.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from fairport.contract.documents import manifest_digest
from fairport.contract.errors import FairportError, RefusedError
from fairport.contract.manifest import LockedFile, Manifest
from fairport.contract.progress import Progress
from fairport.lake.failures import LakeAwayError, disk_told
from fairport.lake.hashing import ALL, Sums, sums_of
from fairport.lake.link import LakeLink
from fairport.lake.lockfile import LockReader, open_lock
from fairport.lake.locking import select
from fairport.lake.metalink import read_metalink
from fairport.lake.meter import Meter
from fairport.lake.plainfetch import FetchError, fetch_plain
from fairport.lake.planning import Plan, Wanted
from fairport.lake.proofs import stamp_lock
from fairport.lake.store import Store, agrees, sweep_parts
from fairport.lake.whereabouts import WORTH_IT, dataset_replicas
from fairport.lake.workspace import Ledger, Workspace, exclusive

_FILES: Final = 50
_BYTES: Final = 256_000_000
_SHOWN: Final = 20
_THREADS: Final = 3
_ASKED: Final = 500
_NOWHERE: Final = "no replica can be read"

Connect = Callable[[], LakeLink]
"""Makes the link to the lake when it turns out to be needed."""


@dataclass(slots=True)
class PullReport:
    """What a pull did: numbers of files, bytes fetched, and the first failures with their reasons."""

    files: int = 0
    unchanged: int = 0
    adopted: int = 0
    replaced: int = 0
    from_store: int = 0
    fetched: int = 0
    bytes: int = 0
    failed: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    offline: bool = False


@disk_told()
def pull(
    workspace: Workspace,
    connect: Connect | None,
    progress: Progress,
    *,
    only: Sequence[str] = (),
    jobs: int = 2,
    store: Store | None = None,
) -> PullReport:
    """Bring the files of the lock into place.

    Args:
        workspace: the repository.
        connect: makes the link to the lake; ``None`` works offline, from the metalink and other sources.
        progress: told about stages, files, bytes and rate.
        only: ids or DIDs of data sets; all but the outputs for none.
        jobs: transfers side by side.
        store: of downloaded data; the user's by default.

    Raises:
        DocumentError: there is no lock, or it is not valid.
        RefusedError: a path of the lock leads out of the repository.
    """
    manifest = workspace.load_manifest()
    report = PullReport(offline=connect is None)
    shelf = store or Store()
    with (
        exclusive(workspace, "pull", progress),
        open_lock(workspace.lock) as lock,
        Ledger(workspace) as ledger,
        Plan(workspace.state) as plan,
        shelf.staging() as staging,
    ):
        sweep_parts(workspace)
        wanted = _wanted(manifest, lock, only, report)
        job = _Pull(workspace, lock, ledger, plan, shelf, staging, progress, report, jobs)
        try:
            job.survey(wanted)
            left, size = plan.left()
            if left:
                progress.step(f"Fetching {left:,} files")
                with Meter(progress, "fetched", left, size, staging) as meter:
                    job.meter = meter
                    job.fetch(connect, manifest)
        finally:
            ledger.commit()
        report.failed = plan.left()[0]
        report.failures = [(file.did or file.url or file.path, why) for file, why in plan.failures(_SHOWN)]
        stamp_lock(workspace, ledger, progress)
    return report


def _wanted(manifest: Manifest, lock: LockReader, only: Sequence[str], report: PullReport) -> set[str]:
    chosen = {item.id for item in select(manifest, only)}
    locked = {item.id for item in lock.head.datasets}
    if lock.head.manifest_digest != manifest_digest(manifest):
        report.warnings.append("the manifest has changed since it was locked; run: fairport data lock")
    if not only:  # a newer output of the workflow is not overwritten by the one that was pushed
        chosen -= {item.id for item in manifest.datasets if item.role == "output"}
    for missing in sorted(chosen - locked):
        report.warnings.append(f"{missing} is not in the lock; run: fairport data lock")
    return chosen & locked


class _Pull:
    """One pull under way."""

    def __init__(
        self,
        workspace: Workspace,
        lock: LockReader,
        ledger: Ledger,
        plan: Plan,
        store: Store,
        staging: Path,
        progress: Progress,
        report: PullReport,
        jobs: int,
    ) -> None:
        self._workspace, self._lock, self._ledger, self._plan = workspace, lock, ledger, plan
        self._store, self._staging, self._progress = store, staging, progress
        self._report, self._jobs = report, jobs
        self._tracked = _TrackedFiles(workspace)
        self._seen: dict[str, Path] = {}
        self.meter: Meter | None = None

    def survey(self, datasets: set[str]) -> None:
        """Find out what is in place, and plan the rest."""
        report = self._report
        for dataset, file in self._lock.files():
            if dataset not in datasets:
                continue
            report.files += 1
            state = self._present(file)
            if state is None:
                self._plan.add(file, dataset)
        self._plan.index()

    def _present(self, file: LockedFile) -> bool | None:
        place = self._workspace.place(file.path, self._seen)
        try:
            info = place.lstat()
        except OSError:
            return None
        if place.is_symlink() or not place.is_file():
            raise RefusedError(f"{file.path} is not a plain file", mend="remove it and pull again")
        sums = self._ledger.look(file.path, info)
        if sums is not None and agrees(sums, file):
            self._report.unchanged += 1
            return True
        sums = sums_of(place, ALL)
        if agrees(sums, file):
            self._ledger.record(file.path, info, sums)
            self._report.adopted += 1
            return True
        if self._tracked.holds(file.path):
            raise RefusedError(
                f"{file.path} is kept by git and differs from the lock",
                mend="remove it from git, or change the destination in data/manifest.yaml",
            )
        self._report.replaced += 1
        return None

    def fetch(self, connect: Connect | None, manifest: Manifest) -> None:
        """Fetch what is planned, from the nearest place to the furthest."""
        self._from_store()
        if self._plan.left()[0] and self._workspace.metalink.exists():
            for did, sources in read_metalink(self._workspace.metalink):
                self._plan.locate(did, sources)
        away: FairportError | None = None
        if connect is not None and manifest.lake is not None and self._any_did():
            try:
                self._from_lake(connect())
            except LakeAwayError as error:
                away = error
                self._report.offline = True
                self._progress.note("the lake does not answer; going on from the metalink and other sources")
        self._from_sources(manifest)
        if (away is not None or connect is None) and self._plan.left()[0]:
            self._each(self._plan.chunks(_FILES, _BYTES, located=True), self._read_plainly)
        if away is not None and self._plan.left()[0]:
            without = not self._workspace.metalink.exists()
            self._report.warnings.append(
                "the lake does not answer" + (", and there is no metalink beside the lock" if without else "")
            )

    def _any_did(self) -> bool:
        return any(item.file.did for group in self._plan.chunks(500, 1 << 62) for item in group)

    def _from_store(self) -> None:
        with ThreadPoolExecutor(self._jobs) as pool:
            for group in self._plan.chunks(500, 1 << 62):
                found = pool.map(lambda item: self._store.find(item.file), group)
                for item, hit in zip(group, found, strict=True):
                    if hit is not None:
                        self._install(item, *hit)
                        self._report.from_store += 1
                self._ledger.commit()

    def _from_lake(self, link: LakeLink) -> None:
        """Let Rucio's client fetch: first from the addresses in the metalink, then from those of today."""
        with link:
            link.call("ping", patience=5.0 if self._workspace.metalink.exists() else link.patience)
            ask = partial(self._ask, link)
            self._each(self._plan.chunks(_FILES, _BYTES, located=True), ask)
            for identifier, count in self._plan.unlocated().items():
                locked = self._lock.head.dataset(identifier)
                if locked is not None and locked.did and count >= max(WORTH_IT, locked.length // 2):
                    self._each(self._as_told(dataset_replicas(link, locked.did, self._staging)), ask)
            for last in (False, True):
                if not self._any_did():
                    return
                self._locate(link)
                self._each(self._plan.chunks(_FILES, _BYTES, located=True), ask)
                if not last and self._plan.left()[0]:
                    link.call("ping", patience=link.patience)

    def _as_told(self, answer: Iterator[dict[str, Any]]) -> Iterator[list[Wanted]]:
        """Yield groups of wanted files as the lake tells where they are."""
        group, size = list[Wanted](), 0
        for told in answer:
            for item in self._plan.waiting(told["did"]) if told["sources"] else ():
                group.append(replace(item, sources=told["sources"]))
                size += item.file.bytes
            if len(group) >= _FILES or size > _BYTES:
                yield group
                group, size = [], 0
        if group:
            yield group

    def _locate(self, link: LakeLink) -> None:
        """Ask by name where the files that are left can be read."""
        source = self._plan.chunks(_ASKED, 1 << 62)
        with ThreadPoolExecutor(self._jobs) as pool:
            while groups := list(itertools.islice(source, self._jobs)):
                answers = pool.map(partial(_whereabouts, link), groups)
                for group, told in zip(groups, answers, strict=True):
                    for item in group:
                        self._plan.locate(item.file.did or "", told.get(item.file.did or "", []))
                        if item.file.did and not told.get(item.file.did):
                            self._plan.failed(item.number, _NOWHERE)

    def _ask(self, link: LakeLink, group: list[Wanted]) -> list[tuple[Wanted, Any]]:
        """Fetch a group through one client; runs in a thread."""
        unique = {item.file.did: item for item in group if item.sources}
        files = [{**_proof(item.file), "did": did, "sources": item.sources} for did, item in unique.items()]
        results = {}
        if files:
            folder = tempfile.mkdtemp(dir=self._staging)
            answer = link.call("fetch", files=files, folder=folder, threads=_THREADS, kinds=list(ALL))
            results = {item["did"]: item for item in answer}
        return [(item, results.get(item.file.did, {"reason": _NOWHERE})) for item in group]

    def _from_sources(self, manifest: Manifest) -> None:
        """Read from outside the lake what has an address there."""
        mirrors = {source.sha256: source for item in manifest.datasets for source in item.sources}
        addresses: dict[str, list[str]] = {}
        for item in manifest.datasets:
            for source in item.sources:
                addresses.setdefault(source.sha256, []).append(source.url)
        groups = ([i for i in group if i.file.url] for group in self._plan.chunks(_FILES, _BYTES))

        def read(group: list[Wanted]) -> list[tuple[Wanted, Any]]:
            return [(item, self._read(item, _mirrors(item.file, addresses), local=False)) for item in group]

        if mirrors:
            self._each(groups, read)

    def _read_plainly(self, group: list[Wanted]) -> list[tuple[Wanted, Any]]:
        return [
            (item, self._read(item, [source["pfn"] for source in item.sources], local=True)) for item in group
        ]

    def _read(self, item: Wanted, addresses: Sequence[str], *, local: bool) -> dict[str, Any]:
        target = Path(tempfile.mkdtemp(dir=self._staging)) / "file"
        try:
            sums = fetch_plain(item.file, addresses, target, local=local)
        except FetchError as error:
            return {"reason": str(error)}
        return {"path": str(target), "sums": sums}

    def _each(
        self, groups: Iterator[list[Wanted]], work: Callable[[list[Wanted]], list[tuple[Wanted, Any]]]
    ) -> None:
        """Do ``work`` on groups side by side; results are put in place by this thread, one by one."""
        with ThreadPoolExecutor(self._jobs) as pool:
            running: set[Future[list[tuple[Wanted, Any]]]] = set()
            source = iter(groups)
            try:
                for group in itertools.islice(source, self._jobs + 1):
                    running.add(pool.submit(work, group))
                while running:
                    finished, running = wait(running, return_when=FIRST_COMPLETED)
                    for future in finished:
                        for item, result in future.result():
                            self._take(item, result)
                        self._ledger.commit()
                        running |= {pool.submit(work, group) for group in itertools.islice(source, 1)}
            except BaseException:
                for future in running:
                    future.cancel()
                raise

    def _take(self, item: Wanted, result: dict[str, Any]) -> None:
        if "path" not in result:
            self._plan.failed(item.number, result["reason"])
            return
        path = Path(result["path"])
        sums = result.get("sums") or Sums(result["bytes"], result["adler32"], result["md5"], result["sha256"])
        if not path.exists():  # two files of the lock with one DID: the first has taken it to the store
            hit = self._store.find(item.file)
            if hit is None:
                self._plan.failed(item.number, "it vanished while it was put in place")
            else:
                self._install(item, *hit)
            return
        if not agrees(sums, item.file):
            path.unlink(missing_ok=True)
            self._plan.failed(item.number, "what came differs from the lock")
            return
        self._install(item, self._store.insert(path, sums), sums)
        self._report.fetched += 1
        self._report.bytes += sums.bytes

    def _install(self, item: Wanted, source: Path, sums: Sums) -> None:
        place = self._workspace.place(item.file.path, self._seen)
        self._store.place(source, place, self._workspace)
        self._ledger.record(item.file.path, place.stat(), sums)
        self._plan.done(item.number)
        if self.meter is not None:
            self.meter.add(sums.bytes)


def _whereabouts(link: LakeLink, group: Sequence[Wanted]) -> dict[str, list[dict[str, str]]]:
    asked = [list(item.file.did.partition(":")[::2]) for item in group if item.file.did]
    if not asked:
        return {}
    return {item["did"]: item["sources"] for item in link.call("replicas", dids=asked)}


def _proof(file: LockedFile) -> dict[str, Any]:
    return {"bytes": file.bytes, "adler32": file.adler32, "md5": file.md5}


def _mirrors(file: LockedFile, addresses: dict[str, list[str]]) -> list[str]:
    known = addresses.get(file.sha256 or "", [])
    return [*known, *([file.url] if file.url and file.url not in known else [])]


class _TrackedFiles:
    """Which files git keeps; asked once, and only when a file would be replaced."""

    def __init__(self, workspace: Workspace) -> None:
        self._root = workspace.root
        self._names: frozenset[str] | None = None

    def holds(self, path: str) -> bool:
        """Tell whether git keeps the file at ``path``."""
        if self._names is None:
            self._names = self._ask()
        return path in self._names

    def _ask(self) -> frozenset[str]:
        import subprocess

        command = [
            "git",
            "-c",
            "core.fsmonitor=false",
            "-C",
            str(self._root),
            "ls-files",
            "-z",
            "--full-name",
            ".",
        ]
        try:
            done = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
        except OSError:
            return frozenset()
        return (
            frozenset(done.stdout.decode("utf-8", "surrogateescape").split("\0"))
            if not done.returncode
            else frozenset()
        )
