"""The interpreter and the variables that the steps of a local run see, and what is recorded of them.

``baseCommand: [python3]`` takes whatever stands first on PATH, and the last digits of a sum differ between
Python 3.11 and 3.12. So the run pins one interpreter: the analysis' own ``.venv`` where there is one, else
the one that runs Fairport.
"""

from __future__ import annotations

import ast
import json
import os
import platform
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from fairport.contract.errors import ConfigurationError, FairportError
from fairport.contract.files import inside, read_text, sha256_file
from fairport.contract.run import RunEnvironment
from fairport.engines import interpreter_probe
from fairport.interop.cache import cache_root

FIXED: Final = {
    "LC_ALL": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "315532800",
}
"""Variables that make steps repeatable. The epoch is 1980-01-01, the first date that a zip file can hold."""


@dataclass(frozen=True, slots=True)
class PinnedEnvironment:
    """What the steps run in.

    Attributes:
        executable: the interpreter that ``python3`` means.
        variables: what steps see besides HOME, TMPDIR and PATH.
        recorded: the entry of the run record.
    """

    executable: Path
    recorded: RunEnvironment
    variables: dict[str, str] = field(default_factory=dict)

    def search_path(self, shims: Path) -> str:
        """Return PATH with the pinned interpreter first.

        Args:
            shims: folder for a small script, made when no ``python3`` stands beside the interpreter or it
                is another one.
        """
        beside = self.executable.with_name("python3")
        first = self.executable.parent
        if not beside.exists() or beside.resolve() != self.executable.resolve():
            shims.mkdir(parents=True, exist_ok=True)
            for name in ("python3", "python"):
                script = shims / name
                script.write_text(f'#!/bin/sh\nexec {shlex.quote(str(self.executable))} "$@"\n', "utf-8")
                script.chmod(0o755)
            first = shims
        return os.pathsep.join([str(first), os.environ.get("PATH", os.defpath)])


def pin_environment(
    root: Path, *, container: str, lock: str | None, scripts: Sequence[Path] = ()
) -> PinnedEnvironment:
    """Choose the interpreter and find out what will be recorded.

    Args:
        root: the analysis repository.
        container: container engine, or ``none``. In a container the image fixes interpreter and packages.
        lock: lock file named by the analysis record, relative to ``root``.
        scripts: Python files among the inputs; the packages that they import are recorded, else those of
            the lock file.

    Raises:
        ConfigurationError: the analysis has a ``.venv`` whose interpreter does not start.
    """
    lock_file = inside(root, lock) if lock else None
    if lock_file is not None and not lock_file.is_file():
        lock_file = None
    digest = f"sha256:{sha256_file(lock_file)}" if lock_file else None
    library = " ".join(platform.libc_ver()).strip()
    where = f"{platform.system()} {platform.machine()}" + (f", {library}" if library else "")
    if container != "none":
        recorded = RunEnvironment(
            interpreter="that of the image", platform=where, container=container, lock_digest=digest
        )
        return PinnedEnvironment(Path(sys.executable), recorded, dict(FIXED))
    executable = _own_interpreter(root) or Path(sys.executable)
    modules = imported_modules(scripts)
    names = [] if modules or lock_file is None else locked_names(lock_file)
    facts = _probe(executable, modules, names)
    recorded = RunEnvironment(
        interpreter=facts["interpreter"],
        platform=where,
        executable=_shown(executable, root),
        container="none",
        lock_digest=digest,
        packages=dict(sorted(facts["packages"].items(), key=lambda item: item[0].lower())),
    )
    return PinnedEnvironment(executable, recorded, {**FIXED, **_matplotlib()})


def imported_modules(scripts: Iterable[Path]) -> list[str]:
    """Return the top-level modules that Python files import, found by parsing, without those among the
    files.
    """
    files = list(scripts)
    found: set[str] = set()
    for path in files:
        try:
            tree = ast.parse(read_text(path))
        except (FairportError, SyntaxError, ValueError, RecursionError, MemoryError):
            continue  # the step itself will say what is wrong with the file
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return sorted(found - {path.stem for path in files} - {"__future__"})


def locked_names(lock: Path) -> list[str]:
    """Return the names of the distributions that a requirements file pins with ``==``."""
    try:
        text = read_text(lock)
    except FairportError:
        return []
    return sorted(
        set(re.findall(r"^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*==", text, re.MULTILINE))
    )


def _own_interpreter(root: Path) -> Path | None:
    path = root / ".venv" / "bin" / "python3"
    return path if path.exists() or path.is_symlink() else None


def _probe(executable: Path, modules: Sequence[str], names: Sequence[str]) -> dict[str, Any]:
    """Ask an interpreter for its version and its installed distributions."""
    if executable == Path(sys.executable):
        return interpreter_probe.describe(list(modules), list(names))
    asked = json.dumps([list(modules), list(names)])
    try:
        done = subprocess.run(
            [str(executable), "-I", interpreter_probe.__file__, asked],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=True,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise ConfigurationError(
            "the Python of the analysis does not start",
            where=executable,
            why=(getattr(error, "stderr", None) or str(error)).strip()[-300:],
            mend="make its .venv anew, or remove it to run with Fairport's own Python",
        ) from None
    return answer


def _matplotlib() -> dict[str, str]:
    """Give steps a place for matplotlib's font list; with HOME fresh for each step it is made each time."""
    folder = cache_root() / "matplotlib"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return {"MPLBACKEND": "Agg"}
    return {"MPLBACKEND": "Agg", "MPLCONFIGDIR": str(folder)}


def _shown(executable: Path, root: Path) -> str:
    """Return the interpreter relative to the repository when inside; else only whose it is."""
    if executable.is_relative_to(root):
        return executable.relative_to(root).as_posix()
    return f"{executable.name} that runs Fairport"
