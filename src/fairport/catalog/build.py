"""Build the site of a catalogue from what was harvested."""

from __future__ import annotations

import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from fairport.catalog.docs import DocsContext, build_docs, docs_digest
from fairport.catalog.figures import FigureStudio, PendingFigure
from fairport.catalog.index import index_data
from fairport.catalog.model import SiteModel, load_site
from fairport.catalog.output import SiteWriter
from fairport.catalog.pages.analyses import add_analyses
from fairport.catalog.pages.experiments import add_experiments
from fairport.catalog.pages.frame import Frame
from fairport.catalog.pages.home import add_home
from fairport.catalog.pages.planes import add_planes
from fairport.catalog.pages.results import add_results
from fairport.catalog.pages.status import add_missing, add_status
from fairport.catalog.registry import SITE_DIR, load_catalogue
from fairport.catalog.schemadocs import schema_path
from fairport.contract.errors import ToolError
from fairport.contract.progress import Progress, SilentProgress
from fairport.contract.resources import schemas_root, site_root
from fairport.contract.saving import dump_json
from fairport.contract.schemas import DOCUMENTS, validate

_ASSETS: Final = ("fairport.css", "theme.js", "favicon.svg")


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build made.

    Attributes:
        root: folder of the site.
        results: number of results shown.
        planes: number of planes with results.
        failures: number of entries of which nothing or only an older version is shown.
        written: files that changed.
        unchanged: files that were as they should be.
        removed: files of earlier builds that are gone.
        warnings: what could not be made, although the site is there.
    """

    root: Path
    results: int
    planes: int
    failures: int
    written: int
    unchanged: int
    removed: int
    warnings: tuple[str, ...] = ()

    @property
    def index(self) -> Path:
        """The front page."""
        return self.root / "index.html"


def build(
    root: Path,
    *,
    output: Path | None = None,
    clean: bool = False,
    docs: bool = True,
    jobs: int = 2,
    today: date | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Build the site of the catalogue in ``root``.

    The same harvest always gives the same bytes; files that need no change are not touched, and files that
    no page needs any more are removed. A record that cannot be shown becomes a card with its reason.

    Args:
        root: catalogue folder.
        output: folder of the site; by default ``site`` in the catalogue.
        clean: whether everything is built anew, without the cache of figures and narrative pages.
        docs: whether the narrative pages are part of the site.
        jobs: processes that draw figures.
        today: date (UTC) by which embargoes are measured; by default today.
        progress: receiver of progress.

    Raises:
        ConfigurationError: no catalogue, or nothing was harvested yet.
        DocumentError: ``catalog.yaml`` is not valid.
        UsageError: the output folder holds something that no build made.
    """
    catalogue = load_catalogue(root)
    progress = progress or SilentProgress()
    writer = SiteWriter(output if output is not None else catalogue.root / SITE_DIR)
    cache = catalogue.cache_root
    if clean:
        for name in ("drawings", "figures", "docs"):
            shutil.rmtree(cache / name, ignore_errors=True)
    model = load_site(catalogue, today=today or datetime.now(UTC).date())
    warnings: list[str] = []
    try:
        with ThreadPoolExecutor(max_workers=1) as pool, FigureStudio(cache / "figures", jobs=jobs) as studio:
            narrative = pool.submit(_narrative, cache / "docs", _docs_context(model)) if docs else None
            figures = [studio.order(model, shown) for shown in model.planes if shown.drawn]
            progress.step(f"Pages of {len(model.results)} results")
            frame = _pages(model, docs=docs)
            _put_assets(writer)
            for path in sorted(frame.files, key=_leaves_first):
                writer.put(path, frame.files[path])
            progress.step("Figures and narrative pages")
            warnings += [
                f"{entry}: {problem}" for entry in sorted(model.problems) for problem in model.problems[entry]
            ]
            warnings += [*_put_figures(writer, figures), *_put_docs(writer, narrative)]
            studio.prune()
        writer.finish()
        model.drawings.prune()
    finally:
        writer.close()
    for warning in warnings:
        progress.note(warning)
    return BuildReport(
        writer.root,
        len(model.results),
        len(model.planes),
        len(model.failures),
        writer.written,
        writer.unchanged,
        writer.removed,
        tuple(warnings),
    )


def _pages(model: SiteModel, *, docs: bool) -> Frame:
    """Render everything but the narrative pages and the matplotlib figures."""
    frame = Frame(model, docs)
    add_results(frame)
    add_analyses(frame)
    add_planes(frame)
    add_experiments(frame)
    add_status(frame)
    add_home(frame)
    index = index_data(model)
    problems = validate("index", index)
    if problems:
        raise ToolError("the index of the catalogue does not meet its schema", why=problems[0].message)
    frame.files["catalog.json"] = dump_json(index)
    for name in (*DOCUMENTS, "common"):
        frame.files[schema_path(name)] = (schemas_root() / f"{name}.schema.json").read_bytes()
    if model.config.url:
        add_missing(frame)
        frame.files["sitemap.xml"] = _sitemap(frame)
        frame.files["robots.txt"] = f"User-agent: *\nAllow: /\nSitemap: {frame.absolute('sitemap.xml')}\n"
    return frame


def _sitemap(frame: Frame) -> str:
    """Return the sitemap; a page of a result is as old as its record."""
    dates = {result.url: result.state.harvested for result in frame.model.results}
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
    ]
    for url in sorted(path for path in frame.files if path.endswith("index.html")):
        date_text = dates.get(url)
        modified = f"<lastmod>{escape(date_text[:10])}</lastmod>" if date_text else ""
        lines.append(f"<url><loc>{escape(frame.absolute(url) or '')}</loc>{modified}</url>")
    return "\n".join([*lines, "</urlset>", ""])


def _leaves_first(path: str) -> tuple[int, str]:
    """Sort so that a page is written after what it links to; the front page comes last."""
    return (0 if path.count("/") > 1 else 1 if "/" in path else 3 if path == "index.html" else 2, path)


def _put_assets(writer: SiteWriter) -> None:
    for name in _ASSETS:
        writer.put(f"assets/{name}", (site_root() / "docs" / "assets" / name).read_bytes())


def _put_figures(writer: SiteWriter, figures: list[PendingFigure]) -> list[str]:
    warnings = []
    for figure in figures:
        try:
            if figure.future is not None:
                figure.future.result()
        except Exception as error:  # noqa: BLE001 - a figure that fails must not cost the site
            warnings.append(f"the figures of {figure.plane} could not be drawn: {error}")
            continue
        for suffix, path in figure.files.items():
            writer.put(f"p/{figure.plane}/{figure.plane}.{suffix}", path.read_bytes())
    return warnings


def _docs_context(model: SiteModel) -> DocsContext:
    frame = Frame(model, docs=True)
    return DocsContext(model.config.title, frame.absolute("docs/"), frame.note)


def _narrative(cache: Path, context: DocsContext) -> Path:
    """Build the narrative pages, unless they are in the cache."""
    folder = cache / docs_digest(context)
    if not (folder / "index.html").is_file():
        scratch = cache / "new"
        build_docs(scratch, context)
        for old in cache.iterdir():
            if old != scratch:
                shutil.rmtree(old, ignore_errors=True)
        scratch.rename(folder)
    return folder


def _put_docs(writer: SiteWriter, narrative: Future[Path] | None) -> list[str]:
    if narrative is None:
        return []
    folder = narrative.result()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            writer.put("docs/" + path.relative_to(folder).as_posix(), path.read_bytes())
    return []
