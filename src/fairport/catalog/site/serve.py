"""Look at a built site on this machine."""

from __future__ import annotations

import gzip
import re
import sys
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from fairport.catalog.machines.dossier import LINKSET_JSON
from fairport.catalog.site.hosting import LINK, MEDIA_TYPES, SECURITY, SHARED
from fairport.contract.errors import UsageError

_HEADERS: Final = {
    **{name: value for name, value in SECURITY.items() if name != "Strict-Transport-Security"},
    **SHARED,
}
_MISSING: Final = (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Not here</title>'
    '<link rel="icon" type="image/svg+xml" href="/assets/favicon.svg">'
    '<link rel="stylesheet" href="/assets/fairport.css"></head><body class="fp"><main class="fp-main">'
    "<h1>This page is not here</h1><p>The address may be mistyped, or what stood here has left the "
    'catalogue. <a href="/index.html">Go to the front page</a>, look through the '
    '<a href="/r/index.html">results</a>, or see the '
    '<a href="/status/index.html">state of the last harvest</a>.</p></main></body></html>\n'
)
"""Stands in for ``404.html``, which a site has once it is known where it will be published."""

_TEXT: Final = re.compile(r"^text/|json$|xml$|javascript$")
_MAX_COMPRESSED: Final = 5_000_000
"""Bytes above which nobody should wait until a file is compressed."""

_HOME: Final = re.compile(r'<link rel="icon"[^>]* href="([^"]*)assets/favicon\.svg">')
_PAGE: Final = re.compile(r"/(r/[^/]+/[^/]+|a/[^/]+|p/[^/]+|x/[^/]+)/")


class _Handler(SimpleHTTPRequestHandler):
    """Serves files quietly, with the headers and media types of the recipes for web servers; nothing is
    cached, dot files and listings are not shown.
    """

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        folder = self.path.split("?")[0].removesuffix("index.html")
        if _PAGE.fullmatch(folder) and Path(self.translate_path(folder), LINKSET_JSON).is_file():
            self.send_header("Link", LINK)
        super().end_headers()

    def guess_type(self, path: str | PathLike[str]) -> str:
        """Return the media type of a file, also where Python does not know it."""
        name = Path(path).name
        kind = MEDIA_TYPES.get(name) or MEDIA_TYPES.get(f"*{Path(path).suffix}")
        return kind or ("text/html; charset=utf-8" if name.endswith(".html") else super().guess_type(path))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - name of the base class
        """Say nothing."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer with the page that the published site shows for a missing one, its links brought here."""
        if code != HTTPStatus.NOT_FOUND:
            super().send_error(code, message, explain)
            return
        content = _missing(Path(self.directory)).encode()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def send_head(self):  # type: ignore[no-untyped-def]
        """Refuse dot files; compress what a server for publishing would compress."""
        if any(part.startswith(".") for part in unquote(self.path.split("?")[0]).split("/")):
            self.send_error(404)
            return None
        content = self._compressed()
        if content is None:
            return super().send_head()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", self.guess_type(self._file))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Vary", "Accept-Encoding")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        return BytesIO(content)

    @property
    def _file(self) -> str:
        """The file that an address means."""
        path = self.translate_path(self.path)
        return f"{path}index.html" if path.endswith("/") else path

    def _compressed(self) -> bytes | None:
        """Return the content of a text in gzip, ``None`` where it goes out as it is."""
        kind = self.guess_type(self._file).partition(";")[0]
        if "gzip" not in self.headers.get("Accept-Encoding", "") or not _TEXT.search(kind):
            return None
        try:
            path = Path(self._file)
            return gzip.compress(path.read_bytes(), 6) if path.stat().st_size <= _MAX_COMPRESSED else None
        except OSError:
            return None

    def list_directory(self, path: object) -> None:
        """Never list a folder."""
        self.send_error(404)


class _Server(ThreadingHTTPServer):
    """A server that says nothing of a browser that left before it had everything."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over a broken connection: a reader went on to another page."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def _missing(root: Path) -> str:
    """Return the page for addresses without one, with links to this server."""
    try:
        page = (root / "404.html").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return _MISSING
    home = _HOME.search(page)
    return page.replace(f'"{home[1]}', '"/') if home is not None and home[1] else page


def make_server(root: Path, port: int) -> ThreadingHTTPServer:
    """Return a server of ``root`` on the loopback address; ``port`` 0 takes a free one.

    Raises:
        UsageError: there is no site, or the port is taken.
    """
    if not (root / "index.html").is_file():
        raise UsageError("there is no built site here", where=root, mend="run `fairport catalog build` first")
    try:
        return _Server(("127.0.0.1", port), partial(_Handler, directory=str(root)))
    except OSError as error:
        raise UsageError(
            f"port {port} cannot be used", why=error.strerror, mend="give another with --port"
        ) from None
