"""From a registry entry to a folder of files that can be read: local folders as they are, remotes fetched."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fairport.catalog.harvest import git
from fairport.catalog.harvest.git import RemoteRef, SourceError
from fairport.catalog.harvest.remotes import Remotes
from fairport.catalog.registry import Catalogue
from fairport.contract.constants import MAX_DOCUMENT_BYTES, MAX_TABLE_BYTES
from fairport.contract.documents import RegistryEntry
from fairport.contract.files import inside

MAX_FILES: Final = 50_000
MAX_TOTAL_BYTES: Final = 1_000_000_000
SMALLER: Final = "keep results in a repository or a bundle of their own, without the data"
_TABLE_SUFFIXES: Final = (".csv", ".csv.gz", ".gz")
_MAX_STORE_PACKS: Final = 30

_RELEASE: Final = re.compile(r"refs/tags/v?(\d{1,9}(?:\.\d{1,9}){0,4})(?:\.post(\d{1,9}))?")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Files of a repository at one moment.

    Attributes:
        tree: folder that holds ``fairport.yaml``.
        commit: commit of these files; ``None`` for a folder that is not the top of a git work tree.
        ref: what was asked for, in words (``tag v1.0``, ``branch main``); ``None`` for local folders.
        files: sha256 of every file by its path in ``tree``, where that is known of all of them.
    """

    tree: Path
    commit: str | None
    ref: str | None = None
    files: dict[str, str] | None = None


def choose_ref(entry: RegistryEntry, refs: dict[str, str]) -> RemoteRef:
    """Choose what an entry publishes among the refs of its repository.

    Raises:
        SourceError: the wanted ref or any release is missing.
    """
    publish = entry.publish
    if publish is not None and publish.mode == "latest-release":
        return _latest_release(refs)
    if publish is not None and publish.ref:
        return _named_ref(publish.ref, refs)
    if "HEAD" not in refs:
        raise SourceError(
            "the repository has no default branch", mend="name one in `publish.ref` of the entry"
        )
    return RemoteRef(refs["HEAD"], "HEAD", "default branch")


def _latest_release(refs: dict[str, str]) -> RemoteRef:
    releases = release_tags(refs)
    if not releases:
        raise SourceError(
            "the repository has no release yet",
            why="the entry publishes the latest release and no tag is a version such as v1.0.0",
            mend="tag a release, or set `publish: {mode: ref, ref: main}` in the entry",
        )
    return releases[-1]


def release_tags(refs: dict[str, str]) -> list[RemoteRef]:
    """Return the tags that are versions (``v1.0.0``, ``1.2.post1``), in the order of their numbers."""
    found = []
    for name, commit in refs.items():
        match = _RELEASE.fullmatch(name)
        if match:
            numbers = tuple(int(part) for part in match[1].split("."))
            found.append((numbers, int(match[2] or 0), name, commit))
    return [
        RemoteRef(commit, name, f"tag {name.removeprefix('refs/tags/')}")
        for *_, name, commit in sorted(found)
    ]


def _named_ref(wanted: str, refs: dict[str, str]) -> RemoteRef:
    for prefix, kind in (("refs/tags/", "tag"), ("refs/heads/", "branch")):
        if prefix + wanted in refs:
            return RemoteRef(refs[prefix + wanted], prefix + wanted, f"{kind} {wanted}")
    if _COMMIT.fullmatch(wanted):
        return RemoteRef(wanted, wanted, f"commit {wanted[:10]}")
    raise SourceError(
        f'the repository has no branch or tag "{wanted[:80]}"', mend="correct `publish.ref` of the entry"
    )


def local_snapshot(catalogue: Catalogue, entry: RegistryEntry) -> Snapshot:
    """Return the folder of a local entry as it is, uncommitted changes included.

    Raises:
        SourceError: the folder is missing or the subdirectory leads out of it.
    """
    folder = catalogue.local_path(entry)
    if folder is None or not folder.is_dir():
        name = Path(entry.repository.path or "").name  # pages tell reasons, but no places of this machine
        raise SourceError("the folder does not exist", where=name, mend="correct the entry")
    tree = subdirectory(folder, entry)
    return Snapshot(tree, git.local_commit(folder))


@contextmanager
def remote_snapshot(
    catalogue: Catalogue, entry: RegistryEntry, chosen: RemoteRef, remotes: Remotes
) -> Iterator[Snapshot]:
    """Fetch a ref and write its plain files into a temporary folder, which is removed afterwards.

    Raises:
        SourceError: see :func:`fairport.catalog.harvest.git.fetch_commits`.
    """
    address = entry.repository.url or ""
    store = store_of(catalogue, address)
    (commit,) = remotes.fetch(address, [chosen.ref], store)
    work = catalogue.cache_root / "work"
    work.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{entry.id}-", dir=work))
    try:
        write_tree(store, commit, folder)
        yield Snapshot(subdirectory(folder, entry), commit, chosen.name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def store_of(catalogue: Catalogue, address: str) -> Path:
    """Return the bare store of an address."""
    return catalogue.cache_root / "git" / git.store_name(address)


def write_tree(store: Path, commit: str, folder: Path) -> None:
    """Write the regular files of a commit into ``folder``; unsafe names and very large files are left out.

    A document that is too large keeps its place, so that whoever reads it tells of its size.

    Raises:
        SourceError: too many files, or the objects cannot be read.
    """
    wanted: list[git.TreeFile] = []
    total = 0
    for file in git.list_files(store, commit):
        if len(wanted) >= MAX_FILES:
            raise SourceError(f"the repository holds more than {MAX_FILES:,} files", mend=SMALLER)
        if not safe_name(file.path):
            continue
        if file.size > size_limit(file.path):
            stand_in(folder / file.path, file.size)
            continue
        total += file.size
        if total > MAX_TOTAL_BYTES:
            raise SourceError(
                f"the files to read are larger than {MAX_TOTAL_BYTES / 1e9:.0f} GB", mend=SMALLER
            )
        wanted.append(file)
    for file, content in git.read_blobs(store, wanted):
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as handle:
            handle.write(content)


def subdirectory(folder: Path, entry: RegistryEntry) -> Path:
    """Return the folder of a source that an entry names.

    Raises:
        SourceError: it is missing or leads out.
    """
    name = entry.repository.subdirectory
    if not name:
        return folder
    tree = inside(folder, name)
    if tree is None or not tree.is_dir():
        raise SourceError(
            f'the repository has no folder "{name[:80]}"',
            mend="correct `repository.subdirectory` of the entry",
        )
    return tree


def stand_in(target: Path, size: int) -> None:
    """Put an empty file of a size, which needs no room, in the place of a document that is too large."""
    if target.suffix in {".yaml", ".yml"}:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch(exist_ok=False)
        os.truncate(target, min(size, MAX_TOTAL_BYTES))


def safe_name(path: str) -> bool:
    """Tell whether a relative path of a source may be written."""
    return len(path) < 1000 and all(map(_safe_part, path.split("/")))


def _safe_part(part: str) -> bool:
    length = len(part.encode("utf-8", "surrogateescape"))
    return part not in {"", ".", ".."} and part.lower() != ".git" and length < 250


def size_limit(path: str) -> int:
    """Return the size in bytes up to which a file of a source is read."""
    return MAX_TABLE_BYTES if path.endswith(_TABLE_SUFFIXES) else MAX_DOCUMENT_BYTES


def forget_old_packs(catalogue: Catalogue) -> None:
    """Begin the stores anew in which many fetches have piled up, or in which one was killed: git refuses to
    go on where a lock is left, and never removes half a pack.
    """
    for store in (catalogue.cache_root / "git").glob("*.git"):
        packs = store / "objects" / "pack"
        killed = any(store.glob("*.lock")) or any(packs.glob("tmp_*")) or any(store.glob("refs/**/*.lock"))
        if killed or sum(1 for _ in packs.glob("*.pack")) > _MAX_STORE_PACKS:
            shutil.rmtree(store, ignore_errors=True)
