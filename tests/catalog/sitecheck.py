"""Looks at every page of a built site as a browser's parser would, without a browser."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
LOADING = {"img": "src", "script": "src", "iframe": "src", "source": "src", "object": "data", "embed": "src"}


class Page(HTMLParser):
    """Collects what matters of one page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.problems: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.json_ld: list[str] = []
        self.text: list[str] = []
        self.tags: list[str] = []
        self.attributes: dict[str, dict[str, str | None]] = {}
        self._open: list[str] = []
        self._script: dict[str, str | None] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if len(found) != len(attrs):
            self.problems.append(f"<{tag}> has an attribute twice")
        self.tags.append(tag)
        self.attributes.setdefault(tag, found)
        if tag not in VOID:
            self._open.append(tag)
        for name, value in found.items():
            if name.startswith("on") or name == "srcdoc":
                self.problems.append(f"<{tag}> has {name}={value!r}")
        if "id" in found:
            self.ids.append(found["id"] or "")
        if "href" in found and tag in {"a", "area"}:
            self.links.append(found["href"] or "")
        if tag == "link" and found.get("rel") in {"stylesheet", "icon"}:
            self.loads.append(found.get("href") or "")
        if tag in LOADING and LOADING[tag] in found:
            self.loads.append(found[LOADING[tag]] or "")
        if tag == "script":
            self._script = found
            if "src" not in found and found.get("type") not in {"application/ld+json", "application/json"}:
                self.problems.append("an inline script")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self._open or self._open[-1] != tag:
            self.problems.append(f"</{tag}> closes {self._open[-1:] or 'nothing'}")
            while self._open and self._open[-1] != tag:
                self._open.pop()
        if self._open:
            self._open.pop()
        if tag == "script":
            self._script = None

    def handle_data(self, data: str) -> None:
        if self._script is not None:
            if self._script.get("type") == "application/ld+json":
                self.json_ld.append(data)
        else:
            self.text.append(data)

    def close(self) -> None:
        super().close()
        self.problems += [f"<{tag}> is not closed" for tag in self._open]


def read_page(path: Path) -> Page:
    """Parse one page."""
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    page.close()
    return page


def record_pages(site: Path) -> list[Path]:
    """Return the pages that Fairport renders itself."""
    return sorted(path for path in site.rglob("*.html") if "docs" not in path.relative_to(site).parts)


def problems(site: Path) -> list[str]:
    """Return everything that is wrong with the record pages of a site."""
    found = []
    for path in record_pages(site):
        page = read_page(path)
        name = path.relative_to(site).as_posix()
        found += [f"{name}: {problem}" for problem in page.problems]
        twice = {identifier for identifier in page.ids if page.ids.count(identifier) > 1}
        found += [f"{name}: the id {identifier} stands twice" for identifier in sorted(twice)]
        found += [f"{name}: {problem}" for problem in _links(site, path, page)]
        found += [f"{name}: not one {tag}" for tag in ("h1", "main") if page.tags.count(tag) != 1]
        if page.tags[: page.tags.index("body")].count("title") != 1:
            found.append(f"{name}: not one title")
        if page.attributes["html"].get("lang") != "en":
            found.append(f"{name}: no language")
        for text in page.json_ld:
            json.loads(text)
    return found


def _links(site: Path, path: Path, page: Page) -> list[str]:
    found = [f"loads {target}" for target in page.loads if urlsplit(target).scheme or target[:2] == "//"]
    for target in [*page.links, *page.loads]:
        parts = urlsplit(target)
        if parts.scheme in {"https", "http", "mailto"}:
            continue
        if parts.scheme or parts.netloc:
            found.append(f"links to {target}")
        elif parts.path:
            file = (path.parent / unquote(parts.path)).resolve()
            if not file.is_file() or not file.is_relative_to(site.resolve()):
                found.append(f"dead link {target}")
        elif parts.fragment and parts.fragment not in page.ids:
            found.append(f"dead anchor {target}")
    return found
