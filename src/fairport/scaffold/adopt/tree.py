"""Reading a foreign repository: bounded, without following links, without executing anything."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fairport.contract.errors import FairportError, Location
from fairport.contract.files import read_bytes
from fairport.contract.loading import Document, parse_json, parse_yaml
from fairport.scaffold.adopt.model import clean

MAX_FILES: Final = 20_000
"""Most files that are looked at."""

MAX_BYTES: Final = 2_000_000
"""Largest file that is read, in bytes; notebooks with pictures and data tables can be larger."""

MAX_TOTAL: Final = 100_000_000
"""Most bytes that are read altogether."""

_SKIPPED: Final = frozenset(
    ".git .fairport .hg .svn .venv venv env node_modules __pycache__ .ipynb_checkpoints .tox .mypy_cache "
    ".pytest_cache .snakemake site-packages".split()
)


@dataclass(frozen=True, slots=True)
class LooseJson:
    """JSON that breaks the contract's rules, such as a key twice; lines are told by the name of the key.

    Attributes:
        data: plain data.
        name: path of the file.
        flaw: what is wrong with it.
        text: its text.
    """

    data: Any
    name: str
    flaw: str
    text: str

    @classmethod
    def parse(cls, text: str, name: str) -> LooseJson | None:
        """Read JSON as most programs do; ``None`` when it is none."""
        try:
            return cls(
                json.loads(text), name, "it breaks the rules of JSON documents, such as a key twice", text
            )
        except (ValueError, RecursionError):
            return None

    def locate(self, pointer: tuple[str | int, ...]) -> Location:
        """Return the first line that names the last key of ``pointer``."""
        keys = [part for part in pointer if isinstance(part, str)]
        at = self.text.find(json.dumps(keys[-1], ensure_ascii=False)) if keys else -1
        return Location(self.name, self.text.count("\n", 0, at) + 1 if at >= 0 else None)


AnyDocument = Document | LooseJson


class Tree:
    """The files of a repository, and their text.

    Attributes:
        root: folder of the repository.
        files: names relative to it with forward slashes, sorted, shallow ones first; no symbolic links.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files = _listing(root)
        self._texts: dict[str, str | None] = {}
        self._left = MAX_TOTAL

    def text(self, name: str) -> str | None:
        """Return the text of a file (bytes that are not UTF-8 replaced), or ``None`` when it is missing, no
        plain file, larger than :data:`MAX_BYTES`, or binary.
        """
        if name not in self._texts:
            self._texts[name] = self._read(name)
        return self._texts[name]

    def document(self, name: str) -> AnyDocument | None:
        """Return a YAML or JSON file, or ``None`` when it cannot be read safely or holds no mapping.

        JSON with a key twice, which the contract refuses, is read all the same: the last value counts.
        """
        text = self.text(name)
        if text is None:
            return None
        try:
            parse = parse_json if name.endswith(".json") else parse_yaml
            document: AnyDocument = parse(text, name)
        except (FairportError, RecursionError):
            loose = LooseJson.parse(text, name) if name.endswith(".json") else None
            if loose is None:
                return None
            document = loose
        return document if isinstance(document.data, dict) else None

    def named(self, *names: str) -> list[str]:
        """Return files at the top whose name is one of ``names`` in any case."""
        wanted = {name.lower() for name in names}
        return [name for name in self.files if name.lower() in wanted]

    def ending(self, *suffixes: str) -> list[str]:
        """Return files with one of these endings."""
        return [name for name in self.files if name.lower().endswith(suffixes)]

    def has(self, name: str) -> bool:
        """Tell whether something of this name is there, of whatever kind."""
        return os.path.lexists(self.root / name)

    def _read(self, name: str) -> str | None:
        path = self.root / name
        try:
            info = path.lstat()
            if not stat.S_ISREG(info.st_mode) or info.st_size > min(MAX_BYTES, self._left):
                return None
            data = read_bytes(path, limit=MAX_BYTES)
        except (OSError, FairportError):
            return None
        self._left -= len(data)
        if b"\0" in data:
            return None
        return data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")


def place(name: str, line: int | None = None) -> str:
    """Return ``file:line`` for a report; control characters of the name are dropped."""
    shown = clean(name, 300)
    return f"{shown}:{line}" if line else shown


def _listing(root: Path) -> tuple[str, ...]:
    files: list[str] = []
    for folder, folders, names in os.walk(root, followlinks=False):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED)
        relative = os.path.relpath(folder, root)
        for name in sorted(names):
            full = f"{folder}{os.sep}{name}"
            if _is_plain(full) and _is_text(name):
                files.append(name if relative == "." else f"{relative}/{name}".replace(os.sep, "/"))
        if len(files) >= MAX_FILES:
            break
    return tuple(sorted(files[:MAX_FILES], key=lambda name: (name.count("/"), name)))


def _is_plain(path: str) -> bool:
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def _is_text(name: str) -> bool:
    """Tell whether a name can be written into a YAML document."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return name.isprintable()
