"""Dossiers of what holds several results: a plane, an experiment, a release and the catalogue itself.

They are made from cards, so that no record is read again, and say at the licence of each file what holds for
it: a table made from several results follows its strictest input.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from fairport.catalog.experimentlist import ShownExperiment
from fairport.catalog.licences import licence_url, may_redistribute
from fairport.catalog.machines.dossier import (
    CRATE_FILE,
    LINKSETS,
    Dossier,
    FileEntry,
    Part,
    Site,
    Variable,
)
from fairport.catalog.machines.dossiers import MAX_LINKS, description, safe_link, table_entries
from fairport.catalog.model import ShownPlane, ShownResult, SiteModel
from fairport.catalog.prose import plain
from fairport.catalog.site.release import Release
from fairport.contract.documents import Plane
from fairport.results.licences import strictest

GATHERED: Final = (CRATE_FILE, *LINKSETS)
"""What describes such a page beside it: neither the Virtual Observatory nor DCAT lists it once more."""

MAX_PARTS: Final = 500
"""Results that a page of several results names to machines; the tables have all."""

MAX_VARIABLES: Final = 20

_FIGURES: Final = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}
_NUMBERS: Final = {
    "csv": ("text/csv", "Numbers of every result as one table"),
    "json": ("application/json", "Numbers of every result as JSON"),
    "bib": ("application/x-bibtex", "Sources of every result, as BibTeX"),
}


def plane_dossier(
    shown: ShownPlane, site: Site, numbers: Iterable[tuple[str, int, str]], time: str
) -> Dossier:
    """Return the dossier of a plane: its merged numbers and figures, derived from its results.

    Args:
        shown: the plane with all its results.
        site: the catalogue.
        numbers: path, bytes and SHA-256 of the files with the merged numbers.
        time: when the last harvest began, for results without a date of their own.
    """
    plane, results = shown.plane, shown.results
    folder = shown.url.removesuffix("index.html")
    licence = _terms(result.card.licence for result in results if may_redistribute(result.card.licence))
    files = [_number_file(path.removeprefix(folder), size, sha, licence) for path, size, sha in numbers]
    if shown.drawn:
        files += _figures(plane.id, _terms(result.card.licence for result in shown.drawn))
    is_open = any(file.role == "data" for file in files)
    pages = (site.absolute(result.url) for result in results[:MAX_LINKS])
    citations = (safe_link(link) for result in results for link in result.card.cite)
    return Dossier(
        id=plane.id,
        folder=folder,
        title=plain(plane.title),
        description=description(
            plain(f"{len(results)} results in one plane. {plane.description}"), plain(plane.title)
        ),
        version=_newest(results, time)[:10],
        status="published",
        doi=None,
        published=_newest(results, time),
        creators=(site.publisher,),
        keywords=_keywords([plane.title, *(result.card.form for result in results)]),
        licence=licence if is_open else site.licence,
        licence_url=licence_url(licence if is_open else site.licence),
        access="open access" if is_open else "metadata only access",
        files=tuple(files),
        variables=_variables([plane]),
        technique="published limits, regions and projections, drawn together in canonical units",
        sources=tuple(page for page in pages if page),
        citations=tuple(dict.fromkeys(link for link in citations if link))[:MAX_LINKS],
        beside=GATHERED,
    )


def experiment_dossier(item: ShownExperiment, site: Site, time: str, planes: Sequence[Plane]) -> Dossier:
    """Return the dossier of an experiment, whose parts are its results.

    Args:
        item: the experiment.
        site: the catalogue.
        time: when the last harvest began, for results without a date of their own.
        planes: planes of its results.
    """
    results = item.results[:MAX_PARTS]
    name = plain(item.name)
    tables = tuple(table_entries(results))
    return Dossier(
        id=f"x/{item.slug}",
        folder=item.url.removesuffix("index.html"),
        title=f"{name} in {site.title}",
        description=description(f"{len(item.results)} results of {name}, with their tables.", name),
        version=_newest(results, time)[:10],
        status="published",
        doi=None,
        published=_newest(results, time),
        creators=(site.publisher,),
        keywords=_keywords([name, plain(item.collaboration or ""), *(plane.title for plane in planes)]),
        licence=site.licence,
        licence_url=licence_url(site.licence),
        access="open access" if tables else "metadata only access",
        variables=_variables(planes),
        technique="selection by experiment",
        sources=tuple(page for analysis in item.analyses if (page := site.absolute(analysis.url))),
        parts=tuple(_part(result) for result in results),
        tables=tables,
        experiment=name,
        beside=GATHERED,
    )


def release_dossier(release: Release, site: Site, files: Sequence[FileEntry]) -> Dossier:
    """Return the dossier of a release.

    Args:
        release: the release.
        site: the catalogue.
        files: what its folder holds.
    """
    folder = f"v/{release.version}/"
    tables = [file for file in files if file.media_type in {"text/csv", "application/gzip"}]
    tables.sort(key=lambda file: not file.name.startswith("p/"))
    own = [file for file in files if "/" not in file.name]
    note = plain(release.note or "")
    return Dossier(
        id=folder.rstrip("/"),
        folder=folder,
        title=f"{plain(release.title)}, release {release.version}",
        description=description(
            f"{len(release.results)} results of dark-matter searches with their digests, as they were on "
            f"{release.time[:10]}. {note}",
            plain(release.title),
        ),
        version=release.version,
        status="published",
        doi=None,
        published=release.time,
        creators=(site.publisher,),
        keywords=_keywords(plane.title for plane in release.planes),
        licence=release.licence,
        licence_url=licence_url(release.licence),
        access="open access",
        files=tuple(own + tables[:MAX_PARTS]),
        technique="frozen selection of published results",
        variables=tuple(Variable(plain(plane.title), plain(plane.title), "") for plane in release.planes),
        sources=tuple(page for page in (site.absolute("index.html"),) if page),
        parts=tuple(
            Part(f"{item.id}@{item.version}", plain(item.title), f"{folder}r/{item.id}/", release.time[:10])
            for item in release.results[:MAX_PARTS]
        ),
        beside=GATHERED,
    )


def catalogue_dossier(model: SiteModel, site: Site, files: Sequence[FileEntry]) -> Dossier:
    """Return the dossier of the catalogue as a whole.

    Args:
        model: the catalogue.
        site: the same for machines.
        files: the files that hold all of it.
    """
    planes = [shown.plane for shown in model.planes]
    return Dossier(
        id=site.url or "catalogue",
        folder="",
        title=site.title,
        description=site.description,
        version=model.time[:10],
        status="published",
        doi=None,
        published=model.time,
        creators=(site.publisher,),
        keywords=_keywords(plane.title for plane in planes[:MAX_VARIABLES]),
        licence=site.licence,
        licence_url=licence_url(site.licence),
        access="open access",
        files=tuple(files),
        variables=_variables(planes),
        technique="harvest of published analyses",
        sources=tuple(page for shown in model.planes[:MAX_LINKS] if (page := site.absolute(shown.url))),
        type="DataCatalog",
        beside=GATHERED,
    )


def _terms(licences: Iterable[str]) -> str:
    return strictest(licences).licence


def _number_file(name: str, size: int, sha: str, licence: str) -> FileEntry:
    kind, title = _NUMBERS[name.rsplit(".", 1)[-1]]
    about = kind == "application/x-bibtex"
    return FileEntry(name, kind, size, sha, title, "about" if about else "data", licence)


def _figures(plane: str, licence: str) -> list[FileEntry]:
    """Return the figures of a plane, which are drawn beside the build."""
    return [
        FileEntry(f"{plane}.{suffix}", kind, None, None, f"Figure ({suffix.upper()})", "figure", licence)
        for suffix, kind in _FIGURES.items()
    ]


def _part(result: ShownResult) -> Part:
    folder = result.url.removesuffix("index.html")
    return Part(result.id, plain(result.card.title), folder, (result.state.harvested or "")[:10])


def _newest(results: Iterable[ShownResult], time: str) -> str:
    return max((result.state.harvested or time for result in results), default=time)


def _keywords(words: Iterable[str]) -> tuple[str, ...]:
    found = dict.fromkeys(plain(word)[:100] for word in words)
    return ("dark matter", *(word for word in found if word))


def _variables(planes: Sequence[Plane]) -> tuple[Variable, ...]:
    found = {
        (axis.quantity, axis.unit): Variable(
            plain(axis.labels.unicode), axis.quantity.replace("_", " "), axis.unit
        )
        for plane in planes
        for axis in plane.axes
    }
    return tuple(found.values())[:MAX_VARIABLES]


__all__ = ["catalogue_dossier", "experiment_dossier", "plane_dossier", "release_dossier"]
