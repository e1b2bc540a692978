"""``fairport.load`` on catalogues and addresses: bounded, and never into private networks."""

from __future__ import annotations

import http.server
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy import units as u

import fairport
from fairport.contract.errors import DocumentError, UsageError
from fairport.results import remote
from fairport.results.deriving import write
from fairport.results.importing.imports import import_file
from fairport.results.importing.options import ImportOptions


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A built catalogue of three results in two planes, as far as Python needs it."""
    rows = []
    made = (
        ("a", "one", "dd.si", {"x": "GeV", "y": "cm2"}, "10 3e-46\n1000 2e-46\n"),
        ("b", "two", "dd.si", {"x": "GeV", "y": "cm2"}, "100 1e-46\n1000 4e-46\n"),
        ("b", "light", "dp.epsilon", {"x": "eV", "y": ""}, "1 1e-12\n100 1e-13\n"),
    )
    for analysis, name, plane, units, text in made:
        (tmp_path / "in.txt").write_text(text, encoding="utf-8")
        options = ImportOptions(
            plane=plane, units=units, id=name, cite=(f"arXiv:2410.1703{len(rows)}v1",), cl=0.9
        )
        write(import_file(tmp_path / "in.txt", options).derived, tmp_path / "site" / "r" / analysis / name)
        rows.append({"id": f"{analysis}/{name}", "title": name, "plane": plane, "kind": "limit", "cl": 0.9,
                     "role": "observed", "licence": "CC-BY-4.0"})  # fmt: skip
    index = {
        "schema_version": "1.0",
        "title": "Test",
        "results": rows,
        "analyses": [],
        "planes": [],
        "entries": [],
    }
    (tmp_path / "site" / "catalog.json").write_text(json.dumps(index), encoding="utf-8")
    return tmp_path / "site"


@pytest.fixture
def server(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("FAIRPORT_CACHE", str(tmp_path / "cache"))

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, directory=str(site), **options)

        def do_GET(self) -> None:
            if self.path.startswith("/to?"):
                self.send_response(302)
                self.send_header("Location", self.path[4:])
                self.end_headers()
                return
            super().do_GET()

        def log_message(self, *args: Any) -> None:
            return

    found = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=found.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{found.server_port}"
    found.shutdown()
    found.server_close()


def check(catalogue: Any) -> None:
    assert isinstance(catalogue, fairport.Catalogue)
    assert catalogue.ids == ("a/one", "b/two", "b/light")
    assert catalogue["a/one"].at("10 GeV") == 3e-46 * u.cm**2
    assert catalogue["light"].plane.id == "dp.epsilon"
    table = catalogue.plane("dd.si").at("0.1 TeV")
    assert list(table["id"]) == ["b/two", "a/one"]
    assert table["value"].unit == u.cm**2
    low = catalogue.plane("dd.si").at("20 GeV")
    assert list(low["id"]) == ["a/one", "b/two"]
    assert np.isnan(low["value"][1])


def test_folder_index_and_server_give_the_same_catalogue(site: Path, server: str) -> None:
    for place in (
        site,
        site / "catalog.json",
        site.parent,
        server,
        f"{server}/catalog.json",
        f"{server}/index.html",
    ):
        check(fairport.load(place))


def test_catalogue_says_what_it_holds_and_draws_one_plane(site: Path) -> None:
    catalogue = fairport.load(site, kind="catalogue")
    assert repr(catalogue) == "<fairport.Catalogue Test: 3 results (dd.si: 2, dp.epsilon: 1)>"
    assert list(catalogue.table()["plane"]) == ["dd.si", "dd.si", "dp.epsilon"]
    assert len(catalogue.plane("dd.si").plot().axes) >= 1
    assert all(f"2410.1703{i}" in catalogue.bibtex() for i in range(3))
    for ask in (catalogue.plot, lambda: catalogue.at("10 GeV")):
        with pytest.raises(UsageError, match="2 planes"):
            ask()
    with pytest.raises(UsageError, match='no one result "none"'):
        catalogue["none"]


def test_folder_of_results_without_an_index(site: Path) -> None:
    catalogue = fairport.load(site / "r")
    assert len(catalogue) == 3
    assert catalogue["one"].at("10 GeV").value == 3e-46


def test_result_stays_a_result_and_nonsense_is_refused(site: Path, tmp_path: Path) -> None:
    assert isinstance(fairport.load(site / "r" / "a" / "one"), fairport.Result)
    assert isinstance(fairport.load(f"{site}::a/one"), fairport.Result)
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="holds no"):
        fairport.load(tmp_path / "empty")
    with pytest.raises(UsageError, match="is no catalogue"):
        fairport.load(site / "r" / "a" / "one", kind="catalogue")
    (tmp_path / "catalog.json").write_text("[]", encoding="utf-8")
    with pytest.raises(DocumentError, match="no index"):
        fairport.load(tmp_path / "catalog.json")


def test_page_and_record_of_a_server(server: str) -> None:
    assert fairport.load(f"{server}/r/a/one/").at("10 GeV").value == 3e-46
    assert fairport.load(f"{server}/r/a/one/result.yaml").id == "a/one"
    assert fairport.load(f"{server}/to?/r/a/one/result.yaml", kind="result").at("10 GeV").value == 3e-46


def test_size_is_bounded(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "MAX_INDEX_BYTES", 100)
    with pytest.raises(DocumentError, match="more than 100 bytes"):
        fairport.load(server)


def test_copy_serves_when_the_server_is_gone(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    check(fairport.load(server))

    def gone(*_: Any) -> bytes:
        raise ConnectionRefusedError("refused")

    monkeypatch.setattr(remote, "_get", gone)
    check(fairport.load(server))
    with pytest.raises(DocumentError, match="cannot be fetched"):
        fairport.load("https://example.org/other")


@pytest.mark.parametrize(
    "address", ["http://example.org/c", "ftp://example.org/c", "https://me:secret@example.org/c"]
)
def test_only_https_is_fetched(address: str) -> None:
    with pytest.raises(UsageError):
        fairport.load(address, kind="catalogue")


@pytest.mark.parametrize(
    ("target", "number"),
    [
        ("https://metadata.example/latest", "169.254.169.254"),
        ("https://inner.example/", "10.1.2.3"),
        ("https://inner.example/", "::1"),
        ("https://inner.example/", "::ffff:192.168.0.1"),
        ("http://127.0.0.1:8080/", "127.0.0.1"),
        ("http://example.net/", "93.184.216.34"),
    ],
)
def test_redirections_into_private_networks_are_refused(
    target: str, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (number, 443))])
    with pytest.raises(UsageError):
        remote.check_hop("https://example.org/catalogue", target)


def test_redirections_to_public_addresses_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("93.184.216.34", 443))])
    remote.check_hop("https://example.org/a", "https://www.example.com/b")


def test_redirection_of_a_local_server_to_elsewhere_is_refused(server: str) -> None:
    with pytest.raises(UsageError, match="not fetched"):
        fairport.load(f"{server}/to?http://10.0.0.1/r/a/one/result.yaml", kind="result")
