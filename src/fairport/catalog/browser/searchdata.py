"""What the search page searches: a columnar script, since pages opened from a folder can fetch nothing.

Up to :data:`SHARD` records everything is in ``s/catalog.js``. Above that it holds the facets only, and the
titles follow in files of that many records each, loaded when somebody begins to search.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any, Final

from fairport.catalog.browser.compact import encode_integers
from fairport.catalog.browser.frontend import bundle
from fairport.catalog.browser.planedata import script
from fairport.catalog.experimentlist import experiments_of
from fairport.catalog.licences import licence_words
from fairport.catalog.model import KINDS, SiteModel
from fairport.catalog.prose import clean, plain
from fairport.physics.notation import number_text
from fairport.results.style import clip

SHARD: Final = 20_000
FOLDER: Final = "s/"
VERSION: Final = 1

FACETS: Final = {
    "type": "Type",
    "experiment": "Experiment",
    "plane": "Plane",
    "kind": "Numbers",
    "role": "Role",
    "cl": "Confidence level",
    "year": "Year of the source",
    "licence": "Licence",
}
"""Facets of the search by name, with their titles."""

_TITLE: Final = re.compile(r"<title>(.*?)</title>", re.DOTALL | re.IGNORECASE)


@dataclass(slots=True)
class Entry:
    """One thing that can be found: its address within the site, title, further words, facets."""

    address: str
    title: str
    words: str = ""
    facets: dict[str, str] = field(default_factory=dict)


def search_files(model: SiteModel, docs: Path | None) -> dict[str, str]:
    """Return the scripts of the search by path; nothing when the front end was not built.

    Args:
        model: the catalogue.
        docs: the built narrative pages, if there are any.
    """
    if bundle() is None:
        return {}
    entries = [*_results(model), *_analyses(model), *_planes(model), *_docs(docs)]
    shards = [entries[start : start + SHARD] for start in range(0, len(entries), SHARD)] or [[]]
    data: dict[str, Any] = {
        "version": VERSION,
        "count": len(entries),
        "facets": [_facet(name, title, entries) for name, title in FACETS.items()],
        "meanings": KINDS,
        "shards": 0 if len(shards) == 1 else len(shards),
    }
    if len(shards) == 1:
        return {f"{FOLDER}catalog.js": script("search", data | {"titles": _titles(shards[0])})}
    files = {
        f"{FOLDER}titles-{number}.js": script("titles", {"number": number, "titles": _titles(shard)})
        for number, shard in enumerate(shards)
    }
    return {f"{FOLDER}catalog.js": script("search", data), **files}


def _titles(entries: Sequence[Entry]) -> list[str]:
    """Return address, title and further words of each entry, one after the other."""
    return [text for entry in entries for text in (entry.address, entry.title, entry.words)]


def _facet(name: str, title: str, entries: Sequence[Entry]) -> dict[str, Any]:
    """Return a facet: its values and, for each entry, the number of its value (0: it has none)."""
    values = sorted({entry.facets[name] for entry in entries if name in entry.facets}, key=_order)
    numbers = {value: number for number, value in enumerate(values, 1)}
    column = encode_integers(numbers.get(entry.facets.get(name, ""), 0) for entry in entries)
    return {"name": name, "title": title, "values": values, "column": column}


def _order(value: str) -> tuple[float, str, str]:
    """Return a key without ties: names that differ in capitals only stand in one order in every build."""
    match = re.match(r"\d+(?:\.\d+)?", value)
    return (-float(match.group()) if match else 0.0, value.lower(), value)


def _results(model: SiteModel) -> Iterator[Entry]:
    for result in model.results:
        card = result.card
        example = result.kind == "example"
        facets = {
            "type": "result",
            "experiment": "" if example else plain(card.family),
            "plane": plain(card.plane_title),
            "kind": result.kind,
            "role": card.role or "",
            "cl": f"{number_text(100 * card.level)} %" if card.level is not None else "",
            "year": card.year or "",
            "licence": clip(licence_words(card.licence), 60),
        }
        words = f"{card.form} {card.status if card.status != 'published' else ''} {' '.join(card.cite[:3])}"
        yield _entry(result.url, card.title, f"{result.id} {words}", facets)


def _analyses(model: SiteModel) -> Iterator[Entry]:
    for analysis in model.analyses:
        record = analysis.record
        name = "" if analysis.collection or analysis.example else plain(record.experiment.name)
        facets = {"type": "collection" if analysis.collection else "analysis", "experiment": name}
        words = " ".join((analysis.id, *record.keywords[:20], *(p.display_name for p in record.authors[:10])))
        yield _entry(analysis.url, record.title, words, facets)
    for item in experiments_of(model):
        about = plain(item.collaboration or "")
        yield _entry(item.url, item.name, about, {"type": "experiment", "experiment": plain(item.name)})


def _planes(model: SiteModel) -> Iterator[Entry]:
    for shown in model.planes:
        title = plain(shown.plane.title)
        yield _entry(shown.url, title, shown.plane.id, {"type": "plane", "plane": title})


def _docs(folder: Path | None) -> Iterator[Entry]:
    for path in _pages(folder):
        match = _TITLE.search(path.read_text(encoding="utf-8", errors="replace")[:20_000])
        if match and folder is not None:
            title = unescape(match.group(1)).rsplit(" - ", 1)[0]
            yield _entry(f"docs/{path.relative_to(folder).as_posix()}", title, "", {"type": "documentation"})


def _pages(folder: Path | None) -> Iterable[Path]:
    return sorted(folder.rglob("*.html")) if folder is not None else ()


def _entry(address: str, title: str, words: str, facets: dict[str, str]) -> Entry:
    known = {name: value for name, value in facets.items() if value}
    return Entry(address, clip(plain(title), 200), clip(clean(words), 400), known)
