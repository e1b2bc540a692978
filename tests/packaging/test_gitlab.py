"""The GitLab job: valid by the official schema, and its script really run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

REPOSITORY = Path(__file__).parents[2]
FILE = REPOSITORY / "hooks" / "ci" / "gitlab.yml"
BASE = REPOSITORY / "tests" / "check" / "base"


@pytest.fixture(scope="module")
def documents() -> tuple[dict[str, Any], dict[str, Any]]:
    spec, job = yaml.safe_load_all(FILE.read_text("utf-8"))
    return spec, job


def interpolated(documents: tuple[dict[str, Any], dict[str, Any]], **inputs: str) -> dict[str, Any]:
    """Put inputs into the job as GitLab does before it reads it."""
    spec, job = documents
    values = {name: str(item["default"]) for name, item in spec["spec"]["inputs"].items()} | inputs
    text = json.dumps(job)
    found: dict[str, Any] = json.loads(
        re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", lambda match: json.dumps(values[match[1]])[1:-1], text)
    )
    return found


def test_inputs_reach_variables_only(documents: tuple[dict[str, Any], dict[str, Any]]) -> None:
    spec, job = documents
    (body,) = job.values()
    assert "$[[" not in json.dumps([body["script"], body["before_script"]])
    used = set(re.findall(r"inputs\.([\w-]+)", json.dumps(job)))
    assert used == set(spec["spec"]["inputs"])


def test_meets_the_official_schema(documents: tuple[dict[str, Any], dict[str, Any]], tmp_path: Path) -> None:
    path = tmp_path / ".gitlab-ci.yml"
    path.write_text(yaml.safe_dump(interpolated(documents)), "utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_default_version_is_this_one(documents: tuple[dict[str, Any], dict[str, Any]]) -> None:
    from importlib.metadata import version

    assert documents[0]["spec"]["inputs"]["version"]["default"] == version("fairport")


@pytest.mark.parametrize(
    ("replace", "inputs", "code"),
    [
        (("", ""), {}, 0),
        (("code: MIT", "code: mine"), {}, 1),
        (("code: MIT", "code: mine"), {"ignore": "META,REPO,LINK,RES"}, 0),
        (("", ""), {"path": "$(touch pwned)"}, 2),
        (("", ""), {"ignore": '"; touch pwned; "'}, 2),
    ],
)
def test_script(
    documents: tuple[dict[str, Any], dict[str, Any]],
    tmp_path: Path,
    replace: tuple[str, str],
    inputs: dict[str, str],
    code: int,
) -> None:
    root = tmp_path / "project"
    shutil.copytree(BASE, root, ignore=shutil.ignore_patterns("__pycache__"))
    programs = Path(sys.executable).parent
    subprocess.run([programs / "fairport", "sync", str(root)], check=True, capture_output=True)
    record = root / "fairport.yaml"
    record.write_text(record.read_text("utf-8").replace(*replace), "utf-8")
    (body,) = interpolated(documents, **inputs).values()
    environment = {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path)}
    done = subprocess.run(
        ["sh", "-euc", "\n".join(body["script"])],
        cwd=root,
        env=environment | body["variables"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert not list(tmp_path.rglob("pwned"))
    if code > 1:
        return
    issues = json.loads((root / body["artifacts"]["reports"]["codequality"]).read_text("utf-8"))
    assert any(item["check_name"] == "META011" for item in issues) == (code == 1)
    assert ElementTree.parse(root / body["artifacts"]["reports"]["junit"]).getroot().tag == "testsuites"
    assert {path.name for path in root.glob("fairport-*")} == set(body["artifacts"]["paths"])
