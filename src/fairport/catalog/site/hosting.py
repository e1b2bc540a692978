"""What a web server says beside the pages: security headers, media types, typed links; once, for all hosts.

``_headers`` is read by hosts that know it (Netlify, Cloudflare Pages and others); for nginx and Apache the
how-to has recipes, which a test holds to what stands here.
"""

from __future__ import annotations

from typing import Final

from fairport.catalog.machines.dossier import CRATE_FILE, CRATE_PROFILE, LINKSET_JSON, LINKSET_TEXT
from fairport.contract.registry import CatalogueConfiguration

HEADERS_FILE: Final = "_headers"

SECURITY: Final = {
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Content-Security-Policy": "frame-ancestors 'self'",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""Headers of every answer. Each page brings its own policy for scripts and styles; this adds what only a
header can say."""

SHARED: Final = {"Access-Control-Allow-Origin": "*"}
"""Headers of a public catalogue: notebooks and other sites may read its numbers."""

MEDIA_TYPES: Final = {
    LINKSET_JSON: "application/linkset+json",
    LINKSET_TEXT: "application/linkset",
    CRATE_FILE: "application/ld+json",
    "run-crate.json": "application/ld+json",
    "*.jsonld": "application/ld+json",
    "*.yaml": "application/yaml",
    "*.bib": "application/x-bibtex",
    "*.csv": "text/csv; charset=utf-8",
    "*.parquet": "application/vnd.apache.parquet",
    "*.sqlite": "application/vnd.sqlite3",
    "*.atom": "application/atom+xml",
}
"""Media types that servers do not know by themselves, by file name."""

PAGES: Final = ("/r/:analysis/:result/", "/a/:analysis/", "/p/:plane/", "/x/:experiment/")
"""Pages with a link set and a crate beside them, as ``_headers`` names places that vary."""

LINK: Final = ", ".join(
    (
        f'<{LINKSET_JSON}>; rel="linkset"; type="application/linkset+json"',
        f'<{LINKSET_TEXT}>; rel="linkset"; type="application/linkset"',
        f'<{CRATE_FILE}>; rel="describedby"; type="application/ld+json"; profile="{CRATE_PROFILE}"',
    )
)
"""Typed links of such a page (FAIR Signposting), relative to it; its head and its link set have all."""


def headers_file(config: CatalogueConfiguration) -> str:
    """Return ``_headers``; a private catalogue is shared with nobody and indexed by nobody."""
    everywhere = SECURITY | ({"X-Robots-Tag": "noindex, nofollow"} if config.private else SHARED)
    blocks = [("/*", everywhere)]
    if config.url:
        blocks += [(page + name, {"Link": LINK}) for page in PAGES for name in ("", "index.html")]
    blocks += [
        (f"/{name}" if "*" in name else f"/*/{name}", {"Content-Type": kind})
        for name, kind in MEDIA_TYPES.items()
    ]
    return "\n".join(_block(path, headers) for path, headers in blocks)


def _block(path: str, headers: dict[str, str]) -> str:
    return "".join((f"{path}\n", *(f"  {name}: {value}\n" for name, value in headers.items())))


__all__ = ["HEADERS_FILE", "LINK", "MEDIA_TYPES", "SECURITY", "SHARED", "headers_file"]
