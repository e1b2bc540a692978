"""What tells of the catalogue as a whole: lists, the front page, files for machines, site maps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any, Final

from markupsafe import Markup

from fairport.catalog.browser.frontend import frontend_files
from fairport.catalog.drawings.drawing import Drawing
from fairport.catalog.machines.dossier import FileEntry
from fairport.catalog.machines.whole import (
    dcat_files,
    dcat_pages_of_results,
    entry_of,
    index_files,
    sitemap_files,
    whole_files,
)
from fairport.catalog.model import SiteModel
from fairport.catalog.pages.analysislist import analysis_lots
from fairport.catalog.pages.combinationlist import add_combinations
from fairport.catalog.pages.experiments import add_experiments, experiment_lots
from fairport.catalog.pages.failures import add_failures
from fairport.catalog.pages.frame import Frame
from fairport.catalog.pages.gone import gone_lots
from fairport.catalog.pages.home import add_home
from fairport.catalog.pages.lots import Lot
from fairport.catalog.pages.planes import add_planes
from fairport.catalog.pages.releases import add_releases
from fairport.catalog.pages.resultlist import result_lots
from fairport.catalog.pages.search import add_search
from fairport.catalog.pages.status import add_missing, add_status
from fairport.catalog.pages.wizard import add_wizard
from fairport.catalog.site.hosting import HEADERS_FILE, headers_file
from fairport.catalog.site.index import index_data, parts_of
from fairport.catalog.site.keys import Keys
from fairport.catalog.site.narrative import DOCS_MAP
from fairport.catalog.site.output import SiteWriter
from fairport.catalog.site.parcels import Kept, Parcel, Parcels
from fairport.catalog.site.pictures import unpack
from fairport.catalog.site.release import Release
from fairport.catalog.site.schemadocs import schema_path
from fairport.contract.errors import ToolError
from fairport.contract.resources import schemas_root, site_root
from fairport.contract.schemas import DOCUMENTS, validate

_ASSETS: Final = ("fairport.css", "theme.js", "favicon.svg")


class Overall:
    """Makes what tells of the catalogue as a whole, in three parts: pages of planes and analyses are made in
    other processes meanwhile. It comes into its place when everything else is there.

    Attributes:
        used: names of the parcels that belong to it.
        settled: parcels that are good once everything is in its place.
    """

    def __init__(
        self,
        model: SiteModel,
        writer: SiteWriter,
        parcels: Parcels,
        keys: Keys,
        found: Sequence[Release],
        kept: Kept,
        *,
        docs: bool,
    ) -> None:
        """Begin with nothing.

        Args:
            model: the catalogue.
            writer: writes the site.
            parcels: what earlier builds made.
            keys: keys of this build.
            found: releases of the catalogue, newest first.
            kept: takes over what is still good.
            docs: whether narrative pages are part of the site.
        """
        self._model, self._writer, self._parcels, self._keys = model, writer, parcels, keys
        self._releases, self._kept, self._docs = found, kept, docs
        self._frame: Frame
        self._entries: list[FileEntry] = []
        self._unlisted: set[str] = set()
        self._dcat: Iterator[tuple[str, str]] = iter(())
        self.used: set[str] = set()
        self.settled: list[Parcel] = []

    def begin(self) -> None:
        """Make what tells of the catalogue as a whole, as far as no page of a plane or an analysis is needed
        for it: it comes into its place when they are there.
        """
        for path, pieces in index_files(_index(self._model)):
            self._entries.append(entry_of(self._writer.put(path, pieces)))
        for path, text in whole_files(self._model, self._entries):
            self._writer.put(path, text)
        self._make_lots()
        self._frame = _pages(self._model, self._releases, docs=self._docs)
        self._put_assets()
        for path, content in frontend_files(self._model).items():
            self._writer.put(path, content)

    def describe_results(self) -> None:
        """Make what DCAT says of results; analyses and planes may still be in the making."""
        self._dcat = dcat_files(self._model, partial(self._parcels.texts, "dcat"))
        for path, content in islice(self._dcat, dcat_pages_of_results(self._model)):
            self._writer.put(path, content)

    def describe_analyses(self) -> None:
        """Make the rest of DCAT, for which analyses must be there."""
        for path, content in self._dcat:
            self._writer.put(path, content)

    def end(self) -> None:
        """Make the rest of it: the front page, what could not be shown, and site maps."""
        model, frame, entries = self._model, self._frame, self._entries
        add_failures(frame)
        add_status(frame)
        if model.config.url:
            add_missing(frame)
        small, figure = self._pictures()
        add_home(frame, entries, self._releases, figure, small)
        pages = {path for path in (*frame.files, *self._writer.paths) if _is_listed(path)}
        pages -= frame.unlisted | self._unlisted
        for path, content in sitemap_files(model, pages, [DOCS_MAP] if self._docs else ()):
            self._writer.put(path, content)
        for path, text in frame.files.items():
            self._writer.put(path, text)

    def _make_lots(self) -> None:
        """Make the pages of long lists that changed."""
        for lot in lots_of(self._model, self._releases):
            self._unlisted.update(lot.unlisted)
            name, key = f"l/{lot.name}", self._keys.lot(lot)
            if self._kept(name, key) is not None:
                continue
            frame = Frame(self._model, self._docs)
            lot.make(frame)
            files = tuple(self._writer.lay_aside(path, text) for path, text in sorted(frame.files.items()))
            self._writer.adopt(files)
            self.used.add(name)
            self.settled.append(Parcel(name, key, files))

    def _pictures(self) -> tuple[dict[str, Markup], Drawing | None]:
        """Return the small picture of each plane that has one, and the figure of the front page."""
        names = [shown.plane.id for shown in self._model.planes]
        texts = self._parcels.texts("json", [f"p/{name}" for name in names])
        found = dict(zip(names, map(unpack, texts), strict=True))
        small = {name: kept.thumbnail for name, kept in found.items() if kept.thumbnail is not None}
        return small, next((kept.figure for kept in found.values() if kept.figure is not None), None)

    def _put_assets(self) -> None:
        for name in _ASSETS:
            self._writer.put(f"assets/{name}", (site_root() / "docs" / "assets" / name).read_bytes())


def lots_of(model: SiteModel, found: Sequence[Release]) -> Iterator[Lot]:
    """Yield the pages of the catalogue as a whole that are kept in lots."""
    yield from analysis_lots(model)
    yield from result_lots(model)
    yield from experiment_lots(model)
    yield from gone_lots(model, found)


def _is_listed(path: str) -> bool:
    """Tell whether a page belongs into the sitemap: addresses of single versions only lead to others."""
    return path.endswith("index.html") and "/v/" not in path


def _index(model: SiteModel) -> dict[str, Any]:
    """Return the content of ``catalog.json``.

    Raises:
        ToolError: it does not meet its schema.
    """
    index = index_data(model)
    for part in parts_of(index):
        if problems := validate("index", part):
            raise ToolError("the index of the catalogue does not meet its schema", why=problems[0].message)
    return index


def _pages(model: SiteModel, found: Sequence[Release], *, docs: bool) -> Frame:
    """Render what depends on the catalogue as a whole, as far as it does not tell what could not be shown."""
    frame = Frame(model, docs)
    add_planes(frame)
    add_combinations(frame)
    add_experiments(frame)
    add_releases(frame, found)
    add_search(frame)
    add_wizard(frame)
    for name in (*DOCUMENTS, "common"):
        frame.files[schema_path(name)] = (schemas_root() / f"{name}.schema.json").read_bytes()
    robots = f"User-agent: *\n{'Disallow' if model.config.private else 'Allow'}: /\n"
    if model.config.url and not model.config.private:
        robots += f"Sitemap: {frame.absolute('sitemap.xml')}\n"
    frame.files["robots.txt"] = robots
    frame.files[HEADERS_FILE] = headers_file(model.config)
    return frame


__all__ = ["Overall"]
