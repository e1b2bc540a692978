"""The crate of the run that made a result: frozen beside its record, described in one sentence."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, Final

from fairport.contract.documents import Result
from fairport.contract.errors import FairportError
from fairport.contract.files import decode_text, inside, read_bytes
from fairport.contract.loading import parse_json

RUN_CRATE_FILE: Final = "run-crate.json"
"""Name of the crate in the harvest store and beside the page of its result."""


def freeze_crate(tree: Path, path: str, record: Result, folder: Path) -> str | None:
    """Copy the crate that a record names into its frozen folder.

    Args:
        tree: the repository.
        path: the record, relative to the repository.
        record: that record.
        folder: frozen folder of the record.

    Returns:
        What the crate tells, in words; ``None`` when the record names none beside it, or what is there is
        no crate.
    """
    named = record.provenance.run.crate if record.provenance.run else None
    if not named or "/" in named or "\\" in named:
        return None
    file = inside(tree, (Path(path).parent / named).as_posix())
    if file is None or not file.is_file():
        return None
    try:
        content = read_bytes(file)
        words = _words(parse_json(decode_text(content, named), named).data)
    except (FairportError, ValueError):
        return None
    if words is not None:
        (folder / RUN_CRATE_FILE).write_bytes(content)
    return words


def _words(data: Any) -> str | None:
    """Return what a crate tells; ``None`` when it is no crate."""
    graph = data.get("@graph") if isinstance(data, dict) else None
    if not isinstance(graph, list):
        return None
    types: Counter[str] = Counter()
    for entity in graph:
        kind = entity.get("@type") if isinstance(entity, dict) else None
        types.update(item for item in (kind if isinstance(kind, list) else [kind]) if isinstance(item, str))
    if not types["CreateAction"]:
        return None
    steps, files = types["HowToStep"], types["File"]
    parts = [_count(types["CreateAction"], "action"), _count(steps, "step") if steps else ""]
    return ", ".join(part for part in (*parts, _count(files, "file")) if part)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


__all__ = ["RUN_CRATE_FILE", "freeze_crate"]
