"""Canonical JSON and the digests that identify documents."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any


def canonical_json(data: Any) -> bytes:
    """Return sorted-key, minimal, UTF-8 JSON; the same data always give the same bytes.

    Raises:
        ValueError: the data hold NaN or infinity.
    """
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def canonical_digest(data: Any) -> str:
    """Return ``sha256:<hex>`` of the canonical JSON of ``data``."""
    return "sha256:" + hashlib.sha256(canonical_json(data)).hexdigest()


def files_digest(files: Iterable[tuple[str, str]]) -> str:
    """Return ``sha256:<hex>`` over the sorted lines ``<sha256>  <path>`` of (path, sha256) pairs."""
    lines = sorted(f"{sha256}  {path}\n" for path, sha256 in files)
    return "sha256:" + hashlib.sha256("".join(lines).encode("utf-8")).hexdigest()
