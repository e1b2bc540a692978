"""Addresses are asked through the proxy of the environment, and progress is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from fairport.check.online import Limits, ask, ask_all, told_to

LIMITS = Limits(seconds=2.0, distance=0.0)


class Proxy(BaseHTTPRequestHandler):
    """Answers for every host; refuses tunnels to one."""

    seen: list[tuple[str, str, str | None]]

    def _answer(self) -> None:
        self.seen.append((self.command, self.path, self.headers.get("Proxy-Authorization")))
        self.send_response(404 if "missing" in self.path else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _tunnel(self) -> None:
        self.seen.append((self.command, self.path, self.headers.get("Proxy-Authorization")))
        self.send_response(502)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD = _answer  # noqa: N815 - names of http.server
    do_CONNECT = _tunnel  # noqa: N815

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    Proxy.seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://ada:pa%20ss@127.0.0.1:{server.server_port}"
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, address)
        monkeypatch.setenv(name.upper(), address)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "direct.invalid")
    yield address
    server.shutdown()
    server.server_close()


AUTHORISED = "Basic YWRhOnBhIHNz"


def test_plain_addresses_go_through_the_proxy(proxy: str) -> None:
    assert ask("http://data.invalid/a?b=1", LIMITS).verdict == "answers"
    assert ask("http://data.invalid/missing", LIMITS).verdict == "missing"
    assert Proxy.seen[0] == ("HEAD", "http://data.invalid:80/a?b=1", AUTHORISED)


def test_encrypted_addresses_ask_for_a_tunnel(proxy: str) -> None:
    assert ask("https://data.invalid/a", LIMITS).verdict == "silent"
    assert Proxy.seen[0] == ("CONNECT", "data.invalid:443", AUTHORISED)


@pytest.mark.parametrize("host", ["127.0.0.1", "10.1.2.3", "localhost", "169.254.169.254", "[::1]"])
def test_private_hosts_are_refused_before_the_proxy_hears_of_them(host: str, proxy: str) -> None:
    assert ask(f"http://{host}/latest", LIMITS).verdict == "private"
    assert Proxy.seen == []


def test_exceptions_are_asked_directly(proxy: str) -> None:
    answer = ask("http://direct.invalid/a", LIMITS)
    assert answer.verdict == "silent"
    assert Proxy.seen == []


def test_a_proxy_that_is_none_is_told(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "socks5://127.0.0.1:9")
    answer = ask("http://data.invalid/a", LIMITS)
    assert answer.verdict == "silent"
    assert "only http proxies" in answer.detail


def test_progress_is_told(proxy: str) -> None:
    told: list[str] = []

    class Listener:
        def step(self, text: str) -> None:
            told.append(text)

        def note(self, text: str) -> None:
            told.append(text)

    with told_to(Listener()):
        ask_all(["http://a.invalid/1", "http://b.invalid/missing\x1b[31m"], LIMITS)
    assert told[0].startswith("addresses to ask: 2 (hosts: 2)")
    assert any("missing" in text and "404" in text for text in told[1:])
    assert "\x1b" not in "".join(told)
    ask_all(["http://a.invalid/2"], LIMITS)
    assert len(told) == 2
