"""A content-addressed store of this user, shared by all analyses.

A file lies under its sha256; an index leads from (md5, adler32, size) to it, for locks that do not know the
sha256 yet. Files enter by a rename and leave as a clone (where the file system can), a hard link or a copy,
so nobody ever sees half of one. Content is read and compared before it is handed out: a store that somebody
damaged gives nothing.
"""

from __future__ import annotations

import errno
import fcntl
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from fairport.contract.errors import ConfigurationError
from fairport.contract.manifest import LockedFile
from fairport.interop.cache import cache_root
from fairport.lake.hashing import Sums, sums_of
from fairport.lake.workspace import Workspace, free

_NUMBERS: Final = itertools.count(1)
_CLONE: Final = 0x40049409  # FICLONE of Linux
_OTHER_PLACE: Final = (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EACCES)


def agrees(sums: Sums, file: LockedFile) -> bool:
    """Tell whether size and every checksum that both sides know are the same."""
    if sums.bytes != file.bytes:
        return False
    pairs = [(getattr(sums, kind), getattr(file, kind)) for kind in ("adler32", "md5", "sha256")]
    known = [(ours, theirs) for ours, theirs in pairs if ours and theirs]
    return bool(known) and all(ours == theirs for ours, theirs in known)


class Store:
    """The store below ``root``.

    Args:
        root: its folder; ``$FAIRPORT_STORE``, else below the cache, unless given.
        link: ``auto``, ``copy`` or ``hardlink``; ``$FAIRPORT_LINK``, else ``auto``.
    """

    def __init__(self, root: Path | None = None, link: str | None = None) -> None:
        named = os.environ.get("FAIRPORT_STORE")
        self.root = root or (Path(named).expanduser().absolute() if named else cache_root() / "data")
        self._link = link or os.environ.get("FAIRPORT_LINK", "auto")
        self._clones = True
        try:
            for name in ("sha256", "index", "staging"):
                (self.root / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(
                "the store of downloaded data cannot be made",
                where=self.root,
                why=error.strerror,
                mend="set FAIRPORT_STORE to a folder that you can write",
            ) from None

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """Give a private folder on the file system of the store; what dead processes left is removed."""
        self._sweep()
        folder = Path(tempfile.mkdtemp(dir=self.root / "staging"))
        owner = folder.with_suffix(".lock")
        with owner.open("a", encoding="ascii") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
                owner.unlink(missing_ok=True)

    def insert(self, path: Path, sums: Sums) -> Path:
        """Move a file into the store under its sha256 and return its place.

        Args:
            path: a file in :meth:`staging`; it is gone afterwards.
            sums: all its checksums.
        """
        if sums.sha256 is None:
            raise ValueError("the sha256 of the file is not known")
        target = self._object(sums.sha256)
        path.chmod(0o444)
        try:
            path.replace(target)
        except FileNotFoundError:
            target.parent.mkdir(exist_ok=True)
            path.replace(target)
        self._note(sums)
        return target

    def find(self, file: LockedFile) -> tuple[Path, Sums] | None:
        """Return the place and the checksums of a stored file with the content of ``file``, read just now.

        A damaged one is removed.
        """
        sha256 = file.sha256 or self._indexed(file)
        if not sha256:
            return None
        path = self._object(sha256)
        try:
            sums = sums_of(path)
        except OSError:
            return None
        if sums.sha256 != sha256:
            path.unlink(missing_ok=True)
            return None
        return (path, sums) if agrees(sums, file) else None

    def place(self, source: Path, target: Path, workspace: Workspace) -> None:
        """Give ``target`` the content of the stored file ``source`` in one step."""
        parts = workspace.state / "parts"
        part = parts / f"{os.getpid()}-{next(_NUMBERS)}"
        try:
            try:
                self._put(source, part, target)
            except FileNotFoundError:  # a folder is missing; asking before each file would cost more
                target.parent.mkdir(parents=True, exist_ok=True)
                parts.mkdir(parents=True, exist_ok=True)
                part.unlink(missing_ok=True)
                self._put(source, part, target)
        finally:
            part.unlink(missing_ok=True)

    def _put(self, source: Path, part: Path, target: Path) -> None:
        self._bring(source, part)
        try:
            part.replace(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            self._across(part, target)

    def _bring(self, source: Path, part: Path) -> None:
        if self._link == "auto" and self._clones and _clone(source, part):
            part.chmod(0o644)
            return
        if self._clones:
            self._clones = False  # not these file systems; asked once
            part.unlink(missing_ok=True)
        if self._link in ("auto", "hardlink"):
            try:
                part.hardlink_to(source)
            except OSError as error:
                if error.errno not in _OTHER_PLACE:
                    raise
            else:
                return
        shutil.copyfile(source, part)
        part.chmod(0o644)

    @staticmethod
    def _across(part: Path, target: Path) -> None:
        """Copy beside the target first when the repository spans file systems."""
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".fairport-", suffix=".part")
        os.close(handle)
        beside = Path(name)
        try:
            shutil.copyfile(part, beside)
            beside.chmod(0o644)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)

    def _object(self, sha256: str) -> Path:
        return self.root / "sha256" / sha256[:2] / sha256

    def _index(self, md5: str, adler32: str, size: int) -> Path:
        return self.root / "index" / md5[:2] / f"{md5}-{adler32}-{size}"

    def _indexed(self, file: LockedFile) -> str | None:
        if not file.md5 or not file.adler32:
            return None
        with suppress(OSError):
            return str(self._index(file.md5, file.adler32, file.bytes).readlink())
        return None

    def _note(self, sums: Sums) -> None:
        if not sums.md5 or not sums.adler32 or not sums.sha256:
            return
        entry = self._index(sums.md5, sums.adler32, sums.bytes)
        if not entry.parent.is_dir():
            entry.parent.mkdir(exist_ok=True)
        with suppress(FileExistsError):
            entry.symlink_to(sums.sha256)  # a name in one step; the link itself leads nowhere

    def _sweep(self) -> None:
        """Remove the staging folders of processes that are gone."""
        for owner in (self.root / "staging").glob("*.lock"):
            with suppress(OSError):
                if free(owner):
                    shutil.rmtree(owner.with_suffix(""), ignore_errors=True)
                    owner.unlink(missing_ok=True)


def sweep_parts(workspace: Workspace) -> None:
    """Remove what an interrupted run left half placed; only while holding the lock of the repository."""
    for part in (workspace.state / "parts").glob("*"):
        part.unlink(missing_ok=True)


def _clone(source: Path, target: Path) -> bool:
    """Share the blocks of ``source`` with ``target`` where the file system can (btrfs, XFS, ...)."""
    try:
        with source.open("rb") as data, target.open("xb") as out:
            fcntl.ioctl(out.fileno(), _CLONE, data.fileno())
    except FileNotFoundError:
        raise
    except OSError:
        return False
    return True
