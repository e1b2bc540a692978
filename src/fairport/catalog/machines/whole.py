"""What describes the catalogue as a whole for machines: tables, crate, DCAT, feeds and site maps."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from fairport.catalog.experimentlist import experiments_of
from fairport.catalog.machines.crates import catalogue_crate
from fairport.catalog.machines.dcat import PAGE, catalogue_page, page_path
from fairport.catalog.machines.dossier import CRATE_FILE, FileEntry, Part, Site
from fairport.catalog.machines.dossiers import site_of
from fairport.catalog.machines.feeds import FEED_FILE, feed
from fairport.catalog.machines.sitemaps import sitemaps
from fairport.catalog.machines.tables import PACKAGE_FILE, SQLITE_FILE, data_package, table_files
from fairport.catalog.model import ShownAnalysis, ShownResult, SiteModel
from fairport.catalog.prose import plain
from fairport.catalog.site.output import Written

MAX_LISTED: Final = 2_000
"""Results that the crate of the catalogue lists; those of a larger one stand in the crates of analyses."""

Texts = Callable[[list[str]], Iterable[str]]
"""Returns the DCAT nodes kept with parcels, by their names."""

_TITLES: Final = {
    "catalog.json": ("application/json", "The whole catalogue as JSON"),
    SQLITE_FILE: ("application/vnd.sqlite3", "The whole catalogue as an SQLite database"),
    PACKAGE_FILE: ("application/json", "Schema of the tables"),
}


def index_files(index: Mapping[str, Any]) -> Iterator[tuple[str, bytes | Iterable[bytes]]]:
    """Yield path and content of the files that hold everything but the numbers; those that are large in a
    large catalogue come in pieces.

    Args:
        index: content of ``catalog.json``.
    """
    yield "catalog.json", _index_lines(index)
    made = []
    for path, content in table_files(index):
        made.append(path)
        yield path, content
    yield PACKAGE_FILE, data_package(index, made).encode()


def _index_lines(index: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield the index as JSON with one line for each item of its lists, so that versions of it compare."""
    start = "{\n"
    for key in sorted(index):
        value = index[key]
        yield f"{start} {_json(key)}: ".encode()
        if isinstance(value, Sequence) and not isinstance(value, str) and value:
            yield b"[\n  "
            for number, item in enumerate(value):
                yield (",\n  " if number else "").encode() + _json(item).encode()
            yield b"\n ]"
        else:
            yield _json(value).encode()
        start = ",\n"
    yield b"\n}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False)


def whole_files(model: SiteModel, entries: Sequence[FileEntry]) -> Iterator[tuple[str, bytes | str]]:
    """Yield path and content of what describes the catalogue as a whole, but for DCAT and site maps.

    Args:
        model: the catalogue.
        entries: the files that hold it.
    """
    site = site_of(model.config)
    yield CRATE_FILE, catalogue_crate(site, model.time[:10], entries, _parts(model))
    if site.url:
        yield from _feeds(model, site)


def sitemap_files(
    model: SiteModel, pages: Iterable[str], others: Iterable[str] = ()
) -> Iterator[tuple[str, str]]:
    """Yield path and content of the site maps of ``pages``; none without a published address.

    A page is as old as the newest record on it, never as the build.
    """
    site = site_of(model.config)
    if not site.url:
        return
    days = {result.url: _day(result, model) for result in model.results}
    days |= {a.url: (a.state.harvested or model.time)[:10] for a in model.analyses}
    for shown in model.planes:
        days[shown.url] = max(_day(result, model) for result in shown.results)
    newest = max(days.values(), default=model.time[:10])
    yield from sitemaps(site, pages, days, newest, others)


def dcat_files(model: SiteModel, nodes: Texts) -> Iterator[tuple[str, str]]:
    """Yield path and content of each page of the DCAT catalogue, the last first: analyses stand on the first
    ones. There is none without a published address.

    Args:
        model: the catalogue.
        nodes: DCAT nodes by the names of parcels.
    """
    site = site_of(model.config)
    if not site.url:
        return
    sets = [(f"a/{analysis.id}", analysis.url) for analysis in model.analyses]
    sets += [(f"r/{result.id}", result.url) for result in model.results]
    pages = max(1, -(-len(sets) // PAGE))
    for number in range(pages, 0, -1):
        group = sets[(number - 1) * PAGE : number * PAGE]
        texts = [text for text in nodes([name for name, _ in group]) if text]
        members = [site.address(url) for _, url in group]
        yield page_path(number), catalogue_page(site, model.time, number, pages, texts, members)


def dcat_pages_of_results(model: SiteModel) -> int:
    """Return how many of the last pages of the DCAT catalogue hold nothing but results."""
    count = len(model.analyses) + len(model.results)
    return max(1, -(-count // PAGE)) - max(1, -(-len(model.analyses) // PAGE))


def _feeds(model: SiteModel, site: Site) -> Iterator[tuple[str, str]]:
    def owned(results: Iterable[ShownResult]) -> list[tuple[ShownAnalysis, ShownResult]]:
        return [(model.by_id[result.analysis_id], result) for result in results]

    yield FEED_FILE, feed(site, "index.html", site.title, owned(model.results), model.time)
    for experiment in experiments_of(model):
        title = f"{plain(experiment.name)}: {site.title}"
        folder = experiment.url.removesuffix("index.html")
        yield folder + FEED_FILE, feed(site, experiment.url, title, owned(experiment.results), model.time)


def _parts(model: SiteModel) -> Iterator[Part]:
    """Yield what the crate of the catalogue lists: analyses, and results unless they are very many; the
    crate of an analysis lists its own.
    """
    for analysis in model.analyses:
        folder = analysis.url.removesuffix("index.html")
        yield Part(analysis.id, plain(analysis.record.title), folder, (analysis.state.harvested or "")[:10])
    for result in model.results if len(model.results) <= MAX_LISTED else ():
        folder = result.url.removesuffix("index.html")
        yield Part(result.id, plain(result.card.title), folder, _day(result, model))


def _day(result: ShownResult, model: SiteModel) -> str:
    return (result.state.harvested or model.time)[:10]


def entry_of(file: Written) -> FileEntry:
    """Return what is said of one of :func:`index_files`, which was written."""
    kind, title = _TITLES.get(file.path, ("application/vnd.apache.parquet", f"Table {file.path}"))
    role: Literal["data", "about"] = "about" if file.path == PACKAGE_FILE else "data"
    return FileEntry(file.path, kind, file.size, file.sha256, title, role)


__all__ = ["dcat_files", "entry_of", "index_files", "sitemap_files", "whole_files"]
