"""Older major versions of documents, brought to the current one on load.

A migration is a pure function from the data of one major version to the data of the next; it is registered
under the document type and the major version that it reads. A newer major version is refused with the
release that reads it.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

from fairport.contract.constants import CONTRACT_MAJOR
from fairport.contract.errors import Location, UnsupportedVersionError
from fairport.contract.migrations.analysis_0 import analysis_0_to_1

Migration = Callable[[dict[str, Any]], dict[str, Any]]

MIGRATIONS: dict[tuple[str, int], Migration] = {("analysis", 0): analysis_0_to_1}


def declared_version(data: Any) -> tuple[int, int] | None:
    """Return (major, minor) of ``schema_version``, or ``None`` when it is absent or malformed."""
    value = data.get("schema_version") if isinstance(data, dict) else None
    match = re.fullmatch(r"(\d{1,6})\.(\d{1,6})", value) if isinstance(value, str) else None
    return (int(match[1]), int(match[2])) if match else None


def migrate(kind: str, data: Any, name: str) -> Any:
    """Return ``data`` in the current major version (the same object when nothing is to be done).

    Raises:
        UnsupportedVersionError: the document is newer than this release, or so old that no migration is
            known.
    """
    version = declared_version(data)
    if version is None or version[0] == CONTRACT_MAJOR:
        return data
    major = version[0]
    if major > CONTRACT_MAJOR:
        raise UnsupportedVersionError(
            f"the document follows contract {version[0]}.{version[1]}",
            where=Location(name),
            why=f"this release reads up to {CONTRACT_MAJOR}.x",
            mend=f"install Fairport {major}.0 or newer",
        )
    current = copy.deepcopy(data)
    while major < CONTRACT_MAJOR:
        step = MIGRATIONS.get((kind, major))
        if step is None:
            raise UnsupportedVersionError(
                f"no migration is known for a {kind} of contract {major}.x",
                where=Location(name),
                mend=f"rewrite the document by contract {CONTRACT_MAJOR}",
            )
        current = step(current)
        major += 1
    return current
