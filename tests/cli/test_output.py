"""Reports go to stdout, remarks to stderr, and neither can be driven by hostile text."""

from __future__ import annotations

import io
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairport.cli.output import LineProgress, Output, SpinnerProgress, clean


@given(st.text())
def test_clean_text_has_no_control_characters(text: str) -> None:
    cleaned = clean(text)
    assert not [
        c for c in cleaned if (ord(c) < 32 and c not in "\t\n") or 127 <= ord(c) < 160 or c in "\u202e\u2066"
    ]
    assert clean(cleaned) == cleaned


def test_clean_keeps_what_is_plain() -> None:
    assert clean("σ v = 3e-26 cm³/s\n\tβ") == "σ v = 3e-26 cm³/s\n\tβ"
    assert clean("a\x1b[31mb\x9b") == "a\\x1b[31mb\\x9b"


def test_notes_follow_verbosity(capfd: pytest.CaptureFixture[str]) -> None:
    for verbosity in (-1, 0, 1):
        output = Output(verbosity=verbosity)
        output.note(f"note {verbosity}")
        output.detail(f"detail {verbosity}")
    out, err = capfd.readouterr()
    assert out == ""
    assert err.splitlines() == ["note 0", "note 1", "detail 1"]


def test_json_is_utf8_and_refuses_nan(capfd: pytest.CaptureFixture[str]) -> None:
    Output().json({"b": "σ", "a": [1.5e-44]})
    out = capfd.readouterr().out
    assert "σ" in out
    assert list(json.loads(out)) == ["b", "a"]
    with pytest.raises(ValueError, match="JSON"):
        Output().json({"x": float("nan")})


def test_no_color_variable_switches_colours_off(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    assert "\x1b[31m" in Output().style("x", stream=terminal, fg="red")
    assert Output().style("x", stream=io.StringIO(), fg="red") == "x"
    monkeypatch.setenv("NO_COLOR", "")
    assert Output().style("x", stream=terminal, fg="red") == "x"


def test_progress_is_plain_lines_off_a_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    with Output().progress() as progress:
        progress.step("first")
        progress.note("a [bold]remark[/bold]")
    assert isinstance(progress, LineProgress)
    assert capfd.readouterr() == ("", "first\n  a [bold]remark[/bold]\n")


def test_progress_is_silent_when_quiet(capfd: pytest.CaptureFixture[str]) -> None:
    with Output(verbosity=-1).progress() as progress:
        progress.step("first")
        progress.note("remark")
    assert capfd.readouterr() == ("", "")


def test_spinner_leaves_one_line_for_each_stage_and_marks_the_failed_one() -> None:
    from rich.console import Console

    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, no_color=True, width=60)

    def work() -> None:
        with SpinnerProgress(console) as progress:
            progress.step("one [x]")
            progress.note("remark")
            progress.step("two")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        work()
    text = stream.getvalue()
    assert re.search(r"✓ one \[x\]  \d+\.\d s", text)
    assert "  remark" in text
    assert re.search(r"✗ two  \d+\.\d s", text)
