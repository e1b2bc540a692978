"""Reading bytes without Rucio: from https and DOI sources, and from the addresses of a metalink."""

from __future__ import annotations

import re
import shutil
import time
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import closing
from email.message import Message
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any, Final, NoReturn
from urllib.error import HTTPError, URLError
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from fairport.contract.manifest import LockedFile
from fairport.lake.hashing import ALL, Sums, sums_of
from fairport.lake.store import agrees

_TIMEOUT: Final = 60
_TRIES: Final = 3
_AGAIN: Final = (408, 425, 429, 500, 502, 503, 504)
_ZENODO: Final = re.compile(r"10\.5281/zenodo\.(\d+)$", re.IGNORECASE)
_LIKE_HTTP: Final = {"http": "http", "https": "https", "dav": "http", "davs": "https"}


class FetchError(Exception):
    """Bytes could not be had from one address; the message says why."""


def source_name(url: str) -> str:
    """Return the file name that an address ends in: its fragment for a DOI, else its last part."""
    parts = urlsplit(url)
    name = (
        unquote(parts.fragment if _is_doi(url) and parts.fragment else parts.path)
        .rstrip("/")
        .rpartition("/")[2]
    )
    return name or parts.netloc


def resolve(url: str) -> str:
    """Return the address to read for a source.

    A Zenodo DOI with the file name as its fragment (``https://doi.org/10.5281/zenodo.123#table.csv``) leads
    to that file of the record; any other DOI is followed where its registry sends it.

    Raises:
        FetchError: the scheme cannot be read here.
    """
    parts = urlsplit(url)
    if _is_doi(url):
        doi = unquote(parts.path).lstrip("/")
        zenodo = _ZENODO.search(doi)
        if zenodo and parts.fragment:
            return f"https://zenodo.org/records/{zenodo[1]}/files/{quote(unquote(parts.fragment))}?download=1"
        return f"https://doi.org/{quote(doi, safe='/()')}"
    scheme = _LIKE_HTTP.get(parts.scheme)
    if scheme is None:
        raise FetchError(f"addresses with {parts.scheme or 'no scheme'} cannot be read without the lake")
    return urlunsplit((scheme, parts.netloc, quote(parts.path, safe="/%:@+,;=~()!$&'*"), parts.query, ""))


def remote_size(url: str) -> int | None:
    """Return the size in bytes that a server tells, or ``None``."""
    try:
        request = urllib.request.Request(resolve(url), method="HEAD", headers=_headers())  # noqa: S310
        with closing(_opener().open(request, timeout=_TIMEOUT)) as answer:
            length = answer.headers.get("Content-Length")
            coded = answer.headers.get("Content-Encoding")
            return int(length) if length and length.isdigit() and not coded else None
    except (OSError, HTTPException, FetchError, ValueError):
        return None


def fetch_plain(
    file: LockedFile,
    addresses: Sequence[str],
    target: Path,
    *,
    local: bool = False,
    copy: Any = shutil.copyfileobj,
) -> Sums:
    """Read a file from the first address that gives exactly its bytes.

    Args:
        file: what is wanted; its size and checksums are held against what comes.
        addresses: in order of preference.
        target: where the bytes go; removed again when they are wrong.
        local: whether ``file://`` addresses may be read (those of a metalink).
        copy: copies one stream into another.

    Raises:
        FetchError: no address gave the bytes; the reasons are told.
    """
    reasons: list[str] = []
    for address in addresses:
        shown = address if len(address) <= 120 else address[:119] + "…"
        try:
            _with_patience(partial(_read, address, target, local, file.bytes, copy))
            sums = sums_of(target, ALL)
            if agrees(sums, file):
                return sums
            reasons.append(f"{shown}: {_difference(sums, file)}")
        except FetchError as error:
            reasons.append(f"{shown}: {error}")
        target.unlink(missing_ok=True)
    raise FetchError("; ".join(reasons) or "there is no address to read it from")


def fetch_unknown(address: str, target: Path, ceiling: int) -> Sums:
    """Read a file of which nothing is known beforehand; at most ``ceiling`` bytes of it.

    Raises:
        FetchError: it cannot be read, or is larger.
    """
    _with_patience(lambda: _read(address, target, False, ceiling, shutil.copyfileobj))
    return sums_of(target, ALL)


def read_text_listing(url: str, limit: int = 20_000_000) -> str:
    """Return the text at an http(s) address, at most ``limit`` bytes of it.

    Raises:
        FetchError: it cannot be read, is too large, or is not UTF-8.
    """

    def read() -> str:
        with closing(_open(url, local=False)) as stream:
            data = stream.read(limit + 1)
        if len(data) > limit:
            raise FetchError(f"the listing has more than {limit:,} bytes")
        try:
            return bytes(data).decode("utf-8")
        except UnicodeDecodeError:
            raise FetchError("the listing is not UTF-8 text") from None

    found: list[str] = []
    _with_patience(lambda: found.append(read()))
    return found[0]


def _with_patience(function: Callable[[], object]) -> None:
    pause = 0.5
    for attempt in range(_TRIES):
        try:
            function()
        except _AgainError as error:
            if attempt + 1 == _TRIES:
                raise FetchError(str(error)) from None
            time.sleep(pause)
            pause *= 3
        else:
            return


class _AgainError(FetchError):
    """The same address may work in a moment."""


def _read(address: str, target: Path, local: bool, size: int, copy: Any) -> None:
    try:
        with closing(_open(address, local=local)) as stream, target.open("wb") as out:
            copy(_Limited(stream, size), out, 1 << 20)
    except (TimeoutError, ConnectionError, HTTPException) as error:
        raise _AgainError(str(error) or type(error).__name__) from None
    except OSError as error:
        raise FetchError(error.strerror or str(error)) from None


def _open(address: str, *, local: bool) -> IO[bytes]:
    parts = urlsplit(address)
    if parts.scheme == "file" and local:
        path = Path(unquote(parts.path))
        if not path.is_file():
            raise FetchError("the file does not exist")
        return path.open("rb")
    request = urllib.request.Request(resolve(address), headers=_headers())  # noqa: S310 - http(s) only, see resolve
    try:
        answer: IO[bytes] = _opener().open(request, timeout=_TIMEOUT)
    except HTTPError as error:
        kind = _AgainError if error.code in _AGAIN else FetchError
        raise kind(f"the server answers {error.code} {error.reason}") from None
    except URLError as error:
        raise _AgainError(str(error.reason)) from None
    except (OSError, HTTPException, ValueError) as error:
        raise _AgainError(str(error) or type(error).__name__) from None
    return answer


class _Limited:
    """A stream that ends with an error when it gives more bytes than announced: a hostile server cannot fill
    the disk."""

    def __init__(self, stream: IO[bytes], size: int) -> None:
        self._stream, self._left = stream, size + 1

    def read(self, count: int) -> bytes:
        data = self._stream.read(min(count, self._left))
        self._left -= len(data)
        if self._left <= 0:
            raise FetchError("it gives more bytes than the lock says")
        return data


class _NoOtherScheme(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        """Follow redirections to http(s) only, and never from https to http."""
        schemes = urlsplit(req.full_url).scheme, urlsplit(newurl).scheme
        if schemes[1] not in ("http", "https") or schemes == ("https", "http"):
            self._refuse(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]

    @staticmethod
    def _refuse(url: str) -> NoReturn:
        raise FetchError(
            f"it leads to {urlsplit(url).scheme or 'an address without scheme'}, which is refused"
        )


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_NoOtherScheme())


def _headers() -> dict[str, str]:
    return {"User-Agent": "fairport", "Accept": "*/*", "Accept-Encoding": "identity"}


def _is_doi(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "doi" or (parts.hostname or "") in ("doi.org", "dx.doi.org", "www.doi.org")


def _difference(sums: Sums, file: LockedFile) -> str:
    if sums.bytes != file.bytes:
        return f"has {sums.bytes:,} bytes, not {file.bytes:,}"
    for kind in ("sha256", "md5", "adler32"):
        ours, theirs = getattr(sums, kind), getattr(file, kind)
        if ours and theirs and ours != theirs:
            return f"{kind} is {ours[:16]}, not {theirs[:16]}"
    return "the lock has no checksum to hold it against"
