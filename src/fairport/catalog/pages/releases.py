"""Pages of releases: frozen figures and numbers at permanent addresses, and what changed since."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from fairport.catalog.harvest.differences import Change, Item, compare, counts, gone_reasons, items_of_model
from fairport.catalog.licences import licence_words, may_redistribute
from fairport.catalog.machines.dossier import CRATE_FILE, FileEntry
from fairport.catalog.machines.dossiers import ROLES, site_of
from fairport.catalog.machines.gatherings import release_dossier
from fairport.catalog.machines.records import describe, describe_released, media_type
from fairport.catalog.machines.whole import MAX_LISTED
from fairport.catalog.model import SiteModel
from fairport.catalog.pages.downloads import downloads_of
from fairport.catalog.pages.frame import Frame
from fairport.catalog.parts import Cell, Link, Row, TableView, Value, code, columns, fact, facts, link
from fairport.catalog.prose import plain
from fairport.catalog.site.release import (
    Release,
    ReleasedPlane,
    ReleasedResult,
    read_object,
    release_file,
)
from fairport.catalog.site.rendering import day
from fairport.contract.digests import canonical_digest
from fairport.contract.files import sha256_bytes, sha256_file
from fairport.contract.saving import dump_json
from fairport.contract.structure import unstructure
from fairport.results.licences import strictest

MAX_ROWS: Final = 2000
"""Results and changes that one page lists; the JSON file has all."""

_FIGURES: Final = ".svg"
_CURVE: Final = "figure.svg"
_VIEW_BOX: Final = re.compile(rb'viewBox="0 0 ([0-9.]{1,12}) ([0-9.]{1,12})"')


def release_key(root: Path, release: Release, hidden: frozenset[str], previous: Release | None) -> str:
    """Return the digest of what, beside code and configuration, decides the pages of a release.

    Args:
        root: folder of the catalogue.
        release: the release.
        hidden: its results whose numbers are withheld by now.
        previous: the release before.
    """
    files = [sha256_file(release_file(root, one.version)) for one in (release, previous) if one is not None]
    return canonical_digest([files, sorted(hidden)])


def hidden_results(model: SiteModel, release: Release) -> frozenset[str]:
    """Return the results of a release whose numbers are withheld by now."""
    closed = {analysis.id for analysis in model.analyses if analysis.withheld is not None}
    closed |= {state.id for state in model.states if state.withheld and state.id not in model.by_id}
    closed |= {
        former for entry in model.catalogue.entries if entry.id in closed for former in entry.former_ids
    }
    return frozenset(item.id for item in release.results if item.id.partition("/")[0] in closed)


def add_release(
    frame: Frame, release: Release, hidden: frozenset[str], previous: Release | None
) -> Iterator[list[str]]:
    """Make the pages and files of a release: of one result after the other, then of the release as a whole.

    Numbers that are withheld by now stay out, and with them every figure that draws them.

    Args:
        frame: takes the files of each part; who asks for the next one has written and removed them.
        release: the release.
        hidden: its results whose numbers are withheld by now.
        previous: the release before.

    Yields:
        What the store lacks of a part that is made.
    """
    root = frame.model.catalogue.root
    base = f"v/{release.version}/"
    sizes: dict[str, int] = {}
    for item in release.results:
        closed = item.id in hidden
        missing = [] if closed else list(_put(frame, root, f"{base}r/{item.id}/", item.files))
        _add_result(frame, release, item, withheld=closed)
        sizes |= {path: len(content) for path, content in frame.files.items()}
        yield missing
    planes = []
    for plane in release.planes:
        closed = bool(hidden.intersection(plane.members))
        missing = [] if closed else list(_put(frame, root, f"{base}p/{plane.id}/", plane.files))
        planes.append(_plane(frame, base, plane, hidden))
        sizes |= {path: len(content) for path, content in frame.files.items()}
        yield missing
    shown = dump_json(_public(release, hidden))
    frame.files[f"{base}release.json"] = shown
    files = [_account(shown), *_files(release, hidden, sizes)]
    dossier = release_dossier(release, site_of(frame.model.config), files)
    changes = compare(previous.items if previous else {}, release.items)
    page = frame.page(
        f"{base}index.html",
        f"Release {release.version}",
        f"The catalogue as it was on {day(release.time)}: {len(release.results)} results with their digests.",
        **describe(frame, dossier, files),
    )
    frame.add(
        "release.html.jinja",
        page,
        trail=[
            Link(f"{page.root}index.html", frame.model.config.title),
            Link(f"{page.root}v/index.html", "Releases"),
        ],
        note=release.note or "",
        version=release.version,
        withheld=len(hidden),
        planes=planes,
        changes=changes_table(changes, page.root) if previous is not None else None,
        changed=counts(changes),
        previous=previous.version if previous is not None else "",
        results=_results(release, hidden),
        left=max(0, len(release.results) - MAX_ROWS),
        downloads=downloads_of(("release.json", "ro-crate-metadata.json")),
        cite=_cite(frame, release),
    )
    yield []


def add_releases(frame: Frame, found: Sequence[Release]) -> None:
    """Make the list of releases, and the page of what changed since the last one."""
    page = frame.page("v/index.html", "Releases", "Frozen versions of this catalogue, to be cited.")
    rows = tuple(
        Row(
            (
                Cell(release.version, href=f"{release.version}/index.html"),
                Cell(day(release.time)),
                Cell(str(len(release.results))),
                Cell(counts(compare(older.items, release.items)) if older else "the first release"),
            )
        )
        for release, older in zip(found, [*found[1:], None], strict=False)
    )
    links = tuple(
        Link("changes.html" if newest else f"changes-{release.version}.html", f"Since {release.version}")
        for newest, release in zip([True, *[False] * 8], found, strict=False)
    )
    heads = columns("Release", "Date", "Results", "Changes", numbers=(2,))
    frame.add("list.html.jinja", page, content=TableView(heads, rows), links=links, sections=())
    now = items_of_model(frame.model) if found else {}
    for release in found:
        add_changes(frame, release, now)
    if found:
        add_changes(frame, found[0], now, "v/changes.html")


def changes_url(version: str) -> str:
    """Return the page of what changed since a release, relative to the site."""
    return f"v/changes-{version}.html"


def add_changes(frame: Frame, last: Release, now: Mapping[str, Item], url: str | None = None) -> None:
    """Make the page of what changed since a release.

    Args:
        frame: the build.
        last: the release.
        now: results of today, by identifier.
        url: the page; by default :func:`changes_url`.
    """
    url = url or changes_url(last.version)
    gone = gone_reasons(frame.model.catalogue.root, frame.model.states)
    changes = compare(last.items, now, gone)
    page = frame.page(
        url,
        f"What changed since release {last.version}",
        f"Since release {last.version} of {day(last.time)}: {counts(changes)}.",
    )
    links = (Link(f"{last.version}/index.html", f"Release {last.version}"),)
    content = changes_table(changes, page.root)
    frame.add("list.html.jinja", page, content=content, links=links, sections=())


def changes_table(changes: Sequence[Change], root: str) -> TableView:
    """Return changes as a table."""
    rows = tuple(
        Row(
            (
                Cell(plain(change.title), href=f"{root}r/{change.id}/index.html", small=change.id),
                Cell(change.kind),
                Cell(plain(change.words)),
            ),
            f"{change.title} {change.id} {change.kind}",
        )
        for change in changes[:MAX_ROWS]
    )
    return TableView(columns("Result", "Change", "How"), rows)


def _put(frame: Frame, root: Any, folder: str, files: dict[str, str]) -> Iterator[str]:
    """Put the frozen files in place; yields those that the store lacks."""
    for name, sha in files.items():
        content = read_object(root, sha)
        if content is None:
            yield f"{folder}{name}: the frozen file is missing or damaged"
        else:
            frame.files[folder + name] = content


def _figure(frame: Frame, folder: str, file: str) -> dict[str, Any]:
    """Return a frozen figure for the template: its file below ``folder`` and its size, 0 where unknown."""
    content = frame.files.get(folder + file, b"")
    head = content[:4000] if isinstance(content, bytes) else content[:4000].encode()
    size = _VIEW_BOX.search(head)
    width, height = (round(float(number)) for number in size.groups()) if size else (0, 0)
    return {"file": file, "width": width, "height": height}


def _plane(frame: Frame, folder: str, plane: ReleasedPlane, hidden: frozenset[str]) -> dict[str, Any]:
    closed = bool(hidden.intersection(plane.members))
    files = [] if closed else sorted(plane.files)
    figure = f"{plane.id}{_FIGURES}"
    return {
        "title": plain(plane.title),
        "count": len(plane.members),
        "figure": _figure(frame, folder, f"p/{plane.id}/{figure}") if figure in files else None,
        "closed": closed,
        "downloads": downloads_of(files, f"p/{plane.id}/"),
    }


def _results(release: Release, hidden: frozenset[str]) -> TableView:
    rows = tuple(
        Row(
            (
                Cell(plain(item.title), href=f"r/{item.id}/index.html", small=item.id),
                Cell(item.version),
                Cell("withheld" if item.id in hidden else item.kind),
                Cell(item.digest.removeprefix("sha256:")[:16]),
            ),
            f"{item.title} {item.id}",
        )
        for item in release.results[:MAX_ROWS]
    )
    return TableView(columns("Result", "Version", "Kind", "Digest"), rows)


def _add_result(frame: Frame, release: Release, item: ReleasedResult, *, withheld: bool) -> None:
    folder = f"v/{release.version}/r/{item.id}/"
    sizes = {
        name: len(content) for name in item.files if (content := frame.files.get(folder + name)) is not None
    }
    page = frame.page(
        f"{folder}index.html",
        f"{plain(item.title)}, in release {release.version}",
        f"{plain(item.title)} as it was frozen on {day(release.time)}.",
        section="results",
        **describe_released(frame, release, item, sizes),
    )
    files = [] if withheld else sorted(item.files)
    frame.add(
        "released.html.jinja",
        page,
        trail=[
            Link(f"{page.root}v/index.html", "Releases"),
            Link("../../../index.html", f"Release {release.version}"),
        ],
        withheld=withheld,
        release=release.version,
        date=release.time,
        latest=f"{page.root}r/{item.id}/index.html",
        since=f"{page.root}{changes_url(release.version)}",
        figure=_figure(frame, folder, _CURVE) if _CURVE in files else None,
        downloads=downloads_of(files),
        record=facts(
            fact("Identifier", code(f"{item.id}@{item.version}")),
            fact("Kind", item.kind),
            fact("Status", item.status),
            fact("Plane", _plane_link(release, item.plane, page.root)),
            fact("Licence", licence_words(item.licence)),
            fact("Cite", *(link(name) for name in item.cite)),
            fact("Digest", code(item.digest)),
        ),
    )


def _plane_link(release: Release, name: str, root: str) -> Value:
    """Return the plane of a frozen result as the release called it; its page is there in every catalogue."""
    titles = {plane.id: plane.title for plane in release.planes}
    return Value(plain(titles.get(name, name)), f"{root}p/{name}/index.html")


def _public(release: Release, hidden: frozenset[str]) -> dict[str, Any]:
    """Return the release for machines, without the files of what is withheld."""
    data: dict[str, Any] = unstructure(release)
    for item in data.get("results", []):
        if item["id"] in hidden:
            item.pop("files", None)
            item["withheld"] = True
    for plane in data.get("planes", []):
        if hidden.intersection(plane.get("members", ())):
            plane.pop("files", None)
    return data


def _account(text: str) -> FileEntry:
    """Return what is told of the release for machines."""
    content = text.encode()
    return FileEntry(
        "release.json", "application/json", len(content), sha256_bytes(content), "Digests of all"
    )


def _files(release: Release, hidden: frozenset[str], sizes: Mapping[str, int]) -> list[FileEntry]:
    """Return what is frozen in the folder of a release.

    The page of a result says under which licence its files are; figures and tables of a plane follow the
    strictest of its members. Of results of a large release the crates alone are listed, which list the rest.

    Args:
        release: the release.
        hidden: its results whose numbers are withheld by now.
        sizes: bytes of each file that the store has, by its path.
    """
    base, licences = f"v/{release.version}/", {item.id: item.licence for item in release.results}
    found = []
    is_large = len(release.results) > MAX_LISTED
    for prefix, parts in (("p", release.planes), ("r", release.results)):
        for part in parts:
            members = getattr(part, "members", (part.id,))
            if hidden.intersection(members):
                continue
            terms = [licences[member] for member in members if member in licences]
            drawn = strictest(terms).licence
            listed = strictest(filter(may_redistribute, terms)).licence
            for name, sha in sorted(part.files.items()):
                if is_large and prefix == "r" and name != CRATE_FILE:
                    continue
                path = f"{prefix}/{part.id}/{name}"
                if (size := sizes.get(base + path)) is not None:
                    figure = ROLES.get(media_type(name)) == "figure"
                    title = f"{plain(part.title)}: {name}"
                    found.append(_file(path, size, sha, title, drawn if figure else listed))
    return found


def _file(path: str, size: int, sha: str, title: str, licence: str) -> FileEntry:
    kind = media_type(path)
    return FileEntry(path, kind, size, sha, title, ROLES.get(kind, "data"), licence)


def _cite(frame: Frame, release: Release) -> str:
    publisher = frame.model.config.publisher
    who = f"{plain(publisher.name)}, " if publisher else ""
    address = frame.absolute(f"v/{release.version}/")
    return (
        f"{who}{plain(release.title)}, release {release.version} ({day(release.time)})"
        + (f", {address}" if address else "")
        + ". Cite the source of every curve beside it."
    )


__all__ = ["add_release", "add_releases", "hidden_results", "release_key"]
