"""Outcomes of earlier checks, kept under a digest of everything that they depend on.

The key holds the program and its rules, the options, the date, the names and contents of all files, and what
git says about the commit. Answers about files that are not listed (ignored data, say) stand in the entry and
are asked again before it is used. So an entry is right wherever it comes from, and may be shared between
runs and machines.

An entry is data: it is read within bounds, is believed only when its own digest and its key are right and
when nobody else can write it, and never brings a correction to a file, because `--fix` does not use it.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
import tempfile
from dataclasses import astuple, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fairport.check.cleaning import clean
from fairport.check.report import Outcome, Target
from fairport.check.repository import Repository
from fairport.contract.finding import Finding
from fairport.interop.cache import cache_root

if TYPE_CHECKING:
    from fairport.check.options import Options

FORMAT: Final = "1"
_MOST_FILES: Final = 20_000
_MOST_BYTES: Final = 2_000_000_000
"""Repositories with more than this are checked each time: reading them would cost as much."""

_LARGEST_ENTRY: Final = 16_000_000
_MOST_IN_A_DRAWER: Final = 400
"""From so many entries in one of the 256 folders on, the oldest half is dropped."""


def cached_target(folder: Path, shown: str, options: Options) -> Target:
    """Return the outcome for one repository, from the cache when there is a sound entry.

    Args:
        folder: the repository.
        shown: its name in the report.
        options: how to check, with the date set.
    """
    from time import perf_counter

    started = perf_counter()
    repository = Repository(folder)
    key = _key(repository, options)
    if key is None:
        return _checked(folder, shown, options, repository)
    path = _place(key)
    known = _load(path, key, repository)
    if known is not None:
        return replace(known, path=clean(shown), seconds=perf_counter() - started)
    target = _checked(folder, shown, options, repository)
    if not target.internal:
        _store(path, key, repository, target)
    return target


def _checked(folder: Path, shown: str, options: Options, repository: Repository) -> Target:
    from fairport.check.documents import Documents
    from fairport.check.engine import check_folder

    today = options.today or datetime.now(UTC).date()
    return check_folder(folder, shown, options, Documents(repository, today=today))


def _place(key: str) -> Path:
    return cache_root() / "check" / "reports" / key[:2] / f"{key}.json"


def _key(repository: Repository, options: Options) -> str | None:
    """Return the digest of what an outcome depends on; ``None`` when the repository is too large."""
    sizes = repository.sizes
    if repository.truncated or len(sizes) > _MOST_FILES or sum(sizes.values()) > _MOST_BYTES:
        return None
    digest = hashlib.sha256()

    def add(*parts: object) -> None:
        text = json.dumps([str(part) for part in parts])
        digest.update(text.encode("utf-8") + b"\n")

    add("fairport", FORMAT, *program_identity())
    add("options", options.profile, options.select, options.ignore, options.rules, options.today)
    add("baseline", *sorted(options.baseline))
    tracked = repository.tracked
    for path, content in repository.digests():
        if content is None:
            return None  # it went away meanwhile, or may not be read
        add("file", path, sizes[path], content, tracked is not None and path in tracked)
    for oddity in repository.oddities:
        add("oddity", *astuple(oddity))
    if any(path.endswith("submission.yaml") for path in sizes):
        add("tools", *_tools())
    git = repository.git
    add("git", git is not None, repository.listed_by_git, git.state() if git is not None else "")
    return digest.hexdigest()


def _tools() -> list[str]:
    """Return the isolated tools that rules ask where they are installed."""
    from fairport.interop import toolenvs

    return [f"{tool.path.name} {tool.state}" for tool in toolenvs.status()]


@cache
def program_identity() -> tuple[str, ...]:
    """Return what names this program, its data and the packages that it uses exactly."""
    import fairport
    from fairport.contract.resources import data_root, is_source_tree

    package = Path(fairport.__file__).parent
    packages = sorted(
        name
        for folder in sys.path
        if folder.endswith(("site-packages", "dist-packages")) and Path(folder).is_dir()
        for name in os.listdir(folder)  # noqa: PTH208 - names only
        if name.endswith(".dist-info")
    )
    record = next(iter(package.parent.glob("fairport-*.dist-info/RECORD")), None)
    if record is not None and not is_source_tree():
        own = hashlib.sha256(record.read_bytes()).hexdigest()
    else:
        root = data_root()
        folders = (package, root / "schemas", root / "template", root / "catalog" / "planes")
        own = hashlib.sha256("\n".join(_stamps(folders)).encode("utf-8", "surrogatepass")).hexdigest()
    installed = hashlib.sha256("\n".join(packages).encode("utf-8", "surrogatepass")).hexdigest()
    return (own, installed, ".".join(map(str, sys.version_info[:3])))


def _stamps(folders: tuple[Path, ...]) -> list[str]:
    """Return name, size and time of change of the files of a source tree, which has no record of digests."""
    found = []
    for folder in folders:
        for place, inner, names in os.walk(folder):
            inner[:] = [name for name in inner if name != "__pycache__"]
            for name in names:
                path = f"{place}/{name}"
                info = os.lstat(path)
                found.append(f"{path}\0{info.st_size}\0{info.st_mtime_ns}")
    return sorted(found)


def _load(path: Path, key: str, repository: Repository) -> Target | None:
    """Return the outcome in an entry when it may be believed and still holds."""
    try:
        data = json.loads(trusted(path))
        body = data["body"]
        if data["digest"] != _digest(body) or body["key"] != key:
            return None
        commits = body["commits"]
        git = repository.git
        if commits and (git is None or any(git.has_commit(name) is not answer for name, answer in commits)):
            return None
        if any(repository.probe(kind, name) != answer for kind, name, answer in body["probes"]):
            return None
        return _target(body["target"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def trusted(path: Path) -> bytes:
    """Return the content of a regular file that only this user (or root) can have written.

    Raises:
        OSError: there is no such file, or it is not to be trusted.
    """
    fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(fd, "rb") as handle:
        info = os.fstat(fd)
        own = not hasattr(os, "geteuid") or info.st_uid in (os.geteuid(), 0)
        if not stat.S_ISREG(info.st_mode) or not own or info.st_mode & 0o022:
            raise PermissionError("the entry could have been written by somebody else")
        if info.st_size > _LARGEST_ENTRY:
            raise OSError("the entry is too large")
        return handle.read(_LARGEST_ENTRY)


def _store(path: Path, key: str, repository: Repository, target: Target) -> None:
    body = {
        "key": key,
        "probes": sorted([*question, answer] for question, answer in repository.probes.items()),
        "commits": sorted((repository.git.commits if repository.git else {}).items()),
        "target": {
            "profile": target.profile,
            "id": target.id,
            "left_out": list(target.left_out),
            "outcomes": {name: [item.status, item.reason] for name, item in target.outcomes.items()},
            "findings": [item.to_data() for item in target.findings],
        },
    }
    try:
        text = json.dumps({"digest": _digest(body), "body": body}, sort_keys=True)
        if len(text) <= _LARGEST_ENTRY and keep(path, text.encode("ascii")):
            _tidy(path.parent)
    except (OSError, ValueError):
        return


def keep(path: Path, content: bytes) -> bool:
    """Write an entry whole or not at all, and tell whether that was possible; a cache that cannot be written
    is no cache. What a power cut spoils is noticed when it is read, so that nothing waits for the disk.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fd, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
        try:
            with os.fdopen(fd, "wb") as handle:
                handle.write(content)
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError:
        return False
    return True


def _tidy(drawer: Path) -> None:
    with os.scandir(drawer) as entries:
        found = sorted((entry.stat(follow_symlinks=False).st_mtime, entry.path) for entry in entries)
    for _, path in found[: len(found) // 2] if len(found) > _MOST_IN_A_DRAWER else ():
        Path(path).unlink(missing_ok=True)


def _digest(body: Any) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode("ascii")).hexdigest()


def _target(data: dict[str, Any]) -> Target:
    """Return the outcome in an entry, still without the name of the repository."""
    return Target(
        path="",
        profile=data["profile"],
        findings=tuple(Finding.from_data(item) for item in data["findings"]),
        outcomes={name: Outcome(*item) for name, item in data["outcomes"].items()},
        id=data["id"],
        left_out=tuple(data["left_out"]),
    )
