"""The commands, as a person calls them."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from fairport.catalog.drawings import figures
from fairport.catalog.site.serve import make_server
from fairport.cli.main import main
from fairport.contract.errors import UsageError


@pytest.fixture(autouse=True)
def no_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand-ins for the figures that matplotlib draws."""
    monkeypatch.setattr(
        figures, "_draw_elsewhere", lambda p, r, c, files, start: [f.touch() for f in files.values()]
    )


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def test_from_nothing_to_a_site(tmp_path: Path, make_repository, capsys: pytest.CaptureFixture[str]) -> None:
    folder, repository = tmp_path / "mine", make_repository()
    assert run("catalog", "init", folder, "--title", "Mine") == 0
    assert run("catalog", "add", repository, "--catalog", folder) == 0
    assert run("catalog", "status", "--catalog", folder) == 0
    assert "not harvested yet" in capsys.readouterr().out
    assert run("catalog", "harvest", "--catalog", folder, "--strict") == 0
    assert "1 of 1 repositories read" in capsys.readouterr().out
    assert run("catalog", "build", "--catalog", folder, "--output", tmp_path / "public", "--no-docs") == 0
    told = capsys.readouterr().out
    assert "1 result in 1 plane\n" in told
    assert str(tmp_path / "public" / "index.html") in told
    assert (tmp_path / "public" / "r" / "toy" / "si" / "index.html").is_file()
    assert run("catalog", "remove", "toy", "--catalog", folder) == 0
    assert run("catalog", "harvest", "--catalog", folder) == 0
    assert run("catalog", "build", "--catalog", folder, "--output", tmp_path / "public", "--no-docs") == 0
    files = [path.name for path in (tmp_path / "public" / "r" / "toy").rglob("*") if path.is_file()]
    assert sorted(files) == ["index.html", "ro-crate-metadata.json"]
    assert "taken out of the registry" in (tmp_path / "public/r/toy/si/index.html").read_text("utf-8")


def test_a_failed_repository_is_told_and_strict_counts_it(
    catalogue, make_repository, register, capsys
) -> None:
    repository = make_repository()
    register(repository)
    (repository / "fairport.yaml").unlink()
    assert run("catalog", "harvest", "--catalog", catalogue) == 0
    assert run("catalog", "harvest", "--catalog", catalogue, "--strict") == 1
    out = capsys.readouterr().out
    assert "toy: failed, the repository has no fairport.yaml -> bring it in with `fairport adopt`" in out
    assert run("catalog", "status", "--catalog", catalogue, "--format", "json") == 0
    (entry,) = json.loads(capsys.readouterr().out)["entries"]
    assert (entry["id"], entry["state"]) == ("toy", "failed")


def test_json_reports(catalogue, make_repository, register, capsys) -> None:
    register(make_repository())
    assert run("catalog", "harvest", "--catalog", catalogue, "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["entries"][0]["results"][0]["id"] == "si"
    assert run("catalog", "build", "--catalog", catalogue, "--no-docs", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["results"] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("catalog", "harvest", "--catalog", "nowhere"), "no catalog.yaml here"),
        (("catalog", "build", "--catalog", "nowhere"), "no catalog.yaml here"),
        (("catalog", "add", "nowhere"), "no catalog.yaml here"),
        (("catalog", "serve", "--site", "nowhere"), "no built site"),
        (("catalog", "preview", "nowhere"), "no such folder"),
    ],
)
def test_mistakes_have_a_mend(arguments, message, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(*arguments) == 2
    error = capsys.readouterr().err
    assert message in error
    assert "mend:" in error


def test_preview_leaves_nothing_but_its_pages(tmp_path, make_repository, capsys, monkeypatch) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    repository = make_repository()
    assert run("catalog", "preview", repository, "--output", tmp_path / "site") == 0
    assert list((tmp_path / "temporary").iterdir()) == []
    assert run("catalog", "preview", repository) == 0
    (site,) = (tmp_path / "temporary").iterdir()
    assert str(site / "a" / "toy" / "index.html") in capsys.readouterr().out
    assert (site / "a" / "toy" / "index.html").is_file()


def test_preview_shows_the_pages_and_what_holds_them_back(tmp_path, make_repository, capsys) -> None:
    repository = make_repository(results={"si": {}, "bad": {"plane": "dd.nowhere"},
                                          "toy": {"provenance": {"example": True}}})  # fmt: skip
    assert run("catalog", "preview", repository, "--output", tmp_path / "site") == 0
    out = capsys.readouterr().out
    assert "results/bad/result.yaml" in out
    assert "there is no plane" in out
    assert "an example of a starter" in out
    assert "the check finds" in out
    assert str(tmp_path / "site" / "a" / "toy" / "index.html") in out
    (repository / "fairport.yaml").write_text("id: [\n")
    assert run("catalog", "preview", repository, "--output", tmp_path / "other") == 1
    assert "this is not YAML" in capsys.readouterr().out
    assert "this is not YAML" in (tmp_path / "other" / "index.html").read_text()


def test_hostile_names_do_not_drive_the_terminal(catalogue, make_repository, register, capsys) -> None:
    repository = make_repository()
    register(repository)
    (repository / "fairport.yaml").write_text('"\\e[31mred\\e]0;title\\a": [\n')
    run("catalog", "harvest", "--catalog", catalogue)
    run("catalog", "status", "--catalog", catalogue)
    captured = capsys.readouterr()
    assert "\x1b]0" not in captured.out + captured.err
    assert "\x07" not in captured.out + captured.err


def test_the_server_serves_the_site_and_nothing_else(tmp_path: Path) -> None:
    site = tmp_path / "site"
    (site / "a").mkdir(parents=True)
    (site / "index.html").write_text("front")
    (site / ".secret").write_text("no")
    (tmp_path / "outside.txt").write_text("no")
    server = make_server(site, 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        base = f"http://127.0.0.1:{server.server_port}"
        assert server.server_address[0] == "127.0.0.1"
        assert urllib.request.urlopen(f"{base}/").read() == b"front"
        for path in (
            "/.secret",
            "/%2Esecret",
            "/a/",
            "/../outside.txt",
            "/%2e%2e/outside.txt",
            "/a/%2e%2e/.secret",
        ):
            with pytest.raises(urllib.error.HTTPError) as error:
                urllib.request.urlopen(base + path)
            assert error.value.code == 404
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    with pytest.raises(UsageError, match="no built site"):
        make_server(tmp_path, 0)


def test_status_tells_figures_that_two_analyses_hold(catalogue, make_repository, register, capsys) -> None:
    register(make_repository("first"))
    assert run("catalog", "harvest", "--catalog", catalogue) == 0
    assert run("catalog", "status", "--catalog", catalogue, "--same-figures") == 0
    assert "no figure is there twice" in capsys.readouterr().out
    register(make_repository("second"))
    assert run("catalog", "harvest", "--catalog", catalogue) == 0
    assert run("catalog", "status", "--catalog", catalogue, "--same-figures") == 0
    assert "second/si holds the same curve as first/si, number by number" in capsys.readouterr().out
    assert run("catalog", "status", "--catalog", catalogue, "--same-figures", "--format", "json") == 0
    (same,) = json.loads(capsys.readouterr().out)["same_figures"]
    assert same["result"] == "second/si"


def test_status_cuts_an_endless_reason(catalogue, make_repository, register, capsys) -> None:
    entry = register(make_repository())
    text = entry.read_text().replace("status: community", f"status: withdrawn\nreason: Wrong {'W' * 50_000}")
    entry.write_text(text)
    assert run("catalog", "harvest", "--catalog", catalogue) == 0
    capsys.readouterr()
    assert run("catalog", "status", "--catalog", catalogue) == 0
    out = capsys.readouterr().out
    assert "Wrong WWW" in out
    assert max(map(len, out.splitlines())) < 600
