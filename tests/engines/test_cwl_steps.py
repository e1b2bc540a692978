"""What is told of a step that cwltool runs."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fairport.engines import cwl_steps


def test_a_step_has_ended_before_the_next_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = count()
    monkeypatch.setattr(cwl_steps, "now", lambda: f"{next(ticks):03}")
    begun: list[str] = []

    def next_step(outputs: Any, status: str) -> None:
        begun.append(cwl_steps.now())

    job: Any = SimpleNamespace(
        name="first", collect_outputs=lambda outdir, code: {}, output_callback=next_step
    )
    step = cwl_steps._Step(job, tmp_path)
    job.collect_outputs(str(tmp_path), 0)
    job.output_callback({}, "success")
    event = step.ended([])
    assert (event["status"], event["exit_code"]) == ("finished", 0)
    assert event["time"] < begun[0]
