"""doctor tells the truth about the machine and changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fairport.cli import doctor
from fairport.cli.main import main
from fairport.contract.errors import ConfigurationError
from fairport.interop.probes import Probe


def _report(capfd: pytest.CaptureFixture[str]) -> tuple[int, dict]:
    code = main(["doctor", "--format", "json"])
    return code, json.loads(capfd.readouterr().out)


def _named(document: dict, name: str) -> dict:
    (item,) = [item for item in document["items"] if item["name"] == name]
    return item


def test_json_names_every_part(capfd: pytest.CaptureFixture[str]) -> None:
    code, document = _report(capfd)
    assert code == (0 if document["works"] else 2)
    sections = {item["section"] for item in document["items"]}
    assert sections == {"core", "libraries", "isolated tools", "engines", "data lake", "browser"}
    assert _named(document, "numpy")["state"] == "ok"
    assert {item["state"] for item in document["items"]} <= {"ok", "absent", "broken"}
    assert all(item["mend"] for item in document["items"] if item["state"] != "ok" and item["required"])


def test_works_with_the_data_files(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fairport.contract.resources.data_root", lambda: Path("/data"))
    code, document = _report(capfd)
    assert (code, document["works"]) == (0, True)


def test_missing_data_files_are_fatal(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> Path:
        raise ConfigurationError("the data files are missing", mend="install again")

    monkeypatch.setattr("fairport.contract.resources.data_root", missing)
    code, document = _report(capfd)
    assert (code, document["works"]) == (2, False)
    assert _named(document, "data files")["mend"] == "install again"


def test_missing_library_is_fatal(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(doctor, "LIBRARIES", ("no-such-distribution",))
    code, document = _report(capfd)
    assert code == 2
    assert _named(document, "no-such-distribution")["state"] == "absent"


def test_tools_are_looked_at_and_not_made(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setenv("FAIRPORT_CACHE", str(tmp_path / "cache"))
    _, document = _report(capfd)
    assert _named(document, "reana-client")["state"] == "absent"
    assert not (tmp_path / "cache").exists()


def test_text_shows_the_mend_and_what_is_fatal(capfd: pytest.CaptureFixture[str], monkeypatch) -> None:
    found = {
        "core": [Probe("git", "absent", "not on PATH", "install git", required=True)],
        "engines": [Probe("docker", "broken", "no \x1b daemon", "start it"), Probe("node", "ok", "v20")],
    }
    monkeypatch.setattr(doctor, "examine", lambda: found)
    assert main(["doctor"]) == 2
    lines = capfd.readouterr().out.splitlines()
    assert lines[1].split() == ["--", "git", "not", "on", "PATH"]
    assert lines[2].strip() == "install git"
    assert "\\x1b" in lines[5]
    assert lines[-1] == "The core does not work: git."
