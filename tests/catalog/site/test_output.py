"""Writing the files of a site: whole folders at once, and nothing lost when something is in the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fairport.catalog.site import output
from fairport.catalog.site.output import FileWriter, SiteWriter, leaves_first
from fairport.contract.errors import UsageError

FILES = {"r/a/one/index.html": "page", "r/a/one/figure.svg": b"<svg/>", "r/a/one/v/1/index.html": "old"}


def _held(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_text()
        for path in root.rglob("*")
        if path.is_file() and not path.name.startswith(".fairport")
    }


def _text(files: dict[str, str | bytes]) -> dict[str, str]:
    return {path: item if isinstance(item, str) else item.decode() for path, item in files.items()}


def test_a_new_folder_appears_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, str]] = []
    rename = output.os.rename

    def watched(old: str, new: str) -> None:
        seen.append(_held(tmp_path / "r"))
        rename(old, new)

    monkeypatch.setattr(output.os, "rename", watched)
    writer = FileWriter(tmp_path)
    written = writer.write_all(FILES)
    writer.close()
    assert seen == [{}]
    assert _held(tmp_path) == _text(FILES)
    assert [file.path for file in written] == sorted(FILES, key=leaves_first)
    assert all(file.fresh for file in written)


def test_a_folder_that_is_there_is_written_file_by_file(tmp_path: Path) -> None:
    first, second = FileWriter(tmp_path), FileWriter(tmp_path)
    first.write_all(FILES)
    untouched = (tmp_path / "r/a/one/figure.svg").stat().st_mtime_ns
    written = second.write_all(FILES | {"r/a/one/index.html": "other", "r/a/one/x/new.csv": "1"})
    assert {file.path for file in written if file.fresh} == {"r/a/one/index.html", "r/a/one/x/new.csv"}
    assert (tmp_path / "r/a/one/figure.svg").stat().st_mtime_ns == untouched
    assert (tmp_path / "r/a/one/index.html").read_text() == "other"


def test_a_folder_that_comes_meanwhile_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = output.os.rename

    def late(old: str, new: str) -> None:
        Path(new).mkdir()
        Path(new, "theirs.txt").write_text("of somebody else")
        rename(old, new)

    monkeypatch.setattr(output.os, "rename", late)
    writer = FileWriter(tmp_path)
    writer.write_all(FILES)
    writer.close()
    assert _held(tmp_path) == _text(FILES) | {"r/a/one/theirs.txt": "of somebody else"}
    assert not any((tmp_path / output.SCRATCH).iterdir())


def test_a_link_in_the_place_of_a_folder_is_not_replaced_by_one(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    root = tmp_path / "site"
    (root / "r/a").mkdir(parents=True)
    (root / "r/a/one").symlink_to(elsewhere)
    FileWriter(root).write_all(FILES)
    assert (root / "r/a/one").is_symlink()


@pytest.mark.parametrize("path", ["../out.html", "/etc/x", "r//x", "r/./x", "a\\b", "a\nb", ""])
def test_no_path_leads_out_of_the_site(tmp_path: Path, path: str) -> None:
    writer = FileWriter(tmp_path / "site")
    with pytest.raises(ValueError, match="not a path of the site"):
        writer.write_all({"r/a/index.html": "x", path: "x"})
    assert _held(tmp_path) == {}


def test_what_a_killed_build_was_writing_is_removed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(old: str, new: str) -> None:
        raise Killed

    killing = FileWriter(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(output.os, "rename", killed)
        with pytest.raises(Killed):
            killing.write_all(FILES)
    assert any((tmp_path / output.SCRATCH).rglob("figure.svg"))
    writer = SiteWriter(tmp_path)
    writer.put("index.html", "home")
    writer.finish()
    assert {path.name for path in tmp_path.iterdir()} == {"index.html", output.MANIFEST}


def test_two_builds_never_write_one_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "_PATIENCE", 2)
    first = SiteWriter(tmp_path / "site")
    with pytest.raises(UsageError, match="another build"):
        SiteWriter(tmp_path / "site")
    first.put("index.html", "whole")
    first.finish()
    SiteWriter(tmp_path / "site").close()


def test_what_tells_of_the_whole_comes_at_the_end(tmp_path: Path) -> None:
    before = SiteWriter(tmp_path)
    before.put("index.html", "old")
    before.put("gone.html", "old")
    before.finish()
    writer = SiteWriter(tmp_path)
    writer.put("index.html", "new")
    writer.put("p/index.html", "list")
    writer.adopt([writer.write("p/dd/index.html", "plane")])
    assert {path: text for path, text in _held(tmp_path).items() if not path.startswith(".")} == {
        "index.html": "old",
        "gone.html": "old",
        "p/dd/index.html": "plane",
    }
    assert (writer.written, writer.unchanged) == (3, 0)
    writer.finish()
    assert (tmp_path / "index.html").read_text() == "new"
    assert (tmp_path / "p" / "index.html").read_text() == "list"
    assert {path.name for path in tmp_path.iterdir()} == {"index.html", "p", output.MANIFEST}


def test_a_folder_in_the_place_of_a_page_is_told(tmp_path: Path) -> None:
    writer = SiteWriter(tmp_path)
    (tmp_path / "index.html").mkdir()
    writer.put("index.html", "new")
    with pytest.raises(ValueError, match="folder in the place"):
        writer.finish()


def test_a_file_in_pieces_is_written_like_one_in_one(tmp_path: Path) -> None:
    whole, pieces = FileWriter(tmp_path / "whole"), FileWriter(tmp_path / "pieces")
    assert whole.write("p/x/x.csv", "one,two") == pieces.write("p/x/x.csv", iter([b"one", b",two"]))
    untouched = (tmp_path / "pieces/p/x/x.csv").stat().st_mtime_ns
    assert not pieces.write("p/x/x.csv", iter([b"one,", b"two"])).fresh
    assert (tmp_path / "pieces/p/x/x.csv").stat().st_mtime_ns == untouched
    assert pieces.write("p/x/x.csv", iter([b"one,", b"ten"])).fresh  # as long, but other
    assert _held(tmp_path / "pieces") == {"p/x/x.csv": "one,ten"}
    pieces.close()
    assert not any((tmp_path / "pieces" / output.SCRATCH).iterdir())


def test_a_file_in_pieces_waits_for_its_place(tmp_path: Path) -> None:
    writer = SiteWriter(tmp_path)
    written = writer.put("catalog.json", iter([b"[1", b"]"]))
    assert (written.size, written.fresh) == (3, True)
    assert not (tmp_path / "catalog.json").exists()
    writer.finish()
    assert (tmp_path / "catalog.json").read_text() == "[1]"
    again = SiteWriter(tmp_path)
    assert not again.put("catalog.json", iter([b"[", b"1]"])).fresh
    again.finish()
    assert (again.written, again.unchanged, again.removed) == (0, 1, 0)


def test_pieces_that_end_in_an_error_leave_what_was_there(tmp_path: Path) -> None:
    def failing() -> Iterator[bytes]:
        yield b"half"
        raise OSError("the disk is full")

    writer = FileWriter(tmp_path)
    writer.write("p/x/x.csv", "whole")
    with pytest.raises(OSError, match="full"):
        writer.write("p/x/x.csv", failing())
    writer.close()
    assert _held(tmp_path) == {"p/x/x.csv": "whole"}
