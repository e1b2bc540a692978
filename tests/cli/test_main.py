"""Errors become text and exit codes at one place; nothing else reaches the terminal."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

import fairport.cli.main as program
from fairport.cli.lazy import LazyGroup
from fairport.cli.table import Entry
from fairport.contract.errors import ConfigurationError, Location, RunFailedError


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """Run a callback as the command ``fairport do`` and return exit code, stdout and stderr."""
    monkeypatch.setenv("FAIRPORT_CACHE", str(tmp_path / "cache"))

    def call(callback, *arguments: str) -> tuple[int, str, str]:
        class Holder:
            command = click.command()(callback)

        monkeypatch.setitem(sys.modules, "holder_of_test_command", Holder)
        entry = Entry("do", "holder_of_test_command", "command", "Do")
        monkeypatch.setattr(
            program,
            "make_cli",
            lambda: LazyGroup("fairport", entries=(entry,), params=program.global_options()),
        )
        code = program.main(["do", *arguments])
        out, err = capfd.readouterr()
        return code, out, err

    return call


def _raising(error: BaseException):
    def callback() -> None:
        raise error

    return callback


def test_nothing_returned_is_success(run) -> None:
    assert run(lambda: click.echo("done")) == (0, "done\n", "")


def test_returned_number_is_the_exit_code(run) -> None:
    assert run(lambda: 1)[0] == 1


def test_user_error_says_what_where_why_and_mend(run) -> None:
    error = ConfigurationError("it is wrong", where=Location("a.yaml", 3, 7), why="of this", mend="do that")
    assert run(_raising(error)) == (
        2,
        "",
        "error: it is wrong\n  where: a.yaml:3:7\n  why:   of this\n  mend:  do that\n",
    )


def test_exit_code_is_that_of_the_error(run) -> None:
    code, _, err = run(_raising(RunFailedError("step limit failed")))
    assert (code, err) == (1, "error: step limit failed\n")


def test_hostile_text_does_not_reach_the_terminal(run) -> None:
    _, _, err = run(_raising(RunFailedError("\x1b[2Jgone \u202etxt", where="\x07bell")))
    assert "\x1b" not in err
    assert "\x07" not in err
    assert "\\x1b[2Jgone \\u202etxt" in err


def test_defect_is_one_line_and_a_log(run, tmp_path: Path) -> None:
    code, out, err = run(_raising(ZeroDivisionError("by\nzero")))
    assert code == 3
    assert out == ""
    assert err.startswith("error: inside Fairport: ZeroDivisionError: by (full report in ")
    assert err.count("\n") == 1
    (log,) = (tmp_path / "cache" / "logs").iterdir()
    assert str(log) in err
    assert "Traceback" in log.read_text(encoding="utf-8")
    assert log.stat().st_mode & 0o077 == 0


def test_defect_without_writable_cache_is_logged_elsewhere(run, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("FAIRPORT_CACHE", str(tmp_path / "file"))
    elsewhere = tmp_path / "tmp"
    elsewhere.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(elsewhere))
    code, _, err = run(_raising(RuntimeError("x")))
    assert code == 3
    assert f"full report in {elsewhere}" in err


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/data/site"), "the disk is full"),
        (PermissionError(errno.EACCES, "Permission denied", "/data/site"), "there is no permission"),
        (OSError(errno.EROFS, "Read-only file system", "/data/site"), "this place cannot be written to"),
        (sqlite3.OperationalError("database or disk is full"), "the disk is full"),
        (sqlite3.OperationalError("disk I/O error"), "the disk cannot be read"),
        (MemoryError(), "there is not enough memory"),
    ],
)
def test_what_the_machine_lacks_is_no_defect(run, error: Exception, what: str) -> None:
    code, _, err = run(_raising(error))
    assert code == 2
    assert err.startswith(f"error: {what}")
    assert "mend:" in err
    assert ("where: /data/site" in err) == isinstance(error, OSError)


def test_other_errors_of_files_stay_defects(run) -> None:
    assert run(_raising(FileNotFoundError(errno.ENOENT, "No such file", "x")))[0] == 3
    assert run(_raising(sqlite3.OperationalError("no such table: parcel")))[0] == 3


def test_sigterm_ends_it_as_an_interruption_does(run, tmp_path: Path) -> None:
    tidied = tmp_path / "tidied"

    def callback() -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(20)
        finally:
            tidied.touch()

    assert run(callback) == (143, "", "\nterminated\n")
    assert tidied.exists()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_debug_shows_the_traceback(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRPORT_DEBUG", "1")
    assert "Traceback" in run(_raising(KeyError("x")))[2]
    assert "Traceback" in run(_raising(RunFailedError("x")))[2]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), EOFError(), click.Abort()])
def test_interruption_is_130_and_one_word(run, error: BaseException) -> None:
    assert run(_raising(error)) == (130, "", "\ninterrupted\n")


def test_options_may_follow_the_command(run) -> None:
    from fairport.cli.output import current

    def callback() -> None:
        output = current()
        click.echo(f"{output.verbosity} {output.colour}")

    assert run(callback, "-q", "--no-color")[1] == "-1 False\n"
    assert run(callback)[1] == "0 True\n"


def test_unknown_command_names_the_nearest(capfd: pytest.CaptureFixture[str]) -> None:
    assert program.main(["docter"]) == 2
    assert capfd.readouterr().err == (
        "error: no such command 'docter'. Did you mean doctor?\n  mend:  see fairport --help\n"
    )


def test_unknown_option_is_a_usage_error(capfd: pytest.CaptureFixture[str]) -> None:
    assert program.main(["doctor", "--colour-me"]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("error: no such option")
    assert err.endswith("see fairport doctor --help\n")


def test_no_arguments_is_help(capfd: pytest.CaptureFixture[str]) -> None:
    assert program.main([]) == 0
    assert "Commands:" in capfd.readouterr().out


def test_version(capfd: pytest.CaptureFixture[str]) -> None:
    assert program.main(["--version"]) == 0
    assert capfd.readouterr().out.startswith("fairport 0.")


def test_closed_pipe_is_silent() -> None:
    script = "import sys; from fairport.cli.main import main; sys.exit(main(['--help']))"
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-c", script], stdout=writer, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")
