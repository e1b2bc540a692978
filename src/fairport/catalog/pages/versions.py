"""Versions of a result: an address for each, what changed and why, and the numbers as they were."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from fairport.catalog.drawings.drawing import Drawing, draw_one
from fairport.catalog.harvest.freeze import past_folder
from fairport.catalog.licences import licence_url, licence_words, may_redistribute
from fairport.catalog.machines.records import describe_version
from fairport.catalog.model import ShownAnalysis, ShownResult
from fairport.catalog.pages.frame import Frame
from fairport.catalog.pages.shared import status_badge
from fairport.catalog.parts import Cell, Link, Notice, Row, TableView, code, columns, fact, facts, link
from fairport.catalog.prose import plain
from fairport.catalog.site.rendering import day
from fairport.catalog.state import PAST_DIR, VersionNote
from fairport.contract.constants import RESULT_FILE
from fairport.contract.errors import FairportError


def add_versions(frame: Frame, analysis: ShownAnalysis, result: ShownResult) -> TableView | None:
    """Make a page for every version of a result and return the table of them, newest first.

    The page of the current version leads to the result; the page of an earlier one keeps what was said
    then. Returns ``None`` while there was only one version.
    """
    folder = result.url.removesuffix("index.html")
    notes = result.state.versions
    names = version_names(result.card.version, notes)
    _moved(frame, f"{folder}v/{names[0]}/index.html", "../../index.html", result.url)
    if not notes:
        return None
    rows = [_row(result.card.version, day(result.state.harvested), result.card.status, "shown on this page")]
    following = result.card.version
    for name, note in zip(names[1:], notes, strict=True):
        _add_page(frame, analysis, result, note, name, following)
        what = note.reason or f"followed by version {following} on {day(note.ended)}"
        since = (
            f"{day(note.harvested)}, release {plain(note.release)}" if note.release else day(note.harvested)
        )
        rows.append(_row(note.version, since, note.status, what, f"v/{name}/index.html"))
        following = note.version
    return TableView(columns("Version", "Since", "Status", "What came of it"), tuple(rows))


def version_names(current: str, notes: Sequence[VersionNote]) -> list[str]:
    """Return the part of the address of each version of a result: of the current one, then of earlier ones,
    newest first.

    The newest content of a version has its plain name. Earlier ones are told apart by their digests, and
    those that came back by their number, counted from the first: an address never changes any more.
    """
    slugs = [_slug(current), *(_slug(note.version) for note in notes)]
    names = [slug if slug not in slugs[:place] else "" for place, slug in enumerate(slugs)]
    for place in reversed(range(1, len(names))):
        if names[place]:
            continue
        digest = notes[place - 1].digest.removeprefix("sha256:")
        name, count = f"{slugs[place]}-{digest[:8]}", 1
        while name in names:
            count += 1
            name = f"{slugs[place]}-{digest[:32]}-{count}"
        names[place] = name
    return names


def _slug(version: str) -> str:
    return re.sub(r"[^0-9A-Za-z.+-]+", "-", version).strip(".-+")[:40] or "0"


def _row(version: str, harvested: str, status: str | None, what: str, href: str | None = None) -> Row:
    badge = status_badge(status) if status in {"corrected", "withdrawn", "superseded"} else None
    cells = (
        Cell(plain(version), href=href),
        Cell(harvested),
        Cell("" if badge else plain(status or "–"), badge=badge),
        Cell(plain(what)),
    )
    return Row(cells)


def _moved(frame: Frame, url: str, target: str, page_url: str) -> None:
    page = frame.page(url, "Moved", "This page has a new address.")
    frame.add("moved.html.jinja", page, target=target, canonical=frame.absolute(page_url))


def _add_page(
    frame: Frame,
    analysis: ShownAnalysis,
    result: ShownResult,
    note: VersionNote,
    name: str,
    following: str,
) -> None:
    folder = f"{result.url.removesuffix('index.html')}v/{name}/"
    old = _old(result, note)
    files, drawing = _files(frame, old, folder) if old is not None else ((), None)
    title = old.loaded.record.title if old is not None else result.card.title
    page = frame.page(
        f"{folder}index.html",
        f"{plain(title)}, version {plain(note.version)}",
        f"An earlier version of {plain(result.card.title)}, of {day(note.harvested)}.",
        section="results",
        **(describe_version(frame, analysis, old, folder, note) if old is not None else {}),
    )
    because = f" {plain(note.reason)}" if note.reason else ""
    licence = old.loaded.record.licence if old is not None else None
    frame.add(
        "version.html.jinja",
        page,
        trail=[
            Link(f"{page.root}index.html", frame.model.config.title),
            Link(page.root + analysis.url, analysis.record.title),
            Link(page.root + result.url, result.card.title),
        ],
        notice=Notice(
            f"**This is not the current version.** On {day(note.ended)} version {plain(following)} took its "
            f"place.{because}",
            "warn",
        ),
        latest=page.root + result.url,
        drawing=drawing,
        downloads=files,
        missing="" if old is not None else "Its numbers are no longer kept; the digest identifies them.",
        record=facts(
            fact("Identifier", code(f"{result.id}@{note.version}")),
            fact("Released" if note.release else "Harvested", day(note.harvested), code(note.commit)),
            fact("Release", code(note.release)) if note.release else None,
            fact("Status", note.status),
            fact("Licence", link(licence_words(licence), licence_url(licence) or "")) if licence else None,
            fact("Digest", code(note.digest)),
        ),
    )


def _old(result: ShownResult, note: VersionNote) -> ShownResult | None:
    """Return an earlier content of a result, ``None`` when it is not kept or cannot be read."""
    folder = past_folder(result.folder.parents[2] / PAST_DIR, result.card.result, note)
    old = replace(result, source=replace(result.source, folder=folder))
    try:
        _ = old.loaded.curve
    except (FairportError, OSError):
        return None
    return old


def _files(frame: Frame, old: ShownResult, folder: str) -> tuple[tuple[Link, ...], Drawing | None]:
    """Keep the files of an earlier version and draw it; what may not be handed on is drawn only."""
    links = []
    record = old.loaded.record
    if may_redistribute(record.licence):
        if record.data is not None:
            gzip = record.data.media_type == "application/gzip"
            name = f"{record.id}.csv.gz" if gzip else f"{record.id}.csv"
            frame.files[folder + name] = (old.folder / record.data.path).read_bytes()
            links.append(Link(name, "CSV", download=True, first=True))
        frame.files[f"{folder}result.yaml"] = (old.folder / RESULT_FILE).read_bytes()
        links.append(Link("result.yaml", "YAML", download=True))
    drawing, document = draw_one(frame.model, old, prefix="version") or (None, "")
    if drawing is not None:
        frame.files[f"{folder}figure.svg"] = document
        links.append(Link("figure.svg", "SVG", download=True))
    return tuple(links), drawing


__all__ = ["add_versions"]
