"""Isolated tool environments for programs whose requirements conflict with ours.

Each tool has a locked requirement file with hashes (``tool_requirements/<name>.txt``, made by
``make lock`` from the ``.in`` beside it). Its environment is made on first use under
``<cache>/tools/<name>-<digest>``; the digest covers the lock file and the interpreter, so another lock or
another Python is another environment. A finished environment holds the stamp ``.complete``; one without
it is the rest of an interrupted installation and is made anew. Virtual environments cannot be moved, so
each is made in place, under a file lock.

This module is a boundary that touches disk and starts processes; nothing of the tools is ever imported.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fairport.contract.errors import ToolError, UsageError
from fairport.contract.progress import SilentProgress
from fairport.interop.cache import cache_root
from fairport.interop.toolinstall import child_environment, failure_reason, install_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from fairport.contract.progress import Progress

_STAMP: Final = ".complete"


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool that fairport keeps apart.

    Attributes:
        name: name of the tool, of its requirement file and, unless ``package`` differs, of its package.
        purpose: what fairport uses it for, in a few words.
        lock: its locked requirement file.
        package: name of the package that gives the version, where it is not ``name``.
    """

    name: str
    purpose: str
    lock: Path
    package: str = ""

    @property
    def version(self) -> str:
        """Version that the lock names."""
        text = self.lock.read_text(encoding="utf-8")
        found = re.search(rf"^{re.escape(self.package or self.name)}==([^\s;\\]+)", text, re.MULTILINE)
        return found.group(1) if found else "unknown"


@dataclass(frozen=True, slots=True)
class ToolEnv:
    """A finished tool environment at ``path``."""

    name: str
    path: Path

    @property
    def bin(self) -> Path:
        """Folder of its programs."""
        return self.path / "bin"

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the variables for its processes: own programs first on PATH, byte code, no warnings."""
        return child_environment(self.bin, {"PYTHONWARNINGS": "ignore", **(extra or {})})


@dataclass(frozen=True, slots=True)
class ToolStatus:
    """What is known of a tool without starting it.

    Attributes:
        name: the tool.
        purpose: what fairport uses it for.
        state: ``present``, ``absent`` or ``broken`` (begun and not finished, or its interpreter is gone).
        version: version that the lock names.
        path: where its environment is or would be.
        size: bytes on disk when present, else 0.
    """

    name: str
    purpose: str
    state: str
    version: str
    path: Path
    size: int


_PURPOSES: Final = {
    "reana-client": "runs on a REANA server",
    "reana-client-0.95": "runs on a REANA server of version 0.95",
    "toil": "runs on a Slurm cluster",
    "runcrate": "independent reader of workflow run crates",
    "cffconvert": "independent reader of CITATION.cff",
    "roc-validator": "independent validator of RO-Crates",
    "hepdata-validator": "independent validator of HEPData submissions",
    "rucio-clients": "talks to the data lake",
    "rucio-server": "the lake of `fairport data lab`, to try and to test",
}
_PACKAGES: Final = {"rucio-server": "rucio", "reana-client-0.95": "reana-client"}


def known_tools() -> dict[str, ToolSpec]:
    """Return the tools of this release by name."""
    folder = Path(str(files("fairport.interop") / "tool_requirements"))
    return {
        name: ToolSpec(name, purpose, folder / f"{name}.txt", _PACKAGES.get(name, ""))
        for name, purpose in _PURPOSES.items()
    }


class ToolStore:
    """The tool environments below one folder.

    Args:
        root: folder that holds them; by default below the user's cache.
        tools: the known tools; by default those of this release.
        install: makes an environment at a path from a lock file.
    """

    def __init__(
        self,
        root: Path | None = None,
        tools: Mapping[str, ToolSpec] | None = None,
        install: Callable[[Path, Path], subprocess.CompletedProcess[str]] = install_environment,
    ) -> None:
        self._root = cache_root() / "tools" if root is None else root
        self._tools = known_tools() if tools is None else tools
        self._install = install

    def ensure(self, name: str, progress: Progress | None = None) -> ToolEnv:
        """Return the environment of a tool; it is made when it is not there yet, which needs the network.

        Raises:
            UsageError: no such tool.
            ToolError: it cannot be installed.
        """
        spec = self._spec(name)
        path = self._path(spec)
        if not _is_complete(path):
            self._make_root()
            with _locked(self._root / f"{path.name}.lock"):
                if not _is_complete(path):
                    text = f"Installing {name} {spec.version} in an environment of its own (only once)"
                    (progress or SilentProgress()).step(text)
                    self._create(spec, path)
        return ToolEnv(name, path)

    def status(self) -> list[ToolStatus]:
        """Return the state of every known tool; nothing is created and nothing started."""
        return [self._status(spec) for spec in self._tools.values()]

    def run(
        self,
        name: str,
        argv: Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        stdin: str = "",
        timeout: float | None = None,
        progress: Progress | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a program of a tool and return its exit code, output and errors as text.

        Args:
            name: the tool.
            argv: program and arguments; the program is looked up in the environment of the tool only.
            cwd: working folder of the process.
            env: variables added to those of :meth:`ToolEnv.environment`.
            stdin: text for its standard input.
            timeout: seconds after which the process is ended.
            progress: told when the tool has to be installed first.

        Raises:
            UsageError: no such tool.
            ToolError: it cannot be installed, lacks the program, or ran longer than ``timeout``.
        """
        tool = self.ensure(name, progress)
        program = tool.bin / argv[0]
        if not program.is_file():
            raise ToolError(f"{name} has no program {argv[0]}", where=tool.bin)
        try:
            return subprocess.run(
                [str(program), *argv[1:]],
                cwd=cwd,
                env=tool.environment(env),
                input=stdin,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise ToolError(f"{argv[0]} did not end within {timeout:g} s and was stopped") from error

    def _spec(self, name: str) -> ToolSpec:
        spec = self._tools.get(name)
        if spec is None:
            raise UsageError(f"there is no isolated tool {name!r}", mend=f"known: {', '.join(self._tools)}")
        return spec

    def _path(self, spec: ToolSpec) -> Path:
        digest = hashlib.sha256(spec.lock.read_bytes())
        digest.update(f"\0{sys.implementation.cache_tag}\0{sys.base_prefix}".encode())
        return self._root / f"{spec.name}-{digest.hexdigest()[:12]}"

    def _make_root(self) -> None:
        try:
            self._root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ToolError(
                "the folder of the isolated tools cannot be made",
                where=self._root,
                why=error.strerror,
                mend="set FAIRPORT_CACHE to a folder that you can write",
            ) from error

    def _create(self, spec: ToolSpec, path: Path) -> None:
        shutil.rmtree(path, ignore_errors=True)
        try:
            done = self._install(path, spec.lock)
            if done.returncode:
                raise self._installation_error(spec, path, done)
            stamp = {"tool": spec.name, "version": spec.version, "bytes": _size(path)}
            (path / _STAMP).write_text(json.dumps(stamp) + "\n", encoding="utf-8")
        except BaseException:
            shutil.rmtree(path, ignore_errors=True)
            raise

    def _installation_error(
        self, spec: ToolSpec, path: Path, done: subprocess.CompletedProcess[str]
    ) -> ToolError:
        log = self._root / f"{path.name}.log"
        log.write_text(f"{done.args}\n{done.stdout}\n{done.stderr}\n", encoding="utf-8")
        return ToolError(
            f"the isolated tool {spec.name} could not be installed",
            where=log,
            why=failure_reason(done),
            mend="connect to the network (or name a mirror: UV_DEFAULT_INDEX, PIP_INDEX_URL) and try again",
        )

    def _status(self, spec: ToolSpec) -> ToolStatus:
        path = self._path(spec)
        state = "present" if _is_complete(path) else "broken" if path.exists() else "absent"
        size = _stamped_size(path) if state == "present" else 0
        return ToolStatus(spec.name, spec.purpose, state, spec.version, path, size)


def ensure(name: str, progress: Progress | None = None) -> ToolEnv:
    """Return the environment of a tool, made when missing; see :meth:`ToolStore.ensure`."""
    return ToolStore().ensure(name, progress)


def status() -> list[ToolStatus]:
    """Return the state of every tool; see :meth:`ToolStore.status`."""
    return ToolStore().status()


def run(
    name: str,
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
    timeout: float | None = None,
    progress: Progress | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a program of a tool; see :meth:`ToolStore.run`."""
    return ToolStore().run(name, argv, cwd=cwd, env=env, stdin=stdin, timeout=timeout, progress=progress)


def _is_complete(path: Path) -> bool:
    return (path / _STAMP).is_file() and (path / "bin" / "python").exists()


def _stamped_size(path: Path) -> int:
    try:
        return int(json.loads((path / _STAMP).read_text(encoding="utf-8"))["bytes"])
    except (OSError, ValueError, KeyError, TypeError):
        return _size(path)


def _size(path: Path) -> int:
    return sum(entry.lstat().st_size for entry in path.rglob("*") if not entry.is_dir())


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on a file; others wait, and the kernel frees it when the process ends."""
    import fcntl

    with path.open("w", encoding="utf-8") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
