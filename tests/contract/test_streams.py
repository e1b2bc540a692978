"""Devices and streams are written to; they are never replaced by a file."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from fairport.contract.files import write_atomic

WRITE = """
import sys
from pathlib import Path
from fairport.contract.files import write_atomic
write_atomic(Path(sys.argv[1]), "text")
"""


@pytest.fixture
def nothing_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail before anything could be put into the place of a device of this machine."""

    def refuse(**_: object) -> None:
        raise AssertionError("a file was about to replace it")

    monkeypatch.setattr(tempfile, "mkstemp", refuse)


@pytest.mark.usefixtures("nothing_beside")
def test_null() -> None:
    assert write_atomic(Path("/dev/null"), "text")


@pytest.mark.usefixtures("nothing_beside")
def test_the_guard_of_these_tests_works(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        write_atomic(tmp_path / "file", "text")


def test_standard_output_into_a_pipe() -> None:
    code = f"import tempfile\ntempfile.mkstemp = None\n{WRITE}"
    done = subprocess.run([sys.executable, "-c", code, "/dev/stdout"], capture_output=True, check=True)
    assert done.stdout == b"text"


def test_standard_output_into_a_file(tmp_path: Path) -> None:
    code = f"import tempfile\ntempfile.mkstemp = None\n{WRITE}"
    with (tmp_path / "out").open("wb") as out:
        subprocess.run([sys.executable, "-c", code, "/dev/fd/1"], stdout=out, check=True)
    assert (tmp_path / "out").read_bytes() == b"text"


def test_a_link_to_a_file_is_replaced_as_ever(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("before")
    (tmp_path / "link").symlink_to("target")
    write_atomic(tmp_path / "link", "text")
    assert (tmp_path / "target").read_text() == "before"
    assert not (tmp_path / "link").is_symlink()
