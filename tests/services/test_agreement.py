"""Verdicts beside those of validators that live in isolated environments."""

from __future__ import annotations

import importlib.util
import json
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

_place = Path(__file__).parents[1] / "check" / "test_agreement.py"
_spec = importlib.util.spec_from_file_location("agreement_of_the_check", _place)
assert _spec is not None
assert _spec.loader is not None
_check = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_check)

FULL_CFF, REANA = _check.FULL_CFF, _check.REANA
mutations, refused, differences = _check.mutations, _check.refused, _check.differences


@pytest.mark.services
def test_citation_file_as_cffconvert_has_it(tool: Any, tmp_path: Path) -> None:
    environment = tool("cffconvert")
    cases = dict(mutations(FULL_CFF, leaves=(5, [1])))
    names = {}
    for number, (name, data) in enumerate(cases.items()):
        path = tmp_path / f"{number}.cff"
        path.write_text(yaml.safe_dump(data, sort_keys=False), "utf-8")
        names[str(path)] = name
    script = Path(__file__).parents[2] / "benchmarks" / "oracles" / "cff.py"
    done = subprocess.run(
        [environment.bin / "python", script, *names],
        env=environment.environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    answers = {names[path]: objection for path, objection in json.loads(done.stdout.splitlines()[-1]).items()}
    work = tmp_path / "work"
    work.mkdir()
    rules = ("META001", "META007", "META013", "META020")
    differing = [
        f"{name}: {answers[name]}"
        for name, data in cases.items()
        if (answers[name] is not None) != refused(work, "CITATION.cff", data, *rules)
    ]
    assert differing == []


@pytest.mark.services
def test_reana_as_its_official_schema_has_it(tool: Any, tmp_path: Path) -> None:
    """REANA turns unknown keys into warnings, and so do we."""
    found = sorted(tool("reana-client").path.rglob("reana_analysis_schema.json"))
    assert found
    official = jsonschema.Draft7Validator(json.loads(found[0].read_text("utf-8")))

    def theirs(data: Any) -> bool:
        return any(item.validator != "additionalProperties" for item in official.iter_errors(data))

    found_differences = differences(
        mutations(REANA), theirs, lambda data: refused(tmp_path, "reana.yaml", data, "WF003")
    )
    # The schema of the next release refuses more, as we do: a list without steps, a step without commands.
    assert [item for item in found_differences if item.endswith("they refuse")] == []
