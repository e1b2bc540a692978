"""The processes that draw figures: started early, used once, and gone when the build is."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from fairport.catalog.drawings import figures
from fairport.catalog.drawings.figures import FigureStudio
from fairport.catalog.site import build as building
from fairport.catalog.site.build import build

Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Return the processes that were started so far."""
    found: list[subprocess.Popen[bytes]] = []
    start: Start = figures._start

    def note() -> subprocess.Popen[bytes]:
        found.append(start())
        return found[-1]

    monkeypatch.setattr(figures, "_start", note)
    return found


def test_a_process_that_nobody_needs_ends_without_a_word(tmp_path: Path, started: list) -> None:
    with FigureStudio(tmp_path) as studio:
        studio.prepare()
        studio.prepare()
    (child,) = started
    assert child.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_waits_gets_the_first_figure(
    catalogue: Path,
    make_repository,
    register,
    run_harvest,
    started: list,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(building, "_MANY", 0)
    register(make_repository("first", results={"si": {}, "sdp": {"plane": "dd.sdp"}}))
    run_harvest()
    report = build(catalogue, docs=False)
    assert report.warnings == ()
    assert [child.returncode for child in started] == [0, 0]  # one waited, the other plane took a new one
    for plane in ("dd.si", "dd.sdp"):
        for suffix in ("svg", "png", "pdf"):
            assert (report.root / "p" / plane / f"{plane}.{suffix}").stat().st_size
