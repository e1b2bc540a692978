"""Look at a built site on this machine."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

from fairport.contract.errors import UsageError


class _Handler(SimpleHTTPRequestHandler):
    """Serves files quietly; nothing is cached, dot files and listings are not shown."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - name of the base class
        """Say nothing."""

    def send_head(self):  # type: ignore[no-untyped-def]
        """Refuse dot files."""
        if any(part.startswith(".") for part in unquote(self.path.split("?")[0]).split("/")):
            self.send_error(404)
            return None
        return super().send_head()

    def list_directory(self, path: object) -> None:
        """Never list a folder."""
        self.send_error(404)


def make_server(root: Path, port: int) -> ThreadingHTTPServer:
    """Return a server of ``root`` on the loopback address; ``port`` 0 takes a free one.

    Raises:
        UsageError: there is no site, or the port is taken.
    """
    if not (root / "index.html").is_file():
        raise UsageError("there is no built site here", where=root, mend="run `fairport catalog build` first")
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, directory=str(root)))
    except OSError as error:
        raise UsageError(
            f"port {port} cannot be used", why=error.strerror, mend="give another with --port"
        ) from None
