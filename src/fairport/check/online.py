"""Does an address answer? The network boundary of the check, used with ``--online`` only.

HEAD first, GET where a server does not like HEAD. Only public addresses of hosts are connected to, by the
very number that was looked up, so that neither a name nor a redirect leads into a private network. Requests
to one host keep a distance, hosts are asked side by side, and all of it ends after a while. Answers are kept
for a day.

A proxy that the environment names (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`) is used. It looks names up
itself, so that here only those are refused that are private by their number or by what this machine knows.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import ipaddress
import json
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import quote, unquote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

from fairport.check.issue import shown
from fairport.contract.progress import Progress, SilentProgress

Verdict = Literal["answers", "refuses", "missing", "silent", "private", "unasked"]
"""``refuses`` is a server that answers but does not let programs in (401, 403, 429); ``private`` an address
in a private network, which is never asked; ``unasked`` one for which no time was left."""

_REDIRECTS: Final = (301, 302, 303, 307, 308)
_REFUSALS: Final = (401, 403, 429)
_AGENT: Final = "fairport-check (https://w3id.org/fairport)"
_DAY: Final = 86_400.0


_PROGRESS: ContextVar[Progress] = ContextVar("progress", default=SilentProgress())  # noqa: B039 - no state
"""Who hears how far the questions are."""


@contextmanager
def told_to(progress: Progress) -> Iterator[None]:
    """Tell ``progress`` how far the questions are, within a ``with`` block."""
    token = _PROGRESS.set(progress)
    try:
        yield
    finally:
        _PROGRESS.reset(token)


@dataclass(frozen=True, slots=True)
class Limits:
    """How politely and how long is asked.

    Attributes:
        seconds: for one request.
        total: for all requests together.
        distance: seconds between two requests to one host.
        redirects: most redirects that are followed.
        workers: hosts that are asked side by side.
        private: whether private and loopback addresses are asked, for laboratories that want it.
    """

    seconds: float = 10.0
    total: float = 120.0
    distance: float = 0.5
    redirects: int = 5
    workers: int = 8
    private: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one address."""

    url: str
    verdict: Verdict
    status: int | None = None
    detail: str = ""


class _RefusedAddress(Exception):
    """The host lies in a private network."""


def ask_all(
    urls: Iterable[str],
    limits: Limits | None = None,
    store: Path | None = None,
    clock: Callable[[], float] = time.time,
) -> dict[str, Answer]:
    """Return an answer for each address.

    Args:
        urls: http and https addresses.
        limits: how to ask; by the environment variable ``FAIRPORT_ONLINE_PRIVATE=1`` private hosts too.
        store: folder in which answers are kept; none without it.
        clock: tells the time, for tests.
    """
    limits = limits or Limits(private=os.environ.get("FAIRPORT_ONLINE_PRIVATE") == "1")
    unique = list(dict.fromkeys(urls))
    found = {url: answer for url in unique if (answer := _kept(store, url, clock())) is not None}
    hosts: dict[str, list[str]] = {}
    for url in unique:
        if url not in found:
            hosts.setdefault(urlsplit(url).netloc.lower(), []).append(url)
    end = time.monotonic() + limits.total
    progress, total = _PROGRESS.get(), sum(map(len, hosts.values()))
    if hosts:
        progress.step(f"addresses to ask: {total} (hosts: {len(hosts)}), at most {limits.total:.0f} s")
        with ThreadPoolExecutor(min(limits.workers, len(hosts))) as pool:
            for answers in pool.map(lambda group: _ask_host(group, limits, end), hosts.values()):
                for answer in answers:
                    found[answer.url] = answer
                    _keep(store, answer, clock())
                    if answer.verdict != "answers":
                        told = shown(answer.url, 80)
                        progress.note(f"{told}: {answer.detail or answer.status or answer.verdict}")
    return {url: found[url] for url in unique}


def _ask_host(urls: list[str], limits: Limits, end: float) -> list[Answer]:
    found = []
    for number, url in enumerate(urls):
        if time.monotonic() >= end:
            found.append(Answer(url, "unasked", detail="no time was left"))
            continue
        if number:
            time.sleep(limits.distance)
        found.append(ask(url, limits))
    return found


def ask(url: str, limits: Limits) -> Answer:
    """Return whether one address answers; redirects are followed."""
    answer = _follow(url, "HEAD", limits)
    if answer.verdict in {"missing", "silent"}:
        answer = _follow(url, "GET", limits)
    return answer


def _follow(url: str, method: str, limits: Limits) -> Answer:
    place = url
    for _ in range(limits.redirects + 1):
        try:
            status, target = _request(place, method, limits)
        except _RefusedAddress:
            return Answer(url, "private", detail="the host is in a private network")
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Answer(url, "silent", detail=_reason(error))
        if status in _REDIRECTS and target:
            place = urljoin(place, target)
            continue
        if status in _REFUSALS:
            return Answer(url, "refuses", status)
        if status >= 500:
            return Answer(url, "silent", status, f"the server has a problem ({status})")
        return Answer(url, "answers" if status < 400 else "missing", status)
    return Answer(url, "missing", detail=f"more than {limits.redirects} redirects")


def _request(url: str, method: str, limits: Limits) -> tuple[int, str | None]:
    """Send one request; return its status and, of a redirect, the target."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("not an address of the web")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    proxy = _proxy(parts.scheme, parts.hostname, port)
    headers = {"User-Agent": _AGENT, "Accept": "*/*"}
    if proxy is None:
        number = _public_address(parts.hostname, port, private=limits.private)
        connection = _connection(parts.scheme, parts.hostname, port, number, limits.seconds)
    else:
        _refuse_known_private(parts.hostname, port, private=limits.private)
        connection = _through(proxy, parts.scheme, parts.hostname, port, limits.seconds)
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (
        "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?") if parts.query else ""
    )
    if proxy is not None and parts.scheme == "http":
        target = f"http://{parts.hostname}:{port}{target}"
        headers |= _authorisation(proxy)
    timer = threading.Timer(limits.seconds, _cut, (connection,))  # the socket's limit is for each read only
    timer.daemon = True
    timer.start()
    try:
        connection.request(method, target, headers=headers)
        response = connection.getresponse()
        return response.status, response.getheader("Location")
    finally:
        timer.cancel()
        connection.close()


def _cut(connection: http.client.HTTPConnection) -> None:
    sock = connection.sock
    if sock is not None:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def _public_address(host: str, port: int, *, private: bool) -> str:
    """Return the number of a host that may be connected to.

    Raises:
        _RefusedAddress: one of its numbers is not public.
        OSError: it has none.
    """
    numbers = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not private and not all(_is_public(number) for number in numbers):
        raise _RefusedAddress
    return numbers[0]


def _is_public(number: str) -> bool:
    address: Any = ipaddress.ip_address(number.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    return bool(address.is_global and not address.is_multicast and (mapped is None or mapped.is_global))


def _connection(scheme: str, host: str, port: int, number: str, seconds: float) -> http.client.HTTPConnection:
    """Return a connection to ``number`` that speaks to ``host``."""
    sock = socket.create_connection((number, port), timeout=seconds)
    if scheme == "https":
        try:
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
        except OSError:
            sock.close()
            raise
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    connection.sock = sock
    return connection


def _proxy(scheme: str, host: str, port: int) -> str | None:
    """Return the address of the proxy that the environment names for a host, if any."""
    address = getproxies().get(scheme)
    if not address or proxy_bypass(f"{host}:{port}"):
        return None
    return address if "://" in address else f"http://{address}"


def _refuse_known_private(host: str, port: int, *, private: bool) -> None:
    """Raise :class:`_RefusedAddress` for a host that is private as far as this machine can tell; behind a
    proxy it often knows no names.
    """
    try:
        _public_address(host, port, private=private)
    except socket.gaierror:
        local = host.lower().rstrip(".")
        if not private and (local == "localhost" or local.endswith((".localhost", ".local", ".internal"))):
            raise _RefusedAddress from None


_ODD_PROXY: Final = "only http proxies are known"


def _through(proxy: str, scheme: str, host: str, port: int, seconds: float) -> http.client.HTTPConnection:
    """Return a connection to a host through a proxy: a tunnel for https.

    Raises:
        ValueError: the proxy is none that speaks http.
    """
    parts = urlsplit(proxy)
    if parts.scheme != "http" or not parts.hostname:
        raise ValueError(_ODD_PROXY)
    kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname, parts.port or 80, timeout=seconds)
    if scheme == "https":
        connection.set_tunnel(host, port, headers=_authorisation(proxy))
    return connection


def _authorisation(proxy: str) -> dict[str, str]:
    """Return the header with the name and password of a proxy's address."""
    parts = urlsplit(proxy)
    if parts.username is None:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Proxy-Authorization": "Basic " + base64.b64encode(pair.encode()).decode("ascii")}


def _reason(error: BaseException) -> str:
    if isinstance(error, ValueError) and error.args and error.args[0] == _ODD_PROXY:
        return _ODD_PROXY
    if isinstance(error, socket.gaierror):
        return "there is no such host"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLError):
        return f"no secure connection: {error.reason or 'refused'}"
    return (getattr(error, "strerror", None) or type(error).__name__).lower()


def _place(store: Path, url: str) -> Path:
    digest = hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()
    return store / digest[:2] / f"{digest}.json"


def _kept(store: Path | None, url: str, now: float) -> Answer | None:
    """Return an answer that is not older than a day; only addresses that answered are kept."""
    from fairport.check.cache import trusted

    if store is None:
        return None
    try:
        data = json.loads(trusted(_place(store, url)))
        if (
            data["url"] == url
            and 0 <= now - data["time"] < _DAY
            and data["verdict"] in {"answers", "refuses"}
        ):
            return Answer(url, data["verdict"], data["status"])
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return None


def _keep(store: Path | None, answer: Answer, now: float) -> None:
    from fairport.check.cache import keep

    if store is None or answer.verdict not in {"answers", "refuses"}:
        return
    data = {"url": answer.url, "verdict": answer.verdict, "status": answer.status, "time": now}
    keep(_place(store, answer.url), json.dumps(data).encode("utf-8", "surrogatepass"))


def without_fragment(url: str) -> str:
    """Return an address without its fragment, which no server sees."""
    return url.partition("#")[0]
