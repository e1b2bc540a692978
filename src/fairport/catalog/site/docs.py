"""The narrative pages: MkDocs with the Material theme, run as a process of its own.

``site/docs`` holds what people write. The reference pages of commands, rules and schemas are generated into
a copy of it, so that they can never lag behind; nothing generated is kept. No plugin and no hook carries
Fairport's logic, so that the pages build with any engine that reads ``mkdocs.yml``.

Run as a program it builds the documentation alone: ``python -m fairport.catalog.site.docs build/docs``.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from fairport.catalog.site.schemadocs import schema_pages
from fairport.contract.digests import canonical_digest, files_digest
from fairport.contract.errors import FairportError, ToolError
from fairport.contract.files import sha256_file
from fairport.contract.loading import load_yaml
from fairport.contract.resources import schemas_root, site_root
from fairport.contract.saving import dump_json

SECONDS: Final = 300
_OPEN_FOLDERS: Final = ("how-to", "explanation")
_SEARCH: Final = ("lunr", "workers")  # the search of the theme, which needs a web server
_CHECKBOX: Final = re.compile(r'<input class="md-[^<>]*type="checkbox"[^<>]*>')
_INLINE: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_CHARSET: Final = re.compile(r'<meta charset="utf-8">')
WIDE: Final = 4
"""Columns from which a table has no room on a phone."""

_TABLE: Final = re.compile(r"<table>.*?</table>", re.DOTALL)
_HEADING: Final = re.compile(r"<th[^>]*>(.*?)</th>", re.DOTALL)
_ROW: Final = re.compile(r"<tr>.*?</tr>", re.DOTALL)
_CELL: Final = re.compile(r"<td(?=[ >])")
_TAG: Final = re.compile(r"<[^>]*>")
_DROPPED: Final = ("sitemap.xml", "sitemap.xml.gz", "404.html")


@dataclass(frozen=True, slots=True)
class DocsContext:
    """What the pages need to know of the catalogue around them.

    Attributes:
        title: name of the catalogue, shown in the header.
        url: where the documentation is published.
        note: sentence of the footer.
        search: whether the catalogue has a search page.
    """

    title: str
    url: str | None
    note: str
    search: bool = False


def build_docs(destination: Path, context: DocsContext | None = None) -> None:
    """Build the narrative pages into ``destination``.

    Args:
        destination: folder to fill; it is replaced.
        context: the catalogue around the pages; without it they stand alone.

    Raises:
        ToolError: MkDocs failed; its last lines are told.
    """
    with tempfile.TemporaryDirectory(prefix="fairport-docs-") as folder:
        work = Path(folder)
        shutil.copytree(site_root() / "docs", work / "docs")
        _generate(work / "docs")
        config = work / "mkdocs.yml"
        config.write_text(dump_json(_configuration(work, context)), encoding="utf-8")
        _run_mkdocs(config, destination)
    for name in _DROPPED:
        (destination / name).unlink(missing_ok=True)
    for name in _SEARCH:
        shutil.rmtree(destination / "assets" / "javascripts" / name, ignore_errors=True)
    for path in destination.rglob("*.map"):
        path.unlink()
    for path in destination.rglob("*.html"):
        path.write_text(with_policy(stackable(conforming(path.read_text("utf-8")))), encoding="utf-8")


def conforming(page: str) -> str:
    """Return a page of the theme without the attributes that HTML does not allow where the theme puts them.

    These are an empty ``tabindex``, ``autocomplete`` of a checkbox and ``for`` of a label without its field.
    """
    page = page.replace(' tabindex=""', "").replace(' style="text-align: right;"', ' class="fp-num"')
    page = _CHECKBOX.sub(lambda field: field[0].replace(' autocomplete="off"', ""), page)
    if ' id="__toc"' not in page:
        page = page.replace(' for="__toc"', "")
    return page


def stackable(page: str) -> str:
    """Return a page whose wide tables name the column in each cell, so that phones show a row as a list."""
    return _TABLE.sub(_labelled, page)


def _labelled(table: re.Match[str]) -> str:
    head, _, body = table[0].partition("<tbody>")
    names = [_TAG.sub("", name).strip().replace('"', "&quot;") for name in _HEADING.findall(head)]
    if len(names) < WIDE or not all(names):
        return table[0]

    def row(found: re.Match[str]) -> str:
        labels = iter(names)
        return _CELL.sub(lambda _: f'<td data-label="{next(labels, "")}"', found[0])

    return f"<table data-stack{head.removeprefix('<table')}<tbody>{_ROW.sub(row, body)}"


def with_policy(page: str) -> str:
    """Return a page of the theme with a policy that allows the site's own files and its few inline scripts,
    these by their digests.
    """
    scripts = [match[1] for match in _INLINE.finditer(page)]
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts)
    allowed = " ".join(["'self'", *dict.fromkeys(f"'sha256-{digest}'" for digest in digests)])
    policy = (
        f"default-src 'none'; script-src {allowed}; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'"
    )
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return _CHARSET.sub(lambda tag: tag[0] + meta, page, count=1)


def docs_digest(context: DocsContext | None) -> str:
    """Return the digest of everything that the pages are made from."""
    here, package = Path(__file__).resolve().parent, Path(__file__).resolve().parents[2]
    sources = [*_files(site_root()), *_files(schemas_root()), *_files(package / "check" / "rules")]
    sources += [here / "docs.py", here / "schemadocs.py", *_files(package / "cli")]
    digest = files_digest((str(path), sha256_file(path)) for path in sources)
    versions = {name: version(name) for name in ("fairport", "mkdocs", "mkdocs-material", "markdown")}
    shown = [context.title, context.url, context.note, context.search] if context else None
    return canonical_digest({"sources": digest, "versions": versions, "context": shown})[7:39]


def _files(root: Path) -> list[Path]:
    skipped = {"__pycache__", "frontend", ".cache"}
    return sorted(p for p in root.rglob("*") if p.is_file() and not skipped.intersection(p.parts))


def _generate(docs: Path) -> None:
    """Write the reference pages of commands, rules and schemas."""
    from fairport.check.docs import write_docs

    write_docs(docs / "reference" / "rules")
    (docs / "reference" / "cli.md").write_text(_command_line(), encoding="utf-8")
    for name, text in schema_pages().items():
        target = docs / "reference" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def _command_line() -> str:
    """Return the reference of the command line, which the program writes itself."""
    return _run([sys.executable, "-m", "fairport.cli.reference"], "the program could not describe itself")


def _configuration(work: Path, context: DocsContext | None) -> dict[str, Any]:
    """Return ``site/mkdocs.yml`` with absolute paths and what the catalogue adds."""
    config: dict[str, Any] = dict(load_yaml(site_root() / "mkdocs.yml").data)
    config["docs_dir"] = str(work / "docs")
    config["theme"] = {**config["theme"], "custom_dir": str(site_root() / "overrides")}
    config["nav"] = [_completed(section, work / "docs") for section in config["nav"]]
    if context is not None:
        config["strict"] = False  # a catalogue is not held up by a loose link in the documentation
        config["extra"] = {
            **config.get("extra", {}),
            "catalogue": {"title": context.title, "note": context.note, "search": context.search},
        }
        config["site_url"] = context.url or ""
    return config


def _completed(section: dict[str, Any], docs: Path) -> dict[str, Any]:
    """Add the pages of a section's folder that ``nav`` does not name, so that none is out of reach."""
    ((title, pages),) = section.items()
    if not isinstance(pages, list):
        return section
    named = [next(iter(page.values())) for page in pages]
    folder = str(Path(named[0]).parent)
    if folder not in _OPEN_FOLDERS:
        return section
    found = sorted(f"{folder}/{path.name}" for path in (docs / folder).glob("*.md"))
    return {title: [*pages, *(name for name in found if name not in named)]}


def _run_mkdocs(config: Path, destination: Path) -> None:
    shutil.rmtree(destination, ignore_errors=True)
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "-f", str(config), "-d", str(destination)]
    _run(command, "MkDocs could not build the narrative pages")


def _run(command: list[str], failure: str) -> str:
    """Run a program of this environment and return its output.

    Raises:
        ToolError: it cannot be run or fails; its last lines are told.
    """
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": "0", "PYTHONWARNINGS": "ignore"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, env=environment, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolError(failure, why=str(error)[:300], mend="fairport doctor") from None
    if done.returncode != 0:
        tail = "; ".join((done.stdout + done.stderr).strip().splitlines()[-3:])
        raise ToolError(failure, why=tail[:600])
    return done.stdout


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m fairport.catalog.site.docs OUTDIR")
    try:
        build_docs(Path(sys.argv[1]).resolve())
    except FairportError as error:
        sys.exit(f"error: {error}")
