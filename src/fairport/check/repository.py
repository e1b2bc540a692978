"""The disk boundary of the check room: a read-only, bounded view of one repository.

Only regular files inside the repository are read. Symbolic links that lead out, loops, devices, pipes and
names that no other machine can read are remembered as oddities, which a rule reports.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from fairport.check.gitview import GitView
from fairport.check.globs import Glob
from fairport.contract.constants import ANALYSIS_FILE, MAX_DOCUMENT_BYTES, STATE_DIR
from fairport.contract.errors import DocumentError
from fairport.contract.files import decode_text, inside, read_bytes

MAX_FILES: Final = 200_000
"""Most files that are looked at; more is a finding."""

_MAX_FOLDER_DEPTH: Final = 64
_SKIPPED_FOLDERS: Final = frozenset(
    {".git", STATE_DIR, ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".nox"}
    | {".mypy_cache", ".ruff_cache", ".pytest_cache", ".ipynb_checkpoints", ".cache", ".eggs"}
)


@dataclass(frozen=True, slots=True)
class Oddity:
    """An entry that cannot be read like a file.

    Attributes:
        path: its name, relative to the repository.
        problem: what is wrong with it, in words.
        mend: what to do.
    """

    path: str
    problem: str
    mend: str


class Repository:
    """Files of one repository by their path relative to its root, with forward slashes.

    Args:
        root: the folder.
        git: whether git is asked about it.

    Attributes:
        root: absolute folder.
        sizes: bytes of each regular file (links inside the repository included).
        oddities: entries that are not regular files.
        truncated: whether there are more files than are looked at.
        probes: what was asked about files that are not listed, with the answers: besides the listed
            files, a report depends on nothing else of the disk.
    """

    def __init__(self, root: Path, *, git: bool = True) -> None:
        self.root = root.resolve()
        self.git = GitView.of(self.root) if git else None
        self.sizes: dict[str, int] = {}
        self.oddities: list[Oddity] = []
        self.truncated = False
        self.probes: dict[tuple[str, str], str | None] = {}
        self._plain: set[str] = set()  # files behind no link
        self._straight: dict[str, bool] = {}  # whether a folder is behind no link
        self._texts: dict[str, str | DocumentError] = {}
        names = self._names()
        self.listed_by_git = names is not None
        for name in names if names is not None else self._walk():
            if len(self.sizes) + len(self.oddities) >= MAX_FILES:
                self.truncated = True
                break
            self._take(name)
        if ANALYSIS_FILE not in self.sizes and all(item.path != ANALYSIS_FILE for item in self.oddities):
            self._take(ANALYSIS_FILE)  # whatever an ignore list says

    def __contains__(self, path: str) -> bool:
        return path in self.sizes

    @cached_property
    def _by_last(self) -> dict[str, list[str]]:
        """Files by the last part of their path."""
        found: dict[str, list[str]] = {}
        for name in self.sizes:
            found.setdefault(name.rpartition("/")[2], []).append(name)
        return found

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that holds a file, without a final slash."""
        found: set[str] = set()
        for name in self.sizes:
            parent = name.rpartition("/")[0]
            while parent and parent not in found:
                found.add(parent)
                parent = parent.rpartition("/")[0]
        return frozenset(found)

    @cached_property
    def places(self) -> frozenset[str]:
        """Every file and folder."""
        return self.folders | self.sizes.keys()

    @cached_property
    def tracked(self) -> frozenset[str] | None:
        """Files that git tracks; ``None`` outside git."""
        return self.git.tracked() if self.git is not None and self.listed_by_git else None

    def glob(self, pattern: str) -> list[str]:
        """Return the files that match a glob, sorted; ``*`` stays within a folder, ``**`` does not."""
        matcher = Glob(pattern)
        candidates = (
            name for last, names in self._by_last.items() if matcher.last_matches(last) for name in names
        )
        return sorted(name for name in candidates if matcher.matches(name))

    def text(self, path: str, *, limit: int = MAX_DOCUMENT_BYTES) -> str:
        """Return the text of a file.

        Raises:
            DocumentError: missing, outside the repository, not a regular file, too large, not UTF-8.
        """
        known = self._texts.get(path)
        if known is None or (isinstance(known, DocumentError) and limit > MAX_DOCUMENT_BYTES):
            try:
                known = decode_text(self.content(path, limit=limit), path)
            except DocumentError as error:
                known = error
            self._texts[path] = known
        if isinstance(known, DocumentError):
            raise known
        return known

    def content(self, path: str, *, limit: int = MAX_DOCUMENT_BYTES) -> bytes:
        """Return the bytes of a file. Raises as :meth:`text`."""
        target = self.root / path if path in self._plain else inside(self.root, path)
        if path not in self.sizes:
            self._note("content", path, self._hash(path, "sha256") if target is not None else None)
        if target is None:
            raise DocumentError("the path leaves the repository", where=path)
        try:
            return read_bytes(target, limit=limit)
        except DocumentError as error:
            raise DocumentError(error.what, where=path, why=error.why, mend=error.mend) from None

    def sha256(self, path: str) -> str | None:
        """Return the sha256 of a regular file, read in blocks; ``None`` when it cannot be read."""
        digest = self._hash(path, "sha256")
        if path not in self.sizes:
            self._note("content", path, digest)
        return digest

    def checksums(self, path: str) -> dict[str, str] | None:
        """Return ``md5``, ``sha256`` and ``adler32`` of a regular file in one pass; ``None`` when
        unreadable.
        """
        import zlib

        md5, sha256, adler = hashlib.md5(usedforsecurity=False), hashlib.sha256(), 1
        blocks = self._blocks(path)
        if blocks is None:
            self._note("content", path, None)
            return None
        for block in blocks:
            md5.update(block)
            sha256.update(block)
            adler = zlib.adler32(block, adler)
        if path not in self.sizes:
            self._note("content", path, sha256.hexdigest())
        return {"md5": md5.hexdigest(), "sha256": sha256.hexdigest(), "adler32": f"{adler:08x}"}

    def exists_on_disk(self, path: str) -> bool:
        """Tell whether something inside the repository has this path, listed (not ignored) or not."""
        answer = self.probe("exists", path) is not None
        self._note("exists", path, "yes" if answer else None)
        return answer

    def size_on_disk(self, path: str) -> int | None:
        """Return the bytes of a regular file inside the repository, listed or not."""
        answer = self.probe("size", path)
        self._note("size", path, answer)
        return None if answer is None else int(answer)

    def watch(self, folder: str) -> None:
        """Note the files of a folder that others than this class read."""
        names = self.probe("folder", folder)
        self._note("folder", folder, names)
        if names is None:
            return
        for path in sorted((self.root / folder).iterdir()):
            name = f"{folder}/{path.name}"
            if name not in self.sizes:
                self._note("content", name, self.probe("content", name))

    def probe(self, kind: str, path: str) -> str | None:
        """Answer one question about a path that need not be listed: ``exists``, ``size``, ``content`` (its
        sha256) or ``folder`` (the sha256 of the names in it).
        """
        target = inside(self.root, path)
        try:
            if target is None:
                return None
            if kind == "exists":
                return "yes" if target.exists() else None
            if kind == "folder":
                return _names_digest(target)
            if kind == "size":
                return str(target.stat().st_size) if target.is_file() else None
        except OSError:
            return None  # a name that no file system takes
        return self._hash(path, "sha256")

    def digests(self) -> Iterator[tuple[str, str | None]]:
        """Yield (path, sha256) of every listed file, by path."""
        for path in sorted(self.sizes):
            yield path, self._hash(path, "sha256")

    def _note(self, kind: str, path: str, answer: str | None) -> None:
        self.probes[kind, path] = answer

    def _hash(self, path: str, name: str) -> str | None:
        digest = hashlib.new(name)
        blocks = self._blocks(path)
        if blocks is None:
            return None
        for block in blocks:
            digest.update(block)
        return digest.hexdigest()

    def _blocks(self, path: str) -> Iterator[bytes] | None:
        target = self.root / path if path in self._plain else inside(self.root, path)
        try:
            if target is None or not target.is_file():
                return None
            handle = target.open("rb")
        except OSError:
            return None

        def blocks() -> Iterator[bytes]:
            with handle:
                while block := handle.read(1 << 20):
                    yield block

        return blocks()

    def _names(self) -> list[str] | None:
        """Return what git lists; ``None`` when it is no help (no git, failure, the folder is ignored by a
        parent).
        """
        names = self.git.files() if self.git is not None else None
        if names is None or (not names and self.git is not None and not self.git.own):
            return None
        return names

    def _walk(self) -> Iterator[str]:
        pending = [("", 0)]
        while pending:
            folder, depth = pending.pop()
            try:
                with os.scandir(self.root / folder) as entries:
                    found = sorted(entries, key=lambda entry: entry.name)
            except (OSError, ValueError):
                continue
            for entry in found:
                name = f"{folder}/{entry.name}" if folder else entry.name
                if not entry.is_dir(follow_symlinks=False):
                    yield name
                elif entry.name not in _SKIPPED_FOLDERS and not name.endswith(".dist-info"):
                    if depth < _MAX_FOLDER_DEPTH:
                        pending.append((name, depth + 1))
                    else:
                        self.oddities.append(
                            Oddity(
                                name, f"folders are nested more than {_MAX_FOLDER_DEPTH} deep", "flatten them"
                            )
                        )

    def _take(self, name: str) -> None:
        """Note size or oddity of one entry."""
        if name.endswith("/"):  # another repository inside this one
            return
        if unreadable := _unreadable_name(name):
            self.oddities.append(Oddity(name, unreadable, "rename it"))
        try:
            info = os.lstat(os.path.join(self.root, name))  # noqa: PTH118 - hundred thousands of names
            if stat.S_ISLNK(info.st_mode):
                self._take_link(name)
                return
        except (OSError, ValueError):
            return  # listed by git but deleted
        if stat.S_ISREG(info.st_mode):
            self._take_file(name, info.st_size)
        elif not stat.S_ISDIR(info.st_mode):
            self.oddities.append(Oddity(name, f"this is {_kind(info.st_mode)}, not a file", "remove it"))

    def _take_file(self, name: str, size: int) -> None:
        folder = name.rpartition("/")[0]
        if folder not in self._straight:
            path = os.path.join(self.root, folder)  # noqa: PTH118
            self._straight[folder] = os.path.realpath(path) == os.path.normpath(path)
        if self._straight[folder]:
            self._plain.add(name)
        elif inside(self.root, name) is None:
            self.oddities.append(
                Oddity(name, "the file lies behind a link that leads out", "remove the link")
            )
            return
        self.sizes[name] = size

    def _take_link(self, name: str) -> None:
        target = inside(self.root, name)
        if target is None:
            problem = "the link leads out of the repository or in a circle"
        elif not target.exists():
            problem = "the link leads nowhere"
        elif target.is_file():
            self.sizes[name] = target.stat().st_size
            return
        elif target.is_dir():
            return
        else:
            problem = "the link leads to something that is not a file"
        self.oddities.append(Oddity(name, problem, "put the file itself into the repository"))


def _names_digest(folder: Path) -> str | None:
    """Return the sha256 of the names in a folder."""
    if not folder.is_dir():
        return None
    names = "\0".join(sorted(os.listdir(folder)))  # noqa: PTH208 - names only
    return hashlib.sha256(names.encode("utf-8", "surrogatepass")).hexdigest()


def _unreadable_name(name: str) -> str | None:
    if any(0xDC80 <= ord(letter) <= 0xDCFF for letter in name):
        return "the name is not UTF-8"
    if re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", name):
        return "the name holds control characters"
    return None


def _kind(mode: int) -> str:
    kinds = {
        stat.S_IFIFO: "a named pipe",
        stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
    }
    return kinds.get(stat.S_IFMT(mode), "something else")
