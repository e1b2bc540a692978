"""BibTeX from what a record says about its source; nothing is looked up.

A record knows identifiers, not the title and the authors of a paper, so the entries are of type ``misc``
with DOI and arXiv identifier: reference managers complete them from either. A key is the INSPIRE texkey
where there is one, so that entries taken from INSPIRE replace them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from fairport.contract.result import PublishedSource
from fairport.interop.bibtex import escaped
from fairport.results.loaded import LoadedResult
from fairport.results.style import clip

_ARXIV: Final = re.compile(r"(?:arXiv:)?((?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?)")
_DOI: Final = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.\d{4,9}/\S+)", re.IGNORECASE)


def bibliography(results: Sequence[LoadedResult], *, records: bool = False, url: str | None = None) -> str:
    """Return BibTeX of the sources of results, each source once, in the order of the results.

    Args:
        results: results of which the sources are cited.
        records: whether each result record is cited as well, with its version and digest.
        url: start of the addresses of the result pages, for the entries of the records.

    Returns:
        Entries with a blank line between them and a final newline; the empty text when no record names a
        source.
    """
    return merged(
        entry
        for result in results
        for entry in (*source_entries(result), *([record_entry(result, url=url)] if records else ()))
    )


def merged(entries: Iterable[str]) -> str:
    """Return entries as one text, each source once, in their order."""
    found: dict[str, str] = {}
    for entry in entries:
        found.setdefault(_identity(entry), entry)
    return "\n".join(found.values())


def source_entries(result: LoadedResult) -> list[str]:
    """Return the entries of the published source and of further identifiers that are to be cited."""
    provenance = result.record.provenance
    entries = []
    source = provenance.source
    if source is not None and (source.doi or source.arxiv or source.url or source.texkey):
        entries.append(_source_entry(result, source))
    known = (
        {identifier for identifier in (_doi(source.doi), _bare(source.arxiv)) if identifier}
        if source
        else set()
    )
    for number, cited in enumerate(provenance.cite, 1):
        doi, arxiv = _doi(cited), _arxiv(cited)
        if {doi, _bare(arxiv)} & known:
            continue
        fields = {"doi": doi, "eprint": arxiv, "archivePrefix": "arXiv" if arxiv else None}
        if doi is None and arxiv is None:
            fields["howpublished"] = _link(cited)
        entries.append(_entry(_key(f"{result.id}-cite-{number}"), fields))
    return entries


def record_entry(result: LoadedResult, *, url: str | None = None) -> str:
    """Return the entry of a result record itself: title, version, digest."""
    record = result.record
    fields = {
        "title": f"{{{escape(clip(record.title, 300))}}}",
        "version": escape(record.version),
        "howpublished": _link(f"{url.rstrip('/')}/{result.id}/") if url else None,
        "note": f"Fairport result {escape(result.id)}, {result.digest}",
        "year": (record.provenance.run.started[:4] if record.provenance.run else None),
    }
    return _entry(_key(f"fairport:{result.id}"), fields)


def escape(text: str) -> str:
    """Escape text for a BibTeX field; control characters and line breaks become blanks."""
    plain = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return escaped(plain)


def _source_entry(result: LoadedResult, source: PublishedSource) -> str:
    arxiv, doi = _arxiv(source.arxiv), _doi(source.doi)
    names = [
        name for name in (result.collaboration,) if name and result.record.provenance.origin != "simulation"
    ]
    where = [escape(source.figure)] if source.figure else []
    if source.hepdata is not None:
        table = f", {escape(source.hepdata.table)}" if source.hepdata.table else ""
        where.append(f"HEPData {escape(source.hepdata.record)}{table}")
    fields = {
        "collaboration": escape(names[0]) if names else None,
        "title": None if doi or arxiv else f"{{{escape(clip(result.record.title, 300))}}}",
        "doi": doi,
        "eprint": arxiv,
        "archivePrefix": "arXiv" if arxiv else None,
        "howpublished": _link(source.url) if source.url and not (doi or arxiv) else None,
        "note": "; ".join(where) or None,
        "year": _year(arxiv),
    }
    return _entry(_key(source.texkey or f"fairport:{result.id}:source"), fields)


def _entry(key: str, fields: dict[str, str | None]) -> str:
    lines = [f"    {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{key},", *lines, "}", ""])


def _identity(entry: str) -> str:
    """Return what makes two entries the same source: DOI, else arXiv identifier without version, else the
    key.
    """
    doi = re.search(r"^    doi = \{(.*)\},$", entry, re.MULTILINE)
    arxiv = re.search(r"^    eprint = \{(.*)\},$", entry, re.MULTILINE)
    if doi:
        return doi.group(1).lower()
    return _bare(arxiv.group(1)) or entry if arxiv else entry.split(",", 1)[0]


def _key(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9:.+/-]+", "-", text).strip("-")[:100] or "fairport"


def _doi(text: str | None) -> str | None:
    match = _DOI.fullmatch(text.strip()) if text else None
    return re.sub(r"[{}\\\s%]", "", match.group(1)) if match else None


def _arxiv(text: str | None) -> str | None:
    if not text:
        return None
    bare = re.sub(r"^https?://arxiv\.org/(?:abs|pdf)/", "", text.strip())
    match = _ARXIV.fullmatch(bare)
    return match.group(1) if match else None


def _bare(arxiv: str | None) -> str | None:
    """Drop the version of an arXiv identifier."""
    found = _arxiv(arxiv)
    return re.sub(r"v\d+$", "", found) if found else None


def _link(url: str) -> str | None:
    """Return an address for a field, ``None`` when it is not a plain web address."""
    clean = url.strip()
    if not re.fullmatch(r"https?://[^\s{}\\\"<>^`|]+", clean):
        return None
    return rf"\url{{{clean}}}"


def _year(arxiv: str | None) -> str | None:
    number = arxiv.rsplit("/", 1)[-1][:2] if arxiv else ""
    if not number.isdigit():
        return None
    return f"19{number}" if int(number) > 90 else f"20{number}"
