"""The narrative pages in a site: built when they changed, kept otherwise."""

from __future__ import annotations

import shutil
from concurrent.futures import Future
from pathlib import Path
from typing import Final

from fairport.catalog.machines.dossier import Site
from fairport.catalog.machines.sitemaps import undated
from fairport.catalog.model import SiteModel
from fairport.catalog.pages.frame import Frame
from fairport.catalog.prose import plain, shortened
from fairport.catalog.site.docs import DocsContext, build_docs, docs_digest
from fairport.catalog.site.output import SiteWriter

DOCS_MAP: Final = "sitemap-docs-1.xml"


def docs_context(model: SiteModel) -> DocsContext:
    """Return what the narrative pages take from a catalogue."""
    frame = Frame(model, docs=True)
    title = shortened(plain(model.config.title), 200)
    return DocsContext(title, frame.absolute("docs/"), frame.note, frame.interactive)


def narrative_pages(cache: Path, context: DocsContext) -> Path:
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


def put_docs(writer: SiteWriter, narrative: Future[Path] | None, site: Site) -> None:
    """Put the narrative pages, if there are any, into a site once they are built, with their site map."""
    if narrative is None:
        return
    folder = narrative.result()
    files = {
        f"docs/{path.relative_to(folder).as_posix()}": path for path in folder.rglob("*") if path.is_file()
    }
    for name in sorted(files):
        writer.put(name, files[name].read_bytes())
    if site.url:
        writer.put(DOCS_MAP, undated(site, (name for name in files if name.endswith(".html"))))


__all__ = ["DOCS_MAP", "docs_context", "narrative_pages", "put_docs"]
