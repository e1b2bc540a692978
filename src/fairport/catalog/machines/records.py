"""The files for machines beside a page, and what its head says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from fairport.catalog.experimentlist import ShownExperiment
from fairport.catalog.jsonld import dataset_ld
from fairport.catalog.licences import licence_url
from fairport.catalog.machines.crates import record_crate
from fairport.catalog.machines.dcat import dataset_node, page_path
from fairport.catalog.machines.dossier import (
    CRATE_FILE,
    LINKSET_JSON,
    LINKSET_TEXT,
    LINKSETS,
    VORESOURCE_FILE,
    Dossier,
    FileEntry,
    Part,
    Site,
    Variable,
)
from fairport.catalog.machines.dossiers import (
    ROLES,
    TITLES,
    analysis_dossier,
    description,
    instant,
    result_dossier,
    safe_link,
    site_of,
)
from fairport.catalog.machines.gatherings import (
    GATHERED,
    catalogue_dossier,
    experiment_dossier,
    plane_dossier,
)
from fairport.catalog.machines.signposting import head_links, linkset_json, linkset_text
from fairport.catalog.machines.voresource import voresource
from fairport.catalog.model import ShownAnalysis, ShownPlane, ShownResult
from fairport.catalog.pages.frame import Frame, as_json_ld
from fairport.catalog.prose import plain
from fairport.catalog.site.release import Release, ReleasedResult
from fairport.catalog.state import VersionNote

DESCRIPTIONS: Final = (CRATE_FILE, VORESOURCE_FILE, *LINKSETS)
_MEDIA_TYPES: Final = {"cite.bib": "application/x-bibtex", "figure.svg": "image/svg+xml"}
_SUFFIXES: Final = {
    "csv": "text/csv",
    "json": "application/json",
    "yaml": "application/yaml",
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
    "bib": "application/x-bibtex",
    "gz": "application/gzip",
    "txt": "text/plain",
    "xml": "application/xml",
}
_WRITERS: Final[dict[str, Callable[[Dossier, Site], str]]] = {
    VORESOURCE_FILE: voresource,
    LINKSET_JSON: linkset_json,
    LINKSET_TEXT: linkset_text,
}


def describe_result(
    frame: Frame, analysis: ShownAnalysis, result: ShownResult, words: str, kinds: Mapping[str, str]
) -> dict[str, Any]:
    """Make the files for machines of a result; returns what the head of its page says of it.

    Args:
        frame: the build; what lies beside the page is there already.
        analysis: the analysis that the result belongs to.
        result: the result.
        words: what it says, in sentences.
        kinds: media type of each download, by name.
    """
    files = _beside(frame, result.url.removesuffix("index.html"), kinds)
    return _record(frame, result.url, result_dossier(analysis, result, words, files, frame.model.time))


def describe_analysis(frame: Frame, analysis: ShownAnalysis) -> dict[str, Any]:
    """Make the files for machines of an analysis; returns what the head of its page says of it."""
    files = _beside(frame, analysis.url.removesuffix("index.html"), {})
    return _record(frame, analysis.url, analysis_dossier(analysis, files, frame.model.time))


def describe_plane(
    frame: Frame, shown: ShownPlane, numbers: Iterable[tuple[str, int, str]]
) -> dict[str, Any]:
    """Make the files for machines of a plane; returns what the head of its page says of it.

    Args:
        frame: the build.
        shown: the plane with all its results.
        numbers: path, bytes and SHA-256 of the files with the merged numbers.
    """
    site = site_of(frame.model.config)
    return describe(frame, plane_dossier(shown, site, numbers, frame.model.time))


def describe_experiment(frame: Frame, item: ShownExperiment) -> dict[str, Any]:
    """Make the files for machines of an experiment; returns what the head of its page says of it."""
    used = {result.card.plane for result in item.results}
    planes = [shown.plane for shown in frame.model.planes if shown.plane.id in used]
    return describe(frame, experiment_dossier(item, site_of(frame.model.config), frame.model.time, planes))


def describe_catalogue(frame: Frame, files: Sequence[FileEntry]) -> dict[str, Any]:
    """Make the link sets of the catalogue; returns what the head of the front page says of it.

    Args:
        frame: the build.
        files: the files that hold the catalogue as a whole; its crate is made with them.
    """
    site = site_of(frame.model.config)
    dcat = FileEntry(page_path(1), "application/ld+json", None, None, "DCAT", "about")
    dossier = catalogue_dossier(frame.model, site, (*files, dcat) if site.url else files)
    for name in LINKSETS if site.url else ():
        frame.files[name] = _WRITERS[name](dossier, site)
    return _head(dossier, site)


def describe_version(
    frame: Frame, analysis: ShownAnalysis, old: ShownResult, folder: str, note: VersionNote
) -> dict[str, Any]:
    """Make the files for machines of an earlier version of a result.

    Args:
        frame: the build; what lies beside the page is there already.
        analysis: the analysis that the result belongs to.
        old: the result as it was.
        folder: folder of the page.
        note: what is known of the version.
    """
    record = old.loaded.record
    kinds = {f"{record.id}.csv": "text/csv", f"{record.id}.csv.gz": "application/gzip",
             "result.yaml": "application/yaml"}  # fmt: skip
    whole = result_dossier(analysis, old, "", _beside(frame, folder, kinds), frame.model.time)
    dossier = replace(
        whole,
        id=f"{old.id}@{plain(note.version)}",
        folder=folder,
        version=plain(note.version),
        status=note.status or "superseded",
        published=instant(note.harvested, frame.model.time),
        part_of=Part(old.id, plain(old.card.title), old.url.removesuffix("index.html")),
        beside=GATHERED,
    )
    return describe(frame, dossier)


def describe_released(
    frame: Frame, release: Release, item: ReleasedResult, sizes: Mapping[str, int]
) -> dict[str, Any]:
    """Return what the head of the page of a result in a release says; its crate was frozen with it.

    Args:
        frame: the build.
        release: the release.
        item: the result in it.
        sizes: bytes of each of its files that is shown, by name.
    """
    folder = f"v/{release.version}/r/{item.id}/"
    files = tuple(
        FileEntry(name, kind, sizes[name], sha, TITLES.get(kind, "Data"), ROLES.get(kind, "data"))
        for name, sha in item.files.items()
        if name in sizes and (kind := media_type(name)) and name not in DESCRIPTIONS
    )
    is_open = any(file.role == "data" for file in files)
    site = site_of(frame.model.config)
    title = f"{plain(item.title)}, in release {release.version}"
    dossier = Dossier(
        id=f"{item.id}@{plain(item.version)}",
        folder=folder,
        title=title,
        description=description(
            f"{plain(item.title)} ({item.kind} in the plane {item.plane}) as it was frozen on "
            f"{release.time[:10]}.",
            title,
        ),
        version=plain(item.version),
        status=item.status,
        doi=None,
        published=release.time,
        creators=(site.publisher,),
        keywords=("dark matter", item.plane, item.kind),
        licence=item.licence,
        licence_url=licence_url(item.licence),
        access="open access" if is_open else "metadata only access",
        files=files,
        variables=(Variable(item.plane, item.plane, ""),),
        sources=tuple(page for page in (site.absolute(f"r/{item.id}/"),) if page),
        citations=tuple(link for link in map(safe_link, item.cite) if link),
        part_of=Part(f"v/{release.version}", plain(release.title), f"v/{release.version}/"),
        beside=(CRATE_FILE,) if CRATE_FILE in sizes else (),
    )
    return _head(dossier, site)


def media_type(name: str) -> str:
    """Return the media type of a file of a catalogue by its suffix."""
    return _SUFFIXES.get(name.rsplit(".", 1)[-1], "application/octet-stream")


def describe(frame: Frame, dossier: Dossier, files: Iterable[FileEntry] | None = None) -> dict[str, Any]:
    """Make the files for machines that a dossier names; returns what the head of its page says.

    Args:
        frame: the build.
        dossier: what is said.
        files: what the crate lists, where that is more than the dossier names.
    """
    site, folder = site_of(frame.model.config), dossier.folder
    if CRATE_FILE in dossier.beside:
        frame.files[folder + CRATE_FILE] = record_crate(dossier, site, files)
    if site.url:
        for name, write in _WRITERS.items():
            if name in dossier.beside:
                frame.files[folder + name] = write(dossier, site)
    return _head(dossier, site)


def _head(dossier: Dossier, site: Site) -> dict[str, Any]:
    return {"jsonld": as_json_ld(dataset_ld(dossier, site)), "signposts": head_links(dossier, site)}


def _beside(frame: Frame, folder: str, kinds: Mapping[str, str]) -> dict[str, tuple[str, bytes | str]]:
    types = {**kinds, **_MEDIA_TYPES}
    return {
        name: (kind, frame.files[folder + name])
        for name, kind in types.items()
        if folder + name in frame.files
    }


def _record(frame: Frame, url: str, dossier: Dossier) -> dict[str, Any]:
    head = describe(frame, dossier)
    site = site_of(frame.model.config)
    if site.url:
        frame.descriptions[url] = dataset_node(dossier, site)
    return head
