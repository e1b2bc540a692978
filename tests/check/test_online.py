"""LINK002: addresses are asked politely, and never inside a private network."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

from fairport.check import online
from fairport.check.online import Answer, Limits, _is_public, ask, ask_all
from fairport.check.options import Options
from fairport.check.session import check_paths

Maker = Callable[..., Path]
OPTIONS = Options(today=date(2026, 11, 22), select=("LINK002",), online=True)


class Site(BaseHTTPRequestHandler):
    """Answers by path; remembers what was asked."""

    seen: list[tuple[str, str, float]]
    slow = 0.0

    def _answer(self) -> None:
        self.seen.append((self.command, self.path, time.monotonic()))
        name = self.path.strip("/").partition("?")[0]
        if name == "hang":
            time.sleep(self.slow)
        status = 405 if name == "no-head" and self.command == "HEAD" else 200
        if name.isdecimal():
            status = int(name)
        if name.startswith("to-"):
            status = 302
        if name == "broken":
            self.wfile.write(b"\x00\x01 nonsense\r\n\r\n")
            return
        self.send_response(status)
        if status == 302:
            target = {"to-loop": "/to-loop", "to-there": "/200"}.get(name, "http://127.0.0.1:1/x")
            self.send_header("Location", target)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD = _answer  # noqa: N815 - names of http.server

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    Site.seen = []
    Site.slow = 3.0
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


LIMITS = Limits(seconds=30.0, distance=0.0, private=True)
IMPATIENT = replace(LIMITS, seconds=0.7)


@pytest.mark.parametrize(
    ("path", "verdict"),
    [
        ("200", "answers"),
        ("204", "answers"),
        ("no-head", "answers"),
        ("to-there", "answers"),
        ("404", "missing"),
        ("410", "missing"),
        ("to-loop", "missing"),
        ("401", "refuses"),
        ("403", "refuses"),
        ("429", "refuses"),
        ("500", "silent"),
        ("hang", "silent"),
        ("broken", "silent"),
        ("a b?c=d e", "answers"),
    ],
)
def test_verdicts(path: str, verdict: str, site: str) -> None:
    limits = IMPATIENT if path == "hang" else LIMITS
    assert ask(f"{site}/{path}", limits).verdict == verdict


def test_head_comes_first_and_get_only_when_needed(site: str) -> None:
    ask(f"{site}/200", LIMITS)
    ask(f"{site}/404", LIMITS)
    assert [item[0] for item in Site.seen] == ["HEAD", "HEAD", "GET"]


def test_private_networks_are_not_asked(site: str) -> None:
    closed = Limits(seconds=0.7, distance=0.0)
    for url in (f"{site}/200", site.replace("127.0.0.1", "localhost"), "http://10.0.0.1/", "http://[::1]/"):
        assert ask(url, closed).verdict == "private"
    assert Site.seen == []


@pytest.mark.parametrize(
    ("number", "public"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_public_addresses(number: str, public: bool) -> None:
    assert _is_public(number) is public


def test_requests_keep_their_distance_and_answers_are_kept(site: str, tmp_path: Path) -> None:
    urls = [f"{site}/200?{number}" for number in range(3)] + [f"{site}/404"]
    limits = replace(LIMITS, distance=0.2)
    first = ask_all(urls, limits, tmp_path)
    times = [item[2] for item in Site.seen]
    assert all(two - one >= 0.19 for one, two in pairwise(times[:4]))
    Site.seen.clear()
    assert ask_all(urls, limits, tmp_path).keys() == first.keys()
    assert [item[1] for item in Site.seen] == ["/404", "/404"]  # only what was wrong is asked again
    Site.seen.clear()
    ask_all(urls[:1], limits, tmp_path, clock=lambda: time.time() + 90_000)
    assert len(Site.seen) == 1  # a day later


def test_there_is_an_end(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    told = SimpleNamespace(monotonic=lambda: clock[0], time=time.time, sleep=lambda _: None)
    monkeypatch.setattr(online, "time", told)
    urls = [f"{site}/200?{number}" for number in range(50)]

    def asked(url: str, limits: Limits) -> Answer:
        clock[0] += 1.0
        return Answer(url, "answers", 200)

    monkeypatch.setattr(online, "ask", asked)
    answers = ask_all(urls, Limits(total=10.0, private=True))
    assert [answers[url].verdict for url in urls] == ["answers"] * 10 + ["unasked"] * 40


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, site: str, tmp_path: Path) -> str:
    monkeypatch.setenv("FAIRPORT_ONLINE_PRIVATE", "1")
    monkeypatch.setenv("FAIRPORT_CACHE", str(tmp_path / "cache"))
    return site


def record(site: str) -> dict[str, str]:
    return {
        "fairport.yaml": f"repository:\n  url: {site}/404\n  issues: {site}/403\n"
        f"contact:\n  name: Ada Lovelace\n  url: {site}/200\n"
        "identifiers: {}\nauthors: [{name: Toy Collaboration}]\nrelated: []\nfunding: []\n",
        "data/manifest.yaml": "datasets: []\n",
        "results/si/result.yaml": "provenance: {origin: recast}\nastro: {}\n",
        "README.md": f"# A\n\nSee [x]({site}/410) and {site}/200.\n",
        "docs/notes.md": "# Notes\n",
    }


def test_the_rule(make_repository: Maker, asked: str) -> None:
    root = make_repository(record(asked))
    report = check_paths([root], OPTIONS)
    found = {
        (item.path, item.severity, item.message.rpartition(f"{asked}/")[2])
        for item in report.findings
        if item.rule == "LINK002" and asked in item.message
    }
    assert ("fairport.yaml", "warning", "404 gives 404") in found
    assert ("fairport.yaml", "note", "403 answers 403: it cannot be checked by a program") in found
    assert ("README.md", "warning", "410 gives 410") in found
    assert len(found) == 3
    place = next(item for item in report.findings if item.path == "README.md")
    assert (place.line, place.column) == (3, 9)


def test_nothing_is_asked_without_being_told(make_repository: Maker, asked: str) -> None:
    root = make_repository(record(asked))
    (target,) = check_paths([root], Options(today=date(2026, 11, 22))).targets
    assert Site.seen == []
    assert target.outcomes["LINK002"].status == "not-applicable"
