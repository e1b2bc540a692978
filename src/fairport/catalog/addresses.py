"""Which repository addresses a catalogue accepts, and which links its pages may carry."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, urlsplit

PROTOCOLS: Final = ("https", "ssh", "file")
"""What git may speak: ``ext`` and ``fd`` run commands, ``http`` and ``git`` are not authentic."""

_SCP: Final = re.compile(r"(?P<user>[A-Za-z0-9._-]+)@(?P<host>[A-Za-z0-9.-]+):(?P<path>[^-\s][^\s]*)")
_CONTROL: Final = re.compile(r"[\x00-\x20\x7f]")


def is_address(text: str) -> bool:
    """Tell whether ``text`` looks like a git URL rather than a path."""
    return "://" in text or "::" in text or _SCP.fullmatch(text) is not None


def refusal(address: str) -> str | None:
    """Return why a git address is not accepted, or ``None`` when it is."""
    if address.startswith("-") or _CONTROL.search(address):
        return "the address is malformed"
    if _SCP.fullmatch(address):
        return None
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return "the address is malformed"
    if parts.scheme.lower() not in PROTOCOLS or "::" in address.split("/", 1)[0]:
        return f"only {', '.join(PROTOCOLS)} addresses are fetched"
    if parts.scheme.lower() != "file" and (not host or host.startswith("-")):
        return "the address names no host"
    if parts.password:
        return "the address holds a password: keep it in a credential helper"
    return None


def repository_name(address: str) -> str:
    """Return the last part of an address without ``.git``."""
    return re.sub(r"\.git/*$", "", address.rstrip("/")).rstrip("/").rsplit("/", 1)[-1].rsplit(":", 1)[-1]


def without_credentials(address: str) -> str:
    """Return an address without the user of a web address and without any password."""
    address = re.sub(r"(?i)^(https?://)[^/@\s]*@", r"\1", address)
    return re.sub(r"//([^/@:\s]*):[^/@\s]*@", r"//\1@", address)


def web_address(address: str | None) -> str | None:
    """Return the page of a repository as an https link where its git address tells it, else ``None``."""
    if not address:
        return None
    scp = _SCP.fullmatch(address)
    if scp:
        address = f"https://{scp['host']}/{scp['path'].lstrip('/')}"
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in {"https", "http", "ssh"} or not host:
        return None
    return safe_link(f"https://{host}{re.sub(r'[.]git/*$', '', parts.path)}")


def safe_link(text: str | None) -> str | None:
    """Return ``text`` as a link target if it is one that a page may carry, else ``None``.

    http, https and mailto pass; ``doi:`` and ``arXiv:`` become links to their resolvers. Everything else
    (``javascript:``, ``data:``, relative paths, control characters) does not.
    """
    if not text or len(text) > 2000:
        return None
    text = text.strip()
    if _CONTROL.search(text):
        return None
    lower = text.lower()
    if lower.startswith("doi:") or re.fullmatch(r"10\.\d{4,9}/.+", text):
        return "https://doi.org/" + quote(text[4:] if lower.startswith("doi:") else text, safe="/:;().")
    if re.fullmatch(r"arxiv:\S+", lower):
        return "https://arxiv.org/abs/" + quote(text[6:], safe="/.")
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme.lower() in {"http", "https"} and host and not parts.username:
        return text
    if parts.scheme.lower() == "mailto" and "@" in parts.path and "?" not in text:
        return text
    return None
