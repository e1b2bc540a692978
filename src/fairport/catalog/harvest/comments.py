"""The paper of a curve, where the comments of its file name it: communities keep their citations there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from fairport.contract.characters import bare

MAX_BYTES: Final = 20_000
MAX_LINES: Final = 60
MAX_CITED: Final = 10
_COMMENT: Final = re.compile(r"\s*(?:#|%|!|;|//)\s?(.*)")
_MONTH: Final = r"(?:0[7-9]|1\d|2\d|3\d)(?:0[1-9]|1[0-2])"
_NEW: Final = rf"{_MONTH}\.\d{{4,5}}(?:v\d{{1,2}})?"
_OLD: Final = r"(?:astro-ph|hep-ex|hep-ph|gr-qc|nucl-ex|nucl-th|physics)/\d{7}(?:v\d{1,2})?"
_LINKED: Final = re.compile(rf"(?i)arxiv(?:\.org/(?:abs|pdf)/|:\s*|\s+)({_NEW}|{_OLD})(?!\d)")
_BARE: Final = re.compile(rf"(?<![\d./])({_NEW}|{_OLD})(?![\d.])(?!\w)")
_DOI: Final = re.compile(r"(?<![\w.])(10\.\d{4,9}/[^\s\"'<>]+)")


def identifiers(lines: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the arXiv identifiers and the DOIs that comment lines name, in their order, each once.

    A number such as ``1902.03234`` without the word arXiv counts only where nothing else is named.
    """
    comments = [bare(match[1]) for line in lines if (match := _COMMENT.match(line.expandtabs(1)))]
    arxiv = [match[1] for text in comments for match in _LINKED.finditer(text)]
    dois = [match[1].rstrip(".,;)]") for text in comments for match in _DOI.finditer(text)]
    if not arxiv and not dois:
        arxiv = [match[1] for text in comments for match in _BARE.finditer(text)]
    return tuple(dict.fromkeys(arxiv))[:MAX_CITED], tuple(dict.fromkeys(dois))[:MAX_CITED]


def state_source(record: dict[str, Any], path: Path) -> None:
    """Write into a record what the comments of its file cite, unless something is cited already.

    One paper becomes the source; of several it is not known which one is, so that all are cited.

    Args:
        record: the record, changed in place.
        path: the file of the curve.
    """
    provenance = record["provenance"]
    source = provenance.setdefault("source", {})
    if provenance.get("cite") or any(source.get(key) for key in ("doi", "arxiv", "url")):
        return
    arxiv, dois = identifiers(_head(path))
    cited = [f"arXiv:{name}" for name in arxiv] + [f"https://doi.org/{name}" for name in dois]
    if not cited:
        return
    if len(arxiv) <= 1 and len(dois) <= 1:
        source |= {"arxiv": arxiv[0]} if arxiv else {}
        source |= {"doi": f"https://doi.org/{dois[0]}"} if dois else {}
    provenance["cite"] = cited
    notes = record.setdefault("validity", {}).setdefault("notes", [])
    notes.append("The citation was read from the comments of the file.")


def _head(path: Path) -> list[str]:
    with path.open("rb") as handle:
        text = handle.read(MAX_BYTES).decode("utf-8", "replace")
    return text.splitlines()[:MAX_LINES]


__all__ = ["identifiers", "state_source"]
