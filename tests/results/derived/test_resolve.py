"""What a person may write for a result, licences, and how commands end."""

from __future__ import annotations

import http.server
import json
import shutil
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fairport.cli.main import main
from fairport.contract.errors import DocumentError, UsageError
from fairport.results.deriving import Derived, write
from fairport.results.licences import Terms, strictest
from fairport.results.resolve import parse_name, resolve


@pytest.fixture
def stored(make_limit: Any, tmp_path: Path) -> Path:
    """A repository ``lz`` with one result ``si``."""

    def put(name: str, value: float) -> Path:
        result = make_limit(
            "si", [10.0, 1000.0], [value, value], bands={"p50": [2 * value, 2 * value]}, analysis=name
        )
        data = {key: content for key, content in result.data.items() if key != "data"}
        terms = Terms("CC0-1.0", True, "")
        folder = tmp_path / name / "results" / "si"
        write(Derived(data, dict(result.columns), result.plane, terms), folder)
        (tmp_path / name / "fairport.yaml").write_text(f"id: {name}\nexperiment: {{name: {name.upper()}}}\n")
        return folder

    put("xe", 1e-46)
    return put("lz", 1e-47)


def test_ways_to_name_a_result(stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = resolve(str(stored))
    assert resolve(str(stored / "result.yaml")).digest == folder.digest
    assert resolve(f"{tmp_path}::lz/si").digest == folder.digest
    assert resolve(f"{tmp_path}::lz/si@1").experiment == "LZ"
    with pytest.raises(UsageError, match="not version 7"):
        resolve(f"{tmp_path}::lz/si@7")
    with pytest.raises(UsageError, match="has no result"):
        resolve(f"{tmp_path}::lz/sd")
    with pytest.raises(UsageError, match="no identifier"):
        resolve(f"{tmp_path}::../../etc/passwd")
    with pytest.raises(UsageError, match="there is no result"):
        resolve("no/where/si")
    monkeypatch.chdir(tmp_path)
    assert resolve("lz/si").digest == folder.digest
    with pytest.raises(UsageError, match="has no result nowhere/si"):
        resolve("nowhere/si")
    with pytest.raises(UsageError, match="holds no"):
        resolve(str(tmp_path))
    assert parse_name("a/b@1.0").version == "1.0"


def test_built_site_and_url(stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRPORT_CACHE", str(tmp_path / "cache"))
    site = tmp_path / "site"
    for place in ("r/lz/si", "r/lz/si/v/1"):
        shutil.copytree(stored, site / place, dirs_exist_ok=True)
    renamed = shutil.copytree(stored, site / "r/lz/renamed")
    (table,) = renamed.glob("*.csv")
    table.rename(renamed / "si.csv")
    record = renamed / "result.yaml"
    record.write_text(record.read_text().replace(f"path: {table.name}", "path: named-otherwise.csv"))
    np.testing.assert_allclose(resolve(str(renamed)).at(100.0), 1e-47)
    (site / "catalog.json").write_text(json.dumps({"analyses": [{"id": "lz", "experiment": "LZ"}]}))
    assert resolve(f"{site}::lz/si").experiment == "LZ"
    assert resolve(f"{site}::lz/si@1").analysis == "lz"

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, directory=str(site), **kwargs)

        def log_message(self, *args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    base = f"http://127.0.0.1:{server.server_port}"
    try:
        pages = ("/r/lz/si/", "/r/lz/si/result.yaml", "/r/lz/renamed/")
        for address in (*pages, "::lz/si", "/catalog.json::lz/si@1"):
            loaded = resolve(f"{base}{address}")
            assert loaded.id == "lz/si"
            np.testing.assert_allclose(loaded.at(100.0), 1e-47)
        with pytest.raises(DocumentError, match="cannot be fetched"):
            resolve(f"{base}/r/lz/sd/")
    finally:
        server.shutdown()
        server.server_close()
    assert resolve(f"{base}/r/lz/si/").id == "lz/si"  # from the cache
    for bad in ("http://example.org/r/lz/si/", "https://user:secret@example.org/r/lz/si/"):
        with pytest.raises(UsageError, match="not fetched"):
            resolve(bad)


@pytest.mark.parametrize(
    ("licences", "licence", "free"),
    [
        (["CC0-1.0", "MIT"], "MIT", True),
        (["MIT", "CC-BY-4.0"], "CC-BY-4.0", True),
        (["CC-BY-4.0", "CC-BY-SA-4.0"], "CC-BY-SA-4.0", True),
        (["CC-BY-4.0", "CC-BY-NC-SA-3.0"], "CC-BY-NC-SA-3.0", False),
        (["CC-BY-4.0", "CC-BY-ND-4.0"], "CC-BY-ND-4.0", False),
        (["CC0-1.0", "LicenseRef-none"], "LicenseRef-none", False),
        (["CC-BY-4.0", "LicenseRef-journal"], "LicenseRef-none", False),
        (["CC-BY-SA-4.0", "GPL-3.0-only"], "CC-BY-SA-4.0 AND GPL-3.0-only", False),
        (["MIT OR GPL-3.0-only"], "MIT", True),
        (["MIT AND CC-BY-NC-4.0"], "CC-BY-NC-4.0", False),
        ([], "LicenseRef-none", False),
    ],
)
def test_strictest_licence(licences: list[str], licence: str, free: bool) -> None:
    terms = strictest(licences)
    assert (terms.licence, terms.redistributable) == (licence, free)
    assert strictest(reversed(licences)) == terms


def test_commands(stored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = [f"{tmp_path}::lz/si", f"{tmp_path}::xe/si"]
    assert main(["compare", *both, "--at", "mass=40GeV"]) == 0
    assert "LZ: si leads" in capsys.readouterr().out
    assert main(["compare", *both, "--at", "mass=40GeV", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"][1]["factors"]["observed"] == pytest.approx(10.0)
    out = tmp_path / "envelope"
    assert main(["combine", *both, "--method", "envelope", "-o", str(out), "--no-figure"]) == 0
    assert "not a combination" in capsys.readouterr().out
    assert main(["result", "show", str(out), "--at", "40"]) == 0
    assert "1e-47" in capsys.readouterr().out
    assert main(["combine", *both, "-o", str(tmp_path / "no")]) == 1
    assert "never converted" in capsys.readouterr().err
    assert not (tmp_path / "no").exists()
    points = tmp_path / "points.csv"
    points.write_text("mass,cross_section\n100,1e-45\n100,1e-49\n")
    assert main(["exclude", str(points), "--plane", "dd.si", "--format", "json", *both]) == 0
    statuses = [one["status"] for one in json.loads(capsys.readouterr().out)["points"]]
    assert statuses == ["excluded", "allowed"]
    assert main(["exclude", str(points), "--plane", "dd.si", "--format", "csv", *both]) == 0
    assert capsys.readouterr().out.startswith("row,mass,cross_section,fraction,status,by,margin,reason\n1,")
    target = tmp_path / "translated"
    assert main(["translate", both[0], "--to", "dd.si", "--set", "rho0=0.4", "-o", str(target)]) == 0
    assert (target / "figure.svg").is_file()
    assert resolve(str(target)).record.id == "translated"
    assert resolve(str(out)).record.id == "envelope"
    assert main(["plot", "dd.si", *both, "-o", str(tmp_path / "p.svg")]) == 0
    assert main(["plot", "dd.sdp", *both, "-o", str(tmp_path / "q.svg")]) == 2
    assert main(["compare", both[0], "--at", "mass=far"]) == 2
    assert "Traceback" not in capsys.readouterr().err
