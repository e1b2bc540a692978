"""Addresses that outlive what stood there: tombstones, withheld numbers, and redirects of renamed ids."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Final

from fairport.catalog.harvest.tombstones import Tombstone, read_tombstones
from fairport.catalog.licences import licence_url
from fairport.catalog.machines.dossier import Dossier
from fairport.catalog.machines.dossiers import description, site_of
from fairport.catalog.machines.gatherings import GATHERED
from fairport.catalog.machines.records import describe
from fairport.catalog.model import SiteModel
from fairport.catalog.pages.failures import missing_entries
from fairport.catalog.pages.frame import Frame
from fairport.catalog.pages.lots import Lot
from fairport.catalog.parts import Fact, Link, Value, code, fact, facts
from fairport.catalog.prose import plain
from fairport.catalog.registry import PLANES_DIR
from fairport.catalog.site.release import Release
from fairport.catalog.site.rendering import day
from fairport.contract.errors import FairportError
from fairport.contract.structure import unstructure
from fairport.results.planes import Planes

MAX_GONE: Final = 100
"""Results that were in a plane and that its page names."""

PLANE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,100}")
_SECTIONS: Final = {"r": ("results", "Results"), "a": ("analyses", "Analyses"), "p": ("planes", "Planes")}


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A page in the place of something that is not shown.

    Attributes:
        url: page relative to the root of the site.
        title: its title.
        word: what happened, as the first word of the notice.
        reason: why, in a sentence.
        what: known metadata; never a number of the result.
        instead: where to go on.
        since: when that happened (RFC 3339, UTC), where it is known.
    """

    url: str
    title: str
    word: str
    reason: str
    what: tuple[Fact, ...] = ()
    instead: Link | None = None
    since: str | None = None


def gone_lots(model: SiteModel, found: Sequence[Release]) -> Iterator[Lot]:
    """Yield the pages of withdrawn entries, vanished and withheld results by entry, and the redirects.

    Args:
        model: the catalogue.
        found: its releases.
    """
    taken = _live(model) | {item.url for item in missing_entries(model)}
    groups: dict[str, list[Withdrawal]] = {}
    for item in _withdrawals(model, found, taken):
        groups.setdefault("/".join(item.url.split("/")[:2]), []).append(item)
    for name, items in groups.items():
        told = [[unstructure(item), item.since or model.time] for item in items]
        urls = tuple(item.url for item in items)
        yield Lot(f"gone/{name}", partial(_add_all, items), facts=told, unlisted=urls)
    moved = redirects(model, taken, read_tombstones(model.catalogue.root).values())
    if moved:
        yield Lot("moved", partial(_add_redirects, moved), facts=moved, unlisted=tuple(moved))


def _add_redirects(moved: Mapping[str, str], frame: Frame) -> None:
    for former, target in moved.items():
        page = frame.page(former, "Moved", "This page has a new address.")
        frame.add("moved.html.jinja", page, target=page.root + target, canonical=frame.absolute(target))


def redirects(model: SiteModel, taken: set[str], stones: Iterable[Tombstone]) -> dict[str, str]:
    """Return old page to new page; an address in use is never redirected, and the first claim counts.

    What is gone by now is led to as well: its page tells why.

    Args:
        model: the catalogue.
        taken: pages that are there; every page found is added to it.
        stones: tombstones, which know the former identifiers of what is gone.
    """
    found: dict[str, str] = {}
    there = sorted(taken)

    def claim(former: str, target: str) -> None:
        if former not in taken and former != target:
            taken.add(former)
            found[former] = target

    renamed = [(result.state.former_ids, result.url) for result in model.results]
    renamed += [(stone.former_ids, f"{_section(stone.id)}/{stone.id}/index.html") for stone in stones]
    for formers, target in renamed:
        for former in formers:
            claim(f"{_section(former)}/{former.partition('@')[0]}/index.html", target)
    for entry in model.catalogue.entries:
        for former in entry.former_ids:
            for part in ("a", "r"):
                prefix = f"{part}/{entry.id}/"
                for page in there[bisect_left(there, prefix) : bisect_left(there, f"{part}/{entry.id}0")]:
                    claim(f"{part}/{former}/{page.removeprefix(prefix)}", page)
    return found


def _section(identifier: str) -> str:
    """Return where the page of a result (``<analysis>/<result>``) or an analysis stands."""
    return "r" if "/" in identifier else "a"


def _live(model: SiteModel) -> set[str]:
    return {result.url for result in model.results} | {analysis.url for analysis in model.analyses}


def _withdrawals(model: SiteModel, found: Sequence[Release], taken: set[str]) -> Iterator[Withdrawal]:
    """Yield the pages in the order of what is known best: withdrawn entries, withheld results, tombstones."""
    stones = read_tombstones(model.catalogue.root)
    planes = Planes(model.catalogue.root / PLANES_DIR)
    told = (_withdrawn(model, stones), _withheld(model, planes), _tombstones(model, stones, planes))
    for item in chain(*told, _emptied(model, found, stones.values(), planes)):
        if item.url not in taken:
            taken.add(item.url)
            yield item


def _withdrawn(model: SiteModel, stones: Mapping[str, Tombstone]) -> Iterator[Withdrawal]:
    entries = {entry.id: entry for entry in model.catalogue.entries}
    for state in model.states:
        if state.state == "withdrawn":
            since = stones[state.id].date if state.id in stones else state.checked
            entry, stone = entries.get(state.id), stones.get(state.id)
            title = entry.title if entry is not None and entry.title else stone.title if stone else None
            its = [one for name, one in stones.items() if name.startswith(f"{state.id}/")]
            links = (Value(one.title or one.id, f"../../r/{one.id}/index.html") for one in its[:MAX_GONE])
            yield Withdrawal(
                f"a/{state.id}/index.html",
                title or state.id,
                "Withdrawn.",
                state.reason or "",
                facts(fact("Identifier", code(state.id)), fact("Since", day(since)), fact("Results", *links)),
                since=since,
            )


def _withheld(model: SiteModel, planes: Planes) -> Iterator[Withdrawal]:
    """Yield a page for each result whose numbers are withheld: what it is, and nothing of what it says."""
    for analysis in model.analyses:
        if analysis.withheld is None:
            continue
        for item in analysis.state.results:
            if item.id is None:
                continue
            yield Withdrawal(
                f"r/{analysis.id}/{item.id}/index.html",
                item.title or item.id,
                "Withheld.",
                f"The numbers are withheld: {analysis.withheld}.",
                facts(
                    fact("Identifier", code(f"{analysis.id}/{item.id}")),
                    fact("Kind", item.kind),
                    fact("Plane", _plane(planes, item.plane)),
                    fact("Version", item.version),
                ),
                Link(analysis.url, analysis.record.title),
                analysis.state.harvested,
            )


def _tombstones(model: SiteModel, stones: Mapping[str, Tombstone], planes: Planes) -> Iterator[Withdrawal]:
    for stone in stones.values():
        prefix = "r" if stone.is_result else "a"
        owner = model.by_id.get(stone.id.partition("/")[0])
        yield Withdrawal(
            f"{prefix}/{stone.id}/index.html",
            stone.title or stone.id,
            "No longer here.",
            stone.reason,
            _facts(planes, stone),
            Link(owner.url, owner.record.title) if owner is not None and stone.is_result else None,
            stone.date,
        )


def _emptied(
    model: SiteModel, found: Sequence[Release], stones: Collection[Tombstone], planes: Planes
) -> Iterator[Withdrawal]:
    """Yield a page for each plane that had results once and has none now."""
    for name in sorted(_planes_before(model, found, stones) - {shown.plane.id for shown in model.planes}):
        gone = [stone for stone in stones if stone.plane == name and stone.is_result]
        yield Withdrawal(
            f"p/{name}/index.html",
            _plane_title(planes, name),
            "No results now.",
            "Results of this plane were here once; the catalogue shows none of them now.",
            facts(
                fact("Plane", code(name)),
                *(
                    fact("Gone", f"{stone.title or stone.id}, {day(stone.date)}", code(stone.id))
                    for stone in gone[:MAX_GONE]
                ),
            ),
            Link("p/index.html", "All planes"),
            max((stone.date for stone in gone), default=None),
        )


def _planes_before(model: SiteModel, found: Sequence[Release], stones: Iterable[Tombstone]) -> set[str]:
    """Return the planes in which something was shown or announced, as far as is known."""
    names = {stone.plane for stone in stones}
    for state in model.states:
        for item in state.results:
            if item.state == "withheld":
                names.add(item.plane)
            names.update(note.plane for note in item.versions)
    names |= {result.plane for release in found for result in release.results}
    return {name for name in names if name and PLANE.fullmatch(name)}


def _plane(planes: Planes, name: str | None) -> Value | None:
    """Return the plane of a result that is gone: its page is there, with or without results."""
    if not name or not PLANE.fullmatch(name):
        return Value(name) if name else None
    return Value(_plane_title(planes, name), f"../../../p/{name}/index.html")


def _plane_title(planes: Planes, name: str) -> str:
    try:
        return planes.get(name).title
    except FairportError:
        return name


def _facts(planes: Planes, stone: Tombstone) -> tuple[Fact, ...]:
    return facts(
        fact("Identifier", code(stone.id)),
        fact("Gone since", day(stone.date)),
        fact("Kind", stone.kind),
        fact("Plane", _plane(planes, stone.plane)),
        fact("Last version", stone.version),
        fact("Harvested", day(stone.harvested), code(stone.commit)),
        fact("Digest", code(stone.digest)),
    )


def _dossier(frame: Frame, item: Withdrawal) -> Dossier:
    """Return what machines are told: that it was there, what it was called, and why it is gone."""
    site, folder = site_of(frame.model.config), item.url.removesuffix("index.html")
    known = {label.label: label.values[0].text for label in item.what}
    title = plain(item.title)
    return Dossier(
        id=folder.partition("/")[2].rstrip("/"),
        folder=folder,
        title=title,
        description=description(f"{item.word} {plain(item.reason)}", title),
        version=plain(known.get("Version") or known.get("Last version") or "") or "not known",
        status="withheld" if item.word.startswith("Withheld") else "withdrawn",
        doi=None,
        published=item.since or frame.model.time,
        creators=(site.publisher,),
        keywords=("dark matter",),
        licence=site.licence,
        licence_url=licence_url(site.licence),
        access="metadata only access",
        beside=GATHERED,
    )


def _add_all(items: Iterable[Withdrawal], frame: Frame) -> None:
    for item in items:
        _add(frame, item)


def _add(frame: Frame, item: Withdrawal) -> None:
    section, title = _SECTIONS[item.url[0]]
    page = frame.page(
        item.url,
        plain(item.title),
        f"{item.word} {plain(item.reason)}",
        section=section,
        **describe(frame, _dossier(frame, item)),
    )
    root = page.root
    frame.add(
        "gone.html.jinja",
        page,
        trail=[
            Link(f"{root}index.html", frame.model.config.title),
            Link(f"{root}{item.url[0]}/index.html", title),
        ],
        word=item.word,
        reason=item.reason,
        what=item.what,
        instead=Link(root + item.instead.href, plain(item.instead.title)) if item.instead else None,
    )
