"""Exports before the validator of HEPData itself."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from fairport.contract.resources import schemas_root
from fairport.results.exports import export
from fairport.results.store import load_result

VALIDATE = Path(__file__).with_name("hepdata_validate.py")
EXAMPLES = (
    "limit",
    "limit-scalar",
    "projection",
    "region-collider",
    "region-signal",
    "profile-grid",
    "profile-replicas",
    "line",
)


@pytest.mark.services
def test_submissions_are_valid(tool: Any, tmp_path: Path) -> None:
    environment = tool("hepdata-validator")

    def validate(folder: Path) -> dict[str, Any]:
        done = subprocess.run(
            [environment.bin / "python", VALIDATE, folder],
            env=environment.environment(),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return answer

    good = schemas_root() / "examples" / "result" / "good"
    for name in EXAMPLES:
        folder = tmp_path / name
        export(load_result(good / f"{name}.yaml", verify=False), "hepdata", folder)
        answer = validate(folder)
        assert answer["valid"], (name, answer["errors"])
    submission = tmp_path / EXAMPLES[0] / "submission.yaml"
    submission.write_text(submission.read_text("utf-8").replace("data_file:", "data_fiel:"), "utf-8")
    assert not validate(submission.parent)["valid"]
