"""The network boundary of results: a record and its table, fetched by https and kept in the user's cache."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

from fairport.contract.constants import MAX_DOCUMENT_BYTES, MAX_TABLE_BYTES, RESULT_FILE
from fairport.contract.errors import DocumentError, UsageError
from fairport.contract.files import inside, write_atomic
from fairport.contract.loading import load_yaml
from fairport.interop.cache import cache_root

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
        write_atomic(record, _get(address, MAX_DOCUMENT_BYTES))
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
        try:
            write_atomic(target, _get(urljoin(address, table), MAX_TABLE_BYTES))
        except OSError as error:
            reason = str(getattr(error, "reason", error))
            raise DocumentError(
                "the table cannot be fetched", where=urljoin(address, table), why=reason
            ) from None
    return record


def _check(address: str) -> None:
    parts = urlsplit(address)
    local = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if not (parts.scheme == "https" or local) or not parts.hostname or parts.username or parts.password:
        raise UsageError(f"{address[:120]} is not fetched", mend="give an https address without a password")


def _get(address: str, limit: int) -> bytes:
    from urllib.request import Request, urlopen

    request = Request(address, headers={"User-Agent": "fairport", "Accept": "*/*"})  # noqa: S310
    with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 - the scheme was checked
        _check(answer.geturl())
        content = bytes(answer.read(limit + 1))
    if len(content) > limit:
        raise DocumentError(f"more than {limit:,} bytes", where=address)
    return content
