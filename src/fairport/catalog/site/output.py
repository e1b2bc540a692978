"""Writing the site: only what changed, each file whole, orphans removed by manifest.

A build that is killed leaves every file either old or new, and the next build cleans up after it, since
names are noted before files are written. Files that no build wrote are never touched.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import stat
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Final, NamedTuple, TypeAlias

from fairport.contract.errors import UsageError
from fairport.contract.files import sha256_bytes, sha256_file

MANIFEST: Final = ".fairport-site.sha256"
JOURNAL: Final = ".fairport-site.journal"
SCRATCH: Final = ".fairport-site.tmp"

_PATIENCE: Final = 30
"""Tenths of a second for which a build waits for another one to end."""

_LINES: Final = re.compile(r"^[0-9a-f]{64}  ((?:(?!\.\.?/)[^/\\\n]+/)*(?!\.\.?\n)[^/\\\n]+)\n", re.MULTILINE)
"""Lines of a manifest with paths that lead nowhere else."""


Content: TypeAlias = bytes | str | Iterable[bytes]
"""Content of a file; that of a very large one comes in pieces, which are never held together."""


class Written(NamedTuple):
    """A file of the site: its path, the sha256 and size of its content, and whether that is new."""

    path: str
    sha256: str
    size: int
    fresh: bool = False


class FileWriter:
    """Writes files below ``root``; several may write side by side, each with a journal and scratch folder
    of its own.
    """

    def __init__(self, root: Path, known: frozenset[str] | set[str] = frozenset()) -> None:
        """Write below ``root``; paths in ``known`` are in its manifest and need no note in the journal."""
        self._root = str(root)
        self._known = known
        (root / SCRATCH).mkdir(parents=True, exist_ok=True)
        self._scratch = mkdtemp(dir=root / SCRATCH)
        self._journal = (root / f"{JOURNAL}.{os.path.basename(self._scratch)}").open("a", encoding="utf-8")
        self._count = 0
        self._aside: dict[str, str] = {}  # files that wait for their place: path to where they are
        self._folders: dict[str, bool] = {}  # folders that are there; whether this writer made them

    def write(self, path: str, content: Content) -> Written:
        """Write one file, by its path relative to the site, unless it is there already.

        Raises:
            ValueError: the path leads out of the site, or a folder is in its place.
        """
        self._announce([path])
        if isinstance(content, (bytes, str)):
            return self._put(path, _bytes(content))
        self._folder(path.rpartition("/")[0])
        temporary, written = self._pour(path, content)
        if written.fresh:
            self._replace(temporary, path)
        return written

    def write_all(self, files: Mapping[str, bytes | str]) -> tuple[Written, ...]:
        """Write files, pages after what they link to; a folder that holds them all and is not there yet
        appears with everything in it.

        Raises:
            ValueError: see :meth:`write`.
        """
        order = sorted(files, key=leaves_first)
        self._announce(order)
        whole = {path: _bytes(files[path]) for path in order}
        home = _home(order)
        if home and not os.path.lexists(f"{self._root}/{home}") and self._put_folder(home, whole):
            return tuple(Written(path, sha256_bytes(data), len(data), True) for path, data in whole.items())
        return tuple(self._put(path, data) for path, data in whole.items())

    def lay_aside(self, path: str, content: Content) -> Written:
        """Write one file that comes into its place by :meth:`settle`, unless it is there already.

        Raises:
            ValueError: the path leads out of the site.
        """
        self._announce([path])
        if not isinstance(content, (bytes, str)):
            temporary, written = self._pour(path, content)
            if written.fresh:
                self._aside[path] = temporary
            return written
        data = _bytes(content)
        fresh = not _holds(f"{self._root}/{path}", data)
        if fresh:
            self._aside[path] = self._temporary()
            _write_new(self._aside[path], data)
        return Written(path, sha256_bytes(data), len(data), fresh)

    def settle(self) -> None:
        """Bring the files that were laid aside into their places, pages after what they link to.

        Raises:
            ValueError: a folder is in the place of one.
        """
        for path in sorted(self._aside, key=leaves_first):
            self._folder(path.rpartition("/")[0])
            self._replace(self._aside[path], path)
        self._aside = {}

    def close(self) -> None:
        """Close the journal; everything written stays known to the next build."""
        self._journal.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _announce(self, paths: Iterable[str]) -> None:
        """Note names before any of the files is written."""
        new = []
        for path in paths:
            if not _is_safe(path):
                raise ValueError(f"not a path of the site: {path!r}")
            if path not in self._known:
                new.append(json.dumps(path) + "\n")
        if new:
            self._journal.write("".join(new))
            self._journal.flush()

    def _put(self, path: str, data: bytes) -> Written:
        target = f"{self._root}/{path}"
        made = self._folder(path.rpartition("/")[0])
        fresh = made or not _holds(target, data)
        if fresh:
            temporary = self._temporary()
            _write_new(temporary, data)
            self._replace(temporary, path)
        return Written(path, sha256_bytes(data), len(data), fresh)

    def _pour(self, path: str, pieces: Iterable[bytes]) -> tuple[str, Written]:
        """Write pieces into the scratch folder, where they stay unless the file at ``path`` is the same.

        Returns:
            Where they are, and what is told of the file.
        """
        temporary, digest, size = self._temporary(), hashlib.sha256(), 0
        with open(temporary, "xb") as handle:
            for piece in pieces:
                handle.write(piece)
                digest.update(piece)
                size += len(piece)
        fresh = not _is_same(f"{self._root}/{path}", digest.hexdigest(), size)
        if not fresh:
            os.unlink(temporary)
        return temporary, Written(path, digest.hexdigest(), size, fresh)

    def _replace(self, temporary: str, path: str) -> None:
        try:
            os.replace(temporary, f"{self._root}/{path}")
        except IsADirectoryError:
            raise ValueError(f"there is a folder in the place of {path!r}") from None

    def _put_folder(self, home: str, files: Mapping[str, bytes]) -> bool:
        """Write a folder of files and move it into its place; returns whether the place was free.

        File systems put the files of a folder near it: this spares them the search for room that many
        files in the scratch folder cost.
        """
        temporary = self._temporary()
        made = {home}
        os.mkdir(temporary)
        for path, data in files.items():
            folder = path.rpartition("/")[0]
            if folder not in made:
                self._make_below(temporary, home, folder, made)
            _write_new(temporary + path[len(home) :], data)
        self._folder(home.rpartition("/")[0])
        try:
            os.rename(temporary, f"{self._root}/{home}")
        except OSError:  # something came into its place meanwhile: file by file, then
            shutil.rmtree(temporary)
            return False
        return True

    def _make_below(self, temporary: str, home: str, folder: str, made: set[str]) -> None:
        """Make a folder inside of one that is being written, with those between."""
        parent = folder.rpartition("/")[0]
        if parent not in made:
            self._make_below(temporary, home, parent, made)
        os.mkdir(temporary + folder[len(home) :])
        made.add(folder)

    def _temporary(self) -> str:
        self._count += 1
        return f"{self._scratch}/{self._count}"

    def _folder(self, folder: str) -> bool:
        """Make sure that a folder is there; returns whether this writer made it, so that nobody else can
        have put anything into it.
        """
        if folder not in self._folders:
            try:
                os.makedirs(f"{self._root}/{folder}")
                self._folders[folder] = True
            except FileExistsError:
                self._folders[folder] = False
        return self._folders[folder]


def _bytes(content: bytes | str) -> bytes:
    return content.encode("utf-8") if isinstance(content, str) else content


def _home(paths: Iterable[str]) -> str:
    """Return the lowest folder that holds all paths, which are below the site; ``""`` for the site itself."""
    folders = [path.rpartition("/")[0] for path in paths]
    return os.path.commonpath(folders) if folders else ""


def _write_new(path: str, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(handle, left) :]
    finally:
        os.close(handle)


def _has_size(target: str, size: int) -> bool:
    """Tell whether there is a file, and no link to one, of this size."""
    state = os.lstat(target)
    return stat.S_ISREG(state.st_mode) and state.st_size == size


def _is_same(target: str, sha256: str, size: int) -> bool:
    """Tell whether a file, and no link to one, has the content with this digest."""
    try:
        return _has_size(target, size) and sha256_file(Path(target)) == sha256
    except OSError:
        return False


def _holds(target: str, data: bytes) -> bool:
    """Tell whether a file, and no link to one, has this content."""
    try:
        if not _has_size(target, len(data)):
            return False
        with open(target, "rb") as handle:
            return handle.read() == data
    except OSError:
        return False


def _locked(root: Path) -> int:
    """Return a descriptor that holds the folder for one build, however that ends.

    Processes of a build that was killed may live on for a moment: they are waited for.

    Raises:
        UsageError: another build is writing the folder.
    """
    held = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    for _ in range(_PATIENCE):
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            time.sleep(0.1)
        else:
            return held
    os.close(held)
    raise UsageError("another build is writing this site", where=root, mend="wait until it has ended")


class SiteWriter:
    """Keeps account of the files of one build below ``root``.

    Attributes:
        root: folder of the site.
        written: number of files whose content changed.
        unchanged: number of files that were as they should be.
        removed: number of orphans removed by :meth:`finish`.
        interrupted: whether the last build did not end: files may be newer than what is known of them.
    """

    def __init__(self, root: Path) -> None:
        """Open the folder.

        Raises:
            UsageError: the folder holds something that no build of Fairport made, or another build is
                writing it.
        """
        self.root = root.absolute()
        self.written = self.unchanged = self.removed = 0
        self._files: dict[str, None] = {}  # in the order of their digests: a large site has a million
        self._digests = bytearray()
        self.root.mkdir(parents=True, exist_ok=True)
        self._lock: int | None = _locked(self.root)
        try:
            self._open()
        except BaseException:
            self._release()
            raise

    def _open(self) -> None:
        known = _manifest(self.root)
        journals = list(self.root.glob(f"{JOURNAL}*")) if self.root.is_dir() else []
        ours = known is not None or bool(journals)
        if not ours and self.root.is_dir() and any(self.root.iterdir()):
            raise UsageError(
                "the folder is not empty and no site of Fairport",
                where=self.root,
                mend="give an empty folder with --output",
            )
        self.interrupted = bool(journals)
        self._known = known or set()
        self._known.update(*map(_journalled, journals))
        shutil.rmtree(self.root / SCRATCH, ignore_errors=True)
        self._writer = FileWriter(self.root, self._known)

    @property
    def paths(self) -> Iterable[str]:
        """Files of this build so far."""
        return self._files.keys()

    def put(self, path: str, content: Content) -> Written:
        """Write one file, by its path relative to the site; it comes into its place by :meth:`settle`.

        Raises:
            ValueError: the path leads out of the site or was written before.
        """
        written = self.lay_aside(path, content)
        self.adopt([written])
        return written

    def lay_aside(self, path: str, content: Content) -> Written:
        """Write one file that is taken into account later, with its group; see :meth:`settle`."""
        return self._writer.lay_aside(path, content)

    def write(self, path: str, content: Content) -> Written:
        """Write one file at once that is taken into account later, with its group."""
        return self._writer.write(path, content)

    def settle(self) -> None:
        """Bring the files that were laid aside into their places: what tells of the catalogue as a whole
        changes at the end, and together.
        """
        self._writer.settle()

    def adopt(self, files: Iterable[Written]) -> None:
        """Take files into account that somebody else wrote for this build.

        Raises:
            ValueError: a path was written before.
        """
        found = list(files)
        self.keep([file.path for file in found], bytes.fromhex("".join([file.sha256 for file in found])))
        fresh = sum(file.fresh for file in found)
        self.written += fresh
        self.unchanged -= fresh

    def keep(self, paths: Sequence[str], digests: bytes) -> None:
        """Take files into account that an earlier build wrote, by their paths and sha256, one after the
        other.

        Raises:
            ValueError: a path was written before.
        """
        new = dict.fromkeys(paths)
        if len(new) < len(paths) or not self._files.keys().isdisjoint(new):
            twice = Counter([*(self._files.keys() & new), *paths]).most_common(1)
            raise ValueError(f"written twice: {twice[0][0]!r}")
        self._files |= new
        self._digests += digests
        self._known.difference_update(new)
        self.unchanged += len(new)

    def finish(self) -> None:
        """Bring everything into its place, remove what earlier builds wrote and this one did not, and note
        what the site holds.
        """
        self.settle()
        for path in sorted(self._known):
            target = self.root / path
            target.unlink(missing_ok=True)
            self.removed += 1
            self._remove_empty(target.parent)
        whole = self.root / SCRATCH / MANIFEST
        with whole.open("w", encoding="utf-8") as handle:
            handle.writelines(self._lines())
        whole.replace(self.root / MANIFEST)
        self.close()
        for journal in self.root.glob(f"{JOURNAL}*"):
            journal.unlink(missing_ok=True)

    def _lines(self) -> Iterator[str]:
        """Yield the lines of the manifest, in the order of the paths."""
        digests, paths = memoryview(self._digests), list(self._files)
        for place in sorted(range(len(paths)), key=paths.__getitem__):
            yield f"{digests[32 * place : 32 * place + 32].hex()}  {paths[place]}\n"

    def _remove_empty(self, folder: Path) -> None:
        """Remove folders that hold nothing, from one upwards."""
        while folder != self.root and not (folder.is_dir() and any(folder.iterdir())):
            with suppress(FileNotFoundError):
                folder.rmdir()
            folder = folder.parent

    def close(self) -> None:
        """Stop without finishing; everything written stays known to the next build."""
        self._writer.close()
        shutil.rmtree(self.root / SCRATCH, ignore_errors=True)
        self._release()

    def _release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def leaves_first(path: str) -> tuple[int, bool, int, str]:
    """Sort so that a page is written after what it links to: what lies beside it and below it. The front
    page comes last.
    """
    depth = path.count("/")
    room = 0 if depth > 1 else 1 if depth else 3 if path == "index.html" else 2
    return (room, path.endswith(".html"), -depth, path)


def _is_safe(path: str) -> bool:
    return (
        "\\" not in path and "\n" not in path and not any(part in {"", ".", ".."} for part in path.split("/"))
    )


def _manifest(root: Path) -> set[str] | None:
    """Return what the last whole build wrote, ``None`` when there was none."""
    try:
        return set(_LINES.findall((root / MANIFEST).read_bytes().decode("utf-8")))
    except (OSError, UnicodeDecodeError):
        return None


def _journalled(journal: Path) -> set[str]:
    """Return what a build that did not end noted before it wrote."""
    found: set[str] = set()
    with suppress(OSError, ValueError):
        lines = journal.read_text("utf-8").splitlines()
        found = {str(json.loads(line)) for line in lines if line.endswith('"')}
    return {path for path in found if _is_safe(path)}
