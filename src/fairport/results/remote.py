"""The network boundary of results: a record and its table, fetched by https and kept in the user's cache."""

from __future__ import annotations

import hashlib
import ipaddress
import socket
import time
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urljoin, urlsplit

from fairport.contract.constants import MAX_DOCUMENT_BYTES, MAX_TABLE_BYTES, RESULT_FILE
from fairport.contract.errors import DocumentError, UsageError
from fairport.contract.files import inside, read_bytes, write_atomic
from fairport.contract.loading import load_yaml
from fairport.interop.cache import cache_root
from fairport.results.offered import offered_table

MAX_HOPS: Final = 5
MAX_INDEX_BYTES: Final = 64_000_000
TIMEOUT: Final = 30.0
"""Seconds without an answer after which a request is given up."""


def fetch_record(address: str) -> Path:
    """Fetch a record and the table that it names, and return the record in the cache.

    The table must lie beside the record; its digest is verified when the result is loaded. When the server
    cannot be reached, the copy of an earlier call serves.

    Raises:
        UsageError: the address is not https (http only on this machine).
        DocumentError: nothing could be fetched and nothing is in the cache.
    """
    _check(address)
    folder = cache_root() / "records" / hashlib.sha256(address.encode()).hexdigest()[:32]
    record = folder / RESULT_FILE
    try:
        content, final = _get(address, MAX_DOCUMENT_BYTES)
        write_atomic(record, content)
    except OSError as error:
        if record.is_file():
            return record
        reason = str(getattr(error, "reason", error))
        raise DocumentError("the record cannot be fetched", where=address, why=reason) from None
    data = load_yaml(record, name=address).data
    table = data.get("data", {}).get("path") if isinstance(data, dict) else None
    if isinstance(table, str):
        target = inside(folder, table)
        if target is None or urlsplit(table).scheme:
            raise DocumentError("the table lies outside the folder of its record", where=address)
        write_atomic(target, _get_table(final, table, data))
    return record


def _get_table(record: str, table: str, data: dict[str, Any]) -> bytes:
    """Return the table of a record from where the record says, or from where a catalogue offers it."""
    try:
        return _get(urljoin(record, table), MAX_TABLE_BYTES)[0]
    except OSError as error:
        reason = str(getattr(error, "reason", error))
    try:
        offered = offered_table(str(data.get("id")), str(data["data"].get("media_type")))
        return _get(urljoin(record, quote(offered, safe="")), MAX_TABLE_BYTES)[0]
    except OSError:
        where = urljoin(record, table)
        raise DocumentError("the table cannot be fetched", where=where, why=reason) from None


def fetch_index(address: str) -> bytes:
    """Fetch the index of a catalogue; the copy of an earlier call serves when the server cannot be reached.

    Raises:
        UsageError: the address is not https (http only on this machine).
        DocumentError: it could not be fetched and is not in the cache.
    """
    _check(address)
    copy = cache_root() / "indexes" / f"{hashlib.sha256(address.encode()).hexdigest()[:32]}.json"
    try:
        content, _ = _get(address, MAX_INDEX_BYTES)
    except OSError as error:
        if copy.is_file():
            return read_bytes(copy, limit=MAX_INDEX_BYTES)
        reason = str(getattr(error, "reason", error))
        raise DocumentError("the catalogue cannot be fetched", where=address, why=reason) from None
    write_atomic(copy, content)
    return content


def fetch_bytes(address: str, limit: int) -> bytes:
    """Fetch what an address holds, at most ``limit`` bytes.

    Raises:
        UsageError: the address is not https (http only on this machine).
        DocumentError: it could not be fetched.
    """
    _check(address)
    try:
        return _get(address, limit)[0]
    except OSError as error:
        reason = str(getattr(error, "reason", error))
        raise DocumentError("the table cannot be fetched", where=address, why=reason) from None


def _check(address: str) -> None:
    parts = urlsplit(address)
    if (
        not (parts.scheme == "https" or _is_local(address))
        or not parts.hostname
        or parts.username
        or parts.password
    ):
        raise UsageError(f"{address[:120]} is not fetched", mend="give an https address without a password")


def _is_local(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}


def check_hop(start: str, target: str) -> None:
    """Check where a server sends a request on to.

    From https only https is followed, and only to the same host or to public addresses: what somebody else's
    server answers must not reach into the network of whoever reads it. Where the name of the target cannot be
    resolved, a proxy will have to, which sees no private addresses of ours.

    Args:
        start: address that was asked for.
        target: absolute address of the redirection.

    Raises:
        UsageError: it is not followed.
    """
    _check(target)
    here, there = urlsplit(start), urlsplit(target)
    if _is_local(target):
        if _is_local(start):
            return
        raise UsageError(f"{start[:120]} leads to this machine, which is refused")
    if there.hostname == here.hostname or there.hostname is None:
        return
    try:
        found = socket.getaddrinfo(there.hostname, there.port or 443, type=socket.SOCK_STREAM)
    except OSError:
        return
    for entry in found:
        number = ipaddress.ip_address(str(entry[4][0]).partition("%")[0])
        mapped = getattr(number, "ipv4_mapped", None) or getattr(number, "sixtofour", None)
        if not number.is_global or number.is_multicast or not (mapped is None or mapped.is_global):
            raise UsageError(f"{start[:120]} leads to a private address, which is refused")


def _get(address: str, limit: int) -> tuple[bytes, str]:
    """Return what an address holds, and where that was after all redirections."""
    from urllib.request import HTTPRedirectHandler, Request, build_opener

    class Checked(HTTPRedirectHandler):
        max_redirections = MAX_HOPS

        def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
            """Follow a redirection only after a look at where it leads."""
            check_hop(address, newurl)
            return super().redirect_request(req, fp, code, msg, headers, newurl)

    request = Request(address, headers={"User-Agent": "fairport", "Accept": "*/*"})  # noqa: S310
    with build_opener(Checked()).open(request, timeout=TIMEOUT) as answer:
        content = bytearray()
        ends = time.monotonic() + 4 * TIMEOUT
        while chunk := answer.read(1 << 16):
            content += chunk
            if len(content) > limit:
                raise DocumentError(f"more than {limit:,} bytes", where=address)
            if time.monotonic() > ends:
                raise DocumentError("the server is too slow", where=address)
        final = str(answer.geturl())
    return bytes(content), final
