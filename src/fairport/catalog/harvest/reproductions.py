"""The verdicts of ``fairport reproduce`` beside a harvested result; they count for these numbers only."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from fairport.catalog.state import ReproductionNote
from fairport.contract.documents import Result
from fairport.contract.errors import FairportError
from fairport.contract.files import inside
from fairport.contract.loading import load_json
from fairport.contract.schemas import validate

REPRODUCTION_FILE: Final = "reproduction.json"
_MAX_CHANGED: Final = 20
_MAX_TEXT: Final = 300


def reproduction_of(tree: Path, path: str, record: Result) -> tuple[ReproductionNote | None, str | None]:
    """Return the verdicts on a result, and why a file that is there does not count.

    No number of the result is taken over, so that the note may be kept whatever happens to the numbers.

    Args:
        tree: the repository.
        path: its record, relative to the repository.
        record: that record.
    """
    name = (Path(path).parent / REPRODUCTION_FILE).as_posix()
    file = inside(tree, name)
    if file is None or not file.is_file():
        return None, None
    try:
        data = load_json(file, name=name).shown
        problems = [item for item in validate("reproduction", data) if item.severity == "error"]
    except FairportError as error:
        return None, f"{name}: {error.what}"
    if problems:
        return None, f"{name}: {problems[0].message[:_MAX_TEXT]}"
    wanted = record.data.sha256 if record.data is not None else None
    if data["result"] != record.id:
        return None, f"{name} is about another result"
    if wanted is not None and data.get("recorded_sha256") != wanted:
        return None, f"{name} is about other numbers than those of the record: run `fairport reproduce` again"
    return _note(data), None


def _note(data: dict[str, Any]) -> ReproductionNote:
    reruns, agrees = data["reruns"], data["agrees_with_paper"]
    reason = reruns.get("reason")
    return ReproductionNote(
        reruns["verdict"],
        agrees["verdict"],
        agrees.get("of", "record"),
        data["at"],
        data["engine"],
        data.get("commit"),
        float(reruns["tolerance"]),
        reason[:_MAX_TEXT] if reason else None,
        tuple(text[:_MAX_TEXT] for text in reruns.get("changed", ())[:_MAX_CHANGED]),
    )


__all__ = ["REPRODUCTION_FILE", "reproduction_of"]
