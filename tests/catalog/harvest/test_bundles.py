"""Bundles: records that an experiment published itself, from folders and archives, hostile ones included."""

from __future__ import annotations

import hashlib
import io
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from fairport.catalog.harvest.bundles import unpack
from fairport.catalog.harvest.git import SourceError
from fairport.catalog.harvest.harvesting import harvest
from fairport.catalog.registry import init_catalogue
from fairport.catalog.state import CheckSummary
from fairport.contract.constants import MAX_DOCUMENT_BYTES
from fairport.contract.saving import dump_yaml


def _checker(tree: Path, profile: str) -> tuple[CheckSummary, None]:
    return CheckSummary(profile), None


def _entry(root: Path, **repository: str) -> None:
    if not root.exists():
        init_catalogue(root)
    data = {"schema_version": "1.0", "id": "toy", "type": "bundle", "repository": repository}
    (root / "experiments" / "toy.yaml").write_text(dump_yaml({**data, "status": "community"}))


def _pack(folder: Path, target: Path, top: str = "") -> str:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    if target.suffix == ".zip":
        with zipfile.ZipFile(target, "w") as box:
            for path in files:
                box.write(path, top + path.relative_to(folder).as_posix())
    else:
        with tarfile.open(target, "w:xz" if target.suffix == ".xz" else "w:gz") as tape:
            for path in files:
                tape.add(path, top + path.relative_to(folder).as_posix())
    return hashlib.sha256(target.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", ["b.zip", "b.tar.gz", "b.tar.xz"])
def test_an_archive_is_harvested_like_a_repository(make_repository: Any, tmp_path: Path, name: str) -> None:
    digest = _pack(make_repository(), tmp_path / name, "toy-1.0/")
    root = tmp_path / "catalogue"
    _entry(root, path=f"../{name}", sha256=digest)
    state = harvest(root, checker=_checker).states[0]
    assert (state.state, state.type, [item.state for item in state.results]) == ("ok", "bundle", ["ok"])
    assert list((root / ".cache" / "work").iterdir()) == []


def test_a_record_that_is_too_large_is_told(make_repository: Any, tmp_path: Path) -> None:
    repository = make_repository(results={"si": {}, "vast": {}})
    with (repository / "results" / "vast" / "result.yaml").open("a", encoding="utf-8") as record:
        record.write("#" * (MAX_DOCUMENT_BYTES + 1) + "\n")
    digest = _pack(repository, tmp_path / "b.zip")
    _entry(tmp_path / "catalogue", path="../b.zip", sha256=digest)
    state = harvest(tmp_path / "catalogue", checker=_checker).states[0]
    told = {item.path: (item.state, item.reason or "") for item in state.results}
    assert told["results/si/result.yaml"][0] == "ok"
    assert told["results/vast/result.yaml"][0] == "failed"
    assert "at most 5,000,000 are read" in told["results/vast/result.yaml"][1]


def test_a_folder_is_a_bundle_too(make_repository: Any, tmp_path: Path) -> None:
    make_repository()
    _entry(tmp_path / "catalogue", path="../repositories/toy")
    assert harvest(tmp_path / "catalogue", checker=_checker).states[0].state == "ok"


def test_another_digest_is_refused_and_the_last_good_version_stays(
    make_repository: Any, tmp_path: Path
) -> None:
    root, archive = tmp_path / "catalogue", tmp_path / "b.zip"
    digest = _pack(make_repository(), archive)
    _entry(root, path="../b.zip", sha256=digest)
    harvest(root, checker=_checker)
    archive.write_bytes(archive.read_bytes() + b"x")
    state = harvest(root, checker=_checker).states[0]
    assert (state.state, len(state.results)) == ("stale", 1)
    assert "differs from the digest" in (state.reason or "")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """Serve ``tmp_path`` on this machine."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as served:
        thread = threading.Thread(target=served.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{served.server_port}"
        served.shutdown()


def test_a_bundle_is_fetched_once_and_must_be_pinned(
    make_repository: Any, tmp_path: Path, server: str
) -> None:
    root, archive = tmp_path / "catalogue", tmp_path / "b.zip"
    digest = _pack(make_repository(), archive)
    _entry(root, url=f"{server}/b.zip", sha256=digest)
    assert harvest(root, checker=_checker).states[0].state == "ok"
    archive.unlink()
    again = harvest(root, checker=_checker)
    assert (again.states[0].state, again.unchanged) == ("ok", ("toy",))
    _entry(root, url=f"{server}/b.zip", sha256="0" * 64)
    assert harvest(root, checker=_checker).states[0].state == "stale"
    _entry(root, url=f"{server}/b.zip")
    assert "sha256" in (harvest(root, checker=_checker).states[0].reason or "")


def _tar(path: Path, members: list[tarfile.TarInfo]) -> Path:
    with tarfile.open(path, "w") as tape:
        for member in members:
            tape.addfile(member, io.BytesIO(b"x" * member.size) if member.isreg() else None)
    return path


def _member(name: str, size: int = 1, **values: Any) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size = size
    for key, value in values.items():
        setattr(member, key, value)
    return member


def test_nothing_is_written_outside(tmp_path: Path) -> None:
    members = [
        _member("../out.txt"),
        _member("/abs.txt"),
        _member("a/../../out.txt"),
        _member(".git/config"),
        _member("link", 0, type=tarfile.SYMTYPE, linkname="/etc"),
        _member("hard", 0, type=tarfile.LNKTYPE, linkname="ok.txt"),
        _member("dev", 0, type=tarfile.CHRTYPE),
        _member("ok.txt"),
    ]
    folder = tmp_path / "in" / "deep"
    folder.mkdir(parents=True)
    unpack(_tar(tmp_path / "x.tar", members), folder)
    assert [path.name for path in sorted(tmp_path.rglob("*")) if path.is_file()] == ["ok.txt", "x.tar"]


def test_of_a_file_larger_than_a_document_only_the_size_is_kept(tmp_path: Path) -> None:
    box = tmp_path / "x.zip"
    with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.yaml", b"\0" * 60_000_000)
        archive.writestr("bomb.bin", b"\0" * 60_000_000)
        archive.writestr("ok.yaml", "a")
    (tmp_path / "in").mkdir()
    assert unpack(box, tmp_path / "in") is None
    assert {path.name for path in (tmp_path / "in").iterdir()} == {"ok.yaml", "bomb.yaml"}
    bomb = (tmp_path / "in" / "bomb.yaml").stat()
    assert (bomb.st_size, bomb.st_blocks) == (60_000_000, 0)


@pytest.mark.parametrize(
    "content", [b"", b"no archive at all", b"PK\x03\x04" + b"\0" * 50, b"\x1f\x8b\x08junk"]
)
def test_damaged_archives_are_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "b.zip"
    path.write_bytes(content)
    (tmp_path / "in").mkdir()
    with pytest.raises(SourceError, match="cannot be unpacked") as caught:
        unpack(path, tmp_path / "in")
    assert "\n" not in str(caught.value.why)
    assert "ReadError" not in str(caught.value.why)


def test_a_cut_archive_is_told(make_repository: Any, tmp_path: Path) -> None:
    path = tmp_path / "b.tar.gz"
    _pack(make_repository(), path)
    path.write_bytes(path.read_bytes()[:300])
    (tmp_path / "in").mkdir()
    with pytest.raises(SourceError, match="cannot be unpacked"):
        unpack(path, tmp_path / "in")


def test_names_that_stand_twice_are_told_without_places_of_this_machine(tmp_path: Path) -> None:
    archive = tmp_path / "twice.zip"
    with zipfile.ZipFile(archive, "w") as box:
        box.writestr("fairport.yaml", "a: 1")
        with pytest.warns(UserWarning, match="Duplicate"):
            box.writestr("fairport.yaml", "a: 2")
    with pytest.raises(SourceError) as caught:
        unpack(archive, tmp_path / "out")
    assert "one name" in str(caught.value)
    assert str(tmp_path) not in str(caught.value)
