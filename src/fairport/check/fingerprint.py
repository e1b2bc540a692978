"""The stable identity of a finding: what and where, told without lines or list positions."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any, Final

from fairport.check.issue import json_pointer
from fairport.contract.loading import Pointer

_KEYS: Final = ("id", "@id", "rule", "orcid", "did", "name", "identifier", "path", "url", "column", "title")


def stable_pointer(data: Any, pointer: Pointer) -> str:
    """Return a pointer in which list items stand by their identity (``authors/[orcid=...]``) where they
    have one.
    """
    parts: list[str | int] = []
    for part in pointer:
        item: Any = None
        if isinstance(data, list) and isinstance(part, int) and 0 <= part < len(data):
            item = data[part]
            parts.append(_identity(item) or part)
        else:
            item = data.get(part) if isinstance(data, dict) else None
            parts.append(part)
        data = item
    return json_pointer(tuple(parts))


def _identity(item: Any) -> str | None:
    if isinstance(item, (str, int, float)):
        return f"[{item}]"
    if isinstance(item, dict):
        for key in _KEYS:
            if isinstance(item.get(key), str):
                return f"[{key}={item[key]}]"
        names = [item[key] for key in ("family_names", "given_names") if isinstance(item.get(key), str)]
        if names:
            return f"[{', '.join(names)}]"
    return None


class Fingerprints:
    """Makes fingerprints of one repository; equal ones are told apart by a counter."""

    def __init__(self) -> None:
        self._seen: Counter[tuple[str, ...]] = Counter()

    def make(self, rule: str, path: str, pointer: str | None, subject: str | None) -> str:
        """Return 32 hexadecimal digits."""
        key = (rule, path, pointer or "", subject or "")
        count = self._seen[key]
        self._seen[key] += 1
        text = "\0".join((*key, str(count)))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
