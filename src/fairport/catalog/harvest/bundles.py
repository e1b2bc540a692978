"""Bundles: records that an experiment's own CI published, as an archive or a folder; read, never executed."""

from __future__ import annotations

import hashlib
import lzma
import shutil
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from fairport.catalog.addresses import repository_name, without_credentials
from fairport.catalog.harvest.digests import known_digest
from fairport.catalog.harvest.git import SourceError
from fairport.catalog.harvest.gitwords import explain
from fairport.catalog.harvest.sources import (
    MAX_FILES,
    MAX_TOTAL_BYTES,
    Snapshot,
    safe_name,
    size_limit,
    stand_in,
    subdirectory,
)
from fairport.catalog.registry import Catalogue
from fairport.contract.constants import ANALYSIS_FILE
from fairport.contract.documents import RegistryEntry
from fairport.contract.errors import FairportError
from fairport.contract.files import sha256_file, write_atomic
from fairport.contract.machine import machine_error
from fairport.results.remote import fetch_bytes

MAX_ARCHIVE_BYTES: Final = 500_000_000
_CHUNK: Final = 1 << 20
_DAMAGE: Final = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,  # an encrypted zip file
    KeyError,
)
"""What reading a damaged or hostile archive raises."""


@contextmanager
def bundle_snapshot(catalogue: Catalogue, entry: RegistryEntry) -> Iterator[Snapshot]:
    """Yield the files of a bundle: a folder as it is, an archive unpacked into a temporary folder.

    Raises:
        SourceError: the bundle is missing, cannot be fetched, differs from its digest, or is no archive that
            may be unpacked.
    """
    local = catalogue.local_path(entry)
    if local is not None and local.is_dir():
        yield Snapshot(_top(subdirectory(local, entry)), None, "folder")
        return
    archive, digest = _archive(catalogue, entry, local)
    work = catalogue.cache_root / "work"
    work.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{entry.id}-", dir=work)).resolve()
    try:
        files = unpack(archive, folder)
        tree = _top(subdirectory(folder, entry))
        yield Snapshot(tree, None, _named(digest), files=_below(files, folder, tree))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def archive_name(catalogue: Catalogue, entry: RegistryEntry) -> str | None:
    """Return what a snapshot of a bundle is called, ``None`` for a folder.

    A pinned archive that would be fetched is not looked at: its digest says what it is. One on this machine
    is read only when it may have changed.

    Raises:
        SourceError: it is missing, has no digest that it needs, or differs from it.
    """
    local = catalogue.local_path(entry)
    if local is None and entry.repository.sha256 is not None:
        return _named(entry.repository.sha256)
    if local is not None and local.is_dir():
        return None
    return _named(_archive(catalogue, entry, local)[1])


def _named(digest: str) -> str:
    return f"archive sha256 {digest.removeprefix('sha256:')[:16]}"


def _below(files: dict[str, str] | None, folder: Path, tree: Path) -> dict[str, str] | None:
    """Return digests of the files below ``tree`` by their path in it."""
    if files is None or tree == folder:
        return files
    top = f"{tree.relative_to(folder).as_posix()}/"
    return {path.removeprefix(top): digest for path, digest in files.items() if path.startswith(top)}


def unpack(archive: Path, folder: Path) -> dict[str, str] | None:
    """Write the regular files of a zip or tar archive into ``folder``.

    Links, devices, unsafe names and very large files are left out. A document that is too large keeps its
    place, so that whoever reads it tells of its size.

    Returns:
        The sha256 of each file by its path; ``None`` when something was left out.

    Raises:
        SourceError: no archive, a damaged one, or one with too many files or bytes.
    """
    total = 0
    whole = True
    digests: dict[str, str] = {}
    try:
        for name, size, handle in _members(archive):
            if handle is None or not safe_name(name) or "\\" in name:
                whole = False
                continue
            if size > size_limit(name):
                whole = False
                stand_in(folder / name, size)
                continue
            total += size
            if len(digests) >= MAX_FILES:
                raise SourceError(f"the archive holds more than {MAX_FILES:,} files")
            if total > MAX_TOTAL_BYTES:
                raise SourceError(f"the files to read are larger than {MAX_TOTAL_BYTES / 1e9:.0f} GB")
            digests[name] = _write(handle, folder / name, size)
    except _DAMAGE as error:
        if (told := machine_error(error)) is not None and told.everywhere:
            raise told from error
        raise SourceError(
            "the archive cannot be unpacked",
            why=_words(error),
            mend="publish a .zip, .tar.gz or .tar.xz file with fairport.yaml and its results",
        ) from None
    return digests if whole else None


def _words(error: BaseException) -> str:
    """Return what is wrong with an archive, without places of this machine."""
    if isinstance(error, (FileExistsError, IsADirectoryError, NotADirectoryError)):
        return "two of its files have one name"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, tarfile.ReadError):  # its words go through every way in which it was tried
        return "it is no zip or tar file, or it is cut off"
    return f"{type(error).__name__}: {' '.join(str(error).split())[:120]}"


def _members(archive: Path) -> Iterator[tuple[str, int, IO[bytes] | None]]:
    """Yield name, size and content of the files of an archive; no content of what is no regular file."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as box:
            for item in box.infolist():
                mode = item.external_attr >> 16
                if item.is_dir():
                    continue
                if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
                    yield item.filename, 0, None
                    continue
                with box.open(item) as handle:
                    yield item.filename, item.file_size, handle
        return
    with tarfile.open(archive, "r:*") as tape:
        for member in tape:
            content = tape.extractfile(member) if member.isreg() else None
            if content is not None or not member.isdir():
                yield member.name.removeprefix("./"), member.size, content


def _write(handle: IO[bytes], target: Path, size: int) -> str:
    """Write at most ``size`` bytes, since what an archive says of a file need not be true; return their
    sha256.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    left = size
    with target.open("xb") as out:
        while chunk := handle.read(min(_CHUNK, left + 1)):
            left -= len(chunk)
            if left < 0:
                raise SourceError("a file of the archive is larger than the archive says", where=target.name)
            digest.update(chunk)
            out.write(chunk)
    return digest.hexdigest()


def _archive(catalogue: Catalogue, entry: RegistryEntry, local: Path | None) -> tuple[Path, str]:
    """Return the archive of a bundle and its digest, verified; one that was fetched stays in the cache."""
    wanted = entry.repository.sha256
    if local is not None:
        if not local.is_file():
            raise SourceError("the bundle does not exist", where=local.name, mend="correct the entry")
        digest = known_digest(local, catalogue.cache_root / "digests" / f"{entry.id}.json")
        if wanted not in {None, digest}:
            raise _differs(local.name)
        return local, digest
    if wanted is None:
        raise SourceError("a bundle that is fetched needs `repository.sha256`", mend="add it to the entry")
    digest, path = keep_fetched(catalogue, entry.repository.url or "", wanted)
    return path, digest


def keep_fetched(catalogue: Catalogue, address: str, wanted: str | None = None) -> tuple[str, Path]:
    """Fetch an archive into the cache, unless it is there already; return its digest and its place.

    Args:
        catalogue: the catalogue.
        address: where it is.
        wanted: hexadecimal sha256 that it must have, if any.

    Raises:
        SourceError: it cannot be fetched, or has another digest.
    """
    folder = catalogue.cache_root / "bundles"
    if wanted is not None:
        path = folder / wanted
        if path.is_file() and sha256_file(path).removeprefix("sha256:") == wanted:
            return wanted, path
    try:
        content = fetch_bytes(address, MAX_ARCHIVE_BYTES)
    except FairportError as error:
        why = (
            (error.why or error.what).replace(address, _bare(address)).replace(address[:120], _bare(address))
        )
        mend = error.mend or explain(why.encode())[2] or "correct the address in the entry"
        raise SourceError("the bundle cannot be fetched", why=" ".join(why.split()), mend=mend) from None
    digest = hashlib.sha256(content).hexdigest()
    if wanted not in {None, digest}:
        raise _differs(repository_name(_bare(address)))
    write_atomic(folder / digest, content)
    return digest, folder / digest


def _bare(address: str) -> str:
    """Return an address without what may be secret: a user, a password, a query."""
    return without_credentials(address.partition("?")[0])


def _differs(name: str) -> SourceError:
    return SourceError(
        "the bundle differs from the digest in its entry",
        where=name,
        mend="look at what changed, then set `repository.sha256` anew",
    )


def _top(folder: Path) -> Path:
    """Return the folder that holds the record: an archive often has a single folder at its top."""
    if (folder / ANALYSIS_FILE).is_file():
        return folder
    inner = [path for path in folder.iterdir() if path.is_dir() and not path.is_symlink()]
    return inner[0] if len(inner) == 1 and (inner[0] / ANALYSIS_FILE).is_file() else folder


__all__ = ["archive_name", "bundle_snapshot", "keep_fetched", "unpack"]
