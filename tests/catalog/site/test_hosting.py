"""The recipes of the how-to say the same headers everywhere, and real servers send them."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from fairport.catalog.registry import load_catalogue
from fairport.catalog.site.build import build
from fairport.catalog.site.docs import with_policy
from fairport.catalog.site.hosting import LINK, MEDIA_TYPES, SECURITY, SHARED, headers_file
from fairport.catalog.site.serve import make_server
from fairport.contract.resources import site_root

PAGE = site_root() / "docs" / "how-to" / "deploy.md"


def recipe(language: str) -> str:
    """Return the configuration that the how-to gives for a server."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)[0]


@pytest.mark.parametrize("language", ["nginx", "apache"])
def test_recipes_say_every_header(language: str) -> None:
    text = recipe(language)
    for name, value in {**SECURITY, **SHARED}.items():
        assert f'{name} "{value}"' in text
    assert LINK in text
    for name, kind in MEDIA_TYPES.items():
        assert kind.partition(";")[0] in text, name


def test_headers_of_hosts_that_read_a_file(catalogue: Path) -> None:
    config = replace(load_catalogue(catalogue).config, url="https://results.example.org/")
    text = headers_file(config)
    assert text.startswith("/*\n  Strict-Transport-Security: ")
    assert f"/r/:analysis/:result/\n  Link: {LINK}\n" in text
    assert "/*/linkset.json\n  Content-Type: application/linkset+json\n" in text
    assert all(len(line) < 2000 for line in text.splitlines())
    assert sum(line.startswith("/") for line in text.splitlines()) <= 100
    private = headers_file(replace(config, private=True))
    assert "Access-Control-Allow-Origin" not in private
    assert "X-Robots-Tag: noindex" in private
    assert "Link:" not in headers_file(replace(config, url=None))


def test_narrative_pages_allow_their_own_scripts_only() -> None:
    page = with_policy('<head><meta charset="utf-8"></head><script>a()</script><script src="x.js"></script>')
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert policy[1].count("'sha256-") == 1
    assert "unsafe" not in policy[1]
    assert page.index("Content-Security-Policy") < page.index("<script>")


@pytest.fixture
def served_site(tmp_path: Path) -> Path:
    """A few files as a build lays them out."""
    site = tmp_path / "site"
    folder = site / "r" / "toy" / "si"
    folder.mkdir(parents=True)
    for name in ("index.html", "linkset.json", "linkset.txt", "ro-crate-metadata.json", "si.csv", "cite.bib"):
        (folder / name).write_text("x\n")
    (folder / "result.yaml").write_text("x: 1\n")
    for name in (
        "index.html",
        "404.html",
        ".fairport-site",
        "catalog.sqlite",
        "dcat.jsonld",
        "feed.atom",
        "_headers",
    ):
        (site / name).write_text("missing" if name == "404.html" else "x")
    return site


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def ask(address: str) -> tuple[int, Message, str]:
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    try:
        with urllib.request.build_opener(Stay).open(address, timeout=60) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


@contextmanager
def running(command: list[str], port: int) -> Iterator[str]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        for _ in range(1200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, process.stdout and process.stdout.read()
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def nginx(site: Path, program: str) -> Iterator[str]:
    port, work = free_port(), site.parent
    text = (
        recipe("nginx")
        .replace("listen 443 ssl", f"listen 127.0.0.1:{port}")
        .replace("/srv/catalogue", str(site))
    )
    text = re.sub(r"\n  ssl_certificate\S* [^;]*;", "", text)
    places = "".join(
        f"{name}_temp_path {work}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = work / "nginx.conf"
    user = "user root; " if os.geteuid() == 0 else ""  # else its workers may not read what this test wrote
    config.write_text(
        f"{user}daemon off; pid {work}/nginx.pid; error_log {work}/error.log; worker_processes 1;\n"
        "events {}\n"
        f"http {{ access_log off; {places} {text} }}\n"
    )
    with running([program, "-c", str(config), "-p", str(work)], port) as address:
        yield address


@contextmanager
def apache(site: Path, program: str) -> Iterator[str]:
    port, work = free_port(), site.parent
    modules = next(
        path for path in (Path("/usr/lib/apache2/modules"), Path("/usr/lib64/httpd/modules")) if path.is_dir()
    )
    names = ("mpm_event", "authz_core", "dir", "mime", "headers", "deflate", "filter", "alias")
    loads = "".join(f"LoadModule {name}_module {modules}/mod_{name}.so\n" for name in names)
    config = work / "apache.conf"
    config.write_text(
        f"ServerRoot {work}\nServerName localhost\nListen 127.0.0.1:{port}\nPidFile {work}/apache.pid\n"
        f"ErrorLog {work}/error.log\nDefaultRuntimeDir {work}\n{loads}"
        f"TypesConfig /etc/mime.types\nDocumentRoot {site}\n"
        + recipe("apache").replace("/srv/catalogue", str(site))
    )
    with running([program, "-D", "FOREGROUND", "-f", str(config)], port) as address:
        yield address


@pytest.mark.parametrize(("program", "serve"), [("nginx", nginx), ("apache2", apache)])
def test_a_real_server_sends_them(served_site: Path, require_service: Any, program: str, serve: Any) -> None:
    path = shutil.which(program, path="/usr/sbin:/usr/bin:/usr/local/bin")
    require_service(program, path, f"apt-get install {program}")
    with serve(served_site, path) as address:
        for place in ("/", "/r/toy/si/", "/r/toy/si/si.csv", "/r/toy/si/linkset.json", "/none"):
            _, headers, _ = ask(address + place)
            for name, value in {**SECURITY, **SHARED}.items():
                assert headers.get_all(name) == [value], (place, name)
        status, headers, _ = ask(f"{address}/r/toy/si/")
        assert (status, headers["Link"]) == (200, LINK)
        assert headers["Content-Type"].lower() == "text/html; charset=utf-8"
        assert ask(f"{address}/r/toy/si/index.html")[1]["Link"] == LINK
        assert ask(f"{address}/r/toy/si/si.csv")[1]["Link"] is None
        kinds = {
            "linkset.json": "application/linkset+json", "linkset.txt": "application/linkset",
            "ro-crate-metadata.json": "application/ld+json", "si.csv": "text/csv; charset=utf-8",
            "cite.bib": "application/x-bibtex", "result.yaml": "application/yaml",
        }  # fmt: skip
        for name, kind in kinds.items():
            assert ask(f"{address}/r/toy/si/{name}")[1]["Content-Type"].lower() == kind
        status, headers, _ = ask(f"{address}/r/toy/si")
        assert status == 301
        assert headers["Location"].endswith("/r/toy/si/")
        status, _, text = ask(f"{address}/none")
        assert (status, text) == (404, "missing")
        assert ask(f"{address}/.fairport-site")[0] in {403, 404}
        assert ask(f"{address}/_headers")[0] in {403, 404}


def test_the_preview_says_the_same(served_site: Path) -> None:
    server = make_server(served_site, 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_address[1]}"
        _, headers, _ = ask(f"{address}/r/toy/si/")
        assert headers["Link"] == LINK
        assert headers["Content-Type"] == "text/html; charset=utf-8"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Strict-Transport-Security"] is None, "it speaks http on the loopback address only"
        _, headers, _ = ask(f"{address}/r/toy/si/linkset.json")
        assert (headers["Content-Type"], headers["Link"]) == ("application/linkset+json", None)
        assert ask(f"{address}/.fairport-site")[0] == 404
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_preview_compresses_text_for_those_who_take_it(served_site: Path) -> None:
    server = make_server(served_site, 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        for path, file, packed in (
            ("/r/toy/si/", "r/toy/si/index.html", True),
            ("/index.html?x=1#top", "index.html", True),
            ("/r/toy/si/si.csv", "r/toy/si/si.csv", True),
            ("/dcat.jsonld", "dcat.jsonld", True),
            ("/feed.atom", "feed.atom", True),
            ("/catalog.sqlite", "catalog.sqlite", False),
        ):
            for accepted in ("gzip, br", "identity"):
                request = urllib.request.Request(
                    f"http://127.0.0.1:{server.server_address[1]}{path}",
                    headers={"Accept-Encoding": accepted},
                )
                with urllib.request.urlopen(request, timeout=10) as answer:
                    content, coding = answer.read(), answer.headers["Content-Encoding"]
                assert coding == ("gzip" if packed and "gzip" in accepted else None)
                assert int(answer.headers["Content-Length"]) == len(content)
                whole = gzip.decompress(content) if coding else content
                assert whole == (served_site / file).read_bytes()
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("url", [None, "https://example.org/limits"])
def test_the_preview_shows_the_page_for_missing_ones_at_any_depth(
    catalogue: Path, run_harvest: Any, url: str | None
) -> None:
    if url is not None:
        with (catalogue / "catalog.yaml").open("a") as file:
            file.write(f"url: {url}\n")
    run_harvest()
    site = build(catalogue, docs=False).root
    server = make_server(site, 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_address[1]}"
        status, headers, text = ask(f"{address}/a/b/c/nothing")
        assert (status, headers["Content-Type"]) == (404, "text/html; charset=utf-8")
        assert "This page is not here" in text
        assert 'href="/assets/fairport.css"' in text
        links = re.findall(r'<a [^>]*href="([^"#]+)"', text)
        assert {"/index.html", "/r/index.html", "/status/index.html"} <= set(links)
        assert all(ask(address + link)[0] == 200 for link in links if link.startswith("/"))
        assert not [link for link in links if link.startswith("https://example.org")]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_preview_says_nothing_of_a_browser_that_leaves(
    served_site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (served_site / "big.csv").open("wb") as file:
        file.truncate(64 << 20)
    server = make_server(served_site, 0)
    server.daemon_threads = False  # so that closing waits for the answer
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    with socket.create_connection(server.server_address[:2]) as client:
        client.sendall(b"GET /big.csv HTTP/1.0\r\n\r\n")
        assert client.recv(100)
    server.shutdown()
    server.server_close()
    thread.join()
    assert capsys.readouterr().err == ""
