"""Mechanical corrections: values replaced in place, so that comments and layout stay as they are.

A correction of one value replaces exactly its characters in the text; afterwards the document is read
again and must differ in this value only, or the correction is dropped. Writing goes through a temporary
file, and never through a link.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairport.contract.errors import DocumentError
from fairport.contract.files import inside, read_text, write_atomic
from fairport.contract.finding import Edit, Finding
from fairport.contract.loading import Document, Pointer, parse_json, parse_yaml

MAX_ROUNDS = 6
"""How often corrections are repeated at most: they can make others possible."""


@dataclass(frozen=True, slots=True)
class Change:
    """New content of one file."""

    path: str
    old: str
    new: str
    fixed: int

    def diff(self) -> str:
        """Return the change as a unified diff."""
        lines = difflib.unified_diff(
            self.old.splitlines(keepends=True),
            self.new.splitlines(keepends=True),
            f"a/{self.path}",
            f"b/{self.path}",
        )
        return "".join(
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
        )


def plan(root: Path, findings: Iterable[Finding], *, unsafe: bool = False) -> list[Change]:
    """Return the changes that the corrections of ``findings`` make, without writing anything.

    Args:
        root: the checked repository.
        findings: what was found; only failures with a correction count.
        unsafe: take also corrections that need a look.
    """
    edits: dict[str, list[Edit]] = {}
    for finding in findings:
        if finding.status == "fail" and finding.fix and (unsafe or finding.fix.safety == "safe"):
            for edit in finding.fix.edits:
                edits.setdefault(edit.path, []).append(edit)
    changes = (_change(root, path, found) for path, found in edits.items())
    return [change for change in changes if change is not None and change.new != change.old]


def apply(root: Path, changes: Iterable[Change]) -> int:
    """Write changes; return how many corrections they hold."""
    count = 0
    for change in changes:
        write_atomic(root / change.path, change.new)
        count += change.fixed
    return count


def _change(root: Path, path: str, edits: list[Edit]) -> Change | None:
    target = inside(root, path)
    if target is None or (root / path).is_symlink() or target != root.resolve() / path:
        return None
    try:
        old = read_text(target) if target.is_file() else ""
    except DocumentError:
        return None
    text, fixed = old, 0
    whole = next((edit for edit in edits if edit.content is not None), None)
    if whole is not None and whole.content is not None:
        return Change(path, old, whole.content, len(edits))
    seen: set[str] = set()
    for edit in edits:
        if edit.pointer is None or edit.pointer in seen:
            continue
        seen.add(edit.pointer)
        changed = replaced(text, path, edit.pointer, edit.value)
        if changed is not None:
            text, fixed = changed, fixed + 1
    return Change(path, old, text, fixed) if fixed else None


def replaced(text: str, path: str, json_pointer: str, value: Any) -> str | None:
    """Return ``text`` with one value replaced, or ``None`` when that is not possible without touching
    more."""
    try:
        document = _parse(text, path)
        pointer = _pointer(json_pointer, document.data)
        expected = _with_value(document.data, pointer, value)
        new = _spliced(document, pointer, value)
        if new is None and document.format == "yaml":
            from fairport.contract.saving import edited_yaml

            new = edited_yaml(text, [(pointer, value)], path)
        return new if new is not None and _parse(new, path).data == expected else None
    except (DocumentError, KeyError, IndexError, TypeError, ValueError):
        return None


def _parse(text: str, path: str) -> Document:
    return parse_json(text, path) if path.endswith((".json", ".jsonld")) else parse_yaml(text, path)


def _pointer(text: str, data: Any) -> Pointer:
    """Turn RFC 6901 text into a pointer, with numbers where the data have lists."""
    parts: list[str | int] = []
    for raw in text.split("/")[1:]:
        text_part = raw.replace("~1", "/").replace("~0", "~")
        if isinstance(data, list):
            parts.append(int(text_part))
            data = data[int(text_part)]
        else:
            parts.append(text_part)
            data = data[text_part]
    return tuple(parts)


def _with_value(data: Any, pointer: Pointer, value: Any) -> Any:
    """Return a copy of plain data with one value replaced."""
    if not pointer:
        return value
    copy: Any = dict(data) if isinstance(data, dict) else list(data)
    copy[pointer[0]] = _with_value(data[pointer[0]], pointer[1:], value)
    return copy


def _spliced(document: Document, pointer: Pointer, value: Any) -> str | None:
    """Replace the characters of a value; ``None`` for a block collection, which has no end of its own."""
    place = document.locate(pointer)
    if place.line is None or place.column is None or place.end_line is None or place.end_column is None:
        return None
    start, end = (
        _offset(document.text, place.line, place.column),
        _offset(document.text, place.end_line, place.end_column),
    )
    old = document.text[start:end]
    if old.lstrip()[:1] in {"|", ">"} or (not old and document.format == "yaml"):
        return None
    new = json.dumps(value, ensure_ascii=False) if document.format == "json" else _yaml_text(value, old)
    return None if new is None else document.text[:start] + new + document.text[end:]


def _offset(text: str, line: int, column: int) -> int:
    position = 0
    for _ in range(line - 1):
        position = text.index("\n", position) + 1
    return position + column - 1


_PLAIN = re.compile(r"[A-Za-z](?:[\w./@+()-]|:(?=\S)| (?=[\w(]))*")


def _yaml_text(value: Any, old: str) -> str | None:
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
        return value if plain and old[:1] not in {'"', "'"} else json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, list) and old[:1] == "[" and all(isinstance(item, str) for item in value):
        return "[" + ", ".join(_yaml_text(item, "") or "" for item in value) + "]"
    return None


_WORDS = frozenset({"y", "yes", "n", "no", "true", "false", "on", "off", "null", "nan", "inf"})
