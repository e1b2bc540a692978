"""Run crates before an independent validator, and what the crate says."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from fairport.contract.errors import FairportError
from fairport.flows.run import run_analysis

VALIDATE = Path(__file__).with_name("roc_validate.py")


@pytest.mark.services
def test_crates_are_valid(tiny_analysis: Any, tool: Any, tmp_path: Path) -> None:
    environment = tool("roc-validator")
    good = tiny_analysis("good", git=True)
    record = run_analysis(good, container="none").record
    bad = tiny_analysis("bad", files={"src/scale.py": "raise SystemExit(3)\n"})
    with pytest.raises(FairportError):
        run_analysis(bad, container="none")
    crates = [next((root / ".fairport/runs").iterdir()) for root in (good, bad)]
    broken = tmp_path / "broken"
    shutil.copytree(crates[0], broken)
    metadata = broken / "ro-crate-metadata.json"
    metadata.write_text(metadata.read_text("utf-8").replace('"instrument"', '"x-instrument"'), "utf-8")
    (broken / "code/workflow/main.cwl").unlink()
    done = subprocess.run(
        [environment.bin / "python", VALIDATE, tmp_path, *crates, broken],
        env=environment.environment(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    issues = json.loads((tmp_path / "issues.json").read_text("utf-8"))
    assert len(issues) == 12
    wrong = {key: value for key, value in issues.items() if value}
    assert {key.split()[0] for key in wrong} == {str(broken)}, wrong
    assert len(wrong) == 4
    assert record.status == "finished"
