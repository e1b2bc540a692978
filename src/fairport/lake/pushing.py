"""``fairport data push``: results, crates and other outputs into the lake as a closed dataset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from fairport.contract.documents import manifest_digest
from fairport.contract.errors import FairportError, RefusedError, UsageError
from fairport.contract.files import inside, read_text, write_atomic
from fairport.contract.manifest import Dataset, LockedFile
from fairport.contract.progress import Progress
from fairport.lake.failures import LakeError, disk_told
from fairport.lake.hashing import ALL, sums_of
from fairport.lake.link import LakeLink
from fairport.lake.lockfile import LockedSet, LockHead, open_lock, write_lock
from fairport.lake.names import Did, parse_did, upload_name
from fairport.lake.resolution import Resolution
from fairport.lake.uploading import Upload, UploadReport, dataset_lock, open_dataset, regular_files, upload
from fairport.lake.workspace import MANIFEST_FILE, Ledger, Workspace, exclusive

_DAY: Final = 86_400


@dataclass(slots=True)
class PushReport:
    """What became of one data set."""

    dataset: str
    did: str
    rse: str = ""
    closed: bool = False
    unchanged: bool = False
    rule: bool = False
    metadata_taken: list[str] = field(default_factory=list)
    metadata_refused: list[str] = field(default_factory=list)
    upload: UploadReport = field(default_factory=UploadReport)

    def to_data(self) -> dict[str, Any]:
        """Return plain data."""
        return {**asdict(self), "upload": self.upload.to_data()}


@dataclass(frozen=True, slots=True)
class NewOutput:
    """A folder or file that is pushed and, when it is new, written into the manifest.

    Attributes:
        source: path within the repository.
        did: dataset that it becomes.
        identifier: id of its data set in the manifest.
        licence: SPDX expression.
        access: COAR access right.
        title: what it is called.
    """

    source: str
    did: Did
    identifier: str
    licence: str
    access: str
    title: str | None = None


def outputs(workspace: Workspace, only: Sequence[str]) -> list[Dataset]:
    """Return the data sets of role ``output`` with a DID, or those that are named.

    Raises:
        UsageError: none, or a named one is not an output with a DID.
    """
    manifest = workspace.load_manifest()
    ready = [item for item in manifest.datasets if item.role == "output" and item.did]
    chosen = [item for item in ready if not only or item.id in only or item.did in only]
    missing = [name for name in only if not any(name in (item.id, item.did) for item in chosen)]
    if missing or not chosen:
        raise UsageError(
            f'"{missing[0]}" is no output with a DID' if missing else "the manifest has no output with a DID",
            where=MANIFEST_FILE,
            mend="give a data set `role: output`, a `did` and a `destination`, or use --source with --did",
        )
    return chosen


@contextmanager
def declared(workspace: Workspace, new: NewOutput) -> Iterator[Dataset]:
    """Give the entry of an output, written into the manifest if need be; taken out on failure.

    Raises:
        UsageError: the id is taken by another data set.
    """
    before = read_text(workspace.manifest)
    dataset = _declare(workspace, new)
    try:
        yield dataset
    except BaseException:
        write_atomic(workspace.manifest, before)
        raise


def _declare(workspace: Workspace, new: NewOutput) -> Dataset:
    manifest = workspace.load_manifest()
    for item in manifest.datasets:
        if item.did == str(new.did):
            return item
        if item.id == new.identifier:
            raise UsageError(
                f'the manifest has a data set "{new.identifier}" already',
                where=MANIFEST_FILE,
                mend="choose another --id",
            )
    entry = {"id": new.identifier, "did": str(new.did), "type": "dataset", "title": new.title}
    entry |= {"licence": new.licence, "access": new.access, "role": "output", "destination": new.source}
    kept = {key: value for key, value in entry.items() if value}
    _append(workspace, kept)
    return next(item for item in workspace.load_manifest().datasets if item.id == new.identifier)


@disk_told()
def push(
    workspace: Workspace,
    dataset: Dataset,
    link: LakeLink,
    rse: str | None,
    lifetime_days: int | None,
    progress: Progress,
) -> PushReport:
    """Bring an output into the lake as a closed dataset with a rule; doing it again sends nothing.

    The rule of a dataset that is there already is prolonged when a longer lifetime is asked for, and another
    one is made for another storage element; none is ever shortened or removed.

    Args:
        workspace: the repository.
        dataset: its entry in the manifest; ``destination`` says what is pushed.
        link: to the lake.
        rse: storage element or expression; may be left out when the dataset is in the lake already.
        lifetime_days: lifetime of the rule in days; for ever when left out.
        progress: told about each stage.

    Raises:
        RefusedError: the dataset is closed with other content, or a name does not suit Rucio.
        LakeError: some files did not arrive; nothing is closed then.
    """
    did = parse_did(dataset.did or "")
    report = PushReport(dataset.id, str(did))
    with dataset_lock(link, did, progress), Ledger(workspace) as ledger:
        files = _collect(workspace, dataset, did, ledger, progress)
        report.upload.files = len(files)
        is_open, there = open_dataset(link, did)
        wanted = {str(item.did): (item.sums.bytes, item.sums.adler32) for item in files}
        if not is_open:
            _compare(did, wanted, there)
            report.unchanged = report.closed = True
            report.upload.present = len(files)
            if rse is not None:
                report.rse, report.rule = rse, _rule(link, did, rse, lifetime_days)
        else:
            _refuse_strangers(did, wanted, there)
            _fill(link, did, files, there, rse, lifetime_days, dataset, report, progress)
        _lock_output(workspace, dataset, did, files, link, progress)
    return report


def _collect(
    workspace: Workspace, dataset: Dataset, did: Did, ledger: Ledger, progress: Progress
) -> list[Upload]:
    source = inside(workspace.root, dataset.destination or f"data/raw/{dataset.id}")
    if source is None or not source.exists():
        raise UsageError(
            f"{dataset.id}: there is nothing at {dataset.destination or f'data/raw/{dataset.id}'}",
            where=MANIFEST_FILE,
            mend="run the workflow first, or correct `destination`",
        )
    progress.step(f"Reading {dataset.id}")
    found = [(source.name, source, source.stat())] if source.is_file() else list(regular_files(source))
    if not found:
        raise UsageError(
            f"{dataset.id}: {source} holds no file", where=MANIFEST_FILE, mend="run the workflow first"
        )
    files = []
    for relative, path, info in found:
        name = upload_name(did.name, relative)
        if name is None:
            raise RefusedError(
                f"{relative[:200]} cannot become a name in the lake",
                why="Rucio takes letters, digits, . _ - and /, at most 250 in all",
                mend="rename the file",
            )
        below = path.resolve().relative_to(workspace.root.resolve()).as_posix()
        sums = ledger.look(below, info)
        if sums is None or sums.sha256 is None or sums.md5 is None:
            sums = sums_of(path, ALL)
            ledger.record(below, info, sums)
        files.append(Upload(path, Did(did.scope, name), sums))
    return files


def _compare(did: Did, wanted: dict[str, Any], there: dict[str, Any]) -> None:
    if wanted == there:
        return
    differing = sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))
    raise RefusedError(
        f"{did} is closed and has other content",
        where=str(did),
        why=f"{len(differing)} files differ, {differing[0]} the first",
        mend="a closed dataset never changes: give the new content a new DID, with a version in it, say",
    )


def _refuse_strangers(did: Did, wanted: dict[str, Any], there: dict[str, Any]) -> None:
    strange = sorted(name for name, sums in there.items() if wanted.get(name) != sums)
    if strange:
        raise RefusedError(
            f"{did} is open and holds files that are not these",
            why=f"{len(strange)} of them, {strange[0]} the first",
            mend="choose a new DID; datasets that grow are for `fairport data inject`",
        )


def _fill(
    link: LakeLink,
    did: Did,
    files: list[Upload],
    there: dict[str, Any],
    rse: str | None,
    lifetime_days: int | None,
    dataset: Dataset,
    report: PushReport,
    progress: Progress,
) -> None:
    if rse is None:
        raise UsageError(
            f"{did} is not complete in the lake: where should it go?", mend="name a storage: --rse RSE"
        )
    report.rse = link.call("choose_storage", subject=rse, expression=rse, key=str(did))
    todo = [item for item in files if str(item.did) not in there]
    report.upload.present += len(files) - len(todo)
    progress.step(f"Uploading {len(todo):,} files to {report.rse}")
    upload(link, did, report.rse, todo, progress, report.upload)
    if report.upload.failed:
        name, reason = report.upload.failures[0]
        raise LakeError(
            f"{report.upload.failed} of {len(files)} files did not arrive; {did} stays open",
            where=name,
            why=reason,
            mend="mend the reason and push again: what arrived is not sent twice",
        )
    report.rule = _rule(link, did, rse, lifetime_days)
    place = {"scope": did.scope, "name": did.name}
    told = link.call("annotate", subject=str(did), values=_metadata(dataset), **place)
    report.metadata_taken, report.metadata_refused = told["taken"], told["refused"]
    link.call("close_dataset", subject=str(did), **place)
    report.closed = True


def _rule(link: LakeLink, did: Did, rse: str, lifetime_days: int | None) -> bool:
    """See to it that a rule keeps a dataset, as long as is asked for; tells whether that changed anything."""
    seconds = lifetime_days * _DAY if lifetime_days is not None else None
    asked = {"scope": did.scope, "name": did.name, "rse": rse, "lifetime": seconds, "prolong": True}
    return bool(link.call("ensure_rule", subject=rse, **asked))


def _metadata(dataset: Dataset) -> dict[str, str]:
    """Return what the lake is told of a dataset; many lakes take only some of the keys."""
    found = {"datatype": "RESULT", "title": dataset.title, "description": dataset.description}
    found |= {"licence": dataset.licence, "access": dataset.access, "citation": dataset.citation}
    return {key: value for key, value in found.items() if value}


def _lock_output(
    workspace: Workspace,
    dataset: Dataset,
    did: Did,
    files: Sequence[Upload],
    link: LakeLink,
    progress: Progress,
) -> None:
    """Put the output into the lock; its files are proven already."""
    manifest = workspace.load_manifest()
    root = workspace.root.resolve()
    locked = [
        LockedFile(
            item.path.resolve().relative_to(root).as_posix(),
            item.sums.bytes,
            str(item.did),
            None,
            item.sums.adler32,
            item.sums.md5,
            item.sums.sha256,
        )
        for item in files
    ]
    with exclusive(workspace, "lock", progress), Resolution(workspace.state) as table:
        heads: list[LockedSet] = []
        head = LockHead("", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        try:
            with open_lock(workspace.lock) as old:
                table.load_old(old)
                heads, head = old.head.datasets, old.head
        except FairportError:
            heads = []
        for item in heads:
            if item.id != dataset.id:
                table.keep_old(item.id)
        table.add(dataset.id, locked)
        mine = LockedSet(dataset.id, 0, 0, "", str(did), "dataset", False)
        mine.length, mine.bytes = table.totals(dataset.id)
        mine.digest = table.digest(dataset.id)
        before = next((item for item in heads if item.id == dataset.id), None)
        same = before is not None and before.digest == mine.digest and before.open is False
        if same and head.manifest_digest == manifest_digest(manifest):
            return
        order = {item.id: number for number, item in enumerate(manifest.datasets)}
        others = [item for item in heads if item.id != dataset.id and item.id in order]
        head.datasets = sorted([*others, mine], key=lambda item: order[item.id])
        head.lake = head.lake or {"rucio_host": link.access.rucio_host}
        complete = {item.id for item in head.datasets} >= {
            i.id for i in manifest.datasets if i.role != "output"
        }
        if complete or not head.manifest_digest:
            head.manifest_digest = manifest_digest(manifest)
        write_lock(workspace.lock, head, table.files(item.id for item in head.datasets))


def _append(workspace: Workspace, entry: dict[str, str]) -> None:
    """Add a data set to the end of the manifest's list; comments and layout stay."""
    import io

    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.preserve_quotes, yaml.width, yaml.allow_unicode = True, 100, True
    yaml.indent(mapping=2, sequence=4, offset=2)
    document = yaml.load(read_text(workspace.manifest))
    if document["datasets"]:
        document["datasets"].append(entry)
    else:
        document["datasets"] = [entry]
    out = io.StringIO()
    yaml.dump(document, out)
    write_atomic(workspace.manifest, out.getvalue())


def default_identifier(source: Path) -> str:
    """Return an id for a data set from the name of its folder or file."""
    text = "".join(char if char.isalnum() and char.isascii() else "-" for char in source.name.lower())
    return "-".join(part for part in text.split("-") if part)[:80] or "output"
